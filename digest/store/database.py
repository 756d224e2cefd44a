"""The store: everything that is remembered between two runs, behind one object.

Each method is one transaction: all of it happens, or nothing.  Moments are given by the caller.  The work is done in
`articles`, `ledger`, `issues` and `outbox`; here is only where a transaction begins and ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection, Engine

from digest.errors import StoreError
from digest.model import Article, State
from digest.store import articles, issues, ledger, outbox
from digest.store.engine import READING, checkpoint, make_engine, use_wal
from digest.store.files import make_file, make_folder
from digest.store.migrations import check_version, migrate
from digest.store.records import Envelope, FrozenIssue, IssueState, LedgerRow, OutboxRow, Placement
from digest.store.trouble import explained

FINAL: tuple[State, ...] = ("sent", "failed", "unknown")


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


class Store:
    """Articles, ledger, issues and outbox.  A context manager; safe to use from several threads."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name
        self._closed = False

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Puts everything into the one file and lets go of it; closing twice is harmless."""
        if self._closed:
            return
        self._closed = True
        try:
            # where it fails, nothing is lost: what was committed stays in the log beside the file
            with suppress(StoreError), explained(self._name):
                checkpoint(self._engine)
        finally:
            self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with explained(self._name), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(self._name), self._engine.connect() as connection:
            yield connection.execution_options(**READING)

    def find_damage(self) -> str:
        """What SQLite's own check found wrong with the file, or nothing; reads all of it."""
        try:
            with self._reading() as connection:
                found = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
        except StoreError as error:  # so damaged that it cannot even be checked
            return error.message
        return "" if found == ["ok"] else "; ".join(str(line) for line in found)

    # ------------------------------------------------------------------------------------------- articles, ledger

    def record_articles(self, found: Iterable[Article], now: datetime) -> int:
        """How many of the articles were unknown, and are kept; of a known one the first version stays."""
        with self._writing() as connection:
            return articles.record(connection, found, now)

    def offer(self, edition: str, keys: Iterable[str], now: datetime, window: timedelta) -> int:
        """How many of the recorded articles are new to the edition: candidates until `now + window`."""
        with self._writing() as connection:
            return ledger.offer(connection, edition, keys, now, window)

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
