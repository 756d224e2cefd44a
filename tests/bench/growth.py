"""Time and memory of a summary as the text grows, beside one jieba.lcut of the same text in the same run.

    python tests/bench/growth.py [--largest 1000000] [--data FILE.jsonl]

The text is that of the samples, repeated with numbers mixed in so that no two sentences are equal; `--data` takes the
`text` fields of a file of articles instead.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import time
from pathlib import Path

import digest
from digest.extract.read import read_document
from digest.model import Document

SAMPLES = Path(__file__).parents[2] / "samples"
SIZES = (1_000, 10_000, 100_000, 1_000_000)


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


def main() -> None:
    """Print a row a size, and the exponent of growth between the two largest."""
    import jieba

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    parser.add_argument("--data", type=Path)
    wanted = parser.parse_args()
    jieba.lcut("预热")
    digest.summarize("预热。")
    measured = []
    for size in (s for s in SIZES if s <= wanted.largest):
        text = data_text(wanted.data, size) if wanted.data else sample_text(size)
        start = time.process_time()
        jieba.lcut(text)
        middle = time.process_time()
        digest.summarize(text)
        ours, cut = time.process_time() - middle, middle - start
        measured.append((len(text), ours))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{len(text):>9,} characters  {ours:7.3f} s  {ours / cut:5.2f} x jieba.lcut  peak {peak} MB")
    (small, fast), (large, slow) = measured[-2:]
    print(f"exponent {math.log(slow / fast) / math.log(large / small):.2f}")


if __name__ == "__main__":
    main()
