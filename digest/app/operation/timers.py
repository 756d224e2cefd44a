"""The timers of this machine: which of them call digest, and how one is set up or taken away."""

from __future__ import annotations

import csv
import os
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from digest.app.call import Announce
from digest.app.operation.planning import plan_job
from digest.app.operation.steps import ask, is_written, take_steps
from digest.errors import DigestError, UsageError
from digest.schedule.timers import cron, launchd, systemd, windows
from digest.schedule.timers.job import MINUTES, Job, Step, Write

KINDS = ("systemd", "cron", "launchd", "windows", "daemon")
"""systemd's timer, a line of cron's, an agent of launchd's, a task of Windows', systemd's service for the daemon."""

_MANAGER_ANSWERS = ("running", "degraded", "starting", "initializing", "maintenance")
_NO_TABLE = ("no crontab for", "no such file")


def default_kind() -> str:
    """Return this machine's way: launchd, Windows' scheduler, systemd where the user's manager answers, else cron."""
    if sys.platform in ("darwin", "win32"):
        return "launchd" if sys.platform == "darwin" else "windows"
    return "systemd" if _manager_answers() else "cron"


def installed_kinds(config: Path, data_dir: Path | None = None) -> tuple[str, ...]:
    """Return the kinds of timers that call digest for a configuration on this machine; it never raises."""
    try:
        job = plan_job(None, config, data_dir)
        return tuple(kind for kind in KINDS if Timer(job, kind).is_installed())
    except DigestError:
        return ()


@dataclass(frozen=True, slots=True)
class Timer:
    """One kind of timer for one job."""

    job: Job
    kind: str
    home: Path = field(default_factory=lambda: Path(os.path.expanduser("~")))  # noqa: PTH111  home() may raise

    def install(self, announce: Announce, *, dry_run: bool = False) -> None:
        """Set it up, or bring it up to date; done twice it is as done once.

        Raises:
            DigestError: the machine refuses.
        """
        if not dry_run:
            Path(self.job.data).mkdir(mode=0o700, parents=True, exist_ok=True)
        take_steps(self.steps(), announce, dry_run=dry_run)

    def uninstall(self, announce: Announce, *, dry_run: bool = False) -> None:
        """Take it away; where it is not there, nothing is done.  Raises DigestError."""
        take_steps(self._leaving(), announce, dry_run=dry_run)

    def steps(self) -> tuple[Step, ...]:
        """Return what `install` would do.  Raises DigestError."""
        try:
            match self.kind:
                case "cron":
                    return cron.install(self.job, self._table())
                case "launchd":
                    return launchd.install(self.job, str(self.home), _user())
                case "windows":
                    return windows.install(self.job, self.job.data)
                case _:
                    return systemd.install(self.job, str(self._units()), self.kind, _try_sandbox())
        except ValueError as error:
            raise UsageError(str(error), "give the file or the folder another name") from None

    def texts(self) -> dict[str, str]:
        """Return what would be installed: texts by where they go.  Raises DigestError."""
        if self.kind != "cron":
            return {step.path: step.text for step in self.steps() if isinstance(step, Write)}
        try:
            return {"crontab": cron.cron_line(self.job) + "\n"}
        except ValueError as error:
            raise UsageError(str(error), "give the file or the folder another name") from None

    def is_installed(self) -> bool:
        """Return whether this machine's timer is set up, in this or in an older form."""
        match self.kind:
            case "cron":
                answer = ask("crontab", "-l")
                return answer.code == 0 and cron.has_line(answer.out, self.job)
            case "launchd":
                return Path(launchd.agent_path(self.job, str(self.home))).is_file()
            case "windows":
                return ask("schtasks", "/Query", "/TN", self.job.name).code == 0
            case _:
                return Path(systemd.enabling_link(self.job, str(self._units()), self.kind)).is_symlink()

    def is_current(self) -> bool:
        """Return whether installing it would change nothing: a new environment or a moved file has another timer."""
        steps = self.steps()
        return not steps if self.kind == "cron" else all(is_written(step) for step in steps if isinstance(step, Write))

    def next_call(self, now: datetime) -> str:
        """Return when digest is called next, in words."""
        if self.kind == "systemd":
            show = ("show", systemd.unit_name(self.job, self.kind), "--property=NextElapseUSecRealtime", "--value")
            return ask("systemctl", "--user", *show).out.strip() or f"within {MINUTES} minutes"
        if self.kind == "cron":
            local = now.astimezone().replace(second=0, microsecond=0)
            return f"{local + timedelta(minutes=MINUTES - local.minute % MINUTES):%Y-%m-%d %H:%M}"
        if self.kind == "windows":
            rows = list(
                csv.reader(ask("schtasks", "/Query", "/TN", self.job.name, "/FO", "CSV", "/NH").out.split("\n"))
            )
            return rows[0][1] if rows and len(rows[0]) > 1 else f"within {MINUTES} minutes"
        return "when an edition is due" if self.kind == "daemon" else f"within {MINUTES} minutes"

    def proof(self) -> str:
        """Return how to see that it works."""
        unit = systemd.unit_name(self.job, self.kind)
        log = launchd.log_path(self.job, str(self.home))
        return {
            "systemd": f"systemctl --user list-timers {unit}; journalctl --user --unit {self.job.name}.service",
            "daemon": f"systemctl --user status {unit}; journalctl --user --unit {unit}",
            "cron": "crontab -l; digest status; with MAILTO=you@example.cn in it cron mails what failed runs say",
            "launchd": f"launchctl print gui/{_user()}/{self.job.name}; tail {log}",
            "windows": f"schtasks /Query /TN {self.job.name} /V /FO LIST",
        }[self.kind]

    def advice(self) -> tuple[str, ...]:
        """Return what else the person should know or do."""
        if self.kind == "cron":
            others = cron.other_lines(self._table(), self.job)
            return tuple(f"another line of your crontab calls digest as well, and may go: {line}" for line in others)
        if self.kind in ("systemd", "daemon") and not _lingers():
            return ("nothing is called while you are logged out, until you call: loginctl enable-linger",)
        return ()

    def _leaving(self) -> tuple[Step, ...]:
        match self.kind:
            case "cron":
                return cron.uninstall(self.job, self._table())
            case "launchd":
                return launchd.uninstall(self.job, str(self.home), _user())
            case "windows":
                return windows.uninstall(self.job, self.job.data)
            case _:
                return systemd.uninstall(self.job, str(self._units()), self.kind)

    def _units(self) -> Path:
        base = os.environ.get("XDG_CONFIG_HOME", "")
        return (Path(base) if os.path.isabs(base) else self.home / ".config") / "systemd" / "user"  # noqa: PTH117

    def _table(self) -> str:
        """The crontab of this user; where it cannot be read nothing may be written in its place."""
        answer = ask("crontab", "-l")
        if answer.code == 0:
            return answer.out
        if answer.code is not None and any(word in answer.complaint.lower() for word in _NO_TABLE):
            return ""
        if answer.code is None:
            raise DigestError("this machine has no crontab", "install cron, or let digest daemon run all the time")
        raise DigestError(f"your crontab cannot be read: {answer.complaint}", "call crontab -l by hand to see")


def _manager_answers() -> bool:
    return ask("systemctl", "--user", "is-system-running").out.strip() in _MANAGER_ANSWERS


def _try_sandbox() -> tuple[str, ...]:
    """What of systemd's sandbox works for users of this machine: some kernels give them no name spaces, or not all."""
    if _starts(systemd.SANDBOX):
        return systemd.SANDBOX
    working: tuple[str, ...] = ()
    for line in systemd.SANDBOX if _starts(()) else ():
        # one after another: some fail only together
        working += (line,) if _starts((*working, line)) else ()
    return working


def _starts(lines: tuple[str, ...]) -> bool:
    properties = [word for line in (systemd.BELOW, *lines) for word in ("-p", line)]
    return ask("systemd-run", "--user", "--wait", "--quiet", "--collect", *properties, "/bin/true").code == 0


def _lingers() -> bool:
    """Whether the user's manager goes on when its user logs out."""
    return ask("loginctl", "show-user", str(_user()), "--property=Linger", "--value").out.strip() == "yes"


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0
