"""Small files of JSON beside the database, written at one stroke."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path


def write_record(path: Path, record: object) -> None:
    """Write the file with mode 0600; who reads it finds the old one or the new one whole.  Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            json.dump(record, file, ensure_ascii=False, default=_as_text)
        aside.replace(path)
    except OSError:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
