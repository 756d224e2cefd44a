"""digest run where nothing is due: answered from a small record, which is void as soon as anything changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.app.call import Call
from digest.app.grounds import take_grounds
from digest.app.operation.idle import LONGEST, find_idle, remember_due
from digest.app.outcome import Outcome
from digest.app.state import place_of
from digest.app.timetable import timetable_of
from digest.config import load_settings
from digest.schedule.due import due, reading_slot
from digest.store import SourceReading, open_store
from tests.cli.conftest import ANNA, Office, edition, source

BEFORE, LATER, DUE = "2026-11-22T07:00", "2026-11-22T07:55", "2026-11-22T08:00"
HEAVY = ("pydantic", "sqlalchemy", "jieba", "networkx", "chinese_calendar", "holidays", "cronsim", "jinja2", "lxml")


def record_of(office: Office) -> Path:
    """The record of the office's configuration."""
    (path,) = office.data.glob("idle-*.json")
    return path


def look(office: Office, now: str = LATER, environ: dict[str, str] | None = None) -> list[str] | None:
    """What a run at that moment would answer from the record."""
    config = office.terminal.folder / "digest.toml"
    moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    return find_idle(config, office.data, dict(os.environ) if environ is None else environ, moment)


def test_the_record_says_what_the_run_says(office: Office) -> None:
    """A run with nothing due leaves a record, and the next one says the very same line from it."""
    first = office("run", now=BEFORE)
    assert first.lines == ["daily: nothing due; next at 2026-11-22 08:00"]
    assert record_of(office).stat().st_mode & 0o777 == 0o600
    database = (office.data / "digest.db").stat().st_mtime_ns
    second = office("run", now=LATER)
    assert (second.code, second.out, second.lines) == (0, "", first.lines)
    assert (office.data / "digest.db").stat().st_mtime_ns == database


def test_an_idle_run_imports_none_of_the_program(office: Office) -> None:
    """A run with nothing due loads no library but click and a little of Python, and stays below 50 MB."""
    office("run", now=BEFORE)
    assert look(office) is not None
    code = (
        "import sys; from digest.cli import door; code = door._run()\n"
        f"print(code, [name for name in {HEAVY!r} if name in sys.modules],"
        " [int(line.split()[1]) // 1024 for line in open('/proc/self/status') if line.startswith('VmHWM')][0])"
    )
    words = ["run", "--data-dir", str(office.data), "--now", LATER]
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=office.terminal.folder, capture_output=True, text=True, check=True
    )
    code_seen, _, rest = done.stdout.partition(" ")
    heavy, _, megabytes = rest.rpartition(" ")
    assert (code_seen, heavy) == ("0", "[]")
    assert int(megabytes) < 50
    assert "nothing due" in done.stderr


def test_when_its_time_comes_the_edition_goes_out(office: Office) -> None:
    """The record ends with the moment something is due, and a run that sent everything leaves one as well."""
    office("run", now=BEFORE)
    assert look(office, "2026-11-22T07:59") is not None
    assert look(office, DUE) is None
    assert office("run", now=DUE).code == 0
    assert len(office.smtp.received) == 2
    assert look(office, "2026-11-22T08:05") == ["daily: nothing due; next at 2026-11-23 08:00"]
    assert look(office, "2026-11-23T08:00") is None


def test_no_record_is_good_for_more_than_a_day(office: Office) -> None:
    """A weekly edition is looked for at least daily: its calendar may be renewed meanwhile."""
    office.configure(editions=edition().replace('days = "daily"', 'days = "weekly:mon"'))
    office("run", now="2026-11-23T08:00")
    until = datetime.fromisoformat(json.loads(record_of(office).read_text())["until"])
    assert until - datetime(2026, 11, 23, tzinfo=UTC) <= LONGEST


def rewrite(office: Office, **changes: object) -> None:
    """Change fields of the record."""
    path = record_of(office)
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def write_to(office: Office) -> None:
    """Change the database as any other command does."""
    with open_store(office.data / "digest.db") as store:
        store.suppress(ANNA, "", "by hand", "", datetime(2026, 11, 22, tzinfo=UTC))


VOIDED: dict[str, Callable[[Office], Any]] = {
    "the configuration": lambda office: office.configure(top="# a word\n"),
    "the database": write_to,
    "the database is gone": lambda office: (office.data / "digest.db").unlink(),
    "the log beside the database": lambda office: (office.data / "digest.db-wal").write_bytes(b"x"),
    "the record is cut off": lambda office: record_of(office).write_bytes(record_of(office).read_bytes()[:40]),
    "the record is no object": lambda office: record_of(office).write_text("[1]"),
    "the record is empty": lambda office: record_of(office).write_bytes(b""),
    "the record is not text": lambda office: record_of(office).write_bytes(b"\xff\xfe{"),
    "the record is nested": lambda office: record_of(office).write_text("[" * 100_000),
    "a moment without offset": lambda office: rewrite(office, written="2026-11-22T07:00:00"),
    "a moment that is none": lambda office: rewrite(office, until="soon"),
    "lines that are none": lambda office: rewrite(office, lines=7),
    "no grounds": lambda office: rewrite(office, grounds=[]),
    "another version": lambda office: rewrite(
        office, grounds=json.loads(record_of(office).read_text())["grounds"] | {"version": "0.0.1"}
    ),
}


@pytest.mark.parametrize("change", VOIDED)
def test_any_change_voids_the_record(office: Office, change: str) -> None:
    """After a change of anything it rests on the record is not believed."""
    office("run", now=BEFORE)
    assert look(office) is not None
    VOIDED[change](office)
    assert look(office) is None


@pytest.mark.parametrize(
    ("name", "value"), [("TZ", "America/New_York"), ("DIGEST_TIMEZONE", "Europe/Berlin"), ("DIGEST_X", "")]
)
def test_another_environment_voids_the_record(office: Office, name: str, value: str) -> None:
    """What is set otherwise may mean other settings."""
    office("run", now=BEFORE)
    assert look(office, environ={**os.environ, "LANG": "C"}) is not None
    assert look(office, environ={**os.environ, name: value}) is None


def test_the_password_is_not_in_the_record(office: Office) -> None:
    """Another password makes nothing due, and no mark of it stands in a file."""
    office("run", now=BEFORE)
    assert look(office, environ={**os.environ, "DIGEST_SMTP_PASSWORD": "another"}) is not None


def test_a_clock_that_was_set_back_voids_the_record(office: Office) -> None:
    """Before the record was made nothing is known."""
    office("run", now=BEFORE)
    assert look(office, "2026-11-22T06:59") is None


def test_included_files_count(office: Office) -> None:
    """A change of an included file voids the record, and so does a new one that a pattern finds."""
    office.terminal.write("conf.d/a.toml", source(office.news))
    office.configure(top='include = ["conf.d/*.toml"]\n', sources="")
    office("run", now=BEFORE)
    assert look(office) is not None
    office.terminal.write("conf.d/a.toml", source(office.news) + "# more\n")
    assert look(office) is None
    office("run", now=BEFORE)
    assert look(office) is not None
    office.terminal.write("conf.d/b.toml", "# nothing yet\n")
    assert look(office) is None


def test_who_only_reads_voids_nothing(office: Office) -> None:
    """Commands that change no byte leave the record good."""
    office("run", now=BEFORE)
    office("outbox", "list")
    with open_store(office.data / "digest.db") as store:
        store.latest_slot("daily")
    assert look(office) is not None


def test_other_runs_leave_no_record(office: Office) -> None:
    """A dry run and a run of one edition know too little to speak for all."""
    office("run", "--dry-run", now=BEFORE)
    office("run", "--edition", "daily", now=BEFORE)
    assert list(office.data.glob("idle-*")) == []


def test_a_mail_that_waits_leaves_no_record(office: Office) -> None:
    """While a mail waits for another try every run looks for itself."""
    office.smtp.fail("rcpt", "451 4.7.1 greylisted", who=ANNA)
    office("run", now=DUE)
    assert office.states()[ANNA] == "deferred"
    assert look(office, "2026-11-22T08:05") is None


def test_a_mail_that_is_held_leaves_no_record(office: Office) -> None:
    """Every run goes on telling of a mail that may have been delivered."""
    office.smtp.fail("dot", drop=True, who=ANNA)
    office("run", now=DUE)
    office.smtp.heal()
    assert office("run", now="2026-11-22T08:05").code == 4
    assert look(office, "2026-11-22T08:10") is None
    assert office("run", now="2026-11-22T08:10").code == 4


def test_a_draft_leaves_no_record(office: Office) -> None:
    """An issue that waits for a person is told of by every run."""
    office.configure(editions=edition(more="review = true"))
    assert office("run", now=DUE).code == 4
    assert look(office, "2026-11-22T08:05") is None


def test_two_configurations_share_a_folder(office: Office) -> None:
    """Each has its record; what one writes to their database voids the other's."""
    other = office.terminal.write("other/digest.toml", (office.terminal.folder / "digest.toml").read_text())
    office("run", now=BEFORE)
    office("run", "--config", other, now=BEFORE)
    assert len(list(office.data.glob("idle-*.json"))) == 2
    assert look(office) is not None
    office("run", "--config", other, now=DUE)
    assert look(office) is None


ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
DAYS = ("daily", "workdays", "weekly:mon", "weekly:sat,sun", "30 2 * * *", "0 8 1 * *")
YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    zone=st.sampled_from(ZONES),
    days=st.sampled_from(DAYS),
    at=st.lists(st.sampled_from(["00:01", "02:30", "08:00", "23:59"]), min_size=1, max_size=3, unique=True),
    minutes=st.integers(0, 365 * 24 * 60),
    ago=st.none() | st.integers(0, 10 * 24 * 60),
    tried=st.none() | st.integers(0, 3 * 24 * 60),
    steps=st.lists(st.integers(0, 3 * 24 * 60), min_size=1, max_size=8),
)
def test_the_record_makes_no_edition_late(
    tmp_path_factory: pytest.TempPathFactory,
    zone: str,
    days: str,
    at: list[str],
    minutes: int,
    ago: int | None,
    tried: int | None,
    steps: list[int],
) -> None:
    """Whenever the record says that nothing is due, neither an issue nor a reading is."""
    folder = tmp_path_factory.mktemp("idle")
    when = f'days = "{days}"' if " " in days else f'days = "{days}", at = {json.dumps(sorted(at))}'
    config = folder / "digest.toml"
    config.write_text(
        f'version = 1\ntimezone = "{zone}"\n[[source]]\nname = "news"\nkind = "feed"\nurl = "https://news.example/"\n'
        f'[[edition]]\nname = "daily"\ntitle = "t"\nschedule = {{ {when} }}\n'
    )
    made = load_settings(config, {}, folder / "data")
    (daily,) = made.editions()
    now = YEAR + timedelta(minutes=minutes)
    last = None if ago is None else timetable_of(made, daily).latest(now - timedelta(minutes=ago))
    read = None if tried is None else now - timedelta(minutes=tried)
    with open_store(place_of(made)) as store:
        if last is not None:
            store.skip_slot("daily", last, "for the test", now)
        if read is not None:
            store.record_sources([SourceReading("news", "", 0, 0)], read)
        call = Call(made, lambda: now, {}, print, grounds=take_grounds(config, folder / "data", {}))
        remember_due(call, store, Outcome())
    for step in steps:
        moment = now + timedelta(minutes=step)
        if find_idle(config, folder / "data", {}, moment) is not None:
            table = timetable_of(made, daily)
            assert not due(table, moment, last)
            assert reading_slot(table, moment, read or last) is None
