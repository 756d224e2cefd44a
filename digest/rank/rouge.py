"""ROUGE on characters: how much of a person's summary another text covers, and how sure a difference is.

Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (ACL workshop, 2004).  A token is one Han character, or a
run of Latin letters and digits, so that no segmenter has a say in the score; punctuation does not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

_T = TypeVar("_T")
_TOKEN = re.compile(r"[A-Za-z0-9]+|\w")
_RESAMPLES = 2000
_SEED = 20


class Rouge(NamedTuple):
    """ROUGE-1, ROUGE-2 and ROUGE-L as F1 scores, each from 0 to 100."""

    rouge1: float = 0.0
    rouge2: float = 0.0
    rouge_l: float = 0.0

    @property
    def mean(self) -> float:
        """The mean of the three."""
        return sum(self) / 3


class Interval(NamedTuple):
    """A mean difference and the 95 % interval around it; `low` and `high` are None where one pair tells nothing."""

    mean: float
    low: float | None = None
    high: float | None = None


class Reference:
    """A person's summary, ready to score many texts against it."""

    def __init__(self, text: str) -> None:
        tokens = tokenize_characters(text)
        self._length = len(tokens)
        self._singles = Counter(tokens)
        self._doubles = Counter(pairwise(tokens))
        self._places: dict[str, int] = {}
        for place, token in enumerate(tokens):
            self._places[token] = self._places.get(token, 0) | 1 << place

    def score(self, text: str) -> Rouge:
        """Return the ROUGE of `text`."""
        tokens = tokenize_characters(text)
        one, two = self._overlaps(tokens)
        return Rouge(one, two, _f1(self._longest_common(tokens), len(tokens), self._length))

    def ceiling(self, text: str) -> float:
        """Return what the sum of the three scores of `text` cannot exceed, without the slow one of them.

        A common subsequence is no longer than the tokens in common are many: ROUGE-L is at most ROUGE-1.
        """
        one, two = self._overlaps(tokenize_characters(text))
        return 2 * one + two

    def _overlaps(self, tokens: list[str]) -> tuple[float, float]:
        one = _f1(_common(self._singles, Counter(tokens)), len(tokens), self._length)
        doubles = max(len(tokens) - 1, 0), max(self._length - 1, 0)
        return one, _f1(_common(self._doubles, Counter(pairwise(tokens))), *doubles)

    def _longest_common(self, tokens: list[str]) -> int:
        """The length of the longest common subsequence, all columns of the table at once as bits of a number.

        Hyyrö, "Bit-parallel LCS-length computation revisited" (AWOCA, 2004): a 0 in `row` is a step of the table.
        """
        row = full = (1 << self._length) - 1
        for token in tokens:
            if places := self._places.get(token):
                hit = row & places
                row = (row + hit | row - hit) & full
        return self._length - row.bit_count()


def tokenize_characters(text: str) -> list[str]:
    """Return what ROUGE counts: Han characters one by one, runs of Latin letters and digits, in lower case (NFKC)."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).lower())


def average(scores: Sequence[Rouge]) -> Rouge:
    """Return the mean of each of the three scores; zeros where there is nothing to average."""
    return Rouge(*(sum(column) / len(scores) for column in zip(*scores, strict=True)))


def gap_closed(score: Rouge, floor: Rouge, top: Rouge) -> float | None:
    """Return the share of the way from `floor` (0) to `top` (100) that `score` went, or None where there is no way."""
    way = top.mean - floor.mean
    return 100 * (score.mean - floor.mean) / way if way else None


def paired_interval(differences: Sequence[float]) -> Interval:
    """Return the mean of `differences` (one a pair, at least one) and its 95 % bootstrap interval.

    Koehn, "Statistical Significance Tests for Machine Translation Evaluation" (EMNLP 2004).  The resamples are the same
    at every call: numpy promises that the stream of RandomState never changes.
    """
    import numpy as np

    values, count = np.asarray(differences, float), len(differences)
    mean = float(values.mean())
    if count < 2:
        return Interval(mean)
    dice = np.random.RandomState(_SEED)
    means = [values[dice.randint(0, count, count, dtype=np.int64)].mean() for _ in range(_RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(mean, float(low), float(high))


def _common(reference: Counter[_T], other: Counter[_T]) -> int:
    shared = reference.keys() & other.keys()
    return sum(map(min, map(reference.__getitem__, shared), map(other.__getitem__, shared)))


def _f1(overlap: int, one: int, other: int) -> float:
    return 200 * overlap / (one + other) if overlap else 0.0
