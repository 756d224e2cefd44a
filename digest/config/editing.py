"""Changing sources and recipients of a digest.toml where they stand: every comment and other line stays as it is.

Each change is checked before it is written: read back, the file must say exactly what it said before, and the change.
"""

from __future__ import annotations

import json
import os
import re
import stat
import tempfile
import tomllib
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from digest.config.lines import locate_keys
from digest.config.listing import delete_text, insert_text
from digest.config.loading import check_text, parse_text, read_text
from digest.config.wording import quote, suggest
from digest.errors import ConfigError, UsageError

ListOwner = Literal["edition", "group"]

_PAUSED = re.compile(r"^([ \t]*paused[ \t]*=[ \t]*)(?:true|false)", re.M)


def add_sources(path: Path, tables: list[dict[str, Any]], environ: Mapping[str, str]) -> None:
    """Write further [[source]] tables behind those that are there.

    Raises:
        ConfigError: the file is missing, wrong, cannot be written, or would be wrong with them.
    """

    def edit(text: str, tree: dict[str, Any]) -> str:
        blocks = "".join(f"\n{write_source(table)}" for table in tables)
        count = len(tree.get("source", ()))
        tree["source"] = [*tree.get("source", ()), *tables]
        lines = _lines(text)
        at = _end_of(text, count - 1) if count else len(lines)
        if lines and not lines[at - 1].endswith("\n"):
            lines[at - 1] += "\n"
        return "".join(lines[:at]) + blocks + "".join(lines[at:])

    _change(path, environ, edit)


def remove_source(path: Path, name: str, environ: Mapping[str, str]) -> None:
    """Take the [[source]] of that name out of the file.

    Raises:
        UsageError: there is none.
        ConfigError: the file is missing, wrong, cannot be written, or would be wrong without it.
    """

    def edit(text: str, tree: dict[str, Any]) -> str:
        at = _find(tree, "source", name)
        tree["source"].pop(at)
        if not tree["source"]:
            del tree["source"]
        first, last = locate_keys(text)["source", at] - 1, _end_of(text, at)
        lines = _lines(text)
        if last < len(lines) and not lines[last].strip():
            last += 1
        return "".join(lines[:first] + lines[last:])

    _change(path, environ, edit)


def pause_source(path: Path, name: str, paused: bool, environ: Mapping[str, str]) -> None:
    """Write `paused = true`, or false, into the [[source]] of that name.

    Raises:
        UsageError: there is none.
        ConfigError: the file is missing, wrong, or cannot be written.
    """

    def edit(text: str, tree: dict[str, Any]) -> str:
        at = _find(tree, "source", name)
        standing = "paused" in tree["source"][at]
        tree["source"][at]["paused"] = paused
        lines = _lines(text)
        line = locate_keys(text)[("source", at, "paused") if standing else ("source", at, "name")] - 1
        said = f"paused = {str(paused).lower()}"
        if standing:
            lines[line] = _PAUSED.sub(lambda match: match[1] + str(paused).lower(), lines[line])
            return "".join(lines)
        return _insert_line(text, line + 1, said)

    _change(path, environ, edit)


def add_recipient(path: Path, kind: ListOwner, name: str, mailbox: str, environ: Mapping[str, str]) -> None:
    """Write one more recipient, `addr` or `Name <addr>`, into the list of the edition or group of that name.

    Raises:
        UsageError: there is no such table.
        ConfigError: the file is missing, wrong, cannot be written, or would be wrong with it: the address is there.
    """

    def edit(text: str, tree: dict[str, Any]) -> str:
        at = _find(tree, kind, name)
        table = tree[kind][at]
        standing = "recipients" in table
        table["recipients"] = [*table.get("recipients", ()), mailbox]
        lines = locate_keys(text)
        if standing:
            return insert_text(text, lines[kind, at, "recipients"], "recipients", _write_text(mailbox))
        return _insert_line(text, lines[kind, at, "name"], f"recipients = [{_write_text(mailbox)}]")

    _change(path, environ, edit)


def remove_recipient(path: Path, kind: ListOwner, name: str, mailbox: str, environ: Mapping[str, str]) -> None:
    """Take a recipient, written as the file has it, out of the list of the edition or group of that name.

    A remark that stands behind it on its own line goes too.

    Raises:
        UsageError: there is no such table, or it is not in it.
        ConfigError: the file is missing, wrong, or cannot be written.
    """

    def edit(text: str, tree: dict[str, Any]) -> str:
        at = _find(tree, kind, name)
        standing = tree[kind][at].get("recipients", [])
        if mailbox not in standing:
            raise UsageError(f"{quote(mailbox)} is not in the {kind} {quote(name)}", suggest(mailbox, standing))
        index = standing.index(mailbox)
        standing.pop(index)
        return delete_text(text, locate_keys(text)[kind, at, "recipients"], "recipients", index)

    _change(path, environ, edit)


def listed_recipients(path: Path, kind: ListOwner, name: str) -> list[str]:
    """Return the recipients of an edition or a group as the file writes them; raises as the others do."""
    tree, _ = parse_text(read_text(path), path)
    return [str(mailbox) for mailbox in tree[kind][_find(tree, kind, name)].get("recipients", ())]


def write_source(table: Mapping[str, Any]) -> str:
    """Return the [[source]] table as the file writes it."""
    return "[[source]]\n" + "".join(f"{_write_key(key)} = {_write(value)}\n" for key, value in table.items())


def _write(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_write_key(key)} = {_write(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, str):
        return _write_text(value)
    return str(value).lower()


def _write_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _write_text(key)


def _write_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # JSON's texts are TOML's, but for DEL


def _change(path: Path, environ: Mapping[str, str], edit: Callable[[str, dict[str, Any]], str]) -> None:
    written = read_text(path)
    tree, _ = parse_text(written, path)
    # an editor on Windows ends every line so; where only some are, each is left as it is
    returns = "\r\n" in written and written.count("\r\n") == written.count("\n")
    changed = edit(written.replace("\r\n", "\n") if returns else written, tree)
    changed = changed.replace("\n", "\r\n") if returns else changed
    if _read(changed) != tree:
        raise ConfigError(f"{path} is written in a way that cannot be changed safely", "change it in an editor")
    check_text(changed, path, environ)
    _replace(path, changed, marked=_has_mark(path))


def _has_mark(path: Path) -> bool:
    """Whether the file begins with a byte order mark, which `read_text` takes off."""
    with path.open("rb") as file:
        return file.read(len(BOM_UTF8)) == BOM_UTF8


def _read(text: str) -> dict[str, Any] | None:
    with suppress(tomllib.TOMLDecodeError):
        return tomllib.loads(text)
    return None


def _find(tree: Mapping[str, Any], kind: str, name: str) -> int:
    names = [str(table.get("name", "")).strip() for table in tree.get(kind, ())]
    if name not in names:
        raise UsageError(f"there is no {kind} {quote(name)}", suggest(name, names))
    return names.index(name)


def _lines(text: str) -> list[str]:
    """The lines as TOML counts them: U+2028 ends none."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _insert_line(text: str, after: int, said: str) -> str:
    """The text with a line more behind the line of that number."""
    lines = _lines(text)
    lines[after - 1] += ("" if lines[after - 1].endswith("\n") else "\n") + f"{said}\n"
    return "".join(lines)


def _end_of(text: str, at: int) -> int:
    """The number of lines up to the end of the n-th [[source]], its last value whole; comments behind it stay out."""
    lines = _lines(text)
    end = max(line for path, line in locate_keys(text).items() if path[:2] == ("source", at))
    while end < len(lines) and _read("".join(lines[:end])) is None:
        end += 1  # a list over several lines
    return end


def _replace(path: Path, text: str, *, marked: bool) -> None:
    """Put the new text in the place of the old at one stroke, with the same permissions; a link stays a link."""
    target = path.resolve()
    try:
        handle, temporary = tempfile.mkstemp(prefix=".digest-", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8-sig" if marked else "utf-8", newline="") as file:
                file.write(text)
            Path(temporary).chmod(stat.S_IMODE(target.stat().st_mode))
            Path(temporary).replace(target)
        finally:
            Path(temporary).unlink(missing_ok=True)  # it is there only where something failed
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}", "check who owns it and its folder") from error
