"""今日要点: the day in three to five sentences, each from another item, none saying what another says.

A sentence is worth its item's importance, how near it comes to the headline, and what it adds to those taken before:
words that many items share and a section not yet heard (the coverage and diversity terms of Lin and Bilmes, "A Class of
Submodular Functions for Document Summarization", ACL 2011), less what it repeats (maximal marginal relevance, Carbonell
and Goldstein, SIGIR 1998).  They are taken greedily.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum, log1p, log2

from digest.compose.headlines import is_opinion
from digest.model import Highlight, Item, Sentence
from digest.rank.analysis import shorten
from digest.rank.forms import leans
from digest.rank.graph import Similarity
from digest.rank.language import simplify
from digest.rank.prior import covered, eligible
from digest.rank.sentences import split_sentences
from digest.rank.tokens import content_words, rarity, tokenize

_CHARS = 80
_SHORTEST = 12
_REPEAT = 0.15
_LEADS = 3
_LEAD_CHARS = 1200
_LOOKED_AT = 60
_COVERAGE, _VARIETY, _REDUNDANCY = 0.3, 0.12, 1.0
_LEAST_WORTH = 0.35
"""A sentence worth less of its item than that is not its news."""

_POINTS_BACK = re.compile(
    r"^[“「\s…]*(?:"
    # to whom or what the sentence before named
    r"会议|会[上后前]|(?:公告|报告|通报|通知|文章|声明|消息|数据)(?:称|说|指|显示|表明|提|强调|要求|明确|人士|，)|公司|集团|双方|两国|两人|三方|对方|"
    r"该|其|上述|相关|有关|此|这|那(?!曲)|他|她|它|我(?![国省市军])|你|您|咱|大家|记者|笔者|现场|文中|视频|画面|图为|图中|"
    # to when it was
    r"当[天日晚地]|同日|随后|之后|随即|接着|如今|目前|眼下|截至目前|下一步|接下来|本(?:次|届|文|案|条例|办法|规定)|全[年会文]|"
    # to how the news came
    r"据[此悉]|据(?:了解|介绍|报道)|"
    # to what was said
    r"例如|比如|譬如|另|也(?!门)|还|又|再|更|而|但|并|且|则|却|不过|然而|因此|所以|于是|因而|从而|同时|当中|与此|总之|首先|其次|最后|"
    r"第?[一二三四五六](?:[，、]|是)|（[一二三四五六]）|不少|许多|很多|有[人的些]|说到|谈[到及])"
)
_WEAK_END = re.compile(r"[？?：:；;，,、]\s*[”」』]?$|[”」』]$|(?:如下|包括)……$")
_FIGURE = re.compile(r"\d(?![年月日时点]|\d*\s*[年月日时点])")
_QUOTED = re.compile(r"“[^”]*”?|「[^」]*」?")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence that may stand for its item: what it is worth before the others are looked at, and its words."""

    place: int
    sentence: Sentence
    worth: float
    words: frozenset[str]


def find_highlights(items: Sequence[Item], count: int = 5) -> tuple[Highlight, ...]:
    """Return the overview: a sentence of each of the items that matter most, in reading order, none repeating another.

    Three of fewer than twelve items, four of fewer than twenty-five, else five, and at most `count`; an issue of fewer
    than four items needs none.
    """
    most = min(count, 0 if len(items) < 4 else 3 if len(items) < 12 else 4 if len(items) < 25 else 5)
    if most < 1:
        return ()
    ranked = sorted(items, key=lambda item: (-_importance(item), item.number))[:_LOOKED_AT]
    words = [content_words(tokenize(f"{item.title} {item.summary}")) for item in ranked]
    waiting = [best for at, item in enumerate(ranked) if (best := _best(at, item))]
    if not waiting:
        return ()
    # Of the last that would be printed if nothing else counted: one event of great weight must not make others equal.
    usual = _importance(ranked[waiting[:most][-1].place]) or 1.0
    waiting = [replace(own, worth=own.worth * _importance(ranked[own.place]) / usual) for own in waiting]
    taken = _take(waiting, ranked, Similarity(words), _day_words(words), most)
    found = (Highlight(own.sentence, ranked[own.place].number) for own in taken)
    return tuple(sorted(found, key=lambda highlight: highlight.item))


def day_keywords(items: Sequence[Item], count: int = 8) -> tuple[str, ...]:
    """Return the words that several items have among their keywords, the most shared first."""
    counts = Counter(word for item in items for word in item.summary.keywords)
    shared = [(word, n) for word, n in counts.items() if n > 1]
    return tuple(word for word, _ in sorted(shared, key=lambda pair: (-pair[1], pair[0]))[:count])


def _importance(item: Item) -> float:
    """What an item weighs in the overview: news told by many, not opinion."""
    told = 1 + 0.2 * log2(1 + len(item.also))
    kept_on = 0.9 if item.standing == "update" else 1.0
    return max(0.0, item.score) * told * kept_on * (0.6 if is_opinion(item.title) else 1.0)


def _day_words(texts: Sequence[Sequence[str]]) -> dict[str, float]:
    """The words of several items, each with its share of what they weigh together."""
    spread = Counter(word for words in texts for word in set(words))
    weights = {word: log1p(n) for word, n in sorted(spread.items()) if n > 1}
    total = fsum(weights.values())
    return {word: weight / total for word, weight in weights.items()}


def _take(
    waiting: list[_Candidate], items: Sequence[Item], similarity: Similarity, day: Mapping[str, float], most: int
) -> list[_Candidate]:
    """The candidates that together are worth most, taken one by one."""
    taken: list[_Candidate] = []
    while waiting and len(taken) < most:
        told = frozenset[str]().union(*(own.words for own in taken))
        heard = {items[own.place].section for own in taken}

        def gain(own: _Candidate, told: frozenset[str] = told, heard: set[str] = heard) -> tuple[float, int]:
            new = fsum(day.get(word, 0.0) for word in own.words - told)
            variety = float(items[own.place].section not in heard)
            again = max((_overlap(own.words, other.words) for other in taken), default=0.0)
            worth = own.worth + _COVERAGE * new + _VARIETY * variety - _REDUNDANCY * again
            return round(worth, 9), -own.place

        best = max(waiting, key=gain)
        taken.append(best)
        waiting = [own for own in waiting if similarity.cosine(own.place, best.place) <= _REPEAT and own is not best]
    return taken


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of the shorter of two sentences stands in the other, rare words counting more."""
    least = min(fsum(map(rarity, one)), fsum(map(rarity, other)))
    return fsum(map(rarity, one & other)) / least if least else 0.0


def _best(place: int, item: Item) -> _Candidate | None:
    """The sentence that tells an item's news by itself, or None where none does."""
    title = content_words(tokenize(item.title))
    drafts = {(s.start, s.end): s for s in _drafts(item) if _stands_alone(s)}
    top = max((s.score for s in drafts.values()), default=0.0) or 1.0
    judged = [(_worth(s, title, top), -s.index, -s.start, -s.end, s) for s in drafts.values()]
    worth, *_, sentence = max(judged, key=lambda own: own[:4], default=(0.0, None))
    if sentence is None or worth < _LEAST_WORTH:
        return None
    words = frozenset(content_words(tokenize(sentence.text)))
    return _Candidate(place, sentence, 0.4 + 0.6 * worth, words | frozenset(title))


def _drafts(item: Item) -> Iterator[Sentence]:
    """Yield the sentences of the summary and the first of the text, short enough; of an update only what is new."""
    scores = {verdict.sentence.index: verdict.sentence.score for verdict in item.summary.verdicts}
    for sentence in item.summary.sentences:
        yield from _short(sentence, item.title)
    if item.standing != "new":
        return
    head = item.article.text[:_LEAD_CHARS]
    whole = [s for s in split_sentences(head) if s.end < len(head) or len(head) == len(item.article.text)]
    for lead in [s for s in whole if eligible(s)][:_LEADS]:
        scored = Sentence(lead.text, lead.start, lead.end, lead.index, scores.get(lead.index, 0.0))
        yield from _short(scored, item.title, trim=True)


def _short(sentence: Sentence, title: str, *, trim: bool = False) -> Iterator[Sentence]:
    if not trim and len(sentence.printed) <= _CHARS:
        yield sentence
    elif short := shorten(sentence, _CHARS, title):
        yield short


def _stands_alone(sentence: Sentence) -> bool:
    """Whether a reader who sees nothing else knows who did what."""
    text = simplify(sentence.text).strip()
    if sentence.forced or (not eligible(sentence) and not sentence.cut):
        return False
    if len(text) < _SHORTEST or leans(text) or _POINTS_BACK.search(text) or _WEAK_END.search(sentence.printed):
        return False
    return 2 * sum(map(len, _QUOTED.findall(text))) <= len(text)


def _worth(sentence: Sentence, title: Sequence[str], top: float) -> float:
    """What a sentence is worth as its item's news, from 0 to about 1."""
    words = content_words(tokenize(sentence.text))
    rare = {word: rarity(word) for word in {*title, *words}}
    near = covered(title, words, rare) if title else 0.5
    dense = covered(words, title, rare) if title else 0.5
    size = len(sentence.printed)
    odd = max(0.0, (size - 60) / 20) + max(0.0, (24 - size) / 6)
    figures = float(bool(_FIGURE.search(sentence.text)))
    early = 1 / (1 + sentence.index)
    whole = 1.0 - 0.4 * sentence.cut - 0.8 * sentence.cut_before
    return (
        0.5 * near
        + 0.15 * dense
        + 0.1 * sentence.score / top
        + 0.15 * early
        + 0.1 * whole
        + 0.05 * figures
        - 0.05 * odd
    )
