"""Feeds into entries: RSS 0.90 to 2.0, RDF and Atom by feedparser, JSON Feed by ourselves.

feedparser gets clean UTF-8 in a BytesIO and nothing else (a string could be the name of a file), and nothing of what it
says about safety is believed: we take plain text only.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from digest.errors import DigestError, FormatError
from digest.extract.doctext import document_text
from digest.extract.entries import Announced, left_out, make_entry, plain_line, tidy_entries
from digest.extract.feedxml import find_root, prepare_feed, refuse_entities
from digest.extract.jsonfeed import looks_like_json_feed, read_json_feed
from digest.extract.leading import leading_picture
from digest.extract.moments import read_moment
from digest.model import Document, Listing
from digest.urls import clean_url

_NOT_A_FEED = "use page-list for a list page, or the address of the feed that it announces"
_PERSON = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}\.\w+|[<>]|^\s*\(|\)\s*$|\(\s*\)")
_FAULTS = (TypeError, ValueError, LookupError, AttributeError, OverflowError)
"""What feedparser stumbles over, such as a chapter of a podcast without a time."""
_DATES = ("published", "updated", "created")


def looks_like_feed(document: Document) -> bool:
    """Whether the document is a feed of any kind, by its first element, whatever its media type says."""
    try:
        text = document_text(document)
    except DigestError:
        return False
    return find_root(text) == "feed" or looks_like_json_feed(text)


def read_feed(document: Document, limit: int = 500) -> Listing:
    """Return what a feed announces, its first `limit` items at most, each once.

    Raises:
        FormatError: it is no feed, or one that cannot be read safely.
    """
    text = document_text(document)
    if looks_like_json_feed(text):
        return read_json_feed(text, document, limit)
    refuse_entities(text)
    root = find_root(text)
    if root == "page":
        raise FormatError(f"{document.name} is a web page, not a feed", _NOT_A_FEED)
    if not root:
        raise FormatError(f"{document.name} is no feed", "a feed is RSS, Atom, RDF or JSON Feed")
    data, problems = prepare_feed(text, limit)
    try:
        parsed = _parse(data)
    except _FAULTS as error:
        raise FormatError(f"{document.name} is a feed that is broken: {error}"[:300], "open it in a browser") from error
    feed, rows = parsed["feed"], parsed["entries"][:limit]
    if not rows and parsed.get("bozo") and not feed.get("title"):
        raise FormatError(f"{document.name} is a feed that is broken: {_complaint(parsed)}", "open it in a browser")
    site, home = plain_line(_text(feed, "title")), _home(feed, document)
    author = _author(feed)
    made = [make_entry(_announced(row, site, author, document), document) for row in rows]
    return Listing(
        entries=tuple(tidy_entries([entry for entry in made if entry], home)),
        title=site,
        home=home,
        following=_link(feed, "next", document),
        problems=(*problems, *left_out(made)),
    )


def _parse(data: bytes) -> Any:
    import feedparser

    # Without the feed's address feedparser resolves links by xml:base alone; the rest is for clean_url.
    headers = {"content-type": "application/xml; charset=utf-8"}
    return feedparser.parse(
        io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )


def _complaint(parsed: Mapping[str, Any]) -> str:
    return str(parsed.get("bozo_exception", "")).rpartition("unknown>:")[2][:120] or "no item can be found in it"


def _announced(row: dict[str, Any], site: str, author: str, document: Document) -> Announced:
    summary = _text(row, "summary")
    bodies = [body.get("value", "") for body in row.get("content", ()) if isinstance(body, Mapping)]
    return Announced(
        title=_text(row, "title"),
        # feedparser copies the content into a summary that is not there.
        content=max(bodies, key=len, default=""),
        summary="" if summary in bodies else summary,
        url=_url(row, document),
        published=_published(row),
        author=_author(row) or author,
        site=_original(row) or site,
        categories=tuple(_text(tag, "label") or _text(tag, "term") for tag in row.get("tags", ())),
        image=leading_picture(_pictures(row), document.url),
    )


def _pictures(row: Mapping[str, Any]) -> Iterator[str]:
    """The addresses of an entry's pictures: of Media RSS, enclosures, thumbnails, in this order."""
    for medium in row.get("media_content", ()):
        if _text(medium, "medium") == "image" or _text(medium, "type").startswith("image/"):
            yield _text(medium, "url")
    for link in row.get("links", ()):
        if link.get("rel") == "enclosure" and _text(link, "type").startswith("image/"):
            yield _text(link, "href")
    yield from (_text(thumbnail, "url") for thumbnail in row.get("media_thumbnail", ()))


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return value.strip() if isinstance(value, str) else ""


def _url(row: Mapping[str, Any], document: Document) -> str:
    """The address of an entry: its link, or a guid that is one."""
    named = clean_url(_text(row, "id"))
    if not row.get("links") and not _text(row, "feedburner_origlink"):
        return named  # feedparser takes any guid for a link, `77` too
    for name in ("feedburner_origlink", "link"):
        if url := clean_url(_text(row, name), document.url):
            return url
    return _link(row, "alternate", document) or named


def _link(row: Mapping[str, Any], relation: str, document: Document) -> str:
    links = [link for link in row.get("links", ()) if link.get("rel", "alternate") == relation]
    return next((url for link in links if (url := clean_url(_text(link, "href"), document.url))), "")


def _home(feed: Mapping[str, Any], document: Document) -> str:
    return clean_url(_text(feed, "link"), document.url) or _link(feed, "alternate", document)


def _published(row: dict[str, Any]) -> datetime | date | None:
    """The first date as it is written: feedparser makes 2024-01-11 a midnight, and 2024-02-31 a day in March."""
    # dict.get, since feedparser's own takes `published` for an `updated` that is not there, with a warning.
    written = (dict.get(row, name) for name in _DATES)
    return next((found for text in written if isinstance(text, str) and (found := read_moment(text))), None)


def _author(row: Mapping[str, Any]) -> str:
    """The names of the authors, without mail addresses."""
    people = [_text(who, "name") or _text(who, "email") for who in row.get("authors", ()) if isinstance(who, Mapping)]
    names = (" ".join(_PERSON.sub(" ", plain_line(who)).split()) for who in people or [_text(row, "author")])
    return "、".join(dict.fromkeys(filter(None, names)))


def _original(row: Mapping[str, Any]) -> str:
    """Who published an entry that the feed took from elsewhere."""
    source = row.get("source")
    return plain_line(_text(source, "title")) if isinstance(source, Mapping) else ""
