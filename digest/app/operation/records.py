"""Small files of JSON beside the database, written at one stroke."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from digest.files import replace_bytes


def write_record(path: Path, record: object) -> None:
    """Write the file with mode 0600, and its folder with 0700 where there is none.  Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_bytes(path, json.dumps(record, ensure_ascii=False, default=_as_text).encode())


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
