"""The record of a run that left nothing to do: until when the next ones need not look.

`digest run` is called every five minutes, and reading the configuration and opening the database costs a second of
work each time.  So a run that leaves nothing waiting writes down when there will be something to do, and everything
that rests on: the files of the configuration, the environment, the database.  Whatever changes any of them voids it,
and so does the clock where it shows a time before the record was made.  `find_idle` imports none of the program.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import digest
from digest.app.grounds import Grounds, Stamp, digest_of, stamp_of
from digest.app.operation.records import write_record
from digest.places import name_beside

if TYPE_CHECKING:
    from digest.app.call import Call
    from digest.app.outcome import Outcome
    from digest.store import Store

LONGEST = timedelta(days=1)
"""A record is good for a day at most: the calendars and time zones it was made with may be renewed."""


def remember_due(call: Call, store: Store, outcome: Outcome) -> None:
    """Write down when there will be something to do, where this run left nothing to do until then.

    The caller still holds the run lock, and changes nothing afterwards.  It never fails: without a record the next run
    looks for itself, as it does after a dry run, beside a database server, and where the run was for one edition only.
    """
    from digest.errors import DigestError

    if call.grounds is None or call.dry_run:
        return
    with suppress(OSError, DigestError):
        record = _make_record(call, store, outcome, call.grounds)
        if record is not None:
            write_record(_path(call.grounds.config, call.grounds.data), record)


def find_idle(config: Path, data: Path, environ: Mapping[str, str], now: datetime) -> list[str] | None:
    """Return what a run that finds nothing to do would say; None where a run has to look for itself.

    A moment without an offset is meant by the clock of the configured time zone.
    """
    try:
        config = config.absolute()
        record = json.loads(_path(config, data).read_bytes())
        grounds = record["grounds"]
        now = now if now.tzinfo else now.replace(tzinfo=ZoneInfo(record["zone"]))
        is_good = (
            datetime.fromisoformat(record["written"]) <= now < datetime.fromisoformat(record["until"])
            and (grounds["version"], grounds["environment"]) == (digest.__version__, digest_of(environ))
            and (grounds["config"], grounds["data"]) == (str(config), str(data.absolute()))
            and record["database"] == stamp_database(Path(record["store"]))
            and all(stamp == stamp_of(Path(path)) for path, stamp in grounds["files"].items())
        )
        return [str(line) for line in record["lines"]] if is_good else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None  # there is none, or it is broken


def stamp_database(path: Path) -> Stamp:
    """Return what changes with every write to a database; nothing where there is no such file."""
    log = stamp_of(path.with_name(path.name + "-wal"))
    # an empty log is none: who only reads makes it and takes it away again
    return stamp_of(path) + (log if log[2:3] != [0] else [])


def _make_record(call: Call, store: Store, outcome: Outcome, grounds: Grounds) -> dict[str, Any] | None:
    from digest.app.operation.upcoming import find_upcoming, tell_next
    from digest.app.state import database_path

    path = database_path(call.settings)
    if path is None or not grounds.files:
        return None
    outcome.check()  # raises where the exit code would tell anything
    store.fold()
    database = stamp_database(path)  # before it is asked: who writes from here on voids the record
    now = call.clock()
    until = min((*find_upcoming(call.settings, store, now).moments, now.astimezone(UTC) + LONGEST))
    if until <= now or not database or _is_untidy(call, store):
        return None
    lines = [tell_next(call.settings, edition, now) for edition in call.settings.editions()]
    return {
        "written": now.astimezone(UTC),
        "until": until,
        "zone": call.settings.timezone,
        "lines": lines,
        "store": str(path),
        "database": database,
        "grounds": asdict(grounds),
    }


def _is_untidy(call: Call, store: Store) -> bool:
    """Whether something waits for a person, or is to be said again by every run."""
    named = {edition.name for edition in call.settings.editions()}
    if any(draft.edition in named for draft in store.drafts()):
        return True
    if call.settings.monitoring.operator and any(alert.told_at is None for alert in store.alerts()):
        return True
    return any(_was_made_elsewhere(call, store, name) for name in named)


def _was_made_elsewhere(call: Call, store: Store, edition: str) -> bool:
    """Whether the last issue came from another configuration, which every run warns of."""
    last = store.latest_slot(edition)
    made = store.find_issue(edition, last) if last else None
    other = str(made.manifest.get("configuration") or "") if made else ""
    return bool(other and call.origin and other != call.origin)


def _path(config: Path | str, data: Path | str) -> Path:
    return name_beside("idle", config, Path(data), ".json")
