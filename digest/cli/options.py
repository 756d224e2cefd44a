"""Options that several commands share, and what they mean."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import click

from digest.cli.log import log
from digest.cli.log import printable as printable  # the commands that print have it from here
from digest.errors import ConfigError, UsageError
from digest.places import find_config

if TYPE_CHECKING:
    from digest.config import Settings
    from digest.model import Edition

Command = TypeVar("Command", bound=Callable[..., Any])

FIRST_YEAR, LAST_YEAR = 1900, 9000
"""The years --now may name: at the edges of the calendar no slot before or after can be computed."""

_config = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    help="The configuration file.  [default: $DIGEST_CONFIG, ./digest.toml, then the user's config folder]",
)
_data_dir = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Where the database is kept.  [default: the user's data folder]"
)
_now = click.option(
    "--now",
    "moment",
    metavar="ISO",
    help="Pretend it is then: 2026-11-20T08:00 (in the configured time zone) or with +08:00.",
)


def placed(command: Command) -> Command:
    """Give a command --config and --data-dir."""
    return _config(_data_dir(command))


def configured(command: Command) -> Command:
    """Give a command --config, --data-dir and --now."""
    return placed(_now(command))


def find_here(config_path: Path | None) -> Path | None:
    """Return the configuration in use, or None where there is none."""
    return find_config(config_path, os.environ, Path.cwd())


def locate_config(config_path: Path | None) -> str:
    """Return the path of the configuration in use, or nothing where there is none."""
    path = find_here(config_path)
    return str(path.absolute()) if path else ""


def require_config(config_path: Path | None) -> Path:
    """Return the path of the configuration in use.

    Raises:
        ConfigError: there is none.
    """
    path = find_here(config_path)
    if path is None:
        raise ConfigError("there is no digest.toml here", "digest init writes one; --config names another place")
    return path


def read_settings(config_path: Path | None, data_dir: Path | None, *, required: bool = True) -> Settings:
    """Return the settings, or, where none is required and no file is there, the defaults.

    Raises:
        ConfigError: the file is missing or wrong.
    """
    from digest.config import default_settings, load_settings

    path = require_config(config_path) if required else find_here(config_path)
    if path is None:
        return default_settings(os.environ, Path.cwd(), data_dir)
    settings = load_settings(path, os.environ, data_dir)
    log.prepare(settings, os.environ)
    return settings


def choose_edition(settings: Settings, name: str | None) -> Edition:
    """Return the edition of that name, or the first one.

    Raises:
        UsageError: there is none of that name.
    """
    return settings.find_edition(name) if name else settings.editions()[0]


def read_clock(moment: str | None, timezone: str = "UTC") -> Callable[[], datetime]:
    """Return the clock: the real one, or one that stands still at `moment`, in `timezone` where it names no offset.

    Raises:
        UsageError: `moment` is no date and time.
    """
    if moment is None:
        return lambda: datetime.now(UTC)
    try:
        given = datetime.fromisoformat(moment)
    except ValueError:
        raise UsageError(f"--now {moment} is no date and time", "write --now 2026-11-20T08:00") from None
    if not FIRST_YEAR <= given.year <= LAST_YEAR:
        raise UsageError(f"--now {moment} is no year of a digest", f"choose one from {FIRST_YEAR} to {LAST_YEAR}")
    fixed = given if given.tzinfo else given.replace(tzinfo=ZoneInfo(timezone))
    return lambda: fixed


def announce(line: str) -> None:
    """Say something on stderr, without control characters and secrets, as the command's --log wants it."""
    log.say(line)


def print_json(data: object) -> None:
    """Print data as JSON; on a terminal, which would obey control characters, in ASCII."""
    text = json.dumps(data, ensure_ascii=sys.stdout.isatty(), indent=2)
    click.echo(text.encode("utf-8", "replace"))


class ProgressLine:
    """A progress bar on stderr, drawn only on a terminal and only for work of more than a few steps."""

    def __init__(self, label: str, few: int = 20) -> None:
        self._label = label
        self._few = few
        self._bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        if total <= self._few or log.mode == "json" or not sys.stderr.isatty():
            return
        if self._bar is None:
            self._bar = click.progressbar(length=total, label=self._label, file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)
        if done == total:
            self._bar.__exit__(None, None, None)
            self._bar = None
