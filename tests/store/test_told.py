"""What issues leave behind: told items, days to come, words and notices; a void issue leaves nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import StoreError
from digest.model import Addition, Appointment, Item, Sentence, State, Summary, Told
from digest.store import ItemRow, NoticeRow, Placement, Store
from tests.store.conftest import NewStore
from tests.store.examples import (
    DAY,
    EDITION,
    NOW,
    end_mails,
    hours,
    make_article,
    make_envelope,
    make_issue,
    offer,
    print_events,
)

A = "a@example.cn"


def test_told_items_bring_their_events(store: Store) -> None:
    """Each comes with all articles of its event in that issue, the leading one first; the newest issue first."""
    one, two, three, four = offer(store, [1, 2, 3, 4])
    print_events(store, [[two, one], [three]])
    print_events(store, [[four]], slot=hours(24))
    articles = {make_article(number).key: make_article(number) for number in (1, 2, 3, 4)}
    assert store.told(EDITION, NOW) == (
        Told(hours(24).date(), 1, "第1项", (articles[four],)),
        Told(NOW.date(), 1, "第1项", (articles[two], articles[one])),
        Told(NOW.date(), 2, "第2项", (articles[three],)),
    )


def test_told_begins_with_a_slot(store: Store) -> None:
    """The slot of the given moment is in it, an earlier one and another edition are not."""
    one, two = offer(store, [1, 2])
    offer(store, [1], edition="weekly")
    print_events(store, [[one]])
    print_events(store, [[two]], slot=hours(24))
    print_events(store, [[one]], slot=hours(24), edition="weekly")
    assert [told.day for told in store.told(EDITION, hours(24))] == [hours(24).date()]
    assert store.told(EDITION, hours(24.1)) == ()


def test_what_was_left_out_was_not_told(store: Store) -> None:
    """An article that names an event and found no room in the issue is not among those that told it."""
    one, two = offer(store, [1, 2])
    places = [Placement(one, "placed", event=one), Placement(two, "left_out", "版面已满", event=one)]
    store.freeze_issue(make_issue(), [make_envelope(A)], places, items=[ItemRow(1, one, "甲")])
    assert [told.articles for told in store.told(EDITION, NOW)] == [(make_article(1),)]


def test_an_item_without_an_event_has_its_own_article(store: Store) -> None:
    """Placements that name no event lose no item."""
    (one,) = offer(store, [1])
    store.freeze_issue(make_issue(), [make_envelope(A)], [Placement(one, "placed")], items=[ItemRow(1, one, "甲")])
    assert [told.articles for told in store.told(EDITION, NOW)] == [(make_article(1),)]


def test_an_item_of_an_unknown_article_is_refused_whole(store: Store) -> None:
    """There is no issue where one of its items speaks of nothing that is kept."""
    with pytest.raises(StoreError):
        store.freeze_issue(make_issue(), [make_envelope(A)], items=[ItemRow(1, "0" * 16, "甲")])
    assert store.find_issue(EDITION, NOW) is None


def test_an_item_is_kept_as_it_was_printed(store: Store) -> None:
    """Number, heading, standing, terms of the score, sentences, additions, what it goes on from, and the note."""
    lead, other = make_article(1), make_article(2)
    offer(store, [1, 2])
    item = Item(
        number=3,
        article=lead,
        title="第1条\ud800",
        summary=Summary(sentences=(Sentence("正文", 0, 2, 0), Sentence("1。", 2, 4, 0))),
        section="要闻",
        score=0.1 + 0.2,
        added=(Addition(Sentence("文2", 1, 3, 0), other),),
        standing="update",
        earlier=Told(date(2026, 2, 28), 7, "旧", (other,)),
        terms=MappingProxyType({"tier": 1.5, "events": 2.0}),
        note="编者按",
    )
    row = ItemRow.of(item)
    assert (row.sentences, row.added, row.told_on, row.told_number) == (
        ((0, 2), (2, 4)),
        ((other.key, 1, 3),),
        date(2026, 2, 28),
        7,
    )
    places = [Placement(lead.key, "placed", "", lead.key), Placement(other.key, "merged", "", lead.key)]
    assert store.freeze_issue(make_issue(), [make_envelope(A)], places, items=[row])
    (trace,) = store.trace(lead.key)
    assert trace.courses[0].item == row
    assert trace.courses[0].printed == ("正文", "1。", "文2")


def test_days_to_come_are_kept(store: Store) -> None:
    """By day, from the first to the last asked for, each with the day of its issue."""
    found = [
        Appointment(date(2026, 3, 9), "effective", "乙", "工信部", "工信部令第1号", "https://example.cn/2", "k2"),
        Appointment(date(2026, 3, 5), "deadline", "甲", key="k1", item=4),
        Appointment(date(2026, 3, 5), "effective", "甲", key="k1"),
    ]
    store.freeze_issue(make_issue(), [make_envelope(A)], appointments=found)
    kept = store.appointments(EDITION, date(2026, 3, 5), date(2026, 3, 9))
    assert [(one.on, one.key, one.kind) for one in kept] == [
        (date(2026, 3, 5), "k1", "deadline"),
        (date(2026, 3, 5), "k1", "effective"),
        (date(2026, 3, 9), "k2", "effective"),
    ]
    assert kept[2] == replace(found[0], told=NOW.date())
    assert store.appointments(EDITION, date(2026, 3, 6), date(2026, 3, 8)) == ()
    assert store.appointments("weekly", date(2026, 3, 5), date(2026, 3, 9)) == ()


def test_the_latest_word_about_a_day_counts(store: Store) -> None:
    """A deadline that was put off is no more where it was; within one issue the first of two counts."""

    def tell(slot: float, *days: date) -> None:
        found = [Appointment(day, "deadline", "甲", key="k1") for day in days]
        store.freeze_issue(make_issue(hours(slot)), [make_envelope(A, hours(slot))], appointments=found)

    tell(24, date(2026, 3, 20), date(2026, 3, 7))
    tell(0, date(2026, 3, 5))
    assert store.appointments(EDITION, date(2026, 3, 1), date(2026, 3, 15)) == ()
    (kept,) = store.appointments(EDITION, date(2026, 3, 1), date(2026, 3, 31))
    assert (kept.on, kept.told) == (date(2026, 3, 20), hours(24).date())


def test_words_are_counted_by_issue(store: Store) -> None:
    """The oldest first, whatever the order they were frozen in; an issue without words does not come."""
    for slot, words in ((24, {"会议": 2}), (0, {"地震": 3, "": 9, "\ud800": 1}), (48, {})):
        store.freeze_issue(make_issue(hours(slot)), [make_envelope(A, hours(slot))], words=words)
    assert store.word_counts(EDITION, NOW) == (
        (NOW.date(), {"": 9, "地震": 3, "\ud800": 1}),
        (hours(24).date(), {"会议": 2}),
    )
    assert len(store.word_counts(EDITION, hours(1))) == 1
    assert store.word_counts("weekly", NOW) == ()


def test_a_notice_is_known_as_told(store: Store) -> None:
    """A change is told once for each text, a withdrawal once; the same twice in one issue is one."""
    told = [NoticeRow("k1", "changed", "m1"), NoticeRow("k1", "gone"), NoticeRow("k1", "changed", "m1")]
    store.freeze_issue(make_issue(), [make_envelope(A)], notices=told)
    assert ("k1", "changed", "m1") in store.told_notices(EDITION)
    assert ("k1", "gone", "") in store.told_notices(EDITION)
    assert ("k1", "changed", "m2") not in store.told_notices(EDITION)
    assert store.told_notices("weekly") == frozenset()


ENDS: st.SearchStrategy[State] = st.sampled_from(["sent", "unknown", "failed", "deferred", "queued"])
ISSUES = st.lists(st.tuples(ENDS, st.lists(st.sets(st.integers(1, 6), min_size=1, max_size=3), max_size=3)), max_size=5)


def live(store: Store, issues: list[tuple[State, list[set[int]]]], *, leave_out_void: bool) -> tuple[object, ...]:
    """What is known after these issues, each made of those of its events whose articles are candidates still."""
    offer(store, range(1, 7))
    for number, (end, events) in enumerate(issues):
        slot = NOW + timedelta(minutes=number)
        free = {article.key for article in store.candidates(EDITION, slot)}
        printed = []
        for event in events:
            keys = [make_article(n).key for n in sorted(event) if make_article(n).key in free]
            free -= set(keys)
            printed += [keys] if keys else []
        if end == "failed" and leave_out_void:
            continue
        assert print_events(store, printed, slot)
        end_mails(store, slot, end)
    first = NOW.date()
    return (
        store.told(EDITION, NOW),
        store.appointments(EDITION, first, first + 30 * DAY),
        store.word_counts(EDITION, NOW),
        store.told_notices(EDITION),
        store.candidates(EDITION, NOW),
        {row.key: (row.event, row.score) for row in store.ledger_rows(EDITION)},
    )


@given(issues=ISSUES)
@settings(deadline=None, max_examples=40)
def test_a_void_issue_is_as_if_it_had_never_been(
    new_store: NewStore, issues: list[tuple[State, list[set[int]]]]
) -> None:
    """Items, days, words, notices and candidates are as they would be without the issues that nobody could be sent."""
    with new_store() as real, new_store() as other:
        assert live(real, issues, leave_out_void=False) == live(other, issues, leave_out_void=True)
