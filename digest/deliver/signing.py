"""Signs mails with DKIM (RFC 6376), for a server that does not: relaxed/relaxed, RSA with SHA-256.  dkimpy's only door.

What a reader or a mail program acts on is signed once more than it stands there, so that nobody can add another Subject
or another way to leave.  What servers on the way add or rewrite is not signed.
"""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from digest.config.mail import DkimSettings
from digest.errors import ConfigError

OVERSIGNED = (
    *("From", "Sender", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe"),
    *("List-Unsubscribe-Post", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
)
"""Signed once more than they stand there; one that does not stand there is signed as missing."""

SIGNED = ("Feedback-ID", "Content-Language")
"""Signed where they stand there; a relay may add its own Feedback-ID."""

KINDS = {
    b"ENCRYPTED": "it is encrypted, and nobody is there to type its pass phrase",
    b"BEGIN EC ": "it holds an EC key, and mail is signed with RSA",
    b"BEGIN DSA ": "it holds a DSA key, and mail is signed with RSA",
    b"BEGIN OPENSSH ": "it holds a key of OpenSSH, not one in PEM",
    b"BEGIN PUBLIC ": "it holds the public half of a key, and the private one signs",
    b"BEGIN CERTIFICATE": "it holds a certificate, not a key",
}
"""What else is found in such files, by words of its first line."""

SHORTEST_KEY = 1024
"""RFC 8301 section 3.2."""

_LONGEST_KEY = 65536


@dataclass(frozen=True, slots=True)
class Dkim:
    """Who signs: `selector`._domainkey.`domain` is where the public half of the key (PEM) stands in the DNS."""

    domain: str
    selector: str
    key: bytes = field(repr=False)


def read_dkim(settings: DkimSettings) -> Dkim:
    """Who signs, with the key from its file.

    Raises ConfigError where the file cannot be read, others can read it, it holds no RSA key of 1024 bits or more, or
    dkimpy is missing.
    """
    dkim = Dkim(settings.domain, settings.selector, _read_key(settings.key_file))
    try:
        _parse_key(dkim.key)
    except ValueError as error:
        remedy = f"make one: openssl genrsa -out {settings.key_file} 2048"
        raise ConfigError(
            f"the DKIM key file {settings.key_file} holds no RSA key to sign with: {error}", remedy
        ) from None
    return dkim


def sign_message(header: bytes, body: bytes, key: Dkim, *, at: datetime | None = None) -> bytes:
    """The header with a DKIM-Signature before it; the same bytes whenever it is asked for.

    `at` is the moment to write into the signature (t=), without which it has none.  Raises ConfigError where dkimpy is
    missing or cannot sign this mail, ValueError where the key is none.
    """
    dkim = _load_dkimpy()
    try:
        return _sign(dkim.DKIM(header), header, body, key, at)
    except dkim.DKIMException as error:
        raise ConfigError(
            f"the mail cannot be signed with the DKIM key of {key.domain}: {error}", "make a new key of 2048 bits"
        ) from None


def _sign(signer: Any, header: bytes, body: bytes, key: Dkim, at: datetime | None) -> bytes:
    signer.hasher = sha256
    signed = _signed_names(signer.headers)
    fields = [
        (b"v", b"1"),
        (b"a", b"rsa-sha256"),
        (b"c", b"relaxed/relaxed"),
        (b"d", key.domain.encode("idna")),
        (b"s", key.selector.encode("ascii")),
        *([(b"t", str(int(at.timestamp())).encode())] if at else []),
        (b"h", b" : ".join(signed)),
        (b"bh", _body_hash(body)),
        (b"b", b"0" * 60),  # dkimpy folds the line as if it stood there already
    ]
    # not its `sign`, which writes the time of its own clock, and hashes the body once more for every recipient
    value = signer.gen_header(fields, signed, _relaxed(), b"DKIM-Signature", _parse_key(key.key))
    return b"DKIM-Signature: " + bytes(value) + header


def _signed_names(headers: list[tuple[bytes, bytes]]) -> list[bytes]:
    """The names to sign, in lower case, as often as they are signed."""
    present = [name.lower() for name, _ in headers]
    wanted = [(name, 1) for name in OVERSIGNED] + [(name, 0) for name in SIGNED]
    counted = [(name.lower().encode(), more) for name, more in wanted]
    return [name for name, more in counted for _ in range(present.count(name) + more)]


@lru_cache(maxsize=4)  # a thousand recipients share one body, and the bytes remember their hash
def _body_hash(body: bytes) -> bytes:
    return b64encode(sha256(_relaxed().canonicalize_body(body)).digest())


def _relaxed() -> Any:
    _load_dkimpy()
    from dkim.canonicalization import CanonicalizationPolicy

    return CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")


@lru_cache(maxsize=4)
def _parse_key(pem: bytes) -> Any:
    """The numbers of a private RSA key; raises ValueError, which says what it is instead."""
    _load_dkimpy()
    for words, meaning in KINDS.items():
        if words in pem:
            raise ValueError(meaning)
    from dkim.crypto import UnparsableKeyError, parse_pem_private_key

    try:
        numbers = parse_pem_private_key(pem.replace(b"\r\n", b"\n"))
    except (UnparsableKeyError, ValueError, IndexError, TypeError):
        raise ValueError("it holds no private RSA key in PEM") from None
    if (bits := int(numbers["modulus"]).bit_length()) < SHORTEST_KEY:
        raise ValueError(f"its RSA key has {bits} bits, and receivers take none under {SHORTEST_KEY}")
    return numbers


def _load_dkimpy() -> Any:
    try:
        import dkim
    except ImportError:
        raise ConfigError(
            "[mail] dkim signs mails, but the package dkimpy is not installed",
            "pip install 'textrank-digest[dkim]', or leave dkim out where your provider signs",
        ) from None
    return dkim


def _read_key(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            # Windows has no such bits: there every file would look open to all.
            if os.name == "posix" and os.fstat(stream.fileno()).st_mode & 0o077:
                raise ConfigError(f"others can read the DKIM key file {path}", f"close it to them: chmod 600 {path}")
            data = stream.read(_LONGEST_KEY)
    except FileNotFoundError:
        raise ConfigError(
            f"there is no DKIM key file {path}", f"make one: openssl genrsa -out {path} 2048; then chmod 600 {path}"
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError(f"the DKIM key file {path} cannot be read: {reason}", "check its owner and mode") from None
    if b"-----BEGIN" not in data:
        raise ConfigError(f"the DKIM key file {path} is no PEM", f"make one: openssl genrsa -out {path} 2048")
    return data
