"""digest run and send: what is due goes out, once."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.log import log, logged
from digest.cli.options import (
    ProgressLine,
    announce,
    choose_edition,
    configured,
    find_here,
    locate_config,
    read_clock,
    read_settings,
    require_config,
)
from digest.cli.stopping import stop_when_asked
from digest.errors import BusyError, ConfigError, DigestError, MailError
from digest.places import find_data

if TYPE_CHECKING:
    from digest.app.call import Announce
    from digest.app.grounds import Grounds
    from digest.app.outcome import Outcome
    from digest.config import Settings


@click.command()
@click.option("--edition", help="Only this edition.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent; send nothing and change no byte of state.")
@click.option("--kept", is_flag=True, help="Take the texts of the configuration from stdin, as JSON (the daemon does).")
@click.option("--quiet", is_flag=True, help="Say nothing but trouble, and the same trouble once a day: for cron.")
@logged
@configured
def run(
    edition: str | None,
    dry_run: bool,
    kept: bool,
    quiet: bool,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
) -> None:
    """Compose and send every edition that is due; safe to call every five minutes.

    An issue is composed once and mailed as it was composed: a second run sends nothing, and a run after a failure
    sends the same issue to those who did not get it.  Asked to end (Ctrl-C, SIGTERM) it ends after the mail in hand
    and exits with 75; asked twice, at once.
    """
    whole = not (edition or dry_run or kept)
    if whole and (told := _glance(config_path, data_dir, moment)) is not None:
        for line in () if quiet else told:
            announce(line)
        return
    hearing = _hear_news(config_path, data_dir, moment, dry_run) if quiet else nullcontext((announce, log.detail))
    with hearing as (say, detail):
        outcome = _run(edition, dry_run, kept, say, detail, config_path, data_dir, moment)
        if quiet and outcome.resting and not outcome.worked:
            raise click.exceptions.Exit(MailError.exit_code)  # nothing was tried since what was told before
        outcome.check()


def _run(
    edition: str | None,
    dry_run: bool,
    kept: bool,
    say: Announce,
    detail: Announce,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
) -> Outcome:
    from digest.app.sending import Call
    from digest.app.sending import run as run_editions

    whole = not (edition or dry_run or kept)
    grounds = _take_grounds(config_path, data_dir) if whole else None
    settings = _read_kept(config_path, data_dir) if kept else read_settings(config_path, data_dir)
    clock = read_clock(moment, settings.timezone)
    origin, progress = locate_config(config_path), ProgressLine("sending")
    with stop_when_asked() as stopping:
        call = Call(settings, clock, os.environ, say, dry_run, origin, progress, stopping, grounds, detail)
        return run_editions(call, only=edition)


@click.command()
@click.option("--edition", help="Which edition.  [default: the first]")
@click.option("--to", multiple=True, metavar="ADDRESS", help="Send to this address instead, and remember nothing.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent; send nothing and change no byte of state.")
@logged
@configured
def send(
    edition: str | None,
    to: tuple[str, ...],
    dry_run: bool,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
) -> None:
    """Send one edition now, whatever the time: what is due or was missed, or else one of its own.

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
    origin, progress = locate_config(config_path), ProgressLine("sending")
    with stop_when_asked() as stopping:
        call = Call(settings, clock, os.environ, announce, dry_run, origin, progress, stopping, detail=log.detail)
        send_now(call, chosen, to=recipients).check()


@contextmanager
def _hear_news(
    config_path: Path | None, data_dir: Path | None, moment: str | None, dry_run: bool
) -> Iterator[tuple[Announce, Announce]]:
    """Yield what hears the lines of a run, to be said where it ends in trouble that was not told lately."""
    lines: list[str] = []
    try:
        yield lines.append, lines.append if log.mode == "json" else _ignore
    except BusyError:
        raise
    except DigestError as error:
        from digest.app.operation.repeating import is_news

        told = (*lines, error.message, *(error.mistakes if isinstance(error, ConfigError) else ()))
        config = Path(locate_config(config_path))
        if not dry_run and not is_news(told, config, find_data(data_dir), read_clock(moment)()):
            raise click.exceptions.Exit(error.exit_code) from None
        for line in lines:
            announce(line)
        raise


def _ignore(_line: str) -> None:
    pass


def _glance(config_path: Path | None, data_dir: Path | None, moment: str | None) -> list[str] | None:
    """What there is to say where nothing is due, found without reading the configuration; None where one must look."""
    from digest.app.operation.idle import find_idle

    try:
        now = datetime.now(UTC) if moment is None else datetime.fromisoformat(moment)
        config = find_here(config_path)
    except (OSError, ValueError):
        return None  # the full run says what is wrong
    return find_idle(config, find_data(data_dir), os.environ, now) if config else None


def _take_grounds(config_path: Path | None, data_dir: Path | None) -> Grounds | None:
    """What the settings, which are read after this, rest on."""
    from digest.app.grounds import take_grounds

    config = find_here(config_path)
    return take_grounds(config, find_data(data_dir), os.environ) if config else None


def _read_kept(config_path: Path | None, data_dir: Path | None) -> Settings:
    """The settings by the texts that the daemon keeps of files that say something unusable by now."""
    from digest.config.loading import load_document

    texts = {Path(path): text for path, text in json.load(sys.stdin.buffer).items()}
    settings = load_document(require_config(config_path), os.environ, data_dir, texts).settings
    log.prepare(settings, os.environ)
    return settings
