"""Trimming: which contiguous clauses of a long sentence stand alone, as a sentence that says nothing new.

Judged clause by clause in simplified characters, by opening and closing words and the dictionary's parts of speech:
a run keeps its subject, its negation, its speaker and both sides of a pair, or it is no run.  Knight and Marcu,
"Statistics-Based Summarization" (AAAI 2000) drop what may go from anywhere; here only the front and the end may go, so
that what remains is one slice of the source.
"""

from __future__ import annotations

import re
from bisect import bisect, bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from digest.rank import clause_words as sign
from digest.rank.clause_signs import AskedOnce, Clause
from digest.rank.clauses import clause_ends
from digest.rank.english import english_runs
from digest.rank.language import HAN

SHORTEST = 12
"""A run of fewer characters says too little to stand alone."""

_CLAUSES = 16
"""No longer run is looked for, nor one that begins further in: a sentence of a hundred clauses is a list, or broken."""

_LONGEST_TIME = 15
"""A front this short that tells when takes no room worth winning; a longer one is more than a time."""

_HAN = re.compile(HAN)


@dataclass(frozen=True)
class Run:
    """The slice `body[start:end]` from the clause `first` to `last`; `front` and `tail` tell what was left off.

    `owes` where the front that was left off told when it happened or whose word it is: better none, if another fits.
    """

    start: int
    end: int
    front: bool
    tail: bool
    first: int
    last: int
    owes: bool = False


class Trimmer:
    """The body of a sentence, in simplified characters without its dateline, and which runs of its clauses stand alone.

    `ends` are the offsets where its clauses end, `words` its words in order, each with the offset where it begins.
    Where a run may end is found when it is asked: most are worth too little to be asked about.
    """

    def __init__(self, body: str, ends: Sequence[int], words: Sequence[tuple[str, int]]) -> None:
        self._body, self._ends = body, ends
        self.words = _words_of_clauses(ends, words)

    @AskedOnce
    def runs(self) -> list[Run]:
        """The runs before which nothing is missed, the whole left aside; where they end is not yet judged."""
        body, ends = self._body, self._ends
        if len(ends) == 1 or sign.COLLOQUIAL.search(body):
            return []
        if not self._chinese:
            found = english_runs(body, ends)
            return [Run(a, b, a > 0, b < len(body.rstrip()), bisect(ends, a), bisect_left(ends, b)) for a, b in found]
        last = len(ends) - 1
        cuts = [start + len(body[start:end].rstrip()) - 1 for start, end in pairwise([0, *ends])]
        runs: list[Run] = []
        for i, start in enumerate([0, *ends[:-1]][:_CLAUSES]):
            if _may_begin(self._clauses, i):
                behind = range(i, min(len(ends), i + _CLAUSES) if i else min(last, _CLAUSES))
                long = (j for j in behind if ends[j] - start > SHORTEST)
                owes = _owes(self._clauses[:i])
                runs.extend(Run(start, ends[j] if j == last else cuts[j], i > 0, j < last, i, j, owes) for j in long)
        return runs

    def stands(self, run: Run) -> bool:
        """Whether one of the `runs` says a whole thing, and what is behind it may go."""
        return not self._chinese or _may_end(self._clauses, run.first, run.last)

    @AskedOnce
    def _chinese(self) -> bool:
        return bool(_HAN.search(self._body))

    @AskedOnce
    def _clauses(self) -> list[Clause]:
        spans = zip(pairwise([0, *self._ends]), self.words, strict=True)
        return [Clause(self._body[start:end], start, end, own) for (start, end), own in spans]


def standing_runs(body: str, words: Sequence[tuple[str, int]]) -> list[Run]:
    """Return the runs of clauses of `body` that stand alone, the whole left aside; see `Trimmer`."""
    trimmer = Trimmer(body, clause_ends(body), words)
    return [run for run in trimmer.runs if trimmer.stands(run)]


def _words_of_clauses(ends: Sequence[int], words: Sequence[tuple[str, int]]) -> list[list[str]]:
    """The words of each clause."""
    clauses: list[list[str]] = [[] for _ in ends]
    k = 0
    for word, at in words:
        while at >= ends[k]:
            k += 1
        clauses[k].append(word)
    return clauses


def _may_begin(clauses: Sequence[Clause], i: int) -> bool:
    """Whether what stands before clause `i` may go."""
    if i == 0:
        return not sign.CONNECTIVE.search(clauses[0].plain)
    before, here = clauses[:i], clauses[i]
    if _asks_nobody(here):
        return False
    if any(clause.announces or clause.opens_pair or clause.binds for clause in before):
        return False
    if sign.ELLIPTIC.search(here.plain) and not all(clause.medium for clause in before):
        return False
    framed = all(clause.frame for clause in before)
    if here.frame and i + 1 < len(clauses) and here.when:
        return bool(clauses[i + 1].subject) if framed else clauses[i + 1].has_actor and before[-1].mark in "；;"
    lost = not all(clause.when or clause.medium or sign.CONNECTIVE.search(clause.plain) for clause in before)
    if sign.DEICTIC.search(here.plain) or (lost and sign.ALSO.search(here.plain)):
        return False
    if framed:
        return bool(here.subject) or (before[-1].medium and not sign.LINKED.search(here.plain) and not here.frame)
    return here.has_actor and (before[-1].when or not before[-1].frame)


def _owes(before: Sequence[Clause]) -> bool:
    """Whether a front holds the time of what follows it, or ends with who says or counted it."""
    if not before:
        return False
    framed = [*takewhile(lambda clause: clause.frame, before), before[-1]]
    dated = any(
        clause.when and len(clause.plain) <= _LONGEST_TIME and not sign.VAGUE.search(clause.plain) for clause in framed
    )
    return dated or any(sign.OWNER.search(clause.plain) for clause in framed)


def _asks_nobody(clause: Clause) -> bool:
    """Whether it would make a statement of a question: 与会者畅谈，岚川将如何提升竞争力。 without its first clause."""
    for word, tag in zip(clause.words, clause.tags, strict=True):
        if sign.WHETHER.search(word):
            return clause.mark not in "？?"
        if tag[0] == "v" and word not in sign.AUXILIARIES:
            return False
    return False


def _may_end(clauses: Sequence[Clause], i: int, j: int) -> bool:
    """Whether the run from clause `i` to clause `j` says a whole thing, and what follows may go."""
    kept, here, gone = clauses[i : j + 1], clauses[j], clauses[j + 1 :]
    if not any(clause.says_something for clause in kept if not clause.frame):
        return False
    if i and any(sign.GROUP.search(clause.plain) or sign.DEICTIC.search(clause.plain) for clause in kept):
        return False
    if sign.BEFORE.search(clauses[i].plain) and gone and here.mark in "；;":
        return False
    if not "".join(clause.unquoted for clause in kept).strip("“”、"):
        return False
    if all(clause.frame for clause in kept) or _half_a_pair(kept, gone):
        return False
    if i and sign.SHOWS.search(clauses[i - 1].plain) and not any(map(str.isdigit, "".join(c.plain for c in kept))):
        return False
    if not gone:
        return True
    if sign.FRAME.search(kept[0].plain) and not any(clause.subject for clause in kept):
        return False  # 为了规范活动，保护权益，促进发展， still waits for who does what
    if any(sign.TAKES_BACK.search(c.unquoted) for c in gone) or any(sign.UNSURE.search(c.plain) for c in kept):
        return False
    if sign.DATED.search(here.plain) or any(sign.STUNNED.search(clause.plain) for clause in kept):
        return False
    if sum(bool(sign.FROM_TO.search(clause.plain)) for clause in kept) > 1:
        return False
    if (here.announces and not _quotes_first(here)) or here.frame or here.plain.endswith("的") or len(here.plain) < 4:
        return False
    if not here.says_something or sign.PENDING.search(here.unquoted) or sign.TOPIC.search(here.plain):
        return False
    if (
        sign.PURPOSE.search(here.unquoted)
        or sign.CAUSE.search(here.plain)
        or sign.LEANS_BACK.search(gone[0].plain)
        or _reversed(here, gone)
    ):
        return False
    if sign.TRAILING_SPEAKER.search(gone[-1].plain) and not any(clause.announces for clause in kept):
        return False
    listed = any(sign.FIRST_ITEM.search(clause.plain) for clause in kept)
    return not (listed and any(sign.NEXT_ITEM.search(clause.plain) for clause in gone))


def _quotes_first(clause: Clause) -> bool:
    """Whether the words stand before their speaker (“……，”林岚说，) or a lead of its own stands before a list."""
    if clause.mark in "：:":
        return len(clause.plain) > SHORTEST and clause.says_something and not sign.SPEAKS.search(clause.plain)
    return clause.plain[:1] in "“「『" and clause.plain[-1:] not in "”」』"


def _reversed(here: Clause, gone: Sequence[Clause]) -> bool:
    """Whether what is left off takes back what is kept: A，B，但C stops nowhere before C."""
    if here.mark in "；;":
        return False
    for clause in gone:
        if sign.REVERSES.search(clause.plain):
            return True
        if clause.mark in "；;" or clause.subject:
            return False
    return False


def _half_a_pair(kept: Sequence[Clause], gone: Sequence[Clause]) -> bool:
    """Whether `kept` opens a pair that only what is left off closes."""
    for k, clause in enumerate(kept):
        if not clause.opens_pair:
            continue
        for first, second in sign.PAIRS:
            opened = first.search(clause.unquoted)
            if opened is None:
                continue
            rest = clause.unquoted[opened.end() :] + "".join("，" + c.unquoted for c in kept[k + 1 :])
            if not second.search(rest) and (gone or k == len(kept) - 1):
                return True
    return False
