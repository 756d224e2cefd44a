"""Threat 14: nothing that cannot be seen, or that turns the line, gets from an article into a letter."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.render import render_letter
from tests.render.render_samples import ANY_TEXT, FOOTER, TEMPLATES, Page, item, one_item_issue

PREHEADER = re.compile(r'<div style="display:none.*?</div>', re.DOTALL)
"""Our own filler after the preheader is invisible on purpose."""

JOINER = "\u200d"
MOST_MARKS = 3


def unwanted(text: str) -> set[str]:
    """The characters of a text that hide, command or mirror; line ends and the joiner of emoji are none."""
    odd = {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")}
    return {
        char for char in odd - {"\n", JOINER} if unicodedata.category(char) not in ("Co", "Cn") or _noncharacter(char)
    }


def _noncharacter(char: str) -> bool:
    return 0xFDD0 <= ord(char) <= 0xFDEF or ord(char) & 0xFFFE == 0xFFFE


@given(st.sampled_from(["modern", "gongwen"]), ANY_TEXT, ANY_TEXT)
@settings(max_examples=30)
def test_a_letter_shows_all_that_is_in_it(theme: str, title: str, sentence: str) -> None:
    """Whatever stands in a title, a sentence, a keyword and the name of a site: every character can be seen."""
    entry = item(
        1, title or "题", sentence or "句。", words=sentence, site=title, author=title, url="https://a.example.cn/1"
    )
    letter = render_letter(replace(one_item_issue(entry), theme=theme), TEMPLATES, mail_footer=FOOTER)
    shown = Page(PREHEADER.sub("", letter.html)).text
    for text in (letter.subject, letter.text, shown):
        assert unwanted(text) == set()
        text.encode("utf-8")


def test_marks_are_piled_up_no_higher_than_a_language_needs() -> None:
    """Of the fifty strokes over one letter three are left, which Vietnamese and Hebrew need."""
    entry = item(1, "桥H" + "\u0336" * 50, "岚川大桥通车。")
    letter = render_letter(one_item_issue(entry), TEMPLATES)
    for text in (letter.subject, letter.text, letter.html):
        assert text.count("\u0336") % MOST_MARKS == 0
        assert "\u0336" * (MOST_MARKS + 1) not in text
        assert "\u0336" in text
