"""The headers of a request: what everyone is told, and what only the source's own host may know."""

from __future__ import annotations

import re
from collections.abc import Mapping

from digest.collect.access import Access
from digest.collect.cache import Cached
from digest.collect.targets import Target
from digest.errors import FetchError

_COMMON = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
}
_OURS = re.compile(
    r"accept-encoding|connection|content-length|cookie|host|if-.*|proxy-.*|range|te|transfer-encoding|upgrade", re.I
)
HARMLESS = frozenset(("accept", "accept-language", "user-agent"))
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def request_headers(
    target: Target, access: Access, own: str, agent: str, received: Mapping[str, str], cached: Cached | None
) -> dict[str, str]:
    """Return the headers to ask for a target with.

    Args:
        target: what is asked for.
        access: the source's; its headers and cookies go to its own host only, but for the harmless ones.
        own: that host, as `host:port`.
        agent: the User-Agent, unless the source has one.
        received: cookies that this host has set in the course of this fetch.
        cached: what is known of exactly this target, to be asked for only if it has changed.

    Raises:
        FetchError: the source has a header that no request can carry.
    """
    check_headers(access)
    chosen = {"User-Agent": agent, **_COMMON}
    at_home = is_home(target, own)
    for name, value in access.headers.items():
        if not _OURS.fullmatch(name) and (at_home or name.lower() in HARMLESS):
            chosen = {known: kept for known, kept in chosen.items() if known.lower() != name.lower()} | {name: value}
    cookies = {**(access.cookies if at_home else {}), **received}
    pairs = [value for name, value in access.headers.items() if at_home and name.lower() == "cookie"]
    pairs += [f"{name}={value}" for name, value in cookies.items()]
    if pairs:
        chosen["Cookie"] = "; ".join(pairs)
    known = {"If-None-Match": cached.etag, "If-Modified-Since": cached.last_modified} if cached is not None else {}
    chosen |= {name: value for name, value in known.items() if value and _VALUE.fullmatch(value)}
    return {"Host": target.netloc, "Accept-Encoding": "gzip, deflate"} | chosen


def is_home(target: Target, own: str) -> bool:
    """Return whether a target lies at the source's own host; the step from http to https stays at home."""
    return target.place == own or (target.scheme == "https" and target.port == 443 and own == f"{target.host}:80")


def check_headers(access: Access) -> None:
    """Return where every header and cookie of a source can be sent.

    Raises:
        FetchError: one cannot; its value, which may be secret, is not shown.
    """
    for kind, pairs in (("header", access.headers), ("cookie", access.cookies)):
        for name, value in pairs.items():
            if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value) or (kind == "cookie" and ";" in value):
                raise FetchError(
                    f"the {kind} {name!r} of this source has a character that cannot be sent", "see its value"
                )


def read_cookies(lines: list[str]) -> dict[str, str]:
    """Return the names and values in Set-Cookie headers; a guard that sets a cookie and redirects wants it back."""
    found: dict[str, str] = {}
    for line in lines[:50]:
        name, equals, value = (part.strip() for part in line.partition(";")[0].partition("="))
        if equals and _NAME.fullmatch(name) and _VALUE.fullmatch(value) and len(value) < 4_000:
            found[name] = value
    return found
