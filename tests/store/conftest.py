"""A store in a real file, closed after the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.store import Store, open_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is to be; neither it nor its folder is there yet."""
    return tmp_path / "data" / "digest.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An open store."""
    with open_store(path, patience=0.2) as opened:
        yield opened
