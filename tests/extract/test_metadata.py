"""What a page says of itself is believed in the order of its standing, and its dirt is not."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from digest.extract.bylines import first_publisher
from digest.extract.dates import BEIJING
from digest.extract.html import parse
from digest.extract.layout import lay_out
from digest.extract.metadata import Metadata, page_metadata
from digest.extract.read import read_document
from digest.extract.structured import structured_fields
from digest.model import Document

URL = "https://www.lanxi.example.cn/news/2026/1119/8.html"
FETCHED = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TITLE = "岚溪市出台数据条例"


def describe(head: str = "", body: str = "", url: str = URL, fetched: datetime | None = FETCHED) -> Metadata:
    """The metadata of a page with this head and body."""
    root = parse(f"<!DOCTYPE html><html><head><title>{TITLE}_岚溪新闻网</title>{head}</head><body>{body}</body></html>")
    return page_metadata(root, lay_out(root).lines, url, fetched)


def metas(**tags: str) -> str:
    """Meta tags of these names."""
    return "".join(f'<meta name="{name}" content="{value}">' for name, value in tags.items())


def ld(value: object) -> str:
    """A script of JSON-LD."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f'<script type="application/ld+json">{text}</script>'


def test_the_official_tags_come_first() -> None:
    """Title, minute, site, column and first publisher, before what JSON-LD and Open Graph say."""
    head = metas(
        SiteName="岚溪市人民政府",
        ArticleTitle=TITLE,
        PubDate="2026-11-19 10:20",
        ContentSource="岚溪日报",
        ColumnName="政务要闻",
    ) + ld({"@type": "NewsArticle", "headline": "别的标题", "datePublished": "2026-11-18T08:00:00+08:00"})
    meta = describe(head + '<meta property="og:title" content="又一个标题">')
    assert (meta.title, meta.site, meta.origin, meta.column) == (TITLE, "岚溪市人民政府", "岚溪日报", "政务要闻")
    assert meta.published == datetime(2026, 11, 19, 10, 20, tzinfo=BEIJING)


@pytest.mark.parametrize(
    "dirt", ["", " ", "{title}", "${article.title}", "{{title}}", "<%=title%>", "文章标题", "#title#", "null"]
)
def test_a_placeholder_is_no_title(dirt: str) -> None:
    """A template that nobody filled in says nothing; the headline of the page does."""
    assert describe(metas(ArticleTitle=dirt), f"<h1>{TITLE}</h1>").title == TITLE


def test_the_first_of_two_blocks_that_says_something_stands() -> None:
    """A block with empty values before the true one costs nothing; markup inside a value is dropped."""
    meta = describe(
        metas(ArticleTitle="", PubDate="")
        + metas(ArticleTitle=f"&lt;div&gt;{TITLE}&lt;/div&gt;", PubDate="2026-11-19 00:00:00")
    )
    assert (meta.title, meta.published) == (TITLE, date(2026, 11, 19))


@pytest.mark.parametrize(
    ("official", "shown", "expected"),
    [
        ("2026-11-19 03:20", "2026-11-19 15:20", datetime(2026, 11, 19, 15, 20, tzinfo=BEIJING)),
        ("2026-11-19 03:20", "2026-11-19 03:25", datetime(2026, 11, 19, 3, 20, tzinfo=BEIJING)),
        ("2026-11-19 03:20", "2026-11-18 15:20", datetime(2026, 11, 19, 3, 20, tzinfo=BEIJING)),
        ("2026-11-19", "2026-11-19 15:20", datetime(2026, 11, 19, 15, 20, tzinfo=BEIJING)),
        ("2026-11-19", "2026-11-18 15:20", date(2026, 11, 19)),
        ("2036-11-19", "2026-11-18", date(2026, 11, 18)),
        ("发布时间", "昨天 08:30", datetime(2026, 11, 19, 8, 30, tzinfo=BEIJING)),
        ("", "11月19日", date(2026, 11, 19)),
    ],
)
def test_the_official_time_is_compared_with_the_visible_one(official: str, shown: str, expected: object) -> None:
    """A 12-hour clock, a missing time and a future day are mended by the line below the headline; nothing else is."""
    body = (
        f"<h1>{TITLE}</h1><p>时间：{shown} 来源：岚溪日报</p>"
        if shown[:1] == "2"
        else f"<h1>{TITLE}</h1><p>{shown}</p>"
    )
    assert describe(metas(PubDate=official), body, url="https://www.lanxi.example.cn/8.html").published == expected


def test_the_clock_of_the_page_is_not_its_date() -> None:
    """今天是 above the headline is the day of the visit; the article's own line counts, and the URL last of all."""
    clock = "<div>今天是2026年11月20日 星期五</div>"
    assert describe(body=f"{clock}<h1>{TITLE}</h1><p>2026-11-19 10:20</p>").published == datetime(
        2026, 11, 19, 10, 20, tzinfo=BEIJING
    )
    assert describe(body=f"{clock}<h1>{TITLE}</h1>").published == date(2026, 11, 19)


@pytest.mark.parametrize(
    "text",
    [
        {"@type": "NewsArticle", "headline": TITLE, "author": {"name": "顾明"}, "publisher": {"name": "岚溪网"}},
        [
            {"@type": "WebSite", "name": "x"},
            {"@type": ["Article"], "headline": TITLE, "author": [{"name": "顾明"}], "publisher": "岚溪网"},
        ],
        {
            "@graph": [
                {"@type": "BreadcrumbList"},
                {"@type": "BlogPosting", "headline": TITLE, "author": "顾明", "publisher": {"name": "岚溪网"}},
            ]
        },
        '{"@type": "NewsArticle", "headline": "' + TITLE + '", "author": ["顾明",], "publisher": {"name": "岚溪网",},}',
        '<!-- {"@type": "NewsArticle", "headline": "'
        + TITLE
        + '\n", "author": "顾明", "publisher": {"name": "岚溪网"}} -->',
    ],
)
def test_json_ld_is_read_in_its_many_forms(text: object) -> None:
    """An object, a list, a graph; commas too many, comments and bare line feeds are forgiven."""
    fields = structured_fields(parse(f"<html><head>{ld(text)}</head></html>"))
    assert (fields["title"].strip(), fields["author"], fields["site"]) == (TITLE, "顾明", "岚溪网")


@pytest.mark.parametrize(
    "broken", ["{", "[" * 5000, '{"@type": 5}', '{"@type": "Article", "headline": {"a": []}}', "null", "[[[]]]"]
)
def test_broken_json_ld_says_nothing(broken: str) -> None:
    """What cannot be read is as if it were not there."""
    assert not structured_fields(parse(f"<html><head>{ld(broken)}</head></html>"))


def test_open_graph_and_the_dialect_of_baidu_are_heard() -> None:
    """Where the stronger tags are missing, og: and Baidu's pubDate tell."""
    meta = describe('<meta property="og:title" content="另一个标题"><meta property="og:site_name" content="岚溪网">')
    assert (meta.title, meta.site) == ("另一个标题", "岚溪网")
    baidu = {
        "@context": "https://ziyuan.baidu.com/contexts/cambrian.jsonld",
        "title": TITLE,
        "pubDate": "2026-11-19T08:00:01",
    }
    assert describe(ld(baidu)).published == datetime(2026, 11, 19, 8, 0, 1, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("source", "site", "origin"),
    [
        ("岚溪日报", "岚溪市人民政府", "岚溪日报"),
        ("岚溪新闻", "岚溪新闻网", ""),
        ("岚溪新闻网站", "岚溪新闻网", ""),
        ("本站", "岚溪新闻网", ""),
        ("本网", "岚溪新闻网", ""),
        ("", "岚溪新闻网", ""),
        ("新华社", "", "新华社"),
    ],
)
def test_a_reprint_is_told_from_ones_own(source: str, site: str, origin: str) -> None:
    """Only another house is an origin."""
    assert first_publisher(source, site) == origin


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://m.lanxi.example.cn/news/8.html?utm_source=x", "https://m.lanxi.example.cn/news/8.html"),
        ("/news/8.html", "https://www.lanxi.example.cn/news/8.html"),
        ("https://other.example.org/8.html", URL),
        ("https://www.lanxi.example.cn/", URL),
        ("javascript:void(0)", URL),
        ("", URL),
    ],
)
def test_a_canonical_link_is_believed_within_the_house(link: str, expected: str) -> None:
    """Another house and the front page are not the article's address."""
    assert describe(f'<link rel="canonical" href="{link}">', url=URL + "?spm=a.b").url == expected


def test_the_article_carries_what_the_page_says() -> None:
    """Address without tracking, origin and column arrive at the article."""
    head = metas(SiteName="岚溪市人民政府", ContentSource="岚溪日报", ColumnName="政务要闻", PubDate="2026-11-19 10:20")
    text = "岚溪市人大常委会近日审议通过《岚溪市数据条例》，自2027年1月1日起施行，是该市首部数据领域地方性法规。"
    page = f"<html><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1><p>{text}</p></body></html>"
    article = read_document(Document(page.encode(), "x", url=URL + "?utm_source=rss", fetched_at=FETCHED)).articles[0]
    assert (article.url, article.origin, article.site) == (URL, "岚溪日报", "岚溪市人民政府")
    assert (article.categories, article.text, article.title) == (("政务要闻",), text, TITLE)


def test_a_title_that_was_cut_off_is_told_in_full() -> None:
    """ArticleTitle with …… at its end stands in full in the page."""
    assert describe(metas(ArticleTitle="岚溪市出台..."), f"<h1>{TITLE}</h1>").title == TITLE
