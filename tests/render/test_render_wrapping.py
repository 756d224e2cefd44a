"""Lines of a fixed width by the rules of Chinese typesetting."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.render.wrapping import CLOSING, OPENING, pad, text_width, wrap

URL = "https://news.example.cn/2026/11/20/very-long-path/with-many-parts/and-a-number-0000123456789.html?from=mail"
PIECES = st.sampled_from(
    [
        "国",
        "务",
        "院",
        "，",
        "。",
        "！",
        "）",
        "（",
        "“",
        "”",
        "《",
        "》",
        "……",
        "——",
        " ",
        "CPI",
        "3.5%",
        "don’t",
        "👍",
        URL,
        "：",
    ]
)
CHINESE = st.lists(PIECES, max_size=120).map("".join)


def squeeze(text: str) -> str:
    """The text without white space."""
    return re.sub(r"\s", "", text)


def test_a_full_width_character_takes_two_columns() -> None:
    """Columns are counted as a terminal draws them."""
    assert text_width("国务院GDP，") == 11
    assert text_width("“好”") == 4
    assert text_width("“好”", ambiguous=2) == 6
    assert text_width("e\u0301") == 1


def test_padding_counts_columns() -> None:
    """Cells of different scripts end in the same column."""
    assert pad("中文", 6) == "中文  "
    assert pad("1.5", 6, right=True) == "   1.5"
    assert pad("超过宽度", 4) == "超过宽度"


@given(CHINESE, st.integers(16, 90))
@settings(deadline=None)
def test_wrapping_loses_and_adds_nothing(text: str, width: int) -> None:
    """The lines together hold the characters of the text in order, but for white space."""
    assert squeeze(wrap(text, width)) == squeeze(text)


@given(CHINESE, st.integers(16, 90))
@settings(deadline=None)
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(text: str, width: int) -> None:
    """Kinsoku: only the text's own first and last character are exempt."""
    lines = wrap(text, width).split("\n")
    assert not [line for line in lines[1:] if line[0] in CLOSING]
    assert not [line for line in lines[:-1] if line[-1] in OPENING]


@given(CHINESE)
@settings(deadline=None)
def test_an_address_is_never_broken(text: str) -> None:
    """Every address of the text stands whole in some line, however narrow the lines."""
    assert wrap(text, 20).count(URL) == text.count(URL)


@given(CHINESE.filter(lambda text: not re.search(r"[，。！）”》…：（“《\s]{6}", text)))
@settings(deadline=None)
def test_only_an_address_makes_a_line_too_wide(text: str) -> None:
    """Without an address, and without a row of marks as long as a line, all lines keep within the width."""
    for line in wrap(text, 40).split("\n"):
        assert text_width(line, ambiguous=2) <= 40 or URL in line


@given(st.text(), st.integers(1, 100))
@settings(deadline=None)
def test_any_text_and_any_width_are_wrapped(text: str, width: int) -> None:
    """No text is an error, and no line ends in white space."""
    assert all(line == line.rstrip() for line in wrap(text, width).split("\n"))


def test_indents_stand_before_every_line() -> None:
    """The first line is led by its own mark, the others by theirs, within the same width."""
    text = wrap("一" * 30, 20, first="1. ", rest="   ")
    assert text.split("\n") == ["1. " + "一" * 8, *["   " + "一" * 8] * 2, "   " + "一" * 6]


def test_words_and_numbers_stay_whole() -> None:
    """A break falls between Chinese characters or at a space, not within a word, a number or a dash."""
    text = wrap("本月GDP同比增长12.5%，don’t worry——真的", 12)
    for word in ("GDP", "12.5%，", "don’t", "worry", "——"):
        assert word in text


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_nothing_gives_an_empty_line(text: str) -> None:
    """An empty text is no line but its mark."""
    assert wrap(text) == ""
    assert wrap(text, first="1. ") == "1."


def test_an_endless_word_is_broken_at_the_width() -> None:
    """A row of letters longer than a line is no reason for a line that wide."""
    assert {text_width(line) for line in wrap("a" * 152, 76).split("\n")} == {76}
