"""digest issue: a frozen issue shown, edited and let go by a person before it is mailed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.options import announce, choose_edition, configured, read_clock, read_settings
from digest.cli.writing import FORMS, write_issue

if TYPE_CHECKING:
    from digest.app.issues.drafts import Waiting
    from digest.config import Settings
    from digest.model import Edition, Issue

_edition = click.option("--edition", help="Which edition of the configuration.  [default: the first]")


@click.group("issue")
def issue() -> None:
    """Show, edit and release an issue that was frozen before its slot.

    \b
    digest preview --freeze   compose the issue of the next slot and keep it
    digest issue show         its items with their numbers
    digest issue drop 3 7     leave items out for good
    digest issue move 5 1     move item 5 to the first place
    digest issue note 2 TEXT  put an editor's remark to an item
    digest issue release      let a held issue go out

    What was shown last is mailed at its slot, byte for byte.  An edition with review = true waits for the release.
    """


@issue.command()
@click.option("--text", "as_text", is_flag=True, help="Print the plain-text digest, as it will be mailed.")
@_edition
@configured
def show(
    as_text: bool,
    edition: str | None,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,  # noqa: ARG001  # every configured command takes --now; a frozen issue is the same at any time
) -> None:
    """List the items of the frozen issue: number, section, title, source, score."""
    waiting = _look_at(edition, config_path, data_dir)
    if as_text:
        click.echo(waiting.letter.text.rstrip("\n"))
    else:
        _list_items(waiting.issue)
    announce(_state(waiting.issue, waiting.held))


@issue.command()
@click.argument("numbers", metavar="NUMBER...", nargs=-1, type=int, required=True)
@_edition
@configured
def drop(
    numbers: tuple[int, ...], edition: str | None, config_path: Path | None, data_dir: Path | None, moment: str | None
) -> None:
    """Leave items out, in this issue and later ones; the rest is numbered anew."""
    from digest.compose.editing import drop_items

    _edit(edition, config_path, data_dir, moment, lambda found: drop_items(found, numbers))


@issue.command()
@click.argument("number", type=int)
@click.argument("to", type=int)
@_edition
@configured
def move(
    number: int, to: int, edition: str | None, config_path: Path | None, data_dir: Path | None, moment: str | None
) -> None:
    """Move item NUMBER to the place of item TO, and into its section."""
    from digest.compose.editing import move_item

    _edit(edition, config_path, data_dir, moment, lambda found: move_item(found, number, to))


@issue.command()
@click.argument("number", type=int)
@click.argument("text")
@_edition
@configured
def note(
    number: int, text: str, edition: str | None, config_path: Path | None, data_dir: Path | None, moment: str | None
) -> None:
    """Put the remark TEXT to item NUMBER, marked as the editor's; an empty TEXT takes it away."""
    from digest.compose.editing import note_item

    _edit(edition, config_path, data_dir, moment, lambda found: note_item(found, number, text))


@issue.command()
@_edition
@configured
def release(edition: str | None, config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    """Let the frozen issue go out at its slot, or with the next digest run where that has passed."""
    from digest.app.issues.drafts import release_waiting

    settings, chosen = _chosen(edition, config_path, data_dir)
    announce(_state(release_waiting(settings, chosen, read_clock(moment)()), held=False))


@issue.command()
@_edition
@configured
def discard(
    edition: str | None,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
) -> None:
    """Give the frozen issue up: it is composed anew when it is due, and its articles are candidates as before."""
    from digest.app.issues.drafts import discard_waiting

    settings, chosen = _chosen(edition, config_path, data_dir)
    given_up = discard_waiting(settings, chosen, read_clock(moment)())
    announce(f"{chosen.name}: the frozen issue of {given_up.slot:%Y-%m-%d %H:%M} is given up")


@issue.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    default="markdown",
    help="What kind of document.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="The file.  [default: stdout]")
@_edition
@configured
def export(
    form: str,
    output: Path | None,
    edition: str | None,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,  # noqa: ARG001  # as above
) -> None:
    """Write the frozen issue as a document: Markdown, Word, or the parts of its mail."""
    waiting = _look_at(edition, config_path, data_dir)
    write_issue(waiting.issue, waiting.letter, form, output)


def _chosen(edition: str | None, config_path: Path | None, data_dir: Path | None) -> tuple[Settings, Edition]:
    settings = read_settings(config_path, data_dir)
    return settings, choose_edition(settings, edition)


def _look_at(edition: str | None, config_path: Path | None, data_dir: Path | None) -> Waiting:
    """The frozen issue, read from a copy of the state."""
    from digest.app.issues.drafts import require_waiting
    from digest.app.state import open_state

    settings, chosen = _chosen(edition, config_path, data_dir)
    with open_state(settings, dry_run=True) as store:
        return require_waiting(store, chosen)


def _edit(
    edition: str | None,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
    change: Callable[[Issue], Issue],
) -> None:
    from digest.app.issues.drafts import edit_waiting

    settings, chosen = _chosen(edition, config_path, data_dir)
    edited = edit_waiting(settings, chosen, change, read_clock(moment)())
    _list_items(edited.issue)
    for warning in edited.letter.warnings:
        announce(warning)
    announce(_state(edited.issue, edited.held))


def _list_items(found: Issue) -> None:
    section = ""
    for item in found.items:
        if item.section and item.section != section:
            click.echo(f"【{item.section}】")
            section = item.section
        where = item.article.site or item.article.source
        also = f" +{len(item.also)}" if item.also else ""
        click.echo(f"{item.number:3}. {item.title}  ({where}{also}, {item.score:.2f})")
        if item.note:
            click.echo(f"     编者按：{item.note}")


def _state(found: Issue, held: bool) -> str:
    at = "goes out at its slot, or at the next run after it"
    what = "is held: digest issue release lets it go out" if held else at
    return f"{found.edition}: the issue of {found.slot:%Y-%m-%d %H:%M}, {len(found.items)} items, {what}"
