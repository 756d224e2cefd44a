"""Articles come back as they went in, whatever they hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Article
from digest.store import Store
from tests.store.conftest import NewStore
from tests.store.examples import EDITION, NOW, WINDOW, hours, make_article

CHINA = timezone(timedelta(hours=8))
TEXTS = st.text(st.characters(), max_size=40)  # every code point, lone surrogates too
MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, CHINA]))
ARTICLES = st.builds(
    Article,
    title=TEXTS,
    text=TEXTS,
    author=TEXTS,
    site=TEXTS,
    url=TEXTS | TEXTS.map("https://example.cn/{}".format),
    language=TEXTS,
    source=TEXTS,
    published=st.none() | st.dates() | MOMENTS,
    categories=st.lists(TEXTS, max_size=3).map(tuple),
    origin=TEXTS,
    position=st.integers(0, 2**31),
)


def candidates_of(store: Store, *found: Article) -> list[Article]:
    """The articles after a way through the store."""
    store.record_articles(found, NOW)
    store.offer(EDITION, [article.key for article in found], NOW, WINDOW)
    return store.candidates(EDITION, NOW)


@given(article=ARTICLES)
@settings(deadline=None, max_examples=60)
def test_any_article_comes_back_as_it_was(new_store: NewStore, article: Article) -> None:
    """Every field and the key survive: lone surrogates, NUL, days and moments of any zone."""
    with new_store() as store:
        (back,) = candidates_of(store, article)
    assert back == article
    assert back.key == article.key


def test_a_day_comes_back_as_a_day(store: Store) -> None:
    """A date without a time is a day, not midnight, before and after."""
    day = Article(title="一", text="一", published=date(2026, 3, 1))
    midnight = Article(title="二", text="二", published=datetime(2026, 3, 1, tzinfo=UTC))
    assert {type(article.published) for article in candidates_of(store, day, midnight)} == {date, datetime}


def test_the_first_version_of_an_article_stays(store: Store) -> None:
    """A page that was changed later does not change what an issue may already quote."""
    old = Article(title="标题", text="第一版。", url="https://example.cn/1")
    new = Article(title="标题", text="第二版。", url="https://example.cn/1")
    assert store.record_articles([old], NOW) == {old.key: old.key}
    assert store.record_articles([new], hours(1)) == {new.key: old.key}
    assert candidates_of(store, new) == [old]


def test_a_place_in_a_list_is_that_of_the_first_meeting(store: Store) -> None:
    """An article that sinks in its list keeps the place at which it was announced."""
    store.record_articles([replace(make_article(1), position=3)], NOW)
    (back,) = candidates_of(store, replace(make_article(1), position=8))
    assert back.position == 3


def test_the_same_article_twice_in_one_batch_is_one(store: Store) -> None:
    """A feed that lists an article twice brings one article."""
    assert candidates_of(store, make_article(1), make_article(1)) == [make_article(1)]


def test_a_moment_without_a_zone_is_a_mistake(store: Store) -> None:
    """Nobody could say when a naive moment was, so it is refused at once."""
    with pytest.raises(Exception, match="time zone"):
        store.record_articles([make_article(1)], datetime(2026, 3, 1))
