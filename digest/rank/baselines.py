"""What a summary is measured against: the lead, chance, the headline's words, and the best that extraction can do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from digest.rank.rouge import Reference, Rouge, average, tokenize_characters

MOST_SENTENCES = 200
"""No more sentences of a text are looked at: the oracle tries all of them again at every step."""

_FEWEST_TOKENS = 3
_DRAWS = 20
_HAN = re.compile(r"[\u3400-\u9fff]")
_CLOSING = r"\"'”’」』）】》)"


def _ending_with(marks: str) -> re.Pattern[str]:
    return re.compile(rf"[^{marks}]*[{marks}]+[{_CLOSING}]*|[^{marks}]+")


_CHINESE = _ending_with(r"。！？!?；;\n")
_OTHER = _ending_with(r".!?\n")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system says of one article: one sentence, and a summary as long as the budget.

    Each is given several times where chance decides; the scores are averaged then.
    """

    tops: Sequence[str]
    fills: Sequence[str]


@dataclass(frozen=True, slots=True)
class Mark:
    """The scores of an answer, and the share of the budget it used, from 0 to 1."""

    top: Rouge
    fill: Rouge
    used: float


def cut_sentences(text: str) -> list[str]:
    """Return the sentences that baselines choose from: without outer space, of three tokens or more, at most 200.

    This is not how summaries are cut: a yardstick must not move with what it measures.
    """
    pattern = _CHINESE if len(_HAN.findall(text)) > len(text) / 10 else _OTHER
    pieces = (match.group().strip() for match in pattern.finditer(text))
    return [piece for piece in pieces if len(tokenize_characters(piece)) >= _FEWEST_TOKENS][:MOST_SENTENCES]


def mark_answer(answer: Answer, reference: Reference, chars: int) -> Mark:
    """Return how well an answer meets the reference; what a summary holds past `chars` characters does not count."""
    return Mark(
        top=average([reference.score(text) for text in answer.tops]),
        fill=average([reference.score(text[:chars]) for text in answer.fills]),
        used=sum(min(1.0, len(text) / chars) for text in answer.fills) / len(answer.fills),
    )


def take_lead(sentences: Sequence[str], chars: int) -> Answer:
    """Return the beginning of the article."""
    return _in_order(sentences, range(len(sentences)), chars)


def take_title_overlap(sentences: Sequence[str], title: str, chars: int) -> Answer:
    """Return the sentences most like the headline, by ROUGE; of equal ones, and without a headline, the first."""
    headline = Reference(title)
    likeness = [sum(headline.score(sentence)) for sentence in sentences]
    return _in_order(sentences, sorted(range(len(sentences)), key=lambda i: -likeness[i]), chars)


def take_random(sentences: Sequence[str], chars: int) -> Answer:
    """Return what chance would: every sentence as the one, and a few summaries in orders shuffled by a hash."""
    orders = [sorted(range(len(sentences)), key=lambda i: _die(draw, i, sentences[i])) for draw in range(_DRAWS)]
    return Answer(sentences, [_fill(sentences, order, chars) for order in orders])


def take_oracle(sentences: Sequence[str], reference: Reference, chars: int) -> Answer:
    """Return the sentences that score best, found by looking at the reference; the summary grows greedily."""
    best = max(sentences, key=lambda sentence: sum(reference.score(sentence)))
    return Answer([best], [_grow(sentences, reference, chars)])


def _in_order(sentences: Sequence[str], order: Sequence[int], chars: int) -> Answer:
    return Answer([sentences[order[0]]], [_fill(sentences, order, chars)])


def _fill(sentences: Sequence[str], order: Sequence[int], chars: int) -> str:
    """The first sentences of `order` that fill the budget, as they stand in the article."""
    chosen, length = [], 0
    for i in order:
        chosen.append(i)
        length += len(sentences[i])
        if length >= chars:
            break
    return _join(sentences, chosen, chars)


def _join(sentences: Sequence[str], chosen: Iterable[int], chars: int) -> str:
    return "".join(sentences[i] for i in sorted(chosen))[:chars]


def _die(draw: int, place: int, sentence: str) -> bytes:
    """A number that looks thrown and is the same on every machine."""
    return blake2b(f"{draw} {place} {sentence}".encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _grow(sentences: Sequence[str], reference: Reference, chars: int) -> str:
    chosen: list[int] = []
    best, text = -1.0, ""
    while len(text) < chars and len(chosen) < len(sentences):
        gain, pick = _best_step(sentences, chosen, reference, chars)
        if gain <= best:
            break
        best, chosen = gain, [*chosen, pick]
        text = _join(sentences, chosen, chars)
    return text


def _best_step(sentences: Sequence[str], chosen: list[int], reference: Reference, chars: int) -> tuple[float, int]:
    """The sum of the scores with the best next sentence, and its place; of equal ones the last.

    The candidates come in the order of what they could reach at most, so that few of them need the slow score.
    """
    taken = set(chosen)
    texts = {i: _join(sentences, [*chosen, i], chars) for i in range(len(sentences)) if i not in taken}
    best = (-1.0, -1)
    for ceiling, i in sorted(((reference.ceiling(text), i) for i, text in texts.items()), reverse=True):
        if ceiling < best[0] - 1e-9:  # the two sums are rounded differently
            break
        best = max(best, (sum(reference.score(texts[i])), i))
    return best
