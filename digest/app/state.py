"""The state of a run: the store under the run lock, or a copy of it for a dry run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digest.config import Settings
from digest.errors import ConfigError
from digest.store import Store, copy_for_dry_run, open_store, run_lock


@contextmanager
def open_state(settings: Settings, *, dry_run: bool = False) -> Iterator[Store]:
    """Yield the store: the real one, held against other runs, or for a dry run a copy that is thrown away.

    Raises:
        BusyError: another run is at work.
        StoreError: the database cannot be used.
    """
    path = database_path(settings)
    if dry_run:
        with copy_for_dry_run(path) as store:
            yield store
        return
    with run_lock(path), open_store(path) as store:
        yield store


def database_path(settings: Settings) -> Path:
    """Return the file of the store.

    Raises:
        ConfigError: the store is a database server, which this version cannot use.
    """
    if settings.store.path is not None:
        return settings.store.path
    url = settings.store.url or ""
    if url.startswith("sqlite:///"):
        return Path(url.removeprefix("sqlite:///"))
    raise ConfigError("[store] url names a database server, which is not built yet", 'write path = "digest.db" instead')
