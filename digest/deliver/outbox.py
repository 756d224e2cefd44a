"""Empties the outbox: every waiting mail is begun once, and its fate is written down before the next one.

The order of the writes is what keeps the promise "never twice by itself, never lost in silence": the claim before the
first command, `dot` before the line that hands the message over, the verdict after the server's reply.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.deliver.connection import LOST, Connection, Reply, dot_stuffed, open_connection
from digest.deliver.pacing import Pace
from digest.deliver.replies import LATER, Decision, judge, rest_after, retry_after
from digest.deliver.server import Server, check_server
from digest.deliver.trouble import NotAsked, Refused
from digest.deliver.verdicts import find_code
from digest.errors import MailError, StoreError
from digest.model import Receipt
from digest.store import BounceRow, OutboxRow, Store

PER_CONNECTION = 20  # NetEase: 450 MI:DMC beyond
UNSPEAKABLE = set(' <>()",:;\\')
UNMAILABLE = Decision("failed", hint="correct the address in the configuration")
OVERDUE = "given up, since its time is over"
PATIENCE = 2  # busy replies in a row that end the run
LONGEST_IDLE = 10.0
"""Seconds.  An idle connection is one that servers hang up, some before a minute is over."""
GLANCE = 1.0
"""So many seconds pass at most, while a mail waits for its turn, until it is seen that the run is to end."""
CLOSING = 421
LONGEST_WAIT = timedelta(hours=2)
"""No mail is put off for longer; one that waits longer was put off under a wrong clock, and is due now."""
GIVEN_UP = timedelta(days=3)
"""How long after its issue a mail was good for that was frozen before there was an end to it (store version 4)."""
AGAIN = "nothing is kept of a mail sent aside: send it again"


@dataclass(frozen=True, slots=True)
class Terms:
    """How a server wants to be treated: how often, how many mails a connection, and whether it gets its rests.

    A rest is kept under `rest`, nowhere where that is empty; it holds for the caller, who asks `Store.find_rest`.
    `at_once` tries deferred mails before their time as well; no mail is begun once `stopping` says so.  With `aside`
    nobody will try again: nothing is promised.
    """

    pace: Pace | None = None
    per_connection: int = PER_CONNECTION
    rest: str = ""
    at_once: bool = False
    aside: bool = False
    stopping: Callable[[], bool] | None = None


def deliver_pending(
    store: Store,
    server: Server,
    *,
    sender: str,
    now: datetime | Callable[[], datetime],
    edition: str | Collection[str] | None = None,
    terms: Terms = Terms(),
    on_progress: Callable[[Receipt], None] | None = None,
) -> tuple[Receipt, ...]:
    """What became of every mail that was waiting and whose time had come, in the order they were begun.

    `edition` names the one, or those, whose mails are meant, without it all.  A mail that was not begun, because the
    run had to stop, is `queued`, and its reply says why.  `sender` is the envelope's sender, a bare address;
    `on_progress` hears of each mail as soon as its fate is written down.  Raises MailError where the server takes
    nothing at all: every mail is then still queued.
    """
    if not _is_mailable(sender):
        raise MailError(f"{sender!r} cannot be a sender", "[mail] from must hold an address in plain ASCII")
    clock = now if callable(now) else lambda: now
    rows = waiting_mails(store, edition, None if terms.at_once else clock())
    if not rows:
        return ()
    check_server(server)  # what was never tried needs no rest
    run = _Run(store, server, sender, clock, terms, on_progress)
    try:
        return run.deliver(rows)
    finally:
        run.hang_up()


def waiting_mails(
    store: Store, edition: str | Collection[str] | None = None, now: datetime | None = None
) -> tuple[OutboxRow, ...]:
    """The mails to send of one edition, of several, or of all; with `now` only those whose time has come."""
    rows = store.pending(edition if isinstance(edition, str) else None)
    ours = rows if edition is None or isinstance(edition, str) else [row for row in rows if row.edition in edition]
    return tuple(row for row in ours if now is None or is_due(row, now))


def is_due(row: OutboxRow, now: datetime) -> bool:
    """Whether the time of a waiting mail has come."""
    return row.next_at is None or not now < row.next_at <= now + LONGEST_WAIT


def is_over(row: OutboxRow, now: datetime) -> bool:
    """Whether the time in which the mail should have been sent has passed."""
    return (row.until or row.slot + GIVEN_UP) <= now


def give_up_overdue(store: Store, now: datetime, edition: str | Collection[str] | None = None) -> tuple[Receipt, ...]:
    """The receipts of the mails that waited for too long: they have failed, and their articles may come again."""
    receipts = []
    for row in waiting_mails(store, edition):
        if is_over(row, now):
            with suppress(StoreError):  # another process is sending it after all
                given_up = store.forget(row.message_id, now, OVERDUE)
                receipts.append(Receipt(row.address, "failed", given_up.code, given_up.reply, row.message_id))
    return tuple(receipts)


class _Run:
    """One pass over the outbox: the connection in use, and what has been learned about the server so far."""

    def __init__(
        self,
        store: Store,
        server: Server,
        sender: str,
        clock: Callable[[], datetime],
        terms: Terms,
        tell: Callable[[Receipt], None] | None,
    ) -> None:
        self._store = store
        self._server = server
        self._sender = sender
        self._clock = clock
        self._terms = terms
        self._tell = tell
        self._works = False
        self._connection: Connection | None = None
        self._stopped: MailError | None = None
        self._busy = 0
        self._bodies: dict[tuple[str, datetime], bytes] = {}

    def deliver(self, rows: Iterable[OutboxRow]) -> tuple[Receipt, ...]:
        """The receipts of all mails, or the MailError that kept every one of them queued."""
        receipts: list[Receipt] = []
        for row in rows:
            if self._is_stopping():
                break
            receipt = self._deliver(row)
            if receipt is not None:
                receipts.append(receipt)
        if self._stopped is not None and all(receipt.state == "queued" for receipt in receipts):
            raise self._stopped
        return tuple(receipts)

    def hang_up(self) -> None:
        """Ends the connection in use, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _deliver(self, row: OutboxRow) -> Receipt | None:
        """The receipt for one mail; None where another process is sending it, or none is to be begun any more."""
        self._await_turn()
        if self._is_stopping():
            return None
        connection = self._connect()
        if connection is None:
            return Receipt(row.address, "queued", 0, str(self._stopped), row.message_id)
        if self._terms.pace is not None:
            self._terms.pace.note()
        header = self._store.claim(row, self._clock())
        if header is None:
            return None
        if not _is_mailable(row.address):
            return self._record(row, Reply("rcpt", 0, "not an address in plain ASCII"), UNMAILABLE)
        reply = self._hand_over(connection, row, header)
        decision = self._judge(reply)
        receipt = self._record(row, reply, decision)
        self._heed(decision, reply)
        return receipt

    def _await_turn(self) -> None:
        """Waits as the pace wants it; a connection is not kept idle for long."""
        pace = self._terms.pace
        if pace is None or self._stopped is not None:
            return
        if pace.left() > LONGEST_IDLE:
            self.hang_up()
        if self._terms.stopping is None:
            pace.wait()
        while pace.left() > 0 and not self._is_stopping():
            pace.wait(GLANCE)

    def _is_stopping(self) -> bool:
        return self._terms.stopping is not None and self._terms.stopping()

    def _judge(self, reply: Reply) -> Decision:
        decision = judge(reply.stage, reply.code, reply.text)
        if not self._terms.aside or decision.state == "sent":
            return decision
        if decision.state == "unknown":
            return replace(decision, hint="it may have been delivered: ask the recipient before you send it again")
        return replace(decision, hint=decision.hint.replace(LATER, AGAIN))

    def _connect(self) -> Connection | None:
        """The connection to use for the next mail, or None where the run has stopped."""
        if self._stopped is not None:
            return None
        if (
            self._connection is not None
            and self._connection.alive
            and self._connection.begun < self._terms.per_connection
        ):
            return self._connection
        self.hang_up()
        try:
            self._connection = open_connection(self._server)
        except MailError as problem:
            if self._terms.aside:
                problem.hint = problem.hint.replace(LATER, AGAIN)
            self._stop(problem, _least_rest(problem))
        return self._connection

    def _stop(self, problem: MailError, least: timedelta) -> None:
        """Ends the run: the mails to come stay queued, and the server gets a rest, unless it was not even asked."""
        self._stopped = problem
        if (name := self._terms.rest) and not isinstance(problem, NotAsked):
            before = self._store.find_rest(name)
            span = rest_after(before.failures + 1 if before else 1, least)
            self._store.begin_rest(name, self._clock() + span, problem.message)

    def _note_success(self) -> None:
        """Ends the server's rest with the first mail it takes."""
        if not self._works and self._terms.rest and self._store.find_rest(self._terms.rest) is not None:
            self._store.end_rest(self._terms.rest)
        self._works = True

    def _hand_over(self, connection: Connection, row: OutboxRow, header: bytes) -> Reply:
        """The reply that decides about the mail; `dot` is committed before the line that may deliver it."""
        lines = dot_stuffed(header) + self._body(row)
        refusal = connection.offer(self._sender, row.address, lines)
        if refusal is not None and _was_stale(connection, refusal):
            self.hang_up()
            fresh = self._connect()
            if fresh is None:
                return refusal
            connection, refusal = fresh, fresh.offer(self._sender, row.address, lines)
        if refusal is not None:
            return refusal
        self._store.mark(row, "dot", 0, "", self._clock())
        return connection.finish()

    def _record(self, row: OutboxRow, reply: Reply, decision: Decision) -> Receipt:
        now = self._clock()
        text = f"{reply.text} ({decision.hint})" if decision.hint else reply.text
        next_at = None
        if decision.state == "deferred":
            next_at = now + retry_after(decision, row.tries + 1, row.message_id)
        refused = _bounce(row, reply, now) if decision.hard else None
        self._store.mark(row, decision.state, reply.code, text, now, next_at, refused)
        receipt = Receipt(row.address, decision.state, reply.code, text, row.message_id)
        if self._tell is not None:
            self._tell(receipt)
        return receipt

    def _heed(self, decision: Decision, reply: Reply) -> None:
        """Draws from a reply what it means for the mails to come."""
        self._busy = self._busy + 1 if decision.busy else 0
        if decision.state == "sent":
            self._note_success()
        if decision.stop_run or self._busy >= PATIENCE:
            said = f"{reply.code} {reply.text}" if reply.code else reply.text
            problem = MailError(f"{self._server.address} stops the run: {said}", decision.hint)
            self._stop(problem, max(decision.rest, decision.wait or timedelta(0)))
        if decision.busy or decision.stop_run:
            self.hang_up()
        elif decision.state != "sent" and self._connection is not None and self._connection.alive:
            self._connection.reset()

    def _body(self, row: OutboxRow) -> bytes:
        """The body of the row's issue as DATA wants it, made once an issue."""
        place = (row.edition, row.slot)
        if place not in self._bodies:
            self._bodies = {place: dot_stuffed(self._store.body(*place))}  # one at a time: a body may be large
        return self._bodies[place]


def _was_stale(connection: Connection, refusal: Reply) -> bool:
    """Whether the server had closed a connection that worked before: no fault of the mail that came upon it."""
    closed = refusal.code == CLOSING or (refusal.code == 0 and refusal.text == LOST)
    return connection.begun > 1 and refusal.stage == "mail" and closed


def _least_rest(problem: MailError) -> timedelta:
    """How long at least a server gets that could not be reached, or refused the login."""
    if isinstance(problem, Refused):
        return judge(problem.stage, problem.code, problem.message).rest
    return timedelta(0)


def _bounce(row: OutboxRow, reply: Reply, now: datetime) -> BounceRow:
    """What is kept of a refusal that is about the address, to see whether it is the third in a row."""
    code = find_code(f"{reply.code} {reply.text}")
    return BounceRow(row.message_id, row.address, row.edition, row.slot, "hard", code, reply.text, now)


def _is_mailable(address: str) -> bool:
    """Whether the address can stand in a command as it is; whether it exists, the server will say.

    smtplib drops comments and display names on its own: `wang(b)@x.cn` would go to wang@x.cn.
    """
    return address.isascii() and address.isprintable() and "@" in address and not UNSPEAKABLE & set(address)
