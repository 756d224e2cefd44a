"""The daemon over days and under signals, with real runs and a real mail server.

    python tests/bench/daemon.py [--hours 72] [--kills 30] [--seed 7]

First three editions over simulated hours: the clock is ours, each run is a process of its own that mails through the
server.  It prints the slope of the daemon's memory and its open files before and after.  Then daemons get SIGTERM at
random moments of a run over a server that takes its time, and it prints how many mails were lost or came twice.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.daemon.agenda import Agenda
from digest.daemon.asking import Asked
from digest.daemon.keeping import Daemon, World
from digest.store import open_store
from tests.smtp_server import FaultServer

READERS = [f"r{number:02}@example.cn" for number in range(10)]
DIGEST = [sys.executable, "-m", "digest"]
QUIET = {"DIGEST_LOG": "human"}


def edition(name: str, schedule: str, readers: list[str]) -> str:
    """A table [[edition]]."""
    return f'[[edition]]\nname = "{name}"\ntitle = "{name}"\nrecipients = {readers!r}\nschedule = {{ {schedule} }}\n'


def write_config(folder: Path, port: int, *editions: str) -> Path:
    """A configuration with one source of one article."""
    (folder / "news").mkdir(parents=True, exist_ok=True)
    config = folder / "digest.toml"
    config.write_text(
        f'version = 1\n[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nfrom = "me@example.cn"\n'
        '[[source]]\nname = "news"\nkind = "folder"\npath = "news"\n' + "".join(editions)
    )
    return config


def write_article(folder: Path, name: str) -> None:
    """An article of our own, different for each name."""
    text = f"第{name}号公告发布\n赫汀市发展改革委员会发布第{name}号公告。公告自发布之日起施行，有效期{len(name)}年。"
    (folder / "news" / f"{name}.txt").write_text(text)


class Hours:
    """A world whose clock only sleeping moves; it notes the daemon's memory once an hour."""

    def __init__(self, folder: Path, config: Path, start: datetime, hours: int) -> None:
        self.folder, self.config, self.now = folder, config, start
        self.until = start + timedelta(hours=hours)
        self.memory: dict[float, int] = {}
        self.runs: list[datetime] = []
        self._start = start

    def wait(self, seconds: float) -> Asked | None:
        """Let time go by; while a run is at work, real time."""
        if seconds <= 1 and self.runs:
            time.sleep(0.05)
        before = self.now
        self.now += timedelta(seconds=seconds)
        if before.hour != self.now.hour:
            self.memory[(self.now - self._start) / timedelta(hours=1)] = resident()
        return "end" if self.now >= self.until else None

    def start(self, _kept: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Begin a real run at this moment."""
        self.runs.append(self.now)
        write_article(self.folder, f"{len(self.runs)}")
        words = ["run", "--config", str(self.config), "--data-dir", str(self.folder), "--now", self.now.isoformat()]
        return subprocess.Popen([*DIGEST, *words], env=os.environ | QUIET, stderr=subprocess.DEVNULL)


def count_files() -> int:
    """How many files this process has open (Linux)."""
    return len(list(Path("/proc/self/fd").iterdir()))


def resident() -> int:
    """The resident memory of this process in KB (Linux)."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def measure_days(hours: int) -> None:
    """Print memory and open files over simulated hours."""
    with tempfile.TemporaryDirectory() as name, FaultServer() as server:
        folder = Path(name)
        config = write_config(
            folder,
            server.port,
            edition("daily", 'at = "08:00"', READERS[:2]),
            edition("office", 'at = ["09:30", "17:00"], days = "workdays"', READERS[2:3]),
            edition("weekly", 'days = "weekly:mon"', READERS[3:4]),
        )
        world = Hours(folder, config, datetime(2026, 11, 20, 16, tzinfo=UTC), hours)
        agenda = Agenda(config, folder, os.environ)
        before = count_files()
        Daemon(agenda, World(lambda: world.now, world.wait, world.start, lambda _: None), os.getpid()).live()
        after = count_files()
        late = {hour: kilobytes for hour, kilobytes in world.memory.items() if hour > min(6, hours / 4)}
        slope = statistics.linear_regression(list(late), list(late.values())).slope
        print(f"{hours} simulated hours, {len(world.runs)} real runs, {len(server.received)} mails")
        print(f"memory: {min(late.values())} to {max(late.values())} KB, slope {slope:+.2f} KB an hour")
        print(f"open files: {before} before, {after} after")


def measure_kills(kills: int, seed: int) -> None:
    """Print what became of the mails when daemons were asked to end at random moments."""
    dice = random.Random(seed)
    total: Counter[str] = Counter()
    while total["signals"] < kills:
        with tempfile.TemporaryDirectory() as name, FaultServer(pause=lambda: dice.uniform(0.05, 0.4)) as server:
            total += try_one(Path(name), server, dice, kills - total["signals"])
    print(f"{total['signals']} signals: {total['inside']} with mails still to go; {total['mails']} mails:")
    print(f"{total['lost']} lost, {total['doubled']} doubled, {total['held']} held, {total['odd']} exit codes but 0")


def try_one(folder: Path, server: FaultServer, dice: random.Random, most: int) -> Counter[str]:
    """One issue to ten readers, whose daemons are asked to end until all of it is mailed."""
    config = write_config(folder, server.port, edition("daily", 'at = "00:00"', READERS))
    write_article(folder, "1")
    counts: Counter[str] = Counter()
    while len(server.received) < len(READERS) and counts["signals"] < most:
        with start_daemon(folder, config) as process:
            await_moment(server, dice)
            process.send_signal(signal.SIGTERM)
            counts["odd"] += process.wait(120) not in (0, -signal.SIGTERM)  # the latter: before it had begun
        counts["signals"] += 1
        counts["inside"] += 0 < len(server.received) < len(READERS)
    server.pause = lambda: 0.0
    subprocess.run(
        [*DIGEST, "run", "--config", str(config), "--data-dir", str(folder)], check=False, capture_output=True
    )
    arrived = Counter(server.recipients)
    with open_store(folder / "digest.db") as store:
        states = {row.address: row.state for row in store.outbox_rows()}
    counts["mails"] = len(READERS)
    counts["held"] = sum(state == "unknown" for state in states.values())
    counts["lost"] = sum(not arrived[reader] and states.get(reader) in (None, "sent") for reader in READERS)
    counts["doubled"] = sum(count > 1 for count in arrived.values())
    return counts


def await_moment(server: FaultServer, dice: random.Random) -> None:
    """Wait for a moment while a daemon starts, or, three times of four, while it mails."""
    if dice.random() < 0.25:
        time.sleep(dice.uniform(0.5, 6))
        return
    before, end = server.connections, time.monotonic() + 60
    while server.connections == before and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(dice.uniform(0, 2))


def start_daemon(folder: Path, config: Path) -> subprocess.Popen[bytes]:
    """A daemon as a process."""
    words = [*DIGEST, "daemon", "--config", str(config), "--data-dir", str(folder)]
    return subprocess.Popen(words, env=os.environ | QUIET, stderr=subprocess.DEVNULL)


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=int, default=72)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    if given.hours:
        measure_days(given.hours)
    if given.kills:
        measure_kills(given.kills, given.seed)


if __name__ == "__main__":
    main()
