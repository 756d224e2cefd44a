"""The three editions of the simulated months, and by a small calendar of our own when each of them is due.

It shares nothing with the program's calendar: the days are written down here, and summer time is reckoned by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

OFF = (
    *(date(2027, 1, 1), date(2027, 2, 4), date(2027, 2, 5), *(date(2027, 2, day) for day in range(8, 12))),
    *(date(2027, 4, 5), date(2027, 5, 3), date(2027, 5, 4), date(2027, 5, 5), date(2027, 6, 9), date(2027, 9, 15)),
    *(date(2027, 10, day) for day in (1, 4, 5, 6, 7)),
)
"""Holidays on what would be workdays, as this office's configuration gives them."""

ON = (date(2027, 1, 30), date(2027, 2, 14), date(2027, 5, 8), date(2027, 9, 26), date(2027, 10, 9))
"""Weekends that are worked for them (调休)."""

READERS = {
    "office": ["li@example.cn", "wang@example.cn", "zhao@example.cn"],
    "week": ["zhao@example.cn", "sun@example.cn"],
    "berlin": ["anna@example.cn", "bernd@example.cn"],
}
OPERATOR = "operator@example.cn"
CATCH_UP = {"office": "merge", "week": "each", "berlin": "merge"}

CONFIG = """version = 1
timezone = "Asia/Shanghai"
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
from = "Digest <digest@example.cn>"
[monitoring]
operator = ["{operator}"]
[calendar]
holidays = [{off}]
workdays = [{on}]
{sources}
[[edition]]
name = "office"
recipients = {office}
items = 12
schedule = {{ days = "workdays", at = "08:00" }}
[[edition]]
name = "week"
recipients = {week}
items = 40
empty = "skip"
schedule = {{ days = "weekly:mon", at = "09:00", catch_up = "each" }}
[[edition]]
name = "berlin"
recipients = {berlin}
timezone = "Europe/Berlin"
schedule = {{ days = "daily", at = ["07:30", "18:00"], catch_up = "merge" }}
"""


def write_config(path: Path, port: int, sources: str) -> Path:
    """The configuration file of the office."""
    off, on = (", ".join(map(str, days)) for days in (OFF, ON))
    path.write_text(
        CONFIG.format(port=port, operator=OPERATOR, off=off, on=on, sources=sources, **READERS), encoding="utf-8"
    )
    return path


def slots_of(edition: str, first: datetime, last: datetime) -> list[datetime]:
    """The moments, in UTC, at which an edition is due from `first` to `last`, both counted."""
    days = (last - first).days + 3
    listed = (
        slot
        for number in range(-1, days)
        for slot in _slots_on(edition, first.astimezone(UTC).date() + timedelta(days=number))
    )
    return [slot for slot in listed if first <= slot <= last]


def _slots_on(edition: str, day: date) -> Iterator[datetime]:
    if edition == "office" and (day in ON or (day.weekday() < 5 and day not in OFF)):
        yield datetime.combine(day, time(0), UTC)  # 08:00 in Shanghai
    if edition == "week" and day.weekday() == 0:
        yield datetime.combine(day, time(1), UTC)  # 09:00 in Shanghai
    if edition == "berlin":
        ahead = timedelta(hours=2 if _is_summer(day) else 1)
        yield datetime.combine(day, time(7, 30), UTC) - ahead
        yield datetime.combine(day, time(18), UTC) - ahead


def _is_summer(day: date) -> bool:
    """Whether Berlin has summer time in the morning of a day: from the last Sunday of March to that of October."""
    return _last_sunday(day.year, 3) <= day < _last_sunday(day.year, 10)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)
