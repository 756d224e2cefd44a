"""The reply-code table: every row, first by itself and then through a real server."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import Decision, Server, Stage, Terms, deliver_pending, judge
from digest.deliver.replies import HOUR, RESTS, RETRIES, RULES, TWO_MINUTES, rest_after, retry_after
from digest.errors import MailError
from digest.model import State
from digest.store import Store
from tests.smtp_server import FaultServer
from tests.store.examples import NOW, freeze, mails

A, B = "a@example.cn", "b@example.cn"
STAGES: tuple[Stage, ...] = get_args(Stage)
SECOND = timedelta(seconds=1)
Sending = Literal["mail", "rcpt", "data", "dot"]

# stage, the server's words, the state of that mail, how long it waits
PER_MAIL: list[tuple[Sending, str, State, timedelta | None]] = [
    ("rcpt", "450 4.2.0 greylisted, try again in 5 minutes", "deferred", None),
    ("rcpt", "451 4.3.0 lookup failure", "deferred", None),
    ("rcpt", "452 4.2.2 mailbox full", "deferred", None),
    ("rcpt", "552 5.2.2 over quota", "deferred", None),
    ("rcpt", "550 5.2.2 over quota", "deferred", None),
    ("rcpt", "550 5.7.1 blocked by our policy", "failed", None),
    ("rcpt", "550 5.1.1 no such user", "failed", None),
    ("rcpt", "550 Invalid User", "failed", None),
    ("rcpt", "501 5.5.4 syntax", "failed", None),
    ("rcpt", "551 5.1.6 user has moved", "failed", None),
    ("rcpt", "553 5.1.3 bad address syntax", "failed", None),
    ("rcpt", "554 5.7.1 relay access denied", "failed", None),
    ("rcpt", "550 RP:TRC sender exceeded its recipients", "deferred", HOUR),
    ("mail", "450 4.7.1 try again", "deferred", None),
    ("mail", "421 4.3.2 shutting down", "deferred", None),
    ("mail", "450 MI:DMC too many on one connection", "deferred", None),
    ("data", "451 4.3.0 queue trouble", "deferred", None),
    ("data", "421 4.3.2 shutting down", "deferred", None),
    ("data", "554 5.5.1 no valid recipients", "failed", None),
    ("dot", "421 4.3.2 shutting down", "deferred", None),
    ("dot", "450 4.7.0 later", "deferred", None),
    ("dot", "451 DT:SPM please try again", "deferred", TWO_MINUTES),
    ("dot", "451 MI:SFQ too many in 15 minutes", "deferred", HOUR),
    ("dot", "452 4.3.1 insufficient storage", "deferred", None),
    ("dot", "454 Throttling failure: Maximum sending rate exceeded.", "deferred", HOUR),
    ("dot", "550 Mail content denied. frequency limited", "deferred", HOUR),
    ("dot", "550 5.4.5 Daily user sending limit exceeded.", "deferred", HOUR),
    ("dot", "554 MI:STC today's limit is reached", "deferred", HOUR),
    ("dot", "552 5.3.4 message size exceeds fixed limit", "failed", None),
    ("dot", "554 DT:SPM", "failed", None),
    ("dot", "554 DT:SUM envelope and header sender differ", "failed", None),
    ("dot", '550 The "From" header is missing or invalid', "failed", None),
    ("dot", "550 5.7.1 content rejected", "failed", None),
    ("dot", "571 5.7.1 no", "failed", None),
    ("dot", "250 2.0.0 queued as 1A2B", "sent", None),
]
# replies that are about the sender or the login: everything stays queued, and the run stops
FOR_ALL: list[tuple[Sending, str, str]] = [
    ("mail", "501 mail from address must be same as authorization user", "from must be the address"),
    ("mail", "553 Mail from must equal authorized user", "from must be the address"),
    ("mail", "550 5.7.1 sender rejected", "from must be the address"),
    ("mail", "530 5.7.0 Authentication required", "授权码"),
    ("mail", "535 5.7.8 login expired", "授权码"),
    ("rcpt", "530 5.7.1 Authentication required", "授权码"),
    ("data", "530 5.7.0 Authentication required", "授权码"),
]


def split(words: str) -> tuple[int, str]:
    """Code and text of a reply."""
    return int(words[:3]), words[4:]


@pytest.mark.parametrize(("stage", "words", "state", "wait"), PER_MAIL)
def test_the_table_decides_about_one_mail(stage: Sending, words: str, state: State, wait: timedelta | None) -> None:
    """Each known reply leads to its documented state, and does not by itself stop the run."""
    decision = judge(stage, *split(words))
    assert (decision.state, decision.wait, decision.stop_run) == (state, wait, False)
    assert decision.hint or state == "sent"


@pytest.mark.parametrize(("stage", "words", "state", "wait"), PER_MAIL)
def test_a_real_server_gives_the_same_state(
    store: Store, smtp: FaultServer, reach: Server, stage: Sending, words: str, state: State, wait: timedelta | None
) -> None:
    """The same replies over a connection: the state is in the database, and the other recipient has his mail."""
    freeze(store, [A, B])
    smtp.fail(stage, words, who=None if stage == "mail" else A, times=1)
    receipts = deliver_pending(store, reach, sender="me@qq.com", now=NOW)
    assert mails(store) == {A: state, B: "sent"}
    assert smtp.recipients == ([A, B] if state == "sent" else [B])
    code, text = split(words)
    assert (receipts[0].recipient, receipts[0].code) == (A, code)
    assert receipts[0].reply.startswith(text)
    (row,) = (row for row in store.outbox_rows() if row.address == A)
    if state == "deferred" and wait is None:
        assert row.next_at is not None
        assert RETRIES[0] <= row.next_at - NOW <= RETRIES[0] * 7 / 6
    else:
        assert row.next_at == (None if wait is None else NOW + wait)
    assert (row.code, row.reply) == (code, receipts[0].reply)


@pytest.mark.parametrize(("stage", "words", "hint"), FOR_ALL)
def test_a_reply_about_the_sender_stops_the_run(
    store: Store, smtp: FaultServer, reach: Server, stage: Sending, words: str, hint: str
) -> None:
    """Nothing is sent, everything stays queued, the others are not even tried, and the hint says what to mend."""
    freeze(store, [A, B])
    smtp.fail(stage, words)
    with pytest.raises(MailError, match=words[:3]) as caught:
        deliver_pending(store, reach, sender="me@qq.com", now=NOW)
    assert hint in caught.value.hint
    assert mails(store) == {A: "queued", B: "queued"}
    assert smtp.commands.count("MAIL") == 1
    smtp.heal()
    deliver_pending(store, reach, sender="me@qq.com", now=NOW)
    assert mails(store) == {A: "sent", B: "sent"}


def test_a_mail_that_has_to_wait_is_left_alone_until_then(store: Store, smtp: FaultServer, reach: Server) -> None:
    """After `frequency limited` the next run within the hour says nothing, the one after it sends the same bytes."""
    freeze(store, [A])
    smtp.fail("dot", "550 frequency limited", times=1)
    deliver_pending(store, reach, sender="me@qq.com", now=NOW)
    assert deliver_pending(store, reach, sender="me@qq.com", now=NOW + HOUR / 2) == ()
    (receipt,) = deliver_pending(store, reach, sender="me@qq.com", now=NOW + HOUR)
    assert receipt.state == "sent"


def test_a_deferred_mail_waits_longer_each_time(store: Store, smtp: FaultServer, reach: Server) -> None:
    """Five minutes or more for greylisting, then 15, 30, 60 and 60; it is not touched a second before."""
    freeze(store, [A])
    smtp.fail("rcpt", "450 4.2.0 greylisted")
    now, waits = NOW, []
    for _ in range(5):
        assert [r.state for r in deliver_pending(store, reach, sender="me@qq.com", now=now)] == ["deferred"]
        (row,) = store.outbox_rows()
        assert row.next_at is not None
        waits.append(row.next_at - now)
        assert deliver_pending(store, reach, sender="me@qq.com", now=row.next_at - SECOND) == ()
        now = row.next_at
    smtp.heal()
    assert [r.state for r in deliver_pending(store, reach, sender="me@qq.com", now=now)] == ["sent"]
    assert store.outbox_rows()[0].tries == 6
    for wait, least in zip(waits, (*RETRIES, RETRIES[-1]), strict=True):
        assert least <= wait <= least * 7 / 6


def test_a_person_need_not_wait(store: Store, smtp: FaultServer, reach: Server) -> None:
    """With `at_once` a deferred mail is tried before its time."""
    freeze(store, [A])
    smtp.fail("dot", "550 frequency limited", times=1)
    deliver_pending(store, reach, sender="me@qq.com", now=NOW)
    (receipt,) = deliver_pending(store, reach, sender="me@qq.com", now=NOW, terms=Terms(at_once=True))
    assert receipt.state == "sent"


@given(tries=st.integers(1, 50), name=st.text(max_size=30), wait=st.sampled_from([None, TWO_MINUTES, HOUR]))
def test_a_wait_is_the_same_each_time_and_never_shorter(tries: int, name: str, wait: timedelta | None) -> None:
    """The Message-ID alone spreads the tries; what the server asked for is never undercut, nor is the table."""
    decision = Decision("deferred", wait=wait)
    span = retry_after(decision, tries, name)
    assert span == retry_after(decision, tries, name)
    assert span <= max(wait or HOUR, HOUR * 7 / 6)
    if wait is not None:
        assert span >= wait
    if wait is None or tries > 1:
        assert span >= RETRIES[min(tries, 4) - 1]


def test_a_server_rests_longer_each_time() -> None:
    """1, 5, 15, 30 and 60 minutes, then 60 for ever; a refused login asks for an hour at once."""
    zero = timedelta(0)
    assert [rest_after(failures, zero) for failures in range(1, 8)] == [*RESTS, HOUR, HOUR]
    assert rest_after(1, judge("login", 535, "no").rest) == HOUR
    assert judge("connect", 421, "busy").rest == judge("mail", 0, "").rest == zero


HARD = [
    ("rcpt", "550 5.1.1 no such user", True),
    ("rcpt", "550 Invalid User", True),
    ("rcpt", "551 5.1.6 user has moved", True),
    ("rcpt", "550 Mailbox not found", True),
    ("rcpt", "550 收件人不存在", True),
    ("rcpt", "550 denied", False),
    ("dot", "550 5.1.1 user unknown", True),
    ("rcpt", "554 5.7.1 relay access denied", False),
    ("rcpt", "550 5.7.1 blocked by our policy", False),
    ("rcpt", "501 5.5.4 syntax", False),
    ("rcpt", "554 5.2.2 over quota", False),
    ("rcpt", "552 mailbox full", False),
    ("rcpt", "450 5.1.1 try again", False),
    ("rcpt", "550 RP:TRC sender exceeded its recipients", False),
    ("dot", "554 DT:SPM", False),
    ("dot", "552 5.3.4 too big", False),
    ("mail", "550 5.1.8 bad sender", False),
]


@pytest.mark.parametrize(("stage", "words", "hard"), HARD)
def test_only_a_missing_mailbox_is_a_hard_refusal(
    store: Store, smtp: FaultServer, reach: Server, stage: Sending, words: str, hard: bool
) -> None:
    """What is said about the address is kept, to count it; a full mailbox, spam or a quota says nothing about it."""
    assert judge(stage, *split(words)).hard == hard
    freeze(store, [A, B])
    smtp.fail(stage, words, who=None if stage == "mail" else A)
    with suppress(MailError):
        deliver_pending(store, reach, sender="me@qq.com", now=NOW)
    kept = [(row.address, row.kind, row.slot) for row in store.bounces()]
    assert kept == ([(A, "hard", NOW)] if hard else [])
    if hard:
        (bounce,) = store.bounces(A)
        assert bounce.code in words
        assert bounce.mark == next(row.message_id for row in store.outbox_rows() if row.address == A)


def test_no_reply_means_uncertain_only_after_the_dot() -> None:
    """A lost connection: before the dot nothing was handed over, after it nobody knows."""
    assert judge("dot", 0, "").state == "unknown"
    assert {judge(stage, 0, "").state for stage in ("mail", "rcpt", "data")} == {"deferred"}
    assert {judge(stage, 0, "").state for stage in ("connect", "login")} == {"queued"}


@given(stage=st.sampled_from(STAGES), code=st.integers(0, 999), text=st.text(max_size=60))
def test_every_reply_has_a_meaning(stage: Stage, code: int, text: str) -> None:
    """No reply crashes; `sent` needs a 2xx to the dot, `unknown` no last word to it, `failed` a 5xx."""
    decision = judge(stage, code, text)
    assert isinstance(decision, Decision)
    assert (decision.state == "sent") == (stage == "dot" and 200 <= code < 300)
    assert (decision.state == "unknown") == (stage == "dot" and code // 100 not in (2, 4, 5))
    if decision.state == "failed":
        assert 500 <= code < 600


def test_every_rule_is_reached_by_some_row() -> None:
    """No rule hides behind an earlier one: each decides about at least one of the replies tried here."""
    known: list[tuple[Stage, int, str]] = [(stage, *split(words)) for stage, words, *_ in PER_MAIL]
    known += [(stage, *split(words)) for stage, words, _ in FOR_ALL]
    known += [(stage, 0, "") for stage in STAGES]
    known += [
        ("connect", 421, "busy"),
        ("connect", 554, "rejected"),
        ("login", 535, "wrong password"),
        ("login", 550, "User has no permission"),
        ("login", 535, "basic authentication is disabled"),
        ("login", 451, "too much fail authentication"),
        ("login", 454, "temporary"),
    ]
    used = {id(next(rule for rule in RULES if rule.fits(*reply))) for reply in known}
    assert [rule for rule in RULES if id(rule) not in used] == []
