"""What a text betrays of its kind: a wire story, a talk, a long piece, a programme of many items.

What is right for one is wrong for another: a wire story says it all in its first sentence, a meeting late and at
length, and of a programme nobody wants the first item in detail but what the others are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import log

from digest.model import Sentence
from digest.rank.dateline import signed

HEADING = "caption or heading"
"""Why a line without an end is no candidate, unless it heads an item of a programme."""

# Every branch begins with its character, not with \b: so the search skips what is none of them.
FIRST_PERSON = re.compile(r"我(?!国|省|市|区|县|军|党|院|校)|咱|I(?<!\wI)\b|[Ww]e(?<!\w[Ww]e)\b")
_SECOND_PERSON = re.compile(r"[你您]")
_NUMBERED = re.compile(r"^\s*[（(]?[一二三四五六七八九十\d]+[）)、.．]")
_FEWEST_ITEMS = 5
_LONGEST_HEADING = 80
_SHORT_TEXT, _LONG_TEXT = 8, 64


@dataclass(frozen=True, slots=True)
class Genre:
    """How much a text is of each kind, from 0 to 1; `headings` are the positions of its items' headings."""

    wire: float = 0.0
    spoken: float = 0.0
    extent: float = 0.0
    headings: frozenset[int] = frozenset()


def find_genre(
    sentences: Sequence[Sentence], content: Sequence[Sequence[str]], reasons: Sequence[str], title: Collection[str] = ()
) -> Genre:
    """Return the genre of a text from its sentences, their content words, and why some may not be printed.

    `title` are the content words of its headline.
    """
    told = [sentence.text for sentence, reason in zip(sentences, reasons, strict=True) if not reason]
    spoken = sum(bool(FIRST_PERSON.search(text) or _SECOND_PERSON.search(text)) for text in told)
    return Genre(
        wire=float(any(signed(sentence.text.strip()) for sentence in sentences[:3])),
        spoken=min(1.0, 2 * spoken / max(1, len(told))),
        extent=min(1.0, max(0.0, log(max(1, len(told)) / _SHORT_TEXT) / log(_LONG_TEXT / _SHORT_TEXT))),
        headings=_item_headings(sentences, content, reasons, title),
    )


def _item_headings(
    sentences: Sequence[Sentence], content: Sequence[Sequence[str]], reasons: Sequence[str], title: Collection[str]
) -> frozenset[int]:
    """Where the items of a programme or a round-up begin: lines whose words the sentence behind says again.

    The headings within one article (措施有力, 二、深化改革) are not repeated; a caption is not either.  Where they are
    all the same, it is one article that begins with a lead, or that says a word of its headline in most of its parts.
    """
    marked = [
        bool(content[i]) and reasons[i] == HEADING and _may_head(sentences[i].text) for i in range(len(sentences))
    ]
    lines = [i for i, own in enumerate(marked) if own and not (i and marked[i - 1]) and i + 1 < len(sentences)]
    if len(lines) < _FEWEST_ITEMS:
        return frozenset()
    if _has_lead(content, reasons[: lines[0]], title) or _of_one_subject(content, lines, title):
        return frozenset()
    repeated = sum(2 * len({*content[i]} & _said_behind(content, i)) >= len({*content[i]}) for i in lines)
    return frozenset(lines) if repeated >= max(_FEWEST_ITEMS, len(lines) / 2) else frozenset()


def _has_lead(content: Sequence[Sequence[str]], reasons: Sequence[str], title: Collection[str]) -> bool:
    """Whether one of the first sentences, for which the `reasons` are, is printable and takes up the headline."""
    return any(not reason and not set(title).isdisjoint(own) for own, reason in zip(content, reasons, strict=False))


def _of_one_subject(content: Sequence[Sequence[str]], lines: Sequence[int], title: Collection[str]) -> bool:
    """Whether a word of the headline stands in most of the parts."""
    parts = [{*content[at]} | _said_behind(content, at) for at in lines]
    names = [word for word in title if len(word) > 1 and not word.isdigit()]
    return any(2 * sum(word in part for part in parts) > len(parts) for word in names)


def _said_behind(content: Sequence[Sequence[str]], at: int) -> set[str]:
    """The content words of the three sentences behind a heading."""
    return {word for own in content[at + 1 : at + 4] for word in own}


def _may_head(text: str) -> bool:
    return "\n" in text and 6 <= len(text.strip()) <= _LONGEST_HEADING and not _NUMBERED.match(text)
