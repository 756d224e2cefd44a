"""The bytes of a mail, read back with two parsers of the standard library and, where it is there, one of Node."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import shutil
import subprocess
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import ConfigError
from digest.model import Attachment, Letter, Recipient
from digest.render import build_message, message_id, render_letter
from digest.render.message import LONGEST_FIELD
from digest.render.typography import clean, clip
from tests.render.render_samples import ANY_TEXT, FOOTER, SHANGHAI, SLOT, TEMPLATES, morning_issue

LETTER = render_letter(morning_issue(), TEMPLATES, mail_footer=FOOTER)
SMALL = Letter("题", "<p>字</p>", "字")
ICS = Attachment("digest-2026-11-20.ics", "text/calendar", "BEGIN:VCALENDAR\r\nX-WR-CALNAME:摘要\r\n".encode())
PAGE = Attachment("每日摘要 11月20日（星期五）.docx", "application/octet-stream", bytes(range(256)) * 3)
HEADERS = [
    *("From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "Auto-Submitted", "Precedence"),
    *("X-Auto-Response-Suppress", "MIME-Version", "Content-Language", "Content-Type"),
]


def build(letter: Letter = LETTER, **changes: Any) -> tuple[bytes, bytes]:
    """A message from the newsroom to 王芳, with some things otherwise."""
    settings: dict[str, Any] = {
        "sender": Recipient("brief@news.example.cn", "每日摘要"),
        "recipient": Recipient("wang@reader.example.cn", "王芳"),
        "message_id": message_id("daily", SLOT, "wang@reader.example.cn", "news.example.cn"),
        "date": SLOT,
        "list_id": "daily.news.example.cn",
        "unsubscribe": [FOOTER.unsubscribe],
        "edition": "daily",
    }
    return build_message(letter, **{**settings, **changes})


def parse(message: tuple[bytes, bytes]) -> EmailMessage:
    """The message as the current parser reads it."""
    parsed = email.message_from_bytes(b"".join(message), policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def parse_plainly(message: tuple[bytes, bytes]) -> Message[str, str]:
    """The message as the old parser reads it, headers as they stand."""
    return email.message_from_bytes(b"".join(message), policy=email.policy.compat32)


def decode(value: str) -> str:
    """A header value with its encoded words decoded."""
    parts = [
        part if isinstance(part, str) else part.decode(charset or "ascii") for part, charset in decode_header(value)
    ]
    return "".join(parts)


def test_the_headers_are_these_and_no_others() -> None:
    """Every header stands once, in this order, with the values it was given."""
    message = parse(build())
    assert message.keys() == HEADERS
    assert message["To"].addresses[0].addr_spec == "wang@reader.example.cn"
    assert message["To"].addresses[0].display_name == "王芳"
    assert message["From"].addresses[0].display_name == "每日摘要"
    assert message["Subject"] == LETTER.subject
    assert message["List-Id"] == "daily <daily.news.example.cn>"
    assert message["List-Unsubscribe"] == f"<{FOOTER.unsubscribe}>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] == "bulk"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["Content-Language"] == "zh-CN"


def test_both_parts_come_back_as_they_were() -> None:
    """The text part comes first, the HTML second, both base64 and both unchanged but for CRLF."""
    message = parse(build())
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text["Content-Transfer-Encoding"] == html["Content-Transfer-Encoding"] == "base64"
    assert text.get_content().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().replace("\r\n", "\n") == LETTER.html
    assert not message.defects


def test_a_letter_without_files_is_the_alternative_alone() -> None:
    """Its bytes are those that were always sent: a mail that is queued and composed again does not change."""
    header, body = build(SMALL, message_id="<20261120.0ac5ec6725eb88ba18b28e8d@news.example.cn>")
    assert header.endswith(b'alternative;\r\n boundary="=_digest_737a473c9010eeaf07e357911bb8383e"\r\n\r\n')
    assert sha256(header + body).hexdigest() == "13a13fc853c061452f5a3a43f9d0015723cdb451b35f1ba20e83ef7c5b3008ac"


def test_files_follow_the_letter() -> None:
    """Text and HTML are as without them, in the first part; then every file with its name, type and very bytes."""
    message = parse(build(replace(LETTER, attachments=(ICS, PAGE))))
    assert message.keys() == HEADERS
    assert message.get_content_type() == "multipart/mixed"
    alternative, *files = message.iter_parts()
    alone = build()[1]
    assert alternative.as_bytes(policy=email.policy.SMTP).partition(b"\r\n\r\n")[2] == alone
    assert [(part.get_content_type(), part.get_filename()) for part in files] == [
        ("text/calendar", "digest-2026-11-20.ics"),
        ("application/octet-stream", "每日摘要 11月20日（星期五）.docx"),
    ]
    assert [part.get_content_disposition() for part in files] == ["attachment", "attachment"]
    assert [part.get_payload(decode=True) for part in files] == [ICS.data, PAGE.data]
    assert (files[0].get_content_charset(), files[0].get_param("method")) == ("utf-8", "PUBLISH")
    assert not any(part.defects for part in message.walk())
    assert message.get_body(("html",)) is not None


def test_mail_with_files_is_as_plain_on_the_wire() -> None:
    """It is ASCII in short CRLF lines too, one body for all recipients, and the same each time it is made."""
    letter = replace(LETTER, attachments=(ICS, PAGE))
    header, body = build(letter)
    wire = header + body
    wire.decode("ascii")
    assert max(len(line) for line in wire.split(b"\r\n")) <= 78
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\0", wire)
    assert build(letter, recipient=Recipient("li@reader.example.cn"))[1] == body
    assert build(letter) == (header, body)
    boundaries = re.findall(rb'boundary="([^"]+)"', wire)
    assert len(boundaries) == 2
    assert all(body.count(b"\r\n--" + one) + body.startswith(b"--" + one) in (3, 4) for one in boundaries)
    other = replace(ICS, data=ICS.data + b"\r\n")
    assert boundaries[0] not in build(replace(letter, attachments=(other, PAGE)))[0]


@given(st.lists(st.tuples(ANY_TEXT, st.binary(max_size=300)), min_size=1, max_size=3))
@settings(deadline=None, max_examples=200)
def test_any_file_arrives_whole_under_a_harmless_name(files: list[tuple[str, bytes]]) -> None:
    """No name ends its line or leads out of a folder, both parsers read the same, and every byte is there."""
    given_files = tuple(Attachment(name, "application/octet-stream", data) for name, data in files)
    message = build(replace(SMALL, attachments=given_files))
    assert max(len(line) for line in b"".join(message).split(b"\r\n")) <= 78
    parsed, plain = parse(message), parse_plainly(message)
    assert parsed.keys() == plain.keys() == HEADERS
    parts = list(parsed.iter_parts())[1:]
    assert [part.get_payload(decode=True) for part in parts] == [data for _, data in files]
    names = [part.get_filename() for part in parts]
    assert names == [part.get_filename() for part in plain.get_payload()[1:]]  # type: ignore[union-attr,index]  # parts
    for name in names:
        assert name
        assert len(name) <= 100
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", name)
        assert not name.startswith(".")
        assert not set('/\\:*?"<>|') & set(name)


@pytest.mark.parametrize(
    "media_type", ["", "text", "text/html; charset=gbk", "multipart/mixed", "text/x\r\nBcc: a@b.cn"]
)
def test_a_media_type_is_one_or_refused(media_type: str) -> None:
    """Nothing but a type and its subtype can stand in the head of a file."""
    with pytest.raises(ValueError, match="media type"):
        build(replace(SMALL, attachments=(Attachment("a", media_type, b""),)))


def test_every_byte_is_ascii_in_short_crlf_lines() -> None:
    """No line is longer than 78 characters, no line end is bare, the header ends with its empty line."""
    header, body = build()
    wire = header + body
    wire.decode("ascii")
    assert max(len(line) for line in wire.split(b"\r\n")) <= 78
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\0", wire)
    assert header.endswith(b"\r\n\r\n")
    assert header.count(b"\r\n\r\n") == 1
    assert body.startswith(b"--")


def test_all_recipients_share_one_body() -> None:
    """Another recipient changes the header only; another letter changes the boundary too."""
    header, body = build()
    other_header, other_body = build(recipient=Recipient("li@reader.example.cn"), message_id="<1@news.example.cn>")
    assert body == other_body
    assert header != other_header
    changed = build(replace(LETTER, text=LETTER.text + "."))
    assert changed[1].split(b"\r\n")[0] != body.split(b"\r\n")[0]


def test_the_date_has_the_offset_it_was_given() -> None:
    """Eight in Shanghai is written as eight, with +0800; a moment without offset is refused."""
    assert b"Date: Fri, 20 Nov 2026 08:00:00 +0800\r\n" in build()[0]
    nepal = timezone(timedelta(hours=5, minutes=45))
    newfoundland = timezone(-timedelta(hours=3, minutes=30))
    for zone in (UTC, SHANGHAI, nepal, newfoundland):
        moment = SLOT.astimezone(zone)
        parsed = parsedate_to_datetime(parse_plainly(build(date=moment))["Date"])
        assert (parsed, parsed.utcoffset()) == (moment, moment.utcoffset())
    with pytest.raises(ValueError, match="offset"):
        build(date=datetime(2026, 11, 20, 8, 0))


def test_a_long_subject_is_folded_at_characters() -> None:
    """Encoded words have at most 75 characters, each decodes by itself, together they are the subject."""
    subject = "深海机器人👩\u200d🔬A" * 30
    header = build(replace(LETTER, subject=subject))[0].decode()
    words = re.findall(r"=\?utf-8\?b\?[^?]+\?=", header.split("Subject:")[1].split("Date:")[0])
    assert len(words) > 5
    assert max(map(len, words)) <= 75
    decoded = "".join(decode(word) for word in words)
    assert decoded == subject[:199] + "…"


def test_plain_words_stay_readable() -> None:
    """An English subject and name are written as they are; names with specials are encoded."""
    header = build(replace(LETTER, subject="Daily brief: 3 items"), sender=Recipient("a@b.cn", "Daily Brief"))[0]
    assert b"Subject: Daily brief: 3 items\r\n" in header
    assert b"From: Daily Brief\r\n <a@b.cn>\r\n" in header
    odd = parse(build(recipient=Recipient("a@b.cn", 'Wang, "Fang" <x@y.cn>')))
    assert [address.addr_spec for address in odd["To"].addresses] == ["a@b.cn"]
    assert b"To: a@b.cn\r\n" in build(recipient=Recipient("a@b.cn"))[0]


def test_a_long_way_out_is_never_encoded() -> None:
    """List-Unsubscribe is plain ASCII however long, on a line of its own, and refused beyond what servers take."""
    way = "mailto:leave@news.example.cn?subject=" + "x" * 300
    header = build(unsubscribe=[way])[0]
    assert f"List-Unsubscribe:\r\n <{way}>\r\n".encode() in header
    with pytest.raises(ConfigError, match="List-Unsubscribe"):
        build(unsubscribe=[way + "x" * 900])
    assert "List-Unsubscribe" not in parse(build(unsubscribe=[]))


HTTPS = "https://lists.example.cn/leave?t=abcdefgh&a=wang%40reader.example.cn"
MAILTO = "mailto:brief@news.example.cn?subject=unsubscribe%20daily%20abcdefgh"


def test_all_ways_out_stand_in_one_header() -> None:
    """The https address and the mailto address, in this order, each whole on its own line where both are too long."""
    header = build(unsubscribe=[HTTPS, MAILTO], one_click=True)[0]
    assert f"List-Unsubscribe:\r\n <{HTTPS}>,\r\n <{MAILTO}>\r\n".encode() in header
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in header
    short = build(unsubscribe=["https://a.cn/u", "mailto:a@b.cn"])[0]
    assert b"List-Unsubscribe: <https://a.cn/u>, <mailto:a@b.cn>\r\n" in short
    with pytest.raises(ConfigError, match=r"List-Unsubscribe would have \d+ characters"):
        build(unsubscribe=[HTTPS + "x" * 500, MAILTO + "x" * 400])


@pytest.mark.parametrize(
    ("ways", "one_click"), [([MAILTO], True), ([], True), ([HTTPS, MAILTO], False), (["mailto:https:@b.cn"], True)]
)
def test_one_click_needs_an_address_that_takes_it(ways: list[str], one_click: bool) -> None:
    """Without an https address, or where nobody said that it takes a POST, no click is asked for."""
    assert "List-Unsubscribe-Post" not in parse(build(unsubscribe=ways, one_click=one_click))


def test_no_way_out_closes_its_bracket() -> None:
    """An address with a bracket, a space or a letter beyond ASCII is refused, wherever it stands in the list."""
    for way in (
        "https://a.cn/>,<mailto:x@y.cn",
        "https://a.cn/a b",
        "https://a.cn/退订",
        "javascript:x",
        "http://a.cn",
    ):
        with pytest.raises(ConfigError, match="unsubscribe address"):
            build(unsubscribe=[HTTPS, way])


def test_further_headers_stand_where_they_are_asked_for() -> None:
    """Reply-To with its name, Feedback-ID as it is, and the language of the labels."""
    message = parse(
        build(
            reply_to=Recipient("office@news.example.cn", "编辑部"),
            feedback_id="daily:digest:example",
            language="zh-Hant",
        )
    )
    assert message["Reply-To"].addresses[0].addr_spec == "office@news.example.cn"
    assert message["Reply-To"].addresses[0].display_name == "编辑部"
    assert message["Feedback-ID"] == "daily:digest:example"
    assert message["Content-Language"] == "zh-TW"
    assert parse(build(language="en"))["Content-Language"] == "en"
    assert {*message.keys()} == {*HEADERS, "Reply-To", "Feedback-ID"}
    for feedback in ("a b", "a\r\nBcc: x@y.cn", "每日"):
        with pytest.raises(ConfigError, match="Feedback-ID"):
            build(feedback_id=feedback)


def test_the_sender_is_written_as_qq_wants_it() -> None:
    """The name is one encoded word, the address is none, and a space stands between them."""
    assert b"From: =?utf-8?b?5q+P5pel5pGY6KaB?=\r\n <brief@news.example.cn>\r\n" in build()[0]


PICTURES = (
    Attachment("a.jpg", "image/jpeg", b"\xff\xd8\xff" + bytes(500), cid="p1.a@digest"),
    Attachment("图.png", "image/png", b"\x89PNG" + bytes(300), cid="p2"),
)


def shape(part: Any) -> Any:
    """A part as its type, or as its type with the shapes of what is in it."""
    kind = part.get_content_subtype() if part.is_multipart() else part.get_content_type()
    return (kind, *map(shape, part.iter_parts())) if part.is_multipart() else kind


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ((), ("alternative", "text/plain", "text/html")),
        (PICTURES, ("alternative", "text/plain", ("related", "text/html", "image/jpeg", "image/png"))),
        ((ICS,), ("mixed", ("alternative", "text/plain", "text/html"), "text/calendar")),
        (
            (ICS, *PICTURES),
            (
                "mixed",
                ("alternative", "text/plain", ("related", "text/html", "image/jpeg", "image/png")),
                "text/calendar",
            ),
        ),
    ],
)
def test_only_the_levels_that_are_needed(files: tuple[Attachment, ...], expected: Any) -> None:
    """Pictures go with the HTML that shows them, files behind the letter; without either there is no level for them."""
    message = parse(build(replace(LETTER, attachments=files)))
    assert shape(message) == expected
    assert not any(part.defects for part in message.walk())
    assert message.get_body(("plain",)) is not None
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)
    assert html.get_content().replace("\r\n", "\n") == LETTER.html


def test_a_picture_is_found_by_its_content_id() -> None:
    """It is inline, with its Content-ID in brackets, its name and its very bytes; the level says what it leads with."""
    message = parse(build(replace(LETTER, attachments=PICTURES)))
    (related,) = [part for part in message.walk() if part.get_content_type() == "multipart/related"]
    assert related.get_param("type") == "text/html"
    _, *pictures = related.iter_parts()
    assert [picture["Content-ID"] for picture in pictures] == ["<p1.a@digest>", "<p2>"]
    assert [picture.get_content_disposition() for picture in pictures] == ["inline", "inline"]
    assert [picture.get_filename() for picture in pictures] == ["a.jpg", "图.png"]
    assert [picture.get_payload(decode=True) for picture in pictures] == [picture.data for picture in PICTURES]
    header, body = build(replace(LETTER, attachments=(*PICTURES, ICS)))
    boundaries = re.findall(rb'boundary="([^"]+)"', header + body)
    assert len(set(boundaries)) == 3
    assert max(len(line) for line in (header + body).split(b"\r\n")) <= 78
    assert build(replace(LETTER, attachments=(*PICTURES, ICS)), recipient=Recipient("li@b.cn"))[1] == body


@pytest.mark.parametrize("cid", ["a>\r\nBcc: x@y.cn", "<a>", "a b", "图", ".a", "a" * 101])
def test_a_content_id_is_one_or_refused(cid: str) -> None:
    """Nothing of it can end its header."""
    with pytest.raises(ValueError, match="Content-ID"):
        build(replace(SMALL, attachments=(Attachment("a.png", "image/png", b"", cid=cid),)))


@pytest.mark.parametrize("edition", ["早报", "a b,c", "x\r\nBcc: y@z.cn", "", "e" * 300, "日.报"])
def test_any_edition_has_a_list_id(edition: str) -> None:
    """A name that may not stand in a List-Id is replaced by its fingerprint, the same every day."""
    value = str(parse_plainly(build(edition=edition, list_id=f"{edition}.news.example.cn"))["List-Id"])
    assert re.fullmatch(r"\s*([A-Za-z0-9 ]+ )?<[A-Za-z0-9._-]+news\.example\.cn>|<news\.example\.cn>", value)
    assert value == parse_plainly(build(edition=edition, list_id=f"{edition}.news.example.cn"))["List-Id"]


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT)
@settings(deadline=None, max_examples=300)
def test_no_text_can_end_its_header(subject: str, sender: str, recipient: str, edition: str) -> None:
    """For any subject and names the headers are the expected ones, with one recipient, in both parsers."""
    message = build(
        replace(SMALL, subject=subject),
        sender=Recipient("brief@news.example.cn", sender),
        recipient=Recipient("wang@reader.example.cn", recipient),
        edition=edition,
        list_id=edition,
    )
    assert parse(message).keys() == parse_plainly(message).keys() == HEADERS
    assert [address.addr_spec for address in parse(message)["To"].addresses] == ["wang@reader.example.cn"]
    assert [address.addr_spec for address in parse(message)["From"].addresses] == ["brief@news.example.cn"]
    assert max(len(line) for line in message[0].split(b"\r\n")) <= 78 or len(edition) > 30
    assert message[1] == build(SMALL)[1]
    shown = decode(str(parse_plainly(message)["Subject"]).replace("\r\n", ""))
    assert "=?" not in shown
    assert not {"Cc", "Cs"} & {unicodedata.category(char) for char in shown}


@given(st.text(st.sampled_from("国务院A1，“”？= 👍\u00e9x"), min_size=1, max_size=150))
@settings(deadline=None, max_examples=300)
def test_every_subject_comes_back(subject: str) -> None:
    """Any mixture of scripts is read back as it was written, but for double and outer spaces."""
    written = " ".join(subject.split()).replace("=?", "= ?")
    message = build(replace(SMALL, subject=subject))
    assert decode(str(parse_plainly(message)["Subject"]).replace("\r\n", "")) == written
    assert parse(message)["Subject"] == written


@given(ANY_TEXT)
@settings(deadline=None, max_examples=300)
def test_an_address_is_used_as_it_is_or_refused(text: str) -> None:
    """Nothing of an address, a Message-ID or an unsubscribe link is mended, and nothing of it is injected."""
    for changes in (
        {"recipient": Recipient(text)},
        {"recipient": Recipient(f"a{text}@b.cn")},
        {"sender": Recipient(f"a@{text}.cn")},
        {"message_id": f"<{text}@b.cn>"},
        {"unsubscribe": [f"mailto:{text}"]},
    ):
        try:
            keys = parse_plainly(build(SMALL, **changes)).keys()
        except ConfigError:
            continue
        assert keys == HEADERS


@pytest.mark.parametrize(
    "address", ["", "a", "a@", "@b.cn", "a@b@c.cn", "用户@b.cn", "a@例子.cn", "a b@c.cn", "<a@b.cn>", "a@b.cn,c@d.cn"]
)
def test_what_is_no_single_ascii_address_is_refused(address: str) -> None:
    """The message names the address and says how to write it."""
    with pytest.raises(ConfigError, match="mail address"):
        build(recipient=Recipient(address))


def test_a_message_id_is_the_same_whenever_asked() -> None:
    """It depends on edition, moment and address; not on the zone the moment is told in, nor on the name."""
    first = message_id("daily", SLOT, "a@b.cn", "news.example.cn")
    assert re.fullmatch(r"<20261120\.[0-9a-f]{24}@news\.example\.cn>", first)
    assert first == message_id("daily", SLOT, "a@b.cn", "news.example.cn")
    others = {
        message_id("weekly", SLOT, "a@b.cn", "news.example.cn"),
        message_id("daily", SLOT + timedelta(hours=1), "a@b.cn", "news.example.cn"),
        message_id("daily", SLOT, "c@b.cn", "news.example.cn"),
        message_id("dail", SLOT, "ya@b.cn", "news.example.cn"),
        message_id("daily", SLOT, "a@b.cn", "news.example.cn", b"key"),
        message_id("daily", SLOT, "a@b.cn", "news.example.cn", b"another"),
        first,
    }
    assert len(others) == 7
    keyed = [message_id("daily", SLOT, "a@b.cn", "news.example.cn", b"key") for _ in range(2)]
    assert keyed[0] == keyed[1]
    assert message_id("daily", SLOT.astimezone(UTC), "a@b.cn", "news.example.cn").endswith(first[9:])
    with pytest.raises(ConfigError):
        message_id("daily", SLOT, "a@b.cn", "bad domain>\r\n")


# ------------------------------------------------------------------------------------------------- three parsers agree

EXAMPLES = int(os.environ.get("DIGEST_EXAMPLES", "100"))
WORDS = st.sampled_from(
    [
        "国务院",
        "关于",
        "A",
        " ",
        "=?",
        "?=",
        "=?utf-8?b?",
        "=?gb2312?B?0MK9qA==?=",
        "👨\u200d👩\u200d👧",
        "\u202e",
        "\r\n",
        "\x1b[31m",
    ]
)
SUBJECTS = st.one_of(
    ANY_TEXT,
    st.lists(WORDS, max_size=40).map("".join),
    st.text("深海机器人a ，", min_size=390, max_size=410),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=400),
)
LOCAL = st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}", fullmatch=True)
DOMAINS = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?\.(?:cn|com|xn--fiqs8s)", fullmatch=True)
PEOPLE = st.builds(lambda local, domain, name: Recipient(f"{local}@{domain}", name), LOCAL, DOMAINS, SUBJECTS)
WAYS = st.lists(
    st.sampled_from([HTTPS, MAILTO, "https://a.cn/u?x=1,2;y=(3)", "mailto:a@b.cn?subject=x&body=%0Ay"]), max_size=3
)


@st.composite
def letters(draw: st.DrawFn) -> dict[str, Any]:
    """Everything of which a header is made, as hostile as sources and readers can be."""
    return {
        "subject": draw(SUBJECTS),
        "sender": draw(PEOPLE),
        "recipient": draw(PEOPLE),
        "reply_to": draw(st.none() | PEOPLE),
        "unsubscribe": draw(WAYS),
        "one_click": draw(st.booleans()),
        "edition": draw(SUBJECTS),
        "list_id": draw(SUBJECTS) + ".news.example.cn",
        "feedback_id": draw(st.sampled_from(["", "daily:digest:example"])),
        "language": draw(st.sampled_from(["zh-Hans", "zh-Hant", "en"])),
    }


def expected_headers(values: dict[str, Any]) -> list[str]:
    """The headers that a message made of this has, and no others."""
    one_click = values["one_click"] and any(way.startswith("https:") for way in values["unsubscribe"])
    wanted = {
        "Reply-To": values["reply_to"] is not None,
        "List-Unsubscribe": bool(values["unsubscribe"]),
        "List-Unsubscribe-Post": one_click,
        "Feedback-ID": bool(values["feedback_id"]),
    }
    order = [*HEADERS[:2], "Reply-To", *HEADERS[2:7], "List-Unsubscribe-Post", "Feedback-ID", *HEADERS[7:]]
    return [name for name in order if wanted.get(name, True)]


def spaceless(text: str) -> str:
    """A text without white space: parsers differ in what they make of a space beside an encoded word."""
    return re.sub(r"\s+", "", text)


def shown(text: str, limit: int) -> str:
    """What a reader may see of a subject or name."""
    cleaned = " ".join(clean(text).split())
    return spaceless(clip(cleaned, limit).replace("=?", "= ?"))


def check_by_python(message: tuple[bytes, bytes], values: dict[str, Any]) -> None:
    """Both parsers of the standard library find the expected headers, people, subject and ways out."""
    parsed, plain = parse(message), parse_plainly(message)
    assert parsed.keys() == plain.keys() == expected_headers(values)
    assert not parsed.defects
    assert not plain.defects
    assert spaceless(decode(str(plain["Subject"]))) == shown(values["subject"], 200)
    people = {"From": values["sender"], "To": values["recipient"], "Reply-To": values["reply_to"]}
    for name, person in people.items():
        if person:
            assert [one.addr_spec for one in parsed[name].addresses] == [person.address]
            phrase = str(plain[name]).rpartition("\n")[0] if "\n" in str(plain[name]) else ""
            assert spaceless(decode(phrase)) == shown(person.name, 40)
    ways = re.sub(r"\s+", "", str(plain.get("List-Unsubscribe", "")))
    assert ways == ",".join(f"<{way}>" for way in values["unsubscribe"])
    assert max(map(len, message[0].split(b"\r\n"))) <= LONGEST_FIELD
    assert not re.search(rb"[^\r\n -~]|\r(?!\n)|(?<!\r)\n", message[0])


@given(letters())
@settings(deadline=None, max_examples=EXAMPLES)
def test_the_headers_are_the_expected_ones_whatever_they_hold(values: dict[str, Any]) -> None:
    """Titles, names and addresses of any kind give the expected headers in both parsers, and no others."""
    letter = replace(SMALL, subject=values["subject"])
    message = build(letter, **{name: value for name, value in values.items() if name != "subject"})
    check_by_python(message, values)


def node_modules() -> Path | None:
    """Where mailparser is installed, or None."""
    places = [
        os.environ.get("DIGEST_NODE_MODULES", ""),
        str(Path(__file__).parents[2] / ".ci" / "node" / "node_modules"),
    ]
    found = (Path(place) for place in places if place)
    return next((place for place in found if (place / "mailparser").is_dir()), None)


def read_by_node(messages: Sequence[bytes]) -> Iterator[dict[str, Any]]:
    """What mailparser reads in each message, all in one process."""
    script = Path(__file__).parents[1] / "mail_parser.mjs"
    lines = b"".join(b64encode(message) + b"\n" for message in messages)
    done = subprocess.run(
        ["node", script, str(node_modules())], input=lines, capture_output=True, check=True, timeout=600
    )
    return map(json.loads, done.stdout.decode().splitlines())


@pytest.mark.node
@pytest.mark.skipif(
    shutil.which("node") is None or node_modules() is None, reason="mailparser is not installed in .ci/node"
)
def test_a_parser_of_another_language_reads_the_same() -> None:
    """Node's mailparser finds the same headers, people, subject, parts and files; not one of them differs."""
    made: list[tuple[dict[str, Any], bytes]] = []

    @given(letters())
    @settings(deadline=None, max_examples=EXAMPLES, database=None)
    def collect(values: dict[str, Any]) -> None:
        files = (ICS, PICTURES[0]) if len(made) % 2 else ()
        letter = Letter(values["subject"], "<p>字</p>", "字", attachments=files)
        message = build(letter, **{name: value for name, value in values.items() if name != "subject"})
        made.append((values, b"".join(message)))

    collect()
    failures = []
    for (values, _), read in zip(made, read_by_node([message for _, message in made]), strict=True):
        files = [] if not read["files"] else [b64decode(file[-1]) for file in read["files"]]
        agrees = {
            "headers": read["keys"] == [name.lower() for name in expected_headers(values)],
            "from": [address for _, address in read["from"]] == [values["sender"].address],
            "sender": spaceless(read["from"][0][0]) == shown(values["sender"].name, 40),
            "to": [address for _, address in read["to"]] == [values["recipient"].address],
            "name": spaceless(read["to"][0][0]) == shown(values["recipient"].name, 40),
            "subject": spaceless(read["subject"]) == shown(values["subject"], 200),
            "parts": (read["text"].strip(), read["html"].strip()) == ("字", "<p>字</p>"),
            "files": sorted(files) in ([], sorted([ICS.data, PICTURES[0].data])),
        }
        failures += [(name, values, read) for name, agreed in agrees.items() if not agreed]
    assert not failures, f"{len(failures)} of {len(made)}: {failures[:3]}"
