"""What proves an issue later: its manifest, written at the freezing, and read again when somebody asks.

It names for every printed sentence the article, the place in its text and a hash of the slice, and for the mail the
hashes of its parts.  Version 1 named the articles and the offsets of their sentences only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from digest.collect.files import read_file
from digest.errors import ReadError
from digest.extract.quoting import squeeze, visible_text
from digest.extract.read import read_document
from digest.model import Article, Document, Issue, Letter, Sentence
from digest.rank.tokens import segmenter_name
from digest.render.typography import clean
from digest.store import Store

VERSION = 2

LARGEST_FILE = 5_000_000
"""A file of more bytes (a year of articles in one JSONL) is not put into the database."""

Part = Literal["summary", "added", "overview"]


@dataclass(frozen=True, slots=True)
class Quote:
    """One printed sentence as a manifest of either version names it; `mark` is its hash, empty in version 1."""

    item: int
    title: str
    part: Part
    key: str
    source: str
    url: str
    text_mark: str
    start: int
    end: int
    mark: str = ""
    left_off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader sees of a letter, without white space."""

    html: str
    text: str

    def missing(self, sentence: str) -> list[str]:
        """The parts of the letter that do not print a sentence."""
        printed = squeeze(clean(sentence))
        return [part for part, seen in (("html", self.html), ("text", self.text)) if printed not in seen]


def make_manifest(issue: Issue, letter: Letter, body: bytes) -> dict[str, Any]:
    """Return what proves an issue later, as JSON: hashes of the mail's parts, of every text and every sentence.

    A quote is {key, start, end, sha256}, and {left_off: ["html"]} where the letter had no room for it there.
    """
    shown = Shown(visible_text(letter.html), squeeze(letter.text))
    leading = {item.number: item.article for item in issue.items}
    return {
        "version": VERSION,
        "segmenter": segmenter_name(),
        "sha256": {"html": hash_text(letter.html), "text": hash_text(letter.text), "body": sha256(body).hexdigest()},
        "items": [
            {
                "number": item.number,
                "key": item.article.key,
                "source": item.article.source,
                "title": item.title,
                "url": item.article.url,
                "sha256": hash_text(item.article.text),
                "sentences": [_quote(item.article, sentence, shown) for sentence in item.summary.sentences],
                "added": [
                    {"source": a.article.source, "url": a.article.url, "text_sha256": hash_text(a.article.text)}
                    | _quote(a.article, a.sentence, shown)
                    for a in item.added
                ],
            }
            for item in issue.items
        ],
        "overview": [
            {"item": h.item} | _quote(leading[h.item], h.sentence, shown) for h in issue.overview if h.item in leading
        ],
    }


def keep_files(store: Store, issue: Issue, files: Mapping[str, Path], now: datetime) -> None:
    """Keep the bytes of the files that an issue prints, so that it can be proved when they are gone.

    `files` maps keys of articles to the files they were read from.  One that is very large, cannot be read again or
    reads otherwise by now is left out.
    """
    printed = {a.key: a for item in issue.items for a in (item.article, *(added.article for added in item.added))}
    read: dict[Path, tuple[Document, frozenset[str]]] = {}
    pairs = []
    for key, article in printed.items():
        if (path := files.get(key)) is None:
            continue
        with suppress(ReadError):
            if path not in read:
                document = read_file(path, article.source)
                read[path] = document, frozenset(found.text for found in read_document(document).articles)
            document, texts = read[path]
            if article.text in texts and len(document.data) <= LARGEST_FILE:
                pairs.append((article, document))
    if pairs:
        store.record_fetched(pairs, now)


def hash_text(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _quote(article: Article, sentence: Sentence, shown: Shown) -> dict[str, Any]:
    quote = {
        "key": article.key,
        "start": sentence.start,
        "end": sentence.end,
        "sha256": hash_text(article.text[sentence.start : sentence.end]),
    }
    missing = shown.missing(sentence.text)
    return quote | ({"left_off": missing} if missing else {})


def read_manifest(manifest: Mapping[str, Any]) -> Iterator[Quote]:
    """The sentences a manifest names, item by item; one of version 1 has pairs of offsets."""
    items = manifest.get("items", ())
    for number, item in enumerate(items, 1):
        known = {
            "item": item.get("number", number),
            "title": item.get("title", ""),
            "source": item.get("source", ""),
            "url": item.get("url", ""),
        }
        for sentence in item["sentences"]:
            yield _to_quote(sentence, known | {"part": "summary", "key": item["key"], "text_mark": item["sha256"]})
        for added in item.get("added", ()):
            of_its_own = {name: added[name] for name in ("source", "url")} | {"text_mark": added["text_sha256"]}
            yield _to_quote(added, known | {"part": "added", "key": added["key"]} | of_its_own)
    by_number = {item.get("number"): item for item in items}
    for quote in manifest.get("overview", ()):
        item = by_number[quote["item"]]
        known = {name: item[name] for name in ("title", "source", "url")} | {"item": quote["item"]}
        yield _to_quote(quote, known | {"part": "overview", "key": quote["key"], "text_mark": item["sha256"]})


def _to_quote(found: Any, known: Mapping[str, Any]) -> Quote:
    if isinstance(found, list):
        return Quote(start=found[0], end=found[1], **known)
    left_off = tuple(found.get("left_off", ()))
    return Quote(start=found["start"], end=found["end"], mark=found["sha256"], left_off=left_off, **known)
