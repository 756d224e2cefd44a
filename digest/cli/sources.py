"""digest sources: adding, checking and listing where the news comes from."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from digest.cli.options import ProgressLine, announce, configured, print_json, read_clock, read_settings, require_config
from digest.errors import DigestError, PartlyDone, UsageError
from digest.schedule.moments import shown

if TYPE_CHECKING:
    from digest.app.reading.sources import Check, Identified
    from digest.config import Settings, SourceSettings
    from digest.model import Article
    from digest.store import SourceHealth

SHOWN = 5
"""So many titles show what a source is."""

KINDS = click.Choice(["feed", "page-list", "page", "json"])


@click.group()
def sources() -> None:
    """Add, check and list the sources of the configuration."""


@sources.command("add")
@click.argument("url")
@click.option("--name", help="What the mail calls it.  [default: what it calls itself]")
@click.option("--kind", type=KINDS, help="What it is.  [default: found out]")
@click.option("--only-new", is_flag=True, help="Leave out what is there now: begin with what comes after.")
@click.option("--select", multiple=True, metavar="KEY=CSS", help="For a list page: item, link, title, date or next.")
@click.option("--paths", multiple=True, metavar="KEY=PATH", help="For JSON: items, title, url, date, text or site.")
@click.option("--legacy-tls", is_flag=True, help="Put up with the old TLS of some official sites (still verified).")
@click.option("--ignore-robots", is_flag=True, help="Do not ask robots.txt.")
@click.option("--allow-private", is_flag=True, help="It may be on this machine or in the office.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@configured
def add_source(
    url: str,
    name: str | None,
    kind: str | None,
    only_new: bool,
    select: tuple[str, ...],
    paths: tuple[str, ...],
    legacy_tls: bool,
    ignore_robots: bool,
    allow_private: bool,
    dry_run: bool,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
) -> None:
    """Find out what URL is - a feed, a page that has one, a list page, a page - and add it to the configuration.

    A few of its titles are shown, and the table that is written is printed.
    """
    from digest.app.reading.sources import free_name, identify_source
    from digest.collect.access import place_of
    from digest.config import add_sources, write_source

    path = require_config(config_path)
    settings = read_settings(path, data_dir)
    options = _given(
        select=_pairs("--select", select),
        paths=_pairs("--paths", paths),
        robots=False if ignore_robots else None,
        legacy_tls=legacy_tls,
        allow_private=allow_private,
    )
    wanted = _make_source(url, kind or ("page-list" if select else "json" if paths else "feed"), options)
    with _collector(settings, moment) as collector:
        found = identify_source(wanted, collector.tools, kind or (wanted.kind if select or paths else None))
    table = found.table
    _refuse_known(table["url"], settings)
    table["name"] = free_name(name or table["name"], {source.name for source in settings.source})
    if place_of(table["url"]) != place_of(wanted.url or ""):
        options.pop("allow_private", None)  # it was given for another place
    table |= options | ({"only_new": True} if only_new and table["kind"] != "page" else {})
    _show_found(found, table["kind"], settings)
    if not dry_run:
        add_sources(path, [table], os.environ)
        announce(f"added to {path}; next: digest sources check {_quoted(table['name'])}, digest preview")
    click.echo(write_source(table).rstrip("\n"))


@sources.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@configured
def list_sources(as_json: bool, config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    """List every source: state, name, kind, place, when it was last read."""
    from digest.app.state import open_state

    settings = read_settings(config_path, data_dir)
    read_clock(moment, settings.timezone)
    with open_state(settings, dry_run=True) as store:
        health = store.source_health()
    rows = [_row(source, health.get(source.name), ZoneInfo(settings.timezone)) for source in settings.source]
    if as_json:
        print_json({"version": 1, "sources": rows})
        return
    for row in rows:
        click.echo("\t".join(str(row[key] or "") for key in ("state", "name", "kind", "place", "last_read", "problem")))


@sources.command("check")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@configured
def check(names: tuple[str, ...], config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    """Ask every source on the web, or those NAMEd: does it answer, how many entries, how new, what is wrong.

    Nothing is kept and no page behind a list is read.
    """
    from digest.app.reading.sources import check_sources

    settings = read_settings(config_path, data_dir)
    chosen = _chosen(settings, names)
    if not chosen:
        announce("there is no source on the web to check; add one: digest sources add URL")
        return
    progress, bad, done = ProgressLine("checking", few=3), 0, 0
    results: dict[str, Check] = {}
    with _collector(settings, moment) as collector:
        for done, result in enumerate(check_sources(chosen, collector), 1):
            results[result.source.name] = result
            progress(done, len(chosen))
    for source in chosen:
        bad += not results[source.name].well
        _show_check(results[source.name], settings)
    if bad:
        error = DigestError if bad == len(chosen) else PartlyDone
        raise error(f"{bad} of {len(chosen)} sources have trouble", "the lines above say what")


@sources.command("test")
@click.argument("url")
@click.option("--kind", type=KINDS, help="Read it as this.  [default: found out]")
@click.option("--source", "like", metavar="NAME", help="Read it with the settings of this source.")
@click.option("--allow-private", is_flag=True, help="It may be on this machine or in the office.")
@click.option("--legacy-tls", is_flag=True, help="Put up with the old TLS of some official sites (still verified).")
@configured
def test_url(
    url: str,
    kind: str | None,
    like: str | None,
    allow_private: bool,
    legacy_tls: bool,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
) -> None:
    """Show what would be made of URL: the article of a page, or the entries of a feed or list.  Nothing is kept."""
    from digest.app.reading.sources import identify_source

    settings = read_settings(config_path, data_dir, required=False)
    options = _given(allow_private=allow_private, legacy_tls=legacy_tls)
    wanted = _like(settings, like, url) if like else _make_source(url, kind or "feed", options)
    with _collector(settings, moment) as collector:
        found = identify_source(wanted, collector.tools, kind)
    zone = ZoneInfo(settings.timezone)
    if found.article is not None:
        click.echo(_article_text(found.article, zone))
        return
    announce(f"{found.table['kind']} {found.table['url']}: {len(found.entries)} entries")
    for entry in found.entries:
        said = "whole" if entry.complete else "announced"
        article = entry.article
        click.echo("\t".join((_shown_date(article.published, zone), said, _line(article.title), article.url)))


@sources.command("remove")
@click.argument("name")
@configured
def remove(name: str, config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    """Take a source out of the configuration.  What was read from it is kept."""
    from digest.config import remove_source

    path = require_config(config_path)
    read_settings(path, data_dir)
    read_clock(moment)
    remove_source(path, name, os.environ)
    announce(f"{name}: removed from {path}")


@sources.command("pause")
@click.argument("name")
@configured
def pause(name: str, config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    """Leave a source alone for now."""
    _pause(name, True, config_path, data_dir, moment)


@sources.command("resume")
@click.argument("name")
@configured
def resume(name: str, config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    """Read a paused source again."""
    _pause(name, False, config_path, data_dir, moment)


@sources.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--only-new", is_flag=True, help="Leave out what is there now: begin with what comes after.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@configured
def import_opml(
    file: Path, only_new: bool, dry_run: bool, config_path: Path | None, data_dir: Path | None, moment: str | None
) -> None:
    """Add the feeds of an OPML FILE, as other readers export it; those that are there already are left out."""
    from digest.app.reading.sources import tables_of
    from digest.collect.files import read_file
    from digest.config import add_sources, write_source
    from digest.extract.opml import read_opml

    path = require_config(config_path)
    settings = read_settings(path, data_dir)
    read_clock(moment)
    outlines = read_opml(read_file(file).data)
    tables = [table | ({"only_new": True} if only_new else {}) for table in tables_of(outlines, settings.source)]
    if tables and not dry_run:
        add_sources(path, tables, os.environ)
    for table in tables:
        click.echo(write_source(table))
    verb = "would be added" if dry_run else "added"
    announce(f"{len(tables)} of {len(outlines)} feeds {verb}; next: digest sources check")


@sources.command("export")
@configured
def export_opml(config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    """Print the feeds of the configuration as OPML, for other readers."""
    from digest.app.reading.sources import outlines_of
    from digest.extract.opml import write_opml

    settings = read_settings(config_path, data_dir)
    read_clock(moment)
    others = sum(source.kind != "feed" for source in settings.source)
    if others:
        announce(f"{others} sources are no feeds and are left out")
    click.echo(write_opml(outlines_of(settings.source), "digest").decode(), nl=False)


def _pause(name: str, paused: bool, config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    from digest.config import pause_source

    path = require_config(config_path)
    read_settings(path, data_dir)
    read_clock(moment)
    pause_source(path, name, paused, os.environ)
    announce(f"{name}: {'paused' if paused else 'resumed'}")


def _collector(settings: Settings, moment: str | None) -> Any:
    from digest.app.reading.collecting import Collector

    return Collector(settings.collect, os.environ, read_clock(moment, settings.timezone))


def _make_source(url: str, kind: str, options: dict[str, Any]) -> SourceSettings:
    """A source that is not configured yet; an address without https:// gets one."""
    from digest.config import make_source

    spelled = url if "://" in url else f"https://{url}"
    return make_source({"name": "new", "kind": kind, "url": spelled} | options)


def _like(settings: Settings, name: str, url: str) -> SourceSettings:
    """The settings of a configured source, for another address."""
    source = _chosen(settings, (name,))[0]
    return source.model_copy(update={"url": _make_source(url, "feed", {}).url})


def _given(**options: Any) -> dict[str, Any]:
    """The options that were given; a flag that was not, and an empty table, say nothing."""
    return {name: value for name, value in options.items() if value or (value is False and name == "robots")}


def _pairs(option: str, given: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for text in given:
        key, sign, value = text.partition("=")
        if not sign or not value.strip():
            raise UsageError(f"{option} {text} is no pair", f"write {option} item='ul.list > li'")
        pairs[key.strip()] = value.strip()
    return pairs


def _refuse_known(url: str, settings: Settings) -> None:
    from digest.collect.targets import mask_url
    from digest.urls import identify_url

    for source in settings.source:
        if source.url and identify_url(source.url) == identify_url(url):
            raise UsageError(
                f"{mask_url(url)} is the source {source.name!r} already", "digest sources list shows them all"
            )


def _chosen(settings: Settings, names: tuple[str, ...]) -> list[SourceSettings]:
    """The named sources on the web, or all that are not paused."""
    from digest.config import suggest

    by_name = {source.name: source for source in settings.source if source.on_web}
    for name in names:
        if name not in by_name:
            raise UsageError(f"there is no source {name!r} on the web", suggest(name, list(by_name)))
    return [by_name[name] for name in names] or [source for source in by_name.values() if not source.paused]


def _show_found(found: Identified, kind: str, settings: Settings) -> None:
    zone = ZoneInfo(settings.timezone)
    if found.article is not None:
        announce(f"a single page, {len(found.article.text)} characters: {found.article.title}")
        return
    announce(f"{kind}: {len(found.entries)} entries")
    for entry in found.entries[:SHOWN]:
        announce(f"  {_shown_date(entry.article.published, zone)}  {_line(entry.article.title)}")
    if kind == "page-list" and not any(entry.article.published for entry in found.entries):
        announce("  no dates are found; where the list shows them, say where: --select date='span.date'")
    for other in found.others:
        announce(f"  the page announces another feed: {other}")


def _show_check(result: Check, settings: Settings) -> None:
    mark = click.style("ok  ", fg="green") if result.well else click.style("FAIL", fg="red")
    newest = _shown_date(result.newest, ZoneInfo(settings.timezone)) or "undated"
    seen = f"{result.entries} entries, newest {newest}, " if result.entries else ""
    click.echo(f"{mark} {result.source.name}: {seen}{result.seconds:.1f} s")
    for problem in result.problems or (() if result.entries else ("nothing is announced",)):
        click.echo(f"     {_line(problem)}")


def _row(source: SourceSettings, health: SourceHealth | None, zone: ZoneInfo) -> dict[str, Any]:
    """One source as data: the columns of the list."""
    from digest.collect.targets import mask_url

    state = "paused" if source.paused else "folder" if not source.on_web else "new" if health is None else "ok"
    if health and health.failures and not source.paused:
        state = "failing"
    return {
        "state": state,
        "name": source.name,
        "kind": source.kind,
        "place": mask_url(source.url) if source.url else str(source.path),
        "last_read": _shown_date(health.last_good, zone) if health and health.last_good else None,
        "articles": health.articles if health else None,
        "failures": health.failures if health else None,
        "failing_since": _shown_date(health.failing_since, zone) if health and health.failing_since else None,
        "problem": _line(health.problem) if health else None,
    }


def _article_text(article: Article, zone: ZoneInfo) -> str:
    """An article as a person checks it: what is known of it, then its text."""
    known = {
        "title": article.title,
        "published": _shown_date(article.published, zone),
        "site": article.site,
        "origin": article.origin,
        "author": article.author,
        "url": article.url,
        "language": article.language,
        "characters": str(len(article.text)),
    }
    head = "\n".join(f"{name}: {_line(value)}" for name, value in known.items() if value)
    return f"{head}\n\n{article.text}"


def _shown_date(moment: datetime | date | None, zone: ZoneInfo) -> str:
    if isinstance(moment, datetime):
        return shown(moment, zone)
    return moment.isoformat() if moment else ""


def _line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def _quoted(name: str) -> str:
    return f"'{name}'" if any(char in " '\"$&;()<>|*?" for char in name) else name
