"""What jieba's dictionary knows of a word: how frequent it is in general Chinese and its part of speech.

The dictionary's own text is searched, and jieba is not imported for it: a summary asks for some hundred words, and
350,000 lines in a dict would cost a second and a hundred megabytes.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from importlib.util import find_spec, module_from_spec
from itertools import pairwise

_TOTAL = 60_101_967
"""The sum of all frequencies in the dictionary of jieba 0.42.1, its last; a test adds them up."""

_LITTLE = 2000
"""So many bytes are searched faster than halved."""


def frequency(word: str) -> int:
    """Return how often `word` stands in the corpus jieba was counted on; 0 where it is unknown."""
    return _entry(word)[0]


def part_of_speech(word: str) -> str:
    """Return the ICTCLAS tag of `word` (n nr ns nt nz v vn a d p c r m q t …), or nothing where it is unknown.

    The word's usual one: the dictionary holds one a word, and no context is looked at.
    """
    return _entry(word)[1]


def total() -> int:
    """Return the sum of all frequencies."""
    return _TOTAL


@lru_cache(maxsize=1 << 15)
def _entry(word: str) -> tuple[int, str]:
    """The frequency and the tag of `word`: its line reads `word frequency tag`."""
    if word in _first_lines() or not word or " " in word:
        return _first_lines().get(word, (0, ""))
    text, line = _text(), f"\n{word} ".encode("utf-8", "surrogatepass")
    at = text.find(line, *_narrowed(text, line))
    if at < 0:
        return 0, ""
    count, tag = text[at + len(line) : text.find(b"\n", at + 1)].split(b" ")
    return int(count), tag.decode()


def _narrowed(text: bytes, line: bytes) -> tuple[int, int]:
    """Between which offsets `line` may stand: a block of some ten kilobytes is halved until little is left."""
    start, end = _blocks().get(line[1:4], (0, 0))
    while end - start > _LITTLE:
        middle = text.rfind(b"\n", start, (start + end) // 2)
        if text[middle : middle + len(line)] <= line:
            start = middle
        else:
            end = middle
    return start, end + len(line)


@cache
def _text() -> bytes:
    """The dictionary, every line between two line breaks."""
    found = find_spec("jieba")
    if found is None:
        raise ModuleNotFoundError("jieba is not installed")
    # The module is made and never run: running it loads pkg_resources and a model, a fifth of a second.
    return b"\n" + files(module_from_spec(found)).joinpath("dict.txt").read_bytes()


@cache
def _sorted_from() -> int:
    """The offset of the line break from which on the lines are sorted by their first character."""
    first = _text().find("\n一 ".encode())
    return first if first >= 0 else len(_text()) - 1


@cache
def _first_lines() -> dict[str, tuple[int, str]]:
    """The entries before 一, in no order: 70 words such as A股 and 阿Q."""
    lines = (line.split(" ") for line in _text()[: _sorted_from()].decode().split("\n")[1:])
    return {word: (int(count), tag) for word, count, tag in lines}


@cache
def _blocks() -> dict[bytes, tuple[int, int]]:
    """Between which offsets the sorted lines lie that begin with the same three bytes, the size of a Han character."""
    import numpy as np

    text = np.frombuffer(_text(), np.uint8)
    breaks = np.flatnonzero(text[_sorted_from() :] == ord("\n")) + _sorted_from()
    openings = np.stack([text[breaks[:-1] + n] for n in (1, 2, 3)], axis=1)
    first = np.flatnonzero(np.any(openings[1:] != openings[:-1], axis=1)) + 1
    edges = breaks[[0, *first, -1]].tolist()
    return {_text()[start + 1 : start + 4]: (start, end) for start, end in pairwise(edges)}
