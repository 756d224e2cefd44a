"""Column types that give back exactly what was put in: moments, texts of any kind, small structures.

SQLite knows neither dates nor JSON, and its driver refuses a lone surrogate; each type here says how it is written.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as ISO 8601 text in UTC, so that the order of the texts is the order of the moments."""

    impl = Text
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

    impl = Text
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
    key is computed from its text, so the text may not be repaired either.  It is written as bytes (`surrogatepass`).
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | bytes | None:
        """The text itself, or its bytes where it is not well-formed."""
        if value is None:
            return None
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-8", "surrogatepass")
        return value

    def process_result_value(self, value: str | bytes | None, _dialect: Dialect) -> str | None:
        """The text that was written."""
        return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


class Json(TypeDecorator[object]):
    """A structure of lists, mappings, texts and numbers, kept as JSON in ASCII."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, _dialect: Dialect) -> str:
        """The JSON text, with sorted keys so that equal structures are equal texts."""
        return json.dumps(value, sort_keys=True)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> object:
        """The structure that was written (tuples come back as lists)."""
        return None if value is None else json.loads(value)
