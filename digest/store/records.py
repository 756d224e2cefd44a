"""The rows as the rest of the program sees them: frozen values, without any trace of the database.

draft:   held -> released -> an issue
issue:   frozen -> carried | void
ledger:  new -> placed | merged | left_out -> carried | expired | new again
outbox:  queued -> sending -> dot -> sent | deferred | failed | unknown
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple, Self

from digest.model import Article, Item, Standing, State

BY_HAND = "given up by hand"
LEFT = "given up, since its reader has left"
"""What the outbox says of a mail that needs nobody's care any more."""

DraftState = Literal["held", "released"]
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
    """One recipient's share of an issue.  `header` ends with the empty line; header + body is the message.

    `until` is when it is given up; None: never.
    """

    address: str
    message_id: str
    header: bytes
    name: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """What became of one article when an issue was composed; `reason` says why it was left out or merged.

    `event` is the key of the article that leads its event in this issue, `score` the event's; both may be unknown.
    """

    key: str
    state: Literal["placed", "merged", "left_out", "expired"]
    reason: str = ""
    event: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """Where one article stands in one edition; `slot` is the issue that decided it last, if any did.

    `event` and `score` are as in the `Placement` of that issue.
    """

    edition: str
    key: str
    state: LedgerState
    reason: str
    slot: datetime | None
    window_until: datetime
    changed_at: datetime
    event: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """What one item of a frozen issue printed.

    `sentences` are (start, end) in the text of the article `key`; `added` are (key, start, end) in the texts of other
    reports of its event.  `told_on` and `told_number` say which earlier item it goes on from, None and 0 where none.
    """

    number: int
    key: str
    title: str
    section: str = ""
    standing: Standing = "new"
    score: float = 0.0
    terms: Mapping[str, float] = field(default_factory=dict)
    sentences: tuple[tuple[int, int], ...] = ()
    added: tuple[tuple[str, int, int], ...] = ()
    told_on: date | None = None
    told_number: int = 0
    note: str = ""

    @classmethod
    def of(cls, item: Item) -> Self:
        """The row of an item."""
        return cls(
            number=item.number,
            key=item.article.key,
            title=item.title,
            section=item.section,
            standing=item.standing,
            score=item.score,
            terms=dict(item.terms),
            sentences=tuple((s.start, s.end) for s in item.summary.sentences),
            added=tuple((a.article.key, a.sentence.start, a.sentence.end) for a in item.added),
            told_on=item.earlier.day if item.earlier else None,
            told_number=item.earlier.number if item.earlier else 0,
            note=item.note,
        )


class NoticeRow(NamedTuple):
    """Which change or withdrawal of which article was told; `mark` is of the text that stands there now, '' if none."""

    key: str
    kind: Literal["changed", "gone"]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class IssueRow:
    """An issue in a list: what it is called, how it stands and how many items it has."""

    edition: str
    slot: datetime
    day: date
    subject: str
    state: IssueState
    composed_at: datetime
    items: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A composed issue that waits for its slot or for a person, who may change it; nothing of it is decided yet.

    `issue` is a text of the composer's own, from which the issue can be made again, and `extras` what else belongs to
    it, a structure of JSON: its tuples come back as lists.
    """

    edition: str
    slot: datetime
    day: date
    subject: str
    html: str
    text: str
    issue: str
    placements: tuple[Placement, ...]
    composed_at: datetime
    changed_at: datetime
    extras: Mapping[str, object] = field(default_factory=dict)
    state: DraftState = "held"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One recipient's mail.  `code` and `reply` are the server's last word, `tries` how often it was begun.

    `next_at` is when it may be tried again, `until` when it is given up; each None where nothing is set.
    """

    edition: str
    slot: datetime
    address: str
    name: str
    message_id: str
    state: State
    tries: int
    code: int
    reply: str
    next_at: datetime | None
    changed_at: datetime
    until: datetime | None = None

    @property
    def settled(self) -> bool:
        """Whether it failed because a person gave it up, or its reader had left."""
        return self.state == "failed" and self.reply.startswith((BY_HAND, LEFT))


@dataclass(frozen=True, slots=True)
class Rest:
    """A mail server that is left alone until then, after so many failures in a row."""

    server: str
    failures: int
    until: datetime
    why: str


SuppressionReason = Literal["unsubscribed", "bounced", "by hand"]
BounceKind = Literal["hard", "soft", "unsubscribe", "unread"]


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that gets no mail of an edition ('' is any); `told` is what was said when it was taken out."""

    address: str
    edition: str
    reason: SuppressionReason
    told: str
    since: datetime


@dataclass(frozen=True, slots=True)
class BounceRow:
    """What a message that came back said about one address; `mark` is the same whenever that message is read.

    `edition` and `slot` name the issue it answers, '' and None where that is unknown.  `hard`: the address does not
    exist; `soft`: not this time; `unsubscribe`: its owner wants no more; `unread`: a person must look.
    """

    mark: str
    address: str
    edition: str
    slot: datetime | None
    kind: BounceKind
    code: str
    told: str
    seen_at: datetime


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


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a source brings anything new, in days of UTC.

    `quiet` counts the days since something of it was first seen, `failing` those it has failed in a row, today
    included; `usual` is its largest ordinary gap, 0 while it is unknown.
    """

    name: str
    last_new: datetime | None
    quiet: int
    usual: float
    failing: int

    @property
    def silent(self) -> int:
        """The days it has been quiet, where they are more than usual; else 0."""
        return self.quiet if 0 < self.usual < self.quiet else 0


@dataclass(frozen=True, slots=True)
class Skip:
    """A slot that was due and got no issue, and why."""

    edition: str
    slot: datetime
    why: str
    skipped_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """A run that had something to do and came to an end, with its exit code; `told` are its complaints."""

    started_at: datetime
    ended_at: datetime
    code: int
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """What is wrong and concerns the operator: `matter` names it, `words` say it; None where he was not told yet."""

    matter: str
    words: str
    since: datetime
    told_at: datetime | None
