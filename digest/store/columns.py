"""Column types that give back exactly what was put in, on SQLite and on PostgreSQL: moments, texts, small structures.

SQLite knows neither dates nor JSON, so they are texts; each type here says how it is written.  On PostgreSQL texts have
the collation "C", or their order would depend on the server's language; SQLite compares code points anyway.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime

from sqlalchemy import DOUBLE_PRECISION, REAL, BigInteger, Integer, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

Plain = Text().with_variant(Text(collation="C"), "postgresql")
"""A text of the program's own, well-formed and without NUL."""

Number = Integer().with_variant(BigInteger(), "postgresql")  # both of 64 bits
Real: TypeEngine[float] = REAL().with_variant(DOUBLE_PRECISION(), "postgresql")  # both of 64 bits

SERVER = "postgresql"
ESCAPE = "\ufdd0"  # a character that Unicode promises to nobody
_UNSTORABLE = re.compile(f"[\0\ud800-\udfff{ESCAPE}]")
_ESCAPED = re.compile(f"{ESCAPE}([0-9a-f]{{4}})")


def escape(text: str) -> str:
    """The text as PostgreSQL can keep it, which has neither NUL nor lone surrogates in its texts."""
    return _UNSTORABLE.sub(lambda found: f"{ESCAPE}{ord(found[0]):04x}", text)


def unescape(text: str) -> str:
    """The text that was escaped."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if ESCAPE in text else text


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as ISO 8601 text in UTC, so that the order of the texts is the order of the moments."""

    impl = Plain
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> str | None:
        """The text to write; a naive moment is a mistake of the caller, since nobody could say when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC).isoformat()

    def process_result_value(self, value: str | None, _dialect: Dialect) -> datetime | None:
        """The moment that was written, in UTC."""
        return None if value is None else datetime.fromisoformat(value)


class Day(TypeDecorator[date]):
    """A calendar day, kept as ISO 8601 text."""

    impl = Plain
    cache_ok = True

    def process_bind_param(self, value: date | None, _dialect: Dialect) -> str | None:
        """The text to write."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, _dialect: Dialect) -> date | None:
        """The day that was written."""
        return None if value is None else date.fromisoformat(value)


class Words(TypeDecorator[str]):
    """A text that comes back character by character, even a broken one.

    A lone surrogate cannot be UTF-8, and the driver raises on it; one such article must not stop the others, and its
    key is computed from its text, so the text may not be repaired either.  In a SQLite file it is written as bytes
    (`surrogatepass`), on a server with escapes.
    """

    impl = Plain
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | bytes | None:
        """The text itself, or what stands for it where it cannot be written."""
        if value is None:
            return None
        if dialect.name == SERVER:
            return escape(value)
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-8", "surrogatepass")
        return value

    def process_result_value(self, value: str | bytes | None, dialect: Dialect) -> str | None:
        """The text that was written."""
        if isinstance(value, bytes):
            return value.decode("utf-8", "surrogatepass")
        return unescape(value) if value and dialect.name == SERVER else value


class Json(TypeDecorator[object]):
    """A structure of lists, mappings, texts and numbers, kept as JSON in ASCII."""

    impl = Plain
    cache_ok = True

    def process_bind_param(self, value: object, _dialect: Dialect) -> str:
        """The JSON text, with sorted keys so that equal structures are equal texts."""
        return json.dumps(value, sort_keys=True)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> object:
        """The structure that was written (tuples come back as lists)."""
        return None if value is None else json.loads(value)
