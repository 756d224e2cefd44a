"""Previewing: an edition composed and rendered, nothing sent, nothing remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.app.gather import Gathering, Progress, gather, places_of
from digest.app.issuing import compose_letter, fresh_articles, source_places
from digest.app.state import database_path
from digest.collect.templates import load_templates
from digest.config import Settings
from digest.errors import ConfigError
from digest.model import Edition, Issue, Letter


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
    places = places_of(paths) if paths else source_places(settings, edition)
    if not places:
        raise ConfigError(
            "there is nothing to preview",
            "name a folder or file: digest preview samples; or write a configuration: digest init",
        )
    templates = load_templates(settings.templates)
    found = gather(places, reading)
    articles, known = found.articles, 0
    if not paths and not everything:
        articles, known = fresh_articles(database_path(settings), edition, found.articles, now)
    slot = now.astimezone(ZoneInfo(edition.timezone))
    composed, letter = compose_letter(articles, known, found, edition, slot, templates, progress=summarizing)
    return Preview(composed.issue, letter, found)
