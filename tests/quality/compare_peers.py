"""Our summaries beside the lead, the title's words, and every peer that is installed.

    python tests/quality/compare_peers.py --data tests/quality
    python tests/quality/compare_peers.py --data FOLDER --sets wire,meeting --limit 40 --cache FILE --json FILE

Reads every *.jsonl of FOLDER: an object a line with text, summary, budget, title (or null), and set if the file holds
several.  Two questions are asked of every article: `top`, one sentence; and `fill`, a text cut at the budget.  Columns
of systems show gaps, the share of the way from Random (0) to Oracle (100) on the mean of character ROUGE-1, -2 and -L;
differences are in points of that mean, and [ ] is the 95 % interval of a paired bootstrap, the same at every run.

A peer that crashes or says nothing has an empty summary; its `fill` takes sentences by rank until the budget is
reached.  The best peer of a set was found by looking at the set.  Peers are slow: with --cache each is asked once.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, it stands in its own folder

import digest
from digest.rank.baselines import (
    Answer,
    Mark,
    cut_sentences,
    mark_answer,
    take_lead,
    take_oracle,
    take_random,
)
from digest.rank.rouge import Interval, Reference, average, gap_closed, paired_interval
from tests.quality.keeping import Cache, Case
from tests.quality.peers import Pick, Ranker, load_peers, rank_by_title

OURS, WHOLE, LEAD, TITLE = "ours", "ours, trim=False", "Lead", "title overlap"
QUESTIONS = ("top", "fill")


@dataclass(slots=True)
class Set:
    """The cases of one set, every system's marks on them, and how often it had nothing to say."""

    name: str
    cases: list[Case] = field(default_factory=list)
    marks: dict[str, list[Mark]] = field(default_factory=dict)
    empty: dict[str, int] = field(default_factory=dict)

    def means(self, system: str, question: str) -> list[float]:
        """Return the mean ROUGE of `system` on every case."""
        return [getattr(mark, question).mean for mark in self.marks[system]]

    def gap(self, system: str, question: str) -> float:
        """Return the share of the way from Random to Oracle that `system` went."""
        score, floor, top = (
            average([getattr(mark, question) for mark in self.marks[s]]) for s in (system, "Random", "Oracle")
        )
        return gap_closed(score, floor, top) or 0.0

    def ahead(self, system: str, other: str, question: str) -> Interval:
        """Return by how many points of ROUGE `system` is ahead of `other`."""
        both = zip(self.means(system, question), self.means(other, question), strict=True)
        return paired_interval([mine - theirs for mine, theirs in both])

    def used(self, system: str) -> float:
        """Return the share of the budget that `system` filled."""
        return statistics.fmean(mark.used for mark in self.marks[system])


def read_sets(folder: Path, wanted: Sequence[str], limit: int | None) -> list[Set]:
    """Return the sets of `folder`, of each the first `limit` articles that have two sentences."""
    sets: dict[str, Set] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            name = row.get("set", path.stem)
            if (not wanted or name in wanted) and len(cut_sentences(row["text"])) > 1:
                own = sets.setdefault(name, Set(name)).cases
                if limit is None or len(own) < limit:
                    own.append(Case(row["text"], row["title"] or "", row["summary"], row["budget"]))
    return list(sets.values())


def mark_others(own: Set, peers: dict[str, Ranker], cache: Cache) -> None:
    """Fill in the marks of every system but ours."""
    for name, take in _YARDSTICKS.items():
        own.marks[name] = [cache.mark(name, case, partial(take, case)) for case in own.cases]
    for name, rank in peers.items():
        start = time.perf_counter()
        own.marks[name] = []
        for case in own.cases:
            ask = partial(take_ranked, rank, case)
            own.marks[name].append(cache.mark(name, case, partial(cache.answer, name, case, ask)))
        own.empty[name] = sum(cache.is_empty(name, case) for case in own.cases)
        cache.save()
        _say(f"{own.name}: {name} in {time.perf_counter() - start:.0f} s")


def mark_ours(own: Set) -> None:
    """Fill in our marks: as a digest prints them, and with whole sentences only."""
    for name, trim in ((OURS, True), (WHOLE, False)):
        own.marks[name] = [mark_answer(summarize(c, trim), Reference(c.summary), c.budget) for c in own.cases]


def summarize(case: Case, trim: bool) -> Answer:
    """Return what we say of an article."""
    title = case.title or None
    one = digest.summarize(case.text, title=title, sentences=1, trim=trim)
    many = digest.summarize(case.text, title=title, chars=case.budget, trim=trim)
    return Answer(*(["".join(s.text for s in summary.sentences)] for summary in (one, many)))


def take_ranked(rank: Ranker, case: Case) -> tuple[str, str]:
    """Return the first sentence of a ranking, and what fills the budget in reading order; nothing after a crash."""
    try:
        picks = rank(case.text, case.title)
    except Exception as error:  # whatever a peer may raise is its answer
        _say(f"  crash: {type(error).__name__}: {str(error)[:80]}")
        return "", ""
    taken: list[Pick] = []
    for pick in picks:
        taken.append(pick)
        if sum(len(p.text) for p in taken) >= case.budget:
            break
    return (picks[0].text if picks else ""), "".join(p.text for p in sorted(taken))[: case.budget]


def _take_by_title(case: Case) -> Answer:
    top, fill = take_ranked(rank_by_title, case)
    return Answer([top], [fill])


_YARDSTICKS: dict[str, Callable[[Case], Answer]] = {
    "Random": lambda case: take_random(cut_sentences(case.text), case.budget),
    "Oracle": lambda case: take_oracle(cut_sentences(case.text), Reference(case.summary), case.budget),
    LEAD: lambda case: take_lead(cut_sentences(case.text), case.budget),
    TITLE: _take_by_title,
}


def compare(sets: Sequence[Set], peers: Sequence[str]) -> dict[str, Any]:
    """Return all figures, ready for JSON."""
    systems = [OURS, WHOLE, LEAD, TITLE, *peers]
    return {
        "systems": {name: _system(sets, name) for name in systems},
        "sets": {own.name: {"pairs": len(own.cases)} | {q: _row(own, q, peers) for q in QUESTIONS} for own in sets},
    }


def _system(sets: Sequence[Set], name: str) -> dict[str, Any]:
    found: dict[str, Any] = {"used": statistics.fmean(own.used(name) for own in sets)}
    for question in QUESTIONS:
        leads = [_standing(own.ahead(name, LEAD, question)) for own in sets]
        found[question] = {
            "gap": statistics.fmean(own.gap(name, question) for own in sets),
            **{word: leads.count(word) for word in ("ahead", "level", "behind")},
        }
    found["empty"] = sum(own.empty.get(name, 0) for own in sets)
    return found


def _standing(interval: Interval) -> str:
    if interval.low is None or interval.high is None or interval.low <= 0 <= interval.high:
        return "level"
    return "ahead" if interval.low > 0 else "behind"


def _row(own: Set, question: str, peers: Sequence[str]) -> dict[str, Any]:
    names = [OURS, WHOLE, LEAD, TITLE, *peers]
    best = max(peers, key=lambda name: own.gap(name, question), default=None)
    return {
        "gaps": {name: own.gap(name, question) for name in names},
        "used": own.used(OURS),
        "ahead_of_lead": own.ahead(OURS, LEAD, question)._asdict(),
        "best_peer": best,
        "ahead_of_best_peer": best and own.ahead(OURS, best, question)._asdict(),
    }


def as_markdown(figures: dict[str, Any]) -> str:
    """Return the figures as tables: the systems, then ours on every set."""
    count = len(figures["sets"])
    lines = [
        f"| means of {count} sets | top | fill | top: ahead / level / behind Lead | fill: the same | used | empty |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, own in figures["systems"].items():
        standing = (" / ".join(str(own[q][w]) for w in ("ahead", "level", "behind")) for q in QUESTIONS)
        cells = [name, f"{own['top']['gap']:.1f}", f"{own['fill']['gap']:.1f}", *standing]
        lines.append(f"| {' | '.join([*cells, format(own['used'], '.2f'), str(own['empty'])])} |")
    for question in QUESTIONS:
        lines += [
            "",
            f"| {question} | pairs | ours | trim=False | Lead | title | best peer | ours - Lead | ours - peer | used |",
            "|---|---|---|---|---|---|---|---|---|---|",
        ]
        lines += [_as_line(name, own["pairs"], own[question]) for name, own in figures["sets"].items()]
    return "\n".join(lines)


def _as_line(name: str, pairs: int, row: dict[str, Any]) -> str:
    gaps, best = row["gaps"], row["best_peer"]
    cells = [name, str(pairs), *(f"{gaps[system]:.1f}" for system in (OURS, WHOLE, LEAD, TITLE))]
    cells.append(f"{gaps[best]:.1f} {best}" if best else "")
    cells += [_as_words(row["ahead_of_lead"]), _as_words(row["ahead_of_best_peer"]), f"{row['used']:.2f}"]
    return f"| {' | '.join(cells)} |"


def _as_words(interval: dict[str, float | None] | None) -> str:
    if not interval:
        return ""
    around = "" if interval["low"] is None else f" [{interval['low']:+.1f}, {interval['high']:+.1f}]"
    return f"{interval['mean']:+.1f}{around}"


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--sets", default="", help="only these, with commas between")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N articles of a set")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures here")
    parser.add_argument("--cache", type=Path, metavar="FILE", help="keep here what the peers say")
    wanted = parser.parse_args()
    sets = read_sets(wanted.data, [name for name in wanted.sets.split(",") if name], wanted.limit)
    if not sets:
        parser.error(f"no articles in {wanted.data}")
    peers, missing = load_peers()
    for reason in missing:
        _say(f"left out: {reason}")
    cache = Cache(wanted.cache)
    for own in sets:
        mark_others(own, peers, cache)
    for own in sets:
        mark_ours(own)
    figures = compare(sets, list(peers))
    print(as_markdown(figures))
    if wanted.json:
        wanted.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
