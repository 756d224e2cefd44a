"""Folders that no program can read, not even one that runs as root."""

from __future__ import annotations

import os
from pathlib import Path


def make_deep_folder(folder: Path) -> None:
    """Make a folder whose path is longer than any system opens."""
    handle = os.open(folder, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("深" * 80, dir_fd=handle)
        inner = os.open("深" * 80, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    os.close(handle)
