"""digest evaluate: how good our summaries are, on articles with a summary that a person wrote."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from digest.cli.options import announce
from digest.errors import PartlyDone, UsageError

if TYPE_CHECKING:
    from digest.app.evaluating import Evaluation, Lift, Question, Reading, Row
    from digest.model import Document
    from digest.rank.rouge import Interval

_FEW = 20
"""So many pairs are done before a progress bar could be read."""

_LABELS = {"ours_whole": "ours, whole sentences"}
_KEY = """\
top: one sentence. fill: a summary as long as the budget. used: how much of it.
R1, R2, RL: character ROUGE F1 against what people wrote, 0 to 100.
gap: the way from random (0) to oracle (100), the best whole sentences can do.
[ ]: 95 % of paired bootstrap resamples; above 0 is ahead of the first sentences."""

_Thing = TypeVar("_Thing")


@click.command()
@click.argument("source", metavar="FILE|-")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON, documented in the README.")
@click.option("--limit", type=click.IntRange(min=1), help="Only the first N lines.", metavar="N")
@click.option(
    "--chars",
    type=click.IntRange(min=1),
    metavar="N",
    help="One budget for all.  [default: the line's budget, else the next ten above the length of its summary]",
)
@click.option("--whole-sentences", is_flag=True, help="Judge our summaries with whole sentences only; half the work.")
def evaluate(source: str, as_json: bool, limit: int | None, chars: int | None, whole_sentences: bool) -> None:
    """Measure our summaries by those that people wrote, next to the lead, chance, the headline's words and the best.

    FILE is UTF-8, a JSON object a line: {"text": "…", "summary": "…"}, and, if you have them, "title": "…" and "budget"
    (how many characters ours may take).  Other fields are ignored.  - reads standard input.
    """
    from digest.app.evaluating import evaluate as evaluate_pairs
    from digest.app.evaluating import read_pairs

    reading = read_pairs(_open(source), limit=limit, chars=chars)
    for problem in reading.problems:
        announce(f"left out: {problem}")
    with _watched(reading.pairs) as pairs:
        result = evaluate_pairs(pairs, trim=not whole_sentences)
    click.echo(json.dumps(_as_json(result, reading), indent=2) if as_json else _as_table(result))
    if reading.left_out:
        total = reading.count_left_out + len(reading.pairs)
        raise PartlyDone(f"{reading.count_left_out} of {total} lines were left out", "the lines above say why")


def _open(source: str) -> Document:
    from digest.collect.files import read_file, read_stream

    if source != "-":
        return read_file(Path(source))
    if sys.stdin is None:  # digest evaluate - <&-
        raise UsageError("standard input is closed", "name a file: digest evaluate FILE")
    return read_stream(sys.stdin.buffer)


@contextmanager
def _watched(things: Sequence[_Thing]) -> Iterator[Iterable[_Thing]]:
    """The things, with a progress bar on a terminal; an interrupted bar gives the cursor back."""
    if len(things) <= _FEW or sys.stderr is None or not sys.stderr.isatty():
        yield things
        return
    with click.progressbar(things, label="evaluating", file=sys.stderr) as bar:
        yield bar


def _as_table(result: Evaluation) -> str:
    """The table as text, its lines no longer than a terminal's."""
    pairs = f"{result.pairs} pair{'s' if result.pairs > 1 else ''}"
    lines = [
        f"{pairs:22}   {'top':27}fill",
        " " * 22 + "   R1    R2    RL   gap  " * 2 + "used",
        *(_line(name, row) for name, row in result.rows.items()),
        "",
        f"{'ahead of lead by':22} {'top':27}fill",
        *(_ahead(name, lift) for name, lift in result.lifts.items()),
        "",
        _KEY,
    ]
    if 0 < result.untitled < result.pairs:
        lines.append(f"title: the sentences most like the headline; for {result.untitled} without one, the lead.")
    return "\n".join(lines)


def _line(name: str, row: Row) -> str:
    return f"{_LABELS.get(name, name):22}{_cells(row.top)}  {_cells(row.fill)}  {100 * row.used:3.0f}%"


def _ahead(name: str, lift: Lift) -> str:
    return f"{_LABELS.get(name, name):22} {_interval(lift.top):27}{_interval(lift.fill)}"


def _cells(question: Question) -> str:
    gap = "    -" if question.gap is None else f"{question.gap:5.1f}"
    return " ".join(f"{score:5.1f}" for score in question.rouge) + f" {gap}"


def _interval(interval: Interval) -> str:
    if interval.low is None or interval.high is None:
        return f"{interval.mean:+z.1f}"
    return f"{interval.mean:+z.1f} [{interval.low:+z.1f}, {interval.high:+z.1f}]"


def _as_json(result: Evaluation, reading: Reading) -> dict[str, Any]:
    """Version 1 of the JSON shape: scores and gaps from 0 to 100, shares from 0 to 1, null where there is none."""
    return {
        "version": 1,
        "pairs": result.pairs,
        "untitled": result.untitled,
        "left_out": [{"reason": reason, "lines": numbers} for reason, numbers in reading.left_out.items()],
        "systems": {
            name: {
                "top": _figures(row.top),
                "fill": {**_figures(row.fill), "used": _rounded(row.used)},
            }
            for name, row in result.rows.items()
        },
        "ahead_of_lead": {
            name: {"top": _bounds(lift.top), "fill": _bounds(lift.fill)} for name, lift in result.lifts.items()
        },
    }


def _figures(question: Question) -> dict[str, float | None]:
    figures: dict[str, float | None] = {name: _rounded(score) for name, score in question.rouge._asdict().items()}
    return figures | {"gap": _rounded(question.gap)}


def _bounds(interval: Interval) -> dict[str, float | None]:
    return {name: _rounded(value) for name, value in interval._asdict().items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
