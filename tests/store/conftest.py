"""A store in a real file and on a real server, closed after the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import settings

from digest.store import Place, Store, empty_store, open_store
from tests.postgres_server import PostgresServer

NewStore = Callable[[], AbstractContextManager[Store]]
KINDS = ("sqlite", "postgresql")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is to be; neither it nor its folder is there yet."""
    return tmp_path / "data" / "digest.db"


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Where an empty database is, or is to be: a file, and a database on a server."""
    if request.param == "sqlite":
        yield request.getfixturevalue("path")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.fresh() as url:
        yield url


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    """An open store."""
    with open_store(place, patience=0.2) as opened:
        yield opened


@pytest.fixture(scope="session", params=KINDS)
def new_store(request: pytest.FixtureRequest) -> NewStore:
    """What gives an open store without a row, as often as it is asked: in memory, and on a server."""
    if request.param == "sqlite":
        return empty_store
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.emptied


def few(new_store: NewStore) -> settings:
    """How often a machine is run: on a server every step costs many times what it costs in memory."""
    return settings(deadline=None, max_examples=25 if new_store is empty_store else 8)
