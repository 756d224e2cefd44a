"""Time, memory and traffic of collecting and extracting a local web, twice: everything new, then nothing new.

    python -m tests.bench.collecting [--feeds 1000] [--followed 400] [--hosts 60] [--data FILE.jsonl]

The web is served on 127.0.0.x by another process: feeds of ten entries in RSS, Atom and JSON, `followed` of them (a
tenth of these list pages) with teasers, so that each entry's page is fetched and extracted; and thirteen sources with
trouble.  `--data` takes titles and texts from a file of articles.  Memory is the sum over this process and its children
of their proportional share (PSS), sampled while it runs.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digest.app.reading.offering import offer_articles
from digest.app.reading.reader import Reader
from digest.config import load_settings
from digest.store import open_store

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Peak:
    """The largest memory of this process and its children while the block runs."""

    def __enter__(self) -> Peak:
        self.bytes = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.3):
            self.bytes = max(self.bytes, sum(map(_share, [os.getpid(), *_children()])))


def _children() -> list[int]:
    """The processes that read for us; the server is no part of it."""
    listed = [pid for task in Path("/proc/self/task").iterdir() for pid in _of_thread(task)]
    return [int(pid) for pid in listed if b"local_web" not in _command(pid)]


def _of_thread(task: Path) -> list[str]:
    try:
        return (task / "children").read_text().split()
    except OSError:
        return []


def _command(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b"local_web"


def _share(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def run_once(path: Path) -> dict[str, Any]:
    """Collect everything once, record it, offer it; return what came of it and what it cost."""
    settings = load_settings(path, {}, path.parent)
    edition = settings.editions()[0]
    wall, cpu = time.perf_counter(), _cpu()
    with Peak() as peak, open_store(path.parent / "digest.db") as store:
        with Reader(settings, {}, lambda: NOW, store, keeps=True) as reader:
            found = reader.gather(edition)
        candidates, _ = offer_articles(store, edition, found, NOW)
    return {
        "articles": len(found.articles) + len(found.kept),
        "sources": len(found.reports),
        "candidates": len(candidates),
        "wall": time.perf_counter() - wall,
        "cpu": _cpu() - cpu,
        "megabytes": peak.bytes / 1e6,
        "failed": {report.name: report.problems for report in found.reports if report.problems},
    }


def _cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _requests(server: subprocess.Popen[str]) -> int:
    assert server.stdin
    assert server.stdout
    server.stdin.write("count\n")
    server.stdin.flush()
    return int(server.stdout.readline())


def main() -> None:
    """Print a line a round, and every source that failed with its reason."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1_000)
    parser.add_argument("--followed", type=int, default=400)
    parser.add_argument("--hosts", type=int, default=60)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--once", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.once:
        print(json.dumps(run_once(args.once)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "digest.toml")
        wanted = [str(args.feeds), str(args.followed), str(args.hosts), str(path)]
        command = [sys.executable, "-m", "tests.local_web", *wanted, *([str(args.data)] if args.data else [])]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            trouble = json.loads(server.stdout.readline())
            for name in ("first", "second"):
                before = _requests(server)
                again = [sys.executable, "-m", "tests.bench.collecting", "--once", str(path)]
                done = json.loads(subprocess.run(again, stdout=subprocess.PIPE, check=True).stdout)
                print(_told(name, done, _requests(server) - before, trouble), flush=True)
            server.communicate()


def _told(name: str, done: dict[str, Any], requests: int, expected: dict[str, str]) -> str:
    failed = done["failed"]
    wrong = [n for n, word in expected.items() if not any(word in problem for problem in failed.get(n, ()))]
    read = f"{done['articles']} articles of {done['sources']} sources, {done['candidates']} candidates"
    cost = f"{done['wall']:.1f} s, {done['cpu']:.1f} s of processor, {done['megabytes']:.0f} MB, {requests} requests"
    trouble = f"{len(failed)} sources with trouble, {len(wrong)} of them not named as expected {wrong}"
    lines = [f"{name}: {read}; {cost}; {trouble}"]
    lines += [f"  {n}: {problem}" for n, problems in failed.items() for problem in problems[:1]]
    return "\n".join(lines if name == "first" else lines[:1])


if __name__ == "__main__":
    main()
