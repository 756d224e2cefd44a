"""Dates as articles write them.  A date without a time stays a day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

BEIJING = timezone(timedelta(hours=8))
"""The zone of a Chinese page that names none."""

_HALF = r"(?P<half>上午|下午|晚上|中午|凌晨|早上|傍晚|[AaPp]\.?[Mm]\.?)?"
_CLOCK = (
    rf"(?:(?:[T\s,，]|&nbsp;|星期.|周.|[（(](?:星期|周).[）)])*{_HALF}\s*"
    r"(?P<hour>\d{1,2})\s*(?:[:：]|[时点](?=\s*\d))\s*(?P<minute>\d{2})(?:\s*[:：分]\s*(?P<second>\d{2}))?"
    r"(?:\.\d+)?\s*[分秒]?\s*(?P<late>[AaPp]\.?[Mm]\b)?\s*(?P<zone>Z\b|(?:GMT|UTC)?\s*[+-]\d{1,2}:?\d{2}\b|GMT|UTC)?)?"
)
_NUMERIC = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)\s*(?:[-/.]|年)\s*(?P<month>\d{1,2})\s*(?:[-/.]|月)\s*(?P<day>\d{1,2})\s*(?:日|号)?"
    + _CLOCK
)
_MONTH_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTHS = {name: n for n, name in enumerate(_MONTH_NAMES, 1)}
_MONTH = r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_ENGLISH = (
    re.compile(rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)\b" + _CLOCK, re.I),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(?P<year>(?:19|20)\d\d)\b" + _CLOCK, re.I),
)
_OF_THIS_YEAR = (
    re.compile(r"(?<![\d年])(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号]" + _CLOCK),
    re.compile(
        r"^(?:\D{0,6}[:：])?[\s(（\[【]*(?P<month>\d{2})[-/](?P<day>\d{2})(?![-/\d])" + _CLOCK + r"[\s)）\]】]*$"
    ),
)
_DIGITS = "〇一二三四五六七八九"
_HAN = re.compile(
    r"([一二][〇○Ｏ零ΟO一二三四五六七八九]{3})年([元一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_AGO = re.compile(r"(\d{1,3}|[一二两三四五六七八九十半])\s*(秒|分钟|个?小时|天|周|个?星期|日)\s*(?:之)?前")
_DAY_NAMES = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2, "前日": 2}
_NAMED_DAY = re.compile(rf"^\D{{0,8}}?(?P<name>{'|'.join(_DAY_NAMES)})" + _CLOCK)
_NOW = re.compile(r"^(?:\D{0,6}[:：]|发[布表]于)?\s*(?:刚刚|刚才)(?:发[布表]|更新)?$")
_SPOKEN = re.compile(r"[，。；,;]|.{31}")
_IN_URL = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<split>[-/_]?)(?P<month>0[1-9]|1[0-2])[-/_]?(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<!\d)(?P<year2>(?:19|20)\d\d)[-/_](?P<month2>[1-9]|1[0-2])[-/_](?P<day2>[1-9]|[12]\d|3[01])(?=[/_-])"
)


def read_date(text: str, today: datetime | date | None = None) -> datetime | date | None:
    """Return the first date in `text`: an aware datetime, a date where no time is given, or None.

    Understands RFC 5322 (`Fri, 14 Jan 2022 01:43:49 GMT`), ISO 8601, English and the Chinese forms (`2024年1月11日
    09:30`, `二〇二四年一月十一日`); without a zone the time is Beijing's.  `00:00:00` without one means that only the
    day is known.  A date without its year (`1月11日`) and a relative one (`昨天`, `3小时前`) need `today`, the day or
    the aware moment at which the text was got; without it they are None.
    """
    text = text.strip()
    if not text:
        return None
    readers: tuple[Callable[[], Iterator[datetime | date]], ...] = (
        lambda: _written(_NUMERIC, text),
        lambda: _in_han(text),
        lambda: _from_mail(text),
        lambda: (found for form in _ENGLISH for found in _written(form, text)),
        lambda: _relative(text, today) if today else iter(()),
        lambda: (found for form in _OF_THIS_YEAR for found in _of_this_year(form, text, today)) if today else iter(()),
    )
    return next((found for reader in readers for found in reader()), None)


def date_in_url(url: str) -> date | None:
    """Return the day that a URL names (`/2024/01/11/`, `t20240111_9.html`), the weakest of all witnesses."""
    for match in _IN_URL.finditer(url.partition("?")[0]):
        names = ("year", "month", "day") if match["year"] else ("year2", "month2", "day2")
        found = _possible_day(*(int(match[name]) for name in names))
        if found:
            return found
    return None


def day_of(moment: datetime | date) -> date:
    """Return the day of a moment in Beijing; a day is itself."""
    return moment.astimezone(BEIJING).date() if isinstance(moment, datetime) else moment


def _written(form: re.Pattern[str], text: str) -> Iterator[datetime | date]:
    """Yield the possible dates of one form, in order."""
    for match in form.finditer(text):
        month = match["month"]
        number = int(month) if month.isdecimal() else _MONTHS[month[:3].lower()]
        day = _possible_day(int(match["year"]), number, int(match["day"]))
        if day:
            yield _at(day, match)


def _possible_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def _at(day: date, match: re.Match[str]) -> datetime | date:
    """The moment on that day which the clock of the match shows; the day where it shows none, or an impossible one."""
    if match["hour"] is None:
        return day
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if match["zone"] is None and hour == minute == second == 0:
        return day
    half = (match["half"] or match["late"] or "").lower()
    if hour < 12 and (half in ("下午", "晚上", "傍晚") or half.startswith("p")):
        hour += 12
    elif hour == 12 and (half == "凌晨" or half.startswith("a")):
        hour = 0
    try:
        return datetime(day.year, day.month, day.day, hour, minute, min(second, 59), tzinfo=_zone(match["zone"]))
    except (ValueError, OverflowError):
        return day


def _zone(text: str | None) -> timezone:
    if text is None:
        return BEIJING
    offset = re.search(r"([+-])(\d{1,2}):?(\d{2})$", text)
    if offset is None:
        return UTC
    return timezone((-1 if offset[1] == "-" else 1) * timedelta(hours=int(offset[2]), minutes=int(offset[3])))


def _from_mail(text: str) -> Iterator[datetime]:
    if not re.search(r"[A-Za-z]{3}", text) or re.search(r"\d\s*[AP]M\b", text, re.I):
        return
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError, IndexError):
        return
    if 1900 <= found.year < 2100:  # as in the other forms; the year 9999 has moments that no other zone knows
        yield found if found.tzinfo else found.replace(tzinfo=BEIJING)


def _in_han(text: str) -> Iterator[date]:
    """Yield the dates in Chinese numerals, as official documents sign them."""
    for match in _HAN.finditer(text):
        year = "".join(str(_DIGITS.index(char)) if char in _DIGITS else "0" for char in match[1])
        found = _possible_day(int(year), _number(match[2]), _number(match[3]))
        if found:
            yield found


def _number(text: str) -> int:
    """十一 -> 11, 二十 -> 20, 元 -> 1."""
    if text == "元":
        return 1
    tens, ten, ones = text.rpartition("十")
    return (10 * (_DIGITS.index(tens) if tens in _DIGITS and tens else 1) if ten else 0) + (
        _DIGITS.index(ones) if ones else 0
    )


def _of_this_year(form: re.Pattern[str], text: str, today: datetime | date | None) -> Iterator[datetime | date]:
    """Yield dates without a year: the last such day that is not after tomorrow."""
    if today is None:
        return
    latest = day_of(today) + timedelta(days=1)
    for match in form.finditer(text):
        for year in (latest.year, latest.year - 1):
            day = _possible_day(year, int(match["month"]), int(match["day"]))
            if day and day <= latest:
                yield _at(day, match)
                break


def _relative(text: str, today: datetime | date | None) -> Iterator[datetime | date]:
    """Yield what 昨天, 3天前, 3小时前 and 刚刚 mean; a span of hours needs the moment, one of days only the day."""
    if today is None or _SPOKEN.search(text):  # 昨天，他……: a sentence, not a date line
        return
    if named := _NAMED_DAY.search(text):
        yield _at(day_of(today) - timedelta(days=_DAY_NAMES[named["name"]]), named)
    if _NOW.search(text):
        yield today
    if ago := _AGO.search(text):
        number = 0.5 if ago[1] == "半" else float(ago[1]) if ago[1].isdecimal() else _number(ago[1].replace("两", "二"))
        unit = ago[2].removeprefix("个")
        if unit in ("天", "日", "周", "星期"):
            yield day_of(today) - timedelta(days=int(number * (1 if unit in ("天", "日") else 7)))
        elif isinstance(today, datetime):
            seconds = {"秒": 1, "分钟": 60, "小时": 3600}[unit]
            yield today - timedelta(seconds=number * seconds)
