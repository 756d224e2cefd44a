"""Which links of a page are its list of articles: found by structure, dates nearby and the pattern of their URLs.

Links are put together by the place they stand in; each group is judged by the dates beside its headlines, how long
these are, and how alike its URLs.  A navigation has short texts and no dates; a list of news has both the other way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from digest.extract.dates import date_in_url
from digest.extract.html import element_lines
from digest.extract.listdates import has_date
from digest.extract.listlinks import Row, width

_ASIDE = re.compile(
    r"(?:^|[\W_])(?:nav\w*|menu\w*|foot\w*|breadcrumbs?|crumbs?|sidebar|aside|links?|friend\w*|copyright|hot\w*|rank\w*|"
    r"recommend\w*|related|tags?|banner|pager|pagination)(?:$|[\W_])",
    re.I,
)
_SMALL = 3
_MANY = 8
"""Rows of which a page has rarely so many that is no list."""
_INTRODUCTION = 400
"""Characters of running text that a page with many rows may have beside them."""


@dataclass
class Group:
    """Rows that stand in one place of the page, and what speaks for their being its list."""

    container: Any
    path: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)

    @cached_property
    def dated(self) -> float:
        """Share of the rows with a date beside the headline."""
        return _mean(has_date(row.beside) for row in self.rows)

    @cached_property
    def addressed(self) -> float:
        """Share of the rows with a day in the URL."""
        return _mean(date_in_url(row.link.url) is not None for row in self.rows)

    @cached_property
    def numbered(self) -> float:
        """Share of the rows whose URL has a number, as those of articles do."""
        return _mean(bool(re.search(r"\d{2}|[a-f\d]{16}|id=\d|/\d+(?:$|[/.])", row.link.url)) for row in self.rows)

    @cached_property
    def breadth(self) -> float:
        """Mean width of the headlines."""
        return _mean(width(row.link.title) for row in self.rows)

    @cached_property
    def shapes(self) -> Counter[str]:
        """What the URLs look like, digits and words aside, with how many there are of each."""
        return Counter(url_shape(row.link.url) for row in self.rows)

    @cached_property
    def alike(self) -> float:
        """Share of the rows with the commonest shape of URL."""
        return self.shapes.most_common(1)[0][1] / len(self.rows)

    @cached_property
    def aside(self) -> bool:
        """Whether the group stands in a navigation, a footer or a side column."""
        return any(_is_aside(element) for element in (self.container, *self.container.iterancestors()))

    @cached_property
    def score(self) -> float:
        """How much the group looks like the list of articles, times the root of its size."""
        certain = 3 * self.dated + 1.5 * self.addressed + self.numbered + self.alike + min(self.breadth, 60) / 30
        return float((certain - 2 * self.aside) * len(self.rows) ** 0.5)

    @property
    def is_list(self) -> bool:
        """Whether the group is a list of articles at all: dates say so, or many long headlines with like URLs."""
        size = len(self.rows)
        if self.dated >= 0.6:
            return size >= 2 and self.breadth >= 14 and (not self.aside or self.numbered >= 0.6)
        if self.addressed >= 0.6:
            return size >= 3 and self.breadth >= 16
        return size >= 5 and self.breadth >= 22 and self.numbered >= 0.8 and self.alike >= 0.7 and not self.aside


def find_groups(rows: Iterable[Row]) -> list[Group]:
    """Return the rows in groups of one container and one path to the link.

    Groups of one or two, as in a table with two columns of news, are put together by the place above, twice at most.
    """
    groups = _grouped((row, row.element.getparent(), _path(row.element, row.link.anchor)) for row in rows)
    for _ in range(2):
        lifted = _grouped(_lifted(group, row) for group in groups if len(group.rows) < _SMALL for row in group.rows)
        if any(len(group.rows) >= _SMALL for group in lifted) or _ == 0:
            groups = [group for group in groups if len(group.rows) >= _SMALL] + lifted
    return groups


def choose_groups(groups: list[Group], root: Any) -> list[Group]:
    """Return the group that is the page's list and those that look like it, or nothing where the page is no list."""
    lists = [group for group in groups if group.is_list]
    if not lists:
        return []
    best = max(lists, key=lambda group: group.score)
    chosen = [group for group in lists if group is best or _looks_like(group, best)]
    return [] if _is_article(chosen, root) else chosen


def _is_article(chosen: list[Group], root: Any) -> bool:
    """Whether the page is an article with 相关阅读 around it: it says so, or its prose outweighs the links."""
    rows = [row for group in chosen for row in group.rows]
    if len(rows) < _MANY and any(map(_tells_article, root.iter("meta"))):
        return True
    inside = sum(_prose(row.element) for row in rows)
    told = inside + sum(len(row.link.title) for row in rows)
    return _prose(root) - inside > (told if len(rows) < _MANY else max(told, _INTRODUCTION))


def _tells_article(meta: Any) -> bool:
    """Whether a meta tag is one that only articles have: ArticleTitle of 国办发〔2017〕47号, or Open Graph's type."""
    name, content = (
        (meta.get("name") or meta.get("property") or "").lower(),
        (meta.get("content") or "").strip().lower(),
    )
    return (name == "articletitle" and len(content) > 3) or (name == "og:type" and content in ("article", "news"))


def url_shape(url: str) -> str:
    """Return what the URLs of one kind of page share: the host, the depth, where numbers are, the extension."""
    parts = urlsplit(url)
    names = re.sub(r"\d+", "9", parts.path).split("/")
    last = re.sub(r"[A-Za-z]{3,}(?=.*\.)|[a-f9]{9,}", "a", names[-1])
    keys = "&".join(sorted(pair.partition("=")[0] for pair in parts.query.split("&") if pair))
    return f"{parts.netloc} {len(names)} {last} {keys}"


def _looks_like(group: Group, best: Group) -> bool:
    """Whether a group is dated as the best one is, and leads to pages of its kind."""
    if group.aside and not best.aside:
        return False
    if best.dated >= 0.6:
        kind = group.dated >= 0.6
    else:
        kind = group.addressed >= 0.6 if best.addressed >= 0.6 else group.path == best.path
    return kind and bool(set(group.shapes) & set(best.shapes) or group.addressed >= 0.6 <= best.addressed)


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers)


def _grouped(placed: Iterable[tuple[Row, Any, tuple[str, ...]]]) -> list[Group]:
    groups: dict[tuple[Any, tuple[str, ...]], Group] = {}
    for row, container, path in placed:
        groups.setdefault((container, path), Group(container, path)).rows.append(row)
    return list(groups.values())


def _lifted(group: Group, row: Row) -> tuple[Row, Any, tuple[str, ...]]:
    above = group.container.getparent()
    return row, group.container if above is None else above, (str(group.container.tag), *group.path)


def _path(element: Any, anchor: Any) -> tuple[str, ...]:
    """The tags from a row down to its link."""
    tags = [str(anchor.tag)]
    while anchor is not element:
        anchor = anchor.getparent()
        tags.append(str(anchor.tag))
    return tuple(reversed(tags))


def _is_aside(element: Any) -> bool:
    if element.tag in ("nav", "header", "footer", "aside"):
        return True
    named = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('role') or ''}"
    return element.tag not in ("body", "html") and bool(_ASIDE.search(named))


def _prose(element: Any) -> int:
    """How many characters stand in lines that read like paragraphs."""
    return sum(
        len(line) for line in element_lines(element) if len(line) >= 40 and line.rstrip('”」"）)')[-1:] in "。！？.!?"
    )
