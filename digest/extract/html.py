"""HTML into lines of plain text: one block element a line, markup and everything invisible deleted."""

from __future__ import annotations

import re
from html import unescape
from itertools import islice
from typing import Any

_BLOCK_NAMES = (
    "address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol option p pre section select summary table tbody td "
    "tfoot th thead tr ul"
)
BLOCKS = frozenset(_BLOCK_NAMES.split())
"""The elements that begin a line of their own."""
PARAGRAPH = "\u2028"
"""Ends a line inside a text node, where a line feed is only white space."""

_INVISIBLE_NAMES = (
    "script style noscript template iframe object embed svg math head title meta link textarea button input select "
    "audio video canvas map"
)
_INVISIBLE = frozenset(_INVISIBLE_NAMES.split())
_SPACE = re.compile(r"[ \t\n\r\f\v\xa0\u200b\ufeff]+")
_TAG = re.compile(r"<(?:/?[a-zA-Z][a-zA-Z0-9]{0,10}(?:\s[^<>]{0,2000})?/?|!--)", re.S)
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|meta)\b", re.I)
_PAGE_PART = re.compile(r"<(?:title|link|form|script|table|nav|header|footer)\b", re.I)
_LINK = re.compile(r"<a\s[^<>]{0,500}href", re.I)
_LINKS_OF_A_PAGE = 12
_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.I | re.S)
_REFERENCE = re.compile(r"&#(\d{1,8}|[xX][0-9a-fA-F]{1,8});?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


def looks_like_page(text: str) -> bool:
    """Whether `text` is a whole HTML page."""
    return bool(_PAGE.search(text[:3000]))


def looks_like_bare_page(text: str) -> bool:
    """Whether `text` is a page that some server sent without html, head and body: parts of a page, and many links."""
    return (
        bool(_PAGE_PART.search(text)) and len(list(islice(_LINK.finditer(text), _LINKS_OF_A_PAGE))) == _LINKS_OF_A_PAGE
    )


def looks_like_fragment(text: str) -> bool:
    """Whether `text` is marked up in HTML, as the body of a crawled article is."""
    head = text.lstrip()[:4000]
    return (
        bool(head.startswith("<") and _TAG.match(head)) or len(re.findall(r"</?(?:p|div|br|span)\b", head, re.I)) >= 2
    )


def parse(text: str) -> Any:
    """Return the lxml root of `text`, a page or a fragment; None where there is nothing in it."""
    from lxml import etree, html

    source = _REFERENCE.sub(_legal, _CONTROL.sub("", text))
    if not source.strip():
        return None
    # The declaration of an encoding speaks of the bytes; lxml refuses it in text that is already decoded.
    source = re.sub(r"\A\s*<\?xml[^>]*\?>", "", source)
    parser = html.HTMLParser(huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(
            f"<html><body>{source}</body></html>" if not looks_like_page(source) else source, parser=parser
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _legal(match: re.Match[str]) -> str:
    """A reference to a character that lxml lets be set as a text again, or nothing."""
    code = match[1]
    number = int(code[1:], 16) if code[0] in "xX" else int(code)
    legal = number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or number > 0xFFFF
    return match[0] if legal else ""


def fragment_lines(text: str) -> list[str]:
    """Return the lines of an HTML fragment or page, without empty ones."""
    root = parse(text)
    lines = [] if root is None else element_lines(root)
    return lines or tagless_lines(text)


def tagless_lines(text: str) -> list[str]:
    """Return the lines between the tags, for a page nested so deeply that lxml gives up on it."""
    bare = re.sub(r"<[^<>]{0,2000}>", "\n", _UNSEEN.sub("", text))
    return tidy_lines(unescape(bare))


def element_lines(root: Any) -> list[str]:
    """Return the lines of text below an lxml element, in document order."""
    pieces: list[str] = []
    _collect(root, pieces)
    return tidy_lines("".join(pieces))


def tidy_lines(text: str) -> list[str]:
    """Return the lines of `text` with their white space folded, without empty ones."""
    lines = (_SPACE.sub(" ", line).strip(" \u3000") for line in re.split("[\n\u2028]", text))
    return [line for line in lines if line]


def _collect(root: Any, pieces: list[str]) -> None:
    """Append the text below `root`, a newline around every block; without recursion, for pages nested too deeply."""
    stack: list[tuple[Any, bool]] = [(root, True)]
    while stack:
        element, opening = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else "script"
        if not opening:
            pieces.append("\n" if tag in BLOCKS else "")
            pieces.append(flat(element.tail) if element is not root else "")
            continue
        stack.append((element, False))
        if tag in _INVISIBLE or _hidden(element):
            continue
        pieces.append("\n" if tag in BLOCKS else "")
        pieces.append(flat(element.text))
        stack.extend((child, True) for child in reversed(element))


def is_invisible(element: Any) -> bool:
    """Whether a browser shows nothing of an element: a script, a comment, a hidden one."""
    return not isinstance(element.tag, str) or element.tag in _INVISIBLE or _hidden(element)


def _hidden(element: Any) -> bool:
    style = element.get("style")
    return bool(style and "display:none" in style.replace(" ", "").lower()) or element.get("hidden") is not None


def flat(text: str | None) -> str:
    """Return a text node without its line breaks, which are white space; between two Han characters not even that."""
    if not text or ("\n" not in text and "\r" not in text):
        return text or ""
    if text.isspace():
        return " "
    text = re.sub(
        r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*+[\r\n][ \t\r\n]*+(?=[\u3000-\u9fff\uff00-\uffef])", "", text
    )
    return text.replace("\n", " ").replace("\r", " ")
