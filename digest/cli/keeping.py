"""digest backup and digest purge: what keeps the state safe and small over the years."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.options import announce, configured, printable, read_clock, read_settings
from digest.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from digest.config import Settings

FEWEST_DAYS = 60
"""What [store] retention allows as well: the rhythm of sources is read from so many days."""


@click.command()
@click.argument("place", required=False, type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace a file that is there; with --restore also by another database's.")
@click.option("--keep", type=click.IntRange(1), metavar="N", help="Afterwards only the newest N dated backups stay.")
@click.option("--restore", "source", type=click.Path(path_type=Path), metavar="FILE", help="Bring a backup back.")
@click.option("--as-it-was", is_flag=True, help="With --restore: nothing was sent since; go on where it stood.")
@configured
def backup(
    place: Path | None,
    force: bool,
    keep: int | None,
    source: Path | None,
    as_it_was: bool,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
) -> None:
    """Back up the database, also while a run is at work; a checked copy, readable by you alone.

    PLACE is a file, or a folder that gets a dated one; without it the folder "backups" beside the database does. Dated
    ones are called by their database and count for no other: several may share a folder.

    --restore brings a backup back, and keeps the database of before beside it as *.before-restore. Whatever was sent
    since the backup was made is not sent again: mails that waited then are held (digest outbox list), articles that
    may have been printed since are left out, and every slot until now counts as done. Where nothing was sent since,
    as on the way to another machine, --as-it-was goes on without any of that.
    """
    settings = read_settings(config_path, data_dir)
    now = read_clock(moment, settings.timezone)()
    if source is not None:
        if place or keep:
            raise UsageError("--restore takes a backup and nothing else", "digest backup --restore FILE")
        _restore(settings, source, now, as_it_was, force)
        return
    if as_it_was:
        raise UsageError("--as-it-was says how to restore", "digest backup --restore FILE --as-it-was")
    from digest.app.operation.disk import show_size
    from digest.app.operation.keeping import make_backup

    made = make_backup(settings, place, now, force=force, keep=keep or 0)
    click.echo(printable(str(made.path)))
    announce(f"{show_size(made.size)}, checked and sound")
    for path in made.dropped:
        announce(f"removed {path}")


def _restore(settings: Settings, source: Path, now: datetime, as_it_was: bool, force: bool) -> None:
    from digest.app.operation.keeping import restore_backup

    done = restore_backup(settings, source, now, as_it_was=as_it_was, force=force)
    announce(f"restored {source}")
    if done.aside:
        announce(f"the database of before is kept as {done.aside}")
    if as_it_was:
        announce("all goes on where it stood")
        return
    unsure = done.unsure
    announce("every slot until now counts as done: digest send sends an issue at once")
    if unsure.held:
        announce(f"{unsure.held} mails may have gone out since and are held: digest outbox list --state unknown")
    if unsure.articles or unsure.drafts:
        what = [f"{unsure.articles} articles"] * bool(unsure.articles) + [f"{unsure.drafts} drafts"] * bool(
            unsure.drafts
        )
        announce(f"{' and '.join(what)} may have been printed since and are let go of: digest why tells of each")
    announce("who left since is not known any more: digest bounces reads their mails again")


@click.command()
@click.option(
    "--days",
    type=click.IntRange(FEWEST_DAYS),
    metavar="N",
    help="Keep so many days.  [default: [store] retention, 400]",
)
@click.option("--dry-run", is_flag=True, help="Count what would go, and change nothing.")
@configured
def purge(days: int | None, dry_run: bool, config_path: Path | None, data_dir: Path | None, moment: str | None) -> None:
    """Let go of what is older than the state is kept: issues, mails, articles and all that belongs to them.

    The first run of each day does the same. What every article is known by stays, so that no old one is ever printed
    again; and so do who has left, candidates, drafts, and mails that wait or are held.
    """
    from digest.app.operation.disk import show_size
    from digest.app.operation.keeping import purge_state

    settings = read_settings(config_path, data_dir)
    now = read_clock(moment, settings.timezone)()
    cleared = purge_state(settings, now, days, dry_run=dry_run)
    for name, count in cleared.purged.counts():
        if not (dry_run and name == "originals"):  # which are not in the copy that a dry run works on
            click.echo(f"{count}\t{name}")
    announce(f"{'would go' if dry_run else 'gone'}: what is older than {cleared.before:%Y-%m-%d}")
    if cleared.given_back:
        announce(f"the database is smaller by {show_size(cleared.given_back)}")
