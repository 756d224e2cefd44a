"""Tokens that let a reader leave without a password or a server: each can only have come from a mail of ours.

A token is an HMAC (RFC 2104) over what it stands for, under a key that no one else has.  The one in a header names one
recipient; the one in the body, which all recipients share, names the issue.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote

OCTETS = 15
"""120 bits, 24 characters of base32."""

# only these two are ASCII: re folds ſ to s and U+212A to k
_WORDS = r"(?:\bunsubscribe|退订|退訂)[\s:：]{1,20}((?a:[a-z0-9-]{1,64}))[\s:：]{1,20}((?a:[a-z2-7]{24}))"
_REQUEST = re.compile(rf"{_WORDS}\b", re.IGNORECASE)
_WHOLE = re.compile(
    rf"\s*(?:(?:re|回复|回覆|答复|答覆)\s{{0,5}}[:：]\s{{0,5}}){{0,3}}(?:请|請|please )?{_WORDS}"
    r"[\s,，。.!！]{0,10}(?:please|谢谢|謝謝|thanks|thank you)?[\s。.!！]{0,10}",
    re.IGNORECASE,
)


def recipient_token(key: bytes, edition: str, address: str) -> str:
    """The token by which one recipient leaves an edition."""
    return _sign(key, "recipient", edition, address.casefold())


def issue_token(key: bytes, edition: str, slot: datetime) -> str:
    """The token that everybody has who has a mail of that issue; `slot` is aware."""
    return _sign(key, "issue", edition, slot.astimezone(UTC).isoformat())


def leave_by_mail(address: str, edition: str, token: str) -> str:
    """The `mailto:` address that asks `address` to be taken off an edition."""
    return f"mailto:{address}?subject={quote(f'unsubscribe {edition} {token}')}"


def find_request(text: str) -> tuple[str, str] | None:
    """The edition and the token that a subject or a text asks to leave with, or None."""
    found = _REQUEST.search(text)
    return (found[1].lower(), found[2].lower()) if found else None


def is_request(line: str) -> bool:
    """Whether a subject or a line is a request and nothing else, but for `Re:` before it and thanks behind it."""
    return _WHOLE.fullmatch(line) is not None


def find_owner(key: bytes, edition: str, token: str, addresses: Iterable[str]) -> str | None:
    """The address among those given that the token was made for, or None."""
    return next((a for a in addresses if _is_same(recipient_token(key, edition, a), token)), None)


def find_issue(key: bytes, edition: str, token: str, slots: Iterable[datetime]) -> datetime | None:
    """The slot among those given whose issue the token was made for, or None."""
    return next((s for s in slots if _is_same(issue_token(key, edition, s), token)), None)


def _is_same(made: str, told: str) -> bool:
    return hmac.compare_digest(made.encode("ascii"), told.encode("utf-8", "surrogatepass"))


def _sign(key: bytes, *parts: str) -> str:
    mark = hmac.new(key, "\0".join(parts).encode("utf-8", "surrogatepass"), "sha256").digest()
    return b32encode(mark[:OCTETS]).decode("ascii").lower()
