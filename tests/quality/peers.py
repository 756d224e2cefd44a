"""The summarizers that others wrote, each as a ranking of an article's sentences, given what it needs to work today.

A peer that takes sentences gets those of the measure, cut into words by jieba; the others cut for themselves.
"""

from __future__ import annotations

import importlib
import math
import warnings
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple

from digest.rank.baselines import cut_sentences


class Pick(NamedTuple):
    """A sentence and its place in the article."""

    place: int
    text: str


Ranker = Callable[[str, str], list[Pick]]
"""From a text and its title (or "") to its sentences, the best first."""


def load_peers() -> tuple[dict[str, Ranker], list[str]]:
    """Return the peers that are installed, by name and version, and why the others are left out."""
    found: dict[str, Ranker] = {}
    missing = []
    for name, (package, build) in _PEERS.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found[f"{name} {version(package)}"] = build()
        except ImportError as error:  # also PackageNotFoundError
            missing.append(f"{name} ({package}): {error}")
    return found, missing


def rank_by_title(text: str, title: str) -> list[Pick]:
    """Return the sentences with most of the title's words first, rare words counting more; without title, the lead.

    A sentence is charged the root of its length, or the longest would win.  The words are jieba's, not ours:
    a yardstick must not move with what it measures.
    """
    jieba = _Jieba()
    sentences = cut_sentences(text)
    words = [set(jieba.to_words(sentence)) for sentence in sentences]
    weights = {
        word: math.log(1 + len(words) / (1 + sum(word in own for own in words))) for word in jieba.to_words(title)
    }
    scores = [
        sum(weight for word, weight in weights.items() if word in own) / math.sqrt(len(sentence))
        for own, sentence in zip(words, sentences, strict=True)
    ]
    return _ranked(sentences, scores)


def _ranked(sentences: Sequence[str], scores: Sequence[float]) -> list[Pick]:
    order = sorted(range(len(sentences)), key=lambda i: -scores[i])
    return [Pick(i, sentences[i]) for i in order]


def _build_textrank4zh() -> Ranker:
    nx: Any = importlib.import_module("networkx")
    if not hasattr(nx, "from_numpy_matrix"):  # gone since networkx 3; the package was not mended
        nx.from_numpy_matrix = nx.from_numpy_array
    package: Any = importlib.import_module("textrank4zh")
    machine = package.TextRank4Sentence()

    def rank(text: str, title: str) -> list[Pick]:
        machine.analyze(text=text, lower=True, source="all_filters")
        # It takes the mark off the end of a sentence: joined, they would run together.
        return [Pick(item.index, f"{item.sentence}。") for item in machine.get_key_sentences(num=len(text))]

    return rank


def _build_fasttextrank() -> Ranker:
    module: Any = importlib.import_module("FastTextRank.FastTextRank4Sentence")
    util: Any = importlib.import_module("FastTextRank.util")
    machine = module.FastTextRank4Sentence(use_stopword=False, use_w2v=False)

    def rank(text: str, title: str) -> list[Pick]:
        # The steps of its `summarize`, which takes how many sentences are wanted and crashes on one too many.
        flat = text.replace("\n", "").replace("\r", "")
        sentences, words = util.cut_filter_words(util.cut_sentences(flat), set(), False)
        scores = util.weight_map_rank(machine.create_graph_sentence(words, False), 100, 0.0001)
        return _ranked(sentences, scores)

    return rank


def _build_harvesttext() -> Ranker:
    package: Any = importlib.import_module("harvesttext")
    machine = package.HarvestText()

    def rank(text: str, title: str) -> list[Pick]:
        sentences = cut_sentences(text)
        free = list(range(len(sentences)))
        picks = []
        for sentence in machine.get_summary(sentences, topK=len(sentences)):
            place = next(i for i in free if sentences[i] == sentence)
            free.remove(place)
            picks.append(Pick(place, sentence))
        return picks

    return rank


class _Jieba:
    """The tokenizer that sumy asks for."""

    def __init__(self) -> None:
        self._jieba: Any = importlib.import_module("jieba")

    def to_sentences(self, text: str) -> tuple[str, ...]:
        return tuple(cut_sentences(text))

    def to_words(self, sentence: str) -> tuple[str, ...]:
        return tuple(word for word in self._jieba.lcut(sentence) if word.strip() and any(c.isalnum() for c in word))


def _build_sumy(method: str) -> Ranker:
    models: Any = importlib.import_module("sumy.models.dom")
    utils: Any = importlib.import_module("sumy.utils")
    summarizers: Any = importlib.import_module(f"sumy.summarizers.{method}")
    names = {"text_rank": "TextRankSummarizer", "lex_rank": "LexRankSummarizer", "edmundson": "EdmundsonSummarizer"}
    stop_words = utils.get_stop_words("chinese") | utils.get_stop_words("english")
    jieba = _Jieba()

    def build(title: str) -> Any:
        if method != "edmundson":
            machine = getattr(summarizers, names[method])()
            machine.stop_words = stop_words
            return machine
        machine = summarizers.EdmundsonSummarizer(cue_weight=1.0 if title else 0.0)  # no cue words: it would raise
        machine.null_words = stop_words
        machine.stigma_words = ("编辑", "来源")
        machine.bonus_words = [word for word in jieba.to_words(title) if word not in stop_words] or ["。"]
        return machine

    def rank(text: str, title: str) -> list[Pick]:
        order: list[int] = []

        def take_all(infos: Sequence[Any]) -> Sequence[Any]:
            order.extend(info.order for info in infos)
            return infos

        sentences = cut_sentences(text)
        paragraphs = [
            models.Paragraph([models.Sentence(sentence, jieba) for sentence in group])
            for group in _paragraphs(text, sentences)
        ]
        build(title)(models.ObjectDocumentModel(paragraphs), take_all)
        return [Pick(i, sentences[i]) for i in order]

    return rank


def _paragraphs(text: str, sentences: Sequence[str]) -> list[list[str]]:
    """The sentences, those of one line together."""
    groups: list[list[str]] = []
    end = 0
    for sentence in sentences:
        start = text.index(sentence, end)
        if not groups or "\n" in text[end:start]:
            groups.append([])
        groups[-1].append(sentence)
        end = start + len(sentence)
    return groups


_PEERS: dict[str, tuple[str, Callable[[], Ranker]]] = {
    "textrank4zh": ("textrank4zh", _build_textrank4zh),
    "FastTextRank": ("FastTextRank", _build_fasttextrank),
    "HarvestText": ("harvesttext", _build_harvesttext),
    "sumy TextRank": ("sumy", lambda: _build_sumy("text_rank")),
    "sumy LexRank": ("sumy", lambda: _build_sumy("lex_rank")),
    "sumy Edmundson": ("sumy", lambda: _build_sumy("edmundson")),
}
