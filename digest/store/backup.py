"""Backups of a SQLite file: taken while anybody is at work, checked, and put in place at one stroke.

Restoring brings the file back and tells the state that it was restored (`restored.py`): what happened since the backup
was made may have sent anything, so nothing of it is sent again on its own.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from digest.errors import StoreError
from digest.files import follow_links
from digest.store.database import open_store
from digest.store.engine import READING, make_engine_on
from digest.store.files import make_file, make_folder
from digest.store.migrations import check_version
from digest.store.restored import Unsure
from digest.store.trouble import explained

PATIENCE = 30.0
BESIDE = ("-wal", "-shm", "-journal")
_MAGIC = b"SQLite format 3\0"
_STAMP = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup by its name, with the moment that stands there."""

    path: Path
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Restored:
    """What restoring did: where the database of before is kept, if there was one, and what became unsure."""

    aside: Path | None
    unsure: Unsure


def dated_name(path: Path, now: datetime) -> str:
    """The name of a backup of the database `path` made now, by which it is found again: digest-20261122T010203Z.db."""
    return f"{path.stem}-{now.astimezone(UTC):{_STAMP}}Z.db"


def find_backups(folder: Path, path: Path) -> tuple[Backup, ...]:
    """The dated backups of the database `path` in a folder, the newest first; those of others are not its own."""
    dated = re.compile(re.escape(path.stem) + r"-(\d{8}T\d{6})Z\.db")
    with suppress(OSError):
        found = ((file, dated.fullmatch(file.name)) for file in folder.iterdir())
        named = [Backup(file, moment) for file, match in found if match and (moment := _moment(match[1]))]
        own = [backup for backup in named if backup.path.is_file() and not _differ(backup.path, path)]
        return tuple(sorted(own, key=lambda backup: backup.made_at, reverse=True))
    return ()


def _moment(stamp: str) -> datetime | None:
    with suppress(ValueError):  # a name like a date that is none
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    return None


def _differ(one: Path, other: Path) -> bool:
    """Whether two files are known to be of different databases: two never sign with one key.

    Files that cannot be read, and those of the versions before there were keys, are not known to be anything's.
    """
    keys = {_key_of(one), _key_of(other)} - {None}
    return len(keys) > 1


def _key_of(path: Path) -> bytes | None:
    """The key with which a database signs, read without a lock or a trace: it is written once, when it is made."""
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with suppress(sqlite3.Error), closing(sqlite3.connect(uri, uri=True)) as raw:
        found = raw.execute("SELECT value FROM keys WHERE name = 'signing'").fetchone()
        return found[0] if found else None
    return None


def drop_backups(folder: Path, keep: int, path: Path, made: Path | None = None) -> tuple[Path, ...]:
    """The dated backups of the database `path` that were removed, all but the newest `keep`; nothing else goes.

    The one just `made` is the newest, whatever moment others bear that were made by a wrong clock.
    """
    found = [backup.path for backup in find_backups(folder, path) if backup.path != made]
    older = found[max(1, keep) - bool(made) :]
    # while its own key cannot be read, none that has a key is known to be its own
    dropped = tuple(file for file in older if _key_of(file) in (None, _key_of(path)))
    for file in dropped:
        with _told(file, "cannot be removed"):
            file.unlink(missing_ok=True)
    return dropped


def back_up(path: Path, target: Path, *, force: bool = False) -> int:
    """The bytes of the backup of the database `path`, which is now in the file `target`, mode 0600, and sound.

    Raises StoreError where there is no database, it is damaged, or `target` is there already and not to be replaced.
    """
    if not path.is_file() or not path.stat().st_size:
        raise StoreError(f"there is no database {path} to back up", "the first digest run makes it")
    with _told(target, "cannot be written"):
        target = follow_links(target)
        if target.exists() and not target.is_file():
            raise OSError(errno.EINVAL, "it is no ordinary file")
    if target.exists() and not force:
        raise StoreError(f"{target} is there already", "choose another name, or replace it with --force")
    if target.exists() and target.samefile(path):
        raise StoreError(f"{target} is the database itself", "choose another name")
    with _aside(target) as part:
        _copy(path, part)
        check(part, path)
        _put(part, target)
    return target.stat().st_size


def check(path: Path, name: Path) -> None:
    """Raises StoreError where the file is not a sound database of digest that this program can read; it is unchanged.

    Messages call it `name`.
    """
    if not path.is_file():
        raise StoreError(f"there is no file {name}", "see the folder of the backups for those there are")
    if not _is_database(path):
        raise StoreError(
            f"{name} is no backup: it is not a database", "see the folder of the backups for those there are"
        )
    with explained(name), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as raw:
        engine = make_engine_on(raw)
        with engine.connect().execution_options(**READING) as connection:
            version = check_version(connection)
            damage = [str(line) for line in connection.exec_driver_sql("PRAGMA integrity_check").scalars()]
    if damage != ["ok"]:
        raise StoreError(f"{name} is damaged: {damage[0]}", "take an earlier backup")
    if not version:
        raise StoreError(f"{name} is empty", "take another backup")


def _is_database(path: Path) -> bool:
    """Whether the file begins as those of SQLite do; an empty one may become one."""
    with _told(path, "cannot be read"), path.open("rb") as file:
        return file.read(len(_MAGIC)) in (b"", _MAGIC)


def restore(
    path: Path, backup: Path, editions: Iterable[str], now: datetime, *, as_it_was: bool = False, force: bool = False
) -> Restored:
    """What restoring the database `path` from a backup did; the caller holds the run lock.

    The database of before is kept beside it as *.before-restore.  With `as_it_was` nothing was sent since the backup
    was made, and all goes on where it stood.  With `force` the backup may be of another database.

    Raises StoreError, and leaves the database as it is, where the backup is not sound, is of another database, or
    cannot be brought in.
    """
    check(backup, backup)
    if path.exists() and path.samefile(backup):
        raise StoreError(f"{backup} is the database itself", "choose a backup")
    if not force and path.exists() and _differ(path, backup):
        raise StoreError(
            f"{backup} is a backup of another database than {path}",
            "if it is the one you want, add --force: the database of now is kept beside it",
        )
    make_folder(path.parent)
    with _aside(path) as part:
        _copy(backup, part)
        with open_store(part) as store:  # brings it to this version
            unsure = Unsure() if as_it_was else store.mark_restored(editions, now)
        for suffix in BESIDE:
            part.with_name(part.name + suffix).unlink(missing_ok=True)
        aside = _keep_aside(path, now)
        _put(part, path)
    return Restored(aside, unsure)


def _copy(source: Path, target: Path) -> None:
    """SQLite's own copy of a database that others may be writing to, as one file without a log beside it."""
    with (
        explained(source),
        closing(sqlite3.connect(source, timeout=PATIENCE)) as opened,
        closing(sqlite3.connect(target)) as copied,
    ):
        opened.execute("PRAGMA query_only = ON")
        opened.backup(copied)  # all of it in one step: nobody's writing can make it begin anew
        copied.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def _aside(target: Path) -> Iterator[Path]:
    """A new file of mode 0600 beside `target`, which is gone afterwards unless it was put in its place."""
    make_folder(target.parent)
    part = target.with_name(f".digest-{os.getpid()}.part")
    with _told(target, "cannot be written"):
        part.unlink(missing_ok=True)
        make_file(part)
    try:
        yield part
    finally:
        for suffix in ("", *BESIDE):
            with suppress(OSError):
                part.with_name(part.name + suffix).unlink(missing_ok=True)


def _put(part: Path, target: Path) -> None:
    """Puts a finished file in its place, so that whoever looks finds the old one or the new one, also after a crash."""
    with _told(target, "cannot be written"):
        _sync(part, os.O_RDONLY)
        part.replace(target)
        with suppress(OSError):  # not every system opens folders
            _sync(target.parent, os.O_RDONLY)


def _sync(path: Path, flags: int) -> None:
    number = os.open(path, flags)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _keep_aside(path: Path, now: datetime) -> Path | None:
    """Where the database of before is kept with its log, which is no more beside `path`; None where there was none.

    What stands in a log is brought into its file first, if it can be: from then on the file alone is the whole state,
    until the restored one is put in its place.
    """
    if not path.exists():
        return None
    aside = _free_name(path, now)
    with _told(aside, "cannot be written"):
        for suffix in ("", "-wal", "-journal"):
            beside = path.with_name(path.name + suffix)
            if beside.exists():
                _link(beside, aside.with_name(aside.name + suffix))
        # afterwards: of a damaged database SQLite throws away the log
        with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=1)) as opened:
            opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for suffix in BESIDE:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    return aside


def _free_name(path: Path, now: datetime) -> Path:
    stem = f"{path.name}.{now.astimezone(UTC):{_STAMP}}Z"
    names = (
        path.with_name(f"{stem}{again}.before-restore") for again in chain([""], (f"-{number}" for number in count(2)))
    )
    return next(name for name in names if not name.exists())


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # a file system without links
        make_file(target)
        shutil.copyfile(source, target)


@contextmanager
def _told(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path} {what}: {error.strerror}", "check the disk and the permissions") from error
