"""digest test-mail: does the mail work, before the first issue is due?"""

from __future__ import annotations

import os
from pathlib import Path

import click

from digest.cli.options import (
    announce,
    choose_edition,
    configured,
    locate_config,
    printable,
    read_clock,
    read_settings,
)


@click.command("test-mail")
@click.argument("address", required=False)
@click.option("--edition", help="Whose title and next issue the mail names.  [default: the first]")
@configured
def test_mail(
    address: str | None, edition: str | None, config_path: Path | None, data_dir: Path | None, moment: str | None
) -> None:
    """Send one small mail to ADDRESS, or else to the mailbox it is sent from, and say each step.

    It takes exactly the way of the daily mail: the same server, login, sender and form. Nothing is remembered of it.

    Exit codes: 0 the server took it, 3 the configuration is not complete, 5 the server did not take it.
    """
    from digest.app.call import Call
    from digest.app.mail.testmail import own_mailbox, send_trial
    from digest.config import parse_mailbox
    from digest.errors import UsageError

    settings = read_settings(config_path, data_dir)
    chosen = choose_edition(settings, edition)
    try:
        recipient = parse_mailbox(address) if address else own_mailbox(settings.require_mail())
    except ValueError as error:
        raise UsageError(f"{printable(address or '')}: {error}", "write digest test-mail me@example.cn") from None
    clock = read_clock(moment, settings.timezone)
    call = Call(settings, clock, os.environ, announce, origin=locate_config(config_path))
    said = send_trial(call, chosen, recipient)
    click.echo(printable(f"{recipient.address}: accepted: {said}"))
    announce("now look into that mailbox, also under 垃圾箱 (spam): a server may accept a mail and still put it away")
