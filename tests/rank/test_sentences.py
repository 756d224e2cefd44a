"""Splitting is only cutting, and it cuts where a reader would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.rank.sentences import MONSTER, split_sentences

MARKS = st.text(st.sampled_from("。！？!?…，；“”‘’「」《》（）() \n　ab3.5:：字国说他http/"), max_size=200)


def cut(text: str) -> list[str]:
    return [sentence.text for sentence in split_sentences(text)]


@given(st.one_of(st.text(max_size=300), MARKS))
def test_sentences_joined_are_the_text(text: str) -> None:
    """Law 1: nothing is lost, added or moved, and every offset points at its sentence."""
    sentences = split_sentences(text)
    assert "".join(s.text for s in sentences) == text
    assert all(text[s.start : s.end] == s.text for s in sentences)
    assert [s.index for s in sentences] == list(range(len(sentences)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天下雨。明天晴！后天呢？", ["今天下雨。", "明天晴！", "后天呢？"]),
        ("没有句号的尾巴", ["没有句号的尾巴"]),
        ("价格上涨；市场反应平淡。", ["价格上涨；市场反应平淡。"]),
        ("他笑了……然后走了。", ["他笑了……", "然后走了。"]),
        ("语文、数学……等课程照常。", ["语文、数学……等课程照常。"]),
        ("“今天下雨。”然后他走了。", ["“今天下雨。”", "然后他走了。"]),
        ("“今天下雨。”他说。路上有水。", ["“今天下雨。”他说。", "路上有水。"]),
        ("“好！好！”掌声响起。", ["“好！好！”", "掌声响起。"]),
        ("「下雨了。」他說。", ["「下雨了。」他說。"]),
        ("“要下雨了。”市气象局副局长林岚在新闻发布会上说。", ["“要下雨了。”市气象局副局长林岚在新闻发布会上说。"]),
        ("他读了《为什么？怎么办？》一书。很好。", ["他读了《为什么？怎么办？》一书。", "很好。"]),
        ("增长3.5%。9:30开始。", ["增长3.5%。", "9:30开始。"]),
        ("见 https://a.example/?q=1&b=2 一文。好。", ["见 https://a.example/?q=1&b=2 一文。", "好。"]),
        ("标题一行\n　　第一段。\n", ["标题一行\n　　", "第一段。\n"]),
        ("真的吗？！当然。", ["真的吗？！", "当然。"]),
        ("（完）", ["（完）"]),
        ("Mr. Li said so. It is 3.5 per cent. Is it?", ["Mr. Li said so. ", "It is 3.5 per cent. ", "Is it?"]),
        ("the end of it . the next one ? yes .", ["the end of it . ", "the next one ? ", "yes ."]),
        ("The U.S. economy grew. Fine.", ["The U.S. economy grew. ", "Fine."]),
        ("the digest of\nthe day. Next", ["the digest of\nthe day. ", "Next"]),
        ("全角数字３．５不断．下一句", ["全角数字３．５不断．", "下一句"]),
        ("", []),
    ],
)
def test_cuts_where_a_reader_would(text: str, expected: list[str]) -> None:
    """Closing marks stay, quotations and titles stay whole, numbers and URLs are not cut."""
    assert cut(text) == expected


def test_a_speech_is_cut_although_it_is_quoted() -> None:
    """A long quotation is text like any other."""
    first = "我们走过了很长的路，" * 8 + "今天仍在路上。"
    assert cut(f"“{first}明天还要继续走。”") == [f"“{first}", "明天还要继续走。”"]


def test_a_monster_is_cut_all_the_same() -> None:
    """A megabyte without any mark comes in pieces of bounded length."""
    pieces = cut("字" * 1_000_000)
    assert max(map(len, pieces)) == MONSTER
    assert "".join(pieces) == "字" * 1_000_000
