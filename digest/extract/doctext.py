"""The text of a fetched document: its bytes decoded, its declared charset heard, characters nobody wrote deleted."""

from __future__ import annotations

import re

from digest.extract.encoding import decode
from digest.model import Document

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_UNWRITTEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\ufffd\ufffe\uffff\ud800-\udfff]")


def document_text(document: Document) -> str:
    """Return the characters of `document` that somebody wrote.

    Raises:
        FormatError: the bytes are no text.
    """
    charset = _CHARSET.search(document.media_type)
    text, _ = decode(document.data, charset.group(1) if charset else "")
    return drop_unwritten(text)


def drop_unwritten(text: str) -> str:
    """Return `text` without characters nobody wrote: control characters, invisible ones, half surrogate pairs, U+FFFD.

    They come back by references (`&#xFFFD;`), escapes (`\\u0000`) and the fonts of a PDF.
    """
    return _UNWRITTEN.sub("", text)


def one_line(text: str) -> str:
    """Return `text` as one line of characters that somebody wrote, white space folded."""
    return " ".join(drop_unwritten(text).split())
