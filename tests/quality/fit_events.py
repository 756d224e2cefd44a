"""Fit what `digest.compose.events` ships, `event_grams.toml` and `event_weights.toml`, to labelled pairs and clusters.

Needs scikit-learn, which the project does not; it is no test and no test runs it:

    python tests/quality/fit_events.py FOLDER [--write]

FOLDER holds `events/pairs.jsonl` (a, b, label), `events/clusters.jsonl` (title, cluster, date) and, to count
grams in, any other folders of *.jsonl with title and text.  It prints figures by weights that never saw what they
judge.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache, partial
from importlib import import_module
from itertools import combinations
from math import fsum, log
from pathlib import Path
from typing import Any
from unittest.mock import patch

from digest.compose.events import likeness, views
from digest.compose.events.linking import link
from digest.compose.events.vetoes import apart
from digest.model import Article

DATA = Path(views.__file__).parents[2] / "data"
SEEN = 5
"""A gram in fewer texts is as rare as an unknown one."""

UNKNOWN = 2
OPENING = 300
FOLDS = 5
STRENGTH = 0.3
_HAN = re.compile(r"[\u4e00-\u9fff]")

THRESHOLDS = tuple(n / 20 for n in range(-40, 11))

Row = dict[str, Any]
Features = list[dict[str, float]]


def read_rows(path: Path) -> list[Row]:
    """Return the records of a file of one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def count_texts(texts: Iterable[str]) -> tuple[Counter[str], int]:
    """Return in how many texts every gram stands, and how many texts there are."""
    held = [views.grams_of(text) for text in texts]
    return Counter(gram for grams in held for gram in grams), len(held)


def rarities(counts: Counter[str], n: int) -> tuple[dict[str, float], float]:
    """Return the rarity of every gram, the log of n over the texts that hold it in quarters, and of any other."""
    return {g: round(log(n / count) * 4) / 4 for g, count in counts.items() if count >= SEEN}, round(
        log(n / UNKNOWN), 2
    )


def gram_table(counts: Counter[str], n: int) -> str:
    """Return the text of `event_grams.toml`: grams by their rarity, the log of n over the texts that hold them."""
    levels: dict[float, list[str]] = defaultdict(list)
    known, unknown = rarities(counts, n)
    for gram, level in known.items():
        levels[level].append(gram)
    lines = [
        "# How rare a pair of characters, a word of letters or a number is in Chinese news and posts, in quarters: the",
        f"# natural log of (texts / texts that hold it), counted in the heads of {n} texts: articles with a summary,",
        "# news pages, a week of 23 sources, the labelled passages.  Counts, no texts.  Not written by hand, made by",
        "#     python tests/quality/fit_events.py FOLDER --write",
        f"unknown = {unknown:.2f}   # what stands in fewer than {SEEN}",
        "",
        "[grams]",
    ]
    lines += [f'"{level:.2f}" = "{" ".join(sorted(levels[level]))}"' for level in sorted(levels)]
    return "\n".join(lines) + "\n"


def weight_table(weights: dict[str, float], constant: float, threshold: float, remark: str) -> str:
    """Return the text of `event_weights.toml`."""
    lines = [
        "# How likely two articles report one event (digest/compose/events/likeness.py): weights of a logistic model.",
        "# Not written by hand: fitted to labelled pairs of passages and clusters of headlines, not ours to ship, with",
        "#     python tests/quality/fit_events.py FOLDER --write",
        *(f"# {line}" for line in remark.splitlines()),
        f"constant = {constant:.3f}",
        f"threshold = {threshold:.2f}   # from this sum on two articles, or two groups on the mean, are of one event",
        "",
        "[features]",
    ]
    return "\n".join(lines + [f"{name} = {value:.3f}" for name, value in weights.items()]) + "\n"


def pair_articles(rows: Sequence[Row]) -> list[tuple[Article, Article]]:
    """Return every pair as articles of a headline alone."""
    return [(Article(title=row["a"], text=row["a"]), Article(title=row["b"], text=row["b"])) for row in rows]


def pair_features(pairs: Iterable[tuple[Article, Article]]) -> Features:
    """Return the features of every pair's whole views."""
    return [likeness.features(views.portray(a).whole, views.portray(b).whole) for a, b in pairs]


def unseen_features(rows: Sequence[Row], others: tuple[Counter[str], int]) -> Features:
    """Return the features of every pair by rarities that were counted without it, as those of any text to come are."""
    counts, n = others
    pairs = pair_articles(rows)
    held = [[views.grams_of(article.text) for article in pair] for pair in pairs]
    found: dict[int, dict[str, float]] = {}
    for k in range(FOLDS):
        seen = counts + Counter(g for i, own in enumerate(held) if i % FOLDS != k for grams in own for g in grams)
        size = n + 2 * sum(i % FOLDS != k for i in range(len(pairs)))
        with patch.object(views, "rarities", cache(partial(views.Rarities, *rarities(seen, size)))):
            views.weigh_name.cache_clear()
            found.update(zip(range(k, len(pairs), FOLDS), pair_features(pairs[k::FOLDS]), strict=True))
    views.weigh_name.cache_clear()
    return [found[i] for i in range(len(pairs))]


def cluster_pairs(rows: Sequence[Row]) -> tuple[list[tuple[int, int]], list[bool], Features]:
    """Return the pairs of headlines that share anything and stand within the window, their labels and features."""
    seen = [views.portray(Article(title=row["title"], text=row["title"])).whole for row in rows]
    days = [datetime.fromisoformat(row["date"]).toordinal() for row in rows]
    found = [
        (i, j)
        for i, j in combinations(range(len(rows)), 2)
        if abs(days[i] - days[j]) <= 3 and likeness.overlap(seen[i], seen[j]) > 0.02
    ]
    labels = [rows[i]["cluster"] == rows[j]["cluster"] for i, j in found]
    return found, labels, [likeness.features(seen[i], seen[j]) for i, j in found]


def fit(features: Features, labels: Sequence[bool], names: Sequence[str]) -> tuple[dict[str, float], float]:
    """Return the weights of the features and the constant of a logistic model."""
    regression, scaling = import_module("sklearn.linear_model"), import_module("sklearn.preprocessing")
    table = [[row[name] for name in names] for row in features]
    scaler = scaling.StandardScaler().fit(table)
    fitted = regression.LogisticRegression(C=STRENGTH, max_iter=1000).fit(scaler.transform(table), labels)
    weights = (fitted.coef_[0] / scaler.scale_).tolist()
    constant = fitted.intercept_[0] - fsum(w * m for w, m in zip(weights, scaler.mean_, strict=True))
    return dict(zip(names, weights, strict=True)), float(constant)


def score(features: Features, weights: dict[str, float], constant: float) -> list[float]:
    """Return the log odds of every pair."""
    return [constant + fsum(weights[name] * row[name] for name in weights) for row in features]


def pair_f1(scores: Sequence[float], labels: Sequence[bool], threshold: float) -> float:
    """Return F1 over pairs, those at or above `threshold` being called the same."""
    said = [value >= threshold for value in scores]
    hit = sum(a and b for a, b in zip(said, labels, strict=True))
    return 2 * hit / (sum(said) + sum(labels) or 1)


def b_cubed(groups: Iterable[Sequence[int]], truth: Sequence[str]) -> float:
    """Return B-cubed F1 of a partition."""
    sizes, precision, recall = Counter(truth), 0.0, 0.0
    for group in groups:
        for label, n in Counter(truth[i] for i in group).items():
            precision += n * n / len(group)
            recall += n * n / sizes[label]
    return 2 * precision * recall / (precision + recall) / len(truth)


class Task:
    """The labelled material, its features, and what models that never saw a part make of that part."""

    def __init__(self, folder: Path, others: tuple[Counter[str], int]) -> None:
        rows = read_rows(folder / "pairs.jsonl")
        self.labels = [bool(row["label"]) for row in rows]
        self.features = unseen_features(rows, others)
        titles = read_rows(folder / "clusters.jsonl")
        self.truth = [row["cluster"] for row in titles]
        self.found, self.same, self.near = cluster_pairs(titles)
        seen = [views.portray(Article(title=row["title"], text=row["title"])) for row in titles]
        self.vetoed = {(i, j) for i, j in self.found if apart(seen[i], seen[j])}
        self.names = list(self.features[0])

    def fit(self, pairs: Sequence[int], near: Sequence[int]) -> tuple[dict[str, float], float]:
        """Return the model of some of the pairs of passages and of headlines."""
        features = [self.features[i] for i in pairs] + [self.near[i] for i in near]
        return fit(features, [self.labels[i] for i in pairs] + [self.same[i] for i in near], self.names)

    def fit_all(self) -> tuple[dict[str, float], float]:
        """Return the model of everything."""
        return self.fit(range(len(self.labels)), range(len(self.same)))

    def cross_validated(self, seed: int = 0) -> tuple[list[float], list[float]]:
        """Return the log odds of all pairs by models that saw neither them nor, of headlines, their events."""
        draw = random.Random(seed)
        fold = [draw.randrange(FOLDS) for _ in self.labels]
        events = {label: draw.randrange(FOLDS) for label in sorted(set(self.truth))}
        ends = [(events[self.truth[i]], events[self.truth[j]]) for i, j in self.found]
        pairs, near = [0.0] * len(self.labels), [0.0] * len(self.same)
        for k in range(FOLDS):
            weights, constant = self.fit(
                [i for i, own in enumerate(fold) if own != k], [i for i, own in enumerate(ends) if k not in own]
            )
            for i, value in enumerate(score(self.features, weights, constant)):
                pairs[i] = value if fold[i] == k else pairs[i]
            for i, value in enumerate(score(self.near, weights, constant)):
                near[i] = value if k == max(ends[i]) else near[i]
        return pairs, near

    def grouped(self, near: Sequence[float], threshold: float) -> float:
        """Return B-cubed F1 of the headlines linked by these log odds."""
        scores = {p: None if p in self.vetoed else round(v, 6) for p, v in zip(self.found, near, strict=True)}
        return b_cubed(link(len(self.truth), scores, threshold), self.truth)


def main() -> None:
    """Print figures; with --write, fit anew what the package ships."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    paths = [path for path in sorted(given.folder.rglob("*.jsonl")) if path.parent.name != "events"]
    texts = [f"{r.get('title') or ''}\n{r.get('text') or ''}"[:OPENING] for path in paths for r in read_rows(path)]
    if given.write:
        labelled = [row[side] for row in read_rows(given.folder / "events/pairs.jsonl") for side in "ab"]
        (DATA / "event_grams.toml").write_text(gram_table(*count_texts(texts + labelled)), encoding="utf-8")
        views.rarities.cache_clear()
    task = Task(given.folder / "events", count_texts(texts))
    pairs, near = task.cross_validated()
    rows = [(pair_f1(pairs, task.labels, t), task.grouped(near, t), t) for t in THRESHOLDS]
    for one, two, threshold in rows[::2]:
        print(f"threshold {threshold:5.2f}  pairs F1 {one:.3f}  B-cubed F1 {two:.3f}")
    # the middle of the best seven in a row, as one may be luck; groups are what is used, so they count twice
    best = max(range(3, len(rows) - 3), key=lambda i: fsum(a + 2 * b for a, b, _ in rows[i - 3 : i + 4]))
    one, two, threshold = rows[best]
    weights, constant = task.fit_all()
    remark = f"Cross-validated in {FOLDS} parts: pairs F1 {one:.3f}, B-cubed F1 {two:.3f}."
    print(remark, weight_table(weights, constant, threshold, remark), sep="\n")
    if given.write:
        (DATA / "event_weights.toml").write_text(weight_table(weights, constant, threshold, remark), encoding="utf-8")


if __name__ == "__main__":
    main()
