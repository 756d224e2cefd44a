"""A store on a PostgreSQL server: private to digest, one writer at a time, and a clear word where it cannot be had."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from digest.errors import BusyError, StoreError
from digest.model import Article
from digest.store import copy_for_dry_run, name_place, open_store, run_lock
from digest.store.dialects import translate
from digest.store.steps import STEPS
from tests.postgres_server import PASSWORD, USER, PostgresServer
from tests.store.examples import (
    EDITION,
    NOW,
    fill,
    freeze,
    hours,
    make_article,
    make_story,
    offer,
    only_row,
)

ROOT = Path(__file__).parents[2]  # scripts run there find the package and the tests
RACE = """
import sys
from digest.store import open_store
with open_store(sys.argv[1]) as store:
    sys.stdin.readline()
    won = [row.address for row in store.pending() if store.claim(row, row.changed_at)]
print(*won)
"""
HOLD = """
import sys, time
from digest.store import run_lock
with run_lock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    """The URL of an empty digest database."""
    with postgres.fresh() as made:
        yield made


def database_of(url: str) -> str:
    """The name of the database that a URL names."""
    return make_url(url).database or ""


def fails(url: str, patience: float = 0.2) -> StoreError:
    """The error that opening the store ends in, which never shows the password."""
    with pytest.raises(StoreError) as caught:
        open_store(url, patience).close()
    told = f"{caught.value} {caught.value.__cause__}"
    assert PASSWORD not in told
    assert make_url(url).render_as_string(hide_password=False) not in told
    assert caught.value.hint
    return caught.value


def test_a_server_that_is_gone_says_so() -> None:
    """Nobody listens at the port: the sentence names user, host, port and database, and what to look at."""
    error = fails(URL.create("postgresql", USER, PASSWORD, "127.0.0.1", 9, "postgres").render_as_string(False))
    assert f"postgresql://{USER}@127.0.0.1:9/postgres cannot be reached" in error.message
    assert "server runs" in error.hint


def test_a_wrong_password_says_so(url: str) -> None:
    """The password that was tried is shown no more than the right one."""
    if not make_url(url).password:
        pytest.skip("the server that DIGEST_TEST_POSTGRES names asks for no password")
    wrong = make_url(url).set(password="falsch").render_as_string(hide_password=False)
    error = fails(wrong)
    assert "refuses the password" in error.message
    assert "falsch" not in f"{error} {error.__cause__}"


def test_no_such_database_says_so(postgres: PostgresServer) -> None:
    """The remedy is the command that makes one."""
    error = fails(postgres.place("nowhere"))
    assert "nowhere is not there" in error.message
    assert "createdb" in error.hint


def test_a_role_without_rights_says_so(postgres: PostgresServer, url: str) -> None:
    """Who may look at the database and not write it is told what right is missing."""
    postgres.execute("DROP ROLE IF EXISTS guest")
    postgres.execute("CREATE ROLE guest LOGIN PASSWORD 'g'")
    with postgres.fresh("TEMPLATE template0") as empty:
        guest = make_url(empty).set(username="guest", password="g").render_as_string(hide_password=False)
        assert "may not be written" in fails(guest).message
    guest = make_url(url).set(username="guest", password="g").render_as_string(hide_password=False)
    assert "GRANT" in fails(guest).hint


def test_a_standby_says_so(postgres: PostgresServer, url: str) -> None:
    """A server that only reads can be looked at, and refuses the first writing with a sentence of its own."""
    postgres.execute(f'ALTER DATABASE "{database_of(url)}" SET default_transaction_read_only = on')
    with open_store(url) as store:
        assert store.ledger_rows(EDITION) == ()
        with pytest.raises(StoreError, match="may only be read") as caught:
            offer(store, [1])
        assert caught.value.hint


def test_a_newer_database_is_refused_unchanged(postgres: PostgresServer, url: str) -> None:
    """A database that a newer program made is not touched, and the remedy says so."""
    newer = len(STEPS) + 1
    postgres.execute(f"UPDATE digest_meta SET version = {newer}", database_of(url))
    assert "newer digest" in fails(url).hint
    with pytest.raises(StoreError, match=f"version {newer}"):
        copy_for_dry_run(url)
    assert postgres.execute("SELECT version FROM digest_meta", database_of(url)) == [(newer,)]


@pytest.mark.parametrize("table", ["moz_places", "digest_meta"])
def test_tables_of_another_program_are_left_alone(postgres: PostgresServer, table: str) -> None:
    """A database with somebody else's tables is not taken over, even if one is called as ours."""
    with postgres.fresh("TEMPLATE template0") as url:
        postgres.execute(f"CREATE TABLE {table} (application BIGINT, version BIGINT)", database_of(url))
        postgres.execute(f"INSERT INTO {table} VALUES (7, 7)", database_of(url))
        assert "another program" in fails(url).message
        tables = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        assert postgres.execute(tables, database_of(url)) == [(table,)]


def test_a_database_that_is_not_unicode_is_refused(postgres: PostgresServer) -> None:
    """Where 中文 cannot be kept nothing is begun."""
    with postgres.fresh("TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'") as url:
        error = fails(url)
    assert "LATIN1" in error.message
    assert "UTF8" in error.hint


@pytest.mark.parametrize("text", ["mysql://u:secret@h/d", "postgresql+psycopg2://u:secret@h/d", "u:secret@h/d", ""])
def test_other_urls_are_refused(text: str) -> None:
    """Only what works is accepted, and the refusal shows nothing of a secret."""
    with pytest.raises(StoreError) as caught:
        open_store(text)
    assert "secret" not in str(caught.value)
    assert "postgresql://" in caught.value.hint


def test_a_name_shows_no_secret() -> None:
    """Neither the password nor an option, where there may be another one, is part of the name."""
    assert name_place("postgres://me:secret@db:5433/d?sslpassword=hidden") == "postgresql://me@db:5433/d"


def test_without_its_driver_the_remedy_is_a_command() -> None:
    """What has to be installed is said by name."""
    script = """
import sys
sys.modules["psycopg"] = None
from digest.errors import StoreError
from digest.store import open_store
try:
    open_store("postgresql://u:secret@h/d")
except StoreError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "pip install 'textrank-digest[postgres]'" in done.stdout
    assert "secret" not in done.stdout


def test_a_server_that_ends_is_found_again(postgres: PostgresServer, url: str) -> None:
    """A broken connection ends one transaction, of which nothing is kept; the next one succeeds."""
    with open_store(url) as store:
        offer(store, [1])
        ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
        postgres.execute(ending.format(database_of(url)))
        with pytest.raises(StoreError, match="cannot be reached"):
            offer(store, [2])
        assert offer(store, [3])
        assert len(store.ledger_rows(EDITION)) == 2


def test_a_writer_waits_and_then_says_so(url: str) -> None:
    """While another process writes, a writer waits as long as it was told; a reader does not wait at all."""
    with open_store(url, patience=0.1) as store, open_store(url) as other:
        with other._writing() as held:
            held.exec_driver_sql("SELECT 1")
            assert store.ledger_rows(EDITION) == ()
            with pytest.raises(StoreError, match="locked"):
                offer(store, [1])
        assert offer(store, [1])


def test_two_processes_never_claim_one_mail(url: str) -> None:
    """Of twenty mails, two processes that send at the same moment take each exactly once."""
    addresses = [f"{number}@example.cn" for number in range(20)]
    with open_store(url) as store:
        freeze(store, addresses)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, url], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won = [racer.communicate(timeout=60)[0].split() for racer in racers]
    assert sorted(won[0] + won[1]) == sorted(addresses)


def test_many_may_open_it_at_once(postgres: PostgresServer) -> None:
    """Of six that open an empty database at the same moment all succeed, and one makes the tables."""
    with postgres.fresh("TEMPLATE template0") as url, ThreadPoolExecutor(6) as pool:

        def count_mails(_: int) -> int:
            with open_store(url) as store:
                return len(store.outbox_rows())

        assert list(pool.map(count_mails, range(6))) == [0] * 6


def test_one_slot_is_frozen_once(url: str) -> None:
    """The second store that freezes a slot is told that it is taken, and leaves nothing behind."""
    with open_store(url) as one, open_store(url) as other:
        assert freeze(one, ["a@example.cn"])
        assert not freeze(other, ["b@example.cn"])
        assert only_row(other).address == "a@example.cn"


def test_a_second_run_is_turned_away_at_once(url: str) -> None:
    """It ends in 75, as with a file, and the database can be used while the lock is held."""
    with run_lock(url), open_store(url) as store:
        assert offer(store, [1])
        with pytest.raises(BusyError) as caught, run_lock(url):
            pass
        assert caught.value.exit_code == 75
    with run_lock(url), pytest.raises(BusyError), run_lock(url):
        pass


def test_a_killed_process_holds_no_lock(url: str) -> None:
    """The server lets go of the lock of a process that was killed."""
    holder = subprocess.Popen([sys.executable, "-c", HOLD, url], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyError), run_lock(url):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    entered = False
    for _ in range(50):  # the server notices a moment later
        try:
            with run_lock(url):
                entered = True
                break
        except BusyError:
            time.sleep(0.1)
    assert entered


def test_two_schemas_are_two_digests(postgres: PostgresServer) -> None:
    """Each has its tables and its lock, so one database can serve several."""
    with postgres.fresh("TEMPLATE template0") as url:
        postgres.execute("CREATE SCHEMA one; CREATE SCHEMA two", database_of(url))
        one, other = (
            make_url(url).update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(hide_password=False)
            for name in ("one", "two")
        )
        with run_lock(one), open_store(one) as mine, run_lock(other), open_store(other) as theirs:
            assert offer(mine, [1])
            assert theirs.ledger_rows(EDITION) == ()


def test_texts_are_ordered_by_code_points(url: str) -> None:
    """Whatever language the server speaks: a database moved to another machine lists everything in the same order."""
    names = ["b", "a", "B", "中", "é", "e", "一", "_", "Z"]
    with open_store(url) as store:
        for name in names:
            store.record_source(name, NOW, "", 1, 1)
        assert list(store.source_health()) == sorted(names)


def test_what_a_text_cannot_hold_comes_back(url: str) -> None:
    """NUL, lone surrogates and the mark of the escape itself, in an article and in a question."""
    odd = "\0\ud800\ufdd0\ufdd00041正文" + "\udfff" * 50
    article = Article(title=odd, text=odd, url="https://example.cn/1", source=odd)
    with open_store(url) as store:
        store.record_articles([article], NOW)
        store.record_source(odd, NOW, odd, 1, 1)
        assert [trace.article for trace in store.trace("https://example.cn/1")] == [article]
        assert store.source_health()[odd].problem == odd
        assert store.find_known(["http://www.example.cn/1"], odd) == {"http://www.example.cn/1": article}


def test_steps_are_taken_on_a_server_too() -> None:
    """No statement of any step keeps a type of SQLite's, and a PRAGMA is passed over."""
    taken = [translate(part) for step in STEPS for part in step if isinstance(part, str)]
    assert not [part for part in taken if "BLOB" in part or "PRAGMA" in part or "randomblob" in part]
    assert all('TEXT COLLATE "C"' in part for part in taken if "TEXT" in part)


def test_a_dry_run_holds_everything_but_the_bytes(url: str) -> None:
    """The copy answers as the server does, and what is done to it is not done there."""
    with open_store(url) as store:
        fill(store)
        with copy_for_dry_run(url) as copy:
            for known in (copy, store):
                assert [v.text for v in known.versions(make_story(2).key)] == [make_story(2).text, "改" * 50]
            assert copy.signing_key() == store.signing_key()
            assert copy.told(EDITION, NOW) == store.told(EDITION, NOW) != ()
            assert copy.drafts() == store.drafts() != ()
            assert copy.ledger_rows(EDITION) == store.ledger_rows(EDITION) != ()
            assert copy.outbox_rows() == store.outbox_rows() != ()
            assert copy.runs() == store.runs() != ()
            assert copy.alerts() == store.alerts() != ()
            assert copy.skips(EDITION, NOW) == store.skips(EDITION, NOW) != ()
            assert (copy.bounces(), copy.suppressions()) == (store.bounces(), store.suppressions())
            assert copy.rhythms(NOW) == store.rhythms(NOW) != {}
            assert copy.original(copy.versions(make_story(2).key)[0].sha256) is None
            assert copy.find_damage() == ""
            offer(copy, range(7, 9))
            assert freeze(copy, ["dry@example.cn"], slot=hours(1))
        assert len(store.outbox_rows()) == 1
        assert len(store.ledger_rows(EDITION)) == 3


def test_an_empty_database_gives_an_empty_copy(postgres: PostgresServer) -> None:
    """Before the first run there is nothing, and after a dry one there still is."""
    with postgres.fresh("TEMPLATE template0") as url:
        with copy_for_dry_run(url) as copy:
            assert offer(copy, [1])
            assert copy.candidates(EDITION, NOW) == [make_article(1)]
            assert copy.find_damage() == ""
        assert postgres.execute("SELECT * FROM pg_class WHERE relname = 'digest_meta'", database_of(url)) == []


def test_a_table_that_was_lost_is_found(postgres: PostgresServer, url: str) -> None:
    """`find_damage` reads every table, and says so where one is not there."""
    with open_store(url) as store:
        fill(store)
        assert store.find_damage() == ""
        postgres.execute("DROP TABLE bounces", database_of(url))
        assert "tables" in store.find_damage()


def test_a_run_that_lost_its_right_claims_no_further_mail(postgres: PostgresServer) -> None:
    """After a failover another run may be at work: a claim under a lock that the server dropped is an error."""
    with postgres.fresh() as url, run_lock(url) as check, open_store(url) as store:
        store.guard = check
        check()
        postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        with pytest.raises(StoreError):
            store.guard()
