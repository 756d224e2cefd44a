"""digest doctor: everything a run needs, tried one after another, each failure with its remedy."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from digest.app.gather import gather
from digest.app.issuing import source_places
from digest.app.sending import server_of
from digest.app.state import database_path
from digest.collect.templates import load_templates
from digest.config import Settings
from digest.deliver import check_login
from digest.errors import ConfigError, DigestError, StoreError
from digest.model import Edition, Issue
from digest.render import render_letter
from digest.schedule.due import next_slot
from digest.store import copy_for_dry_run


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, what was seen, and where it is not, what to do."""

    name: str
    well: bool
    seen: str
    remedy: str = ""


def examine(settings: Settings, environ: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    """Yield a finding for every part of the configuration; nothing is changed and nothing is sent."""
    yield Finding("python", True, f"{sys.version.split()[0]} on {sys.platform}")
    for edition in settings.editions():
        yield from _sources(settings, edition.name)
        yield _attempt(f"edition {edition.name}", partial(_edition, edition, now))
    yield _attempt("templates", lambda: _templates(settings, now))
    yield _attempt("store", lambda: _store(settings))
    yield _attempt("mail", lambda: _mail(settings, environ))


def _attempt(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, look())
    except DigestError as error:
        return Finding(name, False, error.message, error.hint)


def _sources(settings: Settings, edition: str) -> Iterator[Finding]:
    for report in gather(source_places(settings, settings.find_edition(edition))).reports:
        seen = f"{report.articles} articles"
        if report.problems:
            more = f" (and {len(report.problems) - 1} more)" if len(report.problems) > 1 else ""
            yield Finding(
                f"source {report.name}", False, f"{seen}; {report.problems[0]}{more}", "mend or remove the file"
            )
        else:
            yield Finding(
                f"source {report.name}", bool(report.articles), seen, "put articles there: txt, md, html, json"
            )


def _edition(edition: Edition, now: datetime) -> str:
    if not edition.recipients:
        raise ConfigError("no recipients", 'write recipients = ["me@example.cn"] in its [[edition]]')
    due = next_slot(edition.at, edition.timezone, now)
    return f"{len(edition.recipients)} recipients, next due {due:%Y-%m-%d %H:%M} {edition.timezone}"


def _templates(settings: Settings, now: datetime) -> str:
    issue = Issue(edition="doctor", title="doctor", slot=now, day=now.date())
    render_letter(issue, load_templates(settings.templates))
    return f"those in {settings.templates} render" if settings.templates else "the packaged ones render"


def _store(settings: Settings) -> str:
    path = database_path(settings)
    folder = next(parent for parent in path.parents if parent.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(f"{folder} may not be written", f"allow it: chmod u+wx {folder}")
    with copy_for_dry_run(path) as store:
        damage = store.find_damage()
    if damage:
        raise StoreError(f"{path} is damaged: {damage}", "restore it from a backup")
    return f"{path} is sound" if path.exists() else f"{path} will be made by the first run"


def _mail(settings: Settings, environ: Mapping[str, str]) -> str:
    return check_login(server_of(settings.require_mail(), environ))
