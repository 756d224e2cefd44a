"""What we rely on in yagmail: a new version that breaks one of these breaks us."""

from __future__ import annotations

import smtplib
import ssl
from pathlib import Path
from typing import Any

import pytest
import yagmail

from tests.deliver.conftest import LOGIN
from tests.smtp_server import FaultServer


def make_client(port: int, **options: Any) -> Any:
    """A client as `connection.py` makes it."""
    client = yagmail.SMTP(
        None, "", host="127.0.0.1", port=port, smtp_skip_login=True, soft_email_validation=False, timeout=5, **options
    )
    client.set_logging(None)
    return client


def test_the_constructor_opens_no_socket() -> None:
    """An object for a port that nobody listens on can be made."""
    client = make_client(1, smtp_ssl=True)
    assert getattr(client, "smtp", None) is None


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_login_leaves_an_smtplib_object(security: Any, context: ssl.SSLContext, cafile: Path) -> None:
    """After `login()` the public `.smtp` is an encrypted `smtplib.SMTP` that nobody has logged in to yet."""
    trust = ssl.create_default_context(cafile=cafile)
    with FaultServer(security=security, context=context, login=LOGIN) as server:
        if security == "tls":
            client = make_client(server.port, smtp_ssl=True, context=trust)
        else:
            client = make_client(server.port, smtp_ssl=False, smtp_starttls={"context": trust})
        client.login()
        assert isinstance(client.smtp, smtplib.SMTP)
        assert isinstance(client.smtp.sock, ssl.SSLSocket)
        assert client.smtp.noop()[0] == 250
        assert "AUTH" not in server.commands
        client.close()
        assert client.smtp.sock is None
        assert server.commands[-1] == "QUIT"


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_untrusted_certificate_raises(security: Any, context: ssl.SSLContext) -> None:
    """The context that is passed is the one that is used, and no password leaves."""
    trust = ssl.create_default_context()
    with FaultServer(security=security, context=context, login=LOGIN) as server:
        if security == "tls":
            client = make_client(server.port, smtp_ssl=True, context=trust)
        else:
            client = make_client(server.port, smtp_ssl=False, smtp_starttls={"context": trust})
        with pytest.raises(ssl.SSLCertVerificationError):
            client.login()
        client.close()
        assert "AUTH" not in server.commands


def test_skipping_the_login_sends_none() -> None:
    """`smtp_skip_login` connects without asking for a password."""
    with FaultServer(login=LOGIN) as server:
        client = yagmail.SMTP(
            None,
            "",
            host="127.0.0.1",
            port=server.port,
            smtp_ssl=False,
            smtp_starttls=False,
            smtp_skip_login=True,
            soft_email_validation=False,
        )
        client.login()
        client.close()
        assert "AUTH" not in server.commands
