"""The tables of the README that are made from the code: every setting and every command.

`python -m tests.meta.reference` writes them into README.md; a test holds README and code together.
"""

from __future__ import annotations

from collections.abc import Iterator

import click
from pydantic_core import PydanticUndefined

from digest.cli.commands import cli
from digest.config.settings import TABLES
from digest.config.sources import SourceSettings
from tests.meta.readme import ROOT

REPEATED = {("source",), ("group",), ("edition",), ("edition", "section")}
"""The tables that may stand several times."""

BEGIN, END = "<!-- {}: written by python -m tests.meta.reference -->", "<!-- end of {} -->"


def list_settings() -> Iterator[str]:
    """Every key of every table, with its example, its default and what it means, as a table of Markdown."""
    yield "| key | for example | default | what it says |"
    yield "|---|---|---|---|"
    for path, table in TABLES.items():
        name = ".".join(path)
        header = f"[[{name}]]" if path in REPEATED else f"[{name}]"
        if path:
            told = "" if table is SourceSettings else " ".join((table.__doc__ or "").split("\n\n", 1)[0].split())
            yield f"| **`{header}`** | | | {_cell(told)} |"
        for key, field in table.model_fields.items():
            nested = (*path, field.alias or key) in TABLES
            if nested or key == "password":
                continue
            example = f"`{_cell(str(field.examples[0]))}`" if field.examples else ""
            said = _cell(field.description or "")
            yield f"| `{field.alias or key}` | {example} | {_default(field.default)} | {said} |"


def list_commands() -> Iterator[str]:
    """Every command with what it does, as a table of Markdown."""
    yield "| command | what it does |"
    yield "|---|---|"
    for name, command in _walk(cli, ""):
        yield f"| `digest {name}` | {_cell(_short(command))} |"


def _short(command: click.Command) -> str:
    """The first sentence of a command's help."""
    return " ".join((command.help or "").replace("\b", "").split("\n\n", 1)[0].split()).split(". ")[0].rstrip(".")


def _walk(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _walk(command, f"{before}{name} ")
        else:
            arguments = [
                p.make_metavar(click.Context(command)) for p in command.params if isinstance(p, click.Argument)
            ]
            yield " ".join((f"{before}{name}", *arguments)), command


def _default(value: object) -> str:
    if value is PydanticUndefined:
        return "needed"
    if value is None or value == () or value == "" or not isinstance(value, str | int | float | tuple):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def written(readme: str) -> str:
    """The README with both tables as the code has them now."""
    for name, lines in (("settings", list_settings()), ("commands", list_commands())):
        begin, end = BEGIN.format(name), END.format(name)
        head, _, rest = readme.partition(begin)
        assert rest, f"README.md has no {begin}"
        readme = f"{head}{begin}\n" + "\n".join(lines) + f"\n{end}{rest.partition(end)[2]}"
    return readme


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(written(path.read_text("utf-8")), "utf-8", newline="\n")
