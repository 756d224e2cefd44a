"""On which line each key of a TOML document stands: `tomllib` forgets it, and messages need it.

The scanner is given only documents that `tomllib` has accepted, so it checks nothing: it skips strings, counts
brackets and writes down where keys begin.
"""

from __future__ import annotations

import bisect
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
# A run of three quotes ends a long string, and up to two more may belong to its text: """say "hi"""""
_STRINGS = (r'"""(?:\\.|[^\\])*?"{3,5}', r"'''.*?'{3,5}", r'"(?:\\.|[^"\\])*"', r"'[^']*'")
_STRING = re.compile("|".join(_STRINGS), re.DOTALL)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}\n#]+")


@dataclass(frozen=True, slots=True)
class Span:
    """Where a value stands in the text, and where its key begins; an element of a list begins with its value."""

    key: int
    start: int
    end: int


def locate_keys(text: str) -> dict[KeyPath, int]:
    """The line (from 1) of every table, key and array element of a valid TOML document.

    The n-th `[[edition]]` is `("edition", n)` with n from 0; its inline `summary = { chars = 1 }` is
    `("edition", n, "summary", "chars")`, and the second recipient `("edition", n, "recipients", 1)`.
    """
    return _Scanner(text).scan()


def locate_values(text: str) -> dict[KeyPath, Span]:
    """Where the value of every key and every element of a list stands, for the paths of `locate_keys`."""
    scanner = _Scanner(text)
    scanner.scan()
    return scanner.spans


def find_line(lines: Mapping[KeyPath, int], path: KeyPath) -> int:
    """The line of the path, or of the nearest table around it, or 1."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 1)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.newlines = [match.start() for match in re.finditer("\n", text)]
        self.lines: dict[KeyPath, int] = {}
        self.counts: dict[KeyPath, int] = {}
        self.spans: dict[KeyPath, Span] = {}

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.read_header()
            else:
                self.read_pair(table)
            self.skip(_BLANK)
        return self.lines

    def skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match.group()

    def mark(self, path: KeyPath) -> None:
        """Note the present line for the path and for the tables around it that have none yet."""
        line = bisect.bisect_left(self.newlines, self.at) + 1
        for end in range(1, len(path) + 1):
            self.lines.setdefault(path[:end], line)

    def read_header(self) -> KeyPath:
        double = self.text.startswith("[[", self.at)
        self.at += 2 if double else 1
        *parents, last = self.read_keys()
        table: KeyPath = (*self.resolve(parents), last)
        if double:
            self.counts[table] = self.counts.get(table, 0) + 1
            table = (*table, self.counts[table] - 1)
        self.mark(table)
        self.at = self.text.index("]", self.at) + (2 if double else 1)
        return table

    def resolve(self, keys: list[str]) -> KeyPath:
        """The path of the keys of a header: a key that names an array of tables means its latest element."""
        path: KeyPath = ()
        for key in keys:
            path = (*path, key)
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        return path

    def read_keys(self) -> list[str]:
        keys: list[str] = []
        while True:
            self.skip(_SPACE)
            quoted = self.skip(_STRING)
            keys.append(str(tomllib.loads(f"key = {quoted}")["key"]) if quoted else self.skip(_BARE_KEY))
            self.skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return keys
            self.at += 1

    def read_pair(self, table: KeyPath) -> None:
        begin = self.at
        path = (*table, *self.read_keys())
        self.mark(path)
        self.at = self.text.index("=", self.at) + 1
        self.skip(_SPACE)
        self.read_value(path, begin)

    def read_value(self, path: KeyPath, begin: int) -> None:
        start = self.at
        self.pass_value(path)
        self.spans[path] = Span(begin, start, start + len(self.text[start : self.at].rstrip()))

    def pass_value(self, path: KeyPath) -> None:
        opening = self.text[self.at]
        if opening in "[{":
            self.at += 1
            self.read_elements(path, "]" if opening == "[" else "}")
        elif not self.skip(_STRING):
            self.skip(_BARE_VALUE)

    def read_elements(self, path: KeyPath, closing: str) -> None:
        """Walk through an array or an inline table up to its closing bracket."""
        index = 0
        self.skip(_BLANK)
        while self.text[self.at] != closing:
            if closing == "]":
                self.mark((*path, index))
                self.read_value((*path, index), self.at)
                index += 1
            else:
                self.read_pair(path)
            self.skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self.skip(_BLANK)
        self.at += 1
