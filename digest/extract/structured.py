"""What a page says of itself in JSON-LD (schema.org) and in Baidu's dialect of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from digest.extract.leading import named_pictures

_ARTICLES = re.compile(r"(?:News|Blog|Report|Analysis|Opinion|Tech)?(?:Article|Posting|NewsArticle)$", re.I)
_PAGES = frozenset(("webpage", "itempage"))
_FIELDS = {
    "title": ("headline", "name", "title"),
    "published": ("datePublished", "pubDate", "dateCreated", "uploadDate"),
    "author": ("author", "creator"),
    "site": ("publisher", "provider"),
    "origin": ("sourceOrganization", "isBasedOn"),
}
_PICTURES = ("image", "images", "thumbnailUrl")
_MOST = 200


def structured_fields(root: Any) -> dict[str, str]:
    """Return title, published, author, site, origin and image of the article that the page describes, if any."""
    nodes = [node for text in _scripts(root) for node in _nodes(_load(text))][:_MOST]
    articles = [node for node in nodes if _is_article(node)] or [node for node in nodes if _is_page(node)]
    if not articles:
        return {}
    best = max(articles, key=lambda node: sum(bool(_text(node, names)) for names in _FIELDS.values()))
    fields = {field: _text(best, names) for field, names in _FIELDS.items()}
    fields["image"] = next((url for name in _PICTURES for url in named_pictures(best.get(name))), "")
    return {field: value for field, value in fields.items() if value}


def _scripts(root: Any) -> Iterator[str]:
    for element in root.iter("script"):
        if "ld+json" in (element.get("type") or "").lower() and element.text:
            yield element.text


def _load(text: str) -> Any:
    """The JSON of a script, its usual faults mended (comments, commas before a bracket); None where it stays broken."""
    bare = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*+\]\]>|\]\]>)\s*+;?\s*+$", "", text).strip(
        " \t\r\n;"
    )
    for attempt in (bare, re.sub(r",\s*(?=[}\]])", "", re.sub(r"(?m)^[ \t]*//.*$", "", bare))):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(loaded: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object that describes something: in a list, in a @graph, as the main entity of a page."""
    waiting, seen = [loaded], 0
    while waiting and seen < _MOST:
        node, seen = waiting.pop(0), seen + 1
        if isinstance(node, list):
            waiting.extend(node[:_MOST])
        elif isinstance(node, Mapping):
            yield node
            waiting.extend(node[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in node)


def _is_article(node: Mapping[str, Any]) -> bool:
    kinds = node.get("@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    baidu = "cambrian" in str(node.get("@context")) and "pubDate" in node
    return baidu or any(isinstance(kind, str) and _ARTICLES.search(kind) for kind in named)


def _is_page(node: Mapping[str, Any]) -> bool:
    return str(node.get("@type")).lower() in _PAGES and "datePublished" in node


def _text(node: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The first of these fields: a text, the name of an object, or the names in a list."""
    for name in names:
        found = _names(node.get(name))
        if found:
            return "、".join(found)
    return ""


def _names(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        value = value.get("name")
    if isinstance(value, list):
        return [name for item in value[:6] if not isinstance(item, list) for name in _names(item)]
    if not isinstance(value, str) or value.startswith(("http://", "https://")):
        return []
    clean = " ".join(re.sub(r"<[^>]+>", "", value).split())
    return [clean.encode("utf-8", "ignore").decode()] if clean else []
