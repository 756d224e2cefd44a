"""Due slots: the moments an edition should go out, in its own time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def latest_slot(at: str, timezone: str, now: datetime) -> datetime:
    """Return the last moment not after `now` (aware) at which it was `at` (HH:MM) in `timezone`.

    A time that a clock change skips comes later by what is skipped (02:30 is 03:30 then); of a time that comes twice
    the first counts.
    """
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    slot = _slot(today, at, zone)
    return slot if _instant(slot) <= _instant(now) else _slot(today - timedelta(days=1), at, zone)


def next_slot(at: str, timezone: str, now: datetime) -> datetime:
    """Return the first such moment after `now`."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    slot = _slot(today, at, zone)
    return slot if _instant(slot) > _instant(now) else _slot(today + timedelta(days=1), at, zone)


def due_slot(at: str, timezone: str, now: datetime, last: datetime | None) -> datetime | None:
    """Return the slot to compose an issue for, or None when nothing is due.

    `last` is the slot of the last issue.  An edition that never went out starts with today's slot, not with
    yesterday's; one that was missed is made up for, once, by the latest.
    """
    slot = latest_slot(at, timezone, now)
    if last is not None:
        return slot if _instant(slot) > _instant(last) else None
    return slot if slot.date() == now.astimezone(ZoneInfo(timezone)).date() else None


def _slot(day: date, at: str, zone: ZoneInfo) -> datetime:
    hour, minute = map(int, at.split(":"))
    local = datetime.combine(day, time(hour, minute), zone)
    # Through UTC and back: a local time that never was becomes the one the clock really showed.
    return local.astimezone(UTC).astimezone(zone)


def _instant(moment: datetime) -> datetime:
    """The moment in UTC: Python compares two times of one zone by the hands of the clock, and some hours come twice."""
    return moment.astimezone(UTC)
