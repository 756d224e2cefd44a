"""Who is in a group now: the names in digest.toml, the lines of its file, and what its program prints."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from digest.config import parse_mailbox
from digest.config.programs import run_program
from digest.config.recipients import GroupSettings
from digest.model import Recipient

COMMAND_SECONDS = 30.0
"""How long a program may take to print a list."""

LONGEST_LIST = 4_000_000
"""So many bytes of a list are read; no office has more people."""

SHOWN = 3
"""So many wrong lines of one list are told; the rest is counted."""

# what the settings say helps in a TOML file, and not in a list or on a command line
_ADVICE = re.compile(r': write (?:each in quotes of its own|"Name <|it like).*$', re.DOTALL)
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
            yield number, parse_line(said)
        except ValueError as error:
            yield number, f"{place}:{number}: the line {error}"


def parse_line(said: str) -> Recipient:
    """Return the recipient that a line or an argument names; raises ValueError with what to write there."""
    try:
        return parse_mailbox(said)
    except ValueError as error:
        advice = ": write one recipient a line: name@example.cn, or 王芳 <name@example.cn>"
        raise ValueError(_ADVICE.sub(advice, str(error))) from None


def _read_file(group: str, path: Path) -> Membership:
    try:
        data = _read_plain(path)
    except OSError as error:
        return _unreadable(group, f"the file {path} cannot be read: {error.strerror or type(error).__name__}")
    return _read_list(group, "file", path.name, data)


def _read_plain(path: Path) -> bytes:
    # without waiting: a pipe that nobody writes to would never open
    number = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    mode = os.fstat(number).st_mode
    if stat.S_ISREG(mode):
        with os.fdopen(number, "rb") as stream:
            return stream.read(LONGEST_LIST + 1)
    os.close(number)
    raise OSError(errno.EISDIR, os.strerror(errno.EISDIR) if stat.S_ISDIR(mode) else "it is a pipe or a device")


def _run_command(group: str, argv: tuple[str, ...], patience: float) -> Membership:
    """What the program printed; where it failed, the lines it printed still count, and it is told."""
    try:
        listing = run_program(argv, patience, LONGEST_LIST)
    except OSError as error:
        return _unreadable(group, f"{argv[0]} cannot be started: {error.strerror or type(error).__name__}")
    if listing.code is None and len(listing.printed) <= LONGEST_LIST:
        return _unreadable(group, f"{argv[0]} printed no list within {patience:g} s")
    if not listing.code:
        return _read_list(group, "command", argv[0], listing.printed)
    part = _read_list(group, "command", argv[0], listing.printed, failed=True)
    why = f" ({listing.complaint})" if listing.complaint else ""
    count = f"{len(part.members)} of its lines count"
    failed = f"group {group}: {argv[0]} ended with exit code {listing.code}{why}; {count}"
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
