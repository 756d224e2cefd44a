"""One event, one entry: reports of an event are joined whatever their words, and nothing else is."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from random import Random

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose.events.continuity import match_events
from digest.compose.events.gallery import Gallery
from digest.compose.events.grouping import group_events, within
from digest.compose.events.likeness import model
from digest.compose.events.linking import link
from digest.compose.events.vetoes import is_round_up
from digest.compose.events.views import read_figures, read_view
from digest.model import Article, Event
from tests.compose.examples import FLOOD, REPORTS, small_articles

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)

SHARES = (
    "蓝鹭生物首日上市高开八成，市值突破三百亿元",
    "港股新股蓝鹭生物首日高开80.5%，市值超300亿港元",
    "港股新股蓝鹭生物登陆港交所，首日高开80.5%",
)
MERGER = (
    "鹤汀汽车宣布以12.6亿元收购云泽电池",
    "12.6亿元！云泽电池将被鹤汀汽车收购",
    "鹤汀汽车收购云泽电池，作价12.6亿元",
)
ROCKET = ("岭星三号火箭在文昌首飞成功", "我国岭星三号运载火箭首飞成功，将四颗卫星送入轨道")
EVENTS = (SHARES, MERGER, ROCKET, ("澜川地铁五号线今日开通运营",), ("瀚宁一批博物馆元旦免费开放",))


def headline(title: str, **known: object) -> Article:
    """An article known by its headline alone."""
    return replace(Article(title=title, text=title), **known)  # type: ignore[arg-type]  # any field of an article


def partition(articles: list[Article]) -> set[frozenset[int]]:
    """The places of the articles that share an event."""
    place = {id(article): i for i, article in enumerate(articles)}
    return {frozenset(place[id(a)] for a in event.articles) for event in group_events(articles)}


def together(one: Article, other: Article) -> bool:
    """Whether two articles are grouped."""
    return len(group_events([one, other])) == 1


def reports(texts: dict[str, str]) -> list[Article]:
    """Articles of headlines and texts."""
    return [Article(title=title, text=text, published=NOON) for title, text in texts.items()]


@given(st.lists(small_articles | st.sampled_from([headline(t) for own in EVENTS for t in own]), max_size=12))
@settings(max_examples=40, deadline=None)
def test_events_are_a_partition(articles: list[Article]) -> None:
    """Every article is in exactly one event, as the very object."""
    events = group_events(articles)
    assert sorted(id(a) for event in events for a in event.articles) == sorted(map(id, articles))


@given(st.permutations([headline(t) for own in EVENTS for t in own]))
@settings(max_examples=25, deadline=None)
def test_the_order_of_headlines_makes_no_difference(articles: list[Article]) -> None:
    """However headlines are shuffled, those of one event are together and no others."""
    found = {frozenset(a.title for a in event.articles) for event in group_events(articles)}
    assert found == {frozenset(own) for own in EVENTS}


def test_a_pair_is_judged_the_same_alone() -> None:
    """What is together among many is together alone, and what is apart is apart."""
    articles = [headline(t) for own in EVENTS for t in own]
    groups = partition(articles)
    for i, j in combinations(range(len(articles)), 2):
        assert together(articles[i], articles[j]) == any({i, j} <= group for group in groups)


def test_no_hash_seed_changes_a_group() -> None:
    """Two processes with other hash seeds print the same events."""
    code = (
        "from tests.compose.test_events import EVENTS, headline\n"
        "from digest.compose.events.grouping import group_events\n"
        "print([[a.title for a in e.articles] for e in group_events([headline(t) for own in EVENTS for t in own])])"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path)), "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1] != ""


def test_traditional_headlines_join_simplified_ones() -> None:
    """The script makes no difference."""
    convert = opencc.OpenCC("s2t").convert
    for own in (SHARES, MERGER, ROCKET):
        assert together(headline(own[0]), headline(convert(own[1])))


def test_reports_in_other_words_join() -> None:
    """Two agencies write of one accident in their own words; a third writes of another."""
    one, other, third = reports(
        {
            "云泽一货轮与渔船相撞 五人获救": "云泽海事局20日通报，一艘货轮凌晨在石门渡水域与一艘渔船相撞，渔船沉没。"
            "救援人员已救起五名落水船员，另有两人失踪，搜救仍在进行。",
            "云泽石门渡货轮撞沉渔船 五名船员获救": "20日凌晨，云泽石门渡水域发生货轮与渔船相撞事故，渔船沉没，"
            "五名船员获救，两人失踪。海事部门已派出六艘船搜救。",
            "鹤汀渔港休渔期结束": "鹤汀渔港三百多艘渔船20日中午离港，为期四个月的休渔期结束，首批渔获预计三天后上市。",
        }
    )
    assert partition([one, other, third]) == {frozenset({0, 1}), frozenset({2})}


def test_english_reports_join() -> None:
    """Words of letters tell an event too."""
    one = headline("Larkfield Motors to buy battery maker Norvik for $1.2 billion")
    other = headline("Battery maker Norvik agrees to $1.2 billion takeover by Larkfield Motors")
    assert together(one, other)
    assert not together(one, headline("Central bank of Marland keeps interest rates unchanged"))


def test_a_headline_joins_the_report_below_another() -> None:
    """A news flash of one line belongs to the full report."""
    flash = headline("快讯：云泽北部山区强降雨，石门渡镇雨量213毫米，连夜转移1864人", published=NOON)
    assert together(flash, Article(title="云泽北部山区强降雨 连夜转移群众1864人", text=FLOOD, published=NOON))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("云政发〔2026〕12号：关于加强防汛工作的通知", "云政发〔2026〕15号：关于加强防汛工作的通知"),
        ("岭东交投2026年第一期中期票据发行公告", "岭东交投2026年第二期中期票据发行公告"),
        ("甘肃陇南发生4.2级地震，震源深度10千米", "青海果洛发生3.1级地震，震源深度10千米"),
        ("甘肃陇南发生4.2级地震，震源深度10千米", "甘肃陇南发生5.0级地震，震源深度10千米"),
        ("成都今日天气：多云转晴，最高气温16℃，注意添衣", "武汉今日天气：多云转晴，最高气温14℃，注意添衣"),
        (
            "蓝鹭股份：预计2025年净亏损，股票可能被实施退市风险警示",
            "鸢尾股份：预计2025年净亏损，股票可能被实施退市风险警示",
        ),
        ("顾明会见雾岛国议长恩塔鲁", "林舟会见雾岛国议长恩塔鲁"),
        ("全国林草工作会议在京召开", "全国档案工作会议在京召开"),
        ("国际油价18日上涨", "国际油价19日上涨"),
        ("国际银价突破每盎司90美元", "国际金价突破每盎司4900美元"),
        ("蓝鹭手机Nova G17渲染图曝光：首发三种颜色", "鹤汀手机Lake A57渲染图曝光：首发三种颜色"),
        ("澜川推送系统预览版27100.1405：桌面可设新背景", "澜川推送系统预览版28200.1612：桌面可设新背景"),
    ],
)
def test_one_form_filled_in_twice_is_two_events(one: str, other: str) -> None:
    """Another number, place, magnitude, company, host, meeting or day is another event, alone and among others."""
    articles = [headline(one, published=NOON), headline(other, published=NOON)]
    assert not together(*articles)
    assert not any({0, 1} <= group for group in partition([*articles, *(headline(t) for t in SHARES)]))


def test_the_weather_of_two_cities_is_two_events() -> None:
    """One text with another place and no figures to tell it by."""
    form = "{0}市气象台发布：今天白天多云转晴，偏北风，早晚较凉，请市民注意添衣，森林火险等级较高，注意用火安全。"
    assert not together(*(Article(title="今日天气", text=form.format(city)) for city in ("成都", "武汉")))


def test_statements_of_two_companies_are_two_events() -> None:
    """One wording of two who stand before the colon and know nothing of each other; 白银 does not name 白银有色."""
    form = "{0}公告称，公司白银产品的收入占营业总收入的比重较低，公司股价涨幅较大，敬请投资者注意交易风险，理性决策。"
    titles = ("白银蓝鹭：白银产品的收入占营业总收入的比重较低", "鸢尾股份：白银产品的收入占营业总收入的比重较低")
    assert not together(*(Article(title=title, text=form.format(title[:4])) for title in titles))
    again = Article(title="白银蓝鹭股份：白银产品收入占比较低", text=form.format("白银蓝鹭"))
    assert together(Article(title=titles[0], text=form.format("白银蓝鹭")), again)


@pytest.mark.parametrize("title", ["本版责编：林舟 顾明", "二版责任编辑：林舟", "责编：顾明", "广告"])
def test_the_foot_of_a_page_joins_nothing(title: str) -> None:
    """Who edited a page is no event, though every page of a paper ends with one text."""
    foot = "云泽日报社版权所有，未经书面授权禁止使用，所载文字图片均受保护，违者必究。二〇二六年十一月二十日出版。"
    articles = [
        Article(title=own, text=foot, url=f"https://a.example/{n}") for n, own in enumerate([title, title, "广告"])
    ]
    assert [len(event.articles) for event in group_events([*articles, *REPORTS])] == [1] * (3 + len(REPORTS))


def test_a_gallery_changes_nothing_but_the_time() -> None:
    """Grouped and matched through one gallery, articles fall as without it, and each is looked at once."""
    gallery = Gallery()
    articles = [headline(t) for own in EVENTS for t in own[:2]]
    earlier = [headline(t) for own in EVENTS for t in own[2:]]
    events = group_events(articles, gallery=gallery)
    assert events == group_events(articles)
    assert match_events(events, earlier, gallery=gallery) == match_events(events, earlier)
    assert gallery.look(articles[0]) is gallery.look(articles[0])


def test_one_event_in_other_figures_is_one() -> None:
    """88.08% and 88%, 3.095亿 and 3.1亿 are one figure."""
    assert together(headline("蓝鹭生物首日收涨88.08%"), headline("蓝鹭生物上市首日收涨88%"))
    assert read_figures("募资3.1亿元，11月20日涨5%") == ((5.0, "%"), (310000000.0, ""))


@pytest.mark.parametrize(
    "title",
    [
        "早报｜蓝鹭生物上市；岭星三号首飞成功；鹤汀汽车收购云泽电池",
        "8点1氪丨蓝鹭生物首日高开80.5%",
        "财经早知道｜蓝鹭生物登陆港交所",
        "11月20日新闻联播主要内容",
        "一周回顾：火箭首飞与两桩收购",
        "要闻速览｜岭星三号火箭首飞成功",
        "岭星三号火箭首飞成功；蓝鹭生物首日高开；鹤汀汽车收购云泽电池",
    ],
)
def test_a_round_up_joins_nothing(title: str) -> None:
    """A list of the day's news is no report of any of them."""
    articles = [headline(title), *(headline(t) for own in (SHARES, ROCKET, MERGER) for t in own)]
    assert is_round_up(articles[0])
    assert frozenset({0}) in partition(articles)


@pytest.mark.parametrize("title", ["云泽晚报社迁入新址", "日报告病例降至个位数", "新闻联播主持人谈播音", *SHARES])
def test_a_report_is_no_round_up(title: str) -> None:
    """A newspaper's name, or a word that looks like one, makes no round-up."""
    assert not is_round_up(headline(title))


def test_reports_far_apart_in_time_are_two_events() -> None:
    """The same headline a month later is news again; an unknown date fits any."""
    first = headline(MERGER[0], published=NOON)
    assert together(first, headline(MERGER[1], published=NOON + timedelta(days=2)))
    assert together(first, headline(MERGER[1], published=date(2026, 11, 23)))
    assert together(first, headline(MERGER[1]))
    assert not together(first, headline(MERGER[1], published=NOON + timedelta(days=30)))


def test_a_day_may_be_any_of_its_hours() -> None:
    """A bare date is within the window when any of its hours is."""
    one, other = Article(published=NOON), Article(published=date(2026, 11, 23))
    assert within(one, other, timedelta(days=3))
    assert not within(one, Article(published=date(2026, 11, 25)), timedelta(days=3))


def test_the_best_source_leads_then_the_original() -> None:
    """The reader's tier decides first, then who wrote it, how complete it is, who was first."""
    title, text = REPORTS[0].title, REPORTS[0].text
    reprint = Article(title=title, text=text + "编后：防汛不可松懈。", source="甲", origin="云泽日报", published=NOON)
    early = Article(title=title, text=text, source="乙", published=NOON)
    late = Article(title=title, text=text, source="丙", published=NOON + timedelta(hours=2))
    teaser = Article(title=title, text=text[:40], source="丁", published=NOON - timedelta(hours=2))
    (event,) = group_events([late, reprint, teaser, early])
    assert [a.source for a in event.articles] == ["乙", "丙", "丁", "甲"]
    (event,) = group_events([late, reprint, teaser, early], tiers={"甲": 1, "丁": 2})
    assert [a.source for a in event.articles] == ["甲", "丁", "乙", "丙"]


def test_a_headline_without_text_never_leads() -> None:
    """There is nothing to sum up in it, whatever its tier."""
    bare = Article(title=REPORTS[0].title, source="甲")
    (event,) = group_events([bare, REPORTS[0]], tiers={"甲": 1})
    assert event.articles == (REPORTS[0], bare)


def test_average_link_does_not_chain() -> None:
    """A like B and B like C join all three only when A and C agree on the mean; a veto keeps a pair apart for good."""
    assert link(3, {(0, 1): 2.0, (1, 2): 1.0}, 0.0) == [[0, 1], [2]]
    assert link(3, {(0, 1): 2.0, (1, 2): 1.0, (0, 2): 0.0}, 0.0) == [[0, 1, 2]]
    assert link(3, {(0, 1): 2.0, (1, 2): 1.5, (0, 2): None}, 0.0) == [[0, 1], [2]]


def test_an_event_finds_what_was_told_of_it() -> None:
    """Reports of ten days ago belong to today's event; other news, older news and round-ups do not."""
    events = [Event(tuple(headline(t, published=NOON) for t in own)) for own in (MERGER[:2], ROCKET)]
    earlier = [
        headline(SHARES[0], published=NOON - timedelta(days=1)),
        headline(MERGER[2], published=NOON - timedelta(days=10)),
        headline(MERGER[2], published=NOON - timedelta(days=20)),
        headline(f"早报｜{MERGER[2]}；岭星三号首飞成功；其他", published=NOON - timedelta(days=1)),
        headline(ROCKET[1], published=date(2026, 11, 12)),
    ]
    assert match_events(events, earlier) == [(1,), (4,)]


def test_a_copy_of_what_was_told_is_found() -> None:
    """The same text under another headline was told before."""
    event = Event((replace(REPORTS[0], published=NOON),))
    copy = Article(title="换了一个说法的大标题", text=REPORTS[0].text, published=NOON - timedelta(days=5))
    assert match_events([event], [REPORTS[1], copy]) == [(1,)]
    assert match_events([], [copy]) == []
    assert match_events([event], []) == [()]


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_matching_does_not_hang_on_the_order(random: Random) -> None:
    """Shuffled earlier articles are found under their new indices."""
    events = [Event(tuple(headline(t) for t in own[:1])) for own in EVENTS]
    earlier = [headline(t) for own in EVENTS for t in own[1:]]
    order = random.sample(range(len(earlier)), len(earlier))
    found = match_events(events, [earlier[i] for i in order])
    assert [{order[i] for i in own} for own in found] == [set(own) for own in match_events(events, earlier)]


def test_the_weights_are_all_asked_for() -> None:
    """Every weight in the file belongs to a feature, and likeness itself speaks for an event."""
    from digest.compose.events.likeness import features

    names = features(read_view(SHARES[0]), read_view(SHARES[1]))
    assert set(names) == set(model().weights)
    assert model().weights["grams"] > 0 > model().weights["figures_apart"]
