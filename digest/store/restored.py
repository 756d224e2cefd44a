"""A state that was restored from a backup: what happened after the backup was made is unknown, and may all have been.

Nothing sent is to be sent again.  So mails that waited are held: each may have gone out since.  Candidates and drafts
are let go of: an issue may have printed them.  Every slot until the restoring counts as done.  What the sources bring
afterwards was possibly printed as well, as far as it is not dated later than the restoring; without a moment of its
own it is believed to be new once the edition has had its first issue since.  Nothing of this goes unsaid: each has its
reason in the ledger and the outbox, where a person decides about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from digest.store import issues as settling
from digest.store import skips as slots
from digest.store.doubts import PERHAPS_PRINTED, RESTORED
from digest.store.ledger import OPEN
from digest.store.outbox import CLOSED
from digest.store.schema import drafts, issues, ledger, outbox, skips

PERHAPS_SENT = "it may have been sent since the backup was made"


@dataclass(frozen=True, slots=True)
class Unsure:
    """How much of a restored state may have changed since: mails that are held, articles and drafts let go of."""

    held: int = 0
    articles: int = 0
    drafts: int = 0


def mark(connection: Connection, editions: Iterable[str], now: datetime) -> Unsure:
    """What became unsure of the state, which goes on from `now` for these editions and all it knows of."""
    known = {*editions, *_editions(connection)}
    held = _hold_mails(connection, now)
    for edition, slot in settling.unsettled(connection):
        settling.settle(connection, edition, slot, now)
    released = connection.execute(delete(drafts)).rowcount
    closed = _close_candidates(connection, now)
    for edition in sorted(known):
        slots.add(connection, edition, now, RESTORED, now)
    return Unsure(held, closed, released)


def _editions(connection: Connection) -> set[str]:
    columns = (issues.c.edition, ledger.c.edition, skips.c.edition)
    return {name for column in columns for name in connection.execute(select(column).distinct()).scalars()}


def _hold_mails(connection: Connection, now: datetime) -> int:
    """How many mails are held that were not yet; none is sent again on its own, whatever [mail] on_unknown says."""
    undecided = outbox.c.state.not_in(CLOSED)
    connection.execute(update(outbox).where(undecided).values(until=now, next_at=None))  # its time is over
    waiting = update(outbox).where(undecided, outbox.c.state != "unknown")
    return connection.execute(waiting.values(state="unknown", reply=PERHAPS_SENT, changed_at=now)).rowcount


def _close_candidates(connection: Connection, now: datetime) -> int:
    statement = update(ledger).where(ledger.c.state.in_(OPEN))
    return connection.execute(statement.values(state="expired", reason=PERHAPS_PRINTED, changed_at=now)).rowcount
