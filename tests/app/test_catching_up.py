"""Slots that were missed, days without an issue, and the window of an article across all of them."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import pytest

from digest.app.issues.editor import Part
from digest.app.operation.matters import find_matters
from digest.app.operation.status import look_around
from digest.app.operation.upcoming import EVER, find_upcoming
from digest.app.slots import BEFORE
from digest.app.state import open_state
from digest.app.timetable import timetable_of
from digest.model import Article
from tests.app.weeks import Weeks, edition_table, moment
from tests.compose.examples import SHANGHAI
from tests.schedule.spans import slots_between
from tests.smtp_server import FaultServer
from tests.web_server import Answer, WebServer, confine

HEAVY = (
    "chinese_calendar",
    "holidays",
    "icalendar",
    "jieba",
    "jinja2",
    "lxml",
    "networkx",
    "numpy",
    "trafilatura",
    "yagmail",
)
IDLE = """
import sys
from datetime import datetime
from pathlib import Path
from digest.app.sending import Call, run
from digest.config import load_settings
folder = Path(sys.argv[1])
settings = load_settings(folder / "digest.toml", {}, folder / "data")
call = Call(settings, lambda: datetime.fromisoformat(sys.argv[2]), {}, print)
run(call).check()
print(*(name for name in sys.argv[3:] if name in sys.modules))
"""


@pytest.fixture(scope="module")
def smtp() -> Iterator[FaultServer]:
    """A mail server for all tests."""
    with FaultServer() as server:
        yield server


def open_office(tmp_path: Path, smtp: FaultServer, schedule: str, more: str = "") -> Weeks:
    """An office with one edition of that schedule."""
    return Weeks(tmp_path, smtp, editions=edition_table(schedule=schedule, more=more))


# --------------------------------------------------------------------------------------------------- what was missed


def test_an_issue_for_each_missed_slot_takes_what_was_out_by_then(tmp_path: Path, smtp: FaultServer) -> None:
    """each: Saturday's article is in Saturday's issue, a bare day in its own day's, one without a date in the last."""
    office = open_office(tmp_path, smtp, 'at = "08:00", catch_up = "each"')
    office.publish(1)
    office.run(moment(20))
    told = {
        "11-21 08:00": office.publish(2, moment(21, "07:00")),
        "11-22 08:00": office.publish(3, date(2026, 11, 22)),
        "11-23 08:00": office.publish(4, moment(22, "09:00")),
    }
    undated = office.publish(5)
    office.run(moment(23, "09:00"))
    assert office.slots() == ["11-20 08:00", *told]
    for place, (slot, title) in enumerate(told.items(), 1):
        row = office.ledger()[title]
        assert (row.state, f"{row.slot:%m-%d}") == ("carried", slot[:5])
        assert title in office.plain(place).replace("\n   ", "")
    assert office.ledger()[undated].slot == moment(23)


def test_what_a_missed_slot_may_take() -> None:
    """A moment counts to the minute, a bare day to its day; what waited by then is taken, what has no date is not."""
    early, late = Article(title="甲", text="甲"), Article(title="丙", text="丙")
    part = Part(moment(21), {early.key: moment(21), late.key: moment(23)})
    assert part.takes(early)
    assert not part.takes(late)
    assert part.takes(Article(title="乙", published=moment(21)))
    assert not part.takes(Article(title="乙", published=moment(21, "08:01")))
    assert part.takes(Article(title="乙", published=date(2026, 11, 21)))
    assert not part.takes(Article(title="乙", published=date(2026, 11, 22)))
    assert not part.takes(Article(title="乙"))


@pytest.mark.parametrize("before", ["alone", "shared", "broken"])
def test_issues_for_each_slot_divide_what_others_have_read_as_one_alone_does(
    tmp_path: Path, smtp: FaultServer, web: WebServer, before: str
) -> None:
    """The feed was read just before, for an edition that shares it or by a run that broke off: nothing changes."""
    own, other = edition_table(schedule='at = "08:00", catch_up = "each"'), edition_table("other")
    office = Weeks(tmp_path, smtp, other + own if before == "shared" else own, feed_table(web))
    serve(web, 1, day=20)
    office.run(moment(20))
    titles = serve(web, 2, 3, days={2: 21, 3: 22})
    office.stopping = lambda: before == "broken" and any(line.startswith("岚川: 2 entries") for line in office.said)
    office.run(moment(23, "09:00"))
    office.stopping = bool
    office.run(moment(23, "09:05"))
    assert [office.ledger()[title].slot for title in titles] == [moment(21), moment(22)]


def test_missed_slots_are_merged_by_default(tmp_path: Path, smtp: FaultServer) -> None:
    """merge: one issue, of the latest slot, holds all of it."""
    office = open_office(tmp_path, smtp, 'at = "08:00"')
    office.publish(1)
    office.run(moment(20))
    titles = [office.publish(2, moment(21, "07:00")), office.publish(3, date(2026, 11, 22))]
    office.run(moment(23, "09:00"))
    assert office.slots() == ["11-20 08:00", "11-23 08:00"]
    assert all(office.ledger()[title].slot == moment(23) for title in titles)


def test_skipped_slots_are_written_down_and_made_up_for_by_the_next_issue(tmp_path: Path, smtp: FaultServer) -> None:
    """skip: too late for a slot, no mail; each is told and kept with its reason, and the next issue spans the gap."""
    office = open_office(tmp_path, smtp, 'at = "08:00", catch_up = "skip"')
    office.publish(1)
    office.run(moment(16))
    titles = [office.publish(2, moment(17, "07:00")), office.publish(3, moment(20, "07:00"))]
    office.run(moment(20, "12:00"))
    assert len(office.mails) == 1
    began, *skipped = office.skips()
    assert (began, skipped) == ("11-15 08:00", ["11-17 08:00", "11-18 08:00", "11-19 08:00", "11-20 08:00"])
    assert sum("no issue of 2026-11-" in line for line in office.said) == 4
    office.run(moment(20, "12:05"))
    assert len(office.skips()) == 5
    office.run(moment(21, "08:05"))
    assert all(office.ledger()[title].slot == moment(21) for title in titles)


def test_an_edition_that_is_always_late_concerns_the_operator(tmp_path: Path, smtp: FaultServer) -> None:
    """skip: from the third slot in a row that no run met in time; an issue in time ends it."""
    office = open_office(tmp_path, smtp, 'at = "08:00", catch_up = "skip"')
    office.publish(1)
    office.run(moment(16))
    told = []
    for day, at in ((17, "12:00"), (18, "12:00"), (19, "12:00"), (20, "12:00"), (21, "08:05")):
        office.run(moment(day, at))
        with open_state(office.settings) as store:
            matters = find_matters(look_around(office.settings, store, office.now), SHANGHAI)
        told.append([matter.words() for matter in matters if matter.kind == "late"])
    words = "daily: its last {} issues were more than an hour late and so left out"
    assert told == [[], [], [words.format(3)], [words.format(4)], []]


def test_an_issue_that_is_released_late_is_mailed_all_the_same(tmp_path: Path, smtp: FaultServer) -> None:
    """skip: an issue that was composed in time and held for a person is not given up for its lateness."""
    from digest.app.issues.drafts import release_waiting

    office = open_office(tmp_path, smtp, 'at = "08:00", catch_up = "skip"', "review = true")
    title = office.publish(1)
    office.run(moment(20))
    release_waiting(office.settings, office.settings.editions()[0], moment(20))
    office.run(moment(20, "08:05"))
    later = office.publish(2)
    office.run(moment(21))
    office.run(moment(21, "11:00"))
    release_waiting(office.settings, office.settings.editions()[0], moment(21, "11:30"))
    office.run(moment(21, "11:35"))
    assert office.slots() == ["11-20 08:00", "11-21 08:00"]
    assert [office.ledger()[name].state for name in (title, later)] == ["carried", "carried"]


# ------------------------------------------------------------------------------------------------- the window of a gap


@pytest.mark.parametrize("schedule", ['at = "08:00", days = "workdays"', 'at = "08:00", days = "weekly:mon"'])
def test_what_found_no_room_waits_for_the_next_issue_across_a_gap(
    tmp_path: Path, smtp: FaultServer, schedule: str
) -> None:
    """An article that had no room on Friday, or a week ago, is printed on Monday, though three days are over."""
    office = open_office(tmp_path, smtp, schedule, "items = 1")
    titles = {office.publish(1), office.publish(2)}
    first = 16 if "weekly" in schedule else 20
    office.run(moment(first))
    assert sorted(office.ledger()[title].state for title in titles) == ["carried", "left_out"]
    office.run(moment(23))
    assert {office.ledger()[title].state for title in titles} == {"carried"}


def test_what_was_passed_over_again_and_again_expires(tmp_path: Path, smtp: FaultServer) -> None:
    """An article that nobody wanted for three days and in the issue after them is given up, with its reason."""
    office = open_office(tmp_path, smtp, 'at = "08:00"', 'filter = { exclude = ["石门渡"] }')
    unwanted = office.publish(12)
    for day in range(16, 23):
        office.publish(day - 15)
        office.run(moment(day))
    row = office.ledger()[unwanted]
    assert row.state == "expired"
    assert "excluded word" in row.reason


def test_an_issue_that_reached_nobody_is_no_chance(tmp_path: Path, smtp: FaultServer) -> None:
    """What an issue gave back, since every mail of it failed, is in the next one, however late that is."""
    office = open_office(tmp_path, smtp, 'at = "08:00", days = "weekly:mon"')
    office.smtp.fail("rcpt", "550 5.1.1 no such user")
    title = office.publish(1)
    office.run(moment(9))
    assert office.ledger()[title].state == "new"
    office.smtp.heal()
    office.run(moment(16))
    assert office.ledger()[title].state == "carried"


@pytest.mark.parametrize("ahead", [timedelta(hours=36), timedelta(days=300)])
def test_a_mail_put_off_under_a_wrong_clock_is_due_now(tmp_path: Path, smtp: FaultServer, ahead: timedelta) -> None:
    """Its next try is further away than any that is ever given: it goes out by the next run, and the daemon knows."""
    office = open_office(tmp_path, smtp, 'at = "08:00"')
    office.publish(1)
    office.run(moment(20))
    title = office.publish(2)
    office.smtp.fail("rcpt", "451 4.7.1 greylisted, try again later")
    office.run(moment(20, "08:10") + ahead)
    office.smtp.heal()
    with open_state(office.settings) as store:
        assert find_upcoming(office.settings, store, moment(20, "09:00")).mails == (EVER,)
    office.run(moment(20, "09:00"))
    assert len(office.mails) == 2
    assert title in office.plain()
    with open_state(office.settings) as store:
        assert find_upcoming(office.settings, store, moment(20, "09:00")).mails == ()


# ------------------------------------------------------------------------------------------- days without an issue


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """A server with a feed that keeps two entries, as many do."""
    confine(monkeypatch)
    with WebServer() as server:
        serve(server, 1)
        yield server


def serve(web: WebServer, *numbers: int, day: int = 20, days: Mapping[int, int] = {}) -> list[str]:
    """The headlines of the feed from now on; of `day`, but for those that have one of their own in `days`."""
    titles = [f"第{number}号工程在第{number}镇开工" for number in numbers]
    rows = "".join(
        f"<item><title>{title}</title><link>/{number}.html</link>"
        f"<pubDate>2026-11-{days.get(number, day):02}T07:00:00+08:00</pubDate>"
        f"<content:encoded>{title}。总投资{number * 37}亿元，工期{number + 2}年，建设局负责。</content:encoded></item>"
        for number, title in zip(numbers, titles, strict=True)
    )
    head = "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>岚川</title>"
    web.routes["/feed.xml"] = Answer(f"{head}{rows}</channel></rss>".encode(), headers={"Content-Type": "text/xml"})
    return titles


def feed_table(web: WebServer, more: str = "") -> str:
    """A table [[source]] for the feed."""
    return (
        f'[[source]]\nname = "岚川"\nkind = "feed"\nurl = "{web.url("/feed.xml")}"\n'
        f'allow_private = true\ndelay = 0\nrobots = false\nfull_text = "never"\n{more}'
    )


def test_sources_are_read_on_days_without_an_issue(tmp_path: Path, smtp: FaultServer, web: WebServer) -> None:
    """What stood in a feed on Saturday only is in Monday's issue; each day is read once, and said in one line."""
    office = Weeks(tmp_path, smtp, edition_table(schedule='at = "08:00", days = "workdays"'), feed_table(web))
    office.run(moment(20))
    (rolled,) = serve(web, 2, day=21)
    web.log.clear()
    for at in ("07:30", "08:00", "08:05", "23:00"):
        office.run(moment(21, at))
    assert web.paths() == ["/feed.xml"]
    assert sum("sources read: 1" in line for line in office.said) == 1
    serve(web, 3, day=22)
    office.run(moment(22, "09:00"))
    office.run(moment(23))
    row = office.ledger()[rolled]
    assert (row.state, row.slot) == ("carried", moment(23))
    assert office.slots() == ["11-20 08:00", "11-23 08:00"]


def test_a_source_that_fails_between_two_issues_is_asked_once(
    tmp_path: Path, smtp: FaultServer, web: WebServer
) -> None:
    """A server that is down on a Saturday is not asked every five minutes."""
    office = Weeks(tmp_path, smtp, edition_table(schedule='at = "08:00", days = "workdays"'), feed_table(web))
    office.run(moment(20))
    web.routes["/feed.xml"] = Answer(b"gone", 404)
    web.log.clear()
    outcomes = [office.run(moment(21, at)) for at in ("08:00", "08:05", "08:10", "20:00")]
    assert web.paths() == ["/feed.xml"]
    assert [outcome.troubled for outcome in outcomes] == [True, False, False, False]


@pytest.mark.parametrize("begins", [16, 17])
def test_a_weekly_edition_gets_what_the_daily_one_has_read(
    tmp_path: Path, smtp: FaultServer, web: WebServer, begins: int
) -> None:
    """Read on Tuesday and gone from the feed on Wednesday: it is news in the weekly, though max_age is two days.

    So it is in the first issue of a weekly that begins with that day.
    """
    tables = edition_table() + edition_table("weekly", 'at = "08:00", days = "weekly:mon"')
    office = Weeks(tmp_path, smtp, tables, feed_table(web, "max_age = 2\n"))
    if begins == 16:
        office.run(moment(16))
    (tuesday,) = serve(web, 2, day=17)
    office.run(moment(17))
    serve(web, 3, day=18)
    for day in range(18, 24):
        office.run(moment(day))
    assert office.ledger()[tuesday].slot == moment(17)
    row = office.ledger("weekly")[tuesday]
    assert (row.state, row.slot) == ("carried", moment(23))


def test_a_run_with_nothing_due_loads_nothing_heavy(tmp_path: Path, smtp: FaultServer) -> None:
    """Without anything to compose or to mail no library is loaded that composes or mails."""
    office = open_office(tmp_path, smtp, 'at = "08:00"')
    office.publish(1)
    office.run(moment(20))
    words = [sys.executable, "-c", IDLE, str(tmp_path), moment(20, "08:05").isoformat(), *HEAVY]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["daily: nothing due; next at 2026-11-21 08:00", ""]


# ------------------------------------------------------------------------------------------------------ whole weeks

WEEKS = (("merge", "daily"), ("merge", "0 8 * * 2,5"), ("each", "workdays"), ("skip", "weekly:mon,thu"))


@pytest.mark.parametrize(("catch_up", "days"), WEEKS)
def test_over_weeks_every_article_is_told_once(tmp_path: Path, smtp: FaultServer, days: str, catch_up: str) -> None:
    """Runs at odd hours, a machine that sleeps, mails refused: one issue a slot, and every article in one of them."""
    chance = random.Random(f"{days} {catch_up}")
    when = f'days = "{days}"' if " " in days else f'at = "08:00", days = "{days}"'
    office = open_office(tmp_path, smtp, f'{when}, catch_up = "{catch_up}"', "items = 20\nper_source = 8")
    number, now = 0, moment(1, "07:00")
    while now < moment(10):
        for _ in range(chance.choice((0, 0, 1, 1, 2))):
            number += 1
            office.publish(number, chance.choice((None, now, now.date(), now - timedelta(hours=20))))
        if chance.random() < 0.1:
            office.smtp.fail("rcpt", "550 5.1.1 no such user")
        office.run(now)
        office.smtp.heal()
        now += timedelta(hours=chance.choice((1, 9, 9, 24, 24, 70)))
    timetable = timetable_of(office.settings, office.settings.editions()[0])
    for slot in islice(timetable.after(max(now, moment(12))), 3):  # nothing new any more: what waits finds its room
        office.run(slot + timedelta(minutes=30))
    rows = office.ledger()
    assert len(rows) == number
    assert {title: row.reason for title, row in rows.items() if row.state != "carried"} == {}
    check_slots(office, catch_up)


def check_slots(office: Weeks, catch_up: str) -> None:
    """Each slot has at most one issue, each headline stands in one, and what is missing was merged or written down."""
    issues = office.issues()
    carried = {issue.slot for issue in issues if issue.state == "carried"}
    assert {row.slot for row in office.ledger().values() if row.state == "carried"} <= carried
    timetable = timetable_of(office.settings, office.settings.editions()[0])
    (begun, *skipped), last = office.skips().values(), issues[-1].slot
    assert begun.why == BEFORE
    wanted = set(slots_between(timetable, begun.slot, last))
    done = [issue.slot for issue in issues] + [skip.slot for skip in skipped if skip.slot <= last]
    assert len(done) == len(set(done))
    assert set(done) <= wanted
    if catch_up != "merge":
        assert set(done) == wanted
