"""Notices that come as attachments: the title and the paragraphs of a .pdf or .docx, told by their first bytes."""

from __future__ import annotations

import logging
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from itertools import pairwise
from typing import Any
from zipfile import BadZipFile, ZipFile

from digest.errors import FormatError
from digest.extract.dates import read_date
from digest.extract.plain import LIST_MARK, width

MOST_PAGES = 200
"""A longer PDF is read to here."""

LARGEST_UNPACKED = 50_000_000
HIGHEST_RATIO = 200
"""What a .docx may hold unpacked, in bytes, and how much smaller it may be packed."""

_INSTALL = "pip install 'textrank-digest[documents]'"
_OLE = b"\xd0\xcf\x11\xe0"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_PAGE_NUMBER = re.compile(r"[\s\-—–－·]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/，,共]\s*共?\s*\d{1,4}\s*页?)?[\s\-—–－·]*")
_NUMBER_OF_DOCUMENT = re.compile(
    r"^[\u4e00-\u9fffA-Za-z]{1,14}\s*[〔\[（(【]\s*(?:19|20)\d\d\s*[〕\]）)】]\s*第?\s*\d{1,5}\s*号$"
)
_MASTHEAD = re.compile(r"文\s*件$|^附件\s*\d*[:：]?$|^(?:机密|秘密|特急|加急|公开)|^[A-Z0-9 ./-]+$")
_SENTENCE = re.compile(r"[。！？；;，,、：:]$")
_NO_TITLE = re.compile(
    r"microsoft word|\.(?:docx?|wps|pdf|xlsx?|rtf)\b|^(?:untitled|无标题|未命名|document\d*|文档\d*|标题)$", re.I
)
_FAULTS = (
    KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, RuntimeError, AssertionError, OverflowError,
    zlib.error, BadZipFile, EOFError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """What a document of an office holds: its title, its paragraphs, and the day it is signed with."""

    title: str
    lines: list[str]
    published: datetime | date | None = None


def looks_like_document(data: bytes) -> bool:
    """Whether `data` is a PDF, a zip archive as a .docx is one, or a file of old Word or WPS."""
    return b"%PDF-" in data[:1024] or data.startswith((b"PK\x03\x04", _OLE))


def read_paper(data: bytes) -> Paper:
    """Return what a .pdf or .docx holds.

    Raises:
        FormatError: it is another kind of file, encrypted, damaged, scanned or too large, or the extra `documents` is
            not installed.
    """
    if data.startswith(_OLE):
        if _LOCKED in data:
            raise FormatError("the document is encrypted with a password", "save it without a password")
        raise FormatError("this is a .doc or .wps of old Word or WPS", "open it there and save it as .docx")
    return _read_docx(data) if data.startswith(b"PK\x03\x04") else _read_pdf(data)


def _read_pdf(data: bytes) -> Paper:
    try:
        import pypdf
    except ImportError as error:
        raise FormatError("a PDF needs pypdf, which is not installed", _INSTALL) from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise FormatError("the PDF is encrypted with a password", "save it without a password")
        pages = [_page_rows(reader.pages[n]) for n in range(min(len(reader.pages), MOST_PAGES))]
        named = str((reader.metadata.title if reader.metadata else "") or "")
    except (pypdf.errors.PyPdfError, pypdf.errors.DependencyError, *_FAULTS) as error:
        raise FormatError("the PDF is damaged, or no PDF", "open it in a viewer and save it again") from error
    rows = [row for page in _without_margins(pages) for row in page]
    if sum(len(row.text) for row in rows) < 20:
        raise FormatError("the PDF holds pictures of pages, no text (it is scanned)", "run it through OCR first")
    title = _title(named, rows)
    return _paper(title, _join_rows(rows))


@dataclass(frozen=True, slots=True)
class _Row:
    """A line as it stands on a page, and how large it is printed."""

    text: str
    size: float = 0.0


def _page_rows(page: Any) -> list[_Row]:
    """The rows of one page in reading order."""
    sizes: dict[str, float] = {}

    def note(text: str, _: Any, matrix: Any, __: Any, size: float) -> None:
        if text and text.strip():
            sizes[text.strip()[:8]] = abs(float(size or 0) * float(matrix[3] or 1))

    texts = page.extract_text(visitor_text=note).splitlines()
    rows = [" ".join(text.replace("\u3000", "  ").split("\t")).rstrip() for text in texts if text.strip()]
    return [_Row(row, sizes.get(row.strip()[:8], 0.0)) for row in rows]


def _without_margins(pages: Sequence[list[_Row]]) -> Iterator[list[_Row]]:
    """The pages without their numbers, and without what stands at the head or foot of most of them."""
    edges = Counter(_still(row) for page in pages for row in {_still(r): r for r in page[:1] + page[-2:]}.values())
    common = {text for text, times in edges.items() if times >= 3 and times * 2 > len(pages)}
    for page in pages:
        last = len(page) - 2
        yield [
            row
            for at, row in enumerate(page)
            if not (at in (0, last, last + 1) and (_PAGE_NUMBER.fullmatch(row.text) or _still(row) in common))
        ]


def _still(row: _Row) -> str:
    """What stays of a header from page to page: all but its digits."""
    return re.sub(r"\d+", "0", row.text.strip())


def _join_rows(rows: Sequence[_Row]) -> list[str]:
    """The paragraphs: a row that fills the width goes on in the next."""
    if not rows:
        return []
    widths = sorted(width(row.text) for row in rows)
    full = 0.85 * widths[int(0.9 * (len(widths) - 1))]
    lines = [rows[0].text.strip()]
    for before, row in pairwise(rows):
        apart = before.size and row.size and abs(before.size - row.size) > 0.1 * before.size
        if width(before.text) < full or row.text.startswith("  ") or apart or LIST_MARK.match(row.text):
            lines.append(row.text.strip())
        else:
            glue = " " if lines[-1][-1:].isascii() and row.text.strip()[:1].isascii() else ""
            lines[-1] += glue + row.text.strip()
    return lines


def _read_docx(data: bytes) -> Paper:
    try:
        import docx
        from docx.exceptions import PythonDocxError
        from docx.opc.exceptions import OpcError
        from lxml import etree
    except ImportError as error:
        raise FormatError("a .docx needs python-docx, which is not installed", _INSTALL) from error
    _check_archive(data)
    try:
        document = docx.Document(BytesIO(data))
        rows = list(_docx_rows(document))
        named = str(document.core_properties.title or "")
    except (etree.LxmlError, PythonDocxError, OpcError, *_FAULTS) as error:
        raise FormatError("the .docx is damaged", "open it in a word processor and save it again") from error
    lines = [row.text for row in rows]
    if not lines:
        raise FormatError("the .docx holds no text", "give the text itself; pictures are not read")
    return _paper(_title(named, rows), lines)


def _check_archive(data: bytes) -> None:
    """Refuse what is no .docx, or would be huge unpacked: the directory of the archive says so before it is read."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
    except _FAULTS as error:
        raise FormatError("the .docx is damaged", "open it in a word processor and save it again") from error
    if not any(entry.filename == "word/document.xml" for entry in entries):
        raise FormatError("this is a binary file: a zip archive that is no .docx", "unpack it, or save it as .docx")
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if unpacked > LARGEST_UNPACKED or (unpacked > 1_000_000 and unpacked > HIGHEST_RATIO * packed):
        raise FormatError(
            f"the .docx would hold {unpacked // 1_000_000} MB unpacked, more than is read",
            "take out the pictures, or give its text",
        )


def _docx_rows(document: Any) -> Iterator[_Row]:
    """Yield the paragraphs and the rows of tables in their order; a heading or title counts as printed large."""
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                cells = dict.fromkeys(" ".join(cell.text.split()) for cell in row.cells)
                if text := " ".join(filter(None, cells)):
                    yield _Row(text)
            continue
        style = (block.style.name if block.style is not None else "") or ""
        size = 2.0 if style.lower().startswith(("title", "heading 1")) else 1.0
        yield from (_Row(" ".join(text.split()), size) for text in block.text.splitlines() if text.strip())


def _title(named: str, rows: Sequence[_Row]) -> str:
    """The title: the properties of the file where the text bears them out, else its large first rows."""
    named = " ".join(named.split())
    head = "".join("".join(row.text.split()) for row in rows[:20])
    if 5 <= len(named) <= 120 and not _NO_TITLE.search(named) and "".join(named.split()) in head:
        return named
    first = _first_rows(rows)
    largest = max((row.size for row in first), default=0.0)
    usual = Counter(round(row.size, 1) for row in rows).most_common(1)[0][0] if rows else 0.0
    if largest > 1.1 * usual > 0:
        first = [row for row in first if row.size > 0.95 * largest]
    title = "".join(row.text.strip() for row in first[:4])
    return title if 5 <= len(title) <= 120 else ""


def _first_rows(rows: Sequence[_Row]) -> list[_Row]:
    """The rows before the first sentence; those behind the document's number, where it stands there."""
    found: list[_Row] = []
    for row in rows[:12]:
        text = row.text.strip()
        if _SENTENCE.search(text) or width(text) > 100:
            break
        if _NUMBER_OF_DOCUMENT.match(text):
            found = [] if len(found) < 2 or _MASTHEAD.search(found[-1].text) else found
        elif not _MASTHEAD.search(text) and not (read_date(text) and len(text) < 24):
            found.append(row)
        elif found and read_date(text):
            break
    return found


def _paper(title: str, lines: list[str]) -> Paper:
    """A paper without the rows its title is made of; signed with the date that stands alone near its end."""
    body, left = list(lines), "".join(title.split())
    for line in lines[:12]:
        words = "".join(line.split())
        if title and words and words in left:
            body.remove(line)
    signed = (read_date(line) for line in reversed(body[-6:]) if len(line) <= 24)
    return Paper(title, body, next((found for found in signed if found), None))
