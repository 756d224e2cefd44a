"""digest why and why-empty: what became of an article, and of a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from digest.cli.options import FIRST_YEAR, LAST_YEAR, choose_edition, configured, printable, read_clock, read_settings
from digest.errors import UsageError


@click.command()
@click.argument("name", metavar="URL|KEY")
@configured
def why(
    name: str,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,  # noqa: ARG001  # every configured command takes --now; the past is the same at any time
) -> None:
    """Tell the life of one article: when it was read, what was decided and why, where it was printed, who got it.

    URL is its address in any spelling, KEY the article's key or at least six digits of it.
    """
    from digest.app.issues.why import explain_article

    for line in explain_article(read_settings(config_path, data_dir), name):
        click.echo(printable(line))


@click.command("why-empty")
@click.argument("day", metavar="[DAY]", required=False)
@click.option("--edition", help="Which edition of the configuration.  [default: the first]")
@configured
def why_empty(
    day: str | None, edition: str | None, config_path: Path | None, data_dir: Path | None, moment: str | None
) -> None:
    """Tell why the issue of a day holds what it holds, or nothing: its mails, its sources, every decision counted.

    DAY is written 2026-11-20; without it, today.
    """
    from digest.app.issues.why import explain_day

    settings = read_settings(config_path, data_dir)
    chosen = choose_edition(settings, edition)
    now = read_clock(moment, settings.timezone)()
    try:
        on = date.fromisoformat(day) if day else now.astimezone(ZoneInfo(chosen.timezone)).date()
    except ValueError:
        raise UsageError(f"{day} is no day", "write it as 2026-11-20") from None
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise UsageError(f"{day} is no day of a digest", f"choose one from {FIRST_YEAR} to {LAST_YEAR}")
    for line in explain_day(settings, chosen, on, now):
        click.echo(printable(line))
