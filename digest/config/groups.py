"""What is wrong with [[group]] tables beyond a single table: names taken twice, and groups that are not there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from digest.config.mistakes import Mistake
from digest.config.wording import quote, suggest


def find_group_mistakes(raw: Mapping[str, object]) -> Iterator[Mistake]:
    """The mistakes in the names of groups and in the editions that take them."""
    known: list[str] = []
    for n, table in _list_tables(raw, "group"):
        name = _clean(table.get("name", ""))
        if name and name in known:
            yield Mistake(("group", n, "name"), f"name {quote(name)} is taken by an earlier [[group]]: choose another")
        known.append(name)
    for n, edition in _list_tables(raw, "edition"):
        names = edition.get("groups")
        for m, name in enumerate(names if isinstance(names, tuple) else ()):
            if isinstance(name, str) and _clean(name) not in known:
                said = f"groups names {quote(name)}, which is no [[group]]: {suggest(name, known)}"
                yield Mistake(("edition", n, "groups", m), said)


def _list_tables(raw: Mapping[str, object], key: str) -> list[tuple[int, Mapping[str, object]]]:
    tables = raw.get(key)
    return [(n, t) for n, t in enumerate(tables) if isinstance(t, Mapping)] if isinstance(tables, tuple) else []


def _clean(name: object) -> str:
    """The name as the models will have it."""
    return unicodedata.normalize("NFC", str(name).strip())
