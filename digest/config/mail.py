"""The tables [mail] and [bounces]: which server, which login, where the password is, and how mails go out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from digest.config.fields import FolderPath, HostName, Line, Login, Mailbox, SecretPath, Table, is_loopback
from digest.config.presets import Preset, Security, find_preset, load_presets
from digest.config.wording import quote, suggest

_PASSWORDS = ("password_env", "password_file", "password_command", "keyring")


class DkimSettings(Table):
    """How mails are signed (DKIM, RFC 6376), for a server that does not sign them itself."""

    domain: HostName = Field(description="the domain that signs", examples=['"example.cn"'])
    selector: str = Field(description="name of its key in the DNS", examples=['"digest"'])
    key_file: SecretPath = Field(description="private key (PEM), mode 600", examples=['"dkim.pem"'])

    @field_validator("selector")
    @classmethod
    def _check_selector(cls, selector: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", selector):
            raise ValueError(f'is {quote(selector)}, which no name in the DNS can be: write selector = "digest"')
        return selector


class BounceSettings(Table):
    """The mailbox that answers and bounces come back to, for `digest bounces`: a maildir, or IMAP.

    What is left out is that of [mail]: the provider's IMAP server, the user, the password.
    """

    maildir: FolderPath | None = Field(default=None, description="a maildir", examples=['"~/Maildir"'])
    host: HostName | None = Field(default=None, description="IMAP server (TLS)", examples=['"imap.qq.com"'])
    port: int = Field(default=993, ge=1, le=65535, description="its port", examples=["993"])
    security: Security = Field(default="tls", description="tls, or none on this very machine", examples=['"tls"'])
    cafile: FolderPath | None = Field(default=None, description="certificates to trust (PEM)", examples=['"ca.pem"'])
    user: Login = Field(default="", description="login", examples=['"bounce@example.cn"'])
    password_env: str = Field(default="", description="variable that holds it", examples=['"DIGEST_IMAP_PASSWORD"'])
    password_file: SecretPath | None = Field(
        default=None, description="file that holds it", examples=['"imap-password"']
    )
    folder: Line = Field(default="INBOX", description="folder on the server", examples=['"INBOX"'])

    @field_validator("security")
    @classmethod
    def _check_security(cls, security: Security, info: ValidationInfo) -> Security:
        host = info.data.get("host")
        if security == "starttls" or (security == "none" and host is not None and not is_loopback(host)):
            raise ValueError(f'cannot be "{security}" here: write security = "tls"')
        return security

    @field_validator("password_env")
    @classmethod
    def _check_variable(cls, name: str) -> str:
        return check_variable(name, "DIGEST_IMAP_PASSWORD")


def check_variable(name: str, example: str) -> str:
    """The name of a variable as it is; raises ValueError, without quoting it, for what may be a password.

    A password pasted here by mistake would be printed as the name of a variable that is not set; provider passwords
    are lower-case letters, names of variables are capitals.
    """
    if name and not re.fullmatch(r"[A-Z_][A-Z0-9_]*", name):
        raise ValueError(
            f'takes the NAME of a variable in capitals, never the password: write password_env = "{example}"'
        )
    return name


class MailSettings(Table):
    """The mail server, the login and the sender; a preset has already been filled in."""

    preset: str = Field(default="", description="a provider whose server is known", examples=['"qq"'])
    host: HostName = Field(description="SMTP server", examples=['"smtp.example.cn"'])
    port: int = Field(default=465, ge=1, le=65535, description="465 for tls, 587 for starttls", examples=["465"])
    security: Security = Field(
        default="tls", description="tls, starttls, or none on this very machine", examples=['"tls"']
    )
    cafile: FolderPath | None = Field(default=None, description="certificates to trust (PEM)", examples=['"ca.pem"'])
    user: Login = Field(default="", description="login", examples=['"me@qq.com"'])
    password: SecretStr | None = Field(default=None, description="only from the environment: DIGEST_MAIL__PASSWORD")
    password_env: str = Field(default="", description="variable that holds it", examples=['"DIGEST_SMTP_PASSWORD"'])
    password_file: SecretPath | None = Field(
        default=None, description="file that holds it", examples=['"smtp-password"']
    )
    password_command: tuple[str, ...] = Field(
        default=(), repr=False, description="program that prints it", examples=['["pass", "show", "mail/qq"]']
    )
    keyring: bool = Field(default=False, description="ask the system's keyring", examples=["true"])
    token_command: tuple[str, ...] = Field(
        default=(),
        validate_default=True,
        repr=False,
        description="program that prints a token (XOAUTH2)",
        examples=['["oauth2", "token"]'],
    )
    sender: Mailbox = Field(alias="from", description="sender", examples=['"每日摘要 <me@qq.com>"'])
    reply_to: Mailbox | None = Field(default=None, description="who gets answers", examples=['"office@example.cn"'])
    unsubscribe: Line | None = Field(
        default=None,
        description="https address to leave by, with {token} and {address}; else by mail",
        examples=['"https://lists.example.cn/leave?t={token}"'],
    )
    one_click: bool = Field(
        default=False,
        validate_default=True,
        description="true: that address takes a POST (RFC 8058)",
        examples=["true"],
    )
    feedback_id: Line | None = Field(default=None, description="Feedback-ID", examples=['"daily:digest:example"'])
    dkim: DkimSettings | None = Field(
        default=None, examples=['{ domain = "example.cn", selector = "digest", key_file = "dkim.pem" }']
    )
    per_minute: int | None = Field(
        default=None, ge=1, le=6000, description="mails a minute at most; else the provider's", examples=["30"]
    )
    give_up: int = Field(default=12, ge=1, le=240, description="hours a mail is tried for", examples=["12"])
    on_unknown: Literal["hold", "resend"] = Field(
        default="hold", description="a mail that may have arrived: held, or sent again", examples=['"hold"']
    )

    @field_validator("preset")
    @classmethod
    def _check_preset(cls, name: str) -> str:
        presets = load_presets()
        if name and name not in presets:
            raise ValueError(f"is {quote(name)}, which is not known: {suggest(name, presets)}")
        return name

    @field_validator("user")
    @classmethod
    def _check_user(cls, user: str, info: ValidationInfo) -> str:
        preset = load_presets().get(str(info.data.get("preset") or ""))
        if user and "@" not in user and preset is not None and preset.from_is_login:
            raise ValueError(f'is {quote(user)}, which is not a whole address: write user = "{user}@…"')
        return user

    @field_validator("security")
    @classmethod
    def _check_security(cls, security: Security, info: ValidationInfo) -> Security:
        host = info.data.get("host")
        if security == "none" and host is not None and not is_loopback(host):
            raise ValueError(f'cannot be "none" for {host}: it would show the password to all, write "tls"')
        return security

    @field_validator("password_env")
    @classmethod
    def _check_variable(cls, name: str) -> str:
        return check_variable(name, "DIGEST_SMTP_PASSWORD")

    @field_validator("unsubscribe")
    @classmethod
    def _check_unsubscribe(cls, address: str | None) -> str | None:
        if address and not re.fullmatch(r"https://[!-~]+", address):
            raise ValueError('must be an https address: write "https://lists.example.cn/leave?t={token}"')
        return address

    @field_validator("one_click")
    @classmethod
    def _check_one_click(cls, one_click: bool, info: ValidationInfo) -> bool:
        if one_click and "{token}" not in (info.data.get("unsubscribe") or ""):
            raise ValueError("needs an https address with {token} in unsubscribe, which takes a POST (RFC 8058)")
        return one_click

    @field_validator("feedback_id")
    @classmethod
    def _check_feedback(cls, text: str | None) -> str | None:
        if text and not re.fullmatch(r"[!-~]{1,200}", text):
            raise ValueError('must be plain ASCII without spaces: write "daily:digest:example"')
        return text

    @field_validator("token_command")
    @classmethod
    def _check_token_command(cls, argv: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        name = str(info.data.get("preset") or "")
        if not argv and not (name and load_presets()[name].token):
            return argv
        if not argv:
            raise ValueError(f'is missing, for {load_presets()[name].login}: write token_command = ["oauth2", "token"]')
        if not argv[0] or any("\0" in part for part in argv):
            raise ValueError('names no program: write token_command = ["oauth2", "token"]')
        if info.data.get("user") == "":
            raise ValueError('needs to know whose token it prints: write user = "me@example.cn" as well')
        return argv

    @field_validator("password_command")
    @classmethod
    def _check_command(cls, argv: tuple[str, ...]) -> tuple[str, ...]:
        if not argv or not argv[0] or any("\0" in part for part in argv):
            raise ValueError('names no program: write password_command = ["pass", "show", "mail/qq"]')
        return argv

    @field_validator("password_file")
    @classmethod
    def _check_password_file(cls, path: Path | None) -> Path | None:
        if path is not None and re.fullmatch(r"[A-Za-z]{16}|[A-Z0-9]{16}", path.name) and not path.exists():
            raise ValueError(
                "takes the name of a file, never the password itself: "
                'write the password into a file, and password_file = "smtp-password"'
            )
        return path

    @field_validator("password_file", "password_command", "keyring", "token_command")
    @classmethod
    def _check_single_source(cls, value: object, info: ValidationInfo) -> object:
        earlier = [key for key in _PASSWORDS if key != info.field_name and info.data.get(key)]
        if value and earlier:
            raise ValueError(f"and {earlier[0]} both say where the password is: keep one of them")
        return value


def preset_of(mail: MailSettings) -> Preset:
    """What is known of the provider, by the name of the preset or by the server."""
    return find_preset(mail.preset, mail.host)


def pace_of(mail: MailSettings) -> int:
    """How many mails a minute may go out: what [mail] says, else what the provider bears; 0 for no limit."""
    return mail.per_minute or preset_of(mail).per_minute


def batch_of(mail: MailSettings) -> int:
    """How many mails one connection may carry."""
    return preset_of(mail).per_connection
