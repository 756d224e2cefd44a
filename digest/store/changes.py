"""Changes: which articles read otherwise now than issues quote them, and which were withdrawn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from digest.model import Article
from digest.store.articles import fingerprint, load
from digest.store.forgotten import has_words
from digest.store.identity import identity_of, last_addresses, select_in
from digest.store.ledger import IN_AN_ISSUE
from digest.store.originals import find_versions
from digest.store.records import Change
from digest.store.schema import articles, ledger, versions, visits


def find_changes(connection: Connection, since: datetime, edition: str | None) -> tuple[Change, ...]:
    """What was changed or withdrawn since then, by moment; with an edition only what its issues hold.

    An article that was changed several times comes once, as it stands now; one that was put back does not come.
    """
    found = {change.article.key: change for change in _changed(connection, since)}
    found |= {change.article.key: change for change in _gone(connection, since)}
    if edition is not None:
        held = select(ledger.c.key).where(ledger.c.edition == edition, ledger.c.state.in_(IN_AN_ISSUE))
        found = {row.key: found[row.key] for row in select_in(connection, held, ledger.c.key, found)}
    return tuple(sorted(found.values(), key=lambda change: (change.at, change.article.key)))


def _changed(connection: Connection, since: datetime) -> list[Change]:
    # only readings of the article's own source: another one may tell the same page shorter, which is no change
    question = (
        select(versions.c.key, versions.c.fingerprint, versions.c.became_at, articles.c.fingerprint.label("quoted"))
        .join(articles, articles.c.key == versions.c.key)
        .where(versions.c.became_at >= since, versions.c.source == articles.c.source)
        .order_by(versions.c.became_at)
    )
    standing = {row.key: (row.quoted, row.fingerprint, row.became_at) for row in connection.execute(question)}
    changed = {key: marks for key, marks in standing.items() if marks[0] != marks[1]}
    stored = load(connection, changed)
    return [_difference(connection, stored[key], *marks) for key, marks in changed.items()]


def _difference(connection: Connection, article: Article, quoted: str, standing: str, at: datetime) -> Change:
    known = find_versions(connection, article.key)
    return Change(article, "changed", known[quoted], known[standing], at)


def _gone(connection: Connection, since: datetime) -> list[Change]:
    question = select(visits.c.key, visits.c.identity, visits.c.gone_at)
    rows = connection.execute(question.where(visits.c.gone_at >= since, visits.c.key.is_not(None))).all()
    stored = load(connection, (row.key for row in rows))
    moved = last_addresses(connection, stored)
    return [
        _withdrawal(connection, stored[row.key], row.gone_at)
        for row in rows
        # a page that is missed at an address its article has left was moved, not withdrawn
        if row.identity == identity_of(moved.get(row.key, stored[row.key].url), stored[row.key].source)
        and has_words(stored[row.key])
    ]


def _withdrawal(connection: Connection, article: Article, at: datetime) -> Change:
    return Change(article, "gone", find_versions(connection, article.key)[fingerprint(article)], None, at)
