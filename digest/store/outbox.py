"""The outbox: one row for each recipient's mail, and the only steps its state may take.

    queued | deferred  --claim-->  sending  --mark-->  dot  --mark-->  sent | queued | deferred | failed | unknown
                                      \\--mark-->  queued | deferred | failed

`dot` is committed right before the line that hands the message over.  A crash before it is safe to repeat; a crash
after it leaves a mail that may have been delivered (RFC 1047), and such a mail is held for a person to decide.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, or_, select, update

from digest.errors import StoreError
from digest.model import State
from digest.store.records import Envelope, OutboxRow
from digest.store.schema import issues, outbox

WAITING = ("queued", "deferred")
CLOSED = ("sent", "failed")
"""Of a mail in these states nothing becomes on its own."""

BEFORE: dict[State, tuple[State, ...]] = {  # a state, and those it may follow
    "queued": ("sending", "dot"),  # a server may ask for a login as late as at the dot
    "dot": ("sending",),
    "sent": ("dot",),
    "unknown": ("dot",),
    "deferred": ("sending", "dot"),
    "failed": ("sending", "dot"),
}
_LISTED = tuple(column for column in outbox.c if column is not outbox.c.header)  # of years they are many megabytes
CHANGED = "the mail to {} was changed by another process meanwhile"

# made once: building these two costs more than running them, and each mail of an issue takes them three times
_CLAIM = (
    update(outbox)
    .where(
        outbox.c.message_id == bindparam("mail"),
        outbox.c.state.in_(WAITING),
        outbox.c.tries == bindparam("before"),
    )
    .values(state="sending", tries=bindparam("begun"), changed_at=bindparam("now"))
)
_HEADER = select(outbox.c.header).where(outbox.c.message_id == bindparam("mail"))
_MARK = {
    state: update(outbox)
    .where(outbox.c.message_id == bindparam("mail"), outbox.c.state.in_(before))
    .values(
        state=state,
        code=bindparam("said"),
        reply=bindparam("words"),
        next_at=bindparam("later"),
        changed_at=bindparam("now"),
    )
    for state, before in BEFORE.items()
}


def enqueue(connection: Connection, edition: str, slot: datetime, envelope: Envelope, now: datetime) -> None:
    """Adds one recipient's mail to a new issue."""
    connection.execute(
        insert(outbox).values(
            edition=edition,
            slot=slot,
            address=envelope.address,
            name=envelope.name,
            message_id=envelope.message_id,
            header=envelope.header,
            state="queued",
            tries=0,
            code=0,
            reply="",
            changed_at=now,
            until=envelope.until,
        )
    )


def pending(connection: Connection, edition: str | None, now: datetime | None) -> tuple[OutboxRow, ...]:
    """The mails to send: all that wait, or with `now` only those whose time has come.

    Those tried least come first, so that one mail that breaks every connection cannot keep the others waiting.
    """
    question = select(*_LISTED).where(outbox.c.state.in_(WAITING))
    if edition is not None:
        question = question.where(outbox.c.edition == edition)
    if now is not None:
        question = question.where(or_(outbox.c.next_at.is_(None), outbox.c.next_at <= now))
    order = (outbox.c.tries, outbox.c.slot, outbox.c.edition, outbox.c.address)
    return tuple(OutboxRow(**row._mapping) for row in connection.execute(question.order_by(*order)))


def rows(
    connection: Connection,
    edition: str | None,
    slot: datetime | None,
    state: State | None = None,
    since: datetime | None = None,
    name: str | None = None,
) -> tuple[OutboxRow, ...]:
    """The mails of an edition, a slot, a state and a name; the newest issue first.

    With `since` those of issues before it are left out, unless something may yet become of them.  A name is an address,
    or a Message-ID's beginning behind its `<`.
    """
    wanted = {outbox.c.edition: edition, outbox.c.slot: slot, outbox.c.state: state}
    conditions = [column == value for column, value in wanted.items() if value is not None]
    if since is not None:
        conditions.append(or_(outbox.c.slot >= since, outbox.c.state.not_in(CLOSED)))
    if name is not None:
        begins = func.lower(outbox.c.message_id).startswith(f"<{name.lower()}", autoescape=True)
        conditions.append(or_(func.lower(outbox.c.address) == name.lower(), begins))
    question = select(*_LISTED).where(*conditions).order_by(outbox.c.slot.desc(), outbox.c.edition, outbox.c.address)
    return tuple(OutboxRow(**row._mapping) for row in connection.execute(question))


def count(connection: Connection, edition: str | None, state: State) -> int:
    """How many mails of an edition, or of all, are in that state."""
    question = select(func.count()).select_from(outbox).where(outbox.c.state == state)
    if edition is not None:
        question = question.where(outbox.c.edition == edition)
    found: int = connection.execute(question).scalar_one()
    return found


def states(connection: Connection, edition: str, slot: datetime) -> set[State]:
    """The states found among the mails of one issue."""
    question = select(outbox.c.state).where(outbox.c.edition == edition, outbox.c.slot == slot).distinct()
    return set(connection.execute(question).scalars())


def claim(connection: Connection, row: OutboxRow, now: datetime) -> bytes | None:
    """The header of the mail, which is now ours to send; None where another process has taken it since it was read.

    `tries` is compared as well: a mail that was sent on and deferred meanwhile is another process's business too.
    """
    taken = {"mail": row.message_id, "before": row.tries, "begun": row.tries + 1, "now": now}
    if connection.execute(_CLAIM, taken).rowcount != 1:
        return None
    return header(connection, row.message_id)


def header(connection: Connection, message_id: str) -> bytes:
    """The header of the mail with this Message-ID, which ends with its empty line."""
    found: bytes = connection.execute(_HEADER, {"mail": message_id}).scalar_one()
    return found


def mark(
    connection: Connection,
    row: OutboxRow,
    state: State,
    code: int,
    reply: str,
    now: datetime,
    next_at: datetime | None,
) -> None:
    """Writes the next state of a claimed mail; raises StoreError where it is not in the state that comes before."""
    written = {"mail": row.message_id, "said": code, "words": reply, "later": next_at, "now": now}
    if state not in _MARK or connection.execute(_MARK[state], written).rowcount != 1:
        raise StoreError(CHANGED.format(row.address), "run digest once at a time; see `digest outbox`")


def recover(connection: Connection, now: datetime) -> tuple[OutboxRow, ...]:
    """The mails a crash left half done, as they are now: nothing handed over -> queued, perhaps -> unknown."""
    lost = select(outbox.c.message_id).where(outbox.c.state.in_(("sending", "dot")))
    touched = list(connection.execute(lost).scalars())
    again = update(outbox).where(outbox.c.state == "sending")
    connection.execute(again.values(state="queued", reply="interrupted before it was handed over", changed_at=now))
    held = update(outbox).where(outbox.c.state == "dot")
    connection.execute(held.values(state="unknown", reply="interrupted while it was handed over", changed_at=now))
    return tuple(find(connection, message_id) for message_id in touched)


def resend(connection: Connection, message_id: str, now: datetime, until: datetime | None) -> OutboxRow:
    """A held, failed or deferred mail, queued again until then: same bytes, same Message-ID.

    Raises StoreError for a mail of a void issue: its articles were given back, and would reach the reader twice.
    """
    row = find(connection, message_id)
    if _issue_state(connection, row) == "void":
        raise StoreError(
            f"the issue of {row.slot:%Y-%m-%d} could be sent to nobody and was given up",
            "its articles are candidates of the next issue",
        )
    return _override(connection, row, ("unknown", "failed", "deferred"), "queued", "queued again", now, until)


def forget(connection: Connection, message_id: str, now: datetime, why: str) -> OutboxRow:
    """A mail that will not be sent again, for the reason given: it counts as failed."""
    row = find(connection, message_id)
    return _override(connection, row, ("unknown", "failed", "deferred", "queued"), "failed", why, now, row.until)


def find(connection: Connection, message_id: str) -> OutboxRow:
    """The mail with this Message-ID; raises StoreError where there is none."""
    row = connection.execute(select(*_LISTED).where(_is(message_id))).one_or_none()
    if row is None:
        raise StoreError(f"no mail has the Message-ID {message_id}", "see `digest outbox` for those there are")
    return OutboxRow(**row._mapping)


def _override(
    connection: Connection,
    row: OutboxRow,
    allowed: tuple[State, ...],
    state: State,
    why: str,
    now: datetime,
    until: datetime | None,
) -> OutboxRow:
    if row.state not in allowed:
        raise StoreError(f"the mail to {row.address} is {row.state}", f"only {', '.join(allowed)} mails can be changed")
    reply = f"{why} ({row.reply})" if row.reply else why
    columns = {"state": state, "reply": reply, "next_at": None, "changed_at": now, "until": until}
    connection.execute(update(outbox).where(_is(row.message_id)).values(columns))
    return find(connection, row.message_id)


def _issue_state(connection: Connection, row: OutboxRow) -> str:
    question = select(issues.c.state).where(issues.c.edition == row.edition, issues.c.slot == row.slot)
    state: str = connection.execute(question).scalar_one()
    return state


def _is(message_id: str) -> ColumnElement[bool]:
    return outbox.c.message_id == message_id
