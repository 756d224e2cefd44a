"""systemd: a oneshot service and its timer, or the daemon as a service; in the user's manager or for the whole machine.

The manager of a user cannot do all that the system's can.  What takes name spaces (`SANDBOX`) works there only below
PrivateUsers=yes, and not on every kernel: a line that does not work would fail every start, so each is tried first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from digest.schedule.timers.job import MINUTES, PLAIN, Ask, Job, Remove, Step, Write

SYSTEM_FOLDER = "/etc/systemd/system"
CREDENTIAL = "smtp-password"

_ABOUT, _IS_DUE = "digest: mail what ", " says is due"
_HOMES = ("/home/", "/root/")
_SHARED = ("/tmp/", "/var/tmp/")  # noqa: S108  # names are compared, nothing is written there

_UNSAFE = frozenset("\"'\\")
"""What systemd takes in no program's path, however it is quoted."""

_RUN = (
    "Type=oneshot",
    "# another run is at work: that is no failure",
    "SuccessExitStatus=4 75",
    "TimeoutStartSec=6h",
    "# asked to end, a run finishes the mail in hand",
    "TimeoutStopSec=5min",
)
_DAEMON = (
    "Type=notify",
    "NotifyAccess=main",
    "WatchdogSec=5min",
    "Restart=on-failure",
    "RestartSec=30s",
    "# a mistake in the configuration mends itself by no restart",
    "RestartPreventExitStatus=2 3",
    "ExecReload=/bin/kill -HUP $MAINPID",
    "TimeoutStopSec=6min",
)
_ALWAYS = (
    "KillMode=mixed",
    "UMask=0077",
    "Nice=5",
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "RestrictNamespaces=yes",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
    "SystemCallArchitectures=native",
    "KeyringMode=private",
)
_OWN_CALLS = (
    "MemoryDenyWriteExecute=yes",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged",
    "SystemCallErrorNumber=EPERM",
)
"""What numpy and jieba live with, but not every program of a user's that prints a password."""

_HOME = "ProtectHome=read-only"
SANDBOX = (
    "ProtectSystem=strict",
    _HOME,
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectControlGroups=yes",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "CapabilityBoundingSet=",
)
"""What a user's manager may or may not be able to do: a machine that is read-only and shows little."""

BELOW = "PrivateUsers=yes"
"""What SANDBOX takes in a user's manager."""

_SYSTEM_ONLY = ("AmbientCapabilities=", "ProtectProc=invisible", "ProcSubset=pid", "RemoveIPC=yes")


def install(job: Job, folder: str, kind: str, sandbox: tuple[str, ...] = SANDBOX) -> tuple[Step, ...]:
    """Return the steps that install a timer (`systemd`) or the service of the daemon (`daemon`) for this user."""
    started = ("enable", "--now") if kind == "systemd" else ("enable",)
    # a daemon that runs takes a changed unit, or a new digest, only by starting anew
    restarts = () if kind == "systemd" else (_systemctl("restart", unit_name(job, kind)),)
    return (
        *(Write(f"{folder}/{name}", text) for name, text in user_units(job, kind, sandbox).items()),
        _systemctl("daemon-reload"),
        _systemctl(*started, unit_name(job, kind)),
        *restarts,
    )


def uninstall(job: Job, folder: str, kind: str) -> tuple[Step, ...]:
    """Return the steps that take it away again; drop-ins of the user's stay."""
    return (
        Ask(("systemctl", "--user", "disable", "--now", unit_name(job, kind)), calm=True),
        Remove(enabling_link(job, folder, kind)),  # where systemd does not answer
        *(Remove(f"{folder}/{name}") for name in user_units(job, kind)),
        Ask(("systemctl", "--user", "daemon-reload"), calm=True),
    )


def unit_name(job: Job, kind: str) -> str:
    """Return the unit that is enabled."""
    return f"{job.name}.timer" if kind == "systemd" else f"{job.name}-daemon.service"


def enabling_link(job: Job, folder: str, kind: str) -> str:
    """Return the link by which systemd knows that the unit is enabled."""
    target = "timers.target" if kind == "systemd" else "default.target"
    return f"{folder}/{target}.wants/{unit_name(job, kind)}"


def user_units(job: Job, kind: str, sandbox: tuple[str, ...] = SANDBOX) -> dict[str, str]:
    """Return the files of the user's manager by their names; `sandbox` is what of SANDBOX works on the machine."""
    hardened = (*_ALWAYS, *(() if job.asks_programs else _OWN_CALLS), *_user_sandbox(job, sandbox))
    if kind == "daemon":
        lines = (*_DAEMON, f"ExecStart={exec_line(job.words('daemon'))}", *hardened)
        return {unit_name(job, kind): _service(job, lines, wanted_by="default.target")}
    lines = (*_RUN, f"ExecStart={exec_line(job.words('run'))}", *hardened)
    return {f"{job.name}.service": _service(job, lines), f"{job.name}.timer": _timer()}


def system_units(job: Job, kind: str) -> dict[str, str]:
    """Return the files for the whole machine: a user of its own, a folder for its state, the password as a credential.

    The password is read by `password_command = ["systemd-creds", "cat", "smtp-password"]`.
    """
    state = f"/var/lib/{job.name}"
    command = "daemon" if kind == "daemon" else "run"
    lines = (
        *(_DAEMON if kind == "daemon" else _RUN),
        f"ExecStart={exec_line(job.words(command, data=state))}",
        "User=digest",
        f"StateDirectory={job.name}",
        "StateDirectoryMode=0700",
        f"LoadCredential={CREDENTIAL}:/etc/digest/{CREDENTIAL}",
        *_ALWAYS,
        *_OWN_CALLS,
        *(line for line in SANDBOX if line not in (*_left_out(job), _HOME)),
        _HOME if _any_below((*job.program, job.config), _HOMES) else "ProtectHome=yes",
        *(f"ReadWritePaths={quote_path(folder)}" for folder in job.folders if not _any_below((folder,), (job.data,))),
        *_SYSTEM_ONLY,
    )
    if kind == "daemon":
        return {unit_name(job, kind): _service(job, lines, wanted_by="multi-user.target", system=True)}
    return {f"{job.name}.service": _service(job, lines, system=True), f"{job.name}.timer": _timer()}


def configuration_of(unit: str) -> str:
    """Return the configuration that a service of ours calls digest for; nothing for what is none."""
    found = re.search(f"^Description={_ABOUT}(.*){_IS_DUE}$", unit, re.M)
    return found[1].replace("%%", "%") if found else ""


def exec_line(words: Iterable[str]) -> str:
    """Return a command line as ExecStart= takes it; the colon says that no variables are to be put in."""
    program, *rest = words
    if set(program) & _UNSAFE:
        program, rest = "/bin/sh", ["-c", 'exec "$0" "$@"', program, *rest]
    return ":" + " ".join(_quote(word) for word in (program, *rest))


def quote_path(path: str) -> str:
    """Return a path as ReadWritePaths= takes it; one that is not there (yet) fails no start."""
    return _quote("-" + path)


def _service(job: Job, lines: Iterable[str], *, wanted_by: str = "", system: bool = False) -> str:
    """A service; one of the system waits for the network, which no user's manager knows of."""
    network = ("Wants=network-online.target", "After=network-online.target") if system else ()
    head = (f"Description={_ABOUT}{_percent(job.config)}{_IS_DUE}", *network)
    install_part = ("", "[Install]", f"WantedBy={wanted_by}") if wanted_by else ()
    return "\n".join(("[Unit]", *head, "", "[Service]", *lines, *install_part, ""))


def _timer() -> str:
    lines = (
        *("[Unit]", f"Description=digest: look every {MINUTES} minutes what is due", ""),
        *("[Timer]", f"OnCalendar=*:0/{MINUTES}", "Persistent=true", "AccuracySec=30s", "RandomizedDelaySec=20s", ""),
        *("[Install]", "WantedBy=timers.target", ""),
    )
    return "\n".join(lines)


def _user_sandbox(job: Job, sandbox: tuple[str, ...]) -> tuple[str, ...]:
    """What works of a read-only machine but for the state; programs of the user's keep keys and caches in the home."""
    lines = [line for line in sandbox if line not in _left_out(job)]
    places = [quote_path(folder) for folder in (job.data, *job.folders)] + (["%h"] if job.asks_programs else [])
    return (BELOW, *lines, *(f"ReadWritePaths={place}" for place in places)) if lines else ()


def _left_out(job: Job) -> tuple[str, ...]:
    """What would hide something from digest: its own folder of temporary files, where what it needs is in that of all.

    With programs of the user's, ReadWritePaths=%h opens the home.
    """
    paths = (*job.program, job.config, job.data, *job.folders)
    private = ("PrivateTmp=yes",) if _any_below(paths, _SHARED) else ()
    return (*private, *((_HOME,) if job.asks_programs else ()))


def _any_below(paths: Iterable[str], folders: tuple[str, ...]) -> bool:
    return any(f"{path}/".startswith(folder.rstrip("/") + "/") for path in paths for folder in folders)


def _systemctl(*words: str) -> Ask:
    return Ask(("systemctl", "--user", *words))


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _quote(word: str) -> str:
    r"""A word as it is, or in quotes, where a backslash and a quote take a backslash; % begins a specifier."""
    if word and set(word) <= PLAIN:
        return word
    return '"' + _percent(word.replace("\\", "\\\\").replace('"', '\\"')) + '"'
