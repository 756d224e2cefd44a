"""What articles look like, each looked at once however many questions are asked."""

from __future__ import annotations

from typing import NamedTuple

from digest.compose.events.prints import Print
from digest.compose.events.views import Portrait, portray
from digest.model import Article


class Look(NamedTuple):
    """What an article says it is about, and what its text is known by among copies."""

    portrait: Portrait
    print: Print


class Gallery:
    """The looks of articles; give one to `group_events` and `match_events`, and each article is read once.

    It grows by some 30 KB an article and is meant to live as long as one issue is composed.
    """

    def __init__(self) -> None:
        self._looks: dict[int, tuple[Article, Look]] = {}

    def look(self, article: Article) -> Look:
        """Return the look of this very object; it is held, so that its place in memory stays its own."""
        known = self._looks.get(id(article))
        if known is None:
            known = self._looks[id(article)] = article, Look(portray(article), Print(article))
        return known[1]
