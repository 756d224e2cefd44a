"""The connection breaks at every stage: nothing is lost, and only what is uncertain is held."""

from __future__ import annotations

from datetime import datetime

import pytest

from digest.deliver import Server, deliver_pending
from digest.errors import MailError
from digest.store import Store
from tests.deliver.conftest import plain
from tests.smtp_server import FaultServer, Stage
from tests.store.examples import NOW, freeze, hours, mails

A, B, C, D = (f"{letter}@example.cn" for letter in "abcd")
ME = "me@qq.com"
BIG = (b"x" * 76 + b"\r\n") * 200_000  # more than the buffers between the two hold
BEFORE_THE_DOT: list[Stage] = ["mail", "rcpt", "data"]


@pytest.mark.parametrize("stage", BEFORE_THE_DOT)
def test_a_break_before_the_dot_is_repeated(store: Store, smtp: FaultServer, reach: Server, stage: Stage) -> None:
    """Nothing was handed over, so the mail goes out at the next run, and the others in this one."""
    freeze(store, [A, B])
    smtp.fail(stage, drop=True, times=1)
    first, second = deliver_pending(store, reach, sender=ME, now=NOW)
    assert (first.state, first.code, second.state) == ("deferred", 0, "sent")
    assert "the connection was lost" in first.reply
    assert smtp.recipients == [B]
    deliver_pending(store, reach, sender=ME, now=hours(1))
    assert smtp.recipients == [B, A]


def test_a_break_in_the_middle_of_a_long_text_is_repeated(store: Store, smtp: FaultServer, reach: Server) -> None:
    """The text is longer than all the buffers on the way, so writing it fails."""
    freeze(store, [A], body=BIG)
    smtp.fail("body", drop=True)
    (receipt,) = deliver_pending(store, reach, sender=ME, now=NOW)
    assert (receipt.state, receipt.code, mails(store)) == ("deferred", 0, {A: "deferred"})
    assert smtp.received == []


@pytest.mark.parametrize(
    ("reply", "state", "said"),
    [("", "deferred", "connection was lost"), ("552 5.3.4 too big", "failed", "5.3.4 too big")],
)
def test_a_break_that_is_noticed_before_the_dot_is_certain(
    store: Store, smtp: FaultServer, reach: Server, reply: str, state: str, said: str
) -> None:
    """A small text fits into the buffers, so writing it succeeds; yet the dot is not sent after a server that left."""
    freeze(store, [A])
    smtp.fail("body", reply, drop=True)

    def wait_until_it_left() -> datetime:
        while "DATA" in smtp.commands and smtp.sessions[-1].transport is not None:
            pass
        return NOW

    (receipt,) = deliver_pending(store, reach, sender=ME, now=wait_until_it_left)
    assert (receipt.state, mails(store)) == (state, {A: state})
    assert said in receipt.reply


def test_a_break_after_the_dot_is_held(store: Store, smtp: FaultServer, reach: Server) -> None:
    """The server took the mail and could not say so: it is not sent again by itself, and the others go on."""
    freeze(store, [A, B])
    smtp.fail("dot", drop=True, times=1)
    first, second = deliver_pending(store, reach, sender=ME, now=NOW)
    assert (first.state, second.state) == ("unknown", "sent")
    assert "may have been delivered" in first.reply
    assert deliver_pending(store, reach, sender=ME, now=NOW) == ()
    assert smtp.recipients == [A, B]


def test_a_person_can_have_it_sent_again(store: Store, smtp: FaultServer, reach: Server) -> None:
    """After `resend` the same bytes go out, with the same Message-ID."""
    freeze(store, [A])
    smtp.fail("dot", drop=True, times=1)
    deliver_pending(store, reach, sender=ME, now=NOW)
    (row,) = store.outbox_rows(state="unknown")
    store.resend(row.message_id, NOW)
    deliver_pending(store, reach, sender=ME, now=NOW)
    first, second = smtp.received
    assert first.content == second.content
    assert mails(store) == {A: "sent"}


def test_a_break_at_quit_costs_nothing(store: Store, smtp: FaultServer, reach: Server) -> None:
    """What was accepted stays accepted when the goodbye fails."""
    freeze(store, [A])
    smtp.fail("quit", drop=True)
    assert [receipt.state for receipt in deliver_pending(store, reach, sender=ME, now=NOW)] == ["sent"]


def test_a_break_at_reset_costs_nothing(store: Store, smtp: FaultServer, reach: Server) -> None:
    """A connection that does not survive the refusal of one mail is replaced for the next."""
    freeze(store, [A, B])
    smtp.fail("rcpt", "550 no such user", who=A)
    smtp.fail("rset", drop=True)
    deliver_pending(store, reach, sender=ME, now=NOW)
    assert mails(store) == {A: "failed", B: "sent"}
    assert smtp.connections == 2


def test_an_answer_that_is_no_smtp_after_the_dot_is_held(store: Store, smtp: FaultServer, reach: Server) -> None:
    """Gibberish says nothing about the mail's fate."""
    freeze(store, [A])
    smtp.fail("dot", "OK!! 250")
    assert [receipt.state for receipt in deliver_pending(store, reach, sender=ME, now=NOW)] == ["unknown"]


def test_an_endless_answer_after_the_dot_is_held(store: Store, smtp: FaultServer, reach: Server) -> None:
    """A line longer than any reply may be is not read to its end."""
    freeze(store, [A])
    smtp.fail("dot", "250 " + "x" * 100_000)
    assert [receipt.state for receipt in deliver_pending(store, reach, sender=ME, now=NOW)] == ["unknown"]


def test_the_second_break_in_a_row_ends_the_run(store: Store, smtp: FaultServer, reach: Server) -> None:
    """A server in trouble is left alone; those not tried are queued, and say why."""
    freeze(store, [A, B, C, D])
    smtp.fail("data", drop=True)
    receipts = deliver_pending(store, reach, sender=ME, now=NOW)
    assert [receipt.state for receipt in receipts] == ["deferred", "deferred", "queued", "queued"]
    assert "stops the run" in receipts[2].reply
    assert smtp.commands.count("MAIL") == 2


def test_mails_that_break_every_connection_cannot_keep_the_others_waiting(
    store: Store, smtp: FaultServer, reach: Server
) -> None:
    """Two poisonous mails end the first run; in the second the others come first and all arrive."""
    freeze(store, [A, B, C, D])
    smtp.fail("data", drop=True, who=A)
    smtp.fail("data", drop=True, who=B)
    deliver_pending(store, reach, sender=ME, now=NOW)
    deliver_pending(store, reach, sender=ME, now=NOW)
    assert mails(store) == {A: "deferred", B: "deferred", C: "sent", D: "sent"}


def test_a_server_that_does_not_come_back_ends_the_run(store: Store, smtp: FaultServer, reach: Server) -> None:
    """What was sent before is told, not thrown away with an error; the rest is queued."""
    freeze(store, [A, B, C])
    smtp.fail("dot", "421 4.3.2 shutting down", who=B)

    def close_shop(_receipt: object) -> None:
        smtp.fail("greeting", "421 4.3.2 shutting down", drop=True)

    receipts = deliver_pending(store, reach, sender=ME, now=NOW, on_progress=close_shop)
    assert [receipt.state for receipt in receipts] == ["sent", "deferred", "queued"]
    assert "refuses the connection" in receipts[2].reply
    assert mails(store) == {A: "sent", B: "deferred", C: "queued"}


def test_a_server_that_never_greets_raises(store: Store, smtp: FaultServer, reach: Server) -> None:
    """Nothing was begun, so there is nothing to tell but the error."""
    freeze(store, [A])
    smtp.fail("greeting", drop=True)
    with pytest.raises(MailError, match="closed the connection"):
        deliver_pending(store, reach, sender=ME, now=NOW)
    assert mails(store) == {A: "queued"}


@pytest.mark.parametrize("stage", BEFORE_THE_DOT)
def test_an_answer_that_does_not_come_before_the_dot_is_repeated(store: Store, smtp: FaultServer, stage: Stage) -> None:
    """Silence to a command is a break: nothing was handed over, the next mail gets a connection of its own."""
    freeze(store, [A, B])
    smtp.fail(stage, delay=1.5, times=1)
    first, second = deliver_pending(store, plain(smtp, patience=0.4), sender=ME, now=NOW)
    assert (first.state, first.code, second.state) == ("deferred", 0, "sent")
    assert "did not answer in time" in first.reply
    assert smtp.recipients == [B]


@pytest.mark.parametrize("stage", [*BEFORE_THE_DOT, "dot", "quit"])
def test_a_slow_answer_is_waited_for(store: Store, smtp: FaultServer, reach: Server, stage: Stage) -> None:
    """Half a second late at any stage is in time."""
    freeze(store, [A])
    smtp.fail(stage, delay=0.5)
    assert [receipt.state for receipt in deliver_pending(store, reach, sender=ME, now=NOW)] == ["sent"]


@pytest.mark.parametrize(
    ("stage", "reply", "state"),
    [
        ("rcpt", "550 5.1.1 no such user", "failed"),
        ("rcpt", "450 4.2.0 greylisted", "deferred"),
        ("data", "451 4.3.0 later", "deferred"),
        ("data", "554 5.6.0 no", "failed"),
        ("dot", "452 4.3.1 full", "deferred"),
        ("dot", "554 5.7.1 spam", "failed"),
        ("rcpt", "", "deferred"),
        ("data", "", "deferred"),
        ("dot", "", "unknown"),
    ],
)
def test_one_of_three_recipients_in_trouble_is_one(
    store: Store, smtp: FaultServer, reach: Server, stage: Stage, reply: str, state: str
) -> None:
    """Wherever the middle one fails, by a reply or by a break, the two others have their mail in the same run."""
    freeze(store, [A, B, C])
    smtp.fail(stage, reply, who=B, drop=not reply)
    receipts = deliver_pending(store, reach, sender=ME, now=NOW)
    assert [receipt.state for receipt in receipts] == ["sent", state, "sent"]
    assert mails(store) == {A: "sent", B: state, C: "sent"}
    assert [address for address in smtp.recipients if address != B] == [A, C]
