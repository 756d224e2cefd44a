"""digest daemon: runs digest when something is due, in the foreground, for systemd, a container or a terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.log import log, logged
from digest.cli.options import announce, placed, require_config
from digest.places import find_data

if TYPE_CHECKING:
    from digest.daemon.keeping import Daemon


@click.command()
@click.option(
    "--check", is_flag=True, help="Say whether the daemon of this configuration is well: 0, or 1 and why not."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="N", help="Answer /healthz and /readyz on this port of 127.0.0.1."
)
@placed
@logged
def daemon(check: bool, port: int | None, config_path: Path | None, data_dir: Path | None) -> None:
    """Sleep until something is due and run it, until SIGTERM.

    Every run is a `digest run` of its own.  SIGHUP, or a change of the file, reads the configuration again; SIGTERM and
    Ctrl-C end the run at work after the mail in hand, and then the daemon.
    """
    config, data = require_config(config_path).absolute(), find_data(data_dir).absolute()
    if check:
        _check(config, data)
    else:
        _live(config, data, port)


def _check(config: Path, data: Path) -> None:
    from digest.app.operation.beat import judge_beat, read_beat
    from digest.errors import DigestError

    beat = read_beat(config, data)
    if wrong := judge_beat(beat, datetime.now(UTC)):
        raise DigestError(wrong, "look at its log; digest run in a terminal shows what a run says")
    if beat is not None:
        click.echo(f"{beat.state}; next at {beat.told_next}" if beat.next else beat.state)


def _live(config: Path, data: Path, port: int | None) -> None:
    from digest.daemon.agenda import Agenda
    from digest.daemon.asking import listening
    from digest.daemon.keeping import Daemon, World
    from digest.daemon.lock import only_daemon
    from digest.daemon.notify import make_notifier, watchdog_seconds
    from digest.daemon.worker import start_run

    agenda = Agenda(config, data, os.environ)
    log.prepare(agenda.settings, os.environ)
    spoken = {"DIGEST_LOG": log.mode}  # its runs speak as it does
    start = partial(start_run, config, data, {**os.environ, **spoken})
    with only_daemon(config, data), listening() as bell, ExitStack() as stack:
        world = World(
            lambda: datetime.now(UTC),
            bell.wait,
            start,
            announce,
            make_notifier(os.environ),
            watchdog_seconds(os.environ),
        )
        keeper = Daemon(agenda, world, os.getpid())
        if port is not None:
            stack.enter_context(_answer(keeper, port))
        keeper.live()


@contextmanager
def _answer(keeper: Daemon, port: int) -> Iterator[None]:
    from digest.app.operation.beat import judge_beat
    from digest.daemon.port import answering

    def find_trouble() -> str:
        return judge_beat(keeper.beat, datetime.now(UTC))

    def find_death() -> str:
        return judge_beat(replace(keeper.beat, state="sleeping"), datetime.now(UTC))

    with answering(port, find_death, find_trouble) as had:
        announce(f"digest daemon: http://127.0.0.1:{had}/healthz and /readyz answer")
        yield
