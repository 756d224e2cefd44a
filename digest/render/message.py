"""Puts a letter into the bytes of a mail, header and body apart, so that all recipients share one body.

The bytes are written here and not by `email.message`: that encodes a long List-Unsubscribe, which kills it, folds mixed
subjects differently from version to version, and on older Pythons lets a title such as `A =?utf-8?q?=0A?= Bcc: x` open
a header of its own.  Formats: RFC 5322 (headers), 2047 (encoded words), 2046 (multipart), 2919 and 2369 (List-*), 2183
and 2231 (the names of files).

The result is ASCII with CRLF line ends.  No line is longer than 78 characters but one that holds an address too long to
be folded.  Whatever text a subject or a name holds, it can neither end its header nor begin another.

A letter is multipart/alternative; one with attachments is multipart/mixed, with the alternative as its first part.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote

from digest.errors import ConfigError
from digest.model import Attachment, Letter, Recipient
from digest.render.typography import clean, clip

CRLF = "\r\n"
LONGEST_LINE = 78
LONGEST_SUBJECT = 200
LONGEST_NAME = 40
LONGEST_FILE_NAME = 100
LONGEST_FIELD = 990
WORD_BYTES = 39  # 52 characters of base64: with its frame and the longest header name an encoded word stays below 78

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_ATOMS = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
_PLAIN_SUBJECT = re.compile(r"[!-~]+(?: [!-~]+)*")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_ADDRESS = re.compile(rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.-]{{1,64}}@{_DOMAIN.pattern}")
_MESSAGE_ID = re.compile(rf"<[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.-]+@{_DOMAIN.pattern}>")
_LIST_LABEL = re.compile(r"[A-Za-z0-9_-]+")
_MEDIA_TYPE = re.compile(r"(?:application|audio|font|image|text|video)/[a-z0-9][a-z0-9.+-]{0,99}")
_NO_FILE_NAME = re.compile(r'[/\\:*?"<>|]')
_PLAIN_FILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,39}")
_PIECE_OF_NAME = re.compile(r"(?:%..|[^%]){1,20}")  # at most 60 characters, an escaped octet in one piece
_UNSUBSCRIBE = re.compile(r"(?:mailto|https):[!-;=?-~]+")


def build_message(
    letter: Letter,
    *,
    sender: Recipient,
    recipient: Recipient,
    message_id: str,
    date: datetime,
    list_id: str,
    unsubscribe: str,
    edition: str,
) -> tuple[bytes, bytes]:
    """The message for one recipient as (header, body); the header ends with its empty line.

    The body depends on the letter alone and is the same for every recipient.  `date` is aware and printed with its own
    offset; `unsubscribe` is a `mailto:` or `https:` address, or empty.  Raises ConfigError where an address, the
    Message-ID or `unsubscribe` could not stand in a header, ValueError for an attachment's media type that is none.
    """
    content_type, body = _with_attachments(letter) if letter.attachments else _alternative(letter)
    fields = [
        *_address_field("From", sender),
        *_address_field("To", recipient),
        *_text_field("Subject", _clean_phrase(letter.subject, LONGEST_SUBJECT)),
        f"Date: {_rfc_date(date)}",
        *_token_field("Message-ID", _checked(message_id, _MESSAGE_ID, "Message-ID")),
        *_token_field("List-Id", _list_id(list_id, edition)),
        *(
            _token_field("List-Unsubscribe", f"<{_checked(unsubscribe, _UNSUBSCRIBE, 'unsubscribe address')}>")
            if unsubscribe
            else ()
        ),
        "Auto-Submitted: auto-generated",
        "Precedence: bulk",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "MIME-Version: 1.0",
        "Content-Language: zh-CN",
        *content_type,
        "",
        "",
    ]
    return CRLF.join(fields).encode("ascii"), body.encode("ascii")


def message_id(edition: str, slot: datetime, address: str, domain: str) -> str:
    """The Message-ID of one recipient's mail: the same whenever it is asked for, and for no other mail.

    `<20261120.24 hexadecimal digits@domain>`; the day is that of the aware `slot` on its own clock.
    """
    moment = _aware(slot).astimezone(UTC).isoformat()
    digest = sha256("\0".join((edition, moment, address)).encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return f"<{slot:%Y%m%d}.{digest}@{_checked(domain, _DOMAIN, 'domain')}>"


def _with_attachments(letter: Letter) -> tuple[list[str], str]:
    content_type, body = _alternative(letter)
    return _multipart("mixed", [CRLF.join((*content_type, "", body)), *map(_attachment, letter.attachments)])


def _alternative(letter: Letter) -> tuple[list[str], str]:
    """The Content-Type and the body of the letter's text and HTML."""
    content = f"{letter.text}\0{letter.html}".encode("utf-8", "surrogatepass")
    parts = [_part("plain", letter.text), _part("html", letter.html)]
    return _multipart("alternative", parts, f"=_digest_{_short_hash(content)}")


def _multipart(subtype: str, parts: list[str], boundary: str = "") -> tuple[list[str], str]:
    """The Content-Type and the body of some parts.

    The boundary is a line that base64 cannot contain, begins like no other, and is the same whenever the parts are.
    """
    boundary = boundary or f"=_{subtype}_{_short_hash(CRLF.join(parts).encode('ascii'))}"
    body = "".join(f"--{boundary}{CRLF}{part}{CRLF}" for part in parts)
    return [f"Content-Type: multipart/{subtype};", f' boundary="{boundary}"'], f"{body}--{boundary}--{CRLF}"


def _short_hash(content: bytes) -> str:
    return sha256(content).hexdigest()[:32]


def _part(subtype: str, text: str) -> str:
    canonical = CRLF.join(re.split("\r\n|\r|\n", text))  # lines of a text part end with CRLF before they are encoded
    return _encoded([f"Content-Type: text/{subtype}; charset=utf-8"], canonical.encode("utf-8", "replace"))


def _attachment(file: Attachment) -> str:
    """A file as a part of its own, its bytes as they are."""
    if not _MEDIA_TYPE.fullmatch(file.media_type):
        raise ValueError(f"{file.media_type!r} is no media type")
    content_type = f"Content-Type: {file.media_type}"
    if file.media_type.startswith("text/"):
        content_type += "; charset=utf-8"
    if file.media_type == "text/calendar":
        content_type += "; method=PUBLISH"  # RFC 6047 wants it where the file says so, as `render_ics` does
    return _encoded([content_type, *_disposition(file.name)], file.data)


def _disposition(name: str) -> list[str]:
    """`Content-Disposition: attachment; filename="digest.ics"`; a name of other characters in RFC 2231's pieces."""
    name = clip(_NO_FILE_NAME.sub("_", clean(name)).lstrip(" ."), LONGEST_FILE_NAME) or "attachment"
    if _PLAIN_FILE_NAME.fullmatch(name):
        return [f'Content-Disposition: attachment; filename="{name}"']
    pieces = _PIECE_OF_NAME.findall("utf-8''" + quote(name, safe=""))
    if len(pieces) == 1:
        return ["Content-Disposition: attachment;", f" filename*={pieces[0]}"]
    lines = [f" filename*{place}*={piece};" for place, piece in enumerate(pieces)]
    return ["Content-Disposition: attachment;", *lines[:-1], lines[-1].removesuffix(";")]


def _encoded(head: list[str], data: bytes) -> str:
    encoded = b64encode(data).decode()
    lines = (encoded[start : start + 76] for start in range(0, len(encoded), 76))
    return CRLF.join((*head, "Content-Transfer-Encoding: base64", "", *lines))


def _clean_phrase(text: str, limit: int) -> str:
    """The text as one line in which no reader can find an encoded word."""
    return clip(" ".join(clean(text).split()), limit).replace("=?", "= ?")


def _text_field(name: str, text: str) -> list[str]:
    if _PLAIN_SUBJECT.fullmatch(text) and len(name) + 2 + len(text) <= LONGEST_LINE:
        return [f"{name}: {text}"]
    words = _encoded_words(text)
    return _fold(name, words) if words else [f"{name}:"]


def _address_field(name: str, person: Recipient) -> list[str]:
    """`Name:` with the display name, then the address on a line of its own: QQ refuses one that touches the name."""
    address = _checked(person.address, _ADDRESS, "mail address")
    phrase = _clean_phrase(person.name, LONGEST_NAME)
    words = [phrase] if _ATOMS.fullmatch(phrase) else _encoded_words(phrase)
    return _fold(name, [*words, f"<{address}>"]) if words else _token_field(name, address)


def _token_field(name: str, value: str) -> list[str]:
    """A field whose value is folded only at its spaces, and put on a line of its own where it would be too long."""
    if len(value) > LONGEST_FIELD:
        raise ConfigError(
            f"the header {name} would have {len(value)} characters", f"at most {LONGEST_FIELD} arrive everywhere"
        )
    line = f"{name}: {value}"
    return [line] if len(line) <= LONGEST_LINE else _fold(name, ["", *value.split()])


def _fold(name: str, words: list[str]) -> list[str]:
    return [f"{name}: {words[0]}" if words[0] else f"{name}:", *(f" {word}" for word in words[1:])]


def _encoded_words(text: str) -> list[str]:
    return [f"=?utf-8?b?{b64encode(chunk.encode()).decode()}?=" for chunk in _chunks(text)]


def _chunks(text: str) -> Iterator[str]:
    """The text in pieces of at most WORD_BYTES bytes, never within a character."""
    chunk, size = "", 0
    for char in text:
        width = len(char.encode())
        if size + width > WORD_BYTES:
            yield chunk
            chunk, size = "", 0
        chunk, size = chunk + char, size + width
    if chunk:
        yield chunk


def _list_id(list_id: str, edition: str) -> str:
    """`daily <daily.example.cn>`; a label that may not stand there (早报) is replaced by its fingerprint."""
    labels = [label for label in list_id.strip("<> ").split(".") if label]
    name = ".".join(label if _LIST_LABEL.fullmatch(label) else _fingerprint(label) for label in labels)
    phrase = f"{edition} " if _ATOMS.fullmatch(edition) and len(edition) <= LONGEST_NAME else ""
    return f"{phrase}<{name or 'digest'}>"


def _fingerprint(label: str) -> str:
    return f"list-{sha256(label.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def _checked(value: str, pattern: re.Pattern[str], what: str) -> str:
    if not pattern.fullmatch(value):
        hint = "write it in ASCII without spaces or brackets; a Chinese domain in its xn-- form"
        raise ConfigError(f"the {what} {clip(clean(value), 60)!r} cannot stand in a mail header", hint)
    return value


def _rfc_date(moment: datetime) -> str:
    """`Fri, 20 Nov 2026 08:00:00 +0800`."""
    offset = _aware(moment).utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset is not None else 0
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    day = f"{_WEEKDAYS[moment.weekday()]}, {moment.day:02} {_MONTHS[moment.month - 1]} {moment.year:04}"
    return f"{day} {moment:%H:%M:%S} {zone}"


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"{moment!r} has no offset: a mail needs the moment, not the clock's face")
    return moment
