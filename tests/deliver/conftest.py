"""Servers to be told what goes wrong, and stores with mails to send."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.deliver import Server
from digest.store import Store, open_store
from tests.smtp_server import FaultServer

LOGIN = ("me@qq.com", "canary-Kanarienvogel-7f3a")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "data" / "digest.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An open store."""
    with open_store(path) as opened:
        yield opened


@pytest.fixture
def smtp() -> Iterator[FaultServer]:
    """A server without encryption or login, to be told what goes wrong."""
    with FaultServer() as server:
        yield server


@pytest.fixture
def reach(smtp: FaultServer) -> Server:
    """How to reach it, with time-outs short enough for a test."""
    return plain(smtp)


def plain(smtp: FaultServer, patience: float = 5) -> Server:
    """How to reach a server without encryption."""
    return Server("127.0.0.1", smtp.port, "none", timeout=patience, command_timeout=patience, dot_timeout=patience)
