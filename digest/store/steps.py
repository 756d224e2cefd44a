"""The steps from one version of the database to the next, in plain SQL: the tables of `schema.py` move on, these stay.

A step that has been released is never edited: a new one is added below it, and `schema.py` follows.  Every step is
taken in files and on servers: types are written as SQLite has them and translated by `dialects`; whatever else is said
must be understood by both, and a function must be too once it finds rows on a server, which is from version 5 on.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from digest.store.backfill import fill_identities, fill_items, renew_identities, renew_keys

Part = str | Callable[[Connection], None]
Step = tuple[Part, ...]

APPLICATION_ID = 0x44474553  # "DGES", written into the file's header: this database is ours

_FIRST: Step = (
    f"PRAGMA application_id = {APPLICATION_ID}",
    """
    CREATE TABLE articles (
        key TEXT NOT NULL PRIMARY KEY,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        author TEXT NOT NULL,
        site TEXT NOT NULL,
        url TEXT NOT NULL,
        language TEXT NOT NULL,
        source TEXT NOT NULL,
        published TEXT,
        published_is_day BOOLEAN NOT NULL CHECK (published_is_day IN (0, 1)),
        categories TEXT NOT NULL,
        first_seen TEXT NOT NULL,
        fingerprint TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE issues (
        edition TEXT NOT NULL,
        slot TEXT NOT NULL,
        day TEXT NOT NULL,
        subject TEXT NOT NULL,
        html TEXT NOT NULL,
        text TEXT NOT NULL,
        body BLOB NOT NULL,
        manifest TEXT NOT NULL,
        composed_at TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('frozen', 'carried', 'void')),
        PRIMARY KEY (edition, slot)
    )
    """,
    """
    CREATE TABLE ledger (
        edition TEXT NOT NULL,
        key TEXT NOT NULL REFERENCES articles (key),
        state TEXT NOT NULL CHECK (state IN ('new', 'placed', 'merged', 'left_out', 'carried', 'expired')),
        reason TEXT NOT NULL,
        slot TEXT,
        window_until TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        PRIMARY KEY (edition, key),
        FOREIGN KEY (edition, slot) REFERENCES issues (edition, slot)
    )
    """,
    """
    CREATE TABLE outbox (
        edition TEXT NOT NULL,
        slot TEXT NOT NULL,
        address TEXT NOT NULL,
        name TEXT NOT NULL,
        message_id TEXT NOT NULL UNIQUE,
        header BLOB NOT NULL,
        state TEXT NOT NULL
            CHECK (state IN ('queued', 'sending', 'dot', 'sent', 'deferred', 'failed', 'unknown')),
        tries INTEGER NOT NULL,
        code INTEGER NOT NULL,
        reply TEXT NOT NULL,
        next_at TEXT,
        changed_at TEXT NOT NULL,
        PRIMARY KEY (edition, slot, address),
        FOREIGN KEY (edition, slot) REFERENCES issues (edition, slot)
    )
    """,
    "CREATE INDEX ledger_by_slot ON ledger (edition, slot)",
    "CREATE INDEX ledger_by_key ON ledger (key)",
    "CREATE INDEX outbox_by_state ON outbox (state)",
)

# the first programs of version 2 made no such table, and in a database of theirs it is missing, of whatever version
_LISTINGS = """
    CREATE TABLE IF NOT EXISTS listings (
        source TEXT NOT NULL PRIMARY KEY,
        mark TEXT NOT NULL,
        keys TEXT NOT NULL
    )
"""

_SECOND: Step = (
    "ALTER TABLE articles ADD COLUMN origin TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE articles ADD COLUMN identity TEXT NOT NULL DEFAULT ''",
    fill_identities,
    "CREATE INDEX articles_by_identity ON articles (identity)",
    "CREATE INDEX articles_by_fingerprint ON articles (fingerprint)",
    """
    CREATE TABLE aliases (
        key TEXT NOT NULL PRIMARY KEY,
        article TEXT NOT NULL REFERENCES articles (key),
        identity TEXT NOT NULL,
        url TEXT NOT NULL,
        seen_at TEXT NOT NULL
    )
    """,
    "CREATE INDEX aliases_by_article ON aliases (article)",
    "CREATE INDEX aliases_by_identity ON aliases (identity)",
    """
    CREATE TABLE originals (
        sha256 TEXT NOT NULL PRIMARY KEY,
        media_type TEXT NOT NULL,
        data BLOB NOT NULL,
        size INTEGER NOT NULL,
        first_fetched TEXT NOT NULL
    )
    """,
    "CREATE INDEX originals_by_time ON originals (first_fetched)",
    """
    CREATE TABLE versions (
        key TEXT NOT NULL REFERENCES articles (key),
        fingerprint TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        source TEXT NOT NULL,
        fetched_at TEXT NOT NULL,
        became_at TEXT NOT NULL,
        title TEXT,
        text BLOB,
        PRIMARY KEY (key, fingerprint)
    )
    """,
    "CREATE INDEX versions_by_fingerprint ON versions (fingerprint)",
    "CREATE INDEX versions_by_sha256 ON versions (sha256)",
    "CREATE INDEX versions_by_time ON versions (became_at)",
    """
    CREATE TABLE visits (
        identity TEXT NOT NULL PRIMARY KEY,
        url TEXT NOT NULL,
        key TEXT REFERENCES articles (key),
        source TEXT NOT NULL,
        checked_at TEXT NOT NULL,
        status INTEGER NOT NULL,
        misses INTEGER NOT NULL,
        missed_at TEXT,
        gone_at TEXT
    )
    """,
    "CREATE INDEX visits_by_key ON visits (key)",
    """
    CREATE TABLE sources (
        name TEXT NOT NULL PRIMARY KEY,
        first_tried TEXT NOT NULL,
        last_tried TEXT NOT NULL,
        last_good TEXT,
        last_new TEXT,
        failures INTEGER NOT NULL,
        failing_since TEXT,
        problem TEXT NOT NULL,
        articles INTEGER NOT NULL,
        baseline BOOLEAN NOT NULL CHECK (baseline IN (0, 1))
    )
    """,
    _LISTINGS,
)


_THIRD: Step = (
    _LISTINGS,
    renew_keys,
    "ALTER TABLE articles ADD COLUMN position INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX articles_by_source ON articles (source, first_seen)",
    "ALTER TABLE ledger ADD COLUMN event TEXT",
    "ALTER TABLE ledger ADD COLUMN score REAL",
    """
    CREATE TABLE items (
        edition TEXT NOT NULL,
        slot TEXT NOT NULL,
        number INTEGER NOT NULL,
        key TEXT NOT NULL REFERENCES articles (key),
        title TEXT NOT NULL,
        section TEXT NOT NULL,
        standing TEXT NOT NULL CHECK (standing IN ('new', 'update', 'follow')),
        score REAL NOT NULL,
        terms TEXT NOT NULL,
        sentences TEXT NOT NULL,
        added TEXT NOT NULL,
        told_on TEXT,
        told_number INTEGER NOT NULL,
        note TEXT NOT NULL,
        PRIMARY KEY (edition, slot, number),
        FOREIGN KEY (edition, slot) REFERENCES issues (edition, slot)
    )
    """,
    "CREATE INDEX items_by_key ON items (key)",
    fill_items,
    # an issue of before knew events by the reasons it gave
    "UPDATE ledger SET event = key WHERE slot IS NOT NULL AND state IN ('placed', 'carried') AND reason = ''",
    """
    UPDATE ledger SET event = substr(reason, -16)
    WHERE slot IS NOT NULL AND state IN ('merged', 'carried') AND reason LIKE 'same report as ________________'
    """,
    "UPDATE ledger SET event = coalesce((SELECT article FROM aliases WHERE aliases.key = event), event)",
    """
    CREATE TABLE appointments (
        edition TEXT NOT NULL,
        slot TEXT NOT NULL,
        key TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('deadline', 'effective')),
        on_day TEXT NOT NULL,
        title TEXT NOT NULL,
        body TEXT NOT NULL,
        number TEXT NOT NULL,
        url TEXT NOT NULL,
        PRIMARY KEY (edition, slot, key, kind),
        FOREIGN KEY (edition, slot) REFERENCES issues (edition, slot)
    )
    """,
    """
    CREATE TABLE day_words (
        edition TEXT NOT NULL,
        slot TEXT NOT NULL,
        word TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (edition, slot, word),
        FOREIGN KEY (edition, slot) REFERENCES issues (edition, slot)
    )
    """,
    """
    CREATE TABLE notices (
        edition TEXT NOT NULL,
        slot TEXT NOT NULL,
        key TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('changed', 'gone')),
        mark TEXT NOT NULL,
        PRIMARY KEY (edition, slot, key, kind, mark),
        FOREIGN KEY (edition, slot) REFERENCES issues (edition, slot)
    )
    """,
    """
    CREATE TABLE drafts (
        edition TEXT NOT NULL,
        slot TEXT NOT NULL,
        day TEXT NOT NULL,
        subject TEXT NOT NULL,
        html TEXT NOT NULL,
        text TEXT NOT NULL,
        issue TEXT NOT NULL,
        placements TEXT NOT NULL,
        extras TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('held', 'released')),
        composed_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        PRIMARY KEY (edition, slot)
    )
    """,
)

_FOURTH: Step = (
    "ALTER TABLE articles ADD COLUMN image TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE outbox ADD COLUMN until TEXT",
    """
    CREATE TABLE rests (
        server TEXT NOT NULL PRIMARY KEY,
        failures INTEGER NOT NULL,
        until TEXT NOT NULL,
        why TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE suppressions (
        address TEXT NOT NULL,
        edition TEXT NOT NULL,
        reason TEXT NOT NULL CHECK (reason IN ('unsubscribed', 'bounced', 'by hand')),
        told TEXT NOT NULL,
        since TEXT NOT NULL,
        PRIMARY KEY (address, edition)
    )
    """,
    """
    CREATE TABLE bounces (
        mark TEXT NOT NULL,
        address TEXT NOT NULL,
        edition TEXT NOT NULL,
        slot TEXT,
        kind TEXT NOT NULL CHECK (kind IN ('hard', 'soft', 'unsubscribe', 'unread')),
        code TEXT NOT NULL,
        told TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        PRIMARY KEY (mark, address)
    )
    """,
    "CREATE TABLE keys (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL)",
    "INSERT INTO keys VALUES ('signing', randomblob(32))",
)

_FIFTH: Step = (
    """
    CREATE TABLE skips (
        edition TEXT NOT NULL,
        slot TEXT NOT NULL,
        why TEXT NOT NULL,
        skipped_at TEXT NOT NULL,
        PRIMARY KEY (edition, slot)
    )
    """,
    """
    CREATE TABLE runs (
        started_at TEXT NOT NULL PRIMARY KEY,
        ended_at TEXT,
        code INTEGER,
        told TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE alerts (
        matter TEXT NOT NULL PRIMARY KEY,
        words TEXT NOT NULL,
        since TEXT NOT NULL,
        told_at TEXT
    )
    """,
)

_SIXTH: Step = (_LISTINGS, renew_identities)

STEPS: tuple[Step, ...] = (_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH, _SIXTH)
