"""The mail server as configured, and the checks that need no connection."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from digest.errors import MailError

Security = Literal["tls", "starttls", "none"]

APP_PASSWORD = re.compile(r"[a-z]{4}( [a-z]{4}){3}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Server:
    """Where and how to hand over mail.  Without `user` there is no login; `cafile` names the only CA to trust.

    `token` gives an OAuth2 access token, anew for each login, in place of a password (XOAUTH2).  `login_help` says what
    the provider takes as a password and where to get it, for whoever is refused.

    Seconds: `timeout` for connecting and logging in, the other two as RFC 5321 section 4.5.3.2 asks: at least five
    minutes for a command, ten for the reply to the final dot, where being impatient makes duplicates (RFC 1047).
    """

    host: str
    port: int
    security: Security = "tls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    cafile: Path | None = None
    timeout: float = 30
    helo: str = "localhost"
    command_timeout: float = 300
    dot_timeout: float = 600
    token: Callable[[], str] | None = field(default=None, repr=False)
    login_help: str = ""

    @property
    def address(self) -> str:
        """What messages call it: host:port."""
        return f"{self.host}:{self.port}"


def check_server(server: Server) -> None:
    """Raises MailError for what could not work or would not be safe, before anything is sent anywhere."""
    if server.security == "none" and not is_loopback(server.host):
        raise MailError(
            f"{server.host} would get your mail and password unencrypted",
            'set security = "tls" (port 465) or "starttls" (port 587); "none" is for this machine only',
        )
    if not server.user:
        return
    if not server.password and not server.token:
        raise MailError(
            f"there is no password for {server.user} at {server.host}", "set password_env, password_file or keyring"
        )
    if not server.user.isascii() or not server.user.isprintable():
        raise MailError(f"the user name {server.user!r} has letters that SMTP cannot carry", "check [mail] user")
    if not plain_password(server.password or "").isascii():
        raise MailError(
            "the password has letters that SMTP cannot carry", "copy it again; it should be Latin letters and digits"
        )


def fetch_token(server: Server) -> Server:
    """The server with its token fetched now, for one login; raises what the fetching raises."""
    if server.token is None:
        return server
    token = server.token()
    return replace(server, token=lambda: token)


def is_loopback(host: str) -> bool:
    """Whether the host is this machine: `localhost` or an address of its own, not a name that resolves to one."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def plain_password(password: str) -> str:
    """The password as it was meant: full-width letters made plain, outer space dropped.

    Google shows its app passwords in four groups; copied from the page, they bring a space (or U+00A0) between each.
    """
    plain = unicodedata.normalize("NFKC", password).strip()
    return plain.replace(" ", "") if APP_PASSWORD.fullmatch(plain) else plain
