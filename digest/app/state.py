"""The state of a run: the store under the run lock, or a copy of it for a dry run; and where it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digest.config import Settings
from digest.errors import ConfigError
from digest.files import follow_links
from digest.store import SCHEMES, Place, Store, copy_for_dry_run, open_store, run_lock

FILE = "sqlite:///"


@contextmanager
def open_state(settings: Settings, *, dry_run: bool = False) -> Iterator[Store]:
    """Yield the store: the real one, held against other runs, or for a dry run a copy that is thrown away.

    Raises:
        BusyError: another run is at work.
        StoreError: the database cannot be used.
    """
    place = place_of(settings)
    if dry_run:
        with copy_for_dry_run(place) as store:
            yield store
        return
    with run_lock(place) as check, open_store(place) as store:
        store.guard = check
        yield store


def place_of(settings: Settings) -> Place:
    """Return where the database is: the path of a file, or the URL of a database on a server.

    Raises:
        ConfigError: the URL is of neither, or the path a link that leads to itself.
    """
    if settings.store.path is not None:
        try:
            return follow_links(settings.store.path)  # SQLite keeps its log beside the file itself
        except OSError as error:
            raise ConfigError(f"{settings.store.path}: {error.strerror}", "mend the link") from error
    url = settings.store.url or ""
    if url.partition(":")[0] in SCHEMES:
        return url
    path = Path(url.removeprefix(FILE))
    if url.startswith(FILE) and path.is_absolute() and "?" not in url:
        return path
    raise ConfigError(
        "[store] url must be postgresql://user@host/database or sqlite:////absolute/path.db",
        'write path = "digest.db" for a file in the data directory',
    )


def database_path(settings: Settings) -> Path | None:
    """Return the file of the database, or None where it is on a server.

    Raises:
        ConfigError: as `place_of`.
    """
    place = place_of(settings)
    return place if isinstance(place, Path) else None


def data_folder(settings: Settings) -> Path:
    """Return the folder of what is kept beside the database: its own, or the data directory where it is on a server.

    Raises:
        ConfigError: as `place_of`.
    """
    path = database_path(settings)
    return path.parent if path else settings.store.folder


def has_database(settings: Settings) -> bool:
    """Return whether there is something to open: a database on a server is there, or opening it says why not.

    Raises:
        ConfigError: as `place_of`.
    """
    path = database_path(settings)
    return path is None or path.exists()
