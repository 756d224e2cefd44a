"""What an answer means: a page, another address, a wait, or an end, and how that is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import quote

from digest.collect.retrying import AgainError
from digest.collect.targets import Target, read_target
from digest.errors import FetchError

PAGES = frozenset((200, 203))
REDIRECTS = frozenset((301, 302, 303, 307, 308))
AGAIN = frozenset((408, 425, 429, *range(500, 600))) - {501, 505, 521}

_FIREWALL = "this is how firewalls of official sites turn programs away; try headers of a browser, or a longer delay"
_HINTS = {
    401: "give the headers or cookies that the site wants",
    403: "give headers or cookies for this source, or read it less often",
    404: "check the address; the page may have moved",
    407: "the proxy wants a user and a password: http://user:password@host:port",
    410: "remove it; the site says that it is gone for good",
    202: _FIREWALL,
    412: _FIREWALL,
    521: _FIREWALL,
    429: "the site asks for fewer requests: set a longer delay",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a server, its body whole; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()


def judge(reply: Reply, name: str, now: datetime) -> FetchError | AgainError | None:
    """Return why a reply is no page, None where it is one."""
    if reply.status in PAGES:
        return None
    try:
        words = f" {HTTPStatus(reply.status).phrase}"
    except ValueError:
        words = ""
    again = reply.status in AGAIN
    hint = _HINTS.get(reply.status) or ("try again later" if again else "open it in a browser to see what is there")
    error = FetchError(f"{name} answered {reply.status}{words}", hint, status=reply.status, passing=again)
    if not again:
        return error
    wait = read_wait(reply.headers.get("retry-after", ""), now)
    if wait > 1:
        error = FetchError(f"{error.message} and asks to wait {wait:.0f} s", hint, status=reply.status, passing=True)
    return AgainError(error, wait)


def read_wait(value: str, now: datetime) -> float:
    """Return the seconds that a Retry-After header asks for, as a number or as a date; 0 where it says nothing."""
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, IndexError, OverflowError):
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)


def next_target(reply: Reply, asked: Target) -> Target:
    """Return where a redirect leads to.

    Raises:
        FetchError: nowhere, to no http or https address, or from https back to http.
    """
    location = reply.headers.get("location", "")
    if not location:
        raise FetchError(f"{asked.name} redirects to nowhere", "tell the site", status=reply.status)
    raw = location.encode("latin-1", "replace")  # http.client reads every header as Latin-1
    try:
        location = raw.decode("utf-8")
    except UnicodeDecodeError:
        location = quote(raw, safe="%/:=&?~#+!$,;'@()*[]")
    try:
        target = read_target(location, base=asked.url)
    except FetchError as error:
        raise FetchError(f"{asked.name} redirects: {error.message}", error.hint, status=reply.status) from None
    if asked.scheme == "https" and target.scheme == "http":
        raise FetchError(
            f"{asked.name} redirects from https to http: {target.name}",
            "anyone on the way could change that page; give its http address yourself if you accept this",
            status=reply.status,
        )
    return target
