"""What a timer calls, and the steps that install it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256

MINUTES = 5
"""A timer calls so often: with nothing due, a run is over in a moment."""

PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+,:@=")
"""What stands for itself in every file of a timer's."""

_LONGEST_WORD = 24


@dataclass(frozen=True, slots=True)
class Job:
    """One configuration to be run by a timer; every path is absolute.

    `program` is how digest is called, before its own words; `folders` are written to besides `data`, where the state
    is kept.  `asks_programs` says that programs of the user's are asked, for a password or a list of people.
    Raises ValueError for a path that no timer's file can hold.
    """

    program: tuple[str, ...]
    config: str
    data: str
    folders: tuple[str, ...] = ()
    asks_programs: bool = False

    def __post_init__(self) -> None:
        for word in (*self.program, self.config, self.data, *self.folders):
            if any(_is_unprintable(char) for char in word):
                raise ValueError(f"{word!a} holds a control character, or bytes that are no text")

    @property
    def name(self) -> str:
        """What the timer is called: of two configurations on one machine each has its own name, always the same."""
        *_, folder, file = ("", *self.config.replace("\\", "/").split("/"))
        stem = file.rsplit(".", 1)[0]
        told = folder if stem in ("digest", "config") else stem
        word = re.sub(r"[^a-z0-9]+", "-", told.lower()).strip("-")[:_LONGEST_WORD].strip("-")
        number = sha256(self.config.encode()).hexdigest()[:8]
        return "-".join(("digest", *filter(None, [word if word != "digest" else ""]), number))

    def words(self, *command: str, data: str = "") -> tuple[str, ...]:
        """Return the command line of a command of digest, word by word."""
        # The data folder is always named: it depends on variables of the shell that a timer does not see.
        return (*self.program, *command, "--config", self.config, "--data-dir", data or self.data)


@dataclass(frozen=True, slots=True)
class Write:
    """A file to be written, unless it says just that already."""

    path: str
    text: str
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Remove:
    """A file to be removed, where it is there."""

    path: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A program to be called, with its input; `calm` where it may fail, since there may be nothing to do for it."""

    words: tuple[str, ...]
    given: str | None = None
    calm: bool = False


Step = Write | Remove | Ask


def _is_unprintable(char: str) -> bool:
    """Whether a character fits into no text file or no XML."""
    return unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or ord(char) & 0xFFFE == 0xFFFE
