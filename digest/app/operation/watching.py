"""What is done after each run so that somebody knows whether it works: records, alerts, heartbeat, metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from digest.app.call import Call
from digest.app.operation.alerts import MAILED, language_of, tell_operator, tell_without_store
from digest.app.operation.heartbeat import ask_heartbeat, is_delivered
from digest.app.operation.matters import find_matters, matters_of_run, still_standing, with_causes
from digest.app.operation.metrics import RunFigures, write_metrics
from digest.app.operation.status import Status, look_around
from digest.app.outcome import Outcome
from digest.app.state import open_state
from digest.errors import ConfigError, DigestError, StoreError
from digest.store import Run, Store

Made = TypeVar("Made")


def watch_run(call: Call, store: Store, outcome: Outcome, began: datetime, error: DigestError | None) -> None:
    """Record the run that ends here, mail the operator what is wrong, ask the heartbeat, write the metrics.

    `error` is what the run ended with, None where it came to its end.  Nothing is raised: no run fails because
    somebody could not be told of it; what went wrong with that is announced.
    """
    Watch(call, store, outcome, began, error).work()


def watch_failure(call: Call, error: StoreError) -> None:
    """Mail the operator that the database cannot be used, once in seven days, and measure it; nothing is raised."""
    try:
        _measure(call, None, call.clock(), error.exit_code)
    except OSError as trouble:
        call.announce(f"metrics: {trouble}")
    try:
        mailed = tell_without_store(call, error)
    except (DigestError, OSError) as trouble:
        call.announce(f"alert: {trouble}")
    else:
        if mailed:
            call.announce(f"{MAILED}{mailed}")


@contextmanager
def watched_state(call: Call) -> Iterator[Store]:
    """Yield the store as `open_state` does; where the database cannot be opened, the operator hears of it.

    Raises:
        BusyError, StoreError: as `open_state`.
    """
    with ExitStack() as stack:
        try:
            store = stack.enter_context(open_state(call.settings, dry_run=call.dry_run))
        except StoreError as error:
            if not call.dry_run and not error.passing:
                watch_failure(call, error)
            raise
        yield store


class Watch:
    """The end of one run."""

    def __init__(self, call: Call, store: Store, outcome: Outcome, began: datetime, error: DigestError | None) -> None:
        self._call = call
        self._store = store
        self._outcome = outcome
        self._began = began
        self._error = error
        self._end = error or outcome.complaint
        self._told = list(_lines(self._end))

    def work(self) -> None:
        """Do all of it, each part whatever becomes of the others."""
        status = self._try("how it fares", self._look)
        if status:
            self._try("alert", lambda: self._alert(status))
            self._try("heartbeat", lambda: self._beat(status))
        self._try("record of the run", self._record)
        self._try("metrics", lambda: _measure(self._call, status, self._began, _code(self._end)))

    def _try(self, what: str, step: Callable[[], Made]) -> Made | None:
        try:
            return step()
        except (DigestError, OSError) as error:
            self._told.append(f"{what}: {error}")
            self._call.announce(f"{what}: {error}")
            return None

    def _look(self) -> Status:
        try:
            now, runs = self._call.clock(), self._store.runs()
            fresh = bool(runs) and runs[0].ended_at.date() == now.astimezone(UTC).date()
            deep = not fresh or isinstance(self._error, StoreError)  # all of it is read: once a day does
            return look_around(self._call.settings, self._store, now, deep=deep)
        except StoreError as error:
            watch_failure(self._call, error)
            raise

    def _alert(self, status: Status) -> None:
        call, zone = self._call, ZoneInfo(self._call.settings.timezone)
        language = language_of(call)
        found = with_causes(find_matters(status, zone), self._outcome, self._error)
        matters = [*found, *matters_of_run(self._outcome, self._error)]
        seen = {matter.key: matter.words(language) for matter in matters}
        since = {matter.key: matter.since for matter in matters if matter.since}
        try:
            mailed = tell_operator(call, self._store, still_standing(self._store.alerts(), status) | seen, since)
        except StoreError as error:  # it could be read and cannot be written
            watch_failure(call, error)
            raise
        if mailed:
            self._told.append(f"{MAILED}{mailed}")
            call.announce(f"{MAILED}{mailed}")

    def _beat(self, status: Status) -> None:
        if self._call.settings.monitoring.heartbeat and is_delivered(self._outcome, status):
            ask_heartbeat(self._call)

    def _record(self) -> None:
        self._store.record_run(Run(self._began, self._call.clock(), _code(self._end), tuple(self._told)))


def _measure(call: Call, status: Status | None, began: datetime, code: int) -> None:
    if path := call.settings.monitoring.textfile:
        write_metrics(path, status, RunFigures(began, call.clock(), code))


def _code(error: DigestError | None) -> int:
    return error.exit_code if error else 0


def _lines(error: DigestError | None) -> Sequence[str]:
    """What the record keeps of it; its hint is for who has the lines of the run before his eyes."""
    if error is None:
        return ()
    return (error.message, *(error.mistakes if isinstance(error, ConfigError) else ()))
