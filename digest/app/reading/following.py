"""One source on the web: its list is read, and the page of every entry that is new and only announced."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Protocol

from digest.app.reading.collected import Collected, Found
from digest.app.reading.stale import believable, stale_reason
from digest.collect.access import Access, place_of
from digest.collect.http import Fetcher
from digest.collect.targets import without_secrets
from digest.config import SourceSettings
from digest.errors import DigestError, FetchError
from digest.extract.announced import read_announced, read_listing
from digest.guard import Guard
from digest.model import Article, Document, Entry
from digest.urls import identify_url, leads_home

PATIENCE = 300.0
"""After so many seconds with one source, its remaining pages wait for the next run."""

KEPT = timedelta(days=1)
"""A page fetched so recently is not asked for again: a second preview costs the server nothing."""

WORTH = 40
"""A teaser of so many characters stands for its article where the page cannot be read."""


class Known(Protocol):
    """What was read before."""

    def find_known(self, urls: Iterable[str], source: str) -> Mapping[str, Article]:
        """Of some URLs, the articles that the source has read from them."""

    def find_listed(self, source: str, mark: str) -> Sequence[Article] | None:
        """The articles of a source's list, where that very list was read to its end; else None."""


@dataclass(slots=True)
class Curfew:
    """When all reading ends: from the moment that `told` says why, nothing more is asked for."""

    told: str = ""


@dataclass(frozen=True, slots=True)
class Tools:
    """What reading a source takes: who fetches, who parses, what is known, the surroundings, and when it must end."""

    fetcher: Fetcher
    guard: Guard
    known: Known
    environ: Mapping[str, str]
    now: datetime
    curfew: Curfew = field(default_factory=Curfew)


def access_of(source: SourceSettings, environ: Mapping[str, str]) -> Access:
    """Return how a source may be read.

    Raises:
        ConfigError: a variable that its headers or cookies name is not set.
        FetchError: its URL is none.
    """
    place = place_of(source.url or "")
    return Access(
        headers=source.reveal(source.headers, environ),
        cookies=source.reveal(source.cookies, environ),
        robots=source.robots,
        legacy_tls=source.legacy_tls,
        cafile=source.cafile,
        allow_private=place if source.allow_private else "",
        delay=source.delay,
        place=place,
    )


def read_source(source: SourceSettings, tools: Tools, *, baseline: bool = False) -> Collected:
    """Return what came of one source on the web; whatever goes wrong is told in it.

    With `baseline` its list is read, but none of its pages.
    """
    collected = Collected(source, baseline=baseline, late=tools.curfew.told)
    if collected.late:
        collected.asked = False
        return collected
    begun = monotonic()
    try:
        access = access_of(source, tools.environ)
        if source.kind == "page":
            _read_single(collected, access, tools)
        else:
            _read_list(collected, access, tools)
    except DigestError as error:
        collected.gone = isinstance(error, FetchError) and error.gone
        collected.late = tools.curfew.told
        if not collected.late:  # else the only trouble is that nothing more may be asked for
            collected.problems.append(str(error))
    collected.seconds = monotonic() - begun
    return collected


def _read_single(collected: Collected, access: Access, tools: Tools) -> None:
    """A source of one page: looked at every time, since the page is what is watched."""
    url = collected.source.url or ""
    fetched = tools.fetcher.fetch(url, access)
    # the reader's link, and what is kept, must not hold the key to the page
    document = replace(fetched, source=collected.source.name, url=without_secrets(fetched.url))
    article = tools.guard.call(read_announced, document, Article(source=collected.source.name))
    article = replace(article, url=without_secrets(article.url))
    collected.found.append(
        Found(
            article,
            document,
            without_secrets(url),
            fresh=url not in tools.known.find_known([url], collected.source.name),
        )
    )


def _read_list(collected: Collected, access: Access, tools: Tools) -> None:
    first = _fetch_list(collected.source, collected.source.url or "", access, tools)
    mark = _mark(collected.source, first)
    before = tools.known.find_listed(collected.source.name, mark)
    if before is not None:
        age = collected.source.max_age
        collected.found = [Found(article, stale=stale_reason(article, age, tools.now)) for article in before]
        collected.listed, collected.mark = len(before), mark
        return
    _read_entries(collected, first, access, tools)
    if not (collected.problems or collected.unread or collected.late):
        collected.mark = mark


def _fetch_list(source: SourceSettings, url: str, access: Access, tools: Tools) -> Document:
    return replace(tools.fetcher.fetch(url, access), source=source.name)


def _mark(source: SourceSettings, first: Document) -> str:
    """What names a list as it is read: its bytes and the settings; empty where further pages belong to it."""
    if source.pages > 1:
        return ""
    settings = source.model_dump_json(exclude={"headers", "cookies"})
    return sha256(settings.encode() + b"\0" + first.data).hexdigest()


def _read_entries(collected: Collected, first: Document, access: Access, tools: Tools) -> None:
    listed: dict[str, tuple[Entry, Document]] = {}
    for document, entry in _entries(collected, first, access, tools):
        identity = identify_url(entry.article.url) if entry.article.url else entry.article.key
        placed = replace(entry, article=replace(entry.article, position=len(listed) + 1))
        listed.setdefault(identity, (placed, document))
        if len(listed) >= collected.source.items:
            break
    collected.listed = len(listed)
    urls = [entry.article.url for entry, _ in listed.values() if entry.article.url]
    known = tools.known.find_known(urls, collected.source.name)
    end = monotonic() + PATIENCE
    for entry, document in listed.values():
        if tools.curfew.told:
            collected.late = tools.curfew.told
            return
        if monotonic() > end:
            late = f"the source took longer than {PATIENCE / 60:g} minutes; they wait for the next run"
            collected.unread.setdefault(late, []).append(entry.article.title or entry.article.url)
            continue
        found = _find(entry, document, known.get(entry.article.url), collected, access, tools)
        if found:
            collected.found.append(found)


def _entries(collected: Collected, first: Document, access: Access, tools: Tools) -> Iterator[tuple[Document, Entry]]:
    """The entries of the list and of its following pages, each with the document it stands in."""
    source = collected.source
    rules = source.paths.as_mapping() if source.kind == "json" else source.select.as_mapping()
    url, seen = source.url or "", set[str]()
    for page in range(source.pages):
        if not url or url in seen:
            return
        seen.add(url)
        document = _fetch_list(source, url, access, tools) if page else first
        try:
            listing = tools.guard.call(read_listing, document, source.kind, rules, source.items)
        except DigestError:
            tools.fetcher.forget(url, access)  # a block page must not come back from the cache
            raise
        collected.title = collected.title or listing.title
        collected.problems.extend(listing.problems)
        for entry in listing.entries:
            yield document, replace(entry, article=replace(entry.article, source=source.name))
        url = listing.following


def _find(
    entry: Entry, document: Document, known: Article | None, collected: Collected, access: Access, tools: Tools
) -> Found | None:
    """The article of one entry: the known one, the one in the list, or the one of its page; None where none is read."""
    source, article = collected.source, believable(entry.article, tools.now)
    if known is not None and not (known.title or known.text):  # so old that its words are not kept any more
        collected.old += 1
        return None
    if known is not None:
        return Found(known, stale=stale_reason(known, source.max_age, tools.now))
    stale = stale_reason(article, source.max_age, tools.now)
    enough = source.full_text == "never" or (entry.complete and source.full_text == "auto")
    if collected.baseline or enough or not article.url:
        return Found(article, document, stale=stale, fresh=True)
    if stale:
        collected.old += 1  # not even its page is asked for
        return None
    try:
        page = tools.fetcher.fetch(article.url, access, keep=KEPT)
        if leads_home(page.url) and not leads_home(article.url):
            tools.fetcher.forget(article.url, access)
            raise FetchError("it leads to the front page of its site", "the article may be gone")
        try:
            read = tools.guard.call(read_announced, replace(page, source=source.name), article)
            read = believable(read, tools.now)
        except DigestError:
            tools.fetcher.forget(article.url, access)
            raise
    except DigestError as error:
        if tools.curfew.told:
            collected.late = tools.curfew.told
            return None  # not even by its teaser: it would be known then, and its page never read
        collected.unread.setdefault(_reason(error), []).append(article.title or article.url)
        return Found(article, document, fresh=True) if len(article.text) >= WORTH else None
    said_by = document if read.text == article.text else page  # a page too thin stood back behind its list
    return Found(read, said_by, article.url, stale_reason(read, source.max_age, tools.now), fresh=True)


def _reason(error: DigestError) -> str:
    """The complaint about a page, in words that are the same for all pages with the same trouble."""
    if isinstance(error, FetchError) and error.status >= 400:
        return f"the server answers {error.status}"
    return re.sub(r"https?://\S+", "the page", error.message)


@dataclass(frozen=True, slots=True)
class Checked:
    """How the page of an article stands: the server's answer, and what was read from it, where it answered so."""

    article: Article
    status: int
    found: Found | None = None


def check_page(article: Article, source: SourceSettings, tools: Tools) -> Checked | None:
    """Return how the page of an article stands now, or None where nobody can say: no network, a block page."""
    try:
        document = replace(tools.fetcher.fetch(article.url, access_of(source, tools.environ)), source=source.name)
        read = tools.guard.call(read_announced, document, Article(source=source.name))
    except FetchError as error:
        return Checked(article, error.status) if error.status and not error.passing else None
    except DigestError:
        return None
    return Checked(article, 200, Found(replace(read, url=article.url), document, article.url))
