"""Changing sources and recipients of a digest.toml where they stand: every comment and other line stays as it is.

A table is changed in the file that holds it, the first one or one that it includes.  Each change is checked before it
is written: read back, the file must say exactly what it said before, and the change.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from digest.config.document import Document, Part, read_document, tables_of
from digest.config.lines import locate_keys
from digest.config.listing import delete_text, insert_text
from digest.config.patching import (
    insert_lines,
    lines_of,
    put_value,
    table_lines,
    take_table,
    write_key,
    write_text,
    write_value,
)
from digest.config.wording import quote, suggest
from digest.config.writing import edit_text, write_changes
from digest.errors import UsageError

ListOwner = Literal["edition", "group"]

Change = Callable[[str, dict[str, Any], int], str]
"""What makes of a file's text the changed one, and of its tree what it must say then; of the n-th table of its list."""


def add_sources(path: Path, tables: list[dict[str, Any]], environ: Mapping[str, str]) -> None:
    """Write further [[source]] tables behind those that are there.

    Raises:
        ConfigError: the file is missing, wrong, cannot be written, or would be wrong with them.
    """
    document = read_document(path.absolute())
    holders = [part for part in document.parts if tables_of(part.tree, "source")]
    # whoever keeps all sources in a file of their own wants the new ones there
    part = document.main if document.main in holders or not holders else holders[-1]
    count = len(tables_of(part.tree, "source"))

    def change(text: str, tree: dict[str, Any], _: int) -> str:
        tree["source"] = [*tables_of(tree, "source"), *tables]
        at = table_lines(text, ("source", count - 1))[1] if count else len(lines_of(text))
        return insert_lines(text, at, "".join(f"\n{write_source(table)}" for table in tables))

    _change(document, part, 0, environ, change)


def remove_source(path: Path, name: str, environ: Mapping[str, str]) -> None:
    """Take the [[source]] of that name out of the file.

    Raises:
        UsageError: there is none.
        ConfigError: the file is missing, wrong, cannot be written, or would be wrong without it.
    """

    def change(text: str, tree: dict[str, Any], at: int) -> str:
        tree["source"].pop(at)
        if not tree["source"]:
            del tree["source"]
        return take_table(text, ("source", at))

    _change_table(path, "source", name, environ, change)


def pause_source(path: Path, name: str, paused: bool, environ: Mapping[str, str]) -> None:
    """Write `paused = true`, or false, into the [[source]] of that name.

    Raises:
        UsageError: there is none.
        ConfigError: the file is missing, wrong, or cannot be written.
    """

    def change(text: str, tree: dict[str, Any], at: int) -> str:
        standing = "paused" in tree["source"][at]
        tree["source"][at]["paused"] = paused
        if standing:
            return put_value(text, ("source", at, "paused"), paused)
        return insert_lines(text, locate_keys(text)["source", at, "name"], f"paused = {str(paused).lower()}\n")

    _change_table(path, "source", name, environ, change)


def add_recipient(path: Path, kind: ListOwner, name: str, mailbox: str, environ: Mapping[str, str]) -> None:
    """Write one more recipient, `addr` or `Name <addr>`, into the list of the edition or group of that name.

    Raises:
        UsageError: there is no such table.
        ConfigError: the file is missing, wrong, cannot be written, or would be wrong with it: the address is there.
    """

    def change(text: str, tree: dict[str, Any], at: int) -> str:
        table = tree[kind][at]
        standing = "recipients" in table
        table["recipients"] = [*table.get("recipients", ()), mailbox]
        lines = locate_keys(text)
        if standing:
            return insert_text(text, lines[kind, at, "recipients"], "recipients", write_text(mailbox))
        return insert_lines(text, lines[kind, at, "name"], f"recipients = [{write_text(mailbox)}]\n")

    _change_table(path, kind, name, environ, change)


def remove_recipient(path: Path, kind: ListOwner, name: str, mailbox: str, environ: Mapping[str, str]) -> None:
    """Take a recipient, written as the file has it, out of the list of the edition or group of that name.

    A remark that stands behind it on its own line goes too.

    Raises:
        UsageError: there is no such table, or it is not in it.
        ConfigError: the file is missing, wrong, or cannot be written.
    """

    def change(text: str, tree: dict[str, Any], at: int) -> str:
        standing = tree[kind][at].get("recipients", [])
        if mailbox not in standing:
            raise UsageError(f"{quote(mailbox)} is not in the {kind} {quote(name)}", suggest(mailbox, standing))
        index = standing.index(mailbox)
        standing.pop(index)
        return delete_text(text, locate_keys(text)[kind, at, "recipients"], "recipients", index)

    _change_table(path, kind, name, environ, change)


def listed_recipients(path: Path, kind: ListOwner, name: str) -> list[str]:
    """Return the recipients of an edition or a group as the file writes them; raises as the others do."""
    tree = read_document(path.absolute()).tree
    return [str(mailbox) for mailbox in tree[kind][find_table(tree, kind, name)].get("recipients", ())]


def write_source(table: Mapping[str, Any]) -> str:
    """Return the [[source]] table as the file writes it."""
    return "[[source]]\n" + "".join(f"{write_key(key)} = {write_value(value)}\n" for key, value in table.items())


def find_table(tree: Mapping[str, Any], kind: str, name: str) -> int:
    """The number of the table of that name in its list; raises UsageError with the nearest name."""
    names = [str(table.get("name", "")).strip() if isinstance(table, dict) else "" for table in tables_of(tree, kind)]
    if name not in names:
        raise UsageError(f"there is no {kind} {quote(name)}", suggest(name, filter(None, names)))
    return names.index(name)


def _change_table(path: Path, kind: str, name: str, environ: Mapping[str, str], change: Change) -> None:
    document = read_document(path.absolute())
    part, at = document.find_part(kind, find_table(document.tree, kind, name))
    _change(document, part, at, environ, change)


def _change(document: Document, part: Part, at: int, environ: Mapping[str, str], change: Change) -> None:
    tree = copy.deepcopy(dict(part.tree))
    text = edit_text(part.text, lambda plain: change(plain, tree, at))
    write_changes(document, {part.path: (text, tree)}, environ)
