"""Why a mail server could not be reached or logged in to: one sentence, and what to try."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable

from digest.deliver.hearing import NotSmtp
from digest.deliver.replies import CREDENTIALS, Stage, judge
from digest.deliver.server import Server
from digest.errors import MailError

SECURITY = 'port 465 goes with security = "tls", port 587 with "starttls"'
AWAITS_TLS = 'write security = "tls" (with port = 465 at most providers)'
NOT_YET_TLS = 'write port = 465 with security = "tls", or port = 587 with security = "starttls"'
NO_TLS = ("WRONG_VERSION_NUMBER", "UNEXPECTED_EOF_WHILE_READING", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")
LIMITED = re.compile("frequency|frequent|too (many|much)", re.IGNORECASE)
PAUSE = "where it is right, wait a quarter of an hour: the server also limits how often one may log in"
EXPIRED, NOT_YET_VALID, WRONG_NAME, WRONG_ADDRESS = 10, 9, 62, 64  # X509_V_ERR_*, openssl/x509_vfy.h


class Refused(MailError):  # noqa: N818  # what the server did
    """A server that answered, and would not have us: the `stage` and its reply's `code`, for whoever counts them."""

    def __init__(self, message: str, hint: str, stage: Stage, code: int) -> None:
        super().__init__(message, hint)
        self.stage = stage
        self.code = code


class NotAsked(MailError):  # noqa: N818  # whose turn it is
    """Something on our side keeps the server from being asked at all: it deserves no rest for that."""


def explain(error: Exception, server: Server, *, awaits_tls: bool = False) -> MailError:
    """The MailError for one error of connecting, securing the connection or logging in.

    `awaits_tls`: nothing came, and the server has been found to speak TLS from the first byte.
    """
    if awaits_tls:
        return MailError(
            f'{server.address} speaks TLS from the first byte, and security = "{server.security}" waits for a greeting',
            AWAITS_TLS,
        )
    if is_timeout(error):
        return MailError(
            f"{server.address} did not answer within {server.timeout:g} seconds",
            f"check host and port, and whether a firewall is in between; {SECURITY}",
        )
    for kind, make in EXPLANATIONS:
        if isinstance(error, kind):
            return make(error, server)
    return MailError(f"{server.address} could not be used: {error}", "check [mail] host, port and security")


def is_timeout(error: BaseException) -> bool:
    """Whether time ran out; smtplib hides that behind "connection unexpectedly closed"."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def readable(reply: bytes | str, hide: Callable[[str], str] = str) -> str:
    """A server's text as one printable line of at most 500 characters, whatever it sent, UTF-8 or (older QQ) GBK.

    What `hide` takes out is looked for in all of it, before it is cut.
    """
    text = _decode(reply) if isinstance(reply, bytes) else reply
    return hide(" ".join("".join(c if c.isprintable() else " " for c in text).split()))[:500]


def _decode(reply: bytes) -> str:
    try:
        return reply.decode()
    except UnicodeDecodeError:
        return reply.decode("gb18030", "replace")


def _name_not_found(_error: Exception, server: Server) -> MailError:
    return MailError(f"the name {server.host} was not found", "check [mail] host and the network")


def _refused(_error: Exception, server: Server) -> MailError:
    return MailError(f"{server.host} has nothing listening on port {server.port}", f"check the port; {SECURITY}")


def _certificate(error: Exception, server: Server) -> MailError:
    code = getattr(error, "verify_code", 0)
    if code in (EXPIRED, NOT_YET_VALID):
        return MailError(
            f"the certificate of {server.address} is expired or not valid yet", "check this computer's date"
        )
    if code in (WRONG_NAME, WRONG_ADDRESS):
        return MailError(
            f"the certificate of {server.address} was issued for another host name",
            "set [mail] host to the name the provider tells you",
        )
    return MailError(
        f"the certificate of {server.address} is not trusted: {getattr(error, 'verify_message', error)}",
        "set cafile if the server has a CA of its own; otherwise somebody may be listening in",
    )


def _tls(error: Exception, server: Server) -> MailError:
    if getattr(error, "reason", "") in NO_TLS and server.security == "tls":
        return MailError(f"{server.address} does not speak TLS from the first byte: no TLS connection", NOT_YET_TLS)
    return MailError(f"no TLS connection to {server.address}: {getattr(error, 'reason', error)}", SECURITY)


def _login_refused(error: Exception, server: Server) -> MailError:
    refused = _reply("login", f"{server.host} refuses the login of {server.user}", error)
    refused.hint = _advise(refused.hint, server, readable(getattr(error, "smtp_error", b"")))
    return refused


def _advise(hint: str, server: Server, said: str) -> str:
    """The hint with what this provider takes as a password, and where one gets it, in place of what any would take."""
    if server.token:
        return (
            f"the access token is not accepted: it may be too old, or of another mailbox or scope; {server.login_help}"
        )
    if not server.login_help:
        return hint
    known = server.login_help if hint == CREDENTIALS else f"{hint}; {server.login_help}"
    return f"{known}; {PAUSE}" if hint == CREDENTIALS and LIMITED.search(said) else known


def _greeting(error: Exception, server: Server) -> MailError:
    if getattr(error, "smtp_code", -1) < 0:
        return _not_smtp(error, server)
    return _reply("connect", f"{server.address} refuses the connection", error)


def _not_smtp(_error: Exception, server: Server) -> MailError:
    return MailError(f"{server.address} does not speak SMTP", SECURITY)


def _not_offered(error: Exception, server: Server) -> MailError:
    if "AUTH" in str(error):
        return MailError(f"{server.address} offers no login", f"check the port, or leave out user; {SECURITY}")
    return MailError(
        f"{server.address} offers no encryption (STARTTLS)",
        f"{SECURITY}; if it was offered before, somebody may be tampering with the connection",
    )


def _closed(_error: Exception, server: Server) -> MailError:
    return MailError(f"{server.address} closed the connection", f"{SECURITY}; otherwise try again later")


def _rejected(error: Exception, server: Server) -> MailError:
    return _reply("connect", f"{server.address} refuses to go on", error)


def _no_mechanism(error: Exception, server: Server) -> MailError:
    if server.token:
        return MailError(f"{server.address} takes no access token (XOAUTH2): {error}", "leave out token_command")
    return MailError(
        f"{server.address} takes no password: {error}",
        "the server wants another kind of login (OAuth): token_command gives it an access token; " + server.login_help,
    )


def _bad_name(_error: Exception, server: Server) -> MailError:
    return MailError(f"{server.host!r} cannot be a host name", "check [mail] host")


def _reply(stage: Stage, message: str, error: Exception) -> Refused:
    code, text = getattr(error, "smtp_code", 0), readable(getattr(error, "smtp_error", b""))
    said = f"{code} {text}" if code > 0 else text
    return Refused(f"{message}: {said}".rstrip(": "), judge(stage, code, text).hint, stage, code)


Explanation = Callable[[Exception, Server], MailError]
EXPLANATIONS: tuple[tuple[type[Exception], Explanation], ...] = (  # the narrower class before the wider one
    (socket.gaierror, _name_not_found),
    (ConnectionRefusedError, _refused),
    (ssl.SSLCertVerificationError, _certificate),
    (ssl.SSLError, _tls),
    (NotSmtp, _not_smtp),
    (smtplib.SMTPAuthenticationError, _login_refused),
    (smtplib.SMTPConnectError, _greeting),
    (smtplib.SMTPNotSupportedError, _not_offered),
    (smtplib.SMTPServerDisconnected, _closed),
    (smtplib.SMTPResponseException, _rejected),
    (smtplib.SMTPException, _no_mechanism),
    (ConnectionError, _closed),
    (UnicodeError, _bad_name),
)
