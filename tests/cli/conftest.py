"""A person at a terminal: an empty folder, commands to type, and an office with articles and a mail server."""

from __future__ import annotations

import email
import email.policy
import hashlib
import io
import ssl
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import pytest

from digest.cli import door
from tests.smtp_server import FaultServer, Received

USER, PASSWORD = "me@qq.com", "canary-Kanarienvogel-7f3a"
ANNA, BEN = "a@example.cn", "b@example.cn"

NEWS = {
    "qiao.txt": "岚川大桥通车\n岚川市交通局11月20日宣布，岚川大桥当天上午正式通车。大桥全长3.2公里，双向六车道。"
    "市民从城南到城北的时间由50分钟缩短到15分钟。",
    "shui.md": "# 自来水价格调整\n\n赫汀市发展改革委员会公布新的自来水价格方案。第一阶梯水价每立方米上调0.2元。"
    "低收入家庭可以申请补贴。",
    "yiyuan.txt": "新医院开诊\n岚西新区人民医院昨日开诊，设床位800张。医院开通了网上预约挂号。首日接诊患者一千二百人。",
}
"""Three articles that have nothing in common, as files."""


@dataclass(frozen=True)
class Result:
    """What one command left behind: its exit code, its product and its talk."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of the talk."""
        return self.err.splitlines()


@dataclass
class Terminal:
    """Types commands in `folder`, in this process; every output of the test is kept in `everything`."""

    folder: Path
    patch: pytest.MonkeyPatch
    everything: list[str] = field(default_factory=list)

    def __call__(self, *words: str | Path, stdin: bytes = b"", cwd: Path | None = None) -> Result:
        """The result of `digest WORDS…`."""
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with self.patch.context() as patch:
            patch.chdir(cwd or self.folder)
            patch.setattr(sys, "argv", ["digest", *map(str, words)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            code = door._run()
        result = Result(code, read_back(out), read_back(err))
        self.everything += [result.out, result.err]
        assert "Traceback" not in result.err
        assert "fault in digest" not in result.err, result.err
        return result

    def write(self, name: str, content: str | bytes) -> Path:
        """A file in the folder, made with the folders it needs."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def write_news(self, folder: str = "news", news: Mapping[str, str] = NEWS) -> Path:
        """A folder of articles."""
        for name, text in news.items():
            self.write(f"{folder}/{name}", text)
        return self.folder / folder


def read_back(stream: io.TextIOWrapper) -> str:
    """What was written to a stream of a command."""
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in an empty folder."""
    folder = tmp_path / "office"
    folder.mkdir()
    return Terminal(folder, monkeypatch)


@pytest.fixture
def smtp(context: ssl.SSLContext) -> Iterator[FaultServer]:
    """A server that wants TLS and a login, to be told what goes wrong."""
    with FaultServer(security="tls", context=context, login=(USER, PASSWORD)) as server:
        yield server


@dataclass
class Office:
    """A terminal with three articles, a mail server, and a digest.toml for both; `data` is where the state is."""

    terminal: Terminal
    smtp: FaultServer
    cafile: Path
    news: Path

    def __call__(self, *words: str | Path, now: str = "2026-11-22T09:00") -> Result:
        """The result of a command that knows where the data is and what time it is."""
        return self.terminal(*words, "--data-dir", self.data, "--now", now)

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.terminal.folder / "data"

    def configure(
        self,
        *,
        recipients: tuple[str, ...] = (ANNA, BEN),
        top: str = "",
        mail: str | None = None,
        sources: str | None = None,
        editions: str | None = None,
    ) -> None:
        """Write digest.toml; each part can be replaced."""
        parts = (
            f'version = 1\ntimezone = "Asia/Shanghai"\n{top}',
            self.mail() if mail is None else mail,
            source(self.news) if sources is None else sources,
            edition(recipients) if editions is None else editions,
        )
        self.terminal.write("digest.toml", "\n".join(parts))

    def mail(self, *, port: int | None = None, trust: bool = True) -> str:
        """The table [mail]."""
        trusted = f"cafile = '{self.cafile}'" if trust else ""
        return (
            f'[mail]\nhost = "127.0.0.1"\nport = {port or self.smtp.port}\nsecurity = "tls"\n{trusted}\n'
            f'user = "{USER}"\npassword_env = "DIGEST_SMTP_PASSWORD"\nfrom = "每日摘要 <{USER}>"\n'
        )

    def states(self) -> dict[str, str]:
        """The state of the newest mail to each address, as digest outbox list tells it."""
        rows = [line.split("\t") for line in self("outbox", "list").out.splitlines()]
        return {row[3]: row[0] for row in reversed(rows)}

    def message_ids(self) -> dict[str, str]:
        """The Message-ID of the newest mail to each address."""
        rows = [line.split("\t") for line in self("outbox", "list").out.splitlines()]
        return {row[3]: row[-1] for row in reversed(rows)}


def source(path: Path, name: str = "news") -> str:
    """A table [[source]]."""
    return f'[[source]]\nname = "{name}"\nkind = "folder"\npath = \'{path}\'\n'


def edition(recipients: tuple[str, ...] = (ANNA, BEN), name: str = "daily", more: str = "") -> str:
    """A table [[edition]] due at 08:00."""
    listed = ", ".join(f'"{recipient}"' for recipient in recipients)
    return (
        f'[[edition]]\nname = "{name}"\ntitle = "每日摘要"\nrecipients = [{listed}]\n'
        f'schedule = {{ at = "08:00", days = "daily" }}\n{more}\n'
    )


@pytest.fixture
def office(terminal: Terminal, smtp: FaultServer, cafile: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office where everything is well; afterwards no output may have held the password."""
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", PASSWORD)
    made = Office(terminal, smtp, cafile, terminal.write_news())
    made.configure()
    yield made
    assert not any(PASSWORD in text for text in terminal.everything), "the password was shown"


def parse(received: Received) -> EmailMessage:
    """A mail as its reader's program sees it."""
    message = email.message_from_bytes(received.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, kind: str) -> str:
    """The HTML (`html`) or the text (`plain`) of a mail."""
    body = message.get_body((kind,))
    assert isinstance(body, EmailMessage)
    content = body.get_content()
    assert isinstance(content, str)
    return content


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file below a folder and the hash of its bytes."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
