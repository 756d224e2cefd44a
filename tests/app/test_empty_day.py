"""A day without news: a short note, nothing, or the page as ever; and what a run says when it comes to an end early."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from digest.app.issues.why import explain_day
from digest.app.slots import BEFORE
from digest.compose.issue import Past, compose_issue
from digest.model import Appointment, Edition, InterfaceLanguage, Issue, Revision, SourceReport
from digest.render import Footer, render_letter
from digest.render.letter import html_size
from tests.app.weeks import Weeks, edition_table, moment
from tests.compose.examples import SLOT
from tests.render.render_samples import TEMPLATES
from tests.smtp_server import FaultServer

LATE = SourceReport("岚川市政府", 0, ("not done within 20 minutes; the next run reads on",))
DUE = Appointment(date(2026, 11, 27), "deadline", "河道采砂管理办法征求意见", key="1", told=date(2026, 11, 18))


@pytest.fixture(scope="module")
def smtp() -> Iterator[FaultServer]:
    """A mail server for all tests."""
    with FaultServer() as server:
        yield server


def open_office(tmp_path: Path, smtp: FaultServer, empty: str, more: str = "") -> Weeks:
    """An office with one daily edition that wants its empty days so."""
    return Weeks(tmp_path, smtp, edition_table(more=f'empty = "{empty}"\n{more}'))


def test_a_note_says_that_there_is_nothing(tmp_path: Path, smtp: FaultServer) -> None:
    """note: a short mail with a subject that says so, since when, and the way to leave; in both parts."""
    office = open_office(tmp_path, smtp, "note")
    title = office.publish(1)
    office.run(moment(20))
    office.run(moment(21))
    note = office.mails[-1]
    assert note["Subject"].endswith("没有新文章")
    assert "自上一期（11月20日）以来，1 个来源没有可刊的新文章。" in office.plain()
    assert title not in office.plain()
    assert "退订" in office.plain()
    assert len(office.plain().splitlines()) < 20
    assert [issue.state for issue in office.issues()] == ["carried", "carried"]
    assert "daily: composed the issue of 2026-11-21 08:00, a note that nothing is new" in office.said


def test_no_mail_on_an_empty_day(tmp_path: Path, smtp: FaultServer) -> None:
    """skip: no mail, a slot written down with its reason, and the reason of each article that was left out."""
    office = open_office(tmp_path, smtp, "skip", 'filter = { exclude = ["石门渡"] }')
    office.publish(1)
    office.run(moment(20))
    unwanted = office.publish(12)
    for at in ("08:00", "08:05", "12:00"):
        outcome = office.run(moment(21, at))
        assert outcome.complaint is None
    assert len(office.mails) == 1
    told = {slot: skip.why for slot, skip in office.skips().items() if skip.why != BEFORE}
    assert told == {"11-21 08:00": "there was nothing new to tell"}
    assert office.ledger()[unwanted].state == "left_out"
    assert "excluded word" in office.ledger()[unwanted].reason
    explained = explain_day(office.settings, office.settings.editions()[0], date(2026, 11, 21), moment(21, "12:00"))
    assert any("the slot of 2026-11-21 08:00 was given up" in line for line in explained)
    later = office.publish(2)
    office.run(moment(22))
    assert office.ledger()[later].state == "carried"
    assert len(office.mails) == 2


def test_the_page_as_ever_on_an_empty_day(tmp_path: Path, smtp: FaultServer) -> None:
    """send: the whole page, with what it is made of."""
    office = open_office(tmp_path, smtp, "send")
    office.run(moment(20))
    assert "今天没有新文章。" in office.plain()
    assert "本期候选 0 篇" in office.plain()


def test_a_dry_run_of_an_empty_day_changes_nothing(tmp_path: Path, smtp: FaultServer) -> None:
    """The rehearsal says what would be, and skips no slot."""
    office = open_office(tmp_path, smtp, "skip")
    office.run(moment(20), dry_run=True)
    assert any("nothing new for 2026-11-20 08:00, so no mail" in line for line in office.said)
    assert office.skips() == {}


def test_changes_are_told_on_a_day_without_items() -> None:
    """An issue that tells of a withdrawal is no empty one."""
    gone = Revision("1", "gone", "一篇文章")
    assert not compose_issue([], Edition("daily", "每日"), SLOT, past=Past(revisions=(gone,))).issue.short
    assert compose_issue([], Edition("daily", "每日"), SLOT).issue.short
    assert not compose_issue([], Edition("daily", "每日", empty="send"), SLOT).issue.short


def empty_issue(language: InterfaceLanguage = "zh-Hans", theme: str = "modern") -> Issue:
    """An issue with nothing in it, one source of two in trouble, and something due in four days."""
    edition = Edition("daily", "每日摘要", language=language, theme=theme)
    past = Past(appointments=(DUE,), until=date(2026, 12, 4), since=date(2026, 11, 18))
    reports = (SourceReport("新华网", 12), LATE)
    issue = compose_issue([], edition, SLOT, past=past, sources=reports).issue
    return replace(issue, coverage=replace(issue.coverage, left_out=3, reasons=(("repeated", 3),)))


@pytest.mark.parametrize("theme", ["modern", "gongwen"])
@pytest.mark.parametrize("language", get_args(InterfaceLanguage))
def test_a_note_is_short_in_every_language_and_theme(language: InterfaceLanguage, theme: str) -> None:
    """What it says stands in both parts: no news, what was left out, what is due, who is in trouble, how to leave."""
    footer = Footer("每日摘要", "mailto:me@example.cn?subject=leave")
    letter = render_letter(empty_issue(language, theme), TEMPLATES, mail_footer=footer)
    html = re.sub(r"<[^>]+>", "", letter.html)
    says = {
        "zh-Hans": ("没有新文章", "没有可刊的新文章", "均未刊出", "20 分钟内未能读完", "退订"),
        "zh-Hant": ("沒有新文章", "沒有可刊的新文章", "均未刊出", "20 分鐘內未能讀完", "取消訂閱"),
        "en": (
            "nothing new",
            "Nothing to print from 1 source",
            "left out: 3",
            "not done within 20 minutes",
            "nsubscribe",
        ),
    }[language]
    assert says[0] in letter.subject
    for words in (*says[1:], DUE.title, LATE.name):
        assert words in letter.text
        assert words in html
    for words in ("逐字", "word for word", "新华网"):
        assert words not in letter.text + html
    assert html_size(letter.html) < 12_000
    assert letter.warnings == ()


def test_the_first_issue_can_be_a_note() -> None:
    """Before the second issue there is no last one to name."""
    text = render_letter(replace(empty_issue(), since=None), TEMPLATES).text
    assert "\n1 个来源没有可刊的新文章。" in text
    assert "自上一期" not in text
