"""Of a meeting the host is heard before the guest."""

from __future__ import annotations

import pytest

import digest
from digest.rank.talk import Talk, find_talk

OPENING = "市长林岚27日在云泽市民中心会见岚国经贸部长贝塔。\n"
HOST = "林岚表示，云泽愿同岚国扩大农产品贸易，欢迎岚国企业来云泽投资建厂。\n"
GUEST = "贝塔表示，岚国经贸部高度重视同云泽市的合作，贝塔将推动岚国经贸部同云泽市签署新的合作协议。\n"
TITLE = "林岚会见岚国经贸部长贝塔"


@pytest.mark.parametrize(
    ("title", "sentences", "talk"),
    [
        (TITLE, [OPENING, HOST, GUEST], Talk(1, frozenset({2}))),
        ("林岚同岚国经贸部长贝塔通话", [GUEST, "市长林岚指出，要扩大贸易。"], Talk(1, frozenset({0}))),
        ("会见岚国经贸部长 林岚称要扩大贸易", [OPENING, HOST], Talk(1)),
        ("林岚会见岚国经贸部长贝塔", [OPENING, GUEST], Talk()),
        ("岚国总统同汉国总统通话", ["岚国总统府发表声明说，双方谈了贸易。", GUEST], Talk()),
        ("云泽新建三座大桥", [HOST, GUEST], Talk()),
    ],
)
def test_host_and_guests_are_told_apart(title: str, sentences: list[str], talk: Talk) -> None:
    """The host is named first in the headline of a meeting; where nobody meets or the host is silent, none is."""
    assert find_talk(sentences, title) == talk


@pytest.mark.parametrize("chars", [60, 80, 160])
def test_the_guest_is_not_heard_alone(chars: int) -> None:
    """Whatever the room, the guest's words come only with the host's."""
    printed = str(digest.summarize(OPENING + HOST + GUEST, title=TITLE, chars=chars))
    assert "会见岚国" in printed
    assert "贝塔表示" not in printed or "林岚表示" in printed


def test_without_a_host_in_the_headline_nothing_changes() -> None:
    """Under another headline the guest's sentence, which holds its words, is taken."""
    printed = str(digest.summarize(OPENING + HOST + GUEST, title="岚国经贸部将同云泽市签署新的合作协议", chars=80))
    assert "贝塔" in printed
    assert "林岚表示" not in printed
