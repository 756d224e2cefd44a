"""A copy for a dry run: everything is in it, and nothing of it comes back."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from digest.errors import StoreError
from digest.store import Placement, copy_for_dry_run, empty_store, open_store
from digest.store.steps import STEPS
from tests.store.examples import (
    EDITION,
    NOW,
    fill,
    freeze,
    hours,
    make_article,
    make_page,
    make_story,
    offer,
)


def picture(folder: Path) -> dict[str, tuple[str, int]]:
    """Name, content and time of change of every file in a folder."""
    return {
        file.name: (hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime_ns) for file in folder.iterdir()
    }


def work_on(path: Path) -> None:
    """What a dry run does: takes candidates, freezes an issue, sends its mails."""
    with copy_for_dry_run(path) as copy:
        keys = [article.key for article in copy.candidates(EDITION, NOW)]
        assert keys
        assert freeze(copy, ["dry@example.cn"], [Placement(key, "placed") for key in keys])
        (row,) = copy.pending()
        assert copy.claim(row, NOW)
        copy.mark(row, "dot", 0, "", NOW)
        copy.mark(row, "sent", 250, "ok", NOW)
        assert copy.candidates(EDITION, NOW) == []


def test_a_dry_run_changes_no_byte(path: Path) -> None:
    """Neither the database nor its folder shows that there was one."""
    with open_store(path) as store:
        offer(store, range(5))
    before = picture(path.parent)
    work_on(path)
    assert picture(path.parent) == before


def test_a_dry_run_sees_what_is_only_in_the_log(path: Path) -> None:
    """While another process has the database open, its commits are in the copy and its files stay as they are."""
    with open_store(path) as store:
        offer(store, range(5))
        assert (path.parent / "digest.db-wal").stat().st_size
        before = picture(path.parent)
        work_on(path)
        assert picture(path.parent) == before
        assert len(store.candidates(EDITION, NOW)) == 5


def fill_file(path: Path) -> None:
    """Puts something into every table of a database."""
    with open_store(path) as store:
        fill(store)


def rows_of(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Every table with its rows, and the schema as one of them."""
    schema = connection.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
    found: dict[str, list[tuple[object, ...]]] = {"": schema.fetchall()}
    for kind, name, _ in found[""]:
        if kind == "table":
            found[str(name)] = sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
    return found


@pytest.mark.parametrize("still_open", [False, True], ids=["closed", "in its log"])
def test_the_copy_holds_everything_but_the_bytes(path: Path, still_open: bool) -> None:
    """Tables, indexes and rows are the same; originals are left out, and what was read from them is not."""
    fill_file(path)
    with closing(open_store(path)) as store:
        if still_open:
            store.record_source("乙", NOW, "", 1, 1)
        else:
            store.close()
        with copy_for_dry_run(path) as copy:
            assert [version.text for version in copy.versions(make_story(2).key)] == [make_story(2).text, "改" * 50]
            assert copy.original(copy.versions(make_story(2).key)[0].sha256) is None
            with copy._reading() as connection:
                memory = connection.connection.driver_connection
                assert isinstance(memory, sqlite3.Connection)
                there = rows_of(memory)
        store.close()
    with closing(sqlite3.connect(path)) as original:
        here = rows_of(original)
    assert len(here.pop("originals")) == 3
    assert there.pop("originals") == []
    assert there == here
    assert all(here.values())


def test_a_dry_run_may_fetch_too(path: Path) -> None:
    """It records bytes, versions and visits in its copy as in earnest."""
    fill_file(path)
    with copy_for_dry_run(path) as copy:
        copy.record_fetched([(make_story(1, text="又" * 50), make_page("4"))], hours(1))
        assert [copy.original(version.sha256) for version in copy.versions(make_story(1).key)] == [None, b"4"]
        assert copy.forget_originals(hours(2)) == 1


def test_a_dry_run_knows_what_was_told(path: Path) -> None:
    """All that an issue is composed from stands in the copy: told items, days, words, notices and drafts."""
    fill_file(path)
    with copy_for_dry_run(path) as copy, open_store(path) as store:
        for known in (copy, store):
            assert len(known.told(EDITION, NOW)) == 1
            assert len(known.told_notices(EDITION)) == 1
        assert copy.told(EDITION, NOW) == store.told(EDITION, NOW)
        assert copy.word_counts(EDITION, NOW) == store.word_counts(EDITION, NOW) != ()
        days = (NOW.date(), hours(999).date())
        assert copy.appointments(EDITION, *days) == store.appointments(EDITION, *days) != ()
        assert copy.drafts() == store.drafts() != ()
        assert copy.drop_draft(EDITION, hours(24), NOW)
        assert store.find_draft(EDITION, hours(24))


def test_the_copy_knows_of_damage_in_its_original(path: Path) -> None:
    """What `find_damage` says of a copy is true of the file, also where the torn page is not copied."""
    fill_file(path)
    with open_store(path) as store:
        store.record_fetched([(make_story(9), make_page(os.urandom(40_000).hex()))], NOW)
    with copy_for_dry_run(path) as copy:
        assert copy.find_damage() == ""
    data = bytearray(path.read_bytes())
    data[-4096 * 3 :] = bytes(4096 * 3)
    path.write_bytes(data)
    before = picture(path.parent)
    with copy_for_dry_run(path) as copy:
        assert copy.find_damage()
    assert picture(path.parent) == before


def test_an_open_store_goes_on_after_a_copy_was_made(path: Path) -> None:
    """Copying drops no lock: the store of the same process still writes, and another one still waits for it."""
    with open_store(path) as store:
        for number in range(5):
            offer(store, [number])
            copy_for_dry_run(path).close()
        with closing(sqlite3.connect(path)) as other:
            assert other.execute("SELECT count(*) FROM ledger").fetchone() == (5,)
        assert store.find_damage() == ""


def test_without_a_database_the_copy_is_empty(tmp_path: Path) -> None:
    """A first dry run works before anything exists, and nothing exists afterwards."""
    with copy_for_dry_run(tmp_path / "digest.db") as copy:
        assert copy.outbox_rows() == ()
        assert freeze(copy, ["a@example.cn"])
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_gives_an_empty_copy(path: Path) -> None:
    """A database that was created and never written is like none."""
    path.parent.mkdir()
    path.touch()
    with copy_for_dry_run(path) as copy:
        assert copy.outbox_rows() == ()
    assert path.read_bytes() == b""


@pytest.mark.parametrize("damage", ["newer", "text"])
def test_what_cannot_be_opened_cannot_be_copied(path: Path, damage: str) -> None:
    """A newer or a damaged database is refused as it would be in earnest, and stays as it is."""
    open_store(path).close()
    if damage == "newer":
        with closing(sqlite3.connect(path)) as raw:
            raw.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    else:
        path.write_bytes(b"not a database " * 100)
    before = picture(path.parent)
    with pytest.raises(StoreError):
        copy_for_dry_run(path)
    assert picture(path.parent) == before


def test_the_copy_does_not_follow_the_original(path: Path) -> None:
    """What is written after the copy was made is not in it."""
    with open_store(path) as store:
        offer(store, [1])
        with copy_for_dry_run(path) as copy:
            offer(store, [2])
            assert copy.candidates(EDITION, NOW) == [make_article(1)]


def test_two_empty_stores_know_nothing_of_each_other() -> None:
    """Each is a memory of its own."""
    with empty_store() as one, empty_store() as other:
        offer(one, [1])
        assert one.candidates(EDITION, NOW) == [make_article(1)]
        assert other.candidates(EDITION, NOW) == []
