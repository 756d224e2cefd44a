"""Evaluating: our summaries of a user's own articles, next to simple ones, measured by what people wrote of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from digest.errors import FormatError
from digest.model import Document
from digest.rank.baselines import (
    Answer,
    Mark,
    cut_sentences,
    mark_answer,
    take_lead,
    take_oracle,
    take_random,
    take_title_overlap,
)
from digest.rank.rouge import Interval, Reference, Rouge, average, gap_closed, paired_interval, tokenize_characters
from digest.rank.summarize import summarize

OURS = ("ours", "ours_whole")
"""The rows that are ours: as a digest prints them, and with whole sentences only."""

_HINT = 'write one JSON object a line: {"text": "…", "summary": "…"}, in UTF-8'

_LARGEST_BUDGET = 1_000_000


@dataclass(frozen=True, slots=True)
class Pair:
    """An article and the summary a person wrote of it; ours gets `chars` characters."""

    text: str
    summary: str
    title: str | None
    chars: int


@dataclass(slots=True)
class Reading:
    """The pairs of a file, and of the other lines, by what is wrong with them, the numbers."""

    pairs: list[Pair] = field(default_factory=list)
    left_out: dict[str, list[int]] = field(default_factory=dict)

    @property
    def count_left_out(self) -> int:
        """How many lines are no pairs."""
        return sum(map(len, self.left_out.values()))

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with those lines, in words."""
        return tuple(f"{reason}: {_numbered(numbers)}" for reason, numbers in self.left_out.items())


@dataclass(frozen=True, slots=True)
class Question:
    """How one system did at one length: its mean ROUGE, and the share of the way from random to oracle it went."""

    rouge: Rouge
    gap: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """How one system did: with one sentence, and with a summary within the budget; `used` is the share it filled."""

    top: Question
    fill: Question
    used: float


@dataclass(frozen=True, slots=True)
class Lift:
    """What a row of ours has more than the lead, on the mean of the three scores."""

    top: Interval
    fill: Interval


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The table: a row a system, in order from random to oracle, and what ours are ahead of the lead."""

    pairs: int
    untitled: int
    rows: dict[str, Row]
    lifts: dict[str, Lift]


def read_pairs(document: Document, *, limit: int | None = None, chars: int | None = None) -> Reading:
    """Return the pairs in (the first `limit`) lines of JSON; `chars` replaces every budget.

    Raises:
        FormatError: the document is empty, or no line of it is usable.
    """
    lines = [(number, line) for number, line in enumerate(document.data.split(b"\n"), 1) if line.strip()][:limit]
    if not lines:
        raise FormatError(f"{document.name} is empty", _HINT)
    reading = Reading()
    for number, line in lines:
        try:
            reading.pairs.append(_read_pair(line, chars))
        except FormatError as error:
            reading.left_out.setdefault(error.message, []).append(number)
    if not reading.pairs:
        raise FormatError(
            f"no line of {document.name} is an article with its summary ({'; '.join(reading.problems)})", _HINT
        )
    return reading


def evaluate(pairs: Iterable[Pair], *, trim: bool = True) -> Evaluation:
    """Return how our summaries and the baselines do on `pairs` (one at least).

    With `trim` our summaries are judged as a digest prints them and with whole sentences, without it the latter only.
    """
    marks: dict[str, list[Mark]] = {}
    count = untitled = 0
    for pair in pairs:
        count, untitled = count + 1, untitled + (not pair.title)
        reference = Reference(pair.summary)
        for name, answer in _answers(pair, reference, trim):
            marks.setdefault(name, []).append(mark_answer(answer, reference, pair.chars))
    if untitled == count:
        del marks["title"]
    return Evaluation(
        count,
        untitled,
        rows={name: _row(own, marks["random"], marks["oracle"]) for name, own in marks.items()},
        lifts={name: _lift(marks[name], marks["lead"]) for name in OURS if name in marks},
    )


def _numbered(numbers: Sequence[int], most: int = 20) -> str:
    shown = ", ".join(map(str, numbers[:most]))
    more = f" and {len(numbers) - most} more" if len(numbers) > most else ""
    return f"line{'s' if len(numbers) > 1 else ''} {shown}{more}"


def _read_pair(line: bytes, chars: int | None) -> Pair:
    """One line, or what is wrong with it."""
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FormatError("not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise FormatError("not JSON") from error
    if not isinstance(row, dict):
        raise FormatError("no JSON object")
    text, summary, title = _words(row, "text"), _words(row, "summary"), row.get("title")
    if title is not None and not isinstance(title, str):
        raise FormatError("title is no text")
    if len(cut_sentences(text)) < 2:
        raise FormatError("fewer than two sentences in text")
    return Pair(text, summary, title, chars or _budget(row, summary))


def _words(row: dict[str, Any], name: str) -> str:
    if name not in row:
        raise FormatError(f"no {name}")
    value = row[name]
    if not isinstance(value, str) or not tokenize_characters(value):
        raise FormatError(f"{name} is no text" if not isinstance(value, str) else f"no word in {name}")
    return value


def _budget(row: dict[str, Any], summary: str) -> int:
    """The budget of the line, or the next ten above the length of the reference."""
    budget = row.get("budget")
    if budget is None:
        return len(summary.strip()) // 10 * 10 + 10
    if isinstance(budget, bool) or not isinstance(budget, int) or not 0 < budget <= _LARGEST_BUDGET:
        raise FormatError("budget is no whole number from 1 to a million")
    return budget


def _answers(pair: Pair, reference: Reference, trim: bool) -> Iterator[tuple[str, Answer]]:
    """What every system says of an article, in the order of the table."""
    sentences = cut_sentences(pair.text)
    yield "random", take_random(sentences, pair.chars)
    yield "lead", take_lead(sentences, pair.chars)
    yield "title", take_title_overlap(sentences, pair.title or "", pair.chars)
    if trim:
        yield "ours", _summarize(pair, trim=True)
    yield "ours_whole", _summarize(pair, trim=False)
    yield "oracle", take_oracle(sentences, reference, pair.chars)


def _summarize(pair: Pair, trim: bool) -> Answer:
    one = summarize(pair.text, title=pair.title, sentences=1, trim=trim)
    many = summarize(pair.text, title=pair.title, chars=pair.chars, trim=trim)
    return Answer(*(["".join(s.text for s in summary.sentences)] for summary in (one, many)))


def _row(marks: list[Mark], random: list[Mark], oracle: list[Mark]) -> Row:
    top, top_floor, top_best = (average([mark.top for mark in some]) for some in (marks, random, oracle))
    fill, fill_floor, fill_best = (average([mark.fill for mark in some]) for some in (marks, random, oracle))
    return Row(
        Question(top, gap_closed(top, top_floor, top_best)),
        Question(fill, gap_closed(fill, fill_floor, fill_best)),
        used=sum(mark.used for mark in marks) / len(marks),
    )


def _lift(ours: list[Mark], lead: list[Mark]) -> Lift:
    both = list(zip(ours, lead, strict=True))
    return Lift(
        paired_interval([own.top.mean - other.top.mean for own, other in both]),
        paired_interval([own.fill.mean - other.fill.mean for own, other in both]),
    )
