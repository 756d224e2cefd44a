"""digest doctor: everything a run needs, tried one after another, each failure with its remedy."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from digest.app.reading import Reader
from digest.app.sending import server_of
from digest.app.state import database_path
from digest.collect.templates import load_templates
from digest.config import Settings
from digest.deliver import check_login
from digest.errors import ConfigError, DigestError, StoreError
from digest.model import (
    Article,
    Coverage,
    Edition,
    Highlight,
    Issue,
    Item,
    Reference,
    Section,
    Sentence,
    SourceReport,
    Summary,
)
from digest.render import Footer, render_letter
from digest.schedule.due import due_slot, next_slot
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
    with Reader(settings, environ, lambda: now, lists_only=True) as reader:
        for edition in settings.editions():
            yield from _sources(reader, edition, {s.name for s in settings.source if s.on_web})
    for edition in settings.editions():
        yield _attempt(f"edition {edition.name}", partial(_edition, settings, edition, now))
    yield _attempt("templates", lambda: _templates(settings, now))
    yield _attempt("store", lambda: _store(settings))
    yield _attempt("mail", lambda: _mail(settings, environ))


def _attempt(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, look())
    except DigestError as error:
        return Finding(name, False, error.message, error.hint)


def _sources(reader: Reader, edition: Edition, on_web: set[str]) -> Iterator[Finding]:
    for report in reader.gather(edition).reports:
        seen = f"{report.articles} articles"
        asked = "digest sources check; digest sources test URL shows what comes of it" if report.name in on_web else ""
        if report.problems:
            more = f" (and {len(report.problems) - 1} more)" if len(report.problems) > 1 else ""
            told = f"{seen}; {report.problems[0]}{more}"
            yield Finding(f"source {report.name}", False, told, asked or "mend or remove the file")
        else:
            remedy = asked or "put articles there: txt, md, html, json"
            yield Finding(f"source {report.name}", bool(report.articles), seen, remedy)


def _edition(settings: Settings, edition: Edition, now: datetime) -> str:
    if not edition.recipients:
        raise ConfigError("no recipients", 'write recipients = ["me@example.cn"] in its [[edition]]')
    with copy_for_dry_run(database_path(settings)) as store:
        due = due_slot(edition.at, edition.timezone, now, store.latest_slot(edition.name))
    when = f"the issue of {due:%Y-%m-%d %H:%M} is due now" if due else _upcoming(edition, now)
    return f"{len(edition.recipients)} recipients, {when}"


def _upcoming(edition: Edition, now: datetime) -> str:
    return f"next due {next_slot(edition.at, edition.timezone, now):%Y-%m-%d %H:%M} {edition.timezone}"


def _templates(settings: Settings, now: datetime) -> str:
    render_letter(
        _trial_issue(now), load_templates(settings.templates), mail_footer=Footer("doctor", "mailto:a@b.example")
    )
    return f"those in {settings.templates} render" if settings.templates else "the packaged ones render"


def _trial_issue(now: datetime) -> Issue:
    """An issue with something of everything, so that every branch of a template is tried."""
    sentence = Sentence("一句话。", 0, 4, 0)
    summary = Summary((sentence,), ("词语",), "一句话。", "zh-Hans")
    reference = Reference("另一篇", "某网", "https://example.com/2")
    article = Article("标题", "一句话。", published=now, site="某网", url="https://example.com/1", language="zh-Hans")
    item = Item(1, article, "标题", summary, "栏目", also=(reference,))
    coverage = Coverage((SourceReport("来源", 1, ("问题",)),), read=1, printed=1)
    sections, overview = (Section("栏目", (item,)),), (Highlight(sentence, 1),)
    return Issue("doctor", "doctor", now, now.date(), sections, overview, ("词语",), coverage)


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
