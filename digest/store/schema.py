"""The tables as SQLAlchemy Core sees them.

`steps.py` is what makes them; a test holds the two together.  Queries are written against these objects only.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    MetaData,
    Table,
)

from digest.store.columns import Day, Json, Moment, Number, Plain, Real, Words

metadata = MetaData()

articles = Table(
    "articles",
    metadata,
    Column("key", Plain, primary_key=True),
    Column("title", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("site", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("published", Plain),
    Column("published_is_day", Boolean, nullable=False),
    Column("categories", Json, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("fingerprint", Plain, nullable=False),
    Column("origin", Words, nullable=False),
    Column("identity", Words, nullable=False),
    Column("position", Number, nullable=False),
    Column("image", Words, nullable=False),
)

aliases = Table(  # the other keys and addresses under which an article was met
    "aliases",
    metadata,
    Column("key", Plain, primary_key=True),
    Column("article", Plain, ForeignKey("articles.key"), nullable=False),
    Column("identity", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

originals = Table(  # bytes as they came, compressed
    "originals",
    metadata,
    Column("sha256", Plain, primary_key=True),
    Column("media_type", Words, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("size", Number, nullable=False),
    Column("first_fetched", Moment, nullable=False),
)

versions = Table(  # which bytes gave which text when; without title and text: those of the article
    "versions",
    metadata,
    Column("key", Plain, ForeignKey("articles.key"), primary_key=True),
    Column("fingerprint", Plain, primary_key=True),
    Column("sha256", Plain, nullable=False),
    Column("source", Words, nullable=False),
    Column("fetched_at", Moment, nullable=False),
    Column("became_at", Moment, nullable=False),
    Column("title", Words),
    Column("text", LargeBinary),
)

visits = Table(  # which page was read when, and what article it became
    "visits",
    metadata,
    Column("identity", Words, primary_key=True),
    Column("url", Words, nullable=False),
    Column("key", Plain, ForeignKey("articles.key")),
    Column("source", Words, nullable=False),
    Column("checked_at", Moment, nullable=False),
    Column("status", Number, nullable=False),
    Column("misses", Number, nullable=False),
    Column("missed_at", Moment),
    Column("gone_at", Moment),
)

sources = Table(
    "sources",
    metadata,
    Column("name", Words, primary_key=True),
    Column("first_tried", Moment, nullable=False),
    Column("last_tried", Moment, nullable=False),
    Column("last_good", Moment),
    Column("last_new", Moment),
    Column("failures", Number, nullable=False),
    Column("failing_since", Moment),
    Column("problem", Words, nullable=False),
    Column("articles", Number, nullable=False),
    Column("baseline", Boolean, nullable=False),
)

listings = Table(
    "listings",
    metadata,
    Column("source", Words, primary_key=True),
    Column("mark", Plain, nullable=False),
    Column("keys", Json, nullable=False),
)

issues = Table(
    "issues",
    metadata,
    Column("edition", Plain, primary_key=True),
    Column("slot", Moment, primary_key=True),
    Column("day", Day, nullable=False),
    Column("subject", Words, nullable=False),
    Column("html", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("manifest", Json, nullable=False),
    Column("composed_at", Moment, nullable=False),
    Column("state", Plain, nullable=False),
)

ledger = Table(
    "ledger",
    metadata,
    Column("edition", Plain, primary_key=True),
    Column("key", Plain, ForeignKey("articles.key"), primary_key=True),
    Column("state", Plain, nullable=False),
    Column("reason", Words, nullable=False),
    Column("slot", Moment),
    Column("window_until", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("event", Plain),
    Column("score", Real),
    ForeignKeyConstraint(["edition", "slot"], ["issues.edition", "issues.slot"]),
)

outbox = Table(
    "outbox",
    metadata,
    Column("edition", Plain, primary_key=True),
    Column("slot", Moment, primary_key=True),
    Column("address", Plain, primary_key=True),
    Column("name", Words, nullable=False),
    Column("message_id", Plain, nullable=False, unique=True),
    Column("header", LargeBinary, nullable=False),
    Column("state", Plain, nullable=False),
    Column("tries", Number, nullable=False),
    Column("code", Number, nullable=False),
    Column("reply", Words, nullable=False),
    Column("next_at", Moment),
    Column("changed_at", Moment, nullable=False),
    Column("until", Moment),
    ForeignKeyConstraint(["edition", "slot"], ["issues.edition", "issues.slot"]),
)

rests = Table(  # mail servers that are left alone for a while
    "rests",
    metadata,
    Column("server", Plain, primary_key=True),
    Column("failures", Number, nullable=False),
    Column("until", Moment, nullable=False),
    Column("why", Words, nullable=False),
)

suppressions = Table(  # addresses that get no mail (of one edition, or '' of any)
    "suppressions",
    metadata,
    Column("address", Plain, primary_key=True),
    Column("edition", Plain, primary_key=True),
    Column("reason", Plain, nullable=False),
    Column("told", Words, nullable=False),
    Column("since", Moment, nullable=False),
)

bounces = Table(  # what came back: one row a message and address, `mark` names the message
    "bounces",
    metadata,
    Column("mark", Plain, primary_key=True),
    Column("address", Plain, primary_key=True),
    Column("edition", Plain, nullable=False),
    Column("slot", Moment),
    Column("kind", Plain, nullable=False),
    Column("code", Plain, nullable=False),
    Column("told", Words, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

keys = Table(  # random bytes that sign what this database gives out
    "keys",
    metadata,
    Column("name", Plain, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

items = Table(  # what every item of a frozen issue printed
    "items",
    metadata,
    Column("edition", Plain, primary_key=True),
    Column("slot", Moment, primary_key=True),
    Column("number", Number, primary_key=True),
    Column("key", Plain, ForeignKey("articles.key"), nullable=False),
    Column("title", Words, nullable=False),
    Column("section", Words, nullable=False),
    Column("standing", Plain, nullable=False),
    Column("score", Real, nullable=False),
    Column("terms", Json, nullable=False),
    Column("sentences", Json, nullable=False),
    Column("added", Json, nullable=False),
    Column("told_on", Day),
    Column("told_number", Number, nullable=False),
    Column("note", Words, nullable=False),
    ForeignKeyConstraint(["edition", "slot"], ["issues.edition", "issues.slot"]),
)

appointments = Table(  # the days that official documents set, as the issue that had them said
    "appointments",
    metadata,
    Column("edition", Plain, primary_key=True),
    Column("slot", Moment, primary_key=True),
    Column("key", Plain, primary_key=True),
    Column("kind", Plain, primary_key=True),
    Column("on_day", Day, nullable=False),
    Column("title", Words, nullable=False),
    Column("body", Words, nullable=False),
    Column("number", Words, nullable=False),
    Column("url", Words, nullable=False),
    ForeignKeyConstraint(["edition", "slot"], ["issues.edition", "issues.slot"]),
)

day_words = Table(  # in how many articles of an issue's day a word stood
    "day_words",
    metadata,
    Column("edition", Plain, primary_key=True),
    Column("slot", Moment, primary_key=True),
    Column("word", Words, primary_key=True),
    Column("count", Number, nullable=False),
    ForeignKeyConstraint(["edition", "slot"], ["issues.edition", "issues.slot"]),
)

notices = Table(  # which change or withdrawal of an article an issue told of
    "notices",
    metadata,
    Column("edition", Plain, primary_key=True),
    Column("slot", Moment, primary_key=True),
    Column("key", Plain, primary_key=True),
    Column("kind", Plain, primary_key=True),
    Column("mark", Words, primary_key=True),
    ForeignKeyConstraint(["edition", "slot"], ["issues.edition", "issues.slot"]),
)

drafts = Table(  # composed issues that wait for a person
    "drafts",
    metadata,
    Column("edition", Plain, primary_key=True),
    Column("slot", Moment, primary_key=True),
    Column("day", Day, nullable=False),
    Column("subject", Words, nullable=False),
    Column("html", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("issue", Words, nullable=False),
    Column("placements", Json, nullable=False),
    Column("extras", Json, nullable=False),
    Column("state", Plain, nullable=False),
    Column("composed_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

skips = Table(  # slots that were due and got no issue
    "skips",
    metadata,
    Column("edition", Plain, primary_key=True),
    Column("slot", Moment, primary_key=True),
    Column("why", Words, nullable=False),
    Column("skipped_at", Moment, nullable=False),
)

runs = Table(  # runs that had something to do
    "runs",
    metadata,
    Column("started_at", Moment, primary_key=True),
    Column("ended_at", Moment),
    Column("code", Number),
    Column("told", Json, nullable=False),
)

alerts = Table(  # what is wrong and concerns the operator, until it ends
    "alerts",
    metadata,
    Column("matter", Words, primary_key=True),
    Column("words", Words, nullable=False),
    Column("since", Moment, nullable=False),
    Column("told_at", Moment),
)
