"""Words are the same whichever segmenter cuts them, and the dictionary answers without one."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import digest
from digest.extract.read import read_document
from digest.model import Document
from digest.rank import lexicon
from digest.rank.tokens import rarity, segmenter_name, tokenize, use_segmenter

SAMPLES = Path(__file__).parents[2] / "samples"
needs_rjieba = pytest.mark.skipif(not find_spec("rjieba"), reason="rjieba is not installed: pip install -e '.[fast]'")


@pytest.fixture
def with_both() -> Iterator[Callable[[Callable[[], object]], tuple[object, object]]]:
    """What a call returns with jieba and with rjieba; afterwards the one is back that was in use."""
    before: Any = segmenter_name().split()[0]

    def results(call: Callable[[], object]) -> tuple[object, object]:
        use_segmenter("jieba")
        slow = call()
        use_segmenter("rjieba")
        return slow, call()

    yield results
    use_segmenter(before)


def dictionary() -> list[list[str]]:
    """Return the lines of jieba's dictionary, each as word, frequency and tag."""
    return [line.split(" ") for line in files("jieba").joinpath("dict.txt").read_text("utf-8").splitlines()]


def sample_texts() -> list[str]:
    """Return the text of every article of the samples."""
    paths = sorted(path for path in SAMPLES.rglob("*") if path.suffix in {".md", ".txt", ".html", ".json", ".jsonl"})
    return [a.text for path in paths for a in read_document(Document(path.read_bytes(), str(path))).articles]


def run(code: str) -> str:
    """Return what `code` prints in a process of its own."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True, text=True
    ).stdout


def test_numbers_and_latin_words_are_split_off() -> None:
    """A number or a Latin word ends where Chinese begins, so that no segmenter ever sees one."""
    assert tokenize("2026年A股市场上涨5.2%，GPT4模型发布") == [
        *("2026", "年", "a", "股", "市场", "上涨", "5.2%", "gpt4", "模型", "发布"),
    ]


def test_traditional_characters_are_cut_like_simplified_ones() -> None:
    """The words of a traditional text are those of its simplified copy."""
    assert tokenize("數據安全工作會議") == tokenize("数据安全工作会议")


def test_a_rare_character_is_a_word_by_itself() -> None:
    """Characters beyond the dictionary's range, two of them side by side too, are one word each."""
    assert tokenize("㣻㶼研究𠮷𫄷") == ["㣻", "㶼", "研究", "𠮷", "𫄷"]


@needs_rjieba
def test_both_segmenters_cut_the_samples_alike(with_both: Callable[..., tuple[object, object]]) -> None:
    """Law 3: the words and the summaries of our own samples are equal to the last digit."""
    texts = sample_texts()
    assert len(texts) > 15
    slow, fast = with_both(lambda: [tokenize(text) for text in texts])
    assert slow == fast
    slow, fast = with_both(lambda: [digest.summarize(text) for text in texts])
    assert slow == fast


@needs_rjieba
def test_both_segmenters_are_told_apart(with_both: Callable[..., tuple[object, object]]) -> None:
    """The manifest of an issue names the segmenter that was in use."""
    assert [str(name).split()[0] for name in with_both(segmenter_name)] == ["jieba", "rjieba"]


@needs_rjieba
def test_both_segmenters_cut_anything_alike(with_both: Callable[..., tuple[object, object]]) -> None:
    """Law 3 for rare characters and for 哈哈哈哈哈, where two ways to cut are as likely and rounding decides."""
    dice = random.Random(3)
    units = ["".join(dice.choices("哈呵嘻右游相宣畏了", k=dice.randint(1, 3))) for _ in range(1500)]
    repeated = [unit * dice.randint(2, 9) + dice.choice(["", "大笑", "了"]) for unit in units]
    rare = ["".join(chr(dice.randint(0x3400, 0x9FFF)) for _ in range(dice.randint(1, 12))) for _ in range(1500)]
    slow, fast = with_both(lambda: [tokenize(text) for text in repeated + rare])
    assert slow == fast


def test_threads_share_one_segmenter() -> None:
    """Threads that all cut their first text at the same moment wait for one segmenter and agree."""
    words = run(
        "from concurrent.futures import ThreadPoolExecutor as Pool\n"
        "from threading import Barrier\n"
        "from digest.rank import tokens\n"
        "start = Barrier(6)\n"
        "def cut(n):\n"
        "    start.wait()\n"
        "    return ' '.join(tokens.tokenize('数据安全工作会议')), id(tokens._segmenter())\n"
        "with Pool(6) as pool:\n"
        "    print(len(set(pool.map(cut, range(6)))))\n"
    )
    assert words == "1\n"


def test_the_dictionary_is_searched_without_loading_jieba() -> None:
    """Frequency, rarity and part of speech come from the dictionary's text; nobody waits for a segmenter."""
    loaded = run(
        "import sys\n"
        "from digest.rank import lexicon, tokens\n"
        "assert tokens.rarity('数据') < tokens.rarity('岚川') and lexicon.part_of_speech('北京') == 'ns'\n"
        "print('jieba' in sys.modules)"
    )
    assert loaded == "False\n"


def test_every_word_of_the_dictionary_is_found() -> None:
    """A word's entry is its line, also where the file is out of order (its first lines, 吉林, 高富帅)."""
    lines = dictionary()
    chosen = [*lines[:200], *lines[200::11], *(line for line in lines if line[0].startswith(("吉林", "高富", "高姓")))]
    wrong = [w for w, n, tag in chosen if (lexicon.frequency(w), lexicon.part_of_speech(w)) != (int(n), tag)]
    assert wrong == []


def test_the_total_is_the_sum_of_all_frequencies() -> None:
    """The total that stands in the code is that of the installed dictionary."""
    assert lexicon.total() == sum(int(count) for _, count, _ in dictionary())


@pytest.mark.parametrize(
    "word", ["", " ", "岚川溟", "一 217830", "一\n丁 ", "zzz", "\ud800", "😀", "\U0010ffff", "龘龘"]
)
def test_an_unknown_word_has_no_entry(word: str) -> None:
    """What is no word of the dictionary, a piece of its lines included, has no frequency, no tag, and is rarest."""
    assert (lexicon.frequency(word), lexicon.part_of_speech(word)) == (0, "")
    assert rarity(word) > rarity("的")
