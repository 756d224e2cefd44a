"""digest doctor and completion: finding out what is wrong."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.options import configured, locate_config, print_json, printable, read_clock, read_settings
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.app.doctor.finding import Finding

_COLOURS = {"ok": "green", "warn": "yellow", "FAIL": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One list of findings: name, verdict, seen, remedy.")
@configured
def doctor(as_json: bool, config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    """Try everything a run needs - configuration, sources, templates, database, recipients, mail - step by step.

    And everything that lets it run for a year by itself: schedule, calendar, who hears of a failure, disk, backups.
    What is wrong is marked FAIL, what may not be meant warn, each with what to try. Nothing is changed and nothing is
    sent; one login to the mail server is tried.
    """
    from digest.app.doctor.checking import examine

    settings = read_settings(config_path, data_dir)
    now = read_clock(moment, settings.timezone)()
    found: list[Finding] = []
    for finding in examine(settings, os.environ, now, locate_config(config_path), data_dir):
        found.append(finding)
        if not as_json:
            _print_finding(finding)
    if as_json:
        print_json({"version": 1, "findings": [_describe(finding) for finding in found]})
    if bad := sum(finding.verdict == "FAIL" for finding in found):
        raise DigestError(f"{bad} of these would stop a run or lose something", "mend what is marked FAIL")


def _print_finding(finding: Finding) -> None:
    mark = click.style(f"{finding.verdict:4}", fg=_COLOURS[finding.verdict])
    click.echo(f"{mark} {printable(f'{finding.name}: {finding.seen}')}")
    if finding.verdict != "ok" and finding.remedy:
        click.echo(f"     Try: {printable(finding.remedy)}")


def _describe(finding: Finding) -> dict[str, str]:
    """A finding as data; what is well needs no remedy."""
    remedy = {"remedy": finding.remedy} if finding.verdict != "ok" and finding.remedy else {}
    return {"name": finding.name, "verdict": finding.verdict.lower(), "seen": finding.seen, **remedy}


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of your SHELL: eval "$(digest completion bash)"."""
    from click.shell_completion import get_completion_class

    from digest.cli.commands import cli

    script = get_completion_class(shell)
    assert script is not None
    click.echo(script(cli, {}, "digest", "_DIGEST_COMPLETE").source())
