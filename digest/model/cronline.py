"""The syntax of a cron line: five fields, each a list of numbers, names, ranges and steps.

It is what `cronsim` reads (`L`, `LW`, `5L` and `MON#2` included), less what can only be a slip: a step that is wider
than its field, and a day that no month has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_EXAMPLE = 'write "0 8 * * 1-5" for 08:00 from Monday to Friday'

_TERM = re.compile(r"(?P<first>[^-/]+)(?:-(?P<last>[^-/]+))?(?:/(?P<step>[0-9]{1,4}))?")
_NUMBER = re.compile(r"[0-9]{1,4}")
_ORDINAL = re.compile(r"(?P<day>\w+)#[1-5]|(?P<last>[0-7])L", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Field:
    """One of the five: what it is called, its numbers, and the names of the first of these."""

    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()
    last: tuple[str, ...] = ()

    def read(self, text: str) -> set[int]:
        """The numbers that a list names; those of a word for the last days are 1, for every month has them."""
        return {number for term in text.split(",") for number in self._read_term(term)}

    def _read_term(self, term: str) -> Iterator[int]:
        if term in self.last:
            return iter((1,))
        if self.names == _DAYS and (found := _ORDINAL.fullmatch(term)):
            return iter((self._number(found["day"] or found["last"]),))
        found = _TERM.fullmatch(term)
        if not found:
            self._refuse(term)
        return self._read_range(term, found["first"], found["last"], found["step"])

    def _read_range(self, term: str, first: str, last: str | None, step: str | None) -> Iterator[int]:
        every = first == "*" and last is None
        low = self.least if every else self._number(first)
        high = self._number(last) if last else self.most if every or step else low
        if high < low:
            onwards = f"{first}-{self.most},{self.least}-{last}".lower()
            self._refuse(term, f'which runs backwards: write "{onwards}" in its place')
        width = self.most - self.least + 1
        if step is not None and not 1 <= int(step) <= width:
            self._refuse(term, f"whose step is none from 1 to {width}: {_EXAMPLE}")
        return iter(range(low, high + 1, int(step or 1)))

    def _number(self, text: str) -> int:
        if text in self.names:
            return self.names.index(text) + self.least
        if not _NUMBER.fullmatch(text) or not self.least <= int(text) <= self.most:
            self._refuse(text)
        return int(text)

    def _refuse(self, part: str, why: str = "") -> NoReturn:
        why = why or f"which is none from {self.least} to {self.most}: {_EXAMPLE}"
        raise ValueError(f"with {quote_days(part.lower())} for its {self.name}, {why}")


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31, last=("L", "LW")),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 7, _DAYS),
)


def quote_days(text: str) -> str:
    """Return what somebody wrote in quotes, fit for a line of a terminal."""
    return '"' + "".join(char if char.isprintable() else "�" for char in text[:60]) + '"'


def check_line(line: str) -> str:
    """Return a cron line with one space between its fields.

    Raises ValueError with words that go after the name of a key, and what to write instead.
    """
    parts = line.split()
    shown = quote_days(" ".join(parts))
    if len(parts) != len(FIELDS):
        raise ValueError(f"is {shown}, but a cron line has five fields, this has {len(parts)}: {_EXAMPLE}")
    try:
        _, _, days, months, _ = (field.read(part.upper()) for field, part in zip(FIELDS, parts, strict=True))
    except ValueError as mistake:
        raise ValueError(f"is the cron line {shown} {mistake}") from None
    # Both a day of the month and one of the week: either will do, as in Debian's cron, so the line comes in any case.
    either = not parts[2].startswith("*") and not parts[4].startswith("*")
    if not either and min(days) > max(LONGEST_MONTHS[month - 1] for month in months):
        raise ValueError(f"is the cron line {shown}, whose day never comes: {_EXAMPLE}")
    return " ".join(parts)
