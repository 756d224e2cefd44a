"""DKIM signatures, verified by dkimpy with a key from a DNS of our own."""

from __future__ import annotations

import base64
import builtins
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from digest.config.mail import DkimSettings
from digest.deliver.signing import Dkim, read_dkim, sign_message
from digest.errors import ConfigError
from digest.model import Letter, Recipient
from digest.render import build_message

RSA = rsa.generate_private_key(65537, 2048)
PKCS1, PKCS8 = (
    RSA.private_bytes(Encoding.PEM, form, NoEncryption())
    for form in (PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8)
)
PUBLIC = base64.b64encode(RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
KEY = Dkim("news.example.cn", "digest", PKCS1)
WAY = "https://lists.example.cn/leave?t=abcdefgh"


def build(**changes: Any) -> tuple[bytes, bytes]:
    """A mail with two ways to leave, one of them by one click."""
    given: dict[str, Any] = {
        "sender": Recipient("brief@news.example.cn", "每日摘要"),
        "recipient": Recipient("wang@reader.example.cn", "王芳"),
        "message_id": "<1@news.example.cn>",
        "date": datetime(2026, 11, 20, 8, tzinfo=UTC),
        "list_id": "daily.news.example.cn",
        "unsubscribe": [WAY, "mailto:brief@news.example.cn?subject=unsubscribe"],
        "one_click": True,
        "edition": "daily",
    }
    return build_message(Letter("题目", "<p>正文</p>", "正文"), **{**given, **changes})


def find_key(name: bytes, timeout: int = 5) -> bytes:
    """What the DNS says; it knows one name."""
    assert name == b"digest._domainkey.news.example.cn."
    return b"v=DKIM1; k=rsa; p=" + PUBLIC


def is_valid(message: bytes) -> bool:
    """Whether dkimpy takes the signature of a message."""
    valid: bool = dkim.verify(message, dnsfunc=find_key)
    return valid


HEADER, BODY = build()
SIGNED = sign_message(HEADER, BODY, KEY)


@pytest.mark.parametrize("key", [PKCS1, PKCS8, PKCS1.replace(b"\n", b"\r\n")])
def test_a_signature_holds(key: bytes) -> None:
    """It stands before a header that is otherwise as it was, in short ASCII lines, whatever form the key has."""
    signed = sign_message(HEADER, BODY, Dkim(KEY.domain, KEY.selector, key))
    assert is_valid(signed + BODY)
    assert signed.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=news.example.cn;\r\n")
    assert signed.endswith(b"\r\n" + HEADER)
    assert max(map(len, signed.split(b"\r\n"))) <= 78
    assert b"\n" not in signed.replace(b"\r\n", b"")


def test_a_server_on_the_way_may_fold_anew() -> None:
    """Lines before it, other white space in a header and empty lines at the end do not break it."""
    received = b"Received: from a by b; Fri, 20 Nov 2026 08:00:00 +0000\r\n"
    refolded = SIGNED.replace(b"List-Unsubscribe:\r\n ", b"List-Unsubscribe:  ").replace(b"Subject: ", b"SUBJECT:\t")
    assert refolded != SIGNED
    assert is_valid(received + refolded + BODY + b"\r\n\r\n")
    assert is_valid(b"Feedback-ID: relay:ses\r\n" + SIGNED + BODY)


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "another way to leave": lambda m: m.replace(b"t=abcdefgh", b"t=abcdefgi"),
    "no click": lambda m: m.replace(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""),
    "a second Subject before": lambda m: b"Subject: win\r\n" + m,
    "a second Subject behind": lambda m: m.replace(b"Auto-Submitted", b"Subject: win\r\nAuto-Submitted"),
    "a second From": lambda m: b"From: boss@news.example.cn\r\n" + m,
    "a second way to leave": lambda m: b"List-Unsubscribe: <https://evil.example/>\r\n" + m,
    "a second click": lambda m: b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" + m,
    "a Reply-To": lambda m: b"Reply-To: evil@evil.example\r\n" + m,
    "a Cc": lambda m: b"Cc: evil@evil.example\r\n" + m,
    "another date": lambda m: m.replace(b"20 Nov 2026 08:00", b"21 Nov 2026 08:00"),
    "another reader": lambda m: m.replace(b"wang@reader", b"wong@reader"),
    "another Message-ID": lambda m: m.replace(b"<1@news", b"<2@news"),
    "another structure": lambda m: m.replace(b"multipart/alternative", b"multipart/mixed", 1),
    "another body": lambda m: m.replace(base64.b64encode("正文".encode()), base64.b64encode("止文".encode())),
    "more body": lambda m: m + b"--\r\nMore\r\n",
    "another length of body": lambda m: m.replace(b"d=news", b"l=10; d=news", 1) + b"More\r\n",
}


@pytest.mark.parametrize("what", CHANGES)
def test_no_change_passes(what: str) -> None:
    """Whatever a reader or a mail program acts on cannot be altered, taken away or added."""
    changed = CHANGES[what](SIGNED + BODY)
    assert changed != SIGNED + BODY
    assert not is_valid(changed)


def test_the_same_mail_has_the_same_signature() -> None:
    """It holds no time of any clock, unless a moment is given."""
    assert sign_message(HEADER, BODY, KEY) == SIGNED
    assert b" t=" not in SIGNED.partition(b"From:")[0]
    at = datetime(2026, 11, 20, 8, tzinfo=UTC)
    timed = sign_message(HEADER, BODY, KEY, at=at)
    assert f" t={int(at.timestamp())};".encode() in timed
    assert is_valid(timed + BODY)


def test_each_body_has_its_own_hash() -> None:
    """That a body is hashed once for all its readers mixes up no two bodies."""
    other_header, other_body = build(recipient=Recipient("li@reader.example.cn"))
    assert other_body == BODY
    assert is_valid(sign_message(other_header, other_body, KEY) + BODY)
    changed = BODY + b"\r\n--\r\n"
    assert is_valid(sign_message(HEADER, changed, KEY) + changed)
    assert not is_valid(sign_message(HEADER, changed, KEY) + BODY)


def make_settings(folder: Path, content: bytes = PKCS1, mode: int = 0o600) -> DkimSettings:
    """Settings that name a key file."""
    path = folder / "dkim.pem"
    path.write_bytes(content)
    path.chmod(mode)
    return DkimSettings(domain="news.example.cn", selector="digest", key_file=path)


def test_the_key_comes_from_its_file(tmp_path: Path) -> None:
    """What the settings name signs; the key is not in its repr."""
    found = read_dkim(make_settings(tmp_path))
    assert found == KEY
    assert sign_message(HEADER, BODY, found) == SIGNED
    assert "BEGIN" not in repr(found)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """The remedy is the very command."""
    with pytest.raises(ConfigError, match=r"others can read .*chmod 600"):
        read_dkim(make_settings(tmp_path, mode=mode))


EC = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
ED25519 = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
LOCKED = RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"canary"))


def make_short_key() -> bytes:
    """What looks like an RSA key of 512 bits; libraries make none any more."""
    numbers = [0, 2**511 + 1, 65537, *[1] * 6]
    fields = [number.to_bytes(number.bit_length() // 8 + 1, "big") for number in numbers]
    inner = b"".join(b"\x02" + bytes([len(field)]) + field for field in fields)
    der = b"\x30" + (b"\x81" if len(inner) > 127 else b"") + bytes([len(inner)]) + inner
    return b"-----BEGIN RSA PRIVATE KEY-----\n" + base64.b64encode(der) + b"\n-----END RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"secret", b"-----BEGIN RSA PRIVATE KEY-----\n", PKCS1[:400], EC),
        RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        b"-----BEGIN RSA PRIVATE KEY-----\nZm9v\n-----END RSA PRIVATE KEY-----\n",
        b"-----BEGIN RSA PRIVATE KEY-----\n!\n-----END RSA PRIVATE KEY-----\n",
    ],
)
def test_what_is_no_rsa_key_is_refused(tmp_path: Path, content: bytes) -> None:
    """It is found out before any mail, and nothing of the file is shown."""
    with pytest.raises(ConfigError, match=r"dkim.pem (is no PEM|holds no RSA key)") as caught:
        read_dkim(make_settings(tmp_path, content))
    assert "genrsa" in caught.value.hint
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (EC, "holds no private RSA key"),
        (EC.replace(b"BEGIN PRIVATE", b"BEGIN EC PRIVATE"), "it holds an EC key"),
        (ED25519, "holds no private RSA key"),
        (LOCKED, "it is encrypted"),
        (make_short_key(), "its RSA key has 512 bits"),
        (PKCS1.replace(b"BEGIN RSA PRIVATE", b"BEGIN PUBLIC"), "the public half"),
    ],
)
def test_another_kind_of_key_is_told_in_our_words(tmp_path: Path, content: bytes, said: str) -> None:
    """What it is instead, and the very command that makes a right one; no word of dkimpy's."""
    settings = make_settings(tmp_path, content)
    with pytest.raises(ConfigError) as caught:
        read_dkim(settings)
    assert said in caught.value.message
    assert caught.value.hint == f"make one: openssl genrsa -out {settings.key_file} 2048"
    assert "ASN" not in caught.value.message


def test_a_mail_that_dkimpy_cannot_sign_is_told() -> None:
    """Its exceptions become ours."""
    with pytest.raises(ConfigError, match="the mail cannot be signed"):
        sign_message(b"no header at all\r\n", BODY, KEY)


def test_a_key_file_that_is_not_there(tmp_path: Path) -> None:
    """The message says how to make one."""
    settings = make_settings(tmp_path)
    settings.key_file.unlink()
    with pytest.raises(ConfigError, match=r"no DKIM key file .*openssl genrsa"):
        read_dkim(settings)
    settings.key_file.mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        read_dkim(settings)


def test_without_dkimpy_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent unsigned: the message names the extra to install."""
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "dkim":
            raise ImportError(name)
        return real(name, *rest, **more)

    for name in [name for name in sys.modules if name.partition(".")[0] == "dkim"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ConfigError, match=r"pip install 'textrank-digest\[dkim\]'"):
        sign_message(HEADER, BODY, KEY)
