"""Real processes of the program, killed with kill -9 at random moments of simulated days."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
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
        stories = news.out_before(machine_read_until(last))
        account = Account(machine.database, smtp.received, stories, BEGIN + DAY, last).draw_up()
        died = ", ".join(f"{count} {when}" for when, count in sorted(machine.counts.items()))
        hear(f"{kills} kills of real processes until {last:%Y-%m-%d}: {died}")
        hear(f"{account.counts['mails']} mails came, {len(stories)} articles, {len(account.amiss)} things amiss")
        return account.amiss


def machine_read_until(last: datetime) -> datetime:
    """What was out by the last Monday's issue has been read by every edition."""
    return max(slot for slot in slots_of("week", last - 8 * DAY, last))


def _kill_daily(machine: Machine, chance: Random, kills: int) -> datetime:
    """The moment of the last run, which nothing killed: one that ends the week."""
    now = BEGIN + DAY
    longest = 4.0  # what a run takes: learned from those that were not killed
    while sum(count for when, count in machine.counts.items() if when.startswith("killed")) < kills:
        for slot in sorted(slot for name in READERS for slot in slots_of(name, now, now + DAY)):
            done = sum(count for when, count in machine.counts.items() if when.startswith("killed"))
            seconds = chance.uniform(0.1, longest) if done < kills else LONGEST
            took = _run(machine, slot + timedelta(minutes=1), seconds)
            longest = max(1.0, 0.7 * longest + 0.3 * took) if took else longest
        machine._decide(now + DAY - timedelta(minutes=5))
        now += DAY
    return _end_week(machine, now)


def _end_week(machine: Machine, now: datetime) -> datetime:
    """The last slot of the following days up to a Monday's, each of them served."""
    monday = slots_of("week", now, now + 8 * DAY)[0]
    until = monday + timedelta(hours=20)
    for slot in sorted(slot for name in READERS for slot in slots_of(name, now, until)):
        _run(machine, slot + timedelta(minutes=1), LONGEST)
        _run(machine, slot + timedelta(minutes=40), LONGEST)
    machine._decide(until)
    _run(machine, until + timedelta(minutes=1), LONGEST)
    return until


def _run(machine: Machine, now: datetime, seconds: float) -> float:
    """How long a run took that came to its end; 0.0 where it was killed after so many seconds."""
    machine.news.show(now)
    before, began = len(machine.smtp.received), time.monotonic()
    words = ["run", "--config", str(machine.config), "--data-dir", str(machine.data), "--now", now.isoformat()]
    quiet = os.environ | {"DIGEST_LOG": "human"}
    with subprocess.Popen(
        [sys.executable, "-m", "digest", *words], env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.returncode == -9:
        machine.counts[f"killed {'while it mailed' if len(machine.smtp.received) > before else 'elsewhere'}"] += 1
        return 0.0
    machine.counts["runs that came to their end"] += 1
    machine.codes[str(process.returncode)] += 1
    return time.monotonic() - began


def states_of(account: Account) -> Counter[str]:
    """How many mails are in which state."""
    return Counter({name: count for name, count in account.counts.items() if name.startswith("mails that are")})
