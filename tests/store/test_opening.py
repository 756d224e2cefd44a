"""Opening a store: private files, honest refusals, and nothing changed where it cannot be opened."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from digest.errors import StoreError
from digest.store import open_store
from digest.store.steps import STEPS
from digest.store.trouble import explain
from tests.store.examples import freeze, mails, offer

ROOT = Path(__file__).parents[2]  # scripts run there find the package and the tests


@pytest.fixture
def usual_umask() -> Iterator[None]:
    """The umask most machines have, under which SQLite's own files would be readable to all."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    """The permission bits of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_database_and_its_log_are_private(usual_umask: None, path: Path) -> None:
    """The database, its log and its index are 0600 and the new folder is 0700 under umask 022."""
    with open_store(path) as store:
        freeze(store, ["a@example.cn"])
        assert {file.name: mode(file) for file in path.parent.iterdir()} == {
            "digest.db": 0o600,
            "digest.db-wal": 0o600,
            "digest.db-shm": 0o600,
        }
        assert mode(path.parent) == 0o700


def test_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    """A folder the user made is not touched."""
    tmp_path.chmod(0o750)
    open_store(tmp_path / "digest.db").close()
    assert mode(tmp_path) == 0o750


def test_closed_store_is_one_file(path: Path) -> None:
    """Closing moves everything into the one file, so that a copy of it is a backup."""
    with open_store(path) as store:
        freeze(store, ["a@example.cn"])
    assert [file.name for file in path.parent.iterdir()] == ["digest.db"]
    with open_store(path) as store:
        assert mails(store) == {"a@example.cn": "queued"}


def test_closing_twice_is_harmless(path: Path) -> None:
    """A store may be closed inside its own block."""
    with open_store(path) as store:
        store.close()
    assert path.exists()


def test_settings_hold_on_every_connection(path: Path) -> None:
    """The log is on, a commit reaches the disk, and a row cannot point at nothing."""
    with open_store(path) as store, store._reading() as connection:  # the settings cannot be seen from outside
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_path_with_odd_letters_is_taken_as_it_is(tmp_path: Path) -> None:
    """A question mark, a percent sign or Chinese in the path is part of the name."""
    path = tmp_path / "每日?x=1#%41.db"
    open_store(path).close()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_newer_database_is_refused_unchanged(path: Path) -> None:
    """A database that a newer program made is not touched, and the remedy says so."""
    open_store(path).close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="version") as caught:
        open_store(path)
    assert "newer digest" in caught.value.hint
    assert path.read_bytes() == before


def test_database_of_another_program_is_refused_unchanged(path: Path) -> None:
    """A database full of somebody else's tables is not taken over."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE moz_places (id INTEGER)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        open_store(path)
    assert path.read_bytes() == before


def test_damaged_database_is_refused_unchanged(path: Path) -> None:
    """A file that is no database gets one clear sentence and keeps its bytes."""
    path.parent.mkdir()
    path.write_bytes("这不是数据库。".encode() * 100)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is not a database") as caught:
        open_store(path)
    assert caught.value.hint
    assert path.read_bytes() == before


def test_damage_inside_is_found(path: Path) -> None:
    """`find_damage` reports torn pages that opening does not come across, and nothing on a sound file."""
    with open_store(path) as store:
        offer(store, range(200))
        assert store.find_damage() == ""
    data = bytearray(path.read_bytes())
    data[8192:12288] = os.urandom(4096)
    path.write_bytes(data)
    with open_store(path) as store:
        assert store.find_damage()


def test_locked_database_says_so(path: Path) -> None:
    """A write that another process holds off ends in one clear sentence, and succeeds once it is gone."""
    with open_store(path, patience=0.05) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked") as caught:
            freeze(store, ["a@example.cn"])
        assert "try again" in caught.value.hint
        other.execute("ROLLBACK")
        assert freeze(store, ["a@example.cn"])


def test_opening_a_locked_database_says_so(path: Path) -> None:
    """A database that somebody keeps to himself cannot be opened, and the sentence says why."""
    open_store(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked"):
            open_store(path, patience=0.05)


def test_reading_does_not_wait_for_writing(path: Path) -> None:
    """While another process writes, the outbox can still be listed."""
    with open_store(path, patience=0.05) as store:
        freeze(store, ["a@example.cn"])
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert mails(store) == {"a@example.cn": "queued"}


def test_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    """A file where the folder should be is named in the sentence."""
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreError, match="cannot be made"):
        open_store(tmp_path / "data" / "digest.db")


def test_folder_in_place_of_the_file_says_so(path: Path) -> None:
    """A folder of the database's name is not a database."""
    path.mkdir(parents=True)
    with pytest.raises(StoreError, match="is not a file"):
        open_store(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_without_permission_says_so(tmp_path: Path) -> None:
    """A folder that may not be written is named in the sentence, and stays empty."""
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="cannot be made"):
        open_store(tmp_path / "digest.db")
    tmp_path.chmod(0o700)
    assert list(tmp_path.iterdir()) == []


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from digest.errors import StoreError
from digest.store import open_store
from tests.store.examples import offer
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with open_store(Path(sys.argv[1])) as store:
    offer(store, range(3))
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))
    try:
        offer(store, range(3, 3000))
    except StoreError as error:
        print(error)
"""


def test_disk_that_fills_up_changes_nothing(path: Path) -> None:
    """A write that the disk cannot take is reported, and leaves what was there before."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "the disk" in done.stdout
    with open_store(path) as store:
        assert len(store.ledger_rows("daily")) == 3
        assert store.find_damage() == ""


SMALL_DISK = """
import sys
from pathlib import Path
from digest.errors import StoreError
from digest.store import open_store
from tests.store.examples import offer
path = Path(sys.argv[1])
ballast = path.with_name("ballast")
with open_store(path) as store:
    offer(store, range(3))
    ballast.write_bytes(bytes(900_000))
    try:
        offer(store, range(3, 3000))
    except StoreError as error:
        print(error)
    print(len(store.ledger_rows("daily")), repr(store.find_damage()))
    ballast.unlink()
    offer(store, range(3, 300))
with open_store(path) as store:
    print(len(store.ledger_rows("daily")), repr(store.find_damage()))
"""


def test_a_full_disk_is_waited_out(tmp_path: Path) -> None:
    """On a disk of two megabytes: one clear sentence, nothing lost, and all goes on once there is room again."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = f"mount -t tmpfs -o size=2m tmpfs {disk} 2>/dev/null || exit 77; exec "
    private = ["unshare", "--mount", "--map-root-user", "sh", "-c"]  # a name space of its own: nobody else sees it
    if not shutil.which("unshare") or subprocess.run([*private, f"{mounted} true"], check=False).returncode:
        pytest.skip("no disk can be mounted here")
    script = [sys.executable, "-c", SMALL_DISK, str(disk / "digest.db")]
    done = subprocess.run(
        [*private, mounted + shlex.join(script)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    said, *after = done.stdout.splitlines()
    assert "the disk is full" in said
    assert "nothing was changed" in said
    assert after == ["3 ''", "300 ''"]


def count_rows(path: Path) -> int:
    """How many articles an edition was offered."""
    with open_store(path) as store:
        return len(store.ledger_rows("daily"))


def test_damage_met_at_work_says_so(path: Path) -> None:
    """Torn pages that a question comes across are one clear sentence with a remedy, and stay as they are."""
    with open_store(path) as store:
        offer(store, range(500))
    assert count_rows(path) == 500
    data = bytearray(path.read_bytes())
    data[len(data) // 4 :] = os.urandom(len(data) - len(data) // 4)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="is damaged") as caught:
        count_rows(path)
    assert "backup" in caught.value.hint
    assert path.read_bytes() == data


def test_full_disk_has_its_own_sentence(tmp_path: Path) -> None:
    """SQLite's "database or disk is full" is told as what it is."""
    with closing(sqlite3.connect(tmp_path / "small.db")) as raw:
        raw.execute("CREATE TABLE t (x BLOB)")
        raw.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as caught:
            raw.execute("INSERT INTO t VALUES (zeroblob(100000))")
    assert "disk is full" in explain(caught.value, "small.db").message


def test_many_threads_may_open_it_at_once(path: Path) -> None:
    """Of eight that open a new database at the same moment, all succeed and one makes the tables."""
    problems: list[StoreError] = []
    start = threading.Barrier(8)

    def open_and_read() -> None:
        start.wait()
        try:
            with open_store(path) as store:
                store.outbox_rows()
        except StoreError as error:
            problems.append(error)

    threads = [threading.Thread(target=open_and_read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
