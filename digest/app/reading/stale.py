"""What is too old to be news, and what cannot be true of a date."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from digest.extract.dates import BEIJING
from digest.model import Article

AHEAD = timedelta(days=2)
"""A date further ahead than this is a mistake; less may be a time zone."""


def believable(article: Article, now: datetime) -> Article:
    """Return the article without a date that has not come yet: it would be the newest for years."""
    published = article.published
    if published is None:
        return article
    day = published.astimezone(BEIJING).date() if isinstance(published, datetime) else published
    return replace(article, published=None) if day > (now + AHEAD).astimezone(BEIJING).date() else article


def stale_reason(article: Article, days: int, now: datetime) -> str:
    """Return why an article is too old to be news when it is first seen, or nothing."""
    published = article.published
    if published is None:
        return ""
    day = published.astimezone(BEIJING).date() if isinstance(published, datetime) else published
    age = (now.astimezone(BEIJING).date() - day).days
    return f"published {age} days before it was first seen" if age > days else ""
