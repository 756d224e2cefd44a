"""Puts a letter into the bytes of a mail, header and body apart, so that all recipients share one body.

The bytes are written here and not by `email.message`: that encodes a long List-Unsubscribe, which kills it, folds mixed
subjects differently from version to version, and on older Pythons lets a title such as `A =?utf-8?q?=0A?= Bcc: x` open
a header of its own.  Formats: RFC 5322 (headers), 2047 (encoded words), 2919 and 2369 (List-*), 8058 (leaving with
one click).

The result is ASCII with CRLF line ends.  No line is longer than 78 characters but one that holds an address too long to
be folded.  Whatever text a subject or a name holds, it can neither end its header nor begin another.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from digest.errors import ConfigError
from digest.model import InterfaceLanguage, Letter, Recipient
from digest.render.parts import CRLF, build_parts
from digest.render.typography import clean, clip

LONGEST_LINE = 78
LONGEST_SUBJECT = 200
LONGEST_NAME = 40
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
_UNSUBSCRIBE = re.compile(r"(?:mailto|https):[!-;=?-~]+")
_PRINTABLE = re.compile(r"[!-~]+")

_LANGUAGES: dict[InterfaceLanguage, str] = {"zh-Hans": "zh-CN", "zh-Hant": "zh-TW", "en": "en"}


def build_message(
    letter: Letter,
    *,
    sender: Recipient,
    recipient: Recipient,
    message_id: str,
    date: datetime,
    list_id: str,
    unsubscribe: Sequence[str],
    edition: str,
    one_click: bool = False,
    reply_to: Recipient | None = None,
    feedback_id: str = "",
    language: InterfaceLanguage = "zh-Hans",
) -> tuple[bytes, bytes]:
    """The message for one recipient as (header, body); the header ends with its empty line.

    The body depends on the letter alone and is the same for every recipient.  `date` is aware and printed with its own
    offset.  `unsubscribe` holds the `https:` and `mailto:` addresses by which this recipient leaves, the preferred one
    first; `one_click` says that the `https:` one takes a POST (RFC 8058), and asks for it where there is one.

    Raises ConfigError where an address, the Message-ID, the Feedback-ID or a way out could not stand in a header,
    ValueError for an attachment whose media type or `cid` is none.
    """
    content_type, body = build_parts(letter)
    fields = [
        *_address_field("From", sender),
        *_address_field("To", recipient),
        *(_address_field("Reply-To", reply_to) if reply_to else ()),
        *_text_field("Subject", _clean_phrase(letter.subject, LONGEST_SUBJECT)),
        f"Date: {_rfc_date(date)}",
        *_token_field("Message-ID", _checked(message_id, _MESSAGE_ID, "Message-ID")),
        *_token_field("List-Id", _list_id(list_id, edition)),
        *_leaving_fields(unsubscribe, one_click),
        *(_token_field("Feedback-ID", _checked(feedback_id, _PRINTABLE, "Feedback-ID")) if feedback_id else ()),
        "Auto-Submitted: auto-generated",
        "Precedence: bulk",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "MIME-Version: 1.0",
        f"Content-Language: {_LANGUAGES[language]}",
        *content_type,
        "",
        "",
    ]
    return CRLF.join(fields).encode("ascii"), body


def message_id(edition: str, slot: datetime, address: str, domain: str, key: bytes = b"") -> str:
    """The Message-ID of one recipient's mail: the same whenever it is asked for, and for no other mail.

    `<20261120.24 hexadecimal digits@domain>`; the day is that of the aware `slot` on its own clock.  Without `key`
    nobody can tell from it whether an address they know has the digest, too.
    """
    moment = _aware(slot).astimezone(UTC).isoformat()
    identity = "\0".join((edition, moment, address)).encode("utf-8", "surrogatepass")
    mark = hmac.new(key, identity, sha256).hexdigest()[:24]
    return f"<{slot:%Y%m%d}.{mark}@{_checked(domain, _DOMAIN, 'domain')}>"


def _leaving_fields(ways: Sequence[str], one_click: bool) -> list[str]:
    """List-Unsubscribe, never encoded: Gmail ignores one that is; and the field that asks for one click."""
    checked = [_checked(way, _UNSUBSCRIBE, "unsubscribe address") for way in ways]
    fields = _token_field("List-Unsubscribe", ", ".join(f"<{way}>" for way in checked)) if checked else []
    if one_click and any(way.startswith("https:") for way in checked):
        fields.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    return fields


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
