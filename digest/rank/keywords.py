"""Keywords and key phrases: words that are frequent here and rare elsewhere, joined where they stand together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from digest.rank.tokens import rarity, stop_words

_LONGEST = 3
"""How many words a phrase may join."""


def find_keywords(sentences: Sequence[Sequence[str]], title: Sequence[str] = (), count: int = 5) -> tuple[str, ...]:
    """Return at most `count` keywords and phrases, best first; never a single Han character, never a bare number.

    `sentences` are the words of each sentence (all of them, stop words too, so that phrases break where they should);
    words of the `title` count double.
    """
    worthy = {word for words in (*sentences, title) for word in set(words) if _worthy(word)}
    counts = Counter(word for words in sentences for word in words if word in worthy)
    counts.update({word: count for word, count in Counter(w for w in title if w in worthy).items() if word in counts})
    scores = {word: n * rarity(word) for word, n in counts.items()}
    for phrase, n in _phrases([*sentences, title], set(counts)).items():
        inner = sum(scores.get(word, 0.0) for word in phrase) / len(phrase)
        scores["".join(phrase)] = inner * (1 + 0.3 * len(phrase)) * (n / max(counts[w] for w in phrase)) ** 0.5
    return tuple(_without_parts(sorted(scores, key=lambda w: (-round(scores[w], 9), w)), count))


def _worthy(word: str) -> bool:
    return len(word) > 1 and word not in stop_words() and not word[0].isdigit()


def _phrases(sentences: Iterable[Sequence[str]], worthy: set[str]) -> Counter[tuple[str, ...]]:
    """Runs of two or three worthy Chinese words that stand together at least twice."""
    counts: Counter[tuple[str, ...]] = Counter()
    for words in sentences:
        for own, run in groupby(words, lambda word: word in worthy and not word.isascii()):
            counts.update(_runs(tuple(run)) if own else ())
    return Counter({run: n for run, n in counts.items() if n > 1})


def _runs(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every run of two or three neighbours that makes a phrase of at most ten characters."""
    for size in range(2, _LONGEST + 1):
        for i in range(len(words) - size + 1):
            run = words[i : i + size]
            if sum(map(len, run)) <= 10:
                yield run


def _without_parts(ranked: Iterable[str], count: int) -> list[str]:
    """The first `count` that neither hold nor are held by a better one."""
    kept: list[str] = []
    for word in ranked:
        if len(kept) == count:
            break
        if not any(word in other or other in word for other in kept):
            kept.append(word)
    return kept
