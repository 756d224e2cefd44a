"""Purging: what is older than the state is kept goes, and what an article is known by stays.

Of an old article its key, URL, fingerprint and aliases stay, and that an edition sent it: met again, under whatever
date, it is known and never printed again.  Such an article is called *forgotten*: it has no words any more.  Nothing
goes that somebody waits for: candidates, drafts, frozen issues, mails that wait or are held, days still to come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, delete, exists, func, or_, select, update

from digest.store.forgotten import is_forgotten
from digest.store.identity import PORTION
from digest.store.ledger import IN_AN_ISSUE, OPEN
from digest.store.outbox import CLOSED
from digest.store.schema import (
    aliases,
    appointments,
    articles,
    bounces,
    day_words,
    drafts,
    issues,
    items,
    ledger,
    notices,
    originals,
    outbox,
    rests,
    runs,
    skips,
    versions,
    visits,
)

BLANK: Mapping[str, object] = {
    **dict.fromkeys(("title", "text", "author", "site", "language", "origin", "image"), ""),
    "published": None,
    "published_is_day": False,
    "categories": (),
    "position": 0,
}
OF_AN_ISSUE = (items, appointments, day_words, notices)

Slot = tuple[str, datetime]


@dataclass(frozen=True, slots=True)
class Purged:
    """How much went of each kind; `notes` are runs, skipped slots, rests of servers and mails that came back."""

    issues: int = 0
    mails: int = 0
    articles: int = 0
    originals: int = 0
    drafts: int = 0
    notes: int = 0

    def __bool__(self) -> bool:
        return any(count for _, count in self.counts())

    def counts(self) -> Iterator[tuple[str, int]]:
        """What went, and how much of it."""
        yield from ((field.name, getattr(self, field.name)) for field in fields(self))


def purge(connection: Connection, before: datetime, now: datetime) -> Purged:
    """How much went of what is older than `before`, in whole days and issues; done twice it is as done once."""
    waiting = _drop_drafts(connection, before)
    slots = _find_issues(connection, before, now)
    mails = sum(_drop_issue(connection, slot) for slot in slots)
    forgotten = _find_articles(connection, before)
    _forget(connection, forgotten)
    _drop_marks(connection, before)
    return Purged(
        issues=len(slots),
        mails=mails,
        articles=len(forgotten),
        originals=_drop_originals(connection, before),
        drafts=waiting,
        notes=_drop_notes(connection, before),
    )


# ------------------------------------------------------------------------------------------------------------- issues


def _find_issues(connection: Connection, before: datetime, now: datetime) -> list[Slot]:
    """The issues to let go of: decided, with no mail that waits or is held, and no day of theirs still to come.

    The last one of an edition stays, since it says what is due next, and so does the last one that was sent, since the
    next one's number follows it.
    """
    own = and_(outbox.c.edition == issues.c.edition, outbox.c.slot == issues.c.slot)
    named = and_(appointments.c.edition == issues.c.edition, appointments.c.slot == issues.c.slot)
    question = select(issues.c.edition, issues.c.slot).where(
        issues.c.slot < before,
        issues.c.composed_at < before,
        issues.c.state != "frozen",
        ~exists().where(own, outbox.c.state.not_in(CLOSED)),
        ~exists().where(named, appointments.c.on_day >= _yesterday(now)),
    )
    last = _last_issues(connection)
    found = ((row.edition, row.slot) for row in connection.execute(question))
    return sorted(slot for slot in found if slot not in last)


def _yesterday(now: datetime) -> date:
    return (now - timedelta(days=1)).date()  # somewhere it still is


def _last_issues(connection: Connection) -> set[Slot]:
    last = func.max(issues.c.slot, type_=issues.c.slot.type).label("last")
    question = select(issues.c.edition, last).group_by(issues.c.edition)
    return {
        (row.edition, row.last)
        for each in (question, question.where(issues.c.state != "void"))
        for row in connection.execute(each)
    }


def _drop_issue(connection: Connection, slot: Slot) -> int:
    """How many mails went with the issue."""
    for table in OF_AN_ISSUE:
        connection.execute(delete(table).where(_is(table, slot)))
    mails = connection.execute(delete(outbox).where(_is(outbox, slot))).rowcount
    connection.execute(update(ledger).where(_is(ledger, slot)).values(slot=None, event=None, score=None))
    connection.execute(delete(issues).where(_is(issues, slot)))
    return mails


def _is(table: Table, slot: Slot) -> ColumnElement[bool]:
    return and_(table.c.edition == slot[0], table.c.slot == slot[1])


def _drop_drafts(connection: Connection, before: datetime) -> int:
    old = (drafts.c.slot < before, drafts.c.changed_at < before)
    return connection.execute(delete(drafts).where(*old)).rowcount


# ----------------------------------------------------------------------------------------------------------- articles


def _find_articles(connection: Connection, before: datetime) -> list[str]:
    """The articles to forget: first seen before then, and of no concern to any issue, draft or edition since."""
    own = ledger.c.key == articles.c.key
    concerned = or_(
        ledger.c.slot.is_not(None),  # an issue that is still kept decided about it
        ledger.c.changed_at >= before,
        and_(ledger.c.state.in_(OPEN), ledger.c.window_until >= before),
    )
    question = select(articles.c.key).where(
        articles.c.first_seen < before,
        ~is_forgotten(),
        ~exists().where(own, concerned),
        ~exists().where(items.c.key == articles.c.key),
        ~exists().where(versions.c.key == articles.c.key, versions.c.became_at >= before),
    )
    quoted = _quoted_keys(connection)
    return sorted(key for key in connection.execute(question).scalars() if key not in quoted)


def _quoted_keys(connection: Connection) -> set[str]:
    """The articles that items of others quote, and those that drafts have decided about."""
    added = connection.execute(select(items.c.added)).scalars()
    placed = connection.execute(select(drafts.c.placements)).scalars()
    return {key for rows in (*added, *placed) for key, *_ in rows}


def _forget(connection: Connection, keys: list[str]) -> None:
    for start in range(0, len(keys), PORTION):
        portion = keys[start : start + PORTION]
        connection.execute(update(articles).where(articles.c.key.in_(portion)).values(**BLANK))
        own = (
            versions.c.key == articles.c.key,
            versions.c.fingerprint == articles.c.fingerprint,
            versions.c.source == articles.c.source,
        )
        ours = versions.c.key.in_(portion)
        connection.execute(delete(versions).where(ours, exists().where(*own)))
        # the marks of its other texts stay: it may come back with one of them, under another address
        connection.execute(update(versions).where(ours).values(title=None, text=None, sha256=""))
        unsent = ledger.c.state.not_in(IN_AN_ISSUE)
        connection.execute(delete(ledger).where(ledger.c.key.in_(portion), unsent))


def _drop_marks(connection: Connection, before: datetime) -> None:
    """Lets go of visits that came to nothing, and of those to forgotten articles that are known by the same address."""
    known = or_(
        exists().where(articles.c.identity == visits.c.identity),
        exists().where(aliases.c.identity == visits.c.identity),
    )
    forgotten = and_(exists().where(articles.c.key == visits.c.key, is_forgotten()), known)
    over = or_(visits.c.key.is_(None), forgotten)
    connection.execute(delete(visits).where(visits.c.checked_at < before, over))


def _drop_originals(connection: Connection, before: datetime) -> int:
    """How many originals went that no text is read from any more."""
    read = exists().where(versions.c.sha256 == originals.c.sha256)
    return connection.execute(delete(originals).where(originals.c.first_fetched < before, ~read)).rowcount


# -------------------------------------------------------------------------------------------------------------- notes


def _drop_notes(connection: Connection, before: datetime) -> int:
    """How many notes went; a wish to leave that was read stays, so that it is not obeyed a second time."""
    told = (
        delete(runs).where(runs.c.started_at < before),
        delete(rests).where(rests.c.until < before),
        delete(bounces).where(bounces.c.seen_at < before, bounces.c.kind != "unsubscribe"),
    )
    return sum(connection.execute(statement).rowcount for statement in told) + _drop_skips(connection, before)


def _drop_skips(connection: Connection, before: datetime) -> int:
    """How many skipped slots went; the last one of an edition stays, since it says what is due next."""
    last = func.max(skips.c.slot, type_=skips.c.slot.type).label("last")
    newest = connection.execute(select(skips.c.edition, last).group_by(skips.c.edition)).all()
    older = delete(skips).where(
        skips.c.edition == bindparam("own"),
        skips.c.slot < bindparam("newest", type_=skips.c.slot.type),
        skips.c.skipped_at < before,
    )
    return sum(connection.execute(older, {"own": row.edition, "newest": row.last}).rowcount for row in newest)
