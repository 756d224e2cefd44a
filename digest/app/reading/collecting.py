"""The sources on the web, many hosts at once; what concerns one host is done one after another."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from time import monotonic
from typing import TypeVar

from digest.app.reading.collected import Collected
from digest.app.reading.following import Checked, Curfew, Known, Tools, check_page, read_source
from digest.collect.cache import HttpCache
from digest.collect.http import Fetcher, Limits
from digest.config import CollectSettings, SourceSettings
from digest.guard import Guard
from digest.model import Article
from digest.urls import host_of

HOSTS = 16
"""So many hosts are read at once."""

GLANCE = 0.5
"""So many seconds pass at most until it is seen that the run is asked to end."""

CHECKING = 180.0
"""So many seconds of a run are spent at most on looking at pages again that were mailed before."""

LATE = "not done within {minutes:g} minutes; the next run reads on"
ASKED = "not done, since the run was asked to end; the next one reads on"

LEAN = {"PYPINYIN_NO_PHRASES": "true"}
"""Glosses are looked up character by character: the dictionary of phrases would cost every worker 45 MB."""

Result = TypeVar("Result")


class Collector:
    """Reads sources over the network; a context manager, since it holds connections and processes.

    `known` is asked by one thread at a time, under `lock`.  Each `collect` has the minutes that the configuration
    gives, counted from its own beginning: one edition's slow source costs no other edition its time.  After them, or
    when it is asked to end (`stopping`), nothing more is read: what was under way is broken off.
    """

    def __init__(
        self,
        settings: CollectSettings,
        environ: Mapping[str, str],
        clock: Callable[[], datetime],
        *,
        cache: HttpCache | None = None,
        known: Known | None = None,
        stopping: Callable[[], bool] = bool,
    ) -> None:
        limits = Limits(size=settings.megabytes * 1_000_000, seconds=settings.seconds)
        self._new_fetcher = partial(Fetcher, cache, limits=limits, environ=environ, clock=clock)
        self.lock = threading.Lock()
        guard = Guard(warm="digest.extract.announced", environ=LEAN, bare=True)  # a page finds no password there
        self.curfew = Curfew()
        self.tools = Tools(self._new_fetcher(), guard, _Locked(known, self.lock), environ, clock(), self.curfew)
        self._minutes = settings.deadline
        self._left = self._checking = min(CHECKING, self._minutes * 60.0)
        self._stopping = stopping
        self._open = ExitStack()

    def __enter__(self) -> Collector:
        self._open.enter_context(self.tools.fetcher)
        self._open.enter_context(self.tools.guard)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def collect(self, sources: Sequence[SourceSettings], baseline: Iterable[str] = ()) -> Iterator[Collected]:
        """Yield what came of each source, those done first first; of those named in `baseline` no page is read."""
        listed = frozenset(baseline)
        self._begin(self._minutes * 60.0)
        jobs = [
            (host_of(source.url or ""), partial(read_source, source, self.tools, baseline=source.name in listed))
            for source in sources
        ]
        yield from self._by_host(jobs)

    def check(self, pages: Sequence[tuple[Article, SourceSettings]]) -> Iterator[Checked]:
        """Yield how each article's page stands now; one that could not be asked for is left out.

        The time for it is short and its own, for all such looks together: readings lose nothing of theirs.
        """
        if self._checking <= 0:
            return
        self._begin(self._checking)
        begun = monotonic()
        jobs = [(host_of(article.url), partial(check_page, article, source, self.tools)) for article, source in pages]
        yield from (checked for checked in self._by_host(jobs) if checked is not None)
        self._checking -= monotonic() - begun

    def _begin(self, seconds: float) -> None:
        """Give what begins now so many seconds; what an earlier curfew closed is opened again, but not on the way out.

        Nothing is under way: whoever ended the reading before has waited for its threads.
        """
        self._left = seconds
        if self.curfew.told and not self._stopping():
            self.curfew.told = ""
            self.tools = replace(self.tools, fetcher=self._open.enter_context(self._new_fetcher()))

    def _by_host(self, jobs: Sequence[tuple[str, Callable[[], Result]]]) -> Iterator[Result]:
        """The results of the jobs as they come; those of one host are done by one thread, in their order."""
        hosts: dict[str, list[Callable[[], Result]]] = {}
        for host, job in jobs:
            hosts.setdefault(host, []).append(job)
        done: queue.SimpleQueue[tuple[Result] | None] = queue.SimpleQueue()

        def work(own: Sequence[Callable[[], Result]]) -> None:
            try:
                for job in own:
                    done.put((job(),))
            finally:
                done.put(None)  # this host is done, or its thread has failed

        begun = monotonic()
        threads = ThreadPoolExecutor(max(1, min(HOSTS, len(hosts))), thread_name_prefix="host")
        with ExitStack() as undo:
            undo.callback(threads.shutdown, cancel_futures=True)
            undo.callback(self.tools.fetcher.close)  # wakes those who wait, so that Ctrl-C need not
            running = [threads.submit(work, own) for own in hosts.values()]
            for _ in running:
                while (result := self._await(done, begun + self._left)) is not None:
                    yield result[0]
            for thread in running:
                thread.result()
            undo.pop_all()
        threads.shutdown()

    def _await(self, done: queue.SimpleQueue[tuple[Result] | None], end: float) -> tuple[Result] | None:
        """The next result; where time is up before it comes, reading ends, and it comes soon."""
        while not self.curfew.told:
            if self._stopping():
                self.end(ASKED)
            elif (left := end - monotonic()) <= 0:
                self.end(LATE.format(minutes=self._minutes))
            else:
                with suppress(queue.Empty):
                    return done.get(timeout=min(left, GLANCE))
        return done.get()

    def end(self, why: str) -> None:
        """End all reading: what is under way is broken off, what is still to come is not begun."""
        self.curfew.told = why
        self.tools.fetcher.close()


class _Locked:
    """What is known, asked by one thread at a time; nothing, where nothing is kept."""

    def __init__(self, known: Known | None, lock: threading.Lock) -> None:
        self._known, self._lock = known, lock

    def find_known(self, urls: Iterable[str], source: str) -> Mapping[str, Article]:
        """Of some URLs, the articles that the source has read from them."""
        if self._known is None:
            return {}
        with self._lock:
            return self._known.find_known(urls, source)

    def find_listed(self, source: str, mark: str) -> Sequence[Article] | None:
        """The articles of a source's list, where that very list was read to its end; else None."""
        if self._known is None:
            return None
        with self._lock:
            return self._known.find_listed(source, mark)
