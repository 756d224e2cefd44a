"""What brings any older database to this program's version, from an empty file on, in one piece or not at all.

Step n leads from version n-1 to n; `PRAGMA user_version` says where a database stands.
"""

from __future__ import annotations

from sqlalchemy import Connection

from digest.errors import StoreError
from digest.store.steps import APPLICATION_ID, STEPS, Step


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
