"""Who is in a group now: the names in digest.toml, the lines of its file, and what its program prints."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from digest.config import parse_mailbox
from digest.config.recipients import GroupSettings
from digest.model import Recipient

COMMAND_SECONDS = 30.0
"""How long a program may take to print a list."""

LONGEST_LIST = 4_000_000
"""So many bytes of a list are read; no office has more people."""

SHOWN = 3
"""So many wrong lines of one list are told; the rest is counted."""

_REMARK = re.compile(r"(?:^|\s)#.*")


@dataclass(frozen=True, slots=True)
class Member:
    """A recipient and the list it stands on: of an edition, of a group, or in a group's file or program."""

    recipient: Recipient
    kind: Literal["edition", "group", "file", "command"]
    owner: str
    place: str


@dataclass(frozen=True, slots=True)
class Membership:
    """Who is in a group, and what is wrong with its lists; `complete` is False where one could not be read whole."""

    members: tuple[Member, ...]
    problems: tuple[str, ...] = ()
    complete: bool = True


def list_members(group: GroupSettings, *, patience: float = COMMAND_SECONDS) -> Membership:
    """Return who is in the group; a list that cannot be read is a problem, and the other lists still count."""
    listed = tuple(Member(recipient, "group", group.name, f"[[group]] {group.name}") for recipient in group.recipients)
    parts = [Membership(listed)]
    if group.file is not None:
        parts.append(_read_file(group.name, group.file))
    if group.command:
        parts.append(_run_command(group.name, group.command, patience))
    return Membership(
        tuple(member for part in parts for member in part.members),
        tuple(problem for part in parts for problem in part.problems),
        all(part.complete for part in parts),
    )


def parse_lines(text: str, place: str) -> Iterator[tuple[int, Recipient | str]]:
    """Yield for every line that says something its number, and the recipient or what is wrong with it.

    A line is `address` or `name <address>`; what follows a `#` is a remark.
    """
    for number, line in enumerate(text.splitlines(), 1):
        said = _REMARK.sub("", line).strip().rstrip(",;，；")
        if not said:
            continue
        try:
            yield number, parse_mailbox(said)
        except ValueError as error:
            yield number, f"{place}:{number}: the line {error}"


def _read_file(group: str, path: Path) -> Membership:
    try:
        with path.open("rb") as stream:
            data = stream.read(LONGEST_LIST + 1)
    except OSError as error:
        return _unreadable(group, f"the file {path} cannot be read: {error.strerror or type(error).__name__}")
    return _read_list(group, "file", path.name, data)


def _run_command(group: str, argv: tuple[str, ...], patience: float) -> Membership:
    """What the program printed; where it failed, the lines it printed still count, and it is told."""
    try:
        done = subprocess.run(  # noqa: S603  the user's own program, as a list, without a shell
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _unreadable(group, f"{argv[0]} printed no list within {patience:g} s")
    except OSError as error:
        return _unreadable(group, f"{argv[0]} cannot be started: {error.strerror or type(error).__name__}")
    if done.returncode == 0:
        return _read_list(group, "command", argv[0], done.stdout)
    part = _read_list(group, "command", argv[0], done.stdout, failed=True)
    failed = f"group {group}: {argv[0]} ended with exit code {done.returncode}; {len(part.members)} of its lines count"
    return Membership(part.members, (failed, *part.problems), complete=False)


def _unreadable(group: str, what: str) -> Membership:
    return Membership((), (f"group {group}: {what}",), complete=False)


def _read_list(
    group: str, kind: Literal["file", "command"], place: str, data: bytes, *, failed: bool = False
) -> Membership:
    if len(data) > LONGEST_LIST:
        return _unreadable(group, f"{place} has more than {LONGEST_LIST // 1_000_000} MB: that is no list")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _unreadable(group, f"{place} is not UTF-8: save it as UTF-8 in your editor (另存为 UTF-8)")
    found = list(parse_lines(text, place))
    members = tuple(Member(who, kind, group, f"{place}:{n}") for n, who in found if isinstance(who, Recipient))
    wrong = [f"group {group}: {what}" for _, what in found if isinstance(what, str)]
    problems = wrong[:SHOWN] + ([f"group {group}: {place} has {len(wrong)} wrong lines"] if len(wrong) > SHOWN else [])
    if not members and not failed:
        return Membership((), (*problems, f"group {group}: {place} names nobody"), complete=False)
    return Membership(members, tuple(problems))
