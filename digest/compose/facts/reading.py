"""The copy of an article that the patterns match: simplified, half-width, bounded; and the way back to the original."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from digest.model import Fact, FactKind
from digest.rank.language import simplify

HEAD, TAIL = 12_000, 4_000
"""So much of a text's beginning and end is read; a longer one is an annex, or hostile."""

_SEAM = "\n\0\n"
_BLANKS = "\t\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u200b\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_HALF: dict[str, str] = (
    {chr(full): chr(full - 0xFEE0) for full in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
    | dict.fromkeys(_BLANKS, " ")
    | dict(zip("（）［］：，；！？｜．﹝﹞", "()[]:,;!?|.〔〕", strict=True))
    | dict.fromkeys("－—–‐‑―─﹣−", "-")
    | dict.fromkeys("～〜∼", "~")
)
_FULL = re.compile(f"[{''.join(map(re.escape, _HALF))}]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its outer blanks: `plain[start:end] == text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Reading:
    """A title or a text, and `plain`, what the patterns match: character for character the same places.

    Of a text longer than `HEAD + TAIL` the middle is left out; `cut` is where.
    """

    original: str
    where: Literal["text", "title"] = "text"

    @cached_property
    def cut(self) -> int:
        """The place in `plain` where the middle is left out, 0 where nothing is."""
        return HEAD if len(self.original) > HEAD + TAIL else 0

    @cached_property
    def plain(self) -> str:
        """The original in simplified characters, half-width digits and signs, and blanks."""
        read = f"{self.original[:HEAD]}{_SEAM}{self.original[-TAIL:]}" if self.cut else self.original
        return _FULL.sub(lambda full: _HALF[full.group()], simplify(read))

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines that are not blank, in order."""
        return tuple(_lines(self.plain))

    def fact(self, kind: FactKind, start: int, end: int, value: str = "") -> Fact | None:
        """Return the fact at a place in `plain`, or None where nothing is left of it or the cut goes through it."""
        piece = self.plain[start:end]
        start, end = start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
        if start >= end or "\0" in piece:
            return None
        moved = len(self.original) - len(self.plain) if self.cut and start >= self.cut else 0
        text = self.original[start + moved : end + moved]
        return Fact(kind, text, start + moved, end + moved, value or text, self.where)

    def line_start(self, place: int) -> int:
        """Return where the line of a place begins."""
        return self.plain.rfind("\n", 0, place) + 1

    def line_end(self, place: int) -> int:
        """Return where the line of a place ends."""
        end = self.plain.find("\n", place)
        return len(self.plain) if end < 0 else end

    def before(self, place: int, limit: int, stops: str = "。;!?\n") -> str:
        """Return what stands before a place, at most `limit` characters and none of another sentence."""
        piece = self.plain[max(0, place - limit) : place]
        return piece[max(piece.rfind(stop) for stop in stops) + 1 :]

    def after(self, place: int, limit: int, stops: str = "。;!?\n") -> str:
        """Return what stands behind a place, at most `limit` characters and none of another sentence."""
        piece = self.plain[place : place + limit]
        ends = [end for end in map(piece.find, stops) if end >= 0]
        return piece[: min(ends)] if ends else piece


def _lines(plain: str) -> Iterator[Line]:
    start = 0
    for row in plain.split("\n"):
        text = row.strip()
        if text and text != "\0":
            left = start + len(row) - len(row.lstrip())
            yield Line(left, left + len(text), text)
        start += len(row) + 1
