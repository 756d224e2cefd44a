"""An issue as a Word document, opened again with python-docx and looked into as the archive of XML that it is."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from lxml import etree

from digest.model import InterfaceLanguage, Issue
from digest.render.docx import render_docx
from digest.render.typography import clean, clip
from tests.render.render_samples import ANY_TEXT, SLOT, empty_issue, morning_issue
from tests.render.test_render_markdown import full_issue

MORNING = render_docx(morning_issue())
FULL = render_docx(full_issue("低空条例", "https://law.example.cn/a"))


def reopen(data: bytes) -> Any:
    """The document as python-docx reads it."""
    return docx.Document(BytesIO(data))


def part(data: bytes, name: str) -> Any:
    """The root of a part of the archive."""
    return etree.fromstring(ZipFile(BytesIO(data)).read(name))


def styled(data: bytes, style: str) -> list[str]:
    """The paragraphs of a style, in their order."""
    return [paragraph.text for paragraph in reopen(data).paragraphs if paragraph.style.name == style]


def test_headings_are_headings() -> None:
    """The issue's title, its sections and its items have Word's styles for them, so that its outline is the issue's."""
    assert styled(MORNING, "Title") == ["每日摘要"]
    assert styled(MORNING, "Heading 1") == ["今日要点", "财经", "科技", "社会", "本期来源"]
    assert styled(MORNING, "Heading 2") == [f"{entry.number}. {entry.title}" for entry in morning_issue().items]


def test_every_summary_is_there_word_for_word() -> None:
    """The paragraphs hold the summaries as the issue prints them."""
    paragraphs = [paragraph.text for paragraph in reopen(MORNING).paragraphs]
    assert all(str(entry.summary) in paragraphs for entry in morning_issue().items)
    assert "关键词：小微企业、社会保险费、按季申报、减负" in paragraphs


def test_all_of_the_issue_is_in_it() -> None:
    """The document, the additions, the agenda, the changes and the words of the day stand there as in Markdown."""
    document = reopen(FULL)
    assert "低空条例 · 11月19日 · 更新（见 11月18日第 3 条）" in styled(FULL, "Normal")
    assert styled(FULL, "Quote") == ["编者按：低空条例"]
    assert {"文号：低空条例", "截止：12月20日", "撤下 低空条例（11月19日刊）"} <= set(styled(FULL, "List Bullet"))
    assert styled(FULL, "List Bullet 2") == ["标题改为：低空条例后", "删：低空条例", "增：低空条例", "低空条例"]
    agenda, trends = ([[cell.text for cell in row.cells] for row in table.rows] for table in document.tables)
    assert agenda == [
        ["日期", "事项", "文件", "机关", "文号"],
        ["12月20日 星期日", "截止", "低空条例（第1条）", "低空条例", "低空条例"],
        ["2027年1月1日 星期五", "施行", "低空条例（11月18日刊）", "", ""],
    ]
    assert trends[1:] == [["低空条例", "▁▂█", "8"], ["低空条例", "▁▁█", "2（新）"]]
    bold = [run.text for paragraph in document.paragraphs for run in paragraph.runs if run.bold]
    assert bold == ["更新", "修改", "撤下"]


def test_links_lead_to_the_sources_and_to_the_items() -> None:
    """Every item links to its page, the overview to the items, and every place that is linked to is there."""
    links = [link for paragraph in reopen(MORNING).paragraphs for link in paragraph.hyperlinks]
    addresses = [link.address for link in links if link.address]
    assert [url for url in addresses if url in {entry.article.url for entry in morning_issue().items}] == [
        entry.article.url for entry in morning_issue().items if entry.article.url
    ]
    body = part(MORNING, "word/document.xml")
    places = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
    assert places == [f"item-{entry.number}" for entry in morning_issue().items]
    assert [link.fragment for link in links if not link.address] == ["item-1", "item-5", "item-11"]


def test_chinese_has_chinese_fonts() -> None:
    """Text is set in 宋体 and headings in 黑体, no theme's font wins over them, and both have substitutes."""
    fonts = {
        style.get(qn("w:styleId")): style.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        for style in part(FULL, "word/styles.xml").iter(qn("w:style"))
    }
    assert fonts["Normal"].get(qn("w:eastAsia")) == "宋体"
    assert {fonts[name].get(qn("w:eastAsia")) for name in ("Title", "Heading1", "Heading2")} == {"黑体"}
    assert not [key for name in ("Normal", "Title", "Heading1") for key in fonts[name].attrib if "Theme" in key]
    table = {font.get(qn("w:name")): font for font in part(FULL, "word/fontTable.xml")}
    assert "SimSun" in table["宋体"].find(qn("w:altName")).get(qn("w:val")).split(",")
    assert "SimHei" in table["黑体"].find(qn("w:altName")).get(qn("w:val")).split(",")


def test_the_page_is_a4_with_its_number_at_the_foot() -> None:
    """The sheet has 210 by 297 millimetres; its foot names the issue and counts the pages."""
    section = reopen(FULL).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    footer = part(FULL, "word/footer1.xml")
    assert "".join(text.text for text in footer.iter(qn("w:t"))) == "低空条例 2026-11-20 · 第 1 页"
    assert [field.get(qn("w:instr")) for field in footer.iter(qn("w:fldSimple"))] == ["PAGE"]
    assert {size.get(qn("w:val")) for size in footer.iter(qn("w:sz"))} == {"18"}


@pytest.mark.parametrize(
    ("language", "fonts", "tag", "foot"),
    [
        ("zh-Hant", {"細明體", "微軟正黑體"}, "zh-TW", "每日摘要 2026-11-20 · 第 1 頁"),
        ("en", {"宋体", "黑体"}, "zh-CN", "每日摘要 2026-11-20 · Page 1"),
    ],
)
def test_a_document_is_in_the_language_of_its_issue(
    language: InterfaceLanguage, fonts: set[str], tag: str, foot: str
) -> None:
    """Traditional characters have fonts that hold them; the foot and the properties speak the language too."""
    document = reopen(render_docx(replace(empty_issue(), language=language)))
    styles = [document.styles[name].element.rPr.rFonts.get(qn("w:eastAsia")) for name in ("Normal", "Title")]
    assert set(styles) == fonts
    assert {lang.get(qn("w:eastAsia")) for lang in document.styles.element.iter(qn("w:lang"))} == {tag}
    assert "".join(text.text for text in document.sections[0].footer._element.iter(qn("w:t"))) == foot
    assert document.core_properties.language == {"zh-Hant": "zh-TW", "en": "en"}[language]


def test_the_head_of_a_table_comes_again_on_every_page() -> None:
    """Its first row is marked as a head and printed bold, the others are not."""
    agenda = reopen(FULL).tables[0]
    marked = [bool(list(row._tr.iter(qn("w:tblHeader")))) for row in agenda.rows]
    bold = [all(run.bold for cell in row.cells for run in cell.paragraphs[0].runs) for row in agenda.rows]
    assert marked == bold == [True, False, False]


def test_the_same_issue_gives_the_same_bytes() -> None:
    """Nothing of the moment or of the machine is in the file: its dates are those of the issue."""
    assert render_docx(full_issue("低空条例", "https://law.example.cn/a")) == FULL
    properties = reopen(FULL).core_properties
    assert properties.created == properties.modified
    assert properties.created.replace(tzinfo=UTC) == SLOT == datetime(2026, 11, 20, tzinfo=UTC)
    assert (properties.title, properties.author) == ("低空条例 2026-11-20", "textrank-digest")
    assert {entry.date_time for entry in ZipFile(BytesIO(FULL)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_an_empty_day_is_a_document_too() -> None:
    """A day without articles says so."""
    assert "今天没有新文章。" in styled(render_docx(empty_issue()), "Normal")


@given(ANY_TEXT)
@settings(deadline=None, max_examples=15)
def test_any_text_can_be_opened_again(said: str) -> None:
    """Controls, lone surrogates and marks of XML break nothing, and the title reads as it was cleaned."""
    issue: Issue = full_issue(f"{said}字")
    data = render_docx(issue)
    assert styled(data, "Title") == [clip(clean(f"{said}字"), 40)]
    assert styled(data, "Heading 2") == [f"1. {clip(clean(f'{said}字'), 200)}"]
    assert len(reopen(data).tables) == 2


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "", "\\\\host\\share"])
def test_no_address_but_the_web_is_a_relation(url: str) -> None:
    """Word follows relations without being asked twice: only http and https become one."""
    relations = part(render_docx(full_issue("字", url)), "word/_rels/document.xml.rels")
    assert [one.get("Target") for one in relations if one.get("TargetMode") == "External"] == []
    good = part(render_docx(replace(full_issue("字", "https://a.cn/x?y=1&z=[2]"))), "word/_rels/document.xml.rels")
    outer = {one.get("Target") for one in good if one.get("TargetMode") == "External"}
    assert outer == {"https://a.cn/x?y=1&z=%5B2%5D"}


def test_without_the_extra_it_says_what_to_install() -> None:
    """Where python-docx is missing the error names the extra, and the module itself can be imported."""
    script = (
        "import sys; sys.modules['docx'] = None\n"
        "from digest.errors import DigestError\n"
        "from digest.render.docx import render_docx\n"
        "from tests.render.render_samples import empty_issue\n"
        "try:\n    render_docx(empty_issue())\n"
        "except DigestError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == (
        "a .docx needs python-docx, which is not installed (pip install 'textrank-digest[documents]')"
    )
