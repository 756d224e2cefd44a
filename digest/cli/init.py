"""digest init: from nothing to a digest that is mailed, every answer checked at once."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.cli.options import announce
from digest.errors import ConfigError
from digest.files import replace_bytes

if TYPE_CHECKING:
    from digest.config.filling import Answers


@click.command()
@click.option("--address", metavar="ADDRESS", help="The mailbox that sends, and gets what --recipient does not say.")
@click.option("--provider", metavar="NAME", help="Its provider.  [default: known by the address]")
@click.option("--host", metavar="HOST", help="Its SMTP server, where the provider is not known.")
@click.option("--port", type=int, default=465, show_default=True, help="And the server's port; 587 means STARTTLS.")
@click.option("--password-file", type=click.Path(path_type=Path), help="The file with its password or 授权码.")
@click.option(
    "--recipient", "recipients", multiple=True, metavar="ADDRESS", help="Who gets the digest; again for more."
)
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="FOLDER|URL",
    help="Where articles come from; again for more.  [default: samples, if it is here]",
)
@click.option("--at", metavar="HH:MM", help="When it is due.  [default: 08:00]")
@click.option("--days", metavar="DAYS", help='"daily", "workdays", "weekly:mon".  [default: daily]')
@click.option("--timezone", metavar="ZONE", help="Time zone of that time.  [default: Asia/Shanghai]")
@click.option("--title", help="What the mail is called.  [default: 每日摘要]")
@click.option("--allow-private", is_flag=True, help="Sources may be on this machine or in the office.")
@click.option("--no-input", is_flag=True, help="Ask nothing, even at a terminal.")
@click.option("--output", type=click.Path(path_type=Path), default=Path("digest.toml"), show_default=True)
@click.option("--force", is_flag=True, help="Overwrite a file that is already there.")
@click.pass_context
def init(context: click.Context, /, output: Path, force: bool, no_input: bool, **given: Any) -> None:
    """Write a commented digest.toml that works as it stands.

    At a terminal it asks for what no option says - mailbox, recipients, sources, time - and checks each answer at once;
    then it offers a preview, a test mail, and the schedule. Elsewhere it asks nothing. Nothing is written before the
    last question; everything can be changed later by digest config set.
    """
    from digest.cli.asking import Interview, ask_everything, offer_more

    if (output.exists() or output.is_symlink()) and not force:
        raise ConfigError(
            f"{output} is already there", "keep it, choose another --output, or overwrite it with --force"
        )
    asking = sys.stdin.isatty() and not no_input
    interview = Interview(output.absolute().parent, os.environ, private=given.pop("allow_private"))
    interview.take(**given)
    if asking:
        ask_everything(interview)
    _write(interview.answers, interview.password, output)
    click.echo(output)
    if asking:
        offer_more(context, interview, output)
    else:
        _say_next(interview.answers, output)


def _write(answers: Answers, password: str, output: Path) -> None:
    """Write the file, and the password beside it where one was given; what would be wrong is found before."""
    from digest.config import read_template
    from digest.config.filling import fill_template
    from digest.config.loading import load_document

    text = fill_template(read_template(), answers)
    if answers.sources:  # without one the file is a form that somebody fills in
        load_document(output, {}, replaced={output.absolute(): text})
    try:
        if password:
            _write_secret(output.absolute().parent / answers.mail["password_file"], password)
        replace_bytes(output, text.encode())  # only for its owner: it names readers, and may come to name more
    except OSError as error:
        raise ConfigError(f"{output} cannot be written: {error.strerror}", "choose another --output") from error


def _write_secret(path: Path, password: str) -> None:
    """Write the password so that nobody else can read it, from its first byte."""
    path.unlink(missing_ok=True)  # one that was there would keep its mode
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(password + "\n")


def _say_next(answers: Answers, output: Path) -> None:
    missing = [] if answers.sources else ["[[source]]"]
    missing += [] if answers.mail else ["[mail]"]
    missing += [] if answers.recipients else ["recipients"]
    secret = output.absolute().parent / str(answers.mail.get("password_file", ""))
    if answers.mail and not secret.exists():
        announce(f"the password or 授权码 is not there yet: write it into {secret}, readable by you alone (umask 077)")
    fill = f"fill in {', '.join(missing)}, then " if missing else ""
    announce(f"next: {fill}digest preview --config {output}, digest doctor, digest test-mail, digest schedule install")
