"""Dotted paths into JSON: `data.list`, `data.pages[0].rows`, `groups.*.items`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from digest.errors import FormatError

_STEP = re.compile(r"\[(\d+|\*)\]|([^.\[\]]+)")
_MOST_KEYS = 12


def find_path(value: Any, path: str) -> Iterator[Any]:
    """Yield every value that `path` leads to below `value`, in order: none, one, or several where it has a `*`."""
    found = [value]
    for step in _steps(path):
        found = [inner for outer in found for inner in _step(outer, step)]
    yield from found


def need_path(value: Any, path: str) -> list[Any]:
    """Return the values that `path` leads to.

    Raises:
        FormatError: it leads nowhere; the message tells how far it led and which keys are there.
    """
    found, gone = [value], ""
    for step in _steps(path):
        inner = [inner for outer in found for inner in _step(outer, step)]
        if not inner:
            where = f"in {gone}" if gone else "at the top"
            raise FormatError(f'the path "{path}" leads nowhere: no "{step}" {where}', f"there is {describe(found)}")
        found, gone = inner, f"{gone}.{step}" if gone else step
    return found


def describe(values: list[Any]) -> str:
    """Return what can be named below the first of `values`: its keys, or how long a list it is."""
    value = values[0] if values else None
    if isinstance(value, Mapping):
        keys = [str(key)[:40] for key in value]
        return ", ".join(keys[:_MOST_KEYS]) + (", …" if len(keys) > _MOST_KEYS else "") or "an empty object"
    if isinstance(value, list):
        inside = f" of {describe(value[:1])}" if value and isinstance(value[0], Mapping) else ""
        return f"a list of {len(value)}{inside and f', each with {inside[4:]}'}"
    return "nothing below a plain value"


def _steps(path: str) -> list[str]:
    return [index or name.strip() for index, name in _STEP.findall(path)]


def _step(value: Any, step: str) -> list[Any]:
    """What one step leads to; a number counts a list, `*` takes all of it, and a name may be any key."""
    if step == "*":
        return list(value) if isinstance(value, list) else list(value.values()) if isinstance(value, Mapping) else []
    if isinstance(value, Mapping):
        return [value[step]] if step in value else []
    if isinstance(value, list) and step.isdigit() and int(step) < len(value):
        return [value[int(step)]]
    return []
