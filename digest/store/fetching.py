"""What stands on a server, fetched into a SQLite database in memory, so that a dry run changes nothing there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Table, insert, inspect, select

from digest.store.engine import READING
from digest.store.migrations import check_version, migrate
from digest.store.places import name_place
from digest.store.schema import metadata
from digest.store.server import find_server_damage, make_server_engine
from digest.store.steps import STEPS
from digest.store.trouble import explained

LEFT_OUT = "originals"
"""The table whose bytes no issue is made from."""

PATIENCE = 10.0
PORTION = 1000
"""Rows held twice at a time."""


def fetch_tables(place: str, memory: Engine) -> None:
    """Fills the empty database `memory` with what the one on the server held at one moment, at the newest version."""
    with _reading(place) as there, memory.begin() as here:
        version = check_version(there)
        migrate(here, STEPS[:version])
        known = inspect(here)
        for table in metadata.sorted_tables if version else ():
            if known.has_table(table.name):
                _fetch_table(there, here, table, [column["name"] for column in known.get_columns(table.name)])
        migrate(here)


def check_server(place: str) -> str:
    """What is wrong with the database on the server, or nothing."""
    with _reading(place) as there:
        return find_server_damage(there) if check_version(there) else ""


def _fetch_table(there: Connection, here: Connection, table: Table, names: list[str]) -> None:
    here.execute(table.delete())  # a new database has a key of its own
    if table.name == LEFT_OUT:
        return
    columns = [table.c[name] for name in names]
    rows = there.execution_options(yield_per=PORTION).execute(select(*columns))
    for portion in rows.mappings().partitions():
        here.execute(insert(table), [dict(row) for row in portion])


@contextmanager
def _reading(place: str) -> Iterator[Connection]:
    engine = make_server_engine(place, PATIENCE)
    try:
        with explained(name_place(place)), engine.connect() as connection:
            yield connection.execution_options(**READING)
    finally:
        engine.dispose()
