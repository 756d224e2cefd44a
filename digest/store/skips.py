"""Slots that were due and got no issue, with the reason: nothing is composed for them later."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from digest.store.records import Skip
from digest.store.schema import skips


def add(connection: Connection, edition: str, slot: datetime, why: str, now: datetime) -> None:
    """Writes that a slot gets no issue; one that is written already stays as it is."""
    known = select(skips.c.slot).where(skips.c.edition == edition, skips.c.slot == slot)
    if connection.execute(known).first() is None:
        connection.execute(skips.insert().values(edition=edition, slot=slot, why=why, skipped_at=now))


def latest(connection: Connection, edition: str) -> datetime | None:
    """The last slot of the edition that was skipped."""
    question = select(func.max(skips.c.slot, type_=skips.c.slot.type)).where(skips.c.edition == edition)
    found: datetime | None = connection.execute(question).scalar_one()
    return found


def since(connection: Connection, edition: str, moment: datetime) -> tuple[Skip, ...]:
    """The slots of the edition skipped since then, the earliest first."""
    question = select(skips).where(skips.c.edition == edition, skips.c.slot >= moment).order_by(skips.c.slot)
    return tuple(Skip(**row._mapping) for row in connection.execute(question))
