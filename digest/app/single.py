"""Summarizing a single document."""

from __future__ import annotations

from dataclasses import dataclass, replace

from digest.errors import FormatError
from digest.extract.read import first_article, read_document
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


def summarize_document(document: Document, wish: Wish) -> tuple[Article, Summary, tuple[str, ...]]:
    """Return the (first) article of a document, its summary, and what could not be read of it.

    Raises:
        FormatError: it holds no article.
        ValueError: the wish is out of range.
    """
    try:
        reading = read_document(document)
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
