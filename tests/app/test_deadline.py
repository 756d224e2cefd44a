"""Sources that take too long, and runs that are asked to end: what is there is kept, nothing of the rest is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from digest.app.reading.tried import find_tried
from digest.app.state import open_state
from digest.errors import BusyError
from tests.app.test_catching_up import feed_table
from tests.app.weeks import READER, Weeks, edition_table, folder_source, moment
from tests.smtp_server import FaultServer
from tests.web_server import Answer, WebServer, confine

HEAD = "<rss version='2.0'><channel><title>岚川</title>"
SOON, SHORT = 0.15, 0.08
"""Minutes."""


@pytest.fixture(scope="module")
def smtp() -> Iterator[FaultServer]:
    """A mail server for all tests."""
    with FaultServer() as server:
        yield server


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """A server with a feed of two teasers; the second page takes long, and so does another feed."""
    confine(monkeypatch)
    with WebServer() as server:
        rows = "".join(f"<item><title>第{n}号工程开工</title><link>/{n}.html</link></item>" for n in (1, 2))
        server.routes |= {
            "/feed.xml": Answer(f"{HEAD}{rows}</channel></rss>".encode(), headers={"Content-Type": "text/xml"}),
            "/1.html": page(1),
            "/2.html": Answer(page(2).encode(), wait=60),
        }
        yield server


def page(number: int) -> str:
    """The page of an article."""
    text = f"市建设局宣布，第{number}号工程在第{number}镇开工，总投资{number * 37}亿元，工期{number + 2}年。"
    return (
        f"<html><head><meta charset='utf-8'><title>第{number}号工程开工</title></head><body>"
        f"<h1>第{number}号工程开工</h1><div><p>{text}</p><p>{text.replace('宣布', '又说')}</p></div></body></html>"
    )


def open_office(tmp_path: Path, smtp: FaultServer, web: WebServer, minutes: float = SOON) -> Weeks:
    """An office that reads the feed, with so many minutes for it."""
    table = feed_table(web).replace('full_text = "never"\n', "")
    office = Weeks(tmp_path, smtp, sources=table)
    collect = office.settings.collect.model_copy(update={"deadline": minutes})
    office.settings = office.settings.model_copy(update={"collect": collect})
    return office


def test_what_is_there_goes_out_and_the_rest_is_read_at_the_next_run(
    tmp_path: Path, smtp: FaultServer, web: WebServer
) -> None:
    """A page that hangs: the issue goes out in time with the other, says so, and no thread is left; then it is read."""
    office = open_office(tmp_path, smtp, web)
    threads, begun = set(threading.enumerate()), monotonic()
    outcome = office.run(moment(20))
    assert monotonic() - begun < 40
    assert not any(thread.name.startswith("host") for thread in set(threading.enumerate()) - threads)
    assert outcome.troubled
    assert any("岚川: not done within 0.15 minutes" in line for line in office.said)
    assert "第1号工程开工" in office.plain()
    assert "第2号工程开工" not in office.plain()
    assert "0.15 分钟内未能读完，其余留待下次读取" in office.plain()
    web.routes["/2.html"] = page(2)
    office.run(moment(20, "08:05"))
    assert {title: row.state for title, row in office.ledger().items()} == {
        "第1号工程开工": "carried",
        "第2号工程开工": "new",
    }
    assert web.paths().count("/1.html") == 1
    office.run(moment(21))
    assert "第2号工程开工" in office.plain()


def test_a_source_that_was_not_reached_has_not_failed(tmp_path: Path, smtp: FaultServer, web: WebServer) -> None:
    """Its health is as it was: nobody has asked it, so nobody may say that it does not answer."""
    office = open_office(tmp_path, smtp, web)
    web.routes["/feed.xml"] = Answer(b"", wait=60)
    office.run(moment(20))
    with open_state(office.settings) as store:
        assert store.source_health() == {}
    assert office.issues() == []
    assert any("no source could be read" in line for line in office.said)


def open_two(tmp_path: Path, smtp: FaultServer, web: WebServer) -> Weeks:
    """An office with two editions: the first reads the feed whose pages take long, the second a quick one and news."""
    slow = feed_table(web).replace('full_text = "never"\n', "").replace("岚川", "slow")
    quick = feed_table(web).replace("/feed.xml", "/quick.xml")
    editions = edition_table("first", more='sources = ["slow"]')
    editions += edition_table("second", more='sources = ["岚川", "news"]')
    office = Weeks(tmp_path, smtp, editions, slow + quick + folder_source(tmp_path / "news"))
    collect = office.settings.collect.model_copy(update={"deadline": SHORT})
    office.settings = office.settings.model_copy(update={"collect": collect})
    return office


def announce(web: WebServer, number: int) -> str:
    """The headline that the quick feed holds from now on."""
    title = f"第{number}座桥通车"
    text = f"{title}，全长{number}米，总投资{number * 3}万元，两岸居民可以少走半小时的路，工期两年。"
    row = f"<item><title>{title}</title><link>/q{number}.html</link><description>{text}</description></item>"
    web.routes["/quick.xml"] = Answer(f"{HEAD}{row}</channel></rss>".encode(), headers={"Content-Type": "text/xml"})
    return title


def test_a_slow_source_costs_no_other_edition_its_time(tmp_path: Path, smtp: FaultServer, web: WebServer) -> None:
    """The first edition uses up its minutes; the second reads all the same, and so it does after pages looked at again.

    The next day the page that was mailed hangs when it is looked at for changes.
    """
    office = open_two(tmp_path, smtp, web)
    title = announce(web, 900)
    office.run(moment(20))
    assert any("slow: not done within" in line for line in office.said)
    assert (office.slots("first"), office.slots("second")) == (["11-20 08:00"], ["11-20 08:00"])
    assert title in office.plain()
    web.routes["/1.html"] = Answer(page(1).encode(), wait=60)
    web.routes["/2.html"] = page(2)
    later = announce(web, 901)
    web.log.clear()
    begun = monotonic()
    office.run(moment(21))
    assert monotonic() - begun < 40
    assert "/1.html" in web.paths()
    assert "第2号工程开工" in office.plain(-2)
    assert later in office.plain()


def test_a_source_that_could_not_be_asked_is_not_nothing_new(tmp_path: Path, smtp: FaultServer, web: WebServer) -> None:
    """Time was up before its feed had answered, and the folder beside it is empty: no mail, and the next run tries."""
    office = open_two(tmp_path, smtp, web)
    title = announce(web, 900)
    web.routes["/2.html"] = page(2)
    quick, web.routes["/quick.xml"] = web.routes["/quick.xml"], Answer(b"", wait=60)
    office.run(moment(20))
    assert (office.slots("first"), office.slots("second")) == (["11-20 08:00"], [])
    assert any("second: no source could be read" in line for line in office.said)
    web.routes["/quick.xml"] = quick
    office.run(moment(20, "08:05"))
    assert office.slots("second") == ["11-20 08:00"]
    assert title in office.plain()


def test_what_had_no_turn_is_read_in_the_next_edition_s_time(tmp_path: Path, smtp: FaultServer, web: WebServer) -> None:
    """Behind the slow source on its host stands one that both read: the second edition asks for it, and only for it."""
    office = open_two(tmp_path, smtp, web)
    title = announce(web, 900)
    office.editions = edition_table("first", more='sources = ["slow", "岚川"]') + edition_table("second")
    collect = office.settings.collect
    office.settings = office.configure().model_copy(update={"collect": collect})
    office.run(moment(20))
    assert web.paths().count("/feed.xml") == web.paths().count("/quick.xml") == 1
    assert title in office.plain()


class Bell:
    """Rings from a moment on: when `when` says so for the first time."""

    def __init__(self, when: Callable[[], bool]) -> None:
        self._when = when
        self._rung = False

    def __call__(self) -> bool:
        """Whether it has rung."""
        self._rung = self._rung or self._when()
        return self._rung


def test_a_run_that_is_asked_to_end_stops_reading(tmp_path: Path, smtp: FaultServer, web: WebServer) -> None:
    """Asked while a page hangs: no issue is made of half of it, exit 75; the next run has all of it."""
    office = open_office(tmp_path, smtp, web, 5)
    office.stopping = Bell(lambda: "/2.html" in web.paths())
    begun = monotonic()
    outcome = office.run(moment(20))
    assert monotonic() - begun < 40
    with pytest.raises(BusyError, match="asked to end before all was done: the issue of daily is not composed") as told:
        outcome.check()
    assert told.value.exit_code == 75
    assert office.issues() == []
    office.stopping = bool
    web.routes["/2.html"] = page(2)
    office.run(moment(20, "08:05"))
    assert all(title in office.plain() for title in ("第1号工程开工", "第2号工程开工"))


def test_a_run_that_is_asked_to_end_finishes_the_mail_in_hand(tmp_path: Path, smtp: FaultServer) -> None:
    """Asked after the first of three mails: the others wait, nothing is lost or sent twice."""
    others = ["b@example.cn", "c@example.cn"]
    table = edition_table().replace(f'"{READER}"', ", ".join(f'"{one}"' for one in (READER, *others)))
    office = Weeks(tmp_path, smtp, table)
    office.publish(1)
    office.stopping = Bell(lambda: bool(office.mails))
    outcome = office.run(moment(20))
    assert outcome.stopped == ["2 mails are not handed over"]
    assert isinstance(outcome.complaint, BusyError)
    assert len(office.mails) == 1
    office.stopping = bool
    assert office.run(moment(20, "08:05")).complaint is None
    assert sorted(smtp.recipients[office.seen :]) == sorted([READER, *others])


def test_a_run_that_is_asked_to_end_begins_no_other_edition(tmp_path: Path, smtp: FaultServer) -> None:
    """Asked while the first edition is made, the second is left to the next run."""
    office = Weeks(tmp_path, smtp, edition_table() + edition_table("other"))
    office.publish(1)
    office.stopping = Bell(lambda: any("daily: composed" in line for line in office.said))
    outcome = office.run(moment(20))
    assert "other is not looked at" in outcome.stopped
    office.stopping = bool
    office.run(moment(20, "08:05"))
    assert office.slots("other") == ["11-20 08:00"]
    assert len(office.mails) == 2


def test_a_page_that_is_gone_is_told_once(tmp_path: Path, smtp: FaultServer, web: WebServer) -> None:
    """A source of one page that the server takes away: one complaint on the terminal, later only the mail's foot."""
    table = feed_table(web).replace('kind = "feed"', 'kind = "page"').replace("/feed.xml", "/1.html")
    table = table.replace('full_text = "never"\n', "")
    office = Weeks(tmp_path, smtp, edition_table(), table)
    office.run(moment(20))
    web.routes["/1.html"] = Answer(b"gone", 404)
    outcomes = [office.run(moment(day)) for day in (21, 22, 23)]
    assert [outcome.troubled for outcome in outcomes] == [True, False, False]


def test_a_renamed_edition_is_told_of(tmp_path: Path, smtp: FaultServer) -> None:
    """Under its new name it would tell its articles again: the first run says so and how to prevent it."""
    office = Weeks(tmp_path, smtp)
    office.publish(1)
    office.run(moment(20))
    office.editions = edition_table("morning")
    office.configure()
    office.run(moment(21), dry_run=True)
    assert any('write name = "daily" again' in line for line in office.said)


@pytest.mark.parametrize(("day", "told"), [(2, 1), (1, 0)])
def test_an_unknown_coming_year_is_announced(tmp_path: Path, smtp: FaultServer, day: int, told: int) -> None:
    """From November on each run that composes for workdays says that the coming year's holidays are not known."""
    month = 11 if told else 9
    office = Weeks(tmp_path, smtp, edition_table(schedule='at = "08:00", days = "workdays"'))
    office.run(moment(day, month=month))
    assert office.slots() == [f"{month:02}-{day:02} 08:00"]
    assert sum("2027" in line for line in office.said) == told


def test_it_is_known_when_each_source_was_tried(tmp_path: Path, smtp: FaultServer, web: WebServer) -> None:
    """A time in the far future was written under a wrong clock: the source counts as never tried."""
    office = open_office(tmp_path, smtp, web, 5)
    web.routes["/2.html"] = page(2)
    office.run(moment(20))
    (edition,) = office.settings.editions()
    for now, tried in ((moment(20, "09:00"), moment(20)), (moment(1), None)):
        with open_state(office.settings) as store:
            assert find_tried(office.settings, store, edition, now) == {"岚川": tried}
