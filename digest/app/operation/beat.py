"""The daemon's sign of life: a small file that says what it is doing, for status and for a container's health check.

It is read and written without the configuration: asking costs next to nothing, also where digest.toml is broken.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from digest.app.operation.records import write_record
from digest.places import name_beside

State = Literal["starting", "sleeping", "running", "failing"]

STALE = timedelta(minutes=3)
"""The daemon renews its sign every minute; one that is silent for longer hangs, or its machine sleeps."""

LONGEST_RUN = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Beat:
    """What a daemon said last: its state since `changed`, what it does next, and how the last run ended.

    `next` is when it will run again and `code` the last run's exit code (negative: the signal that ended it), each None
    where there is none; `trouble` says what is wrong where the state is `failing`, `zone` is the configuration's.
    """

    pid: int
    since: datetime
    beat: datetime
    state: State
    changed: datetime
    next: datetime | None = None
    code: int | None = None
    trouble: str = ""
    zone: str = "UTC"

    @property
    def told_next(self) -> str:
        """When it will run again, by the clock of its configuration, which is named; empty where it is not known."""
        return f"{self.next.astimezone(ZoneInfo(self.zone)):%Y-%m-%d %H:%M} ({self.zone})" if self.next else ""


def beat_path(config: Path | str, data: Path) -> Path:
    """Return the file in which the daemon of a configuration says how it is."""
    return name_beside("daemon", config, data, ".json")


def read_beat(config: Path | str, data: Path) -> Beat | None:
    """Return what the daemon of a configuration said last; None where none ever ran, or it ended as it should."""
    try:
        raw = json.loads(beat_path(config, data).read_bytes())
        moments = {name: _moment(raw[name]) for name in ("since", "beat", "changed", "next")}
        if raw["state"] not in get_args(State) or None in (moments["since"], moments["beat"], moments["changed"]):
            return None
        known = {"pid": int(raw["pid"]), "state": raw["state"], "code": raw["code"], "trouble": str(raw["trouble"])}
        zone = ZoneInfo(raw.get("zone", "UTC")).key
        return Beat(**known, **moments, zone=zone)  # type: ignore[arg-type]  # each was looked at above
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_beat(beat: Beat, config: Path | str, data: Path) -> None:
    """Write the sign of life at one stroke, for nobody else to read."""
    write_record(beat_path(config, data), asdict(beat))


def clear_beat(config: Path | str, data: Path) -> None:
    """Take the sign away: the daemon ends as it should."""
    beat_path(config, data).unlink(missing_ok=True)


def judge_beat(beat: Beat | None, now: datetime) -> str:
    """Return what is wrong with a daemon, in a few words; nothing where it is well."""
    if beat is None:
        return "no daemon is running"
    if not _is_alive(beat.pid):
        return f"the daemon (process {beat.pid}) has died"
    if abs(now - beat.beat) > STALE:
        return f"the daemon (process {beat.pid}) says nothing since {beat.beat:%Y-%m-%d %H:%M} UTC"
    if beat.state == "running" and now - beat.changed > LONGEST_RUN:
        return f"a run has been at work since {beat.changed:%Y-%m-%d %H:%M} UTC"
    return beat.trouble or "the last run failed" if beat.state == "failing" else ""


def _moment(text: str | None) -> datetime | None:
    found = datetime.fromisoformat(text) if text else None
    if found is not None and found.tzinfo is None:
        raise ValueError("a moment without an offset")
    return found


def _is_alive(pid: int) -> bool:
    """Whether there is such a process (it may have been given to another program since: then the beat is old)."""
    if os.name == "nt":  # there a signal 0 is Ctrl-C, and no look; the age of the beat decides
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
