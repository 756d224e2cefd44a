"""The talk on stderr: plain on a terminal, JSON elsewhere, and no secret in either."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import datetime
from typing import Any

import pytest

from digest.cli import door
from digest.cli.log import log
from digest.config import load_settings
from tests.cli.conftest import ANNA, BEN, PASSWORD, Office, Result, source


def records(result: Result) -> list[dict[str, Any]]:
    """The lines of the talk, each of which must be one JSON object with the three keys that all have."""
    found = [json.loads(line) for line in result.err.splitlines()]
    for record in found:
        assert datetime.fromisoformat(record["time"]).utcoffset() is not None
        assert record["level"] in ("info", "warning", "error")
        assert record["message"]
    # the mail server of the tests lives in this process and warns of itself
    return [record for record in found if not record["message"].startswith("mail.log")]


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has set DIGEST_LOG."""
    monkeypatch.delenv("DIGEST_LOG")


@pytest.mark.usefixtures("elsewhere")
def test_a_run_in_a_pipe_speaks_json(office: Office) -> None:
    """A line of its own for the issue and for each mail, which say what they are about."""
    result = office("run")
    assert result.code == 0
    news, composed, anna, ben = records(result)
    assert news["source"] == "news"
    assert (composed["edition"], composed["level"]) == ("daily", "info")
    assert "3 items" in composed["message"]
    assert [line["address"] for line in (anna, ben)] == [ANNA, BEN]
    assert result.out == ""


def test_a_person_may_choose(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """--log beats DIGEST_LOG, which beats what stderr is."""
    monkeypatch.setenv("DIGEST_LOG", "json")
    assert office("run", "--dry-run", "--log", "human").lines[0].startswith("daily: would compose")
    assert records(office("run", "--dry-run"))[1]["edition"] == "daily"
    monkeypatch.setenv("DIGEST_LOG", "klingon")
    assert office("run", "--dry-run").code == 2


@pytest.mark.usefixtures("elsewhere")
def test_the_other_commands_stay_plain(office: Office) -> None:
    """Who types a command reads its answer; also the one after a run in the same process."""
    office("run")
    assert office("outbox", "resend", "niemand@example.cn").lines[0].startswith("digest: ")


@pytest.mark.usefixtures("elsewhere")
def test_errors_leave_as_json_with_their_remedy(office: Office) -> None:
    """The last line is the error: its code, its hint, every mistake of a configuration."""
    office.smtp.fail("auth", "535 5.7.8 no")
    failed = records(office("run"))[-1]
    assert (failed["level"], failed["code"]) == ("error", 5)
    assert failed["hint"]
    wrong = records(office("run", now="gestern"))[-1]
    assert (wrong["code"], "is no date and time" in wrong["message"]) == (2, True)
    office.terminal.write("digest.toml", "version = 1\nnonsense = 2\n[mail]\nhots = 1\n")
    broken = records(office("run"))[-1]
    assert broken["code"] == 3
    assert len(broken["mistakes"]) >= 2


@pytest.mark.usefixtures("elsewhere")
def test_each_source_has_one_line(office: Office) -> None:
    """By its name, so that a log can be searched for it; one in trouble is a warning."""
    missing = source(office.terminal.folder / "weg", "旧网")
    office.configure(sources=source(office.news) + missing)
    lines = [record for record in records(office("run")) if "source" in record]
    assert [(line["source"], line["level"]) for line in lines] == [("news", "info"), ("旧网", "warning")]
    assert lines[0]["message"] == "news: 3 articles"


@pytest.mark.usefixtures("elsewhere")
def test_no_line_end_of_others_makes_a_second_record(office: Office) -> None:
    """A server's answer with line ends and escapes stays within its one object."""
    office.smtp.fail("rcpt", '550 5.1.1 "x"\\ \x1b[31m 没有', who=BEN)
    result = office("run")
    (line,) = [record for record in records(result) if record.get("address") == BEN]
    assert "没有" in line["message"]
    assert "\x1b" not in result.err


def test_a_terminal_gets_plain_lines(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a real terminal nobody has to read JSON."""
    office.configure(mail="")
    leader, follower = pty.openpty()
    environ = {name: value for name, value in os.environ.items() if name != "DIGEST_LOG"}
    command = [sys.executable, "-m", "digest", "run", "--dry-run", "--data-dir", str(office.data)]
    done = subprocess.run(
        command, cwd=office.terminal.folder, env=environ, stderr=follower, stdout=subprocess.PIPE, check=False
    )
    os.close(follower)
    seen = os.read(leader, 10_000).decode()
    os.close(leader)
    assert done.returncode == 0, seen
    assert "{" not in seen
    assert "daily: " in seen


# ------------------------------------------------------------------------------------------------------------ secrets


@pytest.mark.parametrize("mode", ["human", "json"])
@pytest.mark.parametrize("debug", ["", "1"])
def test_no_secret_is_in_any_line(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mode: str, debug: str
) -> None:
    """A fault that nobody foresaw quotes every secret there is; none of them is shown, nor in its traceback."""
    heartbeat = "https://hc.example.cn/ping/uuid-canary-heartbeat"
    secrets = (PASSWORD, "canary-bearer-0815", "canary-cookie-4711", "canary-url-password", heartbeat)
    monkeypatch.setenv("NEWS_LOGIN", "canary-bearer-0815")
    monkeypatch.setenv("DIGEST_DEBUG", debug)
    feed = (
        '[[source]]\nname = "f"\nkind = "feed"\nurl = "https://news.example.cn/feed"\n'
        'headers = { Authorization = "$NEWS_LOGIN" }\ncookies = { session = "canary-cookie-4711" }\n'
    )
    monitoring = f'[monitoring]\nheartbeat = "{heartbeat}"\n'
    office.configure(mail=f"{office.mail()}\n{monitoring}", sources=source(office.news) + feed)
    log.begin()
    log.choose(mode)
    log.prepare(load_settings(office.terminal.folder / "digest.toml", os.environ), os.environ)
    try:
        raise RuntimeError(" ".join((*secrets[:3], "https://user:canary-url-password@db.example.cn/", heartbeat)))
    except RuntimeError as error:
        door._explain(error)
    finally:
        log.begin()
    told = capsys.readouterr().err
    assert "RuntimeError" in told
    assert ("Traceback" in told) == bool(debug)
    assert told.count("***") >= len(secrets)
    assert not [secret for secret in secrets if secret in told]
    if mode == "json":
        assert all(json.loads(line)["level"] == "error" for line in told.splitlines())


def test_a_short_secret_does_not_blot_out_words(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password of two letters is no password, and hiding it would spoil every line."""
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", "a")
    assert "daily: would compose" in office("run", "--dry-run").err


@pytest.mark.parametrize(("encoding", "shown"), [("utf-8", True), ("ascii", False)])
def test_chinese_can_be_searched_for_where_the_stream_can_hold_it(office: Office, encoding: str, shown: bool) -> None:
    """In UTF-8 it stands as it is, elsewhere as escapes of JSON; either is read back as it was."""
    environ = {**os.environ, "PYTHONIOENCODING": encoding, "DIGEST_LOG": "json", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "digest", "run", "--dry-run", "--data-dir", str(office.data)]
    done = subprocess.run(command, cwd=office.terminal.folder, env=environ, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert ("岚川大桥".encode() in done.stderr) == shown
    assert any("岚川大桥通车" in json.loads(line)["message"] for line in done.stderr.splitlines())


def test_only_trouble_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    """What a source brought is no trouble, also where nothing is new; holidays that nobody knows yet are."""
    log.begin()
    log.choose("json")
    log._names["云泽日报"] = "source"
    for line in (
        "云泽日报: 6 entries, 0 new, 2.0 s",
        "云泽日报: news.example.cn answered 503",
        "the holidays of 2027 are not known, so Monday to Friday count as workdays: upgrade",
        "daily: nothing due",
    ):
        log.say(line)
    log.begin()
    told = [json.loads(line)["level"] for line in capsys.readouterr().err.splitlines()]
    assert told == ["info", "warning", "warning", "info"]
