"""The life of an article: where it was met, what it read, who was asked for it, and what each edition did with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, bindparam, func, select

from digest.model import Article
from digest.store import issues, items, outbox
from digest.store.articles import from_row, load
from digest.store.columns import Words
from digest.store.identity import identity_of, select_in
from digest.store.ledger import IN_AN_ISSUE, to_row
from digest.store.originals import find_versions
from digest.store.records import IssueRow, ItemRow, LedgerRow, OutboxRow, Version
from digest.store.schema import aliases, articles, ledger, visits

_KEY = re.compile(r"[0-9a-f]{6,16}", re.I)


@dataclass(frozen=True, slots=True)
class Address:
    """Another key and URL under which an article was met, and when that was first."""

    key: str
    url: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class VisitRow:
    """The last look at a page; `misses` counts those in a row that did not find it, `gone_at` when it was given up."""

    url: str
    source: str
    checked_at: datetime
    status: int
    misses: int
    gone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Course:
    """What one edition did with an article.

    `issue` is the one that decided it last.  Where the article stands in it, `item` is what printed it (of a merged
    article the item of its event), `printed` what that took from the articles, and `mails` are those of the issue.
    """

    row: LedgerRow
    issue: IssueRow | None = None
    item: ItemRow | None = None
    printed: tuple[str, ...] = ()
    mails: tuple[OutboxRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """The life of one article; without `courses` it was never offered to any edition.

    `versions` are what it has read so far, oldest first, `visits` the pages that became it.
    """

    key: str
    article: Article
    first_seen: datetime
    addresses: tuple[Address, ...]
    versions: tuple[Version, ...]
    visits: tuple[VisitRow, ...]
    courses: tuple[Course, ...]


def find(connection: Connection, name: str) -> tuple[Trace, ...]:
    """The articles meant by a key, six or more digits of one, or a URL in any spelling; those first seen first."""
    keys = _find_keys(connection, name.strip())
    question = select(articles).order_by(articles.c.first_seen, articles.c.key)
    return tuple(_trace(connection, row) for row in select_in(connection, question, articles.c.key, keys))


def _find_keys(connection: Connection, name: str) -> set[str]:
    if _KEY.fullmatch(name):
        first = name.lower()
        last = first + "g"  # which follows every digit
        own = select(articles.c.key).where(articles.c.key >= first, articles.c.key < last)
        others = select(aliases.c.article).where(aliases.c.key >= first, aliases.c.key < last)
        return {*connection.execute(own).scalars(), *connection.execute(others).scalars()}
    page = identity_of(name, "")
    return _find_by_page(connection, page) if page else set()


def _find_by_page(connection: Connection, page: str) -> set[str]:
    """The keys of the articles of any source that were met under a URL; `page` is its identity without a source."""
    places = (
        (articles.c.identity, articles.c.key),
        (aliases.c.identity, aliases.c.article),
        (visits.c.identity, visits.c.key),
    )
    questions = [select(key).where(_ends_in(identity, page), key.is_not(None)) for identity, key in places]
    return {key for question in questions for key in connection.execute(question).scalars()}


def _ends_in(identity: Column[str], page: str) -> ColumnElement[bool]:
    # first among the identities alone, which an index holds: the rows have the texts in them
    start = func.length(identity) - func.length(bindparam("page", page, Words())) + 1  # -n means nothing to PostgreSQL
    known = select(identity).where(func.substr(identity, start, type_=Words()) == page).correlate(None)
    return identity.in_(known)


def _trace(connection: Connection, row: Row[Any]) -> Trace:
    known = select(aliases.c.key, aliases.c.url, aliases.c.seen_at).where(aliases.c.article == row.key)
    read = select(*(visits.c[field.name] for field in fields(VisitRow))).where(visits.c.key == row.key)
    stood = select(ledger).where(ledger.c.key == row.key).order_by(ledger.c.edition)
    return Trace(
        key=row.key,
        article=from_row(row),
        first_seen=row.first_seen,
        addresses=tuple(
            Address(**found._mapping) for found in connection.execute(known.order_by(aliases.c.seen_at, aliases.c.key))
        ),
        versions=tuple(find_versions(connection, row.key).values()),
        visits=tuple(VisitRow(**found._mapping) for found in connection.execute(read.order_by(visits.c.identity))),
        courses=tuple(_course(connection, to_row(found)) for found in connection.execute(stood)),
    )


def _course(connection: Connection, row: LedgerRow) -> Course:
    if row.slot is None:
        return Course(row)
    (issue,) = issues.find_rows(connection, edition=row.edition, slot=row.slot)
    if row.state not in IN_AN_ISSUE:
        return Course(row, issue)
    printing = items.find(connection, row.edition, row.slot, (row.key, row.event))
    item = printing.get(row.key) or printing.get(row.event)
    printed = _printed(connection, item) if item else ()
    return Course(row, issue, item, printed, outbox.rows(connection, row.edition, row.slot))


def _printed(connection: Connection, item: ItemRow) -> tuple[str, ...]:
    places = [*((item.key, start, end) for start, end in item.sentences), *item.added]
    stored = load(connection, (key for key, _, _ in places))
    return tuple(stored[key].text[start:end] for key, start, end in places if key in stored)
