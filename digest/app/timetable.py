"""The timetable of a configured edition, and the calendar of its office."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from digest.config import Settings
from digest.model import Edition
from digest.schedule.calendar import WorkCalendar
from digest.schedule.timetable import Timetable


def timetable_of(settings: Settings, edition: Edition) -> Timetable:
    """Return the slots of an edition."""
    return Timetable(edition.schedule, ZoneInfo(edition.timezone), calendar_of(settings))


def calendar_of(settings: Settings) -> WorkCalendar:
    """Return the calendar of the office, as the configuration amends it."""
    own = settings.calendar
    return WorkCalendar(frozenset(own.holidays), frozenset(own.workdays))
