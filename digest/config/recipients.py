"""The table [[group]]: recipients that several editions share, named here, in a file, or by a program."""

from __future__ import annotations

from pydantic import Field, field_validator

from digest.config.fields import FolderPath, Line, Mailbox, Table
from digest.config.wording import quote
from digest.model import Recipient


class GroupSettings(Table):
    """A list of recipients; an edition takes it with `groups`.  What the three keys give is one list."""

    name: Line = Field(description="what editions call it", examples=['"处长"'])
    recipients: tuple[Mailbox, ...] = Field(
        default=(), description="who is in it", examples=['["王芳 <b@example.cn>"]']
    )
    file: FolderPath | None = Field(
        default=None, description="a file with one recipient a line", examples=['"recipients.txt"']
    )
    command: tuple[str, ...] = Field(
        default=(),
        repr=False,
        description="a program that prints one recipient a line",
        examples=['["ldap-list", "处长"]'],
    )

    @field_validator("recipients")
    @classmethod
    def _check_recipients(cls, recipients: tuple[Recipient, ...]) -> tuple[Recipient, ...]:
        return check_distinct(recipients)

    @field_validator("command")
    @classmethod
    def _check_command(cls, argv: tuple[str, ...]) -> tuple[str, ...]:
        if not argv or not argv[0] or any("\0" in part for part in argv):
            raise ValueError('names no program: write command = ["ldap-list", "处长"]')
        return argv


def check_distinct(recipients: tuple[Recipient, ...]) -> tuple[Recipient, ...]:
    """The recipients as they are; raises ValueError where an address is there twice."""
    seen: set[str] = set()
    for recipient in recipients:
        if recipient.address.casefold() in seen:
            raise ValueError(f"holds {quote(recipient.address)} twice: delete one of them")
        seen.add(recipient.address.casefold())
    return recipients
