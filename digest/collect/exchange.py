"""One request and its whole answer: in its host's lane, under the watchdog's eye, counted."""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime

from digest.collect.access import Access
from digest.collect.answers import PAGES, REDIRECTS, Reply, judge
from digest.collect.hosts import Lane, Line
from digest.collect.proxies import find_proxy
from digest.collect.reading import drain, read_body
from digest.collect.retrying import AgainError, Allowance, Limits
from digest.collect.targets import Target
from digest.collect.tls import Contexts
from digest.collect.trouble import FAILURES, explain
from digest.collect.watchdog import Watch, Watchdog
from digest.errors import FetchError

MOST_IDLE = 32
"""So many connections are kept open for hosts that may be asked again; each takes two of the process's open files."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What was done so far: `transferred` counts the bytes of bodies as they came over the wire."""

    requests: int = 0
    not_modified: int = 0
    transferred: int = 0
    cache_hits: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, with which headers, for which source; at most `size` bytes, or, with `cut`, the first."""

    target: Target
    headers: Mapping[str, str]
    access: Access
    size: int
    cut: bool = False


class _SlowError(FetchError):
    """An answer that was not whole in time; `silent` where not even its headers were."""

    silent = False


class Exchange:
    """The connections to all hosts.  Safe for threads; after `close` nothing is asked any more."""

    def __init__(self, limits: Limits, environ: Mapping[str, str], clock: Callable[[], datetime]) -> None:
        self._limits, self._environ, self._clock = limits, environ, clock
        self._contexts, self._watchdog = Contexts(), Watchdog()
        self._lanes: dict[str, Lane] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._connected = itertools.count(1)
        self.traffic = Traffic()

    def ask(self, request: Request, delay: float, allowance: Allowance) -> Reply:
        """The answer: a page, a redirect, or "not modified" where the headers ask for that.

        Args:
            request: what is asked for.
            delay: seconds since the last request to the host.
            allowance: what the fetch may still cost; waiting for others costs nothing.

        Raises:
            FetchError: it is something else, for good.
            AgainError: it may be something else the next time.
        """
        lane = self._lane(request.target.host)
        with lane.turn(delay, self._limits.longest_wait, self.sleep), allowance.spending() as deadline:
            reply = self._hear(lane, request, deadline)
            conditional = "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
            if reply.status in REDIRECTS or (reply.status == 304 and conditional):
                return reply
            judged = judge(reply, request.target.name, self._clock())
            if isinstance(judged, AgainError):
                lane.wait_for(judged.wait)
            if judged is not None:
                raise judged
            return reply

    def sleep(self, seconds: float) -> None:
        """Waits, but not beyond the closing."""
        if self._closing.wait(seconds):
            raise _stopped()

    def count(self, **more: int) -> None:
        """Adds to the traffic."""
        with self._lock:
            done = self.traffic
            self.traffic = replace(done, **{name: getattr(done, name) + by for name, by in more.items()})

    def close(self) -> None:
        """Stops what is under way and ends every connection."""
        self._closing.set()
        self._watchdog.close()
        with self._lock:
            lanes = list(self._lanes.values())
        for lane in lanes:
            lane.close()

    def _lane(self, host: str) -> Lane:
        with self._lock:
            if host not in self._lanes:
                self._lanes[host] = Lane(host, patience=2 * self._limits.tries)
            return self._lanes[host]

    def _hear(self, lane: Lane, request: Request, deadline: float) -> Reply:
        """The answer, and a note in the lane whether there was one."""
        if self._closing.is_set():
            raise _stopped()
        try:
            reply = self._ask(lane, request, deadline)
        except AgainError:
            lane.unheard()
            raise
        except _SlowError as slow:
            # it is not tried again, for that would take as long
            lane.unheard(self._limits.tries if slow.silent else 1)
            raise
        lane.heard()
        return reply

    def _ask(self, lane: Lane, request: Request, deadline: float) -> Reply:
        """The answer on the lane's connection; once more on a new one, where the server had just closed the old one."""
        line = self._line(lane, request.target, request.access)
        reused, line.used = line.used, True
        with self._watchdog.watch(line.leash, deadline) as watch, ExitStack() as undo:
            undo.callback(lane.drop_line)
            try:
                reply = self._converse(line, request, deadline)
                self._refuse_cut(watch, line, request.target)
            except FAILURES as error:
                self._refuse_cut(watch, line, request.target, late=time.monotonic() >= deadline - 0.01)
                if not (reused and isinstance(error, (ConnectionError, http.client.RemoteDisconnected))):
                    raise explain(error, request.target, request.access) from None
            else:
                undo.pop_all()
                return reply
        return self._ask(lane, request, deadline)

    def _line(self, lane: Lane, target: Target, access: Access) -> Line:
        private = access.opens(target.place)
        proxy = None if private else find_proxy(self._environ, target)
        context = self._contexts.context(access) if target.scheme == "https" else None
        key = (target.scheme, target.place, context, proxy, private)

        def connect() -> Line:
            if next(self._connected) % MOST_IDLE == 0:
                self._end_idle()
            return Line(target, proxy, context, private)

        return lane.line(key, connect)

    def _end_idle(self) -> None:
        """Ends the connections that were not used for longest, however many hosts have been met."""
        with self._lock:
            lanes = [(lane.idle_since, lane) for lane in self._lanes.values()]
        used = sorted((since, number) for number, (since, _) in enumerate(lanes) if since != float("inf"))
        for _, number in used[:-MOST_IDLE]:
            lanes[number][1].rest()

    def _converse(self, line: Line, request: Request, deadline: float) -> Reply:
        self.count(requests=1)
        response = line.ask(request.target, request.headers, deadline)
        headers = {name.lower(): value for name, value in response.headers.items()}
        cookies = tuple(response.headers.getlist("set-cookie"))
        body = b""
        try:
            if response.status in PAGES:
                body = read_body(response, request.size, request.target.name, cut=request.cut)
            elif response.status != http.client.NOT_MODIFIED:  # which has no body, whatever its headers say
                drain(response)
        finally:
            self.count(transferred=response.tell())
        if not response.closed or line.ended:
            line.close()
        return Reply(response.status, headers, body, cookies)

    def _refuse_cut(self, watch: Watch, line: Line, target: Target, *, late: bool = False) -> None:
        """Raises where the watchdog ended the connection: what came then looks whole, and is not."""
        if self._closing.is_set():
            raise _stopped()
        if watch.cut or late:
            slow = _SlowError(f"{target.name} took longer than {self._limits.seconds:g} s", "try later", passing=True)
            slow.silent = line.silent
            raise slow


def _stopped() -> FetchError:
    return FetchError("the fetching was stopped", "run it again", passing=True)
