"""What others ask of the daemon by signals, heard while it sleeps."""

from __future__ import annotations

import queue
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Literal

from digest.signals import heard_by

Asked = Literal["end", "reload"]

_MEANING: dict[str, Asked] = {"SIGTERM": "end", "SIGINT": "end", "SIGHUP": "reload"}


class Bell:
    """Rings when a signal comes.  (Not threading.Event: to set one in a signal handler can wait for itself.)"""

    def __init__(self) -> None:
        self._asked: queue.SimpleQueue[Asked] = queue.SimpleQueue()

    def ring(self, number: int, _frame: FrameType | None) -> None:
        """Take a signal."""
        self._asked.put(_MEANING[signal.Signals(number).name])

    def wait(self, seconds: float) -> Asked | None:
        """Return what is asked, as soon as it is, or None after so many seconds."""
        try:
            return self._asked.get(timeout=max(seconds, 0))
        except queue.Empty:
            return None


@contextmanager
def listening() -> Iterator[Bell]:
    """Yield the bell, which rings until the block ends."""
    bell = Bell()
    with heard_by(bell.ring, ignored=True):
        yield bell
