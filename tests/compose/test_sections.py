"""Items stand under the heading their edition gives them, each exactly once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest.compose.sections import OTHER, Reading, arrange, limits_of, section_of
from digest.model import Article, Edition, Item, SectionRule, Summary, Word, WordFile, WordGroup
from tests.compose.examples import EDITION, REPORTS

RULES = (
    SectionRule("民生", ("食堂", "预付卡")),
    SectionRule("防汛", ("防汛",)),
    SectionRule("官方", sources=("政府网",)),
)
RULED = replace(EDITION, sections=RULES)
BY_SOURCE = replace(EDITION, group_by="source", sections=RULES)


def item(number: int, section: str) -> Item:
    """An item under that heading."""
    return Item(number, REPORTS[0], f"第{number}条", Summary(), section=section)


def test_without_rules_there_is_no_heading() -> None:
    """An edition that asks for no sections has one, without a title."""
    assert {section_of(report, EDITION) for report in REPORTS} == {""}
    assert [section.title for section in arrange([item(1, ""), item(2, "")], EDITION)] == [""]


@pytest.mark.parametrize(
    ("article", "section"),
    [
        (Article(title="学校食堂公开菜谱"), "民生"),
        (Article(text="市里召开防汛会议。"), "防汛"),
        (Article(text="食堂也参加了防汛演练。"), "民生"),
        (Article(text="別把預付卡一次存滿。"), "民生"),
        (Article(text="市长会见来宾。", site="政府网"), "官方"),
        (Article(text="市长会见来宾。", source="政府网"), "官方"),
        (Article(text="市长会见来宾。", site="别的网"), OTHER),
        (Article(), OTHER),
    ],
)
def test_the_first_rule_that_fits_gives_the_heading(article: Article, section: str) -> None:
    """By a word of the title or the text in either script, by the site or the source; what fits none is 其他."""
    assert section_of(article, RULED) == section


def test_a_traditional_word_finds_simplified_text() -> None:
    """A rule may be written in either script."""
    edition = replace(EDITION, sections=(SectionRule("经济", ("經濟",)),))
    assert section_of(Article(text="今年经济平稳运行。"), edition) == "经济"


@pytest.mark.parametrize(
    ("article", "section"),
    [(Article(site="甲站", source="乙"), "甲站"), (Article(source="乙"), "乙"), (Article(title="食堂"), OTHER)],
)
def test_by_source_the_site_is_the_heading(article: Article, section: str) -> None:
    """The page's own name, else the source's, else 其他; rules do not matter then."""
    assert section_of(article, BY_SOURCE) == section


def test_sections_stand_in_the_order_of_the_rules_and_others_last() -> None:
    """A rule without items has no section; what fits no rule comes at the end."""
    sections = arrange([item(1, OTHER), item(2, "官方"), item(3, "民生"), item(4, "官方")], RULED)
    assert [(s.title, [i.number for i in s.items]) for s in sections] == [("民生", [3]), ("官方", [2, 4]), (OTHER, [1])]


def test_by_source_sections_stand_in_the_order_of_their_best_item() -> None:
    """The site of the first item comes first, the nameless last."""
    sections = arrange([item(1, OTHER), item(2, "乙站"), item(3, "甲站"), item(4, "乙站")], BY_SOURCE)
    assert [(s.title, [i.number for i in s.items]) for s in sections] == [("乙站", [2, 4]), ("甲站", [3]), (OTHER, [1])]


@pytest.mark.parametrize(
    "rules",
    [
        (SectionRule("科技", ("光网",)), SectionRule("民生", ("食堂",)), SectionRule("科技", ("人工智能",))),
        (SectionRule(OTHER, ("光网",)), SectionRule("民生", ("食堂",))),
    ],
)
def test_no_item_stands_twice_however_rules_are_named(rules: tuple[SectionRule, ...]) -> None:
    """Two rules of one name, or a rule named 其他, make one section."""
    edition = Edition("daily", "每日摘要", sections=rules)
    items = [item(n, section_of(report, edition)) for n, report in enumerate(REPORTS, 1)]
    numbers = [i.number for section in arrange(items, edition) for i in section.items]
    assert sorted(numbers) == list(range(1, len(REPORTS) + 1))


def test_nothing_makes_no_sections() -> None:
    """An issue without items has no headings."""
    assert arrange([], RULED) == arrange([], BY_SOURCE) == arrange([], EDITION) == ()


def test_a_word_in_passing_makes_no_section() -> None:
    """A word counts in the headline, in the first lines, or when it comes back; once far down it does not."""
    edition = Edition("daily", "每日摘要", group_by="topic", sections=(SectionRule("网络安全", ("数据安全",)),))
    far = "港口扩建工程今天开工。" * 30
    assert section_of(Article(title="港口扩建", text=far + "会上还提到数据安全。"), edition) == OTHER
    assert section_of(Article(title="港口扩建", text=far + "数据安全。" * 3), edition) == "网络安全"
    assert section_of(Article(title="港口的數據安全", text=far), edition) == "网络安全"


@pytest.mark.parametrize(
    ("article", "section"),
    [
        (Article(title="通知", categories=("政策",)), "政务"),
        (Article(title="通知", categories=(" 政策 ",)), "政务"),
        (Article(title="通知", categories=("要闻/政策",)), "政务"),
        (Article(title="通知", categories=("新闻 - 政策",)), "政务"),
        (Article(title="通知", categories=("政策性银行",)), OTHER),
        (Article(title="苏州河道清淤"), "江苏"),
        (Article(title="蘇州河道清淤"), "江苏"),
        (Article(title="杭州河道清淤"), "长三角"),
        (Article(title="长三角河道清淤"), "长三角"),
        (Article(title="南京路河道清淤"), OTHER),
        (Article(title="武汉河道清淤"), OTHER),
        (Article(title="苏州通知", categories=("政策",)), "政务"),
    ],
)
def test_topics_and_places_make_sections(article: Article, section: str) -> None:
    """A category or a level of it; a place with all in it; a region that is no division is a word."""
    rules = (
        SectionRule("政务", topics=("政策",)),
        SectionRule("江苏", places=("江苏省",)),
        SectionRule("长三角", places=("浙江", "长三角")),
    )
    assert section_of(article, replace(EDITION, sections=rules)) == section


def test_groups_of_the_keyword_file_stand_behind_the_rules() -> None:
    """The edition's own rules come first, in the choice of a heading and in the order of the page."""
    groups = WordFile((WordGroup("校园", (Word("食堂"),)), WordGroup("港口", (Word("港口"),))))
    edition = replace(RULED, keywords=groups)
    assert section_of(Article(title="食堂"), edition) == "民生"
    assert section_of(Article(title="港口"), edition) == "港口"
    assert section_of(Article(title="食堂"), replace(EDITION, keywords=groups)) == "校园"
    sections = arrange([item(1, OTHER), item(2, "港口"), item(3, "校园"), item(4, "防汛")], edition)
    assert [section.title for section in sections] == ["防汛", "校园", "港口", OTHER]


def test_limits_are_those_of_rules_and_groups() -> None:
    """By title; none is 0; rules of one title share a section and add up, and one without a limit frees it."""
    rules = (SectionRule("甲", limit=3), SectionRule("乙"), SectionRule("丙", limit=1), SectionRule("丁", limit=2))
    groups = WordFile((WordGroup("戊", limit=4), WordGroup("丙", limit=5), WordGroup("丁")))
    edition = replace(EDITION, sections=rules, keywords=groups)
    assert limits_of(edition) == {"甲": 3, "戊": 4, "丙": 6}
    assert limits_of(replace(edition, group_by="source")) == limits_of(EDITION) == {}


@pytest.mark.parametrize("pattern", ["(ab|AB)*c!", "(?:ab|Ab)+!", r"(\\d*\\d*)*元!"])
def test_a_pattern_that_never_ends_is_given_up(pattern: str) -> None:
    """It fits nothing, the first time after a while and then at once."""
    slow = WordGroup("慢", any=(Word(pattern, regex=True),))
    articles = [Article(title="ab" * 90 + "1" * 60, text="正文。", url=f"https://a.example/{n}") for n in range(50)]
    assert not any(Reading(article).belongs_to(slow) for article in articles)
