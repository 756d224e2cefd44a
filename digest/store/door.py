"""How the database is entered and left: transactions, closing, and the check for damage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine

from digest.errors import StoreError
from digest.store.columns import SERVER
from digest.store.engine import READING, checkpoint
from digest.store.server import find_server_damage
from digest.store.trouble import explained


class Door:
    """An open database.  A context manager; safe to use from several threads."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Puts everything into the one file and lets go of it; closing twice is harmless."""
        if self._closed:
            return
        self._closed = True
        try:
            self.fold()
        finally:
            self._engine.dispose()

    def fold(self) -> None:
        """Puts everything into the one file, as far as nobody is reading it; a server sees to that itself."""
        if self._engine.dialect.name == SERVER:
            return
        # where it fails, nothing is lost: what was committed stays in the log beside the file
        with suppress(StoreError), explained(self._name):
            checkpoint(self._engine)

    def find_damage(self) -> str:
        """What the database's own check found wrong with it, or nothing; reads all of it."""
        try:
            with self._reading() as connection:
                if self._engine.dialect.name == SERVER:
                    return find_server_damage(connection)
                found = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
        except StoreError as error:  # so damaged that it cannot even be checked
            return error.message
        return "" if found == ["ok"] else "; ".join(str(line) for line in found)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with explained(self._name), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(self._name), self._engine.connect() as connection:
            yield connection.execution_options(**READING)
