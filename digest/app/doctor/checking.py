"""digest doctor: everything a run needs, tried one after another, each failure with its remedy."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from digest.app.doctor.finding import Finding, attempt
from digest.app.doctor.keeping_check import examine_keeping
from digest.app.doctor.machine_check import (
    examine_clock,
    examine_files,
    examine_versions,
)
from digest.app.doctor.mail_check import examine_mail
from digest.app.doctor.service_check import examine_service
from digest.app.doctor.trial import try_all_themes
from digest.app.reading.reader import Reader
from digest.app.recipients.roster import resolve_recipients
from digest.app.slots import last_slot
from digest.app.state import data_folder, has_database, place_of
from digest.app.timetable import timetable_of
from digest.config import Settings
from digest.errors import DigestError, StoreError
from digest.model import Edition
from digest.schedule.due import due_slot
from digest.schedule.timetable import Timetable
from digest.store import Store, copy_for_dry_run, empty_store, name_place


def examine(
    settings: Settings, environ: Mapping[str, str], now: datetime, origin: str = "", data_dir: Path | None = None
) -> Iterator[Finding]:
    """Yield a finding for everything that a run needs; nothing is changed and nothing is sent.

    `origin` is the path of the configuration, `data_dir` the data folder where one was named.
    """
    yield examine_versions()
    yield examine_clock(settings, now)
    yield from examine_files(settings, origin)
    yield from _sources(settings, environ, now)
    yield attempt("templates", lambda: _templates(settings, now))
    opened, finding = _open_store(settings)
    yield finding
    with opened as store:
        for edition in settings.editions():
            yield from _edition(settings, edition, store, now)
        yield from examine_mail(settings, environ, store, now, origin)
    yield from _keeping(settings, now)
    yield from examine_service(settings, environ, now, origin, data_dir)


def _keeping(settings: Settings, now: datetime) -> Iterator[Finding]:
    try:
        yield from examine_keeping(settings, now)
    except DigestError:
        return  # the database is nowhere, which the finding of the store says


def _sources(settings: Settings, environ: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    """Each source once, whichever editions read it."""
    editions = settings.editions()
    if not editions:
        return
    read = tuple(dict.fromkeys(name for edition in editions for name in edition.sources))
    with Reader(settings, environ, lambda: now, lists_only=True) as reader:
        reports = reader.gather(replace(editions[0], sources=read)).reports
    on_web = {source.name for source in settings.source if source.on_web}
    for report in reports:
        seen = f"{report.articles} articles"
        asked = "digest sources check; digest sources test URL shows what comes of it" if report.name in on_web else ""
        if report.problems:
            more = f" (and {len(report.problems) - 1} more)" if len(report.problems) > 1 else ""
            told = f"{seen}; {report.problems[0]}{more}"
            yield Finding(f"source {report.name}", "FAIL", told, asked or "mend or remove the file")
        else:
            remedy = asked or "put articles there: txt, md, html, json"
            yield Finding(f"source {report.name}", "ok" if report.articles else "FAIL", seen, remedy)


def _edition(settings: Settings, edition: Edition, store: Store, now: datetime) -> Iterator[Finding]:
    name = f"edition {edition.name}"
    try:
        roster = resolve_recipients(settings, edition, store)
    except DigestError as error:
        yield attempt(name, partial(_raise, error))
        return
    timetable = timetable_of(settings, edition)
    due = due_slot(timetable, now, last_slot(store, edition.name, now))
    when = f"the issue of {due:%Y-%m-%d %H:%M} is due now" if due else _upcoming(timetable, now)
    left_out = f" ({roster.suppressed} more left out)" if roster.suppressed else ""
    seen = f"{len(roster.recipients)} recipients{left_out}, {when}"
    if not roster.recipients:
        remedy = "digest recipients list says why" if roster.suppressed else "digest recipients add me@example.cn"
        yield Finding(name, "FAIL", f"no recipients{left_out}, {when}", remedy)
    elif roster.problems:
        yield Finding(name, "warn", f"{seen}; {'; '.join(roster.problems)}", "mend the list: the others get their mail")
    else:
        yield Finding(name, "ok", seen)


def _raise(error: DigestError) -> str:
    raise error


def _upcoming(timetable: Timetable, now: datetime) -> str:
    slot = timetable.following(now)
    return f"next due {slot:%Y-%m-%d %H:%M} {timetable.zone.key}" if slot else "not due within a year"


def _templates(settings: Settings, now: datetime) -> str:
    rendered = list(try_all_themes(settings, now))
    whose = f"those in {settings.templates} render" if settings.templates else "the packaged ones render"
    return f"{whose} ({len(rendered)} tried)"


def _open_store(settings: Settings) -> tuple[Store, Finding]:
    """A copy of the database to look into, an empty one where it cannot be had, and what is found of the file."""
    try:
        store = copy_for_dry_run(place_of(settings))
    except DigestError as error:
        return empty_store(), Finding("store", "FAIL", error.message, error.hint)
    return store, attempt("store", lambda: _describe_store(settings, store))


def _describe_store(settings: Settings, store: Store) -> str:
    name, beside = name_place(place_of(settings)), data_folder(settings)
    folder = next(parent for parent in (beside, *beside.parents) if parent.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(f"{folder} may not be written", f"allow it: chmod u+wx {folder}")
    if damage := store.find_damage():
        raise StoreError(f"{name} is damaged: {damage}", "restore it from a backup")
    return f"{name} is sound" if has_database(settings) else f"{name} will be made by the first run"
