"""The slots of an edition: the moments it should go out, by the clock of its time zone and the calendar of its office.

A time that a clock change skips comes later by what is skipped (02:30 is 03:30 then); of a time that comes twice the
first counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from digest.model import Schedule
from digest.schedule.calendar import WorkCalendar

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

LONGEST_GAP = 400
"""The days that are looked through for a slot."""

CHINA = WorkCalendar()

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timetable:
    """The slots of one schedule in one time zone; every moment given and returned is aware."""

    schedule: Schedule
    zone: ZoneInfo
    calendar: WorkCalendar = CHINA

    def latest(self, now: datetime) -> datetime | None:
        """Return the last slot not after `now`, or None where there was none for more than a year."""
        today = now.astimezone(self.zone).date()
        slots = (slot for back in range(LONGEST_GAP) for slot in reversed(self._slots(today - back * _DAY)))
        return next((slot for slot in slots if instant(slot) <= instant(now)), None)

    def following(self, now: datetime) -> datetime | None:
        """Return the first slot after `now`, or None where there is none for more than a year."""
        return next(self.after(now), None)

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Yield the slots after a moment, the earliest first, until none comes for more than a year."""
        day = moment.astimezone(self.zone).date()
        quiet = 0
        while quiet < LONGEST_GAP:
            found = [slot for slot in self._slots(day) if instant(slot) > instant(moment)]
            yield from found
            quiet = 0 if found else quiet + 1
            day += _DAY

    def between(self, after: datetime, until: datetime, most: int = 1000) -> tuple[datetime, ...]:
        """Return the slots after one moment and not after another, the earliest first; `most` of them at most."""
        return tuple(slot for slot in islice(self.after(after), most) if instant(slot) <= instant(until))

    def _slots(self, day: date) -> list[datetime]:
        """The slots of a day, the earliest first."""
        return sorted((self._slot(day, at) for at in self.schedule.times), key=instant) if self._falls_on(day) else []

    def _falls_on(self, day: date) -> bool:
        days = self.schedule.days
        if days == "workdays":
            return self.calendar.is_workday(day)
        kind, _, named = days.partition(":")
        return kind != "weekly" or WEEKDAYS[day.weekday()] in named.split(",")

    def _slot(self, day: date, at: str) -> datetime:
        hour, minute = map(int, at.split(":"))
        # Through UTC and back: a local time that never was becomes the one the clock really showed.
        return datetime.combine(day, time(hour, minute), self.zone).astimezone(UTC).astimezone(self.zone)


def instant(moment: datetime) -> datetime:
    """The moment in UTC: Python compares two times of one zone by the hands of the clock, and some hours come twice."""
    return moment.astimezone(UTC)
