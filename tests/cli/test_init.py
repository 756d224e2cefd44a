"""digest init: asked at a terminal, told by options, or neither; what is wrong is asked for again."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import ssl
import stat
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PASSWORD, USER, Terminal
from tests.smtp_server import FaultServer
from tests.web_server import WebServer

LIST = "".join(
    f"<li><a href='/tongzhi/{n}.html'>关于做好第{n}号网络安全自查的通知</a><span>2026-11-{n + 9}</span></li>"
    for n in range(1, 11)
)
PATIENCE = 60


def settings_of(path: Path) -> dict[str, Any]:
    """What the file says."""
    return tomllib.loads(path.read_text("utf-8"))


class Person:
    """Somebody at a real terminal, who answers what is asked."""

    def __init__(self, folder: Path, environ: dict[str, str], *words: str) -> None:
        self.seen = ""
        self.pid, self.screen = pty.fork()
        if self.pid == 0:  # pragma: no cover -- the child
            os.chdir(folder)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a worker of pytest-xdist ignores it, and so would the child
            os.execve(sys.executable, [sys.executable, "-m", "digest", *words], environ)

    def wait_for(self, words: str) -> None:
        """Read until the words are on the screen."""
        end = time.monotonic() + PATIENCE
        while words not in self.seen:
            assert time.monotonic() < end, f"{words!r} did not come:\n{self.seen}"
            if select.select([self.screen], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self.screen, 65536).decode("utf-8", "replace")
                except OSError:
                    break
        assert words in self.seen, self.seen

    def answer(self, prompt: str, said: str) -> None:
        """Type an answer once the prompt is there; what is on the screen counts only once."""
        self.wait_for(prompt)
        self.seen = self.seen.partition(prompt)[2]
        os.write(self.screen, f"{said}\n".encode())

    def leave(self, *, pressing: bytes = b"") -> int:
        """The exit code, after all that is still said was read; a key is pressed again and again until then.

        Readline takes notice of Ctrl-C only while it waits for a key, and not in the moment before.
        """
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if not select.select([self.screen], [], [], 0.2)[0]:
                os.write(self.screen, pressing)
                continue
            try:
                self.seen += os.read(self.screen, 65536).decode("utf-8", "replace")
            except OSError:
                break
        else:
            os.kill(self.pid, signal.SIGKILL)
        os.close(self.screen)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture
def environ(tmp_path: Path, cafile: Path) -> dict[str, str]:
    """The environment of somebody whose machine trusts the mail server's certificate."""
    home = tmp_path / "home"
    home.mkdir()
    return {**os.environ, "HOME": str(home), "SSL_CERT_FILE": str(cafile), "LANG": "C.UTF-8", "TERM": "dumb"}


@pytest.fixture
def site() -> Iterator[WebServer]:
    """A site with a column's list page."""
    with WebServer() as server:
        server.routes |= {
            "/tongzhi/": f"<html><head><meta charset='utf-8'><title>岚川通知</title></head><ul>{LIST}</ul></html>"
        }
        yield server


def test_a_beginner_is_led_to_a_mail(
    tmp_path: Path, environ: dict[str, str], site: WebServer, context: ssl.SSLContext
) -> None:
    """Mailbox, password, recipients, sources and time are asked for, each mistake at once; the test mail arrives."""
    with FaultServer(security="tls", context=context, login=("me@office.example", PASSWORD)) as smtp:
        person = Person(tmp_path, environ, "init")
        person.answer("Mailbox that sends", "me@@office.example")
        person.answer("Mailbox that sends", "me@office.example")
        person.answer("Its provider", "custom")
        person.answer("SMTP server", "local host:x")
        person.answer("SMTP server", "localhost 1 none")
        person.answer("not shown", PASSWORD)
        person.answer("Change what?", "server")
        person.answer("SMTP server", f"localhost:{smtp.port}")
        person.answer("not shown", "falsch")
        person.answer("Change what?", "password")
        person.answer("not shown", PASSWORD)
        person.answer("Recipients", "boss@example.cn, oops")
        person.answer("Recipients", "a@example.cn，王芳 <b@example.cn>")
        person.answer("First source", "gibt-es-nicht")
        person.answer("First source", site.url("/tongzhi/"))
        person.answer("may it be read?", "y")
        person.answer("Next source", "")
        person.answer("Time", "25:00")
        person.answer("Time", "7:30")
        person.answer("Days", "workday")
        person.answer("Days", "workdays")
        person.answer("See a preview now?", "n")
        person.answer("Send a test mail now?", "y")
        person.answer("call digest run by itself?", "n")
        assert person.leave() == 0, person.seen
        assert len(smtp.received) == 1
    written = settings_of(tmp_path / "digest.toml")
    assert written["edition"][0]["schedule"] == {"at": "07:30", "days": "workdays"}
    assert written["edition"][0]["recipients"] == ["a@example.cn", "王芳 <b@example.cn>"]
    assert written["source"][0]["kind"] == "page-list"
    secret = tmp_path / "smtp-password"
    assert secret.read_text() == f"{PASSWORD}\n"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert PASSWORD not in (tmp_path / "digest.toml").read_text("utf-8") + person.seen


def test_interrupted_it_has_written_nothing(tmp_path: Path, environ: dict[str, str]) -> None:
    """Ctrl-C at the last question leaves the folder as it was."""
    before = sorted(tmp_path.iterdir())
    person = Person(tmp_path, environ, "init")
    person.answer("Mailbox that sends", "me@qq.com")
    person.answer("not shown", "")
    person.wait_for("Recipients")
    assert person.leave(pressing=b"\x03") == 130
    assert sorted(tmp_path.iterdir()) == before


def test_options_say_what_would_be_asked(terminal: Terminal) -> None:
    """Without a terminal the options make the whole file, and nothing of the template's explanations is lost."""
    terminal.write_news("news")
    made = terminal(
        *("init", "--address", USER, "--recipient", "王芳 <b@example.cn>", "--recipient", "a@example.cn"),
        *("--source", "news", "--at", "07:30", "--days", "weekly:mon", "--title", "网信周报"),
    )
    assert (made.code, made.out) == (0, "digest.toml\n"), made.err
    text = (terminal.folder / "digest.toml").read_text("utf-8")
    written = tomllib.loads(text)
    assert written["mail"] == {
        "preset": "qq",
        "user": USER,
        "from": f"每日摘要 <{USER}>",
        "password_file": "smtp-password",
    }
    (edition,) = written["edition"]
    assert (edition["recipients"], edition["title"]) == (["王芳 <b@example.cn>", "a@example.cn"], "网信周报")
    assert edition["schedule"] == {"at": "07:30", "days": "weekly:mon"}
    assert len(re.findall("(?m)^#", text)) > 80
    assert not (terminal.folder / "smtp-password").exists()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--address", "me@nowhere.example"], "--provider"),
        (["--address", "me@qq.com", "--provider", "qqq"], "qq"),
        (["--provider", "qq"], "--address"),
        (["--address", "me@nowhere.example", "--provider", "custom"], "--host"),
        (["--recipient", "a@@b"], "a@example.cn"),
        (["--at", "24:00"], "08:00"),
        (["--days", "wrokdays"], "workdays"),
        (["--timezone", "Mars/Nowhere"], "Asia/Shanghai"),
        (["--source", "https://[::1"], "https://"),
    ],
)
def test_an_option_that_is_wrong_says_what_to_write(terminal: Terminal, words: Sequence[str], named: str) -> None:
    """It ends in exit code 2, and nothing is written."""
    made = terminal("init", *words)
    assert made.code == 2, made.err
    assert named in made.err
    assert list(terminal.folder.iterdir()) == []


def test_without_a_source_the_file_is_a_form(terminal: Terminal) -> None:
    """In an empty folder, and with nobody to ask, the commented file is written, and said to want a source."""
    made = terminal("init")
    assert made.code == 0, made.err
    assert "[[source]]" in made.err
    assert "source" not in settings_of(terminal.folder / "digest.toml")


def test_every_answer_can_be_changed_later(terminal: Terminal) -> None:
    """digest config set takes each of them."""
    terminal.write_news("news")
    assert terminal("init", "--address", USER, "--source", "news").code == 0
    for key, value in (
        ("mail.user", "you@qq.com"),
        ("mail.from", "you@qq.com"),
        ("edition.daily.recipients", "a@example.cn"),
        ("edition.daily.schedule.at", "07:30"),
        ("edition.daily.schedule.days", "workdays"),
        ("timezone", "Asia/Hong_Kong"),
    ):
        done = terminal("config", "set", key, value)
        assert done.code == 0, done.err
    written = settings_of(terminal.folder / "digest.toml")
    assert (written["mail"]["user"], written["timezone"]) == ("you@qq.com", "Asia/Hong_Kong")
    assert written["edition"][0]["schedule"] == {"at": "07:30", "days": "workdays"}
