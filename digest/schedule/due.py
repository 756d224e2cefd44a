"""What is due: the slots an issue should be composed for now."""

from __future__ import annotations

from datetime import datetime

from digest.schedule.timetable import Timetable, instant


def due_slot(timetable: Timetable, now: datetime, last: datetime | None) -> datetime | None:
    """Return the slot to compose an issue for, or None when nothing is due.

    `last` is the slot of the last issue.  An edition that never went out starts with today's slot, not with
    yesterday's; one that was missed is made up for, once, by the latest.
    """
    slot = timetable.latest(now)
    if slot is None:
        return None
    if last is not None:
        return slot if instant(slot) > instant(last) else None
    return slot if slot.date() == now.astimezone(timetable.zone).date() else None
