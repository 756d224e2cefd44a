"""digest preview: an edition made and shown, nothing sent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.options import ProgressLine, announce, choose_edition, configured, read_clock, read_settings
from digest.cli.writing import SUFFIXES, render_issue, write_file
from digest.errors import DigestError, PartlyDone, UsageError

if TYPE_CHECKING:
    from digest.app.preview import Preview


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="The folder to write the pages to.")
@click.option("--open", "opened", is_flag=True, help="Open the page in the browser.")
@click.option("--text", "as_text", is_flag=True, help="Print the plain-text digest instead of writing pages.")
@click.option(
    "--format", "form", type=click.Choice(["html", "markdown", "docx"]), default="html", help="What kind of page."
)
@click.option("--explain", is_flag=True, help="Print the score of every item and what it is made of.")
@click.option("--freeze", is_flag=True, help="Keep it: the issue of the next slot will be mailed as it is shown.")
@click.option("--edition", help="Which edition of the configuration.  [default: the first]")
@click.option("--all", "everything", is_flag=True, help="Show what earlier issues have printed as well.")
@configured
def preview(
    paths: tuple[Path, ...],
    output: Path | None,
    opened: bool,
    as_text: bool,
    form: str,
    explain: bool,
    freeze: bool,
    edition: str | None,
    everything: bool,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
) -> None:
    """Make a digest of the articles in PATHs, or of the configured sources, and print where its page is.

    A PATH is a folder (read recursively) or a file of articles.  Nothing is sent, and without --freeze nothing is
    remembered; with it digest issue shows and edits what is kept.
    """
    from digest.app.issues.letters import fell_back
    from digest.app.preview import freeze_next
    from digest.app.preview import preview as make_preview

    if freeze and (paths or everything):
        raise UsageError("--freeze goes with neither PATHs nor --all", "it keeps what the configured sources give")
    settings = read_settings(config_path, data_dir, required=not paths)
    chosen = choose_edition(settings, edition)
    now = read_clock(moment, settings.timezone)()
    reading, summarizing = ProgressLine("reading"), ProgressLine("summarizing")
    if freeze:
        made = freeze_next(settings, chosen, now, os.environ, reading, summarizing)
    else:
        made = make_preview(
            settings, chosen, paths, now, os.environ, everything=everything, reading=reading, summarizing=summarizing
        )
    _tell(made)
    if made.gathering.failed and not made.issue.items:
        raise DigestError("nothing could be read", "the lines above say why")
    if freeze:
        announce(f"frozen: the issue of {made.issue.slot:%Y-%m-%d %H:%M}; digest issue --help says what can be done")
    if explain:
        _explain(made)
    if as_text:
        click.echo(made.letter.text.rstrip("\n"))
    else:
        page = _write(made, output, form)
        click.echo(page)
        if opened:
            click.launch(page.as_uri())
    if made.gathering.troubled:
        raise PartlyDone("not everything could be read", "the lines above and the page's foot say what")
    if fell_back(made.letter):
        raise PartlyDone(
            "your own templates were not used", "the line above says why; digest templates check tries them"
        )


def _tell(made: Preview) -> None:
    for report in made.gathering.reports:
        for problem in report.problems:
            announce(f"{report.name}: {problem}")
    for warning in made.letter.warnings:
        announce(warning)
    announce(f"subject: {made.letter.subject}")


def _explain(made: Preview) -> None:
    from digest.compose.importance import explain_score

    for item in made.issue.items:
        announce(f"{item.number:3}. {item.article.key}  {explain_score(item.terms, item.score)}  {item.title}")


def _write(made: Preview, output: Path | None, form: str) -> Path:
    """Write the page, with the parts of a mail beside an HTML one, and return its path."""
    page = (output or _default_folder()) / f"{made.issue.edition}-{made.issue.day.isoformat()}{SUFFIXES[form]}"
    write_file(page, render_issue(made.issue, made.letter, form))
    if form == "html":
        write_file(page.with_suffix(".txt"), render_issue(made.issue, made.letter, "text"))
        for attachment in made.letter.attachments:
            if not attachment.cid:  # the page holds its pictures
                write_file(page.parent / attachment.name, attachment.data)
    return page.absolute()


def _default_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("digest", appauthor=False) / "preview"
