"""The ledger: who is a candidate, until when, and in which order."""

from __future__ import annotations

import pytest

from digest.errors import StoreError
from digest.store import Placement, Store
from tests.store.examples import EDITION, NOW, WINDOW, end_mails, freeze, hours, make_article, offer, states


def test_offered_articles_are_candidates(store: Store) -> None:
    """What was offered can be taken; what was only recorded cannot."""
    offer(store, [1, 2])
    store.record_articles([make_article(3)], NOW)
    assert set(store.candidates(EDITION, NOW)) == {make_article(1), make_article(2)}


def test_candidates_come_in_the_order_they_were_first_seen(store: Store) -> None:
    """Earlier ones first, and those of one moment in the order of their keys, on every machine."""
    offer(store, [5], hours(1))
    offer(store, [1, 2, 3, 4], NOW)
    first = sorted(make_article(n).key for n in (1, 2, 3, 4))
    assert [a.key for a in store.candidates(EDITION, hours(1))] == [*first, make_article(5).key]


def test_offering_again_changes_nothing(store: Store) -> None:
    """An article that stays in its feed for days does not get a new window each morning."""
    (key,) = offer(store, [1])
    assert store.offer(EDITION, [key], hours(40), WINDOW) == 0
    assert store.ledger_rows(EDITION)[0].window_until == NOW + WINDOW


def test_editions_do_not_share_a_ledger(store: Store) -> None:
    """What the daily edition carried is still new to the weekly one."""
    (key,) = offer(store, [1])
    freeze(store, ["a@example.cn"], [Placement(key, "placed")])
    assert store.offer("weekly", [key], NOW, WINDOW) == 1
    assert store.candidates("weekly", NOW) == [make_article(1)]
    assert store.candidates(EDITION, NOW) == []


def test_a_window_ends_and_the_article_expires(store: Store) -> None:
    """At the very moment a window ends, its article stops being a candidate and can be expired."""
    (key,) = offer(store, [1])
    assert store.expire(EDITION, hours(47.9)) == 0
    assert store.candidates(EDITION, hours(47.9))
    assert store.candidates(EDITION, hours(48)) == []
    assert store.expire(EDITION, hours(48)) == 1
    assert states(store) == {key: "expired"}


def test_an_expired_article_stays_expired(store: Store) -> None:
    """One that is still in its feed after its window does not come back as new."""
    (key,) = offer(store, [1])
    store.expire(EDITION, hours(48))
    store.offer(EDITION, [key], hours(49), WINDOW)
    assert store.candidates(EDITION, hours(49)) == []


def test_left_out_is_a_candidate_again_until_its_window_ends(store: Store) -> None:
    """What had no room today may come tomorrow, and the reason is kept."""
    (key,) = offer(store, [1])
    freeze(store, ["a@example.cn"], [Placement(key, "left_out", "版面已满")])
    row = store.ledger_rows(EDITION)[0]
    assert (row.state, row.reason, row.slot) == ("left_out", "版面已满", NOW)
    assert store.candidates(EDITION, hours(24)) == [make_article(1)]
    assert freeze(store, ["a@example.cn"], [Placement(key, "placed")], slot=hours(24))
    assert store.candidates(EDITION, hours(25)) == []


@pytest.mark.parametrize("state", ["placed", "merged"])
def test_an_article_of_one_issue_cannot_enter_another(store: Store, state: str) -> None:
    """The second issue is refused whole, so that no reader gets an article twice."""
    (key,) = offer(store, [1])
    freeze(store, ["a@example.cn"], [Placement(key, state)])  # type: ignore[arg-type]  # parametrized
    with pytest.raises(StoreError, match="another issue has it"):
        freeze(store, ["a@example.cn"], [Placement(key, "placed")], slot=hours(24))
    assert store.find_issue(EDITION, hours(24)) is None
    assert len(store.outbox_rows()) == 1


def test_an_article_that_was_never_recorded_cannot_be_offered(store: Store) -> None:
    """The ledger speaks only of articles whose text is kept."""
    with pytest.raises(StoreError):
        store.offer(EDITION, ["0123456789abcdef"], NOW, WINDOW)


def test_a_baseline_is_left_alone(store: Store) -> None:
    """What was there before its source was added is never a candidate, and says why."""
    (before, known) = offer(store, [1, 2], edition="weekly")
    store.offer(EDITION, [known], NOW, WINDOW)
    assert store.offer_baseline(EDITION, [before, known], NOW) == 1
    assert store.offer(EDITION, [before, known], hours(1), WINDOW) == 0
    assert states(store) == {before: "expired", known: "new"}
    assert {row.key: row.reason for row in store.ledger_rows(EDITION)}[before] == "there before the source was added"
    assert states(store, "weekly") == {before: "new", known: "new"}


def test_what_is_stale_is_left_with_its_reason(store: Store) -> None:
    """It is expired at once and stays so when it is offered again; what the edition knows already stays as it is."""
    store.record_articles([make_article(n) for n in (1, 2, 3)], NOW)
    fresh, stale, known = (make_article(n).key for n in (1, 2, 3))
    store.offer(EDITION, [known], NOW, WINDOW)
    too_old = dict.fromkeys([stale, known], "older than 14 days when first seen")
    assert store.offer(EDITION, [fresh, stale, known], hours(1), WINDOW, too_old) == 1
    assert store.offer(EDITION, [stale], hours(2), WINDOW) == 0
    assert states(store) == {fresh: "new", stale: "expired", known: "new"}
    reasons = {row.key: row.reason for row in store.ledger_rows(EDITION)}
    assert reasons == {fresh: "", stale: "older than 14 days when first seen", known: ""}
    assert {article.key for article in store.candidates(EDITION, hours(2))} == {fresh, known}


def test_an_issue_tells_event_and_score(store: Store) -> None:
    """What an issue decided is kept with the event it belongs to, and forgotten with an issue nobody could be sent."""
    lead, other, left = offer(store, [1, 2, 3])
    places = [Placement(lead, "placed", "", lead, 0.1 + 0.2), Placement(other, "merged", "x", lead, 0.1 + 0.2)]
    freeze(store, ["a@example.cn"], [*places, Placement(left, "left_out", "版面已满", score=0.0)])
    known = {row.key: (row.event, row.score) for row in store.ledger_rows(EDITION)}
    assert known == {lead: (lead, 0.1 + 0.2), other: (lead, 0.1 + 0.2), left: ("", 0.0)}
    end_mails(store, NOW, "failed")
    known = {row.key: (row.event, row.score) for row in store.ledger_rows(EDITION)}
    assert (known[lead], known[other]) == (("", None), ("", None))


def test_changes_of_a_time_are_counted(store: Store) -> None:
    """By state and reason, the most frequent first; the end of the time is not in it, nor is another edition."""
    one, two, three, four = offer(store, [1, 2, 3, 4])
    offer(store, [1], edition="weekly")
    places = [Placement(one, "placed"), *(Placement(key, "left_out", "版面已满") for key in (two, three))]
    freeze(store, ["a@example.cn"], places, slot=hours(1))
    counted = {("left_out", "版面已满"): 2, ("placed", ""): 1}
    assert list(store.counts(EDITION, hours(0.5), hours(2)).items()) == list(counted.items())
    assert store.counts(EDITION, NOW, hours(1)) == {("new", ""): 1}
    assert store.counts(EDITION, hours(1), hours(1)) == {}
    assert four in states(store)
