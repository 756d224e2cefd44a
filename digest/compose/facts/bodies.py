"""Who issued a document: the table, the red head, its title, its number, the name below the text."""

from __future__ import annotations

import re

from digest.compose.facts.kinds import Kind
from digest.compose.facts.layout import Layout
from digest.compose.facts.names import ENDINGS, ends_as_body
from digest.compose.facts.numbers import Number
from digest.compose.facts.reading import Reading
from digest.rank.language import HAN

Place = tuple[Reading, int, int]

_WORD = HAN[1:-1]
_RED = re.compile(r"\s{0,6}文\s{0,4}件$")
_IN_TITLE = re.compile(rf"^(?P<body>[{_WORD}()、 ]{{2,80}}?)(?:印发|公布|发布)?\s?关于")
_SENDS_ON = re.compile(r"转发|批转|印发|公布|发布")
_NAMED = re.compile(
    rf"^(?P<body>[{_WORD}()、]{{2,40}}?(?:{ENDINGS}))(?:行政处罚(?:事先)?(?:决定书|告知书)|公告|通告|令|命令|决定书|通报|\d{{4}}年)"
)
_REPORTS = re.compile(
    rf"(?:^|[\n。,;:)]|\d日(?:电|讯)?,?)\s{{0,2}}(?:近日|日前|今日|今天|昨日|昨天)?,?(?P<body>[{_WORD}、]{{2,40}}?)"
    r"(?:于)?(?:近日|日前|今日|今天|昨日|昨天|(?:\d{1,2}月)?\d{1,2}日|正式|联合|已|对外|共同|等部门|最新){0,3}"
    r"(?:印发|公布|发布|出台|制定|颁布|下发)了?(?:通知|公告)?[,《]"
)
_SIGNED_ORDER = re.compile(r"签署(?P<body>国务院)令,公布")
_REPORT_CHARS, _NEAR = 4000, 12
_NOT_WHO = re.compile(r"记者|网站|消息|从|本报|据|通过|官网|我国|同时|(?:^|[^海])关于")
_ALSO_LEFT = re.compile(r"^(?:近日|日前|今日|今天|昨日|昨天|此前|当日|根据|由|经|\d+日)+")


def find_body(
    layout: Layout, kind: Kind, own: list[tuple[Reading, Number]], title: Place | None = None
) -> Place | None:
    """Return where the text names the issuing body, or None where it does not, or not surely.

    `title` is where a report names the document.
    """
    for finder in (_from_table, _from_head, _from_title, _from_number, _from_signature):
        place = finder(layout, kind, own)
        if place:
            return place
    return None if kind.document else _from_report(layout.text, title)


def _from_table(layout: Layout, _kind: Kind, _own: list[tuple[Reading, Number]]) -> Place | None:
    row = layout.row("body")
    if row is None or layout.text.plain[row.start : row.end].rstrip().endswith(("网", "网站")):
        return None
    if not 2 <= len(layout.text.plain[row.start : row.end].strip()) <= 80:
        return None
    return layout.text, row.start, row.end


def _from_head(layout: Layout, _kind: Kind, own: list[tuple[Reading, Number]]) -> Place | None:
    """The red head, or the name that stands above the number: 教育部文件, 教育部办公厅."""
    first = min((number.start for reading, number in own if reading is layout.text), default=0)
    for line in layout.head:
        red = _RED.search(line.text)
        name = line.text[: red.start()] if red else line.text
        if ends_as_body(name) and (red or line.end <= first):
            return layout.text, line.start, line.start + len(name)
    return None


def _from_title(layout: Layout, kind: Kind, _own: list[tuple[Reading, Number]]) -> Place | None:
    """Who is named in the title, or in the line of the head that repeats it: 国务院办公厅关于……"""
    if not kind.document:
        return None
    places = [kind.heading, *((layout.text, line.start, line.end) for line in layout.head[:12])]
    return next((place for place in map(_named_first, places) if place), None)


def _named_first(heading: Place) -> Place | None:
    reading, start, end = heading
    name = reading.plain[start:end]
    match = _IN_TITLE.match(name) or _NAMED.match(name)
    if match is None:
        return None
    sends = _SENDS_ON.search(match["body"])
    body = match["body"][: sends.start()] if sends else match["body"]
    return (reading, start, start + len(body)) if ends_as_body(body.strip()) else None


def _from_number(_layout: Layout, _kind: Kind, own: list[tuple[Reading, Number]]) -> Place | None:
    """The body whose order or announcement it is: 国务院令第790号."""
    for reading, number in own:
        start, end = number.who
        line = reading.line_start(start)
        if start < end and ends_as_body(reading.plain[line:end].strip()):
            start = line
        if number.kind and end > start and ends_as_body("".join(reading.plain[start:end].split())):
            return reading, start, end
    return None


def _from_signature(layout: Layout, kind: Kind, _own: list[tuple[Reading, Number]]) -> Place | None:
    """The name below the text: the line over the last date, or before it."""
    if not kind.document:
        return None
    text = layout.text
    for index in range(len(text.lines) - 1, max(0, len(layout.head) - 1), -1):
        line = text.lines[index]
        day = re.search(
            r"(?:19|20|[一二][〇○O零0九])[^\n年]{2}\s?年[^\n]{2,9}日\)?$|(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?$", line.text
        )
        if day is None:
            continue
        name = line.text[: day.start()].strip()
        if ends_as_body(name):
            return text, line.start, line.start + len(name)
        above = text.lines[index - 1]
        if not name and ends_as_body(above.text):
            first = index - 1
            while first > len(layout.head) and ends_as_body(text.lines[first - 1].text):
                first -= 1
            return text, text.lines[first].start, text.lines[first].end
    return None


def _from_report(text: Reading, title: Place | None) -> Place | None:
    """Who is told to have put out the document of that title: 国务院办公厅日前印发《……》."""
    for match in _REPORTS.finditer(text.plain, 0, _REPORT_CHARS):
        start, name = match.start("body"), match["body"]
        if title and title[0] is text and abs(title[1] - match.end()) > _NEAR:
            continue
        left = _ALSO_LEFT.match(name)
        start += left.end() if left else 0
        if ends_as_body(text.plain[start : match.end("body")]) and not _NOT_WHO.search(name):
            return text, start, match.end("body")
    order = _SIGNED_ORDER.search(text.plain, 0, _REPORT_CHARS)
    if order and title and (title[0] is not text or 0 <= title[1] - order.end() < _NEAR):
        return text, order.start("body"), order.end("body")
    return None
