"""What a timer has to call for a configuration, and what of this terminal a timer does not see."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from digest.config import Settings
from digest.errors import UsageError
from digest.files import follow_links
from digest.places import find_data
from digest.schedule.timers.job import Job

_READ_BY_DIGEST = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
_HARMLESS = ("DIGEST_CONFIG", "DIGEST_DEBUG")


def plan_job(settings: Settings | None, config: Path, data_dir: Path | None) -> Job:
    """Return what a timer has to call; without settings it is good for finding and taking away.

    Raises:
        UsageError: a path cannot be told to any timer.
    """
    data = find_data(data_dir)
    try:
        return Job(
            _program(),
            os.path.abspath(config),  # noqa: PTH100  resolve() would follow a link that is made to be changed
            str(data),
            tuple(str(folder) for folder in _folders(settings, data)) if settings else (),
            asks_programs=settings is not None and any(_programs(settings)),
        )
    except ValueError as error:
        raise UsageError(f"no timer can be set up: {error}", "give the file or the folder another name") from None


def find_cautions(settings: Settings, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return what works in this terminal and not in a timer, which sees neither its variables nor its PATH."""
    return tuple(_cautions(settings, environ))


def _program() -> tuple[str, ...]:
    """How this very digest is called: the command beside this Python, else the module."""
    python = Path(sys.executable)
    if sys.platform == "win32":  # pythonw opens no window every five minutes
        quiet = python.with_name("pythonw.exe")
        return (str(quiet if quiet.exists() else python), "-P", "-m", "digest")
    command = shutil.which("digest", path=str(python.parent))
    return (command,) if command else (str(python), "-P", "-m", "digest")


def _folders(settings: Settings, data: Path) -> Iterator[Path]:
    """The folders that a run writes to besides the data folder."""
    for path in (settings.store.path, settings.monitoring.textfile):
        if path is not None and not (there := follow_links(path)).is_relative_to(follow_links(data)):
            yield there.parent  # of a link: what is written lies beside the file itself


def _programs(settings: Settings) -> Iterator[tuple[str, str]]:
    """The programs of the user's that a run asks: the key and the program."""
    if settings.mail is not None:
        for key in ("password_command", "token_command"):
            if argv := getattr(settings.mail, key):
                yield key, argv[0]
    for group in settings.group:
        if group.command:
            yield f"command of the group {group.name}", group.command[0]


def _cautions(settings: Settings, environ: Mapping[str, str]) -> Iterator[str]:
    mail = settings.mail
    if mail is None:
        yield "there is no [mail] in the configuration yet: a timer would have nothing to send with"
    elif mail.password_env:
        yield (
            f"a timer does not see the variable {mail.password_env}: write the password into a file (chmod 600) and "
            'password_file = "…" in its place'
        )
    elif mail.keyring:
        yield "the keyring is open only while you are logged in: password_file works always"
    unseen = sorted(
        name
        for name in environ
        if (name.startswith("DIGEST_") and name not in _HARMLESS and not (mail and name == mail.password_env))
        or name.upper() in _READ_BY_DIGEST
    )
    if unseen:
        yield f"a timer does not see these variables of this terminal: {', '.join(unseen)}"
    for key, program in _programs(settings):
        if not os.path.isabs(program):  # noqa: PTH117
            yield f"a timer's PATH is short: write the {key} {program} with its whole path"
