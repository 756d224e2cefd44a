"""The HTTP cache: what was put is what is got, and nothing that is broken does any harm."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.collect.cache import Cached, HttpCache

NOW = datetime(2024, 1, 11, 9, 30, tzinfo=UTC)
PAGE = Cached("正文".encode() * 100, "http://a.example/b", "text/html; charset=utf-8", '"e1"', "Thu, 11 Jan 2024", NOW)


@pytest.fixture
def cache(tmp_path: Path) -> HttpCache:
    """An empty cache, whose folder does not exist yet."""
    return HttpCache(tmp_path / "deep" / "http")


def only_file(cache: HttpCache) -> Path:
    """The one file of a cache."""
    (path,) = cache.folder.iterdir()
    return path


def test_what_was_put_is_what_is_got(cache: HttpCache) -> None:
    """A body comes back with its URL, type, validators and moment."""
    cache.put("http://a.example/", {}, PAGE)
    assert cache.get("http://a.example/", {}) == PAGE
    assert cache.get("http://a.example/other", {}) is None


def test_another_cookie_is_another_page(cache: HttpCache) -> None:
    """What one set of headers got is not given to another; how a name is capitalised makes no difference."""
    cache.put("http://a.example/", {"Cookie": "a=1"}, PAGE)
    assert cache.get("http://a.example/", {"cookie": "a=1"}) == PAGE
    assert cache.get("http://a.example/", {"cookie": "a=2"}) is None
    assert cache.get("http://a.example/", {}) is None


def test_only_the_owner_may_read_it(cache: HttpCache) -> None:
    """The folder is 0700 and its files 0600, whatever the umask; no temporary file is left."""
    before = os.umask(0o022)
    try:
        cache.put("http://a.example/", {}, PAGE)
    finally:
        os.umask(before)
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(only_file(cache).stat().st_mode) == 0o600


def test_confirming_moves_the_moment_only(cache: HttpCache) -> None:
    """After a 304 the body is the same and its moment the new one."""
    cache.put("http://a.example/", {}, PAGE)
    cache.confirm("http://a.example/", {}, NOW + timedelta(hours=3))
    got = cache.get("http://a.example/", {})
    assert got is not None
    assert got.confirmed == NOW + timedelta(hours=3)
    assert got.body == PAGE.body


def test_forgetting_takes_the_old_and_the_unfinished(cache: HttpCache) -> None:
    """What was confirmed before the moment goes, what later stays; what a killed process left goes too."""
    cache.put("http://a.example/old", {}, PAGE)
    left = cache.folder / ".1-2-3.tmp"
    left.write_bytes(b"half")
    os.utime(left, (NOW.timestamp(), NOW.timestamp()))
    cache.put("http://a.example/new", {}, Cached(b"", "u", "", "", "", NOW + timedelta(days=2)))
    assert cache.forget(NOW + timedelta(days=1)) == 2
    assert cache.get("http://a.example/old", {}) is None
    assert cache.get("http://a.example/new", {}) is not None


@given(place=st.floats(0, 0.999), change=st.sampled_from(["cut", "flip", "empty"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_a_broken_file_is_a_miss(cache: HttpCache, place: float, change: str) -> None:
    """Cut anywhere, or with any byte changed, a file gives the true body or nothing."""
    cache.put("http://a.example/", {}, PAGE)
    path = only_file(cache)
    data = bytearray(path.read_bytes())
    spot = int(len(data) * place)
    if change == "flip":
        data[spot] ^= 0x55
    path.write_bytes(b"" if change == "empty" else data[:spot] if change == "cut" else data)
    got = cache.get("http://a.example/", {})
    assert got is None or got.body == PAGE.body


def test_a_disk_that_takes_nothing_stops_nobody(tmp_path: Path) -> None:
    """Where the folder cannot be made, everything is a miss and nothing an error."""
    (tmp_path / "file").write_text("in the way")
    cache = HttpCache(tmp_path / "file" / "http")
    cache.put("http://a.example/", {}, PAGE)
    cache.confirm("http://a.example/", {}, NOW)
    assert cache.get("http://a.example/", {}) is None
    assert cache.forget(NOW) == 0
