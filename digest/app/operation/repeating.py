"""What a timer's runs complained of lately: the same words are told once a day, and not by each of the 288 runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from digest.app.operation.records import write_record
from digest.places import name_beside

AGAIN = timedelta(hours=20)
"""Trouble that lasts is told again after so long: with the next morning's issue."""


def is_news(lines: Iterable[str], config: Path, data: Path, now: datetime) -> bool:
    """Return whether these lines, numbers aside, were not told lately; from then on they were.

    Moments, counts of tries and seconds change with each run and are no news.  Where nothing can be remembered, all is.
    """
    path, mark = _path(config, data), sha256(re.sub(r"\d+", "0", "\n".join(lines)).encode()).hexdigest()
    lately = {mark: told for mark, told in _read(path).items() if timedelta(0) <= now - told < AGAIN}
    if mark in lately:
        return False
    with suppress(OSError):
        write_record(path, {**lately, mark: now.astimezone(UTC)})
    return True


def _path(config: Path, data: Path) -> Path:
    return name_beside("told", config, data, ".json")


def _read(path: Path) -> dict[str, datetime]:
    try:
        found = {str(mark): datetime.fromisoformat(told) for mark, told in json.loads(path.read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}
    return {mark: told for mark, told in found.items() if told.tzinfo}
