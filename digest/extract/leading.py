"""The leading picture of an article: its URL, of what a page, a feed or a file says it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from digest.urls import clean_url

_NO_PICTURE = re.compile(
    r"\.(?:svgz?|ico|mp[34]|m4[av]|m3u8|pdf|html?)$|(?:^|[_.-])(?:logo|favicon|icon|blank|spacer|placeholder|default|avatar|"
    r"qr_?code|ewm|no_?(?:pic|image|img))\d*(?=[_.-]|$)",
    re.I,
)
"""Of a file's name: what no mail shows, and what stands for a site, not for an article."""


def leading_picture(candidates: Iterable[str], base: str = "") -> str:
    """Return the first of some addresses that can be a picture of an article, absolute; empty where none can.

    One of a site's logo, as many pages name it, is none.
    """
    for written in candidates:
        address = written.strip()
        url = clean_url(f"https:{address}" if address.startswith("//") and not base else address, base)
        if url and not _NO_PICTURE.search(urlsplit(url).path.rpartition("/")[2]):
            return url
    return ""


def named_pictures(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield the addresses in JSON: a text, an object with one, or a list of either."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name in ("url", "contentUrl", "@id", "src", "href"):
            if isinstance(value.get(name), str):
                yield value[name]
    elif isinstance(value, list) and depth < 2:
        for one in value[:6]:
            yield from named_pictures(one, depth + 1)
