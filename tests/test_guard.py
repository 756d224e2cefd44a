"""The guard: hostile work ends within its limits, and nobody else notices."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from digest.errors import FetchError
from digest.guard import Guard, GuardError

pytestmark = pytest.mark.workers


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    """Two workers with tight limits."""
    with Guard(2, seconds=2.0, memory=400_000_000) as made:
        yield made


def double(number: int) -> int:
    """Twice the number."""
    return 2 * number


def sleep(seconds: float) -> None:
    """Take that long."""
    time.sleep(seconds)


def fill(size: int) -> int:
    """Take that much memory."""
    return len(bytearray(size))


def end() -> None:
    """End the process, as a fault in a C library does."""
    os.abort()


def recurse(depth: int) -> int:
    """Call itself without end."""
    return recurse(depth + 1)


def complain() -> None:
    """Raise an error of ours that carries more than its text."""
    raise FetchError("gone", "look elsewhere", status=410)


def stumble() -> None:
    """Raise what a parser raises that did not expect this."""
    raise KeyError("items")


def where() -> int:
    """The process this runs in."""
    return os.getpid()


def test_a_call_comes_back_from_another_process(guard: Guard) -> None:
    """The result is the function's, the process is not ours."""
    assert guard.call(double, 21) == 42
    assert guard.call(where) != os.getpid()


def test_what_takes_too_long_is_given_up(guard: Guard) -> None:
    """The wall clock ends it, in words, and the next call is answered."""
    before = time.monotonic()
    with pytest.raises(GuardError, match="longer than 2 s"):
        guard.call(sleep, 60)
    assert time.monotonic() - before < 30
    assert guard.call(double, 1) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_what_takes_too_much_memory_is_given_up(guard: Guard) -> None:
    """A gigabyte is refused, and the next call is answered."""
    with pytest.raises(GuardError, match="memory"):
        guard.call(fill, 1_000_000_000)
    assert guard.call(double, 2) == 4


def test_a_worker_that_dies_is_replaced(guard: Guard) -> None:
    """A crash in a C library is one failure, not the end of the run."""
    for _ in range(3):
        with pytest.raises(GuardError, match="broke the process"):
            guard.call(end)
    assert guard.call(double, 3) == 6


def test_a_fault_of_a_parser_is_a_failure_of_its_input(guard: Guard) -> None:
    """Endless recursion and unexpected errors come back in words; our own errors come back whole."""
    with pytest.raises(GuardError, match="nested too deeply"):
        guard.call(recurse, 0)
    with pytest.raises(GuardError, match="KeyError"):
        guard.call(stumble)
    with pytest.raises(FetchError) as caught:
        guard.call(complain)
    assert (caught.value.status, caught.value.gone, caught.value.hint) == (410, True, "look elsewhere")


def test_threads_share_the_workers(guard: Guard) -> None:
    """Many threads are served by two processes, each with its own answer, hangs among them."""
    with ThreadPoolExecutor(8) as threads:
        hanging = threads.submit(guard.call, sleep, 60)
        answers = list(threads.map(lambda n: guard.call(double, n), range(50)))
        processes = set(threads.map(lambda _: guard.call(where), range(20)))
    assert answers == [2 * n for n in range(50)]
    assert len(processes) <= 2
    assert isinstance(hanging.exception(), GuardError)
