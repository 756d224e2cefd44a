"""Lists of feeds come in from other readers and go out to them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import FormatError
from digest.extract.opml import Outline, read_opml, write_opml

OPML = """<?xml version="1.0" encoding="UTF-8"?><opml version="1.0"><head><title>我的订阅</title></head><body>
<outline text="时政" title="时政"><outline text="地方"><outline text="岚溪新闻" type="rss"
 xmlUrl="https://news.example.cn/rss?a=1&amp;b=2" htmlUrl="https://news.example.cn/"/></outline></outline>
<outline title="云泽" text="x" xmlurl="http://yunze.example.cn/feed" category="/科技/数据,别的"/>
<outline text="空"/><outline text="坏" xmlUrl="javascript:alert(1)"/>
<outline text="又是岚溪" xmlUrl="https://news.example.cn/rss?a=1&amp;b=2"/></body></opml>"""
FOUND = (
    Outline("岚溪新闻", "https://news.example.cn/rss?a=1&b=2", "https://news.example.cn/", "时政/地方"),
    Outline("云泽", "http://yunze.example.cn/feed", "", "科技/数据"),
)


@pytest.mark.parametrize(
    "data",
    [
        OPML.encode(),
        b"\xef\xbb\xbf" + OPML.encode(),
        OPML.replace("UTF-8", "gb2312").encode("gb18030"),
        OPML.replace("&amp;", "&").encode(),
        OPML.replace("</body></opml>", "").encode(),
    ],
    ids=["UTF-8", "with a BOM", "GB2312", "bare &", "cut"],
)
def test_feeds_are_read_with_their_folders(data: bytes) -> None:
    """Each feed comes once, with its folders from the outside in; what has no web address is no feed."""
    assert read_opml(data) == FOUND


@pytest.mark.parametrize("data", [b"<html><body/></html>", b"<rss/>", b"", b"abc", b"<?xml"])
def test_what_is_no_opml_is_refused(data: bytes) -> None:
    """Anything else is told apart."""
    with pytest.raises(FormatError, match="OPML"):
        read_opml(data)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (
            b'<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body><outline text="&x;"/></body></opml>',
            "entities",
        ),
        (b'<!DOCTYPE o [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><opml/>', "entities"),
        (b"<opml><body>" + b"<outline text='a'>" * 200_000, "nested"),
    ],
    ids=["external entity", "billion laughs", "tower"],
)
def test_bombs_are_refused_at_once(data: bytes, word: str) -> None:
    """Entities and towers of tags cost nothing."""
    began = time.process_time()
    with pytest.raises(FormatError, match=word):
        read_opml(data)
    assert time.process_time() - began < 2


WORDS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cn"), exclude_characters="/,"),
    min_size=1,
    max_size=8,
)
OUTLINES = st.builds(
    Outline,
    name=WORDS,
    url=st.integers(0, 10**6).map(lambda n: f"https://x.cn/{n}/rss?a=1&b={n}"),
    home=st.sampled_from(["", "https://x.cn/"]),
    category=st.lists(WORDS, max_size=2).map("/".join),
)


@settings(max_examples=100)
@given(st.lists(OUTLINES, max_size=6, unique_by=lambda outline: outline.url), WORDS)
def test_what_is_written_is_read_again(outlines: list[Outline], title: str) -> None:
    """Nothing is lost or changed on the way out and in again, whatever the names are."""
    again = read_opml(write_opml(outlines, title))
    assert sorted(again, key=repr) == sorted(outlines, key=repr)


def test_the_file_is_opml_2_in_utf_8() -> None:
    """Other readers find the version, the title and the type of each feed; control characters cannot break them."""
    text = write_opml([Outline("岚溪\x00\x1b新闻", "https://x.cn/rss")], "我的订阅").decode("utf-8")
    assert '<opml version="2.0">' in text
    assert "<title>我的订阅</title>" in text
    assert '<outline type="rss" text="岚溪 新闻" title="岚溪 新闻" xmlUrl="https://x.cn/rss"/>' in text
