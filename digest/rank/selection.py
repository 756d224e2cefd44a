"""Which sentences to print: best value for their length first, no near-repeats, within the budget, in reading order.

Redundancy is refused by maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from digest.model import Sentence
from digest.rank.clauses import SHORTEST, drop_dateline, shorten, tighten

REPEAT = 0.7
"""Two sentences whose words are this similar (cosine) say the same."""

_LENGTH_PRICE = 0.1
_FILLER_CHARS = 25
_FILLER_SCORE = 0.4
"""A short sentence of less than this share of the best one's score only fills space; a shorter summary says as much."""
_LEAST_ROOM = 14


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be printed: at most `chars` printed characters, at most `sentences` sentences, or both unbounded."""

    chars: int | None = None
    sentences: int | None = None
    trim: bool = True
    gap: int = 0


@dataclass(slots=True)
class Selection:
    """The sentences chosen so far, in order of choice, and why each of the others was left."""

    chosen: list[Sentence]
    reasons: dict[int, str]
    used: int = 0


def select(
    sentences: Sequence[Sentence],
    candidates: Sequence[int],
    budget: Budget,
    cosine: Callable[[int, int], float],
) -> Selection:
    """Return a selection from `sentences` (already scored) among the positions `candidates`."""
    taken = Selection([], {})
    picked: list[int] = []
    # Lazy greedy (Minoux 1978): a value only falls as more is taken, so only the best is ever looked at again.
    waiting = [(-_value(sentences[i], 0.0), i, 0.0, 0) for i in candidates]
    heapify(waiting)
    while waiting and not _full(taken, budget):
        _, at, similar, seen = heappop(waiting)
        if seen < len(picked):
            similar = max([similar, *(cosine(at, other) for other in picked[seen:])])
            heappush(waiting, (-_value(sentences[at], similar), at, similar, len(picked)))
            continue
        form, reason = _fit(sentences[at], taken, budget, similar)
        taken.reasons[at] = reason
        if form is not None:
            taken.chosen.append(form)
            taken.used += len(form.printed) + budget.gap
            picked.append(at)
    taken.reasons.update({at: "the summary is full" for _, at, _, _ in waiting})
    return taken


def _value(sentence: Sentence, similar: float) -> float:
    length = max(20, len(sentence.text.strip()))
    return float(round(sentence.score * (1 - similar) / length**_LENGTH_PRICE, 12))


def _full(taken: Selection, budget: Budget) -> bool:
    if budget.sentences is not None and len(taken.chosen) >= budget.sentences:
        return True
    return budget.chars is not None and bool(taken.chosen) and budget.chars - taken.used < _LEAST_ROOM


def _fit(sentence: Sentence, taken: Selection, budget: Budget, similar: float) -> tuple[Sentence | None, str]:
    """The form in which `sentence` goes into what is left of the budget, and the reason in words."""
    best = max((s.score for s in taken.chosen), default=0.0)
    if budget.chars is not None and len(sentence.text) < _FILLER_CHARS and sentence.score < _FILLER_SCORE * best:
        return None, "says too little beside what was taken"
    if similar >= REPEAT:
        return None, "says again what was taken"
    whole = drop_dateline(sentence) if budget.trim else tighten(sentence)
    room = None if budget.chars is None else budget.chars - taken.used
    if room is None or len(whole.printed) <= room:
        return whole, "taken whole"
    # A fragment is worth printing only while little else is printed; after that, whole sentences or none.
    scarce = budget.trim and taken.used * 2 < (budget.chars or 0)
    short = shorten(sentence, room) if scarce and room >= SHORTEST else None
    if short is None:
        return None, "too long for what is left"
    return short, "taken, its tail left off"
