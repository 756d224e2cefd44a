"""Certificates of a private authority, servers that use them, and stores with mails to send."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from digest.deliver import Server
from digest.store import Store, open_store
from tests.smtp_server import FaultServer

LOGIN = ("me@qq.com", "canary-Kanarienvogel-7f3a")


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority nobody trusts who is not told to."""
    return trustme.CA()


@pytest.fixture(scope="session")
def cafile(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The authority's own certificate, for those who are told to."""
    path = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture(scope="session")
def context(authority: trustme.CA) -> ssl.SSLContext:
    """What a server with a good certificate needs."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(made)
    return made


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
