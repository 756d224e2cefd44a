"""One article is one article, whatever address it is met under."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest

from digest.model import Article
from digest.store import Store
from tests.store.examples import EDITION, NOW, SPELLINGS, WINDOW, hours, make_page, make_story

FIRST = make_story(1)
LONG = FIRST.text


@pytest.mark.parametrize("spelling", range(len(SPELLINGS)))
def test_a_story_is_known_under_another_address(store: Store, spelling: int) -> None:
    """By its URL in another spelling, or in a new scheme by its words; it is kept as it was first."""
    store.record_articles([FIRST], NOW)
    moved = make_story(1, spelling, published=date(2026, 3, 1))
    assert store.record_articles([moved], hours(1)) == {moved.key: FIRST.key}
    assert store.find_known([moved.url], "样本") == {moved.url: FIRST}


@pytest.mark.parametrize("spelling", range(1, len(SPELLINGS)))
def test_two_addresses_in_one_call_are_one_story(store: Store, spelling: int) -> None:
    """A site that lists an article under two columns brings it once, the first address first."""
    other = make_story(1, spelling)
    assert store.record_articles([FIRST, other], NOW) == {FIRST.key: FIRST.key, other.key: FIRST.key}


@pytest.mark.parametrize(
    "other",
    [
        make_story(1, 3, source="别的来源"),
        make_story(1, 3, title="第一条"),
        make_story(1, 3, text=LONG + "另外。"),
        make_story(2),
    ],
    ids=["source", "title", "text", "number"],
)
def test_another_article_is_another(store: Store, other: Article) -> None:
    """At another address, only the same title and text in the same source make it the same."""
    store.record_articles([FIRST], NOW)
    assert store.record_articles([other], NOW) == {other.key: other.key}


def test_few_words_tell_nothing(store: Store) -> None:
    """Two notices 「详见附件。」 at two addresses are two; the fortieth character makes them one."""
    for length, same in ((39, False), (40, True)):
        one = make_story(1, text="字" * length, url=f"https://example.cn/{length}/a", title=f"{length}")
        two = replace(one, url=f"https://example.cn/{length}/b")
        assert (store.record_articles([one, two], NOW)[two.key] == one.key) is same


def test_a_text_without_a_url_is_known_by_its_words(store: Store) -> None:
    """Two files without URLs have no identity in common, and are one only where their words are."""
    one, two = Article(title="一", text="一"), Article(title="二", text="二")
    assert store.record_articles([one, two, one], NOW) == {one.key: one.key, two.key: two.key}


def test_a_story_that_moved_and_was_changed_later_is_known(store: Store) -> None:
    """The new address is remembered with the first sight of it, so a correction there brings no second story."""
    store.record_articles([FIRST], NOW)
    store.record_articles([make_story(1, 3)], hours(1))
    corrected = make_story(1, 3, text="更正：" + LONG)
    assert store.record_articles([corrected], hours(2)) == {corrected.key: FIRST.key}


def test_a_story_that_was_changed_and_moved_later_is_known(store: Store) -> None:
    """Its later versions are its words too."""
    store.record_fetched([(FIRST, make_page("1"))], NOW)
    store.record_fetched([(make_story(1, text="更正：" + LONG), make_page("2"))], hours(1))
    moved = make_story(1, 3, text="更正：" + LONG)
    assert store.record_articles([moved], hours(2)) == {moved.key: FIRST.key}


def test_its_own_key_goes_before_everything_else(store: Store) -> None:
    """An article that is kept stays itself, though another has the same words."""
    other = make_story(1, 3, title="另一标题")
    store.record_articles([FIRST, other], NOW)
    same_words = replace(other, title=FIRST.title)
    assert store.record_articles([same_words], NOW) == {other.key: other.key}


def test_an_alias_stands_in_the_ledger_under_the_kept_key(store: Store) -> None:
    """Whichever of its keys is offered, an edition has one row for it."""
    store.record_articles([FIRST], NOW)
    moved = make_story(1, 3)
    store.record_articles([moved], NOW)
    assert store.offer(EDITION, [moved.key, FIRST.key], NOW, WINDOW) == 1
    assert store.offer("weekly", [moved.key], NOW, WINDOW) == 1
    assert [row.key for row in store.ledger_rows("weekly")] == [FIRST.key]
    assert store.candidates(EDITION, NOW) == [FIRST]


def test_thousands_of_known_articles_take_no_time(store: Store) -> None:
    """No question is asked for every single article: a bound far above what is measured, far below that."""
    many = [make_story(number) for number in range(4_000)]
    store.record_articles(many, NOW)
    start = time.process_time()
    assert len(store.record_articles(many, NOW)) == len(many)
    assert len(store.find_known([story.url for story in many], "样本")) == len(many)
    assert time.process_time() - start < 2.4
