"""A shortened sentence is a contiguous run of whole clauses that stands alone, or is not made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import digest
from digest.model import Sentence
from digest.rank.analysis import shorten
from digest.rank.clauses import locate
from digest.rank.tokens import tokenize_simplified
from digest.rank.trimming import standing_runs

CASES = [json.loads(line) for line in Path(__file__).with_name("trimming_cases.jsonl").read_text("utf-8").splitlines()]
HELD = 0.95


def whole(text: str, start: int = 0) -> Sentence:
    return Sentence(text, start, start + len(text), 0)


def runs(text: str) -> list[str]:
    return [text[run.start : run.end] for run in standing_runs(text, locate(text, tokenize_simplified(text)))]


def bare(text: str) -> str:
    return text.strip().rstrip("。！？!?.，；：,;: ")


def right(case: dict[str, Any]) -> bool:
    short = shorten(whole(case["text"]), case["limit"], case["title"] or "")
    accepted = {bare(text) for text in case["accept"]}
    return bare(short.text) in accepted if short else not accepted


def test_the_cases_of_a_stranger_are_held() -> None:
    """Of 150 sentences, trimmed by someone who had not seen the rules, at least 95 % come out right."""
    wrong = [case["id"] for case in CASES if not right(case)]
    assert len(CASES) == 150
    assert 1 - len(wrong) / len(CASES) >= HELD, wrong


@pytest.mark.parametrize(
    "text",
    [
        "如果企业未在规定期限内完成整改工作，主管部门将依法处理，并向社会公布。",
        "市长林岚在会上指出，全市充电设施数量再创新高，还要加快。",
        "全市不仅新建了三百公里绿道，而且建成了二十座公园。",
        "“我们不会为了指标牺牲岸线，”副市长祁雨桐说，“明年还要退出十二处码头。”",
    ],
)
def test_no_run_begins_behind_what_it_depends_on(text: str) -> None:
    """What follows a condition, a speaker or one side of a pair is never printed without it."""
    assert all(text.startswith(run) for run in runs(text))


@pytest.mark.parametrize(
    ("text", "limit", "printed"),
    [
        ("据岚网今天报道，岚川大桥上午正式通车，全长三公里。", 24, "……岚川大桥上午正式通车，全长三公里。"),
        (
            "云泽市召开网络安全工作会议，总结全年工作，部署明年任务，并对先进单位进行表彰。",
            24,
            "云泽市召开网络安全工作会议，总结全年工作……",
        ),
        (
            "云泽日报讯（记者 顾明）11月18日，云泽市召开会议，部署数据安全工作。",
            40,
            "云泽市召开会议，部署数据安全工作。",
        ),
        ("随着数字经济规模的持续不断扩大和发展，监管面临新课题，各地正在探索。", 15, None),
    ],
)
def test_what_was_left_off_is_shown(text: str, limit: int, printed: str | None) -> None:
    """…… stands where clauses were left off, before or behind; a dropped dateline leaves no mark."""
    short = shorten(whole(text), limit)
    assert (short and short.printed) == printed


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("11月18日上午，云泽市市长林岚在市民中心会见了汉宁市代表团，双方签署三项合作协议。", "11月18日上午，"),
        ("当地时间27日，岚川公司宣布将在汉宁市新建两座电池工厂，计划招聘员工三千人。", "当地时间27日，"),
        (
            "岚川汽车工业协会27日公布的统计数据显示，全市新能源汽车销量达到12.6万辆，同比增长31.2%。",
            "岚川汽车工业协会27日",
        ),
    ],
)
def test_the_time_and_the_owner_are_left_off_only_where_nothing_else_fits(text: str, opening: str) -> None:
    """A sentence keeps its day and whose figure it gives while that fits, although the rest would stand alone."""
    roomy, tight = shorten(whole(text), 60), shorten(whole(text), 33)
    assert roomy
    assert roomy.text.startswith(opening)
    assert tight is None or tight.text.startswith(opening) or tight.cut_before


@pytest.mark.parametrize(
    ("text", "owes"),
    [
        ("近日，在第三届北京产业发展大会上，岚川市政府发布六项新政策，惠及企业200家。", False),
        ("27日，在第三届北京产业发展大会上，岚川市政府发布六项新政策，惠及企业200家。", True),
        ("最新数据显示，岚川市今年新增企业12万家，同比增长20%。", False),
        ("岚川市统计局数据显示，今年出口回升，岚川市政府新增企业12万家，同比增长20%。", True),
    ],
)
def test_a_front_owes_a_day_or_an_owner(text: str, owes: bool) -> None:
    """近日 tells no day and 数据显示 no owner; one that frames the whole sentence is owed by every later clause."""
    later = [run for run in standing_runs(text, locate(text, tokenize_simplified(text))) if run.front]
    assert later
    assert all(run.owes == owes for run in later)


def test_a_question_keeps_the_verb_that_asks_it() -> None:
    """岚川将如何提升…, asked by 畅谈 before it, does not become a statement; with its own verb it may stand."""
    asked = "在第九届云泽论坛上，各地政商代表畅谈未来五年中，岚川将如何提升金融中心的功能，开拓贸易新机遇。"
    assert not [run for run in runs(asked) if run.startswith("岚川将如何")]
    own = "在第九届云泽论坛上，岚川市政府研究如何提升金融中心的功能，开拓贸易新机遇。"
    assert [run for run in runs(own) if run.startswith("岚川市政府研究如何")]


@given(
    st.text(st.sampled_from("云泽市召开会议部署工作但如果他说，；：。“”《》（）3,5:9abc 　"), min_size=1, max_size=120),
    st.integers(2, 80),
)
def test_every_form_is_a_slice_with_true_offsets(text: str, limit: int) -> None:
    """Law 2: whatever is printed is `text[start:end]`, tight, and within the limit."""
    source = "前文。" + text
    short = shorten(whole(text, 3), limit)
    if short is not None:
        assert source[short.start : short.end] == short.text == short.text.strip()
        assert len(short.printed) <= limit


@given(st.text(st.sampled_from("云泽市召开会议部署，；。“”《》（）3,5:9ab 　"), max_size=120))
def test_a_run_is_whole_clauses(text: str) -> None:
    """A run begins and ends at a free ，；： of the sentence, or where the sentence does."""
    for run in standing_runs(text, locate(text, tokenize_simplified(text))):
        assert run.start == 0 or text[: run.start].rstrip()[-1] in "，；：,;:"
        assert run.end >= len(text.rstrip()) or text[run.end] in "，；：,;:"


@pytest.mark.parametrize(
    "text",
    [
        "岚川市将新建三条地铁线路，这一消息被市政府否认，称纯属谣言。",
        "岚川大桥原定于今年十月正式通车，因洪水影响，推迟到明年三月。",
        "企业可以申请每年五十万元的补贴，条件是三年内不得迁出本市，违者退回。",
        "在没有获得家长书面同意的情况下，学校不得组织学生外出，教师也不得私自补课。",
        "Residents can return to their homes on Monday, provided that the water level falls.",
    ],
)
def test_what_is_denied_or_conditioned_is_not_printed_without_that(text: str) -> None:
    """A denial, a delay, a condition: the first clause is never printed without it, nor the last without the first."""
    first, last = text.split("，")[0].split(",")[0], text[-6:]
    assert not [run for run in runs(text) if run == first or (run.endswith(last) and not run.startswith(first))]


def test_a_forced_cut_breaks_no_number() -> None:
    """Where a sentence has to be cut at a word, a number stays whole."""
    assert str(digest.summarize("公司上半年亏损1,234,567,890元，较上年同期扩大。", chars=14)) == "公司上半年亏损……"
