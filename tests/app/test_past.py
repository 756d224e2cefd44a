"""What earlier issues leave for the next: changes and withdrawals told once, days told until they have passed.

A real web server publishes a feed and its pages, a real mail server takes the mails, and a day passes between two runs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from digest.app.issues.past import with_health
from digest.app.sending import Call, run
from digest.app.timetable import look_ahead
from digest.config import Settings, load_settings
from digest.errors import MailError
from digest.model import SourceReport
from digest.store import SourceReading, empty_store
from tests.compose.examples import SHANGHAI
from tests.smtp_server import FaultServer
from tests.web_server import Answer, Route, WebServer, confine

FIRST = datetime(2026, 11, 23, 8, tzinfo=SHANGHAI)
BRIDGE = "岚川大桥今天上午正式通车。大桥全长3.2公里，双向六车道。市民从城南到城北的时间由50分钟缩短到15分钟。"
WATER = "赫汀市公布新的自来水价格方案。第一阶梯水价每立方米上调0.2元。低收入家庭可以申请补贴。"
BLOCKED = "<html><head><title>安全验证</title></head><body><p>访问过于频繁，请输入验证码后继续访问</p></body></html>"
DRAFT = (
    "关于《赫汀市低空物流条例（征求意见稿）》公开征求意见的通知\n赫司发〔2026〕12号\n"
    "现就《赫汀市低空物流条例（征求意见稿）》公开征求意见。有关单位和个人可于2026年11月27日前将意见反馈市司法局。\n"
    "赫汀市司法局\n2026年11月22日\n"
)
CONFIG = """version = 1
timezone = "Asia/Shanghai"
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
from = "me@example.cn"
[collect]
recheck = 20
[calendar]
holidays = [2026-12-02]
[[source]]
name = "papers"
kind = "folder"
path = '{folder}'
[[source]]
name = "web"
kind = "feed"
url = "{url}"
allow_private = true
delay = 0
robots = false
[[edition]]
name = "daily"
recipients = ["a@example.cn"]
per_source = 20
"""


def page(title: str, text: str, more: str = "") -> str:
    """The page of an article, each sentence a paragraph."""
    body = "".join(f"<p>{sentence}。</p>" for sentence in text.split("。") if sentence)
    return (
        f"<html><head><meta charset='utf-8'><title>{title}_岚川新闻网</title>"
        f"<meta name='PubDate' content='2026-11-22 09:30'></head>"
        f"<body><ul><li><a href='/'>首页</a></li></ul><h1>{title}</h1><div>{body}</div>{more}</body></html>"
    )


@dataclass
class Office:
    """One edition over a folder and a feed; every morning it is run once."""

    settings: Settings
    web: WebServer
    smtp: FaultServer
    papers: Path
    day: int = 0
    said: list[str] = field(default_factory=list)

    def run(self, hour: int = 0) -> str:
        """The plain text of the mail of a new day without its line breaks; empty where none arrived."""
        now, before = FIRST + timedelta(days=self.day, hours=hour), len(self.smtp.received)
        self.day += 1
        with suppress(MailError):
            run(Call(self.settings, lambda: now, {}, self.said.append))
        mails = self.smtp.received[before:]
        assert len(mails) <= 1
        return text_of(mails[0].content) if mails else ""

    def serve(self, **pages: Route) -> None:
        """The pages that there are, by name; and the feed of them that are articles."""
        self.web.routes |= {f"/{name}.html": made for name, made in pages.items()}


def text_of(content: bytes) -> str:
    """The plain text of a mail without any white space."""
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    return "".join(body.get_content().split())


def feed(names: dict[str, str]) -> str:
    """A feed of pages and their titles."""
    rows = "".join(
        f"<item><title>{title}</title><link>/{name}.html</link>"
        "<pubDate>Sun, 22 Nov 2026 09:30:00 +0800</pubDate></item>"
        for name, title in names.items()
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>岚川新闻</title>{rows}</channel></rss>"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office that has mailed two articles from the web on its first day."""
    confine(monkeypatch)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)  # one worker a run: they start slowly
    papers = tmp_path / "papers"
    papers.mkdir()
    with WebServer() as web, FaultServer() as smtp:
        web.routes["/feed.xml"] = feed({"bridge": "岚川大桥通车", "water": "赫汀水价调整"})
        config = tmp_path / "digest.toml"
        config.write_text(CONFIG.format(port=smtp.port, folder=papers, url=web.url("/feed.xml")), encoding="utf-8")
        made = Office(load_settings(config, {}, tmp_path / "data"), web, smtp, papers)
        made.serve(bridge=page("岚川大桥通车", BRIDGE), water=page("赫汀水价调整", WATER))
        first = made.run()
        assert "岚川大桥通车" in first
        assert "赫汀水价调整" in first
        assert "修改与撤下" not in first
        yield made


def test_a_change_is_told_once_with_what_differs(office: Office) -> None:
    """The sentence as it was and as it is, the day that printed it, no sentence that stayed; and never again."""
    office.serve(bridge=page("岚川大桥通车", BRIDGE.replace("3.2公里", "3.4公里")))
    second = office.run()
    assert second.count("修改：岚川大桥通车（岚川新闻网，11月23日刊）") == 1
    assert "−大桥全长3.2公里，双向六车道。＋大桥全长3.4公里，双向六车道。" in second
    assert "缩短到15分钟" not in second
    assert "赫汀水价调整" not in second
    assert all("大桥" not in office.run() for _ in range(3))


def test_a_further_change_is_told_too(office: Office) -> None:
    """Against what was printed; a page that is put back as it was has nothing to tell."""
    office.serve(bridge=page("岚川大桥通车", BRIDGE.replace("3.2公里", "3.4公里")))
    assert "修改：岚川大桥通车" in office.run()
    office.serve(bridge=page("岚川大桥通车", BRIDGE.replace("3.2公里", "3.5公里")))
    third = office.run()
    assert third.count("修改：岚川大桥通车") == 1
    assert "−大桥全长3.2公里，双向六车道。＋大桥全长3.5公里，双向六车道。" in third
    office.serve(bridge=page("岚川大桥通车", BRIDGE))
    assert "修改" not in office.run()


def test_what_stands_around_an_article_is_no_change(office: Office) -> None:
    """Counters, credits and links that differ every day are not told."""
    for n in range(3):
        around = f"<p>阅读 {n + 3}204</p><p>责任编辑：林{n}</p><p>更新时间：2026-11-2{n + 4} 10:32</p>"
        office.serve(bridge=page("岚川大桥通车", BRIDGE, around))
        assert "修改" not in office.run()


def test_a_new_headline_is_told(office: Office) -> None:
    """With the old one and the new one, where the text is the same."""
    office.serve(water=page("赫汀水价明年上调", WATER))
    assert "修改：赫汀水价调整（岚川新闻网，11月23日刊）标题改为：赫汀水价明年上调" in office.run()
    assert "修改" not in office.run()


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_told_once(office: Office, status: int) -> None:
    """A server that says so is believed at once; the issue tells of it once, whatever it answers afterwards."""
    office.serve(water=Answer(b"gone", status))
    second = office.run()
    assert second.count("撤下：赫汀水价调整（岚川新闻网，11月23日刊）") == 1
    assert "大桥" not in second
    assert all("撤下" not in office.run() for _ in range(3))


def test_three_misses_make_a_withdrawal(office: Office) -> None:
    """A page that is refused on three days is gone on the third, and told once; one seen in between starts anew."""
    good = office.web.routes["/water.html"]
    refused = Answer(b"no", 403)
    for answer in (refused, refused, good, refused, refused):
        office.serve(water=answer)
        assert "撤下" not in office.run()
    office.serve(water=refused)
    assert office.run().count("撤下：赫汀水价调整") == 1
    assert "撤下" not in office.run()


@pytest.mark.parametrize(
    "answer",
    [BLOCKED, Answer(b"busy", 503, headers={"Retry-After": "3600"}), Answer(raw=b""), b"", bytes(range(256)) * 8],
    ids=["block page", "busy", "hangs up", "empty", "garbage"],
)
def test_trouble_is_no_change(office: Office, answer: Route) -> None:
    """A block page, a server that is busy, and what is no page say nothing about an article, however often."""
    for _ in range(3):
        office.serve(bridge=answer)
        told = office.run()
        assert "修改" not in told
        assert "撤下" not in told


def test_what_nobody_was_told_is_told_the_next_day(office: Office) -> None:
    """A change in an issue that reached nobody is a change still."""
    office.serve(bridge=page("岚川大桥通车", BRIDGE.replace("3.2公里", "3.4公里")))
    office.smtp.fail("rcpt", "550 5.1.1 no such user")
    assert office.run() == ""
    office.smtp.heal()
    assert "修改：岚川大桥通车" in office.run()
    assert "修改" not in office.run()


# ----------------------------------------------------------------------------------------------------------------- days


def test_a_deadline_is_told_until_it_has_passed(office: Office) -> None:
    """Every day once, from the issue that printed the document to the day itself; then never again."""
    (office.papers / "draft.txt").write_text(DRAFT, encoding="utf-8")
    told = [office.run() for _ in range(6)]  # from 24 to 29 November
    line = "11月27日周五截止：关于《赫汀市低空物流条例（征求意见稿）》公开征求意见的通知"
    assert [text.count(line) for text in told] == [1, 1, 1, 1, 0, 0]
    assert "11月24日刊" not in told[0].partition(line)[2][:60]
    assert all("11月24日刊" in text.partition(line)[2][:60] for text in told[1:4])
    assert all("低空物流" not in text for text in told[4:])


def test_a_day_nobody_was_told_is_not_remembered(office: Office) -> None:
    """An issue that reached nobody printed no deadline; its document is printed the next day, with the day itself."""
    (office.papers / "draft.txt").write_text(DRAFT, encoding="utf-8")
    office.smtp.fail("rcpt", "550 5.1.1 no such user")
    assert office.run() == ""
    office.smtp.heal()
    told = office.run()
    assert told.count("11月27日周五截止：") == 1
    assert "日刊" not in told.partition("11月27日周五截止：")[2][:60]


def test_the_agenda_looks_ten_workdays_ahead(office: Office) -> None:
    """Over weekends and over the office's own holidays."""
    assert look_ahead(office.settings, date(2026, 11, 23)) == date(2026, 12, 8)


# -------------------------------------------------------------------------------------------------------------- sources


def test_a_report_says_how_long_a_source_has_failed_or_been_silent() -> None:
    """Only one that failed has days of failing, only one that did not has days of silence; an unknown one has none."""
    start = datetime(2026, 10, 1, 8, tzinfo=SHANGHAI)
    with empty_store() as store:
        for day in range(40):
            new = 1 if day < 30 else 0
            store.record_sources([SourceReading("甲", "", 3, new, False)], start + timedelta(days=day))
            problem = "坏了" if day >= 38 else ""
            store.record_sources([SourceReading("乙", problem, 0, 0, False)], start + timedelta(days=day))
        now = start + timedelta(days=39, hours=1)
        reports = [SourceReport("甲", 3), SourceReport("乙", 0, ("坏了",)), SourceReport("丙", 1)]
        _, broken, unknown = with_health(store, reports, now)
        assert (broken.failing, broken.silent) == (2, 0)
        assert unknown == SourceReport("丙", 1)
        (well,) = with_health(store, [SourceReport("乙", 4)], now)
        assert well.failing == 0
