"""digest preview: an edition made and shown, nothing sent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.options import ProgressLine, announce, configured, read_clock, read_settings
from digest.errors import DigestError, PartlyDone

if TYPE_CHECKING:
    from digest.app.preview import Preview


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="The folder to write the pages to.")
@click.option("--open", "opened", is_flag=True, help="Open the page in the browser.")
@click.option("--text", "as_text", is_flag=True, help="Print the plain-text digest instead of writing pages.")
@click.option("--edition", help="Which edition of the configuration.  [default: the first]")
@click.option("--all", "everything", is_flag=True, help="Show what earlier issues have printed as well.")
@configured
def preview(
    paths: tuple[Path, ...],
    output: Path | None,
    opened: bool,
    as_text: bool,
    edition: str | None,
    everything: bool,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
) -> None:
    """Make a digest of the articles in PATHs, or of the configured sources, and print where its page is.

    A PATH is a folder (read recursively) or a file of articles.  Nothing is sent and nothing is remembered.
    """
    from digest.app.preview import preview as make_preview

    settings = read_settings(config_path, data_dir, required=not paths)
    chosen = settings.find_edition(edition) if edition else settings.editions()[0]
    made = make_preview(
        settings,
        chosen,
        paths,
        read_clock(moment, settings.timezone)(),
        os.environ,
        everything=everything,
        reading=ProgressLine("reading"),
        summarizing=ProgressLine("summarizing"),
    )
    _tell(made)
    if made.gathering.failed and not made.issue.items:
        raise DigestError("nothing could be read", "the lines above say why")
    if as_text:
        click.echo(made.letter.text.rstrip("\n"))
    else:
        page = _write(made, output)
        click.echo(page)
        if opened:
            click.launch(page.as_uri())
    if made.gathering.troubled:
        raise PartlyDone("not everything could be read", "the lines above and the page's foot say what")


def _tell(made: Preview) -> None:
    for report in made.gathering.reports:
        for problem in report.problems:
            announce(f"{report.name}: {problem}")
    for warning in made.letter.warnings:
        announce(warning)
    announce(f"subject: {made.letter.subject}")


def _write(made: Preview, output: Path | None) -> Path:
    """Write the HTML and the text page, and return the path of the first."""
    folder = output or _default_folder()
    page = folder / f"{made.issue.edition}-{made.issue.day.isoformat()}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        page.write_text(made.letter.html, encoding="utf-8", newline="\n")
        page.with_suffix(".txt").write_text(made.letter.text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DigestError(
            f"{error.filename or folder} cannot be written: {error.strerror}", "choose another --output"
        ) from error
    return page.absolute()


def _default_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("digest", appauthor=False) / "preview"
