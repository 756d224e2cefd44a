"""What fetching takes: no more bytes, no more time, and nothing that was cut."""

from __future__ import annotations

import gzip
import resource
import subprocess
import sys
import textwrap
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from digest.collect.http import Fetcher
from tests.collect.fetching import POLITE_ENOUGH, QUICK, make_fetcher, refusal
from tests.web_server import Answer, Names, WebServer, confine

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """The only network these tests have."""
    return confine(monkeypatch)


@pytest.fixture
def web(names: Names) -> Iterator[WebServer]:
    """A server that is news.example."""
    with WebServer() as server:
        names.serve("news.example", server)
        yield server


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    """A fetcher that gives an answer one second."""
    with make_fetcher(limits=replace(QUICK, seconds=1.0)) as made:
        yield made


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"x" * 999, drip=0.1),
        Answer(b"x" * 999, drip_headers=0.1),
        Answer(b"x" * 40_000, drip=0.05, chunked=True),
        Answer(b"x", wait=30),
        Answer(b"x" * 999, drip=0.1, headers={"Content-Length": None, "Connection": "close"}),
        Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 999, drip=0.01),
        Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"a: b\r\n" * 999, drip=0.01),
    ],
    ids=["body", "headers", "chunks", "silence", "no length", "chunk size", "trailers"],
)
def test_a_slow_answer_ends_in_time(web: WebServer, fetcher: Fetcher, answer: Answer) -> None:
    """However slowly it comes, it is over after its time, is not tried again, and is no page."""
    web.routes["/"] = answer
    begun = time.monotonic()
    error = refusal(fetcher, web.url("/", "news.example"))
    assert 0.9 < time.monotonic() - begun < 2.0
    assert error.passing
    assert "longer than 1 s" in error.message
    assert len(web.log) == 1


def test_a_host_that_never_answers_ends_in_time(names: Names, fetcher: Fetcher) -> None:
    """A look-up that hangs takes no longer than an answer may."""

    def hang() -> list[str]:
        time.sleep(3)
        return []

    names.table["hung.example"] = hang
    begun = time.monotonic()
    assert refusal(fetcher, "http://hung.example/").passing
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"x" * 5_000, cut=4_999),
        Answer(b"x" * 9_000, cut=100, chunked=True),
        Answer(b"x" * 9_000, cut=8_000, chunked=True),
        Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 9_000)[:-9]),
        Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f"),
        Answer(
            raw=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"x") + gzip.compress(b"y")[:9]
        ),
        Answer(b"\x1f\x8bbroken inside", headers={"Content-Encoding": "gzip"}),
        Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n" + zlib.compress(b"x" * 9_000)[:-5]),
    ],
    ids=["length", "chunk", "between chunks", "gzip", "gzip magic", "second member", "broken gzip", "deflate"],
)
def test_a_cut_body_is_no_page(web: WebServer, fetcher: Fetcher, answer: Answer) -> None:
    """What ends before its end is asked for again, and in the end refused."""
    web.routes["/"] = answer
    error = refusal(fetcher, web.url("/", "news.example"))
    assert error.passing
    assert "only in part" in error.message
    assert len(web.log) == QUICK.tries


def test_a_body_is_read_up_to_its_limit_and_no_further(web: WebServer, fetcher: Fetcher) -> None:
    """Exactly the limit is a page; one byte more is not, with or without a length, packed or not."""
    web.routes |= {
        "/most": Answer(b"x" * QUICK.size),
        "/more": Answer(b"x" * (QUICK.size + 1)),
        "/chunked": Answer(b"x" * (QUICK.size + 1), chunked=True),
        "/packed": Answer(b"x" * (QUICK.size + 1), gzip=True),
        "/most-packed": Answer(b"x" * QUICK.size, gzip=True),
        "/endless": Answer(b"x" * 4_000, endless=True),
        "/error": Answer(b"x" * 4_000, endless=True, status=404),
    }
    for path in ("/most", "/most-packed"):
        assert len(fetcher.fetch(web.url(path, "news.example"), POLITE_ENOUGH).data) == QUICK.size
    for path in ("/more", "/chunked", "/packed", "/endless"):
        error = refusal(fetcher, web.url(path, "news.example"))
        assert "longer than 1 MB" in error.message
        assert not error.passing
    assert refusal(fetcher, web.url("/error", "news.example")).gone
    assert fetcher.traffic.transferred < 6 * QUICK.size


def test_odd_answers_are_told_and_survived(names: Names, web: WebServer, fetcher: Fetcher) -> None:
    """No HTTP, endless headers, a header without end, contradicting lengths: a clear word, and the next page comes."""
    many = b"".join(b"X-%d: y\r\n" % number for number in range(999))
    for number, raw in enumerate(
        [
            b"",
            b"hello\r\n\r\n",
            b"HTTP/1.1 abc\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n" + many + b"\r\n",
            b"HTTP/1.1 200 OK\r\nX: " + b"y" * 99_999 + b"\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nx",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx",
            b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
            b"\xff\xfe\x00",
        ]
    ):
        web.routes["/"] = Answer(raw=raw)
        host = f"h{number}.example"
        error = refusal(fetcher, web.url("/", names.serve(host, web)))
        assert host in error.message
    web.routes["/"] = "page"
    assert fetcher.fetch(web.url("/", "news.example"), POLITE_ENOUGH).data == b"page"


def test_a_bomb_costs_no_memory() -> None:
    """A gigabyte in a megabyte of gzip is refused with less than 30 MB, counted in a process of its own."""
    program = """
        import resource, sys, zlib
        import pytest
        sys.path.insert(0, sys.argv[1])
        from tests.collect.fetching import POLITE_ENOUGH, make_fetcher, refusal
        from digest.collect.http import Limits
        from tests.web_server import Answer, WebServer, confine

        pack = zlib.compressobj(9, wbits=31)
        begun = pack.compress(bytes(1_000_000)) + pack.flush(zlib.Z_FULL_FLUSH)
        again = pack.compress(bytes(1_000_000)) + pack.flush(zlib.Z_FULL_FLUSH)
        bomb = begun + again * 999
        names = confine(pytest.MonkeyPatch())
        with WebServer() as web, make_fetcher(limits=Limits()) as fetcher:
            names.serve("news.example", web)
            web.routes["/bomb"] = Answer(bomb, headers={"Content-Encoding": "gzip"})
            web.routes["/page"] = Answer(b"page", gzip=True)
            fetcher.fetch(web.url("/page", "news.example"), POLITE_ENOUGH)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            error = refusal(fetcher, web.url("/bomb", "news.example"))
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert "longer than 10 MB" in error.message, error
        print(grown // (1024 if sys.platform == "linux" else 1024 * 1024))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 30


def test_many_hosts_do_not_use_up_the_open_files(web: WebServer, names: Names) -> None:
    """After 150 hosts fewer than 80 connections are open, and the last host's own is one of them."""
    web.routes["/"] = "page"
    if not Path("/proc/self/fd").exists():
        pytest.skip("open files are counted in /proc")
    with make_fetcher() as fetcher:
        before = len(list(Path("/proc/self/fd").iterdir()))
        for number in [*range(150), 149]:
            fetcher.fetch(web.url("/", names.serve(f"h{number}.example", web)), POLITE_ENOUGH)
        time.sleep(0.1)  # the server, of this process too, hears of the ends
        after = len(list(Path("/proc/self/fd").iterdir()))
    assert after - before < 3 * 80  # two here, one at the server
    assert web.connections == 150


def test_no_socket_is_left_open(web: WebServer, names: Names) -> None:
    """Good pages, cut ones, refused ones and closed connections leave as many open files as there were."""
    web.routes |= {"/": "page", "/cut": Answer(b"xxx", cut=1), "/close": Answer(b"x", headers={"Connection": "close"})}
    if not Path("/proc/self/fd").exists():
        pytest.skip("open files are counted in /proc")
    before = len(list(Path("/proc/self/fd").iterdir()))
    with make_fetcher() as fetcher:
        for _ in range(3):
            fetcher.fetch(web.url("/", "news.example"), POLITE_ENOUGH)
            fetcher.fetch(web.url("/close", "news.example"), POLITE_ENOUGH)
            refusal(fetcher, web.url("/cut", "news.example"))
    deadline = time.monotonic() + 3
    while (left := len(list(Path("/proc/self/fd").iterdir()))) > before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert left <= before
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > left
