"""The slots of every kind of schedule, whatever the clocks of a zone do."""

from __future__ import annotations

import subprocess
import sys
import timeit
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Schedule
from digest.model.schedule import WEEKDAYS
from digest.schedule.calendar import WorkCalendar
from digest.schedule.moments import instant
from digest.schedule.timetable import Timetable
from tests.schedule.spans import slots_between
from tests.schedule.strategies import moments, office_schedules, timetables, zones

A_MOMENT = timedelta(microseconds=1)


@given(timetables, moments)
@settings(max_examples=80, deadline=None)
def test_now_lies_between_two_slots_and_there_is_none_between_them(timetable: Timetable, now: datetime) -> None:
    """The latest slot is not after now, the following one is, and from the one the other is next, both ways."""
    latest, following = timetable.latest(now), timetable.following(now)
    assert latest is not None
    assert following is not None
    assert instant(latest) <= now < instant(following)
    assert timetable.following(latest) == following
    assert timetable.latest(instant(following) - A_MOMENT) == latest
    assert timetable.latest(following) == following
    assert timetable.following(instant(following) - A_MOMENT) == following


@given(timetables, moments, st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_slots_come_once_and_in_order_forwards_and_backwards(timetable: Timetable, now: datetime, count: int) -> None:
    """What follows one by one is what comes after at once, what lies between, and what was before when it is over."""
    coming = list(islice(timetable.after(now), count))
    assert len(coming) == count
    assert all(instant(one) < instant(other) for one, other in pairwise(coming))
    step = now
    for slot in coming:
        following = timetable.following(step)
        assert following == slot
        step = following
    assert slots_between(timetable, now, step) == tuple(coming)
    assert list(islice(timetable.before(step), count)) == coming[::-1]


@given(timetables, moments, zones, st.integers(0, 90))
@settings(max_examples=40, deadline=None)
def test_a_stretch_is_its_parts_by_any_clock(timetable: Timetable, now: datetime, told: str, days: int) -> None:
    """Cut anywhere and told in any zone, the parts have together the slots that the whole has."""
    end = now + timedelta(days=days)
    cut = now + (end - now) / 3
    parts = slots_between(timetable, now, cut.astimezone(ZoneInfo(told))) + slots_between(
        timetable, cut.astimezone(ZoneInfo(told)), end
    )
    assert parts == slots_between(timetable, now, end)


@given(office_schedules, zones, moments, st.integers(1, 60))
@settings(max_examples=80, deadline=None)
def test_slots_are_the_times_of_the_days_it_falls_on(schedule: Schedule, zone: str, now: datetime, days: int) -> None:
    """Counted day by day and time by time, there are just as many, at the same moments."""
    timetable, until = Timetable(schedule, ZoneInfo(zone)), now + timedelta(days=days)
    first = now.date() - timedelta(days=2)
    wanted = {
        datetime.combine(day, time.fromisoformat(at), ZoneInfo(zone)).astimezone(UTC)
        for day in (first + timedelta(days=number) for number in range(days + 5))
        for at in schedule.times
        if falls_on(schedule.days, day)
    }
    found = [instant(slot) for slot in slots_between(timetable, now, until)]
    assert found == sorted(moment for moment in wanted if now < moment <= until)


def falls_on(days: str, day: date) -> bool:
    """Whether a schedule of whole days means that day, by its words."""
    if days == "workdays":
        return WorkCalendar().is_workday(day)
    return days == "daily" or day.strftime("%a").lower() in days.removeprefix("weekly:")


def test_two_times_that_a_clock_change_puts_together_are_one_slot() -> None:
    """On the night of the change 02:30 comes at 03:30, where 03:30 is due too: one issue, not two."""
    timetable = Timetable(Schedule(times=("02:30", "03:30")), ZoneInfo("Europe/Berlin"))
    night = slots_between(timetable, datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 30, 12, tzinfo=UTC))
    assert [f"{slot:%d %H:%M}" for slot in night] == ["29 03:30", "30 02:30", "30 03:30"]


def test_a_slot_that_the_clock_moves_over_midnight_is_not_lost() -> None:
    """In Nuuk Saturday's 23:30 is skipped and comes on Sunday at 00:30; at 00:10 it is still to come."""
    timetable = Timetable(Schedule("weekly:sat", ("23:30",)), ZoneInfo("America/Nuuk"))
    slot = timetable.following(datetime(2026, 3, 29, 0, 10, tzinfo=ZoneInfo("America/Nuuk")))
    assert slot is not None
    assert slot.isoformat() == "2026-03-29T00:30:00-01:00"


def test_a_slot_that_is_moved_past_the_next_days_first_loses_neither() -> None:
    """Saturday's 23:01 comes on Sunday at 00:01, a minute after Sunday's 00:00."""
    timetable = Timetable(Schedule(times=("00:00", "23:01")), ZoneInfo("America/Nuuk"))
    slots = slots_between(timetable, datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 30, 12, tzinfo=UTC))
    assert [f"{slot:%d %H:%M}" for slot in slots] == ["29 00:00", "29 00:01", "29 23:01", "30 00:00"]
    last = timetable.latest(slots[1])
    assert last == slots[1]
    assert timetable.latest(slots[1] - timedelta(seconds=1)) == slots[0]


def test_a_midnight_that_passed_before_the_clock_went_back_over_it_is_the_latest_slot() -> None:
    """In St. John's of 2010 Sunday began, and a minute later it was Saturday 23:01 again: the slot of 00:00 is past."""
    timetable = Timetable(Schedule(times=("00:00",)), ZoneInfo("America/St_Johns"))
    slot = timetable.latest(datetime(2010, 11, 7, 2, 45, tzinfo=UTC))
    assert slot is not None
    assert slot.isoformat() == "2010-11-07T00:00:00-02:30"


def test_workdays_leave_out_holidays_and_take_the_weekends_worked_for_them() -> None:
    """Around 国庆 of 2026: after 30 September 8 October, and then Saturday the 10th."""
    timetable = Timetable(Schedule("workdays"), ZoneInfo("Asia/Shanghai"))
    slots = slots_between(timetable, datetime(2026, 9, 29, tzinfo=UTC), datetime(2026, 10, 13, tzinfo=UTC))
    assert [f"{slot:%m-%d}" for slot in slots] == ["09-30", "10-08", "10-09", "10-10", "10-12", "10-13"]


def test_an_office_that_never_works_has_no_slots() -> None:
    """A search that finds nothing for more than a year ends, and says so."""
    off = frozenset(date(2026, 1, 1) + timedelta(days=number) for number in range(1500))
    timetable = Timetable(Schedule("workdays"), ZoneInfo("Asia/Shanghai"), WorkCalendar(holidays=off))
    assert timetable.following(datetime(2026, 1, 10, tzinfo=UTC)) is None
    assert timetable.latest(datetime(2028, 1, 10, tzinfo=UTC)) is None


@pytest.mark.parametrize("weekday", WEEKDAYS)
def test_a_weekly_edition_comes_on_its_day(weekday: str) -> None:
    """Fifty-two or fifty-three times a year, always on that day, a week apart."""
    timetable = Timetable(Schedule(f"weekly:{weekday}"), ZoneInfo("Asia/Shanghai"))
    slots = slots_between(timetable, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert {f"{slot:%a}".lower() for slot in slots} == {weekday}
    assert {later - slot for slot, later in pairwise(slots)} == {timedelta(days=7)}
    assert len(slots) in {52, 53}


@pytest.mark.parametrize(
    ("days", "loaded"),
    [("daily", []), ("weekly:mon,thu", []), ("0 8 * * 1-5", ["cronsim"]), ("workdays", ["chinese_calendar"])],
)
def test_each_schedule_loads_only_the_library_it_needs(days: str, loaded: list[str]) -> None:
    """A daily edition pays neither for holidays nor for cron lines."""
    script = (
        "import sys; from datetime import *; from zoneinfo import ZoneInfo; from digest.model import Schedule\n"
        "from digest.schedule.due import next_moment; from digest.schedule.timetable import Timetable\n"
        f"table, now = Timetable(Schedule({days!r}), ZoneInfo('Asia/Shanghai')), datetime(2026, 11, 20, tzinfo=UTC)\n"
        "table.following(now), table.latest(now), next_moment(table, now, now)\n"
        "print(*sorted({'chinese_calendar', 'holidays', 'cronsim', 'difflib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == loaded


@pytest.mark.parametrize("days", ["daily", "workdays", "weekly:mon", "0 8 * * 1-5", "0 8 29 2 *"])
def test_a_slot_is_found_at_once(days: str) -> None:
    """The latest and the following slot are looked up every minute by the daemon: a millisecond or so each."""
    timetable, now = Timetable(Schedule(days), ZoneInfo("Europe/Berlin")), datetime(2026, 11, 20, 9, tzinfo=UTC)
    for find in (timetable.latest, timetable.following):
        find(now)  # the first call loads the library
        fastest = min(timeit.repeat(lambda find=find: find(now), timer=process_time, number=5, repeat=5)) / 5  # type: ignore[misc]
        assert fastest < 0.003
