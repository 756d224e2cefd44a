"""digest bounces: what came back, who left, and what is done about it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.cli.options import announce, configured, print_json, printable, read_clock, read_settings
from digest.errors import PartlyDone

if TYPE_CHECKING:
    from digest.app.mail.bounces import Finding, Post


@click.command()
@click.option("--maildir", type=click.Path(path_type=Path), help="Read this maildir.  [default: what [bounces] says]")
@click.option("--days", type=click.IntRange(1, 366), default=30, show_default=True, help="How far to look back.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; change no byte of state.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@configured
def bounces(
    maildir: Path | None,
    days: int,
    dry_run: bool,
    as_json: bool,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,
) -> None:
    """Read the mailbox that answers come back to: mails that bounced, and readers who want no more.

    A line tells of each: what it is, the address, what was said, what was done.  The mailbox itself is not changed, and
    what was read once is not told again.  An address whose mails of three days came back for good is given up.
    """
    from digest.app.mail.bounces import decide, open_mailbox, read_marks, read_messages
    from digest.app.state import open_state
    from digest.deliver.mailbox import MOST, Left

    settings = read_settings(config_path, data_dir)
    now = read_clock(moment, settings.timezone)()
    known: frozenset[str] = frozenset()
    if not dry_run:
        with open_state(settings) as store:
            known = read_marks(store)
    # read while the state is not held: a slow server must not keep the morning's run from it
    left = Left()
    messages = read_messages(open_mailbox(settings, os.environ, now - timedelta(days=days), maildir, left), known)
    with open_state(settings, dry_run=dry_run) as store:
        post = decide(store, messages, now, left.count)
    if as_json:
        print_json(_as_data(post))
    else:
        _show(post)
    if post.left:
        raise PartlyDone(
            f"not read: {post.left} older messages; only the newest {MOST} are, and {post.waiting} wait for a person",
            "move what is no answer out of the folder, or let answers come into one of their own, and run it again",
        )
    if post.waiting:
        raise PartlyDone(f"left for a person to look at: {post.waiting}", "the lines above say what to run")


def _show(post: Post) -> None:
    for finding in post.findings:
        row = finding.row
        said = f"{row.code} {row.told}" if row.code and row.code not in row.told else row.told
        click.echo("\t".join(printable(cell) for cell in (row.kind, row.address, said, finding.done)))
    for suppression in post.given_up:
        click.echo(f"given up\t{suppression.address}\t{printable(suppression.told)}\tgets no more mail")
    announce(
        f"{post.read} messages: {len(post.findings)} told, {post.known} read before, {post.ignored} no business of ours"
    )


def _as_data(post: Post) -> dict[str, Any]:
    return {
        "version": 1,
        "messages": post.read,
        "read_before": post.known,
        "ignored": post.ignored,
        "waiting": post.waiting,
        "left": post.left,
        "findings": [_finding(finding) for finding in post.findings],
        "given_up": [{"address": gone.address, "why": gone.told} for gone in post.given_up],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    row = finding.row
    return {
        "kind": row.kind,
        "address": row.address,
        "edition": row.edition,
        "slot": row.slot.isoformat() if row.slot else None,
        "code": row.code,
        "said": row.told,
        "done": finding.done,
        "person": finding.person,
    }
