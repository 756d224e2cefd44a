"""digest outbox: the mails of past issues, and a person's word about those that are held."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from digest.cli.options import announce, configured, print_json, printable, read_clock, read_settings
from digest.schedule.moments import shown

if TYPE_CHECKING:
    from digest.config import Settings
    from digest.model import State
    from digest.store import OutboxRow

STATES = ("queued", "sending", "dot", "sent", "deferred", "failed", "unknown")
PARTLY = 4
WIDEST = 60
"""Columns of a terminal's table hold so many cells at most; a pipe gets everything."""

_edition = click.option("--edition", help="Only this edition.")
_held = click.option("--all-unknown", "held", is_flag=True, help="Every mail whose fate is unknown.")


@click.group()
def outbox() -> None:
    """Show the mails of past issues, and decide about those that are held.

    \b
    digest outbox list              every mail and its state
    digest outbox show MESSAGE-ID   all that is known of one; --message prints it
    digest outbox resend …          queue it again, the same bytes
    digest outbox forget …          give it up

    A mail is named by its Message-ID, by the beginning of one, or by its address.
    """


@outbox.command("list")
@_edition
@click.option("--state", type=click.Choice(STATES), help="Only mails in this state.")
@click.option("--days", type=click.IntRange(1, 36600), default=30, show_default=True, help="How far to look back.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@configured
def list_mails(
    edition: str | None,
    state: State | None,
    days: int,
    as_json: bool,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
) -> None:
    """List the mails, the newest issue first: state, edition, slot, address, the last word, Message-ID.

    Older ones are listed while something may yet become of them.  A terminal gets a table, a pipe one line a mail with
    tabs.  Exit 4 while a mail is held or waits, or failed in the last issue of its edition.
    """
    from digest.app.mail.outbox import list_mails as look_at
    from digest.app.state import open_state

    settings = read_settings(config_path, data_dir)
    now = read_clock(moment, settings.timezone)()
    since = now - timedelta(days=days)
    with open_state(settings, dry_run=True) as store:
        look = look_at(store, edition, state, since)
    if as_json:
        rows = [_as_json(row, settings) for row in look.mails]
        print_json({"version": 1, "mails": rows})
    else:
        _print_rows([_as_cells(row, settings) for row in look.mails])
    announce(_count(look.mails) if look.mails else _none(look.older, days, now, narrowed=bool(edition or state)))
    if look.unsettled:
        click.get_current_context().exit(PARTLY)


def _count(mails: Sequence[OutboxRow]) -> str:
    counts = Counter[str](row.state for row in mails)
    told = ", ".join(f"{counts[name]} {name}" for name in STATES if counts[name])
    return f"{len(mails)} mail{'s' * (len(mails) != 1)}: {told}"


def _none(older: Sequence[OutboxRow], days: int, now: datetime, *, narrowed: bool) -> str:
    """What to say where no mail is listed."""
    if not older:
        return "there is no such mail" if narrowed else "no mail has been made yet"
    back = (now - min(row.slot for row in older)).days + 1
    last = "day" if days == 1 else f"{days} days"
    return f"no mail in the last {last}; {len(older)} older: digest outbox list --days {back}"


@outbox.command()
@click.argument("mail", metavar="MESSAGE-ID")
@click.option("--message", is_flag=True, help="Print the message itself, byte for byte as it is handed over.")
@configured
def show(mail: str, message: bool, config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    """Show one mail: its state, tries, the server's words, when it is tried next and until when."""
    from digest.app.mail.outbox import find_mail
    from digest.app.state import open_state

    settings = read_settings(config_path, data_dir)
    read_clock(moment, settings.timezone)
    with open_state(settings, dry_run=True) as store:
        row = find_mail(store, mail)
        issue = store.find_issue(row.edition, row.slot)
        content = store.message(row.message_id) if message else b""
    if message:
        sys.stdout.buffer.write(content)
        return
    facts = {
        "state": row.state,
        "to": f"{row.name} <{row.address}>" if row.name else row.address,
        "edition": row.edition,
        "issue of": _shown(row.slot, row, settings),
        "subject": issue.subject if issue else "",
        "Message-ID": row.message_id,
        "tries": str(row.tries),
        "last word": _last_word(row),
        "changed": _shown(row.changed_at, row, settings),
        "next try": _shown(row.next_at, row, settings),
        "tried until": _shown(row.until, row, settings),
    }
    for name, fact in facts.items():
        if fact:
            click.echo(printable(f"{name:<12} {fact}"))


@outbox.command("resend")
@click.argument("mails", metavar="[MESSAGE-ID]...", nargs=-1)
@_held
@_edition
@configured
def resend_mail(
    mails: tuple[str, ...],
    held: bool,
    edition: str | None,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
) -> None:
    """Queue held or failed mails again: the same bytes under the same Message-ID."""
    from digest.app.mail.outbox import RESENDABLE, choose_mails, decide
    from digest.app.state import open_state

    settings = read_settings(config_path, data_dir)
    now = read_clock(moment, settings.timezone)()
    until = now + timedelta(hours=settings.mail.give_up) if settings.mail else None
    with open_state(settings) as store:
        chosen = choose_mails(store, mails, RESENDABLE, held=held, edition=edition)
        _tell(decide(chosen, lambda row: store.resend(row.message_id, now, until)), "queued; digest run sends it")


@outbox.command("forget")
@click.argument("mails", metavar="[MESSAGE-ID]...", nargs=-1)
@_held
@_edition
@configured
def forget_mail(
    mails: tuple[str, ...],
    held: bool,
    edition: str | None,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
) -> None:
    """Give mails up: held, waiting or failed, they count as failed and are never sent."""
    from digest.app.mail.outbox import FORGETTABLE, choose_mails, decide
    from digest.app.state import open_state

    settings = read_settings(config_path, data_dir)
    now = read_clock(moment, settings.timezone)()
    with open_state(settings) as store:
        chosen = choose_mails(store, mails, FORGETTABLE, held=held, edition=edition)
        _tell(decide(chosen, lambda row: store.forget(row.message_id, now)), "given up")


def _tell(rows: Iterable[OutboxRow], what: str) -> None:
    told = [f"{row.address}: {what}" for row in rows]
    for line in told or ["no mail is held"]:
        announce(line)


def _print_rows(rows: Sequence[Sequence[str]]) -> None:
    if not rows or not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(row))
        return
    from digest.extract.plain import width

    table = [
        ("STATE", "EDITION", "SLOT", "TO", "LAST WORD", "MESSAGE-ID"),
        *([_cut(cell, width) for cell in row[:-1]] + [row[-1]] for row in rows),
    ]
    widths = [max(width(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        cells = (cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _cut(cell: str, width: Callable[[str], int]) -> str:
    if width(cell) <= WIDEST:
        return cell
    while width(cell) > WIDEST - 1:
        cell = cell[:-1]
    return cell + "…"


def _as_cells(row: OutboxRow, settings: Settings) -> tuple[str, ...]:
    cells = (row.state, row.edition, _shown(row.slot, row, settings), row.address, _last_word(row), row.message_id)
    return tuple(printable(cell) for cell in cells)


def _as_json(row: OutboxRow, settings: Settings) -> dict[str, Any]:
    moments = {"slot": row.slot, "changed": row.changed_at, "next_try": row.next_at, "tried_until": row.until}
    zone = _zone(row, settings)
    return {
        "message_id": row.message_id,
        "edition": row.edition,
        "address": row.address,
        "name": row.name,
        "state": row.state,
        "tries": row.tries,
        "code": row.code,
        "reply": row.reply,
    } | {key: moment.astimezone(zone).isoformat() if moment else None for key, moment in moments.items()}


def _last_word(row: OutboxRow) -> str:
    return f"{row.code} {row.reply}".strip() if row.code else row.reply


def _shown(moment: datetime | None, row: OutboxRow, settings: Settings) -> str:
    return shown(moment, _zone(row, settings)) if moment else ""


def _zone(row: OutboxRow, settings: Settings) -> ZoneInfo:
    zones = {edition.name: edition.timezone for edition in settings.editions()}
    return ZoneInfo(zones.get(row.edition, settings.timezone))
