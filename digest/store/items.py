"""Items: what each entry of a frozen issue printed, and which articles told it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from digest.model import Told
from digest.store.articles import load
from digest.store.issues import living
from digest.store.ledger import IN_AN_ISSUE
from digest.store.records import ItemRow
from digest.store.schema import issues, items, ledger

COLUMNS = tuple(field.name for field in fields(ItemRow))


def keep(connection: Connection, edition: str, slot: datetime, rows: Iterable[ItemRow]) -> None:
    """Writes the items of a new issue."""
    added = [{name: getattr(row, name) for name in COLUMNS} | {"terms": dict(row.terms)} for row in rows]
    if added:
        connection.execute(insert(items).values(edition=edition, slot=slot), added)


def find(connection: Connection, edition: str, slot: datetime, keys: Iterable[str]) -> dict[str, ItemRow]:
    """The items of one issue that are headed by these articles, by their keys."""
    question = select(items).where(items.c.edition == edition, items.c.slot == slot, items.c.key.in_(list(keys)))
    return {row.key: _to_item(row) for row in connection.execute(question)}


def find_told(connection: Connection, edition: str, since: datetime) -> tuple[Told, ...]:
    """The items of the issues since then, the newest issue first, each with the articles of its event in that issue."""
    question = (
        select(items.c.slot, items.c.number, items.c.title, items.c.key, issues.c.day)
        .join(issues, living(items))
        .where(items.c.edition == edition, items.c.slot >= since)
        .order_by(items.c.slot.desc(), items.c.number)
    )
    rows = connection.execute(question).all()
    others = _reports(connection, edition, since)
    keys = [(row.key, *(key for key in others[row.slot, row.key] if key != row.key)) for row in rows]
    stored = load(connection, (key for each in keys for key in each))
    return tuple(
        Told(row.day, row.number, row.title, tuple(stored[key] for key in each))
        for row, each in zip(rows, keys, strict=True)
    )


def _reports(connection: Connection, edition: str, since: datetime) -> defaultdict[tuple[datetime, str], list[str]]:
    """The articles that stand in an issue since then, by its slot and by the article that leads their event."""
    question = (
        select(ledger.c.slot, ledger.c.event, ledger.c.key)
        .where(ledger.c.edition == edition, ledger.c.slot >= since, ledger.c.state.in_(IN_AN_ISSUE))
        .where(ledger.c.event.is_not(None))
        .order_by(ledger.c.key)
    )
    found: defaultdict[tuple[datetime, str], list[str]] = defaultdict(list)
    for row in connection.execute(question):
        found[row.slot, row.event].append(row.key)
    return found


def _to_item(row: Row[Any]) -> ItemRow:
    columns = {name: row._mapping[name] for name in COLUMNS}
    columns["sentences"] = tuple((start, end) for start, end in row.sentences)
    columns["added"] = tuple((key, start, end) for key, start, end in row.added)
    return ItemRow(**columns)
