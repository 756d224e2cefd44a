"""The rows as the rest of the program sees them: frozen values, without any trace of the database.

issue:   frozen -> carried | void
ledger:  new -> placed | merged | left_out -> carried | expired | new again
outbox:  queued -> sending -> dot -> sent | deferred | failed | unknown
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from digest.model import State

IssueState = Literal["frozen", "carried", "void"]
LedgerState = Literal["new", "placed", "merged", "left_out", "carried", "expired"]


@dataclass(frozen=True, slots=True)
class FrozenIssue:
    """An issue as it will be mailed, byte for byte.  `slot` is the aware moment it was due (given back in UTC).

    `body` is what follows the header of every recipient's message: CRLF line ends, ready for the wire.
    """

    edition: str
    slot: datetime
    day: date
    subject: str
    html: str
    text: str
    body: bytes
    composed_at: datetime
    manifest: Mapping[str, object] = field(default_factory=dict)
    state: IssueState = "frozen"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One recipient's share of an issue.  `header` ends with the empty line; header + body is the message."""

    address: str
    message_id: str
    header: bytes
    name: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """What became of one article when an issue was composed; `reason` says why it was left out or merged."""

    key: str
    state: Literal["placed", "merged", "left_out"]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """Where one article stands in one edition; `slot` is the issue that decided it last, if any did."""

    edition: str
    key: str
    state: LedgerState
    reason: str
    slot: datetime | None
    window_until: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One recipient's mail.  `code` and `reply` are the server's last word, `tries` how often it was begun."""

    edition: str
    slot: datetime
    address: str
    name: str
    message_id: str
    header: bytes = field(repr=False)
    state: State
    tries: int
    code: int
    reply: str
    next_at: datetime | None
    changed_at: datetime
