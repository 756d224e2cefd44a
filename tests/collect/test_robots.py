"""robots.txt: who asks us to stay away is left alone, and who cannot say is treated as RFC 9309 has it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect.access import Access
from digest.collect.cache import HttpCache
from digest.collect.http import Fetcher
from digest.collect.robots import LONGEST_DELAY, read_rules
from tests.collect.fetching import Clock, make_fetcher, refusal
from tests.web_server import Answer, Names, WebServer, confine

OBEYING = Access(delay=0.0)
CLOSED = "User-agent: *\nDisallow: /private\n"


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """The only network these tests have."""
    return confine(monkeypatch)


@pytest.fixture
def web(names: Names) -> Iterator[WebServer]:
    """A server that is news.example and other.example."""
    with WebServer() as server:
        names.serve("news.example", server)
        names.serve("other.example", server)
        server.routes |= {"/": "page", "/private": "secret page"}
        yield server


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    """A fetcher without a cache."""
    with make_fetcher() as made:
        yield made


def test_who_asks_to_stay_away_is_left_alone(web: WebServer, fetcher: Fetcher) -> None:
    """A forbidden page is not asked for, the others are; the error names the setting that would change it."""
    web.routes["/robots.txt"] = CLOSED
    error = refusal(fetcher, web.url("/private", "news.example"), OBEYING)
    assert "robots.txt" in error.message
    assert "robots = false" in error.hint
    assert not error.passing
    assert fetcher.fetch(web.url("/", "news.example"), OBEYING).data == b"page"
    assert web.paths() == ["/"]
    assert fetcher.fetch(web.url("/private", "news.example"), Access(delay=0, robots=False)).data == b"secret page"


def test_rules_are_asked_for_once(web: WebServer, fetcher: Fetcher) -> None:
    """Ten pages in ten threads cost one request for robots.txt, each host its own."""
    web.routes["/robots.txt"] = CLOSED
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda number: fetcher.fetch(web.url(f"/?{number}", "news.example"), OBEYING), range(10)))
    fetcher.fetch(web.url("/", "other.example"), OBEYING)
    assert [seen.host for seen in web.log if seen.path == "/robots.txt"] == ["news.example", "other.example"]


def test_a_redirect_into_a_closed_place_is_not_followed(web: WebServer, fetcher: Fetcher) -> None:
    """The rules of each host on the way count."""
    web.routes |= {"other.example/robots.txt": CLOSED, "news.example/robots.txt": ""}
    web.routes["/to"] = Answer(status=302, headers={"Location": web.url("/private", "other.example")})
    assert "robots.txt of other.example" in refusal(fetcher, web.url("/to", "news.example"), OBEYING).message


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 412])
def test_no_rules_ask_for_nothing(web: WebServer, fetcher: Fetcher, status: int) -> None:
    """A robots.txt that is not there, or not for us, closes nothing."""
    web.routes["/robots.txt"] = Answer(status=status)
    assert fetcher.fetch(web.url("/private", "news.example"), OBEYING).data == b"secret page"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_failing_server_is_left_alone(web: WebServer, fetcher: Fetcher, status: int) -> None:
    """While robots.txt fails, nothing is read, the user is told why, and it is not asked for page after page."""
    web.routes["/robots.txt"] = Answer(status=status)
    for _ in range(3):
        error = refusal(fetcher, web.url("/", "news.example"), OBEYING)
        assert error.passing
        assert f"robots.txt of news.example answered {status}" in error.message
        assert "robots = false" in error.hint
    assert len(web.log) == 3  # the tries of the first page


def test_no_answer_is_told_as_such(names: Names, fetcher: Fetcher) -> None:
    """Where nothing listens, the connection is what failed, not robots.txt."""
    with WebServer() as gone:
        names.serve("gone.example", gone)
    error = refusal(fetcher, gone.url("/", "gone.example"), OBEYING)
    assert "refuses connections" in error.message
    assert error.passing


def test_rules_are_kept_for_a_day(web: WebServer, tmp_path: Path) -> None:
    """The next run does not ask for them, nor for those that were not there; the day after, it does."""
    clock = Clock()
    web.routes["news.example/robots.txt"] = CLOSED
    asked = []
    for _ in range(3):
        with make_fetcher(cache=HttpCache(tmp_path), clock=clock) as fetcher:
            refusal(fetcher, web.url("/private", "news.example"), OBEYING)
            fetcher.fetch(web.url("/", "other.example"), OBEYING)
        asked.append(sum(seen.path == "/robots.txt" for seen in web.log))
        clock.pass_by(hours=13)
    assert asked == [2, 2, 4]


def test_old_rules_are_better_than_none(web: WebServer, tmp_path: Path) -> None:
    """Where the server fails, what it asked for yesterday holds."""
    clock = Clock()
    web.routes["/robots.txt"] = CLOSED
    with make_fetcher(cache=HttpCache(tmp_path), clock=clock) as fetcher:
        fetcher.fetch(web.url("/", "news.example"), OBEYING)
    clock.pass_by(days=2)
    web.routes["/robots.txt"] = Answer(status=500)
    with make_fetcher(cache=HttpCache(tmp_path), clock=clock) as fetcher:
        assert fetcher.fetch(web.url("/", "news.example"), OBEYING).data == b"page"
        assert "asks not to read" in refusal(fetcher, web.url("/private", "news.example"), OBEYING).message


def test_the_sources_secrets_are_not_for_robots(web: WebServer, fetcher: Fetcher) -> None:
    """robots.txt is asked for as the source introduces itself, without its keys."""
    access = Access(delay=0, headers={"Authorization": "x", "User-Agent": "Mozilla/5.0"}, cookies={"c": "1"})
    fetcher.fetch(web.url("/", "news.example"), access)
    assert not {"authorization", "cookie"} & set(web.log[0].headers)
    assert [seen.headers["user-agent"] for seen in web.log] == ["Mozilla/5.0"] * 2


def test_a_slower_pace_is_kept(web: WebServer, fetcher: Fetcher) -> None:
    """Crawl-delay raises the delay between two pages, up to a limit."""
    import time

    web.routes["/robots.txt"] = "User-agent: *\nCrawl-delay: 0.5\n"
    begun = time.monotonic()
    for _ in range(3):
        fetcher.fetch(web.url("/", "news.example"), OBEYING)
    assert time.monotonic() - begun >= 1.0
    assert read_rules(b"User-agent: *\nCrawl-delay: 86400").delay == LONGEST_DELAY


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: digest\nDisallow: /\nUser-agent: *\nAllow: /", False),
        ("User-agent: Digest\nAllow: /\nUser-agent: *\nDisallow: /", True),
        ("User-agent: otherbot\nDisallow: /", True),
        ("\ufeffUser-agent: *\nDisallow: /a", False),
        ("User-agent: *\nDisallow: /\nAllow: /a", True),
        ("User-agent: *\nDisallow: /*.htm$", True),
        ("User-agent: *\nDisallow: /%E6%96%B0", True),
        ("<html><body>404</body></html>", True),
        ("", True),
    ],
)
def test_rules_are_read_as_the_standard_has_them(text: str, allowed: bool) -> None:
    """Our own group before the others', the longest rule first, a byte order mark is no letter."""
    assert read_rules(text.encode()).allow("http://a.cn/a/1.html") is allowed


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: f"User-agent: *\n{text}".encode())))
def test_any_bytes_are_rules(data: bytes) -> None:
    """Nothing that a server sends as its rules breaks reading them."""
    rules = read_rules(data)
    assert 0 <= rules.delay <= LONGEST_DELAY
    assert isinstance(rules.allow("http://a.cn/a"), bool)
