"""Bytes into text: BOM, then the declared charset, then what the bytes themselves say; never mojibake.

`gb2312` and `gbk` mean `gb18030`, as the WHATWG Encoding Standard has it.  A declaration is a claim: a reading whose
characters nobody writes is refused, whoever declared it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator

from digest.errors import FormatError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{2,40})"
    rb"|<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.:-]{2,40})",
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
_NO_CHARSETS = frozenset(("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7"))
"""Encodings that Python knows and no page is in: of host names and of Python's source, or a way around filters."""

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
_SAMPLE = 200_000
_FAMILIAR = re.compile(r"[\t\n\r -~\u2010-\u2027\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_STRANGE = re.compile(r"[\x00-\x07\x0e-\x19\x1c-\x1f]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN_RUN = re.compile(
    r"[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{6,}"
)
_PUNCTUATION = re.compile(r"[\u2013-\u203a]")
_REPLACED = re.compile(r"\ufffd|锟斤拷")
_COMMON_GB = bytes(range(0xB0, 0xD8))
_COMMON_BIG5 = bytes(range(0xA4, 0xC7))
_SURE = 5
"""So many multi-byte characters that are valid UTF-8 are no accident (the two of 联通 in GBK are one)."""

_FEW = 12
"""Fewer characters may all be rare ones, as names are."""

Reading = tuple[str, str]


def decode(data: bytes, declared: str = "") -> Reading:
    """Return the text of `data` and the name of the encoding it was in.

    `declared` is a charset from an HTTP header, if there is one; a `<meta>` or XML declaration in the first kilobytes
    comes next.  A declaration that the bytes contradict is not believed.  Text that was encoded twice is decoded twice.

    Raises:
        FormatError: the bytes are no text, or what they say is no language any more.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            data = data[len(mark) :]
            found = _strictly(data, name) if data else ("", name)
            if found and not _is_garbled(found[0]):
                return found
            break
    if data.startswith(_BINARY):
        raise FormatError("this is a binary file, not text", "save it as text, Markdown or HTML first")
    readings: list[Reading] = []
    for found in _readings(data, declared):
        if found and not _is_garbled(found[0]):
            return found
        readings += [found] if found else []
    for text, name in readings:
        if mended := _decoded_twice(text):
            return mended, name
    if readings:
        raise FormatError(
            "the text is garbled: it was saved in a wrong encoding", "save it again from its source as UTF-8"
        )
    raise FormatError(
        "this is a binary file, or text in an unknown encoding", "save it as UTF-8 text, Markdown or HTML first"
    )


def _readings(data: bytes, declared: str) -> Iterator[Reading | None]:
    """Yield the ways to read the bytes, the most trustworthy first."""
    yield _utf16_without_bom(data)
    utf8 = _strictly(data, "utf-8")
    if utf8 and len(data) - len(utf8[0]) >= 2 * _SURE:
        yield utf8
        return
    for name in (declared, _declared_inside(data)):
        codec = _known(name) if name else ""
        if not codec.startswith(("utf-16", "utf-32")):  # as wide characters they would hold zeros, or have a BOM
            yield _strictly(data, codec)
    yield utf8
    yield _broken_utf8(data)
    yield from _chinese(data)


def _declared_inside(data: bytes) -> str:
    match = _META.search(data[:16_384])
    return (match.group(1) or match.group(2)).decode("ascii", "ignore") if match else ""


def _known(name: str) -> str:
    """The Python codec for a charset name, or nothing; only encodings of pages (`base64` is a codec too)."""
    name = _ALIASES.get(name.strip().lower(), name.strip().lower())
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    return info.name if getattr(info, "_is_text_encoding", True) and info.name not in _NO_CHARSETS else ""


def _strictly(data: bytes, name: str) -> Reading | None:
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


def _broken_utf8(data: bytes) -> Reading | None:
    """UTF-8 in which a rare byte is broken; by far the most characters beyond ASCII are whole."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", text)))
    return (text, "utf-8") if whole >= 10 * broken and not _looks_binary(text) else None


def _utf16_without_bom(data: bytes) -> Reading | None:
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


def _chinese(data: bytes) -> list[Reading]:
    """GB18030 and Big5, first the one that reads as common characters."""
    found = [reading for name in ("gb18030", "big5hkscs") if (reading := _strictly(data, name))]
    return sorted(found, key=lambda reading: -_common_share(reading[0]))


def _common_share(text: str) -> float:
    """Share of the Han characters that are common ones, simplified or traditional; 1.0 where there is none.

    GB 2312 keeps its 3,755 common characters in the lead bytes B0-D7, Big5 its 5,401 in A4-C6.
    """
    han = "".join(_HAN.findall(text[:_SAMPLE]))[:4000]
    return max(_in_level(han, "gb2312", _COMMON_GB), _in_level(han, "big5", _COMMON_BIG5)) if han else 1.0


def _in_level(han: str, name: str, leads: bytes) -> float:
    encoded = han.encode(name, "ignore")
    return (len(encoded) // 2 - len(encoded[::2].translate(None, leads))) / len(han)


def _is_garbled(text: str) -> bool:
    """Whether these are characters nobody writes: one encoding read as another."""
    sample = text[:_SAMPLE]
    if len(_HAN.findall(sample)) >= _FEW and _common_share(sample) < 0.65:
        return True
    # ……………… are six in a row, too, and no letter among them is a wrong one
    latin = sum(len(_PUNCTUATION.sub("", run)) for run in _LATIN_RUN.findall(sample))
    return (latin > 6 and latin * 10 > sum(map(str.isalpha, sample[:20_000]))) or len(_REPLACED.findall(sample)) > max(
        3, len(sample) // 50
    )


def _decoded_twice(text: str) -> str:
    """The text where its characters are the bytes of another encoding (`ä¼šè®®`, `浼氳`), read as what they are."""
    ways: tuple[Callable[[str], bytes], ...] = (_as_windows_1252, lambda garbled: garbled.encode("gb18030"))
    for encode in ways:
        for name in ("utf-8", "gb18030"):
            try:
                mended = encode(text).decode(name)
            except UnicodeError:
                continue
            if len(_HAN.findall(mended)) >= 4 and not _is_garbled(mended):
                return mended
    return ""


def _as_windows_1252(text: str) -> bytes:
    """The bytes of text that was read as Windows-1252, with Latin-1 for the five that it leaves free."""
    try:
        return text.encode("latin-1")
    except UnicodeError:
        return b"".join(char.encode("latin-1" if char in "\x81\x8d\x8f\x90\x9d" else "cp1252") for char in text)


def _looks_binary(text: str) -> bool:
    """Whether control characters stand where no text has them."""
    sample = text[:_SAMPLE]
    return len(_STRANGE.findall(sample)) > len(sample) // 100
