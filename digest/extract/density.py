"""The part of a page that reads like prose, found by adding up its lines: a second opinion on where the article is.

A line with punctuation is worth its length, a line of links costs, and the element with the greatest sum holds the
article: the maximum subsequence segmentation of Pasternack and Roth (WWW 2009), restricted to the elements of a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from digest.extract.layout import Layout, Line, Part

_CAP = 80
"""The most that one list of links inside an element counts against it: the list will be left out anyway."""

_SHARE = 0.9
"""An element inside that holds this share of the sum is the better one."""


def densest_lines(layout: Layout) -> list[int]:
    """Return the places of the lines of the densest element, without lists of links, from prose to prose."""
    part = _densest(layout)
    left = set(link_lists(layout, part))
    start, end = _with_neighbours(layout.lines, part)
    places = [at for at in range(start, end) if at not in left]
    prose = [n for n, at in enumerate(places) if layout.lines[at].is_prose]
    return places[prose[0] : prose[-1] + 1] if prose else []


def _with_neighbours(lines: Sequence[Line], part: Part) -> tuple[int, int]:
    """The range of an element and of the prose right before and behind it: where each paragraph is one of its own."""
    start, end = part.start, part.end
    while start > 0 and lines[start - 1].is_prose:
        start -= 1
    while end < len(lines) and lines[end].is_prose:
        end += 1
    return start, end


def link_lists(layout: Layout, part: Part) -> Iterator[int]:
    """Yield the places of the lines inside `part` that stand in lists of links, navigation and footers."""
    open_parts = list(part.inner)
    while open_parts:
        inner = open_parts.pop()
        if inner.furniture or is_link_list(layout.lines[inner.start : inner.end]):
            yield from range(inner.start, inner.end)
        else:
            open_parts.extend(inner.inner)


def big_link_lists(layout: Layout) -> Iterator[Part]:
    """Yield the outermost elements that are nearly nothing but links: navigation, and long lists of headlines."""
    open_parts = list(layout.whole.inner)
    while open_parts:
        part = open_parts.pop()
        lines = layout.lines[part.start : part.end]
        length = sum(len(line.text) for line in lines)
        if length >= 40 and sum(line.linked for line in lines) >= 0.9 * length:
            yield part
        else:
            open_parts.extend(part.inner)


def is_link_list(lines: Sequence[Line]) -> bool:
    """Whether more of these lines is links than text."""
    return sum(line.linked for line in lines) * 2 > sum(len(line.text) for line in lines)


def _densest(layout: Layout) -> Part:
    """The element with the greatest sum, and of those that hold nearly all of it the innermost."""
    sums = _sums(layout)
    best = max(sums, key=lambda part: sums[part])
    while True:
        inner = max(best.inner, key=lambda part: sums[part], default=None)
        if inner is None or sums[inner] < _SHARE * sums[best]:
            return best
        best = inner


def _sums(layout: Layout) -> dict[Part, int]:
    """What the lines of every element are worth together."""
    sums: dict[Part, int] = {}
    for part in reversed(list(_walk(layout.whole))):
        total, at = 0, part.start
        for inner in part.inner:
            total += sum(line.worth for line in layout.lines[at : inner.start]) + max(sums[inner], -_CAP)
            at = inner.end
        sums[part] = total + sum(line.worth for line in layout.lines[at : part.end])
    return sums


def _walk(whole: Part) -> Iterator[Part]:
    """Yield every part, an outer one before those inside it."""
    open_parts = [whole]
    while open_parts:
        part = open_parts.pop()
        yield part
        open_parts.extend(part.inner)
