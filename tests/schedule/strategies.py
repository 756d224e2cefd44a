"""Schedules, zones and moments to try the laws of the calendar on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from digest.model import Schedule
from digest.schedule.timetable import Timetable

ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # changes by half an hour
    "America/Nuuk",  # skips the hour before midnight
    "America/Havana",  # skips the hour after midnight
    "America/St_Johns",  # until 2011 its clock went back over midnight
    "Africa/Casablanca",  # changes four times a year
    "Pacific/Apia",  # skipped 30 December 2011
    "UTC",
)

CHANGES = (
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # Berlin, Nuuk
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 5, tzinfo=UTC),  # Havana, New York
    datetime(2026, 11, 1, 5, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),  # Lord Howe
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 2, 15, 2, tzinfo=UTC),  # Casablanca
    datetime(2026, 3, 22, 2, tzinfo=UTC),
    datetime(2010, 11, 7, 2, 31, tzinfo=UTC),  # St. John's
    datetime(2011, 12, 30, 10, tzinfo=UTC),  # Apia
)

DAYS = ("daily", "workdays", "weekly:mon", "weekly:thu,sat", "weekly:sat,sun")

CRON = (
    "0 8 * * *",
    "30 2 * * *",
    "0,30 2,3 * * *",
    "59 23 * * 6",
    "0 8,16 * * 1-5",
    "1 0 1,15 * *",
    "30 0 * * sun",
    "0 8 L * *",
    "15 23 * * 5L",
    "0 8 1 * mon",
    "0 */6 * * *",
    "*/20 1-3 * * *",
    "0 8 29 2 *",
)

zones = st.sampled_from(ZONES)
times = st.one_of(
    st.sampled_from(["00:00", "00:01", "00:30", "01:30", "02:00", "02:30", "03:30", "08:00", "23:30", "23:59"]),
    st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59)),
)
office_schedules = st.builds(
    Schedule, days=st.sampled_from(DAYS), times=st.lists(times, min_size=1, max_size=4).map(tuple)
)
cron_schedules = st.builds(Schedule, days=st.sampled_from(CRON), times=st.just(()))
schedules = st.one_of(office_schedules, cron_schedules)
timetables = st.builds(Timetable, schedules, zones.map(ZoneInfo))
moments = st.one_of(
    st.datetimes(datetime(2005, 1, 2), datetime(2036, 12, 30), timezones=st.just(UTC)),
    st.builds(
        lambda change, minutes: change + timedelta(minutes=minutes), st.sampled_from(CHANGES), st.integers(-4000, 4000)
    ),
    st.builds(
        lambda change, seconds: change + timedelta(seconds=seconds), st.sampled_from(CHANGES), st.integers(-4000, 4000)
    ),
)
