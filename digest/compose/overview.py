"""今日要点: the day in three sentences, each from another item, none saying what another says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from digest.model import Highlight, Item
from digest.rank.analysis import shorten
from digest.rank.graph import Similarity
from digest.rank.tokens import content_words, tokenize

SENTENCES = 3
_CHARS = 80
_REPEAT = 0.15


def find_highlights(items: Sequence[Item]) -> tuple[Highlight, ...]:
    """Return the overview: the best sentence of the most important items, at most three, without repeats.

    An issue of fewer than four items needs none.
    """
    if len(items) < SENTENCES + 1:
        return ()
    ranked = [item for item in sorted(items, key=lambda i: (-i.score, i.number)) if item.summary.sentences]
    similarity = Similarity([content_words(tokenize(f"{item.title} {item.summary}")) for item in ranked])
    places: list[int] = []
    found: list[Highlight] = []
    for place, item in enumerate(ranked):
        if len(found) == SENTENCES:
            break
        best = _headline_sentence(item)
        if best is None or any(similarity.cosine(place, other) > _REPEAT for other in places):
            continue
        places.append(place)
        found.append(best)
    return tuple(sorted(found, key=lambda h: h.item))


def day_keywords(items: Sequence[Item], count: int = 8) -> tuple[str, ...]:
    """Return the words that several items have among their keywords, the most shared first."""
    counts = Counter(word for item in items for word in item.summary.keywords)
    shared = [(word, n) for word, n in counts.items() if n > 1]
    return tuple(word for word, _ in sorted(shared, key=lambda pair: (-pair[1], pair[0]))[:count])


def _headline_sentence(item: Item) -> Highlight | None:
    """The item's highest sentence, short enough for an overview; None where it cannot be made short."""
    best = max(item.summary.sentences, key=lambda s: (s.score, -s.index))
    short = best if len(best.printed) <= _CHARS else shorten(best, _CHARS, item.title)
    return Highlight(short, item.number) if short else None
