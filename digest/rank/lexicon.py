"""What jieba's dictionary knows of a word: how frequent it is in general Chinese and its part of speech.

Read from the dictionary's text, so that nothing waits for a segmenter to load.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def frequency(word: str) -> int:
    """Return how often `word` stands in the corpus jieba was counted on; 0 where it is unknown."""
    return _entries().get(word, (0, ""))[0]


def part_of_speech(word: str) -> str:
    """Return the ICTCLAS tag of `word` (n nr ns nt nz v vn a d p c r m q t …), or nothing where it is unknown.

    The word's usual one: the dictionary holds one a word, and no context is looked at.
    """
    return _entries().get(word, (0, ""))[1]


@cache
def total() -> int:
    """Return the sum of all frequencies."""
    return sum(count for count, _ in _entries().values())


@cache
def _entries() -> dict[str, tuple[int, str]]:
    lines = files("jieba").joinpath("dict.txt").read_text("utf-8").splitlines()
    entries = {}
    for line in lines:
        word, count, tag = line.split(" ")
        entries[word] = (int(count), tag)
    return entries
