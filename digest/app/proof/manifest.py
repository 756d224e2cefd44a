"""What proves an issue later: its manifest, written at the freezing, and read again when somebody asks.

It names for every printed sentence the article, the place in its text and a hash of the slice, and for the mail the
hashes of its parts; the seal says that it was written with the key of the database.  Version 1 named the articles and
the offsets of their sentences only.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from digest.collect.files import read_file
from digest.errors import ReadError
from digest.extract.quoting import squeeze, visible_text
from digest.extract.read import read_document
from digest.model import Article, Document, Issue, LeftOff, Letter, Sentence
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

    def quote(part: Part, item: int, place: int, article: Article, sentence: Sentence) -> dict[str, Any]:
        dropped = _had_no_room(letter.left_off, part, item, place) and "html" in shown.missing(sentence.text)
        return _quote(article, sentence) | ({"left_off": ["html"]} if dropped else {})

    leading = {item.number: item.article for item in issue.items}
    return {
        "version": VERSION,
        "edition": issue.edition,
        "slot": issue.slot.astimezone(UTC).isoformat(),
        "number": issue.number,
        "segmenter": segmenter_name(),
        "sha256": hash_parts(letter.subject, letter.html, letter.text, body),
        "items": [
            {
                "number": item.number,
                "key": item.article.key,
                "source": item.article.source,
                "title": item.title,
                "url": item.article.url,
                "sha256": hash_text(item.article.text),
                "sentences": [
                    quote("summary", item.number, place, item.article, sentence)
                    for place, sentence in enumerate(item.summary.sentences)
                ],
                "added": [
                    {"source": a.article.source, "url": a.article.url, "text_sha256": hash_text(a.article.text)}
                    | quote("added", item.number, place, a.article, a.sentence)
                    for place, a in enumerate(item.added)
                ],
            }
            for item in issue.items
        ],
        "overview": [
            {"item": h.item} | quote("overview", h.item, place, leading[h.item], h.sentence)
            for place, h in enumerate(issue.overview)
            if h.item in leading
        ],
    }


def _had_no_room(left_off: LeftOff, part: Part, item: int, place: int) -> bool:
    """Whether the HTML had no room for the sentence at that place of a part of an item."""
    if part == "overview":
        return item in left_off.unlisted
    return item in left_off.folded or (left_off.short and (part == "added" or place > 0))


def seal_manifest(manifest: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """Return the manifest with its seal, an HMAC under the key over all of it: to be called when it is complete."""
    return {**manifest, "seal": _seal_of(manifest, key)}


def is_sealed(manifest: Mapping[str, Any], key: bytes) -> bool:
    """Whether the manifest is, character by character, one that was sealed with the key."""
    seal = manifest.get("seal")
    return isinstance(seal, str) and hmac.compare_digest(
        seal.encode("utf-8", "replace"), _seal_of(manifest, key).encode()
    )


def _seal_of(manifest: Mapping[str, Any], key: bytes) -> str:
    rest = {name: value for name, value in manifest.items() if name != "seal"}
    told = "manifest\0" + json.dumps(rest, sort_keys=True, separators=(",", ":"))  # in ASCII, whatever is in it
    return hmac.new(key, told.encode(), "sha256").hexdigest()


def hash_parts(subject: str, html: str, text: str, body: bytes) -> dict[str, str]:
    """Return the hashes of what an issue is mailed as, by its parts."""
    parts = {"subject": subject, "html": html, "text": text}
    return {name: hash_text(part) for name, part in parts.items()} | {"body": sha256(body).hexdigest()}


def keep_files(store: Store, issue: Issue, files: Mapping[str, Path], now: datetime) -> None:
    """Keep the bytes of the files that an issue prints, so that it can be proved when they are gone."""
    printed = [a for item in issue.items for a in (item.article, *(added.article for added in item.added))]
    keep_bytes(store, printed, files, now)


def keep_bytes(store: Store, articles: Iterable[Article], files: Mapping[str, Path], now: datetime) -> None:
    """Keep the bytes of the files that articles were read from.

    `files` maps keys of articles to the files they were read from.  One that is very large, cannot be read again or
    reads otherwise by now is left out.
    """
    read: dict[Path, tuple[Document, frozenset[str]]] = {}
    pairs = []
    for key, article in {article.key: article for article in articles}.items():
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


def _quote(article: Article, sentence: Sentence) -> dict[str, Any]:
    return {
        "key": article.key,
        "start": sentence.start,
        "end": sentence.end,
        "sha256": hash_text(article.text[sentence.start : sentence.end]),
    }


def read_manifest(manifest: Mapping[str, Any]) -> Iterator[Quote]:
    """The sentences a manifest names, item by item; one of version 1 has pairs of offsets.

    Raises ValueError, LookupError, TypeError or AttributeError where it is not as a manifest was ever written.
    """
    items = manifest["items"]
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
        quote = Quote(start=found[0], end=found[1], **known)
    else:
        left_off = tuple(part for part in found.get("left_off", ()) if part == "html")  # the text part is complete
        quote = Quote(start=found["start"], end=found["end"], mark=found["sha256"], left_off=left_off, **known)
    numbers = (quote.item, quote.start, quote.end)
    words = (quote.title, quote.key, quote.source, quote.url, quote.text_mark, quote.mark)
    if not (all(type(n) is int and n >= 0 for n in numbers) and all(isinstance(word, str) for word in words)):
        raise ValueError("a manifest with a sentence of other types")
    return quote
