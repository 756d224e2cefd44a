"""Dates, names and addresses in the form a reader may safely see."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from html import unescape
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.render.typography import (
    clean,
    clip,
    clip_wide,
    published_iso,
    published_text,
    safe_href,
)
from digest.render.words import interface_words
from tests.render.render_samples import ANY_TEXT, SHANGHAI

NOTHING = {"Cc", "Cs", "Zl", "Zp"}


def test_a_day_in_english_has_its_month_by_name() -> None:
    """The moment is the same, its words are those of the edition's language."""
    moment, words = datetime(2026, 11, 20, 9, 30, tzinfo=SHANGHAI), interface_words("en")
    assert published_text(moment, SHANGHAI, 2026, words) == "20 November 09:30"
    assert published_text(date(2025, 3, 1), SHANGHAI, 2026, words) == "1 March 2025"


def test_latin_letters_may_be_twice_as_many() -> None:
    """A limit counts what fits: a Chinese name of forty characters is as long as an English one of eighty."""
    assert (
        clip_wide("Ministry of Industry and Information Technology", 30)
        == "Ministry of Industry and Information Technology"
    )
    assert clip_wide("长" * 31, 30) == "长" * 29 + "…"
    assert len(clip_wide("a" * 99, 30)) == 60


def test_a_moment_is_told_by_the_clocks_of_the_edition() -> None:
    """22:10 in London is 06:10 of the next day in Shanghai."""
    moment = datetime(2026, 11, 19, 22, 10, tzinfo=UTC)
    assert published_text(moment, SHANGHAI, 2026) == "11月20日 06:10"
    assert published_iso(moment, SHANGHAI) == "2026-11-20T06:10:00+08:00"


def test_a_bare_date_stays_a_day() -> None:
    """A date without a time gets neither a time nor another day, wherever the edition is."""
    for hours in (-11, 0, 14):
        zone = timezone(timedelta(hours=hours))
        assert published_text(date(2026, 11, 19), zone, 2026) == "11月19日"
        assert published_iso(date(2026, 11, 19), zone) == "2026-11-19"


def test_the_year_is_told_where_it_is_another() -> None:
    """An article of last year says so; one whose year cannot be compared says its year too."""
    assert published_text(date(2025, 11, 19), SHANGHAI, 2026) == "2025年11月19日"
    assert published_text(date(2026, 11, 19)) == "2026年11月19日"
    assert published_text(None, SHANGHAI, 2026) == published_iso(None) == ""


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=SHANGHAI), datetime.max.replace(tzinfo=UTC)])
def test_the_ends_of_the_calendar_are_no_error(moment: datetime) -> None:
    """A moment that has no day in the edition's zone is told by its own clock."""
    assert str(moment.month) in published_text(moment, timezone(timedelta(hours=12)), 2026)


def test_a_moment_without_zone_is_not_moved() -> None:
    """A naive moment keeps its face: the machine's own zone must not matter."""
    assert published_text(datetime(2026, 11, 20, 9, 30), SHANGHAI, 2026) == "11月20日 09:30"


@given(ANY_TEXT)
@settings(deadline=None)
def test_clean_text_is_one_harmless_line(text: str) -> None:
    """No control, line end or lone surrogate is left, and no format character but the joiner of an emoji."""
    result = clean(text)
    assert not NOTHING & {unicodedata.category(char) for char in result}
    assert {char for char in result if unicodedata.category(char) == "Cf"} <= {"\u200d"}
    assert result == result.strip()
    result.encode("utf-8")


@given(ANY_TEXT)
@settings(deadline=None)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    """Cleaned text is a fixed point, in NFC."""
    assert clean(clean(text)) == clean(text)
    assert unicodedata.is_normalized("NFC", clean(text))


@given(st.text(st.sampled_from("国务院A1，。《》“”… café👍"), max_size=40))
@settings(deadline=None)
def test_ordinary_words_are_left_as_they_are(text: str) -> None:
    """Cleaning takes nothing from Chinese, Latin letters, punctuation and emoji but outer space."""
    assert clean(text) == text.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("标题\r\n副标题", "标题 副标题"),
        ("a\u202eb\u2066c\u200f", "abc"),
        ("零\u200b宽\ufeff字", "零宽字"),
        ("\x1b[31m红", "[31m红"),
        ("e\u0301", "é"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("非\u200d表情", "非表情"),
        ("H" + "\u0336" * 50, "H" + "\u0336" * 3),
        ("坏\ud83d字", "坏字"),
        ("葛\U000e0100飾", "葛\U000e0100飾"),
        ("旗\U000e0067\U000e007f", "旗"),
    ],
)
def test_each_kind_of_trickery_is_undone(text: str, expected: str) -> None:
    """Line ends become a space; what cannot be seen is dropped; emoji and ideographic variants survive."""
    assert clean(text) == expected


def test_clipping_keeps_within_the_limit_and_says_so() -> None:
    """A longer text ends in …, which counts; a text that fits is untouched."""
    assert clip("一二三四五", 5) == "一二三四五"
    assert clip("一二三四五六", 5) == "一二三四…"
    assert clip("ab👩\u200d🔬c", 5) == "ab👩…"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "/relative",
        "https:///nohost",
        "https:\\\\evil.example",
        "http://a\\@b.example/",
        "https://user:secret@host.example/",
        "https://[::1/",
        "https://host.example:99999999/",
        "https://ho\u202est.example/",
        "mailto:nobody",
        "https://x.example/" + "a" * 2000,
        "ftp://host.example/",
        unescape("&#106;avascript:alert(1)"),
        "",
    ],
)
def test_what_is_no_web_address_leads_nowhere(url: str) -> None:
    """Scripts, files, relative and broken addresses, hidden passwords and endless ones become an empty string."""
    assert safe_href(url) == ""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (" https://a.cn/x?y=1&z=%E4%B8%AD#t\n", "https://a.cn/x?y=1&z=%E4%B8%AD#t"),
        ("HTTP://A.cn/", "HTTP://A.cn/"),
        ("https://a.cn/新闻 一", "https://a.cn/%E6%96%B0%E9%97%BB%20%E4%B8%80"),
        ('https://a.cn/"><script>', "https://a.cn/%22%3E%3Cscript%3E"),
        ("https://例子.cn/路", "https://xn--fsqu00a.cn/%E8%B7%AF"),
        ("http://[2001:db8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("mailto:a@b.cn?subject=x", "mailto:a@b.cn?subject=x"),
    ],
)
def test_a_web_address_comes_out_in_ascii(url: str, expected: str) -> None:
    """What may be followed keeps its meaning, with Chinese letters in their escaped form."""
    assert safe_href(url) == expected


@given(st.one_of(ANY_TEXT, ANY_TEXT.map("https://a.cn/{}".format), ANY_TEXT.map("https://{}".format)))
@settings(deadline=None)
def test_any_address_is_safe_or_empty(url: str) -> None:
    """Whatever comes in, what comes out is printable ASCII without quotes or brackets and of an allowed scheme."""
    href = safe_href(url)
    assert re.fullmatch(r"""[^\x00-\x20"<>\\^`{|}\x7f-\U0010ffff]*""", href)
    if href:
        assert urlsplit(href).scheme in ("http", "https", "mailto")
        assert safe_href(href) == href
