"""JSON Feed 1 and 1.1 into entries (jsonfeed.org)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from html import escape
from typing import Any

from digest.errors import FormatError
from digest.extract.entries import Announced, left_out, make_entry, plain_line, tidy_entries
from digest.extract.leading import leading_picture
from digest.extract.moments import read_moment
from digest.model import Document, Listing
from digest.urls import clean_url

_VERSION = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org', re.I)


def looks_like_json_feed(text: str) -> bool:
    """Whether `text` is an object that says it is a JSON Feed."""
    return text.lstrip()[:1] == "{" and bool(_VERSION.search(text))


def read_json_feed(text: str, document: Document, limit: int) -> Listing:
    """Return what a JSON Feed announces.

    Raises:
        FormatError: it is no JSON, or holds no list of items.
    """
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{document.name} is a JSON Feed that is broken", "open it in a browser") from error
    items = feed.get("items")
    if not isinstance(items, list):
        raise FormatError(f"{document.name} is a JSON Feed without items", "open it in a browser")
    site, home = plain_line(_text(feed, "title")), clean_url(_text(feed, "home_page_url"), document.url)
    rows = [row for row in items[:limit] if isinstance(row, Mapping)]
    problems = ["some items are no objects"] if len(rows) < len(items[:limit]) else []
    if len(items) > limit:
        problems.append(f"the feed holds {len(items)} items; only the first {limit} were read")
    made = [make_entry(_announced(row, feed, site, document), document) for row in rows]
    return Listing(
        entries=tuple(tidy_entries([entry for entry in made if entry], home)),
        title=site,
        home=home,
        following=clean_url(_text(feed, "next_url"), document.url),
        problems=(*problems, *left_out(made)),
    )


def _announced(row: Mapping[str, Any], feed: Mapping[str, Any], site: str, document: Document) -> Announced:
    named = _text(row, "id")
    return Announced(
        title=_text(row, "title"),
        content=_text(row, "content_html") or escape(_text(row, "content_text"), quote=False),
        summary=_text(row, "summary"),
        url=clean_url(_text(row, "url"), document.url) or clean_url(named) or clean_url(_text(row, "external_url")),
        published=_date(row, "date_published") or _date(row, "date_modified"),
        author=plain_line(_author(row) or _author(feed)),
        site=site,
        categories=tuple(tag for tag in _list(row, "tags") if isinstance(tag, str)),
        image=leading_picture((_text(row, "image"), _text(row, "banner_image")), document.url),
    )


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _list(row: Mapping[str, Any], name: str) -> list[Any]:
    value = row.get(name)
    return value if isinstance(value, list) else []


def _date(row: Mapping[str, Any], name: str) -> datetime | date | None:
    return read_moment(row.get(name))


def _author(row: Mapping[str, Any]) -> str:
    people = [*_list(row, "authors"), row.get("author")]
    return "、".join(_text(who, "name") for who in people if isinstance(who, Mapping) and _text(who, "name"))
