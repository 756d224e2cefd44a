"""digest daemon: its plan, its days under a clock of our own, and the real process with real runs and signals."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.app.operation.beat import Beat, judge_beat, read_beat, write_beat
from digest.app.operation.upcoming import Upcoming, find_upcoming
from digest.app.slots import begin_edition
from digest.app.state import place_of
from digest.app.timetable import timetable_of
from digest.config import Settings
from digest.daemon.agenda import Agenda
from digest.daemon.asking import Asked
from digest.daemon.keeping import LONGEST_SLEEP, PATIENCE, Daemon, World
from digest.daemon.plan import FIRST_PAUSE, GAP, LONGEST_PAUSE, Ended, next_start, note_end
from digest.schedule.due import due
from digest.store import SourceReading, Store, open_store
from tests.cli.conftest import PASSWORD, Office, edition

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


# ------------------------------------------------------------------------------------------------------------ the plan


def test_a_run_that_left_nothing_waits_for_the_next_moment() -> None:
    """After a run without trouble the next one begins when something is due."""
    upcoming = Upcoming((NOON + 9 * MINUTE,), (NOON + 4 * MINUTE,))
    last = note_end(NOON, NOON + MINUTE, 0, upcoming, None)
    assert next_start(upcoming, last) == NOON + 4 * MINUTE
    assert next_start(upcoming, None) == NOON + 4 * MINUTE
    assert next_start(Upcoming(), last) is None


@pytest.mark.parametrize("code", [0, 1, 3, 4, 5, 75, -9])
def test_the_pause_grows_only_while_nothing_changes(code: int) -> None:
    """What stays undone is tried after 5, 10, 20, 40, 60 and 60 minutes, and after 5 again once anything is new."""
    undone = Upcoming((NOON - MINUTE,))
    last: Ended | None = None
    pauses = []
    for number in range(6):
        last = note_end(NOON + number * MINUTE, NOON + number * MINUTE, code, undone, last)
        pauses.append(last.pause // MINUTE)
    assert pauses == [5, 10, 20, 40, 60, 60]
    changed = note_end(NOON + 9 * MINUTE, NOON + 9 * MINUTE, code, Upcoming((NOON - 2 * MINUTE,)), last)
    assert changed.pause == FIRST_PAUSE


def test_while_mails_wait_the_pause_does_not_grow() -> None:
    """A mail server that is down is asked every five minutes, and a mail's own moment comes before that."""
    waiting = Upcoming((NOON + timedelta(days=1),), (NOON - MINUTE, NOON + 3 * MINUTE))
    last: Ended | None = None
    for _ in range(4):
        last = note_end(NOON, NOON, 5, waiting, last)
        assert last.pause == FIRST_PAUSE
    assert next_start(waiting, last) == NOON + 3 * MINUTE


def test_what_was_not_left_earns_no_long_pause() -> None:
    """A mail that somebody sends again is overdue at once, however long the run's own trouble is left alone by now."""
    last = Ended(NOON, NOON + MINUTE, 4, (NOON - 9 * MINUTE,), LONGEST_PAUSE)
    assert next_start(Upcoming((NOON - 9 * MINUTE,)), last) == NOON + MINUTE + LONGEST_PAUSE
    assert next_start(Upcoming((NOON - 9 * MINUTE,), (NOON - MINUTE,)), last) == NOON + MINUTE + FIRST_PAUSE


moments = st.integers(-600, 600).map(lambda minutes: NOON + minutes * MINUTE)


@given(
    editions=st.lists(moments, min_size=1, max_size=4),
    mails=st.lists(moments, max_size=4),
    code=st.sampled_from([0, 1, 4, 5, 75, -9]),
    seconds=st.integers(0, 7200),
    pause=st.integers(5, 60),
)
def test_no_moment_is_passed_over(
    editions: list[datetime], mails: list[datetime], code: int, seconds: int, pause: int
) -> None:
    """The next run begins no later than any moment to come, nor than an hour after one that left something undone."""
    upcoming = Upcoming(tuple(editions), tuple(mails))
    last = Ended(NOON, NOON + timedelta(seconds=seconds), code, pause=pause * MINUTE)
    start = next_start(upcoming, last)
    assert start is not None
    assert start >= last.ended + GAP
    assert all(start <= max(moment, last.ended + GAP) for moment in upcoming.moments if moment > NOON)
    if code or any(moment <= NOON for moment in upcoming.moments):
        assert start <= last.ended + LONGEST_PAUSE


# ------------------------------------------------------------------------------------------- days under our own clock


@dataclass
class FakeWorker:
    """A run of the simulation: what it does is done when it is first asked how it ended, after some polls."""

    work: Callable[[], int]
    polls: int = 0
    stubborn: bool = False
    told: list[str] = field(default_factory=list)
    code: int | None = None

    def poll(self) -> int | None:
        """Its exit code once it has ended."""
        if self.code is None and self.polls <= 0:
            self.code = self.work()
        self.polls -= 1
        return self.code

    def terminate(self) -> None:
        """Ends it with 75, unless it is stubborn."""
        self.told.append("terminate")
        if not self.stubborn:
            self.code = 75

    def kill(self) -> None:
        """Ends it."""
        self.told.append("kill")
        self.code = -9


@dataclass
class Days:
    """A world of its own: a clock that only sleeping moves, and things that happen at their moments."""

    agenda: Agenda
    now: datetime
    until: datetime
    happens: dict[datetime, Callable[[], Asked | None]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    starts: list[datetime] = field(default_factory=list)
    kept: list[Mapping[str, str]] = field(default_factory=list)
    slots: Counter[tuple[str, datetime]] = field(default_factory=Counter)
    wakes: int = 0
    code: int = 0
    make: Callable[[Days], FakeWorker] = lambda days: FakeWorker(days.run)

    def wait(self, seconds: float) -> Asked | None:
        """Let time go by."""
        self.wakes += 1
        assert self.wakes < 50_000, "it does not sleep"
        self.now += timedelta(seconds=seconds)
        for moment in sorted(moment for moment in self.happens if moment <= self.now):
            asked = self.happens.pop(moment)()
            if asked:
                return asked
        return "end" if self.now >= self.until else None

    def start(self, kept: Mapping[str, str]) -> FakeWorker:
        """Begin a run."""
        self.starts.append(self.now)
        self.kept.append(kept)
        return self.make(self)

    def run(self) -> int:
        """Do what a run does to the state: every due slot is decided, and the sources were read."""
        if self.code:
            return self.code
        with open_store(place_of(self.agenda.settings)) as store:
            for each in self.agenda.settings.editions():
                table = timetable_of(self.agenda.settings, each)
                found = due(table, self.now, store.latest_slot(each.name))
                for slot in (*found.slots, *(skipped.slot for skipped in found.skipped)):
                    store.skip_slot(each.name, slot, "simulated", self.now)
                    self.slots[each.name, slot.astimezone(UTC)] += 1
            store.record_sources([SourceReading("news", "", 0, 0)], self.now)
        self.now += timedelta(seconds=20)
        return 0

    def live(self) -> Daemon:
        """Live until the end."""
        world = World(lambda: self.now, self.wait, self.start, self.lines.append, self.notes.append)
        daemon = Daemon(self.agenda, world, os.getpid())
        daemon.live()
        return daemon


@pytest.fixture
def days(office: Office) -> Days:
    """Fourteen hours from a Saturday's midnight in Shanghai, with three editions that begin then."""
    office.configure(
        editions=edition()
        + edition(name="weekly").replace('days = "daily"', 'days = "weekly:mon"')
        + edition(name="office").replace('at = "08:00", days = "daily"', 'at = ["09:30", "17:00"], days = "workdays"')
    )
    agenda = Agenda(office.terminal.folder / "digest.toml", office.data, os.environ)
    start = datetime(2026, 11, 20, 16, tzinfo=UTC)
    with open_store(place_of(agenda.settings)) as store:
        for each in agenda.settings.editions():
            begin_edition(store, timetable_of(agenda.settings, each), each.name, start)
        store.record_sources([SourceReading("news", "", 0, 0)], start)
    return Days(agenda, start, start + timedelta(hours=14))


def test_three_days_in_seconds(days: Days) -> None:
    """Each slot of each edition is run once, within a minute, on a workday as on a Sunday."""
    days.until = days.now + timedelta(hours=72)
    days.live()
    wanted = {
        ("daily", "2026-11-21T00:00"): 1,
        ("daily", "2026-11-22T00:00"): 1,
        ("daily", "2026-11-23T00:00"): 1,
        ("weekly", "2026-11-23T00:00"): 1,
        ("office", "2026-11-23T01:30"): 1,
        ("office", "2026-11-23T09:00"): 1,
    }
    assert {(name, f"{slot:%Y-%m-%dT%H:%M}"): count for (name, slot), count in days.slots.items()} == wanted
    late = [min(start - slot for start in days.starts if start >= slot) for _, slot in days.slots]
    assert max(late) <= timedelta(seconds=LONGEST_SLEEP)
    assert len(days.starts) == 3 * 3  # the times of all editions, also on days when they only read their sources
    assert days.wakes < 72 * 60 + 100


def test_a_machine_that_slept_makes_up_for_it_at_once(days: Days) -> None:
    """After a sleep of two days the next wake runs what was missed, once."""

    def sleep() -> None:
        days.now += timedelta(days=2)

    woken = days.now + timedelta(hours=10)
    days.happens[woken] = sleep
    days.until += timedelta(days=2)
    days.live()
    after = [start for start in days.starts if start > woken]
    assert after[0] - (woken + timedelta(days=2)) <= timedelta(seconds=LONGEST_SLEEP)
    assert Counter(days.slots.values()) == {1: len(days.slots)}


def test_a_clock_that_is_set_back_runs_nothing_twice(days: Days) -> None:
    """A clock that goes back behind the last run brings no second issue, and the slots to come are met."""

    def set_back() -> None:
        days.now -= timedelta(hours=4)

    days.until = days.now + timedelta(hours=33)
    days.happens[days.now + timedelta(hours=10)] = set_back
    days.live()
    assert Counter(days.slots.values()) == {1: len(days.slots)}
    assert ("daily", datetime(2026, 11, 22, tzinfo=UTC)) in days.slots


def test_a_run_that_fails_is_tried_again_and_told(days: Days) -> None:
    """A run that fails the same way is tried with growing pauses; once it works, all is well."""
    days.code = 1
    seen: list[str] = []
    config, data = days.agenda.config, days.agenda.data

    def mend() -> None:
        seen.append(judge_beat(read_beat(config, data), days.now))
        days.code = 0

    days.happens[days.now + timedelta(hours=10)] = mend
    days.live()
    gaps = [(later - sooner) // MINUTE for sooner, later in zip(days.starts, days.starts[1:], strict=False)]
    assert gaps[:4] == [5, 10, 20, 40]
    assert seen == ["the last run ended with 1"]
    assert ("daily", datetime(2026, 11, 21, tzinfo=UTC)) in days.slots


def test_a_person_who_helps_is_noticed_within_a_minute(days: Days) -> None:
    """After hours of trouble somebody writes to the database (releases, resends): the next run begins at once."""
    days.code = 4
    helped = days.now + timedelta(hours=13, minutes=50, seconds=30)

    def help_out() -> None:
        days.code = 0
        with open_store(place_of(days.agenda.settings)) as store:
            store.record_sources([SourceReading("other", "", 0, 0)], days.now)

    days.happens[helped] = help_out
    days.live()
    before = max(start for start in days.starts if start < helped)
    after = min(start for start in days.starts if start >= helped)
    assert helped - before > FIRST_PAUSE
    assert after - helped <= timedelta(seconds=2 * LONGEST_SLEEP)


def test_a_look_from_the_future_is_not_believed(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that was days ahead and is set back: what is due is looked up anew, not an hour later."""
    looked: list[datetime] = []

    def find(settings: Settings, store: Store, now: datetime) -> Upcoming:
        looked.append(now)
        return find_upcoming(settings, store, now)

    monkeypatch.setattr("digest.daemon.agenda.find_upcoming", find)
    now, soon, far = days.now, days.now + timedelta(minutes=5), days.now + timedelta(days=6)
    for moment in (now, soon, far, far, now):
        days.agenda.look(moment)
    assert looked == [now, far, now]


def test_a_wrong_configuration_is_told_and_the_old_one_goes_on(days: Days) -> None:
    """Runs are given the texts that were good last; a mended file is read by itself and used."""
    good, midnight = days.agenda.config.read_text(), days.now

    def spoil() -> None:
        days.agenda.config.write_text(good + "\nnonsense = \n")

    def mend() -> None:
        days.agenda.config.write_text(good + "\n# mended\n")

    days.happens = {
        days.now + timedelta(hours=1): spoil,
        days.now + timedelta(hours=12): mend,
    }
    days.live()
    assert sum("broken TOML" in line for line in days.lines) == 1
    mended = [start > midnight + timedelta(hours=12) for start in days.starts]
    assert [not kept for kept in days.kept] == mended
    assert list(days.kept[0].values()) == [good]
    assert sum("was read again" in line for line in days.lines) == 1
    assert ("daily", datetime(2026, 11, 21, tzinfo=UTC)) in days.slots


def test_a_database_that_cannot_be_used_is_told_once(days: Days) -> None:
    """The loop survives what it did not foresee, says so once, and goes on when it is mended."""
    path = days.agenda.settings.store.path
    assert path is not None
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"this is no database, whatever it is " * 100)
    days.happens[days.now + timedelta(hours=3)] = path.unlink
    days.live()
    assert sum("tried again every minute" in line for line in days.lines) == 1
    assert ("daily", datetime(2026, 11, 21, tzinfo=UTC)) in days.slots


@pytest.mark.parametrize("stubborn", [False, True])
def test_the_end_in_the_middle_of_a_run(days: Days, stubborn: bool) -> None:
    """A run at work is asked to end and awaited; one that does not is killed after five minutes."""
    worker = FakeWorker(lambda: 0, polls=10**6, stubborn=stubborn)
    days.make = lambda _: worker
    asked = days.now + timedelta(hours=8, seconds=30)
    days.happens[asked] = lambda: "end"
    days.live()
    assert worker.told[0] == "terminate"
    assert ("kill" in worker.told) is stubborn
    assert days.now - asked <= timedelta(seconds=PATIENCE + 2 if stubborn else 2)
    assert days.notes[-1] == "STOPPING=1"
    assert read_beat(days.agenda.config, days.agenda.data) is None


def test_systemd_hears_of_it(days: Days) -> None:
    """It is told that the daemon is ready, alive at least every minute, and what comes next."""
    days.until = days.now + timedelta(minutes=30)
    days.live()
    assert "READY=1" in days.notes
    assert sum(note.startswith("WATCHDOG=1") for note in days.notes) >= 30
    assert any("sleeping until 2026-11-21 08:00" in note for note in days.notes)


# ------------------------------------------------------------------------------------------------------ signs of life


def test_the_sign_of_life_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Every field comes back, and nobody else may read the file."""
    beat = Beat(os.getpid(), NOON, NOON, "failing", NOON, NOON + MINUTE, 3, "the last run ended with 3")
    write_beat(beat, "digest.toml", tmp_path)
    assert read_beat("digest.toml", tmp_path) == beat
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_beat("other.toml", tmp_path) is None


@pytest.mark.parametrize(
    ("beat", "word"),
    [
        (None, "no daemon is running"),
        (Beat(os.getpid(), NOON, NOON - 4 * MINUTE, "sleeping", NOON), "says nothing since"),
        (Beat(2**22 + 1, NOON, NOON, "sleeping", NOON), "has died"),
        (Beat(os.getpid(), NOON, NOON, "failing", NOON, trouble="x has 2 mistakes"), "x has 2 mistakes"),
        (Beat(os.getpid(), NOON, NOON, "running", NOON - timedelta(hours=7)), "at work since"),
        (Beat(os.getpid(), NOON, NOON, "running", NOON), ""),
        (Beat(os.getpid(), NOON, NOON - 2 * MINUTE, "sleeping", NOON), ""),
    ],
)
def test_a_sign_of_life_is_judged(beat: Beat | None, word: str) -> None:
    """A daemon is well where its process lives, spoke lately and fails at nothing."""
    wrong = judge_beat(beat, NOON)
    assert word in wrong
    assert bool(word) == bool(wrong)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"pid": "x", "state": "sleeping"}', "\x00"])
def test_a_broken_sign_is_none(tmp_path: Path, text: str) -> None:
    """A file that is cut off or says something else is as good as none."""
    beat = Beat(1, NOON, NOON, "sleeping", NOON)
    write_beat(beat, "digest.toml", tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_text(text)
    assert read_beat("digest.toml", tmp_path) is None


# ---------------------------------------------------------------------------------------------------- the real process


@dataclass
class Real:
    """A daemon, or a run, as a process; its talk is in `log`."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def text(self) -> str:
        """What it has said."""
        return self.log.read_text()

    def await_word(self, word: str, seconds: float = 60) -> None:
        """Wait until it has said that."""
        self.await_that(lambda: word in self.text, f"{word!r} was not said", seconds)

    def await_that(self, happened: Callable[[], bool], otherwise: str, seconds: float = 60) -> None:
        """Wait until something is so."""
        end = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < end, f"{otherwise}: {self.text}"
            time.sleep(0.05)

    def end(self, number: int = signal.SIGTERM, seconds: float = 60) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds)


Start = Callable[..., Real]


@pytest.fixture
def start(office: Office, tmp_path: Path) -> Iterator[Start]:
    """Starts `digest WORDS…` in the office's folder; what is left of them at the end is killed."""
    begun: list[Real] = []

    def start(*words: str, **environ: str) -> Real:
        log = tmp_path / f"log-{len(begun)}"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "digest", *words, "--data-dir", str(office.data)],
                cwd=office.terminal.folder,
                env={**os.environ, "DIGEST_LOG": "human", **environ},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )
        begun.append(Real(process, log))
        return begun[-1]

    yield start
    for real in begun:
        if real.process.poll() is None:
            real.process.kill()
            real.process.wait()
        assert PASSWORD not in real.text


def due_now(office: Office, readers: int = 2) -> list[str]:
    """Configure an edition that is due since today's midnight, for so many readers; returns their addresses."""
    listed = tuple(f"r{number:02}@example.cn" for number in range(readers))
    office.configure(editions=edition(listed).replace('at = "08:00"', 'at = "00:00"'))
    return list(listed)


def beat_of(office: Office) -> Beat | None:
    """The sign of life of the office's daemon."""
    return read_beat(office.terminal.folder / "digest.toml", office.data)


def is_asleep(office: Office) -> bool:
    """Whether the daemon sleeps."""
    beat = beat_of(office)
    return beat is not None and beat.state == "sleeping"


def ask(port: int, path: str) -> int:
    """The status that the daemon's port answers."""
    with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", f"/{path}")
        return connection.getresponse().status


def test_the_daemon_sends_what_is_due_and_sleeps(office: Office, start: Start) -> None:
    """It mails what is due by a run of its own, tells when it is next, answers for its health, and ends with 0."""
    readers = due_now(office)
    daemon = start("daemon", "--port", "0")
    daemon.await_that(lambda: is_asleep(office), "it does not sleep")
    assert sorted(office.smtp.recipients) == readers
    assert "sleeping until" in daemon.text
    well = office.terminal("daemon", "--check", "--data-dir", office.data)
    assert (well.code, well.out.rstrip().endswith(" (Asia/Shanghai)")) == (0, True)
    port = daemon.text.partition("127.0.0.1:")[2].partition("/")[0]
    for path, code in (("healthz", 200), ("readyz", 200), ("else", 404)):
        assert ask(int(port), path) == code
    second = start("daemon")
    assert second.process.wait(60) == 75
    assert f"process {daemon.process.pid}" in second.text
    assert daemon.end() == 0
    check = office.terminal("daemon", "--check", "--data-dir", office.data)
    assert (check.code, "no daemon" in check.err) == (1, True)


def test_a_daemon_that_was_killed_leaves_the_lock(office: Office, start: Start) -> None:
    """After kill -9 the check says so, and the next daemon begins at once."""
    due_now(office)
    first = start("daemon")
    first.await_that(lambda: is_asleep(office), "it does not sleep")
    first.end(signal.SIGKILL)
    check = office.terminal("daemon", "--check", "--data-dir", office.data)
    assert (check.code, "has died" in check.err) == (1, True)
    second = start("daemon")
    second.await_that(lambda: (b := beat_of(office)) is not None and b.pid == second.process.pid, "it does not begin")
    assert second.end() == 0
    assert len(office.smtp.received) == 2


def test_sighup_reads_the_configuration_again(office: Office, start: Start) -> None:
    """A wrong file is told and the daemon goes on; a mended one that makes an edition due is run at once."""
    office.configure(editions=edition().replace('days = "daily"', f'days = "weekly:{far_weekday()}"'))
    daemon = start("daemon")
    daemon.await_that(lambda: is_asleep(office), "it does not sleep")
    text = (office.terminal.folder / "digest.toml").read_text()
    office.terminal.write("digest.toml", text + "\nnonsense = 1\n")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.await_word("stays in use")
    daemon.await_that(lambda: (b := beat_of(office)) is not None and b.state == "failing", "it is not told")
    check = office.terminal("daemon", "--check", "--data-dir", office.data)
    assert (check.code, "1 mistake" in check.err) == (1, True)
    readers = due_now(office)
    daemon.process.send_signal(signal.SIGHUP)
    daemon.await_word("was read again")
    daemon.await_that(lambda: sorted(office.smtp.recipients) == readers, "nothing was mailed")
    assert daemon.end(signal.SIGINT) == 0


def far_weekday() -> str:
    """A day of the week that is not today anywhere."""
    return ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[(datetime.now(UTC).weekday() + 3) % 7]


def test_the_kept_texts_are_what_a_run_goes_by(office: Office) -> None:
    """A run that is given texts uses them, whatever the files say by now."""
    readers = due_now(office)
    path = office.terminal.folder / "digest.toml"
    texts = {str(path): path.read_text()}
    path.write_text("nonsense = \n")
    result = office.terminal(
        *("run", "--kept", "--data-dir", office.data, "--now", "2026-11-22T09:00"), stdin=json.dumps(texts).encode()
    )
    assert result.code == 0
    assert sorted(office.smtp.recipients) == readers
    assert list(office.data.glob("idle-*")) == []


def test_systemd_is_notified_by_its_socket(office: Office, start: Start, tmp_path: Path) -> None:
    """READY, a STATUS and STOPPING come over the socket that the environment names; no run inherits it."""
    due_now(office)
    address = tmp_path / "notify"
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as manager:
        manager.bind(str(address))
        manager.settimeout(60)
        daemon = start("daemon", NOTIFY_SOCKET=str(address), WATCHDOG_USEC="2000000")
        heard = [manager.recv(4096).decode() for _ in range(6)]
        assert daemon.end() == 0
        with contextlib.suppress(TimeoutError):
            manager.settimeout(0.2)
            while True:
                heard.append(manager.recv(4096).decode())
    assert "READY=1" in heard[:2]
    assert sum(message.startswith("WATCHDOG=1") for message in heard) >= 4
    assert heard[-1] == "STOPPING=1"


# ------------------------------------------------------------------------------------------------- signals in mid-mail


def fates(office: Office, readers: list[str]) -> Counter[str]:
    """How many of the mails arrived once, and that none was lost or doubled: the states agree with what arrived."""
    arrived = Counter(office.smtp.recipients)
    states = office.states()
    assert set(states) == set(readers)
    assert max(arrived.values(), default=0) <= 1
    for address, state in states.items():
        assert state in ("sent", "queued", "unknown"), state
        assert state == "unknown" or arrived[address] == (state == "sent")
    return Counter(states.values())


def test_one_signal_ends_a_run_after_the_mail_in_hand(office: Office, start: Start) -> None:
    """SIGTERM: exit 75, the mail in hand is sent, the others stay queued, and the next run sends these."""
    readers = due_now(office, 12)
    office.smtp.fail("dot", delay=0.3)
    run = start("run")
    run.await_that(lambda: office.smtp.received != [], "no mail came")
    assert run.end() == 75
    seen = fates(office, readers)
    assert 0 < seen["sent"] < len(readers)
    assert seen["sent"] + seen["queued"] == len(readers)
    office.smtp.heal()
    assert start("run").process.wait(60) == 0
    assert fates(office, readers) == {"sent": len(readers)}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_two_signals_end_a_run_at_once(office: Office, start: Start, number: signal.Signals) -> None:
    """The second signal, more than a second later, ends it as that signal does; the mail in hand is held, not lost."""
    readers = due_now(office, 3)
    office.smtp.fail("dot", delay=30)
    run = start("run")
    run.await_that(lambda: "DATA" in " ".join(office.smtp.commands).upper(), "no mail came")
    run.process.send_signal(number)
    time.sleep(1.3)
    assert run.process.poll() is None
    assert run.end(number, 5) == -number
    office.smtp.heal()
    assert start("run").process.wait(60) == 4
    seen = fates(office, readers)
    assert seen["unknown"] <= 1
    assert seen["sent"] >= 2


def test_the_daemon_ends_cleanly_in_the_middle_of_a_run(office: Office, start: Start) -> None:
    """SIGTERM at any moment: the daemon ends with 0, and the next one mails the rest; none lost, none doubled."""
    readers = due_now(office, 12)
    office.smtp.fail("dot", delay=0.2)
    first = start("daemon")
    first.await_that(lambda: office.smtp.received != [], "no mail came")
    assert first.end() == 0
    seen = fates(office, readers)
    assert seen["sent"] < len(readers)
    office.smtp.heal()
    second = start("daemon")
    second.await_that(lambda: len(office.smtp.received) == len(readers), "not all came")
    second.await_that(lambda: is_asleep(office), "it does not sleep")
    assert second.end() == 0
    assert fates(office, readers) == {"sent": len(readers)}
