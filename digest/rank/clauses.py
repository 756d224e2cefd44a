"""Sentences into clauses and slices: never cut inside a number, a quotation, a bracket or a 《title》."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.model import Sentence
from digest.rank.dateline import dateline_length

_PAIRS = ("“”", "‘’", "「」", "『』", "《》", "〈〉", "（）", "()", "【】", "[]")
_OPENS = {pair[0]: pair[1] for pair in _PAIRS}
_MARKS = frozenset("，；：,;:")
_SIGN = re.compile(f"[{re.escape(''.join(_PAIRS) + ''.join(sorted(_MARKS)))}]")


def clause_ends(text: str) -> list[int]:
    """Return where the clauses of `text` end, behind each ，；： that stands free, in order; the last is its length."""
    ends: list[int] = []
    waiting: list[str] = []
    for match in _SIGN.finditer(text):
        at, char = match.start(), match.group()
        if waiting and char == waiting[-1]:
            waiting.pop()
        elif char in _OPENS:
            if text.find(_OPENS[char], at + 1) >= 0:
                waiting.append(_OPENS[char])
        elif not waiting and char in _MARKS and not _in_number(text, at):
            ends.append(at + 1)
    return ends if ends and ends[-1] == len(text) else [*ends, len(text)]


def locate(text: str, words: Sequence[str]) -> list[tuple[str, int]]:
    """Return `words`, which stand in `text` in this order, each with the offset where it begins."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = text
    placed, at = [], 0
    for word in words:
        found = lower.find(word, at)
        if found >= 0:
            placed.append((word, found))
            at = found + len(word)
    return placed


def part(
    sentence: Sentence, start: int, end: int, *, front: bool = False, tail: bool = False, forced: bool = False
) -> Sentence:
    """Return the slice of `sentence` from `start` to `end` of its text, tight: without outer white space.

    `front` and `tail` say what was left off there, to be shown as ……; a dropped dateline is not.
    """
    text = sentence.text[start:end]
    begin = sentence.start + start + len(text) - len(text.lstrip())
    text = text.strip()
    return Sentence(
        text,
        begin,
        begin + len(text),
        sentence.index,
        sentence.score,
        cut=tail or sentence.cut,
        cut_before=front or sentence.cut_before,
        forced=forced or sentence.forced,
    )


def force(sentence: Sentence, limit: int, word_ends: Sequence[int]) -> Sentence:
    """Return the opening of `sentence` in at most `limit` printed characters, cut at the last of `word_ends` that fits.

    For a text that holds nothing shorter; the result is flagged `forced`.
    """
    start = dateline_length(sentence.text)
    body = part(sentence, start, len(sentence.text))
    start = body.start - sentence.start
    room = limit - 2
    fitting = [end - start for end in word_ends if 0 < end - start <= room]
    fitting = [end for end in fitting if _may_break(sentence.text[start:], end)] or fitting
    length = fitting[-1] if fitting else max(1, room if room > 0 else limit)
    return part(sentence, start, start + length, tail=room > 0, forced=True)


def _may_break(text: str, at: int) -> bool:
    """Whether no number, bracket, quotation or title is open at `at`."""
    if text[at - 1 : at].isalnum() and re.match(r"[,.:：/-]\d", text[at : at + 2]):
        return False
    return all(text.count(pair[0], 0, at) <= text.count(pair[1], 0, at) for pair in _PAIRS)


def _in_number(text: str, at: int) -> bool:
    """Whether the mark at `at` belongs to a number or a time: 1,000 or 9:30."""
    return text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit() and text[at] in ",:："
