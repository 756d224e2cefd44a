"""Visits: which page was read when, what article it became, and whether it is still there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from digest.model import Article
from digest.store.articles import from_row, load
from digest.store.dialects import add_or_renew
from digest.store.identity import find_identities, find_keys, identity_of, last_addresses, select_in
from digest.store.ledger import IN_AN_ISSUE
from digest.store.records import Visit
from digest.store.schema import articles, ledger, visits

THERE = (200, 304)
NOT_THERE = (404, 410)
GONE = 3
"""Misses that make a page gone; a server that says "not there" says it once."""

APART = timedelta(hours=1)
"""A miss sooner after the last one is the same trouble, not a second one."""


def find_known(connection: Connection, urls: Iterable[str], source: str) -> dict[str, Article]:
    """For every URL whose page the source has read, in any spelling, the article it became: it need not be fetched."""
    keys = _find_keys(connection, {url for url in urls if url}, source)
    stored = load(connection, keys.values())
    return {url: stored[key] for url, key in keys.items()}


def _find_keys(connection: Connection, urls: set[str], source: str) -> dict[str, str]:
    spelt = {
        Article(url=url, source=source).key: url for url in urls
    }  # in the same spelling: most of them, and the cheapest to find
    found = {spelt[key]: kept for key, kept in find_keys(connection, spelt).items()}
    identities = {url: identity_of(url, source) for url in urls - found.keys()}
    keys = find_identities(connection, identities.values())
    rest = (identity for identity in identities.values() if identity and identity not in keys)
    visited = select(visits.c.identity, visits.c.key).where(visits.c.key.is_not(None))
    keys |= {row.identity: row.key for row in select_in(connection, visited, visits.c.identity, rest)}
    return found | {url: keys[identity] for url, identity in identities.items() if identity in keys}


def record(connection: Connection, made: Iterable[Visit], now: datetime) -> None:
    """Writes which pages were asked for, and with what answer; a visit without a key leaves one that is known."""
    by_identity = {identity_of(visit.url, visit.source): visit for visit in made}
    known = {row.identity: row for row in select_in(connection, select(visits), visits.c.identity, by_identity)}
    kept = find_keys(connection, (visit.key for visit in by_identity.values() if visit.key))
    rows = [
        {
            "identity": identity,
            "url": visit.url,
            "key": _key_of(visit, kept, known.get(identity)),
            "source": visit.source,
            "checked_at": now,
            "status": visit.status,
            **_count_misses(known.get(identity), visit.status, now),
        }
        for identity, visit in by_identity.items()
    ]
    add_or_renew(connection, visits, rows)


def _key_of(visit: Visit, kept: Mapping[str, str], before: Row[Any] | None) -> str | None:
    if visit.key:
        return kept.get(visit.key, visit.key)
    return before.key if before else None


def _count_misses(before: Row[Any] | None, status: int, now: datetime) -> dict[str, object]:
    if status in THERE:
        return {"misses": 0, "missed_at": None, "gone_at": None}
    misses, missed_at, gone_at = (before.misses, before.missed_at, before.gone_at) if before else (0, None, None)
    if status in NOT_THERE:
        misses, missed_at = max(GONE, misses + 1), now
    elif missed_at is None or now - missed_at >= APART:
        misses, missed_at = misses + 1, now
    if misses >= GONE and gone_at is None:
        gone_at = now
    return {"misses": misses, "missed_at": missed_at, "gone_at": gone_at}


def recheckable(connection: Connection, since: datetime, not_since: datetime, limit: int) -> list[Article]:
    """The articles put into an issue since then whose page was not read since `not_since`, the longest unread first.

    Only those read from a page of their own: a text that came whole in a feed differs from its page at any time.  Each
    comes with the URL under which it was met last, so the `key` of one that moved is an alias of the kept one.
    """
    checked = func.max(visits.c.checked_at)
    question = (
        select(articles)
        .join(ledger, ledger.c.key == articles.c.key)
        .join(visits, visits.c.key == articles.c.key)
        .where(ledger.c.state.in_(IN_AN_ISSUE), ledger.c.changed_at >= since, _on_the_web())
        .group_by(articles.c.key)
        .having(checked < not_since)
        .order_by(checked, articles.c.key)
        .limit(limit)
    )
    rows = connection.execute(question).all()
    moved = last_addresses(connection, [row.key for row in rows])
    found = ((row, from_row(row)) for row in rows)
    return [replace(article, url=moved.get(row.key, article.url)) for row, article in found]


def _on_the_web() -> ColumnElement[bool]:
    url = func.lower(articles.c.url)
    return or_(url.like("http://%"), url.like("https://%"))
