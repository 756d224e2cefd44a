"""今日要点 and the day's words: few, each from another item, each understood alone, none made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest

from digest.compose.overview import day_keywords, find_highlights
from digest.model import Article, Item, Reference, Sentence, Summary, Told
from digest.rank.summarize import summarize
from tests.compose.examples import REPORTS


def item_of(number: int, article: Article, score: float, **more: Any) -> Item:
    """An item of an article, summarized."""
    return Item(number, article, article.title, summarize(article.text, title=article.title), score=score, **more)


def items_of(articles: Sequence[Article]) -> list[Item]:
    """An item for each article, the first weighing most."""
    return [item_of(number, article, 10.0 - number) for number, article in enumerate(articles, 1)]


def invented(count: int) -> list[Item]:
    """As many items as asked for, of equal weight, no two about one thing."""
    letters = "bdfgklmnprstvz"
    items = []
    for n in range(count):
        name = letters[n // len(letters)] + "a" + letters[n % len(letters)]
        words = [f"{name}{end}" for end in ("alo", "emi", "ino", "oru", "una", "eve", "ito")]
        items.append(item_of(n + 1, Article(" ".join(words[:5]), f"{' '.join(words)}.".capitalize()), 5.0))
    return items


@pytest.mark.parametrize(("items", "sentences"), [(0, 0), (3, 0), (4, 3), (11, 3), (12, 4), (24, 4), (25, 5), (60, 5)])
def test_the_overview_grows_with_the_issue(items: int, sentences: int) -> None:
    """An issue of fewer than four items has no overview; else it has three, four or five sentences."""
    assert len(find_highlights(invented(items))) == sentences


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_no_more_sentences_than_asked_for(count: int) -> None:
    """A smaller overview may be asked for."""
    assert len(find_highlights(invented(25), count)) == count


def test_at_most_three_sentences_of_the_most_important_items() -> None:
    """Of eight different reports the three that weigh most give a sentence each, in reading order."""
    assert [highlight.item for highlight in find_highlights(items_of(REPORTS))] == [1, 2, 3]


def test_every_sentence_is_a_slice_of_its_item() -> None:
    """Law 2 for the overview: `.text` is exactly `article.text[start:end]`, and it is short."""
    items = items_of(REPORTS)
    highlights = find_highlights(items)
    assert highlights
    for highlight in highlights:
        text, sentence = items[highlight.item - 1].article.text, highlight.sentence
        assert text[sentence.start : sentence.end] == sentence.text
        assert 0 < len(sentence.printed) <= 80


def test_no_dateline_opens_the_overview() -> None:
    """The agency and the reporter are left to the article."""
    assert "记者" not in find_highlights(items_of(REPORTS))[0].sentence.text


def told_by(text: str, title: str) -> list[str]:
    """What the overview takes of a text that weighs far more than three others."""
    first = item_of(1, Article(title, text), 90.0)
    highlights = find_highlights([first, *(replace(item, number=n) for n, item in enumerate(items_of(REPORTS[:5]), 2))])
    return [highlight.sentence.text for highlight in highlights if highlight.item == 1]


@pytest.mark.parametrize(
    "opening",
    [
        "其",
        "此次",
        "该",
        "对此，",
        "他表示，",
        "会议指出，",
        "公告显示，",
        "据悉，",
        "双方",
        "同时，",
        "此外，",
        "当天，",
        "一是",
        "記者",
    ],
)
def test_a_sentence_that_points_back_is_not_taken(opening: str) -> None:
    """Whom 其 means, and which meeting 会议, a reader of the overview cannot know."""
    text = f"{opening}渡口大桥全线通车，两岸居民过江只需三分钟。"
    assert told_by(text, "渡口大桥全线通车") == []
    assert told_by(text.removeprefix(opening), "渡口大桥全线通车") == ["渡口大桥全线通车，两岸居民过江只需三分钟。"]


@pytest.mark.parametrize(
    "text",
    [
        "“渡口大桥全线通车，两岸居民过江只需三分钟。”",
        "渡口大桥全线通车之后，两岸居民过江还要多久？",
        "渡口大桥“全线通车，两岸居民过江只需三分钟”",
        "渡口大桥全线通车的主要指标如下：",
        "渡口大桥全线通车，两岸居民过江只需三分钟；",
    ],
)
def test_no_question_quotation_or_heading_is_taken(text: str) -> None:
    """A question, words that somebody else said and what leads on to a list tell no news."""
    assert told_by(text, "渡口大桥全线通车") == []


def test_the_main_statement_is_taken_wherever_it_stands() -> None:
    """The sentence nearest to the headline speaks for an item, not the scene it opens with."""
    text = "清晨的江面上薄雾还没有散去。渡口大桥11月18日全线通车，两岸居民过江只需三分钟。摊主们支起了早点铺子。"
    assert told_by(text, "渡口大桥全线通车") == ["渡口大桥11月18日全线通车，两岸居民过江只需三分钟。"]


def test_no_sentence_is_long() -> None:
    """Of a long sentence whole clauses are printed, at most eighty characters with the mark of the cut."""
    long = f"渡口大桥11月18日全线通车，两岸居民过江只需三分钟，{'沿线各镇的客运班车随之调整线路和时刻，' * 5}票价不变。"
    (told,) = told_by(long, "渡口大桥全线通车")
    assert told.startswith("渡口大桥")
    assert len(told) <= 78


def test_what_is_news_goes_before_comment() -> None:
    """Of two items of equal weight the one that reports is taken, not the one that discusses."""
    items = invented(4)
    items[0] = replace(items[0], title=f"评论：{items[0].title}？")
    assert [highlight.item for highlight in find_highlights(items)] == [2, 3, 4]


def test_what_many_tell_goes_before_what_one_tells() -> None:
    """Of items of equal weight those with other reports of the same event are taken."""
    items = invented(8)
    items[5:] = [replace(item, also=(Reference("另一篇"), Reference("又一篇"))) for item in items[5:]]
    assert [highlight.item for highlight in find_highlights(items)] == [6, 7, 8]


def test_sections_take_turns() -> None:
    """Of equal items one of another section is taken before a second of the same."""
    items = [replace(item, section="甲" if item.number < 7 else "乙") for item in invented(8)]
    found = [highlight.item for highlight in find_highlights(items)]
    assert {items[number - 1].section for number in found} == {"甲", "乙"}


def test_an_update_tells_only_what_is_new() -> None:
    """Of an item that was told before nothing but the sentences of its summary may stand in the overview."""
    text = "渡口大桥全线通车，两岸居民过江只需三分钟。渡口大桥的首日车流达到四万辆，超出预计一倍。"
    article = Article("渡口大桥全线通车", text)
    start = text.index("渡口大桥的首日")
    news = Summary((Sentence(text[start:], start, len(text), 1, 1.0),), text=text)
    told = Told(date(2026, 11, 17), 1, article.title, (article,))
    item = Item(1, article, article.title, news, score=90.0, standing="update", earlier=told)
    highlights = find_highlights([item, *(replace(i, number=n) for n, i in enumerate(items_of(REPORTS[:5]), 2))])
    assert highlights[0].sentence.text == text[start:]


def test_the_order_of_items_does_not_matter() -> None:
    """Items given in another order have the same overview."""
    items = [replace(item, score=1.0) for item in items_of(REPORTS)]
    mixed = list(items)
    Random(7).shuffle(mixed)
    assert find_highlights(mixed) == find_highlights(items)


def test_none_says_what_another_says() -> None:
    """Items of one subject give one sentence together."""
    twice = [REPORTS[0], REPORTS[0], REPORTS[1], REPORTS[1], REPORTS[2]]
    highlights = find_highlights(items_of(twice))
    assert [highlight.item for highlight in highlights] == [1, 3, 5]
    assert len({highlight.sentence.text for highlight in highlights}) == 3


def test_an_item_without_a_sentence_is_passed_over() -> None:
    """Where a summary is empty the next item speaks."""
    items = [Item(1, Article(), "空", Summary(), score=99.0), *items_of(REPORTS[:4])[1:]]
    assert 1 not in [highlight.item for highlight in find_highlights(items)]


def test_a_sentence_that_cannot_be_made_short_is_passed_over() -> None:
    """A hundred characters without a clause to cut at are no headline."""
    long = "字" * 100 + "。"
    monster = Item(1, Article(text=long), "长", Summary((Sentence(long, 0, len(long), 0, 1.0),), text=long), score=99.0)
    assert [highlight.item for highlight in find_highlights([monster, *items_of(REPORTS)[1:]])] == [2, 3, 4]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ()),
        ([("食堂", "学校"), ("雨", "河")], ()),
        ([("乙", "甲"), ("甲", "乙"), ("乙",)], ("乙", "甲")),
        ([("b", "a"), ("a", "b")], ("a", "b")),
    ],
)
def test_the_words_of_the_day_are_shared(words: list[tuple[str, ...]], expected: tuple[str, ...]) -> None:
    """Only what several items have in common is a word of the day, the most shared first, equals by name."""
    items = [Item(n, Article(), "", Summary(keywords=own)) for n, own in enumerate(words, 1)]
    assert day_keywords(items) == expected


def test_the_words_of_the_day_are_few() -> None:
    """However many are shared, as many are given as asked for."""
    shared = tuple(f"词{n}" for n in range(20))
    items = [Item(n, Article(), "", Summary(keywords=shared)) for n in (1, 2)]
    assert len(day_keywords(items)) == 8
    assert len(day_keywords(items, 3)) == 3
