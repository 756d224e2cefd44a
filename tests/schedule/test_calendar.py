"""Workdays: the official ones, the office's own, and how they are counted."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.schedule.calendar import MOST_WORKDAYS, WorkCalendar

OFFICIAL = WorkCalendar()
days = st.dates(date(2005, 1, 1), date(2030, 12, 31))
sets_of_days = st.frozensets(st.dates(date(2025, 12, 1), date(2027, 2, 28)), max_size=20)
calendars = st.builds(lambda off, on: WorkCalendar(off - on, on), sets_of_days, sets_of_days)
near = st.dates(date(2025, 11, 1), date(2027, 3, 31))


def test_the_spring_festival_of_2026_is_nine_days_long() -> None:
    """15 to 23 February are free, the Saturdays before and after are worked for it."""
    feast = [date(2026, 2, day) for day in range(15, 24)]
    assert [day for day in feast if OFFICIAL.is_workday(day)] == []
    assert OFFICIAL.is_workday(date(2026, 2, 14))
    assert OFFICIAL.is_workday(date(2026, 2, 28))
    assert OFFICIAL.after(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert OFFICIAL.after(date(2026, 2, 14), 1) == date(2026, 2, 24)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 1), False),  # 元旦, a Thursday
        (date(2026, 1, 4), True),  # the Sunday worked for it
        (date(2026, 1, 10), False),  # an ordinary Saturday
        (date(2026, 4, 6), False),  # 清明, a Monday
        (date(2026, 5, 9), True),  # the Saturday worked for 劳动节
        (date(2026, 6, 19), False),  # 端午, a Friday
        (date(2026, 9, 20), True),  # the Sunday worked for 国庆
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # and the Saturday
        (date(2020, 1, 31), False),  # the Spring Festival that was made longer
        (date(2024, 12, 31), True),
    ],
)
def test_holidays_and_the_days_worked_for_them_are_known(day: date, works: bool) -> None:
    """The announced days count, not the days of the week."""
    assert OFFICIAL.is_workday(day) is works


def test_an_unannounced_year_has_workdays_from_monday_to_friday() -> None:
    """Far from what is announced even New Year's Day, a Saturday or not, goes by its weekday; and `knows` says so."""
    assert OFFICIAL.knows(2026)
    assert not OFFICIAL.knows(2090)
    assert not OFFICIAL.knows(1990)
    week = [OFFICIAL.is_workday(date(2090, 1, 2) + timedelta(days=day)) for day in range(7)]
    assert week == [True] * 5 + [False] * 2
    assert OFFICIAL.between(date(1990, 1, 1), date(1990, 1, 7)) == 5


@given(calendars, near)
@settings(deadline=None)
def test_the_office_has_the_last_word(calendar: WorkCalendar, day: date) -> None:
    """A day it lists is as it says; any other is as it is officially."""
    expected = day in calendar.workdays or (day not in calendar.holidays and OFFICIAL.is_workday(day))
    assert calendar.is_workday(day) is expected


@given(sets_of_days.filter(bool))
@settings(deadline=None, max_examples=30)
def test_no_day_is_both(both: frozenset[date]) -> None:
    """A day that is listed as holiday and as workday is refused, and named."""
    with pytest.raises(ValueError, match=str(min(both))):
        WorkCalendar(both, both)


@given(calendars, near, st.integers(1, 60))
@settings(deadline=None)
def test_counting_forward_and_counting_between_agree(calendar: WorkCalendar, day: date, count: int) -> None:
    """The count-th workday after a day is a workday, later, with exactly that many up to it."""
    reached = calendar.after(day, count)
    assert calendar.is_workday(reached)
    assert calendar.between(day + timedelta(days=1), reached) == count
    assert calendar.between(day + timedelta(days=1), reached - timedelta(days=1)) == count - 1


@given(calendars, near, st.integers(1, 30), st.integers(1, 30))
@settings(deadline=None)
def test_one_stretch_after_another_is_both_together(calendar: WorkCalendar, day: date, one: int, two: int) -> None:
    """Five workdays after the third one after a day is the eighth after it."""
    assert calendar.after(calendar.after(day, one), two) == calendar.after(day, one + two)


@given(calendars, near, near, near)
@settings(deadline=None, max_examples=50)
def test_a_stretch_is_the_sum_of_its_parts(calendar: WorkCalendar, one: date, two: date, three: date) -> None:
    """Cut anywhere, the parts have together what the whole has; a stretch that ends before it begins has none."""
    first, middle, last = sorted((one, two, three))
    parts = calendar.between(first, middle) + calendar.between(middle + timedelta(days=1), last)
    assert calendar.between(first, last) == parts
    assert calendar.between(last + timedelta(days=1), first) == 0
    assert 0 <= parts <= (last - first).days + 1


@given(days)
@settings(deadline=None)
def test_every_year_leaves_most_of_its_days_for_work(day: date) -> None:
    """Any year, announced or not, has between 240 and 262 workdays, and no more than ten free days together."""
    year = OFFICIAL.between(date(day.year, 1, 1), date(day.year, 12, 31))
    assert 240 <= year <= 262
    assert OFFICIAL.after(day, 1) - day <= timedelta(days=11)


@pytest.mark.parametrize("count", [0, -1, MOST_WORKDAYS + 1, 10**12])
def test_only_sensible_numbers_of_workdays_are_counted(count: int) -> None:
    """Nothing is the zeroth workday after a day, and a number from a misread text does not count for minutes."""
    with pytest.raises(ValueError, match="can be counted"):
        OFFICIAL.after(date(2026, 1, 1), count)


def test_the_tables_are_loaded_only_when_asked() -> None:
    """Who only needs the module, to configure it, does not pay for the library."""
    script = (
        "import sys; from digest.schedule.calendar import WorkCalendar; WorkCalendar()\n"
        "print('chinese_calendar' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
