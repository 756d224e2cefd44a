"""kill -9 at random moments: never a mail twice, never one lost in silence.

Each run mails an issue to twenty recipients through a real server and kills the sender several times; after each kill
the next sender recovers and goes on.  CRASH_SEED changes the moments, CRASH_RUNS the number of runs.
"""

from __future__ import annotations

import multiprocessing
import os
import random
from collections import Counter
from pathlib import Path

import pytest

from digest.store import Placement, Store, copy_for_dry_run, open_store
from tests.crash.sender import send_all
from tests.smtp_server import FaultServer
from tests.store.examples import EDITION, freeze, mails, offer, states

SEED = int(os.environ.get("CRASH_SEED", "20260301"))
RUNS = int(os.environ.get("CRASH_RUNS", "10"))
ADDRESSES = [f"r{number:02}@example.cn" for number in range(20)]
KILLS = 6  # in each run, unless it is done before

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["tests.crash.sender"])  # a sender then begins within milliseconds


def kill_or_finish(path: Path, port: int, seconds: float | None) -> bool:
    """Whether a sender was killed that many seconds after it began; False where it had finished, or None is given."""
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=send_all, args=(path, port, there))
    process.start()
    there.close()
    with here:
        assert here.recv() == "begin"
    process.join(seconds)
    killed = process.exitcode is None
    process.kill()
    process.join()
    assert killed or process.exitcode == 0
    process.close()
    return killed


def look(path: Path) -> Counter[str]:
    """How many mails are in which state, without touching the database."""
    with copy_for_dry_run(path) as copy:
        return Counter(mails(copy).values())


@pytest.mark.parametrize("run", range(RUNS))
def test_a_killed_sender_neither_repeats_nor_loses_a_mail(path: Path, run: int) -> None:
    """Every mail arrived once and is `sent`, or is held as `unknown` because a kill fell between dot and reply."""
    dice = random.Random(SEED + run)
    in_dot = 0
    with FaultServer(pause=lambda: dice.uniform(0, 0.004)) as server:
        with open_store(path) as store:
            (key,) = offer(store, [1])
            freeze(store, ADDRESSES, [Placement(key, "placed")], body=b"Good morning.\r\n" * 200)
        for kill in range(KILLS):
            seconds = dice.uniform(0, 0.15)
            if not kill_or_finish(path, server.port, seconds):
                break
            found = look(path)
            in_dot += found["dot"]
            print(f"seed {SEED + run} kill {kill + 1} after {seconds * 1000:3.0f} ms: {dict(sorted(found.items()))}")
            assert found["sending"] + found["dot"] <= 1
        kill_or_finish(path, server.port, None)
        received = Counter(server.recipients)
    with open_store(path) as store:
        check(store, received, in_dot)
        assert states(store, EDITION) == {key: "carried"}
        assert store.find_damage() == ""


def check(store: Store, received: Counter[str], in_dot: int) -> None:
    """No duplicates, no silent losses, and no more uncertain mails than kills that fell into the one open moment."""
    fate = mails(store)
    held = [address for address, state in fate.items() if state == "unknown"]
    arrived = [address for address in held if received[address]]
    print(f"sent {20 - len(held)}, held {len(held)}, of which had arrived {len(arrived)}")
    assert set(fate.values()) <= {"sent", "unknown"}
    assert [address for address, count in received.items() if count > 1] == []
    assert [address for address, state in fate.items() if state == "sent" and not received[address]] == []
    assert len(held) == in_dot


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "digest.db"
