"""What a server says too early, twice, without an end or too slowly: no copies, no endless wait, no full memory."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from digest.deliver import Pace, Server, Terms, check_login, deliver_pending
from digest.deliver.hearing import MOST_LINES, Hearing, NotSmtp
from digest.errors import MailError
from digest.store import Store
from tests.deliver.conftest import plain
from tests.smtp_server import FaultServer, FaultSession
from tests.store.examples import NOW, freeze, hours, mails

A, B, C = (f"{letter}@example.cn" for letter in "abc")
ME = "me@qq.com"


class EchoingSession(FaultSession):
    """Says `owner.more` in the same packet as each reply that begins with `owner.after`."""

    owner: EchoingServer

    async def push(self, status: str | bytes) -> None:
        """Answers, with more behind it."""
        said = status.decode() if isinstance(status, bytes) else status
        await super().push(f"{said}\r\n{self.owner.more}" if said.startswith(self.owner.after) else said)


class EchoingServer(FaultServer):
    """A server that says something more than it should."""

    def __init__(self, after: str, more: str) -> None:
        super().__init__()
        self.after, self.more = after, more

    def _make_session(self) -> FaultSession:
        session = EchoingSession(self)
        self.sessions.append(session)
        return session


@contextmanager
def scripted(play: Callable[[socket.socket], None]) -> Iterator[Server]:
    """How to reach a server that plays something to whoever connects."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    play(connection)
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield Server("127.0.0.1", listener.getsockname()[1], "none", timeout=2)
        thread.join(10)
        assert not thread.is_alive()


# ------------------------------------------------------------------------------------------------- the final dot, 3xx


@pytest.mark.parametrize("more", ["354 go on", "354 go on\r\n354 really", "334 "])
def test_a_second_leave_to_write_is_no_reply_to_the_dot(store: Store, more: str) -> None:
    """In one packet with the first it is passed over: the mail is sent, once, and what follows is understood."""
    freeze(store, [A, B])
    with EchoingServer("354", more) as smtp:
        receipts = deliver_pending(store, plain(smtp), sender=ME, now=NOW)
        deliver_pending(store, plain(smtp), sender=ME, now=hours(2))
        assert [receipt.state for receipt in receipts] == ["sent", "sent"]
        assert smtp.recipients == [A, B]


@pytest.mark.parametrize("reply", ["354 go on", "334 what", "300 more", "199 wait", "600 odd"])
def test_only_a_last_word_after_the_dot_decides(store: Store, smtp: FaultServer, reach: Server, reply: str) -> None:
    """After the dot anything but 2xx, 4xx and 5xx is uncertain, and the mail is not sent again by itself."""
    freeze(store, [A])
    smtp.fail("dot", reply)
    (receipt,) = deliver_pending(store, reach, sender=ME, now=NOW)
    assert (receipt.state, mails(store)) == ("unknown", {A: "unknown"})
    assert deliver_pending(store, reach, sender=ME, now=hours(2)) == ()


@pytest.mark.parametrize("reply", ["334 what", "300 more", "355 go", "250 fine"])
def test_only_354_lets_the_text_be_written(store: Store, smtp: FaultServer, reach: Server, reply: str) -> None:
    """After another answer to DATA nothing is written any more, not even a QUIT, and the mail is tried again."""
    freeze(store, [A])
    smtp.fail("data", reply, times=1)
    (receipt,) = deliver_pending(store, reach, sender=ME, now=NOW)
    assert (receipt.state, mails(store)) == ("deferred", {A: "deferred"})
    assert smtp.commands[-1] == "DATA"
    assert smtp.received == []
    deliver_pending(store, reach, sender=ME, now=hours(1))
    assert smtp.recipients == [A]


@pytest.mark.parametrize("more", ["452 full", "550 no"])
def test_a_refusal_that_is_there_before_the_dot_counts(store: Store, more: str) -> None:
    """It came in one packet with the leave to write, and the dot is not written after it."""
    freeze(store, [A])
    with EchoingServer("354", more) as smtp:
        (receipt,) = deliver_pending(store, plain(smtp), sender=ME, now=NOW)
        assert (receipt.state, receipt.code) == ("deferred" if more[0] == "4" else "failed", int(more[:3]))
        assert smtp.received == []


def test_what_a_server_says_too_much_cannot_become_the_reply_to_another_mail(store: Store) -> None:
    """A server that takes each mail twice in words is out of step afterwards: no mail is called sent that was not."""
    freeze(store, [A, B, C])
    with EchoingServer("250 2.0.0 taken", "250 2.0.0 taken") as smtp:
        receipts = deliver_pending(store, plain(smtp), sender=ME, now=NOW)
        assert [r.recipient for r in receipts if r.state == "sent"] == smtp.recipients
        assert "failed" not in {receipt.state for receipt in receipts}


# ------------------------------------------------------------------------------------------------- without an end


@pytest.mark.parametrize(
    "line", [b"250-more\r\n", b"250-" + b"x" * 5000 + b"\r\n", b"x" * 9000], ids=["lines", "long lines", "one line"]
)
def test_a_reply_without_an_end_is_no_smtp(line: bytes) -> None:
    """A hundred lines or 64 KB are read of it, and no more."""
    sent = [0]

    def play(connection: socket.socket) -> None:
        for _ in range(20_000):
            sent[0] += connection.send(line)

    with scripted(play) as server, pytest.raises(MailError, match="does not speak SMTP"):
        check_login(server)
    assert 0 < sent[0] < 30_000_000


def test_a_long_reply_is_read_whole() -> None:
    """As many lines as are allowed, and the connection goes on."""
    lines = b"".join(b"220-line %d\r\n" % number for number in range(MOST_LINES - 1)) + b"220 end\r\n"

    def play(connection: socket.socket) -> None:
        connection.sendall(lines)
        while connection.recv(1000):
            connection.sendall(b"250 ok\r\n")

    with scripted(play) as server:
        assert "accepts connections" in check_login(server)


def test_a_dripping_server_has_one_time_out_for_the_whole_reply() -> None:
    """A byte now and then keeps nobody waiting for longer than the time-out."""

    def play(connection: socket.socket) -> None:
        for _ in range(40):
            connection.sendall(b"2")
            time.sleep(0.1)

    with scripted(play) as server:
        began = time.monotonic()
        with pytest.raises(MailError, match="did not answer within 0.6 seconds"):
            check_login(replace(server, timeout=0.6))
        assert time.monotonic() - began < 2


def test_a_reply_in_two_parts_restores_the_time_out() -> None:
    """After a reply that came slowly, the next one has all of its time again."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        listening = Hearing()
        listening.sock = ours
        ours.settimeout(5)
        theirs.sendall(b"250-a")
        threading.Timer(0.1, theirs.sendall, [b"b\r\n250 c\r\n251 d\r\nxyz\r\n"]).start()
        assert listening.getreply() == (250, b"ab\nc")
        assert ours.gettimeout() == 5
        assert listening.getreply() == (251, b"d")
        with pytest.raises(NotSmtp):
            listening.getreply()
        assert listening.sock is None


# ------------------------------------------------------------------------------------- connections that were closed


@pytest.mark.parametrize(("reply", "drop"), [("", True), ("421 4.4.2 idle for too long", True), ("421 later", False)])
def test_a_connection_that_was_closed_between_two_mails_costs_nothing(
    store: Store, smtp: FaultServer, reach: Server, reply: str, drop: bool
) -> None:
    """The second mail finds it closed: it goes out at once over a new one."""
    freeze(store, [A, B])

    def close(_receipt: object) -> None:
        smtp.fail("mail", reply, drop=drop, times=1)

    receipts = deliver_pending(store, reach, sender=ME, now=NOW, on_progress=close)
    assert [receipt.state for receipt in receipts] == ["sent", "sent"]
    assert (smtp.recipients, smtp.connections) == ([A, B], 2)


def test_a_server_that_is_closing_is_asked_again_once(store: Store, smtp: FaultServer, reach: Server) -> None:
    """A 421 on the new connection as well puts the mail off."""
    freeze(store, [A, B, C])

    def close(_receipt: object) -> None:
        smtp.fail("mail", "421 closing", drop=True)

    receipts = deliver_pending(store, reach, sender=ME, now=NOW, on_progress=close)
    assert [receipt.state for receipt in receipts] == ["sent", "deferred", "deferred"]
    assert (smtp.recipients, smtp.commands.count("MAIL")) == ([A], 4)


def test_no_connection_is_kept_through_a_long_wait(store: Store, smtp: FaultServer, reach: Server) -> None:
    """QUIT was said before the pause, and the next mail gets a connection that is made after it."""
    freeze(store, [A, B])
    seen: list[tuple[str, int]] = []
    now = [0.0]

    def sleep(seconds: float) -> None:
        seen.append((smtp.commands[-1], smtp.connections))
        now[0] += seconds

    terms = Terms(Pace(1, sleep, lambda: now[0]))
    deliver_pending(store, reach, sender=ME, now=NOW, terms=terms)
    assert seen == [("QUIT", 1)]
    assert (smtp.recipients, smtp.connections) == ([A, B], 2)
