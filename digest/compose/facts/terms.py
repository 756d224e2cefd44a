"""From when a document is in force, and until when."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from digest.compose.facts.days import Calendar, Day, possible_day
from digest.compose.facts.kinds import Kind
from digest.compose.facts.layout import Layout
from digest.compose.facts.numerals import NUMBER, read_number
from digest.compose.facts.reading import Reading

_VERB = r"(?:施行|实施|执行|生效|试行)"
_STARTS = re.compile(
    rf"^\s?(?:零时|\d{{1,2}}时|\d{{1,2}}:\d\d)?\s?(?P<since>起|之日起|以后|之后|开始)?\s?,?(?:[在对][^,。;]{{1,10}}?)?"
    rf"(?:正式|开始|全面|统一|同步|予以|依法|陆续|付诸|将|贯彻|公布|发布|并){{0,3}}{_VERB}"
    r"(?!的《|的原|方案|细则|办法|条例|意见|以来|后|前|情况|过程|之前|之日|至今|[^,。;]{0,12}以来"
    # 对部分区域实施计划停水: something is done, nothing comes into force
    r"|计划|临时|停[水电气]|交通|管制|管控|封闭|检修|抢修|施工|作业|救援|处罚|处置|改造|发射|手术|打击|爆破|人工)"
)
_OF_IT = (
    r"(?:办法|规定|条例|细则|规则|决定|通知|意见|公告|通告|方案|规范|标准|措施|规程|目录|制度|令|法|解释|批复|指引|指南|章程|预案"
    r"|准则|清单|政策|文件|新规|协定|协议|条约|公约|规划|通则|计划|要求|说明|指示|补充公告|复函|函|纪要|意见书)"
)
_SELF = re.compile(
    rf"本{_OF_IT}[^。;,]{{0,12}}(?:自|从|于|将|,)?\s?$"
    r"|^.{0,3}第[一二三四五六七八九十百]{1,5}条[ ]{0,2}本\S{1,8}$"
)
_PUT_OUT = re.compile(
    r"(?:公布|发布|印发|颁布|通过|公告|执行|修订|修改)[^。;]{0,12},?(?:并)?(?:将|同时)?(?:自|从|于)?\s?$"
)
_CITED = re.compile(r"原《|[》号]\s?\([^()]{0,40}$|原[^,。;]{1,20}自$")
_NAMED = re.compile(r"《(?P<name>[^《》]{2,80})》(?:\([^()]{1,30}\))?(?:已经?|将|也|均|自|于|从|正式|拟|,){0,3}\s?$")
_SUBJECT = re.compile(
    r"(?:《[^《》]{2,80}》|办法|规定|条例|细则|规则|决定|通知|标准|规范|规程|法|法案|目录|新规|新政|协定|协议|条约|公约|要求|准则|公告|制度|意见"
    r"|措施|方案|指引|指南|税则|清单|指示|批复|令|解释|说明)[^。;]{0,90}$"
)
_COMES = re.compile(
    rf"^\s?起?,[^。;,《]{{0,14}}《[^《》]{{2,60}}》(?:\([^()]{{1,30}}\))?(?:将|正式|开始|全面|起){{0,3}}{_VERB}(?!的|后|以来|[一二两三四五六七八九十\d])"
)
_HOPED = re.compile(r"(?:目标|力争|有望|预计|计划|或将?|可能|拟|建议|希望|争取)[^,。;]{0,10}$")
_ENDED = re.compile(r"^[^,。;]{0,60}(?:废止|失效)")
_SINCE = re.compile(
    rf"(?P<event>发布|公布|印发|下发|颁布|签署|签发|通过|成文|发文|公告)(?:之日|之时|当日|日)(?:起)?"
    rf"(?:,)?(?:满?(?P<count>{NUMBER})\s?(?P<unit>个月|月|日|天|年)(?:之后|后|以后)?(?:起)?)?,?(?:开始|正式|予以)?{_VERB}(?!的《|前)"
)
_DATED_FROM = re.compile(r"(?P<event>发布|公布|印发|下发|签署|签发|发文)之日起,?$")
_AFTER = re.compile(
    rf"(?P<event>发布|公布|印发|颁布)(?:后|之后)(?P<count>{NUMBER})\s?(?P<unit>个月|月|日|天)(?:后|起)?{_VERB}"
)
_COUNTED_FROM = re.compile(r"(?:本[^,。;\n]{1,6}?)?(?:自|从)(?:本[^,。;\n]{1,6})?$")
_AT_ONCE = re.compile(rf"即日起,?(?:正式|开始)?{_VERB}|(?:发布|公布|印发)即(?:日)?{_VERB}")
_SAME_DAY = re.compile(rf"(?:同日|当日)起?,?(?:正式|开始)?{_VERB}")
_SPAN = r"(?:有效期限?|施行期限?|实施期限?|执行期限?|试行期限?|政策期限|有效时间|有效时限|执行时间|实施时间|施行时间)"
_UNTIL_BEFORE = re.compile(
    rf"(?:{_SPAN}[^。;,\d]{{0,10}}(?:至|到|为|:|截止|截至)\s?|{_VERB}(?:,?有效期限?)?,?(?:有效)?(?:至|到|延长至|延续至)\s?|(?:有效|失效)(?:至|到|日期为|日期:)\s?)$"
)
_UNTIL_BEHIND = re.compile(r"^\s?(?:起)?(?:自动|自行|即行)?(?:失效|废止)(?!《)")
_STOPS = re.compile(r"^\s?(?:24时|24:00)?(?:止|为止|终止|届满)")
_HOUR = r"\s?(?:零时|\d{1,2}时|\d{1,2}:\d\d)?(?:首班车)?"
_BEGINS = re.compile(rf"^{_HOUR}起(?!至|到|-|~|算|计)(?![^。;]{{0,30}}以来)")
_CHANGES = re.compile(rf"^{_HOUR}起,?(?:停止|暂停|恢复|启用|取消|实行|调整|解除|关闭|开放)")
_CLAUSE_SINCE = re.compile(r"(?:^|[,、)])\s?(?:决定|现决定)?[自从]\s?$")
_SINCE_WHEN = re.compile(r"(?:[自从]|将于|定于|决定于)\s?$")
_RATE = re.compile(r"^\s?(?:止|期间)?,?\s?(?:对|免征|免收|减征|减按|减半|暂停|暂免|实行|执行|继续)")
_LICENCE = re.compile(r"(?:证|证书|许可|执照|证面|卡|合同|协议|资质|批件|注册)[^。;,]{0,8}$")
_LASTS = re.compile(
    rf"(?:(?<![^,;。(\n :起行)])|本[^,。;\n]{{1,6}}(?:的)?|[其该])(?:{_SPAN}|试行|暂行|暂定|有效|期限|试行期)"
    rf"(?:暂定)?(?:为|是|:)?\s?(?P<count>{NUMBER})\s?(?P<unit>年|个月)(?!度|前|内|来)"
)
_TO = re.compile(r"^\s?(?:零时)?(?:起)?(?:施行|实施|执行|试行|生效)?,?(?:有效期)?\s?(?:至|到|-{1,2}|~)\s?$")


_RETROACTIVE = timedelta(days=200)
"""A measure that began longer before the document is not its own."""


@dataclass(frozen=True, slots=True)
class Term:
    """A day in force: where it stands in the text, and what it comes to."""

    start: int
    end: int
    value: date


def find_effective(
    reading: Reading, layout: Layout, kind: Kind, calendar: Calendar, known: dict[str, date | None]
) -> Term | None:
    """Return the day from which the document itself is in force.

    `known` holds the days a relative one counts from, by `signed`, `published` and `passed`.
    """
    row = layout.row("effective") if reading is layout.text else None
    if row and (days := calendar.within(row.start, row.end)) and days[0].whole:
        return Term(days[0].start, days[0].end, days[0].whole)
    eldest = min((day for day in known.values() if day), default=None)
    ranked = [
        (rank, -day.start, Term(day.start, day.end, value))
        for day in calendar.days
        if (rank := _rank(reading, kind, day, bool(calendar.anchors)))
        and (value := calendar.resolve(day, ahead=True))
        and (rank > 1 or eldest is None or value >= eldest - _RETROACTIVE)
    ]
    best = max(ranked, key=lambda entry: entry[:2], default=None)
    relative = _relative(reading, kind, calendar, known)
    if relative and (best is None or best[0] < 4):
        return relative
    return best[2] if best else None


def _rank(reading: Reading, kind: Kind, day: Day, dated: bool) -> int:
    """How surely a day is the one from which this very document is in force.

    4 is said so, 3 and 2 are likely, 1 is when its measure begins, 0 is not.
    """
    behind = reading.after(day.end, 60)
    starts = _STARTS.match(behind)
    before = reading.before(day.start, 120)
    if not starts and not kind.document:
        return 2 * int(dated and bool(_COMES.match(behind)) and not _HOPED.search(before))
    if not starts:
        return int(kind.document and _begins(before, behind))
    if _CITED.search(before) or _ENDED.match(behind[starts.end() :].partition(",")[0]):
        return 0
    if kind.document:
        named = _NAMED.search(before)
        if named and named["name"] not in kind.name and not _PUT_OUT.search(before[: named.start()]):
            return 0
        if _SELF.search(before):
            return 4
        note = reading.plain[reading.line_start(day.start) : day.start]
        return 3 if _PUT_OUT.search(before) or note.startswith("(") else 2
    if before.rfind("(") > before.rfind(")"):
        return 0
    if not (starts["since"] or re.search(r"(?:自|于|从|将在|将)\s?$", before) or "正式" in starts.group()):
        return 0
    return 2 if _SUBJECT.search(before) and not _HOPED.search(before) else 0


def _begins(before: str, behind: str) -> bool:
    """Whether a measure begins: 自2023年11月1日起，票价调整为……; 将于3月1日零时起停止播出."""
    if _CLAUSE_SINCE.search(before) and _BEGINS.match(behind):
        return True
    return bool(_SINCE_WHEN.search(before) and _CHANGES.match(behind))


def _relative(reading: Reading, kind: Kind, calendar: Calendar, known: dict[str, date | None]) -> Term | None:
    """The day that is counted from another: 自发布之日起施行, 自公布之日起30日后施行, 同日起施行."""
    plain = reading.plain
    for pattern in (_SINCE, _AFTER):
        for match in pattern.finditer(plain):
            lead = _COUNTED_FROM.search(reading.before(match.start(), 10))
            start = match.start() - len(lead.group() if lead else "")
            before = reading.before(start, 60)
            if _CITED.search(before) or before.endswith("》"):
                continue
            base = _base(match["event"], known)
            value = _add(base, match["count"], match["unit"]) if base else None
            if value:
                return Term(start, match.end(), value)
            return None
    now = _AT_ONCE.search(plain) if kind.document else None
    if now and (base := known["published"] or known["signed"]):
        return Term(now.start(), now.end(), base)
    same = _SAME_DAY.search(plain)
    earlier = calendar.whole_before(same.start(), 60) if same else None
    return Term(same.start(), same.end(), earlier) if same and earlier else None


def _clause(before: str) -> str:
    """The words before 有效期, within its clause."""
    return re.sub(rf"(?:{_SPAN}|有效)[^。;]{{0,12}}$", "", before.rpartition(",")[2])


def _base(event: str, known: dict[str, date | None]) -> date | None:
    if event == "通过":
        return known["passed"]
    order = ("published", "signed") if event in ("发布", "公布", "颁布", "公告") else ("signed", "published")
    return known[order[0]] or known[order[1]]


def _add(base: date, count: str | None, unit: str | None) -> date | None:
    """The day so many days, months or years after another; itself where none are counted."""
    number = read_number(count) if count else 0
    if number is None or number > 400:
        return None
    if not number or unit in ("日", "天"):
        return base + timedelta(days=number)
    months = base.month - 1 + number * (12 if unit == "年" else 1)
    year, month = base.year + months // 12, months % 12 + 1
    return possible_day(year, month, min(base.day, monthrange(year, month)[1])) if year < 9999 else None


def find_span(reading: Reading, calendar: Calendar, *, document: bool) -> tuple[Term, Term] | None:
    """Return the first and the last day in force where one phrase says both: 有效期自2023年7月1日至2028年6月30日."""
    for first, last in zip(calendar.days, calendar.days[1:], strict=False):
        between = reading.plain[first.end : last.start]
        if len(between) > 14 or not _TO.match(between):
            continue
        before, behind = reading.before(first.start, 30), reading.after(last.end, 8)
        said = re.search(rf"{_SPAN}[^。;,]{{0,8}}$", before) or (
            _STARTS.match(between) and (_STOPS.match(behind) or "有效" in between)
        )
        rate = document and before.endswith("自") and _RATE.match(reading.after(last.end, 12))
        if said or rate:
            values = calendar.resolve(first, ahead=True), calendar.resolve(last, ahead=True)
            if values[0] and values[1] and values[0] < values[1]:
                return Term(first.start, first.end, values[0]), Term(last.start, last.end, values[1])
    return None


def find_expires(
    reading: Reading, layout: Layout, calendar: Calendar, effective: date | None, known: dict[str, date | None]
) -> Term | None:
    """Return the last day in force: printed, or counted from the first one (有效期五年)."""
    row = layout.row("expires") if reading is layout.text else None
    if row and (days := calendar.within(row.start, row.end)) and days[0].whole:
        return Term(days[0].start, days[0].end, days[0].whole)
    for day in calendar.days:
        before, behind = reading.before(day.start, 50), reading.after(day.end, 20)
        until = _UNTIL_BEFORE.search(before) or (_UNTIL_BEHIND.match(behind) and re.search(rf"本{_OF_IT}", before))
        stops = re.search(r"(?:即|(?:施行|实施|执行|试行|生效|有效)[^。;]{0,30})至$", before) and _STOPS.match(behind)
        if (
            (until or stops)
            and not _CITED.search(before)
            and not _LICENCE.search(_clause(before))
            and (value := calendar.resolve(day, ahead=True, reach=200))
        ):
            return Term(day.start, day.end, value)
    for match in _LASTS.finditer(reading.plain):
        since = _DATED_FROM.search(reading.before(match.start(), 24))
        base = effective or (_base(since["event"], known) if since else None)
        value = _add(base, match["count"], match["unit"]) if base else None
        if value and not re.search(r"[证照卡]书?$", reading.plain[max(0, match.start() - 3) : match.start()]):
            start = match.start() + (len(match.group()) - len(match.group().lstrip(",;。( :")))
            return Term(start, match.end(), value - timedelta(days=1))
    return None
