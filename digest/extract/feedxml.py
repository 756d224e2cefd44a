"""The XML of a feed made safe and cheap to parse: entities refused, depth and items capped, common dirt repaired."""

from __future__ import annotations

import re
from html.entities import html5

from digest.errors import FormatError

DEEPEST = 400
"""Open tags inside each other; no feed comes near, a bomb passes it at once."""
MOST_TAGS = 100_000
"""Tags, and `<` that begin none, that a feed may have in the items read; 500 long articles have half as many."""

MOST_REFERENCES = 500_000
"""`&` that a feed may have in the items read: each costs feedparser a call."""

_ROOT = re.compile(
    r"<(?:(?P<page>!doctype\s+html|html|head|body)|(?:[\w.-]+:)?(?P<feed>rss|rdf|feed|channel))(?=[\s/>\[])", re.I
)
_HEAD = 20_000
_ENTITY = re.compile(r"<!\s*ENTITY", re.I)
_TAG = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<(?P<close>/?)(?P<name>[A-Za-z_][\w:.-]*)(?P<rest>[^<>]*)>|<", re.S
)
_VOID = frozenset(("br", "img", "hr", "input", "meta", "col", "area", "embed", "param", "wbr", "source"))
_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:#(?P<code>\d{1,8}|[xX][0-9a-fA-F]{1,7});|(?P<name>\w{2,32});)?", re.S
)
_LONG_NAME = re.compile(
    r"(<(?:[\w.-]+:)?(?:author|creator|managingeditor|webmaster|contributor|publisher|name|email)\b[^<>]{0,300}>\s*+"
    r"(?:<!\[CDATA\[)?(?:[^<\]]|\](?!\]>)){300})(?:[^<\]]|\](?!\]>))+",
    re.I,
)
"""Feedparser looks for a mail address in names, from every character on to the end."""
_NAMESPACE = re.compile(r"(\bxmlns(?::[\w.-]{1,40})?\s{0,9}=\s{0,9})(\"[^\"<>]{0,500}\"|'[^'<>]{0,500}')")
"""The parser takes the name of a namespace apart at white space."""
_LONG_BASE = re.compile(r"\bxml:base\s{0,9}=\s{0,9}([\"'])[^\"'<>]{2000,}")
"""Feedparser joins it with something at every tag."""
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ITEM = re.compile(r"(?:[\w.-]+:)?(?:item|entry)", re.I)
_ITEM_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.I)
_OWN = frozenset(("amp", "lt", "gt", "quot", "apos"))


def find_root(text: str) -> str:
    """Return what the root element of `text` says it is: `feed`, `page` (HTML) or nothing."""
    match = _ROOT.search(text[:_HEAD])
    if match is None:
        return ""
    return "page" if match["page"] else "feed"


def refuse_entities(text: str) -> None:
    """Raise where XML declares entities before its root element, the only place that can.

    Raises:
        FormatError: it does.
    """
    head = text[:_HEAD]
    root = _ROOT.search(head)
    if _ENTITY.search(head[: root.start()] if root else head):
        raise FormatError("it declares XML entities, which no list of news needs", "it may be an attack; leave it out")


def prepare_feed(text: str, limit: int) -> tuple[bytes, list[str]]:
    """Return the feed from its root element on as UTF-8, with at most `limit` items, and what was left out.

    Raises:
        FormatError: it declares entities, or is nested like no feed.
    """
    refuse_entities(text)
    root = _ROOT.search(text[:_HEAD])
    # What stands before the root (blank lines, warnings of PHP, a document type) breaks parsers and tells nothing.
    text, problems = _cut(text[root.start() if root else 0 :], limit)
    if text.count("&") > MOST_REFERENCES:
        raise FormatError("the feed has too many references", "leave it out, or tell its publisher")
    text = _LONG_BASE.sub(r"xml:base=\1", text)
    text = _NAMESPACE.sub(lambda match: match[1] + "".join(match[2].split()), _LONG_NAME.sub(r"\1", text))
    text = legal_xml(text)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + text.encode("utf-8"), problems


def legal_xml(text: str) -> str:
    """Return XML without characters and references that XML does not know; a bare & is escaped."""
    return _REFERENCE.sub(_repaired, _ILLEGAL.sub("", text))


def _cut(text: str, limit: int) -> tuple[str, list[str]]:
    """The text with its first `limit` items, or with as many of them as have MOST_TAGS tags."""
    items = end = 0
    around: list[str] = []
    stack: list[str] = []
    for number, tag in enumerate(_TAG.finditer(text)):
        if number > MOST_TAGS or items >= limit:
            break
        name = tag["name"]
        if name and not tag["close"]:
            _open(stack, name, tag["rest"])
        elif name and name in stack:
            while stack.pop() != name:
                pass  # an element that was never closed
            if _ITEM.fullmatch(name):
                items, end, around = items + 1, tag.end(), stack.copy()
    else:
        return text, []
    if not items:
        raise FormatError("one item of the feed has too many tags", "leave it out, or tell its publisher")
    total = len(_ITEM_END.findall(text))
    told = [f"the feed holds {total} items; only the first {items} were read"] if total > items else []
    return text[:end] + "".join(f"</{name}>" for name in reversed(around)), told


def _open(stack: list[str], name: str, rest: str) -> None:
    if rest.endswith("/") or name.lower() in _VOID:
        return
    stack.append(name)
    if len(stack) > DEEPEST:
        raise FormatError("the feed is nested too deeply", "it may be an attack; leave it out")


def _repaired(match: re.Match[str]) -> str:
    """A reference that XML knows: a bare & escaped, a name of HTML as its character, an illegal character dropped."""
    whole, name, code = match[0], match["name"], match["code"]
    if whole.startswith("<!") or name in _OWN:
        return whole
    if code:
        number = int(code[1:], 16) if code[0] in "xX" else int(code)
        legal = number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number <= 0x10FFFF
        return whole if legal and number not in (0xFFFE, 0xFFFF) else ""
    return html5.get(f"{name};", f"&amp;{name};") if name else "&amp;"
