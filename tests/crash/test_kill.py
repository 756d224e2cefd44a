"""kill -9 at random moments: never a mail twice, never one lost in silence.

Each run mails an issue to twenty recipients through a real server and kills the sender several times; after each kill
the next sender recovers and goes on.  CRASH_SEED changes the moments, CRASH_KILLS the number of kills (200 prove
more); `pytest -s` prints where they fell.
"""

from __future__ import annotations

import multiprocessing
import os
import random
from collections import Counter
from pathlib import Path

from digest.store import Placement, Store, copy_for_dry_run, open_store
from tests.crash.sender import send_all
from tests.smtp_server import FaultServer
from tests.store.examples import EDITION, freeze, mails, offer, states

SEED = int(os.environ.get("CRASH_SEED", "20260301"))
WANTED = int(os.environ.get("CRASH_KILLS", "50"))
ADDRESSES = [f"r{number:02}@example.cn" for number in range(20)]
KILLS = 6  # in each run, unless it is done before
MOMENTS = ("between two mails", "before the dot", "after the dot")

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


def test_a_killed_sender_neither_repeats_nor_loses_a_mail(tmp_path: Path) -> None:
    """Every mail arrived once and is `sent`, or is held as `unknown` because a kill fell between dot and reply.

    The kills fall before the dot, after it and between two mails; of each ten at least one is in the one open moment.
    """
    total: Counter[str] = Counter()
    run = 0
    while sum(total[moment] for moment in MOMENTS) < WANTED:
        total += try_one_run(tmp_path / f"{run}.db", SEED + run)
        run += 1
    moments = ", ".join(f"{total[moment]} {moment}" for moment in MOMENTS)
    print(f"{sum(total[moment] for moment in MOMENTS)} kills in {run} runs: {moments}")
    print(f"{total['mails']} mails: {total['sent']} sent, {total['held']} held, of these arrived {total['arrived']}")
    print("0 duplicates, 0 silent losses")
    assert total["after the dot"] >= WANTED // 10
    assert total["before the dot"] > 0


def try_one_run(path: Path, seed: int) -> Counter[str]:
    """How many kills fell where, and what became of the mails."""
    dice = random.Random(seed)
    counts: Counter[str] = Counter()
    with FaultServer(pause=lambda: dice.uniform(0, 0.008)) as server:
        with open_store(path) as store:
            (key,) = offer(store, [1])
            freeze(store, ADDRESSES, [Placement(key, "placed")], body=b"Good morning.\r\n" * 200)
        for kill in range(KILLS):
            seconds = dice.uniform(0, 0.15)
            if not kill_or_finish(path, server.port, seconds):
                break
            found = look(path)
            print(f"seed {seed} kill {kill + 1} after {seconds * 1000:3.0f} ms: {dict(sorted(found.items()))}")
            assert found["sending"] + found["dot"] <= 1
            counts[MOMENTS[1 if found["sending"] else 2 if found["dot"] else 0]] += 1
        kill_or_finish(path, server.port, None)
        received = Counter(server.recipients)
    with open_store(path) as store:
        counts += check(store, received, counts["after the dot"])
        assert states(store, EDITION) == {key: "carried"}
        assert store.find_damage() == ""
    return counts


def check(store: Store, received: Counter[str], in_dot: int) -> Counter[str]:
    """No duplicates, no silent losses, and no more uncertain mails than kills that fell into the one open moment."""
    fate = mails(store)
    held = [address for address, state in fate.items() if state == "unknown"]
    arrived = [address for address in held if received[address]]
    assert set(fate.values()) <= {"sent", "unknown"}
    assert [address for address, count in received.items() if count > 1] == []
    assert [address for address, state in fate.items() if state == "sent" and not received[address]] == []
    assert len(held) == in_dot
    return Counter(mails=len(fate), sent=len(fate) - len(held), held=len(held), arrived=len(arrived))
