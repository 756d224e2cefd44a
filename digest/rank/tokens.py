"""Text into words.  jieba's only door: loaded at first use, once, with its own tokenizer and without its talk."""

from __future__ import annotations

import logging
import re
import threading
import unicodedata
from functools import cache
from importlib.resources import files
from math import log
from typing import Any

from digest.rank.language import HAN, simplify

_RUN = re.compile(rf"{HAN}+|[^\W_]+(?:[.'’-][^\W_]+)*%?")
_HAN = re.compile(HAN)
_lock = threading.Lock()


def tokenize(text: str) -> list[str]:
    """Return the words of `text` in order: Chinese in simplified characters as jieba cuts it, Latin in lower case.

    Latin words and numbers are split off before segmenting, so that every segmenter sees only runs of Han characters.
    """
    return tokenize_simplified(simplify(text))


def tokenize_simplified(text: str) -> list[str]:
    """Return the words of a text that is in simplified characters already; see `tokenize`."""
    words: list[str] = []
    for match in _RUN.finditer(unicodedata.normalize("NFC", text)):
        run = match.group()
        words.extend(_segmenter().lcut(run) if _HAN.match(run) else [run.lower()])
    return words


def content_words(words: list[str]) -> list[str]:
    """Return the words that carry meaning: no stop words, no single Han characters."""
    stop = stop_words()
    return [w for w in words if w not in stop and (len(w) > 1 or w.isdigit() or not _HAN.match(w))]


def rarity(word: str) -> float:
    """Return how rare a word is in general Chinese, from 0 (very common) to about 17 (unknown): -log of its share."""
    segmenter = _segmenter()
    return log(segmenter.total / (segmenter.FREQ.get(word) or 1))


@cache
def stop_words() -> frozenset[str]:
    """Return the words without meaning of their own, Chinese and English, from `data/stopwords.txt`."""
    lines = files("digest").joinpath("data/stopwords.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def segmenter_name() -> str:
    """Return the name and version of the segmenter, for the manifest of an issue."""
    import jieba

    return f"jieba {jieba.__version__}"


def _segmenter() -> Any:
    with _lock:
        return _load()


@cache
def _load() -> Any:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    segmenter = jieba.Tokenizer()
    # Not initialize(): that believes a cache in a /tmp where everybody may write, and saves no time.
    segmenter.FREQ, segmenter.total = segmenter.gen_pfdict(segmenter.get_dict_file())
    segmenter.initialized = True
    return segmenter
