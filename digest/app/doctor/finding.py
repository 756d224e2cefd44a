"""What digest doctor says of one thing that it looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from digest.errors import ConfigError, DigestError

Verdict = Literal["ok", "warn", "FAIL"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, what was seen, and where it is not, what to do.

    `warn` is what stops no run and may still not be meant.
    """

    name: str
    verdict: Verdict
    seen: str
    remedy: str = ""


def attempt(name: str, look: Callable[[], str]) -> Finding:
    """Return what was seen, or the failure with its remedy."""
    try:
        return Finding(name, "ok", look())
    except DigestError as error:
        mistakes = error.mistakes if isinstance(error, ConfigError) else ()
        return Finding(name, "FAIL", "; ".join((error.message, *mistakes)), error.hint)
