"""What comes in: bytes, articles, and the lists that announce them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime


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
    unknown string is empty.  `position` is its place in the feed or list that announced it, from 1; 0 is unknown.
    `image` is the URL of its leading picture.
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
    position: int = 0
    image: str = ""

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
