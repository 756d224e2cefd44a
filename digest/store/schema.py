"""The tables as SQLAlchemy Core sees them.

`migrations.py` is what makes them; a test holds the two together.  Queries are written against these objects only.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from digest.store.columns import Json, Moment, Words

metadata = MetaData()

articles = Table(
    "articles",
    metadata,
    Column("key", Text, primary_key=True),
    Column("title", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("site", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("published", Text),
    Column("published_is_day", Boolean, nullable=False),
    Column("categories", Json, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("fingerprint", Text, nullable=False),
)

issues = Table(
    "issues",
    metadata,
    Column("edition", Text, primary_key=True),
    Column("slot", Moment, primary_key=True),
    Column("day", Text, nullable=False),
    Column("subject", Words, nullable=False),
    Column("html", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("manifest", Json, nullable=False),
    Column("composed_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
)

ledger = Table(
    "ledger",
    metadata,
    Column("edition", Text, primary_key=True),
    Column("key", Text, ForeignKey("articles.key"), primary_key=True),
    Column("state", Text, nullable=False),
    Column("reason", Words, nullable=False),
    Column("slot", Moment),
    Column("window_until", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    ForeignKeyConstraint(["edition", "slot"], ["issues.edition", "issues.slot"]),
)

outbox = Table(
    "outbox",
    metadata,
    Column("edition", Text, primary_key=True),
    Column("slot", Moment, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("name", Words, nullable=False),
    Column("message_id", Text, nullable=False, unique=True),
    Column("header", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("code", Integer, nullable=False),
    Column("reply", Words, nullable=False),
    Column("next_at", Moment),
    Column("changed_at", Moment, nullable=False),
    ForeignKeyConstraint(["edition", "slot"], ["issues.edition", "issues.slot"]),
)
