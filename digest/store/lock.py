"""One run at a time: a lock that the system or the server drops when the process dies, however it dies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from digest.errors import BusyError, StoreError
from digest.store.files import make_folder
from digest.store.places import Place
from digest.store.server import server_lock


@contextmanager
def run_lock(place: Place) -> Iterator[Callable[[], None]]:
    """The right to run on a database, held inside the block; BusyError at once where another has it.

    What is yielded raises StoreError once the right is lost, as it is with the connection to a server.  Of a file the
    lock is one beside it, `<name>.lock`, mode 0600; it stays there, only the lock on it goes.
    """
    with _file_lock(place) if isinstance(place, Path) else server_lock(place) as check:
        yield check


@contextmanager
def _file_lock(path: Path) -> Iterator[Callable[[], None]]:
    make_folder(path.parent)
    lock = FileLock(path.with_name(path.name + ".lock"), timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError("another digest is running", "it is safe to try again in a few minutes") from None
    except OSError as error:
        raise StoreError(
            f"the lock {lock.lock_file} cannot be made: {error.strerror}", "check the permissions of its folder"
        ) from error
    try:
        yield lambda: None
    finally:
        lock.release()
