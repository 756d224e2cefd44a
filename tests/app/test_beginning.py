"""Where an edition begins, what a person holds or releases late, and how it goes on after a wrong clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from digest.app.call import Call
from digest.app.issues.drafts import release_waiting
from digest.app.operation.status import EditionStatus, look_around
from digest.app.operation.upcoming import find_upcoming
from digest.app.outcome import Outcome
from digest.app.sending import send_now
from digest.app.slots import BEFORE
from digest.app.state import open_state
from digest.errors import BusyError, MailError
from tests.app.test_catching_up import feed_table, serve, web  # noqa: F401  # a fixture
from tests.app.weeks import Weeks, edition_table, moment
from tests.smtp_server import FaultServer
from tests.web_server import Answer, WebServer

HELD = "review = true"
MONDAYS = 'days = "weekly:mon", at = "08:00"'


@pytest.fixture(scope="module")
def smtp() -> Iterator[FaultServer]:
    """A mail server for all tests."""
    with FaultServer() as server:
        yield server


def status_of(office: Weeks, now: datetime, place: int = 0) -> EditionStatus:
    """How an edition stands."""
    with open_state(office.settings) as store:
        return look_around(office.settings, store, now).editions[place]


def next_of(office: Weeks, now: datetime) -> datetime:
    """The next moment of all editions."""
    with open_state(office.settings) as store:
        return find_upcoming(office.settings, store, now).editions[0]


def send(office: Weeks, now: datetime) -> Outcome:
    """What `digest send` has come to."""
    outcome = Outcome()
    with suppress(MailError):
        outcome = send_now(Call(office.settings, lambda: now, {}, office.said.append), office.settings.editions()[0])
    return outcome


def release(office: Weeks, now: datetime) -> None:
    """Let the issue that waits go out."""
    release_waiting(office.settings, office.settings.editions()[0], now)


# ---------------------------------------------------------------------------------------------------- a new edition


@pytest.mark.parametrize(
    ("at", "runs", "mailed"),
    [
        ("23:58", ["02 10:00", "02 23:55", "03 00:00"], "11-02 23:58"),  # no run within the last two minutes of a day
        ("20:00", ["02 09:00", "02 17:00", "03 09:00"], "11-02 20:00"),  # a machine that is off in the evening
        ("08:00", ["02 20:00"], "11-02 08:00"),  # set up in the evening: today's is due at once
    ],
)
def test_a_new_edition_begins_with_the_first_run(
    tmp_path: Path, smtp: FaultServer, at: str, runs: list[str], mailed: str
) -> None:
    """What was due since then is made up for on another day as well."""
    office = Weeks(tmp_path, smtp, edition_table(schedule=f'at = "{at}"'))
    office.publish(1)
    for run in runs:
        assert not office.slots()
        office.run(moment(int(run[:2]), run[3:]))
    assert office.slots() == [mailed]
    assert [skip.why for skip in office.skips().values()] == [BEFORE]
    assert not status_of(office, moment(3, "09:00")).skipped


def test_a_dry_run_begins_no_edition(tmp_path: Path, smtp: FaultServer) -> None:
    """It says what a run would do, and writes nothing; until a run there is something to do."""
    office = Weeks(tmp_path, smtp, edition_table(schedule='at = "20:00"'))
    now = moment(2, "09:00")
    office.run(now, dry_run=True)
    assert not office.skips()
    assert next_of(office, now) < now
    office.run(now)
    assert next_of(office, now) == moment(2, "20:00")


def test_a_first_issue_that_fails_is_tried_the_next_day(tmp_path: Path, smtp: FaultServer, web: WebServer) -> None:  # noqa: F811
    """All sources of a new weekly were dead on its Monday: it goes out on Tuesday, not a week later."""
    web.routes["/feed.xml"] = Answer(b"x", 500)
    office = Weeks(tmp_path, smtp, edition_table(schedule=MONDAYS), feed_table(web))
    office.run(moment(2))
    serve(web, 1, day=2)
    office.run(moment(3, "00:05"))
    assert office.slots() == ["11-02 08:00"]


def test_a_new_edition_that_skips_is_not_overdue(tmp_path: Path, smtp: FaultServer) -> None:
    """Two hours after today's slot a new one has missed nothing; of one that no run looks at, that is seen."""
    office = Weeks(tmp_path, smtp, edition_table(schedule='at = "08:00", catch_up = "skip"'))
    office.run(moment(20, "10:00"))
    assert not office.slots()
    seen = status_of(office, moment(20, "10:05"))
    assert (seen.due, seen.late) == (None, False)
    assert status_of(office, moment(21, "10:05")).missed


# --------------------------------------------------------------------------------------------------- a person between


def test_an_issue_released_after_its_slot_goes_out_with_the_next_run(tmp_path: Path, smtp: FaultServer) -> None:
    """Made by `digest send` at a time of its own, held, released: nothing is due then but this."""
    office = Weeks(tmp_path, smtp, edition_table(schedule=MONDAYS))
    office.publish(1)
    office.run(moment(2))
    office.publish(2)
    office.editions = edition_table(schedule=MONDAYS, more=HELD)
    office.configure()
    send(office, moment(3, "12:00"))
    assert office.run(moment(3, "12:05")).waiting
    assert next_of(office, moment(3, "12:06")) > moment(3, "12:06")
    release(office, moment(3, "12:10"))
    assert next_of(office, moment(3, "12:11")) == moment(3, "12:10").astimezone(UTC)
    assert status_of(office, moment(3, "14:00")).missed
    office.run(moment(3, "12:15"))
    assert office.slots() == ["11-02 08:00", "11-03 12:00"]
    assert len(office.mails) == 2


def test_sources_are_read_while_an_issue_is_held(tmp_path: Path, smtp: FaultServer, web: WebServer) -> None:  # noqa: F811
    """Friday's issue waits over the weekend: what stood in a feed on Saturday only is not lost."""
    table = edition_table(schedule='at = "08:00", days = "workdays"', more=HELD)
    office = Weeks(tmp_path, smtp, table, feed_table(web))
    office.run(moment(20))
    (rolled,) = serve(web, 2, day=21)
    web.log.clear()
    for at in ("08:00", "08:05", "20:00"):
        assert office.run(moment(21, at)).waiting
    assert web.paths() == ["/feed.xml"]
    assert rolled in office.ledger()


def test_a_reading_beside_a_held_issue_that_is_broken_off_is_taken_up_again(
    tmp_path: Path,
    smtp: FaultServer,
    web: WebServer,  # noqa: F811
) -> None:
    """Asked to end in the middle of it, the run says so, and the next one reads."""
    office = Weeks(tmp_path, smtp, edition_table(more=HELD), feed_table(web))
    office.run(moment(20))
    (late,) = serve(web, 2, day=21)
    asked = count()
    office.stopping = lambda: next(asked) > 0
    outcome = office.run(moment(21))
    assert outcome.stopped
    assert isinstance(outcome.complaint, BusyError)
    office.stopping = bool
    office.run(moment(21, "08:05"))
    assert late in office.ledger()


# ------------------------------------------------------------------------------------------------------ a wrong clock


def test_after_a_run_far_ahead_the_edition_goes_on(tmp_path: Path, smtp: FaultServer, web: WebServer) -> None:  # noqa: F811
    """A clock was 300 days ahead once: each morning has its issue all the same, and every run says what happened."""
    office = Weeks(tmp_path, smtp, edition_table(schedule='at = "08:00", catch_up = "skip"'), feed_table(web))
    office.run(moment(20))
    office.run(moment(20) + timedelta(days=300))
    serve(web, 3, day=21)
    outcome = office.run(moment(21))
    assert outcome.ahead
    serve(web, 4, day=22)
    send(office, moment(22, "09:00"))
    assert office.slots()[:3] == ["11-20 08:00", "11-21 08:00", "11-22 08:00"]
    seen = status_of(office, moment(22, "10:00"))
    assert (seen.ahead, seen.late) == (True, False)
    assert next_of(office, moment(22, "10:00")) == moment(23)


def test_what_a_weekly_edition_reads_after_a_run_far_ahead_is_not_lost(
    tmp_path: Path,
    smtp: FaultServer,
    web: WebServer,  # noqa: F811
) -> None:
    """The issue that a wrong clock has made was no chance for what was read on Tuesday: Friday's has it."""
    office = Weeks(tmp_path, smtp, edition_table(schedule='at = "08:00", days = "weekly:fri"'), feed_table(web))
    office.run(moment(6))
    office.run(moment(6) + timedelta(days=49))
    (tuesdays,) = serve(web, 2, day=10)
    office.run(moment(10))
    serve(web, 3, day=12)
    office.run(moment(13))
    assert office.ledger()[tuesdays].state == "carried"
    assert office.ledger()[tuesdays].slot == moment(13)


# ----------------------------------------------------------------------------------------------------------- by hand


def test_sending_by_hand_makes_up_as_a_run_does(tmp_path: Path, smtp: FaultServer) -> None:
    """each: an issue for each slot that was missed; skip: a person wants one, however late it is."""
    each = Weeks(tmp_path, smtp, edition_table(schedule='at = "08:00", catch_up = "each"'))
    each.publish(1)
    each.run(moment(20))
    each.publish(2, moment(21, "07:00"))
    each.publish(3, moment(22, "07:00"))
    send(each, moment(22, "09:30"))
    assert each.slots() == ["11-20 08:00", "11-21 08:00", "11-22 08:00"]
    each.editions = edition_table(schedule='at = "08:00", catch_up = "skip"')
    each.configure()
    each.publish(4)
    send(each, moment(23, "11:00"))
    assert each.slots()[-1] == "11-23 08:00"


@pytest.mark.parametrize("empty", ["note", "skip"])
def test_a_page_that_is_gone_for_good_leaves_the_day_empty(
    tmp_path: Path,
    smtp: FaultServer,
    web: WebServer,  # noqa: F811
    empty: str,
) -> None:
    """Where it was the only source, the edition says or skips that nothing is new, and does not ask at every run."""
    title = "第1号工程开工"
    page = (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>总投资37亿元，工期3年。</p></body></html>"
    )
    web.routes["/p.html"] = Answer(page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
    table = feed_table(web).replace("/feed.xml", "/p.html").replace('"feed"', '"page"')
    office = Weeks(tmp_path, smtp, edition_table(more=f'empty = "{empty}"'), table.replace('full_text = "never"\n', ""))
    office.run(moment(19))
    web.routes["/p.html"] = Answer(b"gone", 404)
    office.run(moment(20))
    office.run(moment(20, "08:05"))
    assert office.slots() == ["11-19 08:00", "11-20 08:00"]  # the second one tells that the page is gone
    office.run(moment(21))
    assert "11-21 08:00" in (office.slots() if empty == "note" else office.skips())
    web.log.clear()
    assert office.run(moment(21, "08:05")).complaint is None
    assert not web.paths()


def test_a_source_tried_by_a_slightly_wrong_clock_is_no_reason_to_wake(
    tmp_path: Path,
    smtp: FaultServer,
    web: WebServer,  # noqa: F811
) -> None:
    """A run and the next moment judge alike by it: there is nothing to do, and no moment says that there is."""
    office = Weeks(tmp_path, smtp, edition_table(), feed_table(web))
    office.run(moment(20, "09:00"))
    web.log.clear()
    now = moment(20, "08:30")  # the clock was set back by half an hour
    office.run(now)
    assert not web.paths()
    assert next_of(office, now) > now
