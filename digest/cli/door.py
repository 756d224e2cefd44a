"""The one door of the command line: every error leaves here as one clear line with a remedy and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from typing import NoReturn

import click

from digest.cli.commands import cli
from digest.cli.options import announce
from digest.errors import ConfigError, DigestError

_SURROUNDINGS = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT}
"""What the machine refuses anywhere: a full disk under stdout, a working folder that was deleted, a foreign home."""


def main() -> NoReturn:
    """Run the command line and exit: 0 done, 1 failure, 2 usage, 3 configuration, 4 partly, 5 nothing sent, 75 busy."""
    sys.exit(_run())


def _run() -> int:
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
        click.echo("interrupted", err=True)
        return 130
    except click.ClickException as error:
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
        if os.environ.get("DIGEST_DEBUG"):
            raise
        if isinstance(error, OSError) and error.errno in _SURROUNDINGS:
            announce(f"digest: {error.strerror}" + (f": {error.filename}" if error.filename else ""))
            announce("  Try: look at the disk, the permissions and the folder you are in")
            return 1
        announce(f"digest: {type(error).__name__}: {error}")
        announce("  This is a fault in digest, not in your input. DIGEST_DEBUG=1 shows where; please report it.")
        return 1


def _show(error: DigestError) -> None:
    announce(f"digest: {error.message}")
    for mistake in error.mistakes if isinstance(error, ConfigError) else ():
        announce(f"  {mistake}")
    if error.hint:
        announce(f"  Try: {error.hint}")
