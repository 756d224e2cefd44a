"""One SMTP connection, opened by yagmail and spoken to phase by phase.

yagmail connects and encrypts; nothing else of it is used, because its `send` rewrites the message, repeats it after a
lost reply, and verifies no certificate unless it is given a context.  What is sent are our own bytes, through the
`smtplib.SMTP` it opened; `digest.deliver.login` says why the login is ours as well.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from digest.deliver.hearing import Hearing, NotSmtp, client_class
from digest.deliver.login import get_secret, log_in
from digest.deliver.masking import Mask
from digest.deliver.replies import Stage
from digest.deliver.server import Server, check_server
from digest.deliver.trouble import NotAsked, explain, is_timeout, readable
from digest.errors import DigestError, MailError

Tell = Callable[[str], None]
"""Hears of each step of opening a connection, in words."""

LINE_END = re.compile(rb"\r\n|\r|\n")
EARLY_REPLY = re.compile(rb"([45]\d\d)[ -](.*)")
MORE_LEAVE = re.compile(rb"3\d\d[^\n]*\n")
START_MAIL_INPUT = 354
LOST = "the connection was lost"
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
PROBE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said at one stage; code 0 where it said nothing that could be understood."""

    stage: Stage
    code: int
    text: str


class Connection:
    """A logged-in connection.  A context manager that says QUIT, or just hangs up in the middle of a message."""

    def __init__(self, client: Any, server: Server, mask: Mask) -> None:
        self._client = client
        self._smtp: Hearing = client.smtp
        self._server = server
        self._mask = mask
        self._in_message = False
        self.begun = 0  # messages begun on this connection
        self._set_timeout(server.command_timeout)
        if self._smtp.sock is not None:
            # the dot is a small write after a large one, and Nagle's algorithm holds it back until the server's
            # delayed acknowledgement, some 40 ms with every mail
            self._smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Whether the connection can still be used."""
        return self._smtp.sock is not None

    @property
    def encryption(self) -> str:
        """The TLS version in use, such as TLSv1.3, or nothing."""
        return (self._smtp.sock.version() or "") if isinstance(self._smtp.sock, ssl.SSLSocket) else ""

    def offer(self, sender: str, recipient: str, lines: bytes) -> Reply | None:
        """The reply that refused the message, or None once all of it is there but for the dot that hands it over.

        RFC 5321 section 3.3: MAIL, RCPT, DATA, then the lines, as `dot_stuffed` makes them (section 4.5.2).
        """
        self.begun += 1
        refusal = self._refusal("mail", lambda: self._smtp.mail(sender)) or self._refusal(
            "rcpt", lambda: self._smtp.rcpt(recipient)
        )
        if refusal is not None:
            return refusal
        reply = self._ask("data", lambda: self._smtp.docmd("DATA"))
        if reply.code != START_MAIL_INPUT:
            if reply.code < 400:  # it may take whatever comes next, a QUIT as well, for the text of the mail
                self._smtp.close()
            return reply
        self._in_message = True
        return self._write(lines, "data")

    def finish(self) -> Reply:
        """The reply to the final dot.  From the moment it is written, the message may have been delivered.

        A reply of the stage `data` says that the dot was not written: the server had hung up, or refused, before it.
        """
        early = self._heard_early()
        if early is not None:
            return early
        self._set_timeout(self._server.dot_timeout)
        reply = self._write(b".\r\n", "dot") or self._ask("dot", self._smtp.getreply)
        self._in_message = False
        self._set_timeout(self._server.command_timeout)
        return reply

    def reset(self) -> None:
        """Clears a refused message away (RSET), so that the next one starts clean; hangs up if that fails."""
        reply = self._ask("mail", self._smtp.rset)
        if reply.code // 100 != 2:
            self.close()

    def close(self) -> None:
        """Ends the connection: politely, or at once where a QUIT would become part of the message."""
        if self._in_message:
            self._smtp.close()
        self._set_timeout(self._server.timeout)
        _hang_up(self._client)

    def _heard_early(self) -> Reply | None:
        """What came before the dot, without waiting: an end of the connection, or a refusal in mid-text.

        Writing into a connection that is already closed succeeds, and would make a mail uncertain that is not.
        """
        if self._smtp.sock is None:
            return Reply("data", 0, LOST)
        try:
            data = self._smtp.peek()
            while data and (more := MORE_LEAVE.match(data)):  # it says twice that the text may come: no reply to it
                self._smtp.skip(more.end())
                data = self._smtp.peek()
        except OSError as error:
            return self._lost("data", error)
        if data is None:
            return None  # as it should be: the server is listening
        self._smtp.close()
        said = EARLY_REPLY.match(data)
        return Reply("data", int(said[1]), self._readable(said[2])) if said else Reply("data", 0, LOST)

    def _refusal(self, stage: Stage, command: Callable[[], tuple[int, bytes]]) -> Reply | None:
        reply = self._ask(stage, command)
        return None if reply.code // 100 == 2 else reply

    def _ask(self, stage: Stage, command: Callable[[], tuple[int, bytes]]) -> Reply:
        try:
            code, text = command()
        except NotSmtp as error:
            return self._gibberish(stage, error.smtp_error)
        except OSError as error:  # every exception of smtplib is one
            return self._lost(stage, error)
        return Reply(stage, code, self._readable(text)) if 200 <= code <= 599 else self._gibberish(stage, text)

    def _gibberish(self, stage: Stage, text: bytes | str) -> Reply:
        self._smtp.close()
        return Reply(stage, 0, f"the server's answer is not SMTP: {self._readable(text)}")

    def _readable(self, text: bytes | str) -> str:
        return readable(text, self._mask.hide)

    def _write(self, data: bytes, stage: Stage) -> Reply | None:
        try:
            self._smtp.send(data)
        except OSError as error:
            return self._lost(stage, error)
        return None

    def _lost(self, stage: Stage, error: OSError) -> Reply:
        self._smtp.close()
        return Reply(stage, 0, "the server did not answer in time" if is_timeout(error) else LOST)

    def _set_timeout(self, seconds: float) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)


def open_connection(server: Server, tell: Tell = lambda _: None) -> Connection:
    """A connection that is encrypted, verified and logged in; raises MailError, with every password left out."""
    check_server(server)
    client = _make_client(server)
    opened = _log_in(client, server, tell)
    if isinstance(opened, MailError):
        # raised here and not in the handler: the frames of the original exception hold the password
        raise opened
    return Connection(client, server, opened)


def check_login(server: Server, tell: Tell = lambda _: None) -> str:
    """A sentence that says how the server was reached; raises MailError where it cannot be."""
    with open_connection(server, tell) as connection:
        how = f"over {connection.encryption}, certificate verified" if connection.encryption else "without encryption"
    who = "accepts connections without a login" if not server.user else f"accepts the login of {server.user}"
    return f"{server.address} {who}, {how}"


def dot_stuffed(message: bytes) -> bytes:
    """The message as DATA wants it: CRLF line ends only, each leading dot doubled, and a line end at its end.

    A bare CR or LF may not be sent (RFC 5321 section 2.3.8): servers disagree on whether it ends a line, which lets
    one message be taken for two ("SMTP smuggling").
    """
    clean = message.count(b"\r\n") == message.count(b"\n") == message.count(b"\r")  # counting is five times as fast
    lines = message if clean else LINE_END.sub(b"\r\n", message)
    lines = lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    return LEADING_DOT.sub(b"..", lines) if lines.startswith(b".") or b"\n." in lines else lines


def _make_client(server: Server) -> Any:
    context = _tls_context(server) if server.security != "none" else None
    client = client_class()(
        None,
        "",  # None would make it ask at the terminal
        host=server.host,
        port=server.port,
        smtp_ssl=server.security == "tls",
        smtp_starttls={"context": context} if server.security == "starttls" else False,
        smtp_skip_login=True,
        soft_email_validation=False,
        timeout=server.timeout,
        local_hostname=server.helo,
        **({"context": context} if server.security == "tls" else {}),
    )
    client.set_logging(None)
    client.smtp = None  # yagmail 0.15 has no such attribute before the login
    return client


def _tls_context(server: Server) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=server.cafile)
    except OSError as error:  # no such file, or no certificate in it
        raise NotAsked(f"cafile {server.cafile} cannot be used: {error}", "it must be a PEM certificate") from error


def _log_in(client: Any, server: Server, tell: Tell) -> Mask | MailError:
    """What hides the password from now on, or why it did not work, with the connection closed."""
    mask = Mask(server, "")
    problem: MailError | None = None
    try:
        secret = get_secret(server)
        mask = Mask(server, secret)
        tell(f"connecting to {server.address}")
        client.login()  # no login yet: it connects, and encrypts
        client.smtp.ehlo_or_helo_if_needed()
        tell(_describe_way(client.smtp.sock, server))
        if server.user:
            how = log_in(client.smtp, server, secret)
            tell(f"logged in as {server.user} ({how})")
    except DigestError as error:  # from the program that gives the token
        problem = NotAsked(error.message, error.hint)
    except (OSError, ValueError) as error:  # ValueError: an impossible host name, a challenge that is not base64
        if isinstance(error, smtplib.SMTPResponseException):  # before anything is cut from it
            error.smtp_error = readable(error.smtp_error, mask.hide)
        problem = explain(error, server, awaits_tls=is_timeout(error) and _awaits_tls(server))
    if problem is None:
        return mask
    _hang_up(client)
    problem.message, problem.args = (said := mask.hide(problem.message)), (said,)
    return problem


def _describe_way(sock: Any, server: Server) -> str:
    if not isinstance(sock, ssl.SSLSocket):
        return "connected without encryption, to this machine"
    certificate: Any = sock.getpeercert() or {}
    issuer = dict(pair for group in certificate.get("issuer", ()) for pair in group)
    by = issuer.get("organizationName") or issuer.get("commonName") or "an authority you trust"
    return readable(f"connected over {sock.version()}; certificate of {server.host} verified, issued by {by}")


def _awaits_tls(server: Server) -> bool:
    """Whether a server that did not greet us waits for TLS, as port 465 does; asked over a connection of its own."""
    if server.security == "tls":
        return False
    patience = min(server.timeout, PROBE_SECONDS)
    try:
        with socket.create_connection((server.host, server.port), patience) as sock:
            ssl.create_default_context(cafile=server.cafile).wrap_socket(sock, server_hostname=server.host).close()
    except ssl.SSLCertVerificationError:
        return True  # it speaks TLS; that it is not to be trusted is told once `security` is right
    except (OSError, ValueError):
        return False
    return True


def _hang_up(client: Any) -> None:
    with suppress(OSError):
        client.close()
    if client.smtp is not None:
        client.smtp.close()
