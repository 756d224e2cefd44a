"""The process that does the work of one run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

_OURS = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")


class Worker(Protocol):
    """A process, as subprocess.Popen has it."""

    def poll(self) -> int | None:
        """Return how it ended; None while it is at work."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it at once."""


def start_run(config: Path, data: Path, environ: Mapping[str, str], kept: Mapping[str, str]) -> Worker:
    """Start `digest run` for a configuration, whose files say what is `kept` of them where anything is.

    It is in a session of its own: Ctrl-C in the daemon's terminal comes to the daemon alone, which passes it on.
    """
    # `-m` looks in the working directory first: only where this process does so too
    safe = [] if sys.path[:1] in ([""], [str(Path.cwd())]) else ["-P"]
    words = [sys.executable, *safe, "-m", "digest", "run", "--config", str(config), "--data-dir", str(data)]
    with tempfile.TemporaryFile() as texts:
        if kept:
            words.append("--kept")
            texts.write(json.dumps(dict(kept)).encode())
            texts.seek(0)
        return subprocess.Popen(  # noqa: S603  this very program
            words,
            stdin=texts if kept else subprocess.DEVNULL,
            env={name: value for name, value in environ.items() if name not in _OURS},
            start_new_session=os.name == "posix",
        )
