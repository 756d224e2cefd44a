"""The public face: `from digest import summarize, read_article`.

Everything heavy is imported at first use, so that `import digest` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digest.compose.events.grouping import group_events
    from digest.errors import DigestError
    from digest.model import Article, Event, Issue, Summary
    from digest.rank.summarize import summarize

__all__ = ["Article", "DigestError", "Event", "Issue", "Summary", "group_events", "read_article", "summarize"]
__version__ = "0.1.0"

_HOMES = {
    "Article": "digest.model",
    "DigestError": "digest.errors",
    "Event": "digest.model",
    "Issue": "digest.model",
    "Summary": "digest.model",
    "group_events": "digest.compose.events.grouping",
    "summarize": "digest.rank.summarize",
}


def read_article(source: bytes | str | Path, *, url: str | None = None, media_type: str | None = None) -> Article:
    """Return the article in `source`, as clean text with what is known of it.

    Args:
        source: `bytes` are the content of a file or page; a `str` is content too, never a path; a `Path` is read.
        url: where it came from.
        media_type: as in an HTTP header, with its charset: `text/html; charset=gb2312`.

    Raises:
        ReadError: the file cannot be read.
        FormatError: the content is no text, or broken as what it claims to be.
    """
    from digest.extract.read import first_article, read_document
    from digest.model import Document

    if isinstance(source, Path):
        from digest.collect.files import read_file

        document = read_file(source)
    else:
        data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
        document = Document(data, name="the given text", url=url or "", media_type=media_type or "")
    return first_article(read_document(document), document.name)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
