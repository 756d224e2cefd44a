"""Connections to SQLite that keep what they are told: every one with the same settings and honest transactions."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event

READING = {"reading": True}  # execution option of a transaction that only reads


def make_engine(path: Path, patience: float) -> Engine:
    """An engine on the file `path` that waits `patience` seconds for a lock.  Nothing is opened yet."""
    url = URL.create("sqlite", database=str(path))
    # parameters stay out of messages: they are people's addresses and whole mails
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": patience})
    _prepare(engine)
    return engine


def make_engine_on(connection: sqlite3.Connection) -> Engine:
    """An engine on one open connection, which ends with it."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: connection,
        poolclass=StaticPool,
        hide_parameters=True,
    )
    _prepare(engine)
    return engine


def _prepare(engine: Engine) -> None:
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    # None: the driver begins no transaction on its own, or it would begin a reading one that cannot become a writing
    # one while another process writes ("database is locked" at once, without waiting)
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")  # a committed `dot` must outlive a power failure


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def use_wal(engine: Engine) -> None:
    """Switches the file to a write-ahead log, so that reading never waits for writing."""
    _execute_alone(engine, "PRAGMA journal_mode = WAL")


def checkpoint(engine: Engine) -> None:
    """Moves everything from the write-ahead log into the file, as far as no other process is reading."""
    _execute_alone(engine, "PRAGMA wal_checkpoint(TRUNCATE)")


def _execute_alone(engine: Engine, statement: str) -> None:
    # on the driver's own connection: SQLAlchemy would begin a transaction, in which these two do nothing or fail
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute(statement)
