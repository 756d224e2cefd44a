"""Sending: our own bytes, one connection, one bad recipient among many good ones."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import Server, deliver_pending
from digest.deliver.connection import dot_stuffed
from digest.errors import MailError, StoreError
from digest.model import Receipt
from digest.store import Placement, Store
from tests.deliver.conftest import plain
from tests.smtp_server import FaultServer
from tests.store.examples import NOW, freeze, hours, mails, make_envelope, offer, states

A, B, C = "a@example.cn", "b@example.cn", "c@example.cn"
ME = "me@qq.com"


def test_the_server_gets_the_frozen_bytes(store: Store, smtp: FaultServer, reach: Server) -> None:
    """Header and body arrive to the byte, lines that begin with a dot too, and the sender is the envelope's."""
    body = b".\r\n..two\r\n.hidden\r\nend\r\n"
    freeze(store, [A], body=body)
    (receipt,) = deliver_pending(store, reach, sender=ME, now=NOW)
    assert receipt == Receipt(A, "sent", 250, "2.0.0 taken")
    (message,) = smtp.received
    assert (message.sender, message.recipient) == (ME, A)
    assert message.content == make_envelope(A).header + body


@given(st.binary(max_size=80))
def test_no_message_can_end_itself(content: bytes) -> None:
    """Whatever the bytes, on the wire every line end is CRLF and no line is a lone dot (no smuggling)."""
    wire = dot_stuffed(content)
    assert wire.endswith(b"\r\n")
    lines = wire.split(b"\r\n")[:-1]
    assert b"." not in lines
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    received = b"\r\n".join(line.removeprefix(b".") if line.startswith(b".") else line for line in lines)
    plain_lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    assert received == plain_lines.removesuffix(b"\r\n")


def test_one_connection_serves_all(store: Store, smtp: FaultServer, reach: Server) -> None:
    """Twenty recipients are one connection with one QUIT; the twenty-first begins a second one."""
    addresses = [f"r{number:02}@example.cn" for number in range(21)]
    freeze(store, addresses)
    deliver_pending(store, reach, sender=ME, now=NOW)
    assert smtp.recipients == addresses
    assert smtp.connections == 2
    assert smtp.commands.count("QUIT") == 2


def test_nothing_waiting_opens_no_connection(store: Store) -> None:
    """An empty outbox is done before any server is asked, even an impossible one."""
    assert deliver_pending(store, Server("127.0.0.1", 1, "none"), sender=ME, now=NOW) == ()


def test_a_bad_recipient_never_stops_the_others(store: Store, smtp: FaultServer, reach: Server) -> None:
    """The refused one is cleared away with RSET, and the next goes out on the same connection."""
    freeze(store, [A, B, C])
    smtp.fail("rcpt", "550 5.1.1 no such user", who=B)
    receipts = deliver_pending(store, reach, sender=ME, now=NOW)
    assert {receipt.recipient: receipt.state for receipt in receipts} == {A: "sent", B: "failed", C: "sent"}
    assert smtp.connections == 1
    assert smtp.commands.count("RSET") == 1
    assert "check the address" in receipts[1].reply


@pytest.mark.parametrize(
    "bad", ["王@example.cn", "a b@example.cn", "x@y>\r\nRCPT TO:<z@example.cn", "w(b)@x.cn", "nobody"]
)
def test_an_address_that_cannot_be_spoken_fails_alone(store: Store, smtp: FaultServer, reach: Server, bad: str) -> None:
    """An address that would break or bend the command never reaches the server; the others do."""
    freeze(store, [bad, "~z@example.cn"])
    receipts = deliver_pending(store, reach, sender=ME, now=NOW)
    assert {receipt.recipient: receipt.state for receipt in receipts} == {bad: "failed", "~z@example.cn": "sent"}
    assert smtp.recipients == ["~z@example.cn"]
    assert smtp.commands.count("RCPT") == 1


def test_a_sender_that_cannot_be_spoken_is_refused_at_once(store: Store, reach: Server) -> None:
    """The envelope wants a bare address, not a name with one."""
    freeze(store, [A])
    with pytest.raises(MailError, match="cannot be a sender"):
        deliver_pending(store, reach, sender="每日摘要 <me@qq.com>", now=NOW)
    assert mails(store) == {A: "queued"}


def test_an_unreachable_server_leaves_everything_queued(store: Store) -> None:
    """The mails wait as if there had been no run, not even a try is counted."""
    freeze(store, [A, B])
    before = store.outbox_rows()
    with pytest.raises(MailError, match="nothing listening"):
        deliver_pending(store, Server("127.0.0.1", 1, "none"), sender=ME, now=NOW)
    assert store.outbox_rows() == before


def test_only_the_edition_asked_for_is_sent(store: Store, smtp: FaultServer, reach: Server) -> None:
    """The mails of another edition stay where they are."""
    freeze(store, [A])
    freeze(store, [B], edition="weekly")
    deliver_pending(store, reach, sender=ME, now=NOW, edition="weekly")
    assert mails(store) == {A: "queued", B: "sent"}


def test_each_mail_gets_the_body_of_its_own_issue(store: Store, smtp: FaultServer, reach: Server) -> None:
    """Two issues in one run do not mix."""
    freeze(store, [A, B], body=b"first\r\n")
    freeze(store, [A, B], slot=hours(24), body=b"second\r\n")
    deliver_pending(store, reach, sender=ME, now=NOW)
    assert [message.content.splitlines()[-1] for message in smtp.received] == [b"first"] * 2 + [b"second"] * 2


def test_progress_is_told_after_it_is_written_down(store: Store, smtp: FaultServer, reach: Server) -> None:
    """Whoever hears of a mail finds the same in the database, and moments are asked for each time."""
    freeze(store, [A, B])
    told: list[tuple[str, str]] = []
    ticks = iter(hours(number) for number in range(100))

    def listen(receipt: Receipt) -> None:
        told.append((receipt.recipient, mails(store)[receipt.recipient]))

    def clock() -> datetime:
        return next(ticks)

    deliver_pending(store, reach, sender=ME, now=clock, on_progress=listen)
    assert told == [(A, "sent"), (B, "sent")]
    first, second = sorted(row.changed_at for row in store.outbox_rows())
    assert first < second


def test_the_first_mail_carries_the_articles_at_once(store: Store, smtp: FaultServer, reach: Server) -> None:
    """Law 4 holds between two mails as well: after the first, the articles are carried."""
    (key,) = offer(store, [1])
    freeze(store, [A, B], [Placement(key, "placed")])
    seen: list[str] = []
    deliver_pending(store, reach, sender=ME, now=NOW, on_progress=lambda receipt: seen.append(states(store)[key]))
    assert seen == ["carried", "carried"]


def test_an_issue_nobody_could_be_sent_is_void(store: Store, smtp: FaultServer, reach: Server) -> None:
    """Every address refused: the articles are candidates again."""
    (key,) = offer(store, [1])
    freeze(store, [A, B], [Placement(key, "placed")])
    smtp.fail("rcpt", "550 5.1.1 no such user")
    deliver_pending(store, reach, sender=ME, now=NOW)
    assert states(store) == {key: "new"}


def test_a_store_that_fails_before_the_dot_sends_nothing(store: Store, smtp: FaultServer, reach: Server) -> None:
    """Where `dot` cannot be written down, the dot is not written either: the connection is cut in mid-message."""
    freeze(store, [A])

    def interfere() -> datetime:
        # between the claim and the dot somebody else, who does not hold the run lock, declares a crash
        if mails(store)[A] == "sending":
            store.recover(NOW)
        return NOW

    with pytest.raises(StoreError, match="another process"):
        deliver_pending(store, reach, sender=ME, now=interfere)
    assert smtp.received == []
    assert mails(store) == {A: "queued"}


def test_a_slow_server_is_waited_for_at_the_dot(store: Store, smtp: FaultServer) -> None:
    """The reply to the dot has a time-out of its own, since impatience there makes duplicates (RFC 1047)."""
    freeze(store, [A])
    smtp.fail("dot", delay=0.6, reply="250 at last")
    patient = Server("127.0.0.1", smtp.port, "none", timeout=0.3, command_timeout=0.3, dot_timeout=10)
    (receipt,) = deliver_pending(store, patient, sender=ME, now=NOW)
    assert (receipt.state, smtp.recipients) == ("sent", [A])


def test_a_reply_that_does_not_come_is_uncertain(store: Store, smtp: FaultServer) -> None:
    """Silence after the dot is held, not repeated: the server may have taken it, and here it has."""
    freeze(store, [A])
    smtp.fail("dot", delay=1)
    (receipt,) = deliver_pending(store, plain(smtp, patience=0.3), sender=ME, now=NOW)
    assert (receipt.state, receipt.code) == ("unknown", 0)
    assert "did not answer in time" in receipt.reply
    assert deliver_pending(store, plain(smtp), sender=ME, now=NOW) == ()


def test_a_reply_full_of_control_characters_is_made_printable(store: Store, smtp: FaultServer, reach: Server) -> None:
    """A server cannot colour the terminal or fill the database: one printable line of at most 500 characters."""
    freeze(store, [A])
    smtp.fail("rcpt", "550 \x1b[31mred\x07" + "x" * 400)
    (receipt,) = deliver_pending(store, reach, sender=ME, now=NOW)
    assert receipt.reply.isprintable()
    assert receipt.reply.startswith("[31mred xxx")
