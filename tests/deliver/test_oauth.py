"""XOAUTH2: a token in place of a password, fresh for each login, told to nobody but a verified server."""

from __future__ import annotations

import base64
import json
import logging
import ssl
import sys
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
import trustme
from aiosmtpd.smtp import AuthResult

from digest.config import MailSettings
from digest.config.passwords import read_password, read_token
from digest.deliver import Refused, Server, check_login, open_connection
from digest.errors import ConfigError, MailError
from tests.smtp_server import FaultServer, FaultSession

Mode = Literal["tls", "starttls"]
USER, TOKEN = "me@outlook.example", "eyJ0canary-Kanarienvogel.7f3a.sig_-"
FORMS = (
    TOKEN,
    base64.b64encode(TOKEN.encode()).decode(),
    base64.b64encode(f"user={USER}\1auth=Bearer {TOKEN}\1\1".encode()).decode(),
)
REFUSAL = "535 5.7.3 Authentication unsuccessful"


class TokenSession(FaultSession):
    """Takes XOAUTH2 as Microsoft and Google describe it: a challenge with the reason comes before the refusal."""

    owner: TokenServer

    async def auth_XOAUTH2(self, _server: object, args: list[str]) -> AuthResult:  # noqa: N802  # aiosmtpd's name
        """Accepted with the right token, else refused after one more empty line."""
        given = base64.b64decode(args[1]).decode()
        self.owner.given.append(given)
        if given == f"user={USER}\1auth=Bearer {TOKEN}\1\1":
            return AuthResult(success=True, handled=False)
        reason = base64.b64encode(json.dumps({"status": "400", "schemes": "Bearer"}).encode()).decode()
        await self.push(f"334 {reason}")
        self.owner.answers.append(await self._reader.readline())
        await self.push(self.owner.refusal)
        return AuthResult(success=False, handled=True)


class TokenServer(FaultServer):
    """A server that knows tokens; it remembers what it was given, and the answers to its challenges."""

    def __init__(self, security: Mode, context: ssl.SSLContext) -> None:
        super().__init__(security=security, context=context, login=(USER, "unused"))
        self.given: list[str] = []
        self.answers: list[bytes] = []
        self.refusal = REFUSAL

    def _make_session(self) -> FaultSession:
        session = TokenSession(self)
        self.sessions.append(session)
        return session


@pytest.fixture(params=["tls", "starttls"])
def smtp(request: pytest.FixtureRequest, context: ssl.SSLContext) -> Iterator[TokenServer]:
    """A server that knows tokens, over TLS from the first byte, and after STARTTLS."""
    server = TokenServer(request.param, context)
    with server:
        yield server


def reach(server: FaultServer, cafile: Path | None, *tokens: str, timeout: float = 5) -> Server:
    """How to reach it with those tokens, one a login."""
    ready = iter(tokens or (TOKEN,))
    return Server(
        "127.0.0.1",
        server.port,
        server.security,
        USER,
        cafile=cafile,
        timeout=timeout,
        token=lambda: next(ready),
        login_help="HELP",
    )


def refusal(server: Server) -> MailError:
    """The error of a login that does not work; no trace of the token is in it."""
    with pytest.raises(MailError) as caught:
        check_login(server)
    assert caught.value.hint
    assert caught.value.__context__ is None
    trace = caught.value.__traceback__
    assert trace is not None
    frames = traceback.StackSummary.extract(traceback.walk_tb(trace.tb_next), capture_locals=True)
    assert_silent("".join(frames.format()) + f"{caught.value} {caught.value!r} {caught.value.hint}")
    return caught.value


def assert_silent(text: str) -> None:
    """Fails if the token is in the text, plain or as AUTH sends it."""
    assert [form for form in FORMS if form in text] == []


def test_a_token_logs_in(smtp: TokenServer, cafile: Path) -> None:
    """The server is given exactly the user and the token, once, inside TLS."""
    steps: list[str] = []
    open_connection(reach(smtp, cafile), steps.append).close()
    assert steps[-1] == f"logged in as {USER} (XOAUTH2)"
    assert smtp.given == [f"user={USER}\1auth=Bearer {TOKEN}\1\1"]
    assert_silent(smtp.plain.decode("latin-1") + "".join(steps))


def test_each_login_gets_a_fresh_token(smtp: TokenServer, cafile: Path) -> None:
    """A token lives for an hour; a run that opens a second connection asks for another."""
    server = reach(smtp, cafile, "old", TOKEN)
    with pytest.raises(MailError):
        open_connection(server)
    open_connection(server).close()
    assert [given.split("\1")[1] for given in smtp.given] == ["auth=Bearer old", f"auth=Bearer {TOKEN}"]


def test_a_refused_token_is_told_in_plain_words(smtp: TokenServer, cafile: Path) -> None:
    """After the challenge comes one empty line, then the refusal, which names the user and what to try."""
    error = refusal(reach(smtp, cafile, f"{TOKEN}x"))
    assert smtp.answers == [b"\r\n"]
    assert f"refuses the login of {USER}: 535 5.7.3" in error.message
    assert "token is not accepted" in error.hint
    assert error.hint.endswith("HELP")
    assert isinstance(error, Refused)


@pytest.mark.parametrize("form", FORMS)
def test_a_server_that_repeats_the_token_is_not_quoted(smtp: TokenServer, cafile: Path, form: str) -> None:
    """What it says is shown without it."""
    smtp.fail("auth", f"535 no: {form}")
    assert "535 no: ***" in refusal(reach(smtp, cafile)).message


def test_the_token_is_nowhere(
    smtp: TokenServer, cafile: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither in the server's repr, nor in a log, nor on the terminal."""
    caplog.set_level(logging.DEBUG)
    server = reach(smtp, cafile)
    said = check_login(server)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("mail.log", "asyncio"))]
    assert_silent(f"{server!r} {said} {''.join(ours)} {capfd.readouterr()}")
    assert TOKEN in smtp.given[0]


def test_a_server_without_xoauth2_is_told(context: ssl.SSLContext, cafile: Path) -> None:
    """The token is not offered in another way, nor in place of a password."""
    with FaultServer(security="tls", context=context, login=(USER, "x")) as server:
        error = refusal(reach(server, cafile))
        assert "takes no access token (XOAUTH2)" in error.message
        assert "PLAIN" in error.message
        assert "AUTH" not in server.commands


def test_a_program_that_fails_is_told_before_connecting(smtp: TokenServer, cafile: Path) -> None:
    """No connection is opened where there is no token."""

    def fail() -> str:
        raise ConfigError("token_command oauth2 ended with exit code 1", "run it in a terminal")

    server = Server("127.0.0.1", smtp.port, smtp.security, USER, cafile=cafile, token=fail)
    with pytest.raises(MailError, match="ended with exit code 1") as caught:
        check_login(server)
    assert caught.value.hint == "run it in a terminal"
    assert smtp.connections == 0


@pytest.mark.parametrize("key", ["token_command", "password_command"])
def test_a_program_that_prints_without_an_end_is_stopped(key: str) -> None:
    """No more than 64 KB are read, at once; what is printed is not shown."""
    endless = "import sys\nwhile True: sys.stdout.write('x' * 100_000)"
    mail = MailSettings.model_validate(
        {"host": "127.0.0.1", "user": USER, "from": USER, key: (sys.executable, "-c", endless)}
    )
    began = time.monotonic()
    with pytest.raises(ConfigError, match="printed more than 64 KB"):
        read_token(mail) if key == "token_command" else read_password(mail, {})
    assert time.monotonic() - began < 20


def test_a_program_whose_child_keeps_the_pipe_is_not_waited_for() -> None:
    """What counts is what the program itself has printed when it ends, although somebody could still print."""
    code = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(8)'])"
    mail = MailSettings.model_validate(
        {"host": "127.0.0.1", "user": USER, "from": USER, "token_command": (sys.executable, "-c", code)}
    )
    began = time.monotonic()
    with pytest.raises(ConfigError, match="printed nothing"):
        read_token(mail, patience=5)
    assert time.monotonic() - began < 6


# ------------------------------------------------------------------------------------------- only to verified servers


def test_an_untrusted_certificate_gets_no_token(smtp: TokenServer) -> None:
    """A certificate of an unknown authority ends it, before AUTH."""
    assert "not trusted" in refusal(reach(smtp, None)).message
    assert smtp.given == []
    assert b"AUTH" not in smtp.plain


@pytest.mark.parametrize("mode", ["tls", "starttls"])
@pytest.mark.parametrize(
    ("names", "until", "said"),
    [
        (("smtp.example.cn",), None, "another host name"),
        (("127.0.0.1",), datetime(2020, 1, 1, tzinfo=UTC), "expired"),
    ],
)
def test_a_wrong_certificate_gets_no_token(
    mode: Mode, names: tuple[str, ...], until: datetime | None, said: str, authority: trustme.CA, cafile: Path
) -> None:
    """Neither one for another host nor one whose time is over."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, not_after=until).configure_cert(made)
    server = TokenServer(mode, made)
    with server:
        assert said in refusal(reach(server, cafile)).message
        assert server.given == []


def test_stripped_starttls_gets_no_token() -> None:
    """Where the offer of encryption is missing, not a byte of AUTH is sent."""
    with FaultServer(login=(USER, "x")) as server:
        plain = reach(server, None)
        stripped = Server("127.0.0.1", server.port, "starttls", USER, timeout=5, token=plain.token)
        assert "STARTTLS" in refusal(stripped).message
        assert b"AUTH" not in server.plain
