"""Articles as data: a JSON list or one object, or JSON Lines, with title, text, url, source and date."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from digest.errors import FormatError
from digest.extract.fieldnames import usual_values

_FIELDS = ("title", "text", "url", "site", "date", "author", "language", "image")

Record = dict[str, str]


def looks_like_records(text: str) -> bool:
    """Whether `text` opens like JSON with an object in it."""
    head = text.lstrip("\ufeff \t\r\n")[:200]
    return head.startswith("{") or (head.startswith("[") and head[1:].lstrip().startswith(("{", "]")))


def read_records(text: str) -> tuple[list[Record], list[str]]:
    """Return the records of `text` and what is wrong with the others, one line each.

    Raises:
        FormatError: it is neither JSON nor JSON Lines.
    """
    try:
        loaded = json.loads(text)
    except RecursionError as error:
        raise FormatError("the JSON is nested too deeply", "write a flat list of articles") from error
    except ValueError as error:
        return _read_lines(text, error)
    rows = loaded if isinstance(loaded, list) else _inner_list(loaded)
    return _keep_articles((f"record {n}", row) for n, row in enumerate(rows, 1))


def _inner_list(loaded: Any) -> list[Any]:
    """The list in an envelope such as {"articles": [...]}, or the one object itself."""
    if isinstance(loaded, Mapping):
        for key in ("articles", "items", "data", "results", "list"):
            if isinstance(loaded.get(key), list):
                return list(loaded[key])
    return [loaded]


def _read_lines(text: str, whole: ValueError) -> tuple[list[Record], list[str]]:
    rows: list[tuple[str, Any]] = []
    problems = []
    lines = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    for number, line in lines:
        try:
            rows.append((f"line {number}", json.loads(line)))
        except (ValueError, RecursionError) as error:
            problems.append(f"line {number}: not JSON: {_complaint(error)}")
    if not rows and text.strip():
        raise FormatError(f"not JSON: {_complaint(whole)}", "write a JSON list, or one JSON object a line")
    records, more = _keep_articles(iter(rows))
    return records, problems + more


def _complaint(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.removesuffix(' at')} at line {error.lineno}, column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _keep_articles(rows: Iterator[tuple[str, Any]]) -> tuple[list[Record], list[str]]:
    records, problems = [], []
    for name, row in rows:
        if not isinstance(row, Mapping):
            problems.append(f"{name}: an object with title and text is expected")
            continue
        record = {field: _text(row, field) for field in _FIELDS}
        if record["text"] or record["title"]:
            records.append(record)
        else:
            problems.append(f"{name}: no title and no text")
    return records, problems


def _text(row: Mapping[Any, Any], field: str) -> str:
    """The first of the usual names of a field that holds text; of an object its name."""
    for value in usual_values(row, field):
        if isinstance(value, Mapping):
            value = value.get("name") or value.get("title")
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""
