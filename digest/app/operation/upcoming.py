"""When there is something to do next: the one definition for the idle run and for the daemon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from digest.app.timetable import timetable_of
from digest.config import Settings
from digest.model import Edition
from digest.schedule.due import next_moment
from digest.store import Store


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
    # a mail that was never tried is due since its issue is
    mails = {(row.next_at or row.slot).astimezone(UTC) for row in store.pending()}
    return Upcoming(tuple(sorted(editions)), tuple(sorted(mails)))


def tell_next(settings: Settings, edition: Edition, now: datetime) -> str:
    """Return the line about an edition of which nothing is due."""
    following = timetable_of(settings, edition).following(now)
    told = f"next at {following:%Y-%m-%d %H:%M}" if following else "and nothing will be for a year"
    return f"{edition.name}: nothing due; {told}"


def _next_of(settings: Settings, store: Store, edition: Edition, now: datetime) -> datetime:
    """The next moment of an edition: an issue, or on a day without one a reading of any of its sources."""
    timetable, last = timetable_of(settings, edition), store.latest_slot(edition.name)
    reads = _last_readings(settings, store, edition, now) or {now}
    return min(next_moment(timetable, now, last, read).astimezone(UTC) for read in reads)


def _last_readings(settings: Settings, store: Store, edition: Edition, now: datetime) -> set[datetime | None]:
    """When the sources on the web were last tried; None stands for one that never was, or by a wrong clock."""
    health = store.source_health()
    tried = {name: fares.last_tried for name, fares in health.items() if fares.last_tried <= now}
    return {tried.get(source.name) for source in settings.sources_of(edition) if source.on_web}
