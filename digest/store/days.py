"""What is remembered of an issue's day: the days that documents set, the words of its articles, the changes it told of.

What stood in a void issue reached nobody, and is as if it had never been.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from digest.model import Appointment
from digest.store.issues import living
from digest.store.records import NoticeRow
from digest.store.schema import appointments, day_words, issues, notices


def keep_appointments(connection: Connection, edition: str, slot: datetime, found: Iterable[Appointment]) -> None:
    """Writes the days that the documents of a new issue set; of two of one document and kind the first."""
    first: dict[tuple[str, str], Appointment] = {}
    for one in found:
        first.setdefault((one.key, one.kind), one)
    rows = [
        {name: getattr(one, name) for name in ("key", "kind", "title", "body", "number", "url")} | {"on_day": one.on}
        for one in first.values()
    ]
    if rows:
        connection.execute(insert(appointments).values(edition=edition, slot=slot), rows)


def find_appointments(connection: Connection, edition: str, first: date, last: date) -> tuple[Appointment, ...]:
    """The days from `first` to `last` that documents set; where issues differ about one, the latest is believed."""
    question = (
        select(appointments, issues.c.day)
        .join(issues, living(appointments))
        .where(appointments.c.edition == edition)
        .order_by(appointments.c.slot)
    )
    latest = {(row.key, row.kind): row for row in connection.execute(question)}
    found = [
        Appointment(row.on_day, row.kind, row.title, row.body, row.number, row.url, row.key, told=row.day)
        for row in latest.values()
        if first <= row.on_day <= last
    ]
    return tuple(sorted(found, key=lambda one: (one.on, one.key, one.kind)))


def keep_words(connection: Connection, edition: str, slot: datetime, words: Mapping[str, int]) -> None:
    """Writes in how many articles of a new issue each word stood."""
    rows = [{"word": word, "count": count} for word, count in words.items()]
    if rows:
        connection.execute(insert(day_words).values(edition=edition, slot=slot), rows)


def find_words(connection: Connection, edition: str, since: datetime) -> tuple[tuple[date, dict[str, int]], ...]:
    """The day of every issue since then that kept words, with their counts; oldest first."""
    question = (
        select(day_words.c.slot, issues.c.day, day_words.c.word, day_words.c["count"].label("times"))
        .join(issues, living(day_words))
        .where(day_words.c.edition == edition, day_words.c.slot >= since)
        .order_by(day_words.c.slot, day_words.c.word)
    )
    found: dict[datetime, tuple[date, dict[str, int]]] = {}
    for row in connection.execute(question):
        found.setdefault(row.slot, (row.day, {}))[1][row.word] = row.times
    return tuple(found.values())


def keep_notices(connection: Connection, edition: str, slot: datetime, told: Iterable[NoticeRow]) -> None:
    """Writes which changes and withdrawals a new issue tells of."""
    rows = [one._asdict() for one in dict.fromkeys(told)]
    if rows:
        connection.execute(insert(notices).values(edition=edition, slot=slot), rows)


def find_notices(connection: Connection, edition: str) -> frozenset[NoticeRow]:
    """The changes and withdrawals that an issue of the edition has told of."""
    question = select(notices.c.key, notices.c.kind, notices.c.mark).join(issues, living(notices))
    rows = connection.execute(question.where(notices.c.edition == edition))
    return frozenset(NoticeRow(row.key, row.kind, row.mark) for row in rows)
