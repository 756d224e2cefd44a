"""The timers of this machine: which of them call digest, and how one is set up or taken away."""

from __future__ import annotations

import csv
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.app.call import Announce
from digest.app.operation.planning import plan_job
from digest.app.operation.steps import ask, is_written, read_files, take_steps, write_files
from digest.errors import DigestError, UsageError
from digest.schedule.moments import shown
from digest.schedule.timers import cron, launchd, systemd, windows
from digest.schedule.timers.job import MINUTES, Job, Step, Write

KINDS = ("systemd", "cron", "launchd", "windows", "daemon")
"""systemd's timer, a line of cron's, an agent of launchd's, a task of Windows', systemd's service for the daemon."""

_SOON = f"within {MINUTES} minutes"
_PROGRAMS = {"launchd": "launchctl", "windows": "schtasks"}
_MANAGER_ANSWERS = ("running", "degraded", "starting", "initializing", "maintenance")
_NO_TABLE = ("no crontab for", "no such file")


def default_kind() -> str:
    """Return this machine's way: launchd, Windows' scheduler, systemd where the user's manager answers, else cron."""
    if sys.platform in ("darwin", "win32"):
        return "launchd" if sys.platform == "darwin" else "windows"
    return "systemd" if _manager_answers() else "cron"


def installed_kinds(config: Path, data_dir: Path | None = None) -> tuple[str, ...]:
    """Return the kinds of timers that call digest for a configuration on this machine; it never raises."""
    return _kinds(config, data_dir, Timer.is_installed)


def lying_kinds(config: Path, data_dir: Path | None = None) -> tuple[str, ...]:
    """Return the kinds of which anything lies here for a configuration, also where it does not work; never raises."""
    return _kinds(config, data_dir, Timer.lies_here)


def _kinds(config: Path, data_dir: Path | None, is_so: Callable[[Timer], bool]) -> tuple[str, ...]:
    try:
        job = plan_job(None, config, data_dir)
        return tuple(kind for kind in KINDS if is_so(Timer(job, kind)))
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
            UsageError: this machine has no such timer.
            DigestError: the machine refuses; all is as it was before.
        """
        lack, fitting = self._find_lack(), f"what fits: digest schedule install --kind {default_kind()}"
        if lack and not dry_run:
            raise UsageError(lack, fitting)
        steps = self.steps()
        if dry_run:
            take_steps(steps, announce, dry_run=True)
            if lack:
                announce(f"it would be refused: {lack}; {fitting}")
            return
        Path(self.job.data).mkdir(mode=0o700, parents=True, exist_ok=True)
        was_installed = self.is_installed()
        before = read_files(step.path for step in steps if isinstance(step, Write))
        try:
            take_steps(steps, announce)
        except DigestError:
            announce("taking back what was done")
            self._take_back(before if was_installed else None)
            raise

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
        """Return whether this machine's timer is set up, in this or in an older form, and its program answers."""
        match self.kind:
            case "launchd":
                return self.lies_here() and ask("launchctl", "print", f"gui/{_user()}/{self.job.name}").code == 0
            case "windows":
                return self._has_task()
            case "cron":
                return self.lies_here()
            case _:
                return self._link().is_symlink() and _manager_answers()

    def lies_here(self) -> bool:
        """Return whether there is anything of it on this machine: a line, a file, a task."""
        match self.kind:
            case "cron":
                answer = ask("crontab", "-l")
                return answer.code == 0 and cron.has_line(answer.out, self.job)
            case "launchd":
                return Path(launchd.agent_path(self.job, str(self.home))).is_file()
            case "windows":
                return Path(windows.task_path(self.job, self.job.data)).is_file() or self._has_task()
            case _:
                files = (self._units() / name for name in systemd.user_units(self.job, self.kind))
                return any(os.path.lexists(path) for path in (self._link(), *files))

    def is_current(self) -> bool:
        """Return whether installing it would change nothing: a new environment or a moved file has another timer."""
        steps = self.steps()
        return not steps if self.kind == "cron" else all(is_written(step) for step in steps if isinstance(step, Write))

    def next_call(self, now: datetime, zone: ZoneInfo) -> str:
        """Return when digest is called next, in words, by the clock of the zone, which is named."""
        if self.kind == "systemd":
            show = ("show", systemd.unit_name(self.job, self.kind), "--property=NextElapseUSecRealtime", "--value")
            told = ask("systemctl", "--user", *show, zone="UTC").out.strip()
            return _by_clock(told, zone) or told or _SOON
        if self.kind == "cron":
            local = now.astimezone().replace(second=0, microsecond=0)  # cron counts by the machine's clock
            return _shown(local + timedelta(minutes=MINUTES - local.minute % MINUTES), zone)
        if self.kind == "windows":
            answer = ask("schtasks", "/Query", "/TN", self.job.name, "/FO", "CSV", "/NH")
            rows = list(csv.reader(answer.out.split("\n")))
            return f"{rows[0][1]} (this machine's clock)" if rows and len(rows[0]) > 1 else _SOON
        return "when an edition is due" if self.kind == "daemon" else _SOON

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

    def _find_lack(self) -> str:
        """Return why this machine has no such timer; nothing where it has, or where the crontab will say it."""
        if self.kind in ("systemd", "daemon"):
            return "" if _manager_answers() else "systemd does not serve you here (systemctl --user)"
        program = _PROGRAMS.get(self.kind)
        return f"this machine has no {program}" if program and not shutil.which(program) else ""

    def _take_back(self, before: Mapping[str, bytes | None] | None) -> None:
        """Undo an install: give an older one its files back, leave nothing of a new one.  It never fails."""
        with suppress(DigestError, OSError):
            if before is None:
                take_steps(self._leaving(), _say_nothing)
                return
            write_files(before)
            if self.kind in ("systemd", "daemon"):
                ask("systemctl", "--user", "daemon-reload")

    def _has_task(self) -> bool:
        return ask("schtasks", "/Query", "/TN", self.job.name).code == 0

    def _link(self) -> Path:
        return Path(systemd.enabling_link(self.job, str(self._units()), self.kind))

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
        return units_folder(self.home)

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


def units_folder(home: Path) -> Path:
    """Return where the units of a user are kept."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(base) if os.path.isabs(base) else home / ".config") / "systemd" / "user"  # noqa: PTH117


def _by_clock(told: str, zone: ZoneInfo) -> str:
    """A moment that systemd tells in UTC, by the clock of the zone; nothing where it is none."""
    with suppress(ValueError):
        return _shown(datetime.strptime(told, "%a %Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC), zone)
    return ""


def _shown(moment: datetime, zone: ZoneInfo) -> str:
    return f"{shown(moment, zone)} ({zone.key})"


def _say_nothing(_line: str) -> None:
    pass


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
