"""Readings between issues, and when there is something to do next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.model import Schedule
from digest.schedule.due import due, next_moment, reading_slot
from digest.schedule.moments import instant
from digest.schedule.timetable import Timetable
from tests.schedule.spans import slots_between
from tests.schedule.strategies import moments, timetables

SHANGHAI = ZoneInfo("Asia/Shanghai")
A_MOMENT = timedelta(microseconds=1)
ago = st.one_of(st.none(), st.integers(-3000, 60 * 24 * 20))


def at(text: str) -> datetime:
    """A moment by the clock of Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("days", "now", "last", "reading"),
    [
        ("workdays", "2026-11-21T07:59", "2026-11-20T08:00", None),  # Saturday, too early
        ("workdays", "2026-11-21T08:05", "2026-11-20T08:00", "21 08:00"),
        ("workdays", "2026-11-21T23:00", "2026-11-21T08:00", None),
        ("weekly:mon", "2026-11-26T09:00", "2026-11-23T08:00", "26 08:00"),  # the days between are one reading
        ("daily", "2026-11-23T08:00", "2026-11-22T08:00", "23 08:00"),
        ("0 16 * * 1", "2026-11-26T15:00", "2026-11-23T16:00", "25 16:00"),
        (
            "0 8,16 * * 1-5",
            "2026-11-21T17:00",
            "2026-11-20T16:00",
            "21 16:00",
        ),  # a cron line: the time of its last slot
        ("0 8 29 2 *", "2026-11-21T17:00", "2026-11-20T08:00", "21 08:00"),
        ("workdays", "2026-11-21T09:00", None, "21 08:00"),
        ("workdays", "2026-11-21T07:00", None, None),
        ("workdays", "2026-11-21T09:00", "2026-12-01T08:00", None),  # the clock was set back
    ],
)
def test_sources_are_read_at_the_same_time_on_every_day(
    days: str, now: str, last: str | None, reading: str | None
) -> None:
    """Also on the days without an issue, once, so that nothing rolls off a short list."""
    found = reading_slot(Timetable(Schedule(days), SHANGHAI), at(now), at(last) if last else None)
    assert (f"{found:%d %H:%M}" if found else None) == reading


@given(timetables, moments, ago, ago)
@settings(max_examples=80, deadline=None)
@example(Timetable(Schedule("0 */6 * * *", ()), SHANGHAI), datetime(2026, 3, 29, 1, tzinfo=UTC), -180, 0)
def test_there_is_something_to_do_at_that_moment_and_not_before(
    timetable: Timetable, now: datetime, minutes: int | None, minutes_read: int | None
) -> None:
    """A moment that has come means an issue, a skip or a reading is due; until one that has not nothing is.

    Only in the second of two hours somebody may wake in vain, while `last` lies in the future.
    """
    last = now - timedelta(minutes=minutes) if minutes is not None else None
    read = now - timedelta(minutes=minutes_read) if minutes_read is not None else None

    def has_work(moment: datetime) -> bool:
        return bool(due(timetable, moment, last)) or reading_slot(timetable, moment, read or last) is not None

    moment = next_moment(timetable, now, last, read)
    assert has_work(now) == (instant(moment) <= now)
    if instant(moment) > now:
        assert has_work(moment) or moment.fold
        assert not has_work(instant(moment) - A_MOMENT)


@given(timetables, moments)
@settings(max_examples=40, deadline=None)
def test_going_from_moment_to_moment_meets_every_slot(timetable: Timetable, now: datetime) -> None:
    """Who wakes only when there is something to do composes each slot at its time, and reads at least once a day."""
    start = timetable.latest(now)
    last, read, moments_met = start, now, [now]
    composed: list[datetime] = []
    for _ in range(12):
        moment = next_moment(timetable, moments_met[-1], last, read)
        found = due(timetable, moment, last)
        composed += found.slots
        last, read = (found.slots or (last,))[-1], moment
        moments_met.append(moment)
    assert all(
        timedelta() < instant(later) - instant(one) < timedelta(hours=50) for one, later in pairwise(moments_met)
    )
    assert tuple(composed) == slots_between(timetable, now, moments_met[-1])


def test_an_issue_that_could_not_be_composed_stays_due() -> None:
    """The sources were read for today, but the last slot is still yesterday's: at once, not tomorrow."""
    timetable = Timetable(Schedule(), SHANGHAI)
    now, yesterday, today = at("2026-11-23T08:05"), at("2026-11-22T08:00"), at("2026-11-23T08:00")
    assert next_moment(timetable, now, yesterday, today) == today
    assert next_moment(timetable, now, today, today) == at("2026-11-24T08:00")


def test_sources_are_read_also_where_the_issue_was_skipped() -> None:
    """An issue that came too late is settled, but its articles are not to be lost."""
    timetable = Timetable(Schedule(catch_up="skip"), SHANGHAI)
    now, today = at("2026-11-23T10:00"), at("2026-11-23T08:00")
    assert next_moment(timetable, now, today, at("2026-11-22T08:00")) == today
    assert reading_slot(timetable, now, at("2026-11-22T08:00")) == today
