"""Renders the days an issue announces as a calendar file (RFC 5545) that goes with its mail.  icalendar's only door."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from digest.model import Appointment, Attachment, Issue
from digest.render.day import LONGEST_NAME, LONGEST_TITLE, WEB
from digest.render.typography import clean, clip, safe_href
from digest.render.words import Words, interface_words, written_day

if TYPE_CHECKING:
    from icalendar import Event

PRODUCT = "-//textrank-digest//digest//%s"


def render_ics(issue: Issue) -> Attachment | None:
    """The issue's agenda as `digest-2026-01-28.ics`, an all-day event for each day; None where there is none.

    An event has the same UID in every issue that tells of it, so that a calendar updates it and does not double it.
    """
    if not issue.agenda:
        return None
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", PRODUCT % issue.language[:2].upper())
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    events: dict[str, Event] = {}
    for appointment in issue.agenda:
        events.setdefault(_uid(appointment), _event(appointment, issue))
    calendar.subcomponents.extend(events.values())
    return Attachment(f"digest-{issue.day.isoformat()}.ics", "text/calendar", calendar.to_ical())


def _event(appointment: Appointment, issue: Issue) -> Event:
    from icalendar import Event

    words, event = interface_words(issue.language), Event()
    event.add("uid", _uid(appointment))
    event.add("dtstamp", issue.slot.astimezone(UTC))
    event.add("dtstart", appointment.on)
    if appointment.on < date.max:  # without an end it lasts the day, which here is the calendar's last
        event.add("dtend", appointment.on + timedelta(days=1))
    event.add("summary", _summary(appointment, words))
    if description := _description(appointment, issue.day, words):
        event.add("description", description)
    if href := safe_href(appointment.url, WEB):
        event.add("url", href)
    event.add("transp", "TRANSPARENT")  # a day of this kind keeps nobody from a meeting
    return event


def _uid(appointment: Appointment) -> str:
    """`3f…-deadline-20260228@textrank-digest`; what has no key goes by its title and address."""
    key = appointment.key or f"{appointment.title}\0{appointment.url}"
    if not (key.isascii() and key.isalnum() and len(key) <= LONGEST_NAME):
        key = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{key}-{appointment.kind}-{appointment.on.isoformat().replace('-', '')}@textrank-digest"


def _summary(appointment: Appointment, words: Words) -> str:
    """`截止：《title》`; a title that stands in 《》 already gets no second pair."""
    deed = words["due" if appointment.kind == "deadline" else "in_force"]
    title = clip(clean(appointment.title), LONGEST_TITLE) or words["untitled"]
    bare = not appointment.title or (title.startswith("《") and title.endswith("》"))
    return deed + words["colon"] + (title if bare else words["book"] % title)


def _description(appointment: Appointment, day: date, words: Words) -> str:
    """What a calendar shows below the title: one line each."""
    lines = (
        clip(clean(appointment.body), LONGEST_TITLE),
        clip(clean(appointment.number), LONGEST_TITLE),
        safe_href(appointment.url, WEB),
        words["told_in"] % written_day(appointment.told, words, day.year) if appointment.told else "",
    )
    return "\n".join(filter(None, lines))
