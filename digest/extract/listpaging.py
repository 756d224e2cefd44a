"""The next page of a list: as the page links to it, or as the script of a common CMS would."""

from __future__ import annotations

import re
from typing import Any

from digest.urls import clean_url, host_of

_WORDS = re.compile(
    r"[\[<(（【\s]*(?:下一?页|下一頁|下頁|后一页|后页|next(?:\s+page)?|older(?:\s+posts)?)[\]>)）】»›→\s]*", re.I
)
_CLASS = re.compile(r"(?:^|[\s_-])next(?:$|[\s_-])|(?:^|\s)nxt(?:$|\s)", re.I)
_SCRIPTED = re.compile(
    r"createPageHTML\(\s*(?:(?P<div>[\"'][^\"']*[\"'])\s*,\s*)?(?P<total>\d{1,5})\s*,\s*(?P<current>\d{1,5})\s*,"
    r"\s*[\"'](?P<name>[\w./-]{1,80})[\"']\s*,\s*[\"']\.?(?P<ending>\w{1,8})[\"']"
)


def next_page(root: Any, text: str, base: str) -> str:
    """Return the URL of the next page on the same host, or nothing."""
    return _linked(root, base) or _scripted(text, base)


def _linked(root: Any, base: str) -> str:
    """By rel="next", by 下一页, or by a class that says so of a link without words."""
    fallback = ""
    for element in root.iter("link", "a"):
        related = "next" in (element.get("rel") or "").lower().split()
        if not related and (element.tag != "a" or fallback or not _says_next(element)):
            continue
        url = clean_url(element.get("href") or "", base)
        if url and url != clean_url(base) and host_of(url) == host_of(base):
            if related:
                return url
            fallback = url
    return fallback


def _says_next(anchor: Any) -> bool:
    shown = " ".join("".join(anchor.itertext()).split()) or anchor.get("title") or ""
    return bool(len(shown) <= 30 and _WORDS.fullmatch(shown)) or (len(shown) <= 2 and _by_class(anchor))


def _by_class(anchor: Any) -> bool:
    parent = anchor.getparent()
    return any(_CLASS.search(one.get("class") or "") for one in (anchor, parent) if one is not None)


def _scripted(text: str, base: str) -> str:
    """createPageHTML(12, 0, "index", "html"): of 12 pages this is the first, the next is index_1.html.

    A later form names a <div> first and counts from 1: the page after the first is index_2.html.
    """
    call = _SCRIPTED.search(text)
    if call is None:
        return ""
    following, total = int(call["current"]) + 1, int(call["total"])
    if following > total or (following == total and not call["div"]):
        return ""
    return clean_url(f"{call['name']}_{following}.{call['ending']}", base)
