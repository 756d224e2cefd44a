"""The end of a process in the middle of its work, without ending the process that tests it.

Armed with a number, the run dies at that step: before or after a statement of its database, or as it speaks to the
mail server.  What is dead does nothing more: every further step fails in the same way, whatever tidies up.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


class KilledError(BaseException):
    """Nothing catches this: the process is gone."""


TALK = "in the talk with the mail server"
COMMIT = "before a commit"


@dataclass
class Fuse:
    """Counts the steps of a run, of one kind or any, and ends it at one; `died` counts what it was doing."""

    left: int = 0
    kind: str = ""
    dead: bool = False
    died: Counter[str] = field(default_factory=Counter)

    def burn(self, what: str) -> None:
        """One step."""
        if self.dead:
            raise KilledError
        if self.left and self.kind in ("", what):
            self.left -= 1
            if not self.left:
                self.dead = True
                self.died[what] += 1
                raise KilledError


_burning: list[Fuse] = []
_hooked: list[bool] = []


def _before(*_: Any) -> None:
    for fuse in _burning:
        fuse.burn("before a statement")


def _after(*_: Any) -> None:
    for fuse in _burning:
        fuse.burn("behind a statement")


def _commit(*_: Any) -> None:
    for fuse in _burning:
        fuse.burn(COMMIT)


def _speak(name: str, _told: tuple[Any, ...]) -> None:
    if name == "smtplib.send":
        for fuse in _burning:
            fuse.burn(TALK)


@contextmanager
def burning(fuse: Fuse) -> Iterator[Fuse]:
    """Let the fuse see every step that is taken meanwhile in this process."""
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_speak)  # there for good, and silent where nothing burns
    steps = {"before_cursor_execute": _before, "after_cursor_execute": _after, "commit": _commit}
    for name, step in steps.items():
        event.listen(Engine, name, step)
    _burning.append(fuse)
    try:
        yield fuse
    finally:
        _burning.remove(fuse)
        for name, step in steps.items():
            event.remove(Engine, name, step)
