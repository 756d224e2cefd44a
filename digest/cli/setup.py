"""digest init, doctor, templates and completion: setting up, and finding out what is wrong."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from digest.cli.options import announce, configured, read_clock, read_settings
from digest.errors import ConfigError, DigestError, UsageError


@click.command()
@click.option(
    "--source", type=click.Path(path_type=Path), help="The folder of articles.  [default: samples, if it is here]"
)
@click.option("--output", type=click.Path(path_type=Path), default=Path("digest.toml"), show_default=True)
@click.option("--force", is_flag=True, help="Overwrite a file that is already there.")
def init(source: Path | None, output: Path, force: bool) -> None:
    """Write a commented digest.toml that works as it stands: try it with digest preview."""
    from digest.config import read_template

    if (output.exists() or output.is_symlink()) and not force:
        raise ConfigError(
            f"{output} is already there", "keep it, choose another --output, or overwrite it with --force"
        )
    folder = source or _ask_source()
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder", "name a folder of articles: digest init --source FOLDER")
    text = _with_source(read_template(), folder, output)
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigError(f"{output} cannot be written: {error.strerror}", "choose another --output") from error
    click.echo(output)
    announce(f"next: digest preview --config {output}; then fill in [mail] and recipients, and try digest doctor")


def _ask_source() -> Path:
    """The samples of a checkout, or what the person at the terminal says."""
    if Path("samples").is_dir():
        return Path("samples")
    if not sys.stdin.isatty():
        raise UsageError("there is no folder samples here", "name a folder of articles: digest init --source FOLDER")
    return Path(click.prompt("Folder of articles", err=True, type=str)).expanduser()


def _with_source(text: str, folder: Path, output: Path) -> str:
    """The template with its one source pointing at `folder`, seen from the folder of the file."""
    home = output.absolute().parent
    place = folder.absolute()
    shown = place.relative_to(home).as_posix() if place.is_relative_to(home) else place.as_posix()
    quoted = "'" + shown + "'" if "'" not in shown else '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'
    name = "".join(char if char.isprintable() and char not in "\"'\\" else "-" for char in place.name) or "articles"
    text = text.replace('the folder "samples"', f'the folder "{name}"')
    return text.replace('path = "samples"', f"path = {quoted}").replace('name = "samples" ', f'name = "{name}" ')


@click.command()
@configured
def doctor(config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    """Try everything a run needs - configuration, sources, folders, login - and say how to mend what is wrong.

    Nothing is changed and nothing is sent.
    """
    from digest.app.checking import examine

    settings = read_settings(config_path, data_dir)
    bad = 0
    for finding in examine(settings, os.environ, read_clock(moment, settings.timezone)()):
        bad += not finding.well
        mark = click.style("ok  ", fg="green") if finding.well else click.style("FAIL", fg="red")
        click.echo(f"{mark} {finding.name}: {finding.seen}")
        if not finding.well and finding.remedy:
            click.echo(f"     Try: {finding.remedy}")
    if bad:
        raise DigestError(f"{bad} of these would stop a run or lose something", "mend what is marked FAIL")


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


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of your SHELL: eval "$(digest completion bash)"."""
    from click.shell_completion import get_completion_class

    from digest.cli.commands import cli

    script = get_completion_class(shell)
    assert script is not None
    click.echo(script(cli, {}, "digest", "_DIGEST_COMPLETE").source())
