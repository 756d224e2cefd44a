"""One clause of a Chinese sentence and what it shows of itself: whether it says something, frames, binds or announces.

Told by its opening and closing words (`digest.rank.clause_words`) and by the dictionary's parts of speech.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from digest.rank import clause_words as sign
from digest.rank.lexicon import part_of_speech

Answer = TypeVar("Answer")
_OPENS_PAIR = re.compile("|".join(first.pattern for first, _ in sign.PAIRS))


class AskedOnce(Generic[Answer]):
    """`functools.cached_property` without its lock, which in Python 3.11 takes longer than most of these answers."""

    def __init__(self, question: Callable[[Any], Answer]) -> None:
        self.question, self.name = question, question.__name__

    def __get__(self, of: Any, owner: type) -> Answer:
        answer = of.__dict__[self.name] = self.question(of)
        return answer


@dataclass(frozen=True)
class Clause:
    """One clause: its slice of the body with its mark, and its words."""

    text: str
    start: int
    end: int
    words: Sequence[str]

    @AskedOnce
    def plain(self) -> str:
        return self.text.strip().rstrip("，；：,;:。！？!?…．. ")

    @AskedOnce
    def unquoted(self) -> str:
        """The clause without what stands inside its quotations: a 如果 in there binds nothing out here."""
        return sign.QUOTATION.sub("“”", self.plain)

    @AskedOnce
    def mark(self) -> str:
        return self.text.strip()[-1:]

    @AskedOnce
    def tags(self) -> list[str]:
        """The dictionary's tag of each word; m for a number, x for an unknown word (mostly names)."""
        return [part_of_speech(word) or ("m" if word[0].isdigit() else "x") for word in self.words]

    @AskedOnce
    def verbs(self) -> list[bool]:
        """Which of the words may be a predicate; a verbal noun (vn) only behind an adverb or a preposition."""
        found, helped = [], False
        for word, tag in zip(self.words, self.tags, strict=True):
            verb = tag[0] == "v" and word not in sign.JOINS and (tag != "vn" or helped)
            found.append(verb or word in sign.news_verbs())
            helped = helped or tag in ("d", "p", "ad")
        return found

    @AskedOnce
    def says_something(self) -> bool:
        """Whether it holds a predicate: a verb, an adjective, a set phrase, a measure, or a verbal noun at its end."""
        if any(self.verbs) or self.tags[-1:] == ["vn"] or sign.MEASURES.search(self.plain):
            return True
        return any(tag in ("a", "z", "i", "l") for tag in self.tags) or not sign.ADVERBS.isdisjoint(self.words)

    @AskedOnce
    def medium(self) -> bool:
        return bool(sign.MEDIUM.search(self.plain))

    @AskedOnce
    def announces(self) -> bool:
        """Whether a person or a body begins to speak, or a list begins."""
        return self.mark in "：:" or (bool(sign.SPEAKS.search(self.plain)) and not self.medium)

    @AskedOnce
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

    @AskedOnce
    def when(self) -> bool:
        """Whether it is a bare time: 11月18日，  截至10月底，  今年以来，"""
        if not sign.TIME.search(self.plain):
            return False
        bare = len(self.plain) <= 16 and not any(self.verbs[1:]) and "x" not in self.tags[1:]
        return bare or bool(sign.FRAME_END.search(self.plain))

    @AskedOnce
    def binds(self) -> bool:
        """Whether what follows would say another thing, or be another's word, without it."""
        topic = not self.frame and not self.says_something
        return topic or bool(
            sign.BINDS.search(self.plain) or sign.PURPOSE.search(self.unquoted) or sign.AMONG.search(self.plain)
        )

    @AskedOnce
    def opens_pair(self) -> bool:
        return bool(_OPENS_PAIR.search(self.unquoted))

    @AskedOnce
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
