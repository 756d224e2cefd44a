"""The slots of a cron line, by the rules of Debian's cron for the nights when the clock changes.

A line with fixed times, such as `30 2 * * *`, runs once on such a night: at the first minute after the hour that is
skipped, and at the first of two.  One whose minute or hour begins with a star goes by what the clock shows: what is
skipped is left out, and what is shown twice comes twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from digest.schedule.moments import moments_shown

_MINUTE = timedelta(minutes=1)
_SECOND = timedelta(seconds=1)


def slots_by_day(line: str, zone: ZoneInfo, day: date, step: int) -> Iterator[list[datetime]]:
    """Yield the slots of each day from `day` on that has any, the earliest first; with -1 for `step` backwards.

    It ends where none comes for 50 years.
    """
    from cronsim import CronSim

    begin = datetime.combine(day, time()) - _SECOND if step > 0 else datetime.combine(day, time.max)
    walls = CronSim(line, begin, reverse=step < 0)
    fixed = not any(field.startswith("*") for field in line.split()[:2])
    for _, shown in groupby(walls, datetime.date):
        moments = {
            moment for wall in shown for moment in (_run_once(wall, zone) if fixed else moments_shown(wall, zone))
        }
        yield [moment.astimezone(zone) for moment in sorted(moments)]


def _run_once(wall: datetime, zone: ZoneInfo) -> set[datetime]:
    """The first moment of a local time, or the first minute after the gap that swallowed it."""
    while not (moments := moments_shown(wall, zone)):
        wall += _MINUTE
    return {min(moments)}
