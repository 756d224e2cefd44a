"""digest recipients: who gets which edition, taking people in and out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from digest.cli.options import (
    announce,
    choose_edition,
    configured,
    print_json,
    printable,
    read_clock,
    read_settings,
    require_config,
)
from digest.errors import PartlyDone, UsageError

if TYPE_CHECKING:
    from digest.app.recipients.enrolling import Enrolment, Lists
    from digest.config import Settings
    from digest.config.editing import ListOwner
    from digest.model import Recipient


@click.group()
def recipients() -> None:
    """Show who gets which edition, and why somebody gets nothing; take people in and out."""


@recipients.command("list")
@click.option("--edition", help="Only this edition.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@configured
def list_recipients(
    edition: str | None, as_json: bool, config_path: Path | None, data_dir: Path | None, moment: str | None
) -> None:
    """List every address: state, edition, address, name, the lists it stands on, since when and why it is suppressed.

    Groups are asked now, their files and programs too.
    """
    from digest.app.recipients.enrolling import list_enrolments
    from digest.app.state import open_state

    settings = read_settings(config_path, data_dir)
    read_clock(moment, settings.timezone)
    with open_state(settings, dry_run=True) as store:
        rows, problems = list_enrolments(settings, store, edition)
    shown = [_row(row, ZoneInfo(settings.timezone)) for row in rows]
    if as_json:
        told = {"version": 1, "recipients": shown, "problems": list(problems)}
        print_json(told)
    else:
        for line in shown:
            cells = (line["state"], line["edition"] or "*", line["address"], line["name"], ", ".join(line["places"]))
            click.echo(printable_cells((*cells, line["since"] or "", line["why"] or "")))
    for problem in problems:
        announce(problem)
    if problems:
        raise PartlyDone("not every list could be read whole", "the lines above say which")


@recipients.command("add")
@click.argument("address")
@click.option("--edition", help="Which edition.  [default: the first]")
@click.option("--group", help="A group instead, for every edition that takes it.")
@configured
def add(
    address: str,
    edition: str | None,
    group: str | None,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
) -> None:
    """Write ADDRESS, or 'Name <address>', into the list of an edition or a group; lift what keeps its mail back."""
    from digest.app.recipients.enrolling import enroll
    from digest.app.state import open_state

    lists = _lists(config_path, data_dir)
    kind, name = _owner(edition, group)
    clock = read_clock(moment, lists.settings.timezone)
    who = _mailbox(address)
    name = name or choose_edition(lists.settings, None).name
    with open_state(lists.settings) as store:
        for line in enroll(lists, store, who, kind or "edition", name, clock()):
            announce(line)


@recipients.command("remove")
@click.argument("address")
@click.option("--edition", help="Only from this edition.  [default: from all, and from every group]")
@click.option("--group", help="Only from this group.")
@configured
def remove(
    address: str,
    edition: str | None,
    group: str | None,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
) -> None:
    """Take ADDRESS out of the lists; where it stands in a file or a program's list, keep its mail back."""
    from digest.app.recipients.enrolling import dismiss
    from digest.app.state import open_state

    lists = _lists(config_path, data_dir)
    kind, name = _owner(edition, group)
    clock = read_clock(moment, lists.settings.timezone)
    who = _mailbox(address)
    with open_state(lists.settings) as store:
        for line in dismiss(lists, store, who.address, kind, name, clock()):
            announce(line)


def printable_cells(cells: tuple[str, ...]) -> str:
    """Return one line of a table, the cells between tabs, without control characters."""
    return "\t".join(printable(cell) for cell in cells).rstrip("\t")


def _row(row: Enrolment, zone: ZoneInfo) -> dict[str, Any]:
    kept = row.suppression
    return {
        "state": kept.reason if kept else "ok",
        "edition": row.edition,
        "address": row.recipient.address,
        "name": row.recipient.name,
        "places": list(row.places),
        "since": f"{kept.since.astimezone(zone):%Y-%m-%d %H:%M}" if kept else None,
        "why": kept.told if kept else None,
    }


def _lists(config_path: Path | None, data_dir: Path | None) -> Lists:
    from digest.app.recipients.enrolling import Lists

    path = require_config(config_path)
    settings: Settings = read_settings(path, data_dir)
    return Lists(path, settings, os.environ)


def _owner(edition: str | None, group: str | None) -> tuple[ListOwner | None, str]:
    if edition and group:
        raise UsageError("--edition and --group both say which list", "keep one of them")
    return ("group", group) if group else ("edition", edition) if edition else (None, "")


def _mailbox(text: str) -> Recipient:
    from digest.app.recipients.members import parse_line

    try:
        return parse_line(text)
    except ValueError as error:
        raise UsageError(f"ADDRESS {error}", "write name@example.cn") from None
