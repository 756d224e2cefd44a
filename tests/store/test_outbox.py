"""The outbox: one claim for each mail, no step backwards, and a person's word for the uncertain ones."""

from __future__ import annotations

from typing import get_args

import pytest

from digest.errors import StoreError
from digest.model import State
from digest.store import OutboxRow, Placement, Store
from digest.store.outbox import BEFORE
from tests.store.examples import EDITION, NOW, freeze, hours, mails, make_article, offer, only_row, states

A, B, C = "a@example.cn", "b@example.cn", "c@example.cn"
STATES: tuple[State, ...] = get_args(State)


def bring(store: Store, state: State) -> OutboxRow:
    """Freezes an issue for one recipient and takes the mail to the state, by lawful steps."""
    freeze(store, [A])
    row = only_row(store)
    ways: dict[State, list[State]] = {
        "queued": [],
        "sending": [],
        "dot": ["dot"],
        "sent": ["dot", "sent"],
        "unknown": ["dot", "unknown"],
        "deferred": ["deferred"],
        "failed": ["failed"],
    }
    if state != "queued":
        assert store.claim(row, NOW)
    for step in ways[state]:
        store.mark(row, step, 0, "", NOW)
    return only_row(store)


def test_a_mail_is_claimed_once(store: Store) -> None:
    """Of two that read the same row, one gets it."""
    freeze(store, [A])
    (row,) = store.pending()
    assert store.claim(row, NOW)
    assert not store.claim(row, NOW)
    assert (only_row(store).state, only_row(store).tries) == ("sending", 1)


def test_a_mail_that_came_back_is_not_claimed_with_an_old_row(store: Store) -> None:
    """Who read the row before somebody else's try was deferred does not try again at once."""
    freeze(store, [A])
    (row,) = store.pending()
    store.claim(row, NOW)
    store.mark(row, "deferred", 450, "later", NOW)
    assert not store.claim(row, NOW)
    assert store.claim(store.pending()[0], NOW)


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_no_step_is_possible_but_the_lawful_ones(store: Store, before: State, after: State) -> None:
    """From each state exactly the steps of the drawing lead on; any other is refused and changes nothing."""
    row = bring(store, before)
    if before in BEFORE.get(after, ()):
        store.mark(row, after, 1, "said", hours(1))
        assert (only_row(store).state, only_row(store).code, only_row(store).reply) == (after, 1, "said")
    else:
        with pytest.raises(StoreError, match="another process"):
            store.mark(row, after, 1, "said", hours(1))
        assert only_row(store) == row


def test_sent_comes_only_after_the_dot() -> None:
    """The drawing itself: accepted and uncertain are possible only where the dot was committed before."""
    assert BEFORE["sent"] == BEFORE["unknown"] == ("dot",)
    assert BEFORE["dot"] == ("sending",)


def test_after_a_crash_nothing_is_in_between(store: Store) -> None:
    """What was not handed over is queued again; what may have been is held; the rest is as it was."""
    freeze(store, [A, B, C])
    a, b, _ = store.pending()
    store.claim(a, NOW)
    store.claim(b, NOW)
    store.mark(b, "dot", 0, "", NOW)
    touched = store.recover(hours(1))
    assert {row.address: row.state for row in touched} == {A: "queued", B: "unknown"}
    assert mails(store) == {A: "queued", B: "unknown", C: "queued"}
    assert [row.address for row in store.pending()] == [C, A]
    assert store.recover(hours(2)) == ()


def test_a_crash_after_the_dot_carries_the_articles(store: Store) -> None:
    """An issue whose only mail is uncertain does not give its articles to the next one."""
    (key,) = offer(store, [1])
    freeze(store, [A], [Placement(key, "placed")])
    (row,) = store.pending()
    store.claim(row, NOW)
    store.mark(row, "dot", 0, "", NOW)
    store.recover(hours(1))
    assert states(store) == {key: "carried"}


def test_pending_leaves_alone_what_has_to_wait(store: Store) -> None:
    """A mail with a time is not due before it, but is listed where no time is asked about."""
    freeze(store, [A])
    (row,) = store.pending()
    store.claim(row, NOW)
    store.mark(row, "deferred", 550, "frequency limited", NOW, hours(1))
    assert store.pending(now=hours(0.9)) == ()
    assert [row.address for row in store.pending(now=hours(1))] == [A]
    assert [row.address for row in store.pending()] == [A]


def test_pending_begins_with_those_tried_least(store: Store) -> None:
    """A mail that breaks every connection goes to the end, so that it cannot keep the others waiting."""
    freeze(store, [A, B])
    (first, _) = store.pending()
    store.claim(first, NOW)
    store.mark(first, "deferred", 0, "lost", NOW)
    assert [row.address for row in store.pending()] == [B, A]


def test_pending_can_be_asked_for_one_edition(store: Store) -> None:
    """The mails of another edition are not in it."""
    freeze(store, [A])
    freeze(store, [B], edition="weekly")
    assert [row.address for row in store.pending("weekly")] == [B]
    assert len(store.pending()) == 2


def test_rows_can_be_listed_by_edition_slot_and_state(store: Store) -> None:
    """Each condition narrows the list; without one it is everything, the newest issue first."""
    freeze(store, [A])
    freeze(store, [A, B], slot=hours(24))
    assert [row.slot for row in store.outbox_rows()] == [hours(24), hours(24), NOW]
    assert [row.address for row in store.outbox_rows(EDITION, hours(24))] == [A, B]
    assert store.outbox_rows(state="failed") == ()
    assert store.outbox_rows("weekly") == ()


@pytest.mark.parametrize("state", STATES)
def test_a_person_may_resend_what_is_over_or_waiting(store: Store, state: State) -> None:
    """Unknown and deferred mails can be queued again; sent, queued and half-sent ones cannot."""
    row = bring(store, state)
    before = store.message(row.message_id)
    if state in ("unknown", "deferred"):
        again = store.resend(row.message_id, hours(1))
        assert (again.state, again.next_at) == ("queued", None)
        assert store.message(row.message_id) == before
    else:
        with pytest.raises(StoreError):
            store.resend(row.message_id, hours(1))
        assert only_row(store) == row


def test_a_failed_mail_can_be_resent_while_its_issue_lives(store: Store) -> None:
    """Where others have the issue, a corrected mailbox can get it too."""
    freeze(store, [A, B])
    a, b = store.pending()
    store.claim(a, NOW)
    store.mark(a, "failed", 550, "no such user", NOW)
    store.claim(b, NOW)
    store.mark(b, "dot", 0, "", NOW)
    store.mark(b, "sent", 250, "ok", NOW)
    assert store.resend(a.message_id, hours(1)).state == "queued"


def test_a_mail_of_a_void_issue_cannot_be_resent(store: Store) -> None:
    """Its articles are candidates again; sending the old mail as well would bring them twice."""
    (key,) = offer(store, [1])
    freeze(store, [A], [Placement(key, "placed")])
    (row,) = store.pending()
    store.claim(row, NOW)
    store.mark(row, "failed", 550, "no such user", NOW)
    with pytest.raises(StoreError, match="given up") as caught:
        store.resend(row.message_id, hours(1))
    assert "next issue" in caught.value.hint
    assert store.candidates(EDITION, NOW) == [make_article(1)]


def test_forgetting_the_last_mail_gives_the_articles_back(store: Store) -> None:
    """A person who gives up on the only recipient gives up the issue."""
    (key,) = offer(store, [1])
    freeze(store, [A], [Placement(key, "placed")])
    assert store.forget(only_row(store).message_id, hours(1)).state == "failed"
    assert states(store) == {key: "new"}


def test_forgetting_an_uncertain_mail_does_not_give_the_articles_back(store: Store) -> None:
    """It may have been read, so what it held stays carried."""
    (key,) = offer(store, [1])
    freeze(store, [A], [Placement(key, "placed")])
    (row,) = store.pending()
    store.claim(row, NOW)
    store.mark(row, "dot", 0, "", NOW)
    store.mark(row, "unknown", 0, "lost", NOW)
    forgotten = store.forget(row.message_id, hours(1))
    assert (forgotten.state, forgotten.reply) == ("failed", "given up by hand (lost)")
    assert states(store) == {key: "carried"}


@pytest.mark.parametrize("state", STATES)
def test_a_person_may_forget_what_is_not_yet_sent(store: Store, state: State) -> None:
    """Every mail can be given up but one that was sent, or is being sent at this moment."""
    row = bring(store, state)
    if state in ("queued", "deferred", "unknown", "failed"):
        assert store.forget(row.message_id, hours(1)).state == "failed"
        assert store.pending() == ()
    else:
        with pytest.raises(StoreError, match=f"is {state}"):
            store.forget(row.message_id, hours(1))
        assert only_row(store) == row


def test_an_unknown_message_id_is_named(store: Store) -> None:
    """A typing mistake is answered with the name that was not found."""
    with pytest.raises(StoreError, match="<nobody@here>"):
        store.forget("<nobody@here>", NOW)


def test_a_rest_belongs_to_a_server_under_its_settings(store: Store) -> None:
    """Other settings find none and begin to count anew; `host:port` alone ends it under any, and no other server's."""
    store.begin_rest("mail.cn:465 one", hours(1), "busy")
    store.begin_rest("mail.cn:4650 one", hours(1), "busy")
    assert store.begin_rest("mail.cn:465 one", hours(2), "busy").failures == 2
    assert store.find_rest("mail.cn:465 two") is None
    assert store.begin_rest("mail.cn:465 two", hours(3), "busy").failures == 1
    assert store.find_rest("mail.cn:465 one") is None
    store.end_rest("mail.cn:465")
    assert store.find_rest("mail.cn:465 two") is None
    assert store.find_rest("mail.cn:4650 one") is not None
