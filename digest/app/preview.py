"""Previewing: an edition composed and rendered, nothing sent, nothing remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.app.gather import Gathering, Progress, gather, places_of
from digest.app.issuing import compose_letter, offer_articles
from digest.app.reading import Reader
from digest.app.state import database_path
from digest.collect.templates import load_templates
from digest.config import Settings
from digest.errors import ConfigError
from digest.model import Article, Edition, Issue, Letter
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
    templates = load_templates(settings.templates)
    if paths:
        found = gather(places_of(paths), reading)
        articles, known = found.articles, 0
    else:
        found, articles, known = _gather_configured(settings, edition, now, environ, everything, reading)
    slot = now.astimezone(ZoneInfo(edition.timezone))
    composed, letter = compose_letter(articles, known, found, edition, slot, templates, progress=summarizing)
    return Preview(composed.issue, letter, found)


def _gather_configured(
    settings: Settings,
    edition: Edition,
    now: datetime,
    environ: Mapping[str, str],
    everything: bool,
    reading: Progress | None,
) -> tuple[Gathering, list[Article], int]:
    """What the sources hold, what of it the next issue may print, and how many it may not; on a copy of the state."""
    with ExitStack() as stack:
        store = stack.enter_context(copy_for_dry_run(database_path(settings)))
        found = stack.enter_context(Reader(settings, environ, lambda: now, store)).gather(edition, reading)
        if everything:
            return found, found.articles, 0
        return found, *offer_articles(store, edition, found, now)
