"""Purging: what is old goes, what anybody waits for stays, and no article that was ever known is printed again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Appointment
from digest.store import BounceRow, ItemRow, Placement, Run, SourceReading, Store, Visit, empty_store, open_store
from digest.store.purging import Purged
from tests.store.examples import (
    DAY,
    EDITION,
    NOW,
    WINDOW,
    end_mails,
    freeze,
    make_article,
    make_draft,
    make_envelope,
    make_issue,
    make_page,
    make_story,
    offer,
    print_events,
    states,
)

KEPT = timedelta(days=400)
LATER = NOW + KEPT + 5 * DAY
"""When everything of NOW is old, and the windows of its articles are over."""


def record(store: Store, numbers: Iterable[int], now: datetime = NOW, spelling: int = 0) -> list[str]:
    """The keys of stories that were read from pages and offered."""
    stories = [make_story(number, spelling) for number in numbers]
    kept = store.record_fetched([(story, make_page(story.text, now)) for story in stories], now)
    store.record_visits([Visit(story.url, kept[story.key], story.source, 200) for story in stories], now)
    store.offer(EDITION, kept.values(), now, WINDOW)
    return list(kept.values())


def send(store: Store, keys: Iterable[str], slot: datetime = NOW) -> None:
    """An issue that printed these articles and reached its reader, and the one of another day, which stays the last."""
    print_events(store, [[key] for key in keys], slot)
    end_mails(store, slot, "sent")


def purge(store: Store, now: datetime = LATER) -> Purged:
    """What goes where a state is kept for 400 days."""
    return store.purge(now - KEPT, now)


def keep_going(store: Store, slot: datetime = LATER - DAY) -> None:
    """An issue of lately, so that those before it are not the last one."""
    (key,) = offer(store, [99], slot)
    send(store, [key], slot)


def test_what_is_old_goes(store: Store) -> None:
    """Issue, mails, items, words, days, notices, originals and texts; the counts are told."""
    keys = record(store, [1, 2])
    send(store, keys)
    keep_going(store)
    gone = purge(store)
    assert (gone.issues, gone.mails, gone.articles, gone.originals) == (1, 1, 2, 2)
    assert [issue.slot for issue in store.find_issues()] == [LATER - DAY]
    assert store.told(EDITION, NOW) == store.told(EDITION, LATER - DAY)
    assert {row.slot for row in store.outbox_rows()} == {LATER - DAY}
    assert [words for _, words in store.word_counts(EDITION, NOW)] == [{"会议": 1, "": 1}]
    assert {notice.key for notice in store.told_notices(EDITION)} == {make_article(99).key}
    assert [trace.article.text for key in keys for trace in store.trace(key)] == ["", ""]
    assert store.find_damage() == ""


def test_what_is_forgotten_is_never_printed_again(store: Store) -> None:
    """With a new date, under another address, with the same words at a new place: it is known, and no candidate."""
    keys = record(store, [1, 2])
    send(store, keys)
    keep_going(store)
    purge(store)
    again = [
        replace(make_story(1), published=LATER),
        make_story(1, 1),
        make_story(1, 3),
        replace(make_story(2), text="改写过的正文。"),
    ]
    kept = store.record_articles(again, LATER)
    assert set(kept.values()) == set(keys)
    assert store.offer(EDITION, kept.values(), LATER, WINDOW) == 0
    assert store.offer("weekly", kept.values(), LATER, WINDOW) == 0
    assert (store.candidates(EDITION, LATER), store.candidates("weekly", LATER)) == ([], [])
    assert store.offer_baseline("weekly", kept.values(), LATER) == 0


def test_another_source_does_not_bring_it_back(store: Store) -> None:
    """The very words that an issue printed are told already, whoever brings them."""
    send(store, record(store, [1]))
    keep_going(store)
    purge(store)
    copied = make_story(1, source="别处", url="https://other.example/1")
    kept = store.record_articles([copied], LATER)
    store.offer(EDITION, kept.values(), LATER, WINDOW)
    assert store.candidates(EDITION, LATER) == []


def test_a_page_of_a_forgotten_article_is_not_fetched_again(store: Store) -> None:
    """It is known by every spelling; what it reads by now, and its bytes, are not kept."""
    send(store, record(store, [1]))
    keep_going(store)
    purge(store)
    urls = [make_story(1, spelling).url for spelling in (0, 1, 2)]
    assert set(store.find_known(urls, "样本")) == set(urls)
    changed = replace(make_story(1), text="改写过的正文。")
    store.record_fetched([(changed, make_page(changed.text, LATER))], LATER)
    assert store.changes(LATER - DAY, EDITION) == ()
    assert purge(store, LATER + DAY).originals == 0


def test_a_later_text_of_it_is_known_too(store: Store) -> None:
    """An article that was changed and is forgotten does not come back with its later words under a new address."""
    (key,) = record(store, [1])
    changed = make_story(
        1, text="第1号工程的决定作了修改，工期由三年改为两年，其余各项工作照旧进行，有关单位已经接到通知。"
    )
    store.record_fetched([(changed, make_page(changed.text))], NOW)
    purge(store)
    assert store.record_articles([replace(changed, url="https://example.cn/new")], LATER) == {
        replace(changed, url="https://example.cn/new").key: key
    }


def test_a_list_that_has_not_changed_holds_no_forgotten_articles(store: Store) -> None:
    """It need not be read again, and what is forgotten is not among its articles."""
    keys = record(store, [1])
    (young,) = record(store, [2], LATER - DAY)
    store.record_sources([SourceReading("样本", "", 2, 2, mark="m", keys=(*keys, young))], LATER - DAY)
    purge(store)
    found = store.find_listed("样本", "m")
    assert found is not None
    assert [article.key for article in found] == [young]


@pytest.mark.parametrize("state", ["queued", "unknown"])
def test_an_issue_with_a_mail_that_waits_or_is_held_stays(store: Store, state: str) -> None:
    """With all it printed, and with the mails that went."""
    (key,) = record(store, [1])
    freeze(store, ["a@example.cn", "b@example.cn"], [Placement(key, "placed", "", key)])
    first, second = store.outbox_rows()
    for row, ends in ((first, "sent"), (second, state)):
        if ends != "queued":
            assert store.claim(row, NOW)
            store.mark(row, "dot", 0, "", NOW)
            store.mark(row, "sent" if ends == "sent" else "unknown", 0, "", NOW)
    keep_going(store)
    assert not purge(store)
    assert len(store.outbox_rows(slot=NOW)) == 2
    assert store.trace(key)[0].article.text


def test_candidates_and_drafts_stay(store: Store) -> None:
    """However old the article is: its window lasts, or a person has it on the desk."""
    old = record(store, [1, 2])
    store.offer("weekly", old[:1], LATER - DAY, WINDOW)
    slot = LATER - DAY
    store.keep_draft(make_draft([Placement(old[1], "placed")], slot, "monthly"))
    purge(store)
    assert [trace.article.text != "" for key in old for trace in store.trace(key)] == [True, True]
    assert [article.key for article in store.candidates("weekly", LATER)] == old[:1]
    store.offer("monthly", old[1:], LATER, WINDOW)
    assert [article.key for article in store.candidates("monthly", LATER)] == old[1:]


def test_what_a_younger_issue_quotes_stays(store: Store) -> None:
    """As an item, in its event, or as a sentence added to it."""
    keys = record(store, [1, 2, 3])
    store.offer("weekly", keys, LATER - DAY, WINDOW)
    slot = LATER - DAY
    store.freeze_issue(
        make_issue(slot, "weekly"),
        [make_envelope("a@example.cn", slot, "weekly")],
        [Placement(keys[0], "placed", "", keys[0]), Placement(keys[1], "merged", "", keys[0])],
        items=[ItemRow(1, keys[0], "第1项", added=((keys[2], 0, 2),))],
    )
    end_mails(store, slot, "sent", "weekly")
    before = store.told("weekly", NOW)
    purge(store)
    assert store.told("weekly", NOW) == before
    assert [trace.article.text != "" for key in keys for trace in store.trace(key)] == [True, True, True]


def test_a_day_still_to_come_keeps_its_issue(store: Store) -> None:
    """A law takes effect two years after it was printed: the agenda will tell of it."""
    (key,) = record(store, [1])
    ahead = Appointment((LATER + 30 * DAY).date(), "effective", "办法", key=key)
    store.freeze_issue(
        make_issue(), [make_envelope("a@example.cn")], [Placement(key, "placed", "", key)], appointments=[ahead]
    )
    end_mails(store, NOW, "sent")
    keep_going(store)
    assert purge(store).issues == 0
    assert purge(store, LATER + 40 * DAY).issues == 1


def test_what_is_due_next_does_not_change(store: Store) -> None:
    """The last slot of an edition stays known, and the number of its next issue, even void or skipped ones."""
    for day in range(3):
        (key,) = offer(store, [day], NOW + day * DAY)
        print_events(store, [[key]], NOW + day * DAY)
        end_mails(store, NOW + day * DAY, "failed" if day == 2 else "sent")
    store.skip_slot("weekly", NOW, "nothing new", NOW)
    store.skip_slot("weekly", NOW + DAY, "nothing new", NOW)
    before = (store.latest_slot(EDITION), store.latest_slot("weekly"))
    gone = store.purge(NOW + 300 * DAY, LATER)
    assert (gone.issues, gone.notes) == (1, 1)
    assert (store.latest_slot(EDITION), store.latest_slot("weekly")) == before


def test_the_number_of_the_next_issue_goes_on(store: Store) -> None:
    """Where issues of this year are gone, the last one's manifest knows its number."""
    for day in range(3):
        slot = NOW + day * DAY
        issue = replace(make_issue(slot), manifest={"number": day + 1})
        store.freeze_issue(issue, [make_envelope("a@example.cn", slot)])
        end_mails(store, slot, "sent")
    store.purge(NOW + 100 * DAY, NOW + 200 * DAY)
    assert len(store.find_issues()) == 1
    assert store.issue_number(EDITION, NOW + 200 * DAY, NOW.year) == 4


def test_who_left_and_the_key_stay(store: Store) -> None:
    """So does a wish to leave that was read: read again, it must not take out who has come back."""
    store.suppress("a@example.cn", "", "unsubscribed", "", NOW)
    key = store.signing_key()
    rows = [BounceRow(kind, "a@example.cn", "", None, kind, "", "", NOW) for kind in ("hard", "unsubscribe")]
    store.record_bounces(rows)
    store.record_run(Run(NOW, NOW, 0, ()))
    gone = purge(store)
    assert gone.notes == 2
    assert [row.kind for row in store.bounces()] == ["unsubscribe"]
    assert (len(store.suppressions()), store.signing_key(), store.runs()) == (1, key, ())


def test_an_article_that_was_never_sent_is_forgotten_with_its_reasons(store: Store) -> None:
    """That it was left out is of no concern any more; that another was sent is."""
    sent, left = record(store, [1, 2])
    send(store, [sent])
    store.expire(EDITION, NOW + 5 * DAY)
    keep_going(store)
    purge(store, LATER + 5 * DAY)
    assert states(store) == {sent: "carried", make_article(99).key: "carried"}
    assert store.trace(sent)[0].courses[0].issue is None
    assert store.trace(left)[0].courses == ()


def test_the_file_gives_back_its_space(path: Path) -> None:
    """After a great deal has gone the file is rewritten; the next time it gives back page by page."""
    with open_store(path) as store:
        for size in (9_000, 9_001):
            pages = [(make_story(n, text=f"{size}号{n}" + "文" * size), n) for n in range(80)]
            store.record_fetched([(story, make_page(f"{n}" * 4_000)) for story, n in pages], NOW)
            store.record_articles([replace(s, url=f"{s.url}/{size}") for s, _ in pages], NOW)
            assert store.give_back() == 0
            before = path.stat().st_size + path.with_name("digest.db-wal").stat().st_size
            assert purge(store).articles == 80
            assert store.give_back() > 1_000_000
            assert path.stat().st_size < before - 1_000_000
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA auto_vacuum").fetchone() == (2,)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


MOMENTS = st.integers(0, 900)


@given(
    told=st.lists(st.tuples(MOMENTS, st.sets(st.integers(1, 6), min_size=1)), min_size=1, max_size=6),
    ends=st.lists(st.sampled_from(["sent", "failed", "unknown", "queued"]), min_size=6, max_size=6),
    at=st.integers(100, 1000),
)
@settings(deadline=None, max_examples=40)
def test_laws(told: list[tuple[int, set[int]]], ends: list[str], at: int) -> None:
    """No article is offered twice, nothing younger has changed, references hold, and twice is as once."""
    now = NOW + at * DAY
    before = now - timedelta(days=60)
    with empty_store() as store:
        history = sorted(told, key=lambda pair: pair[0])
        for (day, numbers), end in zip(history, ends, strict=False):
            slot = NOW + day * DAY + timedelta(minutes=len(store.find_issues()))
            record(store, numbers, slot)
            keys = [article.key for article in store.candidates(EDITION, slot)]
            if keys and print_events(store, [[key] for key in keys], slot) and end != "queued":
                end_mails(store, slot, end)  # type: ignore[arg-type]  # states
        young = _look(store, before, now)
        known = {trace.key for number in range(1, 7) for trace in store.trace(make_story(number).url)}
        carried = {row.key for row in store.ledger_rows(EDITION) if row.state == "carried"}
        open_keys = [article.key for article in store.candidates(EDITION, now)]
        store.purge(before, now)
        assert _look(store, before, now) == young
        assert [article.key for article in store.candidates(EDITION, now)] == open_keys
        assert not store.purge(before, now)
        stories = [make_story(number, spelling) for number in range(1, 7) for spelling in range(3)]
        kept = store.record_articles([replace(story, published=now) for story in stories], now)
        assert {key for key in kept.values() if key in known} == known
        store.offer(EDITION, kept.values(), now, WINDOW)
        offered = {article.key for article in store.candidates(EDITION, now)}
        assert not offered & carried
        assert all(article.text for article in store.candidates(EDITION, now))
        with store._engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def _look(store: Store, since: datetime, now: datetime) -> object:
    """Everything that is not old, as questions find it."""
    return (
        [issue for issue in store.find_issues() if issue.slot >= since],
        store.told(EDITION, since),
        store.word_counts(EDITION, since),
        [row for row in store.outbox_rows() if row.slot >= since or row.state not in ("sent", "failed")],
        [row for row in store.ledger_rows(EDITION) if row.changed_at >= since and row.state != "expired"],
        store.appointments(EDITION, now.date(), (now + 90 * DAY).date()),
        store.latest_slot(EDITION),
    )
