"""What a page says of itself: official tags first, then Open Graph, then headings and visible lines.

国办发〔2017〕47号《政府网站发展指引》 makes ArticleTitle, PubDate, ContentSource and SiteName mandatory on pages of
the government.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from digest.extract.dates import read_date

_TITLES = ("articletitle", "og:title", "twitter:title")
_DATES = (
    "pubdate",
    "article:published_time",
    "publishdate",
    "publish-date",
    "og:release_date",
    "date",
    "dc.date",
    "weibo: article:create_at",
)
_SITES = ("sitename", "og:site_name", "application-name")
_AUTHORS = ("author", "article:author")
_SUFFIX = re.compile(r"\s*(?:[_|｜]|\s[-—–]+|[-—–]{1,2}(?=[^-—–_|]{2,16}$)|>>)\s*[^_|｜]{2,24}$")
_SOURCE_LINE = re.compile(r"(?:来源|來源|稿源|信息来源|文章来源)\s*[：:]\s*([^\s：:|｜]{2,24})")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a page besides its text; an unknown field is empty or None."""

    title: str = ""
    author: str = ""
    published: datetime | date | None = None
    site: str = ""
    url: str = ""


def page_metadata(root: Any) -> Metadata:
    """Return what the page below the lxml element `root` says of itself."""
    tags = _meta_tags(root)
    return Metadata(
        title=_title(root, tags),
        author=_first(tags, _AUTHORS),
        published=next((d for d in map(read_date, (tags.get(n, "") for n in _DATES)) if d), None)
        or _visible_date(root),
        site=_first(tags, _SITES) or _visible_source(root),
        url=_canonical(root, tags),
    )


def head_metadata(lines: list[str]) -> tuple[datetime | date | None, str]:
    """Return the date and the source that the first lines of a plain text name, where they do."""
    published, site = None, ""
    for line in lines[:6]:
        if len(line) > 90:
            break
        source = _SOURCE_LINE.search(line)
        site = site or (source.group(1) if source else "")
        published = published or (read_date(line) if len(line) < 60 else None)
    return published, site


def _meta_tags(root: Any) -> dict[str, str]:
    """The named meta tags, names in lower case; an empty or placeholder value is none, the first of two stands."""
    tags: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").strip().lower()
        value = re.sub(r"<[^>]+>", "", element.get("content") or "").strip()
        if name and value and not re.fullmatch(r"[{$%\[#].*[}%\]#]", value):
            tags.setdefault(name, value)
    return tags


def _first(tags: dict[str, str], names: tuple[str, ...]) -> str:
    return next((tags[name] for name in names if tags.get(name)), "")


def _title(root: Any, tags: dict[str, str]) -> str:
    """The headline: the official tag, Open Graph, the one h1, or <title> without the site's suffix."""
    named = _first(tags, _TITLES)
    shown = " ".join((root.findtext(".//title") or "").split())
    if named:
        return strip_site(named)
    headings = [t for t in (" ".join("".join(h.itertext()).split()) for h in root.iter("h1")) if 5 <= len(t) <= 120]
    for heading in headings:
        if not shown or heading in shown or len(headings) == 1:
            return heading
    return strip_site(shown)


def strip_site(title: str) -> str:
    """Return a page's title without the site's name behind _ or | or -."""
    title = " ".join(title.split())
    for _ in range(3):
        shorter = _SUFFIX.sub("", title)
        if len(shorter) < 5 or shorter == title:
            break
        title = shorter
    return title


def _visible_date(root: Any) -> datetime | date | None:
    """The first date that stands in a short line of its own, as under a headline."""
    for element in root.iter("time", "span", "div", "p", "td", "em", "i", "li", "font"):
        if element.tag == "time" and (found := read_date(element.get("datetime") or "")):
            return found
        text = (element.text or "").strip()
        if 8 <= len(text) <= 60 and (found := read_date(text)):
            return found
    return None


def _visible_source(root: Any) -> str:
    for element in root.iter("span", "div", "p", "td", "a", "font", "em"):
        text = " ".join("".join(element.itertext()).split()) if len(element) < 8 else ""
        if 4 <= len(text) <= 120 and (match := _SOURCE_LINE.search(text)):
            return match.group(1)
    return ""


def _canonical(root: Any, tags: dict[str, str]) -> str:
    for element in root.iter("link"):
        if (element.get("rel") or "").lower() == "canonical" and (element.get("href") or "").startswith("http"):
            return str(element.get("href")).strip()
    url = _first(tags, ("url", "og:url"))
    return url if url.startswith("http") else ""
