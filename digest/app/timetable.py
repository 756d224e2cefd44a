"""The timetable of a configured edition, and the calendar of its office."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from digest.config import Settings
from digest.errors import ConfigError
from digest.model import Edition
from digest.schedule.calendar import WorkCalendar, unknown_year
from digest.schedule.countries import check_country
from digest.schedule.timetable import Timetable

AHEAD = 10
"""The workdays that 临近截止 and 即将施行 look ahead."""


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


def look_ahead(settings: Settings, day: date) -> date:
    """Return the last day of the agenda of an issue of `day`."""
    return calendar_of(settings).after(day, AHEAD)


def unknown_holidays(settings: Settings, day: date) -> int | None:
    """Return the year whose holidays are not known on `day`, where an edition or its agenda goes by them; else None.

    Raises:
        ConfigError: the holidays of the country are not known.
    """
    by_workdays = any(edition.schedule.days == "workdays" for edition in settings.editions())
    year = unknown_year(calendar_of(settings), day)
    return year if year and (by_workdays or look_ahead(settings, day).year >= year) else None
