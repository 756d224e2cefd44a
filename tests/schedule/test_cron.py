"""Cron lines: their slots are those of the library, by the rules of Debian's cron when the clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from digest.model import Schedule
from digest.schedule.timetable import Timetable
from tests.schedule.spans import slots_between
from tests.schedule.strategies import CRON, moments, zones


def slots_of(line: str, zone: str, after: str, until: str) -> list[str]:
    """The slots between two moments, told by the clock of the zone."""
    place = ZoneInfo(zone)
    begin, end = (datetime.fromisoformat(text).replace(tzinfo=place) for text in (after, until))
    return [f"{slot:%d %H:%M%z}" for slot in slots_between(Timetable(Schedule(line, ()), place), begin, end)]


@given(st.sampled_from(CRON), zones, moments, st.integers(1, 40))
@settings(max_examples=80, deadline=None)
def test_slots_are_those_of_the_library(line: str, zone: str, now: datetime, days: int) -> None:
    """Each moment that cronsim finds with the zone's own clock, once, and no other.

    Where a clock changes by half an hour it walks past the full hours of a line with a star, and where one changes at
    00:01 (St. John's until 2011) it never ends; the law below has these.
    """
    assume(zone != "America/St_Johns")
    assume(zone != "Australia/Lord_Howe" or line[0] != "*" != line.split()[1][0])
    until = now + timedelta(days=days)
    theirs = CronSim(line, (now - timedelta(days=3)).astimezone(ZoneInfo(zone)))
    seen = takewhile(lambda moment: moment < until + timedelta(days=2), (slot.astimezone(UTC) for slot in theirs))
    ours = [slot.astimezone(UTC) for slot in slots_between(Timetable(Schedule(line, ()), ZoneInfo(zone)), now, until)]
    assert ours == sorted({moment for moment in seen if now < moment <= until})


@given(st.sampled_from([(0, 6), (20, 1), (30, 2)]), zones, moments)
@settings(max_examples=40, deadline=None)
@example((0, 6), "Australia/Lord_Howe", datetime(2024, 4, 6, tzinfo=UTC))
@example((20, 1), "America/St_Johns", datetime(2010, 11, 7, 2, 15, tzinfo=UTC))
def test_a_line_with_a_star_is_due_whenever_the_clock_shows_it(step: tuple[int, int], zone: str, now: datetime) -> None:
    """Minute by minute for a day and a half: every time that is shown, as often as it is, and none that is not."""
    minute, hours = step
    begin, place = now.replace(second=0, microsecond=0), ZoneInfo(zone)
    passing = [begin + timedelta(minutes=number) for number in range(1, 36 * 60)]
    shown = [(moment, moment.astimezone(place)) for moment in passing]
    timetable = Timetable(Schedule(f"{minute} */{hours} * * *", ()), place)
    ours = [slot.astimezone(UTC) for slot in slots_between(timetable, begin, passing[-1])]
    assert ours == [moment for moment, wall in shown if wall.minute == minute and wall.hour % hours == 0]


def test_a_fixed_time_comes_once_on_the_nights_of_the_change() -> None:
    """02:30 in Berlin: at 03:00 when it is skipped, at the first when there are two."""
    spring = slots_of("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00", "2026-03-30T12:00")
    assert spring == ["29 03:00+0200", "30 02:30+0200"]
    autumn = slots_of("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", "2026-10-26T12:00")
    assert autumn == ["25 02:30+0200", "26 02:30+0100"]


def test_a_time_with_a_star_goes_by_what_the_clock_shows() -> None:
    """Every hour is every hour that passes: one less in spring, one more in autumn."""
    spring = slots_of("0 * * * *", "Europe/Berlin", "2026-03-29T00:30", "2026-03-29T04:30")
    assert spring == ["29 01:00+0100", "29 03:00+0200", "29 04:00+0200"]
    autumn = slots_of("0 * * * *", "Europe/Berlin", "2026-10-25T01:30", "2026-10-25T03:30")
    assert autumn == ["25 02:00+0200", "25 02:00+0100", "25 03:00+0100"]


def test_times_that_a_change_puts_together_are_one_slot() -> None:
    """02:00 is skipped and comes at 03:00, where 03:00 is due too."""
    assert slots_of("0 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00", "2026-03-29T12:00") == ["29 03:00+0200"]


def test_a_day_in_four_years_is_found_both_ways() -> None:
    """29 February comes in leap years, and not in 2100."""
    timetable = Timetable(Schedule("0 8 29 2 *", ()), ZoneInfo("Asia/Shanghai"))
    years = [
        slot.year
        for slot in slots_between(timetable, datetime(2026, 1, 1, tzinfo=UTC), datetime(2110, 1, 1, tzinfo=UTC))
    ]
    assert years == [*range(2028, 2097, 4), 2104, 2108]
    latest = timetable.latest(datetime(2103, 1, 1, tzinfo=UTC))
    assert latest is not None
    assert latest.year == 2096


def test_days_of_the_month_and_of_the_week_are_either_as_in_cron() -> None:
    """The first and every Monday; where one begins with a star it is both."""
    assert slots_of("0 8 1 * mon", "UTC", "2026-09-28T12:00", "2026-10-13T12:00") == [
        "01 08:00+0000",
        "05 08:00+0000",
        "12 08:00+0000",
    ]
    assert slots_of("0 8 */2 * mon", "UTC", "2026-10-01T00:00", "2026-10-31T00:00") == [
        "05 08:00+0000",
        "19 08:00+0000",
    ]


@pytest.mark.parametrize("line", ["0 8 */31 * MON#2", "0 8 LW * */6"])
def test_a_line_that_never_comes_has_no_slots(line: str) -> None:
    """The 1st is never a second Monday, nor the last weekday of a month a Sunday: the search ends."""
    timetable = Timetable(Schedule(line, ()), ZoneInfo("Asia/Shanghai"))
    assert timetable.following(datetime(2026, 1, 1, tzinfo=UTC)) is None
    assert timetable.latest(datetime(2026, 1, 1, tzinfo=UTC)) is None
