"""Text into sentences, by cutting only: the sentences joined are the text.

A sentence ends at 。！？!?…… or a line break, together with the closing marks and the white space behind it.  Nothing
is cut inside a short quotation, a 《title》 or a bracket, in a number such as 3.5 or 9:30, or in a URL.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from digest.model import Sentence

MONSTER = 1000
"""The longest sentence in characters; one without any mark to end at is cut here, so that no input can exhaust us."""

_SHORT = 80
"""A quotation up to this long is kept whole; a longer one is a speech and is cut like any text."""

_CANDIDATE = re.compile(r"[。！？!?…．｡.\n\v\f\r\x85\u2028\u2029]")
_LINE_ENDS = frozenset("\n\v\f\r\x85\u2028\u2029")
_TAIL = re.compile(r"[。！？!?…．｡.]{0,99}[”’」』）)】》〉\"']{0,99}\s*")
_CLOSERS = "”’」』）)】》〉\"'"
_KEPT = re.compile(
    "|".join(
        rf"{a}[^{a}{b}\n]{{1,{_SHORT}}}{b}" for a, b in ("“”", "‘’", "「」", "『』", "《》", "〈〉", "（）", "【】")
    )
    + rf"|\([^()\n]{{1,{_SHORT}}}\)|(?:https?://|www\.)[^\s　-〿一-鿿＀-￯]+"
)
_SAYS = r"(?:说|道|表示|称|指出|介绍|告诉|坦言|回忆|问|答|喊|写道|认为|說|稱|介紹|告訴|認為)"
_ATTRIBUTION = re.compile(
    rf"[^。！？!?，,；;：:\n“”「」]{{0,14}}?{_SAYS}|[^。！？!?，,；;：:\n“”「」]{{0,40}}{_SAYS}[。，,]"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Gov|Lt|Col|Sgt|St|No|Nos|Inc|Ltd|Co|Corp|Jr|Sr|vs|etc|al|Fig|Art|Sec|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|\b(?:[A-Za-z]\.)*[A-Za-z])$"
)


def split_sentences(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of `text` in order, each with its offsets; `"".join(s.text for s in ...) == text`."""
    sentences: list[Sentence] = []
    start = 0
    for end in _ends(text):
        for stop in _monster_stops(text, start, end):
            sentences.append(Sentence(text[start:stop], start, stop, len(sentences)))
            start = stop
    return tuple(sentences)


def has_words(text: str) -> bool:
    """Return whether `text` holds a letter, a character or a digit, and not only signs and space."""
    return any(map(str.isalnum, text))


def _ends(text: str) -> Iterator[int]:
    """Yield the offset behind each sentence."""
    kept = [match.span() for match in _KEPT.finditer(text)]
    starts = [span[0] for span in kept]
    done = 0
    for match in _CANDIDATE.finditer(text):
        at = match.start()
        if at < done:
            continue
        place = bisect_right(starts, at) - 1
        inside = place >= 0 and at < kept[place][1] - 1
        if inside and not _closes(text, at, kept[place][1]):
            continue
        end = _end_at(text, at)
        if end is not None and end > done:
            yield end
            done = end
    if done < len(text):
        yield len(text)


def _closes(text: str, at: int, span_end: int) -> bool:
    """Whether the mark at `at` is the last thing said inside the quotation that ends at `span_end`."""
    return text[span_end - 1] in "”’」』" and text[at + 1 : span_end - 1].strip("。！？!?…") == ""


def _end_at(text: str, at: int) -> int | None:
    """The offset behind the sentence that the mark at `at` ends, or None where it ends none."""
    mark = text[at]
    if mark in _LINE_ENDS:
        return None if _wraps(text, at) else _skip_space(text, at)
    tail = _TAIL.match(text, at)
    end = tail.end() if tail else at + 1
    if mark in ".．" and not _full_stop(text, at, end):
        return None
    if mark in "!?" and not _ends_word(text, at):
        return None
    follows = text[end : end + 1]
    if follows and follows in "，、；：,;:。" and "\n" not in text[at:end]:
        return None
    if mark == "…" and follows == "等":
        return None
    closed = text[at:end].rstrip()[-1:] in _CLOSERS
    return None if closed and "\n" not in text[at:end] and _ATTRIBUTION.match(text, end) else end


def _skip_space(text: str, at: int) -> int:
    space = re.compile(r"\s+").match(text, at)
    return space.end() if space else at + 1


def _wraps(text: str, at: int) -> bool:
    """Whether the line break at `at` only wraps an English line: `the digest of\\nthe day`."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return before.isascii() and (before.isalnum() or before in ",-") and after.isascii() and after.islower()


def _full_stop(text: str, at: int, end: int) -> bool:
    """Whether the point at `at` ends a sentence: not in 3.5, `example.com`, `U.S. law` or `Mr. Li`."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if text[at] == "．":
        return not after.isdigit()
    if before.isspace() and (not after or after.isspace()):
        return True  # a tokenized corpus: `the end . the next`
    if after and not after.isspace() and after not in _CLOSERS and not _is_han(after):
        return False
    if _is_han(after) and before.isalnum() and before.isascii():
        return False
    if _ABBREVIATION.search(text[max(0, at - 12) : at]) and end < len(text) and "\n" not in text[at:end]:
        return False
    return not text[end : end + 1].islower()


def _ends_word(text: str, at: int) -> bool:
    """Whether the ASCII mark at `at` stands where a sentence may end, not inside a URL's query."""
    after = text[at + 1 : at + 2]
    return not after or after.isspace() or after in _CLOSERS or after in "!?！？…" or not after.isascii()


def _is_han(char: str) -> bool:
    return "㐀" <= char <= "鿿" or "豈" <= char <= "\ufaff" or char >= "\U00020000"


def _monster_stops(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where the piece from `start` to `end` is cut: at its end, and every MONSTER characters before that."""
    while end - start > MONSTER:
        window = text[start : start + MONSTER]
        stop = start + (max(window.rfind(mark) for mark in "，；：、,; \t　") + 1 or MONSTER)
        yield stop
        start = stop
    yield end
