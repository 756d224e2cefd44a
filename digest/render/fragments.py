"""Links that lead to one sentence of a page: text fragments (https://wicg.github.io/scroll-to-text-fragment/).

A browser looks for the words of the link, and takes only a place where they begin and end between two words.  Of
Chinese it cuts words by a dictionary of its own (ICU's): `…,和工作目标。` is found and `…,作目标。` is not.  So what is
named here begins and ends where a word must: beside punctuation, white space, or an end of the sentence.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

from digest.render.typography import LONGEST_URL

WHOLE = 40
"""Columns of a sentence that is named whole; a Chinese character has two."""

ENOUGH = 16
"""Columns that the beginning and the end of a longer one have at least."""

_OUTER = re.compile(r"^[\s…]+|[\s…]+$")
_SPACES = re.compile(r"[ \t\f\v]+")
_SEAM = re.compile(
    r"(?<=[，。；：！？、）】》〉」』”…—])(?![，。；：！？、）】》〉」』”’…—])|(?=\s)|(?<=\s)|(?=[“「『《〈（【])"
)
_IN_A_NUMBER = re.compile(r"[0-9A-Za-z０-９][，：、][0-9A-Za-z０-９]")


def with_fragment(href: str, sentence: str) -> str:
    """The address with which a browser scrolls to the sentence and marks it; `href` where there is nothing to add.

    A short sentence is named whole, a longer one by its beginning and its end: the page may hold markup, a note or a
    picture between them.  `……` at its ends, which the page does not have, is left out.  Browsers that know no text
    fragments open the page as ever.
    """
    lines = [line for line in (_SPACES.sub(" ", _OUTER.sub("", line)) for line in sentence.splitlines()) if line]
    if not lines or urlsplit(href).scheme not in ("http", "https") or ":~:" in href:
        return href
    parts = [lines[0]] if len(lines) == 1 and _width(lines[0]) <= WHOLE else _ends(lines)
    joined = f"{href}{'' if '#' in href else '#'}:~:text={','.join(map(_escape, parts))}"
    return joined if len(joined) <= LONGEST_URL else href


def _ends(lines: list[str]) -> list[str]:
    """The beginning and the end of a long sentence; all of it where these would touch."""
    first, last = lines[0], lines[-1]
    head = next((cut for cut in _seams(first) if _width(first[:cut]) >= ENOUGH), len(first))
    tail = next((cut for cut in reversed(_seams(last)) if _width(last[cut:]) >= ENOUGH), 0)
    if len(lines) == 1 and head >= tail:
        return [first]
    return [first[:head].strip(), last[tail:].strip()]


def _seams(line: str) -> list[int]:
    """The places where a word must end and another begin, in order."""
    return [found.start() for found in _SEAM.finditer(line) if not _IN_A_NUMBER.fullmatch(line, *_around(found))]


def _around(found: re.Match[str]) -> tuple[int, int]:
    return max(0, found.start() - 2), found.start() + 1


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _escape(text: str) -> str:
    """The text in percent-encoding; `-` says something in a text fragment, as `,` and `&` do."""
    return quote(text.encode("utf-8", "ignore"), safe="").replace("-", "%2D")
