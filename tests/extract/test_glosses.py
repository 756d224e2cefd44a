"""A gloss goes only where it is a reading of the very character before it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.extract.glosses import strip_glosses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("全省網(wǎng)信辦主任會(huì)議", "全省網信辦主任會議"),
        ("女(nǚ)兒綠(lǜ)", "女兒綠"),
        ("長(zhǎng)期（zhǎng）", "長期（zhǎng）"),
        ("会（huì）议", "会议"),
        ("一(yí)个", "一个"),
        ("我们(men)的(de)", "我们的"),
        ("国(ɡuó)家", "国家"),
        ("网(wang)信", "网信"),
        ("處(中心)負責", "處(中心)負責"),
        ("国际货币基金组织(IMF)", "国际货币基金组织(IMF)"),
        ("移动(5G)网络", "移动(5G)网络"),
        ("選項(a)和(b)", "選項(a)和(b)"),
        ("阿(a)", "阿(a)"),
        ("苹果(apple)", "苹果(apple)"),
        ("国(ai)", "国(ai)"),
        ("(试行)", "(试行)"),
    ],
)
def test_only_true_readings_go(text: str, expected: str) -> None:
    """Tone marks, sandhi, ü and look-alike letters are understood; abbreviations and words are kept."""
    assert strip_glosses(text) == expected


@given(st.text(st.sampled_from("网信办会议ab()（）wǎnghuì，。"), max_size=60))
def test_stripping_only_deletes(text: str) -> None:
    """What is left is the text's characters in order."""
    left = iter(text)
    assert all(char in left for char in strip_glosses(text))
