"""The timetable of a configured edition, and the calendar of its office."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from digest.config import Settings
from digest.errors import ConfigError
from digest.model import Edition
from digest.schedule.calendar import WorkCalendar, calendar_warning
from digest.schedule.countries import check_country
from digest.schedule.timetable import Timetable


def timetable_of(settings: Settings, edition: Edition) -> Timetable:
    """Return the slots of an edition.

    Raises:
        ConfigError: the holidays of the country are not known.
    """
    return Timetable(edition.schedule, ZoneInfo(edition.timezone), calendar_of(settings))


def calendar_of(settings: Settings) -> WorkCalendar:
    """Return the calendar of the office, as the configuration amends it.

    Raises:
        ConfigError: the holidays of the country are not known.
    """
    own = settings.calendar
    try:
        check_country(own.country)
    except ValueError as unknown:
        what, _, remedy = str(unknown).partition(": ")
        raise ConfigError(f"[calendar] country {what}", remedy) from unknown
    return WorkCalendar(frozenset(own.holidays), frozenset(own.workdays), own.country)


def warn_of_calendar(settings: Settings, day: date) -> str:
    """Return what to say, on `day`, of a year whose holidays are not known; nothing where no edition goes by workdays.

    Raises:
        ConfigError: the holidays of the country are not known.
    """
    concerned = any(edition.schedule.days == "workdays" for edition in settings.editions())
    return calendar_warning(calendar_of(settings), day) if concerned else ""
