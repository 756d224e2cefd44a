"""digest templates: a user's own templates for the mail, begun from ours and tried out."""

from __future__ import annotations

from pathlib import Path

import click

from digest.cli.options import configured, read_clock, read_settings
from digest.errors import UsageError


@click.group()
def templates() -> None:
    """Your own templates for the mail."""


@templates.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--force", is_flag=True, help="Overwrite files that are already there.")
def export(folder: Path, force: bool) -> None:
    """Write the templates into FOLDER for you to change; templates = "FOLDER" in digest.toml uses them."""
    from digest.collect.templates import export_templates

    for path in export_templates(folder, force=force):
        click.echo(path)


@templates.command("check")
@configured
def check(config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    """Render an issue with something of everything by your templates, in every theme that an edition uses.

    It is done as for a mail: in a process of its own, within 10 seconds and half a gigabyte.
    """
    from digest.app.doctor.trial import try_all_themes

    settings = read_settings(config_path, data_dir)
    if settings.templates is None:
        raise UsageError(
            "digest.toml names no templates of yours", 'digest templates export FOLDER; templates = "FOLDER"'
        )
    for told in try_all_themes(settings, read_clock(moment, settings.timezone)()):
        click.echo(told)
