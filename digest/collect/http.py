"""Fetching over HTTP: the only sockets that read.

A fetch is careful about where it goes (every hop is checked, `connecting`), what it takes (size and time as a whole,
`reading` and `watchdog`), how it behaves (one request at a time for each host, `hosts`; robots.txt, `robots`), and what
it tells (one clear line without secrets).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType

from digest.collect.access import Access
from digest.collect.answers import REDIRECTS, Reply, next_target
from digest.collect.cache import Cached, HttpCache
from digest.collect.exchange import Exchange, Request, Traffic
from digest.collect.retrying import Allowance, Limits, persist
from digest.collect.robots import A_DAY, LARGEST, TOKEN, Rules, RulesBook, read_rules, unreadable
from digest.collect.sending import HARMLESS, is_home, read_cookies, request_headers
from digest.collect.targets import Target, mask_url, read_target
from digest.errors import FetchError
from digest.model import Document

__all__ = ["Fetcher", "Limits", "Traffic"]


@dataclass(slots=True)
class _Errand:
    """One fetch under way: whom it is for, what it may still cost and take, the cookies that hosts set on the way."""

    access: Access
    own: str
    allowance: Allowance
    size: int
    rules_only: bool = False
    cached: Cached | None = None
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)


class Fetcher:
    """Fetches pages and feeds, from any number of threads at once.  A context manager; closing it stops them all.

    Args:
        cache: keeps bodies, so that what has not changed is not sent again.
        limits: what one fetch may cost.
        environ: where `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` are looked for.
        clock: the moment, aware.
        user_agent: what we call ourselves, by default our name and version; a source may have its own in its headers.
    """

    def __init__(
        self,
        cache: HttpCache | None = None,
        *,
        limits: Limits = Limits(),  # noqa: B008  # frozen
        environ: Mapping[str, str] = {},
        clock: Callable[[], datetime],
        user_agent: str = "",
    ) -> None:
        self._cache, self._limits, self._clock, self._agent = cache, limits, clock, user_agent or _own_name()
        self._exchange, self._robots = Exchange(limits, environ, clock), RulesBook()

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def traffic(self) -> Traffic:
        """What was done so far."""
        return self._exchange.traffic

    def close(self) -> None:
        """Stops what is under way and ends every connection."""
        self._exchange.close()

    def fetch(self, url: str, access: Access = Access(), *, keep: timedelta | None = None) -> Document:  # noqa: B008
        """Return the page at a URL, whole, from the server or, where it has not changed, from the cache.

        Args:
            url: an http or https URL.
            access: how its source may be read.
            keep: a body fetched or confirmed less than this ago is returned without asking the server; with None the
                server is always asked, but for nothing more than what has changed.

        Raises:
            FetchError: it cannot be had, in one line and with a hint; `passing` where it may be later.
        """
        target = read_target(url)
        return self._fetch(target, self._errand(target, access), keep)

    def forget(self, url: str, access: Access = Access()) -> None:  # noqa: B008
        """Drops a URL from the cache, where what it answered turned out to be no page, such as a block page.

        Raises:
            FetchError: it is no http or https URL.
        """
        if self._cache:
            target = read_target(url)
            self._cache.drop(target.url, _identifying(target, self._errand(target, access)))

    def _errand(self, target: Target, access: Access) -> _Errand:
        return _Errand(access, access.place.lower() or target.place, Allowance(self._limits), self._limits.size)

    def _fetch(self, target: Target, errand: _Errand, keep: timedelta | None) -> Document:
        """The page, from the cache where that is allowed, else from the server, tried again as the limits say."""
        sent = _identifying(target, errand)
        errand.cached = self._cache.get(target.url, sent) if self._cache else None
        if errand.cached and keep and timedelta() <= self._clock() - errand.cached.confirmed < keep:
            self._exchange.count(cache_hits=1)
            return _document(errand.cached)
        found, reply = persist(lambda: self._follow(target, errand), errand.allowance, self._exchange.sleep)
        now = self._clock()
        if reply.status == 304 and errand.cached:
            self._exchange.count(not_modified=1)
            if self._cache:
                self._cache.confirm(target.url, sent, now)
            return _document(replace(errand.cached, confirmed=now))
        validators = {name: reply.headers.get(name.replace("_", "-"), "") for name in ("etag", "last_modified")}
        kept = Cached(reply.body, found.url, reply.headers.get("content-type", ""), **validators, confirmed=now)
        if self._cache:
            self._cache.put(target.url, sent, kept)
        return _document(kept)

    def _follow(self, target: Target, errand: _Errand) -> tuple[Target, Reply]:
        """The answer behind all redirects, each of which is checked like a first address, and where it was found."""
        first, seen = target, set()
        for _ in range(self._limits.redirects + 1):
            try:
                reply = self._hop(target, errand)
            except FetchError as error:
                if target is first:
                    raise
                told = f"{first.name} redirects: {error.message}"
                raise FetchError(told, error.hint, status=error.status, passing=error.passing) from None
            if reply.status not in REDIRECTS:
                return target, reply
            seen.add((target.url, str(errand.cookies)))
            errand.cookies.setdefault(target.host, {}).update(read_cookies(list(reply.cookies)))
            target = next_target(reply, target)
            if (target.url, str(errand.cookies)) in seen:
                raise FetchError(f"{target.name} redirects in a circle", "open it in a browser", status=reply.status)
        many = f"{target.name} is behind more than {self._limits.redirects} redirects"
        raise FetchError(many, "open it in a browser, and give the address it ends at")

    def _hop(self, target: Target, errand: _Errand) -> Reply:
        """The answer of one host, where its robots.txt lets us ask."""
        access, delay = errand.access, 0.0
        if not errand.rules_only:
            rules = self._rules(target, errand) if access.robots else Rules()
            if not rules.allow(target.url):
                hint = "where you may read it all the same, set robots = false for this source"
                raise FetchError(f"robots.txt of {target.host} asks not to read {target.name}", hint)
            delay = max(access.delay, rules.delay)
        cached = errand.cached if errand.cached and errand.cached.url == target.url else None
        received = errand.cookies.get(target.host, {})
        headers = request_headers(target, access, errand.own, self._agent, received, cached)
        request = Request(target, headers, access, errand.size, cut=errand.rules_only)
        return self._exchange.ask(request, delay, errand.allowance)

    def _rules(self, target: Target, errand: _Errand) -> Rules:
        """What the host's robots.txt asks for; asked for once, in the way its source may connect."""
        site = f"{target.scheme}://{target.place} {errand.access.opens(target.place)}"
        return self._robots.rules(site, lambda: self._load_rules(target, errand))

    def _load_rules(self, target: Target, errand: _Errand) -> Rules:
        wanted = replace(target, path="/robots.txt")
        harmless = replace(errand.access, headers=_harmless(errand.access.headers), cookies={})
        inner = _Errand(harmless, errand.own, errand.allowance, LARGEST, rules_only=True)
        try:
            return read_rules(self._fetch(wanted, inner, timedelta(seconds=A_DAY)).data)
        except FetchError as error:
            judged = unreadable(target.host, error)
            if isinstance(judged, FetchError):
                if inner.cached:  # yesterday's rules are better than none at all
                    return read_rules(inner.cached.body)
                raise judged from None
            if self._cache and error.status:
                nothing = Cached(b"", wanted.url, "", "", "", self._clock())
                self._cache.put(wanted.url, _identifying(wanted, inner), nothing)
            return judged


def _own_name() -> str:
    """Our name and version, and nothing of the user's."""
    try:
        return f"{TOKEN}/{version('textrank-digest')}"
    except PackageNotFoundError:
        return TOKEN


def _document(kept: Cached) -> Document:
    return Document(kept.body, mask_url(kept.url), kept.url, kept.media_type, fetched_at=kept.confirmed)


def _identifying(target: Target, errand: _Errand) -> dict[str, str]:
    """What makes it a page of its own: what the source sends along, and what it alone may reach.

    A page of this network, kept for the source that may read it, must not be given to one that may not.
    """
    access = errand.access
    told = {**access.headers, **{f"cookie {name}": value for name, value in access.cookies.items()}}
    opened = {"private": access.allow_private.lower()} if access.allow_private else {}
    return (told if is_home(target, errand.own) else {}) | opened


def _harmless(headers: Mapping[str, str]) -> dict[str, str]:
    """How the source wants us to introduce ourselves: a firewall that wants a browser wants it for robots.txt, too."""
    return {name: value for name, value in headers.items() if name.lower() in HARMLESS}
