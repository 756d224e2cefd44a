"""Drafts: kept, changed, released and let go of, and nothing is decided by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from digest.errors import StoreError
from digest.store import Placement, Store
from tests.store.examples import (
    EDITION,
    NOW,
    freeze,
    hours,
    make_article,
    make_draft,
    make_envelope,
    make_issue,
    offer,
    states,
)


def test_a_draft_comes_back_as_it_was(store: Store) -> None:
    """Every field to the character, also what is not well-formed; a structure comes back as one of JSON."""
    places = [Placement("a", "placed", "", "a", 0.1 + 0.2), Placement("b", "left_out", "版面已满\ud800")]
    draft = make_draft(places, subject="\ud800", issue='{"b":1, "a": "早\ud800"}', extras={"items": [[1, 2]], "": None})
    assert store.keep_draft(draft)
    assert store.find_draft(EDITION, NOW) == draft
    assert store.find_draft(EDITION, NOW.astimezone(timezone(timedelta(hours=8)))) == draft
    assert store.find_draft("weekly", NOW) is None


def test_a_draft_is_kept_in_place_of_the_earlier_one(store: Store) -> None:
    """Who changes a draft keeps it anew; there is one for a slot."""
    store.keep_draft(make_draft(subject="甲"))
    store.keep_draft(make_draft(subject="乙", changed_at=hours(1)))
    assert [(draft.subject, draft.changed_at) for draft in store.drafts()] == [("乙", hours(1))]


def test_drafts_are_listed_by_slot(store: Store) -> None:
    """The oldest first; of one edition or of all."""
    for slot, edition in ((24, EDITION), (12, "weekly"), (0, EDITION)):
        store.keep_draft(make_draft(slot=hours(slot), edition=edition))
    assert [draft.slot for draft in store.drafts()] == [NOW, hours(12), hours(24)]
    assert [draft.slot for draft in store.drafts(EDITION)] == [NOW, hours(24)]


def test_a_draft_is_released_once(store: Store) -> None:
    """Who releases it first is told so; what is not there cannot be released."""
    store.keep_draft(make_draft())
    assert not store.release_draft(EDITION, hours(24), hours(1))
    assert store.release_draft(EDITION, NOW, hours(1))
    assert not store.release_draft(EDITION, NOW, hours(2))
    assert store.find_draft(EDITION, NOW) == replace(make_draft(), state="released", changed_at=hours(1))


def test_a_draft_is_let_go_of(store: Store) -> None:
    """It is gone, and dropping it again says that there was none."""
    store.keep_draft(make_draft())
    assert store.drop_draft(EDITION, NOW, NOW)
    assert not store.drop_draft(EDITION, NOW, NOW)
    assert store.drafts() == ()


def test_a_draft_decides_nothing(store: Store) -> None:
    """Its articles stay candidates, its slot is no latest one, and no mail waits."""
    (key,) = offer(store, [1])
    before = store.ledger_rows(EDITION)
    store.keep_draft(make_draft([Placement(key, "placed")]))
    assert store.ledger_rows(EDITION) == before
    assert store.candidates(EDITION, NOW) == [make_article(1)]
    assert (store.latest_slot(EDITION), store.pending(), store.find_issues()) == (None, (), ())


def test_freezing_a_slot_lets_go_of_its_draft(store: Store) -> None:
    """Only of that one; and no draft can be kept for the slot any more, by an editor who is too late."""
    for slot in (NOW, hours(24)):
        store.keep_draft(make_draft(slot=slot))
    assert freeze(store, ["a@example.cn"])
    assert [draft.slot for draft in store.drafts()] == [hours(24)]
    assert not store.keep_draft(make_draft())
    assert store.find_draft(EDITION, NOW) is None


def test_a_draft_outlives_a_freeze_that_failed(store: Store) -> None:
    """Where the issue is refused, its draft is still there."""
    (key,) = offer(store, [1])
    freeze(store, ["a@example.cn"], [Placement(key, "placed")], slot=hours(1))
    store.keep_draft(make_draft([Placement(key, "placed")]))
    with pytest.raises(StoreError, match="another issue has it"):
        store.freeze_issue(make_issue(), [make_envelope("a@example.cn")], [Placement(key, "placed")])
    assert store.find_draft(EDITION, NOW)


def test_what_a_waiting_draft_prints_does_not_expire(store: Store) -> None:
    """A draft that is released after the window of its articles can be frozen; what it left out expires as ever."""
    placed, merged, left, other = offer(store, [1, 2, 3, 4])
    places = [Placement(placed, "placed"), Placement(merged, "merged"), Placement(left, "left_out")]
    store.keep_draft(make_draft(places))
    assert store.expire(EDITION, hours(100)) == 2
    assert states(store) == {placed: "new", merged: "new", left: "expired", other: "expired"}
    assert store.candidates(EDITION, hours(100)) == []
    assert freeze(store, ["a@example.cn"], places[:2])
    assert states(store)[merged] == "merged"


def test_what_a_draft_spared_expires_without_it(store: Store) -> None:
    """Once the draft is dropped, its articles go the way of all others."""
    (key,) = offer(store, [1])
    store.keep_draft(make_draft([Placement(key, "placed")]))
    store.keep_draft(make_draft([Placement(key, "placed")], edition="weekly"))
    assert store.expire(EDITION, hours(100)) == 0
    store.drop_draft(EDITION, NOW, NOW)
    assert store.expire(EDITION, hours(100)) == 1
