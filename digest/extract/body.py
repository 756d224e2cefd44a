"""The lines of an article among all lines of its page: what trafilatura claims, mended by what the page shows.

trafilatura finds the article well and loses lines inside it: short ones, those in tables or between line breaks.  The
density of the page knows nothing of trafilatura's lists of names, and so fails elsewhere.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from digest.extract.density import densest_lines, link_lists
from digest.extract.layout import Layout, Line, Part

_ENOUGH = 100
"""Characters of prose that may be a whole article: of two candidates the first with so many is it, comments follow."""

_FORM = 80
"""Characters of prose that stand beside a field to write into."""


def choose_lines(layout: Layout, claimed: Sequence[str]) -> list[str]:
    """Return the lines of the article; `claimed` are those that trafilatura gives."""
    places = _choose(layout, claimed)
    return list(claimed) if places is None else [layout.lines[at].text for at in places]


def _choose(layout: Layout, claimed: Sequence[str]) -> list[int] | None:
    """The places of the article's lines; None where the claimed ones cannot be found in the page."""
    found = find_lines(layout.lines, claimed)
    dense = densest_lines(layout)
    if found is None:
        return dense or None
    asking = set(_asking(layout, max(_prose(layout, found), _prose(layout, dense))))
    found = _without_labels(layout.lines, [at for at in found if at not in asking])
    dense = [at for at in dense if at not in asking]
    if not _prose(layout, found) or _better(layout, dense, found):
        return dense or found
    return _within_article(layout.lines, _filled(layout, found, set(dense)))


def find_lines(lines: Sequence[Line], claimed: Sequence[str]) -> list[int] | None:
    """Return the places of the claimed lines in the page, or None where more than a tenth of them is not there.

    A claimed line may be several of the page, put together.
    """
    shown, wanted = [_words(line.text) for line in lines], [_words(line) for line in claimed]
    pairs = _align(shown, wanted)
    met, found = set(pairs), set(pairs.values())
    rest = "\n".join(text for n, text in enumerate(wanted) if n not in met and len(text) > 8)
    if rest:
        found.update(at for at, text in enumerate(shown) if at not in found and len(text) > 1 and text in rest)
    known = sum(len(wanted[n]) for n in met) + sum(len(shown[at]) for at in found if shown[at] in rest and rest)
    if known < 0.9 * sum(map(len, wanted)):
        return None
    return sorted(at for at in found if shown[at])


def _align(shown: Sequence[str], wanted: Sequence[str]) -> dict[int, int]:
    """Which wanted text is which shown one: those that stand once in both in their order, the others between them.

    As a patient diff does it, in time that grows with the length of the page and not with its square.
    """
    places: dict[str, list[int]] = {}
    for at, text in enumerate(shown):
        places.setdefault(text, []).append(at)
    times = Counter(wanted)
    once = [(n, places[text][0]) for n, text in enumerate(wanted) if times[text] == len(places.get(text, ())) == 1]
    anchors = [(-1, -1), *_rising(once), (len(wanted), len(shown))]
    pairs = {n: at for n, at in anchors if 0 <= n < len(wanted)}
    for (n, at), (next_n, next_at) in pairwise(anchors):
        for between in range(n + 1, next_n):
            several = places.get(wanted[between], [])
            first = bisect_right(several, at)
            if first < len(several) and several[first] < next_at:
                at = pairs[between] = several[first]
    return pairs


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs, in their order, in which the second numbers rise."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for number, (_, at) in enumerate(pairs):
        rank = bisect_left(tails, at)
        before.append(ends[rank - 1] if rank else -1)
        if rank == len(tails):
            tails.append(at)
            ends.append(number)
        else:
            tails[rank], ends[rank] = at, number
    run: list[tuple[int, int]] = []
    number = ends[-1] if ends else -1
    while number >= 0:
        run.append(pairs[number])
        number = before[number]
    return run[::-1]


def _words(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _prose(layout: Layout, places: Iterable[int]) -> int:
    """The characters of prose in these lines."""
    return sum(len(layout.lines[at].text) for at in places if layout.lines[at].is_prose)


def _better(layout: Layout, dense: Sequence[int], found: Sequence[int]) -> bool:
    """Whether the densest part is the article, and what trafilatura found is a list around it or something else."""
    common = set(dense) & set(found)
    if not dense:
        return False
    if _prose(layout, common) >= 0.3 * min(_prose(layout, dense), _prose(layout, found)):
        others = [layout.lines[at] for at in found if at not in common]
        length = sum(len(line.text) for line in others)
        return length > 4 * _prose(layout, common) and sum(line.linked for line in others) > 0.4 * length
    first, second = sorted((dense, found), key=lambda places: places[0])
    return (first if _prose(layout, first) >= _ENOUGH else second) is dense


def _asking(layout: Layout, total: int) -> Iterator[int]:
    """Yield the places of lines around a field to write into (comments, log-in, search) where little text stands."""
    open_parts = list(layout.whole.inner)
    while open_parts:
        part = open_parts.pop()
        if part.asks and _prose(layout, range(part.start, part.end)) <= max(0.25 * total, _FORM):
            yield from range(part.start, part.end)
        elif part.asks:
            open_parts.extend(part.inner)


def _without_labels(lines: Sequence[Line], found: Sequence[int]) -> list[int]:
    """The found places without headings of lists of links that were not found themselves."""
    kept: set[int] = set()
    for at in reversed(found):
        loose = not lines[at].is_prose and not lines[at].is_link
        if not (loose and at + 1 < len(lines) and lines[at + 1].is_link and at + 1 not in kept):
            kept.add(at)
    return sorted(kept)


def _filled(layout: Layout, found: Sequence[int], dense: set[int]) -> list[int]:
    """The found places, and those between and next to them that were left out without a link being the reason."""
    first, last = _ends(layout.lines, found)
    holder = _holder(layout.whole, first, last)
    lists = set(link_lists(layout, holder))
    filled = set(found)
    for before, after in pairwise(at for at in found if first <= at <= last):
        gap = range(before + 1, after)
        if not any(at in lists or layout.lines[at].is_link for at in gap):
            filled.update(gap)
    if last == found[-1]:
        filled.update(_run(range(last + 1, holder.end), dense))
    filled.update(_run(range(first - 1, holder.start - 1, -1), dense))
    return sorted(filled)


def _run(places: Iterable[int], dense: set[int]) -> Iterator[int]:
    """Yield the places up to the first that is not dense."""
    for at in places:
        if at not in dense:
            return
        yield at


def _within_article(lines: Sequence[Line], places: Sequence[int]) -> list[int]:
    """The places without the links before and behind the article: a way to the page, and the ways to others."""
    first, last = _ends(lines, places)
    return [
        at
        for at in places
        if first <= at <= last
        or not (lines[at].is_link if at < first else lines[at].linked > 0.9 * len(lines[at].text))
    ]


def _ends(lines: Sequence[Line], places: Sequence[int]) -> tuple[int, int]:
    """The first and the last place with prose; there is one."""
    prose = [at for at in places if lines[at].is_prose]
    return prose[0], prose[-1]


def _holder(whole: Part, first: int, last: int) -> Part:
    """The innermost element that holds both lines."""
    part: Part | None = whole
    while part is not None:
        whole = part
        part = next((inner for inner in part.inner if inner.start <= first and last < inner.end), None)
    return whole
