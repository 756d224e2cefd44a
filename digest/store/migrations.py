"""The steps that bring any older database to this program's version, from an empty file on.

Step n leads from version n-1 to n; `PRAGMA user_version` says where a database stands.  A step that has been released
is never edited: a new one is added below it, and `schema.py` follows.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from digest.errors import StoreError
from digest.store.identity import identity_of

Step = tuple[str | Callable[[Connection], None], ...]

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


def _fill_identities(connection: Connection) -> None:
    # plain SQL: the tables of `schema.py` will have moved on by the time this runs for the last time
    rows = connection.exec_driver_sql("SELECT key, url, source FROM articles WHERE url <> ''").all()
    filled = [(_writable(identity_of(_readable(url), _readable(source))), key) for key, url, source in rows]
    if filled:
        connection.exec_driver_sql("UPDATE articles SET identity = ? WHERE key = ?", filled)


def _readable(text: str | bytes) -> str:
    return text if isinstance(text, str) else text.decode("utf-8", "surrogatepass")


def _writable(text: str) -> str | bytes:
    """The text, or its bytes where it is not well-formed, as `columns.Words` writes it."""
    data = text.encode("utf-8", "surrogatepass")
    return text if data.decode("utf-8", "ignore").encode() == data else data


_SECOND: Step = (
    "ALTER TABLE articles ADD COLUMN origin TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE articles ADD COLUMN identity TEXT NOT NULL DEFAULT ''",
    _fill_identities,
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
    """
    CREATE TABLE listings (
        source TEXT NOT NULL PRIMARY KEY,
        mark TEXT NOT NULL,
        keys TEXT NOT NULL
    )
    """,
)

STEPS: tuple[Step, ...] = (_FIRST, _SECOND)


def check_version(connection: Connection, steps: tuple[Step, ...] = STEPS) -> int:
    """The version of the database, 0 for an empty one; raises StoreError for a newer or a foreign one."""
    version = _read(connection, "PRAGMA user_version")
    if version == 0 and not _read(connection, "SELECT count(*) FROM sqlite_schema"):
        return 0
    if _read(connection, "PRAGMA application_id") != APPLICATION_ID:
        raise StoreError("this is the database of another program", "give [store] path the name of a file of its own")
    if version > len(steps):
        raise StoreError(
            f"the database is of version {version}, this program knows versions up to {len(steps)}",
            "install a newer digest; nothing was changed",
        )
    return version


def migrate(connection: Connection, steps: tuple[Step, ...] = STEPS) -> int:
    """Brings the database to the newest version and gives the version it had; all of it happens, or nothing.

    To be called in a transaction that may write: of two processes that open an old database at once, the second
    looks at the version again and finds the work done.
    """
    before = check_version(connection, steps)
    for number, step in enumerate(steps[before:], start=before + 1):
        for part in step:
            if isinstance(part, str):
                connection.exec_driver_sql(part)
            else:
                part(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {number}")
    return before


def _read(connection: Connection, question: str) -> int:
    answer = connection.exec_driver_sql(question).scalar_one()
    return int(answer)
