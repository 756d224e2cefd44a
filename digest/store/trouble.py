"""What the database's errors mean for the person in front of it: one sentence, and what to try.

SQLite's result codes: https://www.sqlite.org/rescode.html, PostgreSQL's: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from digest.errors import StoreError

Meanings = tuple[tuple[str, str, str], ...]

_LOCKED = "wait until the other digest has finished, then try again"
_FILE = "check the permissions of the file and of its folder"
_REPORT = "please report this: it is a mistake of digest"
_ROLE = "let the user make tables there: GRANT CREATE, USAGE ON SCHEMA, or make it the database's owner"

MEANINGS: Meanings = (
    ("SQLITE_BUSY", "is locked by another process", _LOCKED),
    ("SQLITE_LOCKED", "is locked by another connection", _LOCKED),
    ("SQLITE_FULL", "cannot grow: the disk is full", "free some space, then try again; nothing was changed"),
    ("SQLITE_CORRUPT", "is damaged", "restore it from a backup, or move it away to begin anew"),
    ("SQLITE_NOTADB", "is not a database", "check [store] path; move the file away to begin anew"),
    ("SQLITE_READONLY", "may not be written", _FILE),
    ("SQLITE_PERM", "may not be read", _FILE),
    ("SQLITE_AUTH", "may not be read", _FILE),
    ("SQLITE_CANTOPEN", "cannot be opened", "check that its folder exists and may be written"),
    ("SQLITE_IOERR", "cannot be read or written", "check the disk: it may be full, failing or gone"),
    ("SQLITE_CONSTRAINT", "refused a row that contradicts another", _REPORT),
    ("SQLITE_ERROR", "does not have the tables it should have", "restore it from a backup, or move it away"),
)

PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03", "40", "57P03")

STATES: Meanings = (
    ("28P01", "refuses the password", "check the user and password of [store] url, PGPASSWORD or ~/.pgpass"),
    ("28", "refuses the user", "check the user of [store] url, and the server's pg_hba.conf"),
    ("3D000", "is not there", "make it: createdb --encoding UTF8 NAME"),
    ("3F000", "has no such schema", "check the search_path of [store] url: CREATE SCHEMA makes one"),
    ("42501", "may not be written", _ROLE),
    ("25006", "may only be read: the server is a standby, or told not to write", "name the server that may be written"),
    ("55P03", "is locked by another process", _LOCKED),
    ("40", "is being changed by another process", "try again; nothing was changed"),
    ("53100", "cannot grow: the server's disk is full", "free some space there, then try again; nothing was changed"),
    ("53300", "has no connection left", "try again later, or raise the server's max_connections"),
    ("53", "lacks memory or space", "look after the server, then try again; nothing was changed"),
    ("57P03", "cannot be reached: its server is starting or stopping", "try again in a moment; nothing was changed"),
    ("57P", "cannot be reached: its server ended the connection", "try again once it runs; nothing was changed"),
    ("08", "cannot be reached", "check that the server runs and that [store] url names it"),
    ("XX001", "is damaged", "restore it from a backup"),
    ("XX002", "is damaged: an index is", "REINDEX DATABASE mends it"),
    ("23", "refused a row that contradicts another", _REPORT),
    ("42", "does not have the tables it should have", "restore it from a backup, or name an empty one"),
    ("58", "cannot be read or written", "check the server's disk: it may be full, failing or gone"),
)

# of a login that fails the driver tells no code but the server's words, in the server's language
LOGINS = {
    "password": "28P01",
    "pg_hba.conf": "28",
    "role ": "28",
    "database ": "3D000",
    "too many": "53300",
    "remaining connection slots": "53300",
    "starting up": "57P03",
    "shutting down": "57P03",
}
UNREACHED = "check that the server runs and that [store] url names it"


@contextmanager
def explained(name: str | Path) -> Iterator[None]:
    """A block in which every error of the driver becomes a StoreError that names the database `name`."""
    try:
        yield
    except DBAPIError as error:
        raise explain(error.orig, name) from error
    except sqlite3.Error as error:
        raise explain(error, name) from error
    except PoolTimeout as error:
        raise StoreError(f"the database {name} has no connection left", "try again later") from error


def explain(error: BaseException | None, name: str | Path) -> StoreError:
    """The StoreError for one error of the driver."""
    if state := getattr(error, "sqlstate", None):
        return _find(STATES, str(state), name) or _unknown(error, name)
    if code := getattr(error, "sqlite_errorname", ""):
        return _find(MEANINGS, code, name) or _unknown(error, name)
    if type(error).__name__ in ("OperationalError", "ConnectionTimeout"):
        return _explain_login(_first_line(error), name)
    return _unknown(error, name)


def _find(meanings: Meanings, code: str, name: str | Path) -> StoreError | None:
    for prefix, meaning, remedy in meanings:
        if code.startswith(prefix):
            error = StoreError(f"the database {name} {meaning}", remedy)
            error.passing = prefix in PASSING
            return error
    return None


def _explain_login(said: str, name: str | Path) -> StoreError:
    _, refused, why = said.partition("FATAL:")
    for word, state in LOGINS.items() if refused or "no password supplied" in said else ():
        if word in (why or said) and (found := _find(STATES, state, name)):
            return found
    return StoreError(f"the database {name} cannot be reached: {said}", UNREACHED)


def _first_line(error: BaseException | None) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def _unknown(error: BaseException | None, name: str | Path) -> StoreError:
    return StoreError(f"the database {name} failed: {_first_line(error)}", "please report this with the text above")
