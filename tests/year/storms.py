"""What goes wrong in a year: the mail server, the sources, the clock and the machine itself, by one seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from tests.smtp_server import FaultServer, Stage
from tests.year.news import KINDS, News
from tests.year.offices import READERS

SINGLE: dict[str, tuple[Stage, str, bool, bool]] = {  # the stage, the reply, whether it hangs up, for one reader only
    "no such address (550)": ("rcpt", "550 5.1.1 no such user", False, True),
    "greylisted (451)": ("rcpt", "451 4.7.1 greylisted, try again later", False, True),
    "mailbox full (452)": ("rcpt", "452 4.2.2 mailbox full", False, True),
    "refused for its content (554)": ("dot", "554 5.7.1 message refused", False, True),
    "put off at the dot (451)": ("dot", "451 4.3.0 temporary failure", False, False),
    "cut in the text": ("body", "", True, False),
    "cut at the dot": ("dot", "", True, False),
    "closes (421)": ("mail", "421 4.3.2 shutting down", False, False),
    "asks for less (450)": ("mail", "450 4.7.0 too many mails", False, False),
}
QUIET = timedelta(days=2)
"""Nothing lasting begins so early: an edition has missed nothing before its first issue."""

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass
class Storms:
    """The troubles of one life; `look` brings them to a moment, and counts each as it begins."""

    chance: Random
    smtp: FaultServer
    news: News
    asleep_at_eight: tuple[datetime, datetime]
    counts: Counter[str] = field(default_factory=Counter)
    silent_until: datetime | None = None
    off_until: datetime | None = None
    clock_until: datetime | None = None
    offset: timedelta = timedelta(0)
    back: dict[str, datetime] = field(default_factory=dict)
    calm: bool = False

    def begin_day(self, now: datetime) -> None:
        """Choose what begins on this day."""
        if self.calm or now - self.news.begin < QUIET:
            return
        draw = self.chance.random
        if draw() < 0.04:
            hours = self.chance.choice((1, 3, 6, 12, 30, 48))
            self.silent_until = self._later(now, hours)
            self.counts[f"mail server away for {'days' if hours > 24 else 'hours'}"] += 1
        if draw() < 0.05:
            self._lose(now, [self.chance.choice(list(KINDS))], self.chance.choice((12, 24, 72)), "source away")
        if draw() < 0.015:
            self._lose(now, list(KINDS), self.chance.choice((4, 10, 26)), "all sources away")
        if self.off_until is None and draw() < 0.03:
            days = self.chance.choice((1, 1, 1, 2, 3, 5, 9))
            self.off_until = self._later(now, 24 * days)
            self.counts["machine off, days"] += days
            self.counts["machine off"] += 1
        if self.clock_until is None and draw() < 0.06:
            ahead = self.chance.random() < 0.4
            self.offset = DAY if ahead else -HOUR
            self.clock_until = self._later(now, self.chance.choice((1, 2, 3)) if ahead else self.chance.choice((3, 20)))
            self.counts[f"clock {'a day ahead' if ahead else 'an hour back'}"] += 1

    def look(self, now: datetime) -> None:
        """End what is over, and make the mail server as it is to be for the run to come."""
        self.smtp.heal()
        for source in [name for name, until in self.back.items() if until <= now]:
            del self.back[source]
        self.news.away = set(self.back)
        if self.off_until and self.off_until <= now:
            self.off_until = None
        if self.clock_until and self.clock_until <= now:
            self.clock_until, self.offset = None, timedelta(0)
        if self.silent_until and now < self.silent_until:
            self.smtp.fail("greeting", drop=True)
        elif not self.calm and self.chance.random() < 0.25:
            self._fail_once()

    def is_off(self, now: datetime) -> bool:
        """Whether nothing runs: the machine is off, or it is one of the months in which it sleeps at eight."""
        first, last = self.asleep_at_eight
        if first <= now < last and not (2 <= now.hour < 4 or 12 <= now.hour < 15):
            return True
        return self.off_until is not None and now < self.off_until

    def end(self) -> None:
        """From now on all is well."""
        self.calm = True
        self.silent_until = self.off_until = self.clock_until = None
        self.offset = timedelta(0)
        self.back.clear()

    def _later(self, now: datetime, hours: int) -> datetime:
        return now + self.chance.random() * DAY + hours * HOUR

    def _lose(self, now: datetime, sources: list[str], hours: int, what: str) -> None:
        self.back |= dict.fromkeys(sources, now + hours * HOUR)
        self.counts[what] += 1

    def _fail_once(self) -> None:
        what = self.chance.choice(list(SINGLE))
        stage, reply, drop, one = SINGLE[what]
        everybody = sorted({address for readers in READERS.values() for address in readers})
        who = self.chance.choice(everybody) if one else None
        self.smtp.fail(stage, reply, who=who, drop=drop, times=None if one else self.chance.choice((1, 1, 2, None)))
        self.counts[what] += 1
