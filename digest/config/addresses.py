"""Mail addresses and display names, made safe once, where they enter.

An address that passes here is plain ASCII with exactly one `@`: it can stand in an SMTP command and in a header as it
is.
"""

from __future__ import annotations

import re
import unicodedata

from digest.config.wording import quote
from digest.model import Recipient

LONGEST_NAME = 40
LONGEST_LOCAL = 64
LONGEST_ADDRESS = 254

_MAILBOX = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def parse_mailbox(text: str) -> Recipient:
    """The recipient written as `addr` or `Name <addr>`; raises ValueError with what is wrong and what to write."""
    bare = text.strip(" \t")
    if "<" not in bare and ">" not in bare:
        return Recipient(check_address(bare))
    match = _MAILBOX.fullmatch(bare)
    if match is None:
        raise ValueError(f'holds {quote(text)}, which is not one address: write "Name <name@example.cn>"')
    return Recipient(check_address(match["address"].strip(" \t")), clean_display_name(match["name"].strip().strip('"')))


def check_address(address: str) -> str:
    """The address with its domain in lower-case ASCII (IDNA); raises ValueError where it is not a plain address."""
    shown = f"holds {quote(address)}, "
    if any(unicodedata.category(c) in _INVISIBLE for c in address):
        raise ValueError(shown + "which has an invisible character in the address: type the address anew")
    if "＠" in address:
        raise ValueError(shown + 'which has a full-width ＠: type the ASCII sign "@"')
    if re.search(r"[,;，；、\s]", address):
        raise ValueError(shown + 'which is not one address: write each in quotes of its own: ["a@x.cn", "b@x.cn"]')
    if address.count("@") != 1:
        raise ValueError(shown + 'which must have exactly one "@": write it like "name@example.cn"')
    local, _, domain = address.partition("@")
    checked = f"{_check_local(local, shown)}@{encode_domain(domain, shown)}"
    if len(checked) > LONGEST_ADDRESS:
        raise ValueError(shown + f"which is longer than {LONGEST_ADDRESS} characters: write a shorter address")
    return checked


def _check_local(local: str, shown: str) -> str:
    if not local.isascii():
        raise ValueError(shown + 'where the part before "@" is not plain ASCII: use the ASCII address of the mailbox')
    if not _LOCAL.fullmatch(local) or len(local) > LONGEST_LOCAL:
        raise ValueError(shown + 'where the part before "@" is no mailbox name: write it like "name@example.cn"')
    return local


def encode_domain(domain: str, shown: str = "") -> str:
    """The domain in lower-case ASCII, an international one as `xn--…`; raises ValueError, its text led by `shown`."""
    encoded = encode_host(domain, shown)
    labels = encoded.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(shown + f'where {quote(domain)} is no domain: write it like "name@example.cn"')
    return encoded


def encode_host(host: str, shown: str = "") -> str:
    """The host name in lower-case ASCII; raises ValueError where IDNA cannot carry it over without changing it."""
    try:
        encoded = host.encode("idna").decode("ascii").lower()
        # The standard library knows IDNA 2003 only, which turns straße.de into another domain, strasse.de: refuse that.
        kept = host.isascii() or encoded.encode().decode("idna") == unicodedata.normalize("NFKC", host).lower()
    except UnicodeError:
        kept = False
    if not kept:
        raise ValueError(shown + f"where {quote(host)} has no ASCII form: write the domain as its xn--… form")
    return encoded


def clean_display_name(name: str) -> str:
    """The name on one line, at most 40 characters of what `clean_line` leaves."""
    return clean_line(name)[:LONGEST_NAME].rstrip()


def clean_line(text: str) -> str:
    """The text in NFC on one line, without control, bidirectional and zero-width characters."""
    # Composed last: an invisible character between a letter and its accent keeps the two from becoming one.
    visible = "".join(c for c in text if unicodedata.category(c) not in _INVISIBLE)
    return " ".join(unicodedata.normalize("NFC", visible).split())
