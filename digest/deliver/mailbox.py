"""The mailbox that answers come back to, read and never changed: a maildir, or a folder on an IMAP server.

Messages come as bytes, the oldest first; of a long one only the beginning, where everything is that concerns us.
"""

from __future__ import annotations

import base64
import imaplib
import os
import re
import ssl
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from digest.errors import ReadError

LONGEST = 1_000_000
"""So many bytes of a message are read."""

PEEK = 16_384
"""So many of each on a server at first: enough for a letter, and to see whether it is one that came back."""

MOST = 5_000
"""So many messages are read, the newest."""

SECONDS = 30.0
BATCH = 50

_RETURNED = re.compile(
    rb"multipart/report|delivery-status|feedback-report"
    rb"|^from:(?:[^\n]|\n[ \t]){0,500}?(?:mailer-daemon|postmaster|bounce)"
    rb"|^x-failed-recipients:|^return-path:\s*<>",
    re.IGNORECASE | re.MULTILINE,
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(slots=True)
class Left:
    """How many messages were not read because there are more than `MOST`; known when the first of them is read."""

    count: int = 0


@dataclass(frozen=True, slots=True)
class ImapServer:
    """Where the mailbox is and how to log in: by `password`, or by `token` (XOAUTH2) where there is one."""

    host: str
    user: str
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    port: int = 993
    security: Literal["tls", "none"] = "tls"
    cafile: Path | None = None
    folder: str = "INBOX"


def read_maildir(folder: Path, since: datetime, left: Left | None = None) -> Iterator[bytes]:
    """Yield the messages of a maildir that came since then; none of them is moved or marked as read.

    Of very many the newest; `left` is told how many were not read.

    Raises:
        ReadError: the folder is no maildir, or cannot be read.
    """
    places = [place for name in ("new", "cur") if (place := folder / name).is_dir()]
    if not places:
        raise ReadError(f"{folder} is no maildir: it has neither a folder new nor cur", "name the folder above them")
    try:
        found = [(entry.lstat(), entry) for place in places for entry in place.iterdir()]
    except OSError as error:
        raise ReadError(f"{folder} cannot be read: {error.strerror}", "check who owns it") from error
    times = sorted(
        (status.st_mtime, str(path))
        for status, path in found
        if stat.S_ISREG(status.st_mode) and status.st_mtime >= since.timestamp()
    )
    if left is not None:
        left.count = max(0, len(times) - MOST)
    for _, path in times[-MOST:]:
        with suppress(FileNotFoundError):  # a mail program has moved it from new to cur meanwhile
            yield _read_beginning(path)


def _read_beginning(path: str) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ReadError(f"{path} cannot be read: {error.strerror}", "check who owns it") from error
    with os.fdopen(handle, "rb") as stream:
        return stream.read(LONGEST)


def read_imap(server: ImapServer, since: datetime, left: Left | None = None) -> Iterator[bytes]:
    """Yield the messages of the folder that came since then; none of them is marked as read.

    Of very many the newest; `left` is told how many were not read.

    Raises:
        ReadError: the server cannot be reached or trusted, refuses the login, or has no such folder.
    """
    with _explained(server), _connected(server) as connection:
        _login(connection, server)
        answer, _ = connection.select(_folder_name(server.folder), readonly=True)
        if answer != "OK":
            raise ReadError(f"{server.host} has no folder {server.folder}", 'write folder = "INBOX" in [bounces]')
        day = since.astimezone(UTC)
        # a day more: the server counts days on a clock of its own
        wanted = f"{day.day:02d}-{_MONTHS[day.month - 1]}-{day.year:04d}"
        _, found = connection.uid("SEARCH", "SINCE", wanted)
        uids = (found[0] or b"").split() if found else []
        if left is not None:
            left.count = max(0, len(uids) - MOST)
        uids = uids[-MOST:]
        for start in range(0, len(uids), BATCH):
            yield from _fetch(connection, uids[start : start + BATCH])


@contextmanager
def _connected(server: ImapServer) -> Iterator[imaplib.IMAP4]:
    if server.security == "tls":
        context = ssl.create_default_context(cafile=str(server.cafile) if server.cafile else None)
        connection: imaplib.IMAP4 = imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=SECONDS)
    else:
        connection = imaplib.IMAP4(server.host, server.port, timeout=SECONDS)
    try:
        yield connection
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            connection.logout()


@contextmanager
def _explained(server: ImapServer) -> Iterator[None]:
    """Turn what the libraries raise into our errors; none of them holds the password."""
    place = f"{server.host}:{server.port}"
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        hint = "name the certificates to trust: cafile in [bounces]"
        raise ReadError(f"{place} cannot be trusted: {error.verify_message}", hint) from None
    except imaplib.IMAP4.error as error:
        raise ReadError(f"{place} does not do what is asked: {_hidden(server, error)}", "try later") from None
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        raise ReadError(f"{place} cannot be reached: {reason}", "check host and port in [bounces]; try later") from None


def _login(connection: imaplib.IMAP4, server: ImapServer) -> None:
    try:
        if server.token:
            said = f"user={server.user}\1auth=Bearer {server.token}\1\1".encode()
            connection.authenticate("XOAUTH2", lambda _: said)
        else:
            connection.login(server.user, server.password)
    except imaplib.IMAP4.error as error:
        raise ReadError(
            f"{server.host} refuses the login of {server.user}: {_hidden(server, error)}",
            "switch on IMAP in the mailbox's settings, and take the same 授权码 as for SMTP",
        ) from None
    # 163 and 126 refuse programs that do not say who they are (RFC 2971); the others do not mind
    with suppress(imaplib.IMAP4.error):
        connection.xatom("ID", '("name" "digest")')


def _hidden(server: ImapServer, error: Exception) -> str:
    """What the server said, on one line, without the password, whatever it repeated."""
    first = error.args[0] if error.args else ""
    said = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
    for secret in (server.password, server.token):
        said = said.replace(secret, "…") if secret else said
    return " ".join(said.split())[:200]


def _fetch(connection: imaplib.IMAP4, uids: list[bytes]) -> Iterator[bytes]:
    """The messages of a batch: the beginning of each, and more of those that came back."""
    numbers = b",".join(uids).decode("ascii")
    for head, data in _parts(connection, numbers, PEEK):
        uid = re.search(rb"\bUID (\d+)", head)
        cut = len(data) >= PEEK and uid is not None and _RETURNED.search(data)
        if not cut or uid is None:
            yield data
        else:
            yield from (whole for _, whole in _parts(connection, uid[1].decode("ascii"), LONGEST))


def _parts(connection: imaplib.IMAP4, numbers: str, size: int) -> list[tuple[bytes, bytes]]:
    _, found = connection.uid("FETCH", numbers, f"(UID BODY.PEEK[]<0.{size}>)")
    parts = []
    for at, part in enumerate(found):
        if isinstance(part, tuple):
            after = found[at + 1] if at + 1 < len(found) and isinstance(found[at + 1], bytes) else b""
            parts.append((part[0] + after, part[1][:size]))
    return parts


def _folder_name(name: str) -> str:
    """The name as IMAP writes it: quoted, and what is not ASCII in its own UTF-7 (RFC 3501, 5.1.3)."""

    def encode(match: re.Match[str]) -> str:
        coded = base64.b64encode(match[0].encode("utf-16-be")).decode("ascii")
        return f"&{coded.rstrip('=').replace('/', ',')}-"

    escaped = re.sub(r"[^ -~]+", encode, name.replace("&", "&-"))
    return '"' + escaped.replace("\\", "\\\\").replace('"', '\\"') + '"'
