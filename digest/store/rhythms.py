"""The rhythm of the sources: how often each brings anything new, and for how long it has not.

Days are those of UTC, which is good enough to tell a source that has fallen silent from one that rests.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from sqlalchemy import Connection, func, select

from digest.store.columns import Day, Moment
from digest.store.records import Rhythm
from digest.store.schema import articles, sources

LOOKED_AT = timedelta(days=60)
FEWEST = 5
"""Days with something new from which a rhythm can be told."""

ORDINARY = 0.9
"""The share of its gaps that is ordinary: of a source that rests at weekends a fifth are of three days, and that of a
holiday is not among them."""


def find_rhythms(connection: Connection, now: datetime) -> dict[str, Rhythm]:
    """The rhythm of every source that was ever tried or brought an article, in the order of their names."""
    last = _last_new(connection)
    days = _days(connection, now - LOOKED_AT)
    failing = select(sources.c.name, sources.c.failing_since)
    since = {row.name: row.failing_since for row in connection.execute(failing)}
    today = _day(now)
    return {
        name: Rhythm(
            name=name,
            last_new=last.get(name),
            quiet=max(0, (today - _day(last[name])).days) if name in last else 0,
            usual=_usual_gap(days[name]),
            failing=_days_failing(since.get(name), today),
        )
        for name in sorted({*last, *since})
    }


def _last_new(connection: Connection) -> dict[str, datetime]:
    last = func.max(articles.c.first_seen, type_=Moment()).label("last")
    question = select(articles.c.source, last).group_by(articles.c.source)
    return {row.source: row.last for row in connection.execute(question)}


def _days(connection: Connection, since: datetime) -> defaultdict[str, list[date]]:
    """The days since then on which each source brought something new, in order."""
    day = func.substr(articles.c.first_seen, 1, 10, type_=Day()).label("day")  # a moment is kept as ISO text in UTC
    question = select(articles.c.source, day).where(articles.c.first_seen >= since).distinct()
    found: defaultdict[str, list[date]] = defaultdict(list)
    for row in connection.execute(question.order_by(day)):
        found[row.source].append(row.day)
    return found


def _usual_gap(days: Sequence[date]) -> float:
    """The largest ordinary gap between two of the days, 0 where they are too few."""
    if len(days) < FEWEST:
        return 0.0
    gaps = sorted((after - before).days for before, after in pairwise(days))
    return float(gaps[math.ceil(ORDINARY * len(gaps)) - 1])


def _days_failing(since: datetime | None, today: date) -> int:
    return max(0, (today - _day(since)).days) + 1 if since else 0


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
