"""Workers that outlive their guard: a test that reads pages need not wait for a process that another has started.

They are the same processes with the same limits; what a guard does with its workers is tested without this.
"""

from __future__ import annotations

import atexit
import os
import queue
from collections import defaultdict
from contextlib import suppress

import pytest

from digest import guard
from digest.guard import Guard

_idle: defaultdict[object, list[guard._Worker]] = defaultdict(list)
_start = Guard._start


def keep_workers(patch: pytest.MonkeyPatch) -> None:
    """Let bare workers serve one guard after another, until this process ends."""
    patch.setattr(Guard, "_start", _take)
    patch.setattr(Guard, "close", _give_back)


def _take(self: Guard) -> guard._Worker:
    kept = _idle[_mark(self)] if self._bare else []
    while kept:
        worker = kept.pop()
        if worker.process.poll() is None:
            return worker
        guard._stop(worker)
    return _start(self)


def _give_back(self: Guard) -> None:
    for _ in range(self._count):
        with suppress(queue.Empty):
            worker = self._idle.get(timeout=self._seconds)
            if worker is not None and self._bare:
                _idle[_mark(self)].append(worker)
            else:
                guard._stop(worker)


def _mark(self: Guard) -> object:
    """What such a worker was started with."""
    inherited = {name: value for name, value in os.environ.items() if guard.HARMLESS.fullmatch(name)}
    return self._memory, self._warm, *sorted(inherited.items()), *self._environ.items()


@atexit.register
def _end() -> None:
    for kept in _idle.values():
        for worker in kept:
            guard._stop(worker)
