"""What tables of digest.toml are made of: paths, time zones, lines of text, host names, mailboxes."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo, WithJsonSchema

from digest.config.addresses import clean_line, encode_host, parse_mailbox
from digest.config.wording import find_nearest, quote
from digest.errors import ConfigError
from digest.model import Recipient, WordFile

LONGEST_HEADING = 80

CREDENTIALS = "$CREDENTIALS_DIRECTORY"
"""The one variable that the path of a secret may begin with (systemd.exec(5))."""


class Table(BaseModel):
    """A table of the file: unknown keys are mistakes, nothing is converted silently, nothing changes afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    @classmethod
    def list_examples(cls) -> dict[str, str]:
        """Every key that the table may have, with an example of its value as the file writes it, or an empty text."""
        return {f.alias or name: str(f.examples[0]) if f.examples else "" for name, f in cls.model_fields.items()}


def _resolve_below(base: str) -> Callable[[object, ValidationInfo], object]:
    """A validator that makes a path absolute: `~` is the home directory, the rest is below the context's `base`."""

    def resolve(value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        if not value.strip() or "\0" in value:
            raise ValueError("is no path: write the path of a file or folder, or leave the key out")
        try:
            path = Path(value).expanduser()
        except RuntimeError:
            raise ValueError("begins with a ~ that leads to no home directory: write the whole path") from None
        return Path((info.context or {}).get(base, "")) / path

    return resolve


def _resolve_secret(value: object, info: ValidationInfo) -> object:
    """A path below the file's folder, or below the folder in which systemd hands over secrets (LoadCredential=).

    Where systemd has not started us that variable is not set; the path stays as it is, and who reads it is told.
    """
    if isinstance(value, str) and value.startswith(CREDENTIALS + "/"):
        given = (info.context or {}).get("credentials")
        return Path(value.replace(CREDENTIALS, given, 1) if given else value)
    return _resolve_below("folder")(value, info)


_CHINA = re.compile(r"beijing|北京|china|^(?:gmt|utc)?\+0?8(?::?00)?$|^cst$", re.IGNORECASE)


def _check_zone(key: str) -> str:
    try:
        zoneinfo.ZoneInfo(key)
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        nearest = find_nearest(key, zoneinfo.available_timezones())
        if _CHINA.search(key) or not nearest:
            nearest = "Asia/Shanghai"
        raise ValueError(f'is {quote(key)}, which is no time zone: did you mean "{nearest}"?') from None
    return key


def _check_line(text: str) -> str:
    """The text in NFC without outer space; refuses an empty one and one with control characters."""
    line = unicodedata.normalize("NFC", text.strip())
    if not line or any(unicodedata.category(c) in {"Cc", "Zl", "Zp"} for c in line):
        raise ValueError("must be one line of visible text: write a few characters in quotes")
    return line


def _check_heading(text: str) -> str:
    heading = clean_line(text)
    if not 0 < len(heading) <= LONGEST_HEADING:
        raise ValueError(f"must be visible text of at most {LONGEST_HEADING} characters: write a few words in quotes")
    return heading


def _check_login(user: str) -> str:
    if not user.isascii() or not user.isprintable() or user != user.strip():
        raise ValueError('must be plain ASCII without outer space: write it as the provider gives it: "me@qq.com"')
    return user


def _read_mailbox(value: object) -> object:
    return parse_mailbox(value) if isinstance(value, str) else value


def is_loopback(host: str) -> bool:
    """True for a name or an address of this very machine: localhost, 127.0.0.0/8, ::1."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_host(host: str) -> str:
    if is_loopback(host):
        return host
    name = encode_host(host) if host else ""
    if not re.fullmatch(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?", name):
        raise ValueError('must be the bare name of a server: write host = "smtp.example.cn", and port = 465')
    return name


def _read_words(value: object, info: ValidationInfo) -> object:
    """The keyword file that a path leads to."""
    from digest.config.wordfile import parse_word_file

    if isinstance(value, WordFile):
        return value
    path = _resolve_below("folder")(value, info)
    if not isinstance(path, Path):
        raise ValueError('must be a path in quotes: write keywords = "frequency_words.txt"')
    try:
        return parse_word_file(path.read_text(encoding="utf-8-sig"), path.name)
    except OSError as error:
        raise ValueError(f"leads to {path}, which cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ValueError(f"leads to {path}, which is not UTF-8: save it as UTF-8 in your editor") from None
    except ConfigError as error:
        raise ValueError(f"leads to a file with mistakes: {'; '.join(error.mistakes or (error.message,))}") from None


_TEXT = WithJsonSchema({"type": "string", "minLength": 1})

FolderPath = Annotated[Path, BeforeValidator(_resolve_below("folder")), _TEXT]
SecretPath = Annotated[Path, BeforeValidator(_resolve_secret), _TEXT]
DataPath = Annotated[Path, BeforeValidator(_resolve_below("data_dir")), _TEXT]
WordList = Annotated[WordFile, BeforeValidator(_read_words), _TEXT]
Zone = Annotated[str, AfterValidator(_check_zone)]
Line = Annotated[str, AfterValidator(_check_line)]
Mailbox = Annotated[Recipient, BeforeValidator(_read_mailbox), _TEXT]
HostName = Annotated[str, AfterValidator(_check_host)]
Heading = Annotated[str, AfterValidator(_check_heading)]
Login = Annotated[str, AfterValidator(_check_login)]
