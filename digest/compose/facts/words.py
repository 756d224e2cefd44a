"""The words by which documents are told: labels of tables, kinds of documents, endings of bodies' names."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.resources import files

WORDS: dict[str, dict[str, list[str]]] = tomllib.loads(
    files("digest.data").joinpath("facts_words.toml").read_text(encoding="utf-8")
)


def either(words: Iterable[str]) -> str:
    """Return a pattern for any of `words`, the longest first."""
    return "|".join(sorted(set(words), key=lambda word: (-len(word), word)))
