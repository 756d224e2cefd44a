"""What is done about sources: finding out what a URL is, checking them, importing and exporting lists of feeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from digest.app.reading.collecting import Collector
from digest.app.reading.following import Tools, access_of
from digest.config import SourceSettings
from digest.errors import DigestError, FormatError
from digest.extract.announced import read_announced, read_listing
from digest.extract.blocked import find_block
from digest.extract.dates import BEIJING
from digest.extract.feeds import looks_like_feed
from digest.extract.lists import find_feeds
from digest.extract.opml import Outline
from digest.model import Article, Document, Entry, Listing
from digest.urls import host_of, identify_url

LIST = 5
"""A page that names fewer articles is no list page."""

SURE = 8
"""One that names so many is, even where it holds a text as well."""

PAGE = 100
"""A text of fewer characters is no article worth a source of its own."""

SCRIPTED = "give the address of the JSON that its script loads: the browser's tools (F12, Network) show it"

FEEDS_TRIED = 4
"""So many of the feeds a page announces are tried."""


@dataclass(frozen=True, slots=True)
class Identified:
    """What a URL turned out to be: the [[source]] table for it, and what it announces now.

    `others` are the feeds the page announces besides; `article` is what a single page holds.
    """

    table: dict[str, Any]
    entries: tuple[Entry, ...] = ()
    article: Article | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """How a source fares when it is asked: how many entries, the newest of them, how long it took, what is wrong."""

    source: SourceSettings
    entries: int
    newest: datetime | date | None
    seconds: float
    problems: tuple[str, ...]

    @property
    def well(self) -> bool:
        """Whether it brought something, and nothing is wrong with it."""
        return self.entries > 0 and not self.problems


def identify_source(wanted: SourceSettings, tools: Tools, kind: str | None = None) -> Identified:
    """Return what the URL of `wanted` is: a feed, a page that announces one, a list page, JSON, or a single page.

    With `kind` nothing else is tried.

    Raises:
        FetchError: it cannot be fetched.
        FormatError: it is none of these.
    """
    url = wanted.url or ""
    document = tools.fetcher.fetch(url, access_of(wanted, tools.environ))
    if kind == "page":
        return _as_page(wanted, document, tools, least=1)
    if kind:
        return _as_list(kind, url, tools.guard.call(read_listing, document, kind, _rules(wanted, kind), 500))
    if tools.guard.call(looks_like_feed, document):
        return _as_list("feed", url, tools.guard.call(read_listing, document, "feed", {}, 500))
    if _is_json(document):
        return _as_list("json", url, tools.guard.call(read_listing, document, "json", {}, 500))
    return _as_web_page(wanted, document, tools)


def _as_web_page(wanted: SourceSettings, document: Document, tools: Tools) -> Identified:
    """A web page: by the feed it announces, by the list it shows, by the article it holds."""
    feeds = tools.guard.call(find_feeds, document)
    for feed, _ in feeds[:FEEDS_TRIED]:
        try:
            # with the access to the address that was given: what it may reach, another place may not
            page = tools.fetcher.fetch(feed, access_of(wanted, tools.environ))
            listing = tools.guard.call(read_listing, page, "feed", {}, 500)
        except DigestError:
            continue
        if listing.entries:
            return _as_list("feed", feed, listing, tuple(other for other, _ in feeds if other != feed))
    if blocked := tools.guard.call(find_block, document):
        hint = SCRIPTED if "script" in blocked else "try later, or from a browser"
        raise FormatError(f"no article and no list is found: {blocked}", hint)
    try:
        listing = tools.guard.call(read_listing, document, "page-list", _rules(wanted, "page-list"), 500)
    except FormatError:
        listing = Listing()
    if len(listing.entries) >= SURE or (len(listing.entries) >= LIST and not _holds_article(document, tools)):
        return _as_list("page-list", wanted.url or "", listing)
    return _as_page(wanted, document, tools)


def _holds_article(document: Document, tools: Tools) -> bool:
    try:
        return len(tools.guard.call(read_announced, document, Article()).text) >= PAGE
    except FormatError:
        return False


def _as_list(kind: str, url: str, listing: Listing, others: tuple[str, ...] = ()) -> Identified:
    table = {"name": listing.title or host_of(url), "kind": kind, "url": url}
    return Identified(table, listing.entries, others=others)


def _as_page(wanted: SourceSettings, document: Document, tools: Tools, least: int = PAGE) -> Identified:
    article = tools.guard.call(read_announced, document, Article())
    if len(article.text) < least:
        raise FormatError(
            "this is no feed, and neither a list of articles nor an article is found on it",
            "give the address of a feed, of a column's list page, or of the JSON its script loads; or say --kind",
        )
    name = article.title or article.site or host_of(wanted.url or "")
    return Identified({"name": name, "kind": "page", "url": wanted.url}, article=article)


def _rules(wanted: SourceSettings, kind: str) -> dict[str, str]:
    return wanted.paths.as_mapping() if kind == "json" else wanted.select.as_mapping()


def _is_json(document: Document) -> bool:
    return "json" in document.media_type.lower() or document.data.lstrip()[:1] in (b"{", b"[")


def check_sources(sources: Sequence[SourceSettings], collector: Collector) -> Iterator[Check]:
    """Yield how each source fares, those done first first; no page behind a list is read, and nothing is kept."""
    for part in collector.collect(sources, [source.name for source in sources]):
        dates = [found.article.published for found in part.found if found.article.published]
        newest = max(dates, key=_moment, default=None)
        yield Check(part.source, part.listed or len(part.found), newest, part.seconds, part.report.problems)


def _moment(published: datetime | date) -> datetime:
    if isinstance(published, datetime):
        return published
    return datetime(published.year, published.month, published.day, tzinfo=BEIJING)


def outlines_of(sources: Sequence[SourceSettings]) -> list[Outline]:
    """Return the feeds among the sources as the outlines of an OPML file."""
    return [Outline(source.name, source.url or "") for source in sources if source.kind == "feed"]


def tables_of(outlines: Sequence[Outline], sources: Sequence[SourceSettings]) -> list[dict[str, Any]]:
    """Return [[source]] tables for the feeds that are not configured yet, each with a name of its own."""
    known = {identify_url(source.url) for source in sources if source.url}
    names = {source.name for source in sources}
    tables = []
    for outline in outlines:
        if identify_url(outline.url) not in known:
            known.add(identify_url(outline.url))
            name = free_name(outline.name, names)
            names.add(name)
            tables.append({"name": name, "kind": "feed", "url": outline.url})
    return tables


def free_name(name: str, taken: set[str]) -> str:
    """Return the name on one line, with a number behind it where it is taken."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in name).split())[:60] or "source"
    plain = "source" if plain == "*" else plain
    number = 2
    shown = plain
    while shown in taken:
        shown, number = f"{plain} {number}", number + 1
    return shown
