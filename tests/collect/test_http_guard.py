"""Where fetching may go: private addresses, rebinding, redirects, proxies."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from digest.collect.access import Access
from digest.collect.cache import HttpCache
from digest.collect.http import Fetcher
from digest.collect.proxies import find_proxy
from digest.collect.targets import read_target
from tests.collect.fetching import POLITE_ENOUGH, make_fetcher, refusal
from tests.web_server import Answer, Names, WebServer, confine

SPELLINGS = [
    address
    for line in (
        "127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 017700000001 0177.0.0.1 0x7f.0x0.0x0.0x1 127.0.0.1.",
        "0 0.0.0.0",
        "１２７.0.0.1 ①②⑦.0.0.1 127。0。0。1 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::7f00:1]",
        "[64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2001:0:4136:e378:8000:63bf:80ff:fffe] [fd00:ec2::254]",
        "[fe80::1] [ff02::1]",
        "10.0.0.1 172.16.0.1 192.168.1.1 100.64.0.1 100.100.100.200 169.254.169.254 0xa9fea9fe 224.0.0.1",
        "255.255.255.255",
        "192.0.2.1 198.18.0.1",
    )
    for address in line.split()
]


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """The only network these tests have."""
    return confine(monkeypatch)


@pytest.fixture
def web(names: Names) -> Iterator[WebServer]:
    """A server of this computer that is news.example and other.example to the world."""
    with WebServer() as server:
        names.serve("news.example", server)
        names.serve("other.example", server)
        server.routes["/"] = "page"
        yield server


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    """A fetcher without a cache."""
    with make_fetcher() as made:
        yield made


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_reaches_a_private_address(names: Names, web: WebServer, fetcher: Fetcher, host: str) -> None:
    """However it is written, a private address gets no connection, directly or by a redirect."""
    assert not refusal(fetcher, f"http://{host}:{web.port}/").passing
    assert not names.reached
    web.routes["/to"] = Answer(status=302, headers={"Location": f"http://{host}:{web.port}/"})
    refusal(fetcher, web.url("/to", "news.example"))
    assert web.paths() == ["/to"]


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00:ec2::254"]
)
def test_no_name_reaches_a_private_address(names: Names, web: WebServer, fetcher: Fetcher, address: str) -> None:
    """A name of the open internet that leads here is refused, also where it has public addresses besides."""
    names.table["evil.example"] = [address]
    names.table["mixed.example"] = ["20.127.0.1", address]
    for host in ("evil.example", "mixed.example"):
        assert "private address" in refusal(fetcher, web.url("/", host)).message
    assert not names.reached
    assert not web.log


def test_a_name_is_looked_up_once(names: Names, web: WebServer, fetcher: Fetcher) -> None:
    """A name that means another address the second time has no second time: what was checked is connected to."""
    answers = [["127.0.0.1"], ["20.127.0.1"]]
    names.table["flip.example"] = lambda: answers.pop()
    assert fetcher.fetch(web.url("/", "flip.example"), POLITE_ENOUGH).data == b"page"
    assert names.asked == ["flip.example"]
    assert names.reached == ["20.127.0.1"]


def test_a_dead_address_leaves_the_next_one_its_turn(names: Names, web: WebServer, fetcher: Fetcher) -> None:
    """Of several public addresses the first that answers is taken."""
    names.table["two.example"] = ["20.127.0.99", "20.127.0.1"]
    assert fetcher.fetch(web.url("/", "two.example"), POLITE_ENOUGH).data == b"page"


def test_an_unknown_name_is_told(fetcher: Fetcher) -> None:
    """A name without an address is a passing failure: the computer may be offline."""
    error = refusal(fetcher, "http://nowhere.example/")
    assert "no address is known for nowhere.example" in error.message
    assert error.passing


def test_a_source_may_reach_its_own_private_place_only(names: Names, web: WebServer, fetcher: Fetcher) -> None:
    """`allow_private` opens one host and port: by no other port, name, redirect or number is anything else reached."""
    names.table["intranet"] = ["127.0.0.1"]
    access = replace(POLITE_ENOUGH, allow_private=f"intranet:{web.port}")
    assert fetcher.fetch(web.url("/", "intranet"), access).data == b"page"
    with WebServer() as second:
        for url in (second.url("/", "intranet"), second.url("/"), web.url("/"), "http://10.0.0.1/"):
            assert "private" in refusal(fetcher, url, access).message
            web.routes["/to"] = Answer(status=302, headers={"Location": url})
            assert "private" in refusal(fetcher, web.url("/to", "intranet"), access).message
        assert not second.log


def test_an_open_connection_to_a_private_place_serves_its_source_only(
    names: Names, web: WebServer, tmp_path: Path
) -> None:
    """What one source may reach, another may not: not by its open connection, and not out of the cache."""
    names.table["intranet"] = ["127.0.0.1"]
    access = replace(POLITE_ENOUGH, allow_private=f"intranet:{web.port}")
    with make_fetcher(cache=HttpCache(tmp_path)) as fetcher:
        fetcher.fetch(web.url("/", "intranet"), access)
        assert "private" in refusal(fetcher, web.url("/", "intranet")).message
        with pytest.raises(Exception, match="private"):
            fetcher.fetch(web.url("/", "intranet"), POLITE_ENOUGH, keep=timedelta(days=1))
    assert len(web.log) == 1


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://a.cn/", "javascript:alert(1)", "data:text/html,x", "//u@a.cn/", "http://", ""],
)
def test_a_redirect_leads_to_web_pages_only(web: WebServer, fetcher: Fetcher, location: str) -> None:
    """Other schemes, user names and no address at all end the fetch."""
    web.routes["/to"] = Answer(status=302, headers={"Location": location or None})
    error = refusal(fetcher, web.url("/to", "news.example"))
    assert error.status == 302
    assert "redirects" in error.message


def test_redirects_are_followed_to_their_end(web: WebServer, fetcher: Fetcher) -> None:
    """Relative, absolute and Chinese locations lead on, in UTF-8 or GB18030; each status does."""
    locations = {301: "/a?x=1", 302: "a", 303: "//other.example:{0}/a", 307: "http://other.example:{0}/a", 308: "/a#f"}
    web.routes |= {"/a": "end", "/%E6%96%B0": "end", "/新".encode("gb18030").hex(): ""}
    for status, location in locations.items():
        web.routes["/to"] = Answer(status=status, headers={"Location": location.format(web.port)})
        document = fetcher.fetch(web.url("/to", "news.example"), POLITE_ENOUGH)
        assert document.data == b"end"
        assert "#" not in document.url
    web.routes["/to"] = Answer(status=302, headers={"Location": "/新"})
    assert fetcher.fetch(web.url("/to", "news.example"), POLITE_ENOUGH).url.endswith("/%E6%96%B0")


def test_circles_and_long_chains_end(web: WebServer, fetcher: Fetcher) -> None:
    """A redirect to itself, a circle of two, and one that never ends are told apart from pages."""
    web.routes |= {
        "/self": Answer(status=302, headers={"Location": "/self"}),
        "/one": Answer(status=302, headers={"Location": "/two"}),
        "/two": Answer(status=302, headers={"Location": "/one"}),
        "/on": lambda seen: Answer(status=302, headers={"Location": seen.path + "1"}),
    }
    web.routes |= {f"/on{'1' * number}": web.routes["/on"] for number in range(9)}
    assert "circle" in refusal(fetcher, web.url("/self", "news.example")).message
    assert "circle" in refusal(fetcher, web.url("/one", "news.example")).message
    assert "more than 5 redirects" in refusal(fetcher, web.url("/on", "news.example")).message
    assert len([path for path in web.paths() if path.startswith("/on1")]) == 5


def test_a_guard_that_sets_a_cookie_gets_it_back(web: WebServer, fetcher: Fetcher) -> None:
    """A page that redirects to itself with a cookie is read; another host does not get that cookie."""
    set_cookie = {"Set-Cookie": ["pass=1; Path=/; HttpOnly", "b=2"]}
    web.routes |= {
        "/": lambda seen: (
            "page"
            if "pass=1" in seen.headers.get("cookie", "")
            else Answer(status=302, headers={"Location": "/", **set_cookie})
        ),
        "/away": Answer(status=302, headers={"Location": web.url("/end", "other.example"), **set_cookie}),
        "/end": "end",
    }
    assert fetcher.fetch(web.url("/", "news.example"), POLITE_ENOUGH).data == b"page"
    assert fetcher.fetch(web.url("/away", "news.example"), POLITE_ENOUGH).data == b"end"
    assert "cookie" not in web.log[-1].headers


def test_secrets_do_not_follow_a_redirect_to_another_host(web: WebServer, fetcher: Fetcher) -> None:
    """Headers and cookies of the source stay at its host and port, those that say nothing go on."""
    web.routes |= {
        "/to": Answer(status=302, headers={"Location": web.url("/end", "other.example")}),
        "/same": Answer(status=302, headers={"Location": "/end"}),
        "/end": "end",
    }
    headers = {"Authorization": "secret", "X-Key": "secret", "Cookie": "c=secret", "User-Agent": "x"}
    access = replace(POLITE_ENOUGH, headers=headers, cookies={"d": "secret"})
    for path in ("/same", "/to"):
        fetcher.fetch(web.url(path, "news.example"), access)
    assert [str(seen.headers).count("secret") for seen in web.log] == [4, 4, 4, 0]
    assert web.log[-1].headers["user-agent"] == "x"


class _Proxy(socketserver.BaseRequestHandler):
    """A proxy that notes what it is asked and answers everything by itself."""

    def handle(self) -> None:
        data = self.request.recv(65_536)
        self.server.asked.append(data.decode())  # type: ignore[attr-defined]
        refused = data.startswith(b"CONNECT")
        head = b"HTTP/1.1 403 Forbidden\r\n" if refused else b"HTTP/1.1 200 OK\r\n"
        self.request.sendall(head + b"Content-Length: 5\r\nConnection: close\r\n\r\nproxy")


@pytest.fixture
def proxy() -> Iterator[tuple[dict[str, str], list[str]]]:
    """The environment that names a proxy on a private address, and what the proxy was asked."""
    with socketserver.ThreadingTCPServer(("127.0.0.7", 0), _Proxy) as server:
        server.asked = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        address = f"http://me:pw%21@127.0.0.7:{server.server_address[1]}"
        yield {"http_proxy": address, "HTTPS_PROXY": address, "no_proxy": "direct.example"}, server.asked  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


def test_the_proxy_of_the_environment_is_asked(
    names: Names, web: WebServer, proxy: tuple[dict[str, str], list[str]]
) -> None:
    """http goes to the proxy with the whole address, https by CONNECT; the password goes to the proxy alone."""
    environ, asked = proxy
    names.serve("direct.example", web)
    with make_fetcher(environ=environ) as fetcher:
        assert fetcher.fetch("http://news.example/a?b=1", POLITE_ENOUGH).data == b"proxy"
        assert asked[0].startswith("GET http://news.example/a?b=1 HTTP/1.1\r\nHost: news.example\r\n"), asked[0]
        assert "Proxy-Authorization: Basic bWU6cHch" in asked[0]
        assert "the proxy did not connect to news.example" in refusal(fetcher, "https://news.example/a").message
        assert asked[1].startswith("CONNECT news.example:443 ")
        assert fetcher.fetch(web.url("/", "direct.example"), POLITE_ENOUGH).data == b"page"
        assert "proxy-authorization" not in web.log[0].headers
        assert fetcher.fetch("http://not-looked-up-here.example/", POLITE_ENOUGH).data == b"proxy"


@pytest.mark.parametrize("host", [*SPELLINGS, "localhost", "intranet", "metadata.google.internal", "evil.example"])
def test_a_proxy_opens_no_private_address(names: Names, proxy: tuple[dict[str, str], list[str]], host: str) -> None:
    """What is refused directly is refused through a proxy, before the proxy hears of it."""
    environ, asked = proxy
    names.table["evil.example"] = ["127.0.0.1"]
    with make_fetcher(environ=environ) as fetcher:
        refusal(fetcher, f"http://{host}/")
        refusal(fetcher, f"https://{host}/")
    assert not asked


def test_a_source_reaches_its_private_place_without_the_proxy(
    web: WebServer, proxy: tuple[dict[str, str], list[str]]
) -> None:
    """Nobody's proxy need know of an office's own server."""
    environ, asked = proxy
    with make_fetcher(environ=environ) as fetcher:
        assert fetcher.fetch(web.url("/"), replace(POLITE_ENOUGH, allow_private=web.place)).data == b"page"
    assert not asked


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [
        ("", False),
        ("*", True),
        ("news.example.cn", True),
        ("example.cn", True),
        (".example.cn", True),
        ("*.example.cn", True),
        ("a.cn, EXAMPLE.cn", True),
        ("example.cn:8080", True),
        ("example.cn:80", False),
        ("ample.cn", False),
        ("10.0.0.0/8", False),
        (",", False),
    ],
)
def test_no_proxy_is_read_as_others_read_it(no_proxy: str, direct: bool) -> None:
    """Names, domains, ports and a star exempt a host; the end of a name by itself does not."""
    environ = {"ALL_PROXY": "http://proxy.example:3128", "no_proxy": no_proxy}
    assert (find_proxy(environ, read_target("http://news.example.cn:8080/")) is None) is direct


def test_an_address_range_exempts_addresses() -> None:
    """no_proxy may hold a network; the lower-case variable wins, and no port means 80."""
    environ = {"http_proxy": "proxy.example", "HTTP_PROXY": "http://other:1", "no_proxy": "10.0.0.0/8"}
    assert find_proxy(environ, read_target("http://10.1.2.3/")) is None
    found = find_proxy(environ, read_target("http://11.1.2.3/"))
    assert found is not None
    assert (found.host, found.port) == ("proxy.example", 80)


@pytest.mark.parametrize("value", ["socks5://127.0.0.1:1080", "https://p:1", "http://", "http://[", "http://p:x"])
def test_a_proxy_that_cannot_be_used_is_told(value: str) -> None:
    """Nothing goes out past a proxy that was meant."""
    with make_fetcher(environ={"all_proxy": value}) as fetcher:
        assert "proxy" in refusal(fetcher, "http://news.example/", Access(robots=False)).message
