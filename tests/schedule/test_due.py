"""Slots: one a calendar day, whatever the clocks of a zone do."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Schedule
from digest.schedule import due
from digest.schedule.timetable import Timetable

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")
zones = st.sampled_from(ZONES)
times = st.one_of(
    st.sampled_from(["00:00", "00:01", "01:30", "02:00", "02:15", "02:30", "03:00", "08:00", "23:59"]),
    st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59)),
)
moments = st.datetimes(datetime(1995, 1, 2), datetime(2037, 12, 30), timezones=st.just(UTC))
near_changes = st.builds(
    lambda day, minutes: day + timedelta(minutes=minutes),
    st.sampled_from(
        [
            datetime(2026, 3, 29, 1, tzinfo=UTC),  # Berlin goes from 02:00 to 03:00
            datetime(2026, 10, 25, 1, tzinfo=UTC),  # and from 03:00 back to 02:00
            datetime(2026, 3, 8, 7, tzinfo=UTC),  # New York
            datetime(2026, 11, 1, 6, tzinfo=UTC),
            datetime(2026, 10, 3, 15, 30, tzinfo=UTC),  # Lord Howe changes by half an hour
            datetime(2026, 4, 4, 15, tzinfo=UTC),
        ]
    ),
    st.integers(-1600, 1600),
)


def table(at: str, zone: str) -> Timetable:
    """Daily at that time."""
    return Timetable(Schedule(times=(at,)), ZoneInfo(zone))


def latest_slot(at: str, zone: str, now: datetime) -> datetime:
    """The last slot not after now, which a daily edition always has."""
    slot = table(at, zone).latest(now)
    assert slot is not None
    return slot


def next_slot(at: str, zone: str, now: datetime) -> datetime:
    """The first slot after now, which a daily edition always has."""
    slot = table(at, zone).following(now)
    assert slot is not None
    return slot


def due_slot(at: str, zone: str, now: datetime, last: datetime | None) -> datetime | None:
    """The slot that is due."""
    return due.due_slot(table(at, zone), now, last)


def instant(moment: datetime) -> datetime:
    """The moment in UTC, where comparing means what it says."""
    return moment.astimezone(UTC)


@given(times, zones, st.one_of(moments, near_changes))
@settings(max_examples=150)
def test_now_lies_between_two_slots(at: str, zone: str, now: datetime) -> None:
    """The latest slot is not after now, the next one is, and they are a calendar day apart."""
    latest, following = latest_slot(at, zone, now), next_slot(at, zone, now)
    assert instant(latest) <= now < instant(following)
    assert following.date() - latest.date() == timedelta(days=1)
    assert timedelta(hours=22) < instant(following) - instant(latest) < timedelta(hours=26)


@given(times, zones, st.one_of(moments, near_changes))
@settings(max_examples=150)
def test_slots_are_their_own_latest_and_lead_to_each_other(at: str, zone: str, now: datetime) -> None:
    """At a slot the slot is due; a microsecond before, it is still the next."""
    slot = next_slot(at, zone, now)
    assert instant(latest_slot(at, zone, slot)) == instant(slot)
    assert instant(next_slot(at, zone, instant(slot) - timedelta(microseconds=1))) == instant(slot)
    assert instant(next_slot(at, zone, slot)) > instant(slot)


@given(times, zones, st.one_of(moments, near_changes), zones)
@settings(max_examples=120)
def test_the_zone_in_which_now_is_told_makes_no_difference(at: str, zone: str, now: datetime, told: str) -> None:
    """The same moment by another clock, or by the edition's own, gives the same slots."""
    moment = now.astimezone(ZoneInfo(told))
    assert instant(latest_slot(at, zone, moment)) == instant(latest_slot(at, zone, now))
    assert instant(next_slot(at, zone, moment)) == instant(next_slot(at, zone, now))
    last = latest_slot(at, zone, now - timedelta(days=1))
    assert due_slot(at, zone, moment, last) == due_slot(at, zone, now, last)


@given(times, zones, st.one_of(moments, near_changes))
@settings(max_examples=120)
def test_a_slot_shows_the_time_asked_for_unless_the_clock_skips_it(at: str, zone: str, now: datetime) -> None:
    """A slot is at that time by its own clock, or later by what was skipped, and in the zone of the edition."""
    slot = latest_slot(at, zone, now)
    hour, minute = map(int, at.split(":"))
    off = timedelta(hours=slot.hour - hour, minutes=slot.minute - minute)
    assert slot.tzinfo is ZoneInfo(zone)
    assert off in {timedelta(), timedelta(minutes=30), timedelta(hours=1)}


@pytest.mark.parametrize(
    ("zone", "at", "day", "shown"),
    [
        ("Europe/Berlin", "02:30", (2026, 3, 29), "2026-03-29T03:30:00+02:00"),
        ("America/New_York", "02:00", (2026, 3, 8), "2026-03-08T03:00:00-04:00"),
        ("Australia/Lord_Howe", "02:15", (2026, 10, 4), "2026-10-04T02:45:00+11:00"),
        ("Europe/Berlin", "02:30", (2026, 10, 25), "2026-10-25T02:30:00+02:00"),
        ("America/New_York", "01:00", (2026, 11, 1), "2026-11-01T01:00:00-04:00"),
        ("Asia/Shanghai", "08:00", (2026, 11, 20), "2026-11-20T08:00:00+08:00"),
    ],
)
def test_a_skipped_time_comes_later_and_of_a_double_one_the_first_counts(
    zone: str, at: str, day: tuple[int, int, int], shown: str
) -> None:
    """02:30 on the night of the change is 03:30 in spring, and the first 02:30 in autumn."""
    evening = datetime(*day, 20, tzinfo=ZoneInfo(zone))
    assert latest_slot(at, zone, evening).isoformat() == shown


def test_the_hour_that_comes_twice_hides_no_slot() -> None:
    """At the second 02:10 the first 02:30 has passed, even when the clock that tells it is the edition's own."""
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=berlin)
    assert latest_slot("02:30", "Europe/Berlin", now).isoformat() == "2026-10-25T02:30:00+02:00"
    assert next_slot("02:30", "Europe/Berlin", now).isoformat() == "2026-10-26T02:30:00+01:00"
    yesterday = datetime(2026, 10, 24, 2, 30, tzinfo=berlin)
    assert due_slot("02:30", "Europe/Berlin", now, yesterday) is not None


@pytest.mark.parametrize(
    ("at", "now", "latest"),
    [
        ("23:59", "2026-11-20T23:58:59", "2026-11-19T23:59"),
        ("23:59", "2026-11-20T23:59:00", "2026-11-20T23:59"),
        ("23:59", "2026-11-21T00:01:00", "2026-11-20T23:59"),
        ("00:01", "2026-11-21T00:00:59", "2026-11-20T00:01"),
        ("00:01", "2026-11-21T00:01:00", "2026-11-21T00:01"),
        ("00:00", "2027-01-01T00:00:00", "2027-01-01T00:00"),
        ("08:00", "2028-02-29T09:00:00", "2028-02-29T08:00"),
    ],
)
def test_midnight_divides_the_days(at: str, now: str, latest: str) -> None:
    """To the second, over the ends of days, months and years."""
    moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    assert latest_slot(at, "Asia/Shanghai", moment).strftime("%Y-%m-%dT%H:%M") == latest


@given(times, zones, st.one_of(moments, near_changes))
@settings(max_examples=120)
def test_a_new_edition_starts_with_the_slot_of_today(at: str, zone: str, now: datetime) -> None:
    """Before its time nothing is due; after it today's slot is, and never yesterday's."""
    slot = due_slot(at, zone, now, None)
    today = now.astimezone(ZoneInfo(zone)).date()
    assert slot is None or (slot.date() == today and instant(slot) <= now)
    assert (slot is None) == (latest_slot(at, zone, now).date() < today)


@given(times, zones, st.one_of(moments, near_changes), st.integers(1, 40))
@settings(max_examples=120)
def test_what_was_missed_is_made_up_for_once(at: str, zone: str, now: datetime, days: int) -> None:
    """After days switched off the latest slot is due, and once it went out nothing is until the next."""
    last = latest_slot(at, zone, now - timedelta(days=days, hours=2))
    slot = due_slot(at, zone, now, last)
    assert slot == latest_slot(at, zone, now)
    assert due_slot(at, zone, now, slot) is None
    following = next_slot(at, zone, now)
    assert due_slot(at, zone, instant(following) - timedelta(seconds=1), slot) is None
    assert due_slot(at, zone, following, slot) == following


@given(times, zones, st.one_of(moments, near_changes), st.integers(0, 60 * 24 * 40))
@settings(max_examples=120)
def test_a_clock_set_back_sends_nothing_again(at: str, zone: str, now: datetime, minutes: int) -> None:
    """A slot that went out is not due again, nor is any before it, however far the clock goes back."""
    last = latest_slot(at, zone, now)
    assert due_slot(at, zone, now - timedelta(minutes=minutes), last) is None


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", ["00:01", "02:15", "02:30", "23:59"])
def test_calls_every_five_minutes_make_one_issue_a_day(zone: str, at: str) -> None:
    """Over eight months with both changes of the clock every calendar day has one issue, soon after its time."""
    now = datetime(2026, 3, 1, 12, 2, tzinfo=UTC)
    last: datetime | None = latest_slot(at, zone, now)
    issues: list[datetime] = []
    end, step = datetime(2026, 11, 10, tzinfo=UTC), timedelta(minutes=5)
    while now < end:
        slot = due_slot(at, zone, now, last)
        if slot is not None:
            issues.append(slot)
            assert now - instant(slot) < timedelta(minutes=5)
            last = slot
        # Only the hours around a slot can tell anything; the calls between are passed over in one step.
        idle = instant(next_slot(at, zone, now)) - timedelta(hours=2) - now
        now += max(1, idle // step) * step
    days = Counter(slot.date() for slot in issues)
    assert set(days.values()) == {1}
    assert len(days) == (max(days) - min(days)).days + 1 >= 250


def test_a_store_that_keeps_utc_agrees() -> None:
    """The last slot may come back from the database in UTC."""
    slot = latest_slot("08:00", "Asia/Shanghai", datetime(2026, 11, 20, 3, tzinfo=UTC))
    assert due_slot("08:00", "Asia/Shanghai", datetime(2026, 11, 20, 9, tzinfo=UTC), slot.astimezone(UTC)) is None
    later = due_slot("08:00", "Asia/Shanghai", datetime(2026, 11, 21, 0, tzinfo=UTC), slot.astimezone(UTC))
    assert later is not None
    assert later.isoformat() == "2026-11-21T08:00:00+08:00"
