"""Setting single keys of a configuration by name: `mail.user`, `edition.daily.schedule.at`.

A source, group or edition goes by its name, a section by its title; names may hold dots.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from digest.config.document import LISTS, Document, read_document, tables_of
from digest.config.lines import KeyPath, locate_keys
from digest.config.loading import load_document
from digest.config.patching import put_value, take_value
from digest.config.settings import TABLES
from digest.config.values import find_field, read_value
from digest.config.wording import find_nearest, quote, suggest
from digest.config.writing import edit_text, write_changes
from digest.errors import ConfigError, UsageError

Tree = dict[str, Any]

_SECRETS = {("mail", "password")}


def set_values(
    path: Path, changes: Mapping[str, str | None], environ: Mapping[str, str], data_dir: Path | None = None
) -> tuple[Path, ...]:
    """Write values under the names of their keys, and return the files that were changed; None takes a key out.

    A key is changed in the file where it stands, else a table's new key goes where the table is.  Nothing is written
    where the whole would be wrong.

    Raises:
        UsageError: there is no such key, or none to take out, or it is a secret.
        ConfigError: the configuration is missing, wrong, cannot be written, or would be wrong.
    """
    document = read_document(path.absolute())
    edited: dict[Path, tuple[str, Tree]] = {}
    for key, text in changes.items():
        found = resolve_key(document.tree, key)
        number, local = _place(document, found)
        part = document.parts[number]
        before, tree = edited.get(part.path) or (part.text, copy.deepcopy(dict(part.tree)))
        edited[part.path] = _take(before, tree, local, key) if text is None else _put(before, tree, local, text)
    changed = {file: one for file, one in edited.items() if one[0] != _text_of(document, file)}
    try:
        write_changes(document, changed, environ, data_dir)
    except ConfigError as error:
        raise _unwritten(document.main.path, error, environ, data_dir) if error.mistakes else error from error
    return tuple(changed)


def _unwritten(path: Path, error: ConfigError, environ: Mapping[str, str], data_dir: Path | None) -> ConfigError:
    """The error in the words of who changes a value: nothing was written, and the mistakes are those it would make."""
    try:
        load_document(path, environ, data_dir)
    except ConfigError:
        return ConfigError(f"nothing was written: {error.message}", error.hint, error.mistakes)
    hint = "write another value; keys that need each other are set in one go"
    count = "1 mistake" if len(error.mistakes) == 1 else f"{len(error.mistakes)} mistakes"
    return ConfigError(f"nothing was written: {path} would have {count}", hint, error.mistakes)


def resolve_key(tree: Mapping[str, Any], key: str) -> KeyPath:
    """The path of a key by its name; raises UsageError with the nearest one where there is none."""
    kind, _, rest = key.partition(".")
    path: KeyPath = (kind,)
    if kind in LISTS:
        at, rest = _split_name(tree, kind, "name", rest)
        path = (kind, at)
        if kind == "edition" and rest.startswith("section."):
            m, rest = _split_name(tree[kind][at], "section", "title", rest.removeprefix("section."))
            path = (*path, "section", m)
    elif kind == "section":
        raise UsageError(f"{quote(key)} names no edition", "write edition.NAME.section.TITLE.KEY")
    path = (*path, *(part for part in rest.split(".") if part))
    if kind not in LISTS and (meant := _find_named(tree, key)):
        raise UsageError(f"there is no setting {quote(key)}", f"did you mean {quote(meant)}?")
    _check_key(path, key)
    return path


def _find_named(tree: Mapping[str, Any], key: str) -> str:
    """The name of the key that `daily.at` means, where an edition, source or group is called so; else nothing."""
    first, _, rest = key.partition(".")
    for kind in LISTS if rest and (first,) not in TABLES else ():
        for table in tables_of(tree, kind):
            if isinstance(table, dict) and str(table.get("name", "")).strip() == first:
                below = _find_below((kind,), rest)
                return f"{kind}.{first}.{below or rest}" if below or find_field((kind,), rest.partition(".")[0]) else ""
    return ""


def _find_below(table: tuple[str, ...], name: str) -> str:
    """The name of the key within a table that stands in one of the tables below it: schedule.at for at."""
    below = (path for path in TABLES if path[:-1] == table and len(path) > 1 and path[-1] != "section")
    return next((f"{path[-1]}.{name}" for path in below if find_field(path, name) is not None), "")


def _split_name(holder: Mapping[str, Any], kind: str, named: str, rest: str) -> tuple[int, str]:
    """The number of the table whose name `rest` begins with, the longest where there are several, and what follows."""
    tables = tables_of(holder, kind)
    names = [str(table.get(named, "")).strip() for table in tables if isinstance(table, dict)]
    fitting = [name for name in names if name and (rest == name or rest.startswith(f"{name}."))]
    if not fitting:
        wanted = rest.partition(".")[0]
        if not wanted:
            raise UsageError(f"no {kind} is named", f"write {kind}.NAME.KEY: {suggest('', names)}")
        near = find_nearest(wanted, names)
        header = f"[[{kind}]]" if named == "name" else f"[[edition.{kind}]]"
        added = f"to add one, write a table {header} with {named} = {quote(wanted)} into the file"
        added = "digest sources add adds one" if kind == "source" else added
        hint = f"did you mean {quote(near)}? else {added}" if near else added
        raise UsageError(f"there is no {kind} {quote(wanted)}", hint)
    name = max(fitting, key=len)
    return names.index(name), rest[len(name) + 1 :]


def table_of(path: KeyPath) -> tuple[str, ...]:
    """The name of the table that holds the key, as `TABLES` has it."""
    return tuple(part for part in path[:-1] if isinstance(part, str))


def _check_key(path: KeyPath, key: str) -> None:
    names = tuple(part for part in path if isinstance(part, str))
    if names in _SECRETS:
        raise UsageError(
            f"{key} is a secret, which does not belong in the file",
            'export DIGEST_MAIL__PASSWORD, or name its place: digest config set mail.password_file "smtp-password"',
        )
    if isinstance(path[-1], int):
        raise UsageError(f"{quote(key)} names a whole table", f"write {key}.KEY, such as {key}.{_first(names)}")
    for end in range(1, len(names) + 1):
        table, name = names[: end - 1], names[end - 1]
        if find_field(table, name) is None:
            if meant := _find_below(table, name):
                prefix = key.removesuffix(name)
                raise UsageError(f"there is no setting {quote(key)}", f"did you mean {quote(prefix + meant)}?")
            known = [one for one in TABLES[table].list_examples() if (*table, one) not in _SECRETS]
            raise UsageError(f"there is no setting {quote(key)}", suggest(name, known))
        if end < len(names) and names[:end] not in TABLES:
            raise UsageError(f"{'.'.join(names[:end])} is no table", f"set it as a whole: {'.'.join(names[:end])}")


def _first(table: tuple[str, ...]) -> str:
    return next(iter(TABLES[table].list_examples()))


def _place(document: Document, path: KeyPath) -> tuple[int, KeyPath]:
    """The number of the file in which the key, its table, or else what is new stands, and its path there."""
    if path[0] in LISTS and isinstance(path[1], int):
        part, at = document.find_part(str(path[0]), path[1])
        return document.parts.index(part), (path[0], at, *path[2:])
    place = document.places.get(path) or document.places.get(path[:-1])
    return (place.number if place else 0), path


def _put(text: str, tree: Tree, path: KeyPath, said: str) -> tuple[str, Tree]:
    if len(path) == 1 and (str(path[0]),) in TABLES:
        name = str(path[0])
        raise UsageError(f'"{name}" names a whole table', f"write {name}.KEY, such as {name}.{_first((name,))}")
    value = _read(path, said)
    _holder(tree, path)[str(path[-1])] = value
    return edit_text(text, lambda plain: put_value(plain, path, value)), tree


def _read(path: KeyPath, said: str) -> Any:
    """What was typed, as the key wants it; text may stand in quotes, as in the file."""
    with suppress(ValueError):
        if said[:1] in ("'", '"'):
            return tomllib.loads(f"value = {said}")["value"]
    return read_value(table_of(path), str(path[-1]), said)


def _take(text: str, tree: Tree, path: KeyPath, key: str) -> tuple[str, Tree]:
    holder = _holder(tree, path)
    if path[-1] not in holder:
        raise UsageError(f"{key} is not in the file", "digest config show tells where each setting is from")
    del holder[str(path[-1])]
    changed = edit_text(text, lambda plain: take_value(plain, path))
    if not holder and len(path) > 1 and locate_keys(changed).get(path[:-1]) is None:
        del _holder(tree, path[:-1])[str(path[-2])]  # schedule.at = … alone makes the table, and takes it along
    return changed, tree


def _holder(tree: Tree, path: KeyPath) -> Tree:
    """The table of the tree that the key stands in, made where it is missing."""
    table: Any = tree
    for part in path[:-1]:
        if isinstance(part, str):
            table = table.setdefault(part, {}) if isinstance(table, dict) else None
        else:
            table = table[part] if isinstance(table, list) else None
    if not isinstance(table, dict):
        said = ".".join(part for part in path[:-1] if isinstance(part, str))
        raise ConfigError(f"{said} stands in the file, but not as one table", "digest config check tells what is wrong")
    return table


def _text_of(document: Document, file: Path) -> str:
    return next(part.text for part in document.parts if part.path == file)
