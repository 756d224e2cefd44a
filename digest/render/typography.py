"""Gives moments, names and addresses the form in which a reader may safely see them.

Everything that comes from a source passes `clean` or `safe_href` before a template or a header sees it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime, tzinfo
from urllib.parse import quote, urlsplit

from digest.render.words import Words, interface_words, written_day

LONGEST_URL = 2000
MOST_MARKS = 3

_BREAKS = re.compile(r" *[\x00-\x1f\x7f-\x9f\u2028\u2029][\x00-\x1f\x7f-\x9f\u2028\u2029 ]*")

# Format characters (Cf) except the joiner of emoji, lone surrogates, noncharacters, and letters that print nothing.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    + "".join(chr(p << 16 | 0xFFFE) + chr(p << 16 | 0xFFFF) for p in range(17))
    + "]"
)
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_IDLE_SELECTOR = re.compile(rf"(?<![^\s{_SELECTORS}])[{_SELECTORS}]+|(?<=[{_SELECTORS}])[{_SELECTORS}]+")
_EMOJI = re.compile("[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_WITHOUT_MARKS = re.compile(
    r"[ -\u02ff\u2000-\u20cf\u2100-\u2cee\u3000-\u3029\u3030-\u3098\u309b-\ua66e\uac00-\ud7ff\uff00-\uffef]*"
)
_FULL_WIDTH = re.compile("[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\U00020000-\U0003fffd]")
_JOINER = re.compile("\u200d")
_UNSAFE_IN_URL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200d]")


def local_time(moment: datetime, zone: tzinfo | None) -> datetime:
    """The moment on the clocks of `zone`; unchanged where there is no zone or the calendar ends before it."""
    if moment.tzinfo is None or zone is None:
        return moment  # astimezone() would ask the machine for its zone
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def published_text(
    published: datetime | date | None, zone: tzinfo | None = None, year: int | None = None, words: Words | None = None
) -> str:
    """`11月20日 09:30` on the clocks of `zone`, `11月20日` where only the day is known, empty where nothing is.

    The year is told too (`2025年11月20日`) unless it is `year`; `words` are those of simplified Chinese if not given.
    """
    if published is None:
        return ""
    at = local_time(published, zone) if isinstance(published, datetime) else published
    text = written_day(at, words or interface_words(), year)
    return f"{text} {at:%H:%M}" if isinstance(at, datetime) else text


def published_iso(published: datetime | date | None, zone: tzinfo | None = None) -> str:
    """The same for machines: `2026-11-20T09:30:00+08:00`, `2026-11-20`, or empty."""
    if isinstance(published, datetime):
        return local_time(published, zone).isoformat(timespec="seconds")
    return published.isoformat() if published else ""


def clean(text: str) -> str:
    """The text as one harmless line: NFC, without controls, invisible or direction-changing characters.

    A run of controls or line ends becomes one space; bidi controls, zero-width and tag characters, lone surrogates and
    everything else that prints nothing is dropped.  The joiner stays inside emoji (👩‍🔬), a variation selector stays on
    its character, and no character carries more than three combining marks.  Cleaning twice changes nothing more.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    text = _IDLE_SELECTOR.sub("", _HIDDEN.sub("", _BREAKS.sub(" ", text)))
    text = _IDLE_SELECTOR.sub("", _JOINER.sub(_keep_in_emoji, text))  # what a joiner held up falls with it
    return _limit_marks(unicodedata.normalize("NFC", text)).strip()


def clip(text: str, limit: int) -> str:
    """The text itself where it has at most `limit` characters, else its beginning with … as the last of them."""
    return text if len(text) <= limit else clean(text[: limit - 1]) + "…"


def clip_wide(text: str, limit: int) -> str:
    """As `clip`, but Latin letters, half as wide, may be twice as many."""
    return clip(text, limit if _FULL_WIDTH.search(text[:limit]) else 2 * limit)


def safe_href(url: str, schemes: Collection[str] = ("http", "https", "mailto")) -> str:
    """The address in pure ASCII where a reader may follow it, else an empty string.

    Only `schemes` pass; so neither does a control character anywhere (browsers read `java\\tscript:` as `javascript:`),
    nor a name or password before the host, nor anything longer than 2,000 characters.
    """
    url = url.strip()
    if len(url) > LONGEST_URL or _UNSAFE_IN_URL.search(url) or _HIDDEN.search(url):
        return ""
    try:
        parts = urlsplit(url)
        scheme, host, _ = parts.scheme, parts.hostname or "", parts.port
    except ValueError:  # a broken IPv6 host or port
        return ""
    if scheme not in schemes:
        return ""
    if scheme == "mailto":
        return _escape(url) if "@" in parts.path else ""
    return _web_address(url, parts.netloc, host)


def _web_address(url: str, netloc: str, host: str) -> str:
    if not host or "@" in netloc or "\\" in url:
        return ""
    try:
        ascii_netloc = netloc if netloc.isascii() else netloc.replace(host, host.encode("idna").decode())
    except UnicodeError:
        return ""
    escaped = _escape(url.replace(netloc, ascii_netloc, 1))
    return escaped if ascii_netloc.isascii() and ascii_netloc in escaped else ""


def _escape(url: str) -> str:
    return quote(url, safe="%/:?#[]@!$&'()*+,;=~")


def _keep_in_emoji(found: re.Match[str]) -> str:
    before, after = found.string[: found.start()], found.string[found.end() :]
    base = before.removesuffix("\ufe0f")[-1:]
    return "\u200d" if _EMOJI.match(base) and _EMOJI.match(after[:1]) else ""


def _limit_marks(text: str) -> str:
    if _WITHOUT_MARKS.fullmatch(text):  # most Chinese: looking at every character takes fifty times as long
        return text
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me") else 0
        if run <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)
