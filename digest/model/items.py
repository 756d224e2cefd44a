"""What an issue prints: events as items, what is new in them, and what became of earlier ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from digest.model.articles import Article
from digest.model.facts import DocumentCard
from digest.model.summary import Sentence, Summary


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
    key: str = ""


@dataclass(frozen=True, slots=True)
class Addition:
    """A sentence of another report of the same event that says what the leading one does not."""

    sentence: Sentence
    article: Article


@dataclass(frozen=True, slots=True)
class Told:
    """An item of an earlier issue of the same edition, with all reports of its event that stood in that issue."""

    day: date
    number: int
    title: str
    articles: tuple[Article, ...]


Standing = Literal["new", "update", "follow"]
"""How an event stands to earlier issues: not in them, in them with news now (更新), or going on (持续跟踪)."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The leading picture of an item, as the letter shows it: its bytes are the attachment with this `cid`.

    `alt` is what stands in its place where it is not shown; sizes are in pixels.
    """

    cid: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of an issue.  `number` is its place in the issue, from 1; `also` the other reports of its event.

    `added` is what they say beyond the leading one.  `earlier` is where the event stood in an earlier issue; then
    `standing` is `update` and the summary holds only sentences that are new, or `follow`.  `terms` are the factors of
    `score`; `note` is an editor's remark, and the only words here that no source said.
    """

    number: int
    article: Article
    title: str
    summary: Summary
    section: str = ""
    score: float = 0.0
    also: tuple[Reference, ...] = ()
    added: tuple[Addition, ...] = ()
    standing: Standing = "new"
    earlier: Told | None = None
    card: DocumentCard = field(default_factory=DocumentCard)
    terms: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    picture: Picture | None = None


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
class Passage:
    """Some sentences of a text, as they were before or as they are now."""

    text: str
    kind: Literal["kept", "deleted", "inserted"]


@dataclass(frozen=True, slots=True)
class Revision:
    """What became of an article after an issue printed it: its page reads otherwise now (修改), or is gone (撤下).

    `title` is the one that was printed, `after` the one that stands there now; `passages` are the sentences that
    differ, in the order of the page.
    """

    key: str
    kind: Literal["changed", "gone"]
    title: str
    site: str = ""
    url: str = ""
    after: str = ""
    passages: tuple[Passage, ...] = ()
    told: date | None = None
    mark: str = ""
