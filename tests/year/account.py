"""The account of a life: what the database and the readers' mailboxes say, against what was published and was due."""

from __future__ import annotations

import email
import email.policy
import re
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.smtp_server import Received
from tests.year.news import Story
from tests.year.offices import CATCH_UP, OPERATOR, READERS, slots_of

LOST = "no issue was made while its window lasted"
"""The reason in the ledger that means: nobody ever looked at it."""

BEGINNING = "was before the edition began"
"""What is written of the slot behind which an edition begins: it excuses no slot that was due."""


@dataclass
class Account:
    """Everything there is to say: `amiss` must be empty."""

    database: Path
    mails: Sequence[Received]
    stories: Sequence[Story]
    first: datetime
    last: datetime
    amiss: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def draw_up(self) -> Account:
        """Look at all of it."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            self._rows = {
                table: [dict(row) for row in database.execute(f"SELECT * FROM {table}")]
                for table in ("articles", "ledger", "issues", "items", "outbox", "skips")
            }
        self._mails_of, self._items_of = self._by_issue("outbox"), self._by_issue("items")
        self._read_mails()
        for name in READERS:
            self._check_slots(name)
            self._check_articles(name)
        self._check_mails()
        return self

    # ---------------------------------------------------------------------------------------------------- mails

    def _read_mails(self) -> None:
        """Every mail that arrived, but those to the operator, by its Message-ID."""
        self._arrived: dict[str, list[EmailMessage]] = {}
        for mail in self.mails:
            message = email.message_from_bytes(mail.content, policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            if mail.recipient == OPERATOR:
                self.counts["mails to the operator"] += 1
                continue
            self._arrived.setdefault(str(message["Message-ID"]).strip(), []).append(message)

    def _check_mails(self) -> None:
        """Each arrived once, holds what its issue printed, and no reader has one headline twice in an edition."""
        known = {row["message_id"]: row for row in self._rows["outbox"]}
        for identity, came in self._arrived.items():
            if identity not in known:
                self.amiss.append(f"a mail that the outbox does not know: {identity}")
            if len(came) > 1:
                self.amiss.append(f"the mail {identity} came {len(came)} times")
        self.counts["mails"] = sum(map(len, self._arrived.values()))
        headlines: Counter[tuple[str, str, str]] = Counter()
        for identity, row in known.items():
            self.counts[f"mails that are {row['state']}"] += 1
            came = self._arrived.get(identity, [])
            if row["state"] == "sent" and not came:
                self.amiss.append(f"{row['edition']} {row['slot']} {row['address']}: said to be sent, and never came")
            if row["state"] in ("queued", "deferred", "sending", "dot", "unknown"):
                self.amiss.append(f"{row['edition']} {row['slot']} {row['address']}: is {row['state']} at the end")
            for message in came[:1]:
                printed = self._check_body(row, message)
                headlines.update((row["edition"], row["address"], number) for number in printed)
        for (name, address, number), count in headlines.items():
            if count > 1:
                self.amiss.append(f"{name}: {address} has the headline 第{number}号 {count} times")
        self.counts["headlines read"] = len(headlines)

    def _check_body(self, row: Mapping[str, Any], message: EmailMessage) -> set[str]:
        """The numbers of the stories in a mail, after seeing that it holds what its issue printed."""
        body = message.get_body(("plain",))
        assert isinstance(body, EmailMessage)
        text = re.sub(r"\s", "", body.get_content())
        own = self._items_of.get((row["edition"], row["slot"]), [])
        for item in own:
            if re.sub(r"\s", "", item["title"]) not in text:
                self.amiss.append(f"{row['edition']} {row['slot']}: the mail lacks {item['title']}")
        return {found for item in own for found in re.findall(r"第(\d{5,})号$", item["title"])}

    # ---------------------------------------------------------------------------------------------------- slots

    def _check_slots(self, name: str) -> None:
        """Every slot that was due has an issue, or a reason, or was merged into a later one."""
        issues = {datetime.fromisoformat(row["slot"]): row for row in self._own("issues", name)}
        kept = [row for row in self._own("skips", name) if row["why"] != BEGINNING]
        skips = {datetime.fromisoformat(row["slot"]): row for row in kept}
        due = slots_of(name, self.first, self.last)
        self.counts[f"{name}: due"] = len(due)
        self.counts[f"{name}: issues"] = len(issues)
        self.counts[f"{name}: void issues"] = sum(row["state"] == "void" for row in issues.values())
        self.counts[f"{name}: skipped"] = len(skips)
        first_day = slots_of(name, self.first - timedelta(days=1), self.first)  # a new edition begins with today's
        for slot in sorted((issues.keys() | skips.keys()) - {*due, *first_day}):
            self.amiss.append(f"{name}: {slot} was never due, and has an issue or a reason")
        for slot in due:
            if slot in issues or slot in skips:
                continue
            later = [other for other in issues.keys() | skips.keys() if other > slot]
            if CATCH_UP[name] != "merge" or not later:
                self.amiss.append(f"{name}: {slot} was due, and has neither issue nor reason")
            self.counts[f"{name}: merged"] += 1
        for slot in skips.keys() & issues.keys():
            self.amiss.append(f"{name}: {slot} was skipped, and has an issue")
        for slot, skip in skips.items():
            self.counts[f"{name}: skipped, it {skip['why']}"] += 1
            if not skip["why"]:
                self.amiss.append(f"{name}: {slot} was skipped without a reason")

    # ------------------------------------------------------------------------------------------------- articles

    def _check_articles(self, name: str) -> None:
        """Every story is in one issue that somebody has, or merged into an entry of one, or left out for a reason."""
        keys = {row["url"]: row["key"] for row in self._rows["articles"]}
        ledger = {row["key"]: row for row in self._own("ledger", name)}
        printed = {(row["slot"], row["key"]) for row in self._own("items", name)}
        for story in self.stories:
            row = ledger.get(keys.get(story.url, ""))
            if row is None:
                self.amiss.append(f"{name}: {story.url}, out {story.out}, is not in the ledger")
                continue
            self.counts[f"{name}: {self._kind(row)}"] += 1
            self._check_article(name, story, row, printed)

    def _kind(self, row: Mapping[str, Any]) -> str:
        if row["state"] == "carried":
            return "printed" if row["event"] in (None, "", row["key"]) else "merged"
        return f"{row['state']}: {row['reason']}"

    def _check_article(self, name: str, story: Story, row: Mapping[str, Any], printed: set[tuple[str, str]]) -> None:
        where = f"{name}: {story.url}, out {story.out},"
        if row["state"] == "carried":
            if (row["slot"], row["event"] or row["key"]) not in printed:
                self.amiss.append(f"{where} is carried by the issue of {row['slot']}, which does not print it")
            if not self._reached(name, row["slot"]):
                self.amiss.append(f"{where} is carried by the issue of {row['slot']}, which nobody has")
        elif row["state"] not in ("left_out", "expired"):
            self.amiss.append(f"{where} is {row['state']} at the end")
        elif not row["reason"]:
            self.amiss.append(f"{where} is {row['state']} without a reason")
        elif row["reason"] == LOST:
            self.amiss.append(f"{where} passed by unseen: no issue was made in time")

    def _reached(self, name: str, slot: str) -> bool:
        rows = self._mails_of.get((name, slot), [])
        return any(row["message_id"] in self._arrived for row in rows)

    def _by_issue(self, table: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
        found: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in self._rows[table]:
            found.setdefault((row["edition"], row["slot"]), []).append(row)
        return found

    def _own(self, table: str, name: str) -> list[dict[str, Any]]:
        return [row for row in self._rows[table] if row["edition"] == name]
