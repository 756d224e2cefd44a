"""digest status: one look tells a person, the exit code and the JSON tell a machine."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from digest.app.operation.beat import Beat, write_beat
from digest.store import SourceReading, open_store
from tests.cli.conftest import ANNA, BEN, Office, edition, fingerprint, source

NEXT_DAY = "2026-11-23T09:30"


def told(office: Office, now: str = "2026-11-22T09:30") -> dict[str, Any]:
    """The JSON of digest status."""
    result = office("status", "--json", now=now)
    shape = json.loads(result.out)
    assert isinstance(shape, dict)
    assert result.code == {"well": 0, "look": 4, "late": 1}[shape["verdict"]]
    return shape


def kinds(office: Office, now: str = "2026-11-22T09:30") -> list[str]:
    """What is wrong."""
    return [matter["kind"] for matter in told(office, now)["matters"]]


def test_all_well_is_one_row_for_each_thing(office: Office) -> None:
    """After a good run: exit 0, nothing on stderr, the last and the next issue in the time zone of the office."""
    office("run")
    result = office("status", now="2026-11-22T09:30")
    assert (result.code, result.err) == (0, "")
    rows = dict(line[5:].split("  ", 1) for line in result.out.splitlines())
    assert rows["edition daily"].strip() == "last 2026-11-22 08:00, 3 items, 2 sent; next 2026-11-23 08:00"
    assert rows["sources"].strip() == "1 in use, none in trouble"
    assert "exit code 0" in rows["last run"]
    looks = [line for line in result.out.splitlines() if not line.startswith("ok ")]
    assert [line.split()[:2] for line in looks] == [["look", "timer"]]


def test_status_changes_no_byte(office: Office) -> None:
    """Neither before the first run nor after it."""
    assert office("status").code == 4
    assert not office.data.exists()
    office("run")
    before = fingerprint(office.data)
    office("status")
    office("status", "--json")
    assert fingerprint(office.data) == before


def test_a_new_edition_is_not_late(office: Office) -> None:
    """Set up after today's time it goes out with the first run: worth a look (4), no alarm (1)."""
    result = office("status")
    assert result.code == 4
    assert "goes out with the next digest run" in result.out
    assert kinds(office) == ["fresh"]


def test_an_overdue_edition_is_1(office: Office) -> None:
    """Due an hour ago and not sent: exit 1, marked, with what to try; fifty minutes ago: all well."""
    office("run")
    assert office("status", now="2026-11-23T08:50").code == 0
    result = office("status", now=NEXT_DAY)
    assert result.code == 1
    assert "LATE edition daily" in result.out
    assert "!! daily: the issue of 2026-11-23 08:00 did not go out\n   Try: digest run" in result.out


def test_an_issue_that_nobody_has_yet_is_late(office: Office) -> None:
    """Composed and still waiting for its server after an hour: its readers have nothing, whatever the state says."""
    office.smtp.fail("auth", "454 4.7.0 later")
    office("run", now="2026-11-22T08:05")
    assert "unsent" not in kinds(office, "2026-11-22T08:30")
    shape = told(office)
    assert "unsent" in [matter["kind"] for matter in shape["matters"]]
    assert shape["editions"][0]["last"] == {
        "slot": "2026-11-22T00:00:00Z",
        "state": "sending",
        "items": 3,
        "mails": {"queued": 2},
    }
    assert shape["editions"][0]["late"]


def test_a_refused_issue_is_late(office: Office) -> None:
    """Every reader refused: the issue is void, and that is an alarm, not a detail of the outbox."""
    office.smtp.fail("rcpt", "550 5.1.1 no such user")
    office("run")
    assert "refused" in kinds(office)
    assert told(office)["outbox"]["failed_in_a_week"] == 2
    assert "550 5.1.1 no such user" in office("status").out


def test_held_mails_need_a_look(office: Office) -> None:
    """Exit 4 with the count and the commands."""
    office.smtp.fail("dot", who=BEN, drop=True)
    office("run")
    result = office("status", "--quiet")
    assert result.code == 4
    assert result.out.splitlines()[0] == " ! 1 mails are held: nobody can know whether they arrived"
    assert "digest outbox resend" in result.out.splitlines()[1]


def test_quiet_says_nothing_where_all_is_well(office: Office) -> None:
    """--quiet is for cron: no output is good news."""
    office("run")
    result = office("status", "--quiet")
    assert (result.code, result.out, result.err) == (0, "", "")


def test_an_issue_that_waits_for_release_needs_a_look(office: Office) -> None:
    """It is not late: a person holds it."""
    office.configure(editions=edition(more="review = true"))
    office("run")
    shape = told(office)
    assert [matter["kind"] for matter in shape["matters"]] == ["waiting"]
    assert shape["editions"][0]["waits_for_release"] == "2026-11-22T00:00:00Z"


def test_an_issue_from_the_future_is_told(office: Office) -> None:
    """A clock that was wrong for one run is told of; what is due by the right one is due all the same."""
    office("run", now="2027-06-01T09:00")
    assert kinds(office) == ["ahead", "overdue"]
    office("run", now="2026-11-22T09:31")
    assert "overdue" not in kinds(office, "2026-11-22T09:35")


def test_a_source_that_fails_for_days_needs_a_look(office: Office) -> None:
    """Two days are in the row only; from the third day it needs a person; a source that is not in use does not."""
    feed = '[[source]]\nname = "省网"\nkind = "feed"\nurl = "https://news.example.cn/feed"\n'
    office("run")
    office.configure(sources=source(office.news) + feed)
    since = datetime(2026, 11, 20, 1, tzinfo=UTC)
    with open_store(office.data / "digest.db") as store:
        for day in range(3):
            store.record_sources([SourceReading("省网", "连不上", 0, 0)], since + timedelta(days=day))
            store.record_sources([SourceReading("alt", "连不上", 0, 0)], since + timedelta(days=day))
    assert kinds(office, "2026-11-21T09:30") == []
    assert kinds(office) == ["failing"]
    (seen,) = [one for one in told(office)["sources"] if one["failing_days"]]
    assert (seen["name"], seen["failing_days"], seen["problem"]) == ("省网", 3, "连不上")
    assert "省网 failing 3 days" in office("status", now="2026-11-22T09:30").out


def test_a_folder_that_is_gone_needs_a_look_too(office: Office) -> None:
    """Somebody moved it: from the third day a person is told, as of a feed that does not answer."""
    office("run", now="2026-11-19T09:00")
    gone = office.news.rename(office.news.with_name("woanders"))
    for day in (20, 21, 22):
        office("run", now=f"2026-11-{day}T09:00")
    assert "failing" in kinds(office)
    assert "news failing 3 days" in office("status", now="2026-11-22T09:30").out
    gone.rename(office.news)
    office("run", now="2026-11-23T09:00")
    assert "failing" not in kinds(office, "2026-11-23T09:30")


def test_the_coming_year_without_holidays_needs_a_look(office: Office) -> None:
    """An edition of workdays would come on holidays, and not on the weekends worked for them."""
    office.configure(editions=edition().replace('days = "daily"', 'days = "workdays"'))
    shape = told(office, "2090-12-01T07:00")
    assert "calendar" in [matter["kind"] for matter in shape["matters"]]
    assert shape["unknown_year"] == 2090


def test_a_daemon_that_died_needs_a_look(office: Office) -> None:
    """Its sign of life stays behind when it is killed."""
    office("run")
    moment = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    beat = Beat(2**22 + 7, moment, moment, "sleeping", moment, moment)  # no such process: above the kernel's limit
    write_beat(beat, office.terminal.folder / "digest.toml", office.data)
    assert kinds(office) == ["daemon"]
    assert "has died" in office("status").out


def test_two_editions_have_a_row_each(office: Office) -> None:
    """Each with its own next issue."""
    office.configure(editions=edition((ANNA,)) + edition((BEN,), "weekly").replace('"daily" }', '"weekly:mon" }'))
    office("run", now="2026-11-23T09:00")
    shape = told(office, "2026-11-23T09:00")
    assert {row["name"]: row["next"] for row in shape["editions"]} == {
        "daily": "2026-11-24T00:00:00Z",
        "weekly": "2026-11-30T00:00:00Z",
    }


def test_a_damaged_database_is_1_and_said(office: Office) -> None:
    """Where the state cannot be read, the exit code is that of an alarm."""
    office("run")
    (office.data / "digest.db").write_bytes(b"not a database at all" * 1000)
    result = office("status", "--json")
    assert result.code == 1
    assert "is not a database" in result.err


def test_a_configuration_that_is_wrong_is_3(office: Office) -> None:
    """It is not the state that is wrong."""
    office.terminal.write("digest.toml", "version = 1\nnonsense = 2\n")
    assert office("status").code == 3


def test_status_reads_beside_a_writer(office: Office) -> None:
    """While a run has the database open, with its write-ahead log, status answers all the same."""
    office("run")
    with closing(sqlite3.connect(office.data / "digest.db")) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("INSERT INTO skips VALUES ('x', '2026-11-22T00:00:00.000000', 'y', '2026-11-22T00:00:00.000000')")
        other.commit()
        assert Path(f"{office.data}/digest.db-wal").stat().st_size
        assert office("status", now="2026-11-22T09:30").code == 0


def test_a_reader_who_was_refused_is_named(office: Office) -> None:
    """One of two: the address, the server's words and a remedy, and a look until a person has settled it."""
    office.smtp.fail("rcpt", "550 5.1.1 no such user", who=BEN)
    office("run")
    result = office("status", "--quiet")
    assert result.code == 4
    line, remedy = result.out.splitlines()[:2]
    assert line.startswith(f" ! {BEN} did not get 1 of the mails of the last seven days: 550 5.1.1 no such user")
    assert f"digest recipients remove {BEN}" in remedy
    office("outbox", "forget", BEN)
    assert "lost" not in kinds(office)
    office.terminal.write_news("news", {"neu.txt": "河堤加固完成\n嘉陵区水务局宣布河堤加固完成。全长五公里。"})
    office.smtp.fail("rcpt", "550 5.1.1 no such user")
    office("run", now="2026-11-23T09:00")
    assert kinds(office, "2026-11-23T09:30") == ["refused", "run"]


def test_a_server_left_alone_is_tried_by_send(office: Office) -> None:
    """digest run would leave it alone again: the advice is the command that does not, once the server is looked at."""
    office.smtp.fail("auth", "535 5.7.8 no")
    office("run", now="2026-11-22T08:05")
    (told,) = [matter for matter in told_matters(office) if matter["kind"] == "run"]
    assert "digest run" not in told["remedy"]
    assert "digest send mails at once" in told["remedy"]


def test_a_complaint_of_a_run_points_to_no_lines(office: Office) -> None:
    """What a run said to who saw its lines makes no sense a day later."""
    office.configure(sources=source(office.news) + source(office.terminal.folder / "weg", "旧网"))
    assert "the lines above" in office("run").err
    result = office("status")
    assert "not every source could be read whole" in result.out
    assert "above" not in result.out


def test_a_first_issue_needs_no_timer_where_one_runs(office: Office) -> None:
    """With a daemon at work nobody is told to install anything; without one, the row of timers asks for a look."""
    assert "digest schedule install runs it" in office("status").out
    assert "look timer" in office("status").out
    moment = datetime(2026, 11, 22, 0, 59, tzinfo=UTC)
    beat = Beat(os.getpid(), moment, moment, "sleeping", moment, moment + timedelta(minutes=2))
    write_beat(beat, office.terminal.folder / "digest.toml", office.data)
    result = office("status")
    assert "schedule install" not in result.out
    assert "it goes out by itself" in result.out


def told_matters(office: Office) -> list[dict[str, Any]]:
    """What is wrong, whole."""
    return list(told(office, "2026-11-22T08:20")["matters"])
