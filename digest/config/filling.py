"""The commented digest.toml, filled in with what its owner answered; everything else of it stays a comment."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from digest.config.editing import write_source

_SOURCE = re.compile(r"^\[\[source\]\]\n(?:[a-z]+ = [^\n]*\n)+", re.M)


@dataclass(slots=True)
class Answers:
    """What is to stand in the file: keys of [mail], recipients, tables of [[source]], when the edition is due.

    What is empty stays as the template has it; `folder` is what the template's head calls the articles.
    """

    mail: dict[str, Any] = field(default_factory=dict)
    recipients: list[str] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    at: str = ""
    days: str = ""
    timezone: str = ""
    title: str = ""


def fill_template(template: str, answers: Answers) -> str:
    """Return the template with the answers in it."""
    text = _fill_sources(template, answers.sources)
    for key, value in answers.mail.items():
        text = _uncomment(text, key, value)
    if answers.mail:
        text = text.replace("\n# [mail]\n", "\n[mail]\n", 1)
    if answers.recipients:
        text = _set(text, "recipients", _write(answers.recipients))
    if answers.at or answers.days:
        text = _set(text, "schedule", _write_schedule(answers))
    if answers.timezone:
        text = _set(text, "timezone", _write(answers.timezone))
    return _set(text, "title", _write(answers.title)) if answers.title else text


def _fill_sources(text: str, tables: list[dict[str, Any]]) -> str:
    """The text with these sources in the place of its own; with none of them that one becomes a comment."""
    if not tables:
        text = _SOURCE.sub(lambda found: re.sub("(?m)^", "# ", found[0].rstrip("\n")) + "\n", text, count=1)
        return text.replace('an edition made of the folder "samples"', "an edition once it has a [[source]]", 1)
    blocks = "\n".join(write_source(table) for table in tables)
    names = '", "'.join(re.sub(r"[^\w .-]", "-", str(table["name"])) for table in tables[:3])
    return _SOURCE.sub(lambda _: blocks, text, count=1).replace('the folder "samples"', f'"{names}"', 1)


def _uncomment(text: str, key: str, value: Any) -> str:
    """The text with the first commented line of [mail] for that key made one that counts."""
    start = text.index("\n# [mail]\n") + 1
    line = re.compile(rf"^# {key} = [^\n#]*(#[^\n]*)?$", re.M)
    found = line.search(text, start)
    if found is None:
        head = text.index("\n", start) + 1
        return f"{text[:head]}{key} = {_write(value)}\n{text[head:]}"
    remark = f"  {found[1]}" if found[1] else ""
    return f"{text[: found.start()]}{key} = {_write(value)}{remark}{text[found.end() :]}"


def _set(text: str, key: str, value: str) -> str:
    """The text with another value on the first line of that key; its remark stays."""
    line = re.compile(rf'^{key} = (?:"[^"\n]*"|\[[^\n]*?\]|\{{[^\n]*?\}})( *)(#[^\n]*)?$', re.M)
    return line.sub(lambda found: f"{key} = {value}" + (f"  {found[2]}" if found[2] else ""), text, count=1)


def _write_schedule(answers: Answers) -> str:
    table: Mapping[str, str] = {"at": answers.at or "08:00", "days": answers.days or "daily"}
    if len((answers.days or "").split()) == 5:  # a cron line names its times itself
        table = {"days": answers.days}
    return "{ " + ", ".join(f"{key} = {_write(value)}" for key, value in table.items()) + " }"


def _write(value: Any) -> str:
    """A value as TOML has it: JSON's texts, numbers and lists are TOML's, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
