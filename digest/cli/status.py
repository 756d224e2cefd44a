"""digest status: how everything fares, for people in one look, for machines as JSON and an exit code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from digest.cli.options import configured, locate_config, print_json, printable, read_clock, read_settings
from digest.errors import WELL
from digest.schedule.moments import shown

if TYPE_CHECKING:
    from digest.app.operation.matters import Matter
    from digest.app.operation.service import Service
    from digest.app.operation.status import EditionStatus, Status

Row = tuple[str, str, str]
"""What it is about, its mark, and what is seen."""

_COLOURS = {"ok": "green", "look": "yellow", "LATE": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON of a documented, versioned shape.")
@click.option("--quiet", "-q", is_flag=True, help="Only what is wrong.")
@configured
def status(as_json: bool, quiet: bool, config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    """Show how digest fares: editions, mails, sources, the last run, the disk.  Nothing is changed.

    Exit codes: 0 all is well, 4 something needs a look, 1 an edition is overdue or the state cannot be read.
    """
    from digest.app.operation.matters import find_matters, matters_to_see
    from digest.app.operation.reporting import describe_status
    from digest.app.operation.service import look_at_service
    from digest.app.operation.status import look_around
    from digest.app.state import open_state

    settings = read_settings(config_path, data_dir)
    now, zone = read_clock(moment, settings.timezone)(), ZoneInfo(settings.timezone)
    with open_state(settings, dry_run=True) as store:
        seen = look_around(settings, store, now)
    service = look_at_service(locate_config(config_path), data_dir, now)
    matters = (*find_matters(seen, zone), *matters_to_see(seen, service, zone))
    if as_json:
        print_json(describe_status(seen, service, matters))
    elif not quiet:
        _print_rows([*_rows(seen, zone), *_service(service, zone)])
    if not as_json:
        _print_matters(matters)
    _conclude(matters)


def _conclude(matters: Sequence[Matter]) -> None:
    """End with the exit code that tells how it is; what is wrong has been shown."""
    click.get_current_context().exit(1 if any(matter.grave for matter in matters) else 4 if matters else 0)


def _print_rows(rows: Sequence[Row]) -> None:
    widest = max(len(name) for name, _, _ in rows)
    for name, mark, seen in rows:
        click.echo(f"{click.style(f'{mark:4}', fg=_COLOURS[mark])} {printable(f'{name:{widest}}  {seen}')}")


def _print_matters(matters: Sequence[Matter]) -> None:
    for matter in matters:
        mark = click.style("!!" if matter.grave else " !", fg="red" if matter.grave else "yellow", bold=True)
        click.echo(f"{mark} {printable(matter.words())}")
        click.echo(f"   Try: {printable(matter.remedy())}")


def _rows(seen: Status, zone: ZoneInfo) -> Iterator[Row]:
    """One row for each thing that is looked at."""
    for edition in seen.editions:
        yield f"edition {edition.name}", _mark(edition), "; ".join(_edition(edition, zone))
    yield _outbox(seen, zone)
    troubled = [source for source in seen.sources if source.failing or source.silent]
    told = ", ".join(
        f"{source.name} {f'failing {_days(source.failing)}' if source.failing else f'silent {_days(source.silent)}'}"
        for source in troubled
    )
    yield "sources", "look" if troubled else "ok", f"{seen.in_use} in use, {told or 'none in trouble'}"
    yield _run(seen, zone)
    if seen.disk:
        yield _disk(seen)
    if seen.backup:
        yield "backup", "ok", f"last {shown(seen.backup, zone)}"
    if seen.unknown_year:
        yield "calendar", "look", f"the holidays of {seen.unknown_year} are not known yet"


def _mark(edition: EditionStatus) -> str:
    if edition.late:
        return "LATE"
    refused = edition.last is not None and edition.last.void
    return "look" if edition.held or refused or (edition.due and not edition.last) else "ok"


def _edition(edition: EditionStatus, zone: ZoneInfo) -> Iterator[str]:
    if edition.last:
        mails = ", ".join(f"{count} {state}" for state, count in sorted(edition.last.mails.items())) or "no mails"
        yield f"last {shown(edition.last.slot, zone)}, {edition.last.items} items, {mails}"
    else:
        yield "never went out"
    if edition.skipped:
        yield f"{len(edition.skipped)} skipped lately ({edition.skipped[-1].why})"
    if edition.held:
        yield f"the issue of {shown(edition.held, zone)} waits for a person"
    if edition.due:
        yield f"due since {shown(edition.due, zone)}"
    yield f"next {shown(edition.following, zone)}" if edition.following else "never due again"


def _outbox(seen: Status, zone: ZoneInfo) -> Row:
    box = seen.outbox
    later = f" (next try {shown(box.next_at, zone)})" if box.next_at else ""
    told = f"{box.waiting} waiting{later}, {box.held} held, {box.failed} failed in a week"
    return "outbox", "look" if box.held or box.failed else "ok", told


def _run(seen: Status, zone: ZoneInfo) -> Row:
    run = seen.run
    if run is None:
        return "last run", "ok", "none had anything to do yet"
    took = (run.ended_at - run.started_at).total_seconds()
    told = f"{shown(run.started_at, zone)}, exit code {run.code}, {took:.0f} s"
    return "last run", "ok" if run.code in WELL else "look", "; ".join((told, *run.told[:1]))


def _service(service: Service, zone: ZoneInfo) -> Iterator[Row]:
    """What calls digest by itself."""
    beat = service.beat
    if beat is not None:
        later = f", next {shown(beat.next, zone)}" if beat.next else ""
        told = service.trouble or f"{beat.state} since {shown(beat.changed, zone)}{later}"
        yield "daemon", "look" if service.trouble else "ok", told
    if service.timers or beat is None:
        none = "none seen here, and no daemon; digest schedule install makes one"
        yield "timer", "ok" if service.timers else "look", ", ".join(service.timers) or none


def _disk(seen: Status) -> Row:
    from digest.app.operation.disk import show_size

    assert seen.disk is not None
    size = f", database {show_size(seen.disk.size)}" if seen.disk.size is not None else ""
    mark = "look" if seen.disk.low else "ok"
    return "disk", mark, f"{show_size(seen.disk.free)} free{size}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
