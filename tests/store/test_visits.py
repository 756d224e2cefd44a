"""Visits: a page that was read need not be read again, and one that is gone is known to be."""

from __future__ import annotations

import pytest

from digest.errors import StoreError
from digest.model import Article
from digest.store import Change, Placement, Store, Visit
from tests.store.examples import EDITION, NOW, WINDOW, freeze, hours, make_page, make_story

STORY = make_story(1)
URL = STORY.url


def check(store: Store, *statuses: tuple[float, int]) -> None:
    """Looks at the story's page at these hours, with these answers."""
    for hour, status in statuses:
        store.record_visit(URL, STORY.key, "样本", status, hours(hour))


def gone(store: Store, since: float = 0) -> list[Change]:
    """The withdrawals found since that hour."""
    return [change for change in store.changes(hours(since)) if change.kind == "gone"]


def place(store: Store, *stories: Article, slot: float = 0, edition: str = EDITION) -> None:
    """Puts stories into an issue."""
    kept = store.record_articles(stories, NOW)
    store.offer(edition, kept.values(), hours(slot), WINDOW)
    freeze(store, ["a@example.cn"], [Placement(k, "placed") for k in kept.values()], hours(slot), edition)


def test_a_page_is_known_by_its_visit(store: Store) -> None:
    """The address in the list, which leads to another one, is known with all its spellings."""
    store.record_articles([STORY], NOW)
    store.record_visit("https://go.example.cn/r/7.html", STORY.key, "样本", 200, NOW)
    again = "http://www.go.example.cn/r/7?utm_source=x"
    assert store.find_known([again, "https://example.cn/9", ""], "样本") == {again: STORY}


def test_a_page_that_became_no_article_is_not_known(store: Store) -> None:
    """A visit without an article is remembered, and leads nowhere until it has one."""
    store.record_articles([STORY], NOW)
    store.record_visit("https://go.example.cn/r/7", None, "样本", 200, NOW)
    assert store.find_known(["https://go.example.cn/r/7"], "样本") == {}
    store.record_visit("https://go.example.cn/r/7", STORY.key, "样本", 200, NOW)
    store.record_visit("https://go.example.cn/r/7", None, "样本", 500, NOW)
    assert store.find_known(["https://go.example.cn/r/7"], "样本") == {"https://go.example.cn/r/7": STORY}


def test_a_visit_speaks_of_articles_that_are_kept(store: Store) -> None:
    """An unknown key is refused, and with it every visit of the call."""
    with pytest.raises(StoreError):
        store.record_visits([Visit("https://a.cn/1", None, "", 200), Visit("https://a.cn/2", "0" * 16, "", 200)], NOW)


@pytest.mark.parametrize(
    ("statuses", "at"),
    [
        ([(1, 404)], 1),
        ([(1, 410), (2, 404)], 1),
        ([(1, 200), (2, 500), (3, 503), (4, 403)], 4),
        ([(1, 500), (1.5, 500), (1.9, 500), (2, 500), (3, 500)], 3),
    ],
    ids=["404", "twice", "three failures", "an hour apart"],
)
def test_a_page_is_gone(store: Store, statuses: list[tuple[float, int]], at: float) -> None:
    """At once where the server says so, else with the third failure an hour apart; told of once, at that moment."""
    store.record_articles([STORY], NOW)
    check(store, *statuses)
    (change,) = gone(store)
    assert (change.article, change.before.text, change.after, change.at) == (STORY, STORY.text, None, hours(at))
    assert gone(store, at + 0.1) == []


@pytest.mark.parametrize(
    "statuses",
    [
        [(1, 500), (2, 500)],
        [(1, 500), (1.3, 500), (1.6, 500), (1.9, 500)],
        [(1, 500), (2, 500), (3, 304), (4, 500), (5, 500)],
        [(1, 404), (2, 200)],
    ],
    ids=["two failures", "within an hour", "there between", "there again"],
)
def test_a_page_is_not_gone(store: Store, statuses: list[tuple[float, int]]) -> None:
    """Trouble that passes, or is one trouble seen often, is no withdrawal."""
    store.record_articles([STORY], NOW)
    check(store, *statuses)
    assert gone(store) == []


def test_a_page_that_moved_is_not_gone(store: Store) -> None:
    """When a site changes all its URLs the old ones answer 404, before or after the new ones are met."""
    store.record_articles([STORY], NOW)
    check(store, (1, 404))
    assert gone(store)
    moved = make_story(1, 3)
    store.record_articles([moved], hours(2))
    check(store, (3, 404))
    assert gone(store) == []
    store.record_visit(moved.url, moved.key, "样本", 404, hours(4))
    assert [change.at for change in gone(store)] == [hours(4)]


def test_what_was_mailed_is_looked_at_again(store: Store) -> None:
    """Only what was read from its page, is in an issue since then and was not read lately; the longest unread first."""
    stories = [make_story(number) for number in range(1, 5)]
    place(store, *stories, Article(title="无网址", text="字" * 50), slot=1)
    place(store, make_story(5), slot=-30)
    store.record_articles([make_story(6)], NOW)
    store.record_visits([Visit(story.url, story.key, "样本", 200) for story in stories[:3]], NOW)
    store.record_visits([Visit(stories[0].url, stories[0].key, "样本", 200)], hours(9))
    store.record_visits([Visit(stories[1].url, stories[1].key, "样本", 200)], hours(3))
    found = store.recheckable(NOW, hours(6), 10)
    assert found[-1] == stories[1]
    assert {story.key for story in found} == {story.key for story in stories[1:3]}
    assert store.recheckable(NOW, hours(6), 1) == found[:1]
    assert store.recheckable(hours(2), hours(6), 10) == []


def test_a_story_in_two_editions_is_looked_at_once(store: Store) -> None:
    """However many issues hold it."""
    place(store, STORY)
    place(store, STORY, edition="weekly")
    store.record_visit(STORY.url, STORY.key, "样本", 200, NOW)
    assert store.recheckable(NOW, hours(1), 10) == [STORY]


def test_a_story_that_moved_is_looked_at_where_it_is(store: Store) -> None:
    """It comes with its new URL, and what is said of that is said of the story."""
    place(store, STORY)
    store.record_visit(STORY.url, STORY.key, "样本", 200, NOW)
    store.record_articles([make_story(1, 3)], hours(1))
    (found,) = store.recheckable(NOW, hours(2), 10)
    assert found == make_story(1, 3)
    store.record_visit(found.url, found.key, "样本", 200, hours(2))
    assert store.recheckable(NOW, hours(2), 10) == []
    assert len(store.find_known([found.url], "样本")) == 1


NEW = make_story(1, text="更正：会议在上海举行，会上通过了关于第1号工程的决定，并对下一阶段的各项工作作出了部署。")
NEWER = make_story(
    1, text="再次更正：会议在天津举行，会上通过了关于第1号工程的决定，并对下一阶段的各项工作作出了部署。"
)


def read(store: Store, story: Article, hour: float) -> None:
    """Reads the story's page at that hour."""
    store.record_fetched([(story, make_page(story.text, hours(hour)))], hours(hour))


def test_a_changed_page_is_told_of(store: Store) -> None:
    """With what issues quote and what stands there now, once, at the moment it was found."""
    read(store, STORY, 0)
    read(store, NEW, 2)
    read(store, NEW, 3)
    (change,) = store.changes(hours(1))
    assert change.kind == "changed"
    assert change.after is not None
    assert (change.article, change.before.text, change.after.text, change.at) == (STORY, STORY.text, NEW.text, hours(2))
    assert store.changes(hours(2.5)) == ()


def test_of_several_changes_the_last_counts(store: Store) -> None:
    """And it is measured against what issues quote, not against the one between."""
    for hour, story in enumerate((STORY, NEW, NEWER)):
        read(store, story, hour)
    (change,) = store.changes(hours(0))
    assert change.after is not None
    assert (change.before.text, change.after.text) == (STORY.text, NEWER.text)


def test_a_page_that_was_put_back_is_not_changed(store: Store) -> None:
    """Nor is one that was put back and changed back less than changed; no version is kept twice."""
    for hour, story in enumerate((STORY, NEW, STORY)):
        read(store, story, hour)
    assert store.changes(NOW) == ()
    read(store, NEW, 5)
    assert [change.at for change in store.changes(NOW)] == [hours(5)]
    assert len(store.versions(STORY.key)) == 2


def test_another_source_changes_nothing(store: Store) -> None:
    """A feed that tells the same page shorter has an article of its own: each source is told only what it read."""
    shorter = make_story(1, text=STORY.text[:30], source="聚合")
    for hour in range(4):
        read(store, shorter if hour % 2 else STORY, hour)
    assert store.changes(NOW) == ()
    assert len(store.versions(STORY.key)) == len(store.versions(shorter.key)) == 1
    assert store.find_known([STORY.url], "样本") == {STORY.url: STORY}
    assert store.find_known([STORY.url], "聚合") == {STORY.url: shorter}
    assert store.find_known([STORY.url], "第三家") == {}


def test_an_edition_hears_of_what_it_mailed(store: Store) -> None:
    """Changes of articles that no issue of it holds are left to others; withdrawals go before corrections."""
    other = make_story(2)
    place(store, STORY)
    read(store, STORY, 0)
    read(store, other, 0)
    read(store, NEW, 1)
    read(store, make_story(2, text=NEW.text), 2)
    assert [change.article for change in store.changes(NOW)] == [STORY, other]
    assert [change.article for change in store.changes(NOW, EDITION)] == [STORY]
    assert store.changes(NOW, "weekly") == ()
    check(store, (3, 404))
    assert [change.kind for change in store.changes(NOW, EDITION)] == ["gone"]
