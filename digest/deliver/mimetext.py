"""Reading a mail that anybody may have written: headers, texts and the Message-IDs it holds, whatever is broken in it.

The old policy of the standard library is used on purpose: its new one parses headers, and breaks on hostile ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from html import unescape

LONGEST_PART = 200_000
"""So many bytes of one part are looked at: our own page, sent back whole, is behind what matters."""

LONGEST_HEADER = 8_000

MOST_PARTS = 50

ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,190}[A-Za-z0-9]")

_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^<>\s]{1,250}>)", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*|!)[^<>]*>")
_SILENT = frozenset({"style", "script", "title"})
_BREAKS = frozenset({"br", "p", "div", "tr", "td", "th", "li", "h1", "h2", "h3", "table", "blockquote"})


def parse_mail(data: bytes) -> Message:
    """Return the mail as the standard library reads it; nothing in it raises."""
    return message_from_bytes(data)


def header_of(message: Message, name: str) -> str:
    """Return a header on one line, its encoded words decoded; empty where there is none."""
    wanted = name.casefold()
    value = next((str(value) for key, value in message.raw_items() if key.casefold() == wanted), "")[:LONGEST_HEADER]
    # old systems write the bytes of GBK as they are
    raw = " ".join(_decode(value.encode("utf-8", "surrogateescape"), None).split())
    try:
        pieces = [_decode(word, charset) for word, charset in decode_header(raw)]
    except (HeaderParseError, ValueError):
        pieces = [raw]
    visible = "".join(char if char.isprintable() else " " for char in "".join(pieces))
    return " ".join(visible.split())


def addresses_of(message: Message, name: str) -> tuple[str, ...]:
    """Return the addresses in the headers of that name, folded to lower case."""
    found = getaddresses([str(value)[:LONGEST_HEADER] for value in message.get_all(name, [])[:MOST_PARTS]])
    plain = tuple(address.strip().casefold() for _, address in found if "@" in address)
    # some programs encode the whole header, the address too
    return plain or tuple(address.casefold() for address in ADDRESS.findall(header_of(message, name)))


def message_ids_in(message: Message) -> tuple[str, ...]:
    """Return the Message-IDs of the mails that this one holds: attached whole, as headers, or as text."""
    found: dict[str, None] = {}
    for part in list(message.walk())[1:MOST_PARTS]:
        attached = str(part.get("Message-ID") or "").strip()
        if attached:
            found[attached] = None
    for part in leaves_of(message):
        for match in _MESSAGE_ID.finditer(payload_of(part)):
            found[match[1].decode("ascii", "replace")] = None
    return tuple(found)


def leaves_of(message: Message) -> list[Message]:
    """Return the parts that hold no further parts."""
    return [part for part in message.walk() if not part.is_multipart()][:MOST_PARTS]


def payload_of(part: Message) -> bytes:
    """Return the bytes of a part, its transfer encoding undone."""
    payload = part.get_payload(decode=True)
    return payload[:LONGEST_PART] if isinstance(payload, bytes) else b""


def texts_of(message: Message) -> Iterator[str]:
    """Yield the texts of a mail, those of attached mails left out; HTML as the text it shows."""
    if message.get_content_maintype() == "multipart":
        parts = message.get_payload()
        for part in parts[:MOST_PARTS] if isinstance(parts, list) else ():
            if isinstance(part, Message):
                yield from texts_of(part)
        return
    kind = message.get_content_type()
    if kind == "text/plain":
        yield _decode(payload_of(message), message.get_content_charset())
    elif kind == "text/html":
        yield html_text(_decode(payload_of(message), message.get_content_charset()))


def html_text(html: str) -> str:
    """Return the text that HTML shows, a line for each block; what it quotes is led by `>`.

    Tags are cut by one pattern that reads every character once: the standard library's parser takes minutes over a
    page of broken tags.
    """
    pieces: list[str] = []
    silent = quoted = at = 0
    for tag in _TAG.finditer(html):
        if not silent:
            pieces.append(unescape(html[at : tag.start()]).replace("\n", " "))
        at = tag.end()
        name, step = tag[2].lower(), -1 if tag[1] else 1
        if name in _SILENT:
            silent = max(0, silent + step)
        quoted = max(0, quoted + step * (name == "blockquote"))
        if name in _BREAKS:
            pieces.append("\n" + ">" * min(quoted, 3))
    if not silent:
        pieces.append(unescape(html[at:]).replace("\n", " "))
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _decode(data: bytes | str, charset: str | None) -> str:
    """The text of bytes: in the charset they name, else UTF-8, else what Chinese programs write."""
    if isinstance(data, str):
        return data
    named = "gb18030" if (charset or "").lower() in ("gb2312", "gbk", "gb18030") else charset
    for encoding in (named, "utf-8"):
        try:
            return data.decode(encoding or "utf-8")
        except (LookupError, ValueError):
            continue
    return data.decode("gb18030", "replace")
