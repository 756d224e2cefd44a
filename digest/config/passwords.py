"""The mail password, from where [mail] says it is, cleaned of what copying adds.

No message, repr or traceback of this module holds a password: errors name the place and never what was found there.
"""

from __future__ import annotations

import importlib
import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from digest.config.fields import CREDENTIALS
from digest.config.mail import MailSettings, preset_of
from digest.config.programs import run_program
from digest.errors import ConfigError

VARIABLE = "DIGEST_MAIL__PASSWORD"
KEYRING_SERVICE = "digest"
COMMAND_SECONDS = 30
_LONGEST_FILE = 65536
_LONGEST_OUTPUT = 65536
_LONGEST_TOKEN = 8192
"""Characters.  AUTH takes 12288 octets of base64 (RFC 4954 section 4), in which the user stands as well."""


def read_password(mail: MailSettings, environ: Mapping[str, str], *, patience: float = COMMAND_SECONDS) -> str:
    """The password to log in with; raises ConfigError with a remedy.

    It is an empty string where [mail] names no user, or a program that prints tokens instead (`read_token`).
    DIGEST_MAIL__PASSWORD goes before password_env, password_file, password_command and keyring.  Of a file and of a
    program's output the first line counts; the program has `patience` seconds.
    """
    if not mail.user or mail.token_command:
        return ""
    place, found = _find_password(mail, environ, patience)
    return _clean_password(found, place, describe_login(mail))


def foresee_refusal(mail: MailSettings, environ: Mapping[str, str]) -> ConfigError | None:
    """What `read_password` would raise; None where all is well, or only a program or the keyring could tell."""
    asked = not environ.get(VARIABLE) and (mail.password_command or mail.keyring)
    try:
        if not asked:
            read_password(mail, environ)
    except ConfigError as error:
        return error
    return None


def is_in_file(mail: MailSettings, environ: Mapping[str, str]) -> bool:
    """Whether the password is read from a file that anybody who starts digest here could read by it."""
    path = mail.password_file
    return path is not None and path.parts[0] != CREDENTIALS and not (environ.get(VARIABLE) or mail.password)


def read_token(mail: MailSettings, *, patience: float = COMMAND_SECONDS) -> str:
    """The OAuth2 access token that token_command prints; raises ConfigError with a remedy, never with the token."""
    name = f"token_command {mail.token_command[0]}"
    token = _run_command(mail.token_command, patience, "token_command").strip()
    if not token:
        raise ConfigError(f"{name} printed nothing", f"it must print an access token; {describe_login(mail)}")
    if len(token) > _LONGEST_TOKEN or not token.isascii() or not token.isprintable() or set(token) & set(' "{}<>'):
        # a program that prints JSON or a sentence about an error, with exit code 0
        raise ConfigError(
            f"{name} printed something that is no access token", "its first line must be the bare token, nothing else"
        )
    return token


def describe_login(mail: MailSettings) -> str:
    """What the provider takes as a password and where to get it, in one line."""
    preset = preset_of(mail)
    return f"{preset.login} ({preset.help})" if preset.help else preset.login


def locate_password(mail: MailSettings, environ: Mapping[str, str]) -> str:
    """Where the password comes from, in words; nothing where [mail] names no place.  It is not read."""
    if mail.token_command:
        return f"a token printed by {mail.token_command[0]}"
    if environ.get(VARIABLE) or mail.password is not None:
        return f"the variable {VARIABLE}"
    if mail.password_env:
        return f"the variable {mail.password_env}"
    if mail.password_file is not None:
        return f"the file {mail.password_file}"
    if mail.password_command:
        return f"the output of {mail.password_command[0]}"
    return f"the keyring's entry for {mail.user}" if mail.keyring else ""


def _find_password(mail: MailSettings, environ: Mapping[str, str], patience: float) -> tuple[str, str]:
    """Where the password was found, in words, and the password as it was found."""
    place = locate_password(mail, environ)
    if environ.get(VARIABLE):
        return place, environ[VARIABLE]
    if mail.password is not None:
        return place, mail.password.get_secret_value()
    if mail.password_env:
        return place, _read_variable(mail, environ)
    if mail.password_file is not None:
        return place, _read_file(mail.password_file, environ)
    if mail.password_command:
        return place, _run_command(mail.password_command, patience, "password_command")
    if mail.keyring:
        return place, _ask_keyring(mail.user)
    raise ConfigError(
        f"[mail] names the user {mail.user} but no password",
        f'write password_env = "DIGEST_SMTP_PASSWORD" and export that variable; {describe_login(mail)}',
    )


def _read_variable(mail: MailSettings, environ: Mapping[str, str]) -> str:
    value = environ.get(mail.password_env)
    if not value:
        raise ConfigError(
            f"the variable {mail.password_env}, which password_env names, is {'not set' if value is None else 'empty'}",
            f"set it where digest runs: export {mail.password_env}='…'; {describe_login(mail)}",
        )
    return value


def _read_file(path: Path, environ: Mapping[str, str]) -> str:
    if path.parts[0] == CREDENTIALS:
        raise ConfigError(
            f"the password file {path} is one of systemd's, which did not start this program",
            f"elsewhere name the password otherwise: export {VARIABLE}='…'",
        )
    handed = environ.get("CREDENTIALS_DIRECTORY")
    # systemd lets the group of a service's user read what it hands over, in a folder that nobody else can enter
    forbidden = 0o007 if handed and path.is_relative_to(handed) else 0o077
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            # Windows has no such bits: there every file would look open to all.
            if os.name == "posix" and mode & forbidden:
                raise ConfigError(f"others can read the password file {path}", f"close it to them: chmod 600 {path}")
            data = stream.read(_LONGEST_FILE)
    except FileNotFoundError:
        raise ConfigError(f"there is no password file {path}", "write the password into it, then chmod 600") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError(f"the password file {path} cannot be read: {reason}", "check its owner and mode") from None
    return _take_first_line(data)


def _run_command(argv: tuple[str, ...], patience: float, key: str) -> str:
    """The first line that the program prints.  It is no shell's line, and what it says on stderr is not shown."""
    remedy = f"run it in a terminal to see why, then mend {key}"
    wanted = key.removesuffix("_command")
    try:
        output = run_program(argv, patience, _LONGEST_OUTPUT)
    except OSError as error:
        failure = f"cannot be started: {error.strerror or type(error).__name__}"
    else:
        if len(output.printed) > _LONGEST_OUTPUT:
            failure = f"printed more than {_LONGEST_OUTPUT // 1024} KB: that is no {wanted}"
        elif output.code is None:
            failure = f"gave no {wanted} within {patience:g} s"
        elif output.code == 0:
            return _take_first_line(output.printed)
        else:
            failure = f"ended with exit code {output.code}"
    raise ConfigError(f"{key} {argv[0]} {failure}", remedy)


def _take_first_line(data: bytes) -> str:
    lines = data.decode("utf-8-sig", "replace").splitlines()
    return lines[0] if lines else ""


def _ask_keyring(user: str) -> str:
    remedy = f"keyring set {KEYRING_SERVICE} {user}"
    try:
        keyring: Any = importlib.import_module("keyring")
        errors: Any = importlib.import_module("keyring.errors")
    except ImportError:
        raise ConfigError(
            "keyring = true, but the package keyring is not installed", f"pip install keyring, then {remedy}"
        ) from None
    try:
        found = keyring.get_password(KEYRING_SERVICE, user)
    except errors.KeyringError as error:
        problem = f"the keyring cannot be asked ({type(error).__name__})"
    else:
        if isinstance(found, str):
            return found
        problem = f"the keyring holds no password for {user}"
    raise ConfigError(problem, f"store it: {remedy}; without a desktop use password_env or password_file")


def _clean_password(found: str, place: str, login: str) -> str:
    """The password in NFKC without white space: Google shows spaces in it, and pasting adds U+00A0 or full width."""
    password = "".join(unicodedata.normalize("NFKC", found).split())
    if not password:
        raise ConfigError(f"{place} is empty", f"put the password there; {login}")
    odd = next((n for n, c in enumerate(password, 1) if not (c.isascii() and c.isprintable())), 0)
    if odd:
        raise ConfigError(f"the password in {place} is not plain ASCII (character {odd})", f"copy it anew; {login}")
    return password
