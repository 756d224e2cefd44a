"""Floors: how good our summaries must stay, on pairs of our own writing and, where there are any, on real ones.

A change that lifts the figures for good lifts the floors; one that needs a floor lowered says why in its commit.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from functools import cache
from pathlib import Path
from statistics import fmean

import pytest

from digest.app.evaluating import Evaluation, Pair, Question, evaluate
from digest.rank.baselines import cut_sentences

OWN_TOP, OWN_FILL = 48.0, 12.0
"""The gap closed, the share of the way from chance (0) to the best extract (100), on all our pairs together: a set of
four has no mean worth the name."""

REAL_TOP, REAL_FILL = 51.0, 37.0
"""The same on real sets, the mean over them."""

REAL_LIMIT = 40
"""So many pairs of every real set are enough for a floor."""

PAIRS = Path(__file__).with_name("pairs.jsonl")
FOLDER = os.environ.get("DIGEST_EVAL", "")

needs_real_pairs = pytest.mark.skipif(not FOLDER, reason="DIGEST_EVAL names no folder of *.jsonl with text and summary")


@cache
def evaluate_sets(files: tuple[Path, ...], limit: int | None = None) -> dict[str, Evaluation]:
    """Return the evaluation of every set in `files`."""
    sets: dict[str, list[Pair]] = {}
    for path in files:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            pairs = sets.setdefault(row.get("set", path.stem), [])
            if len(cut_sentences(row["text"])) > 1 and (limit is None or len(pairs) < limit):
                pairs.append(Pair(row["text"], row["summary"], row["title"], row["budget"]))
    return {name: evaluate(pairs) for name, pairs in sets.items()}


@cache
def own_pairs() -> dict[str, Evaluation]:
    """Return the evaluation of our own pairs, as one set."""
    rows = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    pairs = [Pair(row["text"], row["summary"], row["title"], row["budget"]) for row in rows]
    return {"own": evaluate(pairs)}


def real_sets() -> dict[str, Evaluation]:
    """Return the evaluation of the pairs in the folder that DIGEST_EVAL names."""
    files = tuple(sorted(Path(FOLDER).glob("*.jsonl")))
    assert files, f"no *.jsonl in DIGEST_EVAL={FOLDER}"
    return evaluate_sets(files, REAL_LIMIT)


def mean_gap(sets: dict[str, Evaluation], system: str, question: str) -> float:
    """Return the mean over the sets of the gap that `system` closed."""
    answers: list[Question] = [getattr(own.rows[system], question) for own in sets.values()]
    return fmean(answer.gap or 0.0 for answer in answers)


def test_pairs_are_whole() -> None:
    """There are sixty pairs in ten shapes; each has a name of its own, and a reference its budget can hold."""
    rows = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    assert len({row["id"] for row in rows}) == len(rows) == 60
    assert min(Counter(row["set"] for row in rows).values()) >= 4
    assert len({row["set"] for row in rows}) == 10
    for row in rows:
        assert len(row["summary"]) <= row["budget"], row["id"]
        assert len(cut_sentences(row["text"])) > 1, row["id"]


def test_references_are_not_copied_sentences() -> None:
    """No reference is a sentence of its article: an editor wrote it, and no extract can be perfect."""
    rows = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    assert not [row["id"] for row in rows if row["summary"].rstrip("。") in row["text"]]


@pytest.mark.parametrize(("question", "floor"), [("top", OWN_TOP), ("fill", OWN_FILL)])
def test_own_pairs_stay_above_the_floor(question: str, floor: float) -> None:
    """On our own pairs the gap closed stays above its floor."""
    assert mean_gap(own_pairs(), "ours", question) >= floor


@pytest.mark.parametrize("question", ["top", "fill"])
def test_own_pairs_are_not_worse_than_the_lead(question: str) -> None:
    """On our own pairs we are at least as good as the first sentences of the article."""
    sets = own_pairs()
    assert mean_gap(sets, "ours", question) >= mean_gap(sets, "lead", question)


@needs_real_pairs
@pytest.mark.shared
@pytest.mark.parametrize(("question", "floor"), [("top", REAL_TOP), ("fill", REAL_FILL)])
def test_real_pairs_stay_above_the_floor(question: str, floor: float) -> None:
    """On real articles the mean gap closed stays above its floor."""
    assert mean_gap(real_sets(), "ours", question) >= floor


@needs_real_pairs
@pytest.mark.shared
@pytest.mark.parametrize("question", ["top", "fill"])
def test_real_pairs_are_not_worse_than_the_lead(question: str) -> None:
    """On real articles we are at least as good as their first sentences, on the mean of the sets."""
    sets = real_sets()
    assert mean_gap(sets, "ours", question) >= mean_gap(sets, "lead", question)
