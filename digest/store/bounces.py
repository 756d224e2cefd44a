"""Bounces: what came back, once a message and address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import Connection, select

from digest.store.dialects import add_new
from digest.store.records import BounceRow
from digest.store.schema import bounces


def record(connection: Connection, rows: Iterable[BounceRow]) -> int:
    """How many of the rows are new; a message that was read before changes nothing."""
    return add_new(connection, bounces, [asdict(row) | {"address": row.address.casefold()} for row in rows])


def find(connection: Connection, address: str | None) -> tuple[BounceRow, ...]:
    """What came back from an address, or all of it, the latest first."""
    question = select(bounces).order_by(bounces.c.seen_at.desc(), bounces.c.mark, bounces.c.address)
    if address is not None:
        question = question.where(bounces.c.address == address.casefold())
    return tuple(BounceRow(**row._mapping) for row in connection.execute(question))
