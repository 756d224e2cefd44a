"""The slots of an edition: the moments it should go out, by the clock of its time zone and the calendar of its office.

A time that a clock change skips comes later by what is skipped (02:30 is 03:30 then); of a time that comes twice the
first counts.  Cron lines keep the rules of cron (`digest.schedule.cron`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.model import Schedule
from digest.model.schedule import WEEKDAYS, is_cron
from digest.schedule.calendar import WorkCalendar
from digest.schedule.cron import slots_by_day
from digest.schedule.moments import instant, moment_at

LONGEST_GAP = 400
"""The days that are looked through for a slot; for one of a cron line it is 50 years."""

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
        return next(self.before(now), None)

    def following(self, now: datetime) -> datetime | None:
        """Return the first slot after `now`, or None where there is none for more than a year."""
        return next(self.after(now), None)

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Yield the slots after a moment, the earliest first, until none comes for more than a year."""
        # From the day before: where the clock skips the hour before midnight, yesterday's 23:30 is today's 00:30.
        reached = instant(moment)
        for slot in self._in_order(moment.astimezone(self.zone).date() - _DAY, 1):
            if instant(slot) > reached:
                reached = instant(slot)
                yield slot

    def before(self, moment: datetime) -> Iterator[datetime]:
        """Yield the slots not after a moment, the latest first, until none was for more than a year."""
        # From the day after: where the clock goes back over midnight, tomorrow's 00:00 was before this evening.
        reached = instant(moment) + timedelta.resolution
        for slot in self._in_order(moment.astimezone(self.zone).date() + _DAY, -1):
            if instant(slot) < reached:
                reached = instant(slot)
                yield slot

    def _in_order(self, day: date, step: int) -> Iterator[datetime]:
        """The slots from a day on, one after another: a clock change moves one past those of the day beside it."""
        held: list[datetime] = []
        for slots in self._by_day(day, step):
            pool = sorted((*held, *slots), key=instant, reverse=step < 0)
            ready = pool[: len(pool) - pool[::-1].index(held[-1])] if held else []
            yield from ready
            held = pool[len(ready) :]
        yield from held

    def _by_day(self, day: date, step: int) -> Iterator[list[datetime]]:
        """The slots of each day from `day` on, forwards or backwards; those of a day with the earliest first."""
        if is_cron(self.schedule.days):
            return slots_by_day(self.schedule.days, self.zone, day, step)
        return self._by_office_day(day, step)

    def _by_office_day(self, day: date, step: int) -> Iterator[list[datetime]]:
        quiet = 0
        while quiet < LONGEST_GAP:
            slots = self._slots(day)
            yield slots
            quiet = 0 if slots else quiet + 1
            day += step * _DAY

    def _slots(self, day: date) -> list[datetime]:
        """The slots of a day, the earliest first."""
        if not self._falls_on(day):
            return []
        return sorted((moment_at(day, time.fromisoformat(at), self.zone) for at in self.schedule.times), key=instant)

    def _falls_on(self, day: date) -> bool:
        days = self.schedule.days
        if days == "workdays":
            return self.calendar.is_workday(day)
        kind, _, named = days.partition(":")
        return kind != "weekly" or WEEKDAYS[day.weekday()] in named.split(",")
