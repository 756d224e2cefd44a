"""The links of a page that may lead to articles, each with its headline and the row of the page it stands in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from digest.extract.html import element_lines
from digest.extract.listdates import only_date
from digest.urls import clean_url

SHORTEST, LONGEST = 12, 240
"""How wide a headline is, in columns of which a Han character takes two; shorter links are mostly navigation."""

_MOST = 4_000
_HUGE, _MOST_INSIDE, _MOST_PIECES = 1_000, 100, 20
_MOST_LETTERS = 600
"""Of a line in a link; one of more is no headline."""
_FILES = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|zip|rar|7z|gz|exe|apk|mp[34]|avi|wmv|flv|xlsx?|css|js|ico)$", re.I)
_BULLET = re.compile(r"^[\s·•●▪■◆▶►▷>»›★☆※\-|│]+(?=\S)|[\s|│>»›]+$")
_CUT = re.compile(r"(?:…+|\.{2,}|。{2,})$")
_NAMED = re.compile(r"^\s*(?:标题|標題|文章标题|新闻标题|Title)\s*[:：]\s*", re.I)


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its absolute URL and the headline it shows."""

    anchor: Any
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """The highest element around a link with no other headline in it, and the texts beside the headline."""

    link: Link
    element: Any
    beside: tuple[str, ...] = ()


def article_links(root: Any, base: str, own: str, narrowest: int = SHORTEST) -> list[Link]:
    """Return the links below `root` whose text is as wide as a headline; `own` is the URL of the page itself."""
    links: list[Link] = []
    for anchor in root.iter("a"):
        title = link_title(anchor) if anchor.get("href") else ""
        if not narrowest <= width(title) <= LONGEST:
            continue
        url = clean_url(anchor.get("href"), base)
        path = url.partition("?")[0]
        if url and url != own and not _FILES.search(path) and not (path.count("/") == 3 and url.endswith("/")):
            links.append(Link(anchor, url, title))
        if len(links) >= _MOST:
            break
    return links


def link_title(anchor: Any) -> str:
    """Return the headline of a link: its heading or first line, without a date in it; whole where the page cut it."""
    heading = next(anchor.iter("h1", "h2", "h3", "h4", "h5", "h6"), None)
    if next(islice(anchor.iterdescendants(), _HUGE, None), None) is not None:
        return ""  # one that was never closed and holds half the page
    lines = [line[:_MOST_LETTERS] for line in element_lines(anchor if heading is None else heading)]
    for text in _dates_inside(anchor):
        lines = [line.replace(text, " ") for line in lines]
    lines = [tidy for line in lines if width(tidy := _tidy(line)) >= 4 and not only_date(tidy)]
    shown = lines[0] if lines else ""
    told = _tidy(_NAMED.sub("", (anchor.get("title") or "").strip().split("\n")[0][:_MOST_LETTERS]))
    stem = _CUT.sub("", shown)
    if told and (not shown or (shown != stem and len(told) >= len(stem) and told.startswith(stem[:4]))):
        return told
    return shown


def find_rows(links: Iterable[Link]) -> list[Row]:
    """Return the rows of the links, one for each URL of a row, in the order of the page."""
    links = list(links)
    inside: dict[Any, set[str]] = {}
    for link in links:
        for element in (link.anchor, *link.anchor.iterancestors()):
            inside.setdefault(element, set()).add(link.url)
    rows: dict[Any, Row] = {}
    for link in links:
        element = link.anchor
        while (parent := element.getparent()) is not None and len(inside[parent]) == 1 and not _is_whole(parent):
            element = parent
        known = rows.get(element)
        if known is None or _is_heading(link.anchor) > _is_heading(known.link.anchor):
            rows[element] = Row(link, element)
    return [Row(row.link, row.element, _beside(row, inside)) for row in rows.values()]


def width(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def texts_outside(element: Any, anchor: Any) -> list[str]:
    """Return the pieces of text below `element` that are not below `anchor`."""
    skipped = set(anchor.iter())
    pieces = []
    for inner in element.iter():
        if inner not in skipped and inner.tag not in ("script", "style"):
            pieces.append(inner.text)
        if inner is not element and (inner is anchor or inner not in skipped):
            pieces.append(inner.tail)
    return [folded for piece in pieces if piece and (folded := " ".join(piece.split()))]


def _dates_inside(anchor: Any) -> list[str]:
    """The dates that elements inside a link hold; of one that holds many, the first ones."""
    elements = islice(anchor.iterdescendants(), _MOST_INSIDE)
    texts = (" ".join("".join(islice(inner.itertext(), _MOST_PIECES)).split()) for inner in elements)
    return [text for text in texts if only_date(text)]


def _beside(row: Row, inside: dict[Any, set[str]]) -> tuple[str, ...]:
    """The texts of a row beside its headline: around the link, in it, or between this row and the next."""
    anchor = row.link.anchor
    told = texts_outside(row.element, anchor) if row.element is not anchor else []
    told += _dates_inside(anchor)
    told += [line for line in element_lines(anchor) if _tidy(line) != row.link.title]
    told.append(row.element.tail or "")
    following = row.element.getnext()
    for _ in range(3):
        if following is None or following in inside or following.tag in ("ul", "ol", "table", "script", "a"):
            break
        told += [" ".join(following.itertext())[:400], following.tail or ""]
        following = following.getnext()
    return tuple(folded for text in told if (folded := " ".join(text.split())))


def _tidy(text: str) -> str:
    return _BULLET.sub("", " ".join(text.split())).strip()


def _is_whole(element: Any) -> bool:
    """Whether an element is the page; in one without a body, as with frames, only the root is."""
    return element.tag == "body" or element.getparent() is None


def _is_heading(anchor: Any) -> bool:
    return any(around.tag in ("h1", "h2", "h3", "h4", "h5", "h6") for around in (anchor, anchor.getparent()))
