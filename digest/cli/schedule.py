"""digest schedule: what makes this machine call digest, and when the editions are due."""

from __future__ import annotations

import os
import shlex
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from digest.cli.options import announce, configured, printable, read_clock, read_settings, require_config

if TYPE_CHECKING:
    from digest.app.operation.timers import Timer
    from digest.config import Settings
    from digest.schedule.timers.job import Job

COMING = 5
"""So many slots of each edition are shown."""

_KINDS = ("systemd", "cron", "launchd", "windows", "daemon")

_kind = click.option(
    "--kind",
    type=click.Choice(_KINDS),
    help="Which timer; daemon is a systemd service.  [default: systemd, else cron; launchd on macOS]",
)
_dry_run = click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")


@click.group()
def schedule() -> None:
    """What calls digest run every five minutes, and when the editions are due."""


@schedule.command()
@_kind
@_dry_run
@configured
def install(
    kind: str | None,
    dry_run: bool,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,  # noqa: ARG001  # every configured command takes --now; a timer is installed at any time
) -> None:
    """Have this machine call digest run every five minutes; done again, it brings the timer up to date.

    It is for you alone and needs no other rights: a systemd timer, a line of your crontab, a launchd agent or a
    task of Windows, each told as it is written.
    """
    from digest.app.operation.planning import find_cautions
    from digest.app.operation.timers import Timer, default_kind, installed_kinds

    settings = read_settings(config_path, data_dir)
    config = require_config(config_path)
    job = _plan(settings, config, data_dir)
    timer = Timer(job, kind or default_kind())
    timer.install(announce, dry_run=dry_run)
    for other in installed_kinds(config, data_dir):
        if other != timer.kind:
            announce(f"{other} calls digest as well, which does no harm: digest schedule uninstall --kind {other}")
    for line in (*timer.advice(), *find_cautions(settings, os.environ)):
        announce(f"note: {line}")
    _tell_orphans()
    announce(f"to see that it works: {timer.proof()}")


@schedule.command()
@_kind
@_dry_run
@configured
def uninstall(
    kind: str | None,
    dry_run: bool,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,  # noqa: ARG001  # every configured command takes --now; a timer is taken away at any time
) -> None:
    """Take the timer away again, whichever was installed; nothing else is touched, and what is kept stays.

    --config may name a file that is no more.
    """
    from digest.app.operation.timers import Timer, lying_kinds

    config = require_config(config_path)
    job = _plan(None, config, data_dir)
    kinds = (kind,) if kind else lying_kinds(config, data_dir)
    for each in kinds:
        Timer(job, each).uninstall(announce, dry_run=dry_run)
    if not kinds:
        announce(f"no timer calls digest for {job.config}: there is nothing to take away")
    _tell_orphans()


@schedule.command()
@_kind
@click.option("--system", is_flag=True, help="The units for the whole machine, to be installed by its administrator.")
@configured
def show(kind: str | None, system: bool, config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    """Show when each edition is due next, or, with --kind, what would be installed; and whether it is."""
    from digest.app.operation.timers import Timer, lying_kinds

    settings = read_settings(config_path, data_dir)
    config = require_config(config_path)
    job = _plan(settings, config, data_dir)
    now, zone = read_clock(moment, settings.timezone)(), ZoneInfo(settings.timezone)
    if system:
        _show_system(job, kind or "systemd")
        return
    if kind:
        _show_texts(Timer(job, kind).texts())
        _tell(Timer(job, kind), now, zone)
        return
    _show_slots(settings, now)
    kinds = lying_kinds(config, data_dir)
    for each in kinds:
        _tell(Timer(job, each), now, zone)
    if not kinds:
        announce(f"no timer calls digest for {job.config}: digest schedule install sets one up")
    _tell_orphans()


def _plan(settings: Settings | None, config: Path, data_dir: Path | None) -> Job:
    from digest.app.operation.planning import plan_job

    return plan_job(settings, config, data_dir)


def _tell_orphans() -> None:
    """Say which timers call digest for a configuration that was moved or renamed since."""
    from digest.app.operation.orphans import find_orphans

    for kind, config in find_orphans():
        announce(
            f"{kind} still calls digest for {config}, which is not there: "
            f"digest schedule uninstall --kind {kind} --config {shlex.quote(config)}"
        )


def _tell(timer: Timer, now: datetime, zone: ZoneInfo) -> None:
    """Say whether a timer is installed, whether it is up to date, and when it calls next."""
    if not timer.is_installed():
        lies = f", but its files lie here: digest schedule uninstall --kind {timer.kind}" if timer.lies_here() else ""
        announce(f"{timer.kind}: not installed{lies}")
    elif not timer.is_current():
        announce(f"{timer.kind}: installed, but not as it would be now: digest schedule install --kind {timer.kind}")
    else:
        announce(f"{timer.kind}: installed as {timer.job.name}; next call: {timer.next_call(now, zone)}")


def _show_texts(texts: dict[str, str]) -> None:
    """Print what would be installed; where it is more than one file, under its name."""
    for path, text in texts.items():
        if len(texts) > 1:
            click.echo(printable(f"# {path}"))
        click.echo(text)


def _show_system(job: Job, kind: str) -> None:
    from digest.errors import UsageError
    from digest.schedule.timers.systemd import CREDENTIAL, SYSTEM_FOLDER, system_units, unit_name

    if kind not in ("systemd", "daemon"):
        raise UsageError(f"--system is for systemd, not for {kind}", "write --kind systemd or --kind daemon")
    _show_texts({f"{SYSTEM_FOLDER}/{name}": text for name, text in system_units(job, kind).items()})
    for line in (
        "useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin digest",
        f"chown digest {job.config}",
        f"the password, and nothing else, into /etc/digest/{CREDENTIAL} (chmod 600)",
        f'in [mail]: password_command = ["systemd-creds", "cat", "{CREDENTIAL}"]',
        f"systemctl daemon-reload; systemctl enable --now {unit_name(job, kind)}",
    ):
        announce(f"as root: {line}")


def _show_slots(settings: Settings, now: datetime) -> None:
    """Print the coming slots of each edition, by its own clock."""
    from digest.app.timetable import timetable_of

    for edition in settings.editions():
        click.echo(printable(f"{edition.name}: {edition.title} ({edition.timezone})"))
        slots = list(islice(timetable_of(settings, edition).after(now), COMING))
        for slot in slots:
            click.echo(f"  {slot:%a %Y-%m-%d %H:%M}")
        if not slots:
            click.echo("  none for more than a year")
