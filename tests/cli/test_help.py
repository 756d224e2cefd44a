"""What the program says about itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

import digest
from digest.cli.commands import cli
from tests.cli.conftest import Terminal


def walk(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below `command` with the words that call it."""
    yield words, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from walk(inner, (*words, name))


COMMANDS = dict(walk(cli))


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words) or "digest")
def test_help_names_every_option_with_a_word_about_it(terminal: Terminal, words: tuple[str, ...]) -> None:
    """--help and -h exit 0; every option is named and described."""
    result = terminal(*words, "--help")
    assert (result.code, result.err) == (0, "")
    assert terminal(*words, "-h").out == result.out
    for parameter in COMMANDS[words].params:
        if isinstance(parameter, click.Option):
            assert parameter.opts[0] in result.out
            assert parameter.help or parameter.name == "output"


@pytest.mark.parametrize("words", [words for words in COMMANDS if words], ids=" ".join)
def test_every_command_is_listed_above_it(terminal: Terminal, words: tuple[str, ...]) -> None:
    """The help of a group names each of its commands."""
    assert words[-1] in terminal(*words[:-1], "--help").out


def test_version_is_that_of_the_package(terminal: Terminal) -> None:
    """--version prints the name and the version."""
    assert terminal("--version").out == f"digest, version {digest.__version__}\n"


@pytest.mark.parametrize("words", [("sumarize",), ("outbox", "lst"), ("--nix",), ("run", "--nix"), ("summarize",)])
def test_what_does_not_exist_is_a_usage_error(terminal: Terminal, words: tuple[str, ...]) -> None:
    """An unknown command, an unknown option or a missing argument ends in exit code 2, said on stderr."""
    result = terminal(*words)
    assert (result.code, result.out) == (2, "")
    assert "Usage: " in result.err


@pytest.mark.parametrize("words", [(), ("outbox",), ("templates",)])
def test_a_group_without_a_command_shows_its_help(terminal: Terminal, words: tuple[str, ...]) -> None:
    """Who types only the name gets the list of commands."""
    result = terminal(*words)
    assert result.code in (0, 2)
    assert "Commands:" in result.out + result.err


def test_the_module_is_the_command(terminal: Terminal) -> None:
    """python -m digest is digest, with the same name in its help."""
    done = subprocess.run(
        [sys.executable, "-m", "digest", "--help"], cwd=terminal.folder, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0
    assert done.stdout.decode() == terminal("--help").out


def test_help_needs_nothing_heavy(terminal: Terminal) -> None:
    """The help is there at once: no pydantic, no SQLAlchemy, no jieba is imported for it."""
    code = (
        "import sys\nfrom digest.cli import door\nsys.argv = ['digest', '--help']\ndoor._run()\n"
        "heavy = {'pydantic', 'sqlalchemy', 'jieba', 'networkx', 'jinja2', 'yagmail', 'trafilatura', 'lxml'}\n"
        "sys.exit(', '.join(sorted(heavy & sys.modules.keys())) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=terminal.folder, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
