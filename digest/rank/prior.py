"""The prior of a sentence: how likely an editor would pick it before reading how it hangs together with the others.

A log-linear model over features an editor can name; its exponential is the personalization of PageRank, because a
uniform jump loses to "take the first sentence".  Sentences are judged in simplified characters.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from math import exp, fsum, log, log1p
from types import MappingProxyType

from digest.model import Sentence
from digest.rank.dateline import signed
from digest.rank.genre import FIRST_PERSON, HEADING, Genre
from digest.rank.sentences import has_words

_DECAY = 0.6
_QUESTION = re.compile(r"[？?]\s*[”」』\"]?\s*$")
_SPOKEN = re.compile(r"“[^”]*”?|「[^」]*」?")
_END = re.compile(r"[。！？!?…．.；;]\s*[”’」』）)】\"']*\s*$")
_JUNK = re.compile(
    r"^\s*(?:原标题|责任编辑|责编|编辑|来源|作者|文[/／|丨]|图[/／|丨为]|记者[:：]|声明|版权|"
    r"(?:本文|以上)(?:来源|转自)|\(?（?完）?\)?\s*$|点击|扫码|长按|关注)"
)
_ATTENDANCE = re.compile(r"(?:参加|出席|列席|出席会议)(?:了)?(?:此次|本次)?(?:会议|活动|座谈会?|调研|仪式)?[。.]\s*$")
_WHO_CAME = re.compile(
    r"负责(?:同志|人)|领导班子|成员|各(?:市|县|区|地|部门|单位)|(?:有关|相关)(?:部门|单位|负责)|代表"
)
_FORMALITY = re.compile(
    r"^(?:会议|会上|会前|大会)[^，]{0,6}(?:听取|学习|传达|观看|研究|讨论)了?[^，]*。$|制定本(?:规定|办法|条例|细则|方案|通知)|"
    r"(?:请|望)[^，]{0,12}(?:认真)?(?:贯彻|遵照)执行|现印发给你们|^编者按|转载请注明|(?:上午|下午|晚上|早上|大家)好[！!。]|"
    r"特此(?:公告|通知|通告)|^会前|主题只有一个"
)
_PHOTO = re.compile(r"(?:摄|供图|资料图|图片来源|现场|示意图|合影|截图)\s*[）)]?\s*$")
QUERY = 12.0
"""What a sentence gains that holds all words asked for: more than by standing first.  Not fitted: the reader asked."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The fitted weights: of a sentence's features, of a form's features, and PageRank's damping."""

    sentence: Mapping[str, float]
    form: Mapping[str, float]
    damping: float


@cache
def weights() -> Weights:
    """Return the weights of `data/weights.toml`, which tells where they come from."""
    table = tomllib.loads(files("digest").joinpath("data/weights.toml").read_text("utf-8"))
    return Weights(
        MappingProxyType(table["sentence"]), MappingProxyType(table["form"]), float(table["graph"]["damping"])
    )


def sentence_features(
    sentences: Sequence[Sentence],
    words: Sequence[Sequence[str]],
    counted: Sequence[bool],
    genre: Genre,
    title: Sequence[str],
    query: Sequence[str] = (),
) -> list[dict[str, float]]:
    """Return the features of every sentence, each from 0 to about 1; those in logarithms may pass it.

    `words` are the content words of each sentence, `title` those of the headline; a sentence that is not `counted`
    (a caption) does not push those behind it further from the beginning.
    """
    asked = {*title, *query}
    common = rarity_in(words, asked) if asked else {}
    depth = max(1, sum(counted) - 1)
    rows, place = [], 0
    for sentence, own, counts in zip(sentences, words, counted, strict=True):
        opening = exp(-_DECAY * place)
        rows.append(
            {
                "first": float(place == 0),
                "opening": opening,
                "opening_untitled": 0.0 if title else opening,
                "opening_wire": opening * genre.wire,
                "opening_spoken": opening * genre.spoken,
                "depth": place / depth,
                "title": covered(title, own, common) if title else 0.0,
                "query": covered(query, own, common) if query else 0.0,
                **_manner(sentence.text.strip()),
            }
        )
        place += counts
    return rows


def prior_of(features: Mapping[str, float], weighed: Mapping[str, float]) -> float:
    """Return the prior of one sentence, above 0: the exponential of its weighed features."""
    editor = fsum([weight * features[name] for name, weight in weighed.items()])
    return exp(min(30.0, editor + QUERY * features["query"]))


def eligible(sentence: Sentence) -> bool:
    """Whether a sentence may be printed at all: not a caption, a heading, a credit line or a slogan."""
    return ineligible_because(sentence) == ""


def ineligible_because(sentence: Sentence) -> str:
    """Return why a sentence is no candidate, or nothing."""
    text = sentence.text.strip()
    if not has_words(text):
        return "no words"
    if _JUNK.match(text):
        return "credit or notice"
    if len(text) < 60 and _PHOTO.search(text):
        return "caption"
    if _ATTENDANCE.search(text) and _WHO_CAME.search(text):
        return "list of who came"
    return "" if _END.search(text) else (HEADING if len(text) < 80 else "")


def covered(wanted: Collection[str], own: Collection[str], rarity: Mapping[str, float]) -> float:
    """Return the share of the wanted words that a text holds, rare words counting more.

    `fsum`, because a set has another order under another hash seed, and a plain sum then another last digit.
    """
    total = fsum(rarity.get(w, 1.0) for w in set(wanted))
    return fsum(rarity.get(w, 1.0) for w in set(wanted) & set(own)) / total if total else 0.0


def rarity_in(words: Sequence[Sequence[str]], wanted: Iterable[str]) -> dict[str, float]:
    """Return how rare those of the wanted words that stand in a text are there: `words` are those of each sentence."""
    frequency = Counter(chain.from_iterable(map(set, words)))
    return {word: log1p(len(words) / frequency[word]) for word in wanted if word in frequency}


def size(text: str) -> float:
    """Return the length in Chinese characters; three letters say about as much as one of those."""
    letters = len(text.encode("ascii", "ignore"))
    return max(4.0, len(text) - letters * 2 / 3)


def _manner(text: str) -> dict[str, float]:
    """How a sentence speaks."""
    length = size(text)
    quoted = sum(map(len, _SPOKEN.findall(text))) / max(1, len(text))
    return {
        "dateline": float(signed(text)),
        "quotation": quoted,
        "question": float(bool(_QUESTION.search(text))),
        "first_person": float(bool(FIRST_PERSON.search(text))),
        "formality": float(bool(_ATTENDANCE.search(text) or _FORMALITY.search(text))),
        "short": max(0.0, log(18 / length)),
        "long": max(0.0, log(length / 90)),
    }
