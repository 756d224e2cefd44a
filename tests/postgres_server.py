"""A real PostgreSQL server of the tests' own, on a loopback port, thrown away afterwards; or the one they are told of.

`DIGEST_TEST_POSTGRES` is the URL of a server on which its user may make databases.  Without it the server that is
installed here is started in a folder of its own; where none is, the tests that want one are skipped.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

from digest.store import Store, open_store
from digest.store.schema import metadata

TOLD = os.environ.get("DIGEST_TEST_POSTGRES", "")  # before `_own_home` forgets it
USER, PASSWORD = "digest", "每日@digest/1"
TEMPLATE = "digest_template"
QUICKLY = ("fsync=off", "full_page_writes=off", "max_connections=40")
PATIENCE = 30.0


class NoServerError(Exception):
    """There is no PostgreSQL to test with; the message says what is missing."""


class PostgresServer:
    """A server with a template of an empty digest database, of which copies are cheap."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._numbers = count(1)
        self._idle: list[Store] = []
        self._taken: list[str] = []
        self.create(TEMPLATE)
        open_store(self.place(TEMPLATE)).close()

    def place(self, database: str, **changes: object) -> str:
        """The URL of a database here, with its password, perhaps changed."""
        return self.url.set(database=database, **changes).render_as_string(hide_password=False)  # type: ignore[arg-type]  # parts of a URL

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """The rows of one statement, executed beside the program."""
        place = self.url.set(drivername="postgresql", database=database).render_as_string(hide_password=False)
        with psycopg.connect(place, autocommit=True) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []

    def create(self, database: str, options: str = "TEMPLATE template0 ENCODING 'UTF8'") -> None:
        """Makes a database, in place of one that was left over."""
        self.drop(database)
        self.execute(f'CREATE DATABASE "{database}" {options}')

    def drop(self, database: str) -> None:
        """Lets go of a database, whoever uses it."""
        self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    @contextmanager
    def fresh(self, options: str = f"TEMPLATE {TEMPLATE}") -> Iterator[str]:
        """The URL of a database nobody has used, gone after the block."""
        database = f"digest_test_{os.getpid()}_{next(self._numbers)}"
        self.create(database, options)
        try:
            yield self.place(database)
        finally:
            self.drop(database)

    @contextmanager
    def emptied(self) -> Iterator[Store]:
        """A store without a row, on a database that was used before: cheaper than a fresh one, for hundreds of them."""
        store = self._idle.pop() if self._idle else self._take()
        with store._writing() as connection:
            for table in reversed(metadata.sorted_tables):
                if table.name != "keys":
                    connection.execute(table.delete())
        yield store
        self._idle.append(store)

    def _take(self) -> Store:
        database = f"digest_test_{os.getpid()}_{next(self._numbers)}"
        self.create(database, f"TEMPLATE {TEMPLATE}")
        self._taken.append(database)
        return open_store(self.place(database), patience=0.5)

    def close(self) -> None:
        """Ends the connections of the stores that are kept."""
        for store in self._idle:
            store.close()

    def clear(self) -> None:
        """Leaves nothing of the tests on a server that was there before."""
        self.close()
        for database in (*self._taken, TEMPLATE):
            self.drop(database)


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A running server; raises NoServerError where there is none to be had."""
    if TOLD:
        server = PostgresServer(make_url(TOLD).set(drivername="postgresql"))
        try:
            yield server
        finally:
            server.clear()
        return
    programs = _find_programs()
    folder = Path(tempfile.mkdtemp(prefix="digest-postgres-"))
    try:
        with _started(programs, folder) as server:
            yield server
            server.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _find_programs() -> Path:
    found = shutil.which("initdb")
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found and not known:
        raise NoServerError("PostgreSQL is not installed, and DIGEST_TEST_POSTGRES names no server")
    return Path(found).parent if found else known[-1]


@contextmanager
def _started(programs: Path, folder: Path) -> Iterator[PostgresServer]:
    account = "postgres" if os.geteuid() == 0 else None  # the server refuses to be run by root
    if account:
        shutil.chown(folder, account)
    secret = folder / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    data = folder / "data"
    made = ("--auth=scram-sha-256", f"--username={USER}", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C.UTF-8")
    language = ("--locale-provider=icu", "--icu-locale=zh")  # one that orders 中文 and letters by its own mind
    command = [str(programs / "initdb"), f"--pgdata={data}", "--no-sync", *made, *language]
    subprocess.run(command, user=account, cwd=folder, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ("listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", f"port={port}", *QUICKLY)
    command = [str(programs / "postgres"), "-D", str(data), *(part for option in options for part in ("-c", option))]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, user=account, cwd=folder, stdout=log, stderr=log)
    url = URL.create("postgresql", USER, PASSWORD, "127.0.0.1", port)
    try:
        _wait(url, process, folder / "log")
        yield PostgresServer(url)
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(PATIENCE)


def _wait(url: URL, process: subprocess.Popen[bytes], log: Path) -> None:
    place = url.set(database="postgres").render_as_string(hide_password=False)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            psycopg.connect(place, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"PostgreSQL does not start: {log.read_text(errors='replace')}")
