"""The README shows only what works: every command in it is run, but for the test command itself."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.config import load_settings
from tests.meta.readme import PLAIN, README, ROOT, SETUP, copy_checkout, run_command
from tests.meta.reference import written
from tests.web_server import WebServer


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a user checks out, to run commands in."""
    return copy_checkout(tmp_path_factory.mktemp("checkout") / "digest")


SITE = "https://news.example.cn"


@pytest.fixture(scope="module")
def site() -> Iterator[WebServer]:
    """The site that the README's commands read: a home page that announces a feed, and a list page."""
    with WebServer() as server:
        article = (
            "<html><head><meta charset='utf-8'><title>第{0}号通知_岚川网信</title></head><body><h1>第{0}号通知</h1>"
            "<p>"
            + "岚川市网信办今天印发通知，要求各区县于月底前完成网络安全自查，并报送第{0}批整改清单。" * 4
            + "</p></body></html>"
        )
        rows = "".join(
            f"<li><a href='/tongzhi/{n}.html'>关于做好第{n}号网络安全自查的通知</a><span>2026-11-{n + 9}</span></li>"
            for n in range(1, 11)
        )
        items = "".join(
            f"<item><title>第{n}号通知</title><link>/tongzhi/{n}.html</link><description>通知……</description></item>"
            for n in range(1, 6)
        )
        server.routes |= {f"/tongzhi/{n}.html": article.format(n) for n in range(1, 11)}
        server.routes |= {
            "/": "<html><head><link rel='alternate' type='application/rss+xml' href='/feed.xml'></head></html>",
            "/feed.xml": f"<rss version='2.0'><channel><title>岚川网信</title>{items}</channel></rss>",
            "/tongzhi/": f"<html><head><meta charset='utf-8'><title>通知公告</title></head><ul>{rows}</ul></html>",
        }
        yield server


def test_there_are_two_commands_for_a_fresh_machine() -> None:
    """One previews the samples, one passes the tests; each makes its own environment."""
    assert len(SETUP) == 2
    assert SETUP[0].startswith("python3 -m venv")
    assert SETUP[1].startswith("python3 -m venv")
    assert SETUP[1].endswith("-m pytest")


def test_the_plain_commands_work_one_after_another(checkout: Path, site: WebServer) -> None:
    """Every other command of the README succeeds and says something; the site it reads is one of this machine."""
    assert len(PLAIN) >= 9
    for command in PLAIN:
        there = command.replace(f"{SITE}/", site.url("/"))
        done = run_command(there if there == command else f"{there} --allow-private", checkout)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        assert done.stdout or done.stderr or "outbox" in command, command
        assert "Traceback" not in done.stderr


def test_the_configuration_shown_is_valid(tmp_path: Path) -> None:
    """The TOML of the README loads without a mistake."""
    shown = re.findall(r"```toml\n(.*?)```", README, re.S)
    shutil.copy(ROOT / "samples" / "frequency_words.txt", tmp_path)
    assert shown
    for number, text in enumerate(shown):
        path = tmp_path / f"{number}.toml"
        path.write_text(text, "utf-8")
        assert tomllib.loads(text)
        assert load_settings(path, {}).editions()


def test_the_python_shown_works(checkout: Path) -> None:
    """The library example of the README runs as it stands."""
    (example,) = re.findall(r"```python\n(.*?)```", README, re.S)
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=checkout, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert "瀚" in done.stdout


def without_reference() -> str:
    """The README but for the tables that are made from the code."""
    return re.sub(r"(?s)<!-- (\w+): written.*?<!-- end of \1 -->", "", README)


def test_the_tables_of_settings_and_commands_are_those_of_the_code() -> None:
    """`python -m tests.meta.reference` would change nothing."""
    assert written(README) == README


def test_every_command_stands_in_the_text() -> None:
    """No group of commands is told of by its table alone."""
    from digest.cli.commands import cli

    told = without_reference()
    assert [name for name in cli.commands if f"digest {name}" not in told and name != "completion"] == []


def test_the_table_of_providers_is_what_the_presets_say() -> None:
    """Every usable preset has its row, with server, secret, the words in Chinese and the page that explains it."""
    from digest.config import load_presets

    rows = re.findall(r"^\| `([a-z0-9]+)` \|(.*)$", without_reference(), re.M)
    for preset in load_presets().values():
        if preset.name != "custom":
            told = "".join(row for name, row in rows if name == preset.name)
            assert all(word in told for word in (preset.host, preset.secret, preset.login_zh, preset.help))
    assert {name for name, row in rows if "smtp" in row or ":465" in row} <= set(load_presets())
