"""The store: everything that is remembered between two runs, behind one object.

`Questions` is what can be asked of it; here is what changes it.  Each method is one transaction: all of it happens, or
nothing.  Moments are given by the caller.  The work is done in the modules named for the tables; here is only where a
transaction begins and ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Engine

from digest.errors import StoreError
from digest.model import Appointment, Article, Document, State
from digest.store import (
    alerts,
    articles,
    bounces,
    days,
    drafts,
    issues,
    ledger,
    originals,
    outbox,
    rests,
    runs,
    skips,
    sources,
    suppressions,
    visits,
)
from digest.store import items as printed
from digest.store.columns import SERVER
from digest.store.engine import READING, make_engine, use_wal
from digest.store.files import make_file, make_folder
from digest.store.migrations import check_version, migrate
from digest.store.places import Place, name_place
from digest.store.purging import Purged, purge
from digest.store.questions import Questions
from digest.store.records import (
    BY_HAND,
    Alert,
    BounceRow,
    Draft,
    Envelope,
    FrozenIssue,
    IssueState,
    ItemRow,
    NoticeRow,
    OutboxRow,
    Placement,
    Rest,
    Run,
    SourceReading,
    SuppressionReason,
    Visit,
)
from digest.store.restored import Unsure
from digest.store.restored import mark as mark_restored
from digest.store.server import make_server_engine
from digest.store.space import give_back
from digest.store.trouble import explained

FINAL: tuple[State, ...] = ("sent", "failed", "unknown")
NONE: Mapping[str, str] = MappingProxyType({})
NO_WORDS: Mapping[str, int] = MappingProxyType({})


def open_store(place: Place, patience: float = 10.0) -> Store:
    """The store in a file, made (0600, in a folder of 0700) or brought to this version where needed, or on a server.

    Waits `patience` seconds for another process's lock.  Raises StoreError, and changes nothing, where the database is
    locked, damaged, newer than this program or not ours, where the folder or the disk does not let it be written, or
    where the server cannot be reached or lets nobody in.
    """
    name = name_place(place)
    if isinstance(place, Path):
        make_folder(place.parent)
        make_file(place)
        engine = make_engine(place, patience)
    else:
        engine = make_server_engine(place, patience)
    try:
        with explained(name):
            _prepare(engine)
    except StoreError:
        engine.dispose()
        raise
    return Store(engine, name)


def _prepare(engine: Engine) -> None:
    with engine.connect().execution_options(**READING) as connection:
        check_version(connection)  # before the first byte is written
    if engine.dialect.name != SERVER:
        use_wal(engine)
    with engine.begin() as connection:
        migrate(connection)


class Store(Questions):
    """Articles, ledger, issues, drafts and outbox, originals, visits and sources.  Safe to use from several threads."""

    guard: Callable[[], None] = staticmethod(lambda: None)
    """Raises StoreError once the right to run is lost; whoever opened the store under a lock sets it."""

    # ------------------------------------------------------------------------------------------------- articles, ledger

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

    def expire(self, edition: str, now: datetime) -> int:
        """How many candidates were given up because their window ended."""
        with self._writing() as connection:
            return ledger.expire(connection, edition, now)

    # -------------------------------------------------------------------------------------------------- visits, sources

    def record_visit(self, url: str, key: str | None, source: str, status: int, now: datetime) -> None:
        """As `record_visits`, of one page."""
        self.record_visits([Visit(url, key, source, status)], now)

    def record_visits(self, made: Iterable[Visit], now: datetime) -> None:
        """Writes that pages were asked for and what the servers said; not for a block page or a broken network.

        200 and 304 mean that a page is there, 404 and 410 that it is gone; so do three other answers, an hour apart.
        """
        with self._writing() as connection:
            visits.record(connection, made, now)

    def record_source(
        self, name: str, now: datetime, problem: str, articles: int, new: int, *, baseline: bool = False
    ) -> None:
        """As `record_sources`, of one source."""
        self.record_sources([SourceReading(name, problem, articles, new, baseline)], now)

    def record_sources(self, readings: Iterable[SourceReading], now: datetime) -> None:
        """Writes how readings of sources went."""
        with self._writing() as connection:
            sources.record(connection, readings, now)

    # --------------------------------------------------------------------------------------------------- issues, drafts

    def freeze_issue(
        self,
        issue: FrozenIssue,
        envelopes: Iterable[Envelope],
        placements: Iterable[Placement] = (),
        *,
        items: Iterable[ItemRow] = (),
        appointments: Iterable[Appointment] = (),
        words: Mapping[str, int] = NO_WORDS,
        notices: Iterable[NoticeRow] = (),
    ) -> bool:
        """Whether this call froze the slot, with all that is given; False where another process was first.

        `appointments` are the days that the documents of this issue set, `words` in how many of its articles each
        stood, `notices` the changes it tells of.  The slot's draft is let go of.

        Raises StoreError, and writes nothing, where a placed article is no candidate (any more).
        """
        edition, slot = issue.edition, issue.slot
        with self._writing() as connection:
            if not issues.freeze(connection, issue, envelopes, placements):
                return False
            printed.keep(connection, edition, slot, items)
            days.keep_appointments(connection, edition, slot, appointments)
            days.keep_words(connection, edition, slot, words)
            days.keep_notices(connection, edition, slot, notices)
            drafts.drop(connection, edition, slot)
            return True

    def settle(self, edition: str, slot: datetime, now: datetime) -> IssueState | None:
        """The state of an issue after looking at its mails; `mark`, `recover` and `forget` have settled it already."""
        with self._writing() as connection:
            return issues.settle(connection, edition, slot, now)

    def skip_slot(
        self, edition: str, slot: datetime, why: str, now: datetime, placements: Iterable[Placement] = ()
    ) -> None:
        """Writes that a slot that was due gets no issue, and why; what composing it left out is noted all the same."""
        with self._writing() as connection:
            skips.add(connection, edition, slot, why, now)
            for placement in placements:
                ledger.leave(connection, edition, placement, now)
            drafts.drop(connection, edition, slot)

    def keep_draft(self, draft: Draft) -> bool:
        """Whether the draft is kept, in place of the slot's earlier one; False where the slot has its issue already.

        It changes nothing in the ledger: its articles stay candidates.
        """
        with self._writing() as connection:
            return drafts.keep(connection, draft)

    def release_draft(self, edition: str, slot: datetime, now: datetime) -> bool:
        """Whether the draft was held until now, and may be frozen from now on."""
        with self._writing() as connection:
            return drafts.release(connection, edition, slot, now)

    def drop_draft(self, edition: str, slot: datetime, now: datetime) -> bool:
        """Whether there was a draft to let go of; its articles are candidates for a window from now on."""
        with self._writing() as connection:
            ledger.prolong(connection, edition, drafts.held_keys(connection, edition, slot), now)
            return drafts.drop(connection, edition, slot)

    # ----------------------------------------------------------------------------------------------------------- outbox

    def claim(self, row: OutboxRow, now: datetime) -> bytes | None:
        """The header of the mail, which is now ours to send; None where another process has taken it since.

        Raises StoreError where the right to run was lost (`guard`).
        """
        self.guard()
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
        refused: BounceRow | None = None,
    ) -> None:
        """Writes the next state of a claimed mail, and settles its issue in the same transaction.

        `refused` is kept with it, where the server says that there is no such address.  Raises StoreError where the
        mail is not in a state that comes before: then somebody else has changed it.
        """
        with self._writing() as connection:
            outbox.mark(connection, row, state, code, reply, now, next_at)
            if refused is not None:
                bounces.record(connection, [refused])
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

    def resend(self, message_id: str, now: datetime, until: datetime | None = None) -> OutboxRow:
        """An unknown, failed or deferred mail, queued again, until then where a moment is given; the same bytes."""
        with self._writing() as connection:
            return outbox.resend(connection, message_id, now, until)

    def forget(self, message_id: str, now: datetime, why: str = BY_HAND) -> OutboxRow:
        """An unknown, failed, deferred or queued mail, failed for good because a person, or `why`, says so."""
        with self._writing() as connection:
            row = outbox.forget(connection, message_id, now, why)
            issues.settle(connection, row.edition, row.slot, now)
            return row

    def begin_rest(self, server: str, until: datetime, why: str) -> Rest:
        """The rest of a mail server that failed once more: it is left alone until then."""
        with self._writing() as connection:
            return rests.begin(connection, server, until, why)

    def end_rest(self, server: str) -> None:
        """Forgets the failures of a mail server: it works."""
        with self._writing() as connection:
            rests.end(connection, server)

    # --------------------------------------------------------------------------------------------------- runs, alerts

    def record_run(self, run: Run) -> None:
        """Writes a run that had something to do and has ended."""
        with self._writing() as connection:
            runs.record(connection, run)

    def renew_alerts(
        self, seen: Mapping[str, str], now: datetime, since: Mapping[str, datetime] | None = None
    ) -> tuple[Alert, ...]:
        """The standing matters, after making them those that are `seen` now (matter -> words).

        `since` is when new ones began; those it does not have began now.
        """
        with self._writing() as connection:
            alerts.renew(connection, seen, now, since or {})
            return alerts.standing(connection)

    def mark_told(self, matters: Iterable[str], now: datetime) -> None:
        """Writes that the operator was told of the matters."""
        with self._writing() as connection:
            alerts.mark_told(connection, matters, now)

    # --------------------------------------------------------------------------------------------- retention, restoring

    def purge(self, before: datetime, now: datetime) -> Purged:
        """How much went of what is older than `before`; what an article is known by stays, and whatever waits."""
        with self._writing() as connection:
            return purge(connection, before, now)

    def give_back(self) -> int:
        """How many bytes the file gave back to the disk, where nothing stood in enough of it; a server sees to that."""
        path = self._engine.url.database
        if self._engine.dialect.name == SERVER or not path:
            return 0
        with explained(self._name):
            return give_back(self._engine, Path(path))

    def mark_restored(self, editions: Iterable[str], now: datetime) -> Unsure:
        """What became unsure of a state that was restored from a backup: nothing of it is sent or printed again."""
        with self._writing() as connection:
            return mark_restored(connection, editions, now)

    # ------------------------------------------------------------------------------------------- suppressions, bounces

    def suppress(self, address: str, edition: str, reason: SuppressionReason, told: str, now: datetime) -> bool:
        """Whether the address gets no mail of the edition ('' is any) from now on; False where it got none before."""
        with self._writing() as connection:
            return suppressions.add(connection, address, edition, reason, told, now)

    def lift_suppression(self, address: str, edition: str | None = None) -> int:
        """How many suppressions of the address ended: that of one edition, or every one."""
        with self._writing() as connection:
            return suppressions.lift(connection, address, edition)

    def record_bounces(self, rows: Iterable[BounceRow]) -> int:
        """How many of the rows are new."""
        with self._writing() as connection:
            return bounces.record(connection, rows)
