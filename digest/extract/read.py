"""One door for every form an article comes in: bytes in, Articles out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from digest.errors import FormatError
from digest.extract.boilerplate import drop_boilerplate, original_title
from digest.extract.bylines import first_publisher
from digest.extract.dates import read_date
from digest.extract.doctext import document_text, drop_unwritten, one_line
from digest.extract.documents import looks_like_document, read_paper
from digest.extract.frontmatter import has_front_matter, split_front_matter
from digest.extract.glosses import strip_glosses
from digest.extract.html import fragment_lines, looks_like_bare_page, looks_like_fragment, looks_like_page
from digest.extract.leading import leading_picture
from digest.extract.markdown import looks_like_markdown, markdown_lines, markdown_title
from digest.extract.metadata import head_metadata
from digest.extract.page import read_page
from digest.extract.plain import split_title, text_lines
from digest.extract.records import Record, looks_like_records, read_records
from digest.model import Article, Document
from digest.rank.language import detect_language
from digest.urls import clean_url

_PICTURES = ("headimg", "image", "cover", "thumbnail")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came out of one document: its articles, and what could not be read, one line each."""

    articles: tuple[Article, ...]
    problems: tuple[str, ...] = ()


def read_document(document: Document) -> Reading:
    """Return the articles in `document`; a file of records holds several, everything else one.

    The content decides what it is read as; the name only breaks a tie (Markdown or plain text).

    Raises:
        FormatError: the bytes are no text, or broken as what they claim to be.
    """
    if looks_like_document(document.data):
        return Reading((_from_paper(document),))
    text = document_text(document)
    kind = _kind(text, document)
    if kind == "records":
        records, problems = read_records(text)
        return Reading(tuple(_from_record(record, document) for record in records), tuple(problems))
    return Reading((_READERS[kind](text, document),))


def _kind(text: str, document: Document) -> str:
    """What `text` is: records, matter (front matter), page, fragment, markdown or plain."""
    name, media = document.name.lower(), document.media_type.lower()
    if (name.endswith((".json", ".jsonl", ".ndjson")) or "json" in media) or (
        looks_like_records(text) and not name.endswith((".txt", ".md"))
    ):
        return "records"
    if has_front_matter(text):
        return "matter"
    if looks_like_page(text):
        return "page"
    if looks_like_fragment(text) and looks_like_bare_page(text):
        return "page"
    if looks_like_fragment(text) or name.endswith((".html", ".htm", ".xhtml")):
        return "fragment"
    marked = name.endswith((".md", ".markdown")) or "markdown" in media or looks_like_markdown(text)
    return "markdown" if marked else "plain"


def _from_matter(text: str, document: Document) -> Article:
    fields, body = split_front_matter(text)
    lines = fragment_lines(body) if looks_like_fragment(body) else markdown_lines(markdown_title(body)[1])
    heading = "" if looks_like_fragment(body) else markdown_title(body)[0]
    author, categories = _one(fields, "author"), _many(fields, "categories", "category", "tags")
    return _article(
        lines,
        document,
        title=_one(fields, "title") or heading or original_title(body),
        author=author,
        published=read_date(_one(fields, "date") or _one(fields, "published"), document.fetched_at),
        # A crawler that has no author writes the channel's name there, which is also a category.
        site=_one(fields, "site") or _one(fields, "source") or (author if author in categories else ""),
        url=_one(fields, "url") or _one(fields, "link"),
        categories=categories,
        image=leading_picture((_one(fields, name) for name in _PICTURES), _one(fields, "url") or document.url),
    )


def _from_page(text: str, document: Document) -> Article:
    meta, lines = read_page(text, document.url, document.fetched_at)
    return _article(
        lines,
        document,
        title=meta.title,
        author=meta.author,
        published=meta.published,
        site=meta.site,
        url=meta.url,
        origin=meta.origin,
        categories=(meta.column,) if meta.column else (),
        image=meta.image,
    )


def _from_paper(document: Document) -> Article:
    paper = read_paper(document.data)
    return _article(paper.lines, document, title=paper.title, signed=paper.published)


def _from_fragment(text: str, document: Document) -> Article:
    lines = fragment_lines(text)
    title, rest = split_title(lines)
    return _article(rest, document, title=original_title("\n".join(lines)) or title)


def _from_markdown(text: str, document: Document) -> Article:
    title, body = markdown_title(text)
    lines = markdown_lines(body)
    if not title:
        title, lines = split_title(lines)
    return _article(lines, document, title=title)


def _from_plain(text: str, document: Document) -> Article:
    title, lines = split_title(text_lines(text))
    return _article(lines, document, title=title)


def _from_record(record: Record, document: Document) -> Article:
    text = record["text"]
    lines = fragment_lines(text) if looks_like_fragment(text) else text_lines(text)
    return _article(
        lines,
        document,
        title=record["title"],
        author=record["author"],
        published=read_date(record["date"], document.fetched_at),
        site=record["site"],
        url=record["url"],
        image=leading_picture((record["image"],), document.url),
    )


_READERS = {
    "matter": _from_matter,
    "page": _from_page,
    "fragment": _from_fragment,
    "markdown": _from_markdown,
    "plain": _from_plain,
}


def _article(
    lines: list[str], document: Document, *, title: str = "", signed: datetime | date | None = None, **fields: object
) -> Article:
    """Put an article together: glosses out, boilerplate out, what the first lines say of date and source used."""
    lines = [strip_glosses(drop_unwritten(line)) for line in lines]
    title = strip_glosses(one_line(title))
    published, source = head_metadata(lines, document.fetched_at)
    text = "\n".join(drop_boilerplate(lines, title))
    known = {name: _in_one_line(value) for name, value in fields.items() if value}
    site = str(known.pop("site", "") or source)
    return Article(
        title=title,
        text=text,
        language=detect_language(text or title),
        source=document.source or site,
        site=site,
        url=clean_url(str(known.pop("url", "") or document.url)),
        origin=str(known.pop("origin", "") or first_publisher(source, site)),
        published=known.pop("published", None) or published or signed,  # type: ignore[arg-type]  # a date by construction
        **known,  # type: ignore[arg-type]  # the named fields of the readers above
    )


def _in_one_line(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(filter(None, map(one_line, value)))
    return one_line(value) if isinstance(value, str) else value


def _one(fields: Mapping[str, str | tuple[str, ...]], name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else (value[0] if value else "")


def _many(fields: Mapping[str, str | tuple[str, ...]], *names: str) -> tuple[str, ...]:
    for name in names:
        value = fields.get(name)
        if value:
            return value if isinstance(value, tuple) else (value,)
    return ()


def first_article(reading: Reading, name: str) -> Article:
    """Return the first article of a reading.

    Raises:
        FormatError: there is none.
    """
    if not reading.articles:
        raise FormatError(f"{name} holds no article", "; ".join(reading.problems[:3]) or "give a file with text in it")
    return reading.articles[0]
