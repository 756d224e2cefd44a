"""Forgotten articles: their words are gone, and what each is known by stays, so that it is never printed again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, and_, select

from digest.model import Article
from digest.store.identity import select_in
from digest.store.schema import articles

NOTHING = hashlib.sha256(b"\0").hexdigest()
"""The fingerprint of an article that never had a title nor a text."""


def is_forgotten() -> ColumnElement[bool]:
    """Whether only what it is known by is left of an article."""
    return and_(articles.c.title == "", articles.c.text == "", articles.c.fingerprint != NOTHING)


def find_forgotten(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Those of the articles that are forgotten."""
    question = select(articles.c.key).where(is_forgotten())
    return {row.key for row in select_in(connection, question, articles.c.key, keys)}


def has_words(article: Article) -> bool:
    """Whether an article of the store can be read: it is not forgotten, nor was it ever empty."""
    return bool(article.title or article.text)
