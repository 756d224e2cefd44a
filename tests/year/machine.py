"""A machine that calls the program as cron does, through everything that happens to it, and its operator."""

from __future__ import annotations

import gc
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from digest.app.grounds import take_grounds
from digest.app.operation.idle import find_idle
from digest.app.recipients.roster import take_in
from digest.app.sending import Call, run
from digest.app.state import open_state
from digest.config import load_settings
from digest.errors import DigestError
from tests.smtp_server import FaultServer
from tests.year.ending import COMMIT, TALK, Fuse, KilledError, burning
from tests.year.news import KINDS, News
from tests.year.offices import READERS, slots_of, write_config
from tests.year.storms import Storms

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
TAIL = 9
"""Days without trouble at the end, so that every edition is due once more."""


@dataclass
class Machine:
    """One installation of the program; `amiss` is what must never be, seen as it happened."""

    folder: Path
    smtp: FaultServer
    news: News
    storms: Storms
    chance: Random
    amiss: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    begun: datetime | None = None
    ended: datetime | None = None
    fuse: Fuse = field(default_factory=Fuse)

    def __post_init__(self) -> None:
        sources = "\n".join(
            f'[[source]]\nname = "{name}"\nkind = "{kind}"\npath = \'{self.news.path(name)}\''
            for name, kind in KINDS.items()
        )
        self.config = write_config(self.folder / "digest.toml", self.smtp.port, sources)
        self.data = self.folder / "data"
        self.settings = load_settings(self.config, {}, self.data)
        self.database = self.data / "digest.db"

    def live(self, first: datetime, days: int, told: Callable[[str], None] = lambda _: None) -> None:
        """Let so many days pass from `first` on, and then some quiet ones."""
        for number in range(days + TAIL):
            day = first + number * DAY
            if number == days:
                self.storms.end()
            self.storms.begin_day(day)
            for now in self._moments(day):
                self.storms.look(now)
                if self.storms.is_off(now):
                    self.counts["calls that fell out"] += 1
                    continue
                if not self._call(now):
                    gc.collect()  # the end of a process closes what it had open
                    if self.chance.random() < 0.6:
                        self._call(
                            now + 5 * MINUTE
                        )  # the next call of cron; else the machine was down until the next one
            if not self.storms.is_off(day + 23 * 60 * MINUTE):
                self.decide(day + 23 * 60 * MINUTE)
            if number % 30 == 29:
                seen = f"{self.counts['runs']} runs, {self.counts['killed']} killed, {len(self.amiss)} amiss"
                told(f"{day:%Y-%m-%d}: {seen}; {'; '.join(self.amiss[:3])}")

    def _moments(self, day: datetime) -> list[datetime]:
        """When cron calls on a day: as something is due, some minutes later, much later, and at any time."""
        slots = [slot for name in READERS for slot in slots_of(name, day, day + DAY - timedelta(seconds=1))]
        late = [slot + self.chance.uniform(5, 40) * MINUTE for slot in slots]
        later = [slot + self.chance.uniform(40, 200) * MINUTE for slot in slots]
        found = [slot + self.chance.choice((0, 0, 1.5)) * MINUTE for slot in slots] + late + later
        return sorted({*found, *(day + self.chance.uniform(0, 1435) * MINUTE for _ in range(3))})

    # -------------------------------------------------------------------------------------------------------- one call

    def _call(self, now: datetime) -> bool:
        """Whether a call came to its end; what cron does first is to look at the note of what is due next."""
        clock = now + self.storms.offset
        self.begun, self.ended = self.begun or clock, now
        self.news.show(now)
        self.counts["calls"] += 1
        idle = find_idle(self.config, self.data, {}, clock) is not None
        if idle and self.chance.random() < 0.9:
            self.counts["answered by the note"] += 1
            self._look(clock, excused=False)
            return True
        return self._run(clock, idle)

    def _run(self, clock: datetime, idle: bool) -> bool:
        self._lay_fuse()
        asked = self.chance.randrange(1, 40) if not self.storms.calm and self.chance.random() < 0.04 else 0
        asking = Counter[str]()

        def stopping() -> bool:
            asking["times"] += 1
            return 0 < asked <= asking["times"]

        ticks = Counter[str]()

        def tick() -> datetime:
            ticks["ticks"] += 1
            return clock + ticks["ticks"] * timedelta(milliseconds=20)

        grounds = take_grounds(self.config, self.data, {})
        call = Call(
            self.settings, tick, {}, lambda _: None, origin=str(self.config), stopping=stopping, grounds=grounds
        )
        self.counts["runs"] += 1
        try:
            with burning(self.fuse):
                outcome = run(call)
        except KilledError:
            self.counts["killed"] += 1
            return False
        except DigestError as error:
            self._note(clock, error)
            self._look(clock, excused=True)
            return True
        complaint = outcome.complaint
        self._note(clock, complaint)
        self.counts["asked to end"] += bool(outcome.stopped)
        if idle and outcome.worked:
            self.amiss.append(f"{clock}: the note said that nothing was due, and there was work")
        self._look(clock, excused=complaint is not None)
        return True

    def _lay_fuse(self) -> None:
        """Choose the step at which the run will die; most runs live."""
        self.fuse.left, self.fuse.dead = 0, False
        self.fuse.kind = self.chance.choice(("", "", COMMIT, TALK, TALK))
        most = {"": 2.9, COMMIT: 1.6, TALK: 1.4}[
            self.fuse.kind
        ]  # steps of that kind that a run takes, as a power of 10
        if not self.storms.calm and self.chance.random() < 0.08:
            self.fuse.left = int(10 ** self.chance.uniform(0, most))

    def _note(self, clock: datetime, error: DigestError | None) -> None:
        if error is None:
            self.codes["0"] += 1
            return
        self.codes[f"{error.exit_code} {type(error).__name__}"] += 1
        self.said[f"{type(error).__name__}: {error.message[:160]}"] += 1

    def _look(self, clock: datetime, *, excused: bool) -> None:
        """After a run without complaint nothing that is due may be left: an issue or a reason stands for each slot."""
        if excused or self.begun is None:
            return
        begun = self.begun
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            for name in READERS:
                due = slots_of(name, max(clock - 9 * DAY, begun), clock)
                question = "SELECT slot FROM issues WHERE edition = ? UNION SELECT slot FROM skips WHERE edition = ?"
                made = [datetime.fromisoformat(slot) for (slot,) in database.execute(question, (name, name))]
                if due and (not made or max(made) < due[-1]):
                    self.amiss.append(f"{clock}: nothing was complained of, and {name} of {due[-1]} is not there")

    # --------------------------------------------------------------------------------------------------- the operator

    def decide(self, now: datetime) -> None:
        """Once a day a person asks what became of held mails, and takes in again who was refused for too long."""
        self.smtp.heal()
        arrived = {self._identity(message.content) for message in self.smtp.received}
        with open_state(self.settings) as store:
            for row in store.outbox_rows(state="unknown"):
                came = row.message_id in arrived
                self.counts["held, had arrived" if came else "held, sent again"] += 1
                store.forget(row.message_id, now) if came else store.resend(row.message_id, now, now + DAY)
            for suppression in store.suppressions():
                self.counts["taken in again"] += 1
                take_in(store, suppression, now)

    @staticmethod
    def _identity(content: bytes) -> str:
        head = content.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
        line = next(row for row in head.splitlines() if row.lower().startswith("message-id:"))
        return line.partition(":")[2].strip()
