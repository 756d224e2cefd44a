"""The daemon's loop.  Clock, sleep and the starting of processes are given to it, so that a test lives through days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.app.grounds import Stamp
from digest.app.operation.beat import Beat, State, clear_beat, write_beat
from digest.daemon.agenda import Agenda
from digest.daemon.asking import Asked
from digest.daemon.notify import Notify, reloading
from digest.daemon.plan import FIRST_PAUSE, Ended, next_start, note_end
from digest.daemon.worker import Worker
from digest.errors import WELL, ConfigError, DigestError

LONGEST_SLEEP = 60.0
"""Seconds.  Then it looks at the clock, which may have been set, or have gone on while the machine slept."""

POLL = 0.5
PATIENCE = 300.0
"""Seconds that a run gets to end after the mail in hand."""


@dataclass(frozen=True, slots=True)
class World:
    """What the daemon lives in; `wait` sleeps for so many seconds, or until something is asked, and returns that."""

    clock: Callable[[], datetime]
    wait: Callable[[float], Asked | None]
    start: Callable[[Mapping[str, str]], Worker]
    announce: Callable[[str], None]
    notify: Notify = lambda _message: None
    watchdog: float | None = None


class Daemon:
    """Runs digest whenever there is something to do, until it is asked to end."""

    def __init__(self, agenda: Agenda, world: World, pid: int) -> None:
        now = world.clock()
        self.beat = Beat(pid, now, now, "starting", now)
        self._agenda = agenda
        self._world = world
        self._last: Ended | None = None
        self._stamp: Stamp = []
        self._mistake = ""
        self._fault = ""
        self._ending = False
        self._told: datetime | None = None

    def live(self) -> None:
        """Sleep and run until somebody asks for the end; then what is at work is ended first."""
        self._renew("starting")
        self._world.notify("READY=1")
        try:
            while not self._ending:
                self._try_work()
                if not self._ending:
                    self._obey(self._world.wait(self._seconds()))
        finally:
            self._world.notify("STOPPING=1")
            with suppress(OSError):
                clear_beat(self._agenda.config, self._agenda.data)

    def _try_work(self) -> None:
        try:
            self._work()
            self._fault = ""
        except Exception as error:  # the daemon's loop: whatever it is, the next morning is tried
            said = error.message if isinstance(error, DigestError) else f"{type(error).__name__}: {error}"
            if said != self._fault:
                self._world.announce(f"digest daemon: {said}; it is tried again every minute")
            self._fault = said
            self._renew("failing", next=None, trouble=said)

    def _work(self) -> None:
        """Look at the clock, the configuration and the database, and run where it is time."""
        if self._agenda.is_changed():
            self._reload()
        now = self._now()
        self._hurry()
        start = next_start(self._agenda.look(now), self._last)
        if start is not None and start <= now:
            self._run(now)
            if self._ending:
                return
            start = next_start(self._agenda.look(self._now()), self._last)
        self._rest(start)

    def _hurry(self) -> None:
        """Where the database was written to since the last run, somebody has done something about what it left."""
        if self._last is not None and self._agenda.stamp != self._stamp:
            self._stamp = self._agenda.stamp
            self._last = replace(self._last, pause=min(self._last.pause, FIRST_PAUSE))

    def _now(self) -> datetime:
        """The time; where the clock was set back behind the last run, that ended just now."""
        now = self._world.clock()
        if self._last is not None and now < self._last.ended:
            self._last = replace(self._last, began=min(self._last.began, now), ended=now)
        return now

    def _run(self, began: datetime) -> None:
        self._renew("running", next=None, trouble="")
        code = self._attend(self._world.start(self._agenda.kept))
        ended = self._world.clock()
        before, began = self._last, min(began, ended)
        self._last = Ended(began, ended, code)  # also where the database cannot be asked now
        if code not in WELL and not self._ending:
            self._world.announce(f"digest daemon: the run {_word_end(code)}")
        if not self._ending:
            self._last = note_end(began, ended, code, self._agenda.look(ended), before)
            self._stamp = self._agenda.stamp

    def _attend(self, worker: Worker) -> int:
        """The exit code of a run; who asks for the end meanwhile asks the run."""
        left = PATIENCE
        while (code := worker.poll()) is None:
            asked = self._world.wait(POLL)
            self._renew("running")
            if asked == "end":
                self._ending = True
                worker.terminate()
            elif asked == "reload":
                self._reload()
            if self._ending:
                left -= POLL
                if left <= 0:
                    worker.kill()
        return code

    def _obey(self, asked: Asked | None) -> None:
        if asked == "end":
            self._ending = True
        elif asked == "reload":
            self._reload()

    def _reload(self) -> None:
        """Read the configuration anew; what failed before is tried at once with it."""
        self._world.notify(reloading())
        try:
            self._agenda.reload()
        except ConfigError as error:
            self._mistake = error.message
            for line in (error.message, *error.mistakes, "the configuration of before stays in use until it is mended"):
                self._world.announce(f"digest daemon: {line}")
        else:
            self._mistake = ""
            self._last = None
            self._world.announce("digest daemon: the configuration was read again")
        self._world.notify("READY=1")

    def _rest(self, start: datetime | None) -> None:
        """Say what is next and how it stands."""
        code = self._last.code if self._last else None
        trouble = self._mistake
        if not trouble and code is not None and code not in WELL:
            trouble = f"the last run {_word_end(code)}"
        zone = self._agenda.settings.timezone
        self._renew("failing" if trouble else "sleeping", next=start, code=code, trouble=trouble, zone=zone)
        if start != self._told:
            self._told = start
            self._world.announce(f"digest daemon: {self._word(start)}")

    def _word(self, start: datetime | None) -> str:
        if start is None:
            return "nothing will be due for a year"
        return f"sleeping until {start.astimezone(ZoneInfo(self._agenda.settings.timezone)):%Y-%m-%d %H:%M}"

    def _renew(self, state: State, **told: object) -> None:
        """Give the sign of life: at once where the state is another one, else as often as it is awaited."""
        now, before = self._world.clock(), self.beat
        if state == before.state == "running" and abs(now - before.beat) < timedelta(seconds=self._interval):
            return
        changed = before.changed if state == before.state else now
        self.beat = replace(before, beat=now, state=state, changed=changed, **told)  # type: ignore[arg-type]  # fields
        with suppress(OSError):  # on a full disk it goes on; who looks at the file finds it old
            write_beat(self.beat, self._agenda.config, self._agenda.data)
        words = (state, self.beat.trouble, self._word(self.beat.next) if self.beat.next else "")
        self._world.notify(f"WATCHDOG=1\nSTATUS={'; '.join(filter(None, words))}")

    @property
    def _interval(self) -> float:
        """After how many seconds a sign of life is due at the latest."""
        return min(LONGEST_SLEEP, self._world.watchdog / 2) if self._world.watchdog else LONGEST_SLEEP

    def _seconds(self) -> float:
        """How long to sleep: until the next run, but not for long."""
        if self.beat.next is None or self._fault:
            return self._interval
        return min(self._interval, max((self.beat.next - self._world.clock().astimezone(UTC)).total_seconds(), 0.05))


def _word_end(code: int) -> str:
    return f"was ended by signal {-code}" if code < 0 else f"ended with {code}"
