"""digest backup and digest purge, as a person types them."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from digest.app.doctor.finding import Finding
from digest.app.doctor.keeping_check import examine_keeping
from digest.app.operation.disk import show_size
from digest.app.operation.keeping import make_backup, purge_when_due
from digest.config import Settings, load_settings
from digest.store import Run, Store, open_store, run_lock
from tests.cli.conftest import ANNA, BEN, Office
from tests.cli.test_sources import BRIDGE, WATER, feed, page, web_source
from tests.web_server import WebServer, confine

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
YEARS = timedelta(days=800)


def store_of(office: Office) -> Store:
    """What the office remembers."""
    return open_store(office.data / "digest.db")


def settings_of(office: Office) -> Settings:
    """The settings of the office."""
    return load_settings(office.terminal.folder / "digest.toml", {}, office.data)


def findings(office: Office, now: datetime = NOW) -> dict[str, Finding]:
    """What a doctor finds, by name."""
    return {finding.name: finding for finding in examine_keeping(settings_of(office), now)}


def test_a_backup_has_its_date_and_a_folder(office: Office) -> None:
    """Its path is the product, its size the talk; nobody else can read it."""
    assert office("run").code == 0
    made = office("backup")
    assert made.code == 0, made
    path = office.data / "backups" / "digest-20261122T010000Z.db"
    assert made.out == f"{path}\n"
    assert "KB, checked and sound" in made.err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_backup_takes_a_file_or_a_folder(office: Office) -> None:
    """A file is not replaced without --force; a folder gets a dated one, of which so many are kept."""
    assert office("run").code == 0
    folder = office.terminal.folder / "usb"
    folder.mkdir()
    for day in (22, 23, 24):
        assert office("backup", folder, "--keep", "2", now=f"2026-11-{day}T09:00").code == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "digest-20261123T010000Z.db",
        "digest-20261124T010000Z.db",
    ]
    assert office("backup", folder / "one.db").code == 0
    refused = office("backup", folder / "one.db")
    assert (refused.code, "--force" in refused.err) == (1, True)
    assert office("backup", folder / "one.db", "--force").code == 0
    assert office("backup", folder / "one.db", "--keep", "3").code == 2


def test_the_backup_just_made_stays_whatever_date_others_bear(office: Office) -> None:
    """One made by a clock that ran ahead would else be the newest for months, and each new one be thrown away."""
    assert office("run").code == 0
    for moment in ("2027-01-01T09:00", "2026-11-24T09:00"):
        assert office("backup", "--keep", "1", now=moment).code == 0
    assert [path.name for path in (office.data / "backups").iterdir()] == ["digest-20261124T010000Z.db"]


@pytest.mark.parametrize("words", [("usb", "--keep", "2"), ("usb",), ("usb/one.db",), ("one.db", "--keep", "2")])
def test_a_folder_that_is_not_there_is_not_made(office: Office, words: tuple[str, ...]) -> None:
    """The disk that it was on may not be connected; the word names it."""
    assert office("run").code == 0
    place, *rest = words
    told = office("backup", office.terminal.folder / place, *rest)
    assert (told.code, "there is no folder" in told.err, "usb" in told.err or "one" in told.err) == (2, True, True)
    assert not (office.terminal.folder / "usb").exists()


def test_configurations_that_share_a_folder_keep_their_own(office: Office) -> None:
    """A second database beside the first: --keep, the doctor and --restore take each for itself."""
    assert office("run").code == 0
    first = office("backup").out.strip()
    office.configure(top='[store]\npath = "m.db"\n')
    assert office("run").code == 0
    assert findings(office)["backup"].seen.startswith("none in")
    made = office("backup", "--keep", "1", now="2026-11-23T09:00")
    assert (made.out, made.err.count("removed")) == (f"{office.data}/backups/m-20261123T010000Z.db\n", 0)
    refused = office("backup", "--restore", first)
    assert (refused.code, "another database" in refused.err, "--force" in refused.err) == (1, True, True)
    assert office("backup", "--restore", first, "--force").code == 0


def test_a_restoring_is_no_skipped_slot(office: Office) -> None:
    """Status counts slots that readers missed."""
    assert office("run").code == 0
    assert office("backup", "--restore", office("backup").out.strip()).code == 0
    assert "skipped" not in office("status", "--config", office.terminal.folder / "digest.toml").out


def test_a_file_that_is_no_backup_is_refused_as_that(office: Office) -> None:
    """The advice is about the file, not about the configuration."""
    assert office("run").code == 0
    told = office("backup", "--restore", office.terminal.write("junk.db", "no database" * 99))
    assert (told.code, "junk.db is no backup" in told.err, "[store]" in told.err) == (1, True, False)


def test_there_must_be_something_to_back_up(office: Office) -> None:
    """Before the first run there is nothing, and no empty database is made for it."""
    told = office("backup")
    assert (told.code, "there is no database" in told.err) == (1, True)
    assert not (office.data / "digest.db").exists()


def test_a_backup_is_taken_while_a_run_is_at_work(office: Office) -> None:
    """It waits for no lock; restoring does."""
    assert office("run").code == 0
    with run_lock(office.data / "digest.db"):
        made = office("backup")
        assert made.code == 0
        assert office("backup", "--restore", made.out.strip()).code == 75


def test_what_is_restored_sends_nothing_again(office: Office) -> None:
    """The issue that went out after the backup was made is not made a second time, nor its articles printed."""
    assert office("run").code == 0
    path = office("backup").out.strip()
    office.terminal.write("news/9.txt", "第九座桥通车\n岚川第九座桥今日通车，全长九公里，双向八车道。")
    assert office("run", now="2026-11-23T09:00").code == 0
    assert office.smtp.recipients == [ANNA, BEN] * 2
    told = office("backup", "--restore", path, now="2026-11-23T10:00")
    assert told.code == 0, told
    assert "before-restore" in told.err
    assert "digest send" in told.err
    assert office("run", now="2026-11-23T10:05").code == 0
    assert office.smtp.recipients == [ANNA, BEN] * 2
    office("run", now="2026-11-24T09:00")
    with store_of(office) as store:
        printed = {row.key: row.state for row in store.ledger_rows("daily")}
        assert sorted(printed.values()) == ["carried", "carried", "carried", "expired"]


def test_a_state_moves_to_another_machine(office: Office) -> None:
    """With --as-it-was what waited goes out, and what was a candidate is one."""
    office.smtp.fail("rcpt", "451 later", who=BEN)
    assert office("run").code == 4
    path = office("backup").out.strip()
    (office.data / "digest.db").unlink()
    assert office("backup", "--restore", path, "--as-it-was").code == 0
    office.smtp.heal()
    assert office("run", now="2026-11-22T12:00").code == 0
    assert office.smtp.recipients == [ANNA, BEN]


def test_a_held_mail_is_told_of(office: Office) -> None:
    """Even where unknown mails are resent on their own, one that a backup held is not."""
    office.configure(mail=office.mail() + 'on_unknown = "resend"\n')
    office.smtp.fail("rcpt", "451 later", who=BEN)
    assert office("run").code == 4
    path = office("backup").out.strip()
    office.smtp.heal()
    told = office("backup", "--restore", path, now="2026-11-22T10:00")
    assert "1 mails may have gone out since and are held" in told.err
    office("run", now="2026-11-22T12:00")
    assert office.states() == {ANNA: "sent", BEN: "unknown"}
    assert office.smtp.recipients == [ANNA]


@pytest.mark.parametrize(
    "words", [("--restore", "x.db", "y.db"), ("--as-it-was",), ("--restore", "x.db", "--keep", "2")]
)
def test_what_makes_no_sense_is_refused(office: Office, words: tuple[str, ...]) -> None:
    """With the line that was probably meant."""
    told = office("backup", *words)
    assert (told.code, "digest backup --restore FILE" in told.err) == (2, True)


def test_a_database_on_a_server_keeps_its_own_backups(office: Office) -> None:
    """The program of the server is named."""
    office.configure(top='[store]\nurl = "postgresql://127.0.0.1:1/digest"\n')
    told = office("backup")
    assert (told.code, "pg_dump" in told.err) == (2, True)


def test_purge_counts_before_it_does(office: Office) -> None:
    """A dry run says what would go and changes nothing; after it is done there is nothing left to do."""
    assert office("run").code == 0
    office.terminal.write("news/9.txt", "第九座桥通车\n岚川第九座桥今日通车，全长九公里，双向八车道。")
    later = "2028-11-23T09:00"
    assert office("run", now=later).code == 0
    with store_of(office) as store:
        assert len(store.find_issues()) == 2, "a clock that is years ahead of the last run may be wrong"
    assert office("run", now="2028-11-24T09:00").code == 0
    with store_of(office) as store:
        assert len(store.find_issues()) == 2, "the first run of a day lets go of what is old"
    assert office("purge", "--days", "59").code == 2
    tried = office("purge", "--days", "60", "--dry-run", now="2029-11-23T09:00")
    assert tried.code == 0, tried
    assert "would go: what is older than 2029-09-24" in tried.err
    done = office("purge", "--days", "60", now="2029-11-23T09:00")
    assert done.code == 0
    assert [line for line in tried.out.splitlines() if "notes" not in line] == [
        line for line in done.out.splitlines() if "originals" not in line and "notes" not in line
    ]
    again = office("purge", "--days", "60", now="2029-11-23T09:00")
    assert {line.split("\t")[0] for line in again.out.splitlines()} == {"0"}


def test_files_that_stay_in_their_folder_are_not_printed_again(office: Office) -> None:
    """They are read every day, and known for ever."""
    assert office("run").code == 0
    office.terminal.write("news/9.txt", "第九座桥通车\n岚川第九座桥今日通车，全长九公里，双向八车道。")
    assert office("run", now="2028-11-22T09:00").code == 0
    assert office("purge", now="2028-11-22T09:10").code == 0
    office.terminal.write("news/10.txt", "第十座桥通车\n岚川第十座桥今日通车，全长十公里，双向八车道。")
    assert office("run", now="2028-11-23T09:00").code == 0
    with store_of(office) as store:
        (item,) = store.told("daily", datetime(2028, 11, 22, 12, tzinfo=UTC))
        assert item.title == "第十座桥通车"
    assert office("preview", now="2028-11-23T09:30").code == 0


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """A server with a feed of one page."""
    confine(monkeypatch)
    with WebServer() as server:
        server.routes |= {"/feed.xml": feed(("岚川大桥通车", "/1.html", "…")), "/1.html": page("岚川大桥通车", BRIDGE)}
        yield server


def test_a_page_that_is_still_listed_is_neither_asked_for_nor_printed(office: Office, site: WebServer) -> None:
    """Its site dates it anew, years later; a new page of the same list is read and printed."""
    office.configure(sources=web_source(site))
    assert office("run").code == 0
    listed, hospital = ("岚川大桥通车", "/1.html", "…"), ("新医院开诊", "/3.html", "…")
    site.routes |= {
        "/feed.xml": feed(listed, hospital).replace("21 Nov 2026", "19 Nov 2028"),
        "/3.html": page(
            "新医院开诊", "岚西新区人民医院今天开诊，设床位800张，首日接诊患者一千二百人。", "2028-11-19 08:00"
        ),
    }
    assert office("run", now="2028-11-20T09:00").code == 0
    assert office("purge", now="2028-11-20T09:10").code == 0  # a run itself would doubt that clock
    assert "forgotten" in office("why", site.url("/1.html")).out
    site.routes |= {
        "/feed.xml": feed(listed, hospital, ("水价调整", "/2.html", "…")).replace("21 Nov 2026", "21 Nov 2028"),
        "/1.html": page("岚川大桥通车", BRIDGE, "2028-11-21 08:00"),
        "/2.html": page("水价调整", WATER, "2028-11-21 08:00"),
    }
    site.log.clear()
    told = office("run", now="2028-11-21T10:00")
    assert told.code == 0, told
    assert "/2.html" in site.paths()
    assert "/1.html" not in site.paths()
    with store_of(office) as store:
        assert [item.title for item in store.told("daily", NOW)] == ["水价调整", "新医院开诊"]


def test_a_day_is_cleared_once(office: Office) -> None:
    """The first run of a day that had something to do lets go of what is old; those after it do not look."""
    assert office("run").code == 0
    settings, now = settings_of(office), NOW + YEARS
    with store_of(office) as store:
        first = purge_when_due(store, settings, now)
        assert first is not None
        store.record_run(Run(now, now + timedelta(minutes=1), 0, ()))
        assert purge_when_due(store, settings, now + timedelta(hours=3)) is None
        assert purge_when_due(store, settings, now + timedelta(days=1)) is not None


def test_the_doctor_knows_the_disk_and_the_backups(office: Office) -> None:
    """Without any backup he warns, and a month after the last one; each time with the line that makes one."""
    assert set(findings(office)) == {"disk", "retention"}
    assert office("run").code == 0
    assert "the database takes" in findings(office)["disk"].seen
    never = findings(office)["backup"]
    assert (never.verdict, "digest backup" in never.remedy) == ("warn", True)
    make_backup(settings_of(office), None, NOW)
    assert findings(office)["backup"].verdict == "ok"
    late = findings(office, NOW + timedelta(days=31))["backup"]
    assert (late.verdict, "31 days old" in late.seen) == ("warn", True)


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 KB"), (3_400_000, "3.4 MB"), (10**16, "10000.0 TB")]
)
def test_a_size_is_shown_as_a_person_reads_it(size: int, shown: str) -> None:
    """With one unit."""
    assert show_size(size) == shown
