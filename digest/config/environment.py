"""Settings from the environment: `DIGEST_` and the path of the key, with two underscores between its parts.

`DIGEST_MAIL__HOST` is `host` of `[mail]`, `DIGEST_TIMEZONE` the key at the top.  Sources, groups and editions stand in
the file only; a list of texts is written with commas.  An empty variable counts as unset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digest.config.lines import KeyPath
from digest.config.mistakes import Mistake
from digest.config.settings import TABLES
from digest.config.values import find_field, read_value
from digest.config.wording import find_nearest

PREFIX = "DIGEST_"
_TOP_KEYS = ("timezone", "templates")
_TABLES = ("mail", "bounces", "store", "collect", "calendar", "monitoring")
_PASSWORDS = ("password", "password_env", "password_file", "password_command", "keyring", "token_command")
_PLACES = ("path", "url")


@dataclass(frozen=True, slots=True, repr=False)
class Overrides:
    """Values by key path, the variable that gave each, and the variables that name no setting.

    It has no repr of its own, because one of the values is a password.
    """

    values: Mapping[KeyPath, Any]
    variables: Mapping[KeyPath, str]
    mistakes: tuple[Mistake, ...]


def read_overrides(environ: Mapping[str, str]) -> Overrides:
    """The settings found in the environment; a variable of two parts or more that names none is a mistake."""
    values: dict[KeyPath, Any] = {}
    variables: dict[KeyPath, str] = {}
    mistakes: list[Mistake] = []
    for variable, text in sorted(environ.items()):
        path = _read_path(variable)
        if not path or not text:
            continue
        variables[path] = variable
        if find_field(path[:-1], path[-1]) is not None and path[0] in (*_TOP_KEYS, *_TABLES):
            values[path] = read_value(path[:-1], path[-1], text)
        else:
            mistakes.append(Mistake(path, f"is no setting: {_suggest_variable(variable, path[0])}"))
    return Overrides(values, variables, tuple(mistakes))


def _read_path(variable: str) -> tuple[str, ...]:
    """The key path that a variable stands for; empty for one that is no setting of ours, such as DIGEST_CONFIG."""
    if not variable.startswith(PREFIX):
        return ()
    path = tuple(variable.removeprefix(PREFIX).lower().split("__"))
    return path if len(path) > 1 or path[0] in _TOP_KEYS else ()


def _suggest_variable(variable: str, table: str) -> str:
    if table in ("source", "group", "edition"):
        return f"[[{table}]] stands in the file only: unset it, and write it there"
    if table not in _TABLES:
        meant = find_nearest(table, _TABLES)
        nearest = variable.replace(table.upper(), meant.upper(), 1)
        return f"did you mean {nearest}?" if meant else f"unset it; there are tables {', '.join(_TABLES)}"
    known = [f"{PREFIX}{table}__{key}".upper() for key in TABLES[(table,)].list_examples()]
    nearest = find_nearest(variable, known)
    return f"did you mean {nearest}?" if nearest else f"unset it, or choose from {', '.join(known)}"


def apply_overrides(raw: dict[str, Any], overrides: Overrides) -> None:
    """Put the values over those of the file, in place; what they stand in for is dropped from the file's part."""
    wanted = {path: value for path, value in overrides.values.items() if not _is_idle(path, raw, overrides)}
    for path in wanted:
        for rival in _list_rivals(path):
            _find_table(raw, path).pop(rival, None)
    for path, value in wanted.items():
        _find_table(raw, path)[str(path[-1])] = value


def _find_table(raw: dict[str, Any], path: KeyPath) -> dict[str, Any]:
    """The table that the key is put into; a throw-away one where the file has something else in its place."""
    table = raw
    for key in path[:-1]:
        inner = table.setdefault(str(key), {})
        table = inner if isinstance(inner, dict) else {}
    return table


def _is_idle(path: KeyPath, raw: Mapping[str, Any], overrides: Overrides) -> bool:
    """True for settings of a [mail] that nobody has: a password alone, exported beforehand, is no mail server."""
    named = "mail" in raw or ("mail", "preset") in overrides.values or ("mail", "host") in overrides.values
    return path[0] == "mail" and not named


def _list_rivals(path: KeyPath) -> tuple[str, ...]:
    """The keys of the file that an override makes void: there is one password, one database, one server."""
    if path[0] == "store" and path[-1] in _PLACES:
        return _PLACES
    if path == ("bounces", "maildir"):
        return ("host",)
    if path == ("mail", "preset"):
        return ("host", "port", "security")
    return _PASSWORDS if path[-1] in _PASSWORDS else ()
