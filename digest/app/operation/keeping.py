"""Keeping the state over the years: backups, and letting go of what is old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.app.state import data_folder, database_path, open_state
from digest.config import Settings
from digest.errors import StoreError, UsageError
from digest.store import (
    Purged,
    Restored,
    Store,
    back_up,
    dated_name,
    drop_backups,
    restore,
    run_lock,
)

FOLDER = "backups"


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was made: where, how large it is in bytes, and which older ones were removed for it."""

    path: Path
    size: int
    dropped: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Cleared:
    """What a purge let go of, from before which moment, and the bytes the file gave back to the disk.

    `problem` says why nothing went, where the database did not let it.
    """

    before: datetime
    purged: Purged
    given_back: int = 0
    problem: str = ""

    @property
    def told(self) -> str:
        """One line of what went, or of the problem; nothing where nothing went."""
        if self.problem:
            return f"what is old could not be let go of: {self.problem}"
        return ", ".join(f"{count} {name}" for name, count in self.purged.counts() if count)


# ------------------------------------------------------------------------------------------------------------ backups


def make_backup(
    settings: Settings, place: Path | None, now: datetime, *, force: bool = False, keep: int = 0
) -> BackedUp:
    """Back up the database into a file, a folder or the folder of backups; with `keep` only so many dated ones stay.

    It may be done while a run is at work.

    Raises:
        UsageError: `place` is a folder that is not there, or `keep` is given and `place` is no folder; or the database
            is on a server.
        StoreError: there is no database, it is damaged, or the file cannot be written or is there already.
    """
    path = _require_file(settings)
    whole = place or backup_folder(settings)
    dated = place is None or whole.is_dir()
    if not dated:
        _require_target(whole, keep)
    target = whole / dated_name(path, now) if dated else whole
    size = back_up(path, target, force=force)
    return BackedUp(target, size, drop_backups(target.parent, keep, path, target) if keep else ())


def _require_target(place: Path, keep: int) -> None:
    """Raises UsageError where a folder was probably meant: one that is not there is not made, it may be a lost disk."""
    if place.exists() and keep:
        raise UsageError(f"--keep counts the dated backups of a folder, and {place} is a file", "name its folder")
    if keep or not (place.exists() or place.suffix):
        raise UsageError(
            f"there is no folder {place}", "make it, or connect its disk; a single file is named with its ending: x.db"
        )
    if not place.parent.is_dir():
        raise UsageError(f"there is no folder {place.parent}", "make it, or connect its disk")


def restore_backup(
    settings: Settings, backup: Path, now: datetime, *, as_it_was: bool = False, force: bool = False
) -> Restored:
    """Put a backup in the place of the database; what happened since it was made is not repeated.

    With `as_it_was` nothing was sent since, and all goes on where it stood; with `force` it may be another database's.

    Raises:
        UsageError: the database is on a server.
        BusyError: a run is at work.
        StoreError: the backup is not sound, is another database's, or cannot be brought in; nothing was changed.
    """
    path = _require_file(settings)
    names = [edition.name for edition in settings.editions()]
    with run_lock(path):
        return restore(path, backup, names, now, as_it_was=as_it_was, force=force)


def backup_folder(settings: Settings) -> Path:
    """Return the folder in which backups are kept, beside the database."""
    return data_folder(settings) / FOLDER


def _require_file(settings: Settings) -> Path:
    path = database_path(settings)
    if path is None:
        raise UsageError(
            "the database is on a server, which keeps its own backups",
            "pg_dump --format=custom --file=digest.dump DATABASE; pg_restore --clean brings it back",
        )
    return path


# ---------------------------------------------------------------------------------------------------------- retention


def purge_state(settings: Settings, now: datetime, days: int | None = None, *, dry_run: bool = False) -> Cleared:
    """Let go of what is older than so many days, or than [store] retention says; a dry run only counts it.

    Raises:
        BusyError: a run is at work.
        StoreError: the database cannot be used.
    """
    with open_state(settings, dry_run=dry_run) as store:
        return _clear(store, days or settings.store.retention, now)


TRUSTED = timedelta(days=30)
"""A clock that is further ahead of the last run may be wrong."""


def purge_when_due(store: Store, settings: Settings, now: datetime) -> Cleared | None:
    """Let go of what is older than [store] retention, in the first run of a day that had something to do; else None.

    To be called where a run ends, before it is recorded.  It raises nothing: the run has done its work.  Where the
    last run lies long back, the clock may be wrong, and only what is old by that run is let go of.
    """
    try:
        if _ran_before(store, now):
            return None
        last = store.runs()
        return _clear(store, settings.store.retention, min(now, last[0].ended_at + TRUSTED) if last else now)
    except StoreError as error:
        return Cleared(now, Purged(), problem=str(error))


def _ran_before(store: Store, now: datetime) -> bool:
    """Whether a run has come to its end today, in UTC."""
    today = now.astimezone(UTC).date()
    return any(run.started_at.astimezone(UTC).date() == today for run in store.runs(most=3))


def _clear(store: Store, days: int, now: datetime) -> Cleared:
    before = now - timedelta(days=days)
    purged = store.purge(before, now)
    return Cleared(before, purged, store.give_back() if purged else 0)
