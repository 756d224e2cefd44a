"""When a document was signed and when it was published."""

from __future__ import annotations

import re

from digest.compose.facts.days import Calendar, Day
from digest.compose.facts.kinds import Kind
from digest.compose.facts.layout import Layout
from digest.compose.facts.names import ends_as_body
from digest.compose.facts.reading import Line, Reading

_ALONE = re.compile(r"^[\s(\[【]*$")
_AFTER_DATE = re.compile(
    r"^[\s)\]】]*(?:\((?:此件|联系|公章|盖章|印章|本文|主动公开|[^()]{2,30}公开)[^()]*\)?|于\S{2,4})?\s*$"
)
_PASSED_BEHIND = re.compile(
    r"^[^。;\n]{0,60}?(?:会议|常委会|主任会议|常务会|部务会|办公会|委务会|局务会|署务会|党组会)[^。;,\n]{0,14}?(?:审议|讨论|修订|表决)?(?:通过|批准)"
)
_PASSED_AT_ONCE = re.compile(r"^(?:审议|讨论|表决)?(?:通过|签署|签发|订立)(?!的《|后|以后)")
_SIGNS_BEFORE = re.compile(r"(?:签署|签发|成文|作出)(?:日期|时间)?(?:为|是|于)?[:\s]{0,2}$")
_PUBLISHES_BEHIND = re.compile(
    r"^(?:,|\s)?[^。;,《\n]{0,24}?(?<!未)(?<!拟)(?:发布|公布|颁布|印发)(?!的《|以来|后|之日|会|实施以来)"
)
_PUBLISHES_BEFORE = re.compile(r"(?:发布|公布|颁布|公开|挂网|发表)(?:日期|时间|日|于)?(?:为|是|于)?[:\s]{0,2}$")
_CITED = re.compile(r"原《|[》号]\s?\([^()]{0,30}$|《[^》]{0,80}》[^,。;]{0,6}(?:已|曾)[^,。;]{0,4}$")
_SIGNER = re.compile(
    r"^\S{0,10}(?:总理|主席|主任|[部局署省市区县州司厅处行院会] ?长|检察长|董事长|签发人?)\s?:?\s*\S{1,6}(?: \S{1,2})?$"
)
_ISSUED_BEHIND = re.compile(r"^[^。;\n]{0,60}印发\)?$")
_DATED = re.compile(r"^(?:落款)?(?:日期|时间|成文|印发时间):?\s?$")
_REVISED = re.compile(r"修订|修正|修改")
_PUT_OUT = re.compile(r"现(?:将[^。;\n]{0,60})?(?:予以?)?(?:公布|发布|公告|印发)")


def find_signed(layout: Layout, kind: Kind, calendar: Calendar) -> Day | None:
    """Return the day of the signature: of the table or below the text."""
    row = layout.row("signed")
    if row and (days := calendar.within(row.start, row.end)):
        return days[0]
    if kind.about:
        return None
    if kind.told and not kind.document:
        return None
    return _below(layout, calendar) or _under_title(layout, calendar)


def find_published(layout: Layout, kind: Kind, calendar: Calendar, since: int | None = None) -> Day | None:
    """Return the day of publication: of the table, of the sentence that publishes it, or of the page.

    `since` is the year that the document is of: a page that is of a later one than the next only keeps it.
    """
    row = layout.row("published")
    if row and (days := calendar.within(row.start, row.end)):
        return days[0]
    text, note = layout.text, layout.note
    for day in calendar.days:
        before, behind = text.before(day.start, 60), text.after(day.end, 60)
        if note and note.start <= day.start < note.end and _REVISED.search(note.text):
            continue
        if _CITED.search(before):
            continue
        if day.start < layout.head_end and (
            _PUBLISHES_BEFORE.search(before) or re.match(r"\s{0,3}(?:发布|公布)\s*$", behind)
        ):
            return day
        if _publishes(text, kind, day, behind):
            return day
    return _of_page(layout, calendar, since)


def _of_page(layout: Layout, calendar: Calendar, since: int | None) -> Day | None:
    """The day beside the source above a text: 来源：市政府　时间：2023-04-18."""
    for line in layout.text.lines[:4]:
        label = re.search(r"(?:^|[\s【(])时间[:\s]\s?", line.text)
        if label and re.search(r"来源|作者|浏览|阅读", line.text):
            day = calendar.at(line.start + label.end())
            return day if day and day.year and (since is None or day.year <= since + 1) else None
    return None


def _publishes(text: Reading, kind: Kind, day: Day, behind: str) -> bool:
    """Whether a sentence says that the document was put out that day."""
    match = _PUBLISHES_BEHIND.match(behind)
    if not match or re.search(r"[前内底起]", behind[: match.end()][:3]):
        return False
    if kind.document:
        note = text.plain[text.line_start(day.start) : day.start].strip()
        told = (note.startswith("(") and "印发" not in match.group()) or _PUT_OUT.search(behind[: match.end() + 2])
        return bool(told)
    return bool(re.match(r"[了]?(?:[^。;]{0,30})?《", behind[match.end() :]))


def _below(layout: Layout, calendar: Calendar) -> Day | None:
    """The day below the text: on a line of its own or behind the body's name; the first below a body's name wins."""
    text = layout.text
    found = None
    for index, line in enumerate(text.lines):
        if line.start < layout.head_end and index < len(layout.head):
            continue
        if len(line.text) > 80:
            continue
        days = calendar.within(line.start, line.end)
        if len(days) != 1 or not days[0].year:
            continue
        behind = text.plain[days[0].end : line.end]
        if _ISSUED_BEHIND.match(behind) and index > len(text.lines) - 3:
            found = found or days[0]
        if not _AFTER_DATE.match(behind):
            continue
        before = text.plain[line.start : days[0].start].strip()
        if _ALONE.match(before) or _DATED.match(before):
            above = text.lines[index - 1].text if index else ""
            if ends_as_body(above) or _is_name(above):
                return days[0]
            if layout.address and above.endswith("。"):
                return found or days[0]
            found = found or (days[0] if index and _closes_text(text.lines, index) else None)
        elif ends_as_body(before.lstrip("(")):
            if not before.startswith("("):
                return days[0]
            found = found or (days[0] if _closes_text(text.lines, index) else None)
    return found


def _closes_text(lines: tuple[Line, ...], index: int) -> bool:
    """Whether what follows a line is nothing, or an annex."""
    return index == len(lines) - 1 or bool(
        re.match(r"\(|附|抄送|主动公开|此件|联系|责任编辑|来源|编辑", lines[index + 1].text)
    )


def _under_title(layout: Layout, calendar: Calendar) -> Day | None:
    """The day that a line of the head gives with the body's name: 1990年3月10日，铁道部."""
    for line in layout.head:
        days = calendar.within(line.start, line.end)
        if len(days) == 1 and days[0].start == line.start:
            name = layout.text.plain[days[0].end : line.end]
            if name.startswith((",", " ")) and ends_as_body(name.strip(", ")):
                return days[0]
    return None


def _is_name(line: str) -> bool:
    """Whether a line is who signed: 总理　李强, 部长 王某, 财政司司长 陈某."""
    return bool(_SIGNER.match(line))


def find_passed(layout: Layout, calendar: Calendar) -> Day | None:
    """Return the day of the session that passed the document, which its head or its first sentence names."""
    text, note = layout.text, layout.note
    revised = [day for day in calendar.within(note.start, note.end) if _is_revision(text, day)] if note else []
    if revised:
        return revised[-1]
    for day in calendar.days:
        if day.start > layout.head_end + 400:
            return None
        before, behind = text.before(day.start, 60), text.after(day.end, 90)
        if _CITED.search(before) or not day.year:
            continue
        if _SIGNS_BEFORE.search(before) or _PASSED_BEHIND.match(behind) or _PASSED_AT_ONCE.match(behind):
            return day
    return None


def _is_revision(text: Reading, day: Day) -> bool:
    """Whether a note below the title says that the document got its present form that day."""
    return bool(re.match(r"[^。,年]{0,70}?(?:第?[一二三四五六七八九]?次?)(?:修订|修正|修改)", text.after(day.end, 80)))
