"""Articles go in once and come out as they went in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from digest.model import Article
from digest.store.identity import (
    SHORTEST,
    find_contents,
    find_identities,
    find_keys,
    identity_of,
    remember_aliases,
    select_in,
)
from digest.store.schema import articles

OWN = ("key", "first_seen", "fingerprint", "identity")  # columns that say something about an article, and are not of it
COLUMNS = tuple(column for column in articles.c if column.name not in OWN)


def record(connection: Connection, found: Iterable[Article], now: datetime) -> dict[str, str]:
    """For the key of every article the key under which it is kept; of a known one the first version stays.

    The first version stays because an issue may already quote it: its offsets are offsets into that text.
    """
    given: dict[str, Article] = {}
    for article in found:
        given.setdefault(article.key, article)
    kept = find_keys(connection, given)
    strangers = [
        _Stranger(a, identity_of(a.url, a.source), fingerprint(a)) for key, a in given.items() if key not in kept
    ]
    added, met = _recognise(connection, strangers)
    if added:
        connection.execute(insert(articles), [_to_columns(stranger, now) for stranger in added])
    remember_aliases(connection, ((stranger.article, stranger.identity, key) for stranger, key in met), now)
    return kept | {new.article.key: new.article.key for new in added} | {old.article.key: key for old, key in met}


def first_seen(connection: Connection, keys: Iterable[str]) -> dict[str, datetime]:
    """When each of the articles was first seen, by its key."""
    question = select(articles.c.key, articles.c.first_seen)
    return {row.key: row.first_seen for row in select_in(connection, question, articles.c.key, keys)}


@dataclass(frozen=True, slots=True)
class _Stranger:
    """An article whose key is not known."""

    article: Article
    identity: str
    fingerprint: str

    @property
    def content(self) -> tuple[str, str] | None:
        """Its source and fingerprint, where its text is long enough to tell it apart."""
        return (self.article.source, self.fingerprint) if len(self.article.text) >= SHORTEST else None


def _recognise(
    connection: Connection, strangers: Sequence[_Stranger]
) -> tuple[list[_Stranger], list[tuple[_Stranger, str]]]:
    """Those that are new, and those known under another key, with it."""
    identities = find_identities(connection, (stranger.identity for stranger in strangers))
    contents = find_contents(connection, (s.fingerprint for s in strangers if s.content))
    added: list[_Stranger] = []
    met: list[tuple[_Stranger, str]] = []
    for stranger in strangers:
        content = stranger.content
        known = identities.get(stranger.identity) or (contents.get(content) if content else None)
        if known:
            met.append((stranger, known))
        else:
            added.append(stranger)
        key = known or stranger.article.key
        if stranger.identity:
            identities.setdefault(stranger.identity, key)
        if content:
            contents.setdefault(content, key)
    return added, met


def load(connection: Connection, keys: Iterable[str]) -> dict[str, Article]:
    """The articles kept under these keys, by key."""
    question = select(articles.c.key, *COLUMNS)
    return {row.key: from_row(row) for row in select_in(connection, question, articles.c.key, keys)}


def _to_columns(stranger: _Stranger, now: datetime) -> dict[str, object]:
    article = stranger.article
    published = article.published
    return {
        "key": article.key,
        "title": article.title,
        "text": article.text,
        "author": article.author,
        "site": article.site,
        "url": article.url,
        "language": article.language,
        "source": article.source,
        "published": None if published is None else published.isoformat(),
        "published_is_day": published is not None and not isinstance(published, datetime),
        "categories": article.categories,
        "first_seen": now,
        "fingerprint": stranger.fingerprint,
        "origin": article.origin,
        "identity": stranger.identity,
        "position": article.position,
        "image": article.image,
    }


def fingerprint(article: Article) -> str:
    """64 hexadecimal digits of the title and text, to tell later whether a known article was changed."""
    content = f"{article.title}\0{article.text}"
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def from_row(row: Row[Any]) -> Article:
    """The article of a row that holds `COLUMNS`."""
    columns = row._mapping
    return Article(
        title=columns["title"],
        text=columns["text"],
        author=columns["author"],
        published=read_published(columns["published"], columns["published_is_day"]),
        site=columns["site"],
        url=columns["url"],
        language=columns["language"],
        source=columns["source"],
        categories=tuple(columns["categories"]),
        origin=columns["origin"],
        position=columns["position"],
        image=columns["image"],
    )


def read_published(text: str | None, is_day: bool) -> datetime | date | None:
    """The moment or the day that stands in a row, or None."""
    if text is None:
        return None
    return date.fromisoformat(text) if is_day else datetime.fromisoformat(text)
