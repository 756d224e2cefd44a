"""What fuzzing found in the answers of servers."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from digest.collect.access import Access
from digest.collect.cache import Cached
from digest.collect.sending import read_cookies, request_headers
from digest.collect.targets import read_target

URL = "https://lanxi.example/"
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize("piece", ["$Version=1", "a", '"', "=", "a=b,"])
def test_a_long_cookie_takes_a_moment(piece: str) -> None:
    """Fifty headers of the greatest length cost no time; the cookie library of Python took ten seconds for one."""
    began = time.process_time()
    assert len(read_cookies([piece * (64_000 // len(piece)) for _ in range(50)])) <= 1
    assert time.process_time() - began < 1


def test_a_cookie_is_its_name_and_value_without_attributes() -> None:
    """Quotation marks belong to the value; what has no name, or a character that cannot be sent, is no cookie."""
    lines = ["a=1; Path=/; HttpOnly", 'b = "x y" ;Secure', "c=", "=d", "e", "h=i\r\nj"]
    assert read_cookies(lines) == {"a": "1", "b": '"x y"', "c": ""}


@pytest.mark.parametrize("dirty", ["e\r\nX: y", "标签", "e\x00"])
def test_a_validator_that_cannot_be_sent_is_left_out(dirty: str) -> None:
    """A server or a damaged cache gave it; the page is asked for without it."""
    target = read_target(URL)
    for etag, modified in ((dirty, ""), ("", dirty)):
        cached = Cached(b"", URL, "", etag, modified, NOW)
        headers = request_headers(target, Access(), target.place, "digest", {}, cached)
        assert not {"If-None-Match", "If-Modified-Since"} & set(headers)
    kept = request_headers(target, Access(), target.place, "digest", {}, Cached(b"", URL, "", '"e"', "Thu", NOW))
    assert (kept["If-None-Match"], kept["If-Modified-Since"]) == ('"e"', "Thu")
