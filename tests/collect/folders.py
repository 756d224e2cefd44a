"""Folders too deep for a program to walk, or even to open, though it runs as root."""

from __future__ import annotations

import os
from pathlib import Path


def make_deep_folder(folder: Path, name: str = "深" * 80, depth: int = 20) -> None:
    """Make folders inside each other; as it stands, their path is longer than any system opens."""
    handle = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=handle)
        inner = os.open(name, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    os.close(handle)
