"""Dates as articles write them.  A date without a time stays a day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

BEIJING = timezone(timedelta(hours=8))
"""The zone of a Chinese page that names none."""

_NUMERIC = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)\s*(?:[-/.]|年)\s*(?P<month>\d{1,2})\s*(?:[-/.]|月)\s*(?P<day>\d{1,2})\s*(?:日|号)?"
    r"(?:(?:[T\s,，]|&nbsp;|星期.|周.)*(?P<hour>\d{1,2})\s*[:：时]\s*(?P<minute>\d{2})(?:\s*[:：分]\s*(?P<second>\d{2}))?"
    r"(?:\.\d+)?\s*秒?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)


def read_date(text: str) -> datetime | date | None:
    """Return the first date in `text`: an aware datetime, a date where no time is given, or None.

    Understands RFC 5322 (`Fri, 14 Jan 2022 01:43:49 GMT`), ISO 8601 and the Chinese forms (`2024年1月11日 09:30`);
    without a zone the time is Beijing's.  `00:00:00` without a zone means that only the day is known.
    """
    text = text.strip()
    if not text:
        return None
    match = _NUMERIC.search(text)
    try:
        return _from_match(match) if match else _from_mail(text)
    except (ValueError, OverflowError):
        return None


def _from_match(match: re.Match[str]) -> datetime | date:
    day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    if match["hour"] is None:
        return day
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if match["zone"] is None and hour == minute == second == 0:
        return day
    return datetime(day.year, day.month, day.day, hour, minute, min(second, 59), tzinfo=_zone(match["zone"]))


def _zone(text: str | None) -> timezone:
    if text is None:
        return BEIJING
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def _from_mail(text: str) -> datetime | None:
    found = parsedate_to_datetime(text)
    return found if found.tzinfo else found.replace(tzinfo=BEIJING)
