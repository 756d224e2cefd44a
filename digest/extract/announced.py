"""The two steps of a source on the web: what its list announces, and the page behind one of its entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from digest.errors import FormatError
from digest.extract.blocked import find_block
from digest.extract.dates import BEIJING
from digest.extract.feeds import read_feed
from digest.extract.jsonlists import read_json_list
from digest.extract.lists import read_list
from digest.extract.read import first_article, read_document
from digest.model import Article, Document, Listing

_THIN = 40
"""A text of fewer characters is no article, if the list said more."""

_LONG = 600
"""A text of so many characters is no block page."""

_FEW = 3
"""A list of fewer entries may be the links of a block page."""


def read_listing(document: Document, kind: str, rules: Mapping[str, str], limit: int) -> Listing:
    """Return what a `feed`, `page-list` or `json` list announces, its first `limit` entries.

    `rules` are the selectors of a list page, or the paths of a JSON list.

    Raises:
        FormatError: it is none, nothing is announced in it, or a block page stands in its place.
    """
    try:
        listing = _read_kind(document, kind, rules, limit)
    except FormatError:
        _refuse_block_page(document)
        raise
    return replace(listing, entries=listing.entries[:limit])


def _read_kind(document: Document, kind: str, rules: Mapping[str, str], limit: int) -> Listing:
    if kind == "feed":
        return read_feed(document, limit)
    if kind == "json":
        return read_json_list(document, rules)
    listing = read_list(document, rules)
    if len(listing.entries) < _FEW:
        _refuse_block_page(document)
    if not listing.entries:
        raise FormatError(
            "no list of articles is found on the page",
            'say where it is: select = { item = "ul.list > li" }; a list drawn by a script wants kind = "json"',
        )
    return listing


def read_announced(document: Document, announced: Article) -> Article:
    """Return the article of a page, completed by what its list said of it.

    Raises:
        FormatError: the page holds no article, or a block page stands in its place.
    """
    try:
        article = first_article(read_document(document), document.name)
    except FormatError:
        _refuse_block_page(document)
        raise
    if len(article.text) < _LONG:
        _refuse_block_page(document)
    return complete_article(article, announced)


def _refuse_block_page(document: Document) -> None:
    if blocked := find_block(document):
        scripted = "script" in blocked
        raise FormatError(
            f"no article is found: {blocked}"
            if scripted
            else f"the server answers with a block page instead: {blocked}",
            'where its script loads JSON, read that: kind = "json" (the browser\'s tools show the address)'
            if scripted
            else "try again later; where it stays so, give the source a larger delay, or the headers a browser sends",
        )


def complete_article(article: Article, announced: Article) -> Article:
    """Return the article of a page with the title, time, author and site its list gave, where it has none as good."""
    return replace(
        article,
        title=_better_title(article.title, announced.title),
        text=article.text if len(article.text) >= min(_THIN, len(announced.text)) else announced.text,
        author=article.author or announced.author,
        published=_better_time(article.published, announced.published),
        site=article.site or announced.site,
        url=article.url or announced.url,
        categories=article.categories or announced.categories,
        origin=article.origin or announced.origin,
        image=article.image or announced.image,
        source=announced.source or article.source,
        position=announced.position,
    )


def _better_title(page: str, announced: str) -> str:
    """The page's own title, unless it speaks of something else than the list's, as the name of a site does."""
    if not page or not announced:
        return page or announced
    own, given = set(filter(str.isalnum, page)), set(filter(str.isalnum, announced))
    return page if len(own & given) * 2 >= min(len(own), len(given)) and len(own) > 3 else announced


def _better_time(page: datetime | date | None, announced: datetime | date | None) -> datetime | date | None:
    """The list's, where they speak of different days, since a page shows many dates; else the more exact of the two."""
    if page is None or announced is None:
        return page or announced
    if abs((_day(page) - _day(announced)).days) > 1:
        return announced
    return page if isinstance(page, datetime) or not isinstance(announced, datetime) else announced


def _day(moment: datetime | date) -> date:
    return moment.astimezone(BEIJING).date() if isinstance(moment, datetime) else moment
