"""An edition goes the whole way: composed, frozen, sent through Postfix, kept by Dovecot, read back by IMAP."""

from __future__ import annotations

import email
import email.policy
import sqlite3
import subprocess
from base64 import b64decode, b64encode
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import dkim
import pytest

from tests.html.judges import ask, needs_node
from tests.mta.conftest import TODAY, Desk, furnish
from tests.mta.servers import DOMAIN, PostOffice

pytestmark = [pytest.mark.mta, pytest.mark.xdist_group("post office")]

ADDED = ("return-path", "delivered-to", "received")
"""What servers on the way write above a mail (RFC 5321, section 4.4)."""


@dataclass(frozen=True)
class Trip:
    """One mail: who sent it, as it was frozen, as it lies in the mailbox, and the public half of the signer's key."""

    desk: Desk
    frozen: bytes
    raw: bytes
    public: bytes = b""

    @property
    def message(self) -> EmailMessage:
        """The mail as Python reads it."""
        message = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message


def travel(desk: Desk, security: str, mail: str = "") -> Trip:
    """Send today's edition to its reader."""
    desk.configure(f"王芳 <{desk.reader}>", security=security, mail=mail)
    result = desk("run")
    assert result.code == 0, result.err
    (raw,) = desk.post_office.wait_for_messages(desk.reader, 1)
    with closing(sqlite3.connect(desk.folder / "data" / "digest.db")) as database:
        ((header, body),) = database.execute(
            "SELECT outbox.header, issues.body FROM outbox JOIN issues USING (edition, slot)"
        ).fetchall()
    return Trip(desk, bytes(header) + bytes(body), raw)


@pytest.fixture(scope="module")
def trip(post_office: PostOffice, cafile: Path, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    """A mail by STARTTLS, unsigned."""
    return travel(furnish(tmp_path_factory.mktemp("plain"), post_office, cafile), "starttls")


@pytest.fixture(scope="module")
def signed(post_office: PostOffice, cafile: Path, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    """A mail by TLS, signed."""
    folder = tmp_path_factory.mktemp("signed")
    made = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True).stdout
    (folder / "dkim.pem").touch(0o600)
    (folder / "dkim.pem").write_bytes(made)
    half = ["openssl", "rsa", "-pubout", "-outform", "DER"]
    public = subprocess.run(half, input=made, capture_output=True, check=True).stdout
    sign = f'dkim = {{ domain = "{DOMAIN}", selector = "digest", key_file = "dkim.pem" }}'
    gone = travel(furnish(folder, post_office, cafile), "tls", sign)
    return Trip(gone.desk, gone.frozen, gone.raw, b64encode(public))


def below_traces(raw: bytes) -> bytes:
    """The mail without the lines that servers put on top of it."""
    while raw.partition(b":")[0].decode("ascii").lower() in ADDED:
        raw = raw[raw.index(b"\r\n") + 2 :]
        while raw[:1] in (b" ", b"\t"):
            raw = raw[raw.index(b"\r\n") + 2 :]
    return raw


@pytest.mark.parametrize("name", ["trip", "signed"])
def test_it_arrives_byte_for_byte(name: str, request: pytest.FixtureRequest) -> None:
    """Below the traces of the servers a mail is exactly what was frozen, sent by STARTTLS or by TLS."""
    gone = request.getfixturevalue(name)
    assert below_traces(gone.raw) == gone.frozen
    assert b"ESMTPSA" in gone.raw.partition(gone.frozen[:40])[0]  # so says the server: encrypted, and logged in


def test_it_is_understood_by_python(trip: Trip) -> None:
    """Subject, names, both parts and the calendar come out as they were put in."""
    message = trip.message
    assert "每日摘要" in message["Subject"]
    assert message["From"].addresses[0].display_name.replace(" ", "") == "每日摘要"
    assert (message["To"].addresses[0].addr_spec, message["To"].addresses[0].display_name) == (trip.desk.reader, "王芳")
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None
        assert "岚川大桥" in part.get_content()
    (calendar,) = [part for part in message.iter_attachments() if part.get_content_type() == "text/calendar"]
    assert f"{TODAY + timedelta(9):%Y%m%d}" in calendar.get_content()


@pytest.mark.node
@pytest.mark.skipif(needs_node[1].args[0], reason="no Node with the packages of .ci/node")
def test_it_is_understood_by_another_parser(trip: Trip) -> None:
    """nodemailer's parser, which has nothing in common with Python's, finds the same."""
    (mail,) = ask("parse", [b64encode(trip.raw).decode()])
    message = trip.message
    assert mail["from"] == [{"name": "每日摘要", "address": trip.desk.sender}]
    assert mail["to"] == [{"name": "王芳", "address": trip.desk.reader}]
    assert mail["subject"] == message["Subject"]
    assert f"<{mail['id'].strip('<>')}>" == message["Message-ID"]
    for kind, key in (("plain", "text"), ("html", "html")):
        part = message.get_body((kind,))
        assert part is not None
        assert mail[key].replace("\r\n", "\n").strip() == part.get_content().replace("\r\n", "\n").strip()
    assert mail["list"]["unsubscribe"]
    (calendar,) = [file for file in mail["files"] if file["type"] == "text/calendar"]
    assert b"BEGIN:VEVENT" in b64decode(calendar["data"])


def test_its_signature_holds_after_the_trip(signed: Trip) -> None:
    """dkimpy verifies what came out of the mailbox; a changed body, and a second Subject, it does not."""

    def look_up(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"digest._domainkey.example.cn."
        return b"v=DKIM1; k=rsa; p=" + signed.public

    assert dkim.verify(signed.raw, dnsfunc=look_up)
    assert not dkim.verify(signed.raw[:-40] + b"X" + signed.raw[-39:], dnsfunc=look_up)
    assert not dkim.verify(b"Subject: something else\r\n" + signed.raw, dnsfunc=look_up)
