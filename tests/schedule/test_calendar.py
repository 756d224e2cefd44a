"""Workdays: the official ones, the office's own, and how they are counted."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.schedule.calendar import MOST_WORKDAYS, WorkCalendar, calendar_warning, unknown_year
from digest.schedule.countries import check_country
from tests.schedule.spans import count_workdays

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
    assert count_workdays(OFFICIAL, date(1990, 1, 1), date(1990, 1, 7)) == 5


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
    assert count_workdays(calendar, day + timedelta(days=1), reached) == count
    assert count_workdays(calendar, day + timedelta(days=1), reached - timedelta(days=1)) == count - 1


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
    parts = count_workdays(calendar, first, middle) + count_workdays(calendar, middle + timedelta(days=1), last)
    assert count_workdays(calendar, first, last) == parts
    assert count_workdays(calendar, last + timedelta(days=1), first) == 0
    assert 0 <= parts <= (last - first).days + 1


@given(days)
@settings(deadline=None)
def test_every_year_leaves_most_of_its_days_for_work(day: date) -> None:
    """Any year, announced or not, has between 240 and 262 workdays, and no more than ten free days together."""
    year = count_workdays(OFFICIAL, date(day.year, 1, 1), date(day.year, 12, 31))
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


YEARS = {
    2024: (
        "01-01 02-10/02-17 04-04/04-06 05-01/05-05 06-10 09-15/09-17 10-01/10-07",
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ),
    2025: ("01-01 01-28/02-04 04-04/04-06 05-01/05-05 05-31/06-02 10-01/10-08", "01-26 02-08 04-27 09-28 10-11"),
    2026: (
        "01-01/01-03 02-15/02-23 04-04/04-06 05-01/05-05 06-19/06-21 09-25/09-27 10-01/10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}
"""What the State Council announced: the days off, and the weekends worked for them (调休)."""


@pytest.mark.parametrize("year", YEARS)
def test_every_day_of_the_announced_years_is_as_announced(year: int) -> None:
    """The days off are free, the weekends named are worked, and every other day goes by its weekday."""
    off, worked = YEARS[year]
    free = {day for span in off.split() for day in span_of(year, span)}
    made_up = {date.fromisoformat(f"{year}-{day}") for day in worked.split()}
    assert {day.weekday() for day in made_up} <= {5, 6}
    for day in span_of(year, "01-01/12-31"):
        assert OFFICIAL.is_workday(day) == (day in made_up or (day.weekday() < 5 and day not in free)), day


def span_of(year: int, span: str) -> list[date]:
    """The days of `02-10/02-17` or `01-01`."""
    first, _, last = span.partition("/")
    start, end = (date.fromisoformat(f"{year}-{day}") for day in (first, last or first))
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]


@pytest.mark.parametrize(
    ("day", "holidays", "year"),
    [
        ("2089-10-31", (), None),
        ("2089-11-01", (), 2090),
        ("2089-12-31", (), 2090),
        ("2089-12-31", ("2090-01-01",), 2090),  # one day is an office's own
        ("2089-12-31", tuple(f"2090-02-0{day}" for day in range(1, 6)), None),  # it has written the days itself
        ("2089-12-31", ("2089-10-03",), 2090),
    ],
)
def test_from_november_the_coming_year_should_be_known(day: str, holidays: tuple[str, ...], year: int | None) -> None:
    """Before that nobody can know it; days that the office itself names are enough, as those of 2089 are here."""
    own = frozenset({*(date(2089, 5, day) for day in range(1, 6)), *map(date.fromisoformat, holidays)})
    assert unknown_year(WorkCalendar(own), date.fromisoformat(day)) == year
    assert bool(calendar_warning(WorkCalendar(own), date.fromisoformat(day))) == (year is not None)


def test_a_year_that_is_not_known_is_told_at_any_time_with_the_remedy() -> None:
    """In March of an unannounced year the warning stands still, and says what counts and what to do."""
    words = calendar_warning(OFFICIAL, date(2090, 3, 1))
    assert words.startswith("the holidays of 2090 are not known, so Monday to Friday count as workdays: ")
    assert "`pip install --upgrade chinesecalendar`" in words
    assert "[calendar]" in words
    assert calendar_warning(OFFICIAL, date(2026, 3, 1)) == ""
    assert "`pip install --upgrade holidays`" in calendar_warning(WorkCalendar(country="HK"), date(2101, 3, 1))


@pytest.mark.parametrize(
    ("country", "day", "works"),
    [
        ("HK", date(2026, 7, 1), False),  # the day of the Special Administrative Region
        ("HK", date(2026, 10, 2), True),  # only one day for the National Day
        ("HK", date(2026, 11, 21), False),  # a Saturday
        ("SA", date(2026, 11, 20), False),  # a Friday
        ("SA", date(2026, 11, 22), True),  # a Sunday
        ("DE", date(2026, 6, 4), True),
        ("DE-BY", date(2026, 6, 4), False),  # Fronleichnam
        ("JP", date(2026, 5, 6), False),  # 振替休日
        ("TW", date(2025, 2, 8), True),  # 補班
        ("US", date(2026, 7, 3), False),  # Independence Day falls on a Saturday
        ("HK", date(2101, 7, 1), True),  # beyond what is known weekdays count
    ],
)
def test_other_countries_have_their_own_days(country: str, day: date, works: bool) -> None:
    """Their holidays, their weekends, and the parts of a country that differ."""
    assert WorkCalendar(country=country).is_workday(day) is works


def test_the_office_has_the_last_word_abroad_too() -> None:
    """What an office in Hong Kong lists counts as it does in China."""
    office = WorkCalendar(frozenset({date(2026, 11, 20)}), frozenset({date(2026, 7, 1)}), "HK")
    assert not office.is_workday(date(2026, 11, 20))
    assert office.is_workday(date(2026, 7, 1))
    assert office.knows(2030)
    assert not office.knows(2101)


@pytest.mark.parametrize(
    ("country", "remedy"),
    [
        ("hk", 'write "HK"'),
        ("China", 'write "CN"'),
        ("Hong Kong", 'write "HK"'),
        ("Germny", 'write "DE"'),
        ("DEU", 'write "DE"'),
        ("UK", 'write "GB"'),
        ("", 'write "CN"'),
        ("中国", 'write "CN"'),
        ("DE-XX", "write DE or one of DE-BB, DE-BE"),
        ("CN-BJ", 'write "CN"'),
        ("DE-", "write DE or one of DE-BB"),
    ],
)
def test_an_unknown_country_is_refused_with_the_nearest(country: str, remedy: str) -> None:
    """By its name, its longer code or a slip, for the configuration as for who asks for a day."""
    with pytest.raises(ValueError, match=remedy):
        check_country(country)
    with pytest.raises(ValueError, match=remedy):
        WorkCalendar(country=country).is_workday(date(2026, 11, 20))


@pytest.mark.parametrize("country", ["CN", "HK", "TW", "DE", "DE-BY", "US-CA"])
def test_a_known_country_is_taken(country: str) -> None:
    """A code of two letters, or one with its part; each has some three workdays in four in any year that is known."""
    check_country(country)
    assert 180 < count_workdays(WorkCalendar(country=country), date(2026, 1, 1), date(2026, 12, 31)) < 262
