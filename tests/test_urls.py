"""URLs: what may be linked to, and which spellings are one page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.urls import clean_url, host_of, identify_url


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("HTTP://WWW.Example.CN:80/a/001.html?utm_source=x&id=3#top", "http://www.example.cn/a/001.html?id=3"),
        ("../b/2.html", "https://base.example/x/b/2.html"),
        ("//other.example/3", "https://other.example/3"),
        ("  /4?spm=1.2&share_token=9  ", "https://base.example/4"),
        ("/5?from=timeline&a=1", "https://base.example/5?a=1"),
        ("/5?from=2024", "https://base.example/5?from=2024"),
        ("/六?词=新 闻", "https://base.example/%E5%85%AD?%E8%AF%8D=%E6%96%B0%20%E9%97%BB"),
        ("/a%20b", "https://base.example/a%20b"),
        ("https://x.example/list;jsessionid=AB12?a=1", "https://x.example/list?a=1"),
        ("https://x.example/#/detail/7", "https://x.example/#/detail/7"),
        ("http://[2001:db8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
    ],
)
def test_a_link_is_absolute_and_says_nothing_of_who_shared_it(url: str, cleaned: str) -> None:
    """Relative links are joined to the page, tracking and anchors go, everything else stays."""
    assert clean_url(url, "https://base.example/x/y/1.html") == cleaned


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "mailto:a@b.example",
        "https://bank.example@evil.example/",
        "https://",
        "http://a b.example/",
        "https://x.example/\u202egnp.exe",
        "https://x.example/\ud800",
        "https://x.example:port/",
        "http://[::1/",
        "https://x.example/" + "a" * 5000,
    ],
)
def test_what_is_no_link_to_a_page_is_nothing(url: str) -> None:
    """Only http and https, no user names, nothing invisible, nothing broken."""
    assert clean_url(url) == ""


@pytest.mark.parametrize(
    "spelling",
    [
        "http://www.example.cn/a/001.html",
        "https://m.example.cn/a/001?utm_medium=rss",
        "https://example.cn/a/001/",
        "https://wap.example.cn/a/001.shtml#p2",
    ],
)
def test_the_spellings_of_one_page_are_one(spelling: str) -> None:
    """Scheme, mobile host, extension, tracking and the last slash make no other page."""
    assert identify_url(spelling) == "example.cn/a/001"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.cn/a?id=1", "https://example.cn/a?id=2"),
        ("https://a.example.cn/1", "https://b.example.cn/1"),
        ("https://example.cn/#/1", "https://example.cn/#/2"),
        ("https://example.cn/A", "https://example.cn/a"),
    ],
)
def test_two_pages_are_two(one: str, other: str) -> None:
    """What may lead to another page is kept apart."""
    assert identify_url(one) != identify_url(other)


def test_the_order_of_parameters_is_nothing() -> None:
    """A list of parameters is a set."""
    assert identify_url("https://x.example/?b=2&a=1") == identify_url("https://x.example/?a=1&b=2")


def test_a_host_is_told_with_its_port() -> None:
    """The host in lower case, and the port where one is named."""
    assert host_of("https://X.Example:8443/a") == "x.example:8443"
    assert host_of("not a url") == ""


@given(st.text(max_size=80), st.sampled_from(["", "https://base.example/a/b"]))
def test_any_text_is_cleaned_once(text: str, base: str) -> None:
    """Cleaning never fails, is done after once, and gives http(s) or nothing."""
    cleaned = clean_url(text, base)
    assert not cleaned or cleaned.startswith(("http://", "https://"))
    assert clean_url(cleaned) == cleaned
    assert isinstance(identify_url(text), str)
