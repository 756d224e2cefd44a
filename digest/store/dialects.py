"""What SQLite and PostgreSQL say differently: rows that may be there already, and the statements of the steps."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from digest.store.columns import SERVER

COUNTED = {"preserve_rowcount": True}  # of an insertion it is forgotten otherwise
Rows = Sequence[Mapping[str, Any]]

_WORDS = {  # a word of a step as SQLite has it, and as PostgreSQL does
    "TEXT": 'TEXT COLLATE "C"',
    "BLOB": "BYTEA",
    "INTEGER": "BIGINT",
    "REAL": "DOUBLE PRECISION",
    "randomblob(32)": "uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())",
}
_WORD = re.compile(r"\b(?:TEXT|BLOB|INTEGER|REAL)\b|randomblob\(32\)")
_TRUTH = re.compile(r"CHECK \(\w+ IN \(0, 1\)\)")  # a BOOLEAN that is one needs no check


def add_new(connection: Connection, table: Table, rows: Rows) -> int:
    """How many of the rows were added; one whose key is there already is passed over."""
    if not rows:
        return 0
    statement = _insert(connection, table).on_conflict_do_nothing()
    return int(connection.execute(statement, list(rows), execution_options=COUNTED).rowcount)


def add_or_renew(connection: Connection, table: Table, rows: Rows) -> None:
    """Writes the rows; one whose key is there already takes its place."""
    if not rows:
        return
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    renewed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=renewed), list(rows))


def _insert(connection: Connection, table: Table) -> Any:
    """An insertion that can say what is to happen to a row that is there; the two classes share that, and no parent."""
    if connection.dialect.name == SERVER:  # loaded where it is used: who has a file waits a tenth of a second less
        from sqlalchemy.dialects.postgresql import insert as insert_there

        return insert_there(table)
    from sqlalchemy.dialects.sqlite import insert

    return insert(table)


def translate(statement: str) -> str:
    """A statement of a step, which is written for SQLite, as PostgreSQL takes it; empty for a PRAGMA."""
    if statement.startswith("PRAGMA"):
        return ""
    return _TRUTH.sub("", _WORD.sub(lambda found: _WORDS[found[0]], statement))
