"""Issues: frozen once, whole or not at all, and settled by their mails."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from digest.errors import StoreError
from digest.model import State
from digest.store import FrozenIssue, Placement, Store
from tests.store.examples import (
    EDITION,
    NOW,
    freeze,
    hours,
    mails,
    make_article,
    make_envelope,
    make_issue,
    offer,
    print_events,
)
from tests.store.examples import states as articles

A, B = "a@example.cn", "b@example.cn"


def finish(store: Store, address: str, state: State) -> None:
    """Takes one recipient's mail from queued to its end."""
    (row,) = [row for row in store.pending() if row.address == address]
    assert store.claim(row, NOW)
    if state in ("sent", "unknown"):
        store.mark(row, "dot", 0, "", NOW)
    store.mark(row, state, 0, "", NOW)


def test_a_frozen_issue_comes_back_as_it_was(store: Store) -> None:
    """Subject, parts, body and manifest are kept to the byte."""
    issue = make_issue(body=bytes(range(256)))
    assert store.freeze_issue(issue, [make_envelope(A)])
    assert store.find_issue(EDITION, NOW) == issue


def test_a_slot_is_one_moment_in_any_zone(store: Store) -> None:
    """08:00 in Shanghai and 00:00 in UTC are the same slot."""
    freeze(store, [A])
    shanghai = NOW.astimezone(timezone(timedelta(hours=8)))
    assert store.find_issue(EDITION, shanghai) is not None
    assert not freeze(store, [A], slot=shanghai)


def test_the_second_process_freezes_nothing(store: Store) -> None:
    """Where the slot is taken, neither mails nor placements of the second are written."""
    (key,) = offer(store, [1])
    assert freeze(store, [A])
    assert not freeze(store, [B], [Placement(key, "placed")])
    assert mails(store) == {A: "queued"}
    assert articles(store) == {key: "new"}


def test_an_issue_with_two_equal_addresses_is_refused_whole(store: Store) -> None:
    """One issue has one mail for an address, or there is no issue."""
    with pytest.raises(StoreError):
        freeze(store, [A, A])
    assert store.find_issue(EDITION, NOW) is None


def test_the_latest_slot_is_the_last_moment(store: Store) -> None:
    """Slots are compared as moments, whatever the order they were frozen in."""
    assert store.latest_slot(EDITION) is None
    for slot in (hours(24), NOW, hours(23.5)):
        freeze(store, [A], slot=slot)
    assert store.latest_slot(EDITION) == hours(24)
    assert store.latest_slot("weekly") is None


def test_issues_are_listed(store: Store) -> None:
    """The newest first, by edition and day, with the number of their items; void ones say so."""
    one, two, three = offer(store, [1, 2, 3])
    print_events(store, [[one, two]])
    finish(store, "a@example.cn", "failed")
    print_events(store, [[one, two], [three]], slot=hours(23.5))
    freeze(store, [A], slot=hours(24), edition="weekly")
    rows = store.find_issues()
    assert [(row.edition, row.slot, row.items, row.state) for row in rows] == [
        ("weekly", hours(24), 0, "frozen"),
        (EDITION, hours(23.5), 2, "frozen"),
        (EDITION, NOW, 1, "void"),
    ]
    assert (rows[1].day, rows[1].subject, rows[1].composed_at) == (NOW.date(), "每日摘要", hours(23.5))
    assert store.find_issues(EDITION, NOW.date()) == rows[1:]
    assert store.find_issues(day=hours(24).date()) == rows[:1]
    assert store.find_issues("monthly") == ()


def test_the_first_accepted_mail_carries_the_articles(store: Store) -> None:
    """As soon as one recipient has it, what was placed or merged is carried, what was left out stays."""
    placed, merged, left = offer(store, [1, 2, 3])
    freeze(store, [A, B], [Placement(placed, "placed"), Placement(merged, "merged"), Placement(left, "left_out", "x")])
    finish(store, A, "sent")
    assert articles(store) == {placed: "carried", merged: "carried", left: "left_out"}
    assert store.settle(EDITION, NOW, NOW) == "carried"
    assert store.candidates(EDITION, NOW) == [make_article(3)]


def test_an_uncertain_mail_carries_the_articles_too(store: Store) -> None:
    """A mail that may have been delivered counts: nobody may get an article twice."""
    (key,) = offer(store, [1])
    freeze(store, [A], [Placement(key, "placed")])
    finish(store, A, "unknown")
    assert articles(store) == {key: "carried"}


def test_an_issue_nobody_could_be_sent_gives_its_articles_back(store: Store) -> None:
    """When every mail failed, the articles are candidates again, for a window of three days from then on."""
    placed, merged = offer(store, [1, 2])
    freeze(store, [A, B], [Placement(placed, "placed"), Placement(merged, "merged", "同一事件")])
    finish(store, A, "failed")
    assert articles(store) == {placed: "placed", merged: "merged"}
    finish(store, B, "failed")
    assert articles(store) == {placed: "new", merged: "new"}
    issue = store.find_issue(EDITION, NOW)
    assert isinstance(issue, FrozenIssue)
    assert issue.state == "void"
    assert {a.key for a in store.candidates(EDITION, hours(48))} == {placed, merged}
    assert store.candidates(EDITION, hours(80)) == []


def test_a_deferred_mail_keeps_the_issue_open(store: Store) -> None:
    """While one recipient's mail is to be tried again, nothing is decided."""
    (key,) = offer(store, [1])
    freeze(store, [A, B], [Placement(key, "placed")])
    finish(store, A, "failed")
    finish(store, B, "deferred")
    assert store.settle(EDITION, NOW, NOW) == "frozen"
    assert articles(store) == {key: "placed"}
    assert [issue.state for issue in store.find_issues()] == ["frozen"]


def test_settling_twice_changes_nothing(store: Store) -> None:
    """A decided issue stays decided, and a slot without one has no state."""
    freeze(store, [A])
    finish(store, A, "sent")
    assert [store.settle(EDITION, NOW, hours(n)) for n in (1, 2)] == ["carried", "carried"]
    assert store.settle(EDITION, hours(24), NOW) is None
    assert [issue.state for issue in store.find_issues()] == ["carried"]
