"""Runs that had something to do: when each began and ended, its exit code, and what it complained of."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, delete, insert, select

from digest.store.records import Run
from digest.store.schema import runs


def record(connection: Connection, run: Run) -> None:
    """Writes a run that has ended; one that began at the same moment is replaced."""
    connection.execute(delete(runs).where(runs.c.started_at == run.started_at))
    connection.execute(insert(runs).values({**asdict(run), "told": list(run.told)}))


def latest(connection: Connection, most: int) -> tuple[Run, ...]:
    """The last runs, the newest first."""
    question = select(runs).order_by(runs.c.started_at.desc()).limit(most)
    return tuple(Run(**{**row._mapping, "told": tuple(row.told)}) for row in connection.execute(question))
