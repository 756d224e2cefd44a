"""What is wrong with a configuration, as lines that say where, what, and what to write instead.

No line ever shows a value of [mail] that could be a password: pydantic is asked for errors without their input.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.config.lines import KeyPath
from digest.config.settings import TABLES
from digest.config.wording import quote, suggest

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_KINDS = {
    "string_type": "must be text in quotes",
    "is_instance_of": "must be a path in quotes",
    "dataclass_exact_type": "must be an address in quotes",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "date_type": "must be a day without quotes, such as 2027-02-08",
    "date_from_datetime_inexact": "must be a day without a time",
    "mapping_type": "must be a table",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list in [ ]",
    "literal_error": "must be {expected}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "missing": "is missing",
    "model_type": "must be a table",
}
_TOP_KEYS = ("version", "timezone", "templates", "include")
_REPEATED = ("source", "group", "section", "edition")
_FORBIDDEN = (
    "password does not belong in the file: put it into a variable and write "
    'password_env = "DIGEST_SMTP_PASSWORD", or set DIGEST_MAIL__PASSWORD'
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong at a key path, in words that end in a remedy."""

    path: KeyPath
    text: str
    label: str = ""
    """The header of its table, where the path does not tell."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file; `number` orders the files of a configuration."""

    number: int
    label: str
    line: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where key paths come from: lines of files, or variables of the environment."""

    file: str = ""
    keys: Mapping[KeyPath, Place] = field(default_factory=dict)
    variables: Mapping[KeyPath, str] = field(default_factory=dict)

    def describe(self, mistakes: Iterable[Mistake]) -> tuple[str, ...]:
        """The mistakes in the order of the file, those of the environment last, each led by where it is."""
        placed = [(self._rank(mistake.path), self._locate(mistake)) for mistake in mistakes]
        return tuple(dict.fromkeys(line for _, line in sorted(placed, key=lambda entry: entry[0])))

    def _rank(self, path: KeyPath) -> tuple[bool, Place]:
        return (True, Place(0, "", 0)) if self._find_variable(path) else (False, self._find_key(path))

    def _find_key(self, path: KeyPath) -> Place:
        """The place of the path, or of the nearest table around it, or the first line."""
        ends = range(len(path), 0, -1)
        return next((self.keys[path[:end]] for end in ends if path[:end] in self.keys), Place(0, self.file, 1))

    def _find_variable(self, path: KeyPath) -> str:
        """The variable that gave the value at the path or around it, or an empty string."""
        return next((self.variables[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self.variables), "")

    def _locate(self, mistake: Mistake) -> str:
        if variable := self._find_variable(mistake.path):
            return f"{variable}: {mistake.text}"
        label = mistake.label or label_table(mistake.path)
        place = self._find_key(mistake.path)
        where = f"{place.label}:{place.line}: " if self.file else ""
        return f"{where}{label} {mistake.text}" if label else f"{where}{mistake.text}"


def label_table(path: KeyPath) -> str:
    """The header of the table that holds the key: `[mail]`, `[[edition]]`, or nothing at the top of the file."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    table = path[:-1]
    while table and _names(table) not in TABLES:
        table = table[:-1]
    name = ".".join(_names(table))
    if not name:
        return ""
    return f"[[{name}]]" if isinstance(table[-1], int) else f"[{name}]"


def _names(path: KeyPath) -> tuple[str, ...]:
    return tuple(key for key in path if isinstance(key, str))


def translate_errors(error: ValidationError) -> Iterator[Mistake]:
    """Every error of pydantic as a mistake in our words."""
    for details in error.errors(include_url=False, include_input=False):
        path: KeyPath = details["loc"]
        yield Mistake(path, _word_unknown(path) if details["type"] == "extra_forbidden" else _word_error(path, details))


def _word_unknown(path: KeyPath) -> str:
    *table, key = _names(path)
    if table and key in _TOP_KEYS:
        return f"unknown key {quote(key)}: it belongs to the top of the file, above the first [table]"
    known = [name for name in TABLES[tuple(table)].list_examples() if name != "password"]
    return f"unknown key {quote(key)}: {suggest(key, known)}"


def _word_error(path: KeyPath, details: ErrorDetails) -> str:
    *_, key = names = _names(path)
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        return f"{key} {context['error']}"
    if key in _REPEATED and kind in ("tuple_type", "model_type"):
        return f"{key} must be a table of its own for each one: write [[{'.'.join(names)}]] in double brackets"
    if kind == "model_type" and len(names) == 1:
        return f"{key} must be one table: write [{key}] in single brackets, and its keys below"
    said = _KINDS.get(kind, "has the wrong kind of value").format(**context).replace("'", '"')
    return f"{key} {said}: {_remedy(names)}"


def _remedy(names: tuple[str, ...]) -> str:
    """`write port = 465`, from the example that the field carries."""
    *table, key = names
    example = TABLES[tuple(table)].list_examples()[key]
    return f"write {key} = {example}" if example else "see the file that `digest init` writes"


def find_mistakes(raw: Mapping[str, object], *, complete: bool) -> Iterator[Mistake]:
    """The mistakes that concern more than one table; with `complete`, a source and an edition are wanted too."""
    for table in ("source", "edition"):
        yield from _find_repeated_names(raw, table)
        if complete and not raw.get(table):
            yield Mistake((), f"there is no [[{table}]]: add one, as the file of `digest init` shows")
    yield from _find_unknown_sources(raw)


def _list_tables(holder: object, key: str) -> list[tuple[int, Mapping[str, object]]]:
    """The tables of an array with their positions; what is no table is left to pydantic."""
    tables = holder.get(key) if isinstance(holder, Mapping) else None
    return [(n, t) for n, t in enumerate(tables) if isinstance(t, Mapping)] if isinstance(tables, tuple) else []


def _clean(name: str) -> str:
    """The name as the models will have it, so that two ways to write one name are one."""
    return unicodedata.normalize("NFC", name.strip())


def _find_repeated_names(raw: Mapping[str, object], key: str) -> Iterator[Mistake]:
    seen: set[str] = set()
    for n, table in _list_tables(raw, key):
        name = _clean(str(table.get("name", "")))
        if name and name in seen:
            yield Mistake((key, n, "name"), f"name {quote(name)} is taken by an earlier [[{key}]]: choose another")
        seen.add(name)


def _find_unknown_sources(raw: Mapping[str, object]) -> Iterator[Mistake]:
    known = [_clean(str(table["name"])) for _, table in _list_tables(raw, "source") if "name" in table]
    for n, edition in _list_tables(raw, "edition"):
        yield from _check_sources(edition, ("edition", n), known)
        for m, section in _list_tables(edition, "section"):
            yield from _check_sources(section, ("edition", n, "section", m), known)


def _check_sources(table: Mapping[str, object], path: KeyPath, known: list[str]) -> Iterator[Mistake]:
    names = table.get("sources")
    for n, name in enumerate(names if isinstance(names, tuple) else ()):
        if isinstance(name, str) and _clean(name) not in ("*", *known):
            yield Mistake(
                (*path, "sources", n), f"sources names {quote(name)}, which is no [[source]]: {suggest(name, known)}"
            )


def drop_secret(raw: Mapping[str, object]) -> list[Mistake]:
    """Take a password that was written into the file out of it, and return the mistake, if there is one."""
    mail = raw.get("mail")
    found = mail.pop("password", None) if isinstance(mail, dict) else None
    return [] if found is None else [Mistake(("mail", "password"), _FORBIDDEN)]
