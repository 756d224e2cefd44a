"""The table [mail]: which server, which login, and where the password is."""

from __future__ import annotations

import re

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from digest.config.fields import FolderPath, HostName, Login, Mailbox, Table, is_loopback
from digest.config.presets import Security, load_presets
from digest.config.wording import quote, suggest


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
    password_file: FolderPath | None = Field(
        default=None, description="file that holds it", examples=['"smtp-password"']
    )
    password_command: tuple[str, ...] = Field(
        default=(), repr=False, description="program that prints it", examples=['["pass", "show", "mail/qq"]']
    )
    keyring: bool = Field(default=False, description="ask the system's keyring", examples=["true"])
    sender: Mailbox = Field(alias="from", description="sender", examples=['"每日摘要 <me@qq.com>"'])

    @field_validator("preset")
    @classmethod
    def _check_preset(cls, name: str) -> str:
        presets = load_presets()
        if name and name not in presets:
            raise ValueError(f"is {quote(name)}, which is not known: {suggest(name, presets)}")
        if name and presets[name].needs:
            raise ValueError(f"is {quote(name)}, but {presets[name].login}")
        return name

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
        # A password pasted here by mistake would be printed as the name of a variable that is not set; provider
        # passwords are lower-case letters, names of variables are capitals.  The value is not quoted.
        if name and not re.fullmatch(r"[A-Z_][A-Z0-9_]*", name):
            raise ValueError(
                "takes the NAME of a variable in capitals, never the password: "
                'write password_env = "DIGEST_SMTP_PASSWORD"'
            )
        return name

    @field_validator("password_command")
    @classmethod
    def _check_command(cls, argv: tuple[str, ...]) -> tuple[str, ...]:
        if not argv or not argv[0] or any("\0" in part for part in argv):
            raise ValueError('names no program: write password_command = ["pass", "show", "mail/qq"]')
        return argv

    @field_validator("password_file", "password_command", "keyring")
    @classmethod
    def _check_single_source(cls, value: object, info: ValidationInfo) -> object:
        earlier = [key for key in ("password_env", "password_file", "password_command") if info.data.get(key)]
        if value and earlier:
            raise ValueError(f"and {earlier[0]} both say where the password is: keep one of them")
        return value
