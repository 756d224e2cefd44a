"""Feeds of every dialect, clean and dirty, give the entries a reader of the site would name."""

from __future__ import annotations

import json
import time
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import FormatError
from digest.extract.feeds import looks_like_feed, read_feed
from digest.model import Article, Document, Entry, Listing

BEIJING = timezone(timedelta(hours=8))
MORNING = datetime(2024, 1, 11, 9, 30, tzinfo=BEIJING)
URL = "https://news.example.cn/xw/rss.xml"
SENTENCE = "岚溪市人民政府近日印发《岚溪市数据条例实施办法》，明确公共数据开放的范围和程序，自2027年1月1日起施行。"
PARAGRAPH = f"<p>{SENTENCE}</p>"


def read(feed: str | bytes, media_type: str = "", limit: int = 500) -> Listing:
    """What the feed announces, as if fetched from URL."""
    return read_feed(_document(feed, media_type), limit)


def first(feed: str | bytes, media_type: str = "") -> Article:
    """The article of the first entry."""
    return read(feed, media_type).entries[0].article


def rss(*items: str, head: str = "") -> str:
    """An RSS 2.0 feed with such items."""
    inner = "".join(f"<item>{item}</item>" for item in items)
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>岚溪新闻</title>'
        f"<link>https://news.example.cn/</link>{head}{inner}</channel></rss>"
    )


def item(number: int = 1, more: str = "") -> str:
    """The inside of an item with a title and a link."""
    return f"<title>岚溪市发布第{number}号公告</title><link>https://news.example.cn/a/{number}.html</link>{more}"


def _document(feed: str | bytes, media_type: str = "") -> Document:
    return Document(feed if isinstance(feed, bytes) else feed.encode(), "feed", URL, media_type)


RSS_091 = """<?xml version="1.0"?>
<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">
<rss version="0.91"><channel><title>岚溪&nbsp;新闻</title><link>https://news.example.cn</link>
<item><title>标题&ldquo;甲&rdquo;</title><link>https://news.example.cn/1</link></item></channel></rss>"""
RSS_090 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">
<channel><title>岚溪新闻</title><link>https://news.example.cn/</link></channel>
<item><title>标题“甲”</title><link>https://news.example.cn/1</link></item></rdf:RDF>"""
RSS_10 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example.cn/"><title>岚溪新闻</title>
<link>https://news.example.cn/</link><items><rdf:Seq><rdf:li rdf:resource="https://news.example.cn/1"/></rdf:Seq></items>
</channel><item rdf:about="https://news.example.cn/1"><title>标题“甲”</title><link>https://news.example.cn/1</link>
<dc:date>2024-01-11</dc:date><dc:creator>王芳</dc:creator><dc:subject>时政</dc:subject></item></rdf:RDF>"""
ATOM_03 = """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>岚溪新闻</title>
<link rel="alternate" type="text/html" href="https://news.example.cn/"/><entry><title>标题“甲”</title>
<link rel="alternate" type="text/html" href="https://news.example.cn/1"/><issued>2024-01-11T09:30:00+08:00</issued>
<modified>2024-01-12T09:30:00+08:00</modified><summary>摘要。</summary></entry></feed>"""
ATOM_10 = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example.cn/xw/">
<title type="html">岚溪&lt;b&gt;新闻&lt;/b&gt;</title>
<link href="/"/><link rel="self" href="atom.xml"/><link rel="next" href="atom2.xml"/><entry><title>标题“甲”</title>
<link rel="alternate" href="../1"/><id>tag:news.example.cn,2024:1</id><published>2024-01-11T09:30:00+08:00</published>
<updated>2024-01-12T01:30:00Z</updated><author><name>李雷</name><email>l@news.example.cn</email></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>第一段。</p><p>第二段。</p></div></content>
<category term="sz" label="时政"/></entry></feed>"""
PREFIXED = """<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>岚溪新闻</a:title><a:link href="https://news.example.cn/"/>
<a:entry><a:title>标题“甲”</a:title><a:link href="https://news.example.cn/1"/></a:entry></a:feed>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "岚溪新闻",
        "home_page_url": "https://news.example.cn/",
        "items": [{"id": "1", "url": "/1", "title": "标题“甲”", "content_html": "<p>文。</p>", "tags": ["时政"]}],
    }
)
RSS_20 = rss("<title>标题“甲”</title><link>https://news.example.cn/1</link>")
DIALECTS = {
    "RSS 0.90": RSS_090,
    "RSS 0.91": RSS_091,
    "RSS 0.92": RSS_20.replace("2.0", "0.92"),
    "RSS 1.0": RSS_10,
    "RSS 2.0": RSS_20,
    "Atom 0.3": ATOM_03,
    "Atom 1.0": ATOM_10,
    "Atom with a prefix": PREFIXED,
    "JSON Feed 1.1": JSON_FEED,
    "JSON Feed 1": JSON_FEED.replace("1.1", "1").replace("/", "\\/"),
}


@pytest.mark.parametrize("feed", DIALECTS.values(), ids=DIALECTS)
def test_every_dialect_names_site_home_title_and_link(feed: str) -> None:
    """A feed of any dialect is recognised, and tells its site, its page, and each entry's title and address."""
    listing = read(feed)
    assert looks_like_feed(_document(feed))
    assert (listing.title.replace("\xa0", " ").replace(" ", ""), listing.home) == (
        "岚溪新闻",
        "https://news.example.cn/",
    )
    article = listing.entries[0].article
    assert (article.title, article.url) == ("标题“甲”", "https://news.example.cn/1")
    assert listing.problems == ()


def test_an_atom_entry_tells_author_text_category_and_first_date() -> None:
    """Of an Atom entry the name of the author, the first date, the label of the category and the text are taken."""
    listing = read(ATOM_10)
    article = listing.entries[0].article
    assert (article.author, article.published, article.categories) == ("李雷", MORNING, ("时政",))
    assert (article.text, article.site, article.language) == ("第一段。\n第二段。", "岚溪新闻", "zh-Hans")
    assert listing.following == "https://news.example.cn/xw/atom2.xml"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Thu, 11 Jan 2024 09:30:00 +0800", MORNING),
        ("Mon, 11 Jan 2024 09:30:00 +0800", MORNING),
        ("Thu, 11 Jan 2024 01:30:00 GMT", MORNING),
        ("Thu, 11 Jan 2024 09:30:00 GMT+8", MORNING),
        ("Thu, 11 Jan 2024 09:30:00 GMT+0800", MORNING),
        ("Thu Jan 11 09:30:00 CST 2024", MORNING),
        ("Thu, 11 Jan 2024 9:30 AM", MORNING),
        ("2024-01-11 09:30", MORNING),
        ("2024/1/11 9:30:00", MORNING),
        ("2024年1月11日 09:30", MORNING),
        ("2024-01-11T01:30:00.000Z", MORNING),
        ("1704936600", MORNING),
        ("1704936600000", MORNING),
        ("2024-01-11", date(2024, 1, 11)),
        ("2024年1月11日", date(2024, 1, 11)),
        ("11 Jan 2024", date(2024, 1, 11)),
        ("20240111", date(2024, 1, 11)),
        ("2024-02-31", None),
        ("近日", None),
        ("", None),
    ],
)
def test_a_date_is_read_as_it_is_written(written: str, expected: object) -> None:
    """Every form of date in use is understood; one without a time stays a day, an impossible one is none."""
    found = first(rss(item(more=f"<pubDate>{written}</pubDate>"))).published
    assert found == expected
    assert isinstance(found, datetime) == isinstance(expected, datetime)


def test_a_feed_of_midnights_knows_only_days() -> None:
    """Where all entries are dated at midnight, in their zone or in Beijing's, only the days are known."""
    for clock in ("00:00:00 GMT", "00:00:00 +0800"):
        feed = rss(*(item(n, f"<pubDate>Thu, 1{n} Jan 2024 {clock}</pubDate>") for n in (1, 2)))
        assert [entry.article.published for entry in read(feed).entries] == [date(2024, 1, 11), date(2024, 1, 12)]
    feed = rss(*(item(n, f"<pubDate>1{n} Jan 2024 16:00:00 GMT</pubDate>") for n in (1, 2)))
    assert [entry.article.published for entry in read(feed).entries] == [date(2024, 1, 12), date(2024, 1, 13)]


DIRTY = {
    "blank lines before the declaration": "\n\n  " + RSS_20,
    "a BOM": "\ufeff" + RSS_20,
    "warnings of PHP": "<br />\n<b>Warning</b>: foo() in <b>x.php</b> on line <b>3</b><br />\n" + RSS_20,
    "a bare &": RSS_20.replace("</item>", "<description>甲 & 乙</description></item>"),
    "control characters": RSS_20.replace("标题", "标\x0b题\x1b&#11;"),
    "CDATA": RSS_20.replace("标题“甲”", "<![CDATA[ 标题“甲” ]]>"),
    "CDATA around the link": RSS_20.replace("https://news.example.cn/1", "<![CDATA[ https://news.example.cn/1\n]]>"),
    "markup in the title": RSS_20.replace("标题“甲”", "&lt;b&gt;标题&lt;/b&gt;“甲”"),
    "escaped twice": RSS_20.replace("“甲”", "&amp;ldquo;甲&amp;rdquo;"),
    "escaped three times": RSS_20.replace("“甲”", "&amp;amp;ldquo;甲&amp;amp;rdquo;"),
    "names of HTML": RSS_20.replace("“甲”", "&ldquo;甲&rdquo;"),
    "prefixes nobody declared": RSS_20.replace("</item>", "<dc:date>2024-01-11</dc:date></item>"),
    "the end missing": RSS_20.removesuffix("</channel></rss>"),
    "the end missing within an item": RSS_20.replace("</channel></rss>", "<item><title>标题“乙"),
    "the address in the guid": rss("<title>标题“甲”</title><guid>https://news.example.cn/1</guid>"),
    "the guid no permalink": RSS_20.replace("</item>", '<guid isPermaLink="false">77</guid></item>'),
    "relative links": RSS_20.replace("https://news.example.cn/1", "/1"),
    "a title of a picture": RSS_20.replace("<rss ", '<rss xmlns:media="http://search.yahoo.com/mrss/" ').replace(
        "</item>", '<media:content url="/a.jpg"><media:title>图片</media:title></media:content></item>'
    ),
    "unescaped HTML": RSS_20.replace("</item>", "<description><p>第一段<br>后半</p><img src='a'></description></item>"),
    "each item twice": rss(*["<title>标题“甲”</title><link>https://news.example.cn/1</link>"] * 2),
    "a stylesheet": RSS_20.replace("?><rss", '?><?xml-stylesheet href="a.xsl"?><!-- made by hand --><rss'),
}


@pytest.mark.parametrize("feed", DIRTY.values(), ids=DIRTY)
def test_dirt_of_daily_practice_does_no_harm(feed: str) -> None:
    """What goes wrong in feeds every day costs neither the entry nor its title and address."""
    listing = read(feed)
    assert [(e.article.title, e.article.url) for e in listing.entries] == [("标题“甲”", "https://news.example.cn/1")]


@pytest.mark.parametrize(
    ("declared", "header", "real"),
    [
        ("utf-8", "", "gb18030"),
        ("utf-8", "text/xml; charset=utf-8", "gb18030"),
        ("gb2312", "text/xml; charset=utf-8", "gb18030"),
        ("gb2312", "", "gb18030"),
        ("gb2312", "text/xml", "utf-8"),
        ("iso-8859-1", "text/xml; charset=gbk", "gb18030"),
        ("big5", "", "big5"),
        ("utf-16", "", "utf-16"),
        ("utf-8", "text/xml; charset=us-ascii", "utf-8"),
    ],
)
def test_the_bytes_decide_about_the_encoding(declared: str, header: str, real: str) -> None:
    """A feed that lies about its encoding, in its declaration or its header, is read right."""
    titled = rss("<title>行政院公布資料管理辦法</title><link>https://x.cn/1</link>").replace("岚溪新闻", "中央社")
    assert first(titled.replace("utf-8", declared).encode(real), header).title == "行政院公布資料管理辦法"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "java\tscript:alert(1)", "vbscript:x"])
def test_a_link_that_leads_nowhere_is_dropped(link: str) -> None:
    """What is no web address never becomes one; the entry stays where it holds a text, and is counted where not."""
    linked = f"<link>{link}</link><guid>77</guid>"
    listing = read(
        rss(f"<title>甲</title>{linked}<description>有一段文字。</description>", f"<title>乙</title>{linked}")
    )
    assert [(e.article.title, e.article.url, e.article.text) for e in listing.entries] == [("甲", "", "有一段文字。")]
    assert listing.problems == ("1 item has neither a link with a title nor a text",)


def test_a_number_as_guid_is_no_address() -> None:
    """A guid that does not say it is no permalink is still no link where it is none."""
    assert first(rss("<title>甲</title><guid>77</guid><description>有一段文字。</description>")).url == ""


def test_links_to_the_home_page_are_no_addresses() -> None:
    """Where all entries link to one page, they are still entries of their own, without an address."""
    linked = "<link>https://news.example.cn/</link>"
    feed = rss(*(f"<title>标题{n}</title>{linked}<description>文字{n}。</description>" for n in range(4)))
    assert [(e.article.title, e.article.url) for e in read(feed).entries] == [(f"标题{n}", "") for n in range(4)]


def test_the_original_publisher_is_the_site() -> None:
    """An aggregator's entry is of the site in its <source>, whose name behind the title is dropped."""
    feed = rss(
        '<title>某地出台办法 - 新华社</title><link>https://x.cn/1</link><source url="https://x.cn/">新华社</source>'
    )
    assert (first(feed).title, first(feed).site) == ("某地出台办法", "新华社")


@pytest.mark.parametrize(
    ("written", "expected"), [("editor@x.cn (王芳)", "王芳"), ("王芳", "王芳"), ("王芳，李雷", "王芳，李雷"), ("", "")]
)
def test_an_author_is_a_name(written: str, expected: str) -> None:
    """Mail addresses are no names."""
    assert first(rss(item(more=f"<author>{written}</author>"))).author == expected


def test_nothing_active_comes_through() -> None:
    """Scripts and handlers of a hostile feed are gone: title and text are plain."""
    hostile = "&lt;svg/onload=alert(1)&gt;标题&lt;script&gt;alert(1)&lt;/script&gt;"
    body = "&lt;img src=x onerror=alert(1)&gt;文&lt;script&gt;alert(2)&lt;/script&gt;字"
    article = first(rss(f"<title>{hostile}</title><link>https://x.cn/1</link><description>{body}</description>"))
    assert (article.title, article.text) == ("标题", "文字")


def entry_with(element: str, body: str) -> Entry:
    """The one entry of a feed whose element of that name holds `body`."""
    feed = rss(f"<title>数据条例</title><link>https://x.cn/1</link><{element}><![CDATA[{body}]]></{element}>")
    return read(feed.replace("<rss ", '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" ')).entries[0]


WHOLE = {
    "content": ("content:encoded", PARAGRAPH * 5),
    "content of one long paragraph": ("content:encoded", PARAGRAPH.replace("</p>", "<br>") * 5),
    "description of many paragraphs": ("description", PARAGRAPH * 8),
    "the post appeared": ("content:encoded", PARAGRAPH * 5 + "<p>The post 数据条例 appeared first on 岚溪新闻.</p>"),
    "reprint with a pointer behind it": ("content:encoded", PARAGRAPH * 14 + "<p><a href='/1'>阅读原文</a></p>"),
}
TEASERS = {
    "nothing": ("description", ""),
    "the title": ("description", "数据条例"),
    "one sentence": ("description", PARAGRAPH),
    "short content": ("content:encoded", PARAGRAPH),
    "dots": ("content:encoded", PARAGRAPH * 5 + "<p>会议还指出……</p>"),
    "brackets": ("description", PARAGRAPH * 8 + "<p>会议还指出 [...]</p>"),
    "more": ("content:encoded", PARAGRAPH * 5 + "<p><a>阅读全文</a></p>"),
    "more in the line": ("content:encoded", PARAGRAPH * 5 + "<p>会议还指出数据工作的重点。<a>[查看全文]</a></p>"),
    "read more": ("content:encoded", PARAGRAPH * 5 + "<p><a>Read more »</a></p>"),
    "look at the original": ("description", PARAGRAPH * 5 + "<p>点击查看原文</p>"),
    "a paragraph cut": ("description", (PARAGRAPH * 8).replace("<p>", "").replace("</p>", "") + "会议还指出要"),
}


@pytest.mark.parametrize(("element", "body"), WHOLE.values(), ids=WHOLE)
def test_an_entry_that_carries_the_article_is_complete(element: str, body: str) -> None:
    """An article in a feed need not be fetched again."""
    assert entry_with(element, body).complete


@pytest.mark.parametrize(("element", "body"), TEASERS.values(), ids=TEASERS)
def test_a_teaser_is_not_complete(element: str, body: str) -> None:
    """A teaser is never taken for the article."""
    assert not entry_with(element, body).complete


def test_boilerplate_is_dropped_from_the_text() -> None:
    """Credits and calls in a feed's article are no part of its text."""
    text = entry_with("content:encoded", PARAGRAPH * 5 + "<p>责任编辑：王小蒙</p><p>扫一扫关注我们</p>").article.text
    assert "编辑" not in text
    assert "扫一扫" not in text
    assert text.count("\n") == 4


def test_a_huge_feed_is_cut_before_it_is_parsed() -> None:
    """Of 200,000 items the first 500 are read within seconds, the rest is told."""
    feed = "<rss><channel><title>岚溪</title>" + "".join(
        f"<item><title>标题{n}</title><link>https://x.cn/{n}</link></item>" for n in range(200_000)
    )
    began = time.process_time()
    listing = read(feed + "</channel></rss>")
    assert time.process_time() - began < 5
    assert (len(listing.entries), listing.entries[-1].article.title) == (500, "标题499")
    assert listing.problems == ("the feed holds 200000 items; only the first 500 were read",)


def test_the_limit_counts_for_json_too() -> None:
    """A JSON Feed is cut at the limit as any other."""
    items = [{"id": str(n), "url": f"https://x.cn/{n}", "title": f"标题{n}"} for n in range(9)]
    listing = read(json.dumps({"version": "https://jsonfeed.org/version/1", "items": items}), limit=4)
    assert len(listing.entries) == 4
    assert "9 items" in listing.problems[0]


ENTITIES = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
XXE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
REFUSED = {
    "billion laughs": (f'<!DOCTYPE rss [<!ENTITY a0 "x">{ENTITIES}]><rss><channel>&a9;</channel></rss>', "entities"),
    "external entity": (XXE + "<rss><channel><title>&x;</title></channel></rss>", "entities"),
    "a tower of tags": ("<rss>" + "<a>" * 200_000, "nested"),
    "a tower of items": ("<rss><channel>" + "<item>" * 200_000, "nested"),
    "a tower of nothing": ("<rss><channel><item>" + "<a " * 500_000, "too many tags"),
    "one endless item": ("<rss><channel><item>" + "<a></a>" * 200_000 + "</item></channel>", "too many tags"),
    "a web page": ("<!DOCTYPE html><html><head><title>x</title></head><body>x</body></html>", "web page"),
    "an XHTML page": ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', "web page"),
    "plain text": ("岚溪新闻", "no feed"),
    "the name of a file": ("/etc/passwd", "no feed"),
    "the URL of a file": ("file:///etc/passwd", "no feed"),
    "nothing": ("", "no feed"),
    "broken JSON Feed": ('{"version": "https://jsonfeed.org/version/1", "items": [', "broken"),
    "JSON Feed without items": ('{"version": "https://jsonfeed.org/version/1"}', "without items"),
}


@pytest.mark.parametrize(("feed", "word"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_feed_or_no_safe_one_is_refused_at_once(feed: str, word: str) -> None:
    """Bombs and pages are refused with a word that says why, before anything expensive is done."""
    began = time.process_time()
    with pytest.raises(FormatError, match=word):
        read(feed)
    assert time.process_time() - began < 2


COSTLY = {
    "tags behind the last item": rss(item()).replace("</channel>", "<a></a>" * 300_000 + "</channel>"),
    "CDATA never closed": rss(item()).replace("</channel>", "<item><![CDATA[" * 300_000),
    "a title of dashes": rss(item().replace("公告", "公告" + "-" * 300_000 + "x")),
    "a body of dots": rss(item(more="<description>文" + "…" * 100_000 + "x</description>")),
}


@pytest.mark.parametrize("feed", COSTLY.values(), ids=COSTLY)
def test_no_feed_is_costly(feed: str) -> None:
    """What makes a parser or a pattern slow is read in seconds, or refused."""
    began = time.process_time()
    try:
        assert len(read(feed).entries) <= 1
    except FormatError as error:
        assert error.message  # noqa: PT017  # refused is as good as read
    assert time.process_time() - began < 5


def test_entities_declared_out_of_place_stay_closed(tmp_path: Path) -> None:
    """Not even a root element in a comment opens the way for an entity to a file."""
    canary = tmp_path / "canary"
    canary.write_text("canary-7f3a")
    feed = f'<!DOCTYPE r [<!-- <rss> --><!ENTITY x SYSTEM "{canary.as_uri()}">]>' + rss(
        item(more="<author>&x;</author>")
    )
    assert "canary-7f3a" not in repr(read(feed))


def test_an_article_about_entities_is_read() -> None:
    """The words of an attack in the text of an article are only words."""
    assert "ENTITY" in entry_with("description", PARAGRAPH + "<p>攻击者写入 &lt;!ENTITY x&gt; 一行。</p>").article.text


@settings(max_examples=60)
@given(st.text(max_size=80), st.integers(0, 400), st.sampled_from([RSS_20, ATOM_10, RSS_10, JSON_FEED]))
def test_no_damage_crashes_the_reader(noise: str, at: int, feed: str) -> None:
    """Whatever is written over a feed, it is read or refused with our own error."""
    data = (feed[:at] + noise + feed[at + len(noise) :]).encode("utf-8", "surrogatepass")
    try:
        listing = read(data)
    except FormatError as error:
        assert error.message  # noqa: PT017  # refused is as good as read
    else:
        assert all(entry.article.url or entry.article.text for entry in listing.entries)
