"""What can be asked of the store; no question changes a byte of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from digest.model import Appointment, Article, State, Told
from digest.store import (
    alerts,
    articles,
    bounces,
    changes,
    days,
    drafts,
    issues,
    items,
    ledger,
    originals,
    outbox,
    rests,
    rhythms,
    runs,
    signing,
    skips,
    sources,
    suppressions,
    traces,
    visits,
)
from digest.store.door import Door
from digest.store.records import (
    Alert,
    BounceRow,
    Change,
    Draft,
    FrozenIssue,
    IssueRow,
    LedgerRow,
    LedgerState,
    NoticeRow,
    OutboxRow,
    Rest,
    Rhythm,
    Run,
    Skip,
    SourceHealth,
    Suppression,
    Version,
)
from digest.store.traces import Trace


class Questions(Door):
    """Everything that is known of articles, editions, issues, mails and sources."""

    # ------------------------------------------------------------------------------------------------- articles, ledger

    def versions(self, key: str) -> tuple[Version, ...]:
        """What the article kept under this key has read so far, oldest first."""
        with self._reading() as connection:
            return tuple(originals.find_versions(connection, key).values())

    def original(self, sha256: str) -> bytes | None:
        """The bytes with this SHA-256 as they came, or None where they are not kept (a dry run's copy has none)."""
        with self._reading() as connection:
            return originals.find_original(connection, sha256)

    def find_unoffered(self, edition: str, sources: Iterable[str], since: datetime) -> list[Article]:
        """The articles of these sources kept since then that the edition was never offered."""
        with self._reading() as connection:
            return ledger.find_unoffered(connection, edition, sources, since)

    def candidates(self, edition: str, now: datetime) -> list[Article]:
        """The articles an issue composed `now` may take, those first seen first."""
        with self._reading() as connection:
            return ledger.candidates(connection, edition, now)

    def first_seen(self, keys: Iterable[str]) -> dict[str, datetime]:
        """When each of the articles was first seen, by its key."""
        with self._reading() as connection:
            return articles.first_seen(connection, keys)

    def left_over(self, edition: str) -> frozenset[str]:
        """The keys of the candidates that an issue had no room for."""
        with self._reading() as connection:
            return ledger.left_over(connection, edition)

    def ledger_rows(self, edition: str) -> tuple[LedgerRow, ...]:
        """Where every article stands that the edition was ever offered."""
        with self._reading() as connection:
            return ledger.rows(connection, edition)

    def counts(self, edition: str, first: datetime, last: datetime) -> dict[tuple[LedgerState, str], int]:
        """How many articles came to stand where they do from `first` until before `last`, by state and reason.

        The most frequent come first.
        """
        with self._reading() as connection:
            return ledger.count_changes(connection, edition, first, last)

    def trace(self, name: str) -> tuple[Trace, ...]:
        """The life of every article that `name` means: a key, six or more of its digits, or a URL in any spelling.

        Keys and URLs under which it was met later mean it too.
        """
        with self._reading() as connection:
            return traces.find(connection, name)

    # -------------------------------------------------------------------------------------------------- visits, sources

    def find_known(self, urls: Iterable[str], source: str) -> dict[str, Article]:
        """For every URL whose page the source has read, in any spelling, the article it became."""
        with self._reading() as connection:
            return visits.find_known(connection, urls, source)

    def find_listed(self, source: str, mark: str) -> list[Article] | None:
        """The articles of a source's list, where the very list of this mark was read to its end before; else None."""
        with self._reading() as connection:
            return sources.find_listed(connection, source, mark)

    def recheckable(self, since: datetime, not_since: datetime, limit: int) -> list[Article]:
        """The articles put into an issue since then and not read since `not_since`, the longest unread first.

        Each has the URL it was met under last, so the `key` of one that moved is an alias of the kept one.
        """
        with self._reading() as connection:
            return visits.recheckable(connection, since, not_since, limit)

    def changes(self, since: datetime, edition: str | None = None) -> tuple[Change, ...]:
        """What was found changed or withdrawn since then, in that order; with an edition only what its issues hold."""
        with self._reading() as connection:
            return changes.find_changes(connection, since, edition)

    def source_health(self) -> dict[str, SourceHealth]:
        """How every source fares that was ever tried, by name."""
        with self._reading() as connection:
            return sources.health(connection)

    def is_new_source(self, name: str) -> bool:
        """Whether the source has never been read without failing."""
        with self._reading() as connection:
            return sources.is_new(connection, name)

    def rhythms(self, now: datetime) -> dict[str, Rhythm]:
        """How often every source that was ever tried brings anything new, and for how long it has not; by name."""
        with self._reading() as connection:
            return rhythms.find_rhythms(connection, now)

    # --------------------------------------------------------------------------------------------------- issues, drafts

    def find_issue(self, edition: str, slot: datetime) -> FrozenIssue | None:
        """The issue of one slot, or None while it is not frozen."""
        with self._reading() as connection:
            return issues.find(connection, edition, slot)

    def find_issues(self, edition: str | None = None, day: date | None = None) -> tuple[IssueRow, ...]:
        """The issues of an edition and a day, or of all, void ones too, without what was mailed; the newest first."""
        with self._reading() as connection:
            return issues.find_rows(connection, edition=edition, day=day)

    def issue_number(self, edition: str, slot: datetime, year: int) -> int:
        """The number of the issue of that slot among those of its year, from 1; void ones are not counted."""
        with self._reading() as connection:
            return issues.count_before(connection, edition, slot, year) + 1

    def latest_slot(self, edition: str) -> datetime | None:
        """The last slot of the edition that has an issue, even a void one, or was skipped."""
        with self._reading() as connection:
            found = (issues.latest_slot(connection, edition), skips.latest(connection, edition))
            return max((slot for slot in found if slot), default=None)

    def skips(self, edition: str, since: datetime) -> tuple[Skip, ...]:
        """The slots of the edition since then that were due and got no issue, the earliest first."""
        with self._reading() as connection:
            return skips.since(connection, edition, since)

    def runs(self, most: int = 1) -> tuple[Run, ...]:
        """The last runs that had something to do, the newest first."""
        with self._reading() as connection:
            return runs.latest(connection, most)

    def alerts(self) -> tuple[Alert, ...]:
        """What is wrong and concerns the operator, until it ends."""
        with self._reading() as connection:
            return alerts.standing(connection)

    def told(self, edition: str, since: datetime) -> tuple[Told, ...]:
        """The items of the issues since then that are not void, each with the articles of its event in that issue.

        The newest issue comes first, its items by number; the article that leads an event comes first.
        """
        with self._reading() as connection:
            return items.find_told(connection, edition, since)

    def appointments(self, edition: str, first: date, last: date) -> tuple[Appointment, ...]:
        """The days from `first` to `last` that documents in issues set, by day; one a document and kind.

        The latest issue's word counts, and `told` is its day; what stood in a void issue does not come.
        """
        with self._reading() as connection:
            return days.find_appointments(connection, edition, first, last)

    def word_counts(self, edition: str, since: datetime) -> tuple[tuple[date, dict[str, int]], ...]:
        """The day and the words of every issue since then that kept words and is not void; oldest first."""
        with self._reading() as connection:
            return days.find_words(connection, edition, since)

    def told_notices(self, edition: str) -> frozenset[NoticeRow]:
        """The changes and withdrawals that issues of the edition told of, but void ones."""
        with self._reading() as connection:
            return days.find_notices(connection, edition)

    def find_draft(self, edition: str, slot: datetime) -> Draft | None:
        """The draft of one slot, or None where there is none."""
        with self._reading() as connection:
            return drafts.find(connection, edition, slot)

    def drafts(self, edition: str | None = None) -> tuple[Draft, ...]:
        """The drafts of an edition, or of all, held and released; the oldest slot first."""
        with self._reading() as connection:
            return drafts.find_all(connection, edition)

    # ----------------------------------------------------------------------------------------------------------- outbox

    def pending(self, edition: str | None = None, *, now: datetime | None = None) -> tuple[OutboxRow, ...]:
        """The queued and deferred mails: all of them, or with `now` those whose time has come."""
        with self._reading() as connection:
            return outbox.pending(connection, edition, now)

    def outbox_rows(
        self,
        edition: str | None = None,
        slot: datetime | None = None,
        state: State | None = None,
        *,
        since: datetime | None = None,
        name: str | None = None,
    ) -> tuple[OutboxRow, ...]:
        """The mails of an edition, a slot and a state, or of all; the newest issue first.

        With `since` those of earlier issues are left out, unless something may yet become of them.  A `name` is an
        address, or a Message-ID's beginning behind its `<`.
        """
        with self._reading() as connection:
            return outbox.rows(connection, edition, slot, state, since, name)

    def message(self, message_id: str) -> bytes:
        """The mail with this Message-ID as it is handed over, byte for byte.  Raises StoreError where there is none."""
        with self._reading() as connection:
            row = outbox.find(connection, message_id)
            return outbox.header(connection, message_id) + issues.body(connection, row.edition, row.slot)

    def body(self, edition: str, slot: datetime) -> bytes:
        """What follows the header of every mail of an issue.  Raises StoreError where there is no such issue."""
        with self._reading() as connection:
            return issues.body(connection, edition, slot)

    def count_mails(self, edition: str | None, state: State) -> int:
        """How many mails of an edition, or of all, are in that state."""
        with self._reading() as connection:
            return outbox.count(connection, edition, state)

    def find_rest(self, server: str) -> Rest | None:
        """The rest of a mail server that refused us, over or not; None where it has none."""
        with self._reading() as connection:
            return rests.find(connection, server)

    def signing_key(self) -> bytes:
        """32 random bytes of this database, with which it signs what it gives out."""
        with self._reading() as connection:
            return signing.find(connection)

    # -------------------------------------------------------------------------------------------- suppressions, bounces

    def suppressions(self, edition: str | None = None) -> tuple[Suppression, ...]:
        """The addresses that get no mail: those that hold for an edition, or all of them."""
        with self._reading() as connection:
            return suppressions.find(connection, edition)

    def bounces(self, address: str | None = None) -> tuple[BounceRow, ...]:
        """What came back from an address, or all of it, the latest first."""
        with self._reading() as connection:
            return bounces.find(connection, address)
