"""Ending a run that mails when somebody asks: after the mail in hand, or at once when asked twice."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from digest.signals import heard_by

ONE_PRESS = 1.0
"""Seconds.  One Ctrl-C, or one systemctl stop, may come by two ways at nearly the same time."""

_WORDS = b"\nending after the mail in hand; once more ends at once\n"


class Stopping:
    """Whether this run is asked to end: call it.

    The second signal ends the process as that signal does by itself, so that who waits for it sees 130 or 143; the
    outbox then holds what any kill leaves behind, and the next run decides about it.
    """

    def __init__(self) -> None:
        self._asked_at: float | None = None

    def __call__(self) -> bool:
        return self._asked_at is not None

    def hear(self, number: int, _frame: FrameType | None) -> None:
        """Take a signal."""
        now = time.monotonic()
        if self._asked_at is None:
            self._asked_at = now
            if sys.__stderr__ is not None and sys.__stderr__.isatty():
                os.write(2, _WORDS)  # print may be at work at this very moment
        elif now - self._asked_at >= ONE_PRESS:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)


@contextmanager
def stop_when_asked() -> Iterator[Stopping]:
    """Yield what says that this run is asked to end; signals that are ignored (nohup) stay so."""
    stopping = Stopping()
    with heard_by(stopping.hear, ignored=False):
        yield stopping
