"""A copy of the state for a dry run: the same code works on it, and not a byte of the real one changes.

Not even a file appears beside it: an ordinary reader of a database with a write-ahead log makes `-wal` and `-shm`.
A server is asked in one transaction that only reads (`fetching`).
The bytes of originals are left out: there may be hundreds of megabytes of them, and no issue is made from them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from sqlalchemy import Engine

from digest.errors import BusyError, DigestError, StoreError
from digest.store.database import Store
from digest.store.engine import READING, make_engine_on
from digest.store.fetching import LEFT_OUT, check_server, fetch_tables
from digest.store.migrations import check_version, migrate
from digest.store.places import Place, name_place
from digest.store.trouble import explained

ATTEMPTS = 5
LOGS = ("-wal", "-journal")
Signature = tuple[tuple[int, int], ...]
T = TypeVar("T")


class _Copy(Store):
    """A store in memory that holds what was in a file or on a server."""

    def __init__(self, engine: Engine, place: Place) -> None:
        super().__init__(engine, f"{name_place(place)} (copy)")
        self._original = place

    def find_damage(self) -> str:
        """What is wrong with the database this was copied from; the copy is written anew and could not show it."""
        try:
            if not isinstance(self._original, Path):
                return check_server(self._original)
            with explained(self._original):
                return _read_still(self._original, _check_pages)
        except StoreError as error:
            return error.message


def copy_for_dry_run(place: Place) -> Store:
    """A store in memory that holds what is there but the originals' bytes, or an empty one where no file is.

    Raises StoreError as `open_store` does, and BusyError where another process keeps writing to a file meanwhile.
    """
    if not isinstance(place, Path):
        return _Copy(_fetch(place), place)
    if not place.exists():
        return empty_store()
    with explained(place):
        memory = _read_still(place, _copy_tables)
    return _Copy(_engine_of(memory, str(place)), place)


def _fetch(place: str) -> Engine:
    memory = make_engine_on(_make_memory())
    try:
        fetch_tables(place, memory)
    except DigestError:
        memory.dispose()
        raise
    return memory


def empty_store() -> Store:
    """A store in memory that holds nothing, for what is to leave no trace; it is gone once it is closed."""
    return Store(_engine_of(_make_memory(), "in memory"), "in memory")


def _make_memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", check_same_thread=False, uri=True)


def _engine_of(memory: sqlite3.Connection, name: str) -> Engine:
    engine = make_engine_on(memory)
    try:
        with explained(name), engine.begin() as connection:
            migrate(connection)
    except DigestError:
        engine.dispose()
        memory.close()
        raise
    return engine


def _copy_tables(uri: str) -> sqlite3.Connection:
    _check_version(uri)
    memory = _make_memory()
    try:
        _fill(memory, uri)
    except sqlite3.Error:
        memory.close()
        raise
    return memory


def _check_version(uri: str) -> None:
    engine = make_engine_on(sqlite3.connect(uri, uri=True))
    try:
        with engine.connect().execution_options(**READING) as connection:
            check_version(connection)
    finally:
        engine.dispose()


def _fill(memory: sqlite3.Connection, uri: str) -> None:
    memory.execute("ATTACH DATABASE ? AS original", (uri,))
    parts = memory.execute("SELECT type, name, sql FROM original.sqlite_schema WHERE sql IS NOT NULL").fetchall()
    for kind, name, statement in sorted(parts, key=lambda part: part[0] != "table"):  # indexes are filled at once
        memory.execute(statement)
        if kind == "table" and name != LEFT_OUT:
            memory.execute(f'INSERT INTO main."{name}" SELECT * FROM original."{name}"')  # noqa: S608 -- our tables
    for pragma in ("application_id", "user_version"):
        (number,) = memory.execute(f"PRAGMA original.{pragma}").fetchone()
        memory.execute(f"PRAGMA main.{pragma} = {number}")
    memory.commit()
    memory.execute("DETACH DATABASE original")


def _check_pages(uri: str) -> str:
    with closing(sqlite3.connect(uri, uri=True)) as source:
        found = [str(line) for (line,) in source.execute("PRAGMA quick_check")]
    return "" if found == ["ok"] else "; ".join(found)


def _read_still(path: Path, read: Callable[[str], T]) -> T:
    """What `read` makes of a URI of the database, with nobody writing to it meanwhile."""
    for _ in range(ATTEMPTS):
        before = _signature(path)
        try:
            if _has_log(path):
                with TemporaryDirectory(prefix="digest-") as folder:
                    copy = Path(folder, "copy.db")
                    _copy_files(path, copy)
                    if _signature(path) == before:
                        return read(copy.as_uri())
            else:
                found = read(_still(path))
                if _signature(path) == before:
                    return found
        except (sqlite3.Error, StoreError):
            if _signature(path) == before:
                raise
    raise BusyError("another digest is writing to the database", "it is safe to try again in a moment")


def _still(path: Path) -> str:
    # Through SQLite and not with open(): closing any descriptor of the file would drop the locks that another store
    # of this process holds on it (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    return f"{path.absolute().as_uri()}?mode=ro&immutable=1"


def _has_log(path: Path) -> bool:
    logs = (path.with_name(path.name + suffix) for suffix in LOGS)
    return any(log.exists() and log.stat().st_size for log in logs)


def _copy_files(path: Path, copy: Path) -> None:
    try:
        copy.write_bytes(_read_database(path))
        for suffix in LOGS:
            beside = path.with_name(path.name + suffix)
            if beside.exists():
                copy.with_name(copy.name + suffix).write_bytes(beside.read_bytes())
    except OSError as error:
        raise StoreError(f"the database {path} cannot be copied: {error.strerror}", "check its permissions") from error


def _read_database(path: Path) -> bytes:
    if not path.stat().st_size:
        return b""
    with closing(sqlite3.connect(_still(path), uri=True)) as source:
        return source.serialize()


def _signature(path: Path) -> Signature:
    """Size and time of change of the database and its log: where they stay the same, nobody wrote meanwhile."""
    beside = (path.with_name(path.name + suffix) for suffix in ("", *LOGS))
    return tuple((found.stat().st_size, found.stat().st_mtime_ns) for found in beside if found.exists())
