"""What went wrong with sources, in the reader's language: complaints are written in English where they arise.

They are found again by the patterns of data/problems.toml.  What is not among them stays as it is: an unknown complaint
is better read in English than not at all.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice

from digest.model import InterfaceLanguage

LONGEST = 1000
"""Of more characters is no complaint of ours; patterns with several holes would take long over it."""

MOST_CUTS = 6
"""So many places are tried where a sentence may end inside another one."""

DEEPEST = 4
"""So many sentences may stand inside each other: pages not read, a redirect, a second one, what was found there."""

_COLUMNS: Mapping[InterfaceLanguage, int] = {"zh-Hans": 0, "zh-Hant": 1}
_HOLE = re.compile(r"\{(\w+)\}")
_NESTED = "reason"
_FIGURES = dict.fromkeys(("count", "total", "limit", "number", "seconds", "minutes", "size", "port"), r"[\d.,]+")
_FIGURES["status"] = r"\d{3}[^:]*?"
_BRACKETS = "（%s）"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A sentence with holes: what stands before its nested hole and after it (`tail` is None where there is none).

    `sign` is the longest of its own words: where a text does not hold them, nothing else need be looked at.
    """

    sign: str
    head: re.Pattern[str]
    tail: re.Pattern[str] | None
    told: tuple[str, str]

    def fits(self, text: str) -> Iterator[dict[str, str]]:
        """The words in the holes, once for every place where the nested hole may end, the first one first."""
        if self.sign not in text:
            return
        if self.tail is None:
            if found := self.head.fullmatch(text):
                yield found.groupdict()
        elif start := self.head.match(text):
            cuts = (found.start() for found in re.finditer(": |$", text) if found.start() > start.end())
            for cut in islice(cuts, MOST_CUTS):
                if rest := self.tail.fullmatch(text, cut):
                    yield {**start.groupdict(), _NESTED: text[start.end() : cut], **rest.groupdict()}


def translate(problem: str, language: InterfaceLanguage) -> str:
    """The complaint in Chinese of the wanted script, as far as it is known; unchanged for an English reader.

    What stands at its end in parentheses is the hint that goes with it.
    """
    if language not in _COLUMNS or len(problem) > LONGEST:
        return problem
    return _translated(problem, _COLUMNS[language]) or problem


def _translated(text: str, column: int) -> str:
    """The text in Chinese, empty where it is not known."""
    known = ""
    for message, hint in _hinted(text):
        told, advice = _sentence(message, column), _hint(hint, column)
        if told and advice:
            return told + _BRACKETS % advice
        known = known or (told and told + _BRACKETS % hint)
    return known or _sentence(text, column)


def _hinted(text: str) -> Iterator[tuple[str, str]]:
    """The ways to cut a complaint into a message and the hint in parentheses behind it, the shortest hints last."""
    if text.endswith(")"):
        for found in list(re.finditer(r" \(", text))[-MOST_CUTS:]:
            yield text[: found.start()], text[found.end() : -1]


def _hint(text: str, column: int) -> str:
    """The hint in Chinese; it may also be a row of complaints."""
    parts = [_sentence(part, column) for part in text.split("; ")]
    return "；".join(parts) if all(parts) else _sentence(text, column)


def _sentence(text: str, column: int, depth: int = 1) -> str:
    """One sentence in Chinese, with the one in its nested hole; empty where either is not known."""
    for pattern in _patterns() if depth <= DEEPEST else ():
        for holes in pattern.fits(text):
            if _NESTED in holes:
                holes[_NESTED] = _sentence(holes[_NESTED], column, depth + 1)
            if holes.get(_NESTED, text):
                return _HOLE.sub(lambda hole: holes[hole[1]], pattern.told[column])  # noqa: B023  # used at once
    return ""


@cache
def _patterns() -> tuple[_Pattern, ...]:
    text = files("digest.data").joinpath("problems.toml").read_text("utf-8")
    sentences: dict[str, tuple[str, str]] = tomllib.loads(text)["sentences"]
    return tuple(_pattern(sentence, told) for sentence, told in sentences.items())


def _pattern(sentence: str, told: tuple[str, str]) -> _Pattern:
    head, nested, tail = sentence.partition(f"{{{_NESTED}}}")
    sign = max(_HOLE.split(sentence)[::2], key=len)
    return _Pattern(sign, _compiled(head), _compiled(tail) if nested else None, told)


def _compiled(part: str) -> re.Pattern[str]:
    pieces = _HOLE.split(part)
    return re.compile("".join(_hole(piece) if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)))


def _hole(name: str) -> str:
    return f"(?P<{name}>{_FIGURES.get(name, '.+?')})"
