"""The one door of the command line: every error leaves here as one clear line with a remedy and an exit code."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

import click

from digest.cli.commands import cli
from digest.cli.log import log
from digest.errors import ConfigError, DigestError

_SURROUNDINGS = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT}
"""What the machine refuses anywhere: a full disk under stdout, a working folder that was deleted, a foreign home."""


def main() -> NoReturn:
    """Run the command line and exit: 0 done, 1 failure, 2 usage, 3 configuration, 4 partly, 5 nothing sent, 75 busy."""
    sys.exit(_run())


def _run() -> int:
    log.begin()
    try:
        # None leaves it to click, which colours a terminal and nothing else (https://no-color.org)
        code = cli.main(prog_name="digest", standalone_mode=False, color=False if os.environ.get("NO_COLOR") else None)
        if sys.stdout is not None:  # digest … >&-
            sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 0
    except click.Abort:
        log.say("interrupted", "error")
        return 130
    except click.ClickException as error:
        if log.mode == "json":
            log.say(error.format_message(), "error", code=error.exit_code)
        else:
            error.show()
        return error.exit_code
    except DigestError as error:
        _show(error)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output has gone (digest … | head): nothing is wrong, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the one door
        _explain(error)
        return 1


def _show(error: DigestError) -> None:
    mistakes = error.mistakes if isinstance(error, ConfigError) else ()
    _tell(error.message, error.hint, mistakes, error.exit_code)


def _explain(error: Exception) -> None:
    """Say what went wrong where nobody foresaw it; under DIGEST_DEBUG also where in the program."""
    if os.environ.get("DIGEST_DEBUG"):
        for line in traceback.format_exc().splitlines():
            log.say(line, "error")
    if isinstance(error, OSError) and error.errno in _SURROUNDINGS:
        where = f": {error.filename}" if error.filename else ""
        _tell(f"{error.strerror}{where}", "look at the disk, the permissions and the folder you are in")
        return
    fault = "This is a fault in digest, not in your input. DIGEST_DEBUG=1 shows where; please report it."
    if log.mode == "json":
        log.say(f"{type(error).__name__}: {error}", "error", hint=fault, code=1)
    else:
        log.say(f"digest: {type(error).__name__}: {error}")
        log.say(f"  {fault}")


def _tell(message: str, hint: str, mistakes: Sequence[str] = (), code: int = 1) -> None:
    if log.mode == "json":
        log.say(message, "error", hint=hint, mistakes=[log.mask(mistake) for mistake in mistakes], code=code)
        return
    log.say(f"digest: {message}")
    for mistake in mistakes:
        log.say(f"  {mistake}")
    if hint:
        log.say(f"  Try: {hint}")
