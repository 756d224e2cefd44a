"""The health of the sources: since when each answers, or does not, and what it last complained of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import Connection, select

from digest.model import Article
from digest.store.articles import load
from digest.store.dialects import add_or_renew
from digest.store.forgotten import has_words
from digest.store.identity import select_in
from digest.store.records import SourceHealth, SourceReading
from digest.store.schema import listings, sources


def record(connection: Connection, readings: Iterable[SourceReading], now: datetime) -> None:
    """Writes how readings of sources went, one of each."""
    by_name = {reading.name: reading for reading in readings}
    known = {
        row.name: SourceHealth(**row._mapping)
        for row in select_in(connection, select(sources), sources.c.name, by_name)
    }
    rows = [asdict(_follow(known.get(name), reading, now)) for name, reading in by_name.items()]
    add_or_renew(connection, sources, rows)
    lists = [{"source": one.name, "mark": one.mark, "keys": one.keys} for one in by_name.values()]
    add_or_renew(connection, listings, lists)


def find_listed(connection: Connection, name: str, mark: str) -> list[Article] | None:
    """The articles of a source's list, where the list of this mark was read to its end before; else None.

    Those that are forgotten are left out.
    """
    question = select(listings.c["keys"]).where(listings.c.source == name, listings.c.mark == mark)
    row = connection.execute(question).first() if mark else None
    if row is None:
        return None
    stored = load(connection, row[0])
    return [stored[key] for key in row[0] if key in stored and has_words(stored[key])]


def _follow(known: SourceHealth | None, reading: SourceReading, now: datetime) -> SourceHealth:
    """The health after a reading."""
    before = known or SourceHealth(reading.name, now, now, None, None, 0, None, "", 0, False)
    after = replace(
        before,
        last_tried=now,
        last_new=now if reading.new else before.last_new,
        problem=reading.problem,
        baseline=before.baseline or reading.baseline,
    )
    if reading.failed:
        return replace(after, failures=before.failures + 1, failing_since=before.failing_since or now)
    return replace(after, last_good=now, failures=0, failing_since=None, articles=reading.articles)


def health(connection: Connection) -> dict[str, SourceHealth]:
    """How every source fares that was ever tried, in the order of their names."""
    return {
        row.name: SourceHealth(**row._mapping) for row in connection.execute(select(sources).order_by(sources.c.name))
    }


def is_new(connection: Connection, name: str) -> bool:
    """Whether the source has never been read without failing."""
    question = select(sources.c.name).where(sources.c.name == name, sources.c.last_good.is_not(None))
    return connection.execute(question).first() is None
