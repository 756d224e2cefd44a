"""Suppressions: addresses that get no mail, because their owners left, because they do not exist, or by hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from digest.store.dialects import add_new
from digest.store.records import Suppression, SuppressionReason
from digest.store.schema import suppressions


def add(
    connection: Connection, address: str, edition: str, reason: SuppressionReason, told: str, now: datetime
) -> bool:
    """Whether the address is suppressed from now on; False where it was before, and the first reason stays."""
    row = {"address": address.casefold(), "edition": edition, "reason": reason, "told": told, "since": now}
    return add_new(connection, suppressions, [row]) == 1


def lift(connection: Connection, address: str, edition: str | None) -> int:
    """How many suppressions of the address ended: that of one edition ('' is that of all), or with None every one."""
    statement = delete(suppressions).where(suppressions.c.address == address.casefold())
    if edition is not None:
        statement = statement.where(suppressions.c.edition == edition)
    return connection.execute(statement).rowcount


def find(connection: Connection, edition: str | None) -> tuple[Suppression, ...]:
    """The suppressions that hold for an edition, or all of them, by address."""
    question = select(suppressions).order_by(suppressions.c.address, suppressions.c.edition)
    if edition is not None:
        question = question.where(suppressions.c.edition.in_(("", edition)))
    return tuple(Suppression(**row._mapping) for row in connection.execute(question))
