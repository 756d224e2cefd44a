"""An office over days and weeks, in this process: articles appear, digest runs or sleeps, and mails arrive."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from digest.app.call import Call, never
from digest.app.outcome import Outcome
from digest.app.sending import run
from digest.app.state import open_state
from digest.config import Settings, load_settings
from digest.errors import MailError
from digest.store import IssueRow, LedgerRow, Skip
from tests.compose.examples import SHANGHAI
from tests.smtp_server import FaultServer

READER = "reader@example.cn"
PLACES = ("石门渡", "鹭汀镇", "柳湾", "白鹤乡", "青溪", "南浦", "东岭", "西坝", "北河", "桃源里", "枫桥镇", "云台")
WORKS = ("新水厂", "跨江隧道", "养老院", "光伏电站", "图书馆", "污水管网", "换热站")
BEGINNING = datetime(2026, 1, 1, tzinfo=SHANGHAI)


def moment(day: int, at: str = "08:00", month: int = 11) -> datetime:
    """A moment of 2026 in Shanghai."""
    hour, minute = map(int, at.split(":"))
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def folder_source(path: Path) -> str:
    """A table [[source]] for a folder."""
    return f'[[source]]\nname = "news"\nkind = "folder"\npath = \'{path}\'\n'


def edition_table(name: str = "daily", schedule: str = 'at = "08:00"', more: str = "") -> str:
    """A table [[edition]]."""
    return (
        f'[[edition]]\nname = "{name}"\ntitle = "每日摘要"\nrecipients = ["{READER}"]\n'
        f"schedule = {{ {schedule} }}\n{more}\n"
    )


@dataclass
class Weeks:
    """The office in `folder`; `editions` and `sources` are tables of its configuration, `more` stands above them."""

    folder: Path
    smtp: FaultServer
    editions: str = ""
    sources: str = ""
    more: str = ""
    said: list[str] = field(default_factory=list)
    stopping: Callable[[], bool] = never
    now: datetime = BEGINNING

    def __post_init__(self) -> None:
        self.news.mkdir()
        self.smtp.heal()
        self.seen = len(self.smtp.received)
        self.settings = self.configure()

    @property
    def news(self) -> Path:
        """The folder of the articles."""
        return self.folder / "news"

    def configure(self) -> Settings:
        """The settings, after writing digest.toml."""
        config = self.folder / "digest.toml"
        mail = f'[mail]\nhost = "127.0.0.1"\nport = {self.smtp.port}\nsecurity = "none"\nfrom = "me@example.cn"\n'
        parts = (
            'version = 1\ntimezone = "Asia/Shanghai"\n',
            mail,
            self.more,
            self.sources or folder_source(self.news),
            self.editions or edition_table(),
        )
        config.write_text("\n".join(parts), encoding="utf-8")
        self.settings = load_settings(config, {}, self.folder / "data")
        return self.settings

    def publish(self, number: int, published: datetime | date | None = None) -> str:
        """The headline of an article that stands in the folder from now on; none is like another."""
        place, work = PLACES[number % 12], WORKS[number % 7]
        title = f"{place}举行{work}开工仪式 第{number}号工程"
        text = (
            f"{place}今天举行{work}的开工仪式，总投资{number * 37 + 11}亿元。"
            f"{work}建成以后，{place}的居民可以少走{number + 2}公里的路。\n"
            f"施工单位从{number % 12 + 1}月起分{number % 4 + 2}批招收当地工人。"
        )
        record = {"title": title, "text": text} | ({"date": published.isoformat()} if published else {})
        (self.news / f"{number:03}.json").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
        return title

    def run(self, now: datetime, *, dry_run: bool = False, only: str | None = None) -> Outcome:
        """What a run of that moment has come to."""
        self.now = now
        call = Call(self.settings, lambda: self.now, {}, self.said.append, stopping=self.stopping)
        outcome = Outcome()
        with suppress(MailError):
            outcome = run(replace(call, dry_run=dry_run), only)
        return outcome

    def sleep(self, until: datetime, *, every: timedelta = timedelta(hours=1)) -> None:
        """Run again and again until then."""
        while self.now + every <= until:
            self.run(self.now + every)

    @property
    def mails(self) -> list[EmailMessage]:
        """The mails that arrived, the first first."""
        parsed = [email.message_from_bytes(m.content, policy=email.policy.default) for m in self.smtp.received]
        return [mail for mail in parsed[self.seen :] if isinstance(mail, EmailMessage)]

    def plain(self, place: int = -1) -> str:
        """The text part of a mail."""
        body = self.mails[place].get_body(("plain",))
        assert isinstance(body, EmailMessage)
        content = body.get_content()
        assert isinstance(content, str)
        return content

    def ledger(self, name: str = "daily") -> dict[str, LedgerRow]:
        """Where every article of an edition stands, by its headline."""
        with open_state(self.settings) as store:
            rows = store.ledger_rows(name)
            return {store.trace(row.key)[0].article.title: row for row in rows}

    def issues(self, name: str = "daily") -> list[IssueRow]:
        """The issues of an edition, the oldest first."""
        with open_state(self.settings) as store:
            return list(reversed(store.find_issues(name)))

    def slots(self, name: str = "daily") -> list[str]:
        """The slots that got an issue, the oldest first."""
        return [f"{issue.slot.astimezone(SHANGHAI):%m-%d %H:%M}" for issue in self.issues(name)]

    def skips(self, name: str = "daily") -> dict[str, Skip]:
        """The slots that got none."""
        with open_state(self.settings) as store:
            found = store.skips(name, BEGINNING)
        return {f"{skip.slot.astimezone(SHANGHAI):%m-%d %H:%M}": skip for skip in found}
