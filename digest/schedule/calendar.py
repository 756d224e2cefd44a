"""Which days an office works: by the State Council's holidays and the weekends worked for them (调休), or another's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from digest.schedule import countries

MOST_WORKDAYS = 2_600
"""The longest time that is counted in workdays, about ten years; a longer one is a misreading."""

ANNOUNCED = 11
"""The month in which the State Council announces the holidays of the coming year."""

TAKEN_OVER = 5
"""So many own days of a year stand for its notice."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The workdays of a country, and what an office does otherwise: its own `holidays` and `workdays` win.

    China's official days of a year are announced late in the year before.  Where they are not known (`knows`), Monday
    to Friday are workdays.  `country` is a code such as HK or DE-BY.  Raises ValueError for a day that is to be both,
    and, when it is asked for a day, for a country that is not known.
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    country: str = "CN"

    def __post_init__(self) -> None:
        if both := sorted(self.holidays & self.workdays):
            raise ValueError(f"{', '.join(map(str, both))}: cannot be a holiday and a workday")

    def is_workday(self, day: date) -> bool:
        """Return whether the office works on `day`."""
        if day in self.workdays:
            return True
        if day in self.holidays:
            return False
        official = self._official(day.year)
        return day.weekday() < 5 if official is None else day in official

    def knows(self, year: int) -> bool:
        """Return whether the days of `year` are known, officially or from the office; else its weekdays stand in.

        Who has written a few days of it (`TAKEN_OVER`) has taken the notice over; one day is an office's own holiday.
        """
        own = sum(day.year == year for day in self.holidays | self.workdays)
        return own >= TAKEN_OVER or self._official(year) is not None

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

    def _official(self, year: int) -> frozenset[date] | None:
        return _chinese_workdays(year) if self.country == "CN" else countries.workdays_of(self.country, year)


def unknown_year(calendar: WorkCalendar, day: date) -> int | None:
    """Return the year whose workdays should be known on `day` and are not: its own, and from November on the next."""
    years = (day.year, day.year + 1) if day.month >= ANNOUNCED else (day.year,)
    return next((year for year in years if not calendar.knows(year)), None)


def calendar_warning(calendar: WorkCalendar, day: date) -> str:
    """Return what to say on `day` of a year whose workdays are not known, and the remedy; nothing where all are."""
    year = unknown_year(calendar, day)
    if year is None:
        return ""
    newer = "chinesecalendar" if calendar.country == "CN" else "holidays"
    return (
        f"the holidays of {year} are not known, so Monday to Friday count as workdays: "
        f"run `pip install --upgrade {newer}`, or write the days of {year} as holidays and workdays under [calendar]"
    )


@cache
def _chinese_workdays(year: int) -> frozenset[date] | None:
    """The workdays of a year as announced, or None where the library does not know them (yet)."""
    import chinese_calendar

    try:
        return frozenset(chinese_calendar.get_workdays(date(year, 1, 1), date(year, 12, 31)))
    except NotImplementedError:
        return None


def _days(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
