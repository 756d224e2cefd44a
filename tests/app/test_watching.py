"""What is done after a run: the record, the operator's mail, the heartbeat and the metrics."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.app.operation.metrics import RunFigures, write_metrics
from digest.app.operation.status import SourceStatus, Status
from digest.errors import StoreError
from digest.store import Store, open_store
from tests.cli.conftest import ANNA, BEN, Office, edition, office, parse, part, smtp, source, terminal
from tests.web_server import Answer, WebServer

__all__ = ("office", "smtp", "terminal")  # fixtures

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
OPERATOR = "op@example.cn"
MONITORED = f'[monitoring]\noperator = ["{OPERATOR}"]\n'
EXAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?[0-9.e+]+)')


@contextmanager
def state(office: Office) -> Iterator[Store]:
    """What the office remembers."""
    with open_store(office.data / "digest.db") as store:
        yield store


def watched(office: Office, more: str = "", **parts: str) -> None:
    """Configure the office with an operator."""
    office.configure(mail=f"{office.mail()}\n{MONITORED}{more}", **parts)  # type: ignore[arg-type]


def alerts(office: Office) -> list[str]:
    """The texts of the mails to the operator, in order."""
    return [part(parse(mail), "plain") for mail in office.smtp.received if mail.recipient == OPERATOR]


def stale_template(office: Office) -> Path:
    """A template of the user's own that fails; the built-in ones take its place."""
    return office.terminal.write("templates/digest.txt.j2", "{{ nothing.there }}")


# ------------------------------------------------------------------------------------------------------------- record


def test_a_run_is_recorded_with_its_code_and_complaint(office: Office) -> None:
    """A run that mailed an issue stands in the record with exit code 0, one refused by its server with 5 and why."""
    assert office("run").code == 0
    office.smtp.fail("rcpt", "550 5.1.1 no such user")
    assert office("run", now="2026-11-23T09:00").code == 5
    with state(office) as store:
        bad, good = store.runs(5)
    assert (good.code, good.told) == (0, ())
    assert bad.code == 5
    assert "550" not in (good.told or ("",))[0]
    assert "nothing could be sent" in bad.told[0]


def test_a_run_with_nothing_to_do_leaves_no_record(office: Office) -> None:
    """What finds nothing due does not fill the record: it is called every five minutes."""
    office("run")
    office("run", now="2026-11-22T09:05")
    with state(office) as store:
        assert len(store.runs(5)) == 1


# ------------------------------------------------------------------------------------------------------------- alerts


def test_all_well_mails_no_operator(office: Office) -> None:
    """A run without trouble mails the readers and nobody else."""
    watched(office)
    assert office("run").code == 0
    assert sorted(office.smtp.recipients) == [ANNA, BEN]


def test_the_operator_hears_once_of_held_mails_and_once_that_it_is_over(office: Office) -> None:
    """A mail whose fate is unknown is told of at once, not again by the next runs, and its end once."""
    watched(office)
    office.smtp.fail("dot", who=BEN, drop=True)
    assert office("run").code == 4
    office.smtp.heal()
    (first,) = alerts(office)
    assert "1 封邮件去向不明" in first
    assert "digest outbox resend" in first
    office.terminal.write_news("news", {"neu.txt": "河堤加固完成\n嘉陵区水务局宣布河堤加固完成。全长五公里。"})
    office("run", now="2026-11-23T09:00")
    assert len(alerts(office)) == 1
    office("outbox", "forget", BEN, now="2026-11-23T09:10")
    office("run", now="2026-11-24T09:00")
    last = alerts(office)[-1]
    assert "已经恢复" in last
    assert "1 封邮件去向不明" in last
    assert "处理办法" not in last
    with state(office) as store:
        assert store.alerts() == ()


def test_what_stands_is_told_again_after_seven_days(office: Office) -> None:
    """A held mail that nobody decides about comes to the operator's mind once a week."""
    watched(office)
    office.smtp.fail("dot", who=BEN, drop=True, times=1)
    for day in range(22, 31):
        office.terminal.write_news("news", {f"{day}.txt": f"第{day}号公告\n嘉陵区第{day}号公告今日发布。请市民留意。"})
        office("run", now=f"2026-11-{day}T09:00")
    told = alerts(office)
    assert len(told) == 2
    assert "新出现" in told[0]
    assert "仍未解决" in told[1]


def test_an_edition_that_nobody_is_left_for_is_told_of_beside_one_that_went_out(office: Office) -> None:
    """One of two editions cannot be composed: the other goes out, and the operator reads which one failed."""
    watched(office, editions=edition((ANNA,)) + edition((BEN,), "weekly"))
    office("recipients", "remove", BEN)
    result = office("run")
    assert result.code == 4, result.err
    (told,) = alerts(office)
    assert "weekly：未能编成" in told
    assert "daily" not in told
    assert f"mailed the operator: {OPERATOR}" in result.err


def test_failing_templates_are_told_until_an_issue_goes_out_by_them(office: Office) -> None:
    """The matter stands while no issue has shown that it is mended, and ends with the first that has."""
    stale = stale_template(office)
    office.configure(top='templates = "templates"\n', mail=f"{office.mail()}\n{MONITORED}")
    assert office("run").code == 4
    assert "daily：自己的模板出错" in alerts(office)[0]
    stale.unlink()
    office.terminal.write_news("news", {"neu.txt": "河堤加固完成\n嘉陵区水务局宣布河堤加固完成。全长五公里。"})
    assert office("run", now="2026-11-23T09:00").code == 0
    assert "已恢复正常" in str(parse(office.smtp.received[-1])["Subject"])


def test_a_server_in_trouble_leaves_the_matter_untold_until_it_works(office: Office) -> None:
    """What no mail can tell waits, costs the run nothing, and is in the first mail that the server takes."""
    watched(office)
    office.smtp.fail("auth", "535 5.7.8 no")
    assert office("run", now="2026-11-22T09:30").code == 5
    with state(office) as store:
        untold = [alert.matter for alert in store.alerts() if alert.told_at is None]
    assert untold == ["unsent daily"]
    assert alerts(office) == []
    office.smtp.heal()
    office.smtp.fail("dot", who=BEN, drop=True)
    office("send", now="2026-11-22T12:00")
    assert len(alerts(office)) == 1


def test_the_mail_speaks_the_language_of_the_first_edition(office: Office) -> None:
    """An English edition has an English operator; the mail says it was made by a program and is no newsletter."""
    watched(office, editions=edition(more='language = "en"'))
    office.smtp.fail("dot", who=BEN, drop=True)
    office("run")
    mail = next(parse(mail) for mail in office.smtp.received if mail.recipient == OPERATOR)
    assert "1 mails are held" in part(mail, "plain")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None


def test_an_operator_who_is_refused_fails_no_run(office: Office) -> None:
    """The readers have their mails and the exit code is that of the run; stderr tells of the operator."""
    watched(office, editions=edition((ANNA,)) + edition((BEN,), "weekly"))
    office("recipients", "remove", BEN)
    office.smtp.fail("rcpt", "550 5.1.1 unknown", who=OPERATOR)
    result = office("run")
    assert result.code == 4
    assert "the operator could not be mailed" in result.err
    assert office.smtp.recipients == [ANNA]


def test_a_review_that_waits_is_told(office: Office) -> None:
    """An issue that waits for a person to release it would otherwise wait unseen."""
    watched(office, editions=edition(more="review = true"))
    office("run")
    assert "在等人放行" in alerts(office)[0]


def test_without_an_operator_nobody_is_mailed_and_the_matter_is_kept(office: Office) -> None:
    """The state knows since when something stands, also where nobody is to be mailed."""
    office.smtp.fail("dot", who=BEN, drop=True)
    office("run")
    with state(office) as store:
        assert [alert.matter for alert in store.alerts()] == ["held"]
    assert OPERATOR not in office.smtp.recipients


# ---------------------------------------------------------------------------------------------------------- heartbeat


@pytest.fixture
def web() -> Iterator[WebServer]:
    """A server of the office's own."""
    with WebServer() as server:
        server.routes["/ping/secret-uuid-0815"] = Answer(b"OK", headers={"Content-Type": "text/plain"})
        yield server


def beating(office: Office, web: WebServer, **parts: str) -> None:
    """Configure the office with a heartbeat."""
    url = web.url("/ping/secret-uuid-0815")
    office.configure(mail=f'{office.mail()}\n[monitoring]\nheartbeat = "{url}"\n', **parts)  # type: ignore[arg-type]


def test_the_heartbeat_is_asked_once_after_delivery(office: Office, web: WebServer) -> None:
    """A run that mails asks the URL once, one with nothing due and a dry run do not."""
    beating(office, web)
    office("run", "--dry-run")
    assert web.paths() == []
    office("run")
    assert web.paths() == ["/ping/secret-uuid-0815"]
    office("run", now="2026-11-22T09:05")
    assert len(web.paths()) == 1


def test_no_heartbeat_where_nothing_was_delivered(office: Office, web: WebServer) -> None:
    """A refused issue, and a second edition that could not go out, keep the switch from being reset."""
    beating(office, web)
    office.smtp.fail("rcpt", "451 4.7.1 later")
    assert office("run").code == 5
    office.smtp.heal()
    beating(office, web, editions=edition((ANNA,)) + edition((BEN,), "weekly"))
    office("recipients", "remove", BEN)
    office("run", now="2026-11-23T09:00")
    assert web.paths() == []


def test_a_heartbeat_that_fails_is_told_without_its_secret(office: Office, web: WebServer) -> None:
    """The run is done all the same; the line names the host and not the path, which is the key to the switch."""
    web.routes["/ping/secret-uuid-0815"] = Answer(b"no", status=500)
    beating(office, web)
    result = office("run")
    assert result.code == 0
    assert "heartbeat" in result.err
    assert "500" in result.err
    assert "secret-uuid" not in result.err
    with state(office) as store:
        assert "secret-uuid" not in str(store.runs(1))


# ------------------------------------------------------------------------------------------------------------ metrics


def read_metrics(path: Path) -> dict[str, dict[str, float]]:
    """The samples of a textfile by family and labels; anything that is not the exposition format fails."""
    found: dict[str, dict[str, float]] = {}
    family = ""
    for line in path.read_text("utf-8").removesuffix("\n").split("\n"):
        if line.startswith("# HELP "):
            family = line.split(" ")[2]
            assert family not in found, "a family stands once"
            found[family] = {}
        elif line.startswith("# TYPE "):
            assert line.split(" ")[2:] == [family, "gauge"]
        else:
            match = EXAMPLE.fullmatch(line)
            assert match is not None, line
            assert match[1] == family
            assert (match[2] or "") not in found[family]
            found[family][match[2] or ""] = float(match[3])
    return found


def test_the_textfile_tells_a_run(office: Office, tmp_path: Path) -> None:
    """Everybody may read the file, every line is of the format, and the figures are those of the run."""
    path = tmp_path / "collector" / "digest.prom"
    watched(office, f"textfile = '{path}'\n")
    before = os.umask(0o077)
    try:
        office("run")
    finally:
        os.umask(before)
    found = read_metrics(path)
    name = 'edition="daily"'
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert found["digest_run_exit_code"] == {"": 0}
    assert found["digest_mails"] == {'state="sent"': 2}
    assert found["digest_issue_items"] == {name: 3}
    assert found["digest_edition_overdue"] == {name: 0}
    assert found["digest_last_success_timestamp_seconds"] == {name: 1795305600}
    assert [file.name for file in path.parent.iterdir()] == ["digest.prom"]


def test_any_name_can_stand_in_a_label(tmp_path: Path) -> None:
    """Quotation marks, backslashes and line ends of a source's name are escaped, and read back as they were."""
    hostile = SourceStatus('a"b\\c\nd{e="f"} 1', 2, 0, 0.0, "", 3, None)
    run = RunFigures(NOW, NOW, 0)
    write_metrics(tmp_path / "x.prom", Status(NOW, sources=(hostile,)), run)
    (label,) = read_metrics(tmp_path / "x.prom")["digest_source_failing_days"]
    assert label == 'source="a\\"b\\\\c\\nd{e=\\"f\\"} 1"'


def test_the_textfile_tells_that_the_database_cannot_be_used(office: Office, tmp_path: Path) -> None:
    """Nothing is claimed of the editions then: what stood there before would look like a good morning."""
    path = tmp_path / "digest.prom"
    watched(office, f"textfile = '{path}'\n")
    office("run")
    assert "digest_edition_overdue" in read_metrics(path)
    (office.data / "digest.db").write_bytes(b"no database" * 1000)
    assert office("run", now="2026-11-23T09:00").code == StoreError.exit_code
    found = read_metrics(path)
    assert found["digest_run_exit_code"] == {"": StoreError.exit_code}
    assert "digest_edition_overdue" not in found


def test_a_textfile_that_cannot_be_written_fails_no_run(office: Office, tmp_path: Path) -> None:
    """The mails are sent, the exit code is 0, and stderr says what could not be written."""
    (tmp_path / "file").write_text("")
    watched(office, f"textfile = '{tmp_path}/file/digest.prom'\n")
    result = office("run")
    assert result.code == 0
    assert "metrics" in result.err


# ------------------------------------------------------------------------------------------------------------ sources


def days_of_a_dead_source(office: Office) -> Iterator[int]:
    """The days 22 to 24, each after its run: a feed is gone, and the folder beside it has something new."""
    with WebServer() as web:
        web.routes["/feed"] = Answer(b"gone", status=404)
        feed = f'[[source]]\nname = "省网"\nkind = "feed"\nurl = "{web.url("/feed")}"\nallow_private = true\n'
        watched(office, sources=source(office.news) + feed)
        for day in (22, 23, 24):
            office.terminal.write_news("news", {f"{day}.txt": f"第{day}号公告\n嘉陵区第{day}号公告发布。请市民留意。"})
            office("run", now=f"2026-11-{day}T09:00")
            yield day


def test_a_source_that_fails_for_three_days_is_told(office: Office) -> None:
    """One bad day is the server's affair, three need a person; the mail says which source and why."""
    for day in days_of_a_dead_source(office):
        assert len(alerts(office)) == (day == 24), day
    assert "来源“省网”已连续 3 天读不到" in alerts(office)[0]


# ----------------------------------------------------------------------------------------------------------- database


def test_a_database_that_cannot_be_opened_is_told_once_and_its_end_too(office: Office) -> None:
    """No state can say what was told: a small file does, so that a run every five minutes mails once in seven days."""
    watched(office)
    office("run")
    database = office.data / "digest.db"
    whole = database.read_bytes()
    database.write_bytes(b"something else" * 1000)
    office.smtp.fail("auth", "454 4.7.0 later", times=1)
    assert office("run", now="2026-11-23T08:55").code == 1
    assert alerts(office) == []
    for minute in (0, 5, 10):
        assert office("run", now=f"2026-11-23T09:{minute:02}").code == 1
    (told,) = alerts(office)
    assert "数据库出了问题" in told
    assert "digest backup --restore" in told
    (remembered,) = office.data.glob("alert-*.json")
    assert stat.S_IMODE(remembered.stat().st_mode) == 0o600
    database.write_bytes(whole)
    assert office("run", now="2026-11-23T09:15").code == 0
    assert "已经恢复" in alerts(office)[-1]
    assert len(alerts(office)) == 2
    assert not remembered.exists()


def test_a_damaged_page_is_found_by_the_run_that_still_works(office: Office) -> None:
    """SQLite reads past damage it does not meet; the check after each run does not."""
    watched(office)
    office("run")
    database = office.data / "digest.db"
    with closing(sqlite3.connect(database)) as opened:
        # an index that has lost its rows, as a torn write leaves it
        opened.execute("PRAGMA writable_schema = ON")
        root = opened.execute("SELECT rootpage FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'articles'")
        page, size = root.fetchone()[0], opened.execute("PRAGMA page_size").fetchone()[0]
    content = bytearray(database.read_bytes())
    start = (page - 1) * size
    content[start + 3 : start + 5] = b"\x00\x00"  # the count of its cells
    database.write_bytes(content)
    office("send", now="2026-11-22T12:00")
    assert "数据库出了问题" in alerts(office)[-1]
