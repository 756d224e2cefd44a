"""The text of a configuration file and what it says as TOML, or one error that tells where it is broken."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from digest.config.lines import KeyPath, locate_keys
from digest.errors import ConfigError

_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_DAY = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])")
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


def parse_text(text: str, path: Path, label: str = "") -> tuple[dict[str, Any], dict[KeyPath, int]]:
    """The tables of the document and the line of each key; raises ConfigError where it is broken.

    `label` is what the mistake calls the file, by default its name.
    """
    name = label or path.name
    try:
        return tomllib.loads(text), locate_keys(text)
    except RecursionError:
        mistake = f"{name}:1: brackets are nested too deeply: write plain lists of texts"
    except ValueError as error:
        mistake = _word_broken(str(error), text, name)
    raise ConfigError(f"{path} is not valid TOML", "mend what is listed and try again", (mistake,))


def _word_broken(said: str, text: str, name: str) -> str:
    """One line about broken TOML: where, what, and what to try.  It shows none of the text, which may be a password."""
    lines = text.split("\n")
    position = _POSITION.search(said)
    at_end = (len(lines), len(lines[-1]) + 1)
    line, column = (int(position[1]), int(position[2])) if position and position[1] else at_end
    what = said[: position.start()] if position else "a value cannot be read"
    # what comes after an impossible day in a list is called an unclosed bracket
    if odd_day := _find_odd_day(lines[line - 1]):
        return f"{name}:{line}: {odd_day} is no day of the calendar: write one that there is, such as 2027-02-28"
    advice = next((tip for mark, tip in _ADVICE if mark in what), _ADVICE_ELSE)
    if "(at end of document)" in said:
        advice = "something is left open, close the last quote or bracket"
    odd = sorted(set(_FULL_WIDTH).intersection(lines[line - 1]))
    if odd:
        advice = f"the line holds {odd[0]}, type the ASCII signs \" ' = [ ] instead"
    return f"{name}:{line}:{column}: broken TOML, {what[:1].lower()}{what[1:]}: {advice}"


def _find_odd_day(line: str) -> str:
    """A date on the line that the calendar does not have, such as 2027-02-30, or an empty text."""
    for found in _DAY.findall(line.partition("#")[0]):
        try:
            date.fromisoformat(found)
        except ValueError:
            return str(found)
    return ""
