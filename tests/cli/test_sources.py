"""digest sources, and what comes from the web: found out, written down, read, and every trouble told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Office, Terminal, edition, part
from tests.cli.conftest import parse as parse_mail
from tests.web_server import Answer, Seen, WebServer, confine

NOW = "2026-11-22T09:00"

BRIDGE = (
    "岚川大桥今天上午正式通车。大桥全长3.2公里，双向六车道，总投资二十八亿元。市民从城南到城北由50分钟缩短到15分钟。"
)
WATER = (
    "赫汀市公布新的自来水价格方案。第一阶梯水价每立方米上调0.2元，低收入家庭可以申请补贴，方案自2027年1月1日起施行。"
)


TOWNS = ["石门渡", "鹭汀镇", "柳湾", "白鹤乡", "青溪", "南浦", "东岭", "西坝", "北河", "桃源里", "枫桥镇", "云台"]
WORKS = [f"{what}{n}" for n in "一二三" for what in ("新水厂", "跨江隧道", "养老院", "光伏电站")]


def start_of(n: int) -> str:
    """What was begun on the n-th day, which is told in other words every day."""
    town, work = TOWNS[n % 12], WORKS[n * 5 % 12]
    return f"{town}今天举行{work}的开工仪式，总投资{n * 37 + 11}亿元。{work}建成以后，{town}的居民可以少走一半的路。"


def page(title: str, text: str, published: str = "2026-11-21 09:30") -> str:
    """The page of an article on an office's site."""
    body = "".join(
        f"<p>{line}</p>" for line in (text, text.replace("。", "，记者获悉。"), "市交通局表示，下一步将继续推进。")
    )
    return (
        f"<html><head><meta charset='utf-8'><title>{title}_岚川新闻网</title>"
        f"<meta name='ArticleTitle' content='{title}'>"
        f"<meta name='PubDate' content='{published}'><meta name='SiteName' content='岚川新闻网'></head>"
        f"<body><ul><li><a href='/'>首页</a></li></ul><h1>{title}</h1><div>{body}</div><p>责任编辑：文之</p>"
        "</body></html>"
    )


def feed(*items: tuple[str, str, str]) -> str:
    """An RSS feed of titles, links and teasers."""
    rows = "".join(
        f"<item><title>{title}</title><link>{link}</link><description>{teaser}</description>"
        "<pubDate>Sat, 21 Nov 2026 09:30:00 +0800</pubDate></item>"
        for title, link, teaser in items
    )
    channel = f"<channel><title>岚川新闻</title>{rows}</channel>"
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'>{channel}</rss>"


def list_page(count: int = 12) -> str:
    """The list page of a column, with dates."""
    rows = "".join(
        f"<li><a href='/art/{n}.html'>岚川市第{n}批重点项目集中开工仪式举行</a><span>2026-11-{n + 1:02}</span></li>"
        for n in range(count)
    )
    return (
        f"<html><head><meta charset='utf-8'><title>工作动态-岚川网信</title></head><body><ul>{rows}</ul></body></html>"
    )


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """A server with a feed, its two pages, a list page and a home page that announces the feed."""
    confine(monkeypatch)
    with WebServer() as server:
        server.routes |= {
            "/feed.xml": Answer(
                feed(("岚川大桥通车", "/1.html", "大桥今天通车……"), ("水价调整", "/2.html", "新的方案……")).encode(),
                headers={"Content-Type": "application/rss+xml"},
                etag='"1"',
            ),
            "/1.html": page("岚川大桥通车", BRIDGE),
            "/2.html": page("水价调整", WATER),
            "/list/": list_page(),
            "/": "<html><head><link rel='alternate' type='application/rss+xml' href='/feed.xml'></head>"
            "<body><p>岚川新闻网首页</p></body></html>",
        }
        server.routes |= {
            f"/art/{n}.html": page(f"岚川市第{n}批重点项目集中开工仪式举行", start_of(n)) for n in range(12)
        }
        yield server


@pytest.fixture
def configured(terminal: Terminal) -> Terminal:
    """A terminal with the digest.toml of digest init, which reads a folder."""
    terminal.write_news("samples")
    assert terminal("init").code == 0
    return terminal


def add(terminal: Terminal, url: str, *more: str) -> str:
    """Add a source of this machine, and return what was said."""
    result = terminal("sources", "add", url, "--allow-private", "--now", NOW, *more)
    assert result.code == 0, result.err
    return result.err


def test_a_feed_is_found_behind_a_home_page(configured: Terminal, web: WebServer) -> None:
    """The page announces a feed: its titles are shown, its table is written and printed."""
    result = configured("sources", "add", web.url("/"), "--allow-private", "--now", NOW)
    assert result.code == 0, result.err
    assert "feed: 2 entries" in result.err
    assert "岚川大桥通车" in result.err
    assert f'url = "{web.url("/feed.xml")}"' in result.out
    assert result.out.strip() in (configured.folder / "digest.toml").read_text("utf-8")


def test_a_list_page_is_found_without_selectors(configured: Terminal, web: WebServer) -> None:
    """A page without a feed is read as a list: titles and dates, and a name from its title."""
    said = add(configured, web.url("/list/"))
    assert "page-list: 12 entries" in said
    assert "2026-11-01  岚川市第0批重点项目" in said
    text = (configured.folder / "digest.toml").read_text("utf-8")
    assert 'kind = "page-list"' in text


def test_a_single_page_is_a_source_of_its_own(configured: Terminal, web: WebServer) -> None:
    """An article is watched as a page."""
    assert "a single page" in add(configured, web.url("/1.html"))
    assert 'kind = "page"' in (configured.folder / "digest.toml").read_text("utf-8")


def test_adding_twice_and_adding_nothing_are_refused(configured: Terminal, web: WebServer) -> None:
    """The same address under another spelling is known, an empty page is no source; the file stays as it was."""
    add(configured, web.url("/feed.xml"))
    before = (configured.folder / "digest.toml").read_bytes()
    again = configured("sources", "add", web.url("/feed.xml?utm_source=x"), "--allow-private")
    assert (again.code, "already" in again.err) == (2, True)
    web.routes["/empty"] = "<html><body><p>建设中</p></body></html>"
    nothing = configured("sources", "add", web.url("/empty"), "--allow-private")
    assert (nothing.code, "Try:" in nothing.err) == (1, True)
    assert (configured.folder / "digest.toml").read_bytes() == before


def test_a_private_address_is_refused_unless_it_is_allowed(configured: Terminal, web: WebServer) -> None:
    """Without --allow-private nothing on this machine is asked."""
    result = configured("sources", "add", web.url("/feed.xml"))
    assert result.code == 1
    assert "allow_private" in result.err
    assert web.log == []


def test_a_dry_run_writes_nothing(configured: Terminal, web: WebServer) -> None:
    """It prints the table it would write."""
    before = (configured.folder / "digest.toml").read_bytes()
    result = configured("sources", "add", web.url("/feed.xml"), "--allow-private", "--dry-run", "--name", "甲")
    assert 'name = "甲"' in result.out
    assert (configured.folder / "digest.toml").read_bytes() == before


def test_sources_are_listed_paused_and_removed(configured: Terminal, web: WebServer) -> None:
    """Each command changes one thing and says so."""
    add(configured, web.url("/feed.xml"), "--name", "岚川")
    assert configured("sources", "list").out.splitlines()[1].split("\t")[:3] == ["new", "岚川", "feed"]
    assert configured("sources", "pause", "岚川").code == 0
    rows = json.loads(configured("sources", "list", "--json").out)["sources"]
    assert [row["state"] for row in rows] == ["folder", "paused"]
    assert configured("sources", "resume", "岚川").code == 0
    assert configured("sources", "remove", "岚川").code == 0
    assert len(configured("sources", "list").out.splitlines()) == 1
    wrong = configured("sources", "remove", "岚山")
    assert (wrong.code, "there is no source" in wrong.err) == (2, True)


def test_check_tells_what_is_wrong_with_each(configured: Terminal, web: WebServer) -> None:
    """One line a source: how many entries, how new, or the trouble; the exit code says whether any is bad."""
    add(configured, web.url("/feed.xml"), "--name", "好")
    assert configured("sources", "check", "--now", NOW).code == 0
    add(configured, web.url("/list/"), "--name", "坏")
    web.routes["/list/"] = Answer(b"no", 412)
    result = configured("sources", "check", "--now", NOW)
    assert result.code == 4
    assert "ok   好: 2 entries, newest 2026-11-21 09:30" in result.out
    assert "FAIL 坏" in result.out
    assert "412" in result.out
    assert configured("sources", "check", "好", "--now", NOW).code == 0
    assert "/1.html" not in web.paths()


def test_test_shows_what_would_be_extracted(terminal: Terminal, web: WebServer) -> None:
    """The article of a page with what is known of it, or the entries of a list; no configuration is needed."""
    article = terminal("sources", "test", web.url("/1.html"), "--allow-private", "--kind", "page")
    assert article.code == 0, article.err
    assert article.out.startswith("title: 岚川大桥通车\npublished: 2026-11-21 09:30\nsite: 岚川新闻网\n")
    assert BRIDGE in article.out
    assert "责任编辑" not in article.out
    entries = terminal("sources", "test", web.url("/list/"), "--allow-private", "--now", NOW)
    assert len(entries.out.splitlines()) == 12
    assert entries.out.startswith("2026-11-01\tannounced\t岚川市第0批")


def test_feeds_come_and_go_as_opml(configured: Terminal, web: WebServer) -> None:
    """What is exported is imported elsewhere; feeds that are there already are left out."""
    add(configured, web.url("/feed.xml"), "--name", "岚川 & 赫汀")
    opml = configured("sources", "export")
    assert opml.code == 0
    configured.write("feeds.opml", opml.out.replace("/feed.xml", "/other.xml"))
    result = configured("sources", "import", "feeds.opml")
    assert "1 of 1 feeds added" in result.err
    assert configured("sources", "list").out.count("feed\t") == 2
    assert "0 of 1 feeds added" in configured("sources", "import", "feeds.opml").err
    assert "岚川 & 赫汀 2" in configured("sources", "list").out


def test_a_page_is_summarized_from_its_url(terminal: Terminal, web: WebServer) -> None:
    """digest summarize URL prints the key sentences of the page, and refuses this machine unless it is allowed."""
    result = terminal("summarize", web.url("/1.html"), "--allow-private", "--sentences", "1")
    assert result.code == 0, result.err
    assert "岚川大桥今天上午正式通车。" in result.out
    refused = terminal("summarize", web.url("/1.html"))
    assert (refused.code, "private" in refused.err) == (1, True)


def web_source(web: WebServer, path: str = "/feed.xml", name: str = "岚川", more: str = "") -> str:
    """A table [[source]] for the server of the test."""
    kind = "page-list" if path.endswith("/") else "feed"
    return (
        f'[[source]]\nname = "{name}"\nkind = "{kind}"\nurl = "{web.url(path)}"\n'
        f"allow_private = true\ndelay = 0\nrobots = false\n{more}"
    )


def test_the_morning_mail_holds_the_pages_behind_a_feed(office: Office, web: WebServer) -> None:
    """Teasers are followed to their pages, once; the next day nothing of it comes again and no page is asked for."""
    office.configure(sources=web_source(web))
    result = office("run")
    assert result.code == 0, result.err
    mail = part(parse_mail(office.smtp.received[0]), "plain")
    assert "岚川大桥通车" in mail
    assert "水价调整" in mail
    assert "新的方案……" not in mail
    web.log.clear()
    office.configure(sources=web_source(web) + web_source(web, "/list/", "列表"))
    assert office("run", now="2026-11-23T09:00").code == 0
    second = part(parse_mail(office.smtp.received[-1]), "plain")
    assert "岚川大桥通车" not in second
    assert "批重点项目" in second


def test_a_source_that_moves_and_republishes_brings_nothing_twice(office: Office, web: WebServer) -> None:
    """New addresses and new dates for old articles are no news; a new article among them is."""
    office.configure(sources=web_source(web))
    assert office("run").code == 0
    moved = feed(
        ("岚川大桥通车", "/2026/1.shtml?id=7", "大桥今天通车……"),
        ("水价调整", "/2026/2.shtml?id=8", "新的方案……"),
        ("新医院开诊", "/3.html", "医院今天开诊……"),
    ).replace("21 Nov", "23 Nov")
    web.routes |= {
        "/feed.xml": moved,
        "/2026/1.shtml": page("岚川大桥通车", BRIDGE, "2026-11-23 08:00"),
        "/2026/2.shtml": page("水价调整", WATER, "2026-11-23 08:00"),
        "/3.html": page(
            "新医院开诊", "岚西新区人民医院今天开诊，设床位800张，开通了网上预约挂号，首日接诊患者一千二百人。"
        ),
    }
    assert office("run", now="2026-11-23T09:00").code == 0
    mail = part(parse_mail(office.smtp.received[-1]), "plain")
    assert "新医院开诊" in mail
    assert "岚川大桥通车" not in mail
    assert "水价调整" not in mail


def test_a_source_that_breaks_and_recovers_loses_nothing(office: Office, web: WebServer) -> None:
    """While it fails it is named and the others go on; what it published meanwhile comes when it is back."""
    office.configure(sources=web_source(web, more="items = 5\n") + web_source(web, "/list/", "列表", "max_age = 60\n"))
    good = web.routes["/feed.xml"]
    web.routes["/feed.xml"] = Answer(b"oops", 500)
    broken = office("run")
    assert broken.code == 4
    assert "岚川: " in broken.err
    first = part(parse_mail(office.smtp.received[-1]), "plain")
    assert "岚川大桥通车" not in first
    assert "岚川" in first
    listed = [row.split("\t") for row in office("sources", "list").out.splitlines()]
    assert [row[0] for row in listed] == ["failing", "ok"]
    web.routes["/feed.xml"] = good
    assert office("run", now="2026-11-23T09:00").code == 0
    assert "岚川大桥通车" in part(parse_mail(office.smtp.received[-1]), "plain")


def test_a_page_that_fails_once_is_read_the_next_time(office: Office, web: WebServer) -> None:
    """A page that answers with a block page leaves no article behind; the next day it is there."""
    good = web.routes["/art/11.html"]
    web.routes["/art/11.html"] = "<html><title>安全验证</title><body>访问过于频繁，请输入验证码后继续访问</body></html>"
    office.configure(sources=web_source(web, "/list/", more="max_age = 60\n"))
    result = office("run")
    assert result.code == 4
    assert "1 page was not read: the server answers with a block page" in result.err
    items, _, foot = part(parse_mail(office.smtp.received[-1]), "plain").partition("安全验证")
    assert "第11批" not in items
    assert "第11批" in foot  # what was missed is named
    web.routes["/art/11.html"] = good
    assert office("run", now="2026-11-23T09:00").code == 0
    assert "第11批" in part(parse_mail(office.smtp.received[-1]), "plain")


def test_one_source_is_told_nothing_of_what_another_reads(office: Office, web: WebServer) -> None:
    """A page behind a login is not printed from a source without it; one source's baseline is no other's."""

    def guarded(seen: Seen) -> Answer:
        return Answer(page("机密通知", WATER).encode() if "LOGIN" in seen.headers.get("cookie", "") else b"no", 200)

    web.routes["/paid.html"] = guarded
    web.routes["/one.xml"] = feed(("机密通知", "/paid.html", "短"))
    web.routes["/two.xml"] = feed(("机密通知", "/paid.html", "短"), ("岚川大桥通车", "/1.html", "短"))
    login = web_source(web, "/one.xml", "one", 'cookies = { sid = "LOGIN" }\n')
    editions = edition(name="staff", more='sources = ["one", "three"]') + edition(
        name="public", more='sources = ["two"]'
    )
    office.configure(
        sources=login
        + web_source(web, "/two.xml", "two")
        + web_source(web, "/two.xml?x=1", "three", "only_new = true\n"),
        editions=editions,
    )
    office("run")
    mails = {mail["List-Id"]: part(mail, "plain") for mail in map(parse_mail, office.smtp.received)}
    staff, public = (next(text for name, text in mails.items() if word in name) for word in ("staff", "public"))
    assert "自来水价格" in staff
    assert "自来水价格" not in public
    assert "岚川大桥今天上午正式通车" in public


def test_an_announced_feed_elsewhere_gets_no_permission(configured: Terminal, web: WebServer) -> None:
    """--allow-private opens the place that was given, and is not written for another."""
    with WebServer("127.0.0.3") as other:
        other.routes["/admin.xml"] = feed(("内部", "/1.html", "短"))
        web.routes["/trap"] = (
            "<html><head><link rel='alternate' type='application/rss+xml' "
            f"href='{other.url('/admin.xml')}'></head></html>"
        )
        result = configured("sources", "add", web.url("/trap"), "--allow-private")
        assert result.code == 1
        assert other.log == []
        assert "admin.xml" not in (configured.folder / "digest.toml").read_text("utf-8")


def test_a_key_in_an_address_is_not_mailed(office: Office, web: WebServer) -> None:
    """The link of a watched page is without its token, and the list of sources masks it."""
    office.configure(
        sources=web_source(web, "/1.html?token=SEKRET").replace('kind = "feed"', 'kind = "page"').replace("only_", "")
    )
    assert office("run").code == 0
    mail = office.smtp.received[-1]
    assert "SEKRET" not in part(parse_mail(mail), "plain") + part(parse_mail(mail), "html")
    assert "SEKRET" not in office("sources", "list").out


def test_a_page_that_leads_home_is_no_article(office: Office, web: WebServer) -> None:
    """A site that sends what it has lost to its front page says nothing about the article."""
    web.routes["/1.html"] = Answer(status=302, headers={"Location": "/"})
    web.routes["/"] = page("岚川新闻网", WATER)
    office.configure(sources=web_source(web))
    result = office("run")
    assert "front page" in result.err
    good = page("岚川大桥通车", BRIDGE)
    web.routes["/1.html"] = good
    assert office("run", now="2026-11-23T09:00").code == 0
    assert "岚川大桥今天上午正式通车" in part(parse_mail(office.smtp.received[-1]), "plain")


def test_a_date_to_come_is_none(office: Office, web: WebServer) -> None:
    """An entry dated years ahead is not the newest for years."""
    web.routes["/feed.xml"] = feed(("岚川大桥通车", "/1.html", "大桥……")).replace("2026 09", "2035 09")
    web.routes["/1.html"] = page("岚川大桥通车", BRIDGE, "2035-11-21 09:30")
    office.configure(sources=web_source(web))
    assert office("run").code == 0
    assert "2035" not in part(parse_mail(office.smtp.received[-1]), "plain")


def test_old_news_of_a_new_source_is_no_news(office: Office, web: WebServer) -> None:
    """max_age leaves out what was published long ago; only_new leaves out all that was there."""
    office.configure(sources=web_source(web, "/list/", more="max_age = 5\n"))
    office("run", "--dry-run")
    assert sorted(path for path in web.paths() if path.startswith("/art/")) == []  # 12 November is ten days ago
    office.configure(sources=web_source(web, more="only_new = true\n"))
    assert office("run").code == 0
    assert "岚川大桥通车" not in part(parse_mail(office.smtp.received[-1]), "plain")
    assert "/1.html" not in web.paths()
    web.routes["/feed.xml"] = feed(("岚川大桥通车", "/1.html", "大桥……"), ("新医院开诊", "/3.html", "医院……"))
    web.routes["/3.html"] = page(
        "新医院开诊", "岚西新区人民医院今天开诊，设床位800张，开通了网上预约挂号，首日接诊患者一千二百人。"
    )
    assert office("run", now="2026-11-23T09:00").code == 0
    mail = part(parse_mail(office.smtp.received[-1]), "plain")
    assert "新医院开诊" in mail
    assert "岚川大桥通车" not in mail


def test_a_preview_remembers_nothing_but_bodies(office: Office, web: WebServer) -> None:
    """Two previews show the same; the second asks for no page again; no database is made."""
    office.configure(sources=web_source(web))
    first = office("preview", "--text")
    assert first.code == 0, first.err
    web.log.clear()
    assert office("preview", "--text").out == first.out
    assert web.paths() == ["/feed.xml"]
    assert not (office.data / "digest.db").exists()
    assert [path.name for path in Path(office.data).iterdir()] == ["http-cache"]


def test_what_was_mailed_is_looked_at_again(office: Office, web: WebServer) -> None:
    """A page that changed keeps both versions, one that is gone is noted, and the mail names neither as new."""
    office.configure(sources=web_source(web))
    assert office("run").code == 0
    web.routes["/1.html"] = page("岚川大桥通车", BRIDGE.replace("3.2公里", "3.4公里"))
    web.routes["/2.html"] = Answer(b"gone", 404)
    assert office("run", now="2026-11-23T09:00").code == 0
    from datetime import UTC, datetime

    from digest.store import open_store

    with open_store(office.data / "digest.db") as store:
        changes = store.changes(datetime(2026, 11, 22, tzinfo=UTC))
    assert sorted((change.kind, change.article.title) for change in changes) == [
        ("changed", "岚川大桥通车"),
        ("gone", "水价调整"),
    ]
    changed = next(change for change in changes if change.kind == "changed")
    assert "3.2公里" in changed.before.text
    assert changed.after is not None
    assert "3.4公里" in changed.after.text
