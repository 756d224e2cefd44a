"""Renders an issue as a Word document: its Markdown, block by block, in Word's own styles.

What is said and in which order is decided in `markdown.py` alone; here it only gets another form.  Chinese is set in
宋体 and 黑体, in traditional characters in their 細明體 and 微軟正黑體, and the table of fonts names what stands in for
them on machines that have neither.
"""

from __future__ import annotations

import re
from datetime import UTC
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from digest.errors import DigestError
from digest.model import InterfaceLanguage, Issue
from digest.render.day import LONGEST_NAME
from digest.render.markdown import render_markdown
from digest.render.typography import clean, clip
from digest.render.words import interface_words

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run
    from markdown_it.tree import SyntaxTreeNode

LATIN = "Times New Roman"
BODY, HEADING = "宋体", "黑体"
TRADITIONAL_BODY, TRADITIONAL_HEADING = "細明體", "微軟正黑體"
_FALLBACKS = {
    BODY: ("86", "SimSun,Songti SC,STSong,Noto Serif CJK SC,Source Han Serif SC"),
    HEADING: ("86", "SimHei,Heiti SC,STHeiti,Noto Sans CJK SC,Source Han Sans SC"),
    TRADITIONAL_BODY: ("88", "MingLiU,PMingLiU,Songti TC,Noto Serif CJK TC,Source Han Serif TC"),
    TRADITIONAL_HEADING: ("88", "Microsoft JhengHei,PingFang TC,Heiti TC,Noto Sans CJK TC,Source Han Sans TC"),
}
_SIZES = {"Title": 22.0, "Heading 1": 16.0, "Heading 2": 13.0}
_STYLES = {"h1": "Title", "h2": "Heading 1", "h3": "Heading 2"}
_LISTS = ("", "List Bullet", "List Bullet 2")
_LINK, _INK = "0B5394", "1F1F1F"
_PACKED_AT = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the earliest a zip archive can say; the real moment is in the document's properties
_ANCHOR = re.compile(r'<a id="(item-(\d+))">')


def render_docx(issue: Issue) -> bytes:
    """The whole issue as a .docx on A4, the same bytes whenever it is asked for.

    Raises DigestError where the extra `documents` is not installed.
    """
    try:
        import docx
    except ImportError as error:
        raise DigestError(
            "a .docx needs python-docx, which is not installed", "pip install 'textrank-digest[documents]'"
        ) from error
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    document = docx.Document()
    _set_styles(document, issue.language)
    _set_page(document, issue)
    _set_properties(document, issue)
    for node in SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(render_markdown(issue))).children:
        _add_block(document, node)
    packed = BytesIO()
    document.save(packed)
    return _repack(packed.getvalue())


def _set_styles(document: Document, language: InterfaceLanguage) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    traditional = language == "zh-Hant"
    styles = document.styles
    _set_font(styles["Normal"], TRADITIONAL_BODY if traditional else BODY, 10.5)
    for name, size in _SIZES.items():
        _set_font(styles[name], TRADITIONAL_HEADING if traditional else HEADING, size)
        styles[name].font.color.rgb = RGBColor.from_string(_INK)
    styles["Quote"].font.italic = False  # slanted Chinese is hard to read
    styles["Normal"].paragraph_format.space_after = Pt(6)
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb, link.font.underline = RGBColor.from_string(_LINK), True
    for tag in styles.element.iter(qn("w:lang")):
        tag.set(qn("w:eastAsia"), "zh-TW" if traditional else "zh-CN")


def _set_font(style: Any, chinese: str, size: float) -> None:
    """The fonts and the size of a style; the theme's own fonts would win over them and are taken out."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style.font.size = Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.attrib.clear()
    for script, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", chinese)):
        fonts.set(qn(f"w:{script}"), font)


def _set_page(document: Document, issue: Issue) -> None:
    """A4, with the issue's title, its day and the number of the page at the foot."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Mm

    words, section = interface_words(issue.language), document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(28)
    section.top_margin = section.bottom_margin = Mm(25)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run(f"{_title(issue)} · {words['page_before']}")
    number = foot.add_run("1")
    field = _element("w:fldSimple", {"w:instr": "PAGE"})
    number._r.addprevious(field)
    field.append(number._r)
    foot.add_run(words["page_after"])
    for run in foot._p.iter(qn("w:r")):
        run.get_or_add_rPr().append(_element("w:sz", {"w:val": "18"}))


def _set_properties(document: Document, issue: Issue) -> None:
    properties = document.core_properties
    properties.title = _title(issue)
    properties.author = properties.last_modified_by = "textrank-digest"
    properties.comments = ""
    properties.language = interface_words(issue.language)["html_lang"]
    properties.created = properties.modified = issue.slot.astimezone(UTC).replace(tzinfo=None)


def _title(issue: Issue) -> str:
    return f"{clip(clean(issue.title), LONGEST_NAME)} {issue.day.isoformat()}"


def _add_block(document: Document, node: SyntaxTreeNode, depth: int = 0, style: str = "") -> None:
    """Add a block at the end; `depth` counts the lists around it, `style` is that of its paragraphs outside of them."""
    if node.type == "heading":
        _add_inline(document.add_paragraph(style=_STYLES[node.tag]), node.children[0])
    elif node.type == "paragraph":
        _add_inline(document.add_paragraph(style=_LISTS[min(depth, 2)] or style or None), node.children[0])
    elif node.type == "table":
        _add_table(document, node)
    else:
        for child in node.children:
            _add_block(
                document, child, depth + (node.type == "bullet_list"), "Quote" if node.type == "blockquote" else style
            )


def _add_table(document: Document, node: SyntaxTreeNode) -> None:
    """A table with lines, whose first row is bold and comes again on every page."""
    rows = [row.children for part in node.children for row in part.children]
    table = document.add_table(len(rows), len(rows[0]), "Table Grid")
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, content in zip(row.cells, cells, strict=True):
            paragraph = cell.paragraphs[0]
            _add_inline(paragraph, content.children[0])
            for run in paragraph.runs if content.tag == "th" else ():
                run.bold = True
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))
    document.add_paragraph()


def _add_inline(paragraph: Paragraph, inline: SyntaxTreeNode) -> None:
    for node in inline.children:
        if node.type == "link":
            _add_link(paragraph, str(node.attrs["href"]), _text(node))
        elif node.type == "html_inline":
            _add_bookmark(paragraph, node.content)
        else:
            _add_run(paragraph, _text(node), bold=node.type == "strong" or None)


def _add_run(paragraph: Paragraph, text: str, bold: bool | None = None, style: str | None = None) -> Run:
    run = paragraph.add_run(text, style)
    run.bold = bold
    return run


def _text(node: SyntaxTreeNode) -> str:
    return "".join(map(_text, node.children)) if node.children else node.content


def _add_link(paragraph: Paragraph, href: str, text: str) -> None:
    """A link to a place in the document (`#item-3`) or to an address."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    if href.startswith("#"):
        link = _element("w:hyperlink", {"w:anchor": href[1:]})
    else:
        relation = paragraph.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link = _element("w:hyperlink", {"r:id": relation})
    paragraph._p.append(link)
    link.append(_add_run(paragraph, text, style="Hyperlink")._r)


def _add_bookmark(paragraph: Paragraph, tag: str) -> None:
    """The place that `<a id="item-3">` marks; its end tag says nothing more."""
    if found := _ANCHOR.fullmatch(tag):
        paragraph._p.append(_element("w:bookmarkStart", {"w:id": found[2], "w:name": found[1]}))
        paragraph._p.append(_element("w:bookmarkEnd", {"w:id": found[2]}))


def _element(tag: str, attributes: dict[str, str] | None = None) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    return OxmlElement(tag, {qn(name): value for name, value in (attributes or {}).items()})


def _repack(data: bytes) -> bytes:
    """The archive without the moment it was packed at, and with what stands in for its fonts."""
    packed = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(packed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            entry = ZipInfo(name, _PACKED_AT)
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 0
            new.writestr(entry, _with_fallbacks(content) if name == "word/fontTable.xml" else content)
    return packed.getvalue()


def _with_fallbacks(fonts: bytes) -> bytes:
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="{charset}"/><w:family w:val="auto"/>'
        "</w:font>"
        for name, (charset, others) in _FALLBACKS.items()
    )
    return fonts.replace(b"</w:fonts>", f"{entries}</w:fonts>".encode())
