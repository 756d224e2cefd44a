"""What the store remembers for the next issue: earlier items, days to come, words, what was changed or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from digest.app.timetable import look_ahead
from digest.compose.issue import Past
from digest.compose.revisions import compose_revision
from digest.config import Settings
from digest.model import Edition, Revision, SourceReport, Told
from digest.store import Change, NoticeRow, Store

REMEMBERED = timedelta(days=14)
"""An event told so lately is told again only with news."""

COMPARED = timedelta(days=30)
"""The days with which the words of today are compared."""


def read_past(store: Store, settings: Settings, edition: Edition, slot: datetime) -> Past:
    """Return what earlier issues of an edition hold that matters for the one due at `slot` (in the edition's zone)."""
    day = slot.date()
    until = look_ahead(settings, day)
    told = store.told(edition.name, slot - REMEMBERED)
    return Past(
        told=told,
        appointments=store.appointments(edition.name, day, until),
        words=store.word_counts(edition.name, slot - COMPARED),
        revisions=tuple(find_revisions(store, edition, slot, told)),
        until=until,
        left_over=store.left_over(edition.name),
        number=store.issue_number(edition.name, slot, day.year),
        since=_last_day(store, edition, slot),
    )


def _last_day(store: Store, edition: Edition, slot: datetime) -> date | None:
    """Return the day of the last issue before the slot that somebody has, or may yet get."""
    before = (issue.day for issue in store.find_issues(edition.name) if issue.state != "void" and issue.slot < slot)
    return next(before, None)


def find_revisions(store: Store, edition: Edition, slot: datetime, told: Sequence[Told]) -> list[Revision]:
    """Return what has become of articles that were `told`, and no issue has said yet, in the order it was found out."""
    known = store.told_notices(edition.name)
    issued = {article.key: item.day for item in told for article in item.articles}
    found = []
    for change in store.changes(slot - REMEMBERED, edition.name):
        mark = mark_of(change)
        if (change.article.key, change.kind, mark) in known:
            continue
        revision = compose_revision(
            change.article.key,
            change.kind,
            change.before.title,
            change.before.text,
            change.after.title if change.after else "",
            change.after.text if change.after else "",
            site=change.article.site or change.article.source,
            url=change.article.url,
            told=issued.get(change.article.key),
            mark=mark,
        )
        if revision:
            found.append(revision)
    return found


def mark_of(change: Change) -> str:
    """Return what tells one change of an article from its next one."""
    return change.after.fetched_at.isoformat() if change.after else ""


def notices_of(revisions: Sequence[Revision]) -> list[NoticeRow]:
    """Return what the store keeps of the changes an issue tells, so that each is told once."""
    return [NoticeRow(revision.key, revision.kind, revision.mark) for revision in revisions]


def with_health(store: Store, reports: Sequence[SourceReport], now: datetime) -> list[SourceReport]:
    """Return the reports with how long each source has failed, or been silent beyond its own rhythm."""
    rhythms = store.rhythms(now)
    found = []
    for report in reports:
        rhythm = rhythms.get(report.name)
        if rhythm is None:
            found.append(report)
        else:
            failing = rhythm.failing if report.failed else 0
            silent = 0 if report.failed else rhythm.silent
            found.append(replace(report, failing=failing, silent=silent, usual=rhythm.usual if silent else 0.0))
    return found
