"""One event once: copies are joined, different reports are not, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import digest
from digest.compose.events.grouping import group_events
from digest.model import Article
from tests.compose.examples import FLOOD, MUSEUM, REPORTS, TITLES, small_articles

NOTICE = (
    "本文系本报原创，转载请注明出处。更多精彩内容请下载客户端，关注官方公众号。"
    "如有新闻线索请拨打二十四小时热线，一经采用即付稿酬。"
)

WEATHER = (
    "{0}市气象台11月20日06时发布：今天白天多云转晴，偏北风{1}级，最高气温{2}℃；夜间晴，最低气温{3}℃，相对湿度{4}%。"
    "预计未来三天以晴到多云天气为主，请市民注意早晚添衣，森林火险等级较高，注意用火安全。"
)
BUYBACK = (
    "{0}股份11月20日晚间公告，董事会第{1}次会议审议通过关于回购公司股份的议案，拟以自有资金{2}亿元至{3}亿元回购股份，"
    "回购价格不超过{4}元/股，用于员工持股计划或股权激励，实施期限自董事会审议通过之日起不超过12个月。"
)


def sizes(articles: list[Article]) -> list[int]:
    """How many articles each event holds, the largest first."""
    return sorted((len(event.articles) for event in group_events(articles)), reverse=True)


@given(st.lists(small_articles, max_size=12))
@settings(max_examples=60)
def test_every_article_is_in_exactly_one_event(articles: list[Article]) -> None:
    """The very objects given come back, each once, whatever they hold."""
    events = group_events(articles)
    assert sorted(id(a) for event in events for a in event.articles) == sorted(map(id, articles))
    assert all(event.articles for event in events)


@given(st.lists(small_articles, max_size=10), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_partition_does_not_hang_on_the_order(articles: list[Article], random: Random) -> None:
    """Shuffled articles fall into the same events."""
    shuffled = random.sample(articles, len(articles))
    partitions = [
        {frozenset(id(a) for a in event.articles) for event in group_events(given_order)}
        for given_order in (articles, shuffled)
    ]
    assert partitions[0] == partitions[1]


def test_no_articles_make_no_events() -> None:
    """Nothing in, nothing out."""
    assert group_events([]) == []


def test_the_public_face_groups_too() -> None:
    """`digest.group_events` is the same function, and takes articles without anything but a text."""
    events = digest.group_events([digest.Article(text=FLOOD), digest.Article(text=MUSEUM), digest.Article(text=FLOOD)])
    assert [len(event.articles) for event in events] == [2, 1]


def test_different_reports_stay_apart() -> None:
    """Eight reports of eight events are eight events, in the order given."""
    assert [event.articles for event in group_events(REPORTS)] == [(report,) for report in REPORTS]


@pytest.mark.parametrize("text", TITLES.values())
def test_a_reprint_under_another_headline_joins_its_original(text: str) -> None:
    """Another headline, another dateline, another source and a credit line make no other report."""
    original = Article(title="原来的标题在这里写着", text=text)
    reprint = Article(title="换了一个说法的大标题", text=f"岭东网讯（记者 林舟）{text}\n（转载自云泽日报，有删节）")
    assert sizes([original, reprint]) == [2]


def test_a_shortened_reprint_joins_its_original() -> None:
    """The last sentence left out leaves the same report."""
    short = FLOOD[: FLOOD.rindex("水文部门")]
    assert sizes([Article(title="强降雨袭击云泽北部", text=FLOOD), Article(title="云泽转移群众", text=short)]) == [2]


def test_a_teaser_joins_the_page_it_leads_to() -> None:
    """One headline, and one text inside the other: the teaser is the page, which leads the event."""
    page = REPORTS[0]
    teaser = Article(title=page.title, text=page.text[20:70], url="https://feed.example/1")
    (event,) = group_events([teaser, page])
    assert event.articles == (page, teaser)


def test_a_headline_alone_joins_the_page_below_it() -> None:
    """A feed's entry without any text is the page of the same headline, which leads."""
    (event,) = group_events([Article(title=REPORTS[0].title), REPORTS[0]])
    assert event.articles[0] is REPORTS[0]


def test_a_teaser_finds_its_page_past_another_report_of_the_same_headline() -> None:
    """A headline that other reports bear too does not come between a teaser and its page."""
    title = "省政府任免国家工作人员名单"
    teaser, other, page = (Article(title=title, text=text) for text in (FLOOD[20:70], MUSEUM, FLOOD))
    assert sizes([teaser, other, page]) == sizes([teaser, page, other]) == [2, 1]


def test_one_headline_over_two_texts_is_two_reports() -> None:
    """A standing headline above different texts joins nothing."""
    assert sizes([Article(title="今日要闻简报与提示", text=text) for text in (FLOOD, MUSEUM)]) == [1, 1]


def test_a_shared_notice_joins_nothing() -> None:
    """Reports that share a dateline and a paragraph of boilerplate stay apart."""
    articles = [Article(title=title, text=f"岭东网讯（记者 林舟）{text}\n{NOTICE}") for title, text in TITLES.items()]
    assert sizes(articles) == [1] * len(TITLES)


@pytest.mark.parametrize(
    "phrase", ["点击观看视频。", "更多内容请下载新闻客户端。", "详见原文", "本文来源于网络，如有侵权请联系删除。"]
)
def test_a_shared_stock_phrase_joins_nothing(phrase: str) -> None:
    """Eight headlines above one short line are eight reports."""
    assert sizes([Article(title=title, text=phrase) for title in TITLES]) == [1] * len(TITLES)


@pytest.mark.parametrize("form", [WEATHER, BUYBACK])
def test_one_form_filled_in_for_four_cities_is_four_reports(form: str) -> None:
    """The weather or a notice in set phrases is told apart by its figures; its copy has the same."""
    rows = [("云泽", 3, 17, 6, 45.2), ("澜川", 4, 13, 22, 61.3), ("鹤汀", 5, 9, 31, 78), ("瀚宁", 2, 20, 14, 33)]
    articles = [Article(title=f"{row[0]}今日发布消息", text=form.format(*row)) for row in rows]
    assert sizes(articles) == [1, 1, 1, 1]
    assert sizes([*articles, replace(articles[0], title="转载时换了标题")]) == [2, 1, 1, 1]


def test_an_update_of_one_figure_is_the_same_report() -> None:
    """The number of those who were moved rises, the report stays."""
    later = FLOOD.replace("1864", "2310")
    assert sizes([Article(title="云泽连夜转移群众", text=FLOOD), Article(title="转移人数上升", text=later)]) == [2]


def test_short_copies_join() -> None:
    """A news flash and its copy are one, with the same headline and the same few words."""
    flash = Article(title="云泽发生四点二级地震", text="据台网测定，今晨云泽发生4.2级地震。")
    assert sizes([flash, replace(flash, url="https://other.example/")]) == [2]


def test_articles_without_words_have_nothing_in_common() -> None:
    """Empty texts and mere signs are not reports of one event."""
    assert sizes([Article(text=text) for text in ("", "！！！", "😀", " \n")]) == [1, 1, 1, 1]


def test_traditional_and_simplified_copies_join() -> None:
    """The script makes no difference, nor do width and punctuation."""
    convert = opencc.OpenCC("s2t").convert
    for report in REPORTS:
        copy = Article(title=convert(report.title), text=convert(report.text).replace("，", ","))
        assert sizes([report, copy]) == [2]


def test_a_report_printed_by_a_hundred_papers_is_one_event() -> None:
    """However often a report is copied, under whatever headline, it is one."""
    copies = [Article(title=f"第{n}家媒体转发的标题之{n}", text=FLOOD) for n in range(100)]
    assert sizes([*copies, *REPORTS[1:]]) == [100, *[1] * 7]


def test_the_original_leads_and_not_the_reprint() -> None:
    """An article that says it is a reprint stands behind its original, though it is longer."""
    original = Article(title="云泽北部山区强降雨", text=FLOOD)
    reprint = Article(title="强降雨之后的云泽", text=f"（转载自云泽日报）\n{FLOOD}\n编后：防汛不可松懈。")
    (event,) = group_events([reprint, original])
    assert event.articles[0] is original


def test_lone_surrogates_are_only_characters() -> None:
    """Half a character from a broken JSON record breaks no grouping."""
    assert sizes([Article(text="云泽\ud83d开会。"), Article(text="\udc00")]) == [1, 1]


def test_eight_hundred_articles_are_grouped_without_comparing_all_pairs() -> None:
    """Four hundred pairs of copies are found among eight hundred articles."""
    random = Random(7)
    letters = [chr(0x4E00 + n) for n in range(2000)]
    originals = [Article(title="", text="".join(random.choices(letters, k=120))) for _ in range(400)]
    copies = [replace(article, title="另一个标题写在这里") for article in originals]
    assert sizes([*originals, *copies]) == [2] * 400
