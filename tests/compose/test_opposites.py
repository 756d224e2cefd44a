"""Headlines that say opposite things are not of one event; those that say both, or other words, may be."""

from __future__ import annotations

import pytest

from digest.compose.events.grouping import group_events
from digest.compose.opposites import opposed
from digest.model import Article

OPPOSED = [
    ("沪指收涨1.2%", "沪指收跌1.2%"),
    ("国内油价今晚上调", "国内油价今晚下调"),
    ("云泽市发布暴雨黄色预警", "云泽市发布暴雨橙色预警"),
    ("王明任命为副市长", "王明被免去副市长职务"),
    ("瀚宁队2比1战胜鹭汀队", "瀚宁队1比2不敌澜川队"),
    ("网信办对张某作出处罚", "网信办对李某作出处罚"),
    ("2025年度高级职称评审开始", "2026年度高级职称评审开始"),
    ("关于《数据安全管理办法（征求意见稿）》的通知", "关于《网络安全审查办法（征求意见稿）》的通知"),
    ("瀚宁启动防汛四级响应", "瀚寧解除防汛四級響應"),
]
NOT_OPPOSED = [
    ("沪指收涨 创业板指收跌", "沪指收涨0.3%"),
    ("国内油价今晚上调", "油价每升涨两角"),
    ("《低空条例》公开征求意见", "《低空条例（草案）》征求意见"),
    ("岚川大桥通车", "澜川大桥通车"),
    ("", "沪指收跌"),
    ("沪指收涨" * 20, "沪指收跌"),
]


@pytest.mark.parametrize(("one", "other"), OPPOSED)
def test_opposites_are_told_apart(one: str, other: str) -> None:
    """Either way round, in either script; near-equal texts below do not make them one event."""
    assert opposed(one, other)
    assert opposed(other, one)
    text = "有关部门今天上午发布消息，详情请见官方网站，请市民留意后续通知并做好准备，切勿轻信传言。"
    articles = [Article(title=title, text=f"{title}。{text}", source=title) for title in (one, other)]
    assert len(group_events(articles)) == 2


@pytest.mark.parametrize(("one", "other"), NOT_OPPOSED)
def test_what_is_no_opposite_is_left_to_the_rest(one: str, other: str) -> None:
    """Headlines that name both sides, neither, or the same title in a longer form; texts too long for a headline."""
    assert not opposed(one, other)
    assert not opposed(other, one)
