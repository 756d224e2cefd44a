"""The numbers of official documents (文号), wherever a text prints them, and their normal form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from digest.compose.facts.numerals import NUMBER, read_number, read_year
from digest.rank.language import HAN

_OPEN, _CLOSE = r"[〔\[【(〖「]", r"[〕\]】)〗」]"
_NO_DOCUMENT = (
    r"(?!\s?(?:楼|院|线|馆|店|铺|台风|洪水|地块|宗地|标段|航班|厅|球|公里|桥|井|矿|机组|病房|宿舍|仓|泊位"
    r"|预警|热线|电话|专线))"
)
_SERIAL = r"(?P<serial>\d(?:\s?\d){0,15}(?:-\d{1,6}){0,2}|[一二三四五六七八九十百零〇]{1,6})"
_BRACKETED = re.compile(
    rf"{_OPEN}\s?(?P<year>(?:1\s?9|2\s?0)\s?\d\s?\d|[5-9]\d(?=[〕\]])|[一二][〇○零一二三四五六七八九]{{3}})\s?年?\s?{_CLOSE}"
    rf"\s{{0,2}}(?P<zi>字\s?)?(?P<di>第\s?)?{_SERIAL}\s?号{_NO_DOCUMENT}"
)
_CALENDAR = r"(?:(?P<year>(?:19|20)\s?\d\s?\d|[一二][〇○零一二三四五六七八九]{3})\s?年(?:度)?\s{0,2})"
_SESSION = r"(?:[〔\[(]?(?:第?[一二三四五六七八九十]{1,3}届)[〕\])]?\s?)?"
_CLOSED = r"[)\]〕]?"
_ORDER = re.compile(rf"(?P<kind>令)\s{{0,4}}(?P<open>[(\[〔]?)\s?{_CALENDAR}?第\s?(?P<serial>{NUMBER})\s?号{_CLOSED}")
_NOTICE = re.compile(
    rf"(?P<kind>公告|通告|公示)[》〉]?\s{{0,4}}(?P<open>[(\[〔]?)\s?{_SESSION}\s?"
    rf"(?:{_CALENDAR}?(?P<di>第)|(?<=[(\[〔]){_CALENDAR.replace('<year>', '<bare>')})\s?"
    rf"(?P<serial>{NUMBER})\s?号{_CLOSED}"
)
_KIND_LAST = re.compile(
    rf"第\s?(?P<serial>{NUMBER})\s?号[ ]?(?P<who>{HAN}{{0,14}}?)"
    r"(?P<kind>令(?!人|其|他|我|牌|旗)|公告(?!栏|牌|板)|通告(?!栏|牌|板))"
)
_CALENDAR_BEFORE = re.compile(_CALENDAR + "$")
_LINE_END = re.compile(r"号[)\]〕]?[ ]*(?:\n|$)")
_BARE = re.compile(
    rf"(?:^|(?<=\n))[ ]*(?:[(\[〔]?\s?{_CALENDAR}第\s?(?P<serial>{NUMBER})\s?号[)\]〕]?"
    r"|(?P<short>[〔\[](?P<of>(?:19|20)\d\d)[〕\]]\s?(?P<count>\d{1,6})\s?号))[ ]*(?=\n|$)"
)
_YEAR_FIRST = re.compile(
    rf"[(〔\[](?P<year>[5-9]\d)[)〕\]](?P<who>{HAN}{{1,8}}[发办函](?:字)?|财税字)第?(?P<serial>\d{{1,4}})号"
)
_MACAO = re.compile(
    r"第(?P<serial>\d{1,3}/(?:19|20)\d\d)号(?P<kind>行政法规|法律|行政长官批示|行政命令|[司厅]?司长批示)"
)

_PREFIX = re.compile(
    rf"(?:\([{HAN[1:-1]}]{{1,3}}\))?(?:(?<!{HAN})(?:{HAN} ){{2,12}}{HAN}? ?|{HAN}{{1,26}}(?:\s{{0,2}}))$"
)
_ALWAYS_STOP = re.compile(
    r"根据|依据|依照|按照|遵照|参照|比照|对照|执行|落实|贯彻|转发|印发|下发|发布|公布|废止|修订|替代|取代|代替|文号|字号|"
    r"文件|编号|通知|号|关于|以及|包括|例如|其中|同时|特急|加急|平急|急件|机密|秘密|绝密|精神|符合|违反|详见|参见|参阅|"
    r"收到|此前|已有|还有|原有|现行|名称|所附|上述|提到|援引|引用|签发|题为|标有|你[省市部局委区县校司行]|来文|为准|"
    r"宣布|签署|出台|撤销|取消|停用|前者|后者即?|第|年|月|日|(?<=.)即|见|"
    r"(?<!数)据|按|[的了是该此其把对在]|即为"
)
_INNER_STOP = re.compile(
    r"(?<![共呼])和(?![田平县林静龙])|(?<![太五固松中平开])原|[与及或由从到至向以为即见如依经照将被]"
)
_NO_PREFIX_END = frozenset("期卷版届次楼路街栋幢厂房图表班车船月日年共约座")
_GLUED = re.compile(
    rf"国务院办公厅|国务院|中共中央办公厅|中共中央|(?:人民政府)(?:办公厅|办公室)?|({HAN}){HAN}{{1,6}}[部委局](?=\1)"
)
_BROKEN_PREFIX = re.compile(rf"^{HAN}{{2,10}}[发函字办规通电告罚文令]\s")
_ORGAN_END = re.compile(r"(?:国|院|府|部|委|局|署|会|行|席|办|厅|州|省|总队|党组|党委|海关|军委)$")
_MOST = 300
_REPUBLIC = "中华人民共和国"


@dataclass(frozen=True, slots=True)
class Number:
    """A 文号 as found at `start` to `end`, in its normal form; `bare` names neither body nor kind (2023年第15号)."""

    start: int
    end: int
    value: str
    who: tuple[int, int] = (0, 0)
    kind: str = ""
    bare: bool = False


def find_numbers(plain: str) -> tuple[Number, ...]:
    """Return every 文号 that `plain` prints, in order, none within another."""
    found: list[Number] = []
    for finder in (_bracketed, _orders, _notices, _kind_last, _others, _bare):
        taken = list(found)
        found += (
            number
            for number in islice(finder(plain), _MOST)
            if not any(other.start < number.end and number.start < other.end for other in taken)
        )
    return tuple(sorted(found, key=lambda number: number.start))


def _bracketed(plain: str) -> Iterator[Number]:
    """Yield 国办发〔2017〕47号 and its like."""
    for match in _BRACKETED.finditer(plain):
        start = _prefix_start(plain, match.start())
        prefix = "".join(plain[start : match.start()].split())
        if not prefix or prefix[-1] in _NO_PREFIX_END:
            continue
        year = "".join(match["year"].split())
        year = year if year.isdecimal() else str(read_year(year))
        serial = _serial(match["serial"])
        value = f"{_national(prefix)}〔{year}〕{'字' if match['zi'] else ''}{'第' if match['di'] else ''}{serial}号"
        kind = next((word for word in ("令", "公告", "通告") if prefix.endswith(word)), "")
        yield Number(start, match.end(), value, (start, match.start() - len(kind)), kind)


def _orders(plain: str) -> Iterator[Number]:
    """Yield 国务院令第790号 and 主席令（第六十二号）."""
    for match in _ORDER.finditer(plain):
        start = _prefix_start(plain, match.start())
        who = "".join(plain[start : match.start()].split())
        if _ORGAN_END.search(who):
            value = _normal(who, "令", match["year"], match["serial"])
            yield Number(start, _end(match), value, (start, match.start()), "令")


def _notices(plain: str) -> Iterator[Number]:
    """Yield 税务总局公告2023年第15号, and of 关于……的公告（2023年第15号） only what counts."""
    for match in _NOTICE.finditer(plain):
        start = _prefix_start(plain, match.start())
        who, kind = "".join(plain[start : match.start()].split()), match["kind"]
        year = match["year"] or match["bare"]
        if match["di"] and _ORGAN_END.search(who):
            value = _normal(who, kind, year, match["serial"])
            yield Number(start, _end(match), value, (start, match.start()), kind)
        elif year:
            begin = match.start("year" if match["year"] else "bare") if match["open"] else match.start()
            end = match.end() - int(bool(match["open"]) and match.group()[-1] in ")]〕")
            yield Number(begin, end, _normal("", kind, year, match["serial"]), kind=kind)


def _kind_last(plain: str) -> Iterator[Number]:
    """Yield 教育部第18号令 and 2023年第15号公告: an order needs a body, an announcement a body or a year."""
    for match in _KIND_LAST.finditer(plain):
        between, kind = match["who"], match["kind"]
        if between and _ALWAYS_STOP.search(between):
            continue
        left = max(0, match.start() - 14)
        calendar = _CALENDAR_BEFORE.search(plain[left : match.start()])
        begin = left + calendar.start() if calendar else match.start()
        start = begin if between else _prefix_start(plain, begin)
        who = between or "".join(plain[start:begin].split())
        if who and not _ORGAN_END.search(who):
            start, who = begin, ""
        if who or (calendar and kind == "公告" and not between):
            value = _normal(who, kind, calendar["year"] if calendar else None, match["serial"])
            yield Number(start, match.end(), value, match.span("who") if between else (start, begin), kind)


def _others(plain: str) -> Iterator[Number]:
    """Yield the number of the eighties, (86)国发字42号, and Macao's, 第7/2023号行政法规."""
    for match in _YEAR_FIRST.finditer(plain):
        value = f"〔{match['year']}〕{match['who']}{match['serial']}号"
        yield Number(match.start(), match.end(), value, match.span("who"))
    for match in _MACAO.finditer(plain):
        yield Number(match.start(), match.end(), match.group(), kind=match["kind"])


def _bare(plain: str) -> Iterator[Number]:
    """Yield 2023年第15号 or 〔2022〕45号 on a line of its own."""
    for match in _BARE.finditer(plain) if _LINE_END.search(plain) else ():
        if match["short"]:
            yield Number(*match.span("short"), f"〔{match['of']}〕{match['count']}号")
        else:
            end = plain.index("号", match.end("serial")) + 1
            value = _normal("", "公告", match["year"], match["serial"])
            yield Number(match.start("year"), end, value, bare=True)


def _end(match: re.Match[str]) -> int:
    """Where a number ends: with its bracket only where that opened within it."""
    return match.end() - int(match.group()[-1] in ")]〕" and not match["open"])


def _normal(who: str, kind: str, year: str | None, serial: str) -> str:
    calendar = f"{read_year(year)}年" if year else ""
    return f"{_national(who)}{kind}{calendar}第{_serial(serial)}号"


def _national(who: str) -> str:
    """中华人民共和国国务院令 is 国务院令."""
    return who.removeprefix(_REPUBLIC) if len(who) > len(_REPUBLIC) else who


def _serial(text: str) -> str:
    text = "".join(text.split())
    return text if text[0].isdecimal() else str(read_number(text) or text)


def _prefix_start(plain: str, end: int) -> int:
    """Where the 代字 or the body before a number begins: 根据国办发 begins with 国; `end` where there is none."""
    left = max(0, end - 30)
    window = plain[left:end]
    match = _PREFIX.search(window)
    if not match:
        return end
    start, prefix = match.start(), match.group()
    if "\n" in prefix and not _BROKEN_PREFIX.match(prefix) and not prefix.strip().endswith(("公告", "令")):
        return end
    clean = start == 0 or window[start - 1] not in "》〉”)"
    for stop in _ALWAYS_STOP.finditer(prefix):
        start, clean = match.start() + stop.end(), stop.group() not in ("号", "年", "月", "日")
    rest = window[start:]
    inner = list(_INNER_STOP.finditer(rest)) if not clean or len(rest.split()[0] if rest.split() else "") > 7 else []
    if inner and len(rest) - inner[-1].end() >= 2:
        start += inner[-1].end()
    glued = _GLUED.match(window, start)
    if (
        glued
        and len(window[glued.end() :].strip()) >= 2
        and not window[glued.end() :].lstrip().startswith(("公告", "令", "通"))
    ):
        start = glued.end()
    while start < len(window) and window[start].isspace():
        start += 1
    return left + start
