"""Start-up, as ratios of whole processes measured in turn in one run.

    python tests/bench/startup.py [--runs 5]

`digest --help` against `python -c "import click"`, and `digest summarize FILE` against a process that only loads jieba
and calls networkx.pagerank once.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "samples"
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
    for name, (ours, theirs) in PAIRS.items():
        cpu_seconds(ours), cpu_seconds(theirs)  # warm the disk
        pairs = [(cpu_seconds(ours), cpu_seconds(theirs)) for _ in range(runs)]
        a, b = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"{name}: {a:.2f} s / {b:.2f} s = {statistics.median(x / y for x, y in pairs):.2f}")


if __name__ == "__main__":
    main()
