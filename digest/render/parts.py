"""Puts a letter's text, HTML, pictures and files into one MIME body, with only the levels that are needed.

    mixed( alternative( text, related( html, pictures ) ), files )

Everything is base64, so that no line is long and no byte is changed on its way.  Formats: RFC 2045 and 2046 (MIME),
2387 (related), 2392 (cid:), 2183 and 2231 (the names of files).
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

from digest.model import Attachment, Letter
from digest.render.typography import clean, clip

CRLF = "\r\n"
LONGEST_FILE_NAME = 100

_MEDIA_TYPE = re.compile(r"(?:application|audio|font|image|text|video)/[a-z0-9][a-z0-9.+-]{0,99}")
_CONTENT_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._@-]{0,98}[A-Za-z0-9])?")
_NO_FILE_NAME = re.compile(r'[/\\:*?"<>|]')
_PLAIN_FILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,39}")
_PIECE_OF_NAME = re.compile(r"(?:%..|[^%]){1,20}")  # at most 60 characters, an escaped octet in one piece


@lru_cache(maxsize=2)  # a thousand recipients share one body; the bytes are one object, which remembers its hash
def build_parts(letter: Letter) -> tuple[tuple[str, ...], bytes]:
    """The lines of the Content-Type and the body of a letter; the same whenever the letter is.

    Raises ValueError for an attachment whose media type or `cid` is none.
    """
    files = [file for file in letter.attachments if not file.cid]
    content_type, body = _alternative(letter)
    if files:
        content_type, body = _multipart("mixed", [_nested(content_type, body), *map(_attachment, files)])
    return tuple(content_type), body.encode("ascii")


def _alternative(letter: Letter) -> tuple[list[str], str]:
    """The Content-Type and the body of the letter's text and HTML."""
    pictures = [file for file in letter.attachments if file.cid]
    html = _part("html", letter.html)
    if pictures:
        content_type, body = _multipart("related", [html, *map(_picture, pictures)])
        html = _nested([*content_type[:-1], ' type="text/html";', content_type[-1]], body)
    content = f"{letter.text}\0{letter.html}".encode("utf-8", "surrogatepass")
    return _multipart("alternative", [_part("plain", letter.text), html], f"=_digest_{_short_hash(content)}")


def _multipart(subtype: str, parts: list[str], boundary: str = "") -> tuple[list[str], str]:
    """The Content-Type and the body of some parts.

    The boundary is a line that base64 cannot contain, begins like no other, and is the same whenever the parts are.
    """
    boundary = boundary or f"=_{subtype}_{_short_hash(CRLF.join(parts).encode('ascii'))}"
    body = "".join(f"--{boundary}{CRLF}{part}{CRLF}" for part in parts)
    return [f"Content-Type: multipart/{subtype};", f' boundary="{boundary}"'], f"{body}--{boundary}--{CRLF}"


def _nested(content_type: list[str], body: str) -> str:
    return CRLF.join((*content_type, "", body))


def _short_hash(content: bytes) -> str:
    return sha256(content).hexdigest()[:32]


def _part(subtype: str, text: str) -> str:
    canonical = CRLF.join(re.split("\r\n|\r|\n", text))  # lines of a text part end with CRLF before they are encoded
    return _encoded([f"Content-Type: text/{subtype}; charset=utf-8"], canonical.encode("utf-8", "replace"))


def _picture(file: Attachment) -> str:
    """A picture that the HTML shows at `cid:…`."""
    if not _CONTENT_ID.fullmatch(file.cid):
        raise ValueError(f"{file.cid!r} is no Content-ID")
    head = [_content_type(file), f"Content-ID: <{file.cid}>", *_disposition("inline", file.name)]
    return _encoded(head, file.data)


def _attachment(file: Attachment) -> str:
    """A file as a part of its own, its bytes as they are."""
    return _encoded([_content_type(file), *_disposition("attachment", file.name)], file.data)


def _content_type(file: Attachment) -> str:
    if not _MEDIA_TYPE.fullmatch(file.media_type):
        raise ValueError(f"{file.media_type!r} is no media type")
    content_type = f"Content-Type: {file.media_type}"
    if file.media_type.startswith("text/"):
        content_type += "; charset=utf-8"
    if file.media_type == "text/calendar":
        content_type += "; method=PUBLISH"  # RFC 6047 wants it where the file says so, as `render_ics` does
    return content_type


def _disposition(kind: str, name: str) -> list[str]:
    """`Content-Disposition: attachment; filename="digest.ics"`; a name of other characters in RFC 2231's pieces."""
    head = f"Content-Disposition: {kind};"
    name = clip(_NO_FILE_NAME.sub("_", clean(name)).lstrip(" ."), LONGEST_FILE_NAME) or "attachment"
    if _PLAIN_FILE_NAME.fullmatch(name):
        return [f'{head} filename="{name}"']
    pieces = _PIECE_OF_NAME.findall("utf-8''" + quote(name, safe=""))
    if len(pieces) == 1:
        return [head, f" filename*={pieces[0]}"]
    lines = [f" filename*{place}*={piece};" for place, piece in enumerate(pieces)]
    return [head, *lines[:-1], lines[-1].removesuffix(";")]


def _encoded(head: list[str], data: bytes) -> str:
    encoded = b64encode(data).decode()
    lines = (encoded[start : start + 76] for start in range(0, len(encoded), 76))
    return CRLF.join((*head, "Content-Transfer-Encoding: base64", "", *lines))
