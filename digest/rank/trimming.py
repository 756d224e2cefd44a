"""Trimming: which contiguous clauses of a long sentence stand alone, as a sentence that says nothing new.

Judged clause by clause in simplified characters, by opening and closing words and the dictionary's parts of speech:
a run keeps its subject, its negation, its speaker and both sides of a pair, or it is no run.  Knight and Marcu,
"Statistics-Based Summarization" (AAAI 2000) drop what may go from anywhere; here only the front and the end may go, so
that what remains is one slice of the source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from digest.rank import clause_words as sign
from digest.rank.clauses import clause_ends
from digest.rank.english import english_runs
from digest.rank.language import HAN
from digest.rank.lexicon import part_of_speech

SHORTEST = 12
"""A run of fewer characters says too little to stand alone."""

_CLAUSES = 16
"""No longer run is looked for, nor one that begins further in: a sentence of a hundred clauses is a list, or broken."""

_HAN = re.compile(HAN)


@dataclass(frozen=True)
class Run:
    """A slice `body[start:end]` of whole clauses that stands alone; `front` and `tail` tell what was left off."""

    start: int
    end: int
    front: bool
    tail: bool


@dataclass(frozen=True)
class _Clause:
    """One clause: its slice of the body with its mark, and its words."""

    text: str
    start: int
    end: int
    words: tuple[str, ...]

    @cached_property
    def plain(self) -> str:
        return self.text.strip().rstrip("，；：,;:。！？!?…．. ")

    @cached_property
    def unquoted(self) -> str:
        """The clause without what stands inside its quotations: a 如果 in there binds nothing out here."""
        return sign.QUOTATION.sub("“”", self.plain)

    @cached_property
    def mark(self) -> str:
        return self.text.strip()[-1:]

    @cached_property
    def tags(self) -> list[str]:
        """The dictionary's tag of each word; m for a number, x for an unknown word (mostly names)."""
        return [part_of_speech(word) or ("m" if word[0].isdigit() else "x") for word in self.words]

    @cached_property
    def verbs(self) -> list[bool]:
        """Which of the words may be a predicate; a verbal noun (vn) only behind an adverb or a preposition."""
        found, helped = [], False
        for word, tag in zip(self.words, self.tags, strict=True):
            verb = tag[0] == "v" and word not in sign.JOINS and (tag != "vn" or helped)
            found.append(verb or word in sign.news_verbs())
            helped = helped or tag in ("d", "p", "ad")
        return found

    @cached_property
    def says_something(self) -> bool:
        """Whether it holds a predicate: a verb, an adjective, a set phrase, a measure, or a verbal noun at its end."""
        if any(self.verbs) or self.tags[-1:] == ["vn"] or sign.MEASURES.search(self.plain):
            return True
        return any(tag in ("a", "z", "i", "l") for tag in self.tags) or not sign.ADVERBS.isdisjoint(self.words)

    @cached_property
    def medium(self) -> bool:
        return bool(sign.MEDIUM.search(self.plain))

    @cached_property
    def announces(self) -> bool:
        """Whether a person or a body begins to speak, or a list begins."""
        return self.mark in "：:" or (bool(sign.SPEAKS.search(self.plain)) and not self.medium)

    @cached_property
    def frame(self) -> bool:
        """Whether it only tells when, where, why or on what basis the rest happened."""
        plain = self.plain
        if self.mark in "；;：:" and not self.medium:
            return False
        if self.medium or sign.CONNECTIVE.search(plain):
            return True
        if self.opens_pair:
            return False
        ends = sign.FRAME_END.search(plain) and len(plain) <= 30 and not sign.HOLDS_SUBJECT.search(plain)
        return self.when or bool(sign.FRAME.search(plain) or ends)

    @cached_property
    def when(self) -> bool:
        """Whether it is a bare time: 11月18日，  截至10月底，  今年以来，"""
        if not sign.TIME.search(self.plain):
            return False
        bare = len(self.plain) <= 16 and not any(self.verbs[1:]) and "x" not in self.tags[1:]
        return bare or bool(sign.FRAME_END.search(self.plain))

    @cached_property
    def binds(self) -> bool:
        """Whether what follows would say another thing, or be another's word, without it."""
        topic = not self.frame and not self.says_something
        return topic or bool(
            sign.BINDS.search(self.plain) or sign.PURPOSE.search(self.unquoted) or sign.AMONG.search(self.plain)
        )

    @cached_property
    def opens_pair(self) -> bool:
        return any(first.search(self.unquoted) for first, _ in sign.PAIRS)

    @cached_property
    def subject(self) -> list[tuple[str, str]]:
        """The words and tags of the noun phrase it opens with; empty where none is or no predicate follows."""
        if sign.LINKED.search(self.plain) or not self.tags or self.frame or sign.GROUP.search(self.plain):
            return []
        phrase: list[tuple[str, str]] = []
        for word, tag, verb in zip(self.words, self.tags, self.verbs, strict=True):
            if verb or tag in ("p", "d", "ad", "c") or word in sign.JOINS:
                break
            if not phrase and (tag in sign.NO_SUBJECT or (tag == "vn" and word not in sign.VERBAL_NOUNS)):
                return []
            phrase.append((word, tag))
        named = [pair for pair in phrase if pair[1] not in ("t", "m", "q", "mq")]
        follows = any(self.verbs) or self.tags[-1] == "vn" or sign.MEASURES.search(self.plain)
        return phrase if named and follows else []

    @property
    def has_actor(self) -> bool:
        """Whether that subject is a name or a body, something that acts."""
        return any(tag in sign.NAMES or sign.ACTOR.search(word) for word, tag in self.subject) or self._unknown_names

    @property
    def _unknown_names(self) -> bool:
        """岚川与汉宁…: two words no dictionary knows, joined, are names."""
        return len(self.subject) == 1 and self.subject[0][1] == "x" and self.tags[1:3] == ["c", "x"]


def standing_runs(body: str, words: Sequence[tuple[str, int]]) -> list[Run]:
    """Return the runs of clauses of `body` that stand alone, the whole left aside.

    `body` is a sentence in simplified characters without its dateline, `words` are its words in order, each with the
    offset where it begins.
    """
    ends = clause_ends(body)
    if len(ends) == 1:
        return []
    if sign.COLLOQUIAL.search(body):
        return []
    if not _HAN.search(body):
        return [Run(a, b, a > 0, b < len(body.rstrip())) for a, b in english_runs(body, ends)]
    clauses = _clauses(body, ends, words)
    last = len(clauses) - 1
    runs = []
    for i in range(min(len(clauses), _CLAUSES)):
        if not _may_begin(clauses, i):
            continue
        for j in range(i, min(len(clauses), i + _CLAUSES)):
            if (i, j) != (0, last) and _may_end(clauses, i, j):
                end = clauses[j].end if j == last else clauses[j].start + len(clauses[j].text.rstrip()) - 1
                runs.append(Run(clauses[i].start, end, i > 0, j < last))
    return runs


def _clauses(body: str, ends: Sequence[int], words: Sequence[tuple[str, int]]) -> list[_Clause]:
    """The clauses with their words."""
    clauses, start, k = [], 0, 0
    for end in ends:
        own = []
        while k < len(words) and words[k][1] < end:
            own.append(words[k][0])
            k += 1
        clauses.append(_Clause(body[start:end], start, end, tuple(own)))
        start = end
    return clauses


def _may_begin(clauses: Sequence[_Clause], i: int) -> bool:
    """Whether what stands before clause `i` may go."""
    if i == 0:
        return not sign.CONNECTIVE.search(clauses[0].plain)
    before, here = clauses[:i], clauses[i]
    if sign.ELLIPTIC.search(here.plain) and not all(clause.medium for clause in before):
        return False
    if any(clause.announces or clause.opens_pair or clause.binds for clause in before):
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


def _may_end(clauses: Sequence[_Clause], i: int, j: int) -> bool:
    """Whether the run from clause `i` to clause `j` says a whole thing, and what follows may go."""
    kept, here, gone = clauses[i : j + 1], clauses[j], clauses[j + 1 :]
    if here.end - kept[0].start <= SHORTEST or not any(c.says_something for c in kept if not c.frame):
        return False
    if i and any(sign.GROUP.search(clause.plain) for clause in kept):
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


def _quotes_first(clause: _Clause) -> bool:
    """Whether the words stand before their speaker (“……，”林岚说，) or a lead of its own stands before a list."""
    if clause.mark in "：:":
        return len(clause.plain) > SHORTEST and clause.says_something and not sign.SPEAKS.search(clause.plain)
    return clause.plain[:1] in "“「『" and clause.plain[-1:] not in "”」』"


def _reversed(here: _Clause, gone: Sequence[_Clause]) -> bool:
    """Whether what is left off takes back what is kept: A，B，但C stops nowhere before C."""
    if here.mark in "；;":
        return False
    for clause in gone:
        if sign.REVERSES.search(clause.plain):
            return True
        if clause.mark in "；;" or clause.subject:
            return False
    return False


def _half_a_pair(kept: Sequence[_Clause], gone: Sequence[_Clause]) -> bool:
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
