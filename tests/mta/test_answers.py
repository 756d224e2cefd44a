"""What comes back through the post office: a mail nobody takes, and a reader who wants no more of them."""

from __future__ import annotations

import email
import email.policy
import smtplib
import sqlite3
import ssl
from contextlib import closing
from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.mta.conftest import NOBODY, PASSWORD, Desk
from tests.smtp_server import FaultServer

pytestmark = [pytest.mark.mta, pytest.mark.xdist_group("post office")]


def rows(desk: Desk, question: str) -> list[tuple[object, ...]]:
    """What the database of a desk answers."""
    with closing(sqlite3.connect(desk.folder / "data" / "digest.db")) as database:
        return database.execute(question).fetchall()


def parse(raw: bytes) -> EmailMessage:
    """A message as Python reads it."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def ask_to_leave(desk: Desk, mail: EmailMessage) -> None:
    """Write what a mail program writes when its reader presses "unsubscribe", and send it through Postfix."""
    way = urlsplit(str(mail["List-Unsubscribe"]).rpartition("<")[2].rstrip(">"))
    assert (way.scheme, way.path) == ("mailto", desk.sender)
    answer = EmailMessage()
    answer["From"], answer["To"] = desk.reader, way.path
    answer["Subject"] = parse_qs(way.query)["subject"][0]
    answer.set_content("")
    with smtplib.SMTP("127.0.0.1", desk.post_office.submission, timeout=30) as server:
        server.starttls(context=ssl.create_default_context(cafile=str(desk.cafile)))
        server.login(desk.reader, PASSWORD)
        server.send_message(answer)


def test_a_mail_that_nobody_takes_comes_back_and_counts(desk: Desk, stranger: FaultServer) -> None:
    """Postfix accepts it, is refused by the recipient's server, reports it; `digest bounces` reads that by IMAP."""
    desk.configure(desk.reader, NOBODY)
    assert desk("run").code == 0  # Postfix took both
    (report,) = desk.post_office.wait_for_messages(desk.sender, 1)
    assert parse(report).get_content_type() == "multipart/report"
    assert "RCPT" in stranger.commands
    told = desk("bounces")
    assert NOBODY in told.out + told.err
    assert "5.1.1" in told.out + told.err
    assert rows(desk, "SELECT address, edition, kind FROM bounces") == [(NOBODY, "daily", "hard")]
    assert desk("bounces").code == 0
    assert len(rows(desk, "SELECT mark FROM bounces")) == 1  # read twice, counted once


def test_a_reader_leaves_by_the_button_of_his_program(desk: Desk) -> None:
    """Whoever answers List-Unsubscribe gets the next issue no more; the others do."""
    other = desk.reader.replace("wang", "li")
    desk.configure(desk.reader, other)
    assert desk("run").code == 0
    (mail,) = desk.post_office.wait_for_messages(desk.reader, 1)
    ask_to_leave(desk, parse(mail))
    desk.post_office.wait_for_messages(desk.sender, 1)
    result = desk("bounces")
    assert result.code == 0, result.err
    assert rows(desk, "SELECT address, edition FROM suppressions") == [(desk.reader, "daily")]
    (desk.folder / "news" / "new.txt").write_text("新桥开工\n岚川第二大桥今日开工，工期三年。", encoding="utf-8")
    assert desk("run", days=1).code == 0
    assert len(desk.post_office.wait_for_messages(other, 2)) == 2
    assert len(desk.post_office.messages(desk.reader)) == 1
