"""Fit the weights of digest/data/weights.toml to articles with summaries by people, and cross-validate them over sets.

    python tests/quality/fit_prior.py --data FOLDER             # the table: fitted on all sets, and on the others only
    python tests/quality/fit_prior.py --data FOLDER --ablate    # what each group of features adds
    python tests/quality/fit_prior.py --data FOLDER --write     # and write digest/data/weights.toml

FOLDER holds *.jsonl, a set a file: an object a line with text, summary and title (or null).

The model is the product's own: the prior of a sentence is the exponential of its weighed features; PageRank with that
prior is linear in it, so that the rank of every sentence has a gradient; the worth of a form is the logarithm of its
sentence's rank and its own weighed features.  The weights maximize the expected score (ROUGE-1, -2 and -L on
characters, on the scale where a random sentence of the set has 0 and the best one 1) of one form drawn from the softmax
of the worths, every set counting the same, minus a penalty for large weights.  Some weights are bounded by hand: what
no editor would print first may not be rewarded, whatever a data set says.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import log
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, it stands in its own folder

from digest.rank.analysis import Analysis, analyse
from digest.rank.baselines import cut_sentences
from digest.rank.rouge import Reference
from digest.rank.sentences import has_words, split_sentences

WEIGHTS = Path(__file__).parents[2] / "digest" / "data" / "weights.toml"

SENTENCE = {
    "first": "the first sentence",
    "opening": "how near the beginning: exp(-0.6 x sentences before it)",
    "opening_untitled": "the same, where no headline is known",
    "opening_wire": "the same, where one of the first three sentences has a dateline",
    "opening_spoken": "the same, the more sentences say 我 or 你 (a speech, a talk, a transcript)",
    "depth": "how far down, from 0 to 1",
    "title": "share of the headline's words it holds, rare words counting more",
    "dateline": "it opens with a dateline",
    "quotation": "share of its characters inside quotation marks",
    "question": "it asks",
    "first_person": "it says 我",
    "formality": "who came, what was heard, why a rule is made, a greeting",
    "short": "log of 18 / length, below 18 characters",
    "long": "log of length / 90, above 90 characters",
}
FORM = {
    "headline": "share of the headline's words the form keeps",
    "kept": "share of the sentence's main words (those of several sentences of the text) it keeps",
    "salience": "share of the text's main words it holds",
    "density": "the same, for every 40 characters",
    "length": "log of its length in characters",
    "over_60": "log of length / 60, above 60 characters",
    "over_60_spoken": "the same, the more sentences say 我 or 你",
    "over_60_long": "the same, the longer the text: from 8 sentences (0) to 64 (1)",
    "under_20": "log of 20 / length, below 20 characters",
    "front": "clauses were left off before it",
    "cut": "clauses were left off",
    "leans": "it opens with 他 该 对此 此外, which point to the sentence before",
}
BOUNDS: dict[str, tuple[float | None, float | None]] = {
    "question": (None, log(0.5)),
    "first_person": (None, log(0.8)),
    "formality": (None, log(0.3)),
    "item": (6.0, None),
    "short": (None, -0.3),
    "leans": (None, log(0.5)),
    "cut": (None, 0.0),
    "title": (0.0, None),
    "headline": (0.0, None),
}
GROUPS = {
    "position": ("first", "opening", "opening_untitled", "depth", "dateline"),
    "headline": ("title", "headline"),
    "genre": ("opening_wire", "opening_spoken", "over_60_spoken", "over_60_long"),
    "manner": ("quotation", "question", "first_person", "formality", "leans"),
    "length": ("short", "long", "length", "over_60", "under_20"),
    "main words": ("kept", "salience", "density"),
}


@dataclass(slots=True)
class Example:
    """One article: its sentences' features, its forms' features, whose forms they are, and how each would score."""

    set: str
    sentences: Any
    forms: Any
    owner: Any
    rewards: Any
    whole: Any
    links: Any
    kernel: Any = None


@dataclass(slots=True)
class Model:
    """What is fitted: the names of the features in use, PageRank's damping, and the penalty."""

    sentence: list[str]
    form: list[str]
    damping: float
    penalty: float
    scale: Any = field(default=None)

    @property
    def names(self) -> list[str]:
        return [*self.sentence, *self.form]


def read_examples(folder: Path, wanted: Sequence[str], limit: int | None) -> list[Example]:
    """Return the articles of every set in `folder` that have two sentences."""
    examples = []
    for path in sorted(folder.glob("*.jsonl")):
        if wanted and path.stem not in wanted:
            continue
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        rows = [row for row in rows if len(cut_sentences(row["text"])) > 1][:limit]
        floor, top = _scale(rows)
        examples += [example_of(path.stem, row, floor, top) for row in rows]
        print(f"{path.stem}: {len(rows)} articles", file=sys.stderr)
    return examples


def _scale(rows: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """What a random sentence and the best sentence of a set score on the mean."""
    floors, tops = [], []
    for row in rows:
        reference = Reference(row["summary"])
        scores = [reference.score(sentence).mean for sentence in cut_sentences(row["text"])]
        floors.append(statistics.fmean(scores))
        tops.append(max(scores))
    return statistics.fmean(floors), statistics.fmean(tops)


def example_of(name: str, row: dict[str, Any], floor: float, top: float) -> Example:
    """Return one article ready to fit on."""
    text = row["text"]
    known = analyse(split_sentences(text), text, row["title"] or "")
    reference, features, owner, rewards, whole = Reference(row["summary"]), [], [], [], []
    for place, at in enumerate(known.candidates):
        for n, (form, own) in enumerate(known.featured_forms(at, trim=True)):
            if has_words(form.text):
                features.append([own[key] for key in FORM])
                owner.append(place)
                rewards.append((reference.score(form.text).mean - floor) / (top - floor))
                whole.append(n == 0)
    sentences = [[known.features[at][key] for key in SENTENCE] for at in known.candidates]
    rows, columns = np.array(sentences, float), np.array(features, float)
    return Example(name, rows, columns, np.array(owner), np.array(rewards), np.array(whole), _links(known))


def _links(known: Analysis) -> Any:
    """The weights of the similarity graph, a dense symmetric matrix, and which of its rows are candidates."""
    count = len(known.sentences)
    links = np.zeros((count, count))
    for one, other, weight in known.similarity.edges():
        links[one, other] = links[other, one] = weight
    return links, np.array(known.candidates)


def set_kernels(examples: Sequence[Example], damping: float) -> None:
    """Give every article the matrix that turns a prior into ranks: (1 - d)(I - d P')^-1, Haveliwala 2002."""
    for example in examples:
        links, candidates = example.links
        strength = links.sum(1, keepdims=True)
        step = np.divide(links, strength, out=np.zeros_like(links), where=strength > 0)
        jumps = np.eye(len(links))[:, candidates]
        example.kernel = np.linalg.solve(np.eye(len(links)) - damping * step.T, jumps)[candidates]


class Fit:
    """A model on some articles."""

    def __init__(self, examples: Sequence[Example], model: Model, *, whole_only: bool = False) -> None:
        self.model = model
        s, f = [list(SENTENCE).index(n) for n in model.sentence], [list(FORM).index(n) for n in model.form]
        spread = [np.vstack([getattr(e, part) for e in examples]).std(0) for part in ("sentences", "forms")]
        model.scale = np.concatenate([spread[0][s], spread[1][f]]) + 1e-9
        self.rows = []
        for e in examples:
            kept = e.whole if whole_only else np.ones(len(e.rewards), bool)
            self.rows.append((e.set, e.sentences[:, s], e.forms[kept][:, f], e.owner[kept], e.rewards[kept], e.kernel))
        self.sets = sorted({e.set for e in examples})

    def train(self, sets: Sequence[str], start: Any = None) -> Any:
        """Return the weights that do best on `sets`, in the order of the model's names."""
        from scipy.optimize import minimize

        if not self.model.names:
            return np.zeros(0)
        rows = [row for row in self.rows if row[0] in sets]
        share = {name: 1 / sum(row[0] == name for row in rows) / len(sets) for name in sets}
        cut, scale = len(self.model.sentence), self.model.scale

        def loss(theta: Any) -> tuple[float, Any]:
            value, slope = 0.0, np.zeros_like(theta)
            for name, sentences, forms, owner, rewards, kernel in rows:
                prior = _exponential(sentences @ theta[:cut])
                ranks = kernel @ prior + 1e-12
                chance = _exponential(np.log(ranks)[owner] + forms @ theta[cut:])
                chance /= chance.sum()
                expected = chance @ rewards
                pull = chance * (rewards - expected) * share[name]
                value += expected * share[name]
                slope[cut:] += pull @ forms
                slope[:cut] += (((np.bincount(owner, pull, len(ranks)) / ranks) @ kernel) * prior) @ sentences
            penalty = self.model.penalty
            return -value + penalty * (theta * scale) @ (theta * scale), -slope + 2 * penalty * theta * scale**2

        def scaled(theta: Any) -> tuple[float, Any]:
            value, slope = loss(theta / scale)
            return value, slope / scale

        bounds = [self._bound(name, size) for name, size in zip(self.model.names, scale, strict=True)]
        begin = np.zeros(len(scale)) if start is None else start * scale
        found = minimize(scaled, begin, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200})
        return found.x / scale

    def score(self, theta: Any, name: str) -> float:
        """Return how far the dearest form of every article of a set goes from random (0) to oracle (100)."""
        cut, got = len(self.model.sentence), []
        for own, sentences, forms, owner, rewards, kernel in self.rows:
            if own == name:
                ranks = kernel @ _exponential(sentences @ theta[:cut]) + 1e-12
                got.append(rewards[np.argmax(np.log(ranks)[owner] + forms @ theta[cut:])])
        return 100 * statistics.fmean(got)

    def cross_validate(self, theta: Any) -> dict[str, float]:
        """Return the score of every set by weights that never saw it."""
        return {
            name: self.score(self.train([other for other in self.sets if other != name], theta), name)
            for name in self.sets
        }

    @staticmethod
    def _bound(name: str, size: float) -> tuple[float | None, float | None]:
        low, high = BOUNDS.get(name, (None, None))
        return (None if low is None else low * size, None if high is None else high * size)


def _exponential(values: Any) -> Any:
    return np.exp(np.clip(values - values.max(), -40, 0))


def ablations(examples: Sequence[Example], model: Model) -> Iterator[tuple[str, Fit]]:
    """Yield TextRank alone, what each part adds to it, and the whole without one part."""
    set_kernels(examples, 0.85)
    yield "TextRank alone: no prior, damping 0.85, whole sentences", Fit(examples, _only(model, ()), whole_only=True)
    set_kernels(examples, model.damping)
    parts: tuple[str, ...] = ()
    for part in ("position", "headline", "genre", "manner", "length", "main words"):
        parts = (*parts, part)
        yield f"+ {part}", Fit(examples, _only(model, parts), whole_only=True)
    yield "+ clauses: everything", Fit(examples, model)
    for part in ("position", "headline", "genre", "manner", "length", "main words"):
        rest = tuple(name for name in GROUPS if name != part)
        yield f"everything but {part}", Fit(examples, _only(model, rest))
    set_kernels(examples, 0.0)
    yield "everything but the graph", Fit(examples, model)
    set_kernels(examples, model.damping)


def _only(model: Model, parts: Sequence[str]) -> Model:
    """The model with the features of some groups only."""
    names = {name for part in parts for name in GROUPS[part]}
    if len(parts) == len(GROUPS) - 1:
        names |= {"front", "cut"}
    sentence, form = ([name for name in own if name in names] for own in (model.sentence, model.form))
    return Model(sentence, form, model.damping, model.penalty)


def as_toml(model: Model, theta: Any, wanted: argparse.Namespace, cross: dict[str, float], count: int) -> str:
    """Return the weights as the file that the product reads."""
    told = {**SENTENCE, **FORM}
    rows = [
        f"{name} = {weight:.2f}".ljust(26) + f"# {told[name]}" for name, weight in zip(model.names, theta, strict=True)
    ]
    cut = len(model.sentence)
    mean = statistics.fmean(cross.values())
    command = f"python tests/quality/fit_prior.py --data FOLDER --damping {wanted.damping} --penalty {wanted.penalty}"
    return "\n".join(
        [
            "# The weights of the prior (digest/rank/prior.py) and of forms (digest/rank/forms.py).",
            "# Not written by hand: fitted to articles with summaries by people, which are not ours to ship, with",
            f"#     {command} --write",
            f"# on {count} articles of {len(cross)} sets.  One sentence, share of the way from random to best,",
            f"# every set by weights that never saw it: {mean:.1f} on the mean.  A negative weight lowers.",
            "",
            "[graph]",
            f"damping = {model.damping}            # how much of a sentence's rank comes from its neighbours",
            "",
            "[sentence]",
            *rows[:cut],
            "",
            "[form]",
            *rows[cut:],
            "",
        ]
    )


def main() -> None:
    """Fit, cross-validate, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", default="")
    parser.add_argument("--limit", type=int, help="articles of a set")
    parser.add_argument("--damping", type=float, default=0.25)
    parser.add_argument("--penalty", type=float, default=0.005)
    parser.add_argument("--without", default="", help="features to leave out, with commas")
    parser.add_argument("--ablate", action="store_true")
    parser.add_argument("--write", action="store_true")
    wanted = parser.parse_args()
    examples = read_examples(wanted.data, [s for s in wanted.sets.split(",") if s], wanted.limit)
    set_kernels(examples, wanted.damping)
    gone = wanted.without.split(",")
    model = Model(
        [n for n in SENTENCE if n not in gone], [n for n in FORM if n not in gone], wanted.damping, wanted.penalty
    )
    if wanted.ablate:
        print("| one sentence, share of the way from random to oracle | fitted on all sets | set never seen |")
        print("|---|---|---|")
        for name, fit in ablations(examples, model):
            theta = fit.train(fit.sets)
            fitted = statistics.fmean(fit.score(theta, own) for own in fit.sets)
            print(f"| {name} | {fitted:.1f} | {statistics.fmean(fit.cross_validate(theta).values()):.1f} |", flush=True)
        return
    fit = Fit(examples, model)
    theta = fit.train(fit.sets)
    cross = fit.cross_validate(theta)
    for name in fit.sets:
        print(f"{name:12} fitted {fit.score(theta, name):6.1f}   never seen {cross[name]:6.1f}")
    fitted = statistics.fmean(fit.score(theta, name) for name in fit.sets)
    print(f"{'mean':12} fitted {fitted:6.1f}   never seen {statistics.fmean(cross.values()):6.1f}")
    text = as_toml(model, theta, wanted, cross, len(examples))
    print(text)
    if wanted.write:
        WEIGHTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
