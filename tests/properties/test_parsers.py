"""What holds for every parser, whatever it is given: a value that keeps the laws, or an error that has words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.collect.answers import read_wait
from digest.collect.robots import read_rules
from digest.collect.sending import read_cookies
from digest.errors import DigestError
from digest.extract.announced import read_announced
from digest.extract.blocked import find_block
from digest.extract.dates import day_of, read_date
from digest.extract.encoding import decode
from digest.extract.feeds import read_feed
from digest.extract.jsonlists import read_json_list
from digest.extract.lists import find_feeds, read_list
from digest.extract.moments import as_day, read_moment
from digest.extract.opml import read_opml
from digest.extract.read import read_document
from digest.model import Article, Document, Listing
from digest.urls import clean_url, identify_url

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
HERE = "https://lanxi.example/news/"
UNWRITTEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
SENTENCE = "岚溪市今日召开会议，部署冬季供暖工作，要求各区压实责任！"

FEED = (
    "<rss xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>岚溪</title><link>/</link><item><title>题目</title>"
    f"<link>/1</link><pubDate>Fri, 20 Nov 2026 01:43:49 GMT</pubDate><dc:creator>王</dc:creator>"
    f"<description><![CDATA[<p>{SENTENCE}</p>]]></description></item></channel></rss>"
)
JSON_FEED = (
    f'{{"version":"https://jsonfeed.org/version/1","items":[{{"id":1,"url":"/1","content_html":"{SENTENCE}"}}]}}'
)
LIST = "<html><ul>" + "".join(
    f"<li><a href='t202611{n}_1.html'>岚溪市第{n}次会议部署供暖工作</a><span>2026-11-{n}</span></li>"
    for n in range(10, 16)
)
JSON_LIST = f'cb({{"data":[{{"title":"岚溪市会议部署","url":"/1","time":1795000000000,"content":"{SENTENCE}"}}]}})'
OPML = "<opml><body><outline text='时政'><outline text='岚溪' xmlUrl='https://x.cn/r?a=1&b=2'/></outline></body></opml>"
PAGE = (
    "<html><head><title>题目_岚溪网</title><meta name=PubDate content='2026-11-20 09:30'><link rel=canonical href=/1>"
    f'<script type=\'application/ld+json\'>{{"@type":"NewsArticle","author":[{{"name":"王"}}]}}</script></head>'
    f"<body><h1>题目</h1><p>来源：岚溪日报</p><div><p>{SENTENCE}</p><pre>{SENTENCE}</pre></div></body></html>"
)
MARKDOWN = f"---\ntitle: '题目'\ntags: [a, b]\ndate: 2026-11-20\n---\n\n# 题目\n\n{SENTENCE}[链接](/1)\n\n- 一\n"
RECORDS = f'{{"title":"题目","text":"{SENTENCE}","date":"2026-11-20","author":{{"name":"王"}}}}\n{{"text":"二"}}\n'
DIRT = [
    *(
        "<p>",
        "</p>",
        "<a href='",
        "<!--",
        "]]>",
        "<![CDATA[",
        "<script>",
        "&",
        "&#xFFFD;",
        "&#xD800;",
        "&#0;",
        "\0",
        "\x85",
    ),
    *(
        "\ufffd",
        "\u200b",
        "\\ud800",
        "\\u0000",
        '"',
        "'",
        "{",
        "[",
        "]",
        "\n",
        "---\n",
        "# ",
        ",",
        ":",
        "http://[",
        "@",
    ),
    *("9999", "<item>", "<outline ", "xmlns='a b'", "xml:base='", "……", "\u3000", "<meta charset=utf-7>"),
]


@st.composite
def damaged(draw: st.DrawFn, *wholes: str) -> bytes:
    """One of some good inputs, with pieces cut out, put elsewhere, repeated, and dirt between them; or any bytes."""
    text = draw(st.sampled_from(wholes))
    for _ in range(draw(st.integers(0, 4))):
        at, length = draw(st.integers(0, len(text))), draw(st.integers(0, 40))
        piece = draw(st.sampled_from(DIRT) | st.just(text[at : at + length]) | st.text(st.characters(), max_size=3))
        text = (
            text[:at] + piece * draw(st.sampled_from((0, 1, 2, 50))) + text[at + draw(st.sampled_from((0, length))) :]
        )
    data = text.encode("utf-8", "surrogatepass")
    return data + draw(st.sampled_from((b"", b"\xff", b"\xff" * 9, b"\0")))


def document(data: bytes, name: str = "x") -> Document:
    """A document as it was fetched."""
    return Document(data, name, HERE, "", "", NOW)


def keeps_laws(article: Article, size: int) -> bool:
    """Whether the text, the names, the date and the address of an article are what every other room counts on."""
    named = (article.title, article.author, article.site, article.origin, *article.categories)
    assert not UNWRITTEN.search("".join((article.text, *named)))
    assert not any("\n" in name for name in named)
    assert len(article.text) <= 4 * size
    assert not article.url or re.fullmatch(r"https?://[^\s/]+/\S*", article.url)
    if isinstance(article.published, datetime):
        assert article.published.utcoffset() is not None
        assert article.published.astimezone(UTC)
    return article.published is None or isinstance(article.published, date)


def keeps_listing(listing: Listing, size: int) -> bool:
    """Whether every entry keeps the laws and has an address or a text, and none comes twice."""
    assert not UNWRITTEN.search(listing.title)
    articles = [entry.article for entry in listing.entries]
    assert len(articles) == len({(article.url, article.title, article.text) for article in articles})
    return all(keeps_laws(article, size) and (article.url or article.text) for article in articles)


LISTS: dict[str, tuple[Callable[[Document], Listing], tuple[str, ...]]] = {
    "feeds": (read_feed, (FEED, JSON_FEED)),
    "list pages": (read_list, (LIST, PAGE)),
    "list pages by selectors": (lambda found: read_list(found, {"item": "li", "date": "span"}), (LIST,)),
    "JSON lists": (lambda found: read_json_list(found, {}), (JSON_LIST,)),
}
DOCUMENTS = {
    "x.html": (PAGE, LIST),
    "x.md": (MARKDOWN,),
    "x.jsonl": (RECORDS,),
    "x.txt": (SENTENCE + "\n\n" + SENTENCE,),
}


@pytest.mark.parametrize(("read", "wholes"), LISTS.values(), ids=LISTS)
@given(st.data())
@settings(max_examples=25)
def test_every_list_keeps_the_laws(
    read: Callable[[Document], Listing], wholes: tuple[str, ...], data: st.DataObject
) -> None:
    """Entries of damaged lists are clean, dated, addressed; or the list is refused."""
    raw = data.draw(damaged(*wholes))
    with suppress(DigestError):
        assert keeps_listing(read(document(raw)), len(raw))


@pytest.mark.parametrize(("name", "wholes"), DOCUMENTS.items(), ids=DOCUMENTS)
@given(st.data())
@settings(max_examples=25)
def test_every_document_keeps_the_laws(name: str, wholes: tuple[str, ...], data: st.DataObject) -> None:
    """Articles of damaged documents are clean, dated, addressed; or the document is refused."""
    raw = data.draw(damaged(*wholes))
    with suppress(DigestError):
        assert all(keeps_laws(article, len(raw)) for article in read_document(document(raw, name)).articles)


@given(damaged(PAGE, FEED, SENTENCE))
@settings(max_examples=25)
def test_an_announced_page_keeps_the_laws(raw: bytes) -> None:
    """So does what a page and its list say together; why a page is none, and which feeds it names, is clean, too."""
    found = document(raw)
    assert not UNWRITTEN.search(find_block(found))
    with suppress(DigestError):
        assert all(url.startswith("http") and not UNWRITTEN.search(title) for url, title in find_feeds(found))
    with suppress(DigestError):
        announced = Article(title="题目", text=SENTENCE, url=HERE, published=date(2026, 11, 20))
        assert keeps_laws(read_announced(found, announced), len(raw) + len(SENTENCE))


@given(damaged(OPML))
@settings(max_examples=25)
def test_every_opml_file_is_feeds_or_refused(raw: bytes) -> None:
    """Every feed has a name and an address, and none comes twice."""
    with suppress(DigestError):
        found = read_opml(raw)
        assert all(outline.name and outline.url == clean_url(outline.url) for outline in found)
        assert len({outline.url for outline in found}) == len(found)


@given(
    damaged(SENTENCE, "<meta charset=gbk>") | st.text().map(lambda text: text.encode("gb18030", "ignore")),
    st.sampled_from(["", "gbk", "big5", "utf-7", "idna", "punycode", "hz", "utf-16", "unicode_escape"]) | st.text(),
)
@settings(max_examples=50)
def test_what_is_decoded_can_be_encoded(raw: bytes, declared: str) -> None:
    """No half of a surrogate pair comes out of bytes, whatever their charset is called."""
    with suppress(DigestError):
        text, name = decode(raw, declared)
        assert name
        assert len(text.encode()) >= len(text)


WORDS = [
    *(
        "2026",
        "11",
        "20",
        "31",
        "9999",
        "0001",
        "-",
        "/",
        ":",
        "年",
        "月",
        "日",
        "09:30",
        "24:61",
        "上午",
        "PM",
        "+0800",
    ),
    *(
        "+99:99",
        "-12:00",
        "Z",
        "Fri,",
        "Dec",
        "昨天",
        "前",
        "3",
        "小时",
        "二〇二六年",
        "二",
        "月三十一",
        "元",
        "刚刚",
        "T",
    ),
]
TIMES = st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=9).map(" ".join)


@given(TIMES, st.sampled_from([None, NOW, date(2024, 2, 29)]), st.lists(st.integers(-1, 10**5) | st.text(), max_size=7))
@settings(max_examples=80)
def test_every_date_is_one_that_can_be_reckoned_with(text: str, today: datetime | date | None, parts: object) -> None:
    """A moment has a zone, and another zone has it, too."""
    for found in (
        read_date(text, today),
        read_date(text.replace(" ", ""), today),
        read_moment(text),
        read_moment(parts),
    ):
        assert found is None or isinstance(day_of(found), date)
        assert not isinstance(found, datetime) or found.astimezone(UTC) == found
        assert (as_day(found) is None) == (found is None)


PARTS = [
    *(
        "http://",
        "https://",
        "//",
        "/",
        "?",
        "#",
        "&",
        "=",
        "@",
        ":",
        ":80",
        "[",
        "]",
        "[::1]",
        "..",
        ".",
        "%",
        "\\",
        "a.cn",
    ),
    *(
        "www.",
        "岚溪",
        "index.html",
        "utm_source=x",
        "#!/",
        "\ud800",
        "\x85",
        "\u3000",
        "。",
        " ",
        "javascript:",
        "岚" * 600,
    ),
]
ADDRESSES = st.lists(st.sampled_from(PARTS) | st.text(st.characters(), max_size=3), max_size=8).map("".join)


@given(ADDRESSES, st.just(HERE) | ADDRESSES)
@settings(max_examples=80)
def test_every_url_is_clean_or_nothing(url: str, base: str) -> None:
    """It has a host and no space, and is clean once and for all; its identity can be written down."""
    cleaned = clean_url(url, base)
    assert not cleaned or re.fullmatch(r"https?://[^\s/]+/\S*", cleaned)
    assert clean_url(cleaned) == cleaned
    assert len(cleaned) <= 4_000
    assert identify_url(cleaned).encode() is not None
    assert isinstance(identify_url(url), str)


HEADERS = st.lists(
    st.sampled_from(
        [
            "a=b",
            "; Path=/",
            "=",
            '"',
            "\n",
            "\\",
            "é",
            "120",
            "-1",
            "9" * 400,
            "²",
            "Fri, ",
            "20 Nov 2026 ",
            "10:00:30 -2400",
        ]
    )
    | st.text(max_size=3),
    max_size=6,
).map("".join)


@given(HEADERS, damaged("User-agent: *\nDisallow: /a*b$\nCrawl-delay: 5\nRequest-rate: 1/10s 0900-1700\n"))
@settings(max_examples=50)
def test_what_a_server_asks_for_is_understood_or_nothing(header: str, robots: bytes) -> None:
    """Seconds to wait are never below zero, cookies can be sent back, and a robots.txt always has an answer."""
    assert read_wait(header, NOW) >= 0
    cookies: Mapping[str, str] = read_cookies([header])
    assert all(re.fullmatch(r"[\t\x20-\x7e\x80-\xff]*", f"{name}={value}") for name, value in cookies.items())
    rules = read_rules(robots)
    assert 0 <= rules.delay <= 30
    assert isinstance(rules.allow(HERE), bool)
