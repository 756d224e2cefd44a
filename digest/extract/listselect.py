"""The rows of a list page by the CSS selectors of its source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from digest.errors import FormatError
from digest.extract.listlinks import Link, Row, link_title, texts_outside
from digest.urls import clean_url


def select_rows(root: Any, select: Mapping[str, str], base: str, problems: list[str]) -> list[Row]:
    """Return the rows that `select` names, and note in `problems` how many had no link.

    Raises:
        FormatError: a selector is wrong, or `item` (`link` where there is no `item`) matches nothing.
    """
    outer = "item" if select.get("item") else "link"
    items = _find(root, outer, select[outer])
    if not items:
        raise FormatError(f'select.{outer} = "{select[outer]}" matches nothing', "look whether the page has changed")
    made = [_row(item, select, base) for item in items]
    rows = [row for row in made if row]
    if len(rows) < len(made):
        problems.append(f"{len(made) - len(rows)} of {len(made)} items have no link or no title")
    return rows


def select_following(root: Any, selector: str, base: str) -> str:
    """Return the URL of the next page by its selector; empty on the last page, where it matches nothing."""
    for element in _find(root, "next", selector):
        if url := clean_url(element.get("href") or "", base):
            return url
    return ""


def _row(item: Any, select: Mapping[str, str], base: str) -> Row | None:
    anchor = _link(item, select)
    url = clean_url((anchor.get("href") or "") if anchor is not None else "", base)
    if not url:
        return None
    shown = _find(item, "title", select["title"])[:1] if select.get("title") else []
    title = _text(shown[0]) if shown else link_title(anchor)
    dates = _find(item, "date", select["date"])[:1] if select.get("date") else []
    beside = [_text(dates[0])] if dates else _around(item, anchor)
    return Row(Link(anchor, url, title), item, tuple(beside)) if title else None


def _link(item: Any, select: Mapping[str, str]) -> Any:
    """The link of an item: by its selector, the item itself, or the first link with a text in it."""
    if select.get("link") and select.get("item"):
        found = [element for element in _find(item, "link", select["link"]) if element.get("href")]
        return found[0] if found else None
    if item.tag == "a":
        return item
    anchors = [anchor for anchor in item.iter("a") if anchor.get("href")]
    return next((anchor for anchor in anchors if link_title(anchor)), anchors[0] if anchors else None)


def _around(item: Any, anchor: Any) -> list[str]:
    """The texts beside the link, of the row around it where the item is the link itself."""
    around = item.getparent() if item is anchor and item.getparent() is not None else item
    return texts_outside(around, anchor) or [_text(item)]


def _find(element: Any, name: str, selector: str) -> list[Any]:
    from cssselect import SelectorError
    from lxml.cssselect import CSSSelector
    from lxml.etree import XPathError

    try:
        found: Any = CSSSelector(selector, translator="html")(element)
        return list(found)
    except (SelectorError, XPathError, ValueError) as error:  # ValueError: a control character in it
        raise FormatError(f'select.{name} = "{selector}" is no CSS selector: {error}', "try it in a browser") from error


def _text(element: Any) -> str:
    return " ".join((element.get("datetime") or " ".join(element.itertext())).split())
