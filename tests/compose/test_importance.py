"""What matters first: new before old, told by several before told by one, no site above its share."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from math import prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose.events.grouping import group_events
from digest.compose.headlines import weigh_headline
from digest.compose.importance import Ranked, as_moment, choose, explain_score, rank_events
from digest.model import Article, Edition, Event
from tests.compose.examples import EDITION, REPORTS, SHANGHAI, SLOT, small_articles


def ranked_titles(events: list[Event]) -> list[str]:
    """The headlines of the leading articles in their order."""
    return [own.event.articles[0].title for own in rank_events(events, EDITION, SLOT)[0]]


def alone(*articles: Article) -> list[Event]:
    """Every article as an event of its own."""
    return [Event((article,)) for article in articles]


@given(st.lists(small_articles, max_size=10), st.integers(0, 12))
@settings(max_examples=40)
def test_ranking_loses_nothing_and_choice_keeps_to_the_count(articles: list[Article], count: int) -> None:
    """Every event is ranked once with a score above 0, and as many as asked for are chosen, the best first."""
    events = group_events(articles)
    ranked, similarity = rank_events(events, EDITION, SLOT)
    assert sorted(own.place for own in ranked) == list(range(len(events)))
    assert all(own.score > 0 for own in ranked)
    chosen, refused = choose(ranked, similarity, replace(EDITION, items=count))
    assert refused.keys() == {own.place for own in ranked} - {own.place for own in chosen}
    assert len(chosen) == len({own.place for own in chosen}) == min(count, len(events))
    assert [own.score for own in chosen] == sorted((own.score for own in chosen), reverse=True)


@pytest.mark.parametrize("hours", [24, 72, 24 * 30])
def test_new_comes_before_old(hours: int) -> None:
    """Of two reports that differ in nothing else the newer comes first."""
    new, other = REPORTS[0], REPORTS[1]
    moment = SLOT - timedelta(hours=1)
    text = new.text
    younger = replace(new, published=moment, text=text, title="一样长的标题")
    older = replace(other, published=moment - timedelta(hours=hours), text=text, title="标题一样的长")
    assert ranked_titles(alone(older, younger))[0] == younger.title


def test_an_article_from_the_future_is_just_new() -> None:
    """A clock that runs ahead, or a date of tomorrow, gains nothing and breaks nothing."""
    events = alone(*(replace(REPORTS[0], published=SLOT + timedelta(days=days)) for days in (0, 1, 400)))
    assert len({own.score for own in rank_events(events, EDITION, SLOT)[0]}) == 1


@pytest.mark.parametrize("published", [date.min, date.max, datetime.max.replace(tzinfo=SHANGHAI), None])
def test_impossible_dates_break_nothing(published: date | None) -> None:
    """The first and the last day of the calendar are dates like any other."""
    assert len(ranked_titles(alone(replace(REPORTS[0], published=published), REPORTS[1]))) == 2


def test_a_bare_date_is_the_start_of_its_day() -> None:
    """A day sorts as its first moment in the zone of the slot, and a moment as itself."""
    assert as_moment(date(2026, 11, 19), SHANGHAI) == datetime(2026, 11, 19, tzinfo=SHANGHAI)
    assert as_moment(SLOT, None) is SLOT


def test_several_sites_weigh_more_than_one() -> None:
    """An event that three sites report comes before one that one site reports, all else being equal."""
    text = REPORTS[0].text
    three = Event(tuple(Article(title="三家都报道的事", text=text, site=site) for site in ("甲", "乙", "丙")))
    single = Event((Article(title="一家才报道的事", text=text, site="甲"),))
    assert ranked_titles([single, three])[0] == "三家都报道的事"


def test_one_site_that_repeats_itself_gains_nothing() -> None:
    """The same site three times counts as once."""
    text = REPORTS[0].text
    copies = Event(tuple(Article(title="这个标题一样长", text=text, site="甲") for _ in range(3)))
    single = Event((Article(title="那个标题一样长", text=text, site="乙"),))
    scores = [own.score for own in rank_events([copies, single], EDITION, SLOT)[0]]
    assert scores[0] == pytest.approx(scores[1])


def test_an_advertisement_comes_last() -> None:
    """A headline that sells something stands behind the news."""
    selling = replace(REPORTS[0], title="限时秒杀 云泽雨具到手价九块九包邮", site="商城", published=SLOT)
    assert ranked_titles(alone(selling, *REPORTS[1:]))[-1] == selling.title


def test_no_site_takes_more_than_its_share() -> None:
    """Of ten places one site gets four while others have something to say."""
    loud = [replace(r, site="大站", published=SLOT, url=f"{r.url}/loud") for r in REPORTS[:6]]
    quiet = [
        Article(title=f"{name}的小新闻", text=f"{name}今天{what}，全市居民都可以前往办理。", site=name)
        for name, what in zip(
            "甲乙丙丁戊己", ("修桥", "种树", "开渔节", "供暖提前", "公交改线", "菜市场翻新"), strict=True
        )
    ]
    ranked, similarity = rank_events(alone(*loud, *quiet), EDITION, SLOT)
    sites = [own.event.articles[0].site for own in choose(ranked, similarity, replace(EDITION, items=10))[0]]
    assert len(sites) == 10
    assert sites.count("大站") == 4


def test_a_site_alone_fills_the_issue() -> None:
    """The share of a site leaves no place empty."""
    ranked, similarity = rank_events(alone(*(replace(r, site="独家") for r in REPORTS)), EDITION, SLOT)
    assert len(choose(ranked, similarity, replace(EDITION, items=8))[0]) == 8


def test_variety_goes_before_a_near_repeat() -> None:
    """Of two articles with the same words only one is chosen while another subject waits."""
    flood, again = REPORTS[0], replace(REPORTS[0], url="https://other.example/", site="别站")
    dull = replace(REPORTS[1], published=SLOT - timedelta(days=9))
    ranked, similarity = rank_events(alone(flood, again, dull), EDITION, SLOT)
    chosen = {own.event.articles[0].title for own in choose(ranked, similarity, replace(EDITION, items=2))[0]}
    assert chosen == {flood.title, dull.title}


def test_equal_scores_are_ordered_by_key() -> None:
    """Where nothing else decides the article's own key does, so that the order given makes no difference."""
    twins = [Article(title="", text="一样长的一句话。", url=f"https://a.example/{n}") for n in range(4)]
    orders = [
        [own.event.articles[0].key for own in rank_events(alone(*given_order), EDITION, SLOT)[0]]
        for given_order in (twins, twins[::-1])
    ]
    assert orders[0] == orders[1] == sorted(orders[0])


def test_no_events_rank_as_nothing() -> None:
    """An empty day is an empty ranking."""
    ranked, similarity = rank_events([], EDITION, SLOT)
    empty: list[Ranked] = []
    assert ranked == choose(ranked, similarity, EDITION)[0] == empty


def test_the_factors_make_the_score() -> None:
    """The score is the product of its terms, and one line says so."""
    for own in rank_events(alone(*REPORTS), EDITION, SLOT)[0]:
        assert own.score == pytest.approx(prod(own.terms.values()), rel=1e-3)
        told = explain_score(own.terms, own.score)
        assert told.startswith(f"{own.score:.2f} = ")
        assert "\n" not in told


def scores(edition: Edition, *articles: Article) -> dict[str, float]:
    """The score of each article as an event of its own, by title."""
    ranked, _ = rank_events(alone(*articles), edition, SLOT)
    return {own.event.articles[0].title: own.score for own in ranked}


@pytest.mark.parametrize(
    ("better", "worse", "edition"),
    [
        ({"source": "部委"}, {"source": "门户"}, replace(EDITION, tiers={"部委": 1})),
        ({"source": "报纸"}, {"source": "门户"}, replace(EDITION, tiers={"门户": 5})),
        ({"position": 1}, {"position": 20}, EDITION),
        ({"position": 3}, {"position": 0}, EDITION),
    ],
)
def test_rank_of_source_and_place_in_the_list_count(
    better: dict[str, Any], worse: dict[str, Any], edition: Edition
) -> None:
    """Of two reports alike in all else the one of the better source, or nearer the top of its list, comes first."""
    one = replace(REPORTS[0], title="甲市发布新的停车办法", **better)
    other = replace(REPORTS[0], title="乙市发布新的停车办法", url="https://other.example/", **worse)
    found = scores(edition, one, other)
    assert found[one.title] > found[other.title]


def test_interests_go_first() -> None:
    """What the edition asks for comes before what is else as important."""
    asked = replace(EDITION, query="预付卡 退款")
    plain, wanted = scores(EDITION, *REPORTS), scores(asked, *REPORTS)
    title = "预付卡示范合同发布 七日之内可以退款"
    assert wanted[title] > plain[title] * 1.5
    assert max(wanted, key=wanted.__getitem__) == title


def test_limits_of_sections_and_sources_are_never_passed() -> None:
    """Also where the issue has room; each that is refused says why."""
    ranked, similarity = rank_events(alone(*(replace(r, site="独家") for r in REPORTS)), EDITION, SLOT)
    chosen, refused = choose(ranked, similarity, replace(EDITION, per_source=3))
    assert len(chosen) == 3
    assert set(refused.values()) == {"独家 has its 3 items already"}
    chosen, refused = choose(ranked, similarity, EDITION, lambda _: "民生", {"民生": 2})
    assert len(chosen) == 2
    assert set(refused.values()) == {"the section 民生 has its 2 items already"}


@pytest.mark.parametrize(
    ("title", "terms"),
    [
        ("国务院办公厅印发《数据流通安全管理办法》", {"official", "act"}),
        ("关于进一步规范校外供餐的通知", {"act"}),
        ("国務院總理主持會議", {"official"}),
        ("國務院常務會議研究夏糧收購", {"official"}),
        ("国务院国资委召开座谈会", set()),
        ("让算法多一点人情味（快评）", {"opinion"}),
        ("限时秒杀 云泽雨具九块九包邮", {"advertisement"}),
        ("岚川大桥通车", set()),
    ],
)
def test_a_headline_has_its_weight(title: str, terms: set[str]) -> None:
    """Acts and the highest organs weigh more, opinion and advertising less, ordinary news nothing of its own."""
    assert set(weigh_headline(title)) == terms


def test_what_an_issue_had_no_room_for_stands_back() -> None:
    """An event of left-over reports weighs less; one new report makes it as good as new."""
    pair = Event((replace(REPORTS[0], url="https://a.example/"), replace(REPORTS[0], url="https://b.example/")))
    keys = [article.key for article in pair.articles]
    fresh, partly, stale = (
        rank_events([pair], EDITION, SLOT, left_over)[0][0].score for left_over in ([], keys[:1], keys)
    )
    assert fresh == partly > stale > 0


def test_what_others_tell_too_is_no_matter_of_one_sites_share() -> None:
    """Of ten places one site gets more than four where other sites tell the same events."""
    shared = [Event((replace(r, site="大站", published=SLOT), replace(r, site="别站"))) for r in REPORTS]
    ranked, similarity = rank_events(shared, EDITION, SLOT)
    chosen, _ = choose(ranked, similarity, replace(EDITION, items=10))
    assert len(chosen) == len(REPORTS)
