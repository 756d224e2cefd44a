"""What a local time means: the moment it names, on the nights when a clock skips an hour or shows one twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def instant(moment: datetime) -> datetime:
    """The moment in UTC: Python compares two times of one zone by the hands of the clock, and some hours come twice."""
    return moment.astimezone(UTC)


def moment_at(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment of a local time: one that is skipped comes later by what is skipped, of one shown twice the first."""
    # Through UTC and back: a local time that never was becomes the one the clock really showed.
    return datetime.combine(day, at, zone).astimezone(UTC).astimezone(zone)


def shown(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """A moment for a person, 2026-11-22 08:00: as a clock in that zone shows it, or else in its own."""
    return f"{moment.astimezone(zone) if zone else moment:%Y-%m-%d %H:%M}"


def moments_shown(wall: datetime, zone: ZoneInfo) -> set[datetime]:
    """The moments, in UTC, at which a clock shows `wall` (which has no zone): one, two, or none."""
    first, second = wall.replace(tzinfo=zone), wall.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return {instant(first)}
    found = {instant(first), instant(second)}
    return {moment for moment in found if moment.astimezone(zone).replace(tzinfo=None) == wall}
