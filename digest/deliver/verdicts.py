"""What the words of a server mean for an address: `hard`, there is no such mailbox, or `soft`, not this time."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

Verdict = Literal["hard", "soft"]

LONGEST_REASON = 2_000
"""So many characters of a reason are looked at."""

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]\d)")
_REPLY = re.compile(r"(?<![\d.])([245])\d\d(?=[ \-]|$)")
_NAMES = re.compile(r"https?://\S+|[A-Za-z0-9._%+=-]+@[A-Za-z0-9.-]+|(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
"""What is no word of a reason: an address or a host may be called spam.example."""

_NO_SUCH = {("1", "1"), ("1", "2"), ("1", "3"), ("1", "6"), ("1", "10")}
"""The subjects of RFC 3463 that are about the recipient's address; x.1.7 and x.1.8 are about the sender's."""


@cache
def bounce_table() -> Mapping[str, Any]:
    """Return `digest/data/bounces.toml`, every pattern compiled."""
    text = (resources.files("digest") / "data" / "bounces.toml").read_text(encoding="utf-8")
    return MappingProxyType(_compiled(tomllib.loads(text)))


def _compiled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _compiled(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return tuple(_compiled(inner) for inner in value)
    return re.compile(value, re.IGNORECASE)


def judge_reason(reason: str, status: str = "") -> Verdict:
    """Return what a server's words, and its status code where one is known, say of the address.

    A code of class 4, and words about the mail or the moment (full, spam, size, quota, policy), are never `hard`; what
    is not understood is not either.
    """
    said = f"{status} {reason}"[:LONGEST_REASON]
    code = _STATUS.search(said)
    reply = _REPLY.search(said)
    if "4" in ((code or reply or [None, ""])[1],):
        return "soft"
    words = bounce_table()["words"]
    spoken = " ".join(_NAMES.sub(" ", said).split())
    if any(pattern.search(spoken) for pattern in words["soft"]):
        return "soft"
    if code and (code[2], code[3]) in _NO_SUCH:
        return "hard"
    return "hard" if any(pattern.search(spoken) for pattern in words["hard"]) else "soft"


def find_code(reason: str) -> str:
    """Return the status code (5.1.1) in a server's words, else its reply code (550), else an empty string."""
    found = _STATUS.search(reason) or _REPLY.search(reason)
    return found[0] if found else ""


def is_hard(code: int, reply: str) -> bool:
    """Whether a server's answer to us says that there is no such address."""
    return 500 <= code < 600 and judge_reason(f"{code} {reply}") == "hard"
