"""A saved page: its metadata, and its body by trafilatura with a plain second opinion where that comes back empty."""

from __future__ import annotations

import logging

from digest.extract.html import element_lines, parse
from digest.extract.metadata import Metadata, page_metadata

_THIN = 40


def read_page(text: str) -> tuple[Metadata, list[str]]:
    """Return the metadata and the body lines of an HTML page."""
    root = parse(text)
    if root is None:
        return Metadata(), []
    lines = _main_lines(text)
    if sum(map(len, lines)) < _THIN:
        lines = [line for line in element_lines(root) if len(line) >= 20 or line.endswith(("。", "！", "？"))]
    return page_metadata(root), lines


def _main_lines(text: str) -> list[str]:
    """The main text by trafilatura, one paragraph a line; empty where it finds none."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found = trafilatura.extract(
        text, include_comments=False, include_tables=False, include_formatting=False, fast=False
    )
    return [line.strip() for line in (found or "").splitlines() if line.strip()]
