"""digest init, doctor and completion: setting up, and finding out what is wrong."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from digest.cli.options import announce, configured, locate_config, printable, read_clock, read_settings
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
    announce(
        f"next: digest preview --config {output}; then fill in [mail] and recipients, and try digest doctor "
        "and digest test-mail"
    )


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
    """Try everything a run needs - configuration, sources, templates, database, recipients, mail - step by step.

    What is wrong is marked FAIL, what may not be meant warn, each with what to try. Nothing is changed and nothing is
    sent; one login to the mail server is tried.
    """
    from digest.app.doctor.checking import examine

    settings = read_settings(config_path, data_dir)
    now = read_clock(moment, settings.timezone)()
    colours = {"ok": "green", "warn": "yellow", "FAIL": "red"}
    bad = 0
    for finding in examine(settings, os.environ, now, locate_config(config_path)):
        bad += finding.verdict == "FAIL"
        mark = click.style(f"{finding.verdict:4}", fg=colours[finding.verdict])
        click.echo(f"{mark} {printable(f'{finding.name}: {finding.seen}')}")
        if finding.verdict != "ok" and finding.remedy:
            click.echo(f"     Try: {printable(finding.remedy)}")
    if bad:
        raise DigestError(f"{bad} of these would stop a run or lose something", "mend what is marked FAIL")


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of your SHELL: eval "$(digest completion bash)"."""
    from click.shell_completion import get_completion_class

    from digest.cli.commands import cli

    script = get_completion_class(shell)
    assert script is not None
    click.echo(script(cli, {}, "digest", "_DIGEST_COMPLETE").source())
