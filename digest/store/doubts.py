"""What an edition of a restored state may have printed after the backup was made, without the state knowing it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from digest.store.articles import read_published
from digest.store.identity import select_in
from digest.store.schema import articles, issues, skips

RESTORED = "the state was restored from a backup"
PERHAPS_PRINTED = "it may have been printed after the backup was made from which the state was restored"


def find_doubtful(connection: Connection, edition: str, keys: Iterable[str]) -> list[str]:
    """Those of the articles that an issue may have printed of which a restored state knows nothing."""
    question = select(func.max(skips.c.slot, type_=skips.c.slot.type))
    restored = connection.execute(question.where(skips.c.edition == edition, skips.c.why == RESTORED)).scalar_one()
    if restored is None:
        return []
    settled = _went_on(connection, edition, restored)
    columns = (articles.c.key, articles.c.published, articles.c.published_is_day, articles.c.first_seen)
    found = select_in(connection, select(*columns), articles.c.key, keys)
    return [
        row.key
        for row in found
        if _may_be_older(
            read_published(row.published, row.published_is_day), restored, settled and row.first_seen > restored
        )
    ]


def _went_on(connection: Connection, edition: str, restored: datetime) -> bool:
    """Whether the edition has had an issue since, or a slot without one: then its sources were read."""
    issued = select(issues.c.slot).where(issues.c.edition == edition, issues.c.composed_at > restored)
    skipped = select(skips.c.slot).where(skips.c.edition == edition, skips.c.skipped_at > restored)
    return bool(connection.execute(issued).first() or connection.execute(skipped).first())


def _may_be_older(published: datetime | date | None, restored: datetime, settled: bool) -> bool:
    if isinstance(published, datetime):
        return published < restored
    if published is not None and published < restored.date():
        return True
    return not settled
