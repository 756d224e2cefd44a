"""The whole program on a PostgreSQL server: the same commands, the same words, nothing kept in files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from digest.store import run_lock
from tests.cli.conftest import ANNA, BEN, Office
from tests.postgres_server import PASSWORD, PostgresServer


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    """The URL of a database without a table."""
    with postgres.fresh("TEMPLATE template0") as made:
        yield made


@pytest.fixture
def served(office: Office, url: str) -> Office:
    """An office whose state is on the server."""
    office.configure(top=f'[store]\nurl = "{url}"\n')
    return office


def test_a_day_on_a_server(served: Office, url: str) -> None:
    """A dry run, a run, a second run, and every command that looks: as with a file."""
    assert served("run", "--dry-run").code == 0
    assert served.smtp.received == []
    assert served("run").code == 0
    assert sorted(served.smtp.recipients) == sorted([ANNA, BEN])
    assert served("run").code == 0
    assert len(served.smtp.received) == 2
    assert served.states() == {ANNA: "sent", BEN: "sent"}
    status = served("status", "--json")
    assert status.code == 0
    assert json.loads(status.out)
    assert served("verify", "daily").code == 0
    assert served("preview", "--text").code == 0
    (identity, *_) = served.message_ids().values()
    assert served("outbox", "show", identity).code == 0
    assert PASSWORD not in "".join(str(part) for part in (status.out, status.err))
    assert [path.name for path in served.data.rglob("*.db*")] == []


def test_the_doctor_looks_at_the_server(served: Office) -> None:
    """It calls the database by a name that shows no password, before the first run and after it."""
    for _ in range(2):
        found = served("doctor").out
        assert re.search(r"store.*postgresql://\S+ is sound", found)
        assert PASSWORD not in found
        served("run")


def test_a_second_run_is_turned_away(served: Office, url: str) -> None:
    """Exit code 75, whichever machine the other one runs on."""
    with run_lock(url):
        assert served("run").code == 75
    assert served("run").code == 0


def test_purge_and_backup_know_a_server(served: Office) -> None:
    """Retention works on it; a backup is the business of the server's own tools, and the refusal says which."""
    served("run")
    for words in (("--dry-run",), ()):
        assert served("purge", *words, now="2029-01-01T09:00").code == 0
    assert served.states() == {ANNA: "sent", BEN: "sent"}  # of the last issue, which stays
    refused = served("backup")
    assert refused.code != 0
    assert "pg_dump" in refused.err


def test_a_server_that_is_gone_is_one_clear_sentence(served: Office, postgres: PostgresServer) -> None:
    """No traceback, no password, a remedy, and an exit code that a timer understands."""
    served.configure(top=f'[store]\nurl = "{postgres.place("gone")}"\n')
    failed = served("run")
    assert failed.code == 1
    assert "gone is not there" in failed.err
    assert "createdb" in failed.err
    assert "Traceback" not in failed.err
    assert PASSWORD not in failed.err
