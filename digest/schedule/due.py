"""What is due: the slots an issue should be composed for now, and when there is something to do next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, takewhile

from digest.model import CatchUp
from digest.model.schedule import is_cron
from digest.schedule.moments import instant
from digest.schedule.timetable import Timetable

LATE = timedelta(hours=1)
"""How late an issue may be where missed ones are skipped."""

TOO_LATE = "was more than an hour late"
"""Why a slot gets no issue that no run met in time."""

MOST_EACH = 7
"""Issues that are made up for one by one: a week of a daily edition."""

MOST_SKIPPED = 1000
"""Skipped slots that are named: three years of a daily edition; there is no use in a longer list."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A slot that was due and gets no issue, and why, in words that go on after `it`."""

    slot: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Due:
    """What is due of an edition: slots to compose an issue for, and slots that get none; the oldest first."""

    slots: tuple[datetime, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.slots or self.skipped)

    @property
    def latest(self) -> datetime:
        """The latest slot, with or without an issue; there must be one."""
        return max((*self.slots, *(skip.slot for skip in self.skipped)), key=instant)

    def after(self, last: datetime | None) -> Due:
        """Return what of it is due where `last` was the last slot."""
        if last is None:
            return self
        slots = tuple(slot for slot in self.slots if instant(slot) > instant(last))
        return Due(slots, tuple(skip for skip in self.skipped if instant(skip.slot) > instant(last)))


def due_slot(timetable: Timetable, now: datetime, last: datetime | None) -> datetime | None:
    """Return the slot to compose an issue for where missed ones are merged, or None when nothing is due.

    `last` is the slot of the last issue.  An edition that never went out starts with today's slot, not with
    yesterday's; one that was missed is made up for, once, by the latest.
    """
    slot = timetable.latest(now)
    if slot is None:
        return None
    if last is not None:
        return slot if instant(slot) > instant(last) else None
    return slot if slot.date() == now.astimezone(timetable.zone).date() else None


def due(timetable: Timetable, now: datetime, last: datetime | None, catch_up: CatchUp | None = None) -> Due:
    """Return what is due now of an edition whose last slot, composed or skipped, was `last` (None: it never had one).

    Of slots that were missed, `merge` takes the latest; `each` takes all, but of more than seven the latest seven;
    `skip` takes the latest where it is at most an hour late.  Each slot that gets no issue is named with the reason,
    but with `merge`, where the issue of the latest stands for all.  `catch_up` is the schedule's unless given.
    """
    catch_up = catch_up or timetable.schedule.catch_up
    latest = due_slot(timetable, now, last)
    if latest is None or (last is None and catch_up == "skip" and _is_late(latest, now)):
        return Due()  # a new edition has missed nothing
    if last is None or catch_up == "merge":
        return Due((latest,))
    missed = _missed(timetable, now, last)
    return _take_each(missed) if catch_up == "each" else _take_latest(missed, now)


def slot_before_first(timetable: Timetable, now: datetime) -> datetime | None:
    """Return the slot behind which an edition begins that never had one; None where there was none for long.

    What is due now is so behind it as well, and nothing else is.
    """
    first = next(iter(due(timetable, now, None).slots), None)
    return timetable.latest(instant(first) - timedelta.resolution if first else now)


def reading_slot(timetable: Timetable, now: datetime, last: datetime | None) -> datetime | None:
    """Return the moment for which the sources should be read now, or None where that was done.

    Sources are read at the times of an edition also on the days without an issue, for a feed keeps its entries for a
    few days only.  `last` is the moment for which they were read last, or the last slot.
    """
    return due_slot(_readings(timetable, now), now, last)


def next_moment(timetable: Timetable, now: datetime, last: datetime | None, read: datetime | None = None) -> datetime:
    """Return the first moment at which an issue or a reading is due; it is not after `now` where one is due now.

    `last` is the last slot, composed or skipped, as `due` takes it; `read` is the last moment that the sources were
    read for, as `reading_slot` takes it, and `last` where it is not given.
    """
    read = read or last
    # A slot of a cron line moves the readings to its own time, even where `last` lies in the future and it is not due.
    moved = timetable.following(max(now, read, key=instant) if read else now)
    found = (_next_after(timetable, now, last), _next_after(_readings(timetable, now), now, read), moved)
    return min((moment for moment in found if moment), key=instant)


def _missed(timetable: Timetable, now: datetime, last: datetime) -> list[datetime]:
    """The slots after the last one and not after now, the latest first."""
    since = instant(last)
    missed = takewhile(lambda slot: instant(slot) > since, timetable.before(now))
    return list(islice(missed, MOST_EACH + MOST_SKIPPED))


def _take_each(missed: list[datetime]) -> Due:
    reason = f"is none of the latest {MOST_EACH}, and {len(missed)} were missed"
    gone = [Skipped(slot, reason) for slot in reversed(missed[MOST_EACH:])]
    return Due(tuple(reversed(missed[:MOST_EACH])), tuple(gone))


def _take_latest(missed: list[datetime], now: datetime) -> Due:
    """The latest unless it is late; nobody wants two issues at once, so an earlier one is skipped in any case."""
    latest, *earlier = missed
    kept = () if _is_late(latest, now) else (latest,)
    gone = [Skipped(slot, _tell_late(slot, latest, now)) for slot in reversed(earlier if kept else missed)]
    return Due(kept, tuple(gone))


def _tell_late(slot: datetime, latest: datetime, now: datetime) -> str:
    return TOO_LATE if _is_late(slot, now) else f"gave way to the one of {latest:%H:%M}"


def _is_late(slot: datetime, now: datetime) -> bool:
    return instant(now) - instant(slot) > LATE


def _readings(timetable: Timetable, now: datetime) -> Timetable:
    """The times of an edition on every day; of a cron line the time of its last slot."""
    schedule = timetable.schedule
    if is_cron(schedule.days):
        slot = timetable.latest(now) or timetable.following(now)
        schedule = replace(schedule, times=(f"{slot:%H:%M}",)) if slot else replace(schedule, times=("08:00",))
    return replace(timetable, schedule=replace(schedule, days="daily", catch_up="merge"))


def _next_after(timetable: Timetable, now: datetime, last: datetime | None) -> datetime | None:
    if last is None:
        return next(iter(due(timetable, now, None).slots), None) or timetable.following(now)
    return timetable.following(last)
