"""Writing a file at one stroke."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)


def replace_bytes(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Put `data` in the place of a file, which gets that mode: who reads it finds the old one or the new one whole.

    A link stays a link, and the file stays its owner's where root writes it.  Where it fails nothing half-written is
    left behind, and the old file is as it was.

    Raises:
        OSError: it cannot be written, or is no ordinary file.
    """
    target = follow_links(path)
    before = target.stat() if target.exists() else None
    if before and not stat.S_ISREG(before.st_mode):
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    aside = target.with_name(f".digest-{os.getpid()}")
    aside.unlink(missing_ok=True)  # of a process that was killed
    try:
        # nobody else may read it before it has its mode, nor put a link in its way
        handle = os.open(aside, _NEW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if before:
            keep_owner(aside, before)
        aside.chmod(mode)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)  # it is there only where something failed


def follow_links(path: Path) -> Path:
    """Return the path that the links of a path lead to.  Raises OSError where one leads to itself."""
    try:
        return path.resolve()
    except RuntimeError:  # until Python 3.12
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from None


def keep_owner(path: Path, before: os.stat_result) -> None:
    """Give a new file the owner and the group of the one it comes from, where this user may."""
    if hasattr(os, "chown"):
        with suppress(PermissionError):
            os.chown(path, before.st_uid, before.st_gid)
