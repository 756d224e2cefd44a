"""One host after another in its own lane: one connection, one request at a time, a pause between two.

Lanes of different hosts know nothing of each other and run side by side.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from urllib3.response import HTTPResponse

from digest.collect.connecting import Dial, PlainConnection, SecureConnection, check_target
from digest.collect.proxies import Proxy
from digest.collect.targets import Target
from digest.errors import FetchError

SILENT_SECONDS = 60.0
"""A host that has not answered many times in a row is left alone so long: its other pages would only wait, too."""
A_DAY = 86_400.0


class Line:
    """One connection to one host, kept open from request to request.

    `used` says that it has carried a request, `silent` that the last one has no answer so far.
    """

    def __init__(self, target: Target, proxy: Proxy | None, context: ssl.SSLContext | None, private: bool) -> None:
        self._target, self._proxy = target, proxy
        self._dial = Dial(proxy.host, proxy.port, private=True) if proxy else Dial(target.host, target.port, private)
        self._conn: PlainConnection | SecureConnection
        if context is None:
            self._conn = PlainConnection(self._dial.host, self._dial.port)
        else:
            self._conn = SecureConnection(self._dial.host, self._dial.port, ssl_context=context)
            if proxy:
                self._conn.set_tunnel(target.host, target.port, proxy.headers)
        self._conn.dial = self._dial
        self._conn.response_class = self._conn.make_answer  # type: ignore[assignment]  # all it does is to make one
        self.used = False
        self.silent = True

    def leash(self) -> socket.socket | None:
        """What ends the connection from outside."""
        return self._conn.leash

    @property
    def open(self) -> bool:
        """Whether the connection can carry another request."""
        return not self._conn.is_closed and self._conn.is_connected

    @property
    def ended(self) -> bool:
        """Whether it carries no further request; an answer may still be read from it."""
        return self._conn.is_closed

    def ask(self, target: Target, headers: Mapping[str, str], deadline: float) -> HTTPResponse:
        """The answer to a GET, its body not read yet.

        Raises:
            FetchError: the host may not be connected to.
            OSError, http.client.HTTPException, urllib3.exceptions.HTTPError: it does not answer.
        """
        self._dial.deadline, self.silent = deadline, True
        if self._proxy and self._conn.is_closed:
            check_target(target.host, self._dial.left())
        self._conn.timeout = self._dial.left()
        forwarded = self._proxy is not None and target.scheme == "http"
        if forwarded and self._proxy:
            headers = {**headers, **self._proxy.headers}
        self._conn.request("GET", target.url if forwarded else target.path, headers=headers, preload_content=False)
        response = self._conn.getresponse()
        self.silent = False
        return response

    def close(self) -> None:
        """Ends the connection."""
        try:
            self._conn.close()
        finally:
            self._conn.let_go()


class Lane:
    """What is kept of one host: its open line, when it was last asked, and how it behaves."""

    def __init__(self, host: str, patience: int) -> None:
        self.host = host
        self._patience = patience
        self._lock = threading.Lock()
        self._line: Line | None = None
        self._line_key: object = None
        self._ended = float("-inf")
        self._not_before = float("-inf")
        self._silent = 0
        self._silent_until = float("-inf")

    @contextmanager
    def turn(self, delay: float, longest_wait: float, sleep: Callable[[float], None]) -> Iterator[None]:
        """The block runs when no other request to the host does, `delay` seconds after the last one.

        Raises:
            FetchError: the host wants to be left alone for longer than we wait, or does not answer anyone.
        """
        with self._lock:
            now = time.monotonic()
            if self._silent >= self._patience and now < self._silent_until:
                silent = f"{self.host} has not answered many times in a row and is left alone for a minute"
                raise FetchError(silent, "try again later", passing=True)
            pause = max(self._ended + delay, self._not_before) - now
            if self._not_before - now > longest_wait:
                wait = f"{self.host} asks to be left alone for another {self._not_before - now:.0f} s"
                raise FetchError(wait, "try again later, and set a longer delay for this source", passing=True)
            if pause > 0:
                sleep(pause)
            try:
                yield
            finally:
                self._ended = time.monotonic()

    def line(self, key: object, make: Callable[[], Line]) -> Line:
        """The open connection, where it is of the same key, else a new one.  To be called in one's turn.

        The key holds everything that was checked when connecting: who may not reach a private host must not be given
        the connection of a source that may.
        """
        if self._line is not None and (self._line_key != key or not self._line.open):
            self.drop_line()
        if self._line is None:
            self._line, self._line_key = make(), key
        return self._line

    def drop_line(self) -> None:
        """Ends the connection, whose state nobody knows any more.  To be called in one's turn."""
        if self._line is not None:
            with suppress(OSError, http.client.HTTPException):
                self._line.close()
            self._line = None

    def wait_for(self, seconds: float) -> None:
        """Nobody asks the host again for so many seconds."""
        self._not_before = max(self._not_before, time.monotonic() + min(seconds, A_DAY))

    def heard(self) -> None:
        """Notes that the host answers."""
        self._silent = 0

    def unheard(self, times: int = 1) -> None:
        """Notes that the host did not answer."""
        self._silent += times
        self._silent_until = time.monotonic() + SILENT_SECONDS

    @property
    def idle_since(self) -> float:
        """When the host last answered, by `time.monotonic`; infinity where no connection is open."""
        return self._ended if self._line is not None else float("inf")

    def rest(self) -> None:
        """Ends the connection, unless it is in use."""
        if self._lock.acquire(blocking=False):
            self.drop_line()
            self._lock.release()

    def close(self) -> None:
        """Ends the connection; one that is in use at this moment is ended by its user, who hears of it."""
        if self._lock.acquire(timeout=0.5):
            self.drop_line()
            self._lock.release()
