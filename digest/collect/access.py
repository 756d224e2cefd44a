"""How one source may be read: what is sent along, what it may reach, how politely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from digest.collect.targets import read_target


@dataclass(frozen=True, slots=True)
class Access:
    """How one source may be read.  Its `repr` shows no header and no cookie: they may be secrets.

    Attributes:
        headers: sent with every request to the source's own host, and nowhere else but for the harmless ones.
        cookies: the same.
        robots: whether robots.txt is obeyed.
        legacy_tls: whether old ciphers, short keys and old renegotiation are good enough; verified all the same.
        cafile: a PEM file of authorities, or of missing intermediates, to trust beside those of the system.
        allow_private: `host:port` (`place_of` of the source's own URL), the only private place that may be reached.
        delay: seconds between two requests to one host.
        place: `host:port` that the headers and cookies are meant for; empty: that of the URL fetched.  An article's
            page may lie at another host than the feed that names it.
    """

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    robots: bool = True
    legacy_tls: bool = False
    cafile: Path | None = None
    allow_private: str = ""
    delay: float = 1.0
    place: str = ""

    def opens(self, place: str) -> bool:
        """Whether a place may be reached though it is private."""
        return bool(self.allow_private) and self.allow_private.lower() == place


def place_of(url: str) -> str:
    """Return the `host:port` of a URL, the port always given, as `allow_private` and `place` spell it.

    Raises:
        FetchError: it is no http or https URL.
    """
    return read_target(url).place
