"""An issue is made of slices, loses nothing without counting it, and is the same for the same articles."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose.issue import compose_issue
from digest.compose.items import heading
from digest.model import Article, Edition, SourceReport
from tests.compose.examples import EDITION, FLOOD, MUSEUM, REPORTS, SLOT, editions, small_articles

mixtures = st.lists(small_articles, max_size=9)


@given(mixtures, editions, st.integers(0, 5), st.integers(0, 5))
@settings(max_examples=25)
def test_coverage_adds_up(articles: list[Article], edition: Edition, known: int, unreadable: int) -> None:
    """What was read is printed, merged, left out, empty or known, for any articles, duplicates included."""
    composed = compose_issue(articles, edition, SLOT, known=known, unreadable=unreadable)
    coverage = composed.issue.coverage
    parts = (coverage.printed, coverage.merged, coverage.left_out, coverage.empty, coverage.known)
    assert coverage.read == len(articles) + known == sum(parts)
    assert min(parts) >= 0
    assert (coverage.known, coverage.unreadable) == (known, unreadable)
    assert coverage.printed == len(composed.issue.items) <= edition.items


@given(mixtures, editions)
@settings(max_examples=25)
def test_every_article_has_one_place(articles: list[Article], edition: Edition) -> None:
    """Placements name every key once, the items are what is placed, and what is merged names an item."""
    composed = compose_issue(articles, edition, SLOT)
    assert set(composed.placements) == {article.key for article in articles}
    placed = [item.article.key for item in composed.issue.items]
    assert len(placed) == len(set(placed))
    assert {key for key, placing in composed.placements.items() if placing.state == "placed"} == set(placed)
    for state, reason, _, _ in composed.placements.values():
        assert state in {"placed", "merged", "left_out"}
        assert state != "merged" or reason.split()[-1] in placed
        assert state != "left_out" or reason


@given(mixtures, editions)
@settings(max_examples=25)
def test_every_printed_sentence_is_verbatim(articles: list[Article], edition: Edition) -> None:
    """Law 2: each sentence of each item and of the overview is `article.text[start:end]` of its own article."""
    issue = compose_issue(articles, edition, SLOT).issue
    items = {item.number: item for item in issue.items}
    printed = [(item.article.text, s) for item in issue.items for s in item.summary.sentences]
    printed += [(items[highlight.item].article.text, highlight.sentence) for highlight in issue.overview]
    assert all(text[s.start : s.end] == s.text for text, s in printed)
    assert all(item.summary.sentences and item.title for item in issue.items)


@given(mixtures, editions)
@settings(max_examples=15)
def test_same_articles_same_issue(articles: list[Article], edition: Edition) -> None:
    """Law 3: composed twice from the same list it is equal in every part."""
    assert compose_issue(articles, edition, SLOT) == compose_issue(list(articles), edition, SLOT)


@given(mixtures, editions)
@settings(max_examples=15)
def test_items_are_numbered_in_reading_order(articles: list[Article], edition: Edition) -> None:
    """From 1, section by section, without a gap, and every section holds something."""
    issue = compose_issue(articles, edition, SLOT).issue
    assert [item.number for item in issue.items] == list(range(1, len(issue.items) + 1))
    assert all(section.items for section in issue.sections)
    assert len({section.title for section in issue.sections}) == len(issue.sections)


def test_an_empty_day_is_an_issue_too() -> None:
    """No articles give an issue without sections, dated and counted."""
    composed = compose_issue([], EDITION, SLOT, sources=[SourceReport("样本", 0, ("坏了",))], known=3)
    assert composed.placements == {}
    assert (composed.issue.sections, composed.issue.overview, composed.issue.day) == ((), (), SLOT.date())
    assert (composed.issue.coverage.read, composed.issue.coverage.known) == (3, 3)
    assert composed.issue.coverage.sources[0].failed


@pytest.mark.parametrize("text", ["", " \n　", "！！！", "😀😀"])
def test_a_headline_without_words_below_it_is_counted_as_empty(text: str) -> None:
    """It is no item, and is left out for a reason."""
    bare = Article(title="只有标题没有正文", text=text)
    composed = compose_issue([bare, REPORTS[0]], EDITION, SLOT)
    assert composed.issue.coverage.empty == 1
    assert [item.article for item in composed.issue.items] == [REPORTS[0]]
    assert composed.placements[bare.key][:2] == ("left_out", "no text in it")


def test_items_are_limited_and_the_rest_is_left_out_for_a_reason() -> None:
    """Three of eight are printed, five say why they are not."""
    composed = compose_issue(REPORTS, replace(EDITION, items=3), SLOT)
    assert (composed.issue.coverage.printed, composed.issue.coverage.left_out) == (3, 5)
    reasons = [placing.reason for placing in composed.placements.values() if placing.state == "left_out"]
    assert reasons == ["not among the first 3"] * 5


def test_a_reprint_is_mentioned_not_printed() -> None:
    """The other report of an event stands below its item with its own title, site and link."""
    reprint = replace(REPORTS[0], title="", url="https://copy.example/", site="", source="转载源")
    composed = compose_issue([REPORTS[0], reprint], EDITION, SLOT)
    (item,) = composed.issue.items
    (also,) = item.also
    assert (also.site, also.url) == ("转载源", "https://copy.example/")
    assert also.title.startswith("云泽日报讯")
    assert composed.placements[reprint.key][:2] == ("merged", f"same event as {item.article.key}")
    assert composed.issue.coverage.merged == 1


def test_of_one_key_the_most_complete_article_is_kept() -> None:
    """A feed's empty entry, its teaser and the page have one URL; the page is printed, wherever it stands."""
    page = REPORTS[0]
    forms = [page, replace(page, text=page.text[:30]), replace(page, text="")]
    for given_order in (forms, forms[::-1]):
        composed = compose_issue(given_order, EDITION, SLOT)
        assert [item.article for item in composed.issue.items] == [page]
        assert (composed.issue.coverage.read, composed.issue.coverage.merged) == (3, 2)


def test_an_untitled_article_is_headed_by_its_first_sentence() -> None:
    """The heading is not said again in the summary where something else is left to say."""
    (item,) = compose_issue([Article(text=MUSEUM, language="zh-Hans")], EDITION, SLOT).issue.items
    assert item.title == "鹭汀市立博物馆新馆11月19日正式开馆，三百二十件海上贸易文物首次与观众见面"
    assert item.summary.sentences
    assert item.title not in str(item.summary)


def test_one_sentence_is_heading_and_summary() -> None:
    """Where nothing else is left the only sentence is printed too."""
    (item,) = compose_issue([Article(text="鹭汀新馆今天开馆。")], EDITION, SLOT).issue.items
    assert (item.title, str(item.summary)) == ("鹭汀新馆今天开馆", "鹭汀新馆今天开馆。")


def test_the_budget_is_kept() -> None:
    """No Chinese summary is longer than the edition allows, no English one than three times that."""
    english = Article(
        title="The flood is over",
        text="The river rose above its banks on Monday. Eighteen hundred people left their homes in the night. "
        "The reservoir held, and by Tuesday morning its level had begun to fall. Schools open again on Thursday. "
        "Farmers expect to lose a third of the late harvest.",
        language="en",
    )
    issue = compose_issue([*REPORTS, english], replace(EDITION, chars=60), SLOT).issue
    lengths = {item.article.language: len(str(item.summary)) for item in issue.items}
    assert lengths["zh-Hans"] <= 60 < lengths["en"] <= 180


def test_progress_is_told_item_by_item() -> None:
    """Once an item, counting up to their number."""
    told: list[tuple[int, int]] = []
    compose_issue(REPORTS[:3], EDITION, SLOT, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" \n", ""),
        ("一句没有标点的话", "一句没有标点的话"),
        ("\n\n公告", "公告"),
        ("！！！\n会议今天召开。", "会议今天召开"),
        ("今天开馆。明天闭馆。", "今天开馆"),
        ("现场图\n今天开馆，观众很多。", "今天开馆，观众很多"),
        ("It opened today. It closes tomorrow.", "It opened today"),
        ("真的开馆了？是的。", "真的开馆了？"),
    ],
)
def test_the_heading_is_the_first_sentence(text: str, expected: str) -> None:
    """Without its full stop; captions and mere signs are passed over; no words give no heading."""
    assert heading(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            FLOOD.partition("）")[2].replace("。", "，"),
            "11月18日夜间，云泽北部山区出现持续强降雨，石门渡镇最大雨量达到213毫米……",
        ),
        ("某公司今年前三季度累计完成投资31,200万元，" + "还" * 40 + "。", "某公司今年前三季度累计完成投资31,200万元……"),
        ("the flood " * 9 + "ended.", "the flood the flood the flood the flood the……"),
        ("字" * 60 + "。", "字" * 48 + "……"),
    ],
)
def test_a_long_heading_is_cut_at_a_clause(text: str, expected: str) -> None:
    """Not inside a number; at a word where no clause ends, and anywhere only in a monster."""
    assert heading(text) == expected


@given(st.text(max_size=120))
@settings(max_examples=60)
def test_a_heading_is_a_short_slice(text: str) -> None:
    """Of any text at all: its characters in order, at most 50 of them, and something where there are words."""
    title = heading(text)
    assert len(title) <= 50
    assert title.removesuffix("……") in text
    assert title or not any(map(str.isalnum, text))
