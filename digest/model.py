"""The nouns of the program: frozen values that flow from room to room.

    Document -> Article -> Summary -> Issue -> Letter -> Receipt

Nothing here reads, writes, ranks or renders.  Offsets are counted in Python characters (Unicode code points),
`start` inclusive and `end` exclusive, always into `Article.text`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes as they came, and where and when they came from.  `name` is what messages call it: a path or a URL.

    `media_type` is the Content-Type of the server, with its charset; `fetched_at` is aware, None for a file.
    """

    data: bytes
    name: str
    url: str = ""
    media_type: str = ""
    source: str = ""
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One news article as plain text.

    `text` holds the source's characters in order, with only markup, boilerplate and glosses deleted; a newline ends a
    paragraph.  `published` is an aware `datetime`, or a `date` when only the day is known, or None.  `site` is what the
    page calls itself, `origin` who published it first, where the page names another than itself (a reprint, 转载), and
    `source` the name of the configured source.  `language` is a BCP 47 tag: `zh-Hans`, `zh-Hant`, `en`, or `und`.  An
    unknown string is empty.
    """

    title: str = ""
    text: str = ""
    author: str = ""
    published: datetime | date | None = None
    site: str = ""
    url: str = ""
    language: str = ""
    source: str = ""
    categories: tuple[str, ...] = ()
    origin: str = ""

    @property
    def key(self) -> str:
        """16 hexadecimal digits that identify the article: of its source and URL, or, without one, of title and text.

        What two sources say of one URL is two things: one may have a login there, or make it up.
        """
        identity = f"{self.source}\0{self.url or f'{self.title}{chr(0)}{self.text}'}"
        return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as a feed or a list page announces it.

    `article` holds what is known without its page; `complete` says that its text is the article itself, not a teaser,
    so that the page need not be read.
    """

    article: Article
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed, a list page or a JSON list announces, in its own order.

    `title` is what it calls itself, `home` the page it belongs to, `following` the URL of its next page, each empty
    where there is none; `problems` tells of entries that could not be read, one line each.
    """

    entries: tuple[Entry, ...] = ()
    title: str = ""
    home: str = ""
    following: str = ""
    problems: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Event:
    """Reports of one event, the leading one first; the very objects that were given."""

    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer to an article that is mentioned, not summarized."""

    title: str
    site: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of an issue.  `number` is its place in the issue, from 1; `also` the other reports of its event."""

    number: int
    article: Article
    title: str
    summary: Summary
    section: str = ""
    score: float = 0.0
    also: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Items under one heading, or under none (`title` is empty)."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Highlight:
    """A sentence of the overview, and the number of the item it is taken from."""

    sentence: Sentence
    item: int


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What came of one source: how many articles were read, and what went wrong (empty: nothing)."""

    name: str
    articles: int = 0
    problems: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """True where nothing at all could be read from the source."""
        return bool(self.problems) and not self.articles


@dataclass(frozen=True, slots=True)
class Coverage:
    """What an issue is made of, so that nothing is lost without being counted.

    `read` = `printed` + `merged` + `left_out` + `empty` + `known` (seen in an earlier issue); `unreadable` counts files
    and records that are no articles because they could not be read.
    """

    sources: tuple[SourceReport, ...] = ()
    read: int = 0
    printed: int = 0
    merged: int = 0
    left_out: int = 0
    empty: int = 0
    known: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class SectionRule:
    """A section as configured: articles about one of `words`, or that come from `sources`."""

    title: str
    words: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """A mail address with an optional display name."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """A digest as configured: what goes in, how long, to whom."""

    name: str
    title: str
    recipients: tuple[Recipient, ...] = ()
    sources: tuple[str, ...] = ("*",)
    timezone: str = "Asia/Shanghai"
    at: str = "08:00"
    chars: int = 120
    items: int = 30
    group_by: Literal["none", "source", "topic"] = "none"
    sections: tuple[SectionRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """One due slot of an edition, composed: everything a reader will see, before any markup.

    `slot` is the aware moment it was due; `day` the calendar day it is dated.
    """

    edition: str
    title: str
    slot: datetime
    day: date
    sections: tuple[Section, ...] = ()
    overview: tuple[Highlight, ...] = ()
    keywords: tuple[str, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in reading order."""
        return tuple(item for section in self.sections for item in section.items)


@dataclass(frozen=True, slots=True)
class Letter:
    """An issue rendered: the subject, the HTML part and the plain-text part, ready to be put into messages."""

    subject: str
    html: str
    text: str
    warnings: tuple[str, ...] = ()


State = Literal["queued", "sending", "dot", "sent", "deferred", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a mail server said about one recipient's message.  `code` is 0 where no reply came."""

    recipient: str
    state: State
    code: int = 0
    reply: str = ""
