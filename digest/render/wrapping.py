"""Measures and breaks lines for fixed-width screens, by the rules of Chinese typesetting (kinsoku).

A full-width character takes two columns.  No line begins with a mark that closes (，。）…) or ends with one that opens
(（《“); words, numbers and addresses stay whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

CLOSING = frozenset("，。！？；：、．）》」』】〉〕〗｝］”’…·～％‰℃,.!?;:)]}%")
OPENING = frozenset("（《「『【〈〔〖｛［“‘([{")

_MARKS = "\u0300-\u036f\u20d0-\u20f0\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef"
_LATIN = r"0-9A-Za-z\u00c0-\u024f"
_URL = r"(?:https?://|mailto:)[!-~]+"
_PIECE = re.compile(
    rf"""
      (?P<url>{_URL})
    | (?P<space>\s+)
    | (?P<word>["'$#@&+-]?[{_LATIN}](?:(?!{_URL})[!-~{_LATIN}]|’(?=[{_LATIN}])|[{_MARKS}])*)   # CPI, 3.5%, don’t
    | (?P<run>(?P<same>[—…─⸺])(?P=same)+)                                          # —— and …… are one sign
    | (?P<flag>[\U0001f1e6-\U0001f1ff]{{2}})
    | (?P<other>.(?:[{_MARKS}]|\u200d.)*)
    """,
    re.VERBOSE | re.DOTALL,
)


def text_width(text: str, ambiguous: int = 1) -> int:
    """The columns a text takes; characters whose width depends on the font (“ ” … ·) count as `ambiguous`."""
    return sum(_char_width(char, ambiguous) for char in text)


def pad(text: str, width: int, right: bool = False) -> str:
    """The text filled with spaces up to `width` columns, on its right side, or on its left (`right` aligned)."""
    fill = " " * max(0, width - text_width(text))
    return fill + text if right else text + fill


def wrap(text: str, width: int = 76, first: str = "", rest: str | None = None) -> str:
    """The text in lines of at most `width` columns, the first one led by `first`, the others by `rest` (or `first`).

    Only what may not be broken is ever wider: an address, or a row of closing marks with nothing before it.
    White space is folded to single spaces, and none is left at the end of a line.
    """
    rest = first if rest is None else rest
    room = max(8, width - max(_wide(first), _wide(rest)))
    lines = list(_fill(text, room))
    return "\n".join([first + lines[0], *(rest + line for line in lines[1:])]) if lines else first.rstrip()


def _fill(text: str, room: int) -> Iterator[str]:
    line, used = "", 0
    for space, unit in _units(text, room):
        width = _wide(unit)
        gap = 1 if space and line else 0
        if line and used + gap + width > room:
            yield line
            line, used, gap = "", 0, 0
        line, used = line + " " * gap + unit, used + gap + width
    if line:
        yield line


def _units(text: str, room: int) -> Iterator[tuple[bool, str]]:
    """The smallest parts a line may be broken between, each with whether a space stands before it."""
    unit, spaced, space = "", False, False
    for kind, piece in _pieces(text, room):
        if kind == "space":
            space = True
            continue
        if unit and (unit[-1] in OPENING or piece[0] in CLOSING):
            unit += " " * space + piece
        else:
            if unit:
                yield spaced, unit
            unit, spaced = piece, space
        space = False
    if unit:
        yield spaced, unit


def _pieces(text: str, room: int) -> Iterator[tuple[str, str]]:
    """Characters, words and addresses; a word that nearly fills a line comes letter by letter."""
    for found in _PIECE.finditer(text):
        kind, piece = found.lastgroup or "other", found[0]
        kind = "run" if kind == "same" else kind
        if kind in ("word", "run") and _wide(piece) * 4 > room * 3:
            yield from ((kind, char) for char in piece)
        else:
            yield kind, piece


def _wide(text: str) -> int:
    # Counted generously: a line must fit where “ and … are drawn full-width, as Chinese fonts do.
    return text_width(text, ambiguous=2)


def _char_width(char: str, ambiguous: int) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    kind = unicodedata.east_asian_width(char)
    return 2 if kind in "WF" else ambiguous if kind == "A" else 1
