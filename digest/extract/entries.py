"""An announced article put together: what feeds, JSON Feeds and JSON lists have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from html import unescape

from digest.extract.boilerplate import drop_boilerplate
from digest.extract.doctext import drop_unwritten, one_line
from digest.extract.glosses import strip_glosses
from digest.extract.html import fragment_lines, looks_like_fragment
from digest.extract.metadata import head_metadata
from digest.extract.moments import as_day, only_days
from digest.extract.plain import text_lines
from digest.extract.teasers import is_whole
from digest.model import Article, Document, Entry
from digest.rank.language import detect_language

_MARKUP = re.compile(
    r"<(?:!--|/?(?:a|abbr|article|b|big|blockquote|body|br|center|code|dd|div|dl|dt|em|embed|figcaption|figure|font|form|"
    r"h[1-6]|head|hr|html|i|iframe|img|input|li|link|math|meta|object|ol|p|pre|s|script|section|small|span|strong|style|"
    r"sub|sup|svg|table|tbody|td|th|tr|tt|u|ul|video)(?=[\s/>]))[^<>]*>",
    re.I,
)
_TAIL = re.compile(r"\s*(?:[-—–_|｜·]+|>>)\s*([^-—–_|｜·]{2,30})$")
_MOST_CATEGORIES = 12


@dataclass(frozen=True, slots=True)
class Announced:
    """What a list says of one article, still marked up: `content` may be all of it, `summary` is called a summary."""

    title: str = ""
    content: str = ""
    summary: str = ""
    url: str = ""
    published: datetime | date | None = None
    author: str = ""
    site: str = ""
    categories: tuple[str, ...] = ()
    image: str = ""


def make_entry(announced: Announced, document: Document) -> Entry | None:
    """Return the entry in plain text, or None where it has neither a title with a URL nor a text."""
    content, summary = body_lines(announced.content), body_lines(announced.summary)
    is_summary = sum(map(len, summary)) > sum(map(len, content))
    raw = summary if is_summary else content
    title = _without_site(strip_glosses(plain_line(announced.title)), announced.site)
    if not raw and not (title and announced.url):
        return None
    lines = [strip_glosses(drop_unwritten(line)) for line in raw]
    day, origin = head_metadata(lines)
    text = "\n".join(drop_boilerplate(lines, title))
    article = Article(
        title=title,
        text=text,
        author=announced.author,
        published=announced.published or day,
        site=announced.site,
        url=announced.url,
        language=detect_language(text or title),
        source=document.source or announced.site,
        categories=tuple(dict.fromkeys(filter(None, map(plain_line, announced.categories))))[:_MOST_CATEGORIES],
        origin=origin if origin != announced.site else "",
        image=announced.image,
    )
    return Entry(article, bool(text) and is_whole(raw, title, summary=is_summary))


def left_out(made: Sequence[Entry | None]) -> list[str]:
    """Return one line on how many items came to nothing, or no line."""
    count = made.count(None)
    had = "item has" if count == 1 else "items have"
    return [f"{count} {had} neither a link with a title nor a text"] if count else []


def tidy_entries(entries: list[Entry], home: str) -> list[Entry]:
    """Return the entries without those announced before, midnights made days where the list has no other times.

    Where entries of three and more titles share a URL, or it is the home page, it is no address of theirs: they go on
    without it where they have a text.
    """
    titles: dict[str, set[str]] = {}
    for entry in entries:
        titles.setdefault(entry.article.url, set()).add(entry.article.title)
    common = {url for url, named in titles.items() if url and len(named) > 2} | ({home} if len(entries) > 1 else set())
    days = only_days([entry.article.published for entry in entries])
    kept: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        article = entry.article
        if article.url in common or days:
            url = "" if article.url in common else article.url
            article = replace(article, url=url, published=as_day(article.published) if days else article.published)
        if article.url or article.text:
            key = (article.url,) if article.url else (article.title, article.text)
            kept.setdefault(key, Entry(article, entry.complete))
    return list(kept.values())


def plain_line(text: str) -> str:
    """Return a title or a name as one line of plain text; one that was escaped twice is decoded twice."""
    if _MARKUP.search(text):
        text = " ".join(fragment_lines(text))
    for _ in range(2):
        text = unescape(text) if "&" in text else text
    if _MARKUP.search(text):
        text = " ".join(fragment_lines(text))
    return one_line(text)


def body_lines(text: str) -> list[str]:
    """Return the lines of a body, marked up or plain; markup that was escaped twice is still markup."""
    if not text.strip():
        return []
    if not _MARKUP.search(text):
        text = unescape(text)
        if not looks_like_fragment(text):
            return text_lines(text)
    return fragment_lines(text)


def _without_site(title: str, site: str) -> str:
    """The title without the name of its own site behind a dash, as aggregators write it."""
    tail = _TAIL.search(title[4:], max(0, len(title) - 50))
    if tail and tail[1].strip() and tail[1].strip().casefold() in site.casefold():
        return title[: 4 + tail.start()]
    return title
