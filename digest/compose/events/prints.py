"""What a text is known by among its copies: the hashes of its shingles, its headline and its figures."""

from __future__ import annotations

import re
import unicodedata
from array import array
from functools import lru_cache
from zlib import crc32

from digest.compose.events.vetoes import is_imprint
from digest.model import Article
from digest.rank.dateline import dateline_length
from digest.rank.language import simplify

SAME = 0.55
"""The Jaccard index of two texts' shingles from which they are one report: a reprint with another headline."""

SAME_FIGURES = 0.6
"""The share of figures that two copies have in common; the weather of two cities is one text with other figures."""

PROMISING = 0.25
"""The share of common values in joint sketches, of 48, below which two texts are as good as never copies."""

HEADLINE = 8
"""Shorter headlines (早间新闻) tell nothing."""

_FEW_FIGURES = 3
_FIGURE = re.compile(r"\d+(?:\.\d+)?(?![\d年月日时時])")
_SHINGLE = 5
_SKETCH = 48
_COMPARED = 2000
_WINDOWS = [slice(4 * i, 4 * (i + _SHINGLE)) for i in range(_COMPARED)]
_SHORT = 30
_COMPATIBLE = re.compile(r"[^\x00-\x7f\u2010-\u2027\u3000-\u3020\u3400-\u9fff！（），：；？～]")
_NOT_WORD = re.compile(r"[\W_]+")


class Print:
    """The fingerprint of one article."""

    __slots__ = ("figures", "shingles", "sketch", "title")

    def __init__(self, article: Article) -> None:
        text = article.text[: _COMPARED + _COMPARED // 4]
        text = _normalize(text[dateline_length(text) :])
        self.title = _plain(_normalize(article.title))
        if is_imprint(article):  # twenty pages of a paper end alike
            text = self.title = ""
        self.figures = frozenset(_FIGURE.findall(text))
        body = _plain(text)[:_COMPARED]
        if len(body) < _SHORT and self.title not in body and body not in self.title:
            # 点击观看视频。 stands under a hundred headlines; so short a text is told apart by its headline.
            body = self.title + body
        coded = body.encode("utf-32-le", "surrogatepass")
        windows = _WINDOWS[: min(len(body), max(1, len(body) - _SHINGLE + 1))]
        self.shingles = array("I", sorted(set(map(crc32, map(coded.__getitem__, windows)))))
        self.sketch = self.shingles[:_SKETCH]

    def same(self, other: Print) -> bool:
        """Whether two articles are copies of one report."""
        fewer = min(len(self.figures), len(other.figures))
        if fewer >= _FEW_FIGURES and len(self.figures & other.figures) < SAME_FIGURES * fewer:
            return False
        headed = len(self.title) >= HEADLINE and self.title == other.title
        if not headed and not self._promises(other):
            return False
        shared = len(_as_set(self).intersection(other.shingles))
        if shared / (len(self.shingles) + len(other.shingles) - shared or 1) >= SAME:
            return True
        # A feed's teaser and the page it leads to: one headline, one text inside the other.
        return headed and shared >= 0.8 * min(len(self.shingles), len(other.shingles))

    def _promises(self, other: Print) -> bool:
        """Whether sizes allow, and sketches promise, half of what copies have in common; whole sets cost much more."""
        fewer, more = sorted((len(self.shingles), len(other.shingles)))
        if fewer < SAME * more:
            return False
        both = set(self.sketch).intersection(other.sketch)
        smallest = sorted({*self.sketch, *other.sketch})[:_SKETCH]
        return sum(value in both for value in smallest) >= PROMISING * len(smallest)


@lru_cache(maxsize=2)
def _as_set(own: Print) -> frozenset[int]:
    """The shingles of the article that is compared with one after another."""
    return frozenset(own.shingles)


def _normalize(text: str) -> str:
    """The NFKC form; or the text as it is where only signs would change, which count for nothing here."""
    return unicodedata.normalize("NFKC", text) if _COMPATIBLE.search(text) else text


def _plain(text: str) -> str:
    """Letters only, simplified, so that punctuation, spacing and script make no difference."""
    return _NOT_WORD.sub("", simplify(text.lower()))
