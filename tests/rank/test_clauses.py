"""A shortened sentence is a whole opening of clauses, or is not made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Sentence
from digest.rank.clauses import clause_ends, drop_dateline, force, shorten
from digest.rank.dateline import dateline_length


def whole(text: str, start: int = 0) -> Sentence:
    return Sentence(text, start, start + len(text), 0)


@pytest.mark.parametrize(
    ("text", "dateline"),
    [
        ("云泽日报讯（首席记者 顾明）1月13日，市委召开会议。", "云泽日报讯（首席记者 顾明）1月13日，"),
        ("新华社北京1月13日电（记者 张三）国务院发布条例。", "新华社北京1月13日电（记者 张三）"),
        ("中新网1月13日电 据介绍，展览开幕。", "中新网1月13日电 "),
        ("本报讯 （记者 李四）昨日起，大桥通车。", "本报讯 （记者 李四）"),
        ("（记者王五）大桥通车。", "（记者王五）"),
        ("央视网消息：大桥通车。", "央视网消息："),
        ("LONDON, Jan. 13 (Xinhua) -- Shares rose.", "LONDON, Jan. 13 (Xinhua) -- "),
        ("LONDON — Shares rose.", "LONDON — "),
        ("IMF said growth slowed — again.", ""),
        ("IT之家 1 月 28 日消息，大桥通车。", "IT之家 1 月 28 日消息，"),
        ("据省教育厅12月1日消息，报名人数增加。", ""),
        ("江城市教育局12月1日消息，报名人数增加。", ""),
        ("江城晚报讯（记者 张三）12月1日上午10时，地铁开通。", "江城晚报讯（记者 张三）"),
        ("【岚溪网】大桥通车。", "【岚溪网】"),
        ("【大桥正式通车】昨日上午，大桥通车。", ""),
        ("2026年01月27日 本报岚溪1月26日电 （记者张三）大桥通车。", "2026年01月27日 本报岚溪1月26日电 （记者张三）"),
        ("1月11日，全省会议召开。", ""),
        ("通讯技术（第五代）发展很快。", ""),
        ("大桥（全长3公里）通车。", ""),
        ("会议指出，要加强监管。", ""),
    ],
)
def test_a_dateline_is_known_and_a_date_is_none(text: str, dateline: str) -> None:
    """Agency, place, day and reporter are a dateline; a day that tells when is not."""
    assert text[: dateline_length(text)] == dateline


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("甲说，乙做；丙看：丁。", ["甲说，", "乙做；", "丙看：", "丁。"]),
        ("增长1,000万元，时间9:30，完。", ["增长1,000万元，", "时间9:30，", "完。"]),
        ("《甲，乙》和“丙，丁”，戊。", ["《甲，乙》和“丙，丁”，", "戊。"]),
        ("（甲，乙）丙", ["（甲，乙）丙"]),
        ("一个没有合上的“引号，照样能切，完。", ["一个没有合上的“引号，", "照样能切，", "完。"]),
    ],
)
def test_clauses_end_at_free_marks(text: str, clauses: list[str]) -> None:
    """No clause ends inside a number, a time, a quotation, a title or a bracket."""
    ends = clause_ends(text)
    assert [text[a:b] for a, b in zip([0, *ends], ends, strict=False)] == clauses


def test_the_tail_goes_and_the_beginning_stays() -> None:
    """The longest run of whole clauses that fits, without its last comma, flagged as cut."""
    text = "云泽市召开网络安全工作会议，总结全年工作，部署明年任务，并对先进单位进行表彰。"
    short = shorten(whole(text), 24)
    assert short is not None
    assert short.text == "云泽市召开网络安全工作会议，总结全年工作"
    assert short.cut
    assert short.printed == short.text + "……"
    assert len(short.printed) <= 24


@pytest.mark.parametrize(
    "text",
    [
        "如果企业未在规定期限内完成整改工作，主管部门将依法处理，并向社会公布。",
        "为了进一步规范移动互联网应用程序管理，全市启动专项行动，历时三个月。",
        "随着数字经济规模的持续不断扩大和发展，监管面临新课题，各地正在探索。",
        "云泽市互联网信息办公室负责人介绍说，专项行动已经取得阶段成果，将继续推进。",
    ],
)
def test_half_a_thought_is_not_printed(text: str) -> None:
    """A condition without its consequence, a purpose without its action, a speaker without words: none of them."""
    assert shorten(whole(text), 22) is None


@pytest.mark.parametrize(
    ("text", "limit", "printed"),
    [
        ("据岚网今天报道，岚川大桥上午正式通车，全长三公里。", 18, "岚川大桥上午正式通车，全长三公里。"),
        ("据岚网报道，市统计局发布的数据显示，前十个月用电量增长百分之六。", 20, "前十个月用电量增长百分之六。"),
        ("最新数据显示，全市充电设施数量再创新高，截至十月底达到一千三百台。", 20, "全市充电设施数量再创新高……"),
        ("市长林岚在会上指出，全市充电设施数量再创新高，还要加快。", 20, None),
        ("据省教育厅12月1日消息，全省报名人数比去年增加两万人。", 20, None),
    ],
)
def test_what_a_medium_or_a_statistic_tells_stands_alone(text: str, limit: int, printed: str | None) -> None:
    """Where room is short a newspaper or a statistic goes unnamed; a person and an office do not."""
    short = shorten(whole(text), limit)
    assert (short and short.printed) == printed


@given(st.text(st.sampled_from("字国，；：。“”《》（）3,5:9abc 　"), min_size=1, max_size=120), st.integers(2, 80))
def test_every_form_is_a_slice_with_true_offsets(text: str, limit: int) -> None:
    """Law 2: whatever is printed is `text[start:end]`, tight, and within the limit."""
    source = "前文。" + text
    for form in (drop_dateline(whole(text, 3)), shorten(whole(text, 3), limit), force(whole(text, 3), limit, [])):
        if form is not None:
            assert source[form.start : form.end] == form.text == form.text.strip()
    short, forced = shorten(whole(text, 3), limit), force(whole(text, 3), limit, [])
    assert short is None or len(short.printed) <= limit
    assert len(forced.printed) <= max(limit, 1)
