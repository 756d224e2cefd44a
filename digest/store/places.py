"""Where a database is: a SQLite file, or a database on a PostgreSQL server by its URL."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from digest.errors import StoreError

Place = Path | str
"""The path of a file, or the URL of a database on a PostgreSQL server."""

SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
DRIVER = "postgresql+psycopg"


def read_url(text: str) -> URL:
    """The URL of a database on a server, with the one driver that is used; raises StoreError for any other."""
    remedy = 'write url = "postgresql://user@host/database", or path = "digest.db" for a file'
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # whose words would show the password
        raise StoreError("[store] url is not the URL of a database", remedy) from None
    if url.drivername not in SCHEMES:
        raise StoreError(f"[store] url begins with {url.drivername}:, which is not supported", remedy)
    return url.set(drivername=DRIVER)


def name_place(place: Place) -> str:
    """What a place is called in messages: a URL without its password and its options, which may hold secrets."""
    if isinstance(place, Path):
        return str(place)
    url = read_url(place)
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database).render_as_string()
