"""Every error a user can meet, with the exit code it ends in and a hint that says what to try.

DigestError
├── UsageError          2   the command line asks for something impossible
├── ConfigError         3   digest.toml is wrong; carries every mistake found
├── ReadError           1   a file or folder could not be read
│   ├── FetchError      1   a page or feed could not be fetched
│   └── FormatError     1   it was read, but is not what it claims to be
├── TemplateError       1   a user's template does not render
├── StoreError          1   the database could not be opened or written
├── BusyError          75   another process is at work; try again later
├── PartlyDone          4   some recipients or sources failed, the others are done
└── MailError           5   nothing could be sent
"""

from __future__ import annotations


class DigestError(Exception):
    """Something the user can mend: `message` says what is wrong, `hint` what to try next."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(DigestError):
    """The command line asks for something impossible."""

    exit_code = 2


class ConfigError(DigestError):
    """The configuration is wrong; `mistakes` lists every mistake found, one line each."""

    exit_code = 3

    def __init__(self, message: str, hint: str = "", mistakes: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint)
        self.mistakes = mistakes


class ReadError(DigestError):
    """A file or folder could not be read."""


class FetchError(ReadError):
    """A page or feed could not be fetched.

    `status` is the HTTP status, 0 where no answer came; `passing` is True where trying again later may help.
    """

    def __init__(self, message: str, hint: str = "", *, status: int = 0, passing: bool = False) -> None:
        super().__init__(message, hint)
        self.status = status
        self.passing = passing

    @property
    def gone(self) -> bool:
        """Whether the server says that there is no such page (any more): 404 or 410."""
        return self.status in (404, 410)


class FormatError(ReadError):
    """The bytes were read, but they are not what they claim to be."""


class TemplateError(DigestError):
    """A template does not render."""


class StoreError(DigestError):
    """The database could not be opened or written; `passing`: somebody else is at it, which passes by itself."""

    passing = False


class BusyError(DigestError):
    """Another process is at work on the same state."""

    exit_code = 75


class PartlyDone(DigestError):  # noqa: N818  # the work is done, if only partly
    """Some recipients or sources failed; the others are done."""

    exit_code = 4


class MailError(DigestError):
    """Nothing could be sent."""

    exit_code = 5


WELL = (0, PartlyDone.exit_code, BusyError.exit_code)
"""The exit codes of a run that nobody need worry about: done; told of in the mail's foot; left to the next one."""
