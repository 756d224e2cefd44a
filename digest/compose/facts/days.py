"""The days that an official document names, whole or without their year, and what they come to."""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from digest.compose.facts.numerals import HAN_DIGIT, ZEROS, read_number, read_year

_YEAR = rf"(?P<year>(?:19|20)\s?\d\s?\d|(?:中华)?民国\s?\d{{2,3}}|[一二][{ZEROS}{HAN_DIGIT}]{{3}})"
_MONTH = r"(?P<month>1\s?[0-2]|0?[1-9]|十[一二]?|[元正一二三四五六七八九])"
_DAY = rf"(?P<day>3\s?[01]|[12]\s?\d|0?[1-9]|三十一?|[二廿]?十?[{HAN_DIGIT}]|二?十)"
_WRITTEN = re.compile(
    rf"(?<![\d年第])(?:(?:{_YEAR}\s?年|(?P<relative>今年|明年|本年|次年|去年|当年|同年))\s{{0,2}})?"
    rf"{_MONTH}\s?月(?:份\s?)?(?:\s{{0,2}}(?:{_DAY}\s?[日号](?!令|文|公告|通告)|(?P<last>底|末)|(?P<first>(?=起|正式|开始)|1?初(?=起))))"
)
_NUMERIC = re.compile(
    r"(?<![\d./-])(?P<year>(?:19|20)\d\d)\s?(?P<sign>[-/.])\s?(?P<month>1[0-2]|0?[1-9])\s?(?P=sign)\s?"
    r"(?P<day>3[01]|[12]\d|0?[1-9])(?![\d/-]|\.\d)"
)
_TO_DAY = re.compile(r"\s?(?:\([^()\n]{1,8}\)\s?)?(?:至|到|-{1,2}|~)\s?(?P<day>3[01]|[12]\d|0?[1-9])\s?日")
_RELATIVE = {"今年": 0, "本年": 0, "明年": 1, "次年": 1, "去年": -1}
_HALF_YEAR, _LOOK_BACK = 183, 62
_SPAN = 24
_YEAR_CHARS, _DAY_CHARS = 18, 14
_MOST = 600


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it is printed at `start` to `end`; `year` is None where the text leaves it out.

    `relative` counts from this year (明年 is 1), `same` is the year of the day before it (同年), and a whole month
    has the day that matters: 6月底 its last, 1月起 its first.  `until` says that it ends a span (5月6日至6月5日).
    """

    start: int
    end: int
    year: int | None
    month: int
    day: int
    relative: int | None = None
    same: bool = False
    until: bool = False

    @property
    def whole(self) -> date | None:
        """The day where its year is printed and it exists."""
        return possible_day(self.year, self.month, self.day) if self.year else None


def possible_day(year: int, month: int, day: int) -> date | None:
    """Return the day, the month's last where `day` is 0, or None where there is none such."""
    try:
        return date(year, month, day or monthrange(year, month)[1])
    except ValueError:
        return None


def find_days(plain: str) -> tuple[Day, ...]:
    """Return the days that `plain` names, in order; of a list without end, the first ones."""
    days = sorted((*_written_days(plain), *_numeric_days(plain)), key=lambda day: day.start)
    return tuple(days)


def _written_days(plain: str) -> Iterator[Day]:
    for match in islice(_around_months(plain), _MOST):
        month = read_number(match["month"])
        day = read_number(match["day"]) if match["day"] else int(match["first"] is not None)
        if month is None or day is None:
            continue
        year = _year(match["year"]) if match["year"] else None
        relative = _RELATIVE.get(match["relative"] or "")
        same = match["relative"] in ("当年", "同年")
        until = plain[max(0, match.start() - 3) : match.start()].rstrip().endswith(("至", "到", "-", "~"))
        yield Day(match.start(), match.end(), year, month, day, relative, same, until)
        last = _TO_DAY.match(plain, match.end())
        if last:
            yield Day(last.start("day"), last.end(), year, month, int(last["day"]), relative, same)


def _around_months(plain: str) -> Iterator[re.Match[str]]:
    """Yield what is written around each 月: to look nowhere else makes it twenty times as fast."""
    done = 0
    month = plain.find("月")
    while month >= 0:
        match = _WRITTEN.search(plain, max(done, month - _YEAR_CHARS), month + _DAY_CHARS)
        if match:
            done = match.end()
            yield match
        month = plain.find("月", max(month + 1, done))


def _year(text: str) -> int:
    """The year of four digits, or of the republic's count: 民国112年 is 2023."""
    counted = text.rpartition("民国")[2] if "民国" in text else ""
    return int(counted) + 1911 if counted else read_year(text)


def _numeric_days(plain: str) -> Iterator[Day]:
    for match in islice(_NUMERIC.finditer(plain), _MOST):
        yield Day(match.start(), match.end(), int(match["year"]), int(match["month"]), int(match["day"]))


@dataclass(frozen=True)
class Calendar:
    """The days of a text, and from where the year of those without one comes.

    `anchors` are the days the document is known to be of, the surest first; `year` is what all of it agrees on.
    """

    days: Sequence[Day]
    anchors: tuple[date, ...] = ()
    year: int | None = None

    def resolve(self, day: Day, *, ahead: bool, reach: int = 60) -> date | None:
        """Return what a printed day comes to, or None where its year is not certain.

        `ahead` says that it lies after the day of the document (a deadline), else before (发布).  The whole day that a
        span begins with lends its year (2023年5月6日至6月5日); without a day the document is of, so does one not more
        than `reach` characters before.
        """
        if day.year:
            return day.whole
        if day.relative is not None:
            return possible_day(self.anchors[0].year + day.relative, day.month, day.day) if self.anchors else None
        if (day.until or day.same) and (lender := self.whole_before(day.start, 10_000 if day.same else _SPAN)):
            found = possible_day(lender.year, day.month, day.day)
            return possible_day(lender.year + 1, day.month, day.day) if found and found < lender and ahead else found
        if self.anchors:
            return _near(self.anchors[0], day, ahead=ahead)
        year = lender.year if (lender := self.whole_before(day.start, reach)) else self.year
        return possible_day(year, day.month, day.day) if year else None

    def at(self, place: int) -> Day | None:
        """Return the day printed at a place."""
        index = bisect_left(self.days, place, key=lambda day: day.start)
        return self.days[index] if index < len(self.days) and self.days[index].start == place else None

    def within(self, start: int, end: int) -> tuple[Day, ...]:
        """Return the days printed between two places."""
        first = bisect_left(self.days, start, key=lambda day: day.start)
        found = []
        for day in self.days[first:]:
            if day.start >= end:
                break
            found.append(day)
        return tuple(found)

    def whole_before(self, place: int, reach: int) -> date | None:
        """Return the last whole day that ends at most `reach` characters before a place."""
        for day in reversed(self.within(max(0, place - reach), place)):
            if day.whole and day.end <= place:
                return day.whole
        return None


def _near(anchor: date, day: Day, *, ahead: bool) -> date | None:
    """The day in the anchor's year, or next to it where it would lie half a year on the wrong side; None in between."""
    found = possible_day(anchor.year, day.month, day.day)
    if found is None:
        return None
    wrong = (anchor - found).days if ahead else (found - anchor).days
    if wrong > _HALF_YEAR:
        return possible_day(anchor.year + (1 if ahead else -1), day.month, day.day)
    return found if wrong <= _LOOK_BACK else None
