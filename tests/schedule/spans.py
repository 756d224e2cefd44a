"""What lies between two moments or days, as the tests of the calendar ask it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import islice, takewhile

from digest.schedule.calendar import WorkCalendar
from digest.schedule.moments import instant
from digest.schedule.timetable import Timetable


def slots_between(timetable: Timetable, after: datetime, until: datetime, most: int = 1000) -> tuple[datetime, ...]:
    """The slots after one moment and not after another, the earliest first; `most` of them at most."""
    return tuple(islice(takewhile(lambda slot: instant(slot) <= instant(until), timetable.after(after)), most))


def count_workdays(calendar: WorkCalendar, first: date, last: date) -> int:
    """How many workdays there are from `first` to `last`, both counted; 0 where `last` is before `first`."""
    return sum(calendar.is_workday(first + timedelta(days=step)) for step in range((last - first).days + 1))
