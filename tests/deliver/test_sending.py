"""Sending: our own bytes, one connection, one bad recipient among many good ones."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import AGAIN, Pace, Server, Terms, deliver_pending, give_up_overdue
from digest.deliver.connection import dot_stuffed
from digest.deliver.replies import RESTS
from digest.errors import ConfigError, MailError, StoreError
from digest.model import Receipt
from digest.store import Placement, Store
from tests.deliver.conftest import LOGIN, plain
from tests.smtp_server import FaultServer
from tests.store.examples import NOW, freeze, hours, mails, make_envelope, make_issue, offer, states

A, B, C = "a@example.cn", "b@example.cn", "c@example.cn"
ME = "me@qq.com"
SECOND = timedelta(seconds=1)


def test_the_server_gets_the_frozen_bytes(store: Store, smtp: FaultServer, reach: Server) -> None:
    """Header and body arrive to the byte, lines that begin with a dot too, and the sender is the envelope's."""
    body = b".\r\n..two\r\n.hidden\r\nend\r\n"
    freeze(store, [A], body=body)
    (receipt,) = deliver_pending(store, reach, sender=ME, now=NOW)
    assert receipt == Receipt(A, "sent", 250, "2.0.0 taken", make_envelope(A).message_id)
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


# --------------------------------------------------------------------------------------------- pace, rests, giving up


def freeze_until(store: Store, moments: Mapping[str, datetime | None], placements: Iterable[Placement] = ()) -> None:
    """Freezes an issue whose mails are given up then."""
    envelopes = [replace(make_envelope(address), until=until) for address, until in moments.items()]
    assert store.freeze_issue(make_issue(), envelopes, placements)


class Watch:
    """A clock that stands still until somebody sleeps."""

    def __init__(self) -> None:
        self.time = 0.0
        self.naps: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Lets the time pass."""
        self.naps.append(seconds)
        self.time += seconds

    def tick(self) -> float:
        """The time."""
        return self.time


@given(per_minute=st.integers(1, 40), works=st.lists(st.floats(0, 30), max_size=120))
def test_no_minute_has_more_mails_than_it_may(per_minute: int, works: list[float]) -> None:
    """Whatever the mails take themselves, any sixty seconds hold at most so many, and nobody waits without need."""
    watch, begun = Watch(), list[float]()
    pace = Pace(per_minute, watch.sleep, watch.tick)
    for work in works:
        slept = len(watch.naps)
        pace.wait()
        pace.note()
        if len(begun) < per_minute or watch.time - begun[-per_minute] > 60.001:
            assert len(watch.naps) == slept
        begun.append(watch.time)
        watch.time += work
    assert all(later - early >= 59.999 for early, later in zip(begun, begun[per_minute:], strict=False))


def test_a_provider_that_bears_less_is_sent_less(store: Store, smtp: FaultServer, reach: Server) -> None:
    """Two mails a minute and three a connection: five mails take two pauses, and no connection is kept through one."""
    freeze(store, [f"r{number}@example.cn" for number in range(5)])
    watch = Watch()
    terms = Terms(Pace(2, watch.sleep, watch.tick), per_connection=3)
    assert len(deliver_pending(store, reach, sender=ME, now=NOW, terms=terms)) == 5
    assert (watch.naps, smtp.connections) == ([60, 60], 3)


def test_a_server_that_fails_gets_a_longer_rest_each_time(store: Store, smtp: FaultServer, reach: Server) -> None:
    """1 minute, then 5, then 15; the first mail it takes ends the counting."""
    freeze(store, [A])
    smtp.fail("greeting", "421 too busy", drop=True)
    for failures, span in enumerate(RESTS[:3], 1):
        with pytest.raises(MailError, match="421 too busy"):
            deliver_pending(store, reach, sender=ME, now=NOW, terms=Terms(rest="mail"))
        rest = store.find_rest("mail")
        assert rest is not None
        assert (rest.failures, rest.until) == (failures, NOW + span)
        assert "421 too busy" in rest.why
    smtp.heal()
    deliver_pending(store, reach, sender=ME, now=NOW, terms=Terms(rest="mail"))
    assert store.find_rest("mail") is None


def test_a_run_that_ends_in_the_middle_begins_a_rest(store: Store, smtp: FaultServer, reach: Server) -> None:
    """One busy answer is no reason, two in a row are; a quota asks for an hour at once."""
    freeze(store, [A, B, C])
    smtp.fail("mail", "421 later", times=1)
    deliver_pending(store, reach, sender=ME, now=NOW, terms=Terms(rest="mail"))
    assert store.find_rest("mail") is None
    freeze(store, [A, B, C], slot=hours(24))
    smtp.fail("dot", "550 frequency limited")
    deliver_pending(store, reach, sender=ME, now=hours(24), terms=Terms(rest="mail"))
    rest = store.find_rest("mail")
    assert rest is not None
    assert rest.until == hours(25)


def test_a_refused_login_rests_for_an_hour(store: Store, context: ssl.SSLContext, cafile: Path) -> None:
    """NetEase locks an account after some failures, so nobody knocks there every five minutes."""
    freeze(store, [A])
    with FaultServer(security="starttls", context=context, login=LOGIN) as server:
        wrong = Server("127.0.0.1", server.port, "starttls", LOGIN[0], "wrong", cafile=cafile, timeout=5)
        with pytest.raises(MailError, match="refuses the login"):
            deliver_pending(store, wrong, sender=ME, now=NOW, terms=Terms(rest="mail"))
        assert server.commands.count("AUTH") == 1
    rest = store.find_rest("mail")
    assert rest is not None
    assert rest.until == hours(1)
    assert "wrong" not in rest.why


def test_a_server_that_was_never_asked_gets_no_rest(store: Store) -> None:
    """A program that gives no token is a matter of this side: nobody is left alone for it."""
    freeze(store, [A])

    def fail() -> str:
        raise ConfigError("token_command oauth2 ended with exit code 1", "run it in a terminal")

    server = Server("127.0.0.1", 1, "tls", LOGIN[0], token=fail)
    with pytest.raises(MailError, match="ended with exit code 1"):
        deliver_pending(store, server, sender=ME, now=NOW, terms=Terms(rest="mail"))
    assert store.find_rest("mail") is None
    with pytest.raises(MailError, match="cafile"):
        deliver_pending(store, replace(server, cafile=Path("no.pem")), sender=ME, now=NOW, terms=Terms(rest="mail"))
    assert store.find_rest("mail") is None
    assert mails(store) == {A: "queued"}


def test_a_mail_without_an_end_has_three_days(store: Store) -> None:
    """A mail frozen before there was an end to it is given up three days after its issue, not months later."""
    freeze(store, [A])
    assert give_up_overdue(store, hours(71)) == ()
    assert [receipt.state for receipt in give_up_overdue(store, hours(72))] == ["failed"]


def test_some_editions_can_be_sent_and_not_the_others(store: Store, smtp: FaultServer, reach: Server) -> None:
    """Of several names just those are sent, and just those are given up."""
    for name in ("eins", "zwei", "drei"):
        assert store.freeze_issue(make_issue(edition=name), [make_envelope(f"{name}@example.cn", edition=name)], ())
    receipts = deliver_pending(store, reach, sender=ME, now=NOW, edition={"eins", "drei"})
    assert {receipt.recipient for receipt in receipts} == {"eins@example.cn", "drei@example.cn"}
    assert deliver_pending(store, reach, sender=ME, now=NOW, edition=()) == ()
    assert give_up_overdue(store, hours(99), ["eins"]) == ()


def test_aside_nobody_is_promised_another_try(store: Store, smtp: FaultServer, reach: Server) -> None:
    """No reply speaks of a later run, or of an outbox in which such a mail is not."""
    freeze(store, [A, B, C])
    smtp.fail("rcpt", "450 busy", who=A)
    smtp.fail("dot", drop=True, who=B)
    receipts = deliver_pending(store, reach, sender=ME, now=NOW, terms=Terms(aside=True))
    told = " ".join(receipt.reply for receipt in receipts)
    assert [receipt.state for receipt in receipts] == ["deferred", "unknown", "sent"]
    assert AGAIN in told
    assert "later run" not in told
    assert "outbox" not in told


def test_what_could_never_work_begins_no_rest(store: Store) -> None:
    """A mistake in the settings has bothered no server."""
    freeze(store, [A])
    with pytest.raises(MailError, match="unencrypted"):
        deliver_pending(store, Server("mail.example.cn", 25, "none"), sender=ME, now=NOW, terms=Terms(rest="mail"))
    assert store.find_rest("mail") is None


def test_a_mail_is_given_up_when_its_time_is_over(store: Store, smtp: FaultServer, reach: Server) -> None:
    """After twelve hours it has failed and says so; a second before it is still tried; one without an end never is."""
    freeze_until(store, {A: hours(12), B: None})
    smtp.fail("rcpt", "450 4.2.0 greylisted")
    deliver_pending(store, reach, sender=ME, now=NOW)
    assert give_up_overdue(store, hours(12) - SECOND) == ()
    assert len(deliver_pending(store, reach, sender=ME, now=hours(12) - SECOND)) == 2
    (receipt,) = give_up_overdue(store, hours(12))
    assert (receipt.recipient, receipt.state, receipt.code) == (A, "failed", 450)
    assert receipt.reply.startswith("given up, since its time is over (4.2.0 greylisted")
    assert mails(store) == {A: "failed", B: "deferred"}


def test_an_issue_whose_every_mail_was_given_up_gives_its_articles_back(store: Store) -> None:
    """A server that is gone for half a day costs the reader nothing: the next issue holds the same."""
    (key,) = offer(store, [1])
    freeze_until(store, {A: hours(12)}, [Placement(key, "placed")])
    give_up_overdue(store, hours(13))
    assert states(store) == {key: "new"}


def test_a_mail_sent_again_by_hand_has_its_time_again(store: Store, smtp: FaultServer, reach: Server) -> None:
    """What was given up and is wanted all the same is tried for twelve hours more."""
    freeze_until(store, {A: hours(12), B: hours(12)})
    smtp.fail("rcpt", "450 4.2.0 greylisted", who=A)
    deliver_pending(store, reach, sender=ME, now=NOW)
    give_up_overdue(store, hours(20))
    (given_up,) = store.outbox_rows(state="failed")
    again = store.resend(given_up.message_id, hours(20), hours(32))
    assert (again.state, again.until) == ("queued", hours(32))
    assert give_up_overdue(store, hours(21)) == ()
