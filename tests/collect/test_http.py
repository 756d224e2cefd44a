"""Fetching: pages, conditions, tries, manners, secrets."""

from __future__ import annotations

import gzip
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from digest.collect.access import Access, place_of
from digest.collect.cache import HttpCache
from digest.collect.http import Fetcher
from digest.collect.targets import mask_url, read_target
from digest.errors import FetchError
from tests.collect.fetching import POLITE_ENOUGH, QUICK, Clock, make_fetcher, refusal
from tests.web_server import Answer, Names, Seen, WebServer, confine


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """The only network these tests have."""
    return confine(monkeypatch)


@pytest.fixture
def web(names: Names) -> Iterator[WebServer]:
    """A server that is known as news.example and as other.example."""
    with WebServer() as server:
        names.serve("news.example", server)
        names.serve("other.example", server)
        yield server


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    """A fetcher without a cache."""
    with make_fetcher() as made:
        yield made


def test_a_page_is_fetched_as_it_is(web: WebServer, fetcher: Fetcher) -> None:
    """The document holds the server's bytes, its content type, the address and the moment."""
    web.routes["/a"] = Answer("新闻".encode("gb18030"), headers={"Content-Type": "text/html; charset=gb2312"})
    document = fetcher.fetch(web.url("/a", "news.example"), POLITE_ENOUGH)
    assert document.data.decode("gb18030") == "新闻"
    assert document.media_type == "text/html; charset=gb2312"
    assert document.url == document.name == web.url("/a", "news.example")
    assert document.fetched_at == Clock().now


def test_we_say_who_we_are_and_nothing_of_the_user(web: WebServer, fetcher: Fetcher) -> None:
    """The User-Agent is a product and its version; no header tells of the machine."""
    web.routes["/"] = "page"
    fetcher.fetch(web.url("/", "news.example"), POLITE_ENOUGH)
    headers = web.log[0].headers
    assert headers["user-agent"].startswith("digest/")
    assert headers["host"] == f"news.example:{web.port}"
    assert set(headers) == {"user-agent", "accept", "accept-language", "accept-encoding", "host"}


def test_one_connection_carries_many_requests(web: WebServer, fetcher: Fetcher) -> None:
    """Pages, missing pages and redirects of one host come over one connection."""
    web.routes |= {"/a": "a", "/b": Answer(status=302, headers={"Location": "/a"})}
    for path in ("/a", "/b", "/a"):
        assert fetcher.fetch(web.url(path, "news.example"), POLITE_ENOUGH).data == b"a"
    refusal(fetcher, web.url("/missing", "news.example"))
    fetcher.fetch(web.url("/a", "news.example"), POLITE_ENOUGH)
    assert web.connections == 1


def test_a_connection_the_server_closed_is_opened_anew(web: WebServer, fetcher: Fetcher) -> None:
    """Whether it says so or just hangs up, the next request gets its answer."""
    web.routes |= {"/close": Answer(b"bye", headers={"Connection": "close"}), "/drop": Answer(raw=b""), "/a": "a"}
    fetcher.fetch(web.url("/close", "news.example"), POLITE_ENOUGH)
    assert fetcher.fetch(web.url("/a", "news.example"), POLITE_ENOUGH).data == b"a"
    assert refusal(fetcher, web.url("/drop", "news.example")).passing
    assert fetcher.fetch(web.url("/a", "news.example"), POLITE_ENOUGH).data == b"a"


def test_what_has_not_changed_is_not_sent_again(web: WebServer, tmp_path: Path) -> None:
    """By its ETag or its date a page is asked for conditionally; after a 304 the kept body is the document."""
    clock = Clock()
    web.routes |= {"/etag": Answer(b"e" * 99, etag='"1"'), "/date": Answer(b"d" * 99, modified="Thu, 11 Jan 2024")}
    for path, body in (("/etag", b"e"), ("/date", b"d")):
        with make_fetcher(cache=HttpCache(tmp_path), clock=clock) as first:
            first.fetch(web.url(path, "news.example"), POLITE_ENOUGH)
        clock.pass_by(hours=1)
        with make_fetcher(cache=HttpCache(tmp_path), clock=clock) as second:
            document = second.fetch(web.url(path, "news.example"), POLITE_ENOUGH)
            assert document.data == body * 99
            assert document.media_type == "text/html; charset=utf-8"
            assert document.fetched_at == clock.now
            assert second.traffic.not_modified == second.traffic.requests == 1
            assert second.traffic.transferred == 0


def test_a_changed_page_replaces_the_kept_one(web: WebServer, tmp_path: Path) -> None:
    """A new ETag brings a new body, which then is the one that is kept."""
    with make_fetcher(cache=HttpCache(tmp_path)) as fetcher:
        for version in ("1", "2", "2"):
            web.routes["/"] = Answer(version.encode(), etag=f'"{version}"')
            assert fetcher.fetch(web.url("/", "news.example"), POLITE_ENOUGH).data == version.encode()
        assert fetcher.traffic.not_modified == 1


def test_a_young_page_is_kept_without_asking(web: WebServer, tmp_path: Path) -> None:
    """Within `keep` the server is not asked; after it, or with none, it is."""
    clock = Clock()
    web.routes["/"] = "page"
    with make_fetcher(cache=HttpCache(tmp_path), clock=clock) as fetcher:
        for hours, asked in ((0, 1), (5, 1), (20, 2)):
            clock.pass_by(hours=hours)
            fetcher.fetch(web.url("/", "news.example"), POLITE_ENOUGH, keep=timedelta(hours=12))
            assert len(web.log) == asked
        assert fetcher.traffic.cache_hits == 1
        fetcher.fetch(web.url("/", "news.example"), POLITE_ENOUGH)
        assert len(web.log) == 3


def test_a_page_that_was_none_is_forgotten(web: WebServer, tmp_path: Path) -> None:
    """What the caller disowns is fetched anew, without a condition; another source's copy stays."""
    web.routes["/"] = Answer(b"try again later", etag='"1"')
    url, other = web.url("/", "news.example"), replace(POLITE_ENOUGH, cookies={"a": "1"})
    with make_fetcher(cache=HttpCache(tmp_path)) as fetcher:
        fetcher.fetch(url, POLITE_ENOUGH)
        fetcher.fetch(url, other)
        fetcher.forget(url, POLITE_ENOUGH)
        web.routes["/"] = "page"
        assert fetcher.fetch(url, POLITE_ENOUGH, keep=timedelta(days=1)).data == b"page"
        assert "if-none-match" not in web.log[-1].headers
        assert fetcher.fetch(url, other, keep=timedelta(days=1)).data == b"try again later"


def test_validators_go_where_they_came_from(web: WebServer, tmp_path: Path) -> None:
    """Behind a redirect the final address is asked conditionally, the first one is not."""
    web.routes |= {"/from": Answer(status=302, headers={"Location": "/to"}), "/to": Answer(b"page", etag='"1"')}
    with make_fetcher(cache=HttpCache(tmp_path)) as fetcher:
        for _ in range(2):
            document = fetcher.fetch(web.url("/from", "news.example"), POLITE_ENOUGH)
            assert (document.data, document.url) == (b"page", web.url("/to", "news.example"))
    assert ["if-none-match" in seen.headers for seen in web.log] == [False, False, False, True]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(web: WebServer, fetcher: Fetcher, status: int) -> None:
    """Two failures and then the page give the page; failures only give the last one's status."""
    left = [Answer(b"page"), Answer(status=status), Answer(status=status)]
    web.routes |= {"/": lambda seen: left.pop(), "/always": Answer(status=status)}
    assert fetcher.fetch(web.url("/", "news.example"), POLITE_ENOUGH).data == b"page"
    error = refusal(fetcher, web.url("/always", "news.example"))
    assert (error.status, error.passing) == (status, True)
    assert web.paths().count("/always") == 3


@pytest.mark.parametrize("status", [202, 204, 305, 400, 401, 403, 404, 410, 412, 451, 521, 599 - 98])
def test_a_lasting_failure_is_told_at_once(web: WebServer, fetcher: Fetcher, status: int) -> None:
    """What trying again would not mend is asked for once."""
    web.routes["/"] = Answer(status=status)
    error = refusal(fetcher, web.url("/", "news.example"))
    assert (error.status, error.passing, error.gone) == (status, False, status in (404, 410))
    assert str(status) in error.message
    assert len(web.log) == 1
    assert ("firewall" in error.hint) == (status in (202, 412, 521))


def test_a_server_is_waited_for_as_long_as_it_asks(web: WebServer, fetcher: Fetcher) -> None:
    """Retry-After is obeyed; longer than we wait, it ends the fetch, and others of the host are not asked either."""
    left = [Answer(b"page"), Answer(status=429, headers={"Retry-After": "1"})]
    web.routes |= {"/": lambda seen: left.pop(), "/long": Answer(status=503, headers={"Retry-After": "3600"})}
    begun = time.monotonic()
    assert fetcher.fetch(web.url("/", "news.example"), POLITE_ENOUGH).data == b"page"
    assert time.monotonic() - begun >= 1.0
    error = refusal(fetcher, web.url("/long", "news.example"))
    assert error.passing
    assert "3600 s" in error.message
    assert "left alone" in refusal(fetcher, web.url("/", "news.example")).message
    assert web.paths("news.example") == ["/", "/", "/long"]


def test_retry_after_may_be_a_date(web: WebServer, fetcher: Fetcher) -> None:
    """A date is counted from our clock; one that is past, or no date at all, asks for nothing."""
    dates = ["Thu, 11 Jan 2024 10:30:00 GMT", "Thu, 11 Jan 2024 08:00:00 GMT", "soon", "99999999999999999999999"]
    for number, date in enumerate(dates):
        web.routes[f"/{number}"] = Answer(status=503, headers={"Retry-After": date})
    assert "3600 s" in refusal(fetcher, web.url("/0", "news.example")).message
    assert "wait" not in refusal(fetcher, web.url("/1", "other.example")).message
    assert "wait" not in refusal(fetcher, web.url("/2", "other.example")).message
    assert "wait" in refusal(fetcher, web.url("/3", "other.example")).message


def test_a_host_is_asked_by_one_at_a_time(web: WebServer, fetcher: Fetcher) -> None:
    """Eight threads, one host: never two requests at once, the delay between two, and one connection."""
    times: list[float] = []
    inside = threading.Lock()

    def slowly(seen: Seen) -> str:
        assert inside.acquire(blocking=False)
        times.append(time.monotonic())
        time.sleep(0.02)
        inside.release()
        return "page"

    web.routes["/"] = slowly
    access = replace(POLITE_ENOUGH, delay=0.1)
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda n: fetcher.fetch(web.url(f"/?{n}", "news.example"), access).data, range(8)))
    assert done == [b"page"] * 8
    assert min(later - sooner for sooner, later in pairwise(times)) >= 0.1
    assert web.connections == 1


def test_hosts_are_asked_side_by_side(names: Names, web: WebServer, fetcher: Fetcher) -> None:
    """Ten hosts that each take 0.3 s take well under 3 s together."""
    web.routes["/"] = Answer(b"page", wait=0.3)
    urls = [web.url("/", names.serve(f"h{number}.example", web)) for number in range(10)]
    begun = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        assert len(list(pool.map(lambda url: fetcher.fetch(url, POLITE_ENOUGH), urls))) == 10
    assert time.monotonic() - begun < 1.5


def test_a_silent_host_is_left_alone_for_a_while(names: Names, fetcher: Fetcher) -> None:
    """After two fetches without any answer, the host's other pages fail at once."""
    with WebServer() as gone:
        names.serve("gone.example", gone)
    for _ in range(2):
        assert "refuses" in refusal(fetcher, gone.url("/", "gone.example")).message
    reached = len(names.reached)
    error = refusal(fetcher, gone.url("/", "gone.example"))
    assert "left alone" in error.message
    assert error.passing
    assert len(names.reached) == reached


def test_headers_and_cookies_of_a_source_are_sent(web: WebServer, fetcher: Fetcher) -> None:
    """They go out with the request, ours give way to them; those that would break the request do not."""
    web.routes["/"] = "page"
    headers = {"user-agent": "Mozilla/5.0", "X-Key": "k", "Accept-Encoding": "br", "Host": "evil", "Range": "bytes=0-1"}
    access = replace(POLITE_ENOUGH, headers=headers, cookies={"a": "1", "b": "2"})
    fetcher.fetch(web.url("/", "news.example"), access)
    sent = web.log[0].headers
    assert (sent["user-agent"], sent["x-key"], sent["cookie"]) == ("Mozilla/5.0", "k", "a=1; b=2")
    assert (sent["accept-encoding"], sent["host"]) == ("gzip, deflate", f"news.example:{web.port}")
    assert "range" not in sent


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "名字", "\x00"])
def test_a_header_that_cannot_be_sent_is_refused(web: WebServer, fetcher: Fetcher, value: str) -> None:
    """No header smuggles another one in, and the message does not show the value."""
    error = refusal(fetcher, web.url("/", "news.example"), replace(POLITE_ENOUGH, headers={"X-Key": value}))
    assert value not in str(error)
    assert not web.log


def test_headers_meant_for_the_feed_do_not_go_to_the_articles(web: WebServer, fetcher: Fetcher) -> None:
    """With `place`, a page at another host than the source's gets nothing but the harmless headers."""
    web.routes["/"] = "page"
    feed = place_of(web.url("/", "news.example"))
    access = replace(
        POLITE_ENOUGH, headers={"Authorization": "secret", "User-Agent": "x"}, cookies={"c": "1"}, place=feed
    )
    fetcher.fetch(web.url("/", "news.example"), access)
    fetcher.fetch(web.url("/", "other.example"), access)
    assert web.log[0].headers["authorization"] == "secret"
    assert not {"authorization", "cookie"} & set(web.log[1].headers)
    assert web.log[1].headers["user-agent"] == "x"


def test_a_secret_is_nowhere_to_be_read(web: WebServer, fetcher: Fetcher, tmp_path: Path) -> None:
    """Not in messages, hints, reprs or the names of documents, whatever fails."""
    canary = "CANARY-7351"
    web.routes |= {
        "/ok": "page",
        "/cut": Answer(b"x" * 99, cut=3),
        "/to": Answer(status=302, headers={"Location": f"/404?api_key={canary}"}),
        "/down": Answer(status=302, headers={"Location": f"ftp://u:{canary}@x/"}),
        "/odd": Answer(raw=b"no http"),
    }
    access = replace(POLITE_ENOUGH, headers={"X": canary}, cookies={"y": canary})
    assert canary not in repr(access)
    told = []
    for path in ("/ok", "/cut", "/to", "/down", "/odd", "/404"):
        try:
            told.append(repr(fetcher.fetch(web.url(f"{path}?a=1&token={canary}", "news.example"), access).name))
        except FetchError as error:
            told += [str(error), repr(error), repr(error.__cause__)]
    told.append(str(refusal(fetcher, f"http://user:{canary}@news.example/")))
    assert canary not in "".join(told)
    assert "token=***" in told[0]


def test_masking_leaves_what_is_no_secret() -> None:
    """Only values of telling names are hidden, and letters a terminal would obey are gone."""
    assert mask_url("http://a.cn/x?id=5&keyword=水&access_token=z&Key=q&page=2") == (
        "http://a.cn/x?id=5&keyword=水&access_token=***&Key=***&page=2"
    )
    assert mask_url("http://me:pw@a.cn/#f") == "http://***@a.cn/"
    assert "\x1b" not in mask_url("http://a.cn/\x1b[31m")


def test_a_url_in_chinese_is_asked_for_in_ascii(names: Names, web: WebServer, fetcher: Fetcher) -> None:
    """The host becomes IDNA, path and query become percent signs; what is already encoded stays."""
    names.serve("xn--efvy88h.example", web)
    web.routes["/%E6%96%B0%20a%2F"] = "page"
    assert fetcher.fetch(web.url("/新 a%2F?q=闻", "新闻.example"), POLITE_ENOUGH).data == b"page"
    assert web.log[0].path == "/%E6%96%B0%20a%2F?q=%E9%97%BB"
    assert web.log[0].host == "xn--efvy88h.example"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a",
        "//a.cn",
        "file:///etc/passwd",
        "ftp://a.cn",
        "javascript:alert(1)",
        "data:,x",
        "http://",
        "http://u@a.cn/",
        "http://a.cn:0/",
        "http://a.cn:99999/",
        "http://a..cn/",
        "http://a cn/",
        "http://a.cn\\@b.cn/",
        "http://[::1",
        "http://" + "a" * 300 + ".cn/",
        "http://a.cn/" + "a" * 9000,
        "gopher://a.cn/",
        "http://[fe80::1%25eth0]/",
        "http://a.cn%00.b/",
    ],
)
def test_what_is_no_web_address_is_refused_before_any_packet(names: Names, fetcher: Fetcher, url: str) -> None:
    """Other schemes, user names, and hosts that are none are refused; nothing is looked up."""
    refusal(fetcher, url)
    assert not names.reached


def test_packed_pages_are_unpacked_once(web: WebServer, fetcher: Fetcher) -> None:
    """gzip in one piece or several, zlib and bare deflate are unpacked; a gzip file inside stays a gzip file."""
    body = b"page " * 9000
    bare = zlib.compressobj(wbits=-15)
    web.routes |= {
        "/gzip": Answer(body, gzip=True),
        "/chunked": Answer(body, gzip=True, chunked=True),
        "/members": Answer(gzip.compress(body[:99]) + gzip.compress(body[99:]), headers={"Content-Encoding": "x-gzip"}),
        "/zlib": Answer(zlib.compress(body), headers={"Content-Encoding": "deflate"}),
        "/bare": Answer(bare.compress(body) + bare.flush(), headers={"Content-Encoding": "deflate"}),
        "/rubbish": Answer(gzip.compress(body) + b"rubbish", headers={"Content-Encoding": "gzip"}),
        "/claimed": Answer(body, headers={"Content-Encoding": "gzip"}),
        "/identity": Answer(body, headers={"Content-Encoding": "identity"}),
    }
    for path in list(web.routes):
        assert fetcher.fetch(web.url(path, "news.example"), POLITE_ENOUGH).data == body, path
    inner = gzip.compress(b"x" * 99)
    web.routes["/inner"] = Answer(inner, gzip=True)
    assert fetcher.fetch(web.url("/inner", "news.example"), POLITE_ENOUGH).data == inner
    for encoding in ("gzip, gzip", "br", "zstd"):
        web.routes["/odd"] = Answer(inner, headers={"Content-Encoding": encoding})
        assert "packed" in refusal(fetcher, web.url("/odd", "news.example")).message


def test_closing_stops_who_waits(web: WebServer) -> None:
    """A fetch that sleeps, or waits for a server, ends when the fetcher is closed, and no new one begins."""
    web.routes |= {"/busy": Answer(status=503, headers={"Retry-After": "20"}), "/slow": Answer(b"x", wait=20)}
    fetcher = make_fetcher(limits=replace(QUICK, seconds=30, longest_wait=60))
    with ThreadPoolExecutor(2) as pool:
        waiting = [
            pool.submit(refusal, fetcher, web.url("/busy", "news.example")),
            pool.submit(refusal, fetcher, web.url("/slow", "other.example")),
        ]
        time.sleep(0.3)
        begun = time.monotonic()
        fetcher.close()
        assert ["stopped" in task.result(5).message for task in waiting] == [True, True]
    assert time.monotonic() - begun < 3
    assert "stopped" in refusal(fetcher, web.url("/", "news.example")).message


def test_places_are_spelled_in_one_way() -> None:
    """The port is always given, the host in lower case."""
    assert place_of("http://News.Example/a") == "news.example:80"
    assert place_of("https://[::1]/") == "[::1]:443"
    assert read_target("HTTPS://a.cn:443").url == "https://a.cn/"
    assert Access(allow_private="News.example:80").opens("news.example:80")
