"""Time and memory of a summary as the text grows, beside one jieba.lcut of the same text in the same run.

    python tests/bench/growth.py [--largest 1000000] [--data FILE.jsonl] [--segmenter jieba|rjieba]

The text is that of the samples, repeated with numbers mixed in so that no two sentences are equal; `--data` takes the
`text` fields of a file of articles instead.  Seconds are those of the processor; the peak holds jieba's dictionary
twice, once for the comparison.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import digest
from digest.extract.read import read_document
from digest.model import Document
from digest.rank.tokens import segmenter_name, use_segmenter

SAMPLES = Path(__file__).parents[2] / "samples"
SIZES = (1_000, 5_000, 10_000, 100_000, 1_000_000)
GROWTH_FROM = 10_000


def sample_text(size: int) -> str:
    """Return `size` characters of news, no sentence twice."""
    files = sorted(SAMPLES.rglob("*.md")) + sorted(SAMPLES.rglob("*.txt"))
    texts = [a.text for f in files for a in read_document(Document(f.read_bytes(), str(f))).articles]
    block = "\n".join(text for text in texts if digest.summarize(text, sentences=1).language == "zh-Hans")
    copies = (block.replace("。", f"（第{n}号）。") for n in range(size // len(block) + 1))
    return "\n".join(copies)[:size]


def data_text(path: Path, size: int) -> str:
    """Return `size` characters of the articles in a JSON Lines file."""
    rows = (json.loads(line)["text"] for line in path.open(encoding="utf-8"))
    return "\n".join(rows)[:size]


def cpu_seconds(call: Callable[[], object]) -> float:
    """Return the processor's seconds for one call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def main() -> None:
    """Print a row a size, and the exponent of growth from 10,000 characters to the largest."""
    import jieba

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--segmenter", choices=["jieba", "rjieba"])
    wanted = parser.parse_args()
    if wanted.segmenter:
        use_segmenter(wanted.segmenter)
    jieba.setLogLevel("ERROR")
    jieba.lcut("预热")
    digest.summarize("第一句话说数据安全。第二句话说网络安全。第三句话说会议要求。")  # one sentence needs no graph
    print(segmenter_name())
    seconds = {}
    for size in (s for s in SIZES if s <= wanted.largest):
        text = data_text(wanted.data, size) if wanted.data else sample_text(size)
        cut, ours = cpu_seconds(partial(jieba.lcut, text)), cpu_seconds(partial(digest.summarize, text))
        seconds[len(text)] = ours
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{len(text):>9,} characters  {ours:7.3f} s  {ours / cut:5.2f} x jieba.lcut  peak {peak} MB", flush=True)
    if GROWTH_FROM in seconds and max(seconds) > GROWTH_FROM:
        large = max(seconds)
        exponent = math.log(seconds[large] / seconds[GROWTH_FROM]) / math.log(large / GROWTH_FROM)
        print(f"from {GROWTH_FROM:,} to {large:,} characters: exponent {exponent:.2f}")


if __name__ == "__main__":
    main()
