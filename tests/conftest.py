"""What every test gets: a home of its own, no surprise from the environment, unhurried hypothesis, certificates."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from hypothesis import HealthCheck, settings

from tests.postgres_server import NoServerError, PostgresServer, running_server
from tests.workers import keep_workers

ROOT = Path(__file__).parents[1]

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A test is called by the name of its argument where that is a whole file.

    A key or an archive that is made anew by every worker would be another test in each of them.
    """
    return argname if isinstance(val, bytes) and len(val) > 40 else None


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the home of the person who runs it."""
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith(("DIGEST_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("DIGEST_LOG", "human")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture(autouse=True)
def _kept_workers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that read pages are started once, but where they themselves are what is tested."""
    if "workers" not in request.keywords:
        keep_workers(monkeypatch)


@pytest.fixture
def samples() -> Path:
    """The folder of sample articles."""
    return ROOT / "samples"


@pytest.fixture(scope="session")
def registry() -> None:
    """Skip where pip cannot reach its package registry: then nothing can be installed from nothing."""
    asked = [sys.executable, "-m", "pip", "index", "versions", "click"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("pip reaches no package registry")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL server; skip where none is to be had."""
    try:
        with running_server() as server:
            yield server
    except NoServerError as missing:
        pytest.skip(str(missing))


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
