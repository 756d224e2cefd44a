"""What a sentence says beyond texts that were told before.

A sentence is known where one told text holds most of what it says, rare words counting more (the one-sided overlap of
novelty detection: Allan, Wade and Bolivar, "Retrieval and Novelty Detection at the Sentence Level", SIGIR 2003), and
holds its figures; a figure that was never told makes it new.  All is judged in simplified characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from math import fsum

from digest.compose.figures import Figure, find_figures, is_rounded, telling_figures
from digest.compose.revisions import is_boilerplate, sentence_key
from digest.model import Sentence
from digest.rank.clauses import part
from digest.rank.dateline import dateline_length
from digest.rank.language import simplify
from digest.rank.lexicon import part_of_speech
from digest.rank.prior import eligible
from digest.rank.sentences import has_words, split_sentences
from digest.rank.tokens import content_words, rarity, tokenize_simplified

READ = 20_000
"""Of a longer text so many characters are looked at: news stands first."""

KNOWN = 0.72
"""The share of its content from which a sentence is known that stands scattered over a told text.

防汛指挥部连夜组织沿江群众撤离 has 0.75 beside 市防汛指挥部启动四级应急响应，连夜转移沿江群众1864人.
"""

KNOWN_CLOSE = 0.55
"""The same where one or two neighbouring told sentences hold it.

白鹭水库的水位已经降到警戒线以下，下游河堤平安 has 0.64 beside 水库水位回落至警戒线以下，下游堤防没有出现险情.
"""

ENOUGH = 12
"""The weight of new words from which a sentence is news without a figure.

学校已经停课 has 12, 市长今天介绍了有关情况 has 4, 目前救援仍在继续进行 has 10.
"""

_HALF = 0.5
_TOUCHES, _SAME, _RESTATES = 0.1, 0.3, 0.6
_NEAR = 0.2
_WHOLE, _SMALL = 6, 10
_AMOUNTS = frozenset(("", "%"))
_NAMES = frozenset(("nr", "ns", "nt", "nz"))
_RARE = 9.0
_WORDS = re.compile(r"[a-z0-9]+")
_BREAKS = re.compile(r"[\W_]+")
_FUTURE = re.compile(r"[将拟]|预计|预期|计划|定于")
_TO_COME = re.compile(r"[将拟]|定于|截至|截止|[日月]起")
_TURNS = re.compile(
    "否认|辟谣|不实|失实|谣言|撤销|撤回|取消|推迟|延期|叫停|更正|澄清|解除|中止|终止|恢复|获释|死亡|身亡|遇难|失联|被捕|辞职|无罪|"
    "宣布结束"
)
"""Words by which known words turn to news: 官方否认滑坡造成3人遇难."""

_ATTRIBUTION = re.compile(
    r"^[^，。：:“]{0,48}?(?:表示|指出|介绍|透露|强调|认为|获悉|了解到|报道称?|消息称|公告称|宣布|显示|[说称])(?:[，,：:]|(?=“))"
)
_BACKGROUND = re.compile(
    r"^(?:据(?:了解|介绍|此前|公开|资料)|此前|早前|早些时候|(?:公开)?资料显示|公开信息显示|(?:企查查|天眼查)|回顾|值得注意的是|"
    r"[^，。]{0,16}(?:曾报道|此前报道|查询获悉|注意到)|[^，。]{0,8}[注附][：:])"
    r"|(?:召开|举行|出席)[^，。]{0,24}发布会[。！]|答[^，。]{0,4}记者(?:提?问)?[。！]|[？?][”」]?\s*$"
    r"|^(?:有记者问|问[：:])|^(?:\d+|[一二]十)世纪|^推荐[：:]|当时(?:说|表示|称)|去年\d{0,2}月?报道"
    r"|^[^，。]{1,24}(?:成立|创立|创办|始建|组建)于|^[^。；]{1,30}(?:出生|毕业)于|^[^，。]{2,16}(?:位于|地处|始于|是一[种条家座款个所部项名位]|最早可)|定义，"
)
"""据了解，该馆始建于1987年  此前报道： what opens so tells what was, not what is new."""


class KnownText:
    """A text that was told: its words as one string, its figures, and those of its sentences."""

    def __init__(self, simple: str) -> None:
        self._simple = simple
        self.plain = _BREAKS.sub(" ", simple.lower())
        figures = list(find_figures(simple))
        self.figures = frozenset(figures) | {("month", value) for kind, value in figures if kind == "dated"}

    @cached_property
    def key(self) -> str:
        return sentence_key(self._simple)

    @cached_property
    def sentences(self) -> list[KnownText]:
        """Its sentences, each with the one behind it."""
        pieces = [piece.text for piece in split_sentences(self._simple)]
        return [KnownText("".join(pieces[i : i + 2])) for i in range(len(pieces))]

    @cached_property
    def dated(self) -> bool:
        """Whether it names any day; one that says 今天 tells the day as well."""
        return any(kind == "day" for kind, _ in self.figures)

    @cached_property
    def _latin(self) -> frozenset[str]:
        return frozenset(_WORDS.findall(self.plain))

    def holds(self, word: str) -> float:
        """How much of a word stands in the text, from 0 to 1, whatever the segmenter made of it there."""
        if word.isascii():
            return float(word in self._latin)
        if word in self.plain:
            return 1.0
        pairs = [word[i : i + 2] for i in range(len(word) - 1)]
        return 0.8 * sum(pair in self.plain for pair in pairs) / len(pairs) if len(pairs) > 1 else 0.0


class Statement:
    """A sentence of a report, and what it says."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        simple = simplify(sentence.text)
        said = _ATTRIBUTION.sub("", simple)
        self.said = said if has_words(said) else simple
        self.key = sentence_key(simple)
        self.simple = simple

    @cached_property
    def words(self) -> dict[str, float]:
        """Its content words, each with its weight."""
        words = content_words(tokenize_simplified(self.said))
        return {word: _weight(word) for word in words if not word[0].isdigit()}

    @cached_property
    def figures(self) -> list[Figure]:
        return telling_figures(find_figures(self.said))

    def is_told(self, known: Iterable[KnownText]) -> bool:
        """Whether one of some texts says it."""
        return any(self._is_told(each) for each in known)

    def matters(self, known: Sequence[KnownText]) -> bool:
        """Whether what is new in it is news: an amount, a day to come, or enough other words."""
        if (
            self.brings_amount(known)
            or self.turns(known)
            or (self.unseen_everywhere(known) and _TO_COME.search(self.said))
        ):
            return True
        return fsum(self._unseen(known).values()) >= ENOUGH

    def adds(self, known: Sequence[KnownText]) -> bool:
        """Whether it surely says another thing, and not the same in other words: it brings an amount or a name."""
        cover = max(self.cover(each) for each in known)
        if self.brings_amount(known):
            return True
        names = [word for word in content_words(tokenize_simplified(self.simple)) if _is_name(word)]
        return cover < _HALF and any(all(each.holds(name) < _HALF for each in known) for name in names)

    def is_about(self, headline: Statement, known: Sequence[KnownText]) -> bool:
        """Whether it speaks of what a headline says, without saying that headline again."""
        held = headline.held_by(self)
        again = len(set(self.figures) & set(headline.figures))
        brings = self.brings_amount(known)
        if not headline.words:
            return True
        return held > _TOUCHES and (brings or held < _RESTATES) and again < (2 if brings else 1)

    def turns(self, known: Sequence[KnownText]) -> bool:
        """Whether it denies, stops or ends something, in a word that no text holds."""
        return any(not any(turn in each.plain for each in known) for turn in _TURNS.findall(self.simple))

    def held_by(self, other: Statement) -> float:
        """The share of its content that another sentence holds."""
        return self.cover(KnownText(other.simple)) if self.words else 0.0

    def is_past(self, headline: Statement, known: Sequence[KnownText]) -> bool:
        """Whether a later report has overtaken it: it announces what that headline tells, or counts it otherwise."""
        held = headline.held_by(self)
        return max(self.cover(each) for each in known) >= _HALF or (held >= _SAME and bool(_FUTURE.search(self.said)))

    def brings_amount(self, known: Sequence[KnownText]) -> bool:
        """Whether it has an amount or a share that no text holds."""
        return any(kind in _AMOUNTS for kind, _ in self.unseen_everywhere(known))

    def gain(self, known: Sequence[KnownText]) -> float:
        """What it is worth to one who knows some texts."""
        amounts = sum(kind in _AMOUNTS for kind, _ in self.unseen_everywhere(known))
        return fsum(self._unseen(known).values()) / 50 + 0.5 * min(amounts, 3)

    def cover(self, known: KnownText) -> float:
        """The share of its content that a text holds."""
        total = fsum(self.words.values())
        return fsum(weight * known.holds(word) for word, weight in self.words.items()) / total if total else 1.0

    def unseen_everywhere(self, known: Sequence[KnownText]) -> list[Figure]:
        """Its figures that no text holds."""
        return [figure for figure in self.figures if not any(self._has(each, figure) for each in known)]

    def _unseen(self, known: Sequence[KnownText]) -> dict[str, float]:
        """Its words by the weight that no text holds."""
        return {
            word: weight * min((1 - each.holds(word) for each in known), default=1.0)
            for word, weight in self.words.items()
        }

    def _is_told(self, known: KnownText) -> bool:
        if len(self.key) >= _WHOLE and self.key in known.key:
            return True
        cover = self.cover(known)
        if cover < KNOWN_CLOSE or self.unseen_everywhere([known]) or self.turns([known]):
            return False
        return cover >= KNOWN or any(self.cover(each) >= KNOWN_CLOSE for each in known.sentences)

    def _has(self, known: KnownText, figure: Figure) -> bool:
        kind, value = figure
        if kind == "day" and not known.dated and not _TO_COME.search(self.said):
            return True
        if figure in known.figures:
            small = kind == "" and value < _SMALL
            return not small or any(figure in own.figures and self.cover(own) > _NEAR for own in known.sentences)
        return any(kind == other and is_rounded(value, told) for other, told in known.figures)


def read_statements(text: str) -> list[Statement]:
    """The sentences that may be news, without datelines, each once; headings only where there is nothing else."""
    simple = simplify(text[:READ])
    pieces = [piece for piece in split_sentences(text[:READ]) if has_words(piece.text)]
    kept = [p for p in pieces if eligible(Sentence(simple[p.start : p.end], p.start, p.end, p.index))] or pieces
    told: dict[str, Statement] = {}
    for sentence in kept:
        piece = Statement(part(sentence, dateline_length(sentence.text), len(sentence.text)))
        if not is_background(piece.simple):
            told.setdefault(piece.key, piece)
    return list(told.values())


def is_background(simple: str) -> bool:
    """Return whether a sentence (simplified) is no news by its form: a credit, a question, a formula, what once was."""
    return is_boilerplate(simple) or bool(_BACKGROUND.search(simple))


@lru_cache(maxsize=1 << 14)
def _weight(word: str) -> float:
    """What a word tells: nothing much where it is common (进行, 工作), most where it is a rare name."""
    return max(0.5, min(rarity(word), 14.0) - 5)


def _is_name(word: str) -> bool:
    """Whether a word is the name of somebody, a place or a thing, or one that no dictionary holds."""
    tag = part_of_speech(word)
    return rarity(word) > _RARE and (tag[:2] in _NAMES or (not tag and len(word) > 1 and not word[0].isdigit()))
