"""Traces: the life of an article, found by any name it ever had."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Article
from digest.store import Address, Placement, Store, VisitRow
from tests.store.conftest import NewStore
from tests.store.examples import (
    EDITION,
    NOW,
    SPELLINGS,
    WINDOW,
    end_mails,
    freeze,
    hours,
    make_article,
    make_page,
    make_story,
    offer,
    print_events,
)

STORY, MOVED = make_story(1), make_story(1, 3)


def keys(store: Store, name: str) -> list[str]:
    """The keys of the articles meant by a name."""
    return [trace.key for trace in store.trace(name)]


@pytest.fixture
def moved(store: Store) -> Store:
    """A store with a story that was met again under another URL, and one that is not it."""
    store.record_articles([STORY, make_story(2)], NOW)
    store.record_articles([MOVED], hours(1))
    return store


@pytest.mark.parametrize(
    "name",
    [STORY.key, STORY.key[:6], f"  {STORY.key[:9].upper()} ", MOVED.key, MOVED.key[:7], MOVED.url, f"{STORY.url}/"]
    + [spelling.format(1) for spelling in SPELLINGS]
    + ["example.cn/1"],
)
def test_an_article_is_found_by_any_of_its_names(moved: Store, name: str) -> None:
    """Its key or six digits of it, a key it was met under later, and every spelling of its URLs."""
    assert keys(moved, name) == [STORY.key]


@pytest.mark.parametrize(
    "name", ["", "  ", STORY.key[:5], "0" * 16, "第1条", "https://example.cn/", "example.cn", "\ud800", "%"]
)
def test_what_names_nothing_finds_nothing(moved: Store, name: str) -> None:
    """Too few digits, a key or a page that is not known, and what is no name at all."""
    assert keys(moved, name) == []


@given(name=st.text(st.characters(), max_size=30))
@settings(deadline=None, max_examples=60)
def test_any_name_may_be_asked_for(new_store: NewStore, name: str) -> None:
    """No text breaks the question, and a URL of any characters that can be printed finds its article."""
    article = Article(text="正文", url=f"https://example.cn/1?q={name}", source="样本")
    with new_store() as store:
        store.record_articles([article], NOW)
        assert {trace.article for trace in store.trace(name)} <= {article}
        if name.isprintable():
            assert [trace.article for trace in store.trace(article.url)] == [article]


def test_one_page_of_two_sources_is_two_articles(store: Store) -> None:
    """A URL means what every source has read there, the first seen first."""
    other = make_story(1, source="乙")
    store.record_articles([other], NOW)
    store.record_articles([STORY], hours(1))
    assert keys(store, STORY.url) == [other.key, STORY.key]
    assert keys(store, STORY.key) == [STORY.key]


def test_a_page_that_led_to_an_article_means_it(store: Store) -> None:
    """The address in a list that was read as this article."""
    store.record_articles([STORY], NOW)
    store.record_visit("https://go.example.cn/r/7", STORY.key, "样本", 200, NOW)
    store.record_visit("https://go.example.cn/r/8", None, "样本", 404, NOW)
    assert keys(store, "http://www.go.example.cn/r/7.html") == [STORY.key]
    assert keys(store, "https://go.example.cn/r/8") == []


def test_an_article_that_was_never_offered(store: Store) -> None:
    """It is told with all that is known of it, and no edition has done anything with it."""
    store.record_fetched([(STORY, make_page("1", hours(1)))], hours(1))
    store.record_fetched([(make_story(1, text="改" * 50), make_page("2", hours(5)))], hours(5))
    store.record_articles([MOVED], hours(6))
    store.record_visit(STORY.url, STORY.key, "样本", 200, hours(5))
    store.record_visit(STORY.url, STORY.key, "样本", 500, hours(7))
    (trace,) = store.trace(STORY.key)
    assert (trace.article, trace.first_seen, trace.courses) == (STORY, hours(1), ())
    assert trace.addresses == (Address(MOVED.key, MOVED.url, hours(6)),)
    assert trace.versions == store.versions(STORY.key)
    assert [version.fetched_at for version in trace.versions] == [hours(1), hours(5)]
    assert trace.visits == (VisitRow(STORY.url, "样本", hours(7), 500, 1, None),)


def test_what_an_edition_did_with_an_article(store: Store) -> None:
    """The issue, the item with its printed sentences, and everybody's mail; for a merged article its event's item."""
    one, two = offer(store, [1, 2])
    print_events(store, [[one, two]], addresses=("b@example.cn", "a@example.cn"))
    (row, _) = store.outbox_rows()
    store.claim(row, hours(1))
    for key in (one, two):
        ((course,),) = [trace.courses for trace in store.trace(key)]
        assert (course.row.state, course.row.event) == ("placed" if key == one else "merged", one)
        assert course.issue
        assert (course.issue.slot, course.issue.state, course.issue.items) == (NOW, "frozen", 1)
        assert course.item
        assert (course.item.number, course.item.key, course.printed) == (1, one, ("正文",))
        assert [(mail.address, mail.state) for mail in course.mails] == [
            ("a@example.cn", "sending"),
            ("b@example.cn", "queued"),
        ]


def test_an_article_that_was_left_out_was_mailed_to_nobody(store: Store) -> None:
    """The issue that left it out is told with the reason, without its mails."""
    (key,) = offer(store, [1])
    freeze(store, ["a@example.cn"], [Placement(key, "left_out", "版面已满")])
    ((course,),) = [trace.courses for trace in store.trace(key)]
    assert (course.row.reason, course.item, course.printed, course.mails) == ("版面已满", None, (), ())
    assert course.issue
    assert course.issue.slot == NOW


def test_an_article_of_a_void_issue_is_a_candidate(store: Store) -> None:
    """Nothing is told of the issue that gave it back."""
    (key,) = offer(store, [1])
    print_events(store, [[key]])
    end_mails(store, NOW, "failed")
    ((course,),) = [trace.courses for trace in store.trace(key)]
    assert (course.row.state, course.issue, course.item) == ("new", None, None)


def test_every_edition_has_a_course(store: Store) -> None:
    """By their names; what one did says nothing of the other."""
    (key,) = offer(store, [1])
    store.offer("weekly", [key], NOW, WINDOW)
    print_events(store, [[key]])
    ((daily, weekly),) = [trace.courses for trace in store.trace(make_article(1).url)]
    assert (daily.row.edition, daily.row.state, weekly.row.edition, weekly.row.state) == (
        EDITION,
        "placed",
        "weekly",
        "new",
    )
