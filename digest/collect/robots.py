"""robots.txt as RFC 9309 has it: what a site asks readers of its pages to leave alone, and how fast they may go."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from protego import Protego

from digest.errors import FetchError

TOKEN = "digest"  # noqa: S105  # the product token that a group of rules may name
LARGEST = 512_000
"""Bytes of a robots.txt that are read; RFC 9309 section 2.5 asks for at least 500 KiB."""
LONGEST_DELAY = 30.0
A_DAY = 86_400.0
A_WHILE = 60.0
_MOST_LINES = 5_000


@dataclass(frozen=True)
class Rules:
    """What one site asks for: `delay` in seconds between two requests, 0 where it names none."""

    delay: float = 0.0
    parsed: Protego | None = field(default=None, repr=False)

    def allow(self, url: str) -> bool:
        """Whether a page may be read."""
        return self.parsed is None or self.parsed.can_fetch(url, TOKEN)


def read_rules(data: bytes) -> Rules:
    """Return the rules in the bytes of a robots.txt; what cannot be understood in it asks for nothing."""
    lines = data.decode("utf-8-sig", "replace").splitlines()[:_MOST_LINES]
    parsed = Protego.parse("\n".join(lines))
    return Rules(min(float(parsed.crawl_delay(TOKEN) or 0.0), LONGEST_DELAY), parsed)


class _Site:
    """What is known of one site, and a lock, so that many pages of it ask for its rules only once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.known: Rules | FetchError | None = None
        self.until = 0.0


class RulesBook:
    """The rules of all sites met so far: kept for a day, and for a while where they could not be read."""

    def __init__(self) -> None:
        self._sites: dict[str, _Site] = {}
        self._lock = threading.Lock()

    def rules(self, site: str, load: Callable[[], Rules]) -> Rules:
        """The rules of a site, by `load` where they are not known.

        Raises:
            FetchError: `load` could not say, now or a while ago.
        """
        with self._lock:
            kept = self._sites.setdefault(site, _Site())
        with kept.lock:
            if kept.known is None or time.monotonic() >= kept.until:
                try:
                    kept.known, kept.until = load(), time.monotonic() + A_DAY
                except FetchError as error:
                    kept.known, kept.until = error, time.monotonic() + A_WHILE
            known = kept.known
        if isinstance(known, FetchError):
            raise FetchError(known.message, known.hint, status=known.status, passing=known.passing)
        return known


def unreadable(host: str, error: FetchError) -> Rules | FetchError:
    """Return what follows from a robots.txt that could not be read.

    RFC 9309 section 2.3.1: one that is not there (4xx, or lost in redirects) asks for nothing; while a server fails
    (5xx, and 429, by which it asks for less), everything is to be left alone.  No answer at all is the page's own
    failure, and told as such.
    """
    if error.status == 429 or error.status >= 500:
        return FetchError(
            f"robots.txt of {host} answered {error.status}, so nothing may be read there for now",
            "try again later; where you may read it all the same, set robots = false for this source",
            passing=True,
        )
    return error if error.passing and not error.status else Rules()
