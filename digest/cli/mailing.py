"""digest run, send and outbox: what is due goes out, once."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from digest.cli.options import announce, choose_edition, configured, locate_config, read_clock, read_settings


@click.command()
@click.option("--edition", help="Only this edition.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent; send nothing and change no byte of state.")
@configured
def run(
    edition: str | None, dry_run: bool, config_path: Path | None, data_dir: Path | None, moment: str | None
) -> None:
    """Compose and send every edition that is due; safe to call every five minutes.

    An issue is composed once and mailed as it was composed: a second run sends nothing, and a run after a failure
    sends the same issue to those who did not get it.
    """
    from digest.app.sending import Call
    from digest.app.sending import run as run_editions

    settings = read_settings(config_path, data_dir)
    clock = read_clock(moment, settings.timezone)
    run_editions(Call(settings, clock, os.environ, announce, dry_run, locate_config(config_path)), only=edition).check()


@click.command()
@click.option("--edition", help="Which edition.  [default: the first]")
@click.option("--to", multiple=True, metavar="ADDRESS", help="Send to this address instead, and remember nothing.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent; send nothing and change no byte of state.")
@configured
def send(
    edition: str | None,
    to: tuple[str, ...],
    dry_run: bool,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
) -> None:
    """Send one edition now, whatever the time: the slot that is due, or else one of its own."""
    from digest.app.sending import Call, send_now
    from digest.config import parse_mailbox
    from digest.errors import UsageError

    settings = read_settings(config_path, data_dir)
    chosen = choose_edition(settings, edition)
    try:
        # one mail an address, however often it is named
        recipients = list({mailbox.address.casefold(): mailbox for mailbox in map(parse_mailbox, to)}.values())
    except ValueError as error:
        raise UsageError(f"--to {error}", "write --to me@example.cn") from None
    clock = read_clock(moment, settings.timezone)
    send_now(
        Call(settings, clock, os.environ, announce, dry_run, locate_config(config_path)), chosen, to=recipients
    ).check()


@click.group()
def outbox() -> None:
    """Show the mails of past issues, and decide about those that are held."""


@outbox.command("list")
@configured
def list_mails(
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,  # noqa: ARG001  # every configured command takes --now; a list is the same at any time
) -> None:
    """List every mail: state, edition, slot, address, the server's last word, Message-ID."""
    from digest.app.state import open_state

    settings = read_settings(config_path, data_dir)
    zones = {edition.name: ZoneInfo(edition.timezone) for edition in settings.editions()}
    with open_state(settings, dry_run=True) as store:
        rows = store.outbox_rows()
        if not rows:
            announce("no mail has been made yet")
        for row in rows:
            slot = row.slot.astimezone(zones.get(row.edition, ZoneInfo(settings.timezone)))
            said = f"{row.code} {row.reply}".strip() if row.code or row.reply else ""
            click.echo("\t".join((row.state, row.edition, f"{slot:%Y-%m-%d %H:%M}", row.address, said, row.message_id)))


@outbox.command("resend")
@click.argument("message_id")
@configured
def resend_mail(message_id: str, config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    """Queue a held or failed mail again: the same bytes under the same Message-ID."""
    from digest.app.state import open_state

    with open_state(read_settings(config_path, data_dir)) as store:
        announce(f"{store.resend(message_id, read_clock(moment)()).address}: queued; digest run sends it")


@outbox.command("forget")
@click.argument("message_id")
@configured
def forget_mail(message_id: str, config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    """Give a held mail up: count it as failed."""
    from digest.app.state import open_state

    with open_state(read_settings(config_path, data_dir)) as store:
        announce(f"{store.forget(message_id, read_clock(moment)()).address}: given up")
