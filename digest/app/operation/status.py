"""How digest fares: the last and the next issue of each edition, mails, sources, the last run, the disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import get_args
from zoneinfo import ZoneInfo

from digest.app.operation.disk import DiskStatus, measure_disk
from digest.app.operation.keeping import backup_folder
from digest.app.slots import BEFORE, dated_ahead, last_slot
from digest.app.state import database_path
from digest.app.timetable import timetable_of, unknown_holidays
from digest.config import Settings
from digest.model import Edition, State
from digest.schedule.due import TOO_LATE, due
from digest.schedule.timetable import Timetable
from digest.store import IssueRow, OutboxRow, Run, Skip, Store, find_backups
from digest.store.doubts import RESTORED

OVERDUE = timedelta(hours=1)
"""An issue that is due for longer is overdue: a run every five minutes would have sent it."""

_EVER = datetime(1970, 1, 1, tzinfo=UTC)

LATELY = timedelta(days=7)
"""Failed mails and skipped slots are told of for so long."""

DAYS_FAILING = 3
"""From so many days in a row a source that cannot be read needs a person."""


@dataclass(frozen=True, slots=True)
class LastIssue:
    """The last issue of an edition: how it stands, its items, and its mails by state."""

    slot: datetime
    composed_at: datetime
    state: str
    items: int
    mails: Mapping[State, int]
    reply: str = ""

    @property
    def void(self) -> bool:
        """Whether every reader's server refused it."""
        return self.state == "void"

    @property
    def waits(self) -> bool:
        """Whether nobody has it, and somebody still may get it."""
        return self.state == "frozen"


@dataclass(frozen=True, slots=True)
class EditionStatus:
    """One edition: `due` is the slot that has no issue yet, `following` the next one, `held` one that awaits a person.

    `missed`: what is due is so for too long; `unsent`: so is an issue that nobody has; `ahead`: the last one is dated
    in the future.  `sent` is the slot of the last issue that somebody has, `too_late` how many slots in a row had none
    since they were met too late.
    """

    name: str
    last: LastIssue | None
    sent: datetime | None
    due: datetime | None
    following: datetime | None
    held: datetime | None
    skipped: tuple[Skip, ...]
    missed: bool
    unsent: bool
    ahead: bool
    too_late: int = 0

    @property
    def late(self) -> bool:
        """Whether readers should have an issue that they do not have."""
        return self.missed or self.unsent


@dataclass(frozen=True, slots=True)
class OutboxStatus:
    """The mails of all editions: how many wait, since when the next may go, how many are held, which failed lately."""

    waiting: int
    next_at: datetime | None
    held: int
    lost: tuple[OutboxRow, ...] = ()

    @property
    def failed(self) -> int:
        """How many failed lately."""
        return len(self.lost)


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A source in use: the days it has failed in a row, those it was silent beyond its `usual` gap, and what it says.

    `articles` is what its last good reading brought, `read` when that was; `since` when it began to fail, or brought
    something for the last time.
    """

    name: str
    failing: int
    silent: int
    usual: float
    problem: str
    articles: int
    read: datetime | None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """How digest fares at one moment; `sources` are those of the `in_use` that are kept a record of."""

    now: datetime
    editions: tuple[EditionStatus, ...] = ()
    sources: tuple[SourceStatus, ...] = ()
    in_use: int = 0
    outbox: OutboxStatus = OutboxStatus(0, None, 0)
    run: Run | None = None
    disk: DiskStatus | None = None
    backup: datetime | None = None
    unknown_year: int | None = None
    damage: str = ""
    totals: Mapping[State, int] = field(default_factory=dict)


def look_around(settings: Settings, store: Store, now: datetime, *, deep: bool = False) -> Status:
    """Return how everything fares; no byte is changed, and nobody is asked over a network.

    With `deep` the database is checked for damage, which reads all of it.
    """
    runs = store.runs(1)
    used = {table.name for edition in settings.editions() for table in settings.sources_of(edition)}
    return Status(
        now=now,
        editions=tuple(_edition(settings, edition, store, now) for edition in settings.editions()),
        sources=tuple(_sources(store, used, now)),
        in_use=len(used),
        outbox=_outbox(store, now),
        run=runs[0] if runs else None,
        disk=measure_disk(settings),
        backup=last_backup(settings),
        unknown_year=unknown_holidays(settings, now.astimezone(ZoneInfo(settings.timezone)).date()),
        damage=store.find_damage() if deep else "",
        totals=_count_mails(store),
    )


def _count_mails(store: Store) -> dict[State, int]:
    counts = {state: store.count_mails(None, state) for state in get_args(State)}
    return {state: count for state, count in counts.items() if count}


def _edition(settings: Settings, edition: Edition, store: Store, now: datetime) -> EditionStatus:
    timetable = timetable_of(settings, edition)
    latest = last_slot(store, edition.name, now)
    slot = next(iter(_due(timetable, store, edition, now, latest)), None)
    issues = store.find_issues(edition.name)
    last = _last_issue(store, issues[0]) if issues else None
    held = next((draft.slot for draft in store.drafts(edition.name) if draft.state == "held"), None)
    unsent = last is not None and last.waits and now - last.slot > OVERDUE
    # an edition that has just been set up is not late: its first issue goes out with the first run
    missed = slot is not None and held is None and now - slot > OVERDUE and bool(latest or store.runs(1))
    return EditionStatus(
        edition.name,
        last,
        next((issue.slot for issue in issues if issue.state == "carried"), None),
        slot,
        timetable.following(now),
        held,
        tuple(
            skip for skip in store.skips(edition.name, now - LATELY) if skip.why not in (RESTORED, BEFORE)
        ),  # those are no slots
        missed=missed,
        unsent=unsent,
        ahead=dated_ahead(store, edition.name, now) is not None,
        too_late=_count_late(store, edition.name, issues[0].slot if issues else _EVER),
    )


def _due(
    timetable: Timetable, store: Store, edition: Edition, now: datetime, last: datetime | None
) -> Iterator[datetime]:
    """What the next run has to do: issues, slots to skip, and an issue that was released behind its slot."""
    found = due(timetable, now, last)
    yield from found.slots
    yield from (skip.slot for skip in found.skipped[-1:])
    yield from (row.slot for row in store.drafts(edition.name) if row.state == "released" and row.slot <= now)


def _count_late(store: Store, edition: str, since: datetime) -> int:
    """How many slots in a row were skipped as late, the last one among them; the last issue was `since`."""
    skips = reversed(store.skips(edition, since))
    return sum(1 for _ in takewhile(lambda skip: skip.why == TOO_LATE, skips))


def _last_issue(store: Store, found: IssueRow) -> LastIssue:
    mails = store.outbox_rows(found.edition, found.slot)
    reply = next((f"{row.code or ''} {row.reply}".strip() for row in mails if row.state != "sent" and row.reply), "")
    counts = dict(Counter(row.state for row in mails))
    return LastIssue(found.slot, found.composed_at, found.state, found.items, counts, reply)


def _sources(store: Store, used: set[str], now: datetime) -> list[SourceStatus]:
    """Every source in use that was tried before."""
    rhythms = store.rhythms(now)
    return [
        SourceStatus(
            name,
            rhythms[name].failing,
            rhythms[name].silent,
            rhythms[name].usual,
            health.problem,
            health.articles,
            health.last_good,
            health.failing_since or rhythms[name].last_new,
        )
        for name, health in store.source_health().items()
        if name in used
    ]


def _outbox(store: Store, now: datetime) -> OutboxStatus:
    waiting = store.pending()
    moments = [row.next_at for row in waiting if row.next_at is not None]
    lost = [row for row in store.outbox_rows(state="failed") if now - row.changed_at <= LATELY and not row.settled]
    return OutboxStatus(len(waiting), min(moments, default=None), store.count_mails(None, "unknown"), tuple(lost))


def last_backup(settings: Settings) -> datetime | None:
    """Return when the last backup was made that lies where they are put."""
    path = database_path(settings)
    found = find_backups(backup_folder(settings), path) if path else ()
    return found[0].made_at if found else None
