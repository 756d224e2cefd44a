"""Start-up, as ratios of whole processes measured in turn in one run.

    python tests/bench/startup.py [--runs 5]

`digest --help` against `python -c "import click"`, and `digest summarize FILE` against a process that only loads jieba
and calls networkx.pagerank once; `digest run` with nothing due against `python -c "import click, sqlite3"` (it may take
three times as long), and its memory (it may take 50 MB).
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "samples"
CONFIG = """
version = 1
[mail]
host = "127.0.0.1"
port = 1
security = "none"
from = "me@example.cn"
[[source]]
name = "news"
kind = "folder"
path = "news"
[[edition]]
name = "daily"
title = "每日摘要"
recipients = ["a@example.cn"]
schedule = { at = "08:00" }
"""
PAIRS = {
    "digest --help / import click": (["-m", "digest", "--help"], ["-c", "import click"]),
    "digest summarize FILE (Markdown) / jieba + pagerank": (
        ["-m", "digest", "summarize", str(SAMPLES / "yunze-ribao/wangxin-quanti-huiyi-20261118.md")],
        ["-c", "import jieba, networkx; jieba.Tokenizer().initialize(); networkx.pagerank(networkx.path_graph(3))"],
    ),
    "digest summarize FILE (glossed) / jieba + pagerank": (
        ["-m", "digest", "summarize", str(SAMPLES / "lingdong-wangxin/geren-xinxi-baohu-tuijinhui.txt")],
        ["-c", "import jieba, networkx; jieba.Tokenizer().initialize(); networkx.pagerank(networkx.path_graph(3))"],
    ),
}


def cpu_seconds(arguments: Sequence[str]) -> float:
    """Return the user and system seconds of one process of this Python."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    """Print the median seconds of both sides of every pair and the median of their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        idle = prepare_idle(Path(folder))
        compare(
            {**PAIRS, "digest run, nothing due / import click, sqlite3": (idle, ["-c", "import click, sqlite3"])}, runs
        )
        print(f"digest run, nothing due: {peak_megabytes(idle):.0f} MB")


def prepare_idle(folder: Path) -> list[str]:
    """Return the words of a run with nothing due, after the one that found so."""
    config = folder / "digest.toml"
    config.write_text(CONFIG)
    (folder / "news").mkdir()
    words = ["-m", "digest", "run", "--config", str(config), "--data-dir", str(folder), "--now", "2026-11-22T07:00"]
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    assert list(folder.glob("idle-*.json")), "the run left no record"
    return words


def peak_megabytes(arguments: Sequence[str]) -> float:
    """Return the most memory that one process of this Python had (Linux)."""
    with subprocess.Popen([sys.executable, *arguments], stderr=subprocess.DEVNULL) as process:
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
    return used.ru_maxrss / 1024


def compare(pairs: Mapping[str, tuple[Sequence[str], Sequence[str]]], runs: int) -> None:
    """Print the medians of every pair."""
    for name, (ours, theirs) in pairs.items():
        cpu_seconds(ours), cpu_seconds(theirs)  # warm the disk
        measured = [(cpu_seconds(ours), cpu_seconds(theirs)) for _ in range(runs)]
        a, b = (statistics.median(column) for column in zip(*measured, strict=True))
        print(f"{name}: {a:.2f} s / {b:.2f} s = {statistics.median(x / y for x, y in measured):.2f}")


if __name__ == "__main__":
    main()
