"""Rests: mail servers that refused us and are left alone for a while, since asking again makes it worse.

A server is named `host:port`, or `host:port` and, after a space, whatever tells the settings it was used with: with
others it may do better, so they find no rest.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select

from digest.store.records import Rest
from digest.store.schema import rests


def find(connection: Connection, server: str) -> Rest | None:
    """The rest of a server, over or not, or None where it has none."""
    row = connection.execute(select(rests).where(rests.c.server == server)).one_or_none()
    return Rest(**row._mapping) if row else None


def begin(connection: Connection, server: str, until: datetime, why: str) -> Rest:
    """The rest of a server that failed once more, until then; the rests it had under other settings are forgotten."""
    before = find(connection, server)
    end(connection, server.partition(" ")[0])
    rest = Rest(server, before.failures + 1 if before else 1, until, why)
    connection.execute(insert(rests).values(server=server, failures=rest.failures, until=until, why=why))
    return rest


def end(connection: Connection, server: str) -> None:
    """Forgets the failures of a server: `host:port` is that server under any settings."""
    other_settings = rests.c.server.startswith(server + " ", autoescape=True)
    connection.execute(delete(rests).where(or_(rests.c.server == server, other_settings)))
