"""When there is something to do next: the one definition for the idle run and for the daemon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from digest.app.reading.tried import find_tried
from digest.app.slots import last_slot
from digest.app.timetable import timetable_of
from digest.config import Settings
from digest.deliver import is_due
from digest.model import Edition
from digest.schedule.due import next_moment, slot_before_first
from digest.store import OutboxRow, Store

EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Upcoming:
    """When there is something to do, in UTC: the next slot or reading of each edition, and the next try of each mail.

    A moment that is over means that it is still to be done.
    """

    editions: tuple[datetime, ...] = ()
    mails: tuple[datetime, ...] = ()

    @property
    def moments(self) -> tuple[datetime, ...]:
        """All of them, the earliest first."""
        return tuple(sorted({*self.editions, *self.mails}))


def find_upcoming(settings: Settings, store: Store, now: datetime) -> Upcoming:
    """Return the next moment of every edition and of every mail that waits."""
    editions = {_next_of(settings, store, edition, now).astimezone(UTC) for edition in settings.editions()}
    mails = {_due_since(row, now).astimezone(UTC) for row in store.pending()}
    return Upcoming(tuple(sorted(editions)), tuple(sorted(mails)))


def _due_since(row: OutboxRow, now: datetime) -> datetime:
    """When the time of a mail comes or came: since its issue is due, where it was never tried.

    One that a wrong clock has put off is overdue since ever; a moment that went along with `now` would look new each
    time, and the daemon would start one run after another.
    """
    moment = row.next_at or row.slot
    return EVER if moment > now and is_due(row, now) else moment


def tell_next(settings: Settings, edition: Edition, now: datetime) -> str:
    """Return the line about an edition of which nothing is due."""
    following = timetable_of(settings, edition).following(now)
    told = f"next at {following:%Y-%m-%d %H:%M}" if following else "and nothing will be for a year"
    return f"{edition.name}: nothing due; {told}"


def _next_of(settings: Settings, store: Store, edition: Edition, now: datetime) -> datetime:
    """The next moment of an edition: an issue, the one that was released, or a reading of any of its sources.

    A new edition is to be begun, which is so since the slot before.
    """
    timetable, last = timetable_of(settings, edition), last_slot(store, edition.name, now)
    reads = set(find_tried(settings, store, edition, now).values()) or {now}
    moments = [next_moment(timetable, now, last, read) for read in reads]
    # not before its release: what a run could not mail then is tried again as late as any other trouble
    moments += [max(row.slot, row.changed_at) for row in store.drafts(edition.name) if row.state == "released"]
    if last is None and (start := slot_before_first(timetable, now)):
        moments.append(start)
    return min(moment.astimezone(UTC) for moment in moments)
