"""What an article says it is about, in a form that two articles can be compared by.

Nothing here depends on the other articles of a day: how rare a pair of characters is stands in a shipped table, so
that two articles are as alike among five thousand as alone.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from math import fsum, log, sqrt
from operator import mul
from sys import intern

from digest.model import Article
from digest.rank import lexicon
from digest.rank.dateline import dateline_length
from digest.rank.language import simplify
from digest.rank.tokens import content_words, stop_words, tokenize_simplified

LEAD = 120
"""So many characters of the text are read below the headline: a report says at its head what it is about."""

_HEADLINE = 200
_TEXT = 4
_EMPHASIS = 1.5
"""Rare pairs of characters count more than their rarity alone: the power that suited fitting best."""

_NAME_TAGS = ("nr", "ns", "nt", "nz")
_HAN_FIRST = re.compile(r"[\u3400-\u9fff]")
_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W\d_\u3400-\u9fff]+|\d+(?:\.\d+)?")
_COLUMN = re.compile(r"^[^|丨:]{2,14}[|丨]\s*(?=.{8})|(?<=.{8})\s*[|丨][^|丨]{2,14}$|(?<=.{8})\([^()]{4,40}\)$")
_STAMP = re.compile(r"^(?:[\u3400-\u9fff]{2,6}\d{1,2}月\d{1,2}日[|丨:]|\[[^\]]{1,12}\])\s*")
_QUOTED = re.compile(r"[《「『“]([^《》「」『』“”]{2,20})[》」』”]")
_DAY = re.compile(
    r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日)?|\d{1,2}日|(?:19|20)\d\d(?:年|财年|款|-\d\d-\d\d)?|\d{1,2}[:时点]\d{2}分?"
)
_FIGURE = re.compile(r"(?<![\d.])(\d+(?:,\d{3})*(?:\.\d+)?)\s*(万亿|亿|万|千|%|级|度|号|期|只|股|人|名)?")
_TIMES = {"万亿": 1e12, "亿": 1e8, "万": 1e4, "千": 1e3}
_NEAR = 0.012


@dataclass(frozen=True, slots=True)
class View:
    """One stretch of an article, simplified and in lower case, and what stands out in it.

    `grams` are the pairs of characters, words of letters and numbers with their weights, a vector of length 1.
    `figures` are (value, unit) without dates and hours.
    """

    text: str
    grams: Mapping[str, float]
    words: frozenset[str]
    names: frozenset[str]
    people: frozenset[str]
    places: frozenset[str]
    quoted: frozenset[str]
    figures: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """An article's headline, and its headline with the head of its text; the very same where it has only one."""

    head: View
    whole: View


def portray(article: Article) -> Portrait:
    """Return the views of `article`; of an untitled one, or one whose text is its headline, both are one."""
    title, text = article.title.strip(), article.text.strip()
    if not title or (text[:_HEADLINE].startswith(title[:_HEADLINE]) and len(text) < len(title) + _TEXT):
        view = read_view(_COLUMN.sub("", unicodedata.normalize("NFKC", title or text)[: _HEADLINE if title else LEAD]))
        return Portrait(view, view)
    title = _COLUMN.sub("", unicodedata.normalize("NFKC", title[:_HEADLINE]))  # 专访丨 stands above many
    head = read_view(title)
    lead = text.removeprefix(article.title)[: LEAD * 2].strip()
    lead = lead[dateline_length(lead) :][:LEAD]
    if not lead:
        return Portrait(head, head)
    return Portrait(head, read_view(lead, head))


def read_view(text: str, above: View | None = None) -> View:
    """Return what stands out in `text`, and in the headline `above` it."""
    plain = _plain(text)
    words = frozenset(word for word in content_words(tokenize_simplified(plain)) if not word[0].isdigit())
    if above:
        plain, words = f"{above.text}\n{plain}", words | above.words
    tags = {word: lexicon.part_of_speech(word) for word in words if len(word) > 1}
    names = frozenset(word for word, tag in tags.items() if not tag or tag.startswith(_NAME_TAGS))
    return View(
        text=plain,
        grams=_unit(Counter(_grams(plain))),
        words=words,
        names=names,
        people=frozenset(word for word in names if tags[word].startswith("nr")),
        places=frozenset(word for word in names if tags[word].startswith("ns")),
        quoted=frozenset(_QUOTED.findall(plain)),
        figures=read_figures(plain),
    )


def grams_of(text: str) -> frozenset[str]:
    """Return the grams of `text`, simplified and without its dateline: what the table of rarities counts."""
    return frozenset(_grams(_plain(text)))


def rareness(gram: str) -> float:
    """Return how rare `gram` is in news, from 1 (in every third text) to 9 (in none)."""
    return rarities()[gram]


class Rarities(dict[str, float]):
    """The rarity of every gram: of the `known` ones by name, of all others `unknown`."""

    def __init__(self, known: Mapping[str, float], unknown: float) -> None:
        super().__init__(known)
        self.unknown = unknown

    def __missing__(self, gram: str) -> float:
        return self.unknown


@cache
def rarities() -> Rarities:
    """Return the shipped table of rarities."""
    table = tomllib.loads(files("digest").joinpath("data/event_grams.toml").read_text("utf-8"))
    known = {intern(gram): float(level) for level, line in table["grams"].items() for gram in line.split()}
    return Rarities(known, float(table["unknown"]))


@lru_cache(maxsize=1 << 16)
def weigh_name(name: str) -> float:
    """Return how rare a name is: as rare as its rarest part."""
    return max(map(rareness, _grams(name)), default=0.0)


def read_figures(text: str) -> tuple[tuple[float, str], ...]:
    """Return the (value, unit) of every figure in `text`, without dates, years and hours; 3.1亿 is 310000000."""
    found = set()
    for digits, unit in _FIGURE.findall(_DAY.sub("#", text)):
        value = float(digits.replace(",", "")[:18])
        found.add((value * _TIMES.get(unit, 1.0), "" if unit in _TIMES else unit))
    return tuple(sorted(found))


def near(one: tuple[float, str], other: tuple[float, str]) -> bool:
    """Whether two figures are one, rounded otherwise: 88.08% and 88%."""
    return one[1] == other[1] and abs(one[0] - other[0]) <= _NEAR * max(one[0], other[0])


def _plain(text: str) -> str:
    plain = simplify(unicodedata.normalize("NFKC", text).lower())
    return _STAMP.sub("", plain[dateline_length(plain) :])


def _grams(text: str) -> Iterator[str]:
    """The pairs of Han characters, the words of letters and the numbers of `text`."""
    stop = stop_words()
    for run in _RUN.findall(text):
        if not _HAN_FIRST.match(run):
            if run not in stop:
                yield run
        elif len(run) == 1:
            yield run
        else:
            yield from (run[i : i + 2] for i in range(len(run) - 1))


def _unit(counts: Counter[str]) -> dict[str, float]:
    rarity = rarities()
    values = [_emphasize(rarity[gram], n) for gram, n in counts.items()]
    norm = sqrt(fsum(map(mul, values, values))) or 1.0
    return {intern(gram): value / norm for gram, value in zip(counts, values, strict=True)}


@lru_cache(maxsize=1 << 10)
def _emphasize(rarity: float, n: int) -> float:
    """The weight of a gram that stands `n` times in a view; levels of rarity are few."""
    return float(rarity**_EMPHASIS * (1 + log(n)))
