"""An issue as a whole: its items, the words of its day, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from digest.model.facts import Appointment
from digest.model.items import Highlight, Item, Revision, Section
from digest.model.rules import Imprint, InterfaceLanguage


@dataclass(frozen=True, slots=True)
class Trend:
    """A word of the day: in how many articles it stood on each of the last days, oldest first, today last.

    `new` says that it stood in none of the days before.
    """

    word: str
    counts: tuple[int, ...]
    new: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """Who and what the day's articles are about, each with the number of articles, the most often named first."""

    people: tuple[tuple[str, int], ...] = ()
    bodies: tuple[tuple[str, int], ...] = ()
    places: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What came of one source: how many articles were read, and what went wrong (empty: nothing).

    `failing` counts the days it has failed in a row, today included; `silent` the days since it last brought anything
    new, where that is beyond its own rhythm (`usual` days at most between two), else both are 0.
    """

    name: str
    articles: int = 0
    problems: tuple[str, ...] = ()
    failing: int = 0
    silent: int = 0
    usual: float = 0.0

    @property
    def failed(self) -> bool:
        """True where nothing at all could be read from the source."""
        return bool(self.problems) and not self.articles


@dataclass(frozen=True, slots=True)
class Coverage:
    """What an issue is made of, so that nothing is lost without being counted.

    `read` = `printed` + `merged` + `left_out` + `empty` + `known` (seen in an earlier issue); `unreadable` counts files
    and records that are no articles because they could not be read.  `reasons` says of those left out why, with counts,
    the most frequent first.
    """

    sources: tuple[SourceReport, ...] = ()
    read: int = 0
    printed: int = 0
    merged: int = 0
    left_out: int = 0
    empty: int = 0
    known: int = 0
    unreadable: int = 0
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """One due slot of an edition, composed: everything a reader will see, before any markup.

    `slot` is the aware moment it was due; `day` the calendar day it is dated; `number` counts the issues of its year
    from 1 (期号), 0 where it is unknown.  `since` is the day of the last issue; `short` says that it is mailed as a
    note of a few lines, since there is nothing to tell.
    """

    edition: str
    title: str
    slot: datetime
    day: date
    sections: tuple[Section, ...] = ()
    overview: tuple[Highlight, ...] = ()
    keywords: tuple[str, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    agenda: tuple[Appointment, ...] = ()
    revisions: tuple[Revision, ...] = ()
    trends: tuple[Trend, ...] = ()
    names: Names = field(default_factory=Names)
    number: int = 0
    language: InterfaceLanguage = "zh-Hans"
    theme: str = "modern"
    imprint: Imprint = field(default_factory=Imprint)
    since: date | None = None
    short: bool = False

    @property
    def empty(self) -> bool:
        """Whether it tells nothing: no item, and no change of one that was printed."""
        return not self.items and not self.revisions

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in reading order."""
        return tuple(item for section in self.sections for item in section.items)
