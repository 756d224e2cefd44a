"""Exact and near-exact copies of a report, found without comparing all pairs.

Each text is a set of character shingles; the smallest hashes of the set are its sketch (bottom-k minwise hashing,
Broder 1997).  Only texts that share part of a sketch are compared, and then by the Jaccard index of the whole sets.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from heapq import nsmallest
from zlib import crc32

from digest.compose.events.likeness import overlap
from digest.compose.events.vetoes import apart, numbered_apart, placed_apart
from digest.compose.events.views import Portrait
from digest.model import Article
from digest.rank.dateline import dateline_length
from digest.rank.language import simplify
from digest.urls import identify_url

SAME = 0.55
"""The Jaccard index of two texts' shingles from which they are one report: a reprint with another headline."""

SAME_FIGURES = 0.6
"""The share of figures that two copies have in common; the weather of two cities is one text with other figures."""

SAME_HEAD = 0.3
"""How much the heads of copies have in common, headlines included, of 1; no foot of a page makes a copy."""

_FEW_FIGURES = 3
_FIGURE = re.compile(r"\d+(?:\.\d+)?(?![\d年月日时時])")
_SHINGLE = 5
_SKETCH = 48
_COMPARED = 2000
_SHORT = 30
_HOLDERS = 50
_NOT_WORD = re.compile(r"[\W_]+")


def join_copies(articles: Sequence[Article], portraits: Sequence[Portrait]) -> list[list[int]]:
    """Return the indices of `articles` in groups of copies, every index in one.

    Copies stand under one URL, or are the same text under another headline, or the same headline above the same text
    cut shorter.
    """
    prints = [_Print(article) for article in articles]
    parent = list(range(len(articles)))
    pages: dict[str, int] = {}
    for i, article in enumerate(articles):
        if article.url:  # two sources that name one page
            parent[i] = _root(parent, pages.setdefault(identify_url(article.url), i))
    for i, j in _pairs(prints):
        if _root(parent, i) == _root(parent, j) or not prints[i].same(prints[j]):
            continue
        if not _is_form(portraits[i], portraits[j]):
            parent[max(_root(parent, i), _root(parent, j))] = min(_root(parent, i), _root(parent, j))
    groups: dict[int, list[int]] = defaultdict(list)
    for i in range(len(articles)):
        groups[_root(parent, i)].append(i)
    return list(groups.values())


def _is_form(one: Portrait, other: Portrait) -> bool:
    """Whether what two texts share is a form filled in, or what a site sets below each of its pages."""
    if one.head is one.whole and other.head is other.whole:
        return apart(one, other)
    return numbered_apart(one, other) or placed_apart(one, other) or overlap(one.whole, other.whole) < SAME_HEAD


class _Print:
    """The fingerprint of one article."""

    def __init__(self, article: Article) -> None:
        text = article.text[: _COMPARED + _COMPARED // 4]
        text = unicodedata.normalize("NFKC", text[dateline_length(text) :])
        self.title = _plain(unicodedata.normalize("NFKC", article.title))
        self.figures = frozenset(_FIGURE.findall(text))
        body = _plain(text)[:_COMPARED]
        if len(body) < _SHORT and self.title not in body and body not in self.title:
            # 点击观看视频。 stands under a hundred headlines; so short a text is told apart by its headline.
            body = self.title + body
        coded = body.encode("utf-32-le", "surrogatepass")
        starts = range(0, 4 * min(len(body), max(1, len(body) - _SHINGLE + 1)), 4)
        self.shingles = array("I", {crc32(coded[i : i + 4 * _SHINGLE]) for i in starts})
        self.sketch = nsmallest(_SKETCH, self.shingles)

    def same(self, other: _Print) -> bool:
        """Whether two articles are copies of one report."""
        fewer = min(len(self.figures), len(other.figures))
        if fewer >= _FEW_FIGURES and len(self.figures & other.figures) < SAME_FIGURES * fewer:
            return False
        shared = len(set(self.shingles).intersection(other.shingles))
        if shared / (len(self.shingles) + len(other.shingles) - shared or 1) >= SAME:
            return True
        # A feed's teaser and the page it leads to: one headline, one text inside the other.
        shorter = min(len(self.shingles), len(other.shingles))
        return len(self.title) >= 8 and self.title == other.title and shared >= 0.8 * shorter


def _pairs(prints: Sequence[_Print]) -> Iterator[tuple[int, int]]:
    """Yield the pairs worth comparing: they share a title, or a sixth of a sketch."""
    titles: dict[str, list[int]] = defaultdict(list)
    holders: dict[int, list[int]] = defaultdict(list)
    for i, own in enumerate(prints):
        if len(own.title) >= 8:
            yield from ((j, i) for j in titles[own.title])
            _hold(titles[own.title], i)
        shared: Counter[int] = Counter()
        for value in own.sketch:
            shared.update(holders[value])
            _hold(holders[value], i)
        yield from ((j, i) for j, n in shared.items() if n * 6 >= min(len(own.sketch), len(prints[j].sketch)))


def _hold(holders: list[int], i: int) -> None:
    """Note a holder; of a stock phrase that very many hold the first few stand for all, so that pairs stay few."""
    if len(holders) < _HOLDERS:
        holders.append(i)


def _root(parent: list[int], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


def _plain(text: str) -> str:
    """Letters only, simplified, so that punctuation, spacing and script make no difference."""
    return _NOT_WORD.sub("", simplify(text.lower()))
