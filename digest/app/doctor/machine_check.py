"""What digest doctor says of the machine it stands on: versions, modes of files, the clock."""

from __future__ import annotations

import platform
import stat
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.app.doctor.finding import Finding
from digest.app.state import data_folder, database_path
from digest.config import Settings
from digest.errors import DigestError

OTHERS_READ, OTHERS_WRITE = stat.S_IROTH | stat.S_IRGRP, stat.S_IWOTH | stat.S_IWGRP
LIBRARIES = ("chinesecalendar", "holidays", "jieba", "networkx", "yagmail", "SQLAlchemy")


def examine_versions() -> Finding:
    """Return which digest this is, on which Python, with which libraries."""
    found = ", ".join(f"{name} {release}" for name in LIBRARIES if (release := _release(name)))
    digest = _release("textrank-digest") or "of a checkout"
    return Finding("python", "ok", f"digest {digest} on Python {platform.python_version()}, {sys.platform}; {found}")


def _release(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def examine_files(settings: Settings, origin: str) -> Iterator[Finding]:
    """Yield what others on this machine may do with the configuration and the data."""
    if origin:
        seen = _loose(Path(origin), OTHERS_WRITE)
        remedy = f"chmod go-w {origin}"
        yield Finding("configuration", "warn" if seen else "ok", seen or f"{origin} is yours alone to change", remedy)
    try:
        folder, database = data_folder(settings), database_path(settings)
    except DigestError:
        return  # the finding of the store says it
    loose = {folder: _loose(folder, OTHERS_WRITE)}
    if database is not None:
        loose[database] = _loose(database, OTHERS_READ | OTHERS_WRITE)
    for path, seen in loose.items():
        if seen:
            mode = "go-w" if path == folder else "600"
            yield Finding("data", "warn", seen, f"chmod {mode} {path}")
    if not any(loose.values()):
        yield Finding("data", "ok", f"{folder}: nobody else may change it")


def _loose(path: Path, modes: int) -> str:
    """What others may do, which they should not; nothing where there is no such file yet."""
    try:
        mode = path.stat().st_mode & modes
    except OSError:
        return ""
    may = "write to" if mode & OTHERS_WRITE else "read"
    return f"others on this machine may {may} {path}" if mode else ""


def examine_clock(settings: Settings, now: datetime) -> Finding:
    """Return which clock the schedules go by, and whether the machine's shows another time."""
    here = now.astimezone()
    there = now.astimezone(ZoneInfo(settings.timezone))
    seen = f"schedules go by {settings.timezone}, where it is {there:%Y-%m-%d %H:%M}"
    if here.utcoffset() != there.utcoffset():
        seen += f"; this machine's own clock shows {here:%H:%M} ({_offset(here)}), which changes nothing"
    return Finding("clock", "ok", seen)


def _offset(moment: datetime) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds() // 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
