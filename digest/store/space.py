"""The space of a SQLite file: how much of it nothing stands in any more, and giving that back to the disk.

Rewriting the whole file (VACUUM) takes its size once more on the disk, and its time; so it is done only where it is
worth it, and from then on the file gives back page by page (https://www.sqlite.org/pragma.html#pragma_auto_vacuum).
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

WORTH = 1 << 20
"""Bytes below which nothing is given back."""

SHARE = 0.25
"""The share of the file that must be empty before all of it is rewritten."""

INCREMENTAL = 2


def give_back(engine: Engine, path: Path) -> int:
    """How many bytes the file gave back; 0 where that is not worth it, or the disk has no room for rewriting it."""
    with closing(engine.raw_connection()) as pooled:
        connection = pooled.driver_connection
        assert isinstance(connection, sqlite3.Connection)  # the only driver of files
        before, empty = _measure(connection)
        if empty < WORTH:
            return 0
        if _ask(connection, "auto_vacuum") == INCREMENTAL:
            connection.executescript("PRAGMA incremental_vacuum")  # execute() would give back one page and stop
        elif empty < SHARE * before or shutil.disk_usage(path.parent).free < 2 * before:
            return 0
        else:
            connection.execute(f"PRAGMA auto_vacuum = {INCREMENTAL}")  # holds from the next VACUUM on
            connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return before - _measure(connection)[0]


def _measure(connection: sqlite3.Connection) -> tuple[int, int]:
    """The bytes of the file, and those of them in which nothing stands."""
    size = _ask(connection, "page_size")
    return size * _ask(connection, "page_count"), size * _ask(connection, "freelist_count")


def _ask(connection: sqlite3.Connection, pragma: str) -> int:
    (answer,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    return int(answer)
