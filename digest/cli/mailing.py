"""digest run and send: what is due goes out, once."""

from __future__ import annotations

import os
from pathlib import Path

import click

from digest.cli.options import (
    ProgressLine,
    announce,
    choose_edition,
    configured,
    locate_config,
    read_clock,
    read_settings,
)


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
    progress = ProgressLine("sending")
    call = Call(settings, clock, os.environ, announce, dry_run, locate_config(config_path), progress)
    run_editions(call, only=edition).check()


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
    """Send one edition now, whatever the time: the slot that is due, or else one of its own.

    What waits for another try goes out at once as well, and a mail server that is left alone for a while is asked.
    """
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
    progress = ProgressLine("sending")
    call = Call(settings, clock, os.environ, announce, dry_run, locate_config(config_path), progress)
    send_now(call, chosen, to=recipients).check()
