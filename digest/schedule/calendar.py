"""Which days an office works: the holidays of the State Council and the weekends worked for them (调休)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

MOST_WORKDAYS = 2_600
"""The longest time that is counted in workdays, about ten years; a longer one is a misreading."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The workdays of mainland China, and what an office does otherwise: its own `holidays` and `workdays` win.

    The official days of a year are announced late in the year before.  Where they are not known (`knows`), Monday to
    Friday are workdays.  Raises ValueError for a day that is to be both.
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if both := sorted(self.holidays & self.workdays):
            raise ValueError(f"{', '.join(map(str, both))}: cannot be a holiday and a workday")

    def is_workday(self, day: date) -> bool:
        """Return whether the office works on `day`."""
        if day in self.workdays:
            return True
        if day in self.holidays:
            return False
        official = _official_workdays(day.year)
        return day.weekday() < 5 if official is None else day in official

    def knows(self, year: int) -> bool:
        """Return whether the official days of `year` are known; else its weekdays are taken for them."""
        return _official_workdays(year) is not None

    def after(self, day: date, count: int) -> date:
        """Return the `count`-th workday after `day`, which itself is not counted.

        Raises ValueError where `count` is not from 1 to 2,600, OverflowError where the calendar ends before.
        """
        if not 1 <= count <= MOST_WORKDAYS:
            raise ValueError(f"{count} workdays: from 1 to {MOST_WORKDAYS} can be counted")
        while count:
            day += _DAY
            count -= self.is_workday(day)
        return day

    def between(self, first: date, last: date) -> int:
        """Return how many workdays there are from `first` to `last`, both counted; 0 where `last` is before `first`."""
        return sum(self.is_workday(day) for day in _days(first, last))


@cache
def _official_workdays(year: int) -> frozenset[date] | None:
    """The workdays of a year as announced, or None where the library does not know them (yet)."""
    import chinese_calendar

    try:
        return frozenset(chinese_calendar.get_workdays(date(year, 1, 1), date(year, 12, 31)))
    except NotImplementedError:
        return None


def _days(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
