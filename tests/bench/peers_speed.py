"""The time of a summary beside that of every installed peer, in one process and one run.

    python tests/bench/peers_speed.py [--data FILE.jsonl] [--segmenter jieba|rjieba] [--sizes 1000,5000,100000]

The text is that of `growth.py`; `--data` takes the `text` fields of a file of articles instead.  Every system gets the
same texts in turn, ten of 1,000 characters and fewer of the longer ones; seconds are those of the processor for one
text, after one warm-up, and the ratios are to textrank4zh.  A peer that needs more than two minutes is given up.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, it stands in its own folder

import digest
from digest.rank.sentences import has_words, split_sentences
from digest.rank.tokens import segmenter_name, use_segmenter
from tests.bench.growth import data_text, sample_text

PATIENCE = 120
BASE = "textrank4zh"
WARM_UP = "第一句话说数据安全。第二句话说网络安全工作。第三句话说会议要求落实责任。"

System = Callable[[str], object]


class PatienceError(Exception):
    """A system took longer than anybody waits."""


@contextmanager
def patience(seconds: int) -> Iterator[None]:
    """Raise `PatienceError` in the block after so many seconds of the processor."""

    def give_up(number: int, frame: FrameType | None) -> None:
        raise PatienceError

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def find_systems() -> dict[str, System]:
    """Return ours and every installed peer by name, each a call from a text to its three best sentences."""
    systems: dict[str, System] = {f"digest with {segmenter_name()}": digest.summarize}
    for name, (package, build) in PEERS.items():
        try:
            systems[f"{name} {version(package)}"] = build()
        except ImportError as error:  # a package that is not installed, or that needs one
            print(f"left out: {name}: {error}")
    return systems


def build_textrank4zh() -> System:
    """Return textrank4zh, with the name it wants of networkx, gone since version 3."""
    networkx: Any = import_module("networkx")
    networkx.from_numpy_matrix = networkx.from_numpy_array
    machine = import_module("textrank4zh").TextRank4Sentence()

    def summarize(text: str) -> object:
        machine.analyze(text=text, lower=True, source="all_filters")
        return machine.get_key_sentences(num=3)

    return summarize


def build_fasttextrank() -> System:
    """Return FastTextRank, which asks for its stop words unless told not to."""
    module = import_module("FastTextRank.FastTextRank4Sentence")
    machine = module.FastTextRank4Sentence(use_stopword=False, use_w2v=False)
    return lambda text: machine.summarize(text, 3)


def build_harvesttext() -> System:
    """Return HarvestText with its own sentences and words."""
    machine = import_module("harvesttext").HarvestText()
    return lambda text: machine.get_summary(machine.cut_sentences(text), topK=3)


def build_sumy(method: str) -> System:
    """Return a method of sumy over our sentences and jieba's words: its own sentences leave out half of a text."""
    models = import_module("sumy.models.dom")
    stop_words = import_module("sumy.utils").get_stop_words("chinese")
    jieba = import_module("jieba")
    names = {"text_rank": "TextRankSummarizer", "lex_rank": "LexRankSummarizer"}
    machine = getattr(import_module(f"sumy.summarizers.{method}"), names[method])()
    machine.stop_words = stop_words
    words = SimpleNamespace(to_words=lambda sentence: tuple(w for w in jieba.cut(sentence) if w.isalnum()))

    def summarize(text: str) -> object:
        sentences = [models.Sentence(piece.text, words) for piece in split_sentences(text) if has_words(piece.text)]
        return machine(models.ObjectDocumentModel([models.Paragraph(sentences)]), 3)

    return summarize


PEERS: dict[str, tuple[str, Callable[[], System]]] = {
    BASE: ("textrank4zh", build_textrank4zh),
    "sumy TextRank": ("sumy", lambda: build_sumy("text_rank")),
    "sumy LexRank": ("sumy", lambda: build_sumy("lex_rank")),
    "FastTextRank": ("FastTextRank", build_fasttextrank),
    "HarvestText": ("harvesttext", build_harvesttext),
}


def measure(system: System, texts: Sequence[str]) -> float | None:
    """Return the seconds of the processor for one of `texts`, or None where patience ends."""
    start = time.process_time()
    try:
        with patience(PATIENCE):
            for text in texts:
                system(text)
    except PatienceError:
        return None
    return (time.process_time() - start) / len(texts)


def main() -> None:
    """Print a row a system for every size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--segmenter", choices=["jieba", "rjieba"])
    parser.add_argument("--sizes", default="1000,5000,100000")
    wanted = parser.parse_args()
    logging.disable(logging.INFO)  # jieba tells how it loads
    if wanted.segmenter:
        use_segmenter(wanted.segmenter)
    systems = find_systems()
    for system in systems.values():
        system(WARM_UP)
    for size in map(int, wanted.sizes.split(",")):
        count = max(1, min(10, 20_000 // size))
        text = data_text(wanted.data, size * count) if wanted.data else sample_text(size * count)
        texts = [text[start : start + size] for start in range(0, len(text), size)]
        print(f"{size:,} characters, {len(texts)} texts")
        seconds = {name: measure(system, texts) for name, system in systems.items()}
        base = next((s for name, s in seconds.items() if name.startswith(f"{BASE} ")), None)
        for name, own in seconds.items():
            shown = f"over {PATIENCE} s" if own is None else f"{own:9.4f} s"
            ratio = f"{own / base:7.3f} x {BASE}" if own is not None and base else ""
            print(f"  {name:24} {shown:>12} {ratio}", flush=True)


if __name__ == "__main__":
    main()
