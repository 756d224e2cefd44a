"""What fuzzing found: inputs that crashed a parser, kept it busy for ever, or brought characters nobody wrote."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable

import pytest

from digest.errors import DigestError, FormatError
from digest.extract.blocked import find_block
from digest.extract.encoding import decode
from digest.extract.feeds import read_feed
from digest.extract.jsonlists import read_json_list
from digest.extract.lists import find_feeds, read_list
from digest.extract.opml import read_opml
from digest.extract.read import read_document
from digest.model import Article, Document
from digest.urls import LONGEST, clean_url

TEXT = "岚溪市今日召开会议，部署冬季供暖工作，要求各区压实责任。"
ROW = "岚溪市召开会议部署冬季供暖工作"
NESTED = '{"name":[' * 440 + "]}" * 440
"""Nearly as deep as json.loads can follow, and deeper than a recursion of ours could."""


def document(data: str | bytes, name: str = "x", media: str = "") -> Document:
    """A document at an address of its own."""
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    return Document(raw, name, "https://lanxi.example/a/", media)


def item(inside: str) -> str:
    """A feed of one entry."""
    return (
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>岚溪</title><item><title>题目</title>"
        f"<link>/1</link>{inside}</item></channel></rss>"
    )


def page(head: str = "", body: str = "") -> str:
    """A page with one paragraph."""
    return f"<html><head><title>题目</title>{head}</head><body>{body}<p>{TEXT}</p></body></html>"


def feed(data: str) -> object:
    """The entries of a feed."""
    return read_feed(document(data))


def page_list(data: str) -> object:
    """The entries of a list page."""
    return read_list(document(data))


def json_list(data: str) -> object:
    """The entries of a JSON list."""
    return read_json_list(document(data), {})


def article(data: str) -> object:
    """The articles of a document."""
    return read_document(document(data))


def opml(data: str) -> object:
    """The feeds of an OPML file."""
    return read_opml(data.encode())


def block(data: str) -> object:
    """Why a page is no article."""
    return find_block(document(data))


Reader = Callable[[str], object]


def read_or_refuse(read: Reader, data: str) -> object:
    """What a reader gives, or the words it refuses with."""
    try:
        return read(data)
    except DigestError as error:
        return error.message


OUTLINE = "<opml><body><outline text='{}' xmlUrl='https://x.cn/rss'/></body></opml>"

LATE = f'{{"title":"{ROW}","date":"Fri, 31 Dec 9999 23:59:59 -1200","text":"{TEXT}"}}'

CRASHES: dict[str, tuple[Reader, str]] = {
    "a page whose only link stands in its head": (page_list, f"<html><head><e><a href=1.html>{ROW}</a>"),
    "authors in authors in a JSON list": (json_list, f'[{{"title":"{ROW}","url":"/1","author":{NESTED}}}]'),
    "half a surrogate pair in OPML": (opml, OUTLINE.format("a&#xD800;b")),
    "the same behind what is no CDATA in an attribute": (opml, OUTLINE.format("<![CDATA[&#xD800;")),
    "a root element without a name": (opml, "<:-><outline/></:->"),
    "a namespace with a space in it": (feed, item("<dc:creator>王</dc:creator>").replace("/dc/", "/d\xa0c/ x/")),
    "a chapter of a podcast without a time": (
        feed,
        item("<psc:chapters xmlns:psc='http://podlove.org/simple-chapters'><psc:chapter/></psc:chapters>"),
    ),
    "a redirect after more seconds than an int has digits": (
        block,
        f"<html><meta http-equiv=refresh content='{'1' * 5000};url=/x'></html>",
    ),
    "a moment that Beijing's calendar does not know": (
        article,
        page("<meta name=pubdate content='Fri, 31 Dec 9999 23:59:59 -1200'>"),
    ),
    "the same twice in a JSON list": (json_list, f"[{', '.join([LATE] * 2)}]"),
    "a reference to a control character in preformatted text": (article, page(body=f"<pre>&#1;{TEXT}&#xFFFF;</pre>")),
    "the same behind a list of links": (
        article,
        page(body="<div>" + f"<ul>{f'<li><a href=/1>{ROW}</a></li>' * 9}</ul>&#1;{TEXT}</div>"),
    ),
}

SPACES = " " * 60_000
SLOW: dict[str, tuple[Reader, str]] = {
    "spaces before what is no JSON": (json_list, SPACES * 3 + "x"),
    "spaces behind a guard": (json_list, f"while(1){SPACES * 3}x"),
    "spaces in a declared charset": (article, f"<meta charset={SPACES * 3}"),
    "scripts that never end": (json_list, f'[{{"title":"{"<script>" * 23_000}{ROW}","url":"/1"}}]'),
    "records that never end": (page_list, "<html>" + "<script type=text/xml>" * 8_000),
    "scripts that never begin": (page_list, "<html>" + "<script text/xml " * 10_000),
    "lines in a script that is no JSON": (
        article,
        page('<script type="application/ld+json">{"a":' + "\n" * 190_000 + "x</script>"),
    ),
    "spaces behind a comment in such a script": (
        article,
        page('<script type="application/ld+json">{-->' + SPACES * 3 + "x</script>"),
    ),
    "a name that may be the beginning of an address": (feed, item(f"<dc:creator>{'a-' * 95_000}</dc:creator>")),
    "the same in CDATA": (feed, item(f"<author><![CDATA[]{'a-' * 95_000}]]></author>")),
    "the same in Chinese": (feed, item(f"<author>{'记者' * 30_000}</author>")),
    "a base that every tag is joined with": (
        feed,
        item(f"<description xml:base='https://a.cn/{'a/' * 50_000}'>{'<b/>' * 20_000}</description>"),
    ),
    "links that are never closed": (
        page_list,
        "<html>" + f"<div><a href=/1>{ROW}" * 120 + "<b>1</b>" * 4_000,
    ),
    "a headline of dots": (page_list, f"<html><a href=/1>{ROW}{'。' * 60_000}x</a>"),
    "a title of references": (feed, item("").replace("题目", "&" * 3_000_000)),
}


@pytest.mark.parametrize(("read", "data"), CRASHES.values(), ids=CRASHES)
def test_what_crashed_is_read_or_refused(read: Reader, data: str) -> None:
    """It gives a result, or an error with words."""
    assert read_or_refuse(read, data) is not None


@pytest.mark.parametrize(("read", "data"), SLOW.values(), ids=SLOW)
def test_what_took_for_ever_takes_a_moment(read: Reader, data: str) -> None:
    """Time grows with the length of the input, not with its square."""
    read_document(document(page()))  # loading libraries is not what is measured
    began = time.process_time()
    read_or_refuse(read, data)
    assert time.process_time() - began < 2


UNWRITTEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd\ud800-\udfff\u200b]")
REFERENCES = "岚&#xFFFD;溪&#x81;&#0;市"
ESCAPES = r"岚\ufffd溪\u0000\u0085\ud800\u200b市"
BROKEN = "岚溪市".encode() + b"\xff" + TEXT.encode() * 40
"""UTF-8 with one broken byte among many whole characters."""

DIRTY: dict[str, tuple[Callable[[], Article], str]] = {
    "references in a page": (
        lambda: read_document(document(page(body=f"<p>{REFERENCES}{TEXT}</p>"))).articles[0],
        "岚溪市",
    ),
    "references in Markdown": (
        lambda: read_document(document(f"# 题目{REFERENCES}\n\n{REFERENCES}{TEXT}\n")).articles[0],
        "岚溪市",
    ),
    "references in a feed": (
        lambda: read_feed(document(item(f"<description>&lt;p>{REFERENCES}{TEXT}</description>"))).entries[0].article,
        "岚溪市",
    ),
    "escapes in records": (
        lambda: read_document(
            document(f'{{"title":"题目","text":"{ESCAPES}{TEXT}","author":"{ESCAPES}\\n王"}}', "x.json")
        ).articles[0],
        "岚溪市",
    ),
    "escapes in a JSON list": (
        lambda: (
            read_json_list(
                document(f'[{{"title":"{ESCAPES}会议","url":"/1","text":"{ESCAPES}","source":"{ESCAPES}"}}]'), {}
            )
            .entries[0]
            .article
        ),
        "岚溪市",
    ),
    "escapes in front matter": (
        lambda: read_document(
            document(f'---\ntitle: "题\\x00\\uD800目"\nauthor: "王\\x81"\n---\n\n岚溪市{TEXT}\n')
        ).articles[0],
        "岚溪市",
    ),
    "a broken byte in a feed": (
        lambda: (
            read_feed(document(item("<description>").encode().replace(b"</item>", BROKEN + b"</description></item>")))
            .entries[0]
            .article
        ),
        "岚溪市",
    ),
    "a broken byte in a list page": (
        lambda: (
            read_list(
                document(f"<title>{TEXT}</title><ul>".encode() + b"<li><a href=/1.html>" + ROW.encode() + b"\xff</a>"),
                {"item": "li"},
            )
            .entries[0]
            .article
        ),
        "",
    ),
}


@pytest.mark.parametrize(("read", "begins"), DIRTY.values(), ids=DIRTY)
def test_characters_nobody_wrote_are_in_no_article(read: Callable[[], Article], begins: str) -> None:
    """Control characters, U+FFFD and halves of surrogate pairs go, however they come in; all others stay."""
    found = read()
    assert found.text.startswith(begins)
    assert not UNWRITTEN.search("".join((found.title, found.text, found.author, found.site)))
    assert "\n" not in found.author


def test_characters_nobody_wrote_are_in_no_name() -> None:
    """The title of a list, of a feed that is announced, and the words of a block page are shown to people, too."""
    links = f"<link rel=alternate type=application/rss+xml href=/rss title='{REFERENCES}'>"
    assert find_feeds(document(page(links))) == (("https://lanxi.example/rss", "岚溪市"),)
    assert read_list(document(page().replace("题目", REFERENCES))).title == "岚溪市"
    assert find_block(document("<title>访问被&#x81;拒绝</title>")).endswith(": 访问被拒绝")
    assert find_block(document("<p>您的访问过于频繁&#x81;，请稍后再试</p>")).endswith("您的访问过于频繁，请稍后再试")


@pytest.mark.parametrize("name", ["utf-7", "idna", "punycode", "unicode_escape", "raw-unicode-escape", "undefined"])
def test_a_codec_that_is_no_charset_is_not_believed(name: str) -> None:
    """Such a declaration changes nothing: the bytes are UTF-8, broken ones among them or not."""
    assert decode(b"+2AA-" + name.encode(), name) == ("+2AA-" + name, "utf-8")
    assert decode(TEXT.encode() + b"\xff\xff" + TEXT.encode() * 3, name)[0].startswith(TEXT)


def test_a_text_of_dots_is_not_garbled() -> None:
    """…… six times over, or quotation marks, are no letters of a wrong encoding."""
    assert decode(("目录" + "…" * 100 + "“" * 20).encode())[0].endswith("“")
    with pytest.raises(FormatError, match="garbled"):
        decode(("Ã©ç©ä¸°ã€‚æ¸…" * 30).encode())


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://岚.cn/" + "岚" * 500, ""),  # nine times as long when quoted
        ("/1", "https://a.cn/" + "a" * 2 * LONGEST + "/"),
        ("岚/" * 1000, "https://a.cn/" + "岚" * 300),
    ],
)
def test_a_cleaned_url_is_no_longer_than_any_other(url: str, base: str) -> None:
    """What is too long is nothing, whichever part makes it so, so that cleaning twice is cleaning once."""
    assert len(clean_url(url, base)) <= LONGEST
    assert clean_url(clean_url(url, base)) == clean_url(url, base)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://\u3000a.cn/1", ""),
        ("https://a\x81.cn/", ""),
        ("https://./1", ""),
        ("https://a(b.cn/", ""),
        ("/1", "https://a\udc81.cn/"),
        ("1", "https://a.cn/\udcff/"),
        ("x?y", "https://a.cn\u200b/"),
    ],
)
def test_a_url_without_a_host_that_could_be_one_is_nothing(url: str, base: str) -> None:
    """Nor is one with a character that no address has, be it in what it is relative to."""
    assert clean_url(url, base) == ""


def test_a_fragment_has_no_space() -> None:
    """A route of a script-drawn page is quoted as the path is; a host in letters of another script, or IPv6, stays."""
    assert clean_url("https://a.cn/#!/b c") == "https://a.cn/#!/b%20c"
    assert clean_url("http://岚溪.cn:80/") == "http://岚溪.cn/"
    assert clean_url("http://[::1]:8000/a") == "http://[::1]:8000/a"


@pytest.mark.parametrize("selector", ["a|b", "a\x01"])
def test_a_selector_that_no_page_can_have_is_refused(selector: str) -> None:
    """With the words of the configuration, not of a library."""
    with pytest.raises(FormatError, match="is no CSS selector"):
        read_list(document(page()), {"item": selector})


def test_records_and_lists_call_fields_alike() -> None:
    """What a JSON list calls a field, a file of records may call so."""
    row = {
        "docTitle": "岚溪题目",
        "content-text": TEXT,
        "pub_date": "2024-01-11",
        "mediaName": "岚溪日报",
        "lang": "zh",
    }
    record = read_document(document(json.dumps(row), "x.json")).articles[0]
    listed = read_json_list(document(json.dumps([{**row, "url": "/1"}])), {}).entries[0].article
    assert (record.title, record.text, record.site) == ("岚溪题目", TEXT, "岚溪日报")
    assert (record.title, record.text, record.site, record.published) == (
        listed.title,
        listed.text,
        listed.site,
        listed.published,
    )
