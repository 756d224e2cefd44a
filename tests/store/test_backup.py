"""Backups: whole and checked, whoever is at work; and what is restored sends and prints nothing a second time."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import StoreError
from digest.model import Article, State
from digest.store import (
    Placement,
    Store,
    back_up,
    copy_for_dry_run,
    dated_name,
    drop_backups,
    find_backups,
    open_store,
    restore,
)
from digest.store.backup import check
from digest.store.doubts import PERHAPS_PRINTED, RESTORED
from digest.store.restored import PERHAPS_SENT
from tests.store.earlier import NAMES, write_earlier
from tests.store.examples import (
    DAY,
    EDITION,
    NOW,
    WINDOW,
    end_mails,
    freeze,
    hours,
    mails,
    make_article,
    make_draft,
    make_story,
    offer,
    states,
)

LATER = NOW + 2 * DAY
ENDS: tuple[State | None, ...] = ("sent", "unknown", "deferred", "failed", None)


def fill(path: Path, numbers: Iterable[int] = (1, 2, 3)) -> list[str]:
    """A database with an issue that went out and candidates that wait; their keys."""
    with open_store(path) as store:
        keys = offer(store, numbers)
        freeze(store, ["a@example.cn"], [Placement(keys[0], "placed", "", keys[0])])
        end_mails(store, NOW, "sent")
    return keys


def backed_up(path: Path) -> Path:
    """A backup of the database."""
    target = path.with_name("backup.db")
    back_up(path, target)
    return target


def new(store: Store, articles: Iterable[Article], now: datetime = LATER) -> set[str]:
    """The titles of the candidates after a source brought these articles."""
    kept = store.record_articles(articles, now)
    store.offer(EDITION, kept.values(), now, WINDOW)
    return {article.title for article in store.candidates(EDITION, now)}


def test_a_backup_is_one_whole_file_of_its_own(path: Path) -> None:
    """Readable by its owner alone, without a log beside it, with every row; the database is as it was."""
    keys = fill(path)
    target = path.parent / "kept" / "one.db"
    size = back_up(path, target)
    assert size == target.stat().st_size > 10_000
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
    assert [found.name for found in target.parent.iterdir()] == ["one.db"]
    with closing(sqlite3.connect(target)) as raw:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    with copy_for_dry_run(target) as store:
        assert set(states(store)) == set(keys)


def test_what_stands_in_the_log_is_in_the_backup(path: Path) -> None:
    """The database is open and nothing of it has reached its file yet."""
    with open_store(path) as store:
        keys = offer(store, [1, 2])
        target = backed_up(path)
    with copy_for_dry_run(target) as copy:
        assert set(states(copy)) == set(keys)


def test_a_backup_while_a_run_is_at_work_is_of_one_moment(path: Path) -> None:
    """Articles and ledger are written together a hundred times; in no backup is one of them alone."""
    open_store(path).close()
    done = threading.Event()

    def work() -> None:
        with open_store(path) as store:
            for number in range(100):
                offer(store, [number], hours(number))
        done.set()

    worker = threading.Thread(target=work)
    worker.start()
    taken = 0
    try:
        while not done.is_set() or not taken:
            target = path.parent / f"{taken}.db"
            back_up(path, target)
            check(target, target)
            with closing(sqlite3.connect(target)) as raw:
                articles, rows = (
                    raw.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("articles", "ledger")
                )
            assert articles - rows in (0, 1)  # two transactions, in this order
            taken += 1
    finally:
        worker.join(30)
    assert taken


def test_an_interrupted_writer_leaves_a_backup_of_what_was_committed(path: Path) -> None:
    """A transaction under way is not in it, and is not disturbed."""
    fill(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM outbox")
        target = backed_up(path)
        writer.execute("ROLLBACK")
    with copy_for_dry_run(target) as copy:
        assert mails(copy) == {"a@example.cn": "sent"}


def test_a_backup_is_not_overwritten(path: Path) -> None:
    """Unless that is wanted; the database itself never is."""
    fill(path)
    target = path.with_name("kept.db")
    target.write_bytes(b"precious")
    with pytest.raises(StoreError, match="is there already"):
        back_up(path, target)
    assert target.read_bytes() == b"precious"
    back_up(path, target, force=True)
    check(target, target)
    with pytest.raises(StoreError, match="is the database itself"):
        back_up(path, path, force=True)


def test_a_backup_that_fails_leaves_nothing(path: Path) -> None:
    """Of a database that is damaged, empty or not there; the old backup stays."""
    with pytest.raises(StoreError, match="there is no database"):
        back_up(path, path.with_name("kept.db"))
    fill(path, range(200))
    target = backed_up(path)
    before = target.read_bytes()
    data = bytearray(path.read_bytes())
    data[8192:20000] = b"x" * (20000 - 8192)
    path.write_bytes(bytes(data))
    with pytest.raises(StoreError, match="damaged"):
        back_up(path, target, force=True)
    assert target.read_bytes() == before
    assert not [found for found in path.parent.iterdir() if "part" in found.name]


def test_dated_backups_are_found_and_the_oldest_dropped(tmp_path: Path) -> None:
    """By their names; nothing else in the folder is touched, and one always stays."""
    path = tmp_path / "digest.db"
    names = [dated_name(path, NOW + day * DAY) for day in range(4)]
    for name in (*names, "mine.db", "digest-old.db", "digest-20269999T000000Z.db", "m-20261122T010203Z.db"):
        (tmp_path / name).write_bytes(b"")
    assert [backup.made_at for backup in find_backups(tmp_path, path)][:2] == [NOW + 3 * DAY, NOW + 2 * DAY]
    assert [file.name for file in drop_backups(tmp_path, 2, path)] == [names[1], names[0]]
    drop_backups(tmp_path, 0, path)
    assert {path.name for path in tmp_path.iterdir()} == {
        names[3],
        "mine.db",
        "digest-old.db",
        "digest-20269999T000000Z.db",
        "m-20261122T010203Z.db",
    }
    assert find_backups(tmp_path / "nowhere", path) == ()


@pytest.mark.parametrize("name", ["m.db", "digest.db"])
def test_databases_that_share_a_folder_keep_their_backups(path: Path, name: str) -> None:
    """Of other names, or of one name in two places: none is counted, dropped or taken for one's own."""
    other, kept = path.parent / "other" / name, path.parent / "kept"
    for database in (path, other):
        fill(database)
    mine, strange = kept / dated_name(path, NOW), kept / dated_name(other, NOW + DAY)
    back_up(path, mine)
    back_up(other, strange)
    before = sorted(file.name for file in path.parent.iterdir())
    assert [backup.path for backup in find_backups(kept, path)] == [mine]
    assert drop_backups(kept, 1, path) == ()
    assert sorted(file.name for file in path.parent.iterdir()) == before, "looking leaves nothing behind"
    with pytest.raises(StoreError, match="of another database"):
        restore(path, strange, [EDITION], LATER)
    restore(path, strange, [EDITION], LATER, force=True)
    assert [backup.path for backup in find_backups(kept, path)] == ([strange] if name == path.name else [])


def test_restoring_keeps_the_database_of_before(path: Path) -> None:
    """With all it holds, under a name of its own each time."""
    fill(path)
    backup = backed_up(path)
    with open_store(path) as store:
        offer(store, [7])
    asides = [restore(path, backup, [EDITION], LATER).aside for _ in range(2)]
    first, second = asides
    assert first
    assert second
    assert first.name.endswith(".before-restore")
    with copy_for_dry_run(first) as old:
        assert make_article(7).key in states(old)
    with copy_for_dry_run(second) as old:
        assert make_article(7).key not in states(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with open_store(path) as store:
        assert store.find_damage() == ""


def test_a_lost_or_damaged_database_is_replaced(path: Path) -> None:
    """It may be gone, no database at all, or have a log that belongs to it and not to the restored one."""
    fill(path)
    backup = backed_up(path)
    path.write_bytes(b"this is no database, as anybody can see" * 200)
    path.with_name(path.name + "-wal").write_bytes(b"nor is this a log" * 500)
    aside = restore(path, backup, [], LATER).aside
    assert aside
    assert aside.read_bytes().startswith(b"this is no database")
    assert aside.with_name(aside.name + "-wal").exists()
    with open_store(path) as store:
        assert len(store.find_issues()) == 1
    path.unlink()
    assert restore(path, backup, [], LATER).aside is None
    with open_store(path) as store:
        assert len(store.find_issues()) == 1


def test_only_a_sound_backup_is_restored(path: Path) -> None:
    """A damaged, foreign, newer or empty one is refused with a clear word, and nothing is changed."""
    fill(path)
    good, bad = backed_up(path), path.with_name("bad.db")
    before = path.read_bytes()
    with closing(sqlite3.connect(path.with_name("foreign.db"))) as raw:
        raw.execute("CREATE TABLE t (x)")
    newer = path.with_name("newer.db")
    newer.write_bytes(good.read_bytes())
    with closing(sqlite3.connect(newer)) as raw:
        raw.execute("PRAGMA user_version = 99")
    bad.write_bytes(good.read_bytes()[:9000])
    path.with_name("empty.db").write_bytes(b"")
    path.with_name("text.db").write_text("not a database" * 100)
    for name in ("bad", "foreign", "newer", "empty", "text", "nowhere"):
        with pytest.raises(StoreError):
            restore(path, path.with_name(f"{name}.db"), [EDITION], LATER)
    with pytest.raises(StoreError, match="is the database itself"):
        restore(path, path, [EDITION], LATER)
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.before-restore*"))


def test_a_mail_that_waited_is_held(path: Path) -> None:
    """It may have gone out since; so its articles are not printed again, and nothing sends it but a person."""
    with open_store(path) as store:
        key, other = offer(store, [1, 2])
        freeze(store, ["a@example.cn", "b@example.cn"], [Placement(key, "placed", "", key)])
        first, _ = store.outbox_rows()
        assert store.claim(first, NOW)
        store.mark(first, "deferred", 451, "later", NOW, hours(1))
    unsure = restore(path, backed_up(path), [EDITION], LATER).unsure
    assert (unsure.held, unsure.articles) == (2, 1)
    with open_store(path) as store:
        assert {(row.state, row.reply, row.until) for row in store.outbox_rows()} == {("unknown", PERHAPS_SENT, LATER)}
        assert store.pending() == ()
        assert "frozen" not in {issue.state for issue in store.find_issues()}
        assert states(store) == {key: "carried", other: "expired"}
        store.resend(first.message_id, LATER, LATER + DAY)
        assert len(store.pending(now=LATER)) == 1


def test_slots_until_now_count_as_done(path: Path) -> None:
    """Of every edition that is configured, or that the state knows; nothing is composed for them a second time."""
    fill(path)
    restore(path, backed_up(path), ["weekly"], LATER)
    with open_store(path) as store:
        assert store.latest_slot(EDITION) == store.latest_slot("weekly") == LATER
        assert [skip.why for skip in store.skips("weekly", NOW)] == [RESTORED]


def test_what_may_have_been_printed_since_is_not_printed(path: Path) -> None:
    """Candidates, drafts, and what sources bring that is no younger than the restoring; each has its reason."""
    keys = fill(path)
    with open_store(path) as store:
        store.keep_draft(make_draft([Placement(keys[1], "placed")], NOW + DAY))
    unsure = restore(path, backed_up(path), [EDITION], LATER).unsure
    assert (unsure.articles, unsure.drafts) == (2, 1)
    older = make_story(10, published=LATER - timedelta(hours=1))
    undated, today = make_story(11), make_story(12, published=LATER.date())
    yesterday = make_story(13, published=LATER.date() - DAY)
    younger = make_story(14, published=LATER + timedelta(hours=1))
    with open_store(path) as store:
        assert (store.candidates(EDITION, LATER), store.drafts()) == ([], ())
        assert new(store, [older, undated, today, yesterday, younger], hours(50)) == {"第14条"}
        reasons = {row.reason for row in store.ledger_rows(EDITION) if row.state == "expired"}
        assert reasons == {PERHAPS_PRINTED}


def test_after_its_first_issue_an_edition_takes_what_has_no_date(path: Path) -> None:
    """Its sources have been read since; what they bring now is new, unless it says itself that it is older."""
    fill(path)
    restore(path, backed_up(path), [EDITION], LATER)
    after = LATER + DAY
    with open_store(path) as store:
        younger = make_story(20, published=LATER + timedelta(hours=2))
        assert new(store, [make_story(21), younger], after) == {"第20条"}
        freeze(store, ["a@example.cn"], [Placement(younger.key, "placed", "", younger.key)], slot=after)
        end_mails(store, after, "sent")
        older = make_story(23, published=LATER - DAY)
        assert new(store, [make_story(21), make_story(22), older], after + DAY) == {"第22条"}


def test_what_was_sent_before_the_backup_is_known(path: Path) -> None:
    """Carried articles are carried, and who left before has left."""
    keys = fill(path)
    with open_store(path) as store:
        store.suppress("b@example.cn", "", "unsubscribed", "", NOW)
    restore(path, backed_up(path), [EDITION], LATER)
    with open_store(path) as store:
        assert states(store)[keys[0]] == "carried"
        assert mails(store) == {"a@example.cn": "sent"}
        assert len(store.suppressions()) == 1
        assert new(store, [replace(make_article(1), published=LATER + DAY)]) == set()


def test_a_state_that_moved_goes_on_where_it_stood(path: Path) -> None:
    """Nothing was sent since the backup was made: what waits waits, and candidates are candidates."""
    keys = fill(path)
    with open_store(path) as store:
        freeze(store, ["b@example.cn"], slot=hours(24))
        before = (states(store), mails(store), store.latest_slot(EDITION))
    restore(path, backed_up(path), [EDITION], LATER, as_it_was=True)
    with open_store(path) as store:
        assert (states(store), mails(store), store.latest_slot(EDITION)) == before
        assert len(store.pending()) == 1
        assert {article.key for article in store.candidates(EDITION, hours(1))} == set(keys[1:])


@pytest.mark.parametrize("name", NAMES)
def test_a_backup_of_an_earlier_program_is_restored(name: str, path: Path) -> None:
    """It is brought to this version on the way; the backup itself stays as it is."""
    backup = path.parent / "old.db"
    write_earlier(name, backup)
    before = backup.read_bytes()
    unsure = restore(path, backup, ["daily"], datetime(2026, 3, 5, tzinfo=UTC)).unsure
    assert unsure.held == 2
    assert backup.read_bytes() == before
    with open_store(path) as store:
        assert store.count_mails(None, "unknown") == 3
        assert store.latest_slot("daily") == datetime(2026, 3, 5, tzinfo=UTC)


def test_a_restore_that_breaks_off_leaves_the_database(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the last step, which is one, the database of before is in its place and complete."""
    fill(path)
    backup = backed_up(path)
    with open_store(path) as store:
        offer(store, [7])

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StoreError, match="No space left"):
        restore(path, backup, [EDITION], LATER)
    monkeypatch.undo()
    with open_store(path) as store:
        assert make_article(7).key in states(store)
        assert store.latest_slot(EDITION) == NOW
    assert not list(path.parent.glob("*.part*"))


PARTS = st.lists(st.tuples(st.sets(st.integers(1, 9), min_size=1, max_size=4), st.sampled_from(ENDS)), max_size=4)


@given(before=PARTS, after=PARTS, dated=st.booleans(), spelling=st.integers(0, 3))
@settings(deadline=None, max_examples=8)
def test_law(
    before: list[tuple[set[int], State | None]],
    after: list[tuple[set[int], State | None]],
    dated: bool,
    spelling: int,
) -> None:
    """Whatever was sent before the backup or after it, nothing of it is sent or printed once it is restored."""
    with TemporaryDirectory() as folder:
        path, backup = Path(folder, "digest.db"), Path(folder, "backup.db")
        open_store(path).close()
        go_on(path, before, 0, dated)
        back_up(path, backup)
        go_on(path, after, len(before), dated)
        with open_store(path) as store:
            rows = [row.key for row in store.ledger_rows(EDITION) if row.state in ("placed", "carried")]
            reached = {trace.article.title for key in rows for trace in store.trace(key)}
        restored = NOW + (len(before) + len(after)) * DAY
        restore(path, backup, [EDITION], restored)
        with open_store(path) as store:
            assert store.pending() == ()
            again = [make_story(n, spelling, published=restored - 2 * DAY if dated else None) for n in range(1, 10)]
            fresh = make_story(77, published=restored + timedelta(hours=1))
            assert new(store, [*again, fresh], restored + timedelta(hours=2)) == {fresh.title}
            rows = [row.key for row in store.ledger_rows(EDITION)]
            told = {trace.article.title for key in rows for trace in store.trace(key)}
            assert reached <= told, "each is accounted for"
            assert store.find_damage() == ""


def go_on(path: Path, parts: Iterable[tuple[set[int], State | None]], first: int, dated: bool) -> None:
    """Issues of some days, each of what its sources brought, whose mails came to an end or wait."""
    with open_store(path) as store:
        for day, (numbers, end) in enumerate(parts, first):
            slot = NOW + day * DAY
            stories = [make_story(n, published=NOW - DAY if dated else None) for n in numbers]
            new(store, stories, slot)
            keys = [article.key for article in store.candidates(EDITION, slot)]
            if keys:
                freeze(store, ["a@example.cn"], [Placement(key, "placed", "", key) for key in keys[:2]], slot=slot)
                if end:
                    end_mails(store, slot, end)
