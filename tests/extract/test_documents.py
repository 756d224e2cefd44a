"""A notice that comes as .pdf or .docx reads like one that comes as a page; what cannot be read says why."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import digest
from digest.errors import DigestError, FormatError

pytest.importorskip("pypdf")
docx = pytest.importorskip("docx")

TITLE = "关于开展城市道路照明节能改造的通知"
PARAGRAPH = (
    "为落实节能降碳要求，市城市管理局决定自今年三月起，用两年时间对建成区一千二百公里道路的照明设施进行节能改造，"
    "优先更换使用年限超过十年的灯具。各区应当在四月底前完成摸底，建立清单，明确责任人和完成时限。"
)
Text = tuple[float, float, float, str]
"""Where a text stands on the page (x, y), how large it is, and what it says."""


def make_pdf(pages: Sequence[Sequence[Text]], title: str = "") -> bytes:
    """A PDF written by hand: one font whose codes are the characters themselves."""
    used = sorted({char for page in pages for *_, text in page for char in text})
    pairs = "".join(f"<{ord(c):04x}> <{ord(c):04x}>\n" for c in used)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{len(used)} beginbfchar\n{pairs}endbfchar\n"
        "endcmap end end"
    )
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /ToUnicode 5 0 R /DescendantFonts[4 0 R]>>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /CIDSystemInfo << >> /DW 1000 /FontDescriptor 6 0 R >>",
        _stream(cmap.encode()),
        b"<< /Type /FontDescriptor /FontName /A /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /StemV 80 >>",
        b"<< /Title <feff" + title.encode("utf-16-be").hex().encode() + b"> >>",
    ]
    kids = []
    for page in pages:
        shown = "".join(
            f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ET\n"
            for x, y, size, text in page
        )
        objects.append(_stream(shown.encode()))
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>".encode()
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    return (
        out
        + (
            f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(objects) + 1} /Root 1 0 R"
            f" /Info 7 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
        ).encode()
    )


def _stream(data: bytes) -> bytes:
    return f"<< /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def set_lines(paragraph: str, y: float, columns: int = 30) -> list[Text]:
    """A paragraph wrapped at so many characters, its first row indented by two."""
    rows = [paragraph[: columns - 2]]
    rows += [paragraph[at : at + columns] for at in range(columns - 2, len(paragraph), columns)]
    return [(100 if n == 0 else 72, y - 24 * n, 15, row) for n, row in enumerate(rows)]


def notice() -> list[list[Text]]:
    """Two pages of an official notice: masthead, number, title, paragraphs, a signature and page numbers."""
    first = [
        (150, 790, 30, "岚溪市城市管理局文件"),
        (220, 750, 15, "岚城管〔2026〕12号"),
        (120, 700, 22, TITLE),
        (72, 660, 15, "各区人民政府："),
        *set_lines(PARAGRAPH, 630),
        (290, 40, 10, "— 1 —"),
    ]
    second = [
        *set_lines(PARAGRAPH.replace("四月", "五月"), 780),
        (350, 500, 15, "岚溪市城市管理局"),
        (350, 470, 15, "2026年3月2日"),
        (290, 40, 10, "— 2 —"),
    ]
    return [first, second]


def make_docx(paragraphs: Sequence[str], title: str = "", table: Sequence[Sequence[str]] = ()) -> bytes:
    """A .docx with these paragraphs and a table behind them."""
    document = docx.Document()
    document.core_properties.title = title
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        grid = document.add_table(len(table), len(table[0]))
        for row, texts in zip(grid.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def read_or_refuse(data: bytes) -> str:
    """What reading gives: the text of an article, or the words of a refusal."""
    try:
        return digest.read_article(data).text or "nothing"
    except DigestError as error:
        return error.message


def test_a_notice_in_pdf_is_read_whole() -> None:
    """Title below the document's number, rows joined into paragraphs, page numbers gone, dated by its signature."""
    article = digest.read_article(make_pdf(notice()))
    assert article.title == TITLE
    assert PARAGRAPH in article.text.split("\n")
    assert PARAGRAPH.replace("四月", "五月") in article.text.split("\n")
    assert "— 1 —" not in article.text
    assert article.published == date(2026, 3, 2)


@pytest.mark.parametrize("named", ["Microsoft Word - 1.doc", "无标题", "另一份旧文件的标题"])
def test_the_title_in_the_properties_of_a_pdf_is_doubted(named: str) -> None:
    """What the text does not bear out is no title."""
    assert digest.read_article(make_pdf(notice(), named)).title == TITLE


def test_a_title_over_two_rows_is_one_title() -> None:
    """The large rows together are the title."""
    pages = notice()
    pages[0][2:3] = [(120, 710, 22, TITLE[:9]), (150, 684, 22, TITLE[9:])]
    assert digest.read_article(make_pdf(pages)).title == TITLE


def test_headers_of_every_page_are_no_text() -> None:
    """What stands at the head of most pages, whatever its number, is dropped; text that repeats inside is not."""
    pages = [
        [
            (72, 800, 10, f"岚溪市政府公报 2026年第{n}页"),
            *set_lines(PARAGRAPH, 760),
            (290, 40, 10, f"第 {n} 页 共 4 页"),
        ]
        for n in range(1, 5)
    ]
    text = digest.read_article(make_pdf(pages)).text
    assert "公报" not in text
    assert "共 4 页" not in text
    assert text.count("为落实节能降碳要求") == 4


def test_a_scanned_pdf_says_so() -> None:
    """Pages without text are pictures; the hint is OCR."""
    with pytest.raises(FormatError, match="scanned") as caught:
        digest.read_article(make_pdf([[], []]))
    assert "OCR" in caught.value.hint


def test_an_encrypted_pdf_says_so() -> None:
    """A password is not guessed."""
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(make_pdf(notice())))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(FormatError, match="encrypted"):
        digest.read_article(out.getvalue())


def test_a_docx_gives_title_paragraphs_and_tables_in_order() -> None:
    """Properties that the text bears out give the title; a table's row is one line."""
    data = make_docx(["岚城管〔2026〕12号", TITLE, PARAGRAPH], TITLE, [["区", "灯具（盏）"], ["东区", "1200"]])
    article = digest.read_article(data)
    assert article.title == TITLE
    assert PARAGRAPH in article.text
    assert article.text.endswith("区 灯具（盏）\n东区 1200")


def test_a_docx_without_properties_is_headed_by_its_first_rows() -> None:
    """The rows before the first sentence are the title, without number and masthead."""
    article = digest.read_article(
        make_docx(["岚溪市城市管理局文件", "岚城管〔2026〕12号", TITLE, "各区人民政府：", PARAGRAPH])
    )
    assert article.title == TITLE
    assert TITLE not in article.text


def test_an_archive_that_would_be_huge_is_refused_before_it_is_unpacked() -> None:
    """The directory of the archive tells its size: a bomb of 60 MB, and one packed 900 times."""
    for size, text in ((60_000_000, "over 50"), (3_000_000, "ratio")):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/document.xml", b"\0" * size)
        with pytest.raises(FormatError, match="unpacked"):
            digest.read_article(out.getvalue())
        assert len(out.getvalue()) < 100_000, text


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Word"),
        (b"\xd0\xcf\x11\xe0" + bytes(99) + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"%PDF-1.7\nthis is no PDF at all", "damaged"),
        (make_docx([PARAGRAPH])[:3000], "damaged"),
        (b"PK\x03\x04" + bytes(range(256)), "damaged"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, complaint: str) -> None:
    """Old Word, encrypted, damaged: a clear word and what to try."""
    with pytest.raises(FormatError, match=complaint) as caught:
        digest.read_article(data)
    assert caught.value.hint


def test_another_archive_is_no_document() -> None:
    """A zip of something else is named as such."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(FormatError, match=r"no \.docx"):
        digest.read_article(out.getvalue())


@pytest.mark.parametrize(("module", "data"), [("pypdf", make_pdf(notice())), ("docx", make_docx([PARAGRAPH]))])
def test_without_the_extra_the_hint_installs_it(module: str, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that is not there is asked for by the name of our extra."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(FormatError) as caught:
        digest.read_article(data)
    assert "textrank-digest[documents]" in caught.value.hint


PDF, DOCX = make_pdf(notice()), make_docx([TITLE, PARAGRAPH])


@given(st.sampled_from([PDF, DOCX]), st.integers(0, 10_000), st.binary(max_size=40))
@settings(max_examples=60, deadline=None)
def test_broken_bytes_never_crash(data: bytes, at: int, noise: bytes) -> None:
    """A document with bytes overwritten is an article or a clear refusal."""
    place = at % len(data)
    broken = data[:place] + noise + data[place + len(noise) :]
    assert read_or_refuse(broken)
