"""Timers that were left behind: they call digest for a configuration that was moved, renamed or removed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from digest.app.operation.steps import ask
from digest.app.operation.timers import units_folder
from digest.schedule.timers import cron, launchd, systemd


def find_orphans() -> tuple[tuple[str, str], ...]:
    """Return the kinds and configurations of this user's timers whose configuration is not there; it never raises.

    Tasks of Windows are not looked for: their names do not say what they call.
    """
    home = Path(os.path.expanduser("~"))  # noqa: PTH111  home() may raise
    found = (*_of_cron(), *_of_systemd(units_folder(home)), *_of_launchd(home / "Library" / "LaunchAgents"))
    return tuple((kind, config) for kind, config in dict.fromkeys(found) if config and not os.path.lexists(config))


def _of_cron() -> Iterator[tuple[str, str]]:
    answer = ask("crontab", "-l")
    if answer.code == 0:
        yield from (("cron", config) for config in cron.configurations(answer.out))


def _of_systemd(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("digest-*.service")):
        kind = "daemon" if path.stem.endswith("-daemon") else "systemd"
        yield kind, systemd.configuration_of(_read(path).decode("utf-8", "replace"))


def _of_launchd(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("digest-*.plist")):
        yield "launchd", launchd.configuration_of(_read(path))


def _read(path: Path) -> bytes:
    with suppress(OSError):
        return path.read_bytes()
    return b""
