"""Datelines, clauses, and the cut where there is no clause."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Sentence
from digest.rank.clauses import clause_ends, force
from digest.rank.dateline import dateline_length, signed


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
        ("岚溪城消息：大桥通车。", "岚溪城消息："),
        ("本报岚溪1月27日电  （记者张三）汉宁消息：大桥通车。", "本报岚溪1月27日电  （记者张三）汉宁消息："),
        ("好消息：大桥通车。", ""),
        ("市教育局消息：报名人数增加。", ""),
        ("知情人士消息：谈判中断。", ""),
        ("2026年01月27日  大桥通车。", "2026年01月27日  "),
        ("2026年01月27日　大桥通车。", "2026年01月27日　"),
        ("2026年01月27日 08:30\n大桥通车。", "2026年01月27日 08:30\n"),
        ("2026年01月27日  岚溪城消息：大桥通车。", "2026年01月27日  岚溪城消息："),
        ("2026年01月27日 大桥通车。", ""),
        ("2026年01月27日大桥通车。", ""),
        ("通讯技术（第五代）发展很快。", ""),
        ("大桥（全长3公里）通车。", ""),
        ("会议指出，要加强监管。", ""),
    ],
)
def test_a_dateline_is_known_and_a_date_is_none(text: str, dateline: str) -> None:
    """Agency, place, day and reporter are a dateline; a day that tells when is not."""
    assert text[: dateline_length(text)] == dateline


def test_a_stamp_makes_no_wire_story() -> None:
    """A bare stamp is left off like a dateline, but only an agency, a place or a reporter signs a wire story."""
    assert signed("岚溪城消息：大桥通车。")
    assert signed("2026年01月27日  岚溪城消息：大桥通车。")
    assert not signed("2026年01月27日  大桥通车。")
    assert not signed("大桥通车。")


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


@given(st.text(st.sampled_from("字国，；：。“”《》（）3,5:9abc 　"), min_size=1, max_size=120), st.integers(2, 80))
def test_a_forced_cut_is_a_slice_within_the_limit(text: str, limit: int) -> None:
    """Where nothing shorter is there the opening is cut, with true offsets, and flagged."""
    source = "前文。" + text
    forced = force(whole(text, 3), limit, [])
    assert source[forced.start : forced.end] == forced.text == forced.text.strip()
    assert len(forced.printed) <= max(limit, 1)
    assert forced.forced
