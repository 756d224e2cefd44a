"""What is picked of one text: sentences, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """A slice of an article's text: `article.text[start:end] == text`.

    `index` is the place among the article's sentences, from 0.  `cut` is True where the sentence went on after `end`
    in the source and `cut_before` where more than a dateline stood before `start` (both printed as ……); `forced` where
    it had no clause to cut at and was cut at a word.
    """

    text: str
    start: int
    end: int
    index: int
    score: float = 0.0
    cut: bool = False
    forced: bool = False
    cut_before: bool = False

    @property
    def printed(self) -> str:
        """The sentence as a reader sees it: the slice without outer space, with …… where clauses were left off."""
        return ("……" if self.cut_before else "") + self.text.strip() + ("……" if self.cut else "")

    @property
    def ends(self) -> bool:
        """Whether the printed form ends in a mark; the heading of an item does not."""
        return not self.printed or not self.printed[-1].isalnum()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why one sentence was taken or left: the terms of its score and a reason in words."""

    sentence: Sentence
    terms: Mapping[str, float]
    taken: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The key sentences of one text in reading order, and its keywords, most important first.

    `text` is the text the offsets refer to; `verdicts` tells of every sentence why it was taken or left.
    """

    sentences: tuple[Sentence, ...] = ()
    keywords: tuple[str, ...] = ()
    text: str = ""
    language: str = ""
    verdicts: tuple[Verdict, ...] = ()

    def __str__(self) -> str:
        return join_printed([sentence.printed for sentence in self.sentences], self.language)


def join_printed(sentences: Iterable[str], language: str) -> str:
    """Return one paragraph: Chinese sentences follow each other closely, headings behind ；, others after a space.

    Where one was cut at its end and the next at its beginning, one …… shows both.
    """
    told = ""
    for sentence in sentences:
        if language and not language.lower().startswith("zh"):
            told += f" {sentence}" if told else sentence
            continue
        told += "；" if told[-1:].isalnum() else ""
        told += sentence.removeprefix("……") if told.endswith("……") else sentence
    return told
