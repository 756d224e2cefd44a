"""What the database's errors mean for the person in front of it: one sentence, and what to try.

SQLite's result codes: https://www.sqlite.org/rescode.html
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from digest.errors import StoreError

MEANINGS: tuple[tuple[str, str, str], ...] = (
    ("SQLITE_BUSY", "is locked by another process", "wait until the other digest has finished, then try again"),
    ("SQLITE_LOCKED", "is locked by another connection", "wait until the other digest has finished, then try again"),
    ("SQLITE_FULL", "cannot grow: the disk is full", "free some space, then try again; nothing was changed"),
    ("SQLITE_CORRUPT", "is damaged", "restore it from a backup, or move it away to begin anew"),
    ("SQLITE_NOTADB", "is not a database", "check [store] path; move the file away to begin anew"),
    ("SQLITE_READONLY", "may not be written", "check the permissions of the file and of its folder"),
    ("SQLITE_PERM", "may not be read", "check the permissions of the file and of its folder"),
    ("SQLITE_AUTH", "may not be read", "check the permissions of the file and of its folder"),
    ("SQLITE_CANTOPEN", "cannot be opened", "check that its folder exists and may be written"),
    ("SQLITE_IOERR", "cannot be read or written", "check the disk: it may be full, failing or gone"),
    ("SQLITE_CONSTRAINT", "refused a row that contradicts another", "please report this: it is a mistake of digest"),
    ("SQLITE_ERROR", "does not have the tables it should have", "restore it from a backup, or move it away"),
)


@contextmanager
def explained(name: str | Path) -> Iterator[None]:
    """A block in which every error of the driver becomes a StoreError that names the database `name`."""
    try:
        yield
    except DBAPIError as error:
        raise explain(error.orig, name) from error
    except sqlite3.Error as error:
        raise explain(error, name) from error


def explain(error: BaseException | None, name: str | Path) -> StoreError:
    """The StoreError for one error of the driver."""
    code = getattr(error, "sqlite_errorname", "")
    for prefix, meaning, remedy in MEANINGS:
        if code.startswith(prefix):
            return StoreError(f"the database {name} {meaning}", remedy)
    return StoreError(f"the database {name} failed: {error}", "please report this with the text above")
