"""Runs that had something to do: when each began and ended, its exit code, and what it complained of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select, update

from digest.store.records import Run
from digest.store.schema import runs


def begin(connection: Connection, now: datetime) -> None:
    """Writes that a run begins; a second one of the same moment is the same."""
    if connection.execute(select(runs.c.started_at).where(runs.c.started_at == now)).first() is None:
        connection.execute(runs.insert().values(started_at=now, told=[]))


def end(connection: Connection, began: datetime, now: datetime, code: int, told: Iterable[str]) -> None:
    """Writes how the run that began then has ended."""
    values = {"ended_at": now, "code": code, "told": list(told)}
    connection.execute(update(runs).where(runs.c.started_at == began).values(values))


def latest(connection: Connection, most: int) -> tuple[Run, ...]:
    """The last runs, the newest first; one without an end broke off, or is at work."""
    question = select(runs).order_by(runs.c.started_at.desc()).limit(most)
    return tuple(Run(**{**row._mapping, "told": tuple(row.told)}) for row in connection.execute(question))
