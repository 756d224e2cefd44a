"""List pages of sites that have no feed: by CSS selectors, or by their structure; their next page; their feeds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from digest.errors import FormatError
from digest.extract.doctext import document_text, one_line
from digest.extract.html import parse
from digest.extract.listdates import row_date
from digest.extract.listgroups import choose_groups, find_groups
from digest.extract.listlinks import Link, Row, article_links, find_rows
from digest.extract.listpaging import next_page
from digest.extract.listselect import select_following, select_rows
from digest.extract.metadata import strip_site
from digest.model import Article, Document, Entry, Listing
from digest.rank.language import detect_language
from digest.urls import clean_url

_FEED_TYPE = re.compile(r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/x-rss", re.I)
_FEED_URL = re.compile(r"(?:^|[/._?=-])(?:rss2?|feeds?|atom)(?:$|[/._?=-])", re.I)
_FEED_WORD = re.compile(r"\b(?:RSS|Atom)\b|RSS|订阅源|聚合", re.I)
_COMMENTS = re.compile(r"comment|评论", re.I)
_RECORDS = re.compile(r"<script\b[^<>]{0,200}\btext/xml\b[^<>]{0,200}>(.*?)(?:</script\s*>|\Z)", re.I | re.S)
_MOST = 500


def read_list(document: Document, select: Mapping[str, str] = {}) -> Listing:
    """Return the articles that a list page links to, in its order, each once, and its next page.

    `select` may hold CSS selectors: `item` (a row), and inside it `link`, `title`, `date`; and `next` for the whole
    page.  Without `item` and `link` the list is found by its structure.

    Raises:
        FormatError: a selector is wrong, or matches nothing on the page.
    """
    text = _with_records(document_text(document))
    root = parse(text)
    if root is None:
        raise FormatError(f"{document.name} is an empty page")
    base = _base(root, document.url)
    problems: list[str] = []
    if select.get("item") or select.get("link"):
        rows = select_rows(root, select, base, problems)
    else:
        rows = _find_list(root, base, clean_url(document.url))
    following = select_following(root, select["next"], base) if select.get("next") else next_page(root, text, base)
    title = strip_site(one_line(root.findtext(".//title") or ""))
    found: dict[str, Entry] = {}
    for row in rows[:_MOST]:
        found.setdefault(row.link.url, _entry(row, document))
    return Listing(
        entries=tuple(found.values()),
        title=title,
        home=clean_url(document.url),
        following=following if following != clean_url(document.url) else "",
        problems=tuple(problems),
    )


def find_feeds(document: Document) -> tuple[tuple[str, str], ...]:
    """Return the URL and title of the feeds that a page announces, those in its head first, those of comments last."""
    root = parse(document_text(document))
    if root is None:
        return ()
    base = _base(root, document.url)
    found: dict[str, str] = {}
    for link in root.iter("link"):
        if "alternate" in (link.get("rel") or "").lower().split() and _FEED_TYPE.search(link.get("type") or ""):
            found.setdefault(clean_url(link.get("href") or "", base), one_line(link.get("title") or ""))
    for anchor in root.iter("a"):
        told = one_line("".join(anchor.itertext())) or one_line(anchor.get("title") or "")
        href = anchor.get("href") or ""
        if (_FEED_URL.search(href) and (len(told) <= 20)) or (len(told) <= 30 and _FEED_WORD.search(told)):
            found.setdefault(clean_url(href, base), told)
    feeds = [(url, title) for url, title in found.items() if url and url != clean_url(document.url)]
    return tuple(sorted(feeds, key=lambda feed: bool(_COMMENTS.search(" ".join(feed)))))


def _find_list(root: Any, base: str, own: str) -> list[Row]:
    """The rows of the page's list, with those whose headline is too short to be taken for one alone."""
    groups = choose_groups(find_groups(find_rows(article_links(root, base, own))), root)
    chosen = [row for group in groups for row in group.rows]
    places = {(row.element.getparent(), row.element.tag) for row in chosen}
    known = {row.element for row in chosen}
    short: list[Link] = []
    for container, tag in places:
        for element in islice(container.iterchildren(tag), _MOST):
            if element not in known:
                short += article_links(element, base, own, narrowest=4)[:1]
    order = {element: number for number, element in enumerate(root.iter())}
    return sorted(chosen + _short_rows(short, chosen), key=lambda row: order[row.link.anchor])


def _short_rows(links: list[Link], chosen: list[Row]) -> list[Row]:
    """The rows of short headlines that have a date where the others have one."""
    return [row for row in find_rows(links) if chosen and row_date(row.beside, row.link.url, None)]


def _entry(row: Row, document: Document) -> Entry:
    title = one_line(row.link.title)
    article = Article(
        title=title,
        published=row_date(row.beside, row.link.url, document.fetched_at),
        url=row.link.url,
        language=detect_language(title),
        source=document.source,
    )
    return Entry(article)


def _base(root: Any, url: str) -> str:
    """What relative links are relative to: <base href>, else the page."""
    element = next(root.iter("base"), None)
    return clean_url(element.get("href") or "", url) or url if element is not None else url


def _with_records(text: str) -> str:
    """The page with the rows that a common CMS keeps in a script as XML records, of which its pager draws a part."""
    return _RECORDS.sub(lambda match: re.sub(r"<!\[CDATA\[|\]\]>", "", match[1]), text)
