"""The prior of a sentence: how likely an editor would pick it before reading how it hangs together with the others.

Position and title enter TextRank as its personalization; a plain uniform jump loses to "take the first sentence".
Sentences are judged in simplified characters; the caller hands in that copy.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, log1p

from digest.model import Sentence
from digest.rank.sentences import has_words

_QUESTION = re.compile(r"[？?]\s*[”」』\"]?\s*$")
_FIRST_PERSON = re.compile(r"我(?!国|省|市|区|县|军|党|院|校)|咱")
_QUOTED = re.compile(r"^\s*[“「『\"]")
_END = re.compile(r"[。！？!?…．.；;]\s*[”’」』）)】\"']*\s*$")
_JUNK = re.compile(
    r"^\s*(?:原标题|责任编辑|责编|编辑|来源|作者|文[/／|丨]|图[/／|丨为]|记者[:：]|声明|版权|"
    r"(?:本文|以上)(?:来源|转自)|\(?（?完）?\)?\s*$|点击|扫码|长按|关注)"
)
_ATTENDANCE = re.compile(r"(?:参加|出席|列席)(?:了)?(?:此次|本次)?(?:会议|活动|座谈会?|调研|仪式)?[。.]\s*$")
_DANGLING = re.compile(
    r"^[“「\s]*(?:他|她|它|其(?!中|实|他|余|间)|该|此(?!间)|这|那|对此|此外|另外|然而|但|不过|同时|因此|所以|而且|于是|随后|接着|为此|与此同时|"
    r"(?:He|She|It|They|This|That|These|Those|But|However|Also|And|So|Meanwhile)\b)"
)
_PHOTO = re.compile(r"(?:摄|供图|资料图|图片来源|现场|示意图|合影|截图)\s*[）)]?\s*$")


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each term of the prior counts; found by trying on news with human summaries."""

    position: float = 1.0
    decay: float = 0.6
    title: float = 4.0
    floor: float = 0.15
    question: float = 0.4
    first_person: float = 0.7
    quoted: float = 0.8
    attendance: float = 0.5
    dangling: float = 0.7


WEIGHTS = Weights()


def prior_terms(
    sentences: Sequence[Sentence],
    words: Sequence[Sequence[str]],
    counted: Sequence[bool],
    title: Sequence[str],
    wanted: Sequence[str],
) -> list[dict[str, float]]:
    """Return for every sentence its terms: position, title, query, length and manner, each from 0 to 1.

    `words` are the content words of each sentence, `title` those of the headline, `wanted` those of the query; a
    sentence that is not `counted` (a caption) does not push those behind it further from the beginning.
    """
    rarity = _rarity(words)
    terms = []
    place = 0
    for sentence, own, counts in zip(sentences, words, counted, strict=True):
        terms.append(
            {
                "position": exp(-WEIGHTS.decay * place),
                "title": _covered(title, own, rarity),
                "query": _covered(wanted, own, rarity),
                "length": _length(_size(sentence.text)),
                "manner": _manner(sentence.text),
            }
        )
        place += counts
    return terms


def weigh(terms: Mapping[str, float]) -> float:
    """Return the prior of one sentence from its terms, always above 0."""
    editor = WEIGHTS.floor + WEIGHTS.position * terms["position"] + WEIGHTS.title * terms["title"]
    return float((editor + 4 * terms["query"]) * terms["length"] * terms["manner"])


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
    return "" if _END.search(text) else ("caption or heading" if len(text) < 80 else "")


def _covered(wanted: Sequence[str], own: Sequence[str], rarity: Mapping[str, float]) -> float:
    """Share of the wanted words that a sentence holds, rare words counting more.

    `fsum`, because a set has another order under another hash seed, and a plain sum then another last digit.
    """
    total = fsum(rarity.get(w, 1.0) for w in set(wanted))
    return fsum(rarity.get(w, 1.0) for w in set(wanted) & set(own)) / total if total else 0.0


def _rarity(words: Sequence[Sequence[str]]) -> dict[str, float]:
    frequency = Counter(word for own in words for word in set(own))
    return {word: log1p(len(words) / count) for word, count in frequency.items()}


def _length(chars: float) -> float:
    """Full from 18 to 90 Chinese characters; a shorter one says little, a longer one costs its length."""
    if chars < 18:
        return max(0.2, chars / 18)
    return 1.0 if chars <= 90 else max(0.5, (90 / chars) ** 0.5)


def _size(text: str) -> float:
    """Length in Chinese characters; three letters say about as much as one of those."""
    letters = sum(map(str.isascii, text))
    return len(text.strip()) - letters * 2 / 3


def _manner(text: str) -> float:
    """How far a sentence states a fact by itself.

    Less for a question, a first person, a quotation, a list of who came, and for an opening that leans on the sentence
    before it (他 该 对此 此外): a summary may not print that one.
    """
    manner = WEIGHTS.question if _QUESTION.search(text) else 1.0
    if _FIRST_PERSON.search(text):
        manner *= WEIGHTS.first_person
    if _DANGLING.search(text):
        manner *= WEIGHTS.dangling
    if _ATTENDANCE.search(text):
        manner *= WEIGHTS.attendance
    return manner * (WEIGHTS.quoted if _QUOTED.search(text) else 1.0)
