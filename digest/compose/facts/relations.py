"""What a document does to others and brings with it: repeals, amends, annexes; and the title a report gives it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from digest.compose.facts.bodies import Place
from digest.compose.facts.kinds import Kind
from digest.compose.facts.layout import Layout
from digest.compose.facts.numbers import Number
from digest.compose.facts.reading import Line, Reading
from digest.compose.facts.words import WORDS, either
from digest.model import Fact

_TITLE = re.compile(r"《(?P<name>[^《》\n]{2,120}(?:《[^《》\n]{2,80}》[^《》\n]{0,80})?)》")
_REPEALED = re.compile(
    r"(?<!未)(?<!不)(?<!应当)(?<!建议)(?:同时|予以|即行|随之|一并|相应|自行)?(?:废止|停止执行)(?!的|后|和修改|或者)"
)
_STARTS_OTHER = re.compile(r"(?:施行|实施|执行|生效|发布|公布|印发)[^《》〔]{0,6},|根据|按照|依据|依照")
_LIST_BEGINS = re.compile(
    r"(?:废止|宣布失效)[^。\n]{0,20}(?:下列|以下|如下|目录)|(?:下列|以下)[^。\n]{0,24}(?:废止|失效)"
)
_LISTED = re.compile(r"^(?:[(（]?[\d一二三四五六七八九十]{1,3}[)）.、 ]|《)")
_AMENDS = re.compile(
    r"(?:修改|修订|修正)(?:<|〈|《)(?P<name>[^《》〈〉\n]{2,100})(?:》|〉)(?:等[^《》\n]{0,12})?(?:部分[^《》\n]{0,8})?的(?:决定|公告|通知|令)"
)
_AMENDED = re.compile(
    r"对《(?P<name>[^《》\n]{2,100})》(?:\([^()\n]{1,40}\))?(?:作出?|进行|予以)?(?:如下|了?部分|部分条款)?[^。,\n]{0,8}(?:修改|修订)"
)
_ANNEX = re.compile(r"^附\s{0,4}件?\s{0,2}(?:\d{1,2}|[一二三四五六七八九十]{1,2})?\s{0,2}:\s{0,4}")
_ANNEX_ITEM = re.compile(r"^\s{0,4}(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s?[.、:]\s{0,4}(?=\S)")
_ANNEX_NEXT = re.compile(r"[ ;](?=\d{1,2}[.、])")
_GENRED = re.compile(rf"(?:{either([*WORDS['genres']['firm'], *WORDS['genres']['loose']])})(?:\([^()]{{1,30}}\))*$")
_PUTS_OUT = re.compile(
    r"(?:印发|公布|发布|出台|制定|修订|修改|通过|签署|实施|施行|就|对|关于|解读|推出|起草|下发)(?:了|后的|的|《|修订后的|新修订的|新版|最新|修订版){0,2}$"
)
_SHORT = 4
"""《条例》 and 《实施办法》 are what a text calls a document that it has named before."""
_MOST = 20


def find_repeals(layout: Layout, title: Reading, numbers: Sequence[Number]) -> list[Place]:
    """Return what the document repeals: titles without their marks, and numbers that stand without a title."""
    text, found = layout.text, list[Place]()
    for match in _REPEALED.finditer(text.plain):
        clause = text.before(match.start(), 400)
        cut = max((other.end() for other in _STARTS_OTHER.finditer(clause)), default=0)
        found += _named(text, match.start() - len(clause) + cut, match.start(), numbers)
        if len(found) >= _MOST:
            break
    begins = _LIST_BEGINS.search(text.plain)
    if begins:
        for line in _list_lines(text, begins.end()):
            found += _named(text, line.start, line.end, numbers)[:1]
    found = found[:_MOST]
    if not found and (repealed := re.search(r"废止", title.plain)):
        found = _named(title, repealed.end(), len(title.plain), ())
    return sorted(set(found), key=lambda place: place[1])


def _named(text: Reading, start: int, end: int, numbers: Sequence[Number]) -> list[Place]:
    titles = [(text, m.start("name"), m.end("name")) for m in _TITLE.finditer(text.plain, start, end)]
    if titles:
        return titles
    return [(text, number.start, number.end) for number in numbers if start <= number.start < end]


def _list_lines(text: Reading, place: int) -> Iterator[Line]:
    for line in text.lines:
        if line.start > place:
            if not _LISTED.match(line.text):
                return
            yield line


def find_amends(layout: Layout, title: Reading) -> list[Place]:
    """Return the titles of what the document amends: 关于修改《……》的决定."""
    for reading, pattern in ((title, _AMENDS), (layout.text, _AMENDS), (layout.text, _AMENDED)):
        match = pattern.search(reading.plain[:1500])
        if match:
            return [(reading, *match.span("name"))]
    return []


def find_attachments(layout: Layout) -> list[Place]:
    """Return the titles of the annexes that the document lists: 附件：1.……"""
    text, found, listing = layout.text, list[Place](), False
    for line in text.lines:
        label = _ANNEX.match(line.text)
        if label:
            listing = True
            found += _items(text, line.start + label.end(), line.end)
        elif listing and _ANNEX_ITEM.match(line.text) and len(line.text) < 120:
            found += _items(text, line.start, line.end)
        else:
            listing = False
        if len(found) >= _MOST:
            break
    return found[:_MOST]


def _items(text: Reading, start: int, end: int) -> Iterator[Place]:
    """Yield the titles in a line of annexes, without their numbers: 1.申报表 2.承诺书."""
    piece = text.plain[start:end]
    edges = [0, *(m.end() for m in _ANNEX_NEXT.finditer(piece)), len(piece)]
    for left, right in pairwise(edges):
        item = piece[left:right].rstrip(" ;。")
        number = _ANNEX_ITEM.match(item)
        skip = number.end() if number else 0
        if 2 <= len(item) - skip <= 100 and "。" not in item:
            yield text, start + left + skip, start + left + len(item)


def find_title(layout: Layout, title: Reading, kind: Kind, told: Sequence[Fact]) -> Place | None:
    """Return the document's own title: the article's, or, in a report, the 《》 whose days it tells, or puts out.

    `told` are the days that the report tells: the title stands before them in the same sentence, or is put out
    (印发《……》) near the beginning.
    """
    if kind.document:
        reading, start, end = kind.heading
        return (reading, start, end) if end > start else None
    for match in _titles(title, 0, 400):
        return title, *match.span("name")
    text = layout.text
    for fact in told:
        if fact.where == "text" and not text.cut:
            before = text.before(fact.start, 160, "。\n")
            near = list(_titles(text, fact.start - len(before), fact.start))
            if near:
                return text, *near[-1].span("name")
    for match in _titles(text, 0, 800):
        if _PUTS_OUT.search(text.before(match.start(), 12)):
            return text, *match.span("name")
    return None


def _titles(reading: Reading, start: int, end: int) -> Iterator[re.Match[str]]:
    """Yield the names of documents in 《》 between two places."""
    for match in _TITLE.finditer(reading.plain, start, end):
        if len(match["name"]) > _SHORT and _GENRED.search(match["name"]):
            yield match
