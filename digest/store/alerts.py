"""What is wrong and concerns the operator: each matter from when it was first seen until it ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from digest.store.records import Alert
from digest.store.schema import alerts


def standing(connection: Connection) -> tuple[Alert, ...]:
    """Every matter that has not ended, in their order."""
    return tuple(Alert(**row._mapping) for row in connection.execute(select(alerts).order_by(alerts.c.matter)))


def renew(connection: Connection, seen: Mapping[str, str], now: datetime, since: Mapping[str, datetime]) -> None:
    """Makes the standing matters those that are `seen` (matter -> words) now: new ones begin, the others end.

    A new one stands since the moment that `since` has for it, else since `now`.
    """
    before = {alert.matter for alert in standing(connection)}
    ended, begun = before - set(seen), set(seen) - before
    if ended:
        connection.execute(delete(alerts).where(alerts.c.matter == bindparam("ended")), [{"ended": m} for m in ended])
    rows = [{"matter": matter, "words": seen[matter], "since": since.get(matter, now)} for matter in sorted(begun)]
    if rows:
        connection.execute(alerts.insert(), rows)
    for matter in sorted(before & set(seen)):
        connection.execute(update(alerts).where(alerts.c.matter == matter).values(words=seen[matter]))


def mark_told(connection: Connection, matters: Iterable[str], now: datetime) -> None:
    """Writes that the operator was told of the matters."""
    for matter in matters:
        connection.execute(update(alerts).where(alerts.c.matter == matter).values(told_at=now))
