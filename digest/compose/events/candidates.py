"""Which pairs of articles are worth a look: they share several of the rarest things either tells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from digest.compose.events.likeness import overlap
from digest.compose.events.views import Portrait, View, rareness

_KEYS_HEAD = 32
_KEYS_WHOLE = 32
_SHARED = 5.0
"""So rare must be what two articles share: one rare key, or two of the less rare."""

_RARE = 4.0
"""What stands in every fiftieth text is no key."""

_OVERLAP = 0.04


def find_candidates(portraits: Sequence[Portrait], first: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield the pairs (i, j), i < j, of portraits that share enough to be compared, each once.

    With `first`, only pairs of one before that index and one from it on.
    """
    keys = [_keys(portrait) for portrait in portraits]
    holders: dict[str, list[int]] = defaultdict(list)
    for j, own in enumerate(keys):
        shared: dict[int, float] = defaultdict(float)
        for key, rarity in own.items():
            if first is None or j >= first:
                for i in holders[key]:
                    shared[i] += rarity
            if first is None or j < first:
                holders[key].append(j)
        for i in sorted(shared):
            if shared[i] >= _SHARED and overlap(portraits[i].whole, portraits[j].whole) >= _OVERLAP:
                yield i, j


def _keys(portrait: Portrait) -> dict[str, float]:
    """The rarest grams of an article with their rarity; which, does not depend on other articles."""
    whole = [] if portrait.whole is portrait.head else _rarest(portrait.whole, _KEYS_WHOLE)
    return {gram: -rarity for rarity, gram in sorted({*_rarest(portrait.head, _KEYS_HEAD), *whole})}


def _rarest(view: View, n: int) -> list[tuple[float, str]]:
    return [own for own in sorted((-rareness(gram), gram) for gram in view.grams)[:n] if own[0] <= -_RARE]
