"""Summarizing a single document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from digest.errors import FormatError
from digest.extract.read import Reading, first_article, read_document
from digest.model import Article, Document, Summary
from digest.rank.summarize import summarize


@dataclass(frozen=True, slots=True)
class Wish:
    """How long a summary should be and what it should lean to; see `digest.summarize`."""

    sentences: int | None = None
    chars: int | None = None
    ratio: float | None = None
    title: str | None = None
    query: str | None = None
    trim: bool = True


def fetch_document(
    url: str, environ: Mapping[str, str], clock: Callable[[], datetime], *, allow_private: bool = False
) -> tuple[Document, Reading]:
    """Return the page at a URL, and what is in it; it is read in a process of its own.

    Raises:
        FetchError: it cannot be fetched.
        FormatError: it holds no article, or a block page stands in its place.
    """
    from digest.collect.access import Access, place_of
    from digest.collect.http import Fetcher
    from digest.extract.blocked import find_block
    from digest.extract.feeds import looks_like_feed
    from digest.guard import Guard

    with Fetcher(environ=environ, clock=clock) as fetcher, Guard(1) as guard:
        document = fetcher.fetch(url, Access(allow_private=place_of(url) if allow_private else ""))
        if guard.call(looks_like_feed, document):
            raise FormatError(
                f"{document.name} is a feed, not an article", "digest sources test URL lists its articles"
            )
        if blocked := guard.call(find_block, document):
            raise FormatError(f"the server answers with a block page instead: {blocked}", "save it from a browser")
        return document, guard.call(read_document, document)


def summarize_document(
    document: Document, wish: Wish, reading: Reading | None = None
) -> tuple[Article, Summary, tuple[str, ...]]:
    """Return the (first) article of a document, its summary, and what could not be read of it.

    `reading` is what is in it, where it was read already.

    Raises:
        FormatError: it holds no article.
        ValueError: the wish is out of range.
    """
    try:
        reading = reading or read_document(document)
    except FormatError as error:
        raise FormatError(f"{document.name}: {error.message}", error.hint) from error
    article = first_article(reading, document.name)
    article = replace(article, title=wish.title or article.title)
    summary = summarize(
        article.text,
        title=article.title or None,
        sentences=wish.sentences,
        chars=wish.chars,
        ratio=wish.ratio,
        query=wish.query,
        language=article.language if article.language != "und" else None,
        trim=wish.trim,
    )
    return article, summary, _notes(reading.problems, len(reading.articles))


def _notes(problems: tuple[str, ...], count: int) -> tuple[str, ...]:
    more = (f"{count} articles are in it; this is the first (digest preview reads them all)",) if count > 1 else ()
    return problems + more
