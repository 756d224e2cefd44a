"""Bytes into text: BOM, then the declared charset, then what the bytes themselves say.

`gb2312` and `gbk` mean `gb18030`, as the WHATWG Encoding Standard has it.
"""

from __future__ import annotations

import codecs
import re

from digest.errors import FormatError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})",
    re.I,
)
_ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb-2312": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "unicode": "utf-16",
}
_BINARY = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"\x7fELF",
    b"Rar!",
    b"\xd0\xcf\x11\xe0",
)
_FAMILIAR = re.compile(r"[\t\n\r -~\u2010-\u2027\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_SAMPLE = 200_000


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """Return the text of `data` and the name of the encoding it was in.

    `declared` is a charset from an HTTP header, if there is one; a `<meta>` or XML declaration in the first kilobytes
    comes next.  A declaration that the bytes contradict is not believed.

    Raises:
        FormatError: the bytes are no text.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], name) or ("", name) if len(data) > len(mark) else ("", name)
    if data.startswith(_BINARY):
        raise FormatError("this is a binary file, not text", "save it as text, Markdown or HTML first")
    for name in (declared, _declared_inside(data)):
        found = _strictly(data, _known(name)) if name else None
        if found:
            return found
    found = _strictly(data, "utf-8") or _utf16_without_bom(data) or _chinese(data)
    if found is None or _looks_binary(found[0]):
        raise FormatError(
            "this is a binary file, or text in an unknown encoding", "save it as UTF-8 text, Markdown or HTML first"
        )
    return found


def _declared_inside(data: bytes) -> str:
    match = _META.search(data[:4096])
    return (match.group(1) or match.group(2)).decode("ascii", "ignore") if match else ""


def _known(name: str) -> str:
    """The Python codec for a charset name, or nothing; only text encodings (`base64` is a codec too)."""
    name = _ALIASES.get(name.strip().lower(), name.strip().lower())
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    return info.name if getattr(info, "_is_text_encoding", True) else ""


def _strictly(data: bytes, name: str) -> tuple[str, str] | None:
    """The text if `data` is wholly (but for a broken last character and a rare bad byte) in that encoding."""
    if not name:
        return None
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        text = data.decode(name, "replace")
        if name == "utf-8" or text.count("\ufffd") > max(1, len(text) // 1000):
            return None
    except UnicodeError:
        return None
    return None if _looks_binary(text) else (text, name)


def _utf16_without_bom(data: bytes) -> tuple[str, str] | None:
    """UTF-16 in the byte order that gives common characters; a line end or a digit shows it by a zero byte."""
    if b"\0" not in data[:_SAMPLE] or len(data) % 2:
        return None
    found = [reading for name in ("utf-16-le", "utf-16-be") if (reading := _strictly(data, name))]
    best = max(found, key=lambda reading: _familiar(reading[0]), default=None)
    return best if best and _familiar(best[0]) > 0.9 else None


def _familiar(text: str) -> float:
    """Share of characters that are ASCII, Han or their punctuation."""
    sample = text[:2000]
    return len(_FAMILIAR.findall(sample)) / max(1, len(sample))


def _chinese(data: bytes) -> tuple[str, str] | None:
    """GB18030 or Big5, whichever reads as common characters: the first level of its standard.

    GB 2312 keeps its 3,755 common characters in the lead bytes B0-D7, Big5 its 5,401 in A4-C6.
    """
    readings = []
    for name, low, high in (("gb18030", 0xB0, 0xD7), ("big5hkscs", 0xA4, 0xC6)):
        found = _strictly(data, name)
        if found:
            readings.append((_common(data[:_SAMPLE], low, high), name == "gb18030", found))
    return max(readings)[2] if readings else None


def _common(data: bytes, low: int, high: int) -> float:
    """Share of the two-byte characters whose lead byte is in the range of common ones."""
    common = pairs = at = 0
    while at < len(data) - 1:
        if data[at] < 0x80:
            at += 1
            continue
        pairs += 1
        common += low <= data[at] <= high
        at += 2
    return common / pairs if pairs else 0.0


def _looks_binary(text: str) -> bool:
    """Whether control characters stand where no text has them."""
    sample = text[:_SAMPLE]
    strange = sum(char < " " and char not in "\t\n\r\f\v\x1a\x1b\x08" for char in sample)
    return strange > len(sample) // 100
