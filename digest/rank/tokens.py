"""Text into words.  The segmenters' only door: one is loaded at first use, once, with its own state and without talk.

rjieba, where it is installed (`pip install textrank-digest[fast]`), cuts the same words as jieba and many times faster.
"""

from __future__ import annotations

import logging
import re
import threading
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.resources import files
from importlib.util import find_spec, module_from_spec
from itertools import groupby
from math import log
from typing import Any, Literal

from digest.rank import lexicon
from digest.rank.language import HAN, simplify

# What both segmenters' dictionaries and models are about; of the rarer characters jieba makes one word each, and rjieba
# one word of them all, so these never reach a segmenter.
_COMMON = r"[\u4e00-\u9fd5]"
_OTHER = rf"[^\W_{HAN[1:-1]}]+"
_RUN = re.compile(rf"({_COMMON}+)|{HAN}|{_OTHER}(?:[.'’-]{_OTHER})*%?")
_HAN = re.compile(HAN)
_REPEATS = re.compile(r"(.)\1\1|(..+)\2")
_REMEMBERED = 4096
"""How many runs of characters are cut once only: a quarter of those in news (年 月 日 记者 美国) soon come again."""


@dataclass(frozen=True, slots=True)
class _Segmenter:
    name: str
    cut: Callable[[str], list[str]]


_loaded: list[_Segmenter] = []
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
        if match.lastindex:
            words.extend(_cut(match.group()))
        else:
            words.append(match.group().lower())
    return words


def content_words(words: list[str]) -> list[str]:
    """Return the words that carry meaning: no stop words, no single Han characters."""
    stop = stop_words()
    return [w for w in words if w not in stop and (len(w) > 1 or w.isdigit() or not _HAN.match(w))]


def rarity(word: str) -> float:
    """Return how rare a word is in general Chinese, from 0 (very common) to about 17 (unknown): -log of its share."""
    return log(lexicon.total() / (lexicon.frequency(word) or 1))


@cache
def stop_words() -> frozenset[str]:
    """Return the words without meaning of their own, Chinese and English, from `data/stopwords.txt`."""
    lines = files("digest").joinpath("data/stopwords.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def segmenter_name() -> str:
    """Return the name and version of the segmenter, for the manifest of an issue."""
    from importlib.metadata import version

    name = _loaded[0].name if _loaded else _preferred()
    return f"{name} {version(name)}"


def use_segmenter(name: Literal["jieba", "rjieba"]) -> None:
    """Cut with `jieba` or `rjieba` from now on, in the whole process: for measuring and for comparing the two.

    Raises:
        ModuleNotFoundError: it is not installed.
    """
    with _lock:
        _loaded[:] = [_load(name)]
        _cut.cache_clear()


@lru_cache(maxsize=_REMEMBERED)
def _cut(run: str) -> tuple[str, ...]:
    return tuple(_segmenter().cut(run))


def _segmenter() -> _Segmenter:
    if not _loaded:
        with _lock:
            if not _loaded:
                _loaded.append(_load(_preferred()))
    return _loaded[0]


def _preferred() -> str:
    return "rjieba" if find_spec("rjieba") else "jieba"


@cache
def _load(name: str) -> _Segmenter:
    return _load_rjieba() if name == "rjieba" else _load_jieba()


def _load_rjieba() -> _Segmenter:
    segmenter = _compiled("rjieba").Jieba()

    def cut(run: str) -> list[str]:
        words: list[str] = segmenter.cut(run)
        repeats = len(set(run)) < len(run) and _REPEATS.search(run)
        return _cut_repeats(words, segmenter.cut(run, False)) if repeats else words

    return _Segmenter("rjieba", cut)


def _compiled(name: str) -> Any:
    """The compiled module inside the package `name`, without the package.

    `import rjieba` builds a segmenter, which whoever imports it shares and may add words to; ours would be a second
    one, and a short text would wait for the first as well.
    """
    package = find_spec(name)
    found = package and PathFinder.find_spec(name, package.submodule_search_locations)
    if not found or not found.loader:
        return import_module(name)
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module


def _cut_repeats(words: list[str], known: list[str]) -> list[str]:
    """The words as jieba would have them of a run where something is repeated: 哈哈哈哈哈.

    2 + 3 and 3 + 2 are as likely there; the last bit of a sum decides, and rjieba adds in another order.  So single
    characters between the `known` words that repeat are left to the model of jieba itself, in the way jieba asks it.
    """
    loose = ["".join(own) if single else list(own) for single, own in groupby(known, lambda word: len(word) == 1)]
    if not any(isinstance(own, str) and _REPEATS.search(own) for own in loose):
        return words
    model = _import_jieba().finalseg
    return [
        word
        for own in loose
        for word in (model.cut(own) if isinstance(own, str) and len(own) > 1 and not lexicon.frequency(own) else own)
    ]


def _load_jieba() -> _Segmenter:
    jieba = _import_jieba()
    jieba.setLogLevel(logging.WARNING)
    segmenter = jieba.Tokenizer()
    # Not initialize(): that believes a cache in a /tmp where everybody may write, and saves no time.
    segmenter.FREQ, segmenter.total = segmenter.gen_pfdict(segmenter.get_dict_file())
    segmenter.initialized = True
    return _Segmenter("jieba", segmenter.lcut)


def _import_jieba() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it imports pkg_resources, which tells every reader that it is deprecated
        return import_module("jieba")
