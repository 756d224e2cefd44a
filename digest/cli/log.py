"""The talk of a command on stderr: plain lines for people, for machines one JSON object a line; no secret in either.

A record of JSON has `time` (UTC), `level` (info, warning, error) and `message`; `edition`, `source` or `address` where
it is about one; an error has its `code`, and its `hint` and `mistakes` where it has any.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

if TYPE_CHECKING:
    import logging

    from digest.config import Settings

Mode = Literal["human", "json"]
Level = Literal["info", "warning", "error"]
Command = TypeVar("Command", bound=Callable[..., Any])

MODES = ("auto", "human", "json")
SHORTEST = 6
"""Characters of a secret."""

_LOGIN = re.compile(r"(?<=://)[^/\s@]+@")
_ABOUT = re.compile(r"(?P<name>[^\n]+?): (?P<told>.*)", re.S)
_ADDRESS = re.compile(r"[^\s@:]+@[^\s@:]+")
_SECRET_HEADER = re.compile("auth|cookie|token|key|secret|session|sign", re.I)
_VARIABLE = re.compile(r"\$\{?(\w+)")
_WELL = re.compile(r"sent\b|\d+ articles?\b|\d+ entries, \d+ new, [\d.]+ s$")
_WARNING = re.compile(r"the holidays of \d+ are not known")


class Log:
    """Where the talk of one command goes, and what must not be in it."""

    def __init__(self) -> None:
        self.mode: Mode = "human"
        self._secrets: set[str] = set()
        self._names: dict[str, str] = {}

    def begin(self) -> None:
        """Forget what the last command of this process chose."""
        self.mode, self._secrets, self._names = "human", set(), {}

    def choose(self, wish: str) -> None:
        """Speak as wished: `auto` is for people on a terminal and for machines elsewhere."""
        if wish == "auto":
            wish = "human" if sys.stderr is not None and sys.stderr.isatty() else "json"
        self.mode = "json" if wish == "json" else "human"

    def prepare(self, settings: Settings, environ: Mapping[str, str]) -> None:
        """Hide the secrets of a configuration, and take a line that begins with a name of it as about that.

        Secrets that are too short to be one stay: they would blot out ordinary words.
        """
        self._secrets |= {secret for secret in secrets_of(settings, environ) if len(secret) >= SHORTEST}
        self._names |= {source.name: "source" for source in settings.source}
        self._names |= {edition.name: "edition" for edition in settings.edition}
        if self.mode == "json":
            _hear_libraries()

    def mask(self, text: str) -> str:
        """Return the text without what was hidden and without the login of a URL."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return _LOGIN.sub("***@", text)

    def say(self, line: str, level: Level | None = None, **fields: object) -> None:
        """Say one line."""
        line = self.mask(line)
        if self.mode == "human":
            click.echo(printable(line), err=True)
            return
        about, found = self._sort(line)
        told = {name: self.mask(value) if isinstance(value, str) else value for name, value in fields.items() if value}
        time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record = {"time": time, "level": level or found, "message": printable(line), **about, **told}
        utf8 = (getattr(sys.stderr, "encoding", None) or "").lower().replace("-", "") == "utf8"
        click.echo(json.dumps(record, ensure_ascii=not utf8), err=True)

    def detail(self, line: str) -> None:
        """Say what is for a log only: a person at a terminal would have to read past it."""
        if self.mode == "json":
            self.say(line)

    def _sort(self, line: str) -> tuple[dict[str, str], Level]:
        """What a line is about, and how grave it is: of a source only its trouble is told, of a mail its fate."""
        match = _ABOUT.match(line)
        name = match["name"] if match else ""
        if match and name in self._names:
            kind = self._names[name]
            return {kind: name}, "warning" if kind == "source" and not _WELL.match(match["told"]) else "info"
        if match and _ADDRESS.fullmatch(name):
            return {"address": name}, "info" if _WELL.match(match["told"]) else "warning"
        return {}, "warning" if _WARNING.match(line) else "info"


log = Log()
"""The one of this process."""


def printable(line: str) -> str:
    """Return the line without control characters."""
    return "".join(char if char.isprintable() else " " for char in line)


def logged(command: Command) -> Command:
    """Give a command --log, and let it speak JSON where nobody looks at a terminal."""
    return click.option(
        "--log",
        type=click.Choice(MODES),
        envvar="DIGEST_LOG",
        default="auto",
        show_default=True,
        is_eager=True,  # so that mistakes in the other options are told in the same way
        expose_value=False,
        callback=lambda _context, _parameter, wish: log.choose(wish),
        help="How to talk on stderr: for people, or one JSON object a line; auto: people on a terminal.",
    )(command)


def _hear_libraries() -> None:
    """Let what libraries warn of come as lines of the log, and not in their own form."""
    import logging

    class Ear(logging.Handler):
        """Hears the libraries."""

        def emit(self, record: logging.LogRecord) -> None:
            log.say(f"{record.name}: {record.getMessage()}", "warning")

    root = logging.getLogger()
    if not any(type(handler).__name__ == Ear.__name__ for handler in root.handlers):
        root.addHandler(Ear(logging.WARNING))
        logging.captureWarnings(capture=True)


def secrets_of(settings: Settings, environ: Mapping[str, str]) -> set[str]:
    """Return the secrets that a configuration and its environment hold, as far as they can be had without asking."""
    mail, found = settings.mail, {settings.monitoring.heartbeat or ""}
    for table in (mail, settings.bounces):
        if table is not None and table.password_env:
            found.add(environ.get(table.password_env, ""))
    if mail is not None and mail.password is not None:
        found.add(mail.password.get_secret_value())
    for source in settings.source:
        told = [value for name, value in source.headers.items() if _SECRET_HEADER.search(name)]
        for value in (*told, *source.cookies.values()):
            found |= {value, *(environ.get(name, "") for name in _VARIABLE.findall(value))}
    return found
