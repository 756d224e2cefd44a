"""A database with one issue of pages whose bytes are kept, to be proved and to be tampered with."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from digest.app.proof.manifest import make_manifest, seal_manifest
from digest.app.proof.verifying import Proof, verify_issue
from digest.compose.issue import compose_issue
from digest.config import Settings, load_settings
from digest.extract.read import read_document
from digest.model import Document, Issue, Letter, Recipient
from digest.render import build_message, render_letter
from digest.store import Envelope, FrozenIssue, ItemRow, Placement, open_store
from tests.compose.examples import SHANGHAI
from tests.render.render_samples import TEMPLATES

SLOT = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI)
CONFIG = """version = 1
timezone = "Asia/Shanghai"
[[source]]
name = "web"
kind = "page-list"
url = "https://news.example.cn/"
[[edition]]
name = "daily"
title = "每日摘要"
recipients = ["a@example.cn"]
"""
BRIDGE = """<html><head><meta charset="gbk"><title>岚川大桥通车_岚川新闻网</title></head><body><h1>岚川大桥通车</h1>
<div><p>岚川市交通局11月20日宣布，<b>岚川大桥</b>当天上午正式通车。</p><!-- 广告 --><p>大桥全长3.2公里，双向六车道。</p>
<p>市民从城南到城北的时间由50分钟缩短到15分钟。</p></div></body></html>""".encode("gbk")
WATER = (
    "自来水价格调整\n\n赫汀市发展改革委员会公布新的自来水价格方案。第一阶梯水价每立方米上调0.2元。"
    "低收入家庭可以申请补贴。\n"
).encode()
RECORDS = (
    '{"title": "新医院开诊", "url": "https://news.example.cn/3", '
    '"content": "\\u5c9a\\u897f\\u65b0\\u533a\\u4eba\\u6c11\\u533b\\u9662昨日开诊，设床位800张。'
    '医院开通了网上预约挂号。首日接诊患者一千二百人。"}\n'
).encode()
PAGES = {
    "https://news.example.cn/1": BRIDGE,
    "https://news.example.cn/2": WATER,
    "https://news.example.cn/3": RECORDS,
}


@dataclass
class Newsroom:
    """The database in `folder`, the issue in it, and how to ask for its proof."""

    folder: Path
    settings: Settings
    issue: Issue

    @property
    def path(self) -> Path:
        """The file of the database."""
        assert self.settings.store.path is not None
        return self.settings.store.path

    def verify(self) -> Proof:
        """The proof of the last issue."""
        return verify_issue(self.settings, self.settings.editions()[0])

    def tamper(self, statement: str, *values: object) -> None:
        """Change something behind the program's back; exactly one row."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            assert connection.execute(statement, values).rowcount == 1

    def change_manifest(self, change: Callable[[dict[str, Any]], Any], *, sealed: bool = False) -> None:
        """Put another manifest in place of the one that was written; `sealed`: by one who has the key."""
        manifest = change(json.loads(self.ask("SELECT manifest FROM issues")))
        if sealed:
            manifest = seal_manifest(manifest, self.ask("SELECT value FROM keys WHERE name = 'signing'"))
        self.tamper("UPDATE issues SET manifest = ?", json.dumps(manifest))

    def ask(self, question: str, *values: object) -> Any:
        """One value of the database."""
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(question, values).fetchone()[0]

    def columns(self, table: str) -> list[str]:
        """The columns of a table, in their order."""
        with closing(sqlite3.connect(self.path)) as connection:
            return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]

    def replace_original(self, url: str, data: bytes) -> None:
        """Put other bytes in place of the original of a page, packed as it was."""
        mark = self.ask("SELECT v.sha256 FROM versions v JOIN articles a ON a.key = v.key WHERE a.url = ?", url)
        self.tamper("UPDATE originals SET data = ? WHERE sha256 = ?", zlib.compress(data), mark)


def open_newsroom(
    folder: Path,
    *,
    pages: Iterable[str] = tuple(PAGES),
    manifest: bool = True,
    printed: Iterable[str] = tuple(PAGES),
    templates: Mapping[str, str] = TEMPLATES,
) -> Newsroom:
    """A newsroom whose issue of 2026-11-20 is frozen, made of the pages `printed`; the bytes of `pages` are kept.

    Without `manifest` the issue has the one that the first version wrote.
    """
    (folder / "digest.toml").write_text(CONFIG, encoding="utf-8")
    settings = load_settings(folder / "digest.toml", {}, folder / "data")
    edition = settings.editions()[0]
    documents = [
        Document(data, url, url, source="web", fetched_at=SLOT) for url, data in PAGES.items() if url in printed
    ]
    pairs = [(read_document(document).articles[0], document) for document in documents]
    assert settings.store.path is not None
    with open_store(settings.store.path) as store:
        store.record_fetched([(article, document) for article, document in pairs if document.url in pages], SLOT)
        store.record_articles([article for article, _ in pairs], SLOT)
        store.offer(edition.name, [article.key for article, _ in pairs], SLOT, timedelta(days=3))
        composed = compose_issue(store.candidates(edition.name, SLOT), edition, SLOT)
        issue = composed.issue
        letter = render_letter(issue, templates)
        header, body = address(letter)
        frozen = FrozenIssue(
            edition=issue.edition,
            slot=issue.slot,
            day=issue.day,
            subject=letter.subject,
            html=letter.html,
            text=letter.text,
            body=body,
            composed_at=SLOT,
            manifest=seal_manifest(make_manifest(issue, letter, body), store.signing_key())
            if manifest
            else first_manifest(issue, letter, body),
        )
        envelopes = [Envelope("a@example.cn", "<1@example.cn>", header)]
        placements = [Placement(key, *placing) for key, placing in composed.placements.items()]
        assert store.freeze_issue(frozen, envelopes, placements, items=[ItemRow.of(item) for item in issue.items])
    return Newsroom(folder, settings, issue)


def address(letter: Letter) -> tuple[bytes, bytes]:
    """The letter as a mail to its one reader."""
    return build_message(
        letter,
        sender=Recipient("me@example.cn"),
        recipient=Recipient("a@example.cn"),
        message_id="<1@example.cn>",
        date=SLOT,
        list_id="daily.example.cn",
        unsubscribe=[],
        edition="daily",
    )


def first_manifest(issue: Issue, letter: Letter, body: bytes) -> dict[str, Any]:
    """The manifest as version 1 had it: pairs of offsets, and no hash of the mail."""
    made = make_manifest(issue, letter, body)
    return {
        "segmenter": made["segmenter"],
        "items": [
            {
                "key": item["key"],
                "sha256": item["sha256"],
                "sentences": [[quote["start"], quote["end"]] for quote in item["sentences"]],
            }
            for item in made["items"]
        ],
    }
