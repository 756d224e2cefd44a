"""What the operator was told while the database could not be used: a small file in the data folder remembers it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from digest.app.call import Call
from digest.app.operation.records import write_record
from digest.places import name_beside
from digest.store import Alert


def read(call: Call) -> Alert | None:
    """Return what was told last; None where all was well since, or nothing can be read."""
    try:
        raw = json.loads(_path(call).read_bytes())
        since, told_at = (datetime.fromisoformat(raw[name]) for name in ("since", "told_at"))
        return Alert(str(raw["matter"]), str(raw["words"]), since, told_at) if since.tzinfo and told_at.tzinfo else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(call: Call, alert: Alert) -> None:
    """Remember it.

    Raises:
        OSError: the folder cannot be written.
    """
    told = {"matter": alert.matter, "words": alert.words, "since": alert.since, "told_at": alert.told_at}
    write_record(_path(call), told)


def clear(call: Call) -> None:
    """Forget it: the database is well again, and the operator knows."""
    _path(call).unlink(missing_ok=True)


def _path(call: Call) -> Path:
    return name_beside("alert", call.origin, call.settings.store.folder, ".json")
