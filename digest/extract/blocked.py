"""Why a page that came with status 200 is no article: a firewall, an error, a login or a script stands in its place.

Only short pages are judged, by their title and their few lines: an article about 验证码 has sentences, and what it says
of them it says to its readers, not to the visitor.
"""

from __future__ import annotations

import re
from typing import Any

from digest.errors import DigestError
from digest.extract.doctext import document_text, one_line
from digest.extract.html import element_lines, looks_like_fragment, looks_like_page, parse
from digest.extract.notices import LINES, TITLES
from digest.model import Document
from digest.rank.language import simplify

_ENOUGH = 300
"""Characters of sentences that make a page an article, whatever else it says."""
_SOME = 40
"""Characters of sentences not said to the visitor that make even a short page an article."""
_SHORT = 600
"""Characters of text outside links beyond which a page is too long to be an error."""

_LARGEST = 300_000
"""Bytes beyond which no page is looked at: what stands in the place of an article is small."""

_PIECE = re.compile(r">([^<>]{25,})")
_SITE = re.compile(r"\s*[-_|—–:：·]+\s*")
_ADDRESSED = re.compile(r"您|请(?:稍|联系|刷新|返回|检查|确认|点击|使用|重新)|客服|\byour?\b|\bplease\b", re.I)
_REFRESH = re.compile(r"\d+")


def find_block(document: Document) -> str:
    """Return why a page is no article, with the words that say so; empty where it may be one.

    Anything but a page (a feed, JSON, a PDF) is none of its business, but for an empty answer.
    """
    if not document.data.strip():
        return "the answer is empty"
    if len(document.data) > _LARGEST:
        return ""
    try:
        text = document_text(document)
    except DigestError:
        return ""
    if not text.strip():
        return "the answer is empty"
    if sum(len(piece) for piece in map(str.strip, _PIECE.findall(text)) if _ends(piece)) >= 2 * _ENOUGH:
        return ""  # an article beyond doubt; most pages need not be parsed
    if not looks_like_page(text) and not looks_like_fragment(text):
        return _judge("", _plain_lines(text)) if len(text) <= _ENOUGH else ""
    root = parse(text)
    return "the page is empty" if root is None else _judge_page(root)


def _ends(piece: str) -> bool:
    """Whether a piece of text is a sentence, or several: it ends in 。 or, where it is long, in a full stop."""
    end = piece[-24:]
    return any(mark in end for mark in "。！？") or (len(piece) >= 80 and end[-1:] in ".!?")


def _judge_page(root: Any) -> str:
    title = one_line(root.findtext(".//title") or "")[:_SHORT]
    lines = element_lines(root)
    size = sum(map(len, lines))
    scripted = next(root.iter("script"), None) is not None
    if size <= 20 and not title and not scripted and not _refreshed(root):
        return "the page is empty" if not size else _judge(title, lines)
    if size <= 50 and _refreshed(root):
        return _judge(title, lines) or "the page only sends its visitor on"
    if size <= 20 and scripted:
        return _judge(title, lines) or "the page is drawn by a script and holds no text"
    return _judge(title, lines if size <= _SHORT else _lines_outside_links(root)) or (
        "" if size else "the page holds no text"
    )


def _judge(title: str, lines: list[str]) -> str:
    """What the title or a line says to the visitor, where there is no article around it."""
    told = [(line, _kind(simplify(line[:80]))) for line in lines]
    prose = sum(len(line) for line, kind in told if not kind and _is_prose(line))
    if prose >= _SOME or sum(len(line) for line in lines) > _SHORT:
        return ""
    for part in (title, *_SITE.split(title)):
        for kind, pattern in TITLES:
            if part and pattern.fullmatch(simplify(part[:60]).strip(" ！!。.，,>»")):
                return f"{kind}: {one_line(part[:40])}"
    return next((f"{kind}: {one_line(line[:40])}" for line, kind in told if kind), "")


def _kind(line: str) -> str:
    """What kind of notice a line is: it begins with one, but for a short greeting, and is no longer than a notice."""
    return next((kind for kind, pattern in LINES if pattern.match(line)), "")


def _is_prose(line: str) -> bool:
    """Whether a line is a sentence, and one that is not said to the visitor."""
    return len(line) >= 25 and line.rstrip('”」"）)')[-1:] in "。！？!?." and not _ADDRESSED.search(line)


def _lines_outside_links(root: Any) -> list[str]:
    """The lines that are more than the text of links, as the notice of an error among the navigation of its site."""
    linked = {" ".join("".join(anchor.itertext()).split()) for anchor in root.iter("a")}
    lines = []
    for line in element_lines(root):
        rest = line
        for word in linked if len(line) <= 400 else ():
            rest = rest.replace(word, "") if word else rest
        if len(rest.strip(" |-·>»")) >= 4:
            lines.append(line)
    return lines


def _refreshed(root: Any) -> bool:
    """Whether a meta tag sends the visitor on at once."""
    for meta in root.iter("meta"):
        content = (meta.get("content") or "").strip()
        seconds = _REFRESH.match(content)
        if seconds and (meta.get("http-equiv") or "").lower() == "refresh":
            return int(seconds[0][:9]) <= 10
    return False


def _plain_lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
