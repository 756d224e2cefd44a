"""Dates as programs write them: in feeds and JSON, with the habits of Java, of databases and of careless clocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from digest.extract.dates import BEIJING, read_date

_CHINA = re.compile(r"\bCST\b|\b(?:GMT|UTC)\s*\+\s*0?8(?::?00)?\b|中国标准时间|北京时间")
_JAVA = re.compile(r"^[A-Za-z]{3,9}\s+([A-Za-z]{3,9})\s+(\d{1,2})\s+(\d{1,2}:\d{2}(?::\d{2})?)\s+(\S+)\s+(\d{4})$")
_DIGITS = re.compile(r"(?:/Date\()?(-?\d{8,16})(?:[+-]\d{4})?(?:\)/)?")
_COMPACT = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d)?)?")
_FIRST, _LAST = 315_532_800, 4_102_444_800
"""1980 and 2100 in seconds since 1970: what lies between them is a moment, not a number of something else."""


def read_moment(value: object) -> datetime | date | None:
    """Return the date that a field holds: text of any form, seconds, milliseconds or microseconds since 1970.

    A number gives Beijing time; a day without a time stays a day.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return _of_digits(str(int(value))) if abs(value) < 1e17 else None
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _of_parts(value)
    text = " ".join(str(value).split())[:100]
    digits = _DIGITS.fullmatch(text)
    return _of_digits(digits[1]) if digits else _of_text(text)


def only_days(moments: Sequence[datetime | date | None]) -> bool:
    """Whether all moments of a list, two at least, are midnights, so that only their days are known."""
    timed = [moment for moment in moments if isinstance(moment, datetime)]
    return len(timed) > 1 and (
        all(_midnight(moment) for moment in timed) or all(_midnight(moment.astimezone(BEIJING)) for moment in timed)
    )


def as_day(moment: datetime | date | None) -> date | None:
    """Return the day of a midnight, in the zone in which it is one."""
    if not isinstance(moment, datetime):
        return moment
    return moment.date() if _midnight(moment) else moment.astimezone(BEIJING).date()


def _midnight(moment: datetime) -> bool:
    return moment.hour == moment.minute == moment.second == 0


def _of_digits(digits: str) -> datetime | date | None:
    """The moment of 1704936600, 1704936600000, 20240111 or 20240111093000."""
    if compact := _COMPACT.fullmatch(digits):
        year, month, day, hour, minute, second = compact.groups()
        return read_date(f"{year}-{month}-{day}" + (f" {hour}:{minute}:{second or '00'}" if hour else ""))
    for scale in (1, 1_000, 1_000_000):
        if _FIRST <= int(digits) / scale < _LAST:
            return datetime.fromtimestamp(int(digits) // scale, BEIJING)
    return None


def _of_parts(parts: Sequence[object]) -> datetime | date | None:
    """The moment of [2024, 1, 11, 9, 30], as Java writes a LocalDateTime."""
    numbers = [part for part in parts[:6] if isinstance(part, int) and not isinstance(part, bool)]
    if not 3 <= len(numbers) == min(len(parts), 6) or not 1900 <= numbers[0] < 2100:
        return None
    try:
        return datetime(*numbers, tzinfo=BEIJING) if len(numbers) > 3 else date(*numbers)  # type: ignore[misc,arg-type]  # three to six
    except (ValueError, OverflowError):
        return None


def _of_text(text: str) -> datetime | date | None:
    text = _CHINA.sub("+0800", text)
    java = _JAVA.match(text)
    if java:
        month, day, clock, zone, year = java.groups()
        text = f"{day} {month} {year} {clock} {zone}"
    return read_date(text)
