"""What is new: across days and beside other reports; precision before recall."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose.continuity import ADDED, find_additions, judge_standing, new_sentences
from digest.compose.figures import find_figures, is_rounded
from digest.model import Article, Told

FIRST = (
    "云泽日报讯（记者 顾明）11月18日夜间，云泽北部山区出现持续强降雨，石门渡镇山体滑坡，已造成3人遇难。"
    "市防汛指挥部当晚启动四级应急响应，连夜转移沿江群众1864人。\n"
    "截至19日清晨，白鹭水库水位回落至警戒线以下，下游堤防没有出现险情。"
)
AGAIN = (
    "鹭汀晚报消息：云泽市北部山区18日夜间持续强降雨，石门渡镇发生山体滑坡，造成3人遇难。"
    "云泽市防汛指挥部启动四级应急响应，当晚转移沿江群众1864人。"
    "到19日清晨，白鹭水库水位已回落到警戒线以下，下游堤防未出现险情。"
)
MORE = (
    FIRST
    + "20日上午，救援队又找到2名失踪者的遗体，遇难人数升至5人。"
    + "省财政厅同日下拨救灾资金1200万元，用于修复道路和供水设施。"
)
LATER = (
    "云泽市住建局11月21日公布调查结果，石门渡镇山体滑坡与上方采石场违规堆土有关。"
    "采石场负责人何某已被警方控制，两名监管人员停职接受调查。"
    "市长林岚表示，全市43处采石场即日起停产排查，年底前不得复工。"
)


def article(text: str, title: str = "云泽石门渡镇山体滑坡致3人遇难", hour: int = 8, source: str = "") -> Article:
    """An article of the nineteenth of November."""
    return Article(title=title, text=text, published=datetime(2026, 11, 19, hour, tzinfo=UTC), source=source)


def told(*texts: str) -> tuple[Told, ...]:
    """One earlier item that told these texts."""
    return (Told(date(2026, 11, 19), 3, "云泽石门渡镇山体滑坡致3人遇难", tuple(article(text) for text in texts)),)


def printed(text: str, *known: str) -> list[str]:
    """The new sentences as a reader sees them."""
    return [sentence.printed for sentence in new_sentences(text, known)]


def test_other_words_are_no_news() -> None:
    """A report of the same in other words, from another paper and under another dateline, says nothing new."""
    assert printed(AGAIN, FIRST) == []
    assert printed(FIRST, AGAIN) == []


def test_script_and_width_are_no_news() -> None:
    """The same report in traditional characters and full-width figures says nothing new, in both directions."""
    traditional = (
        "11月18日夜間，雲澤北部山區出現持續強降雨，石門渡鎮山體滑坡，已造成３人遇難。"
        "市防汛指揮部當晚啟動四級應急響應，連夜轉移沿江群眾１，８６４人。"
    )
    assert printed(traditional, FIRST) == []
    assert printed(FIRST.split("\n")[0], traditional) == []


@pytest.mark.parametrize(
    "said",
    [
        "石门渡镇山体滑坡已造成5人遇难。",
        "连夜转移沿江群众2310人。",
        "白鹭水库水位将于11月25日回落至警戒线以下。",
        "市教育局宣布石门渡镇三所小学停课一周。",
        "市防汛指挥部否认石门渡镇山体滑坡造成3人遇难。",
        "市防汛指挥部解除四级应急响应。",
    ],
)
def test_a_figure_a_day_a_deed_or_a_denial_is_news(said: str) -> None:
    """Another figure, a day to come, another deed or a word that takes it back makes a sentence new."""
    assert printed(said, FIRST) == [said]


@pytest.mark.parametrize(
    "said",
    [
        "据了解，石门渡镇始建于1952年，辖区面积48平方公里。",
        "此前报道，石门渡镇去年也曾发生两起滑坡。",
        "责任编辑：林岚",
        "阅读 3204",
        "灾后重建还要多久？",
        "鹭汀市长将向记者介绍情况并回答记者提问。",
    ],
)
def test_formulas_are_no_news(said: str) -> None:
    """Background, credits, counters, questions and what only announces an answer are not new."""
    assert printed(FIRST + said, FIRST) == []


def test_a_rounded_figure_was_told() -> None:
    """近7亿人次 was told by 6.97亿人次, but 50 dead by 48 were not."""
    assert printed("全年出入境近7亿人次。", "全年出入境6.97亿人次。") == []
    assert printed("滑坡造成50人遇难。", "滑坡造成48人遇难。") != []


def test_a_caption_that_the_text_repeats_is_told_once() -> None:
    """A sentence that stands twice in a report, once under its dateline, is new once."""
    said = "市教育局宣布石门渡镇三所小学停课一周。"
    assert printed(f"{said}\n云泽日报11月19日电（记者 顾明）{said}", FIRST) == [said]


def test_other_texts_are_known_too() -> None:
    """What `others` say is known as well."""
    said = "市教育局宣布石门渡镇三所小学停课一周。"
    assert new_sentences(said, [FIRST], [said]) == ()


def test_a_repeat_stays_out() -> None:
    """An event of which other papers say the same again is a repeat, and no sentence of it is new."""
    judged = judge_standing([article(AGAIN)], told(FIRST))
    assert (judged.standing, judged.sentences) == ("repeat", ())


def test_a_little_more_updates() -> None:
    """A report that is mostly known and says new things updates: its new sentences, and only those."""
    judged = judge_standing([article(AGAIN), article(MORE)], told(FIRST))
    assert judged.standing == "update"
    assert judged.lead.text == MORE
    assert [sentence.text[:6] for sentence in judged.sentences] == ["20日上午，", "省财政厅同日"]


def test_another_turn_follows() -> None:
    """A report that is mostly new goes on with the story."""
    judged = judge_standing([article(LATER, "石门渡滑坡调查结果公布")], told(FIRST))
    assert judged.standing == "follow"
    assert len(judged.sentences) == 3


def test_words_without_news_do_not_count() -> None:
    """A sentence that only says that things go on is no update of a short report; one that says a little more is."""
    assert judge_standing([article("目前救援仍在继续进行。")], told(FIRST)).standing == "repeat"
    assert judge_standing([article("学校已经停课。")], told(FIRST)).standing == "follow"


def test_a_sentence_is_known_by_most_of_its_words() -> None:
    """What a told sentence says in partly other words is known; a figure of another kind of thing is not."""
    assert printed("白鹭水库的水位已经降到警戒线以下，下游河堤平安。", FIRST) == []
    assert printed("防汛指挥部连夜组织沿江群众撤离。", FIRST) == []
    assert printed("防汛指挥部连夜组织沿江群众撤离，动用客车31辆。", FIRST) != []


def test_a_few_words_are_no_update() -> None:
    """One short remark in a long report that is known makes no update; one new figure in its headline does."""
    remark = article(FIRST + AGAIN + "现场救援仍在紧张进行。")
    assert judge_standing([remark], told(FIRST, AGAIN)).standing == "repeat"
    counted = article(FIRST + AGAIN + "目前已有5人遇难。", "云泽滑坡遇难人数升至5人")
    assert judge_standing([counted], told(FIRST, AGAIN)).standing == "update"


def test_nothing_told_makes_all_new() -> None:
    """Where nothing was told everything is new; an article without words is a repeat of nothing."""
    assert judge_standing([article(FIRST)], ()).standing == "follow"
    assert judge_standing([article("")], ()).standing == "repeat"


def test_an_addition_brings_a_figure_from_another_report() -> None:
    """What another report adds is its sentence with figures or names the lead does not have, verbatim and short."""
    other = article(AGAIN + "国网云泽供电公司当日抢修线路27条，恢复石门渡镇5100户供电。", source="鹭汀晚报")
    (added,) = find_additions(article(FIRST), [other])
    assert added.article is other
    assert added.sentence.text == "国网云泽供电公司当日抢修线路27条，恢复石门渡镇5100户供电。"
    assert other.text[added.sentence.start : added.sentence.end] == added.sentence.text


def test_rewording_adds_nothing() -> None:
    """The same in other words, questions and sentences that lean on another add nothing."""
    others = [
        article(AGAIN),
        article(FIRST + "他对此表示感谢。石门渡镇还会下雨吗？"),
        article(FIRST + "欢迎各界人士前来石门渡镇参与灾后重建工作，共同谱写家园新篇章。"),
    ]
    assert find_additions(article(FIRST), others) == ()


def test_an_older_count_is_no_addition() -> None:
    """What an older report counted or announced is not put beside a newer lead, which knows better."""
    lead = article(FIRST.replace("3人遇难", "5人遇难"), "云泽石门渡镇山体滑坡致5人遇难", hour=20)
    assert find_additions(lead, [article(FIRST, hour=8)]) == ()
    assert find_additions(article(FIRST), [article(FIRST.replace("3人", "5人"), hour=22)]) != ()


def test_two_reports_add_once_what_both_say() -> None:
    """Of two reports with the same further sentence one is quoted, and never more than the limit."""
    said = "国网云泽供电公司当日抢修线路27条，恢复石门渡镇5100户供电。"
    others = [article(AGAIN + said, source=name) for name in ("鹭汀晚报", "澜川新闻网")]
    assert len(find_additions(article(FIRST), others)) == 1
    more = article(AGAIN + "云泽市民政局向石门渡镇发放棉被860条、方便食品1400箱。")
    assert len(find_additions(article(FIRST), [*others, more])) == 2
    assert len(find_additions(article(FIRST), [*others, more], limit=1)) == 1


TEXTS = st.lists(
    st.sampled_from(
        [*FIRST.splitlines(), AGAIN, MORE, LATER, "", "！？……", "😀3人。", "The dam held; 12 people left."]
    ),
    max_size=5,
).map("\n".join)


@given(TEXTS, TEXTS, TEXTS)
@settings(deadline=None, max_examples=40)
def test_everything_is_a_slice(lead: str, one: str, other: str) -> None:
    """Whatever is new or added is a slice of its own article, in few characters, and the same every time."""
    articles = [article(one), article(other)]
    judged = judge_standing(articles, told(lead))
    assert judged == judge_standing(articles, told(lead))
    for sentence in judged.sentences:
        assert judged.lead.text[sentence.start : sentence.end] == sentence.text
    for added in find_additions(article(lead), articles):
        assert added.article.text[added.sentence.start : added.sentence.end] == added.sentence.text
        assert len(added.sentence.printed) <= ADDED


@given(TEXTS)
@settings(deadline=None, max_examples=40)
def test_a_text_says_nothing_beyond_itself(text: str) -> None:
    """No text has news for one who knows it."""
    assert new_sentences(text, [text]) == ()


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("近6.97亿人次", [("", 6.97e8)]),
        ("增长5％，提高3个百分点", [("%", 5.0), ("%", 3.0)]),
        ("百分之五的人", [("%", 5.0)]),
        ("一千八百六十四人", [("", 1864.0)]),
        ("三百余件文物", [("", 300.0)]),
        ("1,864人", [("", 1864.0)]),
        ("装机3800千瓦", [("", 3800.0)]),
        ("11月18日9时30分", [("dated", 11.0), ("day", 18.0), ("hour", 9.0), ("", 30.0)]),
        ("开幕时间为9:30", []),
        ("300亿美元（现汇率约合2089.88亿元人民币）", [("", 3e10)]),
        ("一名市民第二次来访", []),
    ],
)
def test_figures_are_read_as_numbers(text: str, figures: list[tuple[str, float]]) -> None:
    """Figures in any writing are the same number; what is no count is none."""
    assert list(find_figures(text)) == figures


def test_rounding_keeps_what_a_figure_tells() -> None:
    """A figure told shorter is the same, one that is only near is another."""
    assert is_rounded(7e8, 6.97e8)
    assert is_rounded(54.0, 53.6)
    assert not is_rounded(50.0, 48.0)
    assert not is_rounded(1058.0, 1060.0)
