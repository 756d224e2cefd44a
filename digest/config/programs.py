"""What a program of the user's prints, a password or a list of people, read with limits of time and size."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass

LONGEST_COMPLAINT = 200
"""So many characters of what a program complains of are shown."""

CHUNK = 65_536
TICK = 0.05
LAST_READINGS = 64
"""So many times a pipe is read after the end: more than what the program printed fits into none."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a program printed, and its exit code: None where it was ended, since it took too long or printed too much.

    `complaint` is the last line that it wrote to stderr.
    """

    printed: bytes
    code: int | None
    complaint: str


def run_program(argv: tuple[str, ...], patience: float, most: int) -> Output:
    """Return what the program prints until it ends, `most` bytes of it and one; what it started may go on.

    Raises:
        OSError: it cannot be started.
    """
    process = subprocess.Popen(  # noqa: S603  the user's own program, as a list, without a shell
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    with _Reader(process, most) as reader:
        code = reader.read(time.monotonic() + patience)
        if code is None:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return Output(bytes(reader.printed[: most + 1]), code, reader.complaint())


class _Reader:
    """The two pipes of a process: stdout to the limit, of stderr the end."""

    def __init__(self, process: subprocess.Popen[bytes], most: int) -> None:
        assert process.stdout is not None and process.stderr is not None  # noqa: PT018  both were asked for
        self.printed = bytearray()
        self._process = process
        self._most = most
        self._told = bytearray()
        self._pipes = {process.stdout.fileno(): process.stdout, process.stderr.fileno(): process.stderr}
        self._out = process.stdout.fileno()
        self._selector = selectors.DefaultSelector()
        for number in self._pipes:
            os.set_blocking(number, False)
            self._selector.register(number, selectors.EVENT_READ)

    def __enter__(self) -> _Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        for pipe in self._pipes.values():
            pipe.close()

    def read(self, deadline: float) -> int | None:
        """The exit code, after all that was printed until then is read; None past the deadline or the limit."""
        while len(self.printed) <= self._most:
            ended = self._process.poll()
            if ended is not None:
                # what it printed is in the pipe by now, and what it started may print for ever
                for _ in range(LAST_READINGS):
                    if not self._take(0):
                        break
                return ended if len(self.printed) <= self._most else None
            self._take(TICK)
            if time.monotonic() > deadline:
                return None
        return None

    def complaint(self) -> str:
        """The last line of stderr that says something, fit to print."""
        lines = [" ".join(line.split()) for line in self._told.decode("utf-8", "replace").splitlines()]
        last = next((line for line in reversed(lines) if line), "")
        return "".join(char if char.isprintable() else "?" for char in last)[:LONGEST_COMPLAINT]

    def _take(self, patience: float) -> bool:
        """Whether there was anything to read, after waiting so long for it."""
        ready = self._selector.select(patience)
        for key, _ in ready:
            data = os.read(key.fd, CHUNK)
            if not data:
                self._selector.unregister(key.fd)
            elif key.fd == self._out:
                self.printed += data
            else:
                self._told = (self._told + data)[-CHUNK:]
        return bool(ready)
