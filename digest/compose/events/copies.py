"""Exact and near-exact copies of a report, found without comparing all pairs.

Each text is a set of character shingles; the smallest hashes of the set are its sketch (bottom-k minwise hashing,
Broder 1997).  Only texts that share part of a sketch are compared, and then by the Jaccard index of the whole sets.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from digest.compose.events.gallery import Look
from digest.compose.events.likeness import overlap
from digest.compose.events.prints import HEADLINE, Print
from digest.compose.events.vetoes import apart, numbered_apart, placed_apart, spoken_apart
from digest.compose.events.views import Portrait
from digest.compose.opposites import opposed
from digest.model import Article
from digest.urls import identify_url

SAME_HEAD = 0.3
"""How much the heads of copies have in common, headlines included, of 1; no foot of a page makes a copy."""

_HOLDERS = 50


def join_copies(articles: Sequence[Article], looks: Sequence[Look]) -> list[list[int]]:
    """Return the indices of `articles` in groups of copies, every index in one.

    Copies stand under one URL, or are the same text under another headline, or the same headline above the same text
    cut shorter.
    """
    parent = list(range(len(articles)))
    pages: dict[str, int] = {}
    for i, article in enumerate(articles):
        if article.url:  # two sources that name one page
            parent[i] = _root(parent, pages.setdefault(identify_url(article.url), i))
    for i, j in _pairs([look.print for look in looks]):
        if _root(parent, i) == _root(parent, j) or not looks[i].print.same(looks[j].print):
            continue
        if not _is_form(looks[i].portrait, looks[j].portrait):
            parent[max(_root(parent, i), _root(parent, j))] = min(_root(parent, i), _root(parent, j))
    groups: dict[int, list[int]] = defaultdict(list)
    for i in range(len(articles)):
        groups[_root(parent, i)].append(i)
    return list(groups.values())


def _is_form(one: Portrait, other: Portrait) -> bool:
    """Whether what two texts share is a form filled in, or what a site sets below each of its pages."""
    if one.head is one.whole and other.head is other.whole:
        return apart(one, other)
    if numbered_apart(one, other) or placed_apart(one, other) or spoken_apart(one, other):
        return True
    if opposed(one.head.text, other.head.text):
        return True
    return overlap(one.whole, other.whole) < SAME_HEAD


def _pairs(prints: Sequence[Print]) -> Iterator[tuple[int, int]]:
    """Yield the pairs worth comparing, the later first: they share a title, or a sixth of a sketch."""
    titles: dict[str, list[int]] = defaultdict(list)
    holders: dict[int, list[int]] = defaultdict(list)
    for i, own in enumerate(prints):
        if len(own.title) >= HEADLINE:
            yield from ((i, j) for j in titles[own.title])
            _hold(titles[own.title], i)
        shared: Counter[int] = Counter()
        for value in own.sketch:
            shared.update(holders[value])
            _hold(holders[value], i)
        yield from ((i, j) for j, n in shared.items() if n * 6 >= min(len(own.sketch), len(prints[j].sketch)))


def _hold(holders: list[int], i: int) -> None:
    """Note a holder; of a stock phrase that very many hold the first few stand for all, so that pairs stay few."""
    if len(holders) < _HOLDERS:
        holders.append(i)


def _root(parent: list[int], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i
