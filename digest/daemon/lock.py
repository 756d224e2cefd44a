"""One daemon at a time for a configuration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from digest.app.operation.beat import read_beat
from digest.errors import BusyError
from digest.places import name_beside
from digest.store import run_lock


@contextmanager
def only_daemon(config: Path, data: Path) -> Iterator[None]:
    """Hold the right to be the daemon of a configuration; a crash lets go of it.

    Raises:
        BusyError: there is one.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(run_lock(name_beside("daemon", config, data, "")))
        except BusyError:
            other = read_beat(config, data)
            named = f", process {other.pid}" if other else ""
            raise BusyError(
                f"the daemon of {config} is running already{named}", "digest daemon --check says how it is"
            ) from None
        yield
