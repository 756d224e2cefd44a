"""The text of a fetched document: its bytes decoded, its declared charset heard, characters nobody sees deleted."""

from __future__ import annotations

import re

from digest.extract.encoding import decode
from digest.model import Document

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_INVISIBLE = re.compile(r"[\u200b\u2060\ufeff\u00ad]")


def document_text(document: Document) -> str:
    """Return the characters of `document`, without zero-width ones.

    Raises:
        FormatError: the bytes are no text.
    """
    charset = _CHARSET.search(document.media_type)
    text, _ = decode(document.data, charset.group(1) if charset else "")
    return _INVISIBLE.sub("", text)
