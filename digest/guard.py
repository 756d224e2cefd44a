"""A child process with limits of time and memory, for parsers of hostile input.

    with Guard(workers=2) as guard:
        reading = guard.call(read_document, document)

A worker that takes too long or too much memory is killed and replaced: whoever called gets a GuardError, and nobody
else notices.  Several threads may call at once; there are as many calls under way as there are workers.
"""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

from digest.errors import DigestError, FormatError

Given = ParamSpec("Given")
Result = TypeVar("Result")

SECONDS = 20.0
"""How long one call may take."""

MEMORY = 1_500_000_000
"""How many bytes of address space a worker may have, where the system can limit it (Linux)."""

CALLS = 1_000
"""After so many calls a worker is replaced: what a parser's caches hold is given back."""

START = 60.0
"""How long a worker may take to come up on a loaded machine."""

HARMLESS = re.compile(r"PATH|(?:DY)?LD_\w+|LANG|LC_\w+|TZ|TMPDIR|PYTHON\w+")
"""The variables that a bare worker keeps: what a program needs to start, and no secret."""

HINT = "look at it in a browser; it may be broken, or built to do harm"


class GuardError(FormatError):
    """A parser took too long, too much memory, or broke down."""


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    pipe: Connection
    calls: int = 0


class Guard:
    """Up to `workers` processes that call functions; they start when first needed."""

    def __init__(
        self,
        workers: int | None = None,
        *,
        seconds: float = SECONDS,
        memory: int = MEMORY,
        warm: str = "",
        environ: Mapping[str, str] = MappingProxyType({}),
        bare: bool = False,
    ) -> None:
        """Give the number of workers (as many as processors by default), and a module they load when they start.

        `environ` is added to their environment, which is ours; where they are `bare`, only what is `HARMLESS` of it.
        """
        self._seconds = seconds
        self._memory = memory
        self._warm = warm
        self._environ = environ
        self._bare = bare
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        self._count = workers or len(_processors())
        for _ in range(self._count):
            self._idle.put(None)

    def __enter__(self) -> Guard:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, function: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
        """Return what `function`, which must be importable, returns; waits while every worker is busy.

        Raises:
            GuardError: it took too long or too much memory, or its process ended.
            DigestError: as the function raises it.
        """
        worker = self._idle.get()
        kept = None
        try:
            worker = worker or self._start()
            done, answer = self._ask(worker, (function, args, kwargs))
            worker.calls += 1
            kept = None if worker.calls >= CALLS or isinstance(answer, GuardError) else worker
        finally:
            if kept is None:
                _stop(worker)
            self._idle.put(kept)
        if done:
            return answer  # type: ignore[no-any-return]  # what came through the pipe is what the function returned
        raise answer

    def close(self) -> None:
        """End every worker."""
        for _ in range(self._count):
            with suppress(queue.Empty):
                _stop(self._idle.get(timeout=self._seconds))

    def _start(self) -> _Worker:
        ours, theirs = Pipe()
        # not multiprocessing's own start, which imports the caller's script a second time
        told = (sys.path, theirs.fileno(), self._memory, self._warm)
        inherited = {name: value for name, value in os.environ.items() if not self._bare or HARMLESS.fullmatch(name)}
        code = f"import sys; sys.path[:] = {told[0]!r}; from digest.guard import serve; serve{told[1:]!r}"
        with theirs:
            process = subprocess.Popen(  # noqa: S603  this very interpreter
                [sys.executable, "-P", "-c", code],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**inherited, **self._environ},
            )
        worker = _Worker(process, ours)
        try:
            started = ours.poll(START) and ours.recv()
        except EOFError:
            started = False
        if not started:
            _stop(worker)
            raise GuardError("a process to read it in does not start", "the machine may be out of memory; try again")
        return worker

    def _ask(self, worker: _Worker, task: tuple[Any, ...]) -> tuple[bool, Any]:
        try:
            worker.pipe.send(task)
            if not worker.pipe.poll(self._seconds):
                raise GuardError(f"reading it took longer than {self._seconds:g} s, so it was given up", HINT)
            return worker.pipe.recv()  # type: ignore[no-any-return]  # a pair, sent by _work
        except (EOFError, OSError) as error:
            raise GuardError("reading it broke the process that read it, so it was given up", HINT) from error


def _processors() -> range:
    """The processors this process may use."""
    try:
        return range(len(os.sched_getaffinity(0)))
    except AttributeError:  # macOS
        return range(os.cpu_count() or 1)


def _stop(worker: _Worker | None) -> None:
    if worker is not None:
        worker.pipe.close()
        worker.process.kill()
        worker.process.wait()


def serve(handle: int, memory: int, warm: str) -> None:
    """Answer calls, as a worker, until the pipe of that descriptor closes: (True, result) or (False, error)."""
    pipe = Connection(handle)
    sys.excepthook = partial(_last_words, pipe)
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # Ctrl-C and a service that is stopped are the parent's to answer
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    _limit(memory)
    if warm:
        __import__(warm)
    pipe.send(True)
    while True:
        try:
            function, args, kwargs = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(_answer(function, args, kwargs))


def _answer(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[bool, Any]:
    try:
        return True, function(*args, **kwargs)
    except DigestError as error:
        return False, error
    except MemoryError:
        return False, GuardError("reading it took too much memory, so it was given up", HINT)
    except RecursionError:
        return False, GuardError("it is nested too deeply to be read", HINT)


def _last_words(pipe: Connection, kind: type[BaseException], error: BaseException, _trace: object) -> None:
    """Tell of a parser's own fault, which ends the worker: it must not end the run."""
    pipe.send((False, GuardError(f"reading it failed: {kind.__name__}: {error}"[:300], HINT)))


def _limit(memory: int) -> None:
    """Refuse more address space than `memory`, where the system knows how."""
    if sys.platform != "linux":
        return
    import resource

    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
