"""Databases that earlier programs wrote: today's opens each, knows every row, goes on, and sends nothing twice."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.errors import StoreError
from digest.store import Store, copy_for_dry_run, open_store
from digest.store.engine import make_engine
from digest.store.migrations import migrate
from digest.store.steps import STEPS
from tests.store.earlier import NAMES, version_of, write_earlier

A, B, C = "a@example.cn", "b@example.cn", "c@example.cn"
FIRST, SECOND = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
PAGE = "http://www.example.cn/a/1.html"
TITLES = {"岚川大桥通车", "赫汀自来水价格调整", "岚西新医院开诊", "青垣图书馆延长开放", "汀南港货运量增长"}
each = pytest.mark.parametrize("name", NAMES)


def count_rows(path: Path) -> dict[str, int]:
    """How many rows each table has."""
    with closing(sqlite3.connect(path)) as raw:
        tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {table: raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def states(store: Store) -> Mapping[tuple[datetime, str], str]:
    """The state of every mail."""
    return {(row.slot, row.address): row.state for row in store.outbox_rows()}


def printed(store: Store) -> set[str]:
    """The titles of what issues have printed, on its own or with its event."""
    rows = {row.key for row in store.ledger_rows("daily") if row.state in ("placed", "merged", "carried")}
    return {trace.article.title for key in rows for trace in store.trace(key)}


def test_every_version_has_its_databases() -> None:
    """No step is without one, and every program that wrote another content is there."""
    assert {version_of(name) for name in NAMES} == {1, 2, 3, 4, 5}
    assert len(NAMES) == 7


@each
def test_no_row_is_lost(name: str, tmp_path: Path) -> None:
    """Every table has at least the rows it had; lists of a source are read again where keys are made otherwise now."""
    path = tmp_path / "digest.db"
    write_earlier(name, path)
    before = count_rows(path)
    open_store(path).close()
    after = count_rows(path)
    assert {table: rows for table, rows in before.items() if after[table] < rows and table != "listings"} == {}
    with open_store(path) as store:
        assert store.find_damage() == ""
        with closing(sqlite3.connect(path)) as raw:
            assert raw.execute("PRAGMA user_version").fetchone() == (len(STEPS),)
            assert raw.execute("PRAGMA foreign_key_check").fetchall() == []


@each
def test_every_row_means_what_it_meant(name: str, tmp_path: Path) -> None:
    """Issues, mails, ledger, versions, visits and whoever left are as that program knew them."""
    path = tmp_path / "digest.db"
    write_earlier(name, path)
    version = version_of(name)
    with open_store(path) as store:
        assert [(issue.slot, issue.state) for issue in store.find_issues("daily")] == [
            (SECOND, "carried"),
            (FIRST, "carried"),
        ]
        assert states(store) == {
            (FIRST, A): "sent",
            (FIRST, B): "unknown",
            (FIRST, C): "failed",
            (SECOND, A): "sent",
            (SECOND, B): "deferred",
            (SECOND, C): "deferred",
        }
        assert len(printed(store)) == 4
        assert TITLES & printed(store)
        told = store.told("daily", FIRST)
        assert sorted((item.day.day, item.number) for item in told) == [(1, 1), (1, 2), (2, 1), (2, 2)]
        found = store.find_known([PAGE, "https://example.cn/a/1"], "web")
        assert {article.title for article in found.values()} == {"河湾站检修公告"}
        assert len(found) == 2
        (page,) = store.trace(PAGE)
        assert [version.text.count("3月4日") for version in store.versions(page.key)] == [0, 1][: 1 + (version > 1)]
        assert len(store.drafts("daily")) == (version > 2)
        assert {row.address for row in store.suppressions()} == (
            {"d@example.cn", "e@example.cn"} if version > 3 else set()
        )
        assert len(store.skips("weekly", FIRST)) == len(store.runs()) == len(store.alerts()) == (version > 4)
        assert len(store.signing_key()) == 32


@pytest.mark.parametrize("until", range(1, len(STEPS)))
def test_an_upgrade_that_broke_off_is_taken_up(until: int, tmp_path: Path) -> None:
    """A file that is half on its way, of whatever version, becomes one of today."""
    path = tmp_path / "digest.db"
    write_earlier(NAMES[0], path)
    engine = make_engine(path, patience=1)
    with engine.begin() as connection:
        migrate(connection, STEPS[:until])
    engine.dispose()
    with open_store(path) as store:
        assert len(store.told("daily", FIRST)) == 4
        assert len(store.ledger_rows("daily")) == 7


@each
def test_an_upgrade_that_fails_changes_nothing(name: str, tmp_path: Path) -> None:
    """Where its last step cannot be taken the file is as it was, and the next try finds it so."""
    path = tmp_path / "digest.db"
    write_earlier(name, path)
    before = count_rows(path)
    engine = make_engine(path, patience=1)
    with pytest.raises(Exception, match="no such table"), engine.begin() as connection:
        migrate(connection, (*STEPS, ("INSERT INTO nowhere VALUES (1)",)))
    engine.dispose()
    assert count_rows(path) == before
    with open_store(path) as store:
        assert len(store.outbox_rows()) == 6


KILLED = """
import os, signal, sys
from pathlib import Path
from digest.store.engine import make_engine, use_wal
from digest.store.migrations import migrate
from digest.store.steps import STEPS

def die(connection):
    os.kill(os.getpid(), signal.SIGKILL)

engine = make_engine(Path(sys.argv[1]), 1)
use_wal(engine)
with engine.begin() as connection:
    connection.exec_driver_sql("PRAGMA cache_spill = 1")
    migrate(connection, (*STEPS, (die,)))
"""


@each
def test_an_upgrade_that_is_killed_is_done_the_next_time(name: str, tmp_path: Path) -> None:
    """A process dies after the last step and before it is committed: the file is as it was."""
    path = tmp_path / "digest.db"
    write_earlier(name, path)
    before = count_rows(path)
    died = subprocess.run([sys.executable, "-c", KILLED, path], timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL
    assert count_rows(path) == before
    with open_store(path) as store:
        assert len(store.told("daily", FIRST)) == 4
        assert store.find_damage() == ""


@each
def test_a_dry_run_and_a_newer_program_leave_it_alone(name: str, tmp_path: Path) -> None:
    """A copy is brought forward, the file is not; one of a version to come is refused with a clear word."""
    path = tmp_path / "digest.db"
    write_earlier(name, path)
    before = path.read_bytes()
    with copy_for_dry_run(path) as copy:
        assert len(copy.outbox_rows()) == 6
    assert path.read_bytes() == before
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    with pytest.raises(StoreError, match="install a newer digest"):
        open_store(path)


def test_lists_of_sources_can_be_kept_again(tmp_path: Path) -> None:
    """The first program of version 2 had no table for them, and its empty databases went on to version 5 without."""
    path = tmp_path / "digest.db"
    engine = make_engine(path, patience=1)
    with engine.begin() as connection:
        migrate(connection, STEPS[:5])
        connection.exec_driver_sql("DROP TABLE listings")
    engine.dispose()
    with open_store(path) as store:
        store.record_source("web", FIRST, "", 0, 0)
        assert store.find_listed("web", "m") is None
