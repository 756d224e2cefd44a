"""The leading picture of an article is found wherever a page, a feed or a file names it, and a logo is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.extract.announced import complete_article
from digest.extract.feeds import read_feed
from digest.extract.jsonlists import read_json_list
from digest.extract.leading import leading_picture, named_pictures
from digest.extract.read import read_document
from digest.model import Article, Document

PAGE = "https://news.example/xw/1.html"
PICTURE = "https://img.example/a/1.jpg"
BODY = "<h1>便民服务点开放</h1><p>全市新设十二个便民服务点，其中五个昼夜开放，居民在家门口就能办事。</p>"


def of_page(head: str) -> str:
    """The picture of a page with this head."""
    text = f"<!DOCTYPE html><html><head><title>便民服务点开放</title>{head}</head><body>{BODY}</body></html>"
    return read_document(Document(text.encode(), "page", PAGE, "text/html")).articles[0].image


def of_feed(inside: str) -> str:
    """The picture of a feed's only entry."""
    text = (
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>新闻</title><item>'
        f"<title>便民服务点开放</title><link>{PAGE}</link>{inside}</item></channel></rss>"
    )
    (entry,) = read_feed(Document(text.encode(), "feed", "https://news.example/feed.xml")).entries
    return entry.article.image


def ld(value: object) -> str:
    """A script of JSON-LD about an article with this image."""
    node = {"@type": "NewsArticle", "headline": "便民服务点开放", "image": value}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


@pytest.mark.parametrize(
    "head",
    [
        f'<meta property="og:image" content="{PICTURE}">',
        '<meta property="og:image" content="//img.example/a/1.jpg">',
        f'<meta property="og:image" content="/images/logo.png"><meta name="twitter:image" content="{PICTURE}">',
        f'<meta name="twitter:image:src" content="{PICTURE}">',
        ld(PICTURE),
        ld([PICTURE, "https://img.example/a/2.jpg"]),
        ld({"@type": "ImageObject", "url": PICTURE}),
        ld([{"@type": "ImageObject", "contentUrl": PICTURE}]),
        f'<meta property="og:image" content="{PICTURE}">' + ld("https://img.example/a/2.jpg"),
    ],
)
def test_a_page_names_its_picture(head: str) -> None:
    """In Open Graph, in JSON-LD of any shape, for other sites' cards; a logo before it is passed over."""
    assert of_page(head) == PICTURE


def test_an_address_is_led_from_its_page() -> None:
    """It may be written as seen from there."""
    assert of_page('<meta property="og:image" content="images/2.png">') == "https://news.example/xw/images/2.png"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://img.example/1.jpg",
        "https://user:word@img.example/1.jpg",
        "https://img.example/logo.png",
        "https://img.example/static/site_logo_300.png",
        "https://img.example/favicon.ico",
        "https://img.example/vector.svg",
        "https://img.example/default.jpg",
        "https://img.example/qrcode.png",
        "https://img.example/share-icon.png",
        "https://img.example/film.mp4",
    ],
)
def test_what_is_no_picture_of_an_article_is_none(address: str) -> None:
    """Other schemes, a site's own marks, and files of another kind."""
    assert of_page(f'<meta property="og:image" content="{address}">') == ""
    assert leading_picture([address]) == ""


@pytest.mark.parametrize(
    "name", ["1.jpg", "a.webp", "img?id=77", "silicon.jpg", "logout.jpg", "iconic.jpeg", "W020.png"]
)
def test_a_name_that_only_looks_like_it_is_one(name: str) -> None:
    """A word in a longer word, and an address without a suffix, are nothing against a picture."""
    assert leading_picture([f"https://img.example/{name}"]) == f"https://img.example/{name}"


@pytest.mark.parametrize(
    "inside",
    [
        f'<enclosure url="{PICTURE}" type="image/jpeg" length="1"/>',
        f'<media:content url="{PICTURE}" medium="image"/>',
        f'<media:content url="{PICTURE}" type="image/jpeg"/>',
        f'<media:group><media:content url="{PICTURE}" medium="image"/></media:group>',
        f'<media:thumbnail url="{PICTURE}"/>',
        f'<enclosure url="https://a.example/1.mp3" type="audio/mpeg"/><enclosure url="{PICTURE}" type="image/png"/>',
        f'<media:content url="https://a.example/1.mp4" medium="video"/><media:thumbnail url="{PICTURE}"/>',
    ],
)
def test_a_feed_names_the_picture_of_an_entry(inside: str) -> None:
    """By an enclosure or Media RSS; sound and film are no pictures."""
    assert of_feed(inside) == PICTURE


def test_a_feed_without_pictures_has_none() -> None:
    """A sound is none."""
    assert of_feed("") == of_feed('<enclosure url="https://a.example/1.mp3" type="audio/mpeg"/>') == ""


def test_json_names_its_pictures() -> None:
    """A JSON Feed, a JSON list and a record each in their usual way."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "新闻",
        "items": [{"id": "1", "url": PAGE, "title": "便民服务点开放", "image": PICTURE}],
    }
    document = Document(json.dumps(feed).encode(), "feed", "https://news.example/feed.json")
    assert read_feed(document).entries[0].article.image == PICTURE
    rows = [{"title": "便民服务点开放", "url": PAGE, "coverImage": {"url": PICTURE}} for _ in range(2)]
    listed = read_json_list(Document(json.dumps({"data": rows}).encode(), "list", "https://news.example/l"), {})
    assert listed.entries[0].article.image == PICTURE
    record = json.dumps({"title": "便民服务点开放", "text": "全市新设十二个便民服务点。", "image": PICTURE})
    assert read_document(Document(record.encode(), "a.json")).articles[0].image == PICTURE


def test_front_matter_names_its_picture(samples: Path) -> None:
    """As a crawler writes it; where that is the logo of the house, there is none."""
    text = f"---\ntitle: 便民服务点开放\nheadimg: '{PICTURE}'\n---\n\n全市新设十二个便民服务点，其中五个昼夜开放。\n"
    assert read_document(Document(text.encode(), "a.md")).articles[0].image == PICTURE
    sample = samples / "yunze-ribao" / "shuju-anquan-zhifa-20261119.md"
    assert b"headimg" in sample.read_bytes()
    assert read_document(Document(sample.read_bytes(), sample.name)).articles[0].image == ""


def test_a_page_without_one_has_that_of_its_list() -> None:
    """What the list said completes the page, and does not replace what the page says."""
    listed = Article("标题一", image=PICTURE)
    assert complete_article(Article("标题一", "正文。"), listed).image == PICTURE
    own = Article("标题一", "正文。", image="https://img.example/own.jpg")
    assert complete_article(own, listed).image == "https://img.example/own.jpg"


NESTED = st.recursive(
    st.none() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["url", "@id", "x"]), inner),
    max_leaves=12,
)


@given(NESTED, st.text(max_size=20))
def test_whatever_is_written_there_is_an_address_or_nothing(value: Any, base: str) -> None:
    """No JSON and no base crashes it, and what comes out begins as a web address does."""
    found = leading_picture(named_pictures(value), base)
    assert not found or found.startswith(("http://", "https://"))
