"""Databases on a PostgreSQL server: connections that keep the promises a file keeps, and what can be said of damage.

One transaction writes at a time, as with SQLite: each begins with an advisory lock of the transaction, so that what it
reads first is true when it writes.  A transaction that only reads sees one moment, and waits for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, Table, create_engine, event
from sqlalchemy.exc import DBAPIError

from digest.errors import BusyError, StoreError
from digest.store.engine import READING
from digest.store.places import name_place, read_url
from digest.store.schema import metadata
from digest.store.trouble import explain, explained

WRITER, RUNNER = 0x44474501, 0x44474502  # "DGE": the locks of a writing transaction and of a run
PATIENCE = 10
"""Seconds for a server to answer at all, unless its URL has a connect_timeout."""

_SETTINGS = """
    SELECT set_config(name, wanted, false)
    FROM (VALUES
        ('lock_timeout', '{patience}ms', '-'),
        ('synchronous_commit', 'on', 'off'),  -- a committed `dot` must outlive a power failure
        ('idle_session_timeout', '0', '-'),  -- a run may think for long between two transactions
        ('tcp_keepalives_idle', '60', '-'),  -- of a machine that vanished the locks end within two minutes
        ('tcp_keepalives_interval', '10', '-'),
        ('tcp_keepalives_count', '6', '-')
    ) AS wish (name, wanted, instead_of)
    JOIN pg_settings USING (name)
    WHERE instead_of IN ('-', setting)
"""


def make_server_engine(place: str, patience: float) -> Engine:
    """An engine on the database that waits `patience` seconds for a lock.  Nothing is opened yet."""
    return _make(read_url(place), patience)


def _make(url: URL, patience: float, **options: Any) -> Engine:
    given = {"connect_timeout": PATIENCE, "application_name": "digest"}
    wishes = {name: value for name, value in given.items() if name not in url.query} | {"client_encoding": "utf8"}
    try:
        engine = create_engine(url, hide_parameters=True, connect_args=wishes, **options)
    except ImportError:
        raise StoreError(
            "[store] url needs the driver of PostgreSQL, which is not installed",
            "pip install 'textrank-digest[postgres]'",
        ) from None
    settings = _SETTINGS.format(patience=max(1, round(patience * 1000)))
    name = name_place(url.render_as_string(hide_password=False))
    event.listen(engine, "connect", lambda connection, _record: _set_up(connection, settings, name))
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, settings: str, name: str) -> None:
    from psycopg import Error  # which SQLAlchemy translates everywhere but here

    try:
        connection.autocommit = True  # or the settings would end with the transaction
        connection.execute(settings)
        connection.autocommit = False
    except Error as error:
        raise explain(error, name) from error


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("reading", False):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER}, hashtext(current_schema()))")


@contextmanager
def server_lock(place: str) -> Iterator[Callable[[], None]]:
    """The right to run on the database, held inside the block; BusyError at once where another has it.

    The server drops it with the connection, however the process ends.  What is yielded raises StoreError once it has:
    after a failover another run may be at work.
    """
    name = name_place(place)
    engine = _make(read_url(place), PATIENCE, poolclass=NullPool)
    with explained(name):
        connection = engine.connect().execution_options(**READING)
    try:
        with explained(name):
            question = f"SELECT pg_try_advisory_lock({RUNNER}, hashtext(current_schema()))"
            ours = connection.exec_driver_sql(question).scalar_one()
            connection.commit()  # the lock is the session's; an open transaction would keep the server from cleaning
        if not ours:
            raise BusyError("another digest is running", "it is safe to try again in a few minutes")

        def check() -> None:
            with explained(name):
                connection.exec_driver_sql("SELECT 1")
                connection.commit()

        yield check
    finally:
        with suppress(DBAPIError):  # a connection that the server has ended
            connection.close()
        engine.dispose()


def find_server_damage(connection: Connection) -> str:
    """What reading every row of every table came across, beside what the server's checksums did; or nothing."""
    for table in metadata.sorted_tables:
        _read_all(connection, table)
    question = "SELECT coalesce(max(checksum_failures), 0) FROM pg_stat_database WHERE datname = current_database()"
    failures = connection.exec_driver_sql(question).scalar_one()
    return f"the server counted {failures} pages with wrong checksums" if failures else ""


def _read_all(connection: Connection, table: Table) -> None:
    # as texts, since whole rows are only looked at where they are needed
    connection.exec_driver_sql(f'SELECT count(whole::text) FROM "{table.name}" AS whole').scalar_one()  # noqa: S608
