"""What a page says of itself: official tags first, then JSON-LD, Open Graph, headings and visible lines.

国办发〔2017〕47号《政府网站发展指引》 makes ArticleTitle, PubDate, ContentSource, ColumnName and SiteName mandatory on
pages of the government.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from digest.extract.bylines import first_publisher, read_source, visible_date, visible_source
from digest.extract.dates import BEIJING, date_in_url, day_of, read_date
from digest.extract.layout import Line
from digest.extract.leading import leading_picture
from digest.extract.structured import structured_fields
from digest.urls import clean_url

_DATES = (
    "og:published_time",
    "article:published_time",
    "publishdate",
    "publish-date",
    "og:release_date",
    "datepublished",
    "date",
    "dc.date",
    "dcterms.created",
    "citation_date",
    "citation_publication_date",
    "weibo: article:create_at",
)
_SUFFIX = re.compile(r"\s*(?:[_|｜]|\s[-—–]+|[-—–]{1,2}(?=[^-—–_|]{2,16}$)|>>)\s*[^_|｜]{2,24}$")
_SITE_NAME = re.compile(
    r"(?:网|报|社|政府|在线|日报|晚报|新闻|财经|频道|电视台|委员会|局|厅|部|委|中心|门户|News|Net)$", re.I
)
_PLACEHOLDER = re.compile(
    r"[{$%\[#<@(].*[}%\]#>@)]|.*\$\{.*|.*\{\{.*|(?:政府)?网站(?:标识码|名称|域名)|文章标题|标题|发布时间|发布日期|(?:内容|信息|稿件)?来源|"
    r"栏目名称|作者|null|none|undefined|n/?a|无|暂无|未知|-+|0+|1900-01-01.*|0001-01-01.*|(?:yyyy|YYYY)-.*",
    re.I,
)
_NO_TITLE = re.compile(r"无标题文档|untitled(?: document)?|new page \d*|document|首页|正文|文章|详情页?|内容页?", re.I)
_GENERIC = frozenset(("com", "net", "org", "gov", "edu", "ac", "mil", "co", "or", "ne", "go", "idv"))


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a page besides its text; an unknown field is empty or None.

    `origin` is who published it first, where that is another than the `site`; `column` the section of the site;
    `image` the URL of the leading picture.
    """

    title: str = ""
    author: str = ""
    published: datetime | date | None = None
    site: str = ""
    url: str = ""
    origin: str = ""
    column: str = ""
    image: str = ""


def page_metadata(root: Any, lines: Sequence[Line] = (), url: str = "", fetched: datetime | None = None) -> Metadata:
    """Return what the page below the lxml element `root` says of itself.

    `lines` are its visible ones; `url` and `fetched` say where and when it was got, where that is known.
    """
    tags, structured = _meta_tags(root), structured_fields(root)
    title = _title(root, tags, structured)
    site = _first(tags, "sitename") or structured.get("site", "") or _first(tags, "og:site_name", "application-name")
    source = _first(tags, "contentsource") or structured.get("origin", "") or visible_source(lines, title)
    site = site or _site_in_title(root, title) or source
    own = _canonical(root, tags, url)
    return Metadata(
        title=title,
        author=_first(tags, "author") or structured.get("author", "") or _person(tags.get("article:author", "")),
        published=_published(root, tags, structured, lines, title, own or url, fetched),
        site=site,
        url=own or clean_url(url),
        origin=first_publisher(source, site),
        column=_first(tags, "columnname", "article:section"),
        image=leading_picture(_pictures(tags, structured), url),
    )


def head_metadata(lines: Sequence[str], today: datetime | date | None = None) -> tuple[datetime | date | None, str]:
    """Return the date and the source that the first lines of a plain text name, where they do."""
    published, site = None, ""
    for line in lines[:6]:
        if len(line) > 90:
            break
        site = site or read_source(line)
        published = published or (read_date(line, today) if len(line) < 60 else None)
    return published, site


def strip_site(title: str) -> str:
    """Return a page's title without the site's name behind _ or | or -."""
    title = " ".join(title.split())
    for _ in range(3):
        shorter = _SUFFIX.sub("", title)
        if len(shorter) < 5 or shorter == title:
            break
        title = shorter
    return title


def _meta_tags(root: Any) -> dict[str, str]:
    """The named meta tags, names in lower case; an empty or placeholder value is none, the first of two stands."""
    tags: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or element.get("itemprop") or "").strip().lower()
        value = " ".join(re.sub(r"<[^<>]*>", " ", element.get("content") or "").split())
        if name and value and not _PLACEHOLDER.fullmatch(value):
            tags.setdefault(name, value)
    return tags


def _first(tags: Mapping[str, str], *names: str) -> str:
    return next((tags[name] for name in names if tags.get(name)), "")


def _pictures(tags: Mapping[str, str], structured: Mapping[str, str]) -> Iterator[str]:
    yield from (tags.get(name, "") for name in ("og:image", "og:image:url", "og:image:secure_url"))
    yield structured.get("image", "")
    yield from (tags.get(name, "") for name in ("twitter:image", "twitter:image:src", "image"))


def _person(author: str) -> str:
    """An author's name; Open Graph wants the address of a profile, which is none."""
    return "" if author.startswith(("http:", "https:")) else author


def _title(root: Any, tags: Mapping[str, str], structured: Mapping[str, str]) -> str:
    """The headline: the official tag, JSON-LD, Open Graph, an h1 that <title> repeats, or <title> without the site."""
    shown = _shown_title(root)
    headings = [t for t in (" ".join("".join(h.itertext()).split()) for h in root.iter("h1")) if 5 <= len(t) <= 120]
    named = (tags.get("articletitle"), structured.get("title"), tags.get("og:title"), tags.get("twitter:title"))
    for candidate in map(strip_site, filter(None, named)):
        if candidate not in (tags.get("sitename"), tags.get("og:site_name")):
            return _whole(candidate, [*headings, strip_site(shown)])
    for heading in headings:
        if not shown or heading in shown or len(headings) == 1:
            return heading
    return strip_site(shown)


def _shown_title(root: Any) -> str:
    shown = " ".join((root.findtext(".//title") or "").split())
    return "" if _NO_TITLE.fullmatch(shown) else shown


def _whole(title: str, longer: Sequence[str]) -> str:
    """A title that a template cut off at some length, as the page shows it in full."""
    start = re.sub(r"\s*(?:…+|\.{2,})$", "", title)
    return title if start == title else next((text for text in longer if text.startswith(start)), title)


def _site_in_title(root: Any, title: str) -> str:
    """The site's name behind the headline in <title>, where it looks like one."""
    shown = _shown_title(root)
    if not title or not shown.startswith(title) or shown == title:
        return ""
    last = re.split(r"[_|｜]|\s*[-—–]+\s*|>>", shown[len(title) :])[-1].strip()
    return last if 2 <= len(last) <= 16 and _SITE_NAME.search(last) else ""


def _published(
    root: Any,
    tags: Mapping[str, str],
    structured: Mapping[str, str],
    lines: Sequence[Line],
    title: str,
    url: str,
    fetched: datetime | None,
) -> datetime | date | None:
    """The first date that can be true, from the strongest witness to the weakest."""
    seen = visible_date(lines, title, fetched)
    named = (read_date(text) for text in _named_dates(root, tags, structured))
    candidates = [found for found in (*named, seen, date_in_url(url)) if found]
    latest = day_of(fetched) + timedelta(days=1) if fetched else date.max
    best = next((found for found in candidates if day_of(found) <= latest), None)
    if best is None:
        return candidates[0] if candidates else None
    return _sharpened(best, seen)


def _named_dates(root: Any, tags: Mapping[str, str], structured: Mapping[str, str]) -> Iterator[str]:
    yield tags.get("pubdate", "")
    yield structured.get("published", "")
    yield from (tags.get(name, "") for name in _DATES)
    yield from (element.get("datetime") or "" for element in root.iter("time"))


def _sharpened(named: datetime | date, seen: datetime | date | None) -> datetime | date:
    """The named date, told better by the visible one: its time of day, or the afternoon that a 12-hour clock hid."""
    if not isinstance(seen, datetime) or day_of(named) != day_of(seen):
        return named
    if not isinstance(named, datetime):
        return seen
    apart = seen.replace(second=0) - named.astimezone(BEIJING).replace(second=0)
    return seen if apart == timedelta(hours=12) else named


def _canonical(root: Any, tags: Mapping[str, str], url: str) -> str:
    """The page's own address as it names it, where that is an article of the same house; empty otherwise."""
    links = (
        element.get("href") or ""
        for element in root.iter("link")
        if "canonical" in (element.get("rel") or "").lower().split()
    )
    for address in (*links, tags.get("og:url", ""), tags.get("url", "")):
        # a bare www.example.cn/1 is no path below the page, though a browser would take it for one
        absolute = address.strip().startswith(("http://", "https://", "/"))
        own = clean_url(address.strip(), url) if absolute else ""
        if own and (not url or (_house(own) == _house(url) and (_names_page(own) or not _names_page(url)))):
            return own
    return ""


def _names_page(url: str) -> bool:
    """Whether a URL leads deeper than the front page."""
    parts = urlsplit(url)
    return len(parts.path.strip("/")) > 0 or bool(parts.query) or bool(parts.fragment)


def _house(url: str) -> str:
    """The part of the host that somebody registered: `news.a.com.cn` and `m.a.com.cn` are one house."""
    labels = (urlsplit(url).hostname or "").split(".")
    second = len(labels) > 2 and len(labels[-1]) == 2 and (labels[-2] in _GENERIC or len(labels[-2]) == 2)
    return ".".join(labels[-3 if second else -2 :])
