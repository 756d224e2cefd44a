"""A small web of many hosts on 127.0.0.x: feeds, list pages and pages as they are found in the wild, and trouble.

`build_web` makes the routes and the [[source]] tables that read them; `serve_web` serves them; as a program it serves
until its standard input closes, so that a bench can measure a reader alone.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from digest.config import write_source
from tests.web_server import Answer, Route, Seen, WebServer

ENTRIES = 10
"""Entries of one feed."""

LONG = 400
"""A shorter text may be taken for a teaser, and these feeds have no pages behind what they carry whole."""

FIRST_HOST = 10
"""The hosts are 127.0.0.10, 127.0.0.11 …"""


@dataclass(frozen=True)
class Story:
    """What an article says."""

    title: str
    text: str


@dataclass
class Web:
    """Routes by host, the sources that read them, the titles they lead to, and what each troubled one must say."""

    routes: dict[str, dict[str, Route]] = field(default_factory=dict)
    sources: list[dict[str, Any]] = field(default_factory=list)
    titles: dict[str, list[str]] = field(default_factory=dict)
    trouble: dict[str, str] = field(default_factory=dict)

    def add(self, host: str, path: str, route: Route) -> None:
        """Put a route on a host."""
        self.routes.setdefault(host, {})[path] = route


def build_web(stories: Sequence[Story], port: int, *, feeds: int, followed: int, hosts: int) -> Web:
    """Return a web of `feeds` feeds of ten entries on `hosts` hosts; `followed` of them carry teasers and have pages.

    One in ten of the followed ones is a list page.  A dozen sources with trouble lie on hosts of their own.
    """
    web = Web()
    for number in range(feeds):
        host = f"127.0.0.{FIRST_HOST + number % hosts}"
        own = [_story(stories, number * ENTRIES + entry) for entry in range(ENTRIES)]
        base = f"http://{host}:{port}"
        follows = number * followed // feeds != (number + 1) * followed // feeds
        name = f"source-{number}"
        links = [f"{base}/n{number}/{entry}.html" for entry in range(ENTRIES)]
        if follows:
            for entry, story in enumerate(own):
                _add_page(web, host, f"/n{number}/{entry}.html", story, number + entry)
        listed = follows and number % 10 == 0
        path = f"/list{number}/" if listed else f"/feed{number}.xml"
        body = _list_page(own, links) if listed else _feed(name, own, links, whole=not follows, dialect=number % 3)
        web.add(host, path, Answer(body, etag=f'"{number}"', gzip=number % 2 == 0, headers=_kind(listed)))
        web.sources.append(
            {"name": name, "kind": "page-list" if listed else "feed", "url": base + path, "allow_private": True}
        )
        web.titles[name] = [story.title for story in own]
    _add_trouble(web, port, FIRST_HOST + hosts)
    return web


def _kind(listed: bool) -> dict[str, str | list[str] | None]:
    return {"Content-Type": "text/html" if listed else "application/rss+xml"}


def _story(stories: Sequence[Story], number: int) -> Story:
    """A story of its own: the same text under another number is another article."""
    story = stories[number % len(stories)]
    return Story(f"{story.title}（{number}）", f"{story.text}\n本报第{number}号消息。")


def _feed(name: str, stories: Sequence[Story], links: Sequence[str], *, whole: bool, dialect: int) -> bytes:
    """A feed in RSS, Atom or JSON, with the articles or only their first words."""
    if dialect == 2:
        rows = [
            {
                "id": link,
                "url": link,
                "title": s.title,
                "date_published": "2026-11-21T09:30:00+08:00",
                **({"content_html": _paragraphs(s.text)} if whole else {"summary": s.text[:60] + "……"}),
            }
            for s, link in zip(stories, links, strict=True)
        ]
        return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": name, "items": rows}).encode()
    if dialect == 1:
        entries = "".join(
            f"<entry><title>{escape(s.title)}</title><link href='{link}'/><id>{link}</id>"
            "<updated>2026-11-21T09:30:00+08:00</updated>"
            + (f"<content type='html'>{escape(_paragraphs(s.text))}</content>" if whole else "")
            + ("" if whole else f"<summary>{escape(s.text[:60])}……</summary>")
            + "</entry>"
            for s, link in zip(stories, links, strict=True)
        )
        text = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{name}</title>{entries}</feed>'
        return f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode()
    entries = "".join(
        f"<item><title><![CDATA[{s.title}]]></title><link>{link}</link>"
        "<pubDate>Sat, 21 Nov 2026 09:30:00 +0800</pubDate>"
        + (f"<content:encoded><![CDATA[{_paragraphs(s.text)}]]></content:encoded>" if whole else "")
        + ("" if whole else f"<description>{escape(s.text[:60])}……</description>")
        + "</item>"
        for s, link in zip(stories, links, strict=True)
    )
    text = (
        '<?xml version="1.0" encoding="gb2312"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/'
        f'content/"><channel><title>{name}</title>{entries}</channel></rss>'
    )
    return text.encode("gb18030")


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines())


def _list_page(stories: Sequence[Story], links: Sequence[str]) -> bytes:
    """A column's list page as content management systems of offices make it."""
    rows = "".join(
        f"<li><a href='{link}' title='{escape(s.title)}'>{escape(s.title)}</a><span>2026-11-21</span></li>"
        for s, link in zip(stories, links, strict=True)
    )
    return _frame("工作动态", f"<ul class='news'>{rows}</ul>").encode("gb18030")


def _frame(title: str, middle: str, charset: str = "gb2312") -> str:
    """A page around its middle: head, navigation, side column, foot."""
    menu = "".join(f"<li><a href='/c{n}/'>{word}</a></li>" for n, word in enumerate(MENU))
    side = "".join(f"<li><a href='/hot/{n}.html'>热点推荐之{n}</a></li>" for n in range(12))
    return (
        f"<!DOCTYPE html><html><head><meta charset='{charset}'><title>{escape(title)}_岚川新闻网</title>"
        f"<style>{STYLE}</style></head><body><div class='head'><ul>{menu}</ul></div><div class='main'>{middle}</div>"
        f"<div class='side'><h3>热门推荐</h3><ul>{side}</ul></div>"
        "<div class='foot'>主办：岚川新闻网 版权所有 未经授权不得转载</div></body></html>"
    )


MENU = ("首页", "时政", "社会", "财经", "科技", "文化", "体育", "教育", "健康", "旅游", "视频", "专题", "评论", "服务")
STYLE = "body{margin:0;padding:0;font:14px/1.6 sans-serif;color:#333} .head li{float:left;margin:0 8px} " * 30


def _add_page(web: Web, host: str, path: str, story: Story, number: int) -> None:
    """The page of an article: in one of three encodings, packed or in chunks, some behind a redirect."""
    charset, codec = (("utf-8", "utf-8"), ("gb2312", "gb18030"), ("big5", "big5hkscs"))[number % 3]
    middle = (
        f"<h1>{escape(story.title)}</h1><div class='info'>2026-11-21 09:30　来源：岚川日报</div>"
        f"<div class='content'>{_paragraphs(story.text)}</div><div class='share'>分享到： 微信 微博 QQ空间</div>"
        "<div class='editor'>责任编辑：文之</div>"
    )
    try:
        body = _frame(story.title, middle, charset).encode(codec)
    except UnicodeEncodeError:  # a simplified text is no Big5
        body = _frame(story.title, middle, "utf-8").encode()
    answer = Answer(body, etag=f'"p{number}"', gzip=number % 2 == 0, chunked=number % 4 == 1)
    if number % 20 == 7:
        web.add(host, path.replace(".html", "-moved.html"), answer)
        answer = Answer(status=302, headers={"Location": path.replace(".html", "-moved.html")})
    web.add(host, path, answer)


def _add_trouble(web: Web, port: int, first: int) -> None:
    """Sources that fail, each on a host of its own, and the word each must fail with."""
    bomb = gzip.compress(gzip.compress(b"\0" * 10_000_000) + b"\0" * 60_000_000)
    laughs = (
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
        + "]><rss><channel><title>&j;</title></channel></rss>"
    )
    once = {"n": 0}

    def again(_seen: Seen) -> Answer:
        once["n"] += 1
        return Answer(status=429, headers={"Retry-After": "1"}) if once["n"] % 2 else Answer(b"<rss/>")

    trouble: dict[str, tuple[Route, str]] = {
        "missing": (Answer(b"gone", 404), "404"),
        "firewall": (Answer(b"no", 412), "412"),
        "too-many": (Answer(status=429, headers={"Retry-After": "3600"}), "429"),
        "broken-server": (Answer(b"oops", 503), "503"),
        "circle": (Answer(status=302, headers={"Location": "/circle"}), "circle"),
        "inwards": (Answer(status=302, headers={"Location": "http://10.0.0.1/"}), "10.0.0.1"),
        "drip": (Answer(b"x" * 5_000, drip=0.05), "longer than"),
        "endless": (Answer(b"<rss>" * 2_000, endless=True), "longer than"),
        "cut": (Answer(b"<rss>" * 2_000, cut=500), "cut"),
        "bomb": (Answer(bomb, headers={"Content-Encoding": "gzip"}), "longer than"),
        "laughs": (laughs, "entit"),
        "block-page": ("<html><title>安全验证</title><body>访问过于频繁，请输入验证码</body></html>", "block page"),
        "no-feed": ("<html><body><p>这里什么也没有。</p></body></html>", "feed"),
    }
    for offset, (name, (route, word)) in enumerate(trouble.items()):
        host = f"127.0.0.{first + offset}"
        web.add(host, f"/{name}", route)
        web.sources.append({"name": name, "kind": "feed", "url": f"http://{host}:{port}/{name}", "allow_private": True})
        web.trouble[name] = word


def free_port() -> int:
    """A port that is free on the first host."""
    with WebServer(f"127.0.0.{FIRST_HOST}") as server:
        return server.port


@contextmanager
def serve_web(web: Web, port: int) -> Iterator[dict[str, WebServer]]:
    """Serve every host of the web on one port; gives the servers by host."""
    with ExitStack() as stack:
        servers = {}
        for host, routes in web.routes.items():
            servers[host] = stack.enter_context(WebServer(host, port=port))
            servers[host].routes.update(routes)
        yield servers


def read_stories(path: Path | None) -> list[Story]:
    """Stories from a file of JSON lines with title and text, or of our own making."""
    if path is None:
        return [Story(f"岚川市第{n}号工程开工", "\n".join(_line(n, k) for k in range(12))) for n in range(200)]
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [Story(" ".join(row["title"].split()), row["text"]) for row in rows if len(row["text"]) >= LONG]


def _line(number: int, paragraph: int) -> str:
    return (
        f"岚川市{number}区第{paragraph}段工程今天开工，总投资{number + paragraph}亿元，计划两年完成。"
        f"市民张先生说，出行时间将由{50 + paragraph}分钟缩短到{10 + number % 20}分钟。"
    )


def write_config(web: Web, path: Path) -> None:
    """Write a digest.toml that reads the whole web, without delay."""
    tables = "\n".join(write_source(table | {"delay": 0}) for table in web.sources)
    head = 'version = 1\n[[edition]]\nname = "daily"\n[collect]\nseconds = 5\n'
    path.write_text(head + tables, encoding="utf-8")


def _main() -> None:
    """Serve a web until standard input closes: FEEDS FOLLOWED HOSTS CONFIG [DATA]; a line in asks for a count."""
    feeds, followed, hosts, config, *data = sys.argv[1:]
    port = free_port()
    stories = read_stories(Path(data[0]) if data else None)
    web = build_web(stories, port, feeds=int(feeds), followed=int(followed), hosts=int(hosts))
    write_config(web, Path(config))
    with serve_web(web, port) as servers:
        print(json.dumps(web.trouble), flush=True)
        for _ in sys.stdin:
            print(sum(len(server.log) for server in servers.values()), flush=True)


if __name__ == "__main__":
    _main()
