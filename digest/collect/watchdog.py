"""A thread that ends connections whose time is up.

A timeout of a socket counts from byte to byte, so a server that sends one byte every few seconds is never too slow for
it.  The watchdog counts from the beginning.  A connection that it ends looks like one that came to its end, so each
watch tells afterwards whether it was cut.
"""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from digest.collect.connecting import pull


class Watch:
    """One connection under watch until `deadline`; `cut` says that it was ended."""

    __slots__ = ("cut", "deadline", "leash")

    def __init__(self, leash: Callable[[], socket.socket | None], deadline: float) -> None:
        self.leash = leash
        self.deadline = deadline
        self.cut = False

    def end(self) -> None:
        """Ends the connection, if there is one by now."""
        self.cut = True
        leash = self.leash()
        if leash is not None:
            pull(leash)


class Watchdog:
    """Watches any number of connections with one thread, which starts with the first of them."""

    def __init__(self) -> None:
        self._watches: dict[int, Watch] = {}
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._wakes_at = float("inf")
        self._closed = False

    @contextmanager
    def watch(self, leash: Callable[[], socket.socket | None], deadline: float) -> Iterator[Watch]:
        """Watches the connection that `leash` gives, while the block runs."""
        made = Watch(leash, deadline)
        number = next(self._numbers)
        with self._changed:
            self._watches[number] = made
            made.cut = self._closed
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="watchdog")
                self._thread.start()
            elif deadline < self._wakes_at:
                self._changed.notify()
        try:
            yield made
        finally:
            with self._changed:
                del self._watches[number]

    def close(self) -> None:
        """Ends every connection under watch, and the thread."""
        with self._changed:
            self._closed = True
            for watch in self._watches.values():
                watch.end()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                for watch in self._watches.values():
                    if watch.deadline <= now:
                        # Again and again until its reader lets go: it may have had no connection the first time.
                        watch.end()
                        watch.deadline = now + 0.1
                self._wakes_at = min((watch.deadline for watch in self._watches.values()), default=now + 60.0)
                self._changed.wait(max(self._wakes_at - now, 0.001))
