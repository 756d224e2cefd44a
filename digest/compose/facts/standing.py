"""Which numbers are the document's own, and which are of others that it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.compose.facts.kinds import Kind
from digest.compose.facts.layout import Layout
from digest.compose.facts.numbers import Number, find_numbers
from digest.compose.facts.reading import Reading

_CITES_BEFORE = re.compile(
    r"(?:根据|依据|依照|按照|遵照|参照|转发|废止|修改|执行|落实|贯彻|印发|解读|原文|关于|关联|有关|相关|对照|[对按据])[\s:(\[]{0,3}$|[》〉”][\s(\[]{0,2}$|《[^》]{0,60}$"
)
_CITES_BEHIND = re.compile(
    r"[)\]]?\s?(?:号?文|的(?!通知|公告|通告|批复|函)|等|和|与|、|,|同时|精神|要求|规定|解读|政策|发布|实施|施行|公布|出台|明确|[》〉”]|废止|中)"
)
_ENDS = re.compile(r"[)\]】]?\s*(?:$|[ ]+|签发|特急|加急|\(|[》]?$|(?:19|20)\d\d\s?年\d|《|各|关于)")
_MARKS = re.compile(r"^[\s()\[\]【】★*#|:-]*(?:特急|加急|急件|平急|机密|秘密|绝密)?[\s()\[\]【】★*#|:-]*$")
_NUMBER_IS = re.compile(r"(?:文\s{0,4}号|字\s{0,4}号|编\s{0,4}号|文件号|公告号|令号)[】\]]?[ ]{0,4}[:|]?\s{0,4}$")
_OTHERS = re.compile(
    r"(?:相关|有关|原文|原文件|政策|依据|关联|解读|引用|上位|废止|旧)(?:文件|政策|法规|链接|原文)*[^\n]{0,10}$"
)
_ATTACHED = re.compile(r"附\s?件|抄送|同时废止|废止")
_TAIL_LINES = 5


def sort_numbers(
    title: Reading, layout: Layout, kind: Kind
) -> tuple[list[tuple[Reading, Number]], list[tuple[Reading, Number]]]:
    """Return the document's own numbers and those it cites, each once, where they are printed first."""
    in_title, in_text = find_numbers(title.plain), find_numbers(layout.text.plain)
    own = [(layout.text, number) for number in in_text if _is_labelled(layout, number)]
    rest = [number for number in in_text if not _is_labelled(layout, number)]
    if not kind.about:
        own += [(layout.text, number) for number in rest if _heads(layout, kind, number)]
        own += [(layout.text, number) for number in _in_note(layout, rest)]
        if not own:
            own += [(title, number) for number in in_title if not kind.told and _closes(title, number)]
        if not own and not kind.told:
            own += [(layout.text, number) for number in rest if _ends_document(layout, number)]
    own = _once(own, ())
    mine = {(reading.where, number.start) for reading, number in own}
    every = [(title, number) for number in in_title] + [(layout.text, number) for number in in_text]
    others = [(reading, number) for reading, number in every if (reading.where, number.start) not in mine]
    cited = [(reading, number) for reading, number in others if not number.bare or _follows_notice(reading, number)]
    return own, _once(cited, own)


def _is_labelled(layout: Layout, number: Number) -> bool:
    """Whether it stands in the table above the document: 发文字号：国办发〔2017〕47号."""
    if any(row.kind == "number" and row.start <= number.start < row.end for row in layout.rows):
        return True
    text = layout.text
    before = text.plain[max(text.line_start(number.start) - 12, number.start - 24, 0) : number.start]
    label = _NUMBER_IS.search(before)
    return bool(label) and number.start < 1500 and not _OTHERS.search(before[: label.start()])  # type: ignore[union-attr]


def _heads(layout: Layout, kind: Kind, number: Number) -> bool:
    """Whether it stands above the document: alone on a line of the head, or with body, title or signer beside it."""
    text = layout.text
    line_start, line_end = text.line_start(number.start), text.line_end(number.end)
    if number.start <= layout.head_end:
        before, behind = text.plain[line_start : number.start], text.plain[number.end : line_end]
        if _MARKS.match(before) and _MARKS.match(behind):
            return not number.bare or bool(re.search(r"公告|通告|令", kind.name))
        return not (number.bare or kind.told) and not _cites(before, behind) and bool(_ENDS.match(behind))
    first = text.lines[len(layout.head)] if len(layout.head) < len(text.lines) else None
    if first is None or kind.told or not first.start <= number.start < first.start + 150:
        return False
    before, behind = text.plain[first.start : number.start], text.plain[number.end : number.end + 20]
    begins = bool(_MARKS.match(before)) or (bool(re.search(r"\s$|[ (]$", before)) and not re.search(r"[。;,:]", before))
    return begins and not number.bare and not _cites(before, behind) and bool(re.match(r"[)\]]?(?:\s|各|$)", behind))


def _in_note(layout: Layout, numbers: Sequence[Number]) -> list[Number]:
    """The order that made this version, in the note below a title: （2022年9月13日省政府令第9号公布　自……施行）."""
    if layout.note is None:
        return []
    return [number for number in numbers if layout.note.start <= number.start < layout.note.end and number.kind][-1:]


def _closes(title: Reading, number: Number) -> bool:
    """Whether a title begins or ends with it: 关于……的通知（国办发〔2017〕47号）."""
    before, behind = title.plain[: number.start], title.plain[number.end :]
    if _cites(before, behind):
        return False
    return bool(re.match(r"[)\]】]?\s*(?:$|[_|-])", behind)) or (
        not before.strip(" (【[") and bool(_ENDS.match(behind))
    )


def _ends_document(layout: Layout, number: Number) -> bool:
    """Whether it stands alone on one of the last lines, behind the text itself."""
    text = layout.text
    if number.bare or not text.lines or number.start < text.lines[max(0, len(text.lines) - _TAIL_LINES)].start:
        return False
    start = text.line_start(number.start)
    before, behind = text.plain[start : number.start], text.plain[number.end : text.line_end(number.end)]
    alone = bool(_MARKS.match(before)) and bool(re.match(r"[)\]】]?\s*(?:$|[,\s]\s?[^,。]{6,14}日\)?$)", behind))
    return alone and not _ATTACHED.search(text.plain[max(0, start - 200) : start])


def _cites(before: str, behind: str) -> bool:
    return bool(_CITES_BEFORE.search(before[-80:])) or bool(_CITES_BEHIND.match(behind))


def _follows_notice(reading: Reading, number: Number) -> bool:
    """Whether the line above a bare number names what it counts."""
    above = reading.plain[max(0, number.start - 60) : number.start].rstrip()
    return above.endswith(("公告", "通告"))


def _once(
    numbers: Sequence[tuple[Reading, Number]], known: Sequence[tuple[Reading, Number]]
) -> list[tuple[Reading, Number]]:
    """Those not told yet: one may be told with less, as 公告2023年第15号 after 税务总局公告2023年第15号."""
    kept: list[tuple[Reading, Number]] = []
    for pair in numbers:
        value = pair[1].value
        if not any(_same(value, other.value) for _, other in (*known, *kept)):
            kept.append(pair)
    return kept


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return short.startswith(("公告", "通告", "令")) and long.endswith(short)
