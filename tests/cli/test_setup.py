"""digest init, doctor, templates and completion: from an empty folder to a mail that works."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import ANNA, Office, Terminal, edition, fingerprint, source

# --------------------------------------------------------------------------------------------------------------- init


def test_init_beside_samples_makes_a_file_that_previews(terminal: Terminal) -> None:
    """In a folder that has samples, init asks nothing, and preview works with the file as it stands."""
    terminal.write_news("samples")
    made = terminal("init")
    assert (made.code, made.out) == (0, "digest.toml\n")
    assert "digest preview" in made.err
    result = terminal("preview", "--text")
    assert (result.code, len(result.lines)) == (0, 1), result.err
    assert "岚川大桥通车" in result.out


def test_init_without_samples_says_what_to_write(terminal: Terminal) -> None:
    """Without samples and without a terminal to ask at, the exit code is 2 and --source is named."""
    result = terminal("init")
    assert result.code == 2
    assert "--source" in result.err
    assert not (terminal.folder / "digest.toml").exists()


@pytest.mark.parametrize(
    "name",
    [
        "news",
        "新闻 一",
        "it's",
        'zwei"mal',
        "mit\\strich",
        "a#b=c[d]",
        "-x",
        "{home}",
        "%(x)s",
        "\\N{DASH}",
        'it\'s "so"',
    ],
)
def test_init_points_at_any_folder(terminal: Terminal, name: str) -> None:
    """Whatever the folder is called, the file that init writes is valid and leads there."""
    terminal.write_news(name)
    assert terminal("init", "--source", "./" + name).code == 0
    result = terminal("preview", "--text")
    assert result.code == 0, result.err
    assert "岚川大桥通车" in result.out


def test_init_works_from_another_folder(terminal: Terminal) -> None:
    """The source is found from the folder of the file and not from where init was called."""
    terminal.write_news("a/news")
    (terminal.folder / "b").mkdir()
    assert terminal("init", "--source", "a/news", "--output", "b/my.toml").code == 0
    result = terminal("preview", "--config", terminal.folder / "b" / "my.toml", "--text", cwd=Path("/"))
    assert "岚川大桥通车" in result.out


def test_init_never_overwrites(terminal: Terminal) -> None:
    """A file that is there stays byte by byte, until --force."""
    terminal.write_news("samples")
    path = terminal.write("digest.toml", "mein = 1\n")
    result = terminal("init")
    assert result.code == 3
    assert "--force" in result.err
    assert path.read_text() == "mein = 1\n"
    assert terminal("init", "--force").code == 0
    assert tomllib.loads(path.read_text("utf-8"))["version"] == 1


def test_init_does_not_follow_a_dangling_link(terminal: Terminal) -> None:
    """A link that leads nowhere is something that is already there."""
    terminal.write_news("samples")
    (terminal.folder / "digest.toml").symlink_to(terminal.folder / "anderswo.toml")
    terminal("init")
    assert not (terminal.folder / "anderswo.toml").exists()


def test_init_into_a_folder_that_is_not_there_is_said(terminal: Terminal) -> None:
    """An --output that cannot be written is one clear line."""
    terminal.write_news("samples")
    result = terminal("init", "--output", "fehlt/digest.toml")
    assert result.code == 3
    assert "fehlt" in result.err


def test_init_with_a_source_that_is_none_is_a_usage_error(terminal: Terminal) -> None:
    """A file or nothing in the place of the folder ends in exit code 2."""
    terminal.write("a.txt", "x")
    for name in ("a.txt", "fehlt"):
        assert terminal("init", "--source", name).code == 2
    assert not (terminal.folder / "digest.toml").exists()


# ------------------------------------------------------------------------------------------------------------- doctor


def failures(out: str) -> list[str]:
    """The lines that complain."""
    return [line for line in out.splitlines() if line.startswith("FAIL")]


def test_doctor_finds_nothing_where_all_is_well(office: Office) -> None:
    """Everything right: exit 0, a line for each part, the login tried over TLS, nothing changed and nothing sent."""
    result = office("doctor")
    assert result.code == 0, result.out
    assert failures(result.out) == []
    for word in ("python", "source news", "edition daily", "templates", "store", "TLSv1", "certificate verified"):
        assert word in result.out
    assert not office.data.exists()
    assert office.smtp.received == []
    office("run")
    before = fingerprint(office.data)
    assert office("doctor").code == 0
    assert fingerprint(office.data) == before


@pytest.mark.parametrize("part", ["source", "empty", "file", "recipients", "template", "password", "server", "nomail"])
def test_doctor_names_each_part_that_fails_with_a_remedy(
    office: Office, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One thing wrong: exit 1, exactly that line fails, the next line says what to try."""
    name = {
        "source": "source fehlt",
        "empty": "source leer",
        "file": "source news",
        "recipients": "edition daily",
        "template": "templates",
    }.get(part, "mail")
    if part == "source":
        office.configure(sources=source(office.news) + source(office.terminal.folder / "weg", "fehlt"))
    elif part == "empty":
        (office.terminal.folder / "leer").mkdir()
        office.configure(sources=source(office.news) + source(office.terminal.folder / "leer", "leer"))
    elif part == "file":
        office.terminal.write("news/kaputt.json", "{")
    elif part == "recipients":
        office.configure(recipients=())
    elif part == "template":
        office.terminal.write("mine/digest.txt.j2", "{{ falsch }}")
        office.configure(top='templates = "mine"')
    elif part == "password":
        monkeypatch.setenv("DIGEST_SMTP_PASSWORD", "falsch")
    elif part == "server":
        office.configure(mail=office.mail(trust=False))
    else:
        office.configure(mail="")
    result = office("doctor")
    lines = result.out.splitlines()
    (complaint,) = failures(result.out)
    assert result.code == 1
    assert complaint.startswith(f"FAIL {name}: ")
    assert lines[lines.index(complaint) + 1].startswith("     Try: ")
    assert office.smtp.received == []


def test_doctor_looks_at_everything_at_once(office: Office) -> None:
    """Several things wrong are all named, each with its remedy."""
    office.configure(
        mail="", recipients=(), sources=source(office.terminal.folder / "weg", "fehlt"), top='templates = "fehlt"'
    )
    result = office("doctor")
    assert result.code == 1
    assert len(failures(result.out)) == 4
    assert result.out.count("     Try: ") == 4


def test_doctor_without_a_configuration_says_what_to_do(terminal: Terminal) -> None:
    """Without a digest.toml the exit code is 3 and the remedy is digest init."""
    result = terminal("doctor")
    assert result.code == 3
    assert "digest init" in result.err


def test_doctor_is_quiet_about_colours_in_a_pipe(office: Office) -> None:
    """What goes into a pipe or a file holds no escape sequences."""
    assert "\x1b" not in office("doctor").out


@pytest.mark.parametrize("no_color", ["", "1"])
def test_a_terminal_gets_colours_unless_no_color_is_set(terminal: Terminal, no_color: str) -> None:
    """On a real terminal FAIL is red; with NO_COLOR nothing is coloured."""
    terminal.write("digest.toml", f"version = 1\n{source(terminal.write_news())}{edition(())}")
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "digest", "doctor"]
    environ = {**os.environ, "NO_COLOR": no_color}
    with subprocess.Popen(words, cwd=terminal.folder, stdout=theirs, stderr=theirs, env=environ) as process:
        process.wait(60)
    os.close(theirs)
    shown = os.read(ours, 65536)
    os.close(ours)
    assert b"FAIL" in shown
    assert (b"\x1b[31m" in shown) is not bool(no_color)


# ---------------------------------------------------------------------------------------------------------- templates


def test_exported_templates_change_nothing_until_they_are_changed(office: Office) -> None:
    """The templates that export writes render the same page; changed, they render the change."""
    before = office("preview", "--text").out
    exported = office.terminal("templates", "export", "mine")
    assert exported.code == 0
    assert all(Path(office.terminal.folder, line).is_file() for line in exported.out.splitlines())
    office.configure(top='templates = "mine"')
    assert office("preview", "--text").out == before
    path = office.terminal.folder / "mine" / "digest.txt.j2"
    path.write_text("Guten Morgen\n" + path.read_text("utf-8"), "utf-8")
    assert office("preview", "--text").out.startswith("Guten Morgen")


def test_export_never_overwrites(terminal: Terminal) -> None:
    """A template of one's own stays as it is until --force."""
    mine = terminal.write("mine/digest.txt.j2", "meins")
    result = terminal("templates", "export", "mine")
    assert result.code == 1
    assert "--force" in result.err
    assert mine.read_text() == "meins"
    assert len(list(mine.parent.iterdir())) == 1
    assert terminal("templates", "export", "mine", "--force").code == 0
    assert mine.read_text() != "meins"


def test_a_templates_folder_that_is_missing_is_said(office: Office) -> None:
    """The folder is named together with the command that makes it."""
    office.configure(top='templates = "fehlt"')
    result = office("preview")
    assert result.code == 1
    assert "templates export" in result.err


# --------------------------------------------------------------------------------------------------------- completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(terminal: Terminal, shell: str) -> None:
    """The script names the program and the variable it is asked through."""
    result = terminal("completion", shell)
    assert result.code == 0
    assert "_DIGEST_COMPLETE" in result.out
    assert "digest" in result.out


def test_completion_of_an_unknown_shell_is_a_usage_error(terminal: Terminal) -> None:
    """A shell nobody knows ends in exit code 2 and those there are."""
    result = terminal("completion", "tcsh")
    assert result.code == 2
    assert "fish" in result.err


def test_the_shell_is_told_the_commands(terminal: Terminal) -> None:
    """What the completion script calls answers with the names of the commands."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv[0] = 'digest'; from digest.cli.door import main; main()"],
        env={**os.environ, "_DIGEST_COMPLETE": "bash_complete", "COMP_WORDS": "digest pre", "COMP_CWORD": "1"},
        cwd=terminal.folder,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert "preview" in done.stdout.decode()


# ---------------------------------------------------------------------------------------------------- which digest.toml


def test_the_configuration_is_found_in_its_order(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """--config goes before DIGEST_CONFIG, that before ./digest.toml, that before the user's own."""
    places = ["flag.toml", "variable.toml", "digest.toml", "heim/digest/config.toml"]
    for number, place in enumerate(places):
        news = terminal.write_news(f"n{number}", {"a.txt": f"第{number}号消息\n今天发布第{number}号消息，内容很重要。"})
        terminal.write(place, f"version = 1\n{source(news)}{edition((ANNA,))}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(terminal.folder / "heim"))
    monkeypatch.setenv("DIGEST_CONFIG", str(terminal.folder / "variable.toml"))
    seen = [terminal("preview", "--text", "--config", "flag.toml").out, terminal("preview", "--text").out]
    monkeypatch.delenv("DIGEST_CONFIG")
    seen.append(terminal("preview", "--text").out)
    (terminal.folder / "digest.toml").unlink()
    seen.append(terminal("preview", "--text").out)
    assert [f"第{number}号消息" in text for number, text in enumerate(seen)] == [True] * 4


def test_a_named_configuration_that_is_missing_is_not_replaced(terminal: Terminal) -> None:
    """Where --config or DIGEST_CONFIG names no file, no other file is taken for it."""
    terminal.write("digest.toml", f"version = 1\n{source(terminal.write_news())}{edition()}")
    result = terminal("preview", "--config", "fehlt.toml")
    assert result.code == 3
    assert "fehlt.toml" in result.err
