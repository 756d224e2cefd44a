"""What digest doctor says of the disk, the backups and what is let go of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from digest.app.doctor.finding import Finding
from digest.app.operation.disk import DiskStatus, measure_disk, show_size
from digest.app.operation.keeping import backup_folder
from digest.app.state import database_path
from digest.config import Settings
from digest.store import find_backups

OLD = timedelta(days=30)
"""The age at which the last backup is called old: what was sent since would be unknown after restoring it."""


def examine_keeping(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield what there is to say of the disk, the size of the database and its backups."""
    if disk := measure_disk(settings):
        yield _examine_disk(disk)
    if (path := database_path(settings)) and path.exists():
        yield _examine_backups(backup_folder(settings), path, now)
    yield Finding("retention", "ok", f"what is older than {settings.store.retention} days is let go of, once a day")


def _examine_disk(disk: DiskStatus) -> Finding:
    taken = f"; the database takes {show_size(disk.size)}" if disk.size else ""
    seen = f"{show_size(disk.free)} free at {disk.folder}{taken}"
    if disk.low:
        return Finding("disk", "warn", seen, "free some space: a full disk stops the next run, and loses nothing")
    return Finding("disk", "ok", seen)


def _examine_backups(folder: Path, path: Path, now: datetime) -> Finding:
    found = find_backups(folder, path)
    if not found:
        return Finding("backup", "warn", f"none in {folder}", "digest backup --keep 7, every day by cron or a timer")
    days = max(0, (now - found[0].made_at).days)
    seen = f"{len(found)} in {folder}, the last one {days} days old"
    if now - found[0].made_at > OLD:
        return Finding("backup", "warn", seen, "digest backup --keep 7, every day by cron or a timer")
    return Finding("backup", "ok", seen)
