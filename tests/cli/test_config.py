"""digest config as its users meet it: what is printed, where, and with which exit code."""

from __future__ import annotations

import json
import tomllib

import pytest

from digest.config import read_template
from tests.cli.conftest import Terminal


@pytest.fixture
def written(terminal: Terminal) -> Terminal:
    """A folder with the file that `digest init` writes."""
    (terminal.folder / "samples").mkdir()
    (terminal.folder / "digest.toml").write_text(read_template(), "utf-8")
    (terminal.folder / "digest.toml").chmod(0o600)
    return terminal


def test_check_says_ok_and_what_there_is(written: Terminal) -> None:
    """Editions, sources, recipients, the mail server, included files; who else may write it is told."""
    result = written("config", "check")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("ok ")
    assert "1 edition, 1 source, 0 recipients, no [mail]: nothing can be sent" in result.out
    (written.folder / "more.toml").write_text('[[group]]\nname = "g"\nrecipients = ["a@example.cn"]\n', "utf-8")
    (written.folder / "more.toml").chmod(0o666)
    assert written("config", "set", "include", "more.toml").code == 0
    result = written("config", "check")
    assert "1 recipient, 1 group, no [mail]: nothing can be sent, with more.toml" in result.out
    assert "chmod go-w" in result.err
    assert "more.toml" in result.err


def test_check_tells_of_a_theme_that_is_none(written: Terminal) -> None:
    """Its name is lawful, but no template of ours or of the user's own bears it: with the one that was meant."""
    assert written("config", "set", "edition.daily.theme", "gongwn").code == 0
    result = written("config", "check")
    assert result.code == 3
    assert 'edition daily: theme is "gongwn", which is none: did you mean "gongwen"?' in result.err
    assert written("config", "set", "edition.daily.theme", "gongwen").code == 0
    assert written("config", "check").code == 0


def test_check_warns_of_a_password_file_that_others_can_read(written: Terminal) -> None:
    """The file is right and nothing can be mailed all the same: said, with the command that mends it, and exit 0."""
    secret = written.write("smtp-password", "canary-secret-0815")
    secret.chmod(0o644)
    pairs = ("mail.preset", "qq", "mail.user", "me@qq.com", "mail.password_file", "smtp-password")
    assert written("config", "set", *pairs).code == 0
    result = written("config", "check")
    assert result.code == 0
    assert f"nothing can be mailed: others can read the password file {secret}" in result.err
    assert f"chmod 600 {secret}" in result.err
    assert "canary" not in result.err
    secret.chmod(0o600)
    assert written("config", "check").err == ""
    secret.unlink()
    assert "there is no password file" in written("config", "check").err


def test_check_tells_every_mistake_and_ends_with_3(written: Terminal) -> None:
    """All at once, each with its line."""
    text = read_template().replace("items = 30", "itms = 30").replace('"Asia/Shanghai"', '"Asia/Beijing"')
    (written.folder / "digest.toml").write_text(text, "utf-8")
    result = written("config", "check")
    assert (result.code, result.out) == (3, "")
    assert 'did you mean "Asia/Shanghai"?' in result.err
    assert 'unknown key "itms": did you mean "items"?' in result.err
    assert result.err.count("digest.toml:") == 2


@pytest.mark.parametrize("command", [("check",), ("show",), ("set", "timezone", "UTC"), ("upgrade",)])
def test_without_a_file_init_is_offered(terminal: Terminal, command: tuple[str, ...]) -> None:
    """Nothing to check, show or change: exit code 3 and the command that writes one."""
    result = terminal("config", *command)
    assert result.code == 3
    assert "digest init" in result.err


def test_show_prints_toml_with_the_place_of_each_value(written: Terminal) -> None:
    """On stdout, valid, with the defaults; as JSON with key, value, origin and place."""
    result = written("config", "show")
    assert (result.code, result.err) == (0, "")
    assert tomllib.loads(result.out)["edition"][0]["empty"] == "note"
    assert 'timezone = "Asia/Shanghai"  # digest.toml:' in result.out
    shown = json.loads(written("config", "show", "--json").out)
    rows = {row["key"]: row for row in shown["settings"]}
    assert (shown["version"], len(shown["files"])) == (1, 1)
    assert rows["collect.deadline"] == {"key": "collect.deadline", "value": 20, "origin": "default", "where": None}
    assert rows["edition.daily.items"]["where"].startswith("digest.toml:")


def test_schema_prints_json(terminal: Terminal) -> None:
    """Wherever one is, without a configuration."""
    result = terminal("config", "schema")
    assert result.code == 0
    assert json.loads(result.out)["properties"]["timezone"]["description"]


def test_set_changes_the_file_and_says_so(written: Terminal) -> None:
    """Several at once; taking out; a variable that goes before the file is told."""
    result = written(
        "config", "set", "mail.preset", "qq", "mail.user", "me@qq.com", "edition.daily.schedule.at", "07:30"
    )
    assert (result.code, result.out) == (0, "")
    assert "changed" in result.err
    assert 'schedule = { at = "07:30", days = "daily" }' in (written.folder / "digest.toml").read_text("utf-8")
    assert "nothing to change" in written("config", "set", "edition.daily.schedule.at", "07:30").err
    assert written("config", "set", "--unset", "mail").code == 0
    written.patch.setenv("DIGEST_TIMEZONE", "UTC")
    assert "DIGEST_TIMEZONE is set, and goes before the file" in written("config", "set", "timezone", "Asia/Tokyo").err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "come in pairs"),
        (("timezone",), 2, "come in pairs"),
        (("mail.password", "x"), 2, "is a secret"),
        (("edition.daily.itms", "3"), 2, 'did you mean "items"?'),
        (("edition.daily.items", "0"), 3, "items must be at least 1"),
    ],
)
def test_what_set_refuses_is_told_and_nothing_changes(
    written: Terminal, words: tuple[str, ...], code: int, said: str
) -> None:
    """Usage is 2, a configuration that would be wrong 3."""
    result = written("config", "set", *words)
    assert result.code == code
    assert said in result.err
    assert (written.folder / "digest.toml").read_text("utf-8") == read_template()


def test_upgrade_shows_the_difference_and_keeps_the_old_file(written: Terminal) -> None:
    """--dry-run writes nothing; a second time there is nothing to do."""
    path = written.folder / "digest.toml"
    path.write_text(read_template().replace("version = 1\n", ""), "utf-8")
    dry = written("config", "upgrade", "--dry-run")
    assert (dry.code, "+version = 1" in dry.out) == (0, True)
    assert "version = 1" not in path.read_text("utf-8")
    result = written("config", "upgrade")
    assert (result.code, result.out) == (0, dry.out)
    assert (written.folder / "digest.toml.bak").is_file()
    assert "nothing to do" in written("config", "upgrade").err
    assert written("config", "check").code == 0
