"""An edition takes what its filter and its keyword file ask for, and says why it leaves the rest."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.compose.sections import OTHER, section_of
from digest.compose.taking import why_not_taken
from digest.model import Article, Edition, Filter, SectionRule, Word, WordFile, WordGroup
from tests.compose.examples import EDITION, REPORTS

PHONES = WordGroup("手机", (Word("华为"), Word("小米|oppo", regex=True)), (Word("发布"),), (Word("招聘"),))
KEYWORDS = WordFile((PHONES, WordGroup("校园", (Word("食堂"),))), (Word("优惠券"), Word("抽.奖", regex=True)))
KEYED = replace(EDITION, keywords=KEYWORDS)
NO_GROUP = "no group of the keyword file fits"


def filtered(**lists: tuple[str, ...]) -> Edition:
    """An edition with that filter."""
    return replace(EDITION, filter=Filter(**lists))


def test_an_edition_without_wishes_takes_everything() -> None:
    """Nothing is left out that nobody asked to leave out, not even an empty article."""
    assert {why_not_taken(article, EDITION) for article in (*REPORTS, Article())} == {""}


@pytest.mark.parametrize(
    ("article", "reason"),
    [
        (Article(title="网信办发布通知"), ""),
        (Article(title="網信辦發布通知"), ""),
        (Article(title="通知", categories=("新闻", "政策 / 法规")), ""),
        (Article(title="苏州修路"), ""),
        (Article(title="网信办招聘"), "has the excluded word 招聘"),
        (Article(title="苏州網信辦招聘", text="网信办" * 9), "has the excluded word 招聘"),
        (Article(title="杭州修路"), "is about none of the words, topics and places of the edition"),
        (Article(), "is about none of the words, topics and places of the edition"),
    ],
)
def test_a_filter_asks_for_one_wish_and_no_excluded_word(article: Article, reason: str) -> None:
    """A word, a topic or a place is enough; an excluded word outweighs them."""
    edition = filtered(words=("网信办",), topics=("法规",), places=("江苏",), exclude=("招聘",))
    assert why_not_taken(article, edition) == reason


@pytest.mark.parametrize(
    ("lists", "said"),
    [({"words": ("甲",)}, "words"), ({"topics": ("甲",), "places": ("江苏",)}, "topics and places")],
)
def test_the_reason_names_what_was_asked_for(lists: dict[str, tuple[str, ...]], said: str) -> None:
    """What the filter leaves open is not in the reason."""
    assert why_not_taken(Article(title="乙"), filtered(**lists)) == f"is about none of the {said} of the edition"


def test_an_excluded_word_in_passing_excludes_nothing() -> None:
    """As for sections, a word counts in the headline, the first lines, or when it comes back."""
    far = "港口扩建工程今天开工。" * 30
    edition = filtered(exclude=("招聘",))
    assert why_not_taken(Article(title="港口", text=f"{far}也会招聘。"), edition) == ""
    assert why_not_taken(Article(title="港口", text=f"{far}{'招聘。' * 3}"), edition) != ""


@pytest.mark.parametrize(
    ("title", "section"),
    [
        ("华为发布新机", "手机"),
        ("華為發佈新機", "手机"),
        ("OPPO 发布新机", "手机"),
        ("小米发布会", "手机"),
        ("华为食堂公开菜谱", "校园"),
        ("华为发布招聘启事 食堂缺人", "校园"),
    ],
)
def test_a_keyword_file_takes_what_a_group_takes(title: str, section: str) -> None:
    """One of its words, all that must be, none that must not; the next group may still take it."""
    assert why_not_taken(Article(title=title), KEYED) == ""
    assert section_of(Article(title=title), KEYED) == section


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("华为销量增长", NO_GROUP),
        ("发布会延期", NO_GROUP),
        ("华为发布招聘启事", NO_GROUP),
        ("港口扩建", NO_GROUP),
        ("", NO_GROUP),
        ("华为发布优惠券", "has the excluded word 优惠券"),
        ("食堂抽大奖", "has the excluded word 抽.奖"),
    ],
)
def test_a_keyword_file_leaves_the_rest(title: str, reason: str) -> None:
    """What no group takes, and what the global filter names, is not of the edition."""
    assert why_not_taken(Article(title=title), KEYED) == reason


def test_a_section_of_its_own_takes_what_no_group_does() -> None:
    """A rule of the edition stands beside the groups, and before them."""
    edition = replace(KEYED, sections=(SectionRule("港口", ("港口",)),))
    assert why_not_taken(Article(title="港口扩建"), edition) == ""
    assert section_of(Article(title="港口的食堂"), edition) == "港口"
    assert why_not_taken(Article(title="修路"), edition) == NO_GROUP


def test_excluded_words_without_groups_only_exclude() -> None:
    """A keyword file of nothing but a global filter takes everything else."""
    edition = replace(EDITION, keywords=replace(KEYWORDS, groups=()))
    assert why_not_taken(Article(title="修路"), edition) == ""
    assert why_not_taken(Article(title="领优惠券"), edition) == "has the excluded word 优惠券"


def test_a_group_of_musts_alone_needs_no_other_word() -> None:
    """None of `any` means that `required` decides."""
    edition = replace(EDITION, keywords=WordFile((WordGroup("汛", required=(Word("暴雨"), Word("应急"))),)))
    assert why_not_taken(Article(title="暴雨应急响应"), edition) == ""
    assert why_not_taken(Article(title="暴雨"), edition) == NO_GROUP


def test_a_group_looks_at_the_title_and_the_first_lines_only() -> None:
    """A word further down is not what the news is about."""
    assert why_not_taken(Article(title="新闻", text=f"食堂。{'无关。' * 100}"), KEYED) == ""
    assert why_not_taken(Article(title="新闻", text=f"{'无关。' * 100}{'食堂。' * 9}"), KEYED) == NO_GROUP


def test_a_slow_pattern_sees_little() -> None:
    """Megabytes of the worst text take no longer than a page."""
    edition = replace(EDITION, keywords=WordFile((WordGroup("慢", (Word("a.*b.*d", regex=True),)),)))
    start = time.perf_counter()
    assert why_not_taken(Article(title="abc" * 1_000_000, text="abc" * 1_000_000), edition) == NO_GROUP
    assert time.perf_counter() - start < 2


def test_a_pattern_that_does_not_survive_simplifying_still_works() -> None:
    """A range of traditional characters may run backwards in simplified ones."""
    edition = replace(EDITION, keywords=WordFile((WordGroup("范围", (Word("[乾-龍]口", regex=True),)),)))
    assert why_not_taken(Article(title="港口扩建"), edition) == ""


@given(
    st.lists(st.sampled_from(["华为", "小米", "发布", "招聘", "食堂", "优惠券", "无关", "OPPO", "，"]), max_size=6),
    st.sampled_from([EDITION, KEYED, filtered(words=("食堂",), exclude=("无关",))]),
)
def test_what_is_taken_by_a_keyword_file_has_a_section(words: list[str], edition: Edition) -> None:
    """The two never disagree: taken means in a group, and in no group means not taken."""
    article = Article(title="".join(words))
    reason = why_not_taken(article, edition)
    if edition is KEYED:
        assert (section_of(article, edition) == OTHER) >= (reason == NO_GROUP)
        assert reason or section_of(article, edition) in {"手机", "校园"}
    else:
        assert section_of(article, edition) == ""
