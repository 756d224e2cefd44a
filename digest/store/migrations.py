"""What brings any older database to this program's version, from an empty one on, in one piece or not at all.

Step n leads from version n-1 to n.  In a file `PRAGMA user_version` says where a database stands, on a server the one
row of the table `digest_meta`.
"""

from __future__ import annotations

from sqlalchemy import Connection

from digest.errors import StoreError
from digest.store.columns import SERVER
from digest.store.dialects import translate
from digest.store.steps import APPLICATION_ID, STEPS, Part, Step

META = "digest_meta"
OLDEST = 130_000


def check_version(connection: Connection, steps: tuple[Step, ...] = STEPS) -> int:
    """The version of the database, 0 for an empty one; raises StoreError for a newer or a foreign one."""
    version = _server_version(connection) if connection.dialect.name == SERVER else _file_version(connection)
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
            _take(connection, part)
        _write_version(connection, number)
    return before


def _take(connection: Connection, part: Part) -> None:
    if not isinstance(part, str):
        part(connection)
        return
    statement = translate(part) if connection.dialect.name == SERVER else part
    if statement:
        connection.exec_driver_sql(statement)


def _write_version(connection: Connection, number: int) -> None:
    if connection.dialect.name != SERVER:
        connection.exec_driver_sql(f"PRAGMA user_version = {number}")
        return
    if number == 1:
        connection.exec_driver_sql(f"CREATE TABLE {META} (application BIGINT NOT NULL, version BIGINT NOT NULL)")
        connection.exec_driver_sql(f"INSERT INTO {META} VALUES ({APPLICATION_ID}, 0)")  # noqa: S608 -- numbers
    connection.exec_driver_sql(f"UPDATE {META} SET version = {number}")  # noqa: S608 -- a number


def _file_version(connection: Connection) -> int:
    version = _read(connection, "PRAGMA user_version")
    if version == 0 and not _read(connection, "SELECT count(*) FROM sqlite_schema"):
        return 0
    if _read(connection, "PRAGMA application_id") != APPLICATION_ID:
        raise StoreError("this is the database of another program", "give [store] path the name of a file of its own")
    return version


def _server_version(connection: Connection) -> int:
    if (number := int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())) < OLDEST:
        raise StoreError(f"the server is PostgreSQL {number // 10_000}", "digest needs PostgreSQL 13 or later")
    if (encoding := connection.exec_driver_sql("SHOW server_encoding").scalar_one()) != "UTF8":
        remedy = "make one for digest: createdb --encoding UTF8 --template template0 NAME"
        raise StoreError(f"the database is encoded in {encoding}, which has no room for every character", remedy)
    tables = (
        "FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')"
    )
    if _read(connection, f"SELECT count(*) {tables} AND relname = '{META}'"):
        row = connection.exec_driver_sql(f"SELECT * FROM {META}").one()  # noqa: S608 -- our table
        if row[0] == APPLICATION_ID:
            return int(row[1])
    elif not _read(connection, f"SELECT count(*) {tables}"):
        return 0
    raise StoreError(
        "this is the database of another program", "make one for digest: createdb --encoding UTF8 NAME, and name it"
    )


def _read(connection: Connection, question: str) -> int:
    answer = connection.exec_driver_sql(question).scalar_one()
    return int(answer)
