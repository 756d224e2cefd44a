"""Taking the steps that install a timer: files are written and removed, the system's own programs are called."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from digest.app.call import Announce
from digest.errors import DigestError
from digest.files import replace_bytes
from digest.schedule.timers.job import Ask, Remove, Step, Write

PATIENCE = 60
"""Seconds that a program of the system's is waited for."""

_MODE = 0o644
"""Units and tasks hold no secret, and their service may be another user."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program of the system's answered; `code` is None where there is no such program, or it never ended."""

    code: int | None
    out: str = ""
    complaint: str = ""


def ask(*words: str, given: str | None = None, zone: str | None = None) -> Answer:
    """Return the answer of a program of the system's, such as crontab or systemctl, in English and without a shell.

    It tells moments by the clock of the `zone`.
    """
    try:
        done = subprocess.run(  # noqa: S603  words of our own, as a list
            words,
            input=None if given is None else given.encode("utf-8", "surrogateescape"),
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            env={**os.environ, "LC_ALL": "C", **({"TZ": zone} if zone else {})},
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Answer(None, complaint=getattr(error, "strerror", None) or "no answer")
    told = done.stderr.decode("utf-8", "replace").split("\n")
    complaint = next((line.strip() for line in reversed(told) if line.strip()), "")
    # bytes that are no UTF-8 are other people's lines of a crontab: they go back as they came
    return Answer(done.returncode, done.stdout.decode("utf-8", "surrogateescape"), complaint)


def take_steps(steps: Iterable[Step], announce: Announce, *, dry_run: bool = False) -> None:
    """Take the steps one after another and tell each; a dry run only tells.

    Raises:
        DigestError: a file cannot be written, or a program is missing or refuses.
    """
    for step in steps:
        if isinstance(step, Write):
            _write(step, announce, dry_run=dry_run)
        elif isinstance(step, Remove):
            _remove(step, announce, dry_run=dry_run)
        else:
            _call(step, announce, dry_run=dry_run)


def is_written(step: Write) -> bool:
    """Return whether the file says just that already."""
    with suppress(OSError):
        return Path(step.path).read_bytes() == step.text.encode(step.encoding)
    return False


def read_files(paths: Iterable[str]) -> dict[str, bytes | None]:
    """Return what stands in the files; None for one that is not there."""
    return {path: Path(path).read_bytes() if Path(path).is_file() else None for path in paths}


def write_files(contents: Mapping[str, bytes | None]) -> None:
    """Give files back what stood in them, and take away those that were not there.  Raises OSError."""
    for path, content in contents.items():
        if content is None:
            Path(path).unlink(missing_ok=True)
        else:
            Path(path).write_bytes(content)


def _write(step: Write, announce: Announce, *, dry_run: bool) -> None:
    path = Path(step.path)
    if is_written(step):
        announce(f"{path} is as it should be")
        return
    announce(f"{'would write' if dry_run else 'writing'} {path}")
    if dry_run:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_bytes(path, step.text.encode(step.encoding), _MODE)
    except OSError as error:
        raise DigestError(f"{path} cannot be written: {error.strerror}", "look at the owner of its folder") from error


def _remove(step: Remove, announce: Announce, *, dry_run: bool) -> None:
    path = Path(step.path)
    if not os.path.lexists(path):
        return
    announce(f"{'would remove' if dry_run else 'removing'} {path}")
    if dry_run:
        return
    try:
        path.unlink()
    except OSError as error:
        raise DigestError(f"{path} cannot be removed: {error.strerror}", "look at the owner of its folder") from error


def _call(step: Ask, announce: Announce, *, dry_run: bool) -> None:
    told = " ".join(step.words)
    announce(f"{'would call' if dry_run else 'calling'} {told}")
    if dry_run:
        return
    answer = ask(*step.words, given=step.given)
    if answer.code is None and not step.calm:
        raise DigestError(
            f"{step.words[0]} cannot be called: {answer.complaint}",
            "choose another way: digest schedule install --kind",
        )
    if answer.code and not step.calm:
        raise DigestError(f"{told} failed: {answer.complaint or f'exit code {answer.code}'}", "call it by hand to see")
