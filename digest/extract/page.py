"""A saved page: its metadata and its body, parsed once."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from digest.extract.body import choose_lines
from digest.extract.density import big_link_lists
from digest.extract.html import parse, tagless_lines
from digest.extract.layout import Layout, lay_out
from digest.extract.metadata import Metadata, page_metadata


def read_page(text: str, url: str = "", fetched: datetime | None = None) -> tuple[Metadata, list[str]]:
    """Return the metadata and the body lines of an HTML page; `url` and `fetched` say where and when it was got."""
    root = parse(text)
    if root is None:
        return Metadata(), []
    layout = lay_out(root)
    meta = page_metadata(root, layout.lines, url, fetched)
    if not layout.lines:
        return meta, tagless_lines(text)
    _drop_lists(layout)
    return meta, choose_lines(layout, _claimed_lines(root))


def _drop_lists(layout: Layout) -> None:
    """Take the navigation out of the tree: that halves what trafilatura has to look at."""
    for part in big_link_lists(layout):
        element = part.element
        if element.getparent() is not None:
            tail = element.tail
            element.clear()
            element.tail = tail


def _claimed_lines(root: Any) -> list[str]:
    """The main text by trafilatura, one paragraph a line; empty where it finds none.  It may change the tree.

    `fast` leaves out its two other extractors: the density of the page does better what they are for.
    """
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found = trafilatura.extract(
        root, include_comments=False, include_tables=False, include_formatting=False, fast=True, with_metadata=False
    )
    return [line.strip() for line in (found or "").splitlines() if line.strip()]
