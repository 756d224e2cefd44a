"""The calendar file: read back with the library, and its bytes held against RFC 5545."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from digest.model import Appointment, Attachment, InterfaceLanguage, Issue
from digest.render.ics import render_ics
from digest.render.typography import clean
from tests.render.render_samples import ANY_TEXT, SLOT, empty_issue

COMMENT = Appointment(
    date(2026, 12, 20),
    "deadline",
    "低空物流条例（征求意见稿）",
    body="滨海市司法局",
    number="滨司函〔2026〕18号",
    url="https://law.example.cn/draft/1187?a=1&b=2",
    key="00ff00ff00ff00ff",
    item=6,
)
IN_FORCE = Appointment(date(2027, 1, 1), "effective", "《社会保险费按季申报办法》", key="1234567890abcdef")
EARLIER = replace(IN_FORCE, title="港口运单规则", key="aaaa0000aaaa0000", told=date(2026, 11, 18))


def issue_of(*agenda: Appointment) -> Issue:
    """The issue of 20 November with this agenda."""
    return replace(empty_issue(), agenda=agenda)


def attached(*agenda: Appointment) -> Attachment:
    """The calendar file of such an issue."""
    file = render_ics(issue_of(*agenda))
    assert file is not None
    return file


def events(data: bytes) -> list[Any]:
    """The events of a calendar file, as the library reads them."""
    return list(Calendar.from_ical(data).walk("VEVENT"))


def test_a_day_becomes_an_all_day_event() -> None:
    """The event fills its day, keeps nobody busy, and says what ends, whose it is and where to read it."""
    file = attached(COMMENT)
    assert (file.name, file.media_type) == ("digest-2026-11-20.ics", "text/calendar")
    calendar = Calendar.from_ical(file.data)
    assert (calendar["METHOD"], calendar["VERSION"]) == ("PUBLISH", "2.0")
    (event,) = events(file.data)
    assert event["DTSTART"].dt == date(2026, 12, 20)
    assert event["DTEND"].dt == date(2026, 12, 21)
    assert b"DTSTART;VALUE=DATE:20261220\r\n" in file.data
    assert event["DTSTAMP"].dt == SLOT.astimezone(UTC) == datetime(2026, 11, 20, tzinfo=UTC)
    assert event["SUMMARY"] == "截止：《低空物流条例（征求意见稿）》"
    assert event["DESCRIPTION"] == "滨海市司法局\n滨司函〔2026〕18号\nhttps://law.example.cn/draft/1187?a=1&b=2"
    assert event["URL"] == "https://law.example.cn/draft/1187?a=1&b=2"
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["UID"] == "00ff00ff00ff00ff-deadline-20261220@textrank-digest"


def test_what_is_unknown_is_left_out() -> None:
    """Without body, number and address there is no description; brackets that a title has are not doubled."""
    (event,) = events(attached(IN_FORCE).data)
    assert event["SUMMARY"] == "施行：《社会保险费按季申报办法》"
    assert "DESCRIPTION" not in event
    assert "URL" not in event
    assert events(attached(EARLIER).data)[0]["DESCRIPTION"] == "见11月18日一期"


@pytest.mark.parametrize(
    ("language", "summaries"),
    [
        ("zh-Hant", ["截止：《低空物流条例（征求意见稿）》", "施行：《社会保险费按季申报办法》"]),
        ("en", ["Deadline: “低空物流条例（征求意见稿）”", "In force: 《社会保险费按季申报办法》"]),
    ],
)
def test_a_calendar_speaks_the_language_of_its_issue(language: InterfaceLanguage, summaries: list[str]) -> None:
    """What is due is said in it; the document keeps its own name, and the event its UID."""
    file = render_ics(replace(issue_of(COMMENT, IN_FORCE), language=language))
    assert file is not None
    assert [str(event["SUMMARY"]) for event in events(file.data)] == summaries
    assert [event["UID"] for event in events(file.data)] == [
        event["UID"] for event in events(attached(COMMENT, IN_FORCE).data)
    ]


def test_an_issue_without_an_agenda_has_no_calendar() -> None:
    """Nothing is attached where there is nothing to note."""
    assert render_ics(empty_issue()) is None


def test_tomorrow_updates_and_does_not_double() -> None:
    """The same day of the same document has the same UID in the next issue, with a later stamp."""
    today = issue_of(COMMENT, IN_FORCE)
    tomorrow = replace(today, slot=SLOT + timedelta(days=1), day=SLOT.date() + timedelta(days=1))
    tomorrow = replace(tomorrow, agenda=(replace(COMMENT, told=today.day, item=0, title="改了题"), IN_FORCE))
    first, second = render_ics(today), render_ics(tomorrow)
    assert first
    assert second
    assert [event["UID"] for event in events(first.data)] == [event["UID"] for event in events(second.data)]
    assert all(
        before["DTSTAMP"].dt < after["DTSTAMP"].dt
        for before, after in zip(events(first.data), events(second.data), strict=True)
    )


def test_different_days_have_different_uids() -> None:
    """Another day, kind or document is another event; said twice in one agenda it is one, as first said."""
    others = (
        COMMENT,
        replace(COMMENT, on=date(2026, 12, 21)),
        replace(COMMENT, kind="effective"),
        replace(COMMENT, key="ff00ff00ff00ff00"),
        replace(COMMENT, key=""),
        replace(COMMENT, key="", title="别的题"),
    )
    found = events(attached(*others, replace(COMMENT, title="又一次")).data)
    assert len({event["UID"] for event in found}) == len(found) == 6
    assert [event["DTSTART"].dt for event in found] == [entry.on for entry in others]
    assert found[0]["SUMMARY"] == "截止：《低空物流条例（征求意见稿）》"


def test_the_last_day_of_the_calendar_is_a_day_too() -> None:
    """A document in force until the end of time overflows nothing."""
    (event,) = events(attached(replace(COMMENT, on=date.max)).data)
    assert event["DTSTART"].dt == date.max
    assert "DTEND" not in event


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "https://a@b.cn/", "", "x\r\nATTACH:y"])
def test_only_addresses_of_the_web_are_kept(url: str) -> None:
    """An address that is none of the web is in no line of the file."""
    data = attached(replace(COMMENT, url=url)).data
    assert b"URL" not in data
    assert b"ATTACH" not in data
    assert b"javascript" not in data


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT, st.dates())
@settings(deadline=None, max_examples=150)
def test_no_text_breaks_out_of_its_line(title: str, body: str, number: str, url: str, key: str, on: date) -> None:
    """Any text comes back as it was cleaned; the file has these properties and no others, in short CRLF lines."""
    long = title * 5
    first = Appointment(on, "deadline", long, body, number, url, key)
    data = attached(first, IN_FORCE).data
    assert data == attached(first, IN_FORCE).data
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\0", data)
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode("utf-8")  # raises where a character was cut in two
    names = set(re.findall(r"^([A-Z-]+)[:;]", data.decode(), re.M))
    assert names <= {
        *("BEGIN", "END", "VERSION", "PRODID", "METHOD", "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"),
        *("DESCRIPTION", "URL", "TRANSP"),
    }
    event, other = events(data)
    assert str(other["SUMMARY"]) == "施行：《社会保险费按季申报办法》"
    shown = str(event["SUMMARY"]).removeprefix("截止：").strip("《》")
    if len(clean(long)) <= 200:
        assert shown == (clean(long).strip("《》") or "（无题）")
    assert clean(number)[:100] in str(event.get("DESCRIPTION", ""))
