"""Hears a server out, within limits: smtplib itself reads a reply of any number of lines, for as long as they come.

What was received and not read yet is kept here and not in a file object, so that it can be looked at without waiting.
"""

from __future__ import annotations

import smtplib
import ssl
import time
from functools import lru_cache
from typing import Any

LONGEST_REPLY = 65536
MOST_LINES = 100
CHUNK = 8192
ENDLESS = b"a reply without an end"


class NotSmtp(smtplib.SMTPResponseException):
    """What came is no reply: its first three characters are no number, or it has no end."""


class Hearing(smtplib.SMTP):
    """An smtplib connection whose replies are bounded: 64 KB, a hundred lines, and one time-out for all of a reply."""

    _ahead = b""
    _source: Any = None
    _hurried = False

    def getreply(self) -> tuple[int, bytes]:
        """The code of the reply and its lines; raises SMTPServerDisconnected, or NotSmtp with the connection closed."""
        self._forget_other_sockets()
        patience = self.sock.gettimeout() if self.sock is not None else None
        end = None if patience is None else time.monotonic() + patience
        lines: list[bytes] = []
        room, more = LONGEST_REPLY, True
        while more:
            line = self._read_line(room, end)
            room -= len(line)
            lines.append(line[4:].strip())
            more = line[3:4] == b"-"
            if not line[:3].isdigit():
                self._give_up(line)
            if more and len(lines) == MOST_LINES:
                self._give_up(ENDLESS)
        if self._hurried and self.sock is not None:
            self.sock.settimeout(patience)
            self._hurried = False
        return int(line[:3]), b"\n".join(lines)

    def peek(self) -> bytes | None:
        """What has come and was not read yet, without waiting: None if nothing, no bytes where the other side hung up.

        Raises OSError where the connection is broken.  The socket does not wait afterwards.
        """
        self._forget_other_sockets()
        if self._ahead:
            return self._ahead
        assert self.sock is not None
        self.sock.settimeout(0)
        try:
            self._ahead = self.sock.recv(CHUNK)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        return self._ahead

    def skip(self, count: int) -> None:
        """Passes over that many bytes of what `peek` showed."""
        self._ahead = self._ahead[count:]

    def _forget_other_sockets(self) -> None:
        """What came before the encryption (STARTTLS) is no reply to anything after it: anybody could have said it."""
        if self._source is not self.sock:
            self._source, self._ahead = self.sock, b""

    def _read_line(self, room: int, end: float | None) -> bytes:
        """The next line, where it is no longer than `room` and there until `end`."""
        waited = False
        while b"\n" not in self._ahead[: room + 1]:
            if len(self._ahead) > room:
                self._give_up(ENDLESS)
            try:
                self._receive(end, hurry=waited)
            except OSError as error:
                self.close()
                raise smtplib.SMTPServerDisconnected(f"Connection unexpectedly closed: {error}") from error
            waited = True
        line, _, self._ahead = self._ahead.partition(b"\n")
        return line

    def _receive(self, end: float | None, *, hurry: bool) -> None:
        """Takes in what comes next; with `hurry` the time-out is what is left of the reply's time."""
        if self.sock is None:
            raise ConnectionError
        if hurry and end is not None:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            self.sock.settimeout(left)
            self._hurried = True
        data = self.sock.recv(CHUNK)
        if not data:
            raise ConnectionError
        self._ahead += data

    def _give_up(self, said: bytes) -> None:
        self.close()
        raise NotSmtp(-1, said)


class HearingOverTls(Hearing, smtplib.SMTP_SSL):
    """The same, over TLS from the first byte."""


@lru_cache(maxsize=1)
def client_class() -> Any:
    """yagmail's client, whose `login` connects and encrypts as ever, with the classes above."""
    import yagmail  # takes 0.2 s

    class Client(yagmail.SMTP):  # type: ignore[misc]  # yagmail tells no types
        @property
        def connection(self) -> type[smtplib.SMTP]:
            return HearingOverTls if self.ssl else Hearing

    return Client
