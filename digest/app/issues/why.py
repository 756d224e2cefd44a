"""Why something is in an issue or not: the life of one article, and what became of a day."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.app.state import open_state
from digest.app.timetable import timetable_of
from digest.compose.importance import explain_score
from digest.config import Settings
from digest.errors import FormatError, UsageError
from digest.extract.encoding import decode
from digest.model import Edition
from digest.schedule.moments import shown
from digest.store import Course, Store, Trace

MOST_ADDRESSES = 10
_KEY = re.compile(r"\b[0-9a-f]{16}\b")
_ITEM = re.compile(r", item \d+")

_STATES = {
    "new": "a candidate for the next issue",
    "placed": "printed",
    "merged": "told in another article's entry",
    "left_out": "left out, a candidate while its window lasts",
    "carried": "sent",
    "expired": "left out for good",
}


def explain_article(settings: Settings, name: str) -> list[str]:
    """Return the life of the article meant by a URL or key, line by line: fetched, decided, printed, sent.

    Raises:
        UsageError: no article of that name was ever kept.
    """
    zone = ZoneInfo(settings.timezone)
    with open_state(settings, dry_run=True) as store:
        traces = store.trace(name)
        drafts = store.drafts()
        originals = {trace.key: store.original(trace.versions[0].sha256) for trace in traces if trace.versions}
    if not traces:
        raise UsageError(
            f"no article {name} was ever kept",
            "give the URL as the mail links it, or the key that digest preview --explain prints; "
            "digest why-empty tells what became of a day",
        )
    lines: list[str] = []
    for trace in traces:
        lines += [*([""] if lines else []), *_life(trace, originals.get(trace.key), zone)]
        for draft in drafts:
            lines += [
                f"  frozen     {placement.state} in the issue of {shown(draft.slot, zone)} that waits for its slot"
                for placement in draft.placements
                if placement.key == trace.key
            ]
    return lines


def _life(trace: Trace, original: bytes | None, zone: ZoneInfo) -> Iterator[str]:
    article = trace.article
    yield f"{trace.key}  {article.title or '(untitled)'}"
    if not (article.title or article.text):
        yield "  forgotten  it is older than the state is kept: only what it is known by is left"
    yield f"  source     {article.source or '-'}" + (f", which calls itself {article.site}" if article.site else "")
    yield f"  published  {_moment(article.published, zone)}"
    yield f"  URL        {article.url or '-'}"
    for address in trace.addresses[-MOST_ADDRESSES:]:
        yield f"  also met   {address.url or address.key} on {shown(address.seen_at, zone)}"
    place = f", place {article.position} of its list" if article.position else ""
    yield f"  first seen {shown(trace.first_seen, zone)}{place}"
    for version in trace.versions:
        held = f", original {version.sha256[:12]}" if version.sha256 else ""
        yield f"  read       {shown(version.fetched_at, zone)}: {len(version.text)} characters{held}"
    if original:
        yield f"  kept       {len(original)} bytes as they came, {_encoding(original)}"
    yield f"  language   {article.language or 'unknown'}"
    for visit in trace.visits:
        gone = f", gone since {shown(visit.gone_at, zone)}" if visit.gone_at else ""
        yield f"  page       last asked for {shown(visit.checked_at, zone)}: the server answered {visit.status}{gone}"
    if not trace.courses:
        yield "  never offered to an edition"
    for course in trace.courses:
        yield from _course(course, zone)


def _course(course: Course, zone: ZoneInfo) -> Iterator[str]:
    row = course.row
    reason = f": {row.reason}" if row.reason else ""
    yield f"  edition {row.edition}: {_STATES.get(row.state, row.state)}{reason} ({shown(row.changed_at, zone)})"
    if row.event and row.event != row.key:
        yield f"    event    led by {row.event}"
    if row.score is not None:
        terms = course.item.terms if course.item else {}
        yield f"    score    {explain_score(terms, row.score) if terms else f'{row.score:.2f}'}"
    if course.issue and course.item:
        slot = shown(course.issue.slot, zone)
        yield f"    printed  in the issue of {slot}, item {course.item.number}: {course.item.title}"
        for sentence in course.printed:
            yield f"      {' '.join(sentence.split())}"
    for mail in course.mails:
        yield f"    mail     {mail.address}: {mail.state} ({shown(mail.changed_at, zone)})"


def explain_day(settings: Settings, edition: Edition, day: date, now: datetime) -> list[str]:
    """Return what became of an edition on a day, line by line: its issues, the sources, what was decided and why."""
    zone = ZoneInfo(edition.timezone)
    first = datetime.combine(day, time(), zone)
    with open_state(settings, dry_run=True) as store:
        return [
            *_issues(settings, store, edition, day, now, zone),
            *_sources(settings, store, edition, now, zone),
            *_counts(store, edition, first),
        ]


def _issues(
    settings: Settings, store: Store, edition: Edition, day: date, now: datetime, zone: ZoneInfo
) -> Iterator[str]:
    issues = store.find_issues(edition.name, day)
    for issue in issues:
        mails = store.outbox_rows(edition.name, issue.slot)
        states = ", ".join(sorted(f"{mail.address} {mail.state}" for mail in mails)) or "no mails"
        what = f"has {issue.items} items and is {issue.state}"
        yield f"{edition.name}: the issue of {shown(issue.slot, zone)} {what}: {states}"
    if not issues:
        yield f"{edition.name}: there is no issue of {day.isoformat()}"
        upcoming = timetable_of(settings, edition).following(now)
        due = ", ".join((edition.schedule.days, *edition.schedule.times))
        yield f"  it is due {due} ({edition.timezone}); next at {shown(upcoming, zone) if upcoming else 'no time'}"
    for skip in store.skips(edition.name, datetime.combine(day, time(), zone)):
        if skip.slot.astimezone(zone).date() == day:
            yield f"  the slot of {shown(skip.slot, zone)} was given up on {shown(skip.skipped_at, zone)}: {skip.why}"
    for draft in store.drafts(edition.name):
        yield f"  an issue of {shown(draft.slot, zone)} is frozen and {draft.state}: digest issue show"


def _sources(settings: Settings, store: Store, edition: Edition, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    health, rhythms = store.source_health(), store.rhythms(now)
    for source in settings.sources_of(edition):
        fares = health.get(source.name)
        if fares is None:
            yield f"  source {source.name}: never read yet"
            continue
        told = f"last tried {shown(fares.last_tried, zone)}, {fares.articles} articles"
        if fares.last_new:
            told += f", the last new one {shown(fares.last_new, zone)}"
        if fares.problem:
            told += f"; {fares.problem}"
        if silent := rhythms[source.name].silent if source.name in rhythms else 0:
            told += f"; silent for {silent} days, beyond its rhythm"
        yield f"  source {source.name}: {told}"


def _counts(store: Store, edition: Edition, first: datetime) -> Iterator[str]:
    counts: Counter[str] = Counter()
    for (state, reason), number in store.counts(edition.name, first, first + timedelta(days=1)).items():
        told = _KEY.sub("another", _ITEM.sub("", reason))
        counts[f"{_STATES.get(state, state)}: {told}".removesuffix(": ")] += number
    if not counts:
        yield "  nothing was decided about any article on that day"
    for what, number in counts.most_common():
        yield f"  {number:6} {what}"


def _encoding(original: bytes) -> str:
    try:
        return f"decoded as {decode(original)[1]}"
    except FormatError:
        return "no plain text"


def _moment(published: datetime | date | None, zone: ZoneInfo) -> str:
    if isinstance(published, datetime):
        return shown(published, zone)
    return published.isoformat() if published else "unknown"
