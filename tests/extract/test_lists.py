"""List pages of every make are found whole, and pages without a list give none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import FormatError
from digest.extract.lists import find_feeds, read_list
from digest.model import Document, Listing

URL = "https://www.lanxi.example.cn/zwgk/index.html"
FETCHED = datetime(2024, 2, 1, 8, tzinfo=UTC)
TITLES = [
    "岚溪市人民政府关于印发数据条例实施办法的通知",
    "云泽市召开网络安全工作会议部署全年重点任务",
    "关于公开征求《岚溪市公共数据开放办法》意见的公告",
    "岚溪市发布2023年互联网发展状况统计报告",
    "市委网信委召开会议研究部署重点工作",
    "我市启动“清朗”系列专项行动整治网络乱象",
    "岚溪市数字经济核心产业增加值突破千亿元",
    "关于2024年2月9日停水检修的公告",
    "云泽港年吞吐量首次突破一亿吨",
    "岚溪市出台措施支持民营企业高质量发展",
]
TEASER = "有关负责人介绍了详细情况并回答了记者提问，相关工作正在有序推进之中，社会各界对此给予了广泛的关注。"
_CHANNELS = ("首页", "政务公开信息", "政务服务大厅", "互动交流平台", "数据开放平台", "走进岚溪概况")
NAVIGATION = (
    '<div class="nav"><ul>'
    + "".join(f'<li><a href="/c{n}/">{t}</a></li>' for n, t in enumerate(_CHANNELS))
    + "</ul></div>"
)
FOOTER = (
    '<div class="footer"><p>版权所有 岚溪市人民政府</p><a href="/about.html">关于我们网站的说明</a>'
    '<a href="/map.html">网站地图与导航</a><a href="https://www.example.cn/1">中国政府网站的入口</a></div>'
)


def page(body: str, head: str = "") -> str:
    """A page of a site with navigation and footer around `body`."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>政策文件</title>{head}</head>'
        f"<body>{NAVIGATION}{body}{FOOTER}</body></html>"
    )


def rows(form: str, start: int = 0, stop: int = 10) -> str:
    """The titles in such a row, {n} the number, {d} the day of January, {t} the title, {s} the title cut."""
    return "".join(form.format(n=n, d=f"{11 - n:02d}", t=TITLES[n], s=TITLES[n][:9]) for n in range(start, stop))


def read(html: str, select: dict[str, str] | None = None, fetched: datetime | None = None, url: str = URL) -> Listing:
    """What the page lists."""
    return read_list(Document(html.encode(), "list page", url, fetched_at=fetched), select or {})


LISTS = {
    "a CMS of the government": (
        "<ul>{}</ul>",
        '<li><a href="./202401/t202401{d}_{n}45.html">{t}</a><span>2024-01-{d}</span></li>',
    ),
    "titles cut": ("<ul>{}</ul>", '<li><a href="/a/{n}45.html" title="{t}">{s}…</a><i>[2024-01-{d}]</i></li>'),
    "the date without a year": (
        "<ul>{}</ul>",
        '<li><span>[01-{d}]</span><a href="./t202401{d}_{n}45.html">{t}</a></li>',
    ),
    "a table": (
        "<table><tr><th>序号</th><th>标题</th><th>日期</th></tr>{}</table>",
        '<tr><td>{n}</td><td><a href="c.jsp?id={n}77">{t}</a></td><td>{n}号</td><td>2024年1月{d}日</td></tr>',
    ),
    "a table a row": (
        "<table><tr><td>{}</td></tr></table>",
        '<table><tr><td>·<a href="/n/{n}77.htm">{t}</a></td><td>2024-1-{d}</td></tr></table>',
    ),
    "cards with a teaser": (
        "<div>{}</div>",
        (
            '<div><a href="/p/{n}77"><img src="a.jpg"></a><h3><a href="/p/{n}77">{t}</a></h3>'
            f"<p>{TEASER}2023年12月1日起施行。</p>"
            '<span>2024-01-{d}</span><a href="/p/{n}77">查看详情&gt;&gt;</a></div>'
        ),
    ),
    "a card that is a link": (
        "<div>{}</div>",
        '<a href="/p/{n}77"><div><b>{d}</b><i>2024-01</i></div><div><h4>{t}</h4>' + f"<p>{TEASER}</p></div></a>",
    ),
    "the day apart": (
        "<ul>{}</ul>",
        '<li><div><em>{d}</em><span>2024.01</span></div><a href="/p/{n}77">{t}</a></li>',
    ),
    "the year behind": ("<ul>{}</ul>", '<li><p>01-{d}</p><p>2024</p><a href="/p/{n}77">{t}</a></li>'),
    "terms and descriptions": ("<dl>{}</dl>", '<dt><a href="/p/{n}77">{t}</a></dt><dd>2024-01-{d}</dd>'),
    "a flat column": ("<div>{}</div>", '<a href="/p/{n}77">{t}</a> <span>2024-01-{d}</span><br>'),
    "lines with a tail": ("<div>{}</div>", '<p>· <a href="/p/{n}77">{t}</a> (2024-01-{d})</p>'),
    "the date in the link": ("<ul>{}</ul>", '<li><a href="/p/{n}77">{t}<span>2024-01-{d}</span></a></li>'),
    "a forum": (
        "<table>{}</table>",
        (
            '<tbody><tr><td><a href="thread-{n}1-1-1.html"><img src="f.gif"></a></td>'
            '<th><em>[<a href="forum-2-{n}.html">灌水</a>]</em> <a href="thread-{n}1-1-1.html">{t}</a> '
            '<a href="thread-{n}1-2-1.html">2</a></th>'
            '<td><cite><a href="u-{n}.html">老王</a></cite><em>2024-1-{d}</em></td>'
            '<td><a href="thread-{n}1-1-1.html">12</a></td><td><a href="x-{n}.html">2024-1-31</a></td></tr></tbody>'
        ),
    ),
    "records in a script": (
        '<div><script type="text/xml"><datastore><recordset>{}</recordset></datastore></script></div>',
        '<record><![CDATA[<li><a href="/art/2024/1/{d}/art_1_{n}7.html">{t}</a><b>2024-01-{d}</b></li>]]></record>',
    ),
    "no date but in the URL": ("<ul>{}</ul>", '<li><a href="/2024-01/{d}/c_1{n}23.htm">{t}</a></li>'),
}


@pytest.mark.parametrize(("frame", "form"), LISTS.values(), ids=LISTS)
def test_a_list_is_found_whole_and_nothing_else(frame: str, form: str) -> None:
    """Every row of the list comes with its title and its day, in order, and no link of the page around it."""
    found = [(entry.article.title, entry.article.published) for entry in read(page(frame.format(rows(form)))).entries]
    assert found == [(title, date(2024, 1, 11 - n)) for n, title in enumerate(TITLES)]


def test_a_list_in_groups_of_five_is_one_list() -> None:
    """A CMS that draws a line after every fifth row has one list all the same."""
    form = '<li><a href="/p/{n}77">{t}</a><span>2024-01-{d}</span></li>'
    html = page("<hr>".join(f"<ul>{rows(form, n, n + 5)}</ul>" for n in (0, 5)))
    assert [entry.article.title for entry in read(html).entries] == TITLES


def test_two_columns_of_news_are_one_list() -> None:
    """A table with two headlines in each row gives both."""
    cell = '<td><a href="/n/{n}77.htm">{t}</a>(2024-01-{d})</td>'
    table = "<table>" + "".join(f"<tr>{rows(cell, n, n + 2)}</tr>" for n in range(0, 10, 2)) + "</table>"
    assert [entry.article.title for entry in read(page(table)).entries] == TITLES


def test_a_home_of_news_gives_all_its_blocks() -> None:
    """The blocks of a home page are alike in their URLs, so all are read; their channels and 更多 are not."""
    blocks = "".join(
        f'<div><h2><a href="/{block}/">第{block}个频道的栏目名称</a><a href="/{block}/">更多&gt;&gt;</a></h2><ul>'
        + rows(f'<li><a href="/2024-01/{{d}}/c_{block}{{n}}23.htm">{{t}}</a></li>', block * 4, block * 4 + 4)
        + "</ul></div>"
        for block in (0, 1)
    )
    listing = read(page(blocks), url="https://www.lanxi.example.cn/")
    assert [entry.article.title for entry in listing.entries] == TITLES[:8]


def test_english_lists_are_lists() -> None:
    """Headlines and dates in English, relative to <base>, are read as well."""
    linked = '<a href="news/item-{n}">Lanxi city council adopts data rule number {n}</a>'
    row = f"<article><h2>{linked}</h2><p>Jan {{d}}, 2024</p></article>"
    menu = '<nav><a href="/">Home page of the city</a></nav>'
    html = f'<html><head><base href="/en/"></head><body>{menu}{rows(row)}</body></html>'
    first = read(html).entries[0].article
    assert (first.title, first.url) == (
        "Lanxi city council adopts data rule number 0",
        "https://www.lanxi.example.cn/en/news/item-0",
    )
    assert (first.published, first.language) == (date(2024, 1, 11), "en")


def test_a_short_headline_among_others_is_kept() -> None:
    """Two characters are no headline by themselves, but one in a list of headlines with dates."""
    short = '<li><a href="/p/1.html">公告</a><span>2024-01-12</span></li>'
    html = page(f"<ul>{short}{rows('<li><a href=/p/{n}77.html>{t}</a><span>2024-01-{d}</span></li>')}</ul>")
    assert [entry.article.title for entry in read(html).entries] == ["公告", *TITLES]


def test_a_time_is_kept() -> None:
    """A list that tells the minute gives a moment in Beijing."""
    html = page("<ul>" + rows('<li><a href="/p/{n}77">{t}</a><span>2024-01-{d} 09:30</span></li>') + "</ul>")
    assert read(html).entries[0].article.published == datetime(2024, 1, 11, 9, 30, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("shown", "fetched", "expected"),
    [
        ("01-11", FETCHED, date(2024, 1, 11)),
        ("12-31", FETCHED, date(2023, 12, 31)),
        ("1月11日", FETCHED, date(2024, 1, 11)),
        ("昨天", FETCHED, date(2024, 1, 31)),
        ("01-11", None, None),
        ("02-30", FETCHED, None),
    ],
)
def test_the_year_comes_from_the_moment_of_fetching(shown: str, fetched: datetime | None, expected: object) -> None:
    """A day without its year is the last such day; without a moment of fetching it is unknown, and still a list."""
    html = page("<ul>" + rows('<li><a href="/p/{n}77">{t}</a><span>' + shown + "</span></li>") + "</ul>")
    listing = read(html, fetched=fetched)
    assert [entry.article.published for entry in listing.entries] == [expected] * 10


def test_a_side_column_is_left_out() -> None:
    """The most read articles beside a list are not what the list announces."""
    side = (
        '<div class="right"><h3>热点排行</h3><ul>' + rows('<li><a href="/p/{n}99.html">{t}新</a></li>') + "</ul></div>"
    )
    main = "<ul>" + rows('<li><a href="/p/{n}77.html">{t}</a><span>2024-01-{d}</span></li>') + "</ul>"
    assert [entry.article.title for entry in read(page(main + side)).entries] == TITLES


def test_an_introduction_hides_no_list() -> None:
    """A long paragraph above a list with dates does not make it an article."""
    main = f"<p>{TEASER * 7}</p><ul>" + rows('<li><a href="/p/{n}77">{t}</a><span>2024-01-{d}</span></li>') + "</ul>"
    assert len(read(page(main)).entries) == 10


RELATED = (
    "<h3>相关阅读</h3><ul>" + rows('<li><a href="/p/{n}77.html">{t}</a><span>2024-01-{d}</span></li>', 0, 5) + "</ul>"
)
NO_LISTS = {
    "navigation alone": "",
    "an article": f"<h1>{TITLES[0]}</h1>" + f"<p>{TEASER}</p>" * 6 + RELATED,
    "an article by its tags": f"<h1>{TITLES[0]}</h1><p>{TEASER}</p>" + RELATED,
    "neighbours": f"<p>{TEASER}</p>" + rows('<p>上一篇：<a href="/p/{n}1.html">{t}</a></p>', 0, 2),
    "departments": "<ul>" + rows('<li><a href="https://d{n}.example.cn/">{t}局的网站</a></li>') + "</ul>",
    "files": "<ul>" + rows('<li><a href="/f/{n}77.zip">{t}</a><span>2024-01-{d}</span></li>') + "</ul>",
    "scripts": "<ul>" + rows('<li><a href="javascript:open({n}77)">{t}</a><span>2024-01-{d}</span></li>') + "</ul>",
}


@pytest.mark.parametrize("body", NO_LISTS.values(), ids=NO_LISTS)
def test_a_page_without_a_list_gives_none(body: str) -> None:
    """Navigation, an article with its neighbours, links to sites and files are no articles to read."""
    official = '<meta name="ArticleTitle" content="岚溪市人民政府关于印发数据条例实施办法的通知">'
    assert read(page(body, official if body.startswith("<h1>") else "")).entries == ()


def test_each_article_comes_once() -> None:
    """Two links to one article are one entry."""
    html = page("<ul>" + rows('<li><a href="/p/{n}77">{t}</a><span>2024-01-{d}</span></li>') * 2 + "</ul>")
    assert len(read(html).entries) == 10


@pytest.mark.parametrize(
    ("pager", "following"),
    [
        ('<a href="index_2.html">下一页</a>', "index_2.html"),
        ('<a href="index_2.html">下页 »</a>', "index_2.html"),
        ('<a href="?page=2" rel="next">2</a>', "index.html?page=2"),
        ('<a class="nxt" href="p2.html">&gt;</a>', "p2.html"),
        ('<a href="p2.html">Next &raquo;</a>', "p2.html"),
        ('<script>createPageHTML(12, 0, "index", "html");</script>', "index_1.html"),
        ("<script>createPageHTML(12,3,'index','shtml');</script>", "index_4.shtml"),
        ("<script>createPageHTML('page_div',12, 1,'index','html',168);</script>", "index_2.html"),
        ('<script>createPageHTML(1, 0, "index", "html");</script>', ""),
        ("<script>createPageHTML('page_div',12, 12,'index','html',168);</script>", ""),
        ('<script>function createPageHTML(_nPageCount, _nCurrIndex) {}</script>', ""),
        ('<a href="javascript:next()">下一页</a>', ""),
        ('<a href="https://other.example.cn/2">下一页</a>', ""),
        ('<a href="index.html">下一页</a>', ""),
        ('<a href="/p/1.html">下一页的故事</a>', ""),
    ],
)  # fmt: skip
def test_the_next_page_is_found(pager: str, following: str) -> None:
    """The next page is what the page links to as such, on its own host, or what its script would."""
    expected = f"https://www.lanxi.example.cn/zwgk/{following}" if following else ""
    assert read(page(pager)).following == expected


MIXED = page(
    '<div class="main"><ul>' + rows('<li><a href="/p/{n}77.html"><b>{t}</b></a><span class="d">2024-01-{d}</span></li>')
    + '</ul></div><div class="right"><ul>' + rows('<li><a href="/q/{n}99.html">{t}新</a></li>', 0, 3)
    + '<li>没有链接</li></ul></div><a class="more" href="index_2.html">更多</a>'
)  # fmt: skip


@pytest.mark.parametrize(
    ("select", "titles", "first"),
    [
        ({"item": ".main li"}, TITLES, date(2024, 1, 11)),
        ({"item": ".main li", "link": "a", "title": "b", "date": ".d"}, TITLES, date(2024, 1, 11)),
        ({"link": ".main li > a"}, TITLES, date(2024, 1, 11)),
        ({"item": ".right li"}, [f"{title}新" for title in TITLES[:3]], None),
        ({"link": ".right a"}, [f"{title}新" for title in TITLES[:3]], None),
    ],
)
def test_selectors_name_the_rows(select: dict[str, str], titles: list[str], first: object) -> None:
    """With selectors exactly the rows they name come, dated by the text beside the link."""
    entries = read(MIXED, select).entries
    assert [entry.article.title for entry in entries] == titles
    assert entries[0].article.published == first


def test_rows_without_a_link_are_counted() -> None:
    """An item that leads nowhere is a problem, not an entry."""
    assert read(MIXED, {"item": ".right li"}).problems == ("1 of 4 items have no link or no title",)


def test_the_next_page_may_be_selected() -> None:
    """`next` names the link to the next page; the list may still be found by structure."""
    listing = read(MIXED, {"next": "a.more"})
    assert (len(listing.entries), listing.following) == (10, "https://www.lanxi.example.cn/zwgk/index_2.html")


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ({"item": "li[["}, r'item = "li\[\[" is no CSS selector'),
        ({"item": "li", "title": "h3:nope"}, 'title = "h3:nope" is no CSS selector'),
        ({"item": ".nothing"}, 'item = ".nothing" matches nothing'),
        ({"next": "::"}, 'next = "::" is no CSS selector'),
    ],
)
def test_a_wrong_selector_is_quoted(select: dict[str, str], words: str) -> None:
    """Who mistypes a selector, or whose page has changed, reads which one it is."""
    with pytest.raises(FormatError, match=words):
        read(MIXED, select)


def test_feeds_are_found_in_the_head_and_among_the_links() -> None:
    """A page's feeds come best first; those of its comments come last, and mail to subscribe to is none."""
    html = (
        '<html><head><link rel="alternate" type="application/rss+xml" title="评论" href="/comments/feed/">'
        '<link rel="alternate" type="application/atom+xml" title="新闻" href="/atom.xml">'
        '<link rel="alternate" type="application/feed+json" href="/feed.json">'
        '<link rel="alternate" hreflang="en" href="/en/">'
        '</head><body><a href="/xw/rss.xml">时政</a><a href="/list/5">RSS订阅</a><a href="/mail">邮件订阅</a>'
        '<a href="/progress/1">进展</a><a href="javascript:rss()">RSS</a></body></html>'
    )
    assert find_feeds(Document(html.encode(), "page", "https://x.cn/")) == (
        ("https://x.cn/atom.xml", "新闻"),
        ("https://x.cn/feed.json", ""),
        ("https://x.cn/xw/rss.xml", "时政"),
        ("https://x.cn/list/5", "RSS订阅"),
        ("https://x.cn/comments/feed/", "评论"),
    )


MARKUP = "<ul> </ul> <li> <a\thref='/a/12.html'> </a> <td> <tr> <base\thref='//'> <script> 2024-01-11 [13-41] \x00"
PIECES = [*MARKUP.split(" "), TITLES[0]]


@settings(max_examples=100)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join))
def test_no_markup_crashes_the_reader(html: str) -> None:
    """Whatever the markup is, there is a listing of web addresses or our own error."""
    try:
        listing = read(html or " ")
    except FormatError as error:
        assert error.message  # noqa: PT017  # refused is as good as read
    else:
        assert all(entry.article.url.startswith("https://") and entry.article.title for entry in listing.entries)
