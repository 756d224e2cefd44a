"""Which articles are one: by key, by what the spellings of a URL share, or by the same words of the same source.

A site that drops `.html`, moves to https or to a whole new scheme of URLs brings no new articles.  Every key under
which a known article was met is remembered as its alias, so that it is known again when its text has changed too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, select

from digest.model import Article
from digest.store.dialects import add_new
from digest.store.schema import aliases, articles, versions
from digest.urls import identify_url

PORTION = 500
"""Values asked for in one question; SQLite takes no more than 999 in its older builds."""

SHORTEST = 40
"""Characters of a text that tell it apart: shorter ones, 「详见附件。」, may belong to several articles."""

Content = tuple[str, str]  # source and fingerprint


def identity_of(url: str, source: str) -> str:
    """What all spellings of a URL share, for one source; empty without a URL.

    Each source has articles of its own: what one of them says of a URL, or reads there with its login, is not told by
    another.
    """
    return f"{source}\n{identify_url(url)}" if url.strip() else ""


def select_in(
    connection: Connection, question: Select[Any], column: Column[Any], values: Iterable[object]
) -> Iterator[Row[Any]]:
    """The rows of the question whose `column` is one of the values, asked for in portions."""
    wanted = list(dict.fromkeys(values))
    for start in range(0, len(wanted), PORTION):
        yield from connection.execute(question.where(column.in_(wanted[start : start + PORTION]))).all()


def find_keys(connection: Connection, keys: Iterable[str]) -> dict[str, str]:
    """For every known key the key under which its article is kept: itself, or for an alias another."""
    wanted = list(keys)
    found = {row.key: row.key for row in select_in(connection, select(articles.c.key), articles.c.key, wanted)}
    rest = (key for key in wanted if key not in found)
    others = select(aliases.c.key, aliases.c.article)
    return found | {row.key: row.article for row in select_in(connection, others, aliases.c.key, rest)}


def find_identities(connection: Connection, identities: Iterable[str]) -> dict[str, str]:
    """For every known identity the key of its article; of two articles the one first seen."""
    wanted = [identity for identity in identities if identity]
    found: dict[str, str] = {}
    stored = select(articles.c.identity, articles.c.key).order_by(articles.c.first_seen, articles.c.key)
    for row in select_in(connection, stored, articles.c.identity, wanted):
        found.setdefault(row.identity, row.key)
    rest = (identity for identity in wanted if identity not in found)
    others = select(aliases.c.identity, aliases.c.article).order_by(aliases.c.seen_at, aliases.c.key)
    for row in select_in(connection, others, aliases.c.identity, rest):
        found.setdefault(row.identity, row.article)
    return found


def find_contents(connection: Connection, fingerprints: Iterable[str]) -> dict[Content, str]:
    """For every source and fingerprint the key of the article that reads so, or did at some time."""
    wanted = list(fingerprints)
    found: dict[Content, str] = {}
    stored = select(articles.c.source, articles.c.fingerprint, articles.c.key)
    ordered = stored.order_by(articles.c.first_seen, articles.c.key)
    for row in select_in(connection, ordered, articles.c.fingerprint, wanted):
        found.setdefault((row.source, row.fingerprint), row.key)
    later = select(versions.c.source, versions.c.fingerprint, versions.c.key).order_by(versions.c.fetched_at)
    for row in select_in(connection, later, versions.c.fingerprint, wanted):
        found.setdefault((row.source, row.fingerprint), row.key)
    return found


def remember_aliases(connection: Connection, met: Iterable[tuple[Article, str, str]], now: datetime) -> None:
    """Keeps for every article with its identity the key it is known under, unless that is remembered already."""
    rows = [
        {"key": article.key, "article": key, "identity": identity, "url": article.url, "seen_at": now}
        for article, identity, key in met
    ]
    add_new(connection, aliases, rows)


def last_addresses(connection: Connection, keys: Iterable[str]) -> dict[str, str]:
    """For the articles that have moved, the URL under which each was met last."""
    question = select(aliases.c.article, aliases.c.url).where(aliases.c.url != "")
    ordered = question.order_by(aliases.c.seen_at, aliases.c.key)
    return {row.article: row.url for row in select_in(connection, ordered, aliases.c.article, keys)}
