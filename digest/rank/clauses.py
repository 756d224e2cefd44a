"""Sentences into clauses, and the shorter form of a long sentence: its dateline dropped, its tail left off.

Whatever is kept is a contiguous slice: whole clauses, never cut inside a number, a quotation, a bracket or a 《title》.
"""

from __future__ import annotations

import re

from digest.model import Sentence
from digest.rank.dateline import dateline_length

SHORTEST = 12
"""A shortened sentence of fewer characters says too little to stand alone."""

_MARK = re.compile(r"[，；：,;:]")
_PAIRS = ("“”", "‘’", "「」", "『』", "《》", "〈〉", "（）", "()", "【】", "[]")
_OPENS = {pair[0]: pair[1] for pair in _PAIRS}
_HANGING = re.compile(
    r"(?:^|[，；：,;:])(?:如果|若|假如|要是|只要|只有|除非|虽然|尽管|即使|不仅|不但|不只|因为|由于|为了|为|随着|当|在|据|按照|根据|截至|截止|"
    r"通过|经|经过|围绕|针对|面对|鉴于|除|对于|关于|雖然|儘管|即使|不僅|因為|由於|為了|隨著|根據|通過|經|圍繞|針對|面對|對於|關於)"
    r"[^，；：,;:]*$"
)
_SPEAKS = re.compile(
    r"(?:说|道|表示|称|指出|强调|要求|认为|提出|介绍|告诉|坦言|透露|显示|表明|获悉|了解|报道|消息|說|顯示|獲悉|報道|報導|稱|強調|認為|介紹|包括|如下|是|为)$"
)
_ANNOUNCES = re.compile(
    r"(?:(?:据|根据|據|根據)[^，,。“”「」]{2,40}(?:报道|统计|数据|报告|報道|報導|統計|數據|報告)[，,]"
    r"|[^，,。“”「」]{0,40}(?:数据|统计|报告|调查|研究|结果|數據|統計|報告|調查)(?:结果)?(?:显示|表明|顯示)[，,]){1,2}"
)


def clause_ends(text: str) -> list[int]:
    """Return where the clauses of `text` end, behind each ，；： that stands free, in order; the last is its length."""
    if not _MARK.search(text):
        return [len(text)]
    ends: list[int] = []
    waiting: list[str] = []
    for at, char in enumerate(text):
        if waiting and char == waiting[-1]:
            waiting.pop()
        elif char in _OPENS and _OPENS[char] in text[at + 1 :]:
            waiting.append(_OPENS[char])
        elif not waiting and _MARK.match(char) and not _in_number(text, at):
            ends.append(at + 1)
    return ends if ends and ends[-1] == len(text) else [*ends, len(text)]


def tighten(sentence: Sentence) -> Sentence:
    """Return `sentence` without outer white space."""
    return _slice(sentence, sentence.start, sentence.end, cut=sentence.cut, forced=sentence.forced)


def drop_dateline(sentence: Sentence) -> Sentence:
    """Return `sentence` without the dateline it opens with and without outer white space."""
    start = sentence.start + dateline_length(sentence.text)
    return _slice(sentence, start, sentence.end, cut=sentence.cut, forced=sentence.forced)


def shorten(sentence: Sentence, limit: int) -> Sentence | None:
    """Return the longest opening run of whole clauses of at most `limit` printed characters, or None.

    None where nothing of use would stand: too short, a condition without its consequence, a speaker without words.
    """
    body = drop_dateline(sentence)
    if len(body.printed) <= limit:
        return body
    return _opening(body, limit) or _announced(body, limit)


def _opening(body: Sentence, limit: int) -> Sentence | None:
    """The longest run of whole clauses from the beginning that fits and stands."""
    for end in reversed(clause_ends(body.text)[:-1]):
        kept = body.text[: end - 1].rstrip()
        if len(kept) + 2 <= limit and _stands(kept):
            return _slice(body, body.start, body.start + len(kept), cut=True)
        if len(kept) < SHORTEST:
            break
    return None


def _announced(body: Sentence, limit: int) -> Sentence | None:
    """What a medium or a statistic tells, where that fits: 据岚网报道，岚川大桥通车。  A person stays named."""
    match = _ANNOUNCES.match(body.text)
    if match is None:
        return None
    told = _slice(body, body.start + match.end(), body.end)
    return told if len(told.printed) <= limit else _opening(told, limit)


def force(sentence: Sentence, limit: int, word_ends: list[int]) -> Sentence:
    """Return the opening of `sentence` in at most `limit` printed characters, cut at the last of `word_ends` that fits.

    For a text that holds nothing shorter; the result is flagged `forced`.
    """
    body = drop_dateline(sentence)
    room = limit - 2
    fitting = [end for end in word_ends if 0 < end <= room]
    length = fitting[-1] if fitting else max(1, room if room > 0 else limit)
    return _slice(sentence, body.start, body.start + length, cut=room > 0, forced=True)


def _stands(kept: str) -> bool:
    """Whether an opening run of clauses can be read alone."""
    return len(kept) >= SHORTEST and not _HANGING.search(kept) and not _SPEAKS.search(kept)


def _in_number(text: str, at: int) -> bool:
    """Whether the mark at `at` belongs to a number or a time: 1,000 or 9:30."""
    return text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit() and text[at] in ",:："


def _slice(sentence: Sentence, start: int, end: int, *, cut: bool = False, forced: bool = False) -> Sentence:
    """A part of `sentence` with tight offsets (no outer white space)."""
    text = sentence.text[start - sentence.start : end - sentence.start]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    return Sentence(text, start, start + len(text), sentence.index, sentence.score, cut, forced)
