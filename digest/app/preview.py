"""Previewing: an edition composed and rendered, nothing sent; remembered only where the next issue is frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.app.issues.drafts import Waiting, find_waiting, keep_waiting
from digest.app.issues.issuing import Material, compose_letter
from digest.app.issues.past import read_past, with_health
from digest.app.proof.manifest import keep_files
from digest.app.reading.gather import Gathering, Progress, gather, places_of
from digest.app.reading.offering import offer_articles
from digest.app.reading.reader import Reader
from digest.app.slots import last_slot
from digest.app.state import open_state, place_of
from digest.app.timetable import look_ahead, timetable_of
from digest.compose.issue import Past
from digest.config import Settings
from digest.errors import ConfigError, UsageError
from digest.model import Edition, Issue, Letter
from digest.schedule.due import due_slot
from digest.store import copy_for_dry_run


@dataclass(frozen=True, slots=True)
class Preview:
    """An issue as it would go out, its letter, and what was gathered for it."""

    issue: Issue
    letter: Letter
    gathering: Gathering


def preview(
    settings: Settings,
    edition: Edition,
    paths: Sequence[Path],
    now: datetime,
    environ: Mapping[str, str],
    *,
    everything: bool = False,
    reading: Progress | None = None,
    summarizing: Progress | None = None,
) -> Preview:
    """Return the preview of `edition` made from `paths`, or from its configured sources.

    From configured sources only what no earlier issue printed is shown, unless `everything` is set.

    Raises:
        ConfigError: there is nothing to read: neither paths nor a configured source.
    """
    if not paths and not settings.sources_of(edition):
        raise ConfigError(
            "there is nothing to preview",
            "name a folder or file: digest preview samples; or write a configuration: digest init",
        )
    if paths:
        slot = now.astimezone(ZoneInfo(edition.timezone))
        found = gather(places_of(paths), reading)
        made = Material(found, found.articles, 0, Past(until=look_ahead(settings, slot.date())), slot)
    else:
        made = _gather_configured(settings, edition, now, environ, everything, reading)
    composed, letter = compose_letter(settings, edition, made, lambda: now, environ, progress=summarizing)
    return Preview(composed.issue, letter, made.found)


def freeze_next(
    settings: Settings,
    edition: Edition,
    now: datetime,
    environ: Mapping[str, str],
    reading: Progress | None = None,
    summarizing: Progress | None = None,
) -> Preview:
    """Return the issue of the next slot, composed now and kept: it will be mailed as it is shown here.

    Where no source could be read, and nothing was left from before, nothing is kept.

    Raises:
        UsageError: one waits for its slot already.
        BusyError: another run is at work.
    """
    zone = ZoneInfo(edition.timezone)
    with open_state(settings) as store, Reader(settings, environ, lambda: now, store, keeps=True) as reader:
        if waiting := find_waiting(store, edition):
            raise UsageError(
                f"the issue of {waiting.issue.slot:%Y-%m-%d %H:%M} is frozen already",
                "digest issue show shows it; digest issue discard gives it up",
            )
        timetable = timetable_of(settings, edition)
        due = due_slot(timetable, now, last_slot(store, edition.name, now))
        slot = (due or timetable.following(now) or now).astimezone(zone)
        found = reader.gather(edition, reading)
        candidates, known = offer_articles(store, edition, found, now)
        nothing = found.failed and not candidates
        reader.check_mailed()
        found.reports = with_health(store, found.reports, now)
        made = Material(found, candidates, known, read_past(store, settings, edition, slot), slot)
        composed, letter = compose_letter(
            settings, edition, made, lambda: now, environ, store.signing_key(), summarizing
        )
        keep_files(store, composed.issue, found.files, now)
        if not nothing:
            keep_waiting(store, Waiting(composed, letter, edition.review), now)
    return Preview(composed.issue, letter, found)


def _gather_configured(
    settings: Settings,
    edition: Edition,
    now: datetime,
    environ: Mapping[str, str],
    everything: bool,
    reading: Progress | None,
) -> Material:
    """What the next issue is made of, read on a copy of the state."""
    with ExitStack() as stack:
        store = stack.enter_context(copy_for_dry_run(place_of(settings)))
        found = stack.enter_context(Reader(settings, environ, lambda: now, store)).gather(edition, reading)
        found.reports = with_health(store, found.reports, now)
        due = due_slot(timetable_of(settings, edition), now, last_slot(store, edition.name, now))
        slot = (due or now).astimezone(ZoneInfo(edition.timezone))
        past = read_past(store, settings, edition, slot)
        if everything:
            return Material(found, found.articles, 0, replace(past, told=()), slot)
        candidates, known = offer_articles(store, edition, found, now)
        return Material(found, candidates, known, past, slot)
