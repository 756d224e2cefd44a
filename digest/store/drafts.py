"""Drafts: composed issues that wait for their slot or for a person, and decide nothing until they are frozen."""

from __future__ import annotations

from dataclasses import astuple, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select, update

from digest.store.dialects import add_or_renew
from digest.store.records import Draft, Placement
from digest.store.schema import drafts, issues


def keep(connection: Connection, draft: Draft) -> bool:
    """Whether the draft is kept, in place of an earlier one; False where its slot has an issue already."""
    frozen = select(issues.c.slot).where(issues.c.edition == draft.edition, issues.c.slot == draft.slot)
    if connection.execute(frozen).first():
        return False
    columns = {field.name: getattr(draft, field.name) for field in fields(Draft)}
    columns |= {"placements": [astuple(placement) for placement in draft.placements], "extras": dict(draft.extras)}
    add_or_renew(connection, drafts, [columns])
    return True


def find(connection: Connection, edition: str, slot: datetime) -> Draft | None:
    """The draft of one slot, or None where there is none."""
    row = connection.execute(select(drafts).where(_is(edition, slot))).one_or_none()
    return _to_draft(row) if row else None


def find_all(connection: Connection, edition: str | None) -> tuple[Draft, ...]:
    """The drafts of an edition or of all, the oldest slot first."""
    question = select(drafts).order_by(drafts.c.slot, drafts.c.edition)
    if edition is not None:
        question = question.where(drafts.c.edition == edition)
    return tuple(_to_draft(row) for row in connection.execute(question))


def held_keys(connection: Connection, edition: str, slot: datetime) -> list[str]:
    """The articles that the draft of one slot prints, on their own or with their event."""
    draft = find(connection, edition, slot)
    return [own.key for own in draft.placements if own.state in ("placed", "merged")] if draft else []


def drop(connection: Connection, edition: str, slot: datetime) -> bool:
    """Whether there was a draft to let go of."""
    return connection.execute(delete(drafts).where(_is(edition, slot))).rowcount == 1


def release(connection: Connection, edition: str, slot: datetime, now: datetime) -> bool:
    """Whether the draft was held until now, and is not any more."""
    statement = update(drafts).where(_is(edition, slot), drafts.c.state == "held")
    return connection.execute(statement.values(state="released", changed_at=now)).rowcount == 1


def printed_keys(connection: Connection, edition: str) -> set[str]:
    """The articles that drafts of the edition print, on their own or with their event."""
    rows = connection.execute(select(drafts.c.placements).where(drafts.c.edition == edition)).scalars()
    return {key for placements in rows for key, state, *_ in placements if state != "left_out"}


def _to_draft(row: Row[Any]) -> Draft:
    return Draft(**{**row._mapping, "placements": tuple(Placement(*placement) for placement in row.placements)})


def _is(edition: str, slot: datetime) -> ColumnElement[bool]:
    return (drafts.c.edition == edition) & (drafts.c.slot == slot)
