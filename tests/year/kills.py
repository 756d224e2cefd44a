"""Real processes of the program, killed with kill -9 at random moments of simulated days."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from tests.smtp_server import FaultServer
from tests.year.account import Account
from tests.year.machine import Machine
from tests.year.news import News
from tests.year.offices import READERS, slots_of
from tests.year.storms import Storms

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
PAUSE = 0.15
"""The mail server takes so many seconds for a mail: without it a run hardly mails for a moment."""

LONGEST = 120.0


def kill_for_days(kills: int, seed: int, told: Sequence[tuple[str, str]], hear: Callable[[str], None]) -> list[str]:
    """What must not be, after so many kills over as many days as they take, and `hear` was told the figures."""
    chance = Random(seed)
    days = kills + 20
    with tempfile.TemporaryDirectory() as name, FaultServer(pause=lambda: chance.uniform(0, PAUSE)) as smtp:
        folder = Path(name)
        (folder / "news").mkdir()
        news = News(folder / "news", Random(seed + 1), told, BEGIN, days, 2)
        machine = Machine(folder, smtp, news, Storms(chance, smtp, news, (BEGIN, BEGIN)), chance)
        last = _kill_daily(machine, chance, kills)
        stories = news.out_before(_read_until(last))
        account = Account(machine.database, smtp.received, stories, BEGIN + DAY, last).draw_up()
        died = ", ".join(f"{count} {when}" for when, count in sorted(machine.counts.items()))
        hear(f"{kills} kills of real processes until {last:%Y-%m-%d}: {died}")
        hear(f"{account.counts['mails']} mails came, {len(stories)} articles, {len(account.amiss)} things amiss")
        return account.amiss


def _read_until(last: datetime) -> datetime:
    """What was out by the last Monday's issue has been read by every edition."""
    return max(slot for slot in slots_of("week", last - 8 * DAY, last))


def _kill_daily(machine: Machine, chance: Random, kills: int) -> datetime:
    """The moment of the last run, which nothing killed; nor the first one: an edition begins with its first issue."""
    now = BEGIN + DAY
    monday = slots_of("week", now, now + DAY)[0]
    _run(machine, monday + MINUTE, LONGEST)
    _run(machine, monday + 8 * 60 * MINUTE, LONGEST)
    while _count(machine) < kills:
        now += DAY
        for slot in sorted(slot for name in READERS for slot in slots_of(name, now, now + DAY - MINUTE)):
            if _count(machine) < kills:
                _run(machine, slot + MINUTE, chance.uniform(0.2, 3), mails=chance.random() < 0.7)
        machine.decide(now + DAY - 5 * MINUTE)
    last = slots_of("week", now + DAY, now + 9 * DAY)[0] + MINUTE
    _run(machine, last, LONGEST)
    machine.decide(last + 30 * MINUTE)
    _run(machine, last + 60 * MINUTE, LONGEST)
    return last + 60 * MINUTE


def _count(machine: Machine) -> int:
    return sum(count for when, count in machine.counts.items() if when.startswith("killed"))


def _run(machine: Machine, now: datetime, seconds: float, *, mails: bool = False) -> None:
    """One run, killed after so many seconds where it takes longer; with `mails` counted from its first mail on."""
    machine.news.show(now)
    before, known = len(machine.smtp.received), machine.smtp.connections
    words = ["run", "--config", str(machine.config), "--data-dir", str(machine.data), "--now", now.isoformat()]
    with subprocess.Popen(
        [sys.executable, "-m", "digest", *words],
        env=os.environ | {"DIGEST_LOG": "human"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        end = time.monotonic() + LONGEST
        while mails and machine.smtp.connections == known and process.poll() is None and time.monotonic() < end:
            time.sleep(0.005)
        try:
            process.wait(seconds * PAUSE if mails else seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.returncode == -signal.SIGKILL:
        mailed = machine.smtp.connections > known or len(machine.smtp.received) > before
        machine.counts[f"killed {'while it mailed' if mailed else 'elsewhere'}"] += 1
        return
    machine.counts["runs that came to their end"] += 1
    machine.codes[str(process.returncode)] += 1
