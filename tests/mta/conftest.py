"""An office whose mail goes through a real post office: one for all tests of this folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
import trustme

from tests.cli.conftest import NEWS, Result
from tests.mta.servers import DOMAIN, STRANGER, PostOffice, why_not
from tests.smtp_server import FaultServer

NOBODY = f"nobody@{STRANGER}"
PASSWORD = "canary-Zaunkoenig-51d2"
TODAY = date.today()
"""Postfix and Dovecot know one clock only; the program is told to stand at nine o'clock of the same day."""

NOTICE = (
    "关于《岚川市互联网应用适老化改造办法（征求意见稿）》公开征求意见的通知\n"
    "为规范互联网应用的适老化改造，岚川市互联网信息办公室起草了《岚川市互联网应用适老化改造办法（征求意见稿）》，"
    "现向社会公开征求意见。有关单位和个人可将意见寄送岚川市滨河路18号。"
    f"意见反馈截止时间为{TODAY + timedelta(9):%Y年%m月%d日}。\n"
    f"岚川市互联网信息办公室\n{TODAY:%Y年%m月%d日}"
)
"""An article that sets a day, so that the mail brings a calendar."""


@pytest.fixture(scope="session")
def stranger() -> Iterator[FaultServer]:
    """The server of a domain where nobody has a mailbox."""
    with FaultServer() as server:
        server.fail("rcpt", "550 5.1.1 <nobody@other.example>: no such user here")
        yield server


@pytest.fixture(scope="session")
def post_office(authority: trustme.CA, cafile: Path, stranger: FaultServer) -> Iterator[PostOffice]:
    """Postfix and Dovecot, running."""
    if reason := why_not():
        pytest.skip(reason)
    # Not below pytest's own folder: that is closed to the users postfix and nobody.
    folder = Path(tempfile.mkdtemp(prefix="digest-mta-"))
    folder.chmod(0o755)
    issued = authority.issue_cert("localhost", "127.0.0.1")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    for number, pem in enumerate(issued.cert_chain_pems):
        pem.write_to_path(str(certificate), append=bool(number))
    issued.private_key_pem.write_to_path(str(key))
    key.chmod(0o600)
    try:
        with PostOffice(folder, certificate, key, cafile, stranger.port, PASSWORD) as office:
            yield office
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Desk:
    """A folder with articles, a digest.toml for the post office, and the program as a person starts it."""

    folder: Path
    post_office: PostOffice
    cafile: Path
    sender: str
    reader: str

    def __call__(self, *words: str, days: int = 0) -> Result:
        """What `digest WORDS…` leaves behind, in a process of its own, so many days from today."""
        now = f"{TODAY + timedelta(days)}T09:00"
        command = [sys.executable, "-m", "digest", *words, "--data-dir", "data", "--now", now]
        env = {**os.environ, "DIGEST_SMTP_PASSWORD": PASSWORD}
        done = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, timeout=300, check=False)
        result = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert PASSWORD not in result.out + result.err
        assert "Traceback" not in result.err, result.err
        return result

    def configure(self, *recipients: str, security: str = "starttls", mail: str = "") -> None:
        """Write digest.toml for these recipients; `mail` is what else stands in [mail]."""
        port = self.post_office.submission if security == "starttls" else self.post_office.smtps
        listed = ", ".join(f'"{recipient}"' for recipient in recipients)
        (self.folder / "digest.toml").write_text(
            f"""version = 1
timezone = "Asia/Shanghai"

[mail]
host = "127.0.0.1"
port = {port}
security = "{security}"
cafile = '{self.cafile}'
user = "{self.sender}"
password_env = "DIGEST_SMTP_PASSWORD"
from = "每日摘要 <{self.sender}>"
{mail}

[bounces]
host = "127.0.0.1"
port = {self.post_office.imaps}
cafile = '{self.cafile}'

[[source]]
name = "news"
kind = "folder"
path = "news"

[[edition]]
name = "daily"
title = "每日摘要"
recipients = [{listed}]
schedule = {{ at = "08:00", days = "daily" }}
""",
            encoding="utf-8",
        )


_NUMBERS = count(1)


def furnish(folder: Path, post_office: PostOffice, cafile: Path) -> Desk:
    """A desk with four articles; sender and reader have mailboxes that no other desk has."""
    (folder / "news").mkdir()
    for name, text in {**NEWS, "tongzhi.txt": NOTICE}.items():
        (folder / "news" / name).write_text(text, encoding="utf-8")
    number = next(_NUMBERS)
    return Desk(folder, post_office, cafile, f"brief{number}@{DOMAIN}", f"wang{number}@{DOMAIN}")


@pytest.fixture
def desk(tmp_path: Path, post_office: PostOffice, cafile: Path) -> Desk:
    """A desk of one test alone."""
    return furnish(tmp_path, post_office, cafile)
