"""The tree of commands.  Only click is imported here; a command imports what it needs when it runs."""

from __future__ import annotations

import click

import digest
from digest.cli.bounces import bounces
from digest.cli.config import config
from digest.cli.daemon import daemon
from digest.cli.evaluate import evaluate
from digest.cli.init import init
from digest.cli.issue import issue
from digest.cli.keeping import backup, purge
from digest.cli.mailing import run, send
from digest.cli.outbox import outbox
from digest.cli.preview import preview
from digest.cli.recipients import recipients
from digest.cli.schedule import schedule
from digest.cli.setup import completion, doctor
from digest.cli.sources import sources
from digest.cli.status import status
from digest.cli.summarize import summarize
from digest.cli.templates import templates
from digest.cli.testmail import test_mail
from digest.cli.verify import verify
from digest.cli.why import why, why_empty


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(digest.__version__, prog_name="digest")
def cli() -> None:
    """Read Chinese news, pick the key sentences, mail one trustworthy page every morning.

    \b
    digest summarize FILE     the key sentences of one article
    digest preview FOLDER     a digest of a folder, shown, not sent
    digest run                send every edition that is due (call it from cron)

    Exit codes: 0 done, 1 failure, 2 usage, 3 configuration, 4 partly done, 5 nothing could be sent, 75 try again later.
    """


COMMANDS = (
    summarize,
    preview,
    issue,
    run,
    send,
    daemon,
    sources,
    schedule,
    init,
    config,
    doctor,
    status,
    test_mail,
    outbox,
    recipients,
    bounces,
    backup,
    purge,
    verify,
    why,
    why_empty,
    templates,
    evaluate,
    completion,
)

for command in COMMANDS:
    cli.add_command(command)
