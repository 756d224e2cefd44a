"""What others ask of the daemon by signals, heard while it sleeps."""

from __future__ import annotations

import queue
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Literal

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
    numbers = [getattr(signal, name) for name in _MEANING if hasattr(signal, name)]
    before = {number: signal.signal(number, bell.ring) for number in numbers}
    try:
        yield bell
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
