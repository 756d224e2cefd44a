"""Articles go in once and come out as they went in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection, Row, insert

from digest.model import Article
from digest.store.schema import articles


def record(connection: Connection, found: Iterable[Article], now: datetime) -> int:
    """How many of the articles were unknown, and are kept from now on; of a known one the first version stays.

    The first version stays because an issue may already quote it: its offsets are offsets into that text.
    """
    return sum(_insert(connection, article, now) for article in found)


def _insert(connection: Connection, article: Article, now: datetime) -> int:
    statement = insert(articles).prefix_with("OR IGNORE").values(**_to_columns(article), first_seen=now)
    return connection.execute(statement).rowcount


def _to_columns(article: Article) -> dict[str, object]:
    published = article.published
    return {
        "key": article.key,
        "title": article.title,
        "text": article.text,
        "author": article.author,
        "site": article.site,
        "url": article.url,
        "language": article.language,
        "source": article.source,
        "published": None if published is None else published.isoformat(),
        "published_is_day": published is not None and not isinstance(published, datetime),
        "categories": article.categories,
        "fingerprint": fingerprint(article),
    }


def fingerprint(article: Article) -> str:
    """64 hexadecimal digits of the title and text, to tell later whether a known article was changed."""
    content = f"{article.title}\0{article.text}"
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def from_row(row: Row[tuple[object, ...]]) -> Article:
    """The article of a row that holds every column of the table."""
    columns = row._mapping
    return Article(
        title=columns["title"],
        text=columns["text"],
        author=columns["author"],
        published=_published(columns["published"], columns["published_is_day"]),
        site=columns["site"],
        url=columns["url"],
        language=columns["language"],
        source=columns["source"],
        categories=tuple(columns["categories"]),
    )


def _published(text: str | None, is_day: bool) -> datetime | date | None:
    if text is None:
        return None
    return date.fromisoformat(text) if is_day else datetime.fromisoformat(text)
