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

from digest.model import Article, State

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


@dataclass(frozen=True, slots=True)
class Version:
    """What an article read at one time.  `sha256` names the bytes it was read from, empty where none were kept."""

    key: str
    title: str
    text: str
    sha256: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an article after it was kept: its page reads otherwise now, or is there no more.

    `before` is the version that issues quote, `after` what stands there now, None where it is gone; `at` is when that
    was found out.
    """

    article: Article
    kind: Literal["changed", "gone"]
    before: Version
    after: Version | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a page: `status` is what the server said, `key` the article it became, if any."""

    url: str
    key: str | None
    source: str
    status: int


@dataclass(frozen=True, slots=True)
class SourceReading:
    """How one reading of a source went: its `problem`, how many articles it brought and how many of them were new.

    It failed where it had a problem and brought nothing; `baseline` says that what it brought was left alone.  `mark`
    names the list it was read from, empty where something of it is still to be read, and `keys` its articles.
    """

    name: str
    problem: str
    articles: int
    new: int
    baseline: bool = False
    mark: str = ""
    keys: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether nothing could be read."""
        return bool(self.problem) and not self.articles


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How one source fares.  `problem` is its last complaint, empty where all was well.

    `articles` counts what its last good reading brought, `failures` the failed ones since; `baseline` says that what
    it held at first was left alone.
    """

    name: str
    first_tried: datetime
    last_tried: datetime
    last_good: datetime | None
    last_new: datetime | None
    failures: int
    failing_since: datetime | None
    problem: str
    articles: int
    baseline: bool
