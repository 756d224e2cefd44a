"""The forms in which a sentence may be printed, and what each is worth: whole, or a run of clauses that stands alone.

The worth of a form is the logarithm of its sentence's PageRank and what the form itself adds: how much of the
headline and of the text's main words it keeps, and in how many characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import fsum, log

from digest.model import Sentence
from digest.rank.clauses import clause_ends, locate, part
from digest.rank.dateline import dateline_length
from digest.rank.genre import Genre
from digest.rank.prior import QUERY, covered, rarity_in, size, weights
from digest.rank.trimming import Run, Trimmer

_LEAST_FRONT = 8
"""What stands before a form goes only where it is longer: 11月18日， tells when, and its …… would take as much room."""

_LEAST = 10
"""No form is shorter, in Chinese characters (`digest.rank.trimming`, `digest.rank.english`)."""

_LEANS = re.compile(
    r"^[“「\s]*(?:他|她|它|其(?!实|他|余|间|中[心央国部])|该|此(?!间)|这|那|对此|此外|另外|然而|但|不过|同时|因此|所以|而且|于是|随后|接着|同日|次日|翌日|为此|与此同时|反之|相反|据此|在(?:此|这(?:一|种|样))[^，]{0,4}(?:背景|基础|情况|形势|前提|过程|期间)|"
    r"(?:He|She|It|They|This|That|These|Those|But|However|Also|And|So|Meanwhile)\b)"
)


ANNOUNCES = -3.0
"""What a form loses that says how many points there are and tells none.  Not fitted: too few articles have one."""

_ANNOUNCES = re.compile(
    r"(?:明确|提出|部署|布置|安排|介绍|给出|强调|阐述|作出|指出|谈了|讲了|分享|归纳|总结)了?[^：:“]{0,20}"
    r"(?:[两二三四五六七八九十几]|\d{1,2})(?:个?方面|[个项大点条])[^，。；：:、“]{0,8}"
    r"(?:任务|措施|要求|重点|举措|意见|建议|倡议|主张|看法|观点|方向|工作)[。！；]?$"
)

_QUOTED = re.compile(r"“[^“”]*”[。！？]?|「[^「」]*」[。！？]?")


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence as it might be printed, and its worth; `leans` where its opening points to the sentence before.

    `run` is what of its clauses it holds, None for the whole.
    """

    sentence: Sentence
    worth: float
    leans: bool
    run: Run | None = None

    @property
    def owes(self) -> bool:
        """Whether the time or the owner of what it says was left off."""
        return self.run is not None and self.run.owes

    @property
    def order(self) -> tuple[float, int, int]:
        """By this the dearest stands first."""
        return -self.worth, self.sentence.start, self.sentence.end


@dataclass(frozen=True, slots=True)
class Topic:
    """What a text is about: its headline's words, how rare those are in it, and how often its main words stand."""

    title: frozenset[str]
    query: frozenset[str]
    rarity: Mapping[str, float]
    main: Mapping[str, int]
    total: int
    genre: Genre

    def main_words(self, words: set[str]) -> int:
        """Return how often the main words among `words` stand in the text."""
        return sum(map(self.main.__getitem__, words & self.main.keys()))


def find_topic(
    content: Sequence[Sequence[str]], title: Sequence[str], query: Sequence[str] = (), genre: Genre | None = None
) -> Topic:
    """Return the topic of a text from the content words of each sentence, of the headline and of what is asked for."""
    spread = Counter(chain.from_iterable(map(set, content)))
    often = Counter(chain.from_iterable(content))
    main = {word: count for word, count in often.items() if spread[word] > 1}
    asked = {*title, *query}
    rarity = rarity_in(content, asked) if asked else {}
    return Topic(frozenset(title), frozenset(query), rarity, main, sum(main.values()), genre or Genre())


class Drafts:
    """The forms in which one sentence may be printed: the whole one at once, the shorter ones when they are asked for.

    `simple` is its text in simplified characters, `words` its words in order and `content` those that carry meaning;
    with `trim` off there is only the whole one, dateline and all.
    """

    def __init__(
        self, sentence: Sentence, simple: str, words: Sequence[str], content: set[str], topic: Topic, *, trim: bool
    ) -> None:
        bare = simple.strip()
        self._sentence, self._simple, self._words, self._content, self._topic = sentence, simple, words, content, topic
        self._start = len(simple) - len(simple.lstrip()) + (dateline_length(bare) if trim else 0)
        self._body = simple[self._start :].rstrip()
        self._ends = clause_ends(self._body) if trim else [len(self._body)]
        self._length, self._told = size(bare), topic.main_words(content)
        self.whole = part(sentence, self._start if trim else 0, len(simple))
        self.features = self._features(self._body.lstrip(), content)

    @property
    def most_gained(self) -> float:
        """A bound of how much more than the whole any shorter form is worth, found without looking for them."""
        return most_gained(self.features, weights().form) if len(self._ends) > 1 else 0.0

    def shorter(self) -> Iterator[tuple[Run, dict[str, float]]]:
        """Yield the runs of clauses that are worth printing where they stand, with their features."""
        if not self._trimmer.runs:
            return
        told = [self._content.intersection(clause) for clause in self._trimmer.words]
        short_may_go = leans(self._body)
        for run in self._trimmer.runs:
            if not run.front or run.start >= _LEAST_FRONT or short_may_go:
                kept = set().union(*told[run.first : run.last + 1])
                features = self._features(self._body[run.start : run.end].strip(), kept)
                yield run, features | {"front": float(run.front), "cut": 1.0}

    def stands(self, run: Run) -> bool:
        """Whether a run says by itself what the whole says with it, and no other thing."""
        return self._trimmer.stands(run)

    def cut(self, run: Run) -> Sentence:
        """Return the sentence cut down to a run."""
        return part(self._sentence, self._start + run.start, self._start + run.end, front=run.front, tail=run.tail)

    @cached_property
    def _trimmer(self) -> Trimmer:
        placed = [(word, at - self._start) for word, at in locate(self._simple, self._words) if at >= self._start]
        return Trimmer(self._body, self._ends, placed)

    def _features(self, text: str, kept: set[str]) -> dict[str, float]:
        """What an editor looks at in a form; all from 0 to 1 but the lengths, which are logarithms."""
        topic, length = self._topic, size(text)
        held = topic.main_words(kept)
        share = held / topic.total if topic.total else 0.0
        over = max(0.0, log(length / 60))
        return {
            "headline": covered(topic.title, kept, topic.rarity) if topic.title else 0.0,
            "query": covered(topic.query, kept, topic.rarity) if topic.query else 0.0,
            "kept": held / self._told if self._told else min(1.0, length / self._length),
            "salience": share,
            "density": min(2.0, share / length * 40),
            "length": log(length),
            "over_60": over,
            "over_60_spoken": over * topic.genre.spoken,
            "over_60_long": over * topic.genre.extent,
            "under_20": max(0.0, log(20 / length)),
            "front": 0.0,
            "cut": 0.0,
            "leans": float(leans(text)),
            "announces": float(bool(_ANNOUNCES.search(text))),
        }


def forms_of(drafts: Drafts, rank: float) -> Iterator[Form]:
    """Yield the whole sentence and its runs, whether they stand or not, each with its worth."""
    weighed = weights().form
    yield Form(drafts.whole, round(rank + worth(drafts.features, weighed), 9), drafts.features["leans"] > 0)
    for run, features in drafts.shorter():
        yield Form(drafts.cut(run), round(rank + worth(features, weighed), 9), features["leans"] > 0, run)


def worth(features: Mapping[str, float], weighed: Mapping[str, float]) -> float:
    """Return what the features of a form are worth, rounded so that order never hangs on the last bit."""
    editor = fsum([weight * features[name] for name, weight in weighed.items()])
    return round(editor + QUERY * features["query"] + ANNOUNCES * features["announces"], 9)


def most_gained(features: Mapping[str, float], weighed: Mapping[str, float]) -> float:
    """Return how much more than the whole sentence, whose `features` these are, any shorter form may be worth.

    A bound: shorter, a form keeps at most the words of the whole in at least `_LEAST` characters.
    """

    def of(name: str) -> float:
        return weighed.get(name, 0.0)

    cut = of("cut") + max(0.0, of("front"))
    long = sum(of(name) * features[name] for name in ("over_60", "over_60_spoken", "over_60_long"))
    dense = max(0.0, of("density")) * (min(2.0, features["salience"] / _LEAST * 40) - features["density"])
    brief = max(0.0, -of("length")) * (features["length"] - log(_LEAST))
    empty = max(0.0, -ANNOUNCES) * features["announces"]
    return max(
        0.0, cut + empty + max(0.0, -long) + max(0.0, dense) + brief + max(0.0, -of("leans")) * features["leans"]
    )


def leans(text: str) -> bool:
    """Return whether a sentence points to the one before it: by 他 该 对此 此外, or because that names the speaker.

    “……” alone, or half a quotation, does not say who spoke.
    """
    text = text.strip()
    if _LEANS.search(text) or text.count("“") != text.count("”") or text.count("「") != text.count("」"):
        return True
    return bool(_QUOTED.fullmatch(text))
