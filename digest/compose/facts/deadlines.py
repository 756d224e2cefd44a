"""The last day on which the reader of a document can answer it: comments, entries, reports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from digest.compose.facts.days import Calendar, Day
from digest.compose.facts.reading import Reading
from digest.compose.facts.terms import Term

_COMMENT = r"征求意见|征集意见|意见征集|意见反馈|反馈意见|公示|听取意见|征询意见|反馈|提出意见|修改意见|意见建议|意见"
_ENTRY = (
    r"报名|申报|受理|征集|投稿|报送|提交|申请|填报|缴费|登记|预约|递交|应聘|推荐|参赛|网上确认|举报"
    r"|投票|申领|领取|缴纳|参保|办理|报到|上传|评议"
)
_ASKS = re.compile(rf"{_COMMENT}|{_ENTRY}")
_LAST = re.compile(r"(?:截止(?:时间|日期|日)?|截至(?:时间|日期)|截止到)[^。;\n\d]{0,10}$")
_UP_TO = re.compile(r"截[至止]到?\s?$")
_NOT_LATER = re.compile(r"(?:不得?晚于|不迟于|不得迟于|最迟|最晚)(?:于|在)?\s?$")
_LATER = re.compile(r"(?:延长|延期|延后|顺延|推迟|调整|延)(?:至|到|为)\s?$")
_COUNTED = re.compile(r"统计|数据|余额|累计|在册|末,|收到|共有|合计|收盘|发稿|报告期|缴纳情况|施工|工期|完工|竣工")
_GATHERED = re.compile(r"共?收到|累计|共计|已有")
_CLOCK = r"(?:\s?(?:上午|下午|晚上?|中午|夜间)?\s?\d{1,2}\s?(?::\s?\d{2}|[时点](?:\s?\d{1,2}分|整|半)?))?"
_BY = re.compile(
    rf"^\s?(?:\([^()\n]{{1,10}}\)\s?)?{_CLOCK}\s?(?:\([^()\n]{{1,10}}\)\s?)?(?:底|下班|日终)?(?:之?前|以前|或之前|止|为止|截止|结束(?!之?前)|关闭|停止受理)"
)
_ACTS = re.compile(
    r"^[^。;]{0,70}?(?:反馈|报送|报至|上报|报我|报省|报市|申报|报名|提交|寄送|寄至|寄到|邮寄|函告|提出|发送|发至|送至|送达|送交|告知|回复|"
    r"填报|填写|申请|来函|来信|返回|报备|备案|登录|传真|投递|递交|报回|书面|预约|上传|发到|发往|办理|登记|补办|补报|缴费|缴纳|报名|提供|完成[^。;,]{0,6}(?:填报|申报|清缴|注册|补录))"
)
_MUST = re.compile(r"(?:请|须|务必)[^。;,]{0,24}$")
_EVERY = re.compile(r"每[年月季]|次[年月]|其中|建成|原定|原要求|原截止")
_ASKED = re.compile(r"(?:请|应当?|须|务必|需|可|欢迎|将[^。;]{0,30}|意见[^。;]{0,30}|[于在])[^。;]{0,30}$")
_TO = re.compile(rf"^\s?(?:\([^()\n]{{1,10}}\)\s?)?{_CLOCK}\s?(?:起|开始)?\s?(?:至|到|-{{1,2}}|~)\s?$")
_SPAN_BEFORE = re.compile(
    rf"(?:{_COMMENT}|{_ENTRY}|网上报名|公开)(?:[^。;,\n]{{0,10}}(?:时间|期限|期间|日期|阶段|期|起止时间|时限))?[^。;,\n\d]{{0,10}}(?:为|自|从|于|是|:|\()?[^。;\n\d]{{0,6}}$"
)
_SPAN_BEHIND = re.compile(r"^,?[^。;,\d\n]{0,20}?(?:公开征求意见|征求意见|公示|接受报名|受理|申报|报名|提出意见|反馈)")
_OTHER_DOCUMENT = re.compile(r"《[^》]{2,60}》(?:已于|曾于|于)$")


def find_deadline(reading: Reading, calendar: Calendar, *, document: bool) -> Term | None:
    """Return the last day to answer; one that was put off wins, then one for comments, then the latest.

    That of a report is not before the first of the calendar's anchors, the day the report is of.
    """
    since = date.min if document else min(calendar.anchors[:1], default=date.min)
    best: tuple[tuple[int, date], Term] | None = None
    for index, day in enumerate(calendar.days):
        rank = _rank(reading, calendar.days, index, document)
        value = calendar.resolve(day, ahead=True) if rank else None
        if value and value >= since and (best is None or (rank, value) > best[0]):
            best = (rank, value), Term(day.start, day.end, value)
    return best[1] if best else None


def _rank(reading: Reading, days: Sequence[Day], index: int, document: bool) -> int:
    """How much a day is a deadline: 3 put off to, 2 for comments, 1 for entries, 0 none."""
    day = days[index]
    before, behind = reading.before(day.start, 60), reading.after(day.end, 80)
    around = before + behind
    if _COUNTED.search(before[-24:] + behind[:12]) or (_UP_TO.search(before) and re.match(r"[^。;]{0,6},", behind)):
        return 0
    if _GATHERED.search(behind[:40]) or (not document and re.search(r"未[^,。;]{0,6}$", before)):
        return 0
    asks = _ASKS.search(around) or _asked_above(reading, day)
    if _LATER.search(before) and asks and re.search(r"截止|时间|时限|期", around):
        return 3
    if (
        _since_now(before, around)
        or (_NOT_LATER.search(before) and asks)
        or _ends_span(reading, days, index)
        or (_LAST.search(before) and asks)
        or _is_by(before, behind, document)
    ):
        return 2 if re.search(_COMMENT, around) else 1
    return 0


def _is_by(before: str, behind: str, document: bool) -> bool:
    """Whether the reader is asked to do something before the day: 请于6月5日前反馈."""
    by = _BY.match(behind)
    if not by:
        return False
    rest = behind[by.end() :]
    if _EVERY.search(before[-20:]):
        return False
    if by.group().endswith(("止", "结束", "关闭", "受理")):
        return bool(_ASKS.search(before) or _ACTS.match(rest))
    if document and _MUST.search(before) and re.match(r"(?!完成|建成|达到)[^,。;]{2}", rest):
        return True
    if re.match(r"[^,。;]{0,2}(?:完成|结题|建成)", rest) and not _ACTS.match(rest):
        return False
    asked = bool((_ASKED if document else _MUST).search(before)) or document or bool(re.search(_COMMENT, before + rest))
    return asked and bool(_ACTS.match(rest) or (re.search(r"(?:反馈|报送|报名|申报|提交|寄|报)[^。;,]{0,12}$", before)))


def _since_now(before: str, around: str) -> bool:
    """Whether it ends a time that has begun: 即日起至9月30日."""
    return bool(re.search(r"即日起?(?:开始)?(?:,)?(?:至|到|-{1,2})\s?$", before)) and bool(_ASKS.search(around))


def _ends_span(reading: Reading, days: Sequence[Day], index: int) -> bool:
    """Whether it ends a time to answer: 征求意见时间为2023年5月6日至6月5日."""
    if index == 0:
        return False
    first, last = days[index - 1], days[index]
    between = reading.plain[first.end : last.start]
    joined = (first.end <= last.start and len(between) <= 24 and bool(_TO.match(between))) or (
        first.end <= last.start and bool(re.fullmatch(r"\s?(?:\([^()\n]{1,8}\)\s?)?(?:至|到|-{1,2}|~)\s?", between))
    )
    if not joined:
        return False
    before = reading.before(first.start, 40)
    return bool(
        _SPAN_BEFORE.search(before) or _SPAN_BEHIND.match(reading.after(last.end, 40)) or _asked_above(reading, first)
    )


def _asked_above(reading: Reading, day: Day) -> bool:
    """Whether the line begins with the day and the one above says what it is for: 报名时间\\n5月6日至6月5日."""
    start = reading.line_start(day.start)
    if reading.plain[start : day.start].strip(" :") or start < 2:
        return False
    above = reading.plain[max(0, start - 24) : start - 1].rpartition("\n")[2]
    return bool(re.search(rf"(?:{_COMMENT}|{_ENTRY})[^。;,\n]{{0,6}}(?:时间|期限|日期|期)?:?\s?$", above))
