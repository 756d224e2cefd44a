"""Changing one value of a TOML document where it stands, so that every other character stays as it is.

A new key goes behind the last one of its table, and not behind the remarks that follow it: those belong to what comes
next.  A table that is not there yet goes above the remark that shows it (`# [mail]`), else to the end.  Every function
returns the text; who calls reads it back, and refuses a change that did more or less than it should.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

from digest.config.lines import KeyPath, Span, locate_keys, locate_values
from digest.config.listing import delete_text, insert_text

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BEFORE_LAST = re.compile(r"[ \t]*(?:(?:[\w-]+|\"[^\"]*\"|'[^']*')[ \t]*\.[ \t]*)*")


def write_value(value: Any) -> str:
    """The value as the file writes it, a table on one line."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{write_key(key)} = {write_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(write_value(one) for one in value) + "]"
    if isinstance(value, str):
        return write_text(value)
    return value.isoformat() if isinstance(value, date) else str(value).lower()


def write_key(key: str) -> str:
    """The key, in quotes where it needs them."""
    return key if _BARE.fullmatch(key) else write_text(key)


def write_text(text: str) -> str:
    """The text in quotes: JSON's texts are TOML's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def put_value(text: str, path: KeyPath, value: Any) -> str:
    """The document with that value at that key."""
    spans = locate_values(text)
    if path in spans:
        return _replace_value(text, path, spans[path], value)
    table, key = path[:-1], str(path[-1])
    if table in spans:
        return _put_inline(text, spans, table, f"{write_key(key)} = {write_value(value)}")
    siblings = [span for one, span in spans.items() if one[:-1] == table and isinstance(one[-1], str)]
    if siblings:
        return _put_below(text, max(siblings, key=lambda span: span.end), key, value)
    line = locate_keys(text).get(table) if table else 0
    if line is not None:
        return insert_lines(text, line, f"{write_key(key)} = {write_value(value)}\n")
    if len(table) > 1:
        return put_value(text, table, {key: value})
    return _put_table(text, str(table[0]), f"{write_key(key)} = {write_value(value)}\n")


def take_value(text: str, path: KeyPath) -> str:
    """The document without that key, or without the single table of that name."""
    spans = locate_values(text)
    if path not in spans:
        return take_table(text, path)
    span = spans[path]
    begin, end = text.rfind("\n", 0, span.key) + 1, text.find("\n", span.end) + 1 or len(text)
    if not text[begin : span.key].strip() and re.fullmatch(r"[ \t\r]*(?:#[^\n]*)?\n?", text[span.end : end]):
        return text[:begin] + text[end:]
    behind = re.compile(r"[ \t]*,[ \t]*").match(text, span.end)
    if behind:
        return text[: span.key] + text[behind.end() :]
    before = re.search(r"[ \t]*,[ \t]*$", text[: span.key])
    return text[: before.start() if before else span.key] + text[span.end :]


def take_table(text: str, path: KeyPath) -> str:
    """The document without that table, and without one of the empty lines around it."""
    first, last = table_lines(text, path)
    lines = lines_of(text)
    if last < len(lines) and not lines[last].strip():
        last += 1
    return "".join(lines[:first] + lines[last:])


def table_lines(text: str, path: KeyPath) -> tuple[int, int]:
    """How many lines stand above a table's header, and up to its last value; remarks behind that are not its own."""
    placed = {one: line for one, line in locate_keys(text).items() if one[: len(path)] == path}
    ends = [text.count("\n", 0, span.end) + 1 for one, span in locate_values(text).items() if one in placed]
    return min(placed.values()) - 1, max([*placed.values(), *ends])


def insert_lines(text: str, after: int, said: str) -> str:
    """The text with whole lines more behind the line of that number."""
    lines = lines_of(text)
    if after and not lines[after - 1].endswith("\n"):
        lines[after - 1] += "\n"
    return "".join((*lines[:after], said, *lines[after:]))


def lines_of(text: str) -> list[str]:
    """The lines as TOML counts them: U+2028 ends none."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _replace_value(text: str, path: KeyPath, span: Span, value: Any) -> str:
    texts = isinstance(value, list) and all(isinstance(one, str) for one in value)
    if texts and text[span.start] == "[" and "#" in text[span.start : span.end]:
        return _replace_list(text, path, span, value)
    written = write_value(value)
    remark = re.compile(r"([ \t]+)#").match(text, span.end)
    if remark is None:
        return text[: span.start] + written + text[span.end :]
    # the remarks of a table stand one below the other
    gap = max(2, len(remark[1]) + span.end - span.start - len(written))
    return text[: span.start] + written + " " * gap + text[remark.end(1) :]


def _replace_list(text: str, path: KeyPath, span: Span, wanted: list[str]) -> str:
    """A list with remarks between its texts: who stays keeps his line, and those who are new follow."""
    line = text.count("\n", 0, span.key) + 1
    standing = tomllib.loads(f"value = {text[span.start : span.end]}")["value"]
    if [one for one in standing if one in wanted] != wanted[: sum(one in wanted for one in standing)]:
        return text[: span.start] + write_value(wanted) + text[span.end :]
    for index in reversed(range(len(standing))):
        if standing[index] not in wanted:
            text = delete_text(text, line, str(path[-1]), index)
    for one in wanted:
        if one not in standing:
            text = insert_text(text, line, str(path[-1]), write_text(one))
    return text


def _put_inline(text: str, spans: Mapping[KeyPath, Span], table: KeyPath, said: str) -> str:
    inner = [span.end for path, span in spans.items() if path[:-1] == table]
    at = max(inner) if inner else spans[table].start + 1
    return f"{text[:at]}, {said}{text[at:]}" if inner else f"{text[:at]} {said} {text[at:].lstrip()}"


def _put_below(text: str, sibling: Span, key: str, value: Any) -> str:
    """The key on a line of its own, led by what leads its sibling: white space, and `mail.` of `mail.port = 465`."""
    begin = text.rfind("\n", 0, sibling.key) + 1
    lead = _BEFORE_LAST.match(text, begin)
    said = f"{lead[0] if lead else ''}{write_key(key)} = {write_value(value)}\n"
    return insert_lines(text, text.count("\n", 0, sibling.end) + 1, said)


def _put_table(text: str, name: str, said: str) -> str:
    shown = re.search(rf"^#[ \t]*\[{re.escape(name)}\][ \t]*(?:#.*)?$", text, re.M)
    if shown:
        return f"{text[: shown.start()]}[{name}]\n{said}\n{text[shown.start() :]}"
    gap = "" if text.endswith("\n") or not text else "\n"
    return f"{text}{gap}\n[{name}]\n{said}"
