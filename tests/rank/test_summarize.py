"""The summary keeps its promises for every text, budget and script."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import digest
from digest.rank.analysis import analyse
from digest.rank.forms import leans, worth
from digest.rank.language import simplify
from digest.rank.prior import weights
from digest.rank.sentences import split_sentences

NEWS = (
    "云泽日报讯（记者 顾明）11月18日，云泽市召开数据安全工作推进会，部署第四季度重点任务。"
    "会议通报了前三季度执法情况，全市共检查企业312家，责令整改47家。\n"
    "会议现场\n"
    "副市长林岚指出，要压实企业主体责任，健全分类分级制度，年底前完成重要数据目录报送。"
    "“安全是发展的前提。”她说。\n"
    "会议要求，各县区要在12月10日前完成自查，并向市网信办书面报告。\n"
    "各县区分管负责人参加会议。"
)
TITLE = "云泽部署第四季度数据安全工作 年底前报送重要数据目录"
PROSE = st.text(st.sampled_from("数据安全工作会议要求云泽市。！？，；：“”《》\n ab3.5…"), max_size=400)


def test_a_news_item_is_summed_up() -> None:
    """Whole sentences in reading order, no dateline, no caption, within the budget."""
    summary = digest.summarize(NEWS, title=TITLE, chars=120)
    text = str(summary)
    assert "云泽市召开数据安全工作推进会" in text
    assert "记者" not in text
    assert "会议现场" not in text
    assert len(text) <= 120
    assert [s.index for s in summary.sentences] == sorted(s.index for s in summary.sentences)


@given(PROSE, st.integers(1, 200), st.booleans())
@settings(max_examples=60)
def test_every_sentence_is_a_slice_within_the_budget(text: str, chars: int, trim: bool) -> None:
    """Laws 2 and 5: verbatim, never past `chars`, never empty for a text that says something, never a crash."""
    summary = digest.summarize(text, chars=chars, trim=trim)
    assert all(text[s.start : s.end] == s.text for s in summary.sentences)
    assert len(str(summary)) <= max(chars, 1)
    assert bool(summary.sentences) == bool(text.strip())


@given(st.text(max_size=200))
@settings(max_examples=60)
def test_no_text_crashes(text: str) -> None:
    """Law 5 for any Unicode at all, lone surrogates included."""
    summary = digest.summarize(text)
    assert all(text[s.start : s.end] == s.text for s in summary.sentences)
    assert len(str(summary)) <= 360


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" \n　", ""),
        ("一句没有标点的话", "一句没有标点的话"),
        ("只有一句。", "只有一句。"),
        ("😀😀😀", "😀😀😀"),
        ("One sentence without an end", "One sentence without an end"),
    ],
)
def test_the_small_cases(text: str, expected: str) -> None:
    """Empty gives empty; one sentence gives that sentence."""
    assert str(digest.summarize(text)) == expected


def test_ten_megabytes_of_one_character() -> None:
    """A monster ends in a cut that is flagged, not in a crash."""
    summary = digest.summarize("字" * 10_000_000)
    assert len(summary.sentences) == 1
    assert summary.sentences[0].forced
    assert len(str(summary)) <= 120


@pytest.mark.parametrize(
    "wish", [{"sentences": 1, "chars": 9}, {"chars": 9, "ratio": 0.5}, {"sentences": 0}, {"chars": 0}, {"ratio": 1.5}]
)
def test_impossible_wishes_are_refused(wish: dict[str, float]) -> None:
    """Two limits at once, or one out of range, is a ValueError."""
    with pytest.raises(ValueError):
        digest.summarize(NEWS, **wish)  # type: ignore[arg-type]  # the point of the test


def test_sentences_and_ratio_limit_the_length() -> None:
    """`sentences` counts sentences, `ratio` is a share of the characters."""
    assert len(digest.summarize(NEWS, sentences=2).sentences) == 2
    assert len(str(digest.summarize(NEWS, ratio=0.3))) <= round(len(NEWS) * 0.3)


def test_whole_sentences_stay_whole() -> None:
    """With trim=False nothing is left off, not even the dateline."""
    summary = digest.summarize(NEWS, sentences=1, trim=False, title=TITLE)
    assert not any(s.cut for s in summary.sentences)
    assert all(s.text[-1] in "。！？”" for s in summary.sentences)


def test_traditional_is_ranked_like_simplified_and_shown_as_it_is() -> None:
    """The same sentences are taken from the traditional text, in its own characters."""
    import opencc

    traditional = opencc.OpenCC("s2t").convert(NEWS)
    simple, shown = digest.summarize(NEWS), digest.summarize(traditional)
    assert [s.index for s in shown.sentences] == [s.index for s in simple.sentences]
    assert all(s.text in traditional for s in shown.sentences)
    assert shown.language == "zh-Hant"


def test_a_near_repeat_is_refused() -> None:
    """What was said is not said again."""
    text = "全市共检查企业312家，责令整改47家。" * 2 + "下一步将公布名单，接受社会监督。"
    summary = digest.summarize(text, sentences=2)
    assert [s.text for s in summary.sentences] == [
        "全市共检查企业312家，责令整改47家。",
        "下一步将公布名单，接受社会监督。",
    ]


def test_a_query_leans_the_summary() -> None:
    """Words that are asked for come first."""
    assert "12月10日" in str(digest.summarize(NEWS, sentences=1, query="自查 书面报告"))


BRIDGE = "岚川大桥今天通车。该桥全长三公里，双向六车道，设计时速八十公里。市民可免费通行至年底。"


def test_a_sentence_that_leans_on_another_does_not_stand_alone() -> None:
    """Not even where it is asked for is 该桥 printed without its bridge; where there is room, both are."""
    one = digest.summarize(BRIDGE, sentences=1, query="设计时速 双向六车道")
    assert "该桥" not in str(one)
    two = digest.summarize(BRIDGE, sentences=2, query="设计时速 双向六车道")
    assert str(two).startswith("岚川大桥今天通车。该桥")


def test_a_connective_may_go_where_the_rest_stands() -> None:
    """此外 points back; without it the sentence stands, and …… shows that something stood before."""
    text = "云泽市召开数据安全会议。此外，岚川市将于明年三月启用第二座应急物资库，可储备十二大类物资。"
    assert str(digest.summarize(text, sentences=1, query="应急物资库")).startswith("……岚川市将于明年三月启用")


def test_a_text_that_only_leans_is_still_summed_up() -> None:
    """Law 5: where every sentence points back, one is printed all the same."""
    assert str(digest.summarize("他来了。该桥通车了。", sentences=1))


@pytest.mark.parametrize("opening", ["其中，", "在此背景下，", "为此，", "据此，", "她表示，", "同时，"])
def test_these_openings_lean(opening: str) -> None:
    """A sentence that begins with 其中 or 据此 points to the one before it."""
    assert leans(opening + "三家企业投资超过十亿元。")


def test_other_words_that_begin_alike_do_not_lean() -> None:
    """其实 and a place after 在 point to nothing."""
    assert not leans("其实三家企业投资超过十亿元。")
    assert not leans("在岚川市，三家企业投资超过十亿元。")


@pytest.mark.parametrize(
    ("text", "empty"),
    [
        ("林岚明确了下一步国企改革的四方面重点任务。", True),
        ("会议部署了今年的12项重点工作。", True),
        ("会议提出三项措施：减税、降费、扩岗。", False),
        ("全市今年完成四十项绿色改造。", False),
    ],
)
def test_an_announcement_without_its_points_is_worth_less(text: str, empty: bool) -> None:
    """How many tasks there are tells little where none of them is told."""
    drafts = analyse(split_sentences(text), text).drafts(0, trim=True)
    told = {**drafts.features, "announces": 0.0}
    assert (worth(drafts.features, weights().form) < worth(told, weights().form)) == empty


HEADINGS = (
    "{lead}■ 资产总额突破五百亿元\n截至去年底，云泽国企资产总额突破五百亿元，比上年增长两成。\n"
    "■ 研发投入连续三年增长\n去年，云泽国企研发投入十二亿元，连续三年增长。\n"
    "■ 新增就业岗位八千个\n去年，云泽国企新增就业岗位八千个，其中高校毕业生占六成。\n"
    "■ 完成绿色改造四十项\n去年，云泽国企完成绿色改造四十项，能耗强度继续下降。\n"
    "■ 帮扶资金超过三亿元\n去年，云泽国企投入帮扶资金超过三亿元，惠及二十个乡镇。\n"
)


@pytest.mark.parametrize("lead", ["云泽市今天召开发布会，介绍去年国企发展情况。\n", ""])
def test_the_parts_of_one_article_are_told_in_sentences(lead: str) -> None:
    """Where every part is about the headline's subject, its sentences are printed, not its headings behind ；."""
    summary = digest.summarize(HEADINGS.format(lead=lead), title="云泽国企去年资产超五百亿元", chars=120)
    assert all(sentence.printed[-1] in "。…" for sentence in summary.sentences)


def test_a_programme_of_many_items_is_told_in_headings() -> None:
    """Of items that share no subject the headings say what they are."""
    items = (
        "岚川大桥今天通车\n岚川大桥今天上午通车，全长三公里。\n汉宁新增地铁线路两条\n汉宁新增地铁线路两条，日均客运十万人次。\n"
        "云泽粮食产量再创新高\n云泽粮食产量再创新高，达到九十万吨。\n江城医院启用新大楼\n江城医院启用新大楼，床位增加六百张。\n"
        "清江禁渔期正式开始\n清江禁渔期正式开始，为期四个月。\n"
    )
    assert "；" in str(digest.summarize(items, title="早间播报", chars=120))


def test_keywords_are_words_not_characters() -> None:
    """Words and phrases of two characters or more, none inside another."""
    words = digest.summarize(NEWS, title=TITLE).keywords
    assert words
    assert all(len(word) > 1 for word in words)
    assert not any(a != b and a in b for a in words for b in words)


def test_a_headline_that_repeats_itself_gives_no_keyword_of_its_own() -> None:
    """A phrase that stands only in the headline, twice, is none of the text's keywords and breaks nothing."""
    words = digest.summarize("公司今天发布新产品，市场反应积极。", title="云泽网络安全会议 云泽网络安全会议").keywords
    assert words
    assert not any("云泽" in word or "网络" in word for word in words)


def test_every_sentence_has_a_verdict() -> None:
    """The explanation covers every sentence, with its terms and a reason."""
    verdicts = digest.summarize(NEWS, title=TITLE).verdicts
    assert sum(v.taken for v in verdicts) >= 1
    assert all(v.reason for v in verdicts)
    assert all({"centrality", "prior", "opening", "title", "long"} <= set(v.terms) for v in verdicts)


def test_threads_agree() -> None:
    """Ten threads that start before jieba is loaded give one result."""
    with ThreadPoolExecutor(10) as pool:
        results = set(pool.map(lambda _: str(digest.summarize(NEWS)), range(10)))
    assert len(results) == 1


def test_hash_seeds_agree() -> None:
    """Law 3: the same input gives the same output under any hash seed, to the last digit of every term."""
    # the text as its own title: many words to add up, so that another order would show
    script = (
        "import sys, json, digest; text = sys.stdin.read(); s = digest.summarize(text, title=text);"
        "chosen = [[x.start, x.score] for x in s.sentences];"
        "print(json.dumps([chosen, s.keywords, [v.terms for v in s.verdicts]]))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            input=NEWS.encode(),
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("0", "1", "2", "3")
    }
    assert len(outputs) == 1
    assert json.loads(outputs.pop())


@given(st.text(max_size=200))
@settings(max_examples=60)
def test_the_simplified_copy_keeps_every_offset(text: str) -> None:
    """Converting never changes the length."""
    assert len(simplify(text)) == len(text)
