"""One event as an item: what it prints, what of it is new, and what stands below."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose.continuity import judge_standing
from digest.compose.importance import Ranked
from digest.compose.items import Story, heading, make_item
from digest.model import Article, Edition, Event, Item, SectionRule, Told
from digest.rank.sentences import split_sentences
from tests.compose.examples import EDITION, FLOOD, MUSEUM, texts

TITLE = "云泽石门渡镇山体滑坡致3人遇难"
FIRST = (
    "云泽日报讯（记者 顾明）11月18日夜间，云泽北部山区出现持续强降雨，石门渡镇山体滑坡，已造成3人遇难。"
    "市防汛指挥部当晚启动四级应急响应，连夜转移沿江群众1864人。\n"
    "截至19日清晨，白鹭水库水位回落至警戒线以下，下游堤防没有出现险情。"
)
FOUND = "20日上午，救援队又找到2名失踪者的遗体，遇难人数升至5人。"
MONEY = "省财政厅同日下拨救灾资金1200万元，用于修复道路和供水设施。"
POWER = "国网云泽供电公司当日抢修线路27条，恢复石门渡镇5100户供电。"
LATER = (
    "云泽市住建局11月21日公布调查结果，石门渡镇山体滑坡与上方采石场违规堆土有关。"
    "采石场负责人何某已被警方控制，两名监管人员停职接受调查。"
    "市长林岚表示，全市43处采石场即日起停产排查，年底前不得复工。"
)


def article(text: str, title: str = TITLE, site: str = "云泽日报") -> Article:
    """A report of the nineteenth of November."""
    published = datetime(2026, 11, 19, 8, tzinfo=UTC)
    return Article(title, text, site=site, url=f"https://{len(text)}.example/", language="zh-Hans", published=published)


def told(*texts: str) -> Told:
    """An earlier item that told these texts."""
    return Told(date(2026, 11, 19), 3, TITLE, tuple(article(text) for text in texts))


def made(*articles: Article, earlier: Told | None = None, edition: Edition = EDITION) -> Item:
    """The item of an event, judged against what was told of it."""
    story = Story(Event(articles))
    if earlier:
        verdict = judge_standing(articles, [earlier])
        assert verdict.standing != "repeat"
        others = (a for a in articles if a is not verdict.lead)
        story = Story(Event((verdict.lead, *others)), verdict.standing, earlier, verdict.sentences)
    return make_item(Ranked(story.event, 1.5, 0, {"central": 1.5}), story, edition)


def test_an_update_prints_only_what_is_new() -> None:
    """Of a report that repeats what was told and adds two sentences, those two are printed, as they stand there."""
    item = made(article(FIRST + FOUND + MONEY), earlier=told(FIRST))
    assert item.standing == "update"
    assert [s.text for s in item.summary.sentences] == [FOUND, MONEY]
    assert item.earlier == told(FIRST)


def test_an_update_keeps_the_budget() -> None:
    """Where not all news has room, whole sentences of it are left off, never half of one; and nothing old comes in."""
    item = made(article(FIRST + FOUND + MONEY + POWER), earlier=told(FIRST), edition=replace(EDITION, chars=40))
    (printed,) = item.summary.sentences
    assert printed.text in (FOUND, MONEY, POWER)


def test_a_follow_is_summed_up_as_usual() -> None:
    """A report that is mostly new is an item like any other, and says where the story stood before."""
    known = told(FIRST)
    item = made(article(LATER, "石门渡滑坡调查结果公布"), earlier=known)
    plain = made(article(LATER, "石门渡滑坡调查结果公布"))
    assert (item.standing, item.earlier) == ("follow", known)
    assert (plain.standing, plain.earlier) == ("new", None)
    assert item.summary.sentences == plain.summary.sentences != ()


def test_the_lead_is_printed_and_the_others_stand_below() -> None:
    """In their order, with title, site, URL and key; an untitled one is headed by its first sentence."""
    others = (article(FIRST, "滑坡致三人遇难", "鹭汀晚报"), article(FIRST + MONEY, "", ""))
    item = made(article(FIRST + FOUND), *others)
    assert [(a.title, a.site, a.url, a.key) for a in item.also] == [
        ("滑坡致三人遇难", "鹭汀晚报", others[0].url, others[0].key),
        (heading(FIRST), "", others[1].url, others[1].key),
    ]


def test_what_another_report_adds_is_told_with_its_source() -> None:
    """A figure the lead does not have, in the words of the report that has it."""
    other = article(FIRST + POWER, site="鹭汀晚报")
    (added,) = made(article(FIRST), other).added
    assert (added.sentence.text, added.article) == (POWER, other)


def test_an_item_carries_what_it_is_worth_and_where_it_belongs() -> None:
    """Score and factors are those of its event, the section that of its lead; the number comes later."""
    edition = replace(EDITION, sections=(SectionRule("灾害", ("滑坡",)),))
    item = made(article(FIRST), edition=edition)
    assert (item.number, item.score, item.terms, item.section) == (0, 1.5, {"central": 1.5}, "灾害")


def test_a_document_brings_its_card() -> None:
    """Facts of the leading article, each a slice of it; ordinary news has none."""
    notice = Article(
        title="云泽市人民政府办公室关于印发《云泽市河道采砂管理办法》的通知",
        text="云办发〔2026〕47号\n各区人民政府：\n现将《云泽市河道采砂管理办法》印发给你们。本办法自2026年12月1日起施行。",
        language="zh-Hans",
    )
    card = made(notice).card
    assert (card.value("number"), card.value("effective")) == ("云办发〔2026〕47号", "2026-12-01")
    assert made(article(MUSEUM, "新馆开馆")).card.facts == ()


def test_the_heading_is_not_said_again() -> None:
    """A summary leaves out the sentence that is the headline itself, where another is left."""
    head = split_sentences(FLOOD)[1].text.rstrip("。\n")
    item = made(article(FLOOD, head))
    assert item.summary.sentences
    assert all(s.text.strip().rstrip("。") != head for s in item.summary.sentences)
    only = made(article("岚川大桥今天通车。", "岚川大桥今天通车"))
    assert str(only.summary) == "岚川大桥今天通车。"


def test_credits_head_nothing() -> None:
    """An untitled text that opens with signs or a credit is headed by its first sentence with words in it."""
    assert (
        heading("！！！\n岚川大桥今天正式通车，市民出行时间缩短一半。") == "岚川大桥今天正式通车，市民出行时间缩短一半"
    )
    assert heading("！！！") == "！！！"


@given(texts, texts, st.sampled_from([1, 40, 120]))
@settings(max_examples=40)
def test_every_item_says_something_that_stands_in_its_report(before: str, after: str, chars: int) -> None:
    """Whatever was told: the sentences are slices in reading order, and of an update none was told word for word."""
    report = article(f"{after}{MONEY}", "")
    known = told(before)
    verdict = judge_standing([report], [known])
    if verdict.standing == "repeat":
        return
    item = made(report, earlier=known, edition=replace(EDITION, chars=chars))
    places = [(s.start, s.end) for s in item.summary.sentences]
    assert places == sorted(places) != []
    assert all(report.text[s.start : s.end] == s.text for s in item.summary.sentences)
    if item.standing == "update":
        old = {s.text.strip() for s in split_sentences(before)}
        assert not old & {s.text.strip() for s in item.summary.sentences}
