"""From digest.toml and the environment to Settings, or to one error that tells every mistake."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path
from pydantic import ValidationError

from digest.config.environment import Overrides, apply_overrides, read_overrides
from digest.config.groups import find_group_mistakes
from digest.config.lines import KeyPath, locate_keys
from digest.config.mail_defaults import complete_mail
from digest.config.mistakes import Mistake, Places, drop_secret, find_mistakes, translate_errors
from digest.config.settings import Settings
from digest.errors import ConfigError

READS_VERSION = 1
_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_FULL_WIDTH = "“”‘’＂＇＝［］｛｝"
_ADVICE = (
    ("Unescaped", "write a Windows path in single quotes"),
    ("hex value", "write a Windows path in single quotes"),
    ("Cannot overwrite", "the key stands twice, delete one of them"),
    ("twice", "the table stands twice, join its keys under one header"),
    ("Duplicate", "the key stands twice, delete one of them"),
    ("Expected '='", 'write key = "value"'),
    ("Invalid value", 'put text in quotes: key = "value"'),
    ("Unterminated", "close the quotes at the end of the text"),
    ("Illegal character", "close the quotes at the end of the line"),
    ("Unclosed", "close the bracket, or a quote before it"),
    ("Expected newline", "write one key on each line, and text in quotes"),
)
_ADVICE_ELSE = "look there and one line above for a missing quote or bracket"


def find_config(explicit: Path | None, environ: Mapping[str, str], cwd: Path) -> Path | None:
    """The configuration to read: the explicit one, DIGEST_CONFIG, ./digest.toml, the user's config.toml, or None.

    The first two are returned even where no such file exists, so that `load_settings` can say so.
    """
    named = explicit or (Path(environ["DIGEST_CONFIG"]) if environ.get("DIGEST_CONFIG") else None)
    if named is not None:
        return cwd / Path(os.path.expanduser(named))  # noqa: PTH111  Path.expanduser fails where there is no home
    candidates = (cwd / "digest.toml", user_config_path("digest", appauthor=False) / "config.toml")
    return next((path for path in candidates if _is_there(path)), None)


def _is_there(path: Path) -> bool:
    """Whether the file exists; one in a home that belongs to somebody else (sudo -u) does not."""
    try:
        return path.is_file()
    except OSError:
        return False


def load_settings(path: Path, environ: Mapping[str, str], data_dir: Path | None = None) -> Settings:
    """The settings of the file and the environment, paths made absolute; raises ConfigError with every mistake.

    Relative paths are below the folder of the file, `store.path` below `data_dir` (by default the user's data
    directory).  The environment (`DIGEST_MAIL__HOST`) goes before the file.
    """
    path = path.absolute()
    return check_text(read_text(path), path, environ, data_dir)


def check_text(text: str, path: Path, environ: Mapping[str, str], data_dir: Path | None = None) -> Settings:
    """The settings that `text` would give as the file `path`; raises ConfigError with every mistake."""
    path = path.absolute()
    raw, lines = parse_text(text, path)
    _refuse_newer(raw, path)
    overrides = read_overrides(environ)
    places = Places(path.name, lines, overrides.variables)
    context = {"folder": path.parent, "data_dir": _place_data(data_dir)}
    settings, mistakes = _build_settings(raw, overrides, context, complete=True)
    if settings is None or mistakes:
        raise _report(str(path), places.describe(mistakes))
    return settings


def default_settings(environ: Mapping[str, str], cwd: Path, data_dir: Path | None = None) -> Settings:
    """The settings of someone without a file: no mail, no source, and one edition named `daily`, good for a preview."""
    overrides = read_overrides(environ)
    raw: dict[str, Any] = {"version": READS_VERSION, "edition": [{"name": "daily", "title": "每日摘要"}]}
    context = {"folder": cwd.absolute(), "data_dir": _place_data(data_dir)}
    settings, mistakes = _build_settings(raw, overrides, context, complete=False)
    if settings is None or mistakes:
        raise _report("the environment", Places(variables=overrides.variables).describe(mistakes))
    return settings


def read_template() -> str:
    """The commented digest.toml that `digest init` writes."""
    return (resources.files("digest") / "data" / "digest.toml.template").read_text(encoding="utf-8")


def _place_data(data_dir: Path | None) -> Path:
    return data_dir.absolute() if data_dir else user_data_path("digest", appauthor=False)


def _build_settings(
    raw: dict[str, Any], overrides: Overrides, context: Mapping[str, Path], *, complete: bool
) -> tuple[Settings | None, list[Mistake]]:
    """The settings, or None, and every mistake on the way; a Settings beside mistakes is not to be used."""
    mistakes = [*overrides.mistakes, *drop_secret(raw)]
    apply_overrides(raw, overrides)
    frozen = _freeze(raw)
    mistakes += complete_mail(frozen)
    if isinstance(store := frozen.setdefault("store", {}), dict) and "url" not in store:
        store.setdefault("path", "digest.db")
    mistakes += find_mistakes(frozen, complete=complete)
    mistakes += find_group_mistakes(frozen)
    try:
        return Settings.model_validate(frozen, context=dict(context)), mistakes
    except ValidationError as error:
        return None, mistakes + list(translate_errors(error))


def _freeze(value: Any) -> Any:
    """The value with tuples for lists, which is what strict models of frozen settings take."""
    if isinstance(value, dict):
        return {key: _freeze(inner) for key, inner in value.items()}
    return tuple(_freeze(inner) for inner in value) if isinstance(value, list) else value


def _report(where: str, mistakes: tuple[str, ...]) -> ConfigError:
    count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    return ConfigError(f"{where} has {count}", "mend what is listed and try again", mistakes)


def _refuse_newer(raw: Mapping[str, Any], path: Path) -> None:
    version = raw.get("version")
    if type(version) is int and version > READS_VERSION:
        raise ConfigError(
            f"{path} says version = {version}, and this digest reads version {READS_VERSION} of the configuration",
            "install a newer digest: pip install --upgrade textrank-digest",
        )


def read_text(path: Path) -> str:
    """The text of the file without a byte order mark; raises ConfigError where it is missing, unreadable, not UTF-8."""
    if path.is_dir():
        raise ConfigError(f"{path} is a folder", f"name the file in it: {path / 'digest.toml'}")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"there is no configuration file {path}", "`digest init` writes one") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError(f"{path} cannot be read: {reason}", "check who owns it and who may read it") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    mistake = f"{path.name}:{line}: the bytes are not UTF-8: save the file as UTF-8 in your editor"
    raise ConfigError(f"{path} is not UTF-8 text", "save it as UTF-8 in your editor (另存为 UTF-8)", (mistake,))


def parse_text(text: str, path: Path) -> tuple[dict[str, Any], dict[KeyPath, int]]:
    """The tables of the document and the line of each key; raises ConfigError where it is broken."""
    try:
        return tomllib.loads(text), locate_keys(text)
    except RecursionError:
        mistake = f"{path.name}:1: brackets are nested too deeply: write plain lists of texts"
    except ValueError as error:
        mistake = _word_broken(str(error), text, path.name)
    raise ConfigError(f"{path} is not valid TOML", "mend what is listed and try again", (mistake,))


def _word_broken(said: str, text: str, name: str) -> str:
    """One line about broken TOML: where, what, and what to try.  It shows none of the text, which may be a password."""
    lines = text.split("\n")
    position = _POSITION.search(said)
    at_end = (len(lines), len(lines[-1]) + 1)
    line, column = (int(position[1]), int(position[2])) if position and position[1] else at_end
    what = said[: position.start()] if position else "a value cannot be read"
    advice = next((tip for mark, tip in _ADVICE if mark in what), _ADVICE_ELSE)
    if "end of document" in said:
        advice = "something is left open, close the last quote or bracket"
    odd = sorted(set(_FULL_WIDTH).intersection(lines[line - 1]))
    if odd:
        advice = f"the line holds {odd[0]}, type the ASCII signs \" ' = [ ] instead"
    return f"{name}:{line}:{column}: broken TOML, {what[:1].lower()}{what[1:]}: {advice}"
