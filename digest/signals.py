"""Hearing the signals that ask a process to end or to read its configuration again."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

Handler = Callable[[int, FrameType | None], None]

ASKING = ("SIGTERM", "SIGINT", "SIGHUP")
"""The signals that ask for something; not every system has each of them."""


@contextmanager
def heard_by(handler: Handler, *, ignored: bool) -> Iterator[None]:
    """A block in which `handler` takes them; with `ignored` also those that are ignored (nohup).

    In a thread that is not the main one nothing changes: Python hears signals there only.
    """
    main = threading.current_thread() is threading.main_thread()
    numbers = [getattr(signal, name) for name in ASKING if main and hasattr(signal, name)]
    taken = [number for number in numbers if ignored or signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in taken}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)
