"""What digest doctor says of running by itself: what calls digest, the calendar, and who hears where it fails."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from digest.app.doctor.finding import Finding
from digest.app.operation.matters import Matter
from digest.app.operation.planning import find_cautions
from digest.app.operation.service import Service, look_at_service
from digest.app.timetable import unknown_holidays
from digest.config import Settings
from digest.errors import DigestError, FetchError

SECONDS = 10


def examine_service(
    settings: Settings, environ: Mapping[str, str], now: datetime, origin: str, data_dir: Path | None
) -> Iterator[Finding]:
    """Yield what is found of everything that makes it run every morning without anybody."""
    service = look_at_service(origin, data_dir, now)
    yield _schedule(service)
    if service.timers:
        for caution in find_cautions(settings, environ):
            yield Finding("schedule", "warn", caution, "see digest schedule show")
    yield _calendar(settings, now)
    yield _operator(settings)
    if settings.monitoring.heartbeat:
        yield _heartbeat(settings, environ, now)
    if settings.monitoring.textfile:
        yield _textfile(settings.monitoring.textfile)


def _schedule(service: Service) -> Finding:
    if service.trouble:
        return Finding("schedule", "warn", service.trouble, "start it again: digest daemon")
    if not service.runs:
        seen = "nothing that calls digest by itself is seen here"
        return Finding("schedule", "warn", seen, "digest schedule install; or digest daemon, or a container")
    ways = (*service.timers, *(["a daemon"] if service.beat else []))
    return Finding("schedule", "ok", f"called by {', '.join(ways)}")


def _calendar(settings: Settings, now: datetime) -> Finding:
    try:
        year = unknown_holidays(settings, now.astimezone(ZoneInfo(settings.timezone)).date())
    except DigestError as error:
        return Finding("calendar", "FAIL", error.message, error.hint)
    if year:
        matter = Matter("calendar", str(year))
        return Finding("calendar", "warn", matter.words(), matter.remedy())
    return Finding("calendar", "ok", f"workdays as in {settings.calendar.country}, all that is needed is known")


def _operator(settings: Settings) -> Finding:
    told = ", ".join(operator.address for operator in settings.monitoring.operator)
    if told:
        return Finding("operator", "ok", f"{told} is mailed when an edition fails")
    remedy = 'name somebody: operator = ["me@example.cn"] in [monitoring]'
    return Finding("operator", "warn", "nobody is mailed when an edition fails", remedy)


def _heartbeat(settings: Settings, environ: Mapping[str, str], now: datetime) -> Finding:
    """Whether its server answers at all: the URL itself would be told of a delivery that was none."""
    from digest.collect.access import Access, place_of
    from digest.collect.http import Fetcher, Limits

    parts = urlsplit(settings.monitoring.heartbeat or "")
    front = f"{parts.scheme}://{parts.netloc}/"
    limits = Limits(size=1_000_000, seconds=SECONDS, tries=1, longest_wait=0)
    try:
        access = Access(robots=False, allow_private=place_of(front), delay=0)
        with Fetcher(limits=limits, environ=environ, clock=lambda: now) as fetcher:
            fetcher.fetch(front, access)
    except FetchError as error:
        if not error.status:
            return Finding("heartbeat", "FAIL", error.message, "check [monitoring] heartbeat, and the network")
    return Finding("heartbeat", "ok", f"{parts.hostname} answers; the URL itself is asked after each delivery")


def _textfile(path: Path) -> Finding:
    folder = next(folder for folder in path.parents if folder.exists())
    if not os.access(folder, os.W_OK | os.X_OK) or path.is_dir():
        return Finding(
            "metrics",
            "FAIL",
            f"{path} cannot be written",
            f"allow it, or choose another [monitoring] textfile: {folder}",
        )
    if path.suffix != ".prom":
        return Finding(
            "metrics", "warn", f"{path} does not end in .prom, and node_exporter reads no other", "rename it"
        )
    return Finding("metrics", "ok", f"{path} is written after each run")
