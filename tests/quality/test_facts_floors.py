"""Floors: how well the facts of documents must be read, on documents of our own writing.

`python -m tests.quality.test_facts_floors` prints the figures, `-v` also what is missed or wrong.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from digest.compose.facts import extract_facts
from digest.model import Article, FactKind
from digest.rank.language import simplify

HERE = Path(__file__).parent
DATES: tuple[FactKind, ...] = ("signed", "published", "effective", "expires", "deadline")

FLOORS: dict[str, tuple[float, float]] = {
    "numbers": (99.0, 98.0),
    "own": (98.0, 98.0),
    "body": (88.0, 84.0),
    "signed": (98.0, 97.0),
    "published": (98.0, 78.0),
    "effective": (98.0, 86.0),
    "expires": (98.0, 92.0),
    "deadline": (98.0, 95.0),
}
"""Precision and recall in percent, by what is looked for; `own` is how many of the numbers found are told right."""


@cache
def rows(name: str) -> tuple[dict[str, Any], ...]:
    """Return the documents of one set."""
    return tuple(json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line.strip())


def printed_form(text: str) -> str:
    """Return a number or a name without blanks and brackets, in simplified characters and half-width digits."""
    plain = simplify(unicodedata.normalize("NFKC", text)).replace("中华人民共和国", "")
    return re.sub(r"[\s〔〕\[\]【】()〖〗]", "", plain)


def same_number(found: str, wanted: str) -> bool:
    """Whether two prints are of one number: an order or an announcement may be printed with its body or without."""
    one, other = printed_form(found), printed_form(wanted)
    if one == other:
        return True
    serials = [re.search(r"第([\d一二三四五六七八九十百〇零]+)号", text) for text in (one, other)]
    if not all(serials) or serials[0][1] != serials[1][1]:  # type: ignore[index]
        return False
    return (one in other or other in one) and bool(re.search("令|公告|通告|年第", one + other))


class Tally(Counter[str]):
    """How often something was right, wrong (told but not so) or missed."""

    @property
    def precision(self) -> float:
        """What is right of what is told, in percent."""
        return 100 * self["right"] / max(1, self["right"] + self["wrong"])

    @property
    def recall(self) -> float:
        """What is told of what is so, in percent."""
        return 100 * self["right"] / max(1, self["right"] + self["missed"])


@cache
def measure_numbers() -> tuple[dict[str, Tally], tuple[str, ...]]:
    """Return the tallies of numbers, of their standing and of bodies, and a line on each that is not right."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    notes: list[str] = []
    for row in rows("document_numbers.jsonl"):
        card = extract_facts(Article(title=row["title"], text=row["text"]))
        wanted = [(text, "number") for text in row["own"]] + [(text, "cited") for text in row["cited"]]
        for fact in (*card.of("number"), *card.of("cited")):
            match = next((pair for pair in wanted if same_number(fact.text, pair[0])), None)
            tallies["numbers"]["right" if match else "wrong"] += 1
            if match:
                wanted.remove(match)
                tallies["own"]["right" if match[1] == fact.kind else "wrong"] += 1
            if match is None or match[1] != fact.kind:
                notes.append(f"{row['id']} {fact.kind} {fact.text!r}, should be {match and match[1]}")
        tallies["numbers"]["missed"] += len(wanted)
        notes += [f"{row['id']} missed {kind} {text!r}" for text, kind in wanted]
        _count(tallies["body"], notes, row["id"], "body", card.value("body"), row["body"])
    return tallies, tuple(notes)


@cache
def measure_dates() -> tuple[dict[str, Tally], tuple[str, ...]]:
    """Return the tallies of each kind of date, and a line on each that is not right."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    notes: list[str] = []
    for row in rows("document_dates.jsonl"):
        card = extract_facts(Article(title=row["title"], text=row["text"]))
        for kind in DATES:
            _count(tallies[kind], notes, row["id"], kind, card.value(kind), row[kind] or "")
    return tallies, tuple(notes)


def _count(tally: Tally, notes: list[str], name: str, kind: str, told: str, so: str) -> None:
    right = bool(told) and printed_form(told) == printed_form(so)
    tally["right"] += right
    tally["wrong"] += bool(told) and not right
    tally["missed"] += bool(so) and not right
    if (told or so) and not right:
        notes.append(f"{name} {kind}: told {told!r}, is {so!r}")


def figures() -> dict[str, Tally]:
    """Return all tallies."""
    return {**measure_numbers()[0], **measure_dates()[0]}


@pytest.mark.parametrize("what", sorted(FLOORS))
def test_floors(what: str) -> None:
    """What is told is right, and what is so is told, at least as often as it has been."""
    precision, recall = FLOORS[what]
    tally = figures()[what]
    assert tally.precision >= precision, f"{what}: precision {tally.precision:.1f}"
    assert tally.recall >= recall, f"{what}: recall {tally.recall:.1f}"


@pytest.mark.parametrize(
    ("found", "wanted", "same"),
    [
        ("云办发〔2017〕47号", "云办发［２０１７］４７号", True),
        ("雲辦發〔2017〕47號", "云办发〔2017〕47号", True),
        ("中华人民共和国国务院令 第790号", "国务院令第790号", True),
        ("水利部公告2023年第15号", "2023年第15号", True),
        ("云办发〔2017〕47号", "云办发〔2017〕48号", False),
        ("办发〔2017〕47号", "云办发〔2017〕47号", False),
        ("国务院令第79号", "国务院令第790号", False),
    ],
)
def test_the_scorer(found: str, wanted: str, same: bool) -> None:
    """Prints of one number are the same, a cut 代字 and another serial are not."""
    assert same_number(found, wanted) is same


def _report(lines: Iterable[str], verbose: bool) -> None:
    for what, tally in figures().items():
        print(f"{what:10} precision {tally.precision:5.1f}  recall {tally.recall:5.1f}  {dict(tally)}")
    if verbose:
        print(*lines, sep="\n")


if __name__ == "__main__":
    _report([*measure_numbers()[1], *measure_dates()[1]], "-v" in sys.argv)
