"""How a command was called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.app.grounds import Grounds
from digest.config import MailSettings, Settings
from digest.schedule.moments import shown

Announce = Callable[[str], None]
Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]


def unsaid(_line: str) -> None:
    """Say nothing."""


def never() -> bool:
    """Return False: nobody asks this run to end."""
    return False


@dataclass(frozen=True, slots=True)
class Call:
    """How a command was called: with which settings, clock and environment, who is told, and whether for real.

    `origin` is the path of the configuration; two that share a database share what was sent.  `progress` hears how
    many of how many mails are done; `stopping` says that the run is asked to end where it stands, losing nothing.
    `grounds` are the files the settings came from, for a run that notes when there will be something to do; `detail`
    hears what belongs into a log and not on a screen.
    """

    settings: Settings
    clock: Clock
    environ: Mapping[str, str]
    announce: Announce
    dry_run: bool = False
    origin: str = ""
    progress: Progress | None = None
    stopping: Callable[[], bool] = never
    grounds: Grounds | None = None
    detail: Announce = unsaid

    @property
    def mail(self) -> MailSettings | None:
        """The mail settings; only a dry run does without.  Raises ConfigError."""
        return self.settings.mail if self.dry_run else self.settings.require_mail()

    def show(self, moment: datetime) -> str:
        """Return a moment as the reader's clock shows it."""
        return shown(moment, ZoneInfo(self.settings.timezone))
