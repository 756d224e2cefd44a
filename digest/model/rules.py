"""What an edition takes, and under which headings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from digest.model.schedule import EmptyDay, Schedule

UNTOLD_TIER = 3
"""The rank of a source of which none is said, among 1 (the best) to 5."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a rule: found where it stands in an article, or where the pattern (`regex`) matches."""

    text: str
    regex: bool = False


@dataclass(frozen=True, slots=True)
class WordGroup:
    """A group of the keyword file: an article is of it that has one of `any` and all of `required`.

    None of `any` means that `required` alone decides; `limit` is how many items it may have, 0 for no limit.
    """

    title: str
    any: tuple[Word, ...] = ()
    required: tuple[Word, ...] = ()
    excluded: tuple[Word, ...] = ()
    limit: int = 0


@dataclass(frozen=True, slots=True)
class WordFile:
    """A keyword file: its groups in order, and the words that keep an article out of all of them."""

    groups: tuple[WordGroup, ...] = ()
    excluded: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionRule:
    """A section as configured: articles about one of `words`, or from `sources`, of `topics` or `places`.

    `topics` are categories that feeds and pages name; a place stands for all that lies in it (江苏 for 南京).  `limit`
    is how many items it may have, 0 for no limit.
    """

    title: str
    words: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """What an edition takes at all: articles of one of `words`, `topics` or `places`, none with a word of `exclude`.

    Where the first three are all empty it takes every article.
    """

    words: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """A mail address with an optional display name."""

    address: str
    name: str = ""


InterfaceLanguage = Literal["zh-Hans", "zh-Hant", "en"]
"""The language of headings and labels, whatever the articles are written in."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """Who issues a digest and for whom, as the foot of an official 简报 says it: 编印, 报送, 抄送."""

    issuer: str = ""
    submitted_to: str = ""
    copied_to: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """A digest as configured: what goes in, how long, to whom.

    `query` are the reader's interests in words; `tiers` the rank of each source by its name, 1 the best (3 where it is
    not said); `per_source` the items one source may have, 0 for two fifths.  `review` holds every issue until a person
    has released it.  `theme` names the template of its page; `images` says whether entries show their leading picture;
    `groups` names lists of further recipients; `empty` says what becomes of an issue without news.
    """

    name: str
    title: str
    recipients: tuple[Recipient, ...] = ()
    sources: tuple[str, ...] = ("*",)
    timezone: str = "Asia/Shanghai"
    schedule: Schedule = field(default_factory=Schedule)
    chars: int = 120
    items: int = 30
    group_by: Literal["none", "source", "topic"] = "none"
    sections: tuple[SectionRule, ...] = ()
    query: str = ""
    filter: Filter = field(default_factory=Filter)
    keywords: WordFile = field(default_factory=WordFile)
    tiers: Mapping[str, int] = field(default_factory=dict)
    per_source: int = 0
    review: bool = False
    language: InterfaceLanguage = "zh-Hans"
    theme: str = "modern"
    images: bool = False
    imprint: Imprint = field(default_factory=Imprint)
    groups: tuple[str, ...] = ()
    empty: EmptyDay = "note"
