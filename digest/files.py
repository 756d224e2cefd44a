"""Writing a file at one stroke."""

from __future__ import annotations

import os
from pathlib import Path

_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)


def replace_bytes(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Put `data` in the place of a file, which gets that mode: who reads it finds the old one or the new one whole.

    A link stays a link.  Where it fails nothing half-written is left behind, and the old file is as it was.

    Raises:
        OSError: it cannot be written.
    """
    target = path.resolve()
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)  # of a process that was killed
    try:
        # nobody else may read it before it has its mode, nor put a link in its way
        handle = os.open(aside, _NEW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.chmod(mode)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)  # it is there only where something failed
