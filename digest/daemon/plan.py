"""When the daemon's next run begins.  Pure: what is due, what the last run said and the pause are arguments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.app.operation.upcoming import Upcoming

GAP = timedelta(seconds=10)
"""Between two runs, whatever is due: a run that leaves its own work undone must not be begun without end."""

FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that is over, what it left undone, and how long to wait before that is tried again."""

    began: datetime
    ended: datetime
    code: int
    left: tuple[datetime, ...] = ()
    pause: timedelta = FIRST_PAUSE


def note_end(began: datetime, ended: datetime, code: int, after: Upcoming, before: Ended | None) -> Ended:
    """Return what to remember of a run; the pause doubles where a run changed nothing about the trouble.

    While mails wait it does not: their server is asked as often as by a cron line.
    """
    left = tuple(moment for moment in after.moments if moment <= began)
    is_same = before is not None and (before.code, before.left) == (code, left) and (code != 0 or bool(left))
    if before is None or not is_same or after.mails:
        return Ended(began, ended, code, left)
    return Ended(began, ended, code, left, min(before.pause * 2, LONGEST_PAUSE))


def next_start(upcoming: Upcoming, last: Ended | None) -> datetime | None:
    """Return when the next run begins: when something is due, or, where the last run left something, after its pause.

    What came due while that run was at work is begun as soon as it has ended; what it did not leave, but is overdue now
    (a mail that somebody sends again), has not earned a long pause.
    """
    if last is None:
        return min(upcoming.moments, default=None)
    starts = [moment for moment in upcoming.moments if moment > last.began]
    undone = {moment for moment in upcoming.moments if moment <= last.began}
    if last.code or undone:
        starts.append(last.ended + (last.pause if undone <= {*last.left} else FIRST_PAUSE))
    return max(min(starts), last.ended + GAP) if starts else None
