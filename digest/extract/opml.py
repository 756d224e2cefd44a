"""Lists of feeds as other readers exchange them: OPML in and out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from digest.errors import FormatError
from digest.extract.encoding import decode
from digest.extract.feedxml import legal_xml, refuse_entities
from digest.urls import clean_url

_DEEPEST = 200
_ILLEGAL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DECLARED = re.compile(r"\A\s*<\?xml[^>]*\?>\s*")


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in a reader's list: its name, its address, the page it belongs to, and its folders as `时政/地方`."""

    name: str
    url: str
    home: str = ""
    category: str = ""


def read_opml(data: bytes) -> tuple[Outline, ...]:
    """Return the feeds of an OPML file, each address once, in the file's order.

    Raises:
        FormatError: it is no OPML, or declares entities.
    """
    text, _ = decode(data)
    refuse_entities(text)
    found: dict[str, Outline] = {}
    for element in _parse(text).iter("{*}outline", "outline"):
        names = {name.lower(): _legal(value) for name, value in element.attrib.items()}
        url = clean_url(names.get("xmlurl", ""))
        if url:
            home = clean_url(names.get("htmlurl", ""))
            found.setdefault(url, Outline(_name(names) or url, url, home, _folders(element, names)))
    return tuple(found.values())


def write_opml(outlines: Iterable[Outline], title: str) -> bytes:
    """Return the feeds as an OPML 2.0 file in UTF-8, one level of folders, those without a category first."""
    from lxml import etree

    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _legal(title)
    body = etree.SubElement(root, "body")
    folders: dict[str, Any] = {"": body}
    for outline in outlines:
        if outline.category not in folders:
            shown = _legal(outline.category)
            folders[outline.category] = etree.SubElement(body, "outline", text=shown, title=shown)
        kept = {"type": "rss", "text": outline.name, "title": outline.name, "xmlUrl": outline.url}
        attributes = {name: _legal(value) for name, value in (kept | {"htmlUrl": outline.home}).items() if value}
        etree.SubElement(folders[outline.category], "outline", attributes)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


def _parse(text: str) -> Any:
    """The root of an OPML file; a bare & in an address, which many readers write, is mended."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True, load_dtd=False)
    mended = legal_xml(_DECLARED.sub("", text).replace("<![CDATA[", ""))  # in an attribute it is no CDATA
    try:
        root = etree.fromstring(mended.encode("utf-8", "ignore"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FormatError("this is no OPML file", "export the list of feeds of your reader as OPML") from error
    if any("depth" in error.message for error in parser.error_log):
        raise FormatError("the OPML is nested too deeply", "it may be an attack; leave it out")
    if root is None or str(root.tag).rpartition("}")[2].lower() != "opml":
        raise FormatError("this is no OPML file", "export the list of feeds of your reader as OPML")
    return root


def _name(names: dict[str, str]) -> str:
    return names.get("title") or names.get("text") or ""


def _folders(element: Any, names: dict[str, str]) -> str:
    """The folders around a feed, the outer first; else its own category, as OPML 2.0 has it."""
    around: list[str] = []
    for depth, parent in enumerate(element.iterancestors()):
        if depth > _DEEPEST:
            break
        inner = {name.lower(): _legal(value) for name, value in parent.attrib.items()}
        if _name(inner) and "xmlurl" not in inner:
            around.append(_name(inner).strip("/"))
    return "/".join(reversed(around)) or names.get("category", "").split(",")[0].strip("/ ")


def _legal(text: str) -> str:
    return " ".join(_ILLEGAL.sub(" ", text).split())
