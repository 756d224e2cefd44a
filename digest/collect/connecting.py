"""Connections that reach only what they may: looked up once, every address checked, connected to what was checked.

Between a check of a name and a connection by that name, the name could come to mean another address (DNS rebinding).
So urllib3's connections are given sockets that are connected to the very addresses that were looked at.
"""

from __future__ import annotations

import http.client
import logging
import queue
import socket
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

import urllib3.connection

from digest.collect.addresses import is_local_name, is_public, literal_address
from digest.errors import FetchError

MOST_ADDRESSES = 8
LONGEST_CONNECT = 10.0
"""Seconds for one of a host's addresses, so that a dead first one leaves time for the next."""

# urllib3 warns of malformed headers with the whole URL, which may hold a secret
logging.getLogger("urllib3").setLevel(logging.ERROR)

_Address = tuple[Any, ...]
_PRIVATE_HINT = "only a source's own address may be private: allow_private = true in its [[source]], or --allow-private"


@dataclass(slots=True)
class Dial:
    """Where a connection goes to.  `private`: it may lie in this network; `deadline` is of `time.monotonic`."""

    host: str
    port: int
    private: bool = False
    deadline: float = 0.0

    def left(self) -> float:
        """The seconds that are left, at least a few milliseconds: 0 would mean never to wait."""
        return max(self.deadline - time.monotonic(), 0.005)


class _Dialled:
    """Gives urllib3's connections their sockets, and keeps a second handle on each.

    The second handle, `leash`, is what a watchdog pulls: it works in the middle of a TLS handshake, and after the
    connection was closed while its response is still being read.  `answer` is what that response reads from; nobody
    else would close it where urllib3 does not like the headers.
    """

    dial: Dial
    leash: socket.socket | None = None
    answer: http.client.HTTPResponse | None = None

    def make_answer(self, *args: Any, **named: Any) -> http.client.HTTPResponse:
        """Makes an answer as `http.client` does, and remembers it."""
        self.answer = http.client.HTTPResponse(*args, **named)
        return self.answer

    def let_go(self) -> None:
        """Closes every handle on the connection; while one is open, the server does not hear of the end."""
        for handle in (self.answer, self.leash):
            if handle is not None:
                handle.close()

    def _new_conn(self) -> socket.socket:
        made = connect_checked(self.dial)
        self.leash = made.dup()
        return made


class PlainConnection(_Dialled, urllib3.connection.HTTPConnection):
    """An HTTP connection to a checked address."""


class SecureConnection(_Dialled, urllib3.connection.HTTPSConnection):
    """An HTTPS connection to a checked address."""


def connect_checked(dial: Dial) -> socket.socket:
    """Return a socket that is connected to the host, all of whose addresses were found to be allowed.

    Raises:
        FetchError: one of them is private (a set that mixes both is refused), or the name is not known.
        OSError: none of them answers.
    """
    found = look_up(dial.host, dial.port, dial.left())
    if not dial.private:
        _refuse_private(dial.host, [str(address[4][0]) for address in found])
    failed: OSError | None = None
    for tried, (family, kind, protocol, _, place) in enumerate(found[:MOST_ADDRESSES], 1):
        with ExitStack() as undo:
            made = undo.enter_context(socket.socket(family, kind, protocol))
            try:
                made.settimeout(min(LONGEST_CONNECT, dial.left() / (len(found[:MOST_ADDRESSES]) - tried + 1)))
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                made.connect(place)
                made.settimeout(dial.left())
            except OSError as error:
                failed = error
            else:
                undo.pop_all()
                return made
    raise failed or OSError("no address")


def check_target(host: str, seconds: float) -> None:
    """Return where a host may be asked for through a proxy, which will look it up by itself.

    A name that cannot be looked up here (many a network leaves that to its proxy) is judged by its spelling.

    Raises:
        FetchError: it is, or leads to, a private address.
    """
    literal = literal_address(host)
    if literal or is_local_name(host):
        _refuse_private(host, [literal])
        return
    try:
        found = look_up(host, 0, min(seconds, LONGEST_CONNECT))
    except (FetchError, OSError):
        return
    _refuse_private(host, [str(address[4][0]) for address in found])


def look_up(host: str, port: int, seconds: float) -> list[_Address]:
    """Return what `getaddrinfo` finds for a host, within a time: the system's own limit may be half a minute.

    Raises:
        FetchError: nothing is found.
        OSError: the name server fails for the moment.
    """
    answers: queue.SimpleQueue[list[_Address] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(list(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    if literal_address(host):
        ask()
    else:
        threading.Thread(target=ask, daemon=True, name=f"look up {host}").start()
    answer: list[_Address] | OSError | UnicodeError
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise FetchError(f"looking up {host} took too long", "check the network's name server", passing=True) from None
    if isinstance(answer, list) and answer:
        return answer
    if isinstance(answer, socket.gaierror) and answer.errno == socket.EAI_AGAIN:
        raise answer
    hint = "check its spelling, and whether this computer is online"
    raise FetchError(f"no address is known for {host}", hint, passing=True)


def pull(leash: socket.socket) -> None:
    """Ends the connection that a leash belongs to, at once, whoever is reading from it."""
    with suppress(OSError):
        leash.shutdown(socket.SHUT_RDWR)


def _refuse_private(host: str, addresses: list[str]) -> None:
    for address in addresses:
        if not is_public(address):
            shown = f" ({address})" if address not in ("", host) else ""
            raise FetchError(f"{host} is a private address{shown} and is not fetched", _PRIVATE_HINT)
