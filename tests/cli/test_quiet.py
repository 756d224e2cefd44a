"""digest run --quiet, as cron calls it: what is wrong is said, and said once a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from digest.app.operation.repeating import is_news
from tests.cli.conftest import ANNA, BEN, USER, Office, Result

MORNING = datetime.fromisoformat("2026-11-22T09:00+08:00")


def day_of(office: Office, hours: int, first: datetime = MORNING) -> list[Result]:
    """What a call in each quarter of so many hours said."""
    moments = (first + timedelta(minutes=15 * number) for number in range(4 * hours))
    return [office("run", "--quiet", now=moment.isoformat()) for moment in moments]


def test_a_run_that_is_well_says_nothing(office: Office) -> None:
    """Neither one that sends nor one that finds nothing due."""
    sent, idle = office("run", "--quiet"), office("run", "--quiet")
    assert (sent.code, sent.err, idle.code, idle.err) == (0, "", 0, "")
    assert office.smtp.recipients == [ANNA, BEN]


def test_a_refused_login_is_told_once(office: Office) -> None:
    """Each run ends with 5; what it says is told when it is first said, and again the next morning."""
    office.smtp.login = (USER, "another")
    runs = day_of(office, 2)
    assert {run.code for run in runs} == {5}
    assert "授权码" in runs[0].err
    told = [run.err for run in runs if run.err]
    assert len(told) == 2, told  # with the issue that was composed, and without it
    assert not any("is left alone until" in text and "Try: digest send" in text for text in told)
    assert any(run.err for run in day_of(office, 1, MORNING + timedelta(hours=23)))


def test_new_trouble_is_told_beside_the_old(office: Office) -> None:
    """A mail given up after it waited is news; a configuration that cannot be read is, once, with its mistakes."""
    office.smtp.fail("rcpt", "451 later", who=BEN)
    first, second = office("run", "--quiet"), office("run", "--quiet", now="2026-11-22T09:05")
    assert (first.code, BEN in first.err, second.err) == (4, True, "")
    office.smtp.fail("rcpt", "550 no such user", who=BEN)
    assert BEN in office("run", "--quiet", now="2026-11-22T12:00").err
    path = office.terminal.folder / "digest.toml"
    path.write_text(path.read_text("utf-8") + "\nfalsch = 1\n", "utf-8")
    first, second = office("run", "--quiet"), office("run", "--quiet")
    assert (first.code, "falsch" in first.err) == (3, True)
    assert (second.code, second.err) == (3, "")


def test_a_dry_run_is_no_telling(office: Office) -> None:
    """It says all it finds, each time, and remembers nothing."""
    office("run")
    path = office.terminal.folder / "digest.toml"
    path.write_text("version = 2\n", "utf-8")
    assert office("run", "--quiet", "--dry-run").err == office("run", "--quiet", "--dry-run").err != ""
    assert not list(office.data.glob("told-*"))


def test_what_cannot_be_remembered_is_news(tmp_path: Path) -> None:
    """So is what was told by a clock that ran ahead, or stands in a broken file; numbers alone are none."""
    config, data = tmp_path / "digest.toml", tmp_path / "data"
    assert is_news(["3 of 5 after 1.5 s"], config, data, MORNING)
    assert not is_news(["4 of 5 after 30.25 s"], config, data, MORNING + timedelta(hours=1))
    assert is_news(["3 of 5 after 1.5 s"], config, data, MORNING - timedelta(days=1))
    (path,) = data.glob("told-*.json")
    path.write_text("[1]")
    assert is_news(["3 of 5 after 1.5 s"], config, data, MORNING)
    assert is_news(["x"], config, path, MORNING)
    assert is_news(["x"], config, path, MORNING)
