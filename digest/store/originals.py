"""Originals: which bytes gave which text when, so that a printed sentence can be proved later.

The first version of an article stands in `articles`, since issues quote it; the later ones stand here beside it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy import exists as exists_in

from digest.errors import StoreError
from digest.model import Article, Document
from digest.store import articles as texts
from digest.store.forgotten import find_forgotten
from digest.store.identity import select_in
from digest.store.ledger import OPEN, TAKEN
from digest.store.records import Version
from digest.store.schema import articles, ledger, originals, versions

LEVEL = 1
"""Of zlib: 6 takes twice as long for pages that come out an eighth smaller."""

Place = tuple[str, str]  # key and fingerprint
PORTION = 64  # originals compressed and written together, so that not all of them are in memory twice


class DamagedError(StoreError):
    """A row is there, but what stands in it cannot be read: it was changed behind the program's back, or rotted."""


@contextmanager
def undamaged(what: str) -> Iterator[None]:
    """A block that reads rows: where one of them cannot be unpacked, a DamagedError says that `what` is damaged."""
    try:
        yield
    except (ValueError, TypeError, RecursionError, zlib.error) as error:  # no JSON, no moment, no UTF-8, no bytes
        raise DamagedError(f"the stored {what} is damaged", "restore the database from a backup") from error


@dataclass(frozen=True, slots=True)
class _Reading:
    """One text of the article kept under `key`, and the document it was read from at that moment."""

    key: str
    article: Article
    fingerprint: str
    document: Document
    at: datetime

    @property
    def place(self) -> Place:
        """What tells it from other versions."""
        return (self.key, self.fingerprint)


def record(connection: Connection, pairs: Iterable[tuple[Article, Document]], now: datetime) -> dict[str, str]:
    """For the key of every article the key under which it is kept, as `articles.record`; bytes and versions too.

    Bytes that gave nothing new are not kept: a page with a clock in it would be kept with every visit.
    """
    given = list(pairs)
    kept = texts.record(connection, [article for article, _ in given], now)
    forgotten = find_forgotten(connection, kept.values())
    readings = [
        _Reading(kept[article.key], article, texts.fingerprint(article), document, document.fetched_at or now)
        for article, document in given
        if kept[article.key] not in forgotten
    ]
    _keep_versions(connection, readings)
    return kept


def find_versions(connection: Connection, key: str) -> dict[str, Version]:
    """What the article has read so far by fingerprint, oldest first; what issues quote is always among it.

    Raises DamagedError where its rows cannot be read.
    """
    columns = (articles.c.title, articles.c.text, articles.c.fingerprint, articles.c.first_seen)
    with undamaged(f"article {key}"):
        article = connection.execute(select(*columns).where(articles.c.key == key)).one_or_none()
        if article is None:
            return {}
        found = {article.fingerprint: Version(key, article.title, article.text, "", article.first_seen)}
        for row in connection.execute(select(versions).where(versions.c.key == key)):
            title = article.title if row.title is None else row.title
            text = article.text if row.text is None else _unpack_text(row.text)
            found[row.fingerprint] = Version(key, title, text, row.sha256, row.fetched_at)
        quoted = article.fingerprint  # of two of one moment the first
        return dict(sorted(found.items(), key=lambda item: (item[1].fetched_at, item[0] != quoted, item[0])))


def find_original(connection: Connection, mark: str) -> bytes | None:
    """The bytes with this SHA-256 as they came, or None where they are not kept (any more).

    Raises DamagedError where they cannot be unpacked.
    """
    with undamaged(f"original {mark[:16]}"):
        packed = connection.execute(select(originals.c.data).where(originals.c.sha256 == mark)).scalar_one_or_none()
        return None if packed is None else zlib.decompress(packed)


def forget(connection: Connection, before: datetime) -> int:
    """How many originals first fetched before that moment were dropped; their texts stay.

    Those of an article that an issue may still take, or has taken and not yet been sent, are kept.
    """
    needed = (
        select(versions.c.key)
        .join(ledger, ledger.c.key == versions.c.key)
        .where(versions.c.sha256 == originals.c.sha256, ledger.c.state.in_((*OPEN, *TAKEN)))
    )
    statement = delete(originals).where(originals.c.first_fetched < before, ~exists_in(needed))
    return connection.execute(statement).rowcount


def _keep_versions(connection: Connection, readings: Sequence[_Reading]) -> None:
    keys = [reading.key for reading in readings]
    question = select(articles.c.key, articles.c.fingerprint, articles.c.source)
    firsts = {row.key: (row.fingerprint, row.source) for row in select_in(connection, question, articles.c.key, keys)}
    standing, known = _known_versions(connection, keys)
    new: dict[Place, _Reading] = {}
    again: list[_Reading] = []
    for reading in readings:
        first, source = firsts[reading.key]
        if reading.place not in known:
            known.add(reading.place)
            new[reading.place] = reading
        elif reading.article.source == source and standing.get(reading.key, first) != reading.fingerprint:
            again.append(reading)
        if reading.article.source == source:
            standing[reading.key] = reading.fingerprint
    marks = _keep_bytes(connection, list(new.values()))
    if new:
        rows = [_to_version(r, marks[id(r.document)], firsts[r.key][0]) for r in new.values()]
        connection.execute(insert(versions), rows)
    for reading in again:
        _stand_again(connection, reading)


def _keep_bytes(connection: Connection, readings: Sequence[_Reading]) -> dict[int, str]:
    """The SHA-256 of every reading's document by its `id`, after the bytes of those unknown are kept."""
    different = {id(reading.document): reading for reading in readings}  # a feed's document comes with each article
    marks = {number: sha256(reading.document.data).hexdigest() for number, reading in different.items()}
    by_mark = {marks[number]: reading for number, reading in different.items()}
    known = {row.sha256 for row in select_in(connection, select(originals.c.sha256), originals.c.sha256, by_mark)}
    unknown = [(mark, reading) for mark, reading in by_mark.items() if mark not in known]
    for start in range(0, len(unknown), PORTION):
        rows = [_to_original(mark, reading) for mark, reading in unknown[start : start + PORTION]]
        connection.execute(insert(originals), rows)
    return marks


def _to_original(mark: str, reading: _Reading) -> dict[str, object]:
    document = reading.document
    return {
        "sha256": mark,
        "media_type": document.media_type,
        "data": zlib.compress(document.data, LEVEL),
        "size": len(document.data),
        "first_fetched": reading.at,
    }


def _known_versions(connection: Connection, keys: Iterable[str]) -> tuple[dict[str, str], set[Place]]:
    """For every key the fingerprint that its own source gave last; and all keys and fingerprints that are kept."""
    question = (
        select(versions.c.key, versions.c.fingerprint, (versions.c.source == articles.c.source).label("own"))
        .join(articles, articles.c.key == versions.c.key)
        .order_by(versions.c.became_at)
    )
    rows = list(select_in(connection, question, versions.c.key, keys))
    return {row.key: row.fingerprint for row in rows if row.own}, {(row.key, row.fingerprint) for row in rows}


def _to_version(reading: _Reading, mark: str, first: str) -> dict[str, object]:
    same = reading.fingerprint == first
    return {
        "key": reading.key,
        "fingerprint": reading.fingerprint,
        "sha256": mark,
        "source": reading.article.source,
        "fetched_at": reading.at,
        "became_at": reading.at,
        "title": None if same else reading.article.title,
        "text": None if same else _pack_text(reading.article.text),
    }


def _stand_again(connection: Connection, reading: _Reading) -> None:
    """A page that went back to what it read before: that version stands again."""
    place = (versions.c.key == reading.key) & (versions.c.fingerprint == reading.fingerprint)
    connection.execute(update(versions).where(place).values(became_at=reading.at, source=reading.article.source))


def _pack_text(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"), LEVEL)


def _unpack_text(packed: bytes) -> str:
    return zlib.decompress(packed).decode("utf-8", "surrogatepass")
