"""Reading an edition's sources: each source once a run, and what was fetched is kept for the next one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from digest.app.reading.gather import Gathering, Place, Progress, gather
from digest.app.reading.offering import WINDOW, last_chance
from digest.app.reading.stale import stale_reason
from digest.app.state import data_folder
from digest.config import Settings, SourceSettings
from digest.errors import ConfigError
from digest.model import Edition
from digest.store import SourceReading, Store, Visit

if TYPE_CHECKING:
    from digest.app.reading.collected import Collected
    from digest.app.reading.collecting import Collector
    from digest.collect.cache import HttpCache

BATCH = 300
"""So many articles are written to the store at once."""

CACHED = timedelta(days=30)
"""A body nobody asked for in so long is dropped from the HTTP cache."""

FORGOTTEN = timedelta(days=3)
"""What was kept so lately, or since the last issue, and never offered is offered now."""

RESTED = timedelta(hours=6)
"""A mailed page looked at so recently is left in peace."""

MOST_TOLD = 3
"""So many unreadable files of a folder are named in its record."""

MOST_CHECKED = 100
"""So many mailed pages are looked at again in one run, at most."""


class Reader:
    """Reads the sources of editions; a context manager.

    With a `store` it asks for no page that was read before; where it `keeps`, what it fetches is written there.  With
    `lists_only` it reads what the sources announce, and no page behind it.  `announce` is told of every source as it
    is done; once `stopping` says so, nothing more is read.
    """

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str],
        clock: Callable[[], datetime],
        store: Store | None = None,
        *,
        keeps: bool = False,
        lists_only: bool = False,
        announce: Callable[[str], None] | None = None,
        stopping: Callable[[], bool] = bool,
    ) -> None:
        self._settings = settings
        self._environ = environ
        self._clock = clock
        self._store = store
        self._keeps = keeps and store is not None
        self._lists_only = lists_only
        self._announce = announce
        self._stopping = stopping
        self._open = ExitStack()
        self._collector: Collector | None = None
        self._cache: HttpCache | None = None
        self._collected: dict[str, Collected] = {}
        self._gathered: set[str] = set()
        self._folders: dict[str, SourceReading] = {}

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def gather(
        self, edition: Edition, progress: Progress | None = None, only: Collection[str] | None = None
    ) -> Gathering:
        """Return what the sources of an edition hold, or those of them that `only` names."""
        forgotten = self._find_forgotten(edition)
        if edition.name not in self._gathered:  # its time begins now: what had no turn in another's is asked for
            self._gathered.add(edition.name)
            self._collected = {name: part for name, part in self._collected.items() if part.asked}
        before = self._store.source_health() if self._store else {}
        places = [place for place in source_places(self._settings, edition) if only is None or place.name in only]
        found = gather(places, progress, self._collect)
        self._note_folders(places, found)
        read = set(found.kept)
        found.kept.extend(key for key in forgotten if key not in read)
        found.stale = {key: reason for key, reason in found.stale.items() if key not in forgotten}
        found.stale |= {key: reason for key, reason in forgotten.items() if reason}
        gone = [part.source.name for part in self._collected.values() if part.gone and part.source.kind == "page"]
        found.left = {name for name in gone if name in before and before[name].last_good and before[name].failures}
        return found

    def _find_forgotten(self, edition: Edition) -> dict[str, str]:
        """Return what an earlier run kept and did not offer, since it broke off, and why it is no news, if it is none.

        What was news when it was first seen is news.
        """
        store, now = self._store, self._clock()
        if not (self._keeps and store):
            return {}
        sources = {source.name: source for source in self._settings.sources_of(edition) if source.on_web}
        since = min(now - FORGOTTEN, last_chance(store, edition, now) or now)
        articles = store.find_unoffered(edition.name, sources, since)
        found = {article.key: stale_reason(article, sources[article.source].max_age, now) for article in articles}
        for article in articles:
            if found[article.key]:
                seen = next((trace.first_seen for trace in store.trace(article.key) if trace.key == article.key), now)
                found[article.key] = stale_reason(article, sources[article.source].max_age, seen)
        return found

    def check_mailed(self) -> None:
        """Look again at the pages mailed in the last days, and keep what changed or is gone."""
        days = self._settings.collect.recheck
        store, now = self._store, self._clock()
        if not (self._keeps and store and days) or self._stopping():
            return
        sources = {source.name: source for source in self._settings.source if source.on_web and not source.paused}
        mailed = store.recheckable(now - timedelta(days=days), now - RESTED, MOST_CHECKED)
        pages = [(article, sources[article.source]) for article in mailed if article.source in sources]
        if not pages:
            return
        visits = []
        for checked in self._open_collector().check(pages):
            key = None
            if checked.found and checked.found.document:
                pair = (checked.found.article, checked.found.document)
                key = store.record_fetched([pair], now)[checked.found.article.key]
            visits.append(Visit(checked.article.url, key, checked.article.source, checked.status))
        store.record_visits(visits, now)

    def tidy(self) -> None:
        """End a run: write how the folders fared, drop old original bytes and cached bodies that nobody asked for."""
        if self._keeps and self._store:
            now = self._clock()
            if self._folders:
                self._store.record_sources(self._folders.values(), now)
            self._store.forget_originals(now - timedelta(days=self._settings.store.keep_originals))
            if self._cache:
                self._cache.forget(now - CACHED)

    def _collect(self, sources: Sequence[SourceSettings]) -> Iterator[Collected]:
        """What came of the sources: read now, or by an earlier edition of this run."""
        missing = [source for source in sources if source.name not in self._collected]
        yield from (self._collected[source.name] for source in sources if source.name in self._collected)
        if not missing:
            return
        waiting: list[Collected] = []
        for part in self._open_collector().collect(missing, self._baseline(missing)):
            if self._announce:
                self._announce(part.told)
            waiting.append(part)
            if sum(len(one.found) for one in waiting) >= BATCH:
                self._keep(waiting)
                waiting = []
            self._collected[part.source.name] = part
            yield part
        self._keep(waiting)

    def _baseline(self, sources: Sequence[SourceSettings]) -> list[str]:
        """The sources whose pages are not read: only what comes after now is wanted of them."""
        if self._lists_only:
            return [source.name for source in sources]
        store = self._store
        return [s.name for s in sources if s.only_new and store is not None and store.is_new_source(s.name)]

    def _keep(self, parts: list[Collected]) -> None:
        """Write articles, their original bytes, visits and the health of the sources, and let go of what is written."""
        store, collector = self._store, self._collector
        now, kept = self._clock(), None
        if self._keeps and store and collector and parts:
            with collector.lock:
                found = [(part.source.name, one) for part in parts for one in part.found if one.document]
                kept = store.record_fetched([(one.article, one.document) for _, one in found if one.document], now)
                pages = [Visit(one.page, kept[one.article.key], name, 200) for name, one in found if one.page]
                store.record_visits(pages, now)
                for part in parts:
                    self._offer_baseline(store, part, kept, now)
                self._offer(store, parts, kept, now)
                # last of all: once a source counts as read, its baseline is not looked at again
                store.record_sources([_reading_of(part, kept) for part in parts if not part.late], now)
        for part in parts:
            part.release(kept)

    def _note_folders(self, places: Sequence[Place], found: Gathering) -> None:
        """Note how the folders fared: `tidy` writes it, for a folder counts as read once its articles are kept."""
        folders = {place.name for place in places if not place.source} - self._folders.keys()
        if not (self._keeps and self._store and folders):
            return
        articles = [article for article in found.articles if article.source in folders]
        seen = self._store.first_seen(article.key for article in articles)
        new = Counter(article.source for article in articles if article.key not in seen)
        reports = [report for report in found.reports if report.name in folders]
        readings = [SourceReading(one.name, _told(one.problems), one.articles, new[one.name]) for one in reports]
        self._folders |= {reading.name: reading for reading in readings}

    def _offer_baseline(self, store: Store, part: Collected, kept: Mapping[str, str], now: datetime) -> None:
        """Close what was there before a source was added to every edition that reads it, also to those due later."""
        keys = [kept[one.article.key] for one in part.found if one.article.key in kept] if part.baseline else []
        for edition in self._settings.editions() if keys else ():
            if part.source in self._settings.sources_of(edition):
                store.offer_baseline(edition.name, keys, now)

    def _offer(self, store: Store, parts: Sequence[Collected], kept: Mapping[str, str], now: datetime) -> None:
        """Offer what was read now to every edition that reads its source, also to those due later.

        A weekly edition beside a daily one has what the daily runs read, as new as it was when they read it.
        """
        for edition in self._settings.editions():
            own = {source.name for source in self._settings.sources_of(edition)}
            fresh = [one for part in parts if part.source.name in own for one in part.found if one.document]
            if fresh:
                stale = {kept[one.article.key]: one.stale for one in fresh if one.stale}
                store.offer(edition.name, [kept[one.article.key] for one in fresh], now, WINDOW, stale)

    def _open_collector(self) -> Collector:
        if self._collector is None:
            from digest.app.reading.collecting import Collector
            from digest.collect.cache import HttpCache

            folder = cache_folder(self._settings)
            self._cache = HttpCache(folder) if folder else None
            self._collector = self._open.enter_context(
                Collector(
                    self._settings.collect,
                    self._environ,
                    self._clock,
                    cache=self._cache,
                    known=self._store,
                    stopping=self._stopping,
                )
            )
        return self._collector


def _reading_of(part: Collected, kept: Mapping[str, str]) -> SourceReading:
    """How the reading of a source went, for the store."""
    fresh = sum(one.fresh and not one.stale for one in part.found)
    count = part.listed or len(part.found)
    keys = tuple(kept.get(one.article.key, one.article.key) for one in part.found) if part.mark else ()
    return SourceReading(part.source.name, "; ".join(part.problems), count, fresh, part.baseline, part.mark, keys)


def _told(problems: Sequence[str]) -> str:
    """The first of many unreadable files, and how many more there are."""
    more = len(problems) - MOST_TOLD
    return "; ".join((*problems[:MOST_TOLD], *([f"and {more} more"] if more > 0 else [])))


def source_places(settings: Settings, edition: Edition) -> list[Place]:
    """Return where an edition's articles come from."""
    return [
        Place(source.name, source.path, source if source.on_web else None) for source in settings.sources_of(edition)
    ]


def cache_folder(settings: Settings) -> Path | None:
    """Return the folder of the HTTP cache, beside the database; None where the store is no file."""
    try:
        return data_folder(settings) / "http-cache"
    except ConfigError:
        return None
