"""How likely two articles report one event: a logistic model over what two readers would point at."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import product
from math import fsum, log1p, sqrt

from digest.compose.events.views import Portrait, View, near, rareness, weigh_name

WHOLE = 0.55
"""How much the whole views count, headlines the rest: leads of reports tell more than headlines that tease."""

CAUTION = 0.7
"""What two articles with texts must be surer by: more is known of them, and a wrong merge hides a report."""

HOPELESS = -3.5
"""Below this nothing else is asked: neither headlines nor vetoes could change what becomes of the pair."""


@dataclass(frozen=True, slots=True)
class Model:
    """The fitted weights: of every feature, the constant, and from which sum on two articles are of one event."""

    weights: Mapping[str, float]
    constant: float
    threshold: float


@cache
def model() -> Model:
    """Return the weights of `data/event_weights.toml`, which tells where they come from."""
    table = tomllib.loads(files("digest").joinpath("data/event_weights.toml").read_text("utf-8"))
    return Model(table["features"], table["constant"], table["threshold"])


def likeness(one: Portrait, other: Portrait) -> float:
    """Return the log odds that two articles report one event, from their headlines and from what stands below."""
    whole = judge(one.whole, other.whole)
    if one.head is one.whole and other.head is other.whole:
        return whole
    if whole < HOPELESS:
        return whole
    both = WHOLE * whole + (1 - WHOLE) * judge(one.head, other.head)
    return both - CAUTION if one.head is not one.whole and other.head is not other.whole else both


def judge(one: View, other: View) -> float:
    """Return the log odds that two views are of one event, rounded so that no last bit decides."""
    fitted = model()
    return round(fitted.constant + fsum(fitted.weights[k] * v for k, v in features(one, other).items() if v), 6)


def overlap(one: View, other: View) -> float:
    """Return the cosine of two views' grams, from 0 to 1."""
    return fsum(one.grams[gram] * other.grams[gram] for gram in one.grams.keys() & other.grams.keys())


def features(one: View, other: View) -> dict[str, float]:
    """Return the features of a pair by name; the order of the two makes no difference."""
    names = one.names & other.names
    strange = [fsum(map(weigh_name, view.names - names)) for view in (one, other)]
    figures = _shared_figures(one, other)
    shared = one.grams.keys() & other.grams.keys()
    chars = (_characters(one.text), _characters(other.text))
    return {
        "grams": fsum(one.grams[gram] * other.grams[gram] for gram in shared),
        "mass": log1p(fsum(map(rareness, shared))),
        "runs": log1p(len(_triples(one.text) & _triples(other.text))),
        "chars": len(chars[0] & chars[1]) / (sqrt(len(chars[0]) * len(chars[1])) or 1.0),
        "names": log1p(len(names)),
        "names_apart": log1p(max(strange)),
        "names_both_apart": log1p(min(strange)),
        "people": log1p(len(one.people & other.people)),
        "places_apart": float(bool(one.places and other.places) and not one.places & other.places),
        "quoted": log1p(len(one.quoted & other.quoted)),
        "figures": log1p(figures),
        "figures_apart": float(bool(one.figures and other.figures) and not figures),
        "length": abs(log1p(len(one.text)) - log1p(len(other.text))),
    }


@lru_cache(maxsize=1 << 9)
def _characters(text: str) -> frozenset[str]:
    return frozenset(text)


@lru_cache(maxsize=1 << 9)
def _triples(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 3] for i in range(len(text) - 2))


def _shared_figures(one: View, other: View) -> int:
    """How many figures both tell; one digit says little and counts for nothing."""
    shared = (a for a, b in product(one.figures, other.figures) if near(a, b))
    return len({a for a in shared if a[0] >= 10 or a[0] % 1})
