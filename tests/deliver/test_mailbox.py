"""Reading the mailbox of the answers: a real maildir, and IMAP over real TLS; nothing in it changes."""

from __future__ import annotations

import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.deliver.mailbox import LONGEST, PEEK, ImapServer, Left, _folder_name, read_imap, read_maildir
from digest.errors import ReadError
from tests import imap_server
from tests.deliver.returned_mails import delivery_status, plain

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SINCE = NOW - timedelta(days=30)
PASSWORD = "geheim"


def put(maildir: Path, name: str, data: bytes, days_old: float = 0, folder: str = "new") -> Path:
    """A message in a maildir, as old as is said."""
    path = maildir / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    then = NOW.timestamp() - days_old * 86400
    os.utime(path, (then, then))
    return path


def test_a_maildir_is_read_the_oldest_first(tmp_path: Path) -> None:
    """New and read messages, none older than asked for; none is moved."""
    put(tmp_path, "1", b"late", 1)
    put(tmp_path, "2:2,S", b"early", 9, "cur")
    put(tmp_path, "3", b"too old", 31)
    put(tmp_path, "4", b"half written", 0, "tmp")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    assert list(read_maildir(tmp_path, SINCE)) == [b"early", b"late"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_only_files_are_read_and_only_their_beginning(tmp_path: Path) -> None:
    """A pipe does not hang it, a link leads nowhere, a giant is cut."""
    put(tmp_path, "1", b"x" * (LONGEST + 5))
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (tmp_path / "new" / "link").symlink_to(secret)
    os.mkfifo(tmp_path / "new" / "pipe")
    assert [len(data) for data in read_maildir(tmp_path, SINCE)] == [LONGEST]


def test_a_folder_that_is_no_maildir(tmp_path: Path) -> None:
    """It says so, for an empty answer would look like a good day."""
    with pytest.raises(ReadError, match="no maildir"):
        list(read_maildir(tmp_path, SINCE))


def test_how_many_are_left_is_told(
    tmp_path: Path, context: ssl.SSLContext, cafile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of too many the newest are read, and nobody may think that these were all."""
    monkeypatch.setattr("digest.deliver.mailbox.MOST", 2)
    for number in range(5):
        put(tmp_path, str(number), b"%d" % number, 5 - number)
    left = Left()
    assert list(read_maildir(tmp_path, SINCE, left)) == [b"3", b"4"]
    assert left.count == 3
    with imap_server.ImapServer(context, [b"0", b"1", b"2"]) as server:
        assert list(read_imap(server_of(server, cafile), SINCE, left)) == [b"1", b"2"]
    assert left.count == 1


def server_of(
    server: imap_server.ImapServer,
    cafile: Path | None,
    *,
    password: str = PASSWORD,
    token: str = "",
    folder: str = "INBOX",
) -> ImapServer:
    """Where the test's server is."""
    return ImapServer(
        "127.0.0.1", "me@qq.com", password=password, token=token, port=server.port, cafile=cafile, folder=folder
    )


def test_imap_is_read_and_not_changed(context: ssl.SSLContext, cafile: Path) -> None:
    """The folder is opened read-only and looked at without marking anything."""
    messages = [plain("hello", "x"), delivery_status()]
    with imap_server.ImapServer(context, messages) as server:
        assert list(read_imap(server_of(server, cafile), SINCE)) == messages
    verbs = [command.split()[0] for command in server.commands]
    assert verbs == ["CAPABILITY", "LOGIN", "ID", "EXAMINE", "UID", "UID", "LOGOUT"]
    assert "UID SEARCH SINCE 23-Oct-2026" in server.commands


def test_of_a_long_letter_the_beginning_and_of_a_bounce_all_that_matters(context: ssl.SSLContext, cafile: Path) -> None:
    """An ordinary letter is not fetched whole; one that came back is, up to a limit."""
    letter = plain("hello", "很长。" * 20_000)
    bounce = delivery_status() + b"x" * PEEK
    giant = delivery_status() + b"x" * LONGEST
    with imap_server.ImapServer(context, [letter, bounce, giant]) as server:
        found = list(read_imap(server_of(server, cafile), SINCE))
    assert [len(data) for data in found] == [PEEK, len(bounce), LONGEST]
    assert found[1] == bounce


def test_a_server_that_wants_to_know_who_asks(context: ssl.SSLContext, cafile: Path) -> None:
    """163 and 126 open no folder for a program that has not sent ID."""
    with imap_server.ImapServer(context, [b"x"], wants_id=True) as server:
        assert list(read_imap(server_of(server, cafile), SINCE)) == [b"x"]


def test_a_token_instead_of_a_password(context: ssl.SSLContext, cafile: Path) -> None:
    """XOAUTH2, and no LOGIN."""
    with imap_server.ImapServer(context, [b"x"]) as server:
        assert list(read_imap(server_of(server, cafile, token="t0ken"), SINCE)) == [b"x"]
    assert "AUTHENTICATE XOAUTH2" in server.commands
    assert not any(command.startswith("LOGIN") for command in server.commands)


def test_a_server_nobody_trusts_gets_no_password(context: ssl.SSLContext) -> None:
    """TLS is verified before the login."""
    with (
        imap_server.ImapServer(context, [b"x"]) as server,
        pytest.raises(ReadError, match="cannot be trusted"),
    ):
        list(read_imap(server_of(server, None), SINCE))
    assert server.commands == []


def test_a_refused_login_does_not_show_the_password(context: ssl.SSLContext, cafile: Path) -> None:
    """Even where the server repeats it."""
    with (
        imap_server.ImapServer(context, [b"x"]) as server,
        pytest.raises(ReadError, match="refuses the login") as caught,
    ):
        list(read_imap(server_of(server, cafile, password="wrong-canary"), SINCE))
    assert "canary" not in str(caught.value)
    assert "授权码" in caught.value.hint
    assert "canary" not in repr(server_of(server, cafile, password="wrong-canary"))


def test_a_folder_that_is_not_there(context: ssl.SSLContext, cafile: Path) -> None:
    """It is named."""
    with imap_server.ImapServer(context) as server, pytest.raises(ReadError, match="no folder 退信"):
        list(read_imap(server_of(server, cafile, folder="退信"), SINCE))


def test_nobody_there() -> None:
    """The host and the port are named."""
    with pytest.raises(ReadError, match="127.0.0.1:1 cannot be reached"):
        list(read_imap(ImapServer("127.0.0.1", "me", "x", port=1), SINCE))


def test_an_empty_folder(context: ssl.SSLContext, cafile: Path) -> None:
    """Nothing is nothing."""
    with imap_server.ImapServer(context) as server:
        assert list(read_imap(server_of(server, cafile), SINCE)) == []


@pytest.mark.parametrize(
    ("name", "wire"),
    [("INBOX", '"INBOX"'), ("退信", '"&kABP4Q-"'), ('a"b\\c', '"a\\"b\\\\c"'), ("R&D", '"R&-D"')],
)
def test_names_of_folders(name: str, wire: str) -> None:
    """As RFC 3501 writes them."""
    assert _folder_name(name) == wire
