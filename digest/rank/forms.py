"""The forms in which a sentence may be printed, and what each is worth: whole, or a run of clauses that stands alone.

The worth of a form is the logarithm of its sentence's PageRank and what the form itself adds: how much of the
headline and of the text's main words it keeps, and in how many characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, log, log1p

from digest.model import Sentence
from digest.rank.clauses import locate, part
from digest.rank.dateline import dateline_length
from digest.rank.genre import Genre
from digest.rank.prior import QUERY, covered, size
from digest.rank.trimming import Run, standing_runs

_LEAST_FRONT = 8
"""What stands before a form goes only where it is longer: 11月18日， tells when, and its …… would take as much room."""

_LEAST = 10
"""No form is shorter, in Chinese characters (`digest.rank.trimming`, `digest.rank.english`)."""

_LEANS = re.compile(
    r"^[“「\s]*(?:他|她|它|其(?!中|实|他|余|间)|该|此(?!间)|这|那|对此|此外|另外|然而|但|不过|同时|因此|所以|而且|于是|随后|接着|同日|次日|翌日|为此|与此同时|反之|相反|"
    r"(?:He|She|It|They|This|That|These|Those|But|However|Also|And|So|Meanwhile)\b)"
)


_QUOTED = re.compile(r"“[^“”]*”[。！？]?|「[^「」]*」[。！？]?")


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence as it might be printed, and its worth; `leans` where its opening points to the sentence before."""

    sentence: Sentence
    worth: float
    leans: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """What a text is about: its headline's words, how rare its words are in it, and how often its main words stand."""

    title: frozenset[str]
    query: frozenset[str]
    rarity: Mapping[str, float]
    main: Mapping[str, int]
    total: int
    genre: Genre


def find_topic(
    content: Sequence[Sequence[str]], title: Sequence[str], query: Sequence[str] = (), genre: Genre | None = None
) -> Topic:
    """Return the topic of a text from the content words of each sentence, of the headline and of what is asked for."""
    spread = Counter(word for own in content for word in set(own))
    often = Counter(word for own in content for word in own)
    main = {word: count for word, count in often.items() if spread[word] > 1}
    rarity = {word: log1p(len(content) / count) for word, count in spread.items()}
    return Topic(frozenset(title), frozenset(query), rarity, main, sum(main.values()), genre or Genre())


def forms_of(
    sentence: Sentence, simple: str, words: Sequence[str], content: set[str], topic: Topic, *, trim: bool
) -> Iterator[tuple[Sentence, dict[str, float]]]:
    """Yield every form of `sentence` with its features, the whole one first; with `trim` off no other.

    `simple` is its text in simplified characters, `words` its words in order and `content` those that carry meaning.
    The shortened ones are only looked for when they are asked for.
    """
    told = sum(topic.main.get(word, 0) for word in content)
    length = size(simple.strip())
    start = len(simple) - len(simple.lstrip()) + (dateline_length(simple.strip()) if trim else 0)
    whole = part(sentence, start if trim else 0, len(simple))
    text = simple[start:].strip()
    yield whole, _features(text, size(text) / length, content, told, topic)
    if not trim:
        return
    placed = locate(simple, words)
    for run in _runs(simple, start, placed):
        form = part(sentence, start + run.start, start + run.end, front=run.front, tail=run.tail)
        if form.text:
            here = start + run.start, start + run.end
            kept = {word for word, at in placed if here[0] <= at < here[1]} & content
            text = simple[here[0] : here[1]].strip()
            features = _features(text, size(text) / length, kept, told, topic)
            yield form, features | {"front": float(run.front), "cut": 1.0}


def worth(features: Mapping[str, float], weighed: Mapping[str, float]) -> float:
    """Return what the features of a form are worth, rounded so that order never hangs on the last bit."""
    editor = fsum(weighed.get(name, 0.0) * value for name, value in features.items())
    return round(editor + QUERY * features["query"], 9)


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
    return max(0.0, cut + max(0.0, -long) + max(0.0, dense) + brief + max(0.0, -of("leans")) * features["leans"])


def leans(text: str) -> bool:
    """Return whether a sentence points to the one before it: by 他 该 对此 此外, or because that names the speaker.

    “……” alone, or half a quotation, does not say who spoke.
    """
    text = text.strip()
    if _LEANS.search(text) or text.count("“") != text.count("”") or text.count("「") != text.count("」"):
        return True
    return bool(_QUOTED.fullmatch(text))


def _runs(simple: str, start: int, placed: Sequence[tuple[str, int]]) -> Iterator[Run]:
    """The runs of clauses worth printing instead of the whole: a short time in front stays."""
    body = simple[start:].rstrip()
    for run in standing_runs(body, [(word, at - start) for word, at in placed if at >= start]):
        if not run.front or run.start >= _LEAST_FRONT or leans(body):
            yield run


def _features(text: str, part_kept: float, kept: set[str], told: int, topic: Topic) -> dict[str, float]:
    """What an editor looks at in a form; all from 0 to 1 but the lengths, which are logarithms.

    `told` counts the main words of the whole sentence, `part_kept` is the share of its length in this form.
    """
    length = size(text)
    held = sum(topic.main.get(word, 0) for word in kept)
    share = held / topic.total if topic.total else 0.0
    over = max(0.0, log(length / 60))
    return {
        "headline": covered(topic.title, kept, topic.rarity) if topic.title else 0.0,
        "query": covered(topic.query, kept, topic.rarity) if topic.query else 0.0,
        "kept": held / told if told else min(1.0, part_kept),
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
    }
