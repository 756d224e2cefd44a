"""A copy of the state for a dry run: the same code works on it, and not a byte of the real one changes.

Not even a file appears beside it: an ordinary reader of a database with a write-ahead log makes `-wal` and `-shm`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from digest.errors import BusyError, DigestError, StoreError
from digest.store.database import Store
from digest.store.engine import make_memory_engine
from digest.store.migrations import migrate
from digest.store.trouble import explained

ATTEMPTS = 5
Signature = tuple[tuple[int, int], ...]


def copy_for_dry_run(path: Path) -> Store:
    """A store in memory that holds what `path` holds, or an empty one where there is no such file.

    Raises StoreError as `open_store` does, and BusyError where another process keeps writing meanwhile.
    """
    return _store_in_memory(path if path.exists() else None)


def empty_store() -> Store:
    """A store in memory that holds nothing, for what is to leave no trace; it is gone once it is closed."""
    return _store_in_memory(None)


def _store_in_memory(original: Path | None) -> Store:
    name = "in memory" if original is None else f"{original} (copy)"
    memory = sqlite3.connect(":memory:", check_same_thread=False)
    engine = make_memory_engine(memory)
    try:
        with explained(name):
            if original is not None:
                _copy(original, memory)
            with engine.begin() as connection:
                migrate(connection)
    except DigestError:
        engine.dispose()
        memory.close()
        raise
    return Store(engine, name)


def _copy(path: Path, memory: sqlite3.Connection) -> None:
    for _ in range(ATTEMPTS):
        before = _signature(path)
        with TemporaryDirectory(prefix="digest-") as folder:
            copy = Path(folder, "copy.db")
            _copy_files(path, copy)
            if _signature(path) == before:
                with closing(sqlite3.connect(copy)) as source:
                    source.backup(memory)
                return
    raise BusyError("another digest is writing to the database", "it is safe to try again in a moment")


def _copy_files(path: Path, copy: Path) -> None:
    try:
        copy.write_bytes(_read_database(path))
        for suffix in ("-wal", "-journal"):
            beside = path.with_name(path.name + suffix)
            if beside.exists():
                copy.with_name(copy.name + suffix).write_bytes(beside.read_bytes())
    except OSError as error:
        raise StoreError(f"the database {path} cannot be copied: {error.strerror}", "check its permissions") from error


def _read_database(path: Path) -> bytes:
    # Through SQLite and not with open(): closing any descriptor of the file would drop the locks that another store
    # of this process holds on it (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    if not path.stat().st_size:
        return b""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as source:
        return source.serialize()


def _signature(path: Path) -> Signature:
    """Size and time of change of the database and its log: where they stay the same, nobody wrote meanwhile."""
    beside = (path.with_name(path.name + suffix) for suffix in ("", "-wal", "-journal"))
    return tuple((found.stat().st_size, found.stat().st_mtime_ns) for found in beside if found.exists())
