"""The store: everything that is remembered between two runs, behind one object.

Each method is one transaction: all of it happens, or nothing.  Moments are given by the caller.  The work is done in
the modules named for the tables; here is only where a transaction begins and ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Engine

from digest.errors import StoreError
from digest.model import Article, Document, State
from digest.store import articles, changes, issues, ledger, originals, outbox, sources, visits
from digest.store.door import Door
from digest.store.engine import READING, make_engine, use_wal
from digest.store.files import make_file, make_folder
from digest.store.migrations import check_version, migrate
from digest.store.records import (
    Change,
    Envelope,
    FrozenIssue,
    IssueState,
    LedgerRow,
    OutboxRow,
    Placement,
    SourceHealth,
    SourceReading,
    Version,
    Visit,
)
from digest.store.trouble import explained

FINAL: tuple[State, ...] = ("sent", "failed", "unknown")
NONE: Mapping[str, str] = MappingProxyType({})


def open_store(path: Path, patience: float = 10.0) -> Store:
    """The store in the file `path`, made (0600, in a folder of 0700) or brought to this version where needed.

    Waits `patience` seconds for another process's lock.  Raises StoreError, and changes nothing, where the database is
    locked, damaged, newer than this program or not ours, or where the folder or the disk does not let it be written.
    """
    make_folder(path.parent)
    make_file(path)
    engine = make_engine(path, patience)
    try:
        with explained(path):
            _prepare(engine)
    except StoreError:
        engine.dispose()
        raise
    return Store(engine, str(path))


def _prepare(engine: Engine) -> None:
    with engine.connect().execution_options(**READING) as connection:
        check_version(connection)  # before the first byte is written
    use_wal(engine)
    with engine.begin() as connection:
        migrate(connection)


class Store(Door):
    """Articles, ledger, issues and outbox, originals, visits and sources.  Safe to use from several threads."""

    # ------------------------------------------------------------------------------------------- articles, ledger

    def record_articles(self, found: Iterable[Article], now: datetime) -> dict[str, str]:
        """For the key of every article the key under which it is kept: another one where it was known already.

        It was where its key, its URL in any spelling, or in the same source its title and text are known.  Of a known
        article the first version stays.
        """
        with self._writing() as connection:
            return articles.record(connection, found, now)

    def record_fetched(self, pairs: Iterable[tuple[Article, Document]], now: datetime) -> dict[str, str]:
        """As `record_articles`, with the bytes each was read from; a text that differs becomes a further version."""
        with self._writing() as connection:
            return originals.record(connection, pairs, now)

    def versions(self, key: str) -> tuple[Version, ...]:
        """What the article kept under this key has read so far, oldest first."""
        with self._reading() as connection:
            return tuple(originals.find_versions(connection, key).values())

    def original(self, sha256: str) -> bytes | None:
        """The bytes with this SHA-256 as they came, or None where they are not kept (a dry run's copy has none)."""
        with self._reading() as connection:
            return originals.find_original(connection, sha256)

    def forget_originals(self, before: datetime) -> int:
        """How many originals first fetched before then were dropped; texts stay, and what an issue may yet need."""
        with self._writing() as connection:
            return originals.forget(connection, before)

    def offer(
        self, edition: str, keys: Iterable[str], now: datetime, window: timedelta, stale: Mapping[str, str] = NONE
    ) -> int:
        """How many of the recorded articles are new to the edition: candidates until `now + window`.

        Those in `stale` (key -> reason) are expired at once, unless the edition knows them already.
        """
        with self._writing() as connection:
            return ledger.offer(connection, edition, keys, now, window, stale)

    def offer_baseline(self, edition: str, keys: Iterable[str], now: datetime) -> int:
        """How many of the recorded articles are expired at once: they were there before their source was added."""
        with self._writing() as connection:
            return ledger.offer_baseline(connection, edition, keys, now)

    def find_unoffered(self, edition: str, sources: Iterable[str], since: datetime) -> list[Article]:
        """The articles of these sources kept since then that the edition was never offered."""
        with self._reading() as connection:
            return ledger.find_unoffered(connection, edition, sources, since)

    def candidates(self, edition: str, now: datetime) -> list[Article]:
        """The articles an issue composed `now` may take, those first seen first."""
        with self._reading() as connection:
            return ledger.candidates(connection, edition, now)

    def expire(self, edition: str, now: datetime) -> int:
        """How many candidates were given up because their window ended."""
        with self._writing() as connection:
            return ledger.expire(connection, edition, now)

    def ledger_rows(self, edition: str) -> tuple[LedgerRow, ...]:
        """Where every article stands that the edition was ever offered."""
        with self._reading() as connection:
            return ledger.rows(connection, edition)

    # ------------------------------------------------------------------------------------------- visits, sources

    def find_known(self, urls: Iterable[str], source: str) -> dict[str, Article]:
        """For every URL whose page the source has read, in any spelling, the article it became."""
        with self._reading() as connection:
            return visits.find_known(connection, urls, source)

    def find_listed(self, source: str, mark: str) -> list[Article] | None:
        """The articles of a source's list, where the very list of this mark was read to its end before; else None."""
        with self._reading() as connection:
            return sources.find_listed(connection, source, mark)

    def record_visit(self, url: str, key: str | None, source: str, status: int, now: datetime) -> None:
        """As `record_visits`, of one page."""
        self.record_visits([Visit(url, key, source, status)], now)

    def record_visits(self, made: Iterable[Visit], now: datetime) -> None:
        """Writes that pages were asked for and what the servers said; not for a block page or a broken network.

        200 and 304 mean that a page is there, 404 and 410 that it is gone; so do three other answers, an hour apart.
        """
        with self._writing() as connection:
            visits.record(connection, made, now)

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

    def record_source(
        self, name: str, now: datetime, problem: str, articles: int, new: int, *, baseline: bool = False
    ) -> None:
        """As `record_sources`, of one source."""
        self.record_sources([SourceReading(name, problem, articles, new, baseline)], now)

    def record_sources(self, readings: Iterable[SourceReading], now: datetime) -> None:
        """Writes how readings of sources went."""
        with self._writing() as connection:
            sources.record(connection, readings, now)

    def source_health(self) -> dict[str, SourceHealth]:
        """How every source fares that was ever tried, by name."""
        with self._reading() as connection:
            return sources.health(connection)

    def is_new_source(self, name: str) -> bool:
        """Whether the source has never been read without failing."""
        with self._reading() as connection:
            return sources.is_new(connection, name)

    # ------------------------------------------------------------------------------------------------------ issues

    def freeze_issue(
        self, issue: FrozenIssue, envelopes: Iterable[Envelope], placements: Iterable[Placement] = ()
    ) -> bool:
        """Whether this call froze the slot, with its mails and placements; False where another process was first.

        Raises StoreError, and writes nothing, where a placed article is no candidate (any more).
        """
        with self._writing() as connection:
            return issues.freeze(connection, issue, envelopes, placements)

    def find_issue(self, edition: str, slot: datetime) -> FrozenIssue | None:
        """The issue of one slot, or None while it is not frozen."""
        with self._reading() as connection:
            return issues.find(connection, edition, slot)

    def latest_slot(self, edition: str) -> datetime | None:
        """The last slot of the edition that has an issue, even a void one."""
        with self._reading() as connection:
            return issues.latest_slot(connection, edition)

    def unsettled_issues(self, edition: str | None = None) -> tuple[tuple[str, datetime], ...]:
        """The edition and slot of every issue of which nothing is decided yet, the oldest first."""
        with self._reading() as connection:
            return issues.unsettled(connection, edition)

    def settle(self, edition: str, slot: datetime, now: datetime) -> IssueState | None:
        """The state of an issue after looking at its mails; `mark`, `recover` and `forget` have settled it already."""
        with self._writing() as connection:
            return issues.settle(connection, edition, slot, now)

    # ------------------------------------------------------------------------------------------------------ outbox

    def pending(self, edition: str | None = None, *, now: datetime | None = None) -> tuple[OutboxRow, ...]:
        """The queued and deferred mails: all of them, or with `now` those whose time has come."""
        with self._reading() as connection:
            return outbox.pending(connection, edition, now)

    def outbox_rows(
        self, edition: str | None = None, slot: datetime | None = None, state: State | None = None
    ) -> tuple[OutboxRow, ...]:
        """The mails of an edition, a slot and a state, or of all; the newest issue first."""
        with self._reading() as connection:
            return outbox.rows(connection, edition, slot, state)

    def claim(self, row: OutboxRow, now: datetime) -> bool:
        """Whether the mail is now ours to send; False where another process has taken it."""
        with self._writing() as connection:
            return outbox.claim(connection, row, now)

    def mark(
        self,
        row: OutboxRow,
        state: State,
        code: int,
        reply: str,
        now: datetime,
        next_at: datetime | None = None,
    ) -> None:
        """Writes the next state of a claimed mail, and settles its issue in the same transaction.

        Raises StoreError where the mail is not in a state that comes before: then somebody else has changed it.
        """
        with self._writing() as connection:
            outbox.mark(connection, row, state, code, reply, now, next_at)
            if state in FINAL:
                issues.settle(connection, row.edition, row.slot, now)

    def recover(self, now: datetime) -> tuple[OutboxRow, ...]:
        """The mails a crash left half done, after deciding: `sending` -> queued, `dot` -> unknown (held).

        The caller holds `run_lock`: without it, these might be the mails another process is sending.
        """
        with self._writing() as connection:
            touched = outbox.recover(connection, now)
            for row in touched:
                issues.settle(connection, row.edition, row.slot, now)
            return touched

    def resend(self, message_id: str, now: datetime) -> OutboxRow:
        """An unknown, failed or deferred mail, queued again because a person says so; the same bytes."""
        with self._writing() as connection:
            return outbox.resend(connection, message_id, now)

    def forget(self, message_id: str, now: datetime) -> OutboxRow:
        """An unknown, failed, deferred or queued mail, failed for good because a person says so."""
        with self._writing() as connection:
            row = outbox.forget(connection, message_id, now)
            issues.settle(connection, row.edition, row.slot, now)
            return row
