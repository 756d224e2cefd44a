"""Migrations: from nothing or from any older version to the newest, in one piece or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine, Insert, insert, inspect
from sqlalchemy.exc import DBAPIError, IntegrityError

from digest.errors import StoreError
from digest.store.columns import SERVER
from digest.store.engine import make_engine
from digest.store.migrations import META, check_version, migrate
from digest.store.schema import issues, metadata
from digest.store.server import make_server_engine
from digest.store.steps import APPLICATION_ID, STEPS
from tests.postgres_server import PostgresServer
from tests.store.conftest import KINDS
from tests.store.examples import NOW

SECOND = ("ALTER TABLE articles ADD COLUMN summary TEXT",)
BROKEN = ("CREATE TABLE half (x INTEGER)", "CREATE TABLE half (x INTEGER)")


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on an empty file, and on an empty database of a server."""
    with ExitStack() as doors:
        if request.param == "sqlite":
            made = make_engine(tmp_path / "digest.db", patience=1)
        else:
            server: PostgresServer = request.getfixturevalue("postgres")
            made = make_server_engine(doors.enter_context(server.fresh("TEMPLATE template0")), patience=1)
        doors.callback(made.dispose)
        yield made


def an_issue(state: str) -> Insert:
    """What writes an issue in that state into a database of any version."""
    texts = {"edition": "e", "subject": "", "html": "", "text": "", "body": b"", "manifest": {}, "state": state}
    return insert(issues).values(**texts, slot=NOW, day=NOW.date(), composed_at=NOW)


def test_an_empty_file_becomes_the_newest_version(engine: Engine) -> None:
    """Every step is taken, and the version and the owner are written into the file."""
    with engine.begin() as connection:
        assert migrate(connection) == 0
    with engine.connect() as connection:
        assert check_version(connection) == len(STEPS)
        owner = "SELECT application FROM digest_meta" if engine.dialect.name == SERVER else "PRAGMA application_id"
        assert connection.exec_driver_sql(owner).scalar_one() == APPLICATION_ID


def test_migrations_make_the_tables_the_queries_expect(engine: Engine) -> None:
    """`schema.py` and the migrations agree on every table, column, type, key and reference."""
    with engine.begin() as connection:
        migrate(connection)
    found = inspect(engine)
    assert set(found.get_table_names()) - {META} == set(metadata.tables)
    for name, table in metadata.tables.items():
        assert [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)] == [
            (c.name, c.type.compile(engine.dialect), bool(c.nullable)) for c in table.columns
        ]
        assert found.get_pk_constraint(name)["constrained_columns"] == [c.name for c in table.primary_key]
        assert {f["referred_table"] for f in found.get_foreign_keys(name)} == {
            f.referred_table.name for f in table.foreign_key_constraints
        }


def test_a_second_step_keeps_the_rows_of_the_first(engine: Engine) -> None:
    """An older database is brought forward with what it holds; a second call finds nothing to do."""
    with engine.begin() as connection:
        migrate(connection, STEPS[:1])
        connection.execute(an_issue("frozen"))
    with engine.begin() as connection:
        assert migrate(connection, (STEPS[0], SECOND)) == 1
        assert migrate(connection, (STEPS[0], SECOND)) == 2
        assert connection.exec_driver_sql("SELECT count(*) FROM issues").scalar_one() == 1
        assert "summary" in {c["name"] for c in inspect(connection).get_columns("articles")}


def test_a_step_that_fails_leaves_nothing_behind(engine: Engine) -> None:
    """When the third of three steps breaks, the database is of the version it had before."""
    with engine.begin() as connection:
        migrate(connection, STEPS[:1])
    with pytest.raises(DBAPIError), engine.begin() as connection:
        migrate(connection, (STEPS[0], SECOND, BROKEN))
    with engine.connect() as connection:
        assert check_version(connection) == 1
        assert "half" not in inspect(connection).get_table_names()
        assert "summary" not in {c["name"] for c in inspect(connection).get_columns("articles")}


def test_an_unknown_version_is_refused(engine: Engine, tmp_path: Path) -> None:
    """A database beyond the last step known is newer than the program."""
    with engine.begin() as connection:
        migrate(connection, (STEPS[0], SECOND))
    with engine.connect() as connection, pytest.raises(StoreError, match="version 2"):
        check_version(connection, STEPS[:1])


def test_the_database_itself_refuses_an_unknown_state(engine: Engine) -> None:
    """A state that no law knows cannot be written, whoever tries."""
    with engine.begin() as connection:
        migrate(connection)
    with pytest.raises(IntegrityError, match=r"(?i)check"), engine.begin() as connection:
        connection.execute(an_issue("lost"))
