"""Migrations: from nothing or from any older version to the newest, in one piece or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect
from sqlalchemy.exc import OperationalError

from digest.errors import StoreError
from digest.model import Article
from digest.store import copy_for_dry_run, open_store
from digest.store.engine import make_engine
from digest.store.migrations import APPLICATION_ID, STEPS, check_version, migrate
from digest.store.schema import metadata
from tests.store.examples import NOW

SECOND = ("ALTER TABLE articles ADD COLUMN summary TEXT",)
BROKEN = ("CREATE TABLE half (x INTEGER)", "CREATE TABLE half (x INTEGER)")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An engine on an empty file."""
    made = make_engine(tmp_path / "digest.db", patience=1)
    yield made
    made.dispose()


def test_an_empty_file_becomes_the_newest_version(engine: Engine) -> None:
    """Every step is taken, and the version and the owner are written into the file."""
    with engine.begin() as connection:
        assert migrate(connection) == 0
    with engine.connect() as connection:
        assert check_version(connection) == len(STEPS)
        assert connection.exec_driver_sql("PRAGMA application_id").scalar_one() == APPLICATION_ID


def test_migrations_make_the_tables_the_queries_expect(engine: Engine) -> None:
    """`schema.py` and the migrations agree on every table, column, type, key and reference."""
    with engine.begin() as connection:
        migrate(connection)
    found = inspect(engine)
    assert set(found.get_table_names()) == set(metadata.tables)
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
        connection.exec_driver_sql("INSERT INTO issues VALUES ('e','s','d','','','',x'00','{}','c','frozen')")
    with engine.begin() as connection:
        assert migrate(connection, (STEPS[0], SECOND)) == 1
        assert migrate(connection, (STEPS[0], SECOND)) == 2
        assert connection.exec_driver_sql("SELECT count(*) FROM issues").scalar_one() == 1
        assert "summary" in {c["name"] for c in inspect(connection).get_columns("articles")}


def article_of_version_1(key: str, url: object, first_seen: str = "2026-03-01T00:00:00+00:00") -> tuple[object, ...]:
    """A row as the program of version 1 wrote it."""
    return (key, "标题", f"正文{key}", "", "", url, "", "样本", "2026-03-01", 1, '["要闻"]', first_seen, f"f{key}")


def write_version_1(path: Path, urls: list[object]) -> None:
    """A database as the program of version 1 left it: articles with these URLs, an issue, a ledger, a mail."""
    engine = make_engine(path, patience=1)
    with engine.begin() as connection:
        migrate(connection, STEPS[:1])
        rows = [article_of_version_1(f"{number:016}", url) for number, url in enumerate(urls)]
        connection.exec_driver_sql(f"INSERT INTO articles VALUES ({', '.join('?' * 13)})", rows)
        slot = "2026-03-01T00:00:00+00:00"
        connection.exec_driver_sql(
            "INSERT INTO issues VALUES ('daily', ?, '2026-03-01', '', '', '', x'00', '{}', ?, 'carried')", (slot, slot)
        )
        states = [
            (f"{n:016}", "carried" if n == 0 else "new", slot if n == 0 else None, slot) for n in range(len(urls))
        ]
        connection.exec_driver_sql(
            "INSERT INTO ledger VALUES ('daily', ?, ?, '', ?, '2026-03-03T00:00:00+00:00', ?)", states
        )
    engine.dispose()


def test_a_database_of_version_1_is_brought_forward(tmp_path: Path) -> None:
    """Its articles are known by their URLs in any spelling, its ledger is as it was, and no row is lost."""
    path = tmp_path / "digest.db"
    broken = "https://example.cn/\ud800".encode("utf-8", "surrogatepass")
    write_version_1(path, ["http://www.example.cn/a/1.html", "", broken, "https://example.cn/2", "http://example.cn/2"])
    with open_store(path) as store:
        found = store.find_known(
            ["https://example.cn/a/1", "https://example.cn/\ud800", "https://m.example.cn/2/"], "样本"
        )
        assert {article.text[-1] for article in found.values()} == {"0", "2", "3"}
        assert [row.state for row in store.ledger_rows("daily")] == ["carried", "new", "new", "new", "new"]
        assert len(store.candidates("daily", NOW)) == 4
        again = Article(title="标题", text="改了", url="https://m.example.cn/a/1", origin="新华社", source="样本")
        assert store.record_articles([again], NOW) == {again.key: f"{0:016}"}
        assert store.find_damage() == ""


def test_many_articles_of_version_1_are_brought_forward(tmp_path: Path) -> None:
    """More than one portion of them."""
    path = tmp_path / "digest.db"
    write_version_1(path, [f"https://example.cn/{number}.html" for number in range(1200)])
    with open_store(path) as store:
        assert len(store.find_known([f"http://example.cn/{number}" for number in range(1200)], "样本")) == 1200


def test_a_dry_run_brings_its_copy_forward(tmp_path: Path) -> None:
    """A database of version 1 stays one until it is opened in earnest."""
    path = tmp_path / "digest.db"
    write_version_1(path, ["https://example.cn/1"])
    before = path.read_bytes()
    with copy_for_dry_run(path) as copy:
        assert len(copy.find_known(["http://example.cn/1.html"], "样本")) == 1
    assert path.read_bytes() == before


def test_a_step_that_fails_leaves_nothing_behind(engine: Engine) -> None:
    """When the third of three steps breaks, the database is of the version it had before."""
    with engine.begin() as connection:
        migrate(connection, STEPS[:1])
    with pytest.raises(OperationalError), engine.begin() as connection:
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
    with engine.begin() as connection, pytest.raises(Exception, match="CHECK") as caught:
        connection.exec_driver_sql("INSERT INTO issues VALUES ('e','s','d','','','',x'00','{}','c','lost')")
    assert isinstance(caught.value.__cause__, sqlite3.IntegrityError)
