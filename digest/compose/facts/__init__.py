"""The facts of official documents: number, body, days, what they repeal, and their kind.  Pure, and all of it slices.

A document or a report about one is matched in a simplified, half-width copy of the same length (`reading`), so that
every fact is a slice of the original; what is not certain is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, timezone

from digest.compose.facts.bodies import Place, find_body
from digest.compose.facts.days import Calendar, Day, find_days
from digest.compose.facts.deadlines import find_deadline
from digest.compose.facts.kinds import Kind
from digest.compose.facts.layout import Layout
from digest.compose.facts.moments import find_passed, find_published, find_signed
from digest.compose.facts.numbers import Number
from digest.compose.facts.reading import Reading
from digest.compose.facts.relations import find_amends, find_attachments, find_repeals, find_title
from digest.compose.facts.standing import sort_numbers
from digest.compose.facts.terms import Term, find_effective, find_expires, find_span
from digest.model import Article, DocumentCard, Fact, FactKind

__all__ = ["extract_facts"]

_BEIJING = timezone(timedelta(hours=8))
_YEAR = re.compile(r"((?:19|20)\d\d)年(?!度)")
_OLDEST_NEWS = timedelta(days=60)
"""A report tells of no document that has been in force for longer: what it names then is cited."""


def extract_facts(article: Article) -> DocumentCard:
    """Return what an official document, or a report about one, says of itself; an empty card for other articles.

    Facts are slices of `article.title` or `article.text`, title first, in the order they are printed.
    """
    title, layout = Reading(article.title, "title"), Layout(Reading(article.text))
    kind = Kind(title, layout)
    own, cited = sort_numbers(title, layout, kind)
    facts = [*_days(article, kind, own)]
    if not (kind.genre or kind.document or own or cited or _tells(facts)):
        return DocumentCard()
    told = [fact for fact in facts if fact and fact.kind in ("effective", "deadline")]
    for which, numbers in (("number", own), ("cited", cited)):
        facts += [reading.fact(which, number.start, number.end, number.value) for reading, number in numbers]  # type: ignore[arg-type]
    in_text = [number for reading, number in (*own, *cited) if reading is layout.text]
    named = find_title(layout, title, kind, told)
    facts += _placed("body", [find_body(layout, kind, own, named)])
    facts += _placed("title", [named])
    if kind.document:
        facts += _placed("repeals", find_repeals(layout, title, in_text))
        facts += _placed("amends", find_amends(layout, title))
        facts += _placed("attachment", find_attachments(layout))
    kept = {fact for fact in facts if fact is not None}
    return DocumentCard(kind.genre, tuple(sorted(kept, key=_printed)))


def _printed(fact: Fact) -> tuple[bool, int, int, str]:
    return fact.where == "text", fact.start, fact.end, fact.kind


def _tells(facts: Iterable[Fact | None]) -> bool:
    return any(fact and fact.kind in ("effective", "deadline") for fact in facts)


def _placed(kind: FactKind, places: Iterable[Place | None]) -> list[Fact | None]:
    return [reading.fact(kind, start, end) for reading, start, end in filter(None, places)]


def _days(article: Article, kind: Kind, own: list[tuple[Reading, Number]]) -> Iterator[Fact | None]:
    """Yield the facts that are days."""
    layout, text = kind.layout, kind.layout.text
    printed = _day_of(article.published)
    calendar = _calendar(kind, printed, own)
    passed, signed = find_passed(layout, calendar), find_signed(layout, kind, calendar)
    years = [day.year for day in (signed, passed) if day and day.year] + _numbered_years(own)
    published = find_published(layout, kind, calendar, min(years, default=None))
    signed = signed or (passed if kind.document or published is None else None)
    if kind.order and signed and published is None:
        published = signed
    calendar = Calendar(calendar.days, _anchors(calendar, printed, signed, published), calendar.year)
    known = {
        "signed": calendar.resolve(signed, ahead=False) if signed else None,
        "published": calendar.resolve(published, ahead=False) if published else None,
        "passed": calendar.resolve(passed, ahead=False) if passed else None,
    }
    for name, day in (("signed", signed), ("published", published)):
        value = known[name]
        if day and value:
            yield text.fact(name, day.start, day.end, value.isoformat())  # type: ignore[arg-type]
    if kind.document and not (known["published"] or known["signed"]):
        known["published"] = printed
    yield from _terms(kind, calendar, known, printed)


def _terms(
    kind: Kind, calendar: Calendar, known: dict[str, date | None], printed: date | None
) -> Iterator[Fact | None]:
    """Yield from when the document is in force and until when, and until when it can be answered."""
    readings = (kind.layout.text, kind.title)
    calendars = (calendar, Calendar(find_days(kind.title.plain[:400]), calendar.anchors, calendar.year))
    effective = expires = None
    for reading, days in zip(readings, calendars, strict=True):
        span = find_span(reading, days, document=kind.document)
        effective = find_effective(reading, kind.layout, kind, days, known) or (span[0] if span else None)
        if effective and not kind.document and printed and effective.value < printed - _OLDEST_NEWS:
            effective = None
        if effective:
            yield _term("effective", reading, effective)
            expires = (span[1] if span else None) or find_expires(reading, kind.layout, days, effective.value, known)
            break
    else:
        if kind.document:
            reading, expires = readings[0], find_expires(readings[0], kind.layout, calendar, None, known)
    if expires:
        yield _term("expires", reading, expires)
    for reading, days in zip(readings, calendars, strict=True):
        deadline = find_deadline(reading, days, document=kind.document)
        if deadline:
            yield _term("deadline", reading, deadline)
            return


def _term(kind: FactKind, reading: Reading, term: Term) -> Fact | None:
    return reading.fact(kind, term.start, term.end, term.value.isoformat())


def _day_of(moment: datetime | date | None) -> date | None:
    return moment.astimezone(_BEIJING).date() if isinstance(moment, datetime) else moment


def _calendar(kind: Kind, printed: date | None, own: list[tuple[Reading, Number]]) -> Calendar:
    """The days of a text and the year that all of them, the title and the document's own number agree on."""
    days = find_days(kind.layout.text.plain)
    years = {day.year for day in days if day.year} | {int(year) for year in _YEAR.findall(kind.name)}
    years |= set(_numbered_years(own))
    return Calendar(days, (printed,) if printed else (), years.pop() if len(years) == 1 else None)


def _numbered_years(own: list[tuple[Reading, Number]]) -> list[int]:
    """The years in the document's own numbers: 国办发〔2017〕47号."""
    found = [re.search(r"〔(\d{4})〕|(\d{4})年第", number.value) for _, number in own]
    return [int(year[1] or year[2]) for year in found if year]


def _anchors(calendar: Calendar, printed: date | None, *days: Day | None) -> tuple[date, ...]:
    found = [calendar.resolve(day, ahead=False) for day in days if day]
    return tuple(day for day in (*found, printed) if day)
