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
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and path.is_absolute() and "?" not in url:
        return path
    raise ConfigError(
        "[store] url must be sqlite:////absolute/path.db: database servers and options are not built yet",
        'write path = "digest.db" instead',
    )
