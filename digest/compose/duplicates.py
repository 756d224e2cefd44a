"""One event once: exact and near-exact copies of a report, found without comparing all pairs.

Each text is a set of character shingles; the smallest hashes of the set are its sketch (bottom-k minwise hashing,
Broder 1997).  Only texts that share part of a sketch are compared, and then by the Jaccard index of the whole sets.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from zlib import crc32

from digest.model import Article, Event
from digest.rank.dateline import dateline_length
from digest.rank.language import simplify
from digest.urls import identify_url

SAME = 0.55
"""The Jaccard index of two texts' shingles from which they are one report: a reprint with another headline."""

SAME_FIGURES = 0.6
"""The share of figures that two copies have in common; the weather of two cities is one text with other figures."""

_FEW_FIGURES = 3
_FIGURE = re.compile(r"\d+(?:\.\d+)?(?![\d年月日时時])")
_SHINGLE = 5
_SKETCH = 48
_COMPARED = 4000
_SHORT = 30
_HOLDERS = 50
_NOT_WORD = re.compile(r"[\W_]+")


def group_events(articles: Sequence[Article]) -> list[Event]:
    """Return the events the articles report, each with its articles, the leading one first.

    Every article is in exactly one event, as the very object given; events stand in the order of their first article.
    This version joins what stands under one URL, and exact and near-exact copies: the same text under another
    headline, the same headline above the same text cut shorter.
    """
    prints = [_Print(article) for article in articles]
    parent = list(range(len(articles)))
    pages: dict[str, int] = {}
    for i, article in enumerate(articles):
        if article.url:  # two sources that name one page
            parent[i] = _root(parent, pages.setdefault(identify_url(article.url), i))
    for i, j in _pairs(prints):
        if _root(parent, i) != _root(parent, j) and prints[i].same(prints[j]):
            parent[max(_root(parent, i), _root(parent, j))] = min(_root(parent, i), _root(parent, j))
    groups: dict[int, list[Article]] = defaultdict(list)
    for i, article in enumerate(articles):
        groups[_root(parent, i)].append(article)
    return [Event(tuple(sorted(group, key=_leads, reverse=True))) for group in groups.values()]


class _Print:
    """The fingerprint of one article."""

    def __init__(self, article: Article) -> None:
        text = article.text[: _COMPARED * 2]
        self.title = _plain(article.title)
        text = text[dateline_length(text) :]
        self.figures = frozenset(_FIGURE.findall(unicodedata.normalize("NFKC", text)))
        body = _plain(text)[:_COMPARED]
        if len(body) < _SHORT and self.title not in body and body not in self.title:
            # 点击观看视频。 stands under a hundred headlines; so short a text is told apart by its headline.
            body = self.title + body
        self.shingles = frozenset(
            crc32(body[i : i + _SHINGLE].encode("utf-8", "surrogatepass"))
            for i in range(min(len(body), max(1, len(body) - _SHINGLE + 1)))
        )
        self.sketch = sorted(self.shingles)[:_SKETCH]

    def same(self, other: _Print) -> bool:
        """Whether two articles are copies of one report."""
        fewer = min(len(self.figures), len(other.figures))
        if fewer >= _FEW_FIGURES and len(self.figures & other.figures) < SAME_FIGURES * fewer:
            return False
        shared = len(self.shingles & other.shingles)
        if shared / (len(self.shingles | other.shingles) or 1) >= SAME:
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


def _leads(article: Article) -> tuple[bool, int, int]:
    """What makes an article lead its event: text, an original rather than a reprint, completeness."""
    reprint = bool(re.search(r"转载|轉載|转自|轉自", article.text[:60]))
    return bool(article.text), not reprint, len(article.text)


def _plain(text: str) -> str:
    """Letters only, simplified, so that punctuation, spacing and script make no difference."""
    return _NOT_WORD.sub("", simplify(unicodedata.normalize("NFKC", text).lower()))
