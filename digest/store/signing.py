"""The key with which a database signs what it gives out: Message-IDs and tokens to unsubscribe."""

from __future__ import annotations

from sqlalchemy import Connection, select

from digest.store.schema import keys


def find(connection: Connection) -> bytes:
    """32 random bytes, made with the database."""
    key: bytes = connection.execute(select(keys.c.value).where(keys.c.name == "signing")).scalar_one()
    return key
