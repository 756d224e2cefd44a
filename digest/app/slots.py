"""Where an edition stands: the last slot that counts, and from where on a new one counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from digest.schedule.due import slot_before_first
from digest.schedule.timetable import Timetable
from digest.store import Store

FAR = timedelta(days=2)
"""What is dated so far ahead was made by a wrong clock, or by --now: nothing would be due until then."""

SEVERAL = 3
"""What was made on so many days was not all made by a clock that was wrong."""

BEFORE = "was before the edition began"
"""Why the slot behind which an edition begins has no issue."""

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def last_slot(store: Store, edition: str, now: datetime) -> datetime | None:
    """Return the last slot of an edition that has an issue or was skipped, from which on slots are due; None: none.

    Where a wrong clock has made issues far ahead, neither they nor what else it did count: today does.  But where they
    were made on several days, it is the clock of now that is wrong, as one is that began anew without its battery.
    """
    if dated_ahead(store, edition, now) is None:
        return store.latest_slot(edition)
    made = [(issue.slot, issue.composed_at) for issue in store.find_issues(edition)]
    made += [(skip.slot, skip.skipped_at) for skip in store.skips(edition, _EVER)]
    if len({at.date() for _, at in made if at - now > FAR}) >= SEVERAL:
        return store.latest_slot(edition)
    return max((slot for slot, at in made if max(slot, at) - now <= FAR), default=None)


def dated_ahead(store: Store, edition: str, now: datetime) -> datetime | None:
    """Return the last slot of an edition where it lies so far ahead that a wrong clock has made it."""
    last = store.latest_slot(edition)
    return last if last is not None and last - now > FAR else None


def begin_edition(store: Store, timetable: Timetable, edition: str, now: datetime) -> datetime | None:
    """Write down where an edition begins that never had a slot, and return it: behind it everything is due.

    Else a slot that no run meets on its own day (23:58; in the evening, of a machine that is off by then) would never
    be missed, and the edition never begin.
    """
    start = slot_before_first(timetable, now)
    if start is not None:
        store.skip_slot(edition, start, BEFORE, now)
    return start
