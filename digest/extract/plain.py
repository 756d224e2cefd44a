"""Plain text: a title line where there is one, and paragraphs put together again where lines were wrapped."""

from __future__ import annotations

import re
import unicodedata

_ENDS = re.compile(r"[。！？!?…；;：:，,、.”’」』）)]\s*$")
_SPACES = re.compile(r"(?<=\S)(?:[ \t\xa0]{2,}|\t)")
LIST_MARK = re.compile(
    r"^\s*(?:[-*•·●]|\d{1,3}[.、)）]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)])"
)
"""What a line of a list begins with."""


def split_title(lines: list[str]) -> tuple[str, list[str]]:
    """Return the headline on the first line, or nothing, and the other lines.

    A first line is a headline when it is short, does not end like a sentence, and text follows.
    """
    rest = [line for line in lines[1:] if line.strip()]
    first = lines[0].strip() if lines else ""
    if not first or not rest or width(first) > 120 or _ENDS.search(first):
        return "", lines
    if max(width(line) for line in rest) <= width(first):
        return "", lines
    return first, lines[1:]


def text_lines(text: str) -> list[str]:
    """Return the paragraphs of a plain text, one a line, wrapped lines joined."""
    blocks = re.split(r"\n[ \t\u3000]*\n+", text.replace("\r\n", "\n").replace("\r", "\n"))
    rows = ([_SPACES.sub(" ", row.rstrip()) for row in block.split("\n") if row.strip()] for block in blocks)
    return [line for block in rows for line in _unwrap(block)]


def _unwrap(rows: list[str]) -> list[str]:
    """Join the rows of one block where they were wrapped at a width: all but the last about equally long."""
    if len(rows) < 3 or not _wrapped(rows):
        return [row.strip() for row in rows]
    lines = [rows[0].rstrip()]
    for row in rows[1:]:
        if row.startswith(("\u3000", "  ", "\t")) or LIST_MARK.match(row):
            lines.append(row.rstrip())
        else:
            glue = " " if lines[-1][-1:].isascii() and row.strip()[:1].isascii() else ""
            lines[-1] += glue + row.strip()
    return [line.strip() for line in lines]


def _wrapped(rows: list[str]) -> bool:
    widths = [width(row.rstrip()) for row in rows[:-1]]
    widest = max(widths)
    even = sum(columns >= widest * 0.8 for columns in widths) >= len(widths) * 0.8
    open_ended = sum(not re.search(r"[。！？!?.…]\s*$", row) for row in rows[:-1])
    return 40 <= widest <= 120 and even and open_ended * 2 > len(widths)


def width(line: str) -> int:
    """Return the columns of a terminal that a line takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)
