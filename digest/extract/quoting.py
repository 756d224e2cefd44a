"""Whether the bytes of a document say a sentence that was printed: the second half of a proof.

This version may read a page otherwise than the one that took the sentence from it.  Then the sentence must still stand
in the bytes, character after character, with nothing but markup, white space and glosses between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from html import unescape
from typing import Literal

from digest.errors import FormatError
from digest.extract.announced import read_listing
from digest.extract.doctext import document_text, drop_unwritten
from digest.extract.documents import looks_like_document
from digest.extract.feeds import looks_like_feed
from digest.extract.glosses import strip_glosses
from digest.extract.read import read_document
from digest.model import Document

Finding = Literal["read", "found", "missing"]

_EVERYTHING = 100_000
_LISTS = ("feed", "page-list", "json")
_NAMES = ("a.md", "a.txt", "a.html", "a.jsonl")
_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.I | re.S)
_TAG = re.compile(r"</?[A-Za-z!][^<>]{0,5000}>|\]\]>|<!\[CDATA\[")
_CODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_ESCAPE = re.compile(r"\\[nrtbf]|\\(?=[\"/\\])")
_NOT_SEEN = re.compile("[\\s\u00ad\u200b-\u200d\u2060\ufeff]+")


def find_quotes(
    document: Document, kind: str, rules: Mapping[str, str], quotes: Sequence[tuple[int, int, str]]
) -> tuple[Finding, ...]:
    """For every quote (start, end, sentence) how the document says it.

    `read`: an article read from it has this very slice; `found`: the characters stand in it in their order; `missing`:
    neither.  `kind` is that of the source, empty where it is unknown, and `rules` are those of its list.

    Raises:
        FormatError: the bytes cannot be read at all.
    """
    read = [False] * len(quotes)
    for text in _read_texts(document, kind, rules):
        read = [seen or text[start:end] == sentence for seen, (start, end, sentence) in zip(read, quotes, strict=True)]
        if all(read):
            return tuple("read" for _ in quotes)
    if looks_like_document(document.data):
        read_document(document)  # says so where it cannot be read at all
        sources = []
    else:
        sources = list(_plain_forms(document))
    return tuple(
        "read" if seen else "found" if any(squeeze(sentence) in source for source in sources) else "missing"
        for seen, (_, _, sentence) in zip(read, quotes, strict=True)
    )


def squeeze(text: str) -> str:
    """The characters of a text that are seen, without the white space between them."""
    return _NOT_SEEN.sub("", text)


def visible_text(page: str) -> str:
    """The characters that an HTML page shows, without white space."""
    return squeeze(unescape(_TAG.sub("", _UNSEEN.sub("", page))))


def _read_texts(document: Document, kind: str, rules: Mapping[str, str]) -> Iterator[str]:
    """The texts of all articles that this version reads in a document, by every reader that may have been at work.

    A name breaks a tie between two of them, and the name of then is not kept.
    """
    for name in dict.fromkeys((document.name, *_NAMES)):
        with suppress(FormatError):
            yield from (article.text for article in read_document(replace(document, name=name)).articles)
    listed = "feed" if looks_like_feed(document) else kind
    if listed in _LISTS:
        with suppress(FormatError):
            yield from (entry.article.text for entry in read_listing(document, listed, rules, _EVERYTHING).entries)


def _plain_forms(document: Document) -> Iterator[str]:
    """The characters of a document without markup: outside its scripts or with them, escaped up to three times."""
    raw = document_text(document)
    unfolded = _ESCAPE.sub("", _CODE.sub(lambda found: chr(int(found[1], 16)), raw))
    for form in dict.fromkeys((_UNSEEN.sub("", raw), raw, unfolded)):
        layer = form
        for _ in range(3):
            yield squeeze(drop_unwritten(strip_glosses(unescape(_TAG.sub("", layer)))))
            if "&" not in layer:
                break
            layer = unescape(layer)
