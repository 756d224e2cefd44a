"""Mistakes in digest.toml as the terminal shows them: every one at once, with its line and what to write."""

from __future__ import annotations

import pytest

from tests.cli.conftest import PASSWORD, Terminal

COMMANDS = (("preview",), ("run",), ("run", "--dry-run"), ("send",), ("doctor",), ("outbox", "list"))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_shows_every_mistake(terminal: Terminal, words: tuple[str, ...]) -> None:
    """Several mistakes: exit 3, one line each, with file and line number, and nothing on stdout."""
    terminal.write(
        "digest.toml",
        'version = 1\ntimezone = "Asia/Shanghia"\n\n[[source]]\nname = "a"\nkind = "folder"\npfad = "x"\npath = "x"\n\n'
        '[[edition]]\nname = "daily"\nitems = 9999\nrecipients = ["kein-at"]\n',
    )
    result = terminal(*words)
    assert (result.code, result.out) == (3, "")
    for line in (2, 7, 12, 13):
        assert f"digest.toml:{line}:" in result.err
    assert "Asia/Shanghai" in result.err
    assert "4 mistakes" in result.err


def test_an_unknown_key_gets_the_nearest_one_suggested(terminal: Terminal) -> None:
    """A key with a slip of the finger is answered with the key that was meant, and its line."""
    terminal.write(
        "digest.toml",
        'version = 1\n[[source]]\nname = "a"\nkind = "folder"\npath = "x"\n'
        '[[edition]]\nname = "d"\nrecipient = ["a@b.cn"]\n',
    )
    result = terminal("preview")
    assert result.code == 3
    assert "digest.toml:8" in result.err
    assert "recipients" in result.err
    assert "did you mean" in result.err


@pytest.mark.parametrize(
    "text",
    [
        'version = 1\nname = "offen\n',
        "version = = 1",
        "[[[",
        "version = 1\nversion = 1\n",
        "“version” = 1",
        "\0",
        "[" * 5000,
    ],
)
def test_broken_toml_is_one_mistake_with_its_line(terminal: Terminal, text: str) -> None:
    """A file that is no TOML ends in exit code 3, the line, and what to do about it."""
    terminal.write("digest.toml", text)
    result = terminal("preview")
    assert result.code == 3
    assert "digest.toml:" in result.err
    assert "Try: " in result.err


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", 'version = 1\n标题 = "x"'.encode("gb18030"), b"", b"version = 2\n"]
)
def test_a_file_that_is_no_configuration_is_refused(terminal: Terminal, content: bytes) -> None:
    """Other encodings, an empty file and a newer version are each explained."""
    terminal.write("digest.toml", content)
    result = terminal("preview")
    assert result.code == 3
    assert "Try: " in result.err


def test_a_folder_in_the_place_of_the_file_is_said(terminal: Terminal) -> None:
    """--config with a folder names the file in it."""
    result = terminal("preview", "--config", terminal.folder)
    assert result.code == 3
    assert "digest.toml" in result.err


def test_a_password_in_the_file_is_refused_and_not_repeated(terminal: Terminal) -> None:
    """Who writes the password into digest.toml is told where it belongs, without seeing it again."""
    for line in (f'password = "{PASSWORD}"', f'passwort = "{PASSWORD}"', f'password_env = "{PASSWORD}"'):
        terminal.write(
            "digest.toml",
            f'version = 1\n[mail]\npreset = "qq"\nuser = "me@qq.com"\nfrom = "me@qq.com"\n{line}\n'
            '[[source]]\nname = "a"\nkind = "folder"\npath = "x"\n[[edition]]\nname = "d"\n',
        )
        result = terminal("run")
        assert result.code == 3
        assert PASSWORD not in result.err + result.out


def test_mistakes_in_the_environment_name_their_variable(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable with a slip of the finger is answered with the one that was meant."""
    monkeypatch.setenv("DIGEST_MAIL__HOTS", "x")
    terminal.write_news()
    terminal.write(
        "digest.toml", 'version = 1\n[[source]]\nname="a"\nkind="folder"\npath="news"\n[[edition]]\nname="d"\n'
    )
    result = terminal("preview")
    assert result.code == 3
    assert "DIGEST_MAIL__HOST" in result.err


def test_no_mistake_can_write_escapes_to_the_terminal(terminal: Terminal) -> None:
    """What stands in the file is shown without its control characters."""
    terminal.write("digest.toml", 'version = 1\ntimezone = "\\u001b[31mrot"\n"\\u001b[2J" = 1\n')
    result = terminal("preview")
    assert result.code == 3
    assert "\x1b" not in result.err
