"""Databases that earlier programs wrote, in an office of today: its runs go on, and its commands understand them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.store import open_store
from tests.cli.conftest import Office, edition, source
from tests.store.earlier import NAMES, write_earlier
from tests.store.test_earlier import FIRST, PAGE, SECOND, A, B, C, printed, states

THIRD = datetime(2026, 3, 3, tzinfo=UTC)
each = pytest.mark.parametrize("name", NAMES)


@each
def test_a_run_goes_on(name: str, office: Office) -> None:
    """What waits is sent, the next issue prints only what no issue had, and what is held stays held."""
    write_earlier(name, office.data / "digest.db")
    texts = articles_of(office.data / "digest.db")
    for number, (title, text) in enumerate(texts, 1):
        office.terminal.write(f"news/{number}.txt", f"{title}\n{text}" if title not in text else text)
    office.terminal.write(
        "news/neu.txt", "白沙渡口复航\n白沙渡口停航半年后于3月3日复航，每天往返二十班。票价不变。老人免费乘坐。"
    )
    office.configure(recipients=(A, B, C), sources=source(office.news), editions=edition((A, B, C), more="items = 9"))
    with open_store(office.data / "digest.db") as store:
        before = printed(store)
    done = office("run", now="2026-03-03T09:00")
    assert done.code in (0, 4), done
    assert {key: state for key, state in states_of(office).items() if key[0] == SECOND} == {
        (SECOND, A): "sent",
        (SECOND, B): "sent",
        (SECOND, C): "sent",
    }
    assert states_of(office)[FIRST, B] == "unknown"
    assert sorted(office.smtp.recipients) == [A, B, B, C, C]
    with open_store(office.data / "digest.db") as store:
        issue = store.find_issues("daily")[0]
        assert issue.slot.day == 3
        assert printed(store) - before
        (third,) = {item.day for item in store.told("daily", THIRD)}
        assert third.day == 3
        assert not {item.title for item in store.told("daily", THIRD)} & before
    assert office("run", now="2026-03-03T09:30").code in (0, 4)
    assert len(office.smtp.received) == 5


def articles_of(path: Path) -> list[tuple[str, str]]:
    """Title and text of the articles that were read from files."""
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute("SELECT title, text FROM articles WHERE source = 'news' ORDER BY title").fetchall()


def states_of(office: Office) -> Mapping[tuple[datetime, str], str]:
    """The state of every mail of the office."""
    with open_store(office.data / "digest.db") as store:
        return states(store)


@each
def test_the_commands_understand_it(name: str, office: Office) -> None:
    """outbox, why, status and verify understand it, and a backup of it is sound."""
    path = office.data / "digest.db"
    write_earlier(name, path)
    office.configure(recipients=(A, B, C))
    listed = office("outbox", "list", now="2026-03-03T07:00")
    assert listed.code == 4, listed  # a mail is held
    assert sum(line.startswith("deferred") for line in listed.out.splitlines()) == 2
    assert "河湾站检修公告" in office("why", PAGE, now="2026-03-03T07:00").out
    told = office("verify", "daily", "--day", "2026-03-01", now="2026-03-03T07:00")
    assert told.code in (0, 4), told
    assert office("status", now="2026-03-03T07:00").code in (0, 4)
    assert office("backup").code == 0
