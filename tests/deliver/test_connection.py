"""Connecting: verified or not at all, and one plain sentence for every way it can fail."""

from __future__ import annotations

import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
import trustme
from aiosmtpd.smtp import AuthResult

from digest.deliver import Refused, Server, check_login, check_server, open_connection
from digest.deliver.server import is_loopback, plain_password
from digest.deliver.trouble import readable
from digest.errors import MailError
from tests.deliver.conftest import LOGIN
from tests.smtp_server import FaultServer, FaultSession

Mode = Literal["tls", "starttls"]
MODES: tuple[Mode, ...] = ("tls", "starttls")


def reach(server: FaultServer, cafile: Path | None, **changes: object) -> Server:
    """How to reach a server that wants the login."""
    base = Server("127.0.0.1", server.port, server.security, *LOGIN, cafile=cafile, timeout=5)
    return replace(base, **changes)  # type: ignore[arg-type]  # any field


def refusal(server: Server) -> MailError:
    """The error of a login that does not work."""
    with pytest.raises(MailError) as caught:
        check_login(server)
    assert caught.value.message
    assert caught.value.hint
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None  # its frames would hold the password
    return caught.value


@pytest.mark.parametrize("mode", MODES)
def test_a_good_server_is_described(mode: Mode, context: ssl.SSLContext, cafile: Path) -> None:
    """`check_login` says who was accepted where and how the way there was protected."""
    with FaultServer(security=mode, context=context, login=LOGIN) as server:
        said = check_login(reach(server, cafile))
        assert LOGIN[0] in said
        assert "TLSv1." in said
        assert server.commands[-1] == "QUIT"
        assert b"AUTH" not in server.plain


def test_a_host_name_is_checked_against_the_certificate(context: ssl.SSLContext, cafile: Path) -> None:
    """`localhost` is in the certificate, and is accepted by that name as well as by the address."""
    with FaultServer(security="tls", context=context, login=LOGIN) as server:
        assert "localhost" in check_login(reach(server, cafile, host="localhost"))


def test_a_server_without_login_needs_no_password(context: ssl.SSLContext, cafile: Path) -> None:
    """Without a user nothing is said about one."""
    with FaultServer(security="starttls", context=context) as server:
        assert "without a login" in check_login(reach(server, cafile, user=None, password=None))
        assert "AUTH" not in server.commands


def test_a_local_relay_may_do_without_encryption() -> None:
    """On this machine `none` is allowed, with a login too."""
    with FaultServer(login=LOGIN) as server:
        assert "without encryption" in check_login(reach(server, None))


@pytest.mark.parametrize("mode", MODES)
def test_an_untrusted_certificate_ends_before_the_password(mode: Mode, context: ssl.SSLContext) -> None:
    """A certificate of an unknown authority is refused, and the server saw no AUTH at all."""
    with FaultServer(security=mode, context=context, login=LOGIN) as server:
        error = refusal(reach(server, None))
        assert "not trusted" in error.message
        assert "cafile" in error.hint
        assert "AUTH" not in server.commands
        assert b"AUTH" not in server.plain


@pytest.mark.parametrize("mode", MODES)
def test_a_certificate_for_another_name_is_refused(mode: Mode, authority: trustme.CA, cafile: Path) -> None:
    """The sentence says that the name is wrong, not that TLS failed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("smtp.example.cn").configure_cert(context)
    with FaultServer(security=mode, context=context, login=LOGIN) as server:
        assert "another host name" in refusal(reach(server, cafile)).message
        assert "another host name" in refusal(reach(server, cafile, host="localhost")).message
        assert "AUTH" not in server.commands


@pytest.mark.parametrize("mode", MODES)
def test_an_expired_certificate_is_refused(mode: Mode, authority: trustme.CA, cafile: Path) -> None:
    """The sentence says that it is expired, and to look at the clock."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", not_after=datetime(2020, 1, 1, tzinfo=UTC)).configure_cert(context)
    with FaultServer(security=mode, context=context, login=LOGIN) as server:
        error = refusal(reach(server, cafile))
        assert "expired" in error.message
        assert "date" in error.hint
        assert "AUTH" not in server.commands


def test_stripped_starttls_ends_before_the_password() -> None:
    """Where the offer of encryption is missing, perhaps taken out on the way, nothing secret is sent."""
    with FaultServer(login=LOGIN) as server:
        error = refusal(reach(server, None, security="starttls"))
        assert "STARTTLS" in error.message
        assert "tampering" in error.hint
        assert b"AUTH" not in server.plain


def test_refused_starttls_ends_before_the_password(context: ssl.SSLContext, cafile: Path) -> None:
    """A server that offers TLS and then will not do it gets no password either."""
    with FaultServer(security="starttls", context=context, login=LOGIN) as server:
        server.fail("starttls", "454 4.7.0 TLS not available")
        assert "454" in refusal(reach(server, cafile)).message
        assert b"AUTH" not in server.plain


def test_tls_to_a_plain_port_says_which_port_goes_with_what(context: ssl.SSLContext, cafile: Path) -> None:
    """465 and 587 confused in one direction: no TLS spoken there."""
    with FaultServer(login=LOGIN) as server:
        error = refusal(reach(server, cafile, security="tls"))
        assert "does not speak TLS from the first byte" in error.message
        assert "587" in error.hint
        assert b"AUTH" not in server.plain


@pytest.mark.parametrize("trust", [True, False])
def test_plain_to_a_tls_port_says_which_security_to_write(trust: bool, context: ssl.SSLContext, cafile: Path) -> None:
    """In the other direction both sides wait for each other; a second look tells that the port awaits TLS."""
    with FaultServer(security="tls", context=context, login=LOGIN) as server:
        error = refusal(reach(server, cafile if trust else None, security="starttls", timeout=1))
        assert "speaks TLS from the first byte" in error.message
        assert 'security = "tls"' in error.hint
        assert "AUTH" not in server.commands


def test_a_silent_port_without_tls_is_a_time_out(cafile: Path) -> None:
    """Where nothing answers TLS either, it is called a time-out."""
    with FaultServer(login=LOGIN) as server:
        server.fail("greeting", delay=3)
        error = refusal(reach(server, cafile, security="starttls", timeout=0.3))
        assert "did not answer within 0.3 seconds" in error.message
        assert "465" in error.hint


def test_every_step_is_told(context: ssl.SSLContext, cafile: Path) -> None:
    """Who asks hears of the attempt, of the encryption and whose certificate it was, and of the login."""
    steps: list[str] = []
    with FaultServer(security="tls", context=context, login=LOGIN) as server:
        open_connection(reach(server, cafile), steps.append).close()
        assert steps[0] == f"connecting to 127.0.0.1:{server.port}"
    assert steps[1].startswith("connected over TLSv1.")
    assert "certificate of 127.0.0.1 verified, issued by trustme" in steps[1]
    assert steps[2:] == ["logged in as me@qq.com (PLAIN)"]


def test_a_refused_login_was_told_what_went_before(context: ssl.SSLContext, cafile: Path) -> None:
    """The steps end where it went wrong."""
    steps: list[str] = []
    with FaultServer(security="tls", context=context, login=LOGIN) as server, pytest.raises(MailError):
        open_connection(reach(server, cafile, password="wrong"), steps.append)
    assert [step.split()[0] for step in steps] == ["connecting", "connected"]


class HangingUp(FaultSession):
    """QQ's server: it says why it refuses a login, and hangs up at the next command."""

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's name
        """Refused the first time; the second time the line is dead."""
        self.owner.commands.append(f"AUTH {arg.split()[0]}")
        if len([command for command in self.owner.commands if command.startswith("AUTH")]) > 1:
            await self.hang_up(at_once=True)
        await self.push(
            "535 Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, "
            "or system is busy. More information at https://help.mail.qq.com/detail/108/1023"
        )


class Odd(FaultServer):
    """A server whose sessions are of a kind of its own."""

    kind: type[FaultSession]

    def _make_session(self) -> FaultSession:
        session = self.kind(self)
        self.sessions.append(session)
        return session


class HangsUp(Odd):
    """As QQ does."""

    kind = HangingUp


def test_a_login_is_tried_once(context: ssl.SSLContext, cafile: Path) -> None:
    """QQ hangs up in the second try of smtplib's own login, which hid its words, and NetEase counts both."""
    with HangsUp(security="tls", context=context, login=LOGIN) as server:
        error = refusal(reach(server, cafile, login_help="the 授权码 of QQ"))
        assert [command for command in server.commands if "AUTH" in command] == ["AUTH PLAIN"]
    assert "535 Login fail. Account is abnormal" in error.message
    assert error.hint.startswith("the 授权码 of QQ; where it is right, wait a quarter of an hour")


class NoPlain(FaultSession):
    """A server that offers PLAIN and does not do it."""

    async def auth_PLAIN(self, _server: object, _args: list[str]) -> AuthResult:  # noqa: N802  # aiosmtpd's name
        """504: not this one."""
        await self.push("504 5.5.4 mechanism not supported")
        return AuthResult(success=False, handled=True)


class WithoutPlain(Odd):
    """It offers more than it does."""

    kind = NoPlain


def test_a_mechanism_that_is_not_there_is_followed_by_the_next(context: ssl.SSLContext, cafile: Path) -> None:
    """504 says nothing of the password, so that another mechanism may be tried with it."""
    with WithoutPlain(security="tls", context=context, login=LOGIN) as server:
        steps: list[str] = []
        open_connection(reach(server, cafile), steps.append).close()
        assert steps[-1] == "logged in as me@qq.com (LOGIN)"


def test_an_old_reply_in_gbk_is_readable() -> None:
    """QQ used to answer in GBK; what is neither that nor UTF-8 still gives one printable line."""
    assert readable("Error: 请使用授权码登录。".encode("gb18030")) == "Error: 请使用授权码登录。"
    assert readable("密码错误".encode()) == "密码错误"
    assert readable(b"\xff\xfe\x00 bad\r\nline").isprintable()


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("535 Error: authentication failed", ("HELP",)),
        ("550 User has no permission", ("switch on the SMTP service", "HELP")),
        ("526 Authentication failure[0]", ("HELP",)),
        ("550 5.7.30 Basic authentication is not supported for Client Submission.", ("OAuth only", "HELP")),
        ("451 Requested mail action not taken: too much fail authentication", ("wait an hour", "HELP")),
    ],
)
def test_a_refused_login_ends_in_what_the_provider_wants(
    reply: str, words: tuple[str, ...], context: ssl.SSLContext, cafile: Path
) -> None:
    """With a known provider the hint holds its own words, after what the reply says."""
    with FaultServer(security="tls", context=context, login=LOGIN) as server:
        server.fail("auth", reply)
        error = refusal(reach(server, cafile, login_help="HELP"))
        assert all(word in error.hint for word in words)
        assert isinstance(error, Refused)
        assert (error.stage, error.code) == ("login", int(reply[:3]))


@pytest.mark.parametrize(
    ("reply", "hint"),
    [
        ("535 5.7.8 Error: authentication failed", "授权码"),
        ("535 Login Fail. Please enter your authorization code to login.", "授权码"),
        ("534 5.7.9 Application-specific password required", "授权码"),
        ("530 5.7.0 Must issue a STARTTLS command first", "授权码"),
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", "OAuth"),
        ("550 5.7.30 Basic authentication is not supported for Client Submission.", "OAuth"),
        ("550 User has no permission", "switch on the SMTP service"),
        ("454 4.7.0 Temporary authentication failure", "later|next run|now"),
        ("451 Requested mail action not taken: too much fail authentication", "wait an hour"),
    ],
)
def test_a_refused_login_says_what_to_try(reply: str, hint: str, context: ssl.SSLContext, cafile: Path) -> None:
    """Each provider's way of saying no leads to the remedy for it."""
    with FaultServer(security="tls", context=context, login=LOGIN) as server:
        server.fail("auth", reply)
        error = refusal(reach(server, cafile))
        assert "refuses the login of me@qq.com" in error.message
        assert reply[:3] in error.message
        assert any(word in error.hint for word in hint.split("|"))


def test_a_wrong_password_is_refused(context: ssl.SSLContext, cafile: Path) -> None:
    """The server's own refusal, without any fault."""
    with FaultServer(security="tls", context=context, login=LOGIN) as server:
        assert "535" in refusal(reach(server, cafile, password="wrong")).message


def test_a_server_that_offers_no_login_says_so(context: ssl.SSLContext, cafile: Path) -> None:
    """A user is configured, but there is nobody to log in to."""
    with FaultServer(security="tls", context=context, login=LOGIN, offers_login=False) as server:
        assert "offers no login" in refusal(reach(server, cafile)).message


def test_a_busy_greeting_is_told(context: ssl.SSLContext, cafile: Path) -> None:
    """421 and 554 at the greeting are told apart."""
    with FaultServer(security="tls", context=context, login=LOGIN) as server:
        server.fail("greeting", "421 4.3.2 too many connections", drop=True)
        assert "busy" in refusal(reach(server, cafile)).hint
        server.fail("greeting", "554 5.7.1 IP is rejected", drop=True)
        assert "refuses this computer" in refusal(reach(server, cafile)).hint


def test_a_server_of_another_kind_is_told(cafile: Path) -> None:
    """What answers in no SMTP, such as a web server, is named so."""
    with FaultServer() as server:
        server.fail("greeting", "HTTP/1.1 400 Bad Request")
        assert "does not speak SMTP" in refusal(reach(server, cafile, security="none")).message


@pytest.mark.parametrize("stage", ["greeting", "ehlo", "auth"])
def test_a_connection_that_is_closed_early_is_told(
    stage: Literal["greeting", "ehlo", "auth"], context: ssl.SSLContext, cafile: Path
) -> None:
    """Whenever the server hangs up before the login is done, there is a sentence for it."""
    with FaultServer(security="tls", context=context, login=LOGIN) as server:
        server.fail(stage, drop=True)
        assert "closed the connection" in refusal(reach(server, cafile)).message


@pytest.mark.parametrize("stage", ["greeting", "ehlo", "auth"])
def test_a_server_that_is_silent_is_told(
    stage: Literal["greeting", "ehlo", "auth"], context: ssl.SSLContext, cafile: Path
) -> None:
    """A time-out is called a time-out at every stage."""
    with FaultServer(security="tls", context=context, login=LOGIN) as server:
        server.fail(stage, delay=2)
        assert "did not answer within 0.3 seconds" in refusal(reach(server, cafile, timeout=0.3)).message


def test_a_closed_port_is_told() -> None:
    """Nothing listens there, and the hint speaks of ports."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = refusal(Server("127.0.0.1", taken.getsockname()[1], "tls", *LOGIN, timeout=5))
    assert "nothing listening" in error.message
    assert "465" in error.hint


def test_a_name_that_does_not_exist_is_told() -> None:
    """A name that cannot be resolved is not called a network error."""
    assert "was not found" in refusal(Server("nowhere.invalid", 465, "tls", *LOGIN, timeout=5)).message
    assert "cannot be a host name" in refusal(Server("smtp..qq.com", 465, "tls", *LOGIN, timeout=5)).message


def test_a_cafile_that_is_none_is_told(tmp_path: Path) -> None:
    """A missing file and a file without a certificate are both named."""
    for path in (tmp_path / "missing.pem", tmp_path / "empty.pem"):
        (tmp_path / "empty.pem").write_text("not a certificate")
        with pytest.raises(MailError, match="cafile"):
            check_login(Server("127.0.0.1", 1, "tls", *LOGIN, cafile=path))


@pytest.mark.parametrize(
    ("server", "message"),
    [
        (Server("smtp.qq.com", 25, "none"), "unencrypted"),
        (Server("10.0.0.1", 25, "none", *LOGIN), "unencrypted"),
        (Server("smtp.qq.com", 465, "tls", "me@qq.com"), "no password"),
        (Server("smtp.qq.com", 465, "tls", "me@qq.com", ""), "no password"),
        (Server("smtp.qq.com", 465, "tls", "我@qq.com", "x"), "user name"),
        (Server("smtp.qq.com", 465, "tls", "me@qq.com", "密码"), "password has letters"),
    ],
)
def test_what_cannot_work_is_refused_without_a_connection(server: Server, message: str) -> None:
    """Mistakes that can be seen at once are told at once, and none of them asks at the terminal."""
    with pytest.raises(MailError, match=message) as caught:
        check_server(server)
    assert caught.value.hint


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine_is_known_by_its_addresses(host: str) -> None:
    """Only names that cannot lead elsewhere count as this machine."""
    assert is_loopback(host)
    assert not is_loopback(host + ".example.cn")


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("abcd efgh ijkl mnop", "abcdefghijklmnop"),
        ("abcd\u00a0efgh\u00a0ijkl\u00a0mnop", "abcdefghijklmnop"),
        ("ａｂｃｄ１２", "abcd12"),
        (" secret\n", "secret"),
        ("correct horse battery", "correct horse battery"),
    ],
)
def test_a_pasted_password_is_read_as_it_was_meant(pasted: str, meant: str) -> None:
    """Google's four groups lose their spaces, full-width letters their width; a real pass phrase stays."""
    assert plain_password(pasted) == meant
