"""What a URL points to: the form to link to, and the identity that its many spellings share."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

LONGEST = 4_000
"""A longer URL is none that a reader could follow."""

_TRACKING = re.compile(
    r"utm_\w+|spm|scm|spm_id_from|share_?(?:token|from|source|medium|to|type|uid|app_id)|isappinstalled|nsukey|wt_mc|wtrid|gclid|fbclid|msclkid|yclid|mc_[ce]id|"
    r"_hs\w+|tdsourcetag|wfr|jsessionid|phpsessid",
    re.I,
)
_SHARED_FROM = frozenset(("timeline", "singlemessage", "groupmessage", "weibo", "qq", "qzone", "wechat", "rss", "feed"))
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.I)
_DEFAULT_PORT = {"http": 80, "https": 443}
_HOST = re.compile(r"[\da-f.:]+|[^\s\x00-,/:-@\[-^`{-\xa0]+")
"""An IPv6 address without brackets, or a name: of letters of any script, since some sites write theirs so."""
_MOBILE = re.compile(r"^(?:www\d?|m|wap|3g|mobile)\.(?=[^.]+\.[^.]+)")
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|jsp|php|aspx?)$", re.I)
_EXTENSION = re.compile(r"\.(?:s|x|j)?html?$", re.I)
_UNSAFE = re.compile("[\x00-\x20\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")


@lru_cache(maxsize=8_192)  # a run cleans the URL of one article half a dozen times
def clean_url(url: str, base: str = "") -> str:
    """Return the absolute http or https URL to link to, without tracking parameters; empty where it is none.

    `url` may be relative to `base`.  One with a user name in it is refused: it shows another host than it leads to.
    """
    url = url.strip(" \t\r\n\f\u3000")
    if not url or len(url) > LONGEST or _UNSAFE.search(url.replace(" ", "")):
        return ""
    try:
        joined = urljoin(base, url) if base else url
        parts = urlsplit(joined)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if parts.scheme not in _DEFAULT_PORT or not _HOST.fullmatch(host) or "@" in parts.netloc:
        return ""
    if len(joined) > LONGEST or _UNSAFE.search(joined.replace(" ", "")):  # the base may be, too
        return ""
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port in (None, _DEFAULT_PORT[parts.scheme]) else f"{shown}:{port}"
    fragment = parts.fragment.replace(" ", "%20")
    fragment = fragment if fragment.startswith(("/", "!")) else ""  # the page of a script-drawn site
    path = quote(_SESSION.sub("", parts.path) or "/", safe="/%:@!$&'()*+,;=~-._")
    cleaned = urlunsplit((parts.scheme, netloc, path, _kept_query(parts), fragment))
    return cleaned if len(cleaned) <= LONGEST else ""


@lru_cache(maxsize=8_192)
def identify_url(url: str) -> str:
    """Return what all spellings of one page's URL have in common; two that differ in it are two pages.

    The scheme, a mobile or `www` host, an `.html` at the end, an index page, tracking and the order of the parameters
    make no difference: `http://m.example.cn/a/001?utm_source=x` and `https://www.example.cn/a/001.html` are one.
    """
    cleaned = clean_url(url)
    if not cleaned:
        return url.strip()
    parts = urlsplit(cleaned)
    host = _MOBILE.sub("", parts.netloc.lower())
    path = _EXTENSION.sub("", _INDEX.sub("/", parts.path)).rstrip("/")
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return host + path + (f"?{query}" if query else "") + (f"#{parts.fragment}" if parts.fragment else "")


def leads_home(url: str) -> bool:
    """Return whether a URL is that of a front page: no path, no query."""
    parts = urlsplit(url)
    return not _INDEX.sub("/", parts.path).strip("/") and not parts.query and not parts.fragment


def host_of(url: str) -> str:
    """Return the host of a URL in lower case, with its port where it names one; empty where there is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return f"{host}:{port}" if port else host


def _kept_query(parts: SplitResult) -> str:
    """The query as it stands, without the parameters that only say who shared the link."""
    kept = []
    for pair in parts.query.split("&"):
        name, _, value = pair.partition("=")
        if not _TRACKING.fullmatch(name) and not (name == "from" and value.lower() in _SHARED_FROM):
            kept.append(pair)
    return quote("&".join(filter(None, kept)), safe="%&=/?:@!$'()*+,;~-._[]")
