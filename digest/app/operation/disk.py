"""How much room there is for the data."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from digest.app.state import data_folder, database_path
from digest.config import Settings
from digest.errors import ConfigError

LITTLE = 200 << 20
"""Bytes of free space below which a disk is nearly full: a database of a year takes about as much."""


@dataclass(frozen=True, slots=True)
class DiskStatus:
    """Bytes: what is free in the folder of the data, and what the database takes; None where it is on a server."""

    folder: Path
    free: int
    size: int | None

    @property
    def low(self) -> bool:
        """Whether it is nearly full: a copy of the database is to find room, too."""
        return self.free < max(LITTLE, self.size or 0)


def measure_disk(settings: Settings) -> DiskStatus | None:
    """Return how much room there is for the data; None where nothing can be seen."""
    try:
        place, path = data_folder(settings), database_path(settings)
        folder = next(folder for folder in (place, *place.parents) if folder.is_dir())
        size = path.stat().st_size if path and path.exists() else None
        return DiskStatus(folder, shutil.disk_usage(folder).free, size)
    except (ConfigError, OSError, StopIteration):
        return None


def show_size(size: int) -> str:
    """Return a number of bytes as a person reads it: 512 B, 3.4 MB."""
    amount, unit = float(size), "B"
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if amount < 1000 or unit == "TB":
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
