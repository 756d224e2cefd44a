"""A page as lines that know where they stand: how much of each is a link, and which element holds it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from digest.extract.html import BLOCKS, PARAGRAPH, flat, is_invisible, tidy_lines

_ENDING = re.compile(r"[。！？!?；;…]")
_PAUSE = re.compile(r"[，,、]")
_BREAK = re.compile(r"\r?\n(?:[ \t\u3000]*\r?\n|(?=\u3000|  ))")
_FURNITURE = frozenset(("nav", "footer", "aside"))
_ASKING = frozenset(("textarea", "input"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page, and how many of its characters are links."""

    text: str
    linked: int = 0
    is_link: bool = False
    is_prose: bool = False

    @property
    def worth(self) -> int:
        """What the line adds to its element: the characters of prose; loose words cost a little, links more."""
        if self.is_link:
            return -min(6 + len(self.text), 30)
        return len(self.text) - self.linked if self.is_prose else -3


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """An element by the range of its lines, from `start` to before `end`; `inner` are the parts directly inside it.

    `asks` says that it holds a field to write into; `element` is the lxml element itself.
    """

    start: int
    end: int
    tag: str = ""
    inner: tuple[Part, ...] = ()
    asks: bool = False
    element: Any = None

    @property
    def furniture(self) -> bool:
        """Whether the element says itself that it is no part of an article."""
        return self.tag in _FURNITURE


@dataclass(frozen=True, slots=True)
class Layout:
    """All visible lines of a page in order, and its outermost element."""

    lines: tuple[Line, ...]
    whole: Part


def lay_out(root: Any) -> Layout:
    """Return the visible lines below an lxml element, and the block elements around them."""
    _keep_breaks(root)
    walk = _Walk()
    stack: list[tuple[Any, bool, bool]] = [(root, True, False)]
    while stack:
        element, opening, linked = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else "script"
        if not opening:
            walk.leave(tag, element)
            walk.add(element.tail if element is not root else None, linked)
            continue
        if is_invisible(element):
            walk.note(element, tag)
            walk.add(element.tail if element is not root else None, linked)
            continue
        walk.enter(tag)
        inside = linked or (tag == "a" and element.get("href") is not None)
        walk.add(element.text, inside)
        stack.append((element, False, linked))
        stack.extend((child, True, inside) for child in reversed(element))
    walk.end_line()
    return Layout(tuple(walk.lines), Part(0, len(walk.lines), "html", tuple(walk.parts), walk.asks))


def _keep_breaks(root: Any) -> None:
    """Make the paragraphs of preformatted text ones that do not look like mere white space."""
    for element in root.iter("pre"):
        for inner in element.iter():
            if isinstance(inner.tag, str):
                inner.text = _BREAK.sub(PARAGRAPH, inner.text or "")
            if inner is not element:
                inner.tail = _BREAK.sub(PARAGRAPH, inner.tail or "")


def make_line(text: str, linked: int = 0) -> Line:
    """Return the line of that text, judged."""
    is_link = linked * 2 > len(text)
    ends = len(text) >= 10 and _ENDING.search(text)
    is_prose = not is_link and bool(ends or (len(text) >= 24 and len(_PAUSE.findall(text)) >= 2))
    return Line(text, linked, is_link, is_prose)


class _Walk:
    """The lines found so far, and the elements still open."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.parts: list[Part] = []
        self.asks = False
        self._pieces: list[str] = []
        self._linked = 0
        self._open: list[tuple[int, list[Part], bool]] = []

    def enter(self, tag: str) -> None:
        """Open an element: a block begins a line."""
        if tag in BLOCKS:
            self.end_line()
            self._open.append((len(self.lines), self.parts, self.asks))
            self.parts, self.asks = [], False

    def leave(self, tag: str, element: Any) -> None:
        """Close an element; a block that holds a line is a part of the one around it."""
        if tag in BLOCKS:
            self.end_line()
            start, around, asked = self._open.pop()
            if len(self.lines) > start:
                around.append(Part(start, len(self.lines), tag, tuple(self.parts), self.asks, element))
            self.parts, self.asks = around, self.asks or asked

    def note(self, element: Any, tag: str) -> None:
        """See what stands there unseen: a field to write into."""
        if tag in _ASKING and (tag == "textarea" or (element.get("type") or "text").lower() in ("text", "password")):
            self.asks = True

    def add(self, text: str | None, linked: bool) -> None:
        """Add the text of a node to the line."""
        if text:
            self._pieces.append(flat(text))
            self._linked += len(text.strip()) if linked else 0

    def end_line(self) -> None:
        """End the line; an empty one is none."""
        if self._pieces:
            for text in tidy_lines("".join(self._pieces)):
                self.lines.append(make_line(text, min(self._linked, len(text))))
            self._pieces, self._linked = [], 0
