"""Markdown into lines of plain text, by way of its HTML (CommonMark): links, emphasis and lists lose their marks."""

from __future__ import annotations

import re

from digest.extract.html import fragment_lines, parse

_HEADING = re.compile(r"\A\s*#\s+(.+?)\s*#*\s*$", re.M)


def looks_like_markdown(text: str) -> bool:
    """Whether `text` opens with a `# heading`."""
    return bool(re.match(r"\A\s*#{1,3}\s+\S", text))


def markdown_title(text: str) -> tuple[str, str]:
    """Return the `# heading` a Markdown text opens with, or nothing, and the text behind it."""
    match = _HEADING.match(text)
    return (plain(match.group(1)), text[match.end() :]) if match else ("", text)


def markdown_lines(text: str) -> list[str]:
    """Return the lines of a Markdown text; HTML inside it is read as HTML."""
    return fragment_lines(_to_html(text))


def plain(text: str) -> str:
    """Return one line of Markdown without its marks."""
    root = parse(_to_html(text))
    return "" if root is None else " ".join("".join(root.itertext()).split())


def _to_html(text: str) -> str:
    """HTML by markdown-it; without indented code, since crawled pages indent their HTML as they like."""
    from markdown_it import MarkdownIt

    rendered: str = MarkdownIt("commonmark", {"html": True}).disable("code").render(text)
    return rendered
