"""What was told before: which articles of past issues report the events of today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import fsum

from digest.compose.events.candidates import find_candidates
from digest.compose.events.copies import join_copies
from digest.compose.events.gallery import Gallery
from digest.compose.events.grouping import compare, within
from digest.compose.events.likeness import model
from digest.compose.events.linking import CEILING, FLOOR
from digest.compose.events.vetoes import is_no_event
from digest.model import Article, Event

WINDOW = timedelta(days=14)
"""So long an event goes on."""

SURE = 0.5
"""So far over the threshold one report of an event is enough: the others may tell another side of it."""

_WITNESSES = 6


def match_events(
    events: Sequence[Event], earlier: Sequence[Article], *, gallery: Gallery | None = None
) -> list[tuple[int, ...]]:
    """Return for every event the indices of the `earlier` articles that report it too, in ascending order.

    An earlier article reports an event when it is a copy of one of its articles, or agrees with them on the mean as
    those must that are grouped; a round-up reports none.  The `gallery` that the events were grouped with saves
    reading them again.
    """
    witnesses = [(n, article) for n, event in enumerate(events) for article in event.articles[:_WITNESSES]]
    articles = [article for _, article in witnesses] + list(earlier)
    gallery = gallery or Gallery()
    looks = [gallery.look(article) for article in articles]
    portraits = [look.portrait for look in looks]
    first = len(witnesses)
    found: list[set[int]] = [set() for _ in events]
    for group in join_copies(articles, looks):
        old = {i - first for i in group if i >= first}
        for i in group:
            if i < first:
                found[witnesses[i][0]] |= {k for k in old if within(articles[i], earlier[k], WINDOW)}
    votes: dict[tuple[int, int], list[float | None]] = {}
    for i, j in find_candidates(portraits, first):
        if within(articles[i], articles[j], WINDOW) and not is_no_event(articles[i]) and not is_no_event(articles[j]):
            votes.setdefault((witnesses[i][0], j - first), []).append(compare(portraits[i], portraits[j]))
    for (n, k), own in votes.items():
        if _agree(own, min(len(events[n].articles), _WITNESSES)):
            found[n].add(k)
    return [tuple(sorted(own)) for own in found]


def _agree(votes: Sequence[float | None], n: int) -> bool:
    """Whether the `n` articles of an event agree with an earlier one, or one of them does beyond doubt.

    Who was not compared speaks against it; one who cannot tell the same event forbids it.
    """
    known = [min(max(vote, FLOOR), CEILING) for vote in votes if vote is not None]
    if len(known) < len(votes):
        return False
    mean = (fsum(known) + FLOOR * (n - len(votes))) / n
    return mean >= model().threshold or max(known) >= model().threshold + SURE
