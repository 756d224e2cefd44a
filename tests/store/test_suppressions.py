"""Who gets no mail, and what came back: kept once, found by edition, lifted when somebody says so."""

from __future__ import annotations

from digest.store import BounceRow, Place, Store, Suppression, open_store
from tests.store.examples import DAY, NOW

ANNA = "a@example.cn"


def test_the_first_reason_stays(store: Store) -> None:
    """Who is suppressed twice was suppressed the first time; upper case makes no other address."""
    assert store.suppress("A@Example.cn", "daily", "unsubscribed", "退订", NOW)
    assert not store.suppress(ANNA, "daily", "by hand", "again", NOW + DAY)
    assert store.suppressions() == (Suppression(ANNA, "daily", "unsubscribed", "退订", NOW),)


def test_an_edition_has_its_own_and_those_of_all(store: Store) -> None:
    """'' is every edition."""
    store.suppress(ANNA, "daily", "unsubscribed", "", NOW)
    store.suppress("b@example.cn", "", "bounced", "", NOW)
    store.suppress("c@example.cn", "weekly", "by hand", "", NOW)
    assert [s.address for s in store.suppressions("daily")] == [ANNA, "b@example.cn"]
    assert [s.address for s in store.suppressions("monthly")] == ["b@example.cn"]
    assert len(store.suppressions()) == 3


def test_they_are_lifted_one_by_one_or_all(store: Store) -> None:
    """By edition; '' is the one of all editions; None every one."""
    for edition in ("", "daily", "weekly"):
        store.suppress(ANNA, edition, "by hand", "", NOW)
    assert store.lift_suppression("A@EXAMPLE.CN", "daily") == 1
    assert store.lift_suppression(ANNA, "") == 1
    assert [s.edition for s in store.suppressions()] == ["weekly"]
    assert store.lift_suppression(ANNA) == 1
    assert store.lift_suppression(ANNA) == 0


def test_they_outlive_the_program(store: Store, place: Place) -> None:
    """Who left stays away after a restart."""
    store.suppress(ANNA, "", "unsubscribed", "退订", NOW)
    store.close()
    with open_store(place) as again:
        assert [s.told for s in again.suppressions("daily")] == ["退订"]


def test_a_message_that_came_back_counts_once_an_address(store: Store) -> None:
    """However often it is read; another address of the same message counts by itself."""
    row = BounceRow("m1", "A@example.cn", "daily", NOW, "hard", "5.1.1", "no such user", NOW)
    other = BounceRow("m1", "b@example.cn", "", None, "soft", "", "full", NOW + DAY)
    assert store.record_bounces([row, other]) == 2
    assert store.record_bounces([row, other]) == 0
    assert [found.address for found in store.bounces()] == ["b@example.cn", ANNA]
    (found,) = store.bounces("A@EXAMPLE.cn")
    assert (found.kind, found.slot, found.code) == ("hard", NOW, "5.1.1")
