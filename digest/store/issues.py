"""Issues: composed once, frozen, and settled by what became of their mails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, Table, bindparam, func, select, update

from digest.errors import StoreError
from digest.store import ledger, outbox
from digest.store.dialects import add_new
from digest.store.records import Envelope, FrozenIssue, IssueRow, IssueState, Placement
from digest.store.schema import issues, items


def freeze(
    connection: Connection, issue: FrozenIssue, envelopes: Iterable[Envelope], placements: Iterable[Placement]
) -> bool:
    """Whether this call froze the slot; False, with nothing written, where another process was first."""
    if not _insert(connection, issue):
        return False
    for envelope in envelopes:
        outbox.enqueue(connection, issue.edition, issue.slot, envelope, issue.composed_at)
    for placement in placements:
        ledger.place(connection, issue.edition, issue.slot, placement, issue.composed_at)
    return True


def find(connection: Connection, edition: str, slot: datetime) -> FrozenIssue | None:
    """The issue of one slot, or None while it is not frozen."""
    question = select(issues).where(issues.c.edition == edition, issues.c.slot == slot)
    row = connection.execute(question).one_or_none()
    return FrozenIssue(**row._mapping) if row else None


def body(connection: Connection, edition: str, slot: datetime) -> bytes:
    """What follows the header of every mail of an issue; raises StoreError where there is no such issue."""
    question = select(issues.c.body).where(issues.c.edition == edition, issues.c.slot == slot)
    found: bytes | None = connection.execute(question).scalar_one_or_none()
    if found is None:
        raise StoreError(
            f"the issue of {slot:%Y-%m-%d} of {edition} is gone, and its mails with it", "restore a backup"
        )
    return found


def find_rows(
    connection: Connection, *, edition: str | None = None, slot: datetime | None = None, day: date | None = None
) -> tuple[IssueRow, ...]:
    """The issues of an edition, a slot and a day, or of all, the newest first, without what was mailed of them."""
    own = (items.c.edition == issues.c.edition) & (items.c.slot == issues.c.slot)
    count = select(func.count()).select_from(items).where(own).scalar_subquery().label("items")
    listed = (issues.c[field.name] for field in fields(IssueRow) if field.name != "items")
    wanted = {issues.c.edition: edition, issues.c.slot: slot, issues.c.day: day}
    conditions = [column == value for column, value in wanted.items() if value is not None]
    question = select(*listed, count).where(*conditions).order_by(issues.c.slot.desc(), issues.c.edition)
    return tuple(IssueRow(**row._mapping) for row in connection.execute(question))


def living(table: Table) -> ColumnElement[bool]:
    """Whether a row of the table belongs to an issue that is not void: one that somebody has or may yet get."""
    return (table.c.edition == issues.c.edition) & (table.c.slot == issues.c.slot) & (issues.c.state != "void")


def latest_slot(connection: Connection, edition: str) -> datetime | None:
    """The last slot of the edition that has an issue, even one that nobody could be sent."""
    slot: datetime | None = connection.execute(
        select(func.max(issues.c.slot, type_=issues.c.slot.type)).where(issues.c.edition == edition)
    ).scalar_one()
    return slot


def count_before(connection: Connection, edition: str, slot: datetime, year: int) -> int:
    """How many issues of a year the edition had before that slot, void ones aside.

    The last of them has its number in its manifest, if it is not of long ago: earlier ones may be purged.
    """
    wanted = (
        issues.c.edition == edition,
        issues.c.slot < slot,
        issues.c.state != "void",
        issues.c.day >= date(year, 1, 1),
        issues.c.day <= date(year, 12, 31),
    )
    count: int = connection.execute(select(func.count()).select_from(issues).where(*wanted)).scalar_one()
    last = select(issues.c.manifest).where(*wanted).order_by(issues.c.slot.desc()).limit(1)
    number = (connection.execute(last).scalar_one_or_none() or {}).get("number")
    return max(count, number) if isinstance(number, int) else count


def unsettled(connection: Connection) -> tuple[tuple[str, datetime], ...]:
    """The edition and slot of every issue that is still frozen, the oldest first."""
    question = select(issues.c.edition, issues.c.slot).where(issues.c.state == "frozen")
    rows = connection.execute(question.order_by(issues.c.slot, issues.c.edition))
    return tuple((row.edition, row.slot) for row in rows)


def settle(connection: Connection, edition: str, slot: datetime, now: datetime) -> IssueState | None:
    """The state of the issue after looking at its mails, or None where there is no such issue.

    One mail that was accepted, or may have been, makes the issue carried; when every single one failed it is void and
    gives its articles back.  A decided issue stays as it is, so asking twice changes nothing.
    """
    state = _state(connection, edition, slot)
    if state != "frozen":
        return state
    mails = outbox.states(connection, edition, slot)
    if mails & {"sent", "unknown"}:
        ledger.carry(connection, edition, slot, now)
        return _decide(connection, edition, slot, "carried")
    if mails == {"failed"}:
        ledger.give_back(connection, edition, slot, now)
        return _decide(connection, edition, slot, "void")
    return "frozen"


def _insert(connection: Connection, issue: FrozenIssue) -> int:
    columns = {
        "edition": issue.edition,
        "slot": issue.slot,
        "day": issue.day,
        "subject": issue.subject,
        "html": issue.html,
        "text": issue.text,
        "body": issue.body,
        "manifest": dict(issue.manifest),
        "composed_at": issue.composed_at,
        "state": "frozen",
    }
    return add_new(connection, issues, [columns])


_STATE = select(issues.c.state).where(
    issues.c.edition == bindparam("edition"), issues.c.slot == bindparam("slot", type_=issues.c.slot.type)
)
"""Built once: it is asked after every mail."""


def _state(connection: Connection, edition: str, slot: datetime) -> IssueState | None:
    state: IssueState | None = connection.execute(_STATE, {"edition": edition, "slot": slot}).scalar_one_or_none()
    return state


def _decide(connection: Connection, edition: str, slot: datetime, state: IssueState) -> IssueState:
    connection.execute(update(issues).where(issues.c.edition == edition, issues.c.slot == slot).values(state=state))
    return state
