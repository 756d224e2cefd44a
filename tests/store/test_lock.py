"""The run lock: one process at a time, and none left behind by the dead."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from digest.errors import BusyError, StoreError
from digest.store import open_store, run_lock

ROOT = Path(__file__).parents[2]  # scripts run there find the package and the tests
HOLD = """
import sys, time
from pathlib import Path
from digest.store import run_lock
with run_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_turned_away_at_once(path: Path) -> None:
    """BusyError ends in exit code 75, which timers understand as "later"."""
    with run_lock(path):
        with pytest.raises(BusyError) as caught, run_lock(path):
            pass
        assert caught.value.exit_code == 75
    with run_lock(path):
        assert path.with_name("digest.db.lock").exists()


def test_the_lock_is_private_and_is_not_the_database(path: Path) -> None:
    """The lock file is 0600, and the database can be opened while it is held."""
    with run_lock(path), open_store(path) as store:
        assert store.outbox_rows() == ()
        assert stat.S_IMODE(path.with_name("digest.db.lock").stat().st_mode) == 0o600


def test_an_error_inside_gives_the_lock_back(path: Path) -> None:
    """A run that fails does not lock out the next one."""
    with pytest.raises(ZeroDivisionError), run_lock(path):
        1 / 0  # noqa: B018  # any error will do
    with run_lock(path):
        assert path.parent.exists()


def test_a_killed_process_holds_no_lock(path: Path) -> None:
    """Another process is turned away while one holds the lock, and let in as soon as that one is killed."""
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyError), run_lock(path):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with run_lock(path):
        assert holder.returncode == -signal.SIGKILL


def test_a_lock_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    """A folder in place of the lock file is an error of the store, not a traceback."""
    (tmp_path / "digest.db.lock").mkdir()
    with pytest.raises(StoreError, match="cannot be made"), run_lock(tmp_path / "digest.db"):
        pass
