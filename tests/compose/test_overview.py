"""今日要点 and the day's words: few, each from another item, none made up."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from digest.compose.overview import day_keywords, find_highlights
from digest.model import Article, Item, Sentence, Summary
from digest.rank.summarize import summarize
from tests.compose.examples import REPORTS


def items_of(articles: Sequence[Article]) -> list[Item]:
    """An item for each article, the first weighing most."""
    return [
        Item(number, a, a.title, summarize(a.text, title=a.title), score=10.0 - number)
        for number, a in enumerate(articles, 1)
    ]


def test_three_items_are_overview_enough() -> None:
    """An issue of fewer than four items has no overview, one of four has."""
    assert [len(find_highlights(items_of(REPORTS[:count]))) for count in range(5)] == [0, 0, 0, 0, 3]


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
        assert 0 < len(sentence.printed) <= 82


def test_no_dateline_opens_the_overview() -> None:
    """The agency and the reporter are left to the article."""
    assert "记者" not in find_highlights(items_of(REPORTS))[0].sentence.text


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
