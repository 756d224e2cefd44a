"""Every letter as SpamAssassin finds it that may not ask the network."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from digest.model import Recipient
from digest.render import build_message
from tests.html.pages import DAYS, THEMES, letter

pytestmark = [
    pytest.mark.mta,
    pytest.mark.skipif(shutil.which("spamassassin") is None, reason="no SpamAssassin is installed"),
]

RELAY = (
    b"Received: from mail.example.cn (mail.example.cn [36.36.36.36])\r\n"
    b"\tby mx.example.org (Postfix) with ESMTPS id 4F2A1 for <wang@example.cn>;\r\n"
    b"\tFri, 20 Nov 2026 08:00:05 +0800 (CST)\r\n"
)
"""A mail that has come by a stranger's server, which is where the filter stops trusting."""

LISTED = ("MAILING_LIST_MULTI", 1.0)
"""A rule that takes points away from mailing lists; we want none of its help."""


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("day", DAYS)
def test_it_does_not_look_like_spam(theme: str, day: str, tmp_path: Path) -> None:
    """SpamAssassin, asked without the network, scores the mail below 1.0, without what it grants to mailing lists."""
    score, rules = spam_score(message(theme, day), tmp_path)
    assert score < 1.0, rules


def message(theme: str, day: str) -> bytes:
    """The mail of a day in a theme, as it goes on the wire."""
    header, body = build_message(
        letter(theme, day),
        sender=Recipient("brief@example.cn", "每日摘要"),
        recipient=Recipient("wang@example.cn", "王芳"),
        message_id="<20261120.0123456789abcdef01234567@example.cn>",
        date=datetime(2026, 11, 20, 8, 0, tzinfo=timezone(timedelta(hours=8))),
        list_id="daily.example.cn",
        unsubscribe=["https://lists.example.cn/leave?t=abcdefgh", "mailto:brief@example.cn?subject=unsubscribe"],
        edition="daily",
    )
    return RELAY + header + body


def spam_score(raw: bytes, home: Path) -> tuple[float, str]:
    """SpamAssassin's points and the names of its rules that spoke."""
    done = subprocess.run(
        ["spamassassin", "-L", "-t", "--prefspath", str(home / "prefs"), "--nocreate-prefs"],
        input=raw,
        capture_output=True,
        timeout=120,
        check=True,
        cwd=home,
    )
    head = re.sub(r"\r?\n[ \t]+", " ", done.stdout.decode("utf-8", "replace"))
    status = next(line for line in head.splitlines() if line.startswith("X-Spam-Status:"))
    bonus = LISTED[1] if LISTED[0] in status else 0.0
    return float(status.partition("score=")[2].split()[0]) + bonus, status
