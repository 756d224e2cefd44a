"""The password is in the TLS session and nowhere else: a canary is looked for in everything that is left behind."""

from __future__ import annotations

import base64
import logging
import ssl
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from digest.deliver import Server, check_login, deliver_pending
from digest.errors import MailError
from digest.store import Store
from tests.cli.conftest import ANNA, NEWS, Office, Terminal
from tests.deliver.conftest import LOGIN
from tests.smtp_server import FaultServer, Stage
from tests.store.examples import NOW, freeze

USER, CANARY = LOGIN
FORMS = (CANARY, base64.b64encode(CANARY.encode()).decode(), base64.b64encode(f"\0{USER}\0{CANARY}".encode()).decode())


@pytest.fixture
def smtp(context: ssl.SSLContext) -> Iterator[FaultServer]:
    """A server that wants the login, over TLS."""
    with FaultServer(security="starttls", context=context, login=LOGIN) as server:
        yield server


@pytest.fixture
def reach(smtp: FaultServer, cafile: Path) -> Server:
    """How to reach it."""
    return Server("127.0.0.1", smtp.port, "starttls", USER, CANARY, cafile=cafile, timeout=5)


@pytest.fixture
def office(tmp_path: Path, context: ssl.SSLContext, cafile: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A terminal with articles and a server that wants the login, over TLS."""
    folder = tmp_path / "office"
    folder.mkdir()
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", CANARY)
    terminal = Terminal(folder, monkeypatch)
    with FaultServer(security="tls", context=context, login=LOGIN) as server:
        made = Office(terminal, server, cafile, terminal.write_news(news=NEWS))
        made.configure()
        yield made


def assert_silent(text: str) -> None:
    """Fails if the password is in the text, plain or as AUTH sends it."""
    assert [form for form in (*FORMS, FORMS[2][20:]) if form in text] == []


def told(error: BaseException) -> str:
    """Everything a traceback can show, the local variables of every frame of ours included."""
    assert error.__traceback__ is not None
    ours = traceback.StackSummary.extract(
        traceback.walk_tb(error.__traceback__.tb_next),  # the first frame is the test, which knows the password
        capture_locals=True,
    )
    return "".join(ours.format()) + f"{error} {error!r}"


def test_a_server_does_not_show_its_password(reach: Server) -> None:
    """Neither its text nor its repr holds it."""
    assert_silent(f"{reach} {reach!r}")
    assert USER in repr(reach)


@pytest.mark.parametrize(
    ("stage", "reply"),
    [
        ("auth", "535 5.7.8 authentication failed"),
        ("auth", f"535 5.7.8 wrong password {CANARY}"),
        ("auth", f"535 5.7.8 refused AUTH PLAIN {FORMS[2]}"),
        ("auth", f"501 cannot decode {FORMS[1]}"),
        ("auth", ""),
        ("ehlo", ""),
        ("starttls", "454 no TLS today"),
        ("greeting", "554 go away"),
        ("mail", "553 from must be the login"),
        ("mail", f"530 5.7.0 your password {CANARY} is bad"),
        ("auth", f"535 {'x' * 480} {CANARY}"),
        ("auth", f"535-folded {FORMS[2][:20]}\r\n535 {FORMS[2][20:]}"),
    ],
)
def test_no_failure_tells_the_password(
    smtp: FaultServer,
    reach: Server,
    store: Store,
    path: Path,
    stage: Stage,
    reply: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Not the error, its traceback with local variables, the log, the terminal or a byte of the database."""
    caplog.set_level(logging.DEBUG)
    freeze(store, ["a@example.cn"])
    smtp.fail(stage, reply, drop=not reply)
    with pytest.raises(MailError) as caught:
        deliver_pending(store, reach, sender=USER, now=NOW)
    assert_silent(told(caught.value))
    assert caught.value.__context__ is None
    ours = [record for record in caplog.records if not record.name.startswith(("mail.log", "asyncio"))]
    assert_silent("\n".join(record.getMessage() for record in ours))
    assert_silent("".join(capfd.readouterr()))
    assert_silent(database_bytes(path))
    assert_silent(smtp.plain.decode("latin-1"))


def test_success_does_not_tell_the_password(
    smtp: FaultServer,
    reach: Server,
    store: Store,
    path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Nor does a run in which everything works."""
    caplog.set_level(logging.DEBUG)
    freeze(store, ["a@example.cn"])
    receipts = deliver_pending(store, reach, sender=USER, now=NOW)
    assert smtp.recipients == ["a@example.cn"]
    assert smtp.received[0].encrypted
    ours = [record for record in caplog.records if not record.name.startswith(("mail.log", "asyncio"))]
    assert_silent("\n".join(record.getMessage() for record in ours))
    assert_silent("".join(capfd.readouterr()) + repr(receipts) + check_login(reach))
    assert_silent(database_bytes(path))
    assert_silent(smtp.plain.decode("latin-1"))


def test_a_password_that_cannot_be_sent_is_not_quoted(reach: Server) -> None:
    """Python's own error would show all of it."""
    with pytest.raises(MailError) as caught:
        check_login(replace(reach, password=CANARY + "密"))
    assert_silent(told(caught.value))


@pytest.mark.parametrize(
    ("stage", "reply"),
    [
        ("auth", "535 5.7.8 authentication failed"),
        ("auth", f"535 5.7.8 refused AUTH PLAIN {FORMS[2]}"),
        ("auth", ""),
        ("greeting", "554 go away"),
        ("mail", "553 from must be the login"),
        ("rcpt", "550 5.1.1 no such user"),
        ("rcpt", f"550 5.1.1 {CANARY}"),
        ("data", f"451 later, {FORMS[1]}"),
        ("dot", f"452 {CANARY}"),
        ("dot", ""),
        ("quit", ""),
    ],
)
def test_no_command_tells_the_password(
    office: Office, stage: Stage, reply: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not run, send, doctor or outbox, whatever fails: no line of theirs, no log, no file they leave, and no mail."""
    caplog.set_level(logging.DEBUG)
    office.smtp.fail(stage, reply, drop=not reply)
    for words in (("run",), ("run",), ("send",), ("doctor",), ("outbox", "list", "--json"), ("outbox", "show", ANNA)):
        office(*words)
    assert office.smtp.connections > 0
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("mail.log", "asyncio"))]
    assert_silent("\n".join((*ours, *office.terminal.everything, *capfd.readouterr())))
    left = [path for path in office.terminal.folder.rglob("*") if path.is_file()]
    assert left
    assert_silent("".join(path.read_bytes().decode("latin-1") for path in left))
    assert_silent("".join(message.content.decode("latin-1") for message in office.smtp.received))
    assert_silent(office.smtp.plain.decode("latin-1"))


def database_bytes(path: Path) -> str:
    """Every byte of the database, its log and its index."""
    return "".join(file.read_bytes().decode("latin-1") for file in path.parent.iterdir())
