"""digest verify at a terminal: what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from digest.cli.verify import verify
from digest.errors import UsageError
from tests.app.newsroom import BRIDGE, Newsroom, open_newsroom
from tests.cli.conftest import fingerprint


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    """A newsroom with an issue of three pages, all of them kept."""
    return open_newsroom(tmp_path)


def ask(newsroom: Newsroom, *words: str) -> tuple[int, str]:
    """What digest verify returns and prints."""
    config = ["--config", str(newsroom.folder / "digest.toml"), "--data-dir", str(newsroom.folder / "data")]
    result: Result = CliRunner().invoke(verify, [*words, *config], standalone_mode=False)
    if result.exception:
        raise result.exception
    code: int = result.return_value
    return code, result.stdout


def test_a_line_for_every_item(newsroom: Newsroom) -> None:
    """Each item with how many of its sentences are proved, and one line that says it all."""
    code, out = ask(newsroom)
    *items, last = out.splitlines()
    assert code == 0
    assert [line.partition(". ")[0] for line in items] == ["1", "2", "3"]
    assert all(line.endswith(" proved") for line in items)
    assert "岚川大桥通车" in out
    assert last.startswith("daily of 2026-11-20: all ")


def test_a_line_for_every_sentence(newsroom: Newsroom) -> None:
    """--verbose names each with its article, its place and its words."""
    code, out = ask(newsroom, "daily", "--day", "2026-11-20", "--verbose")
    printed = [s for item in newsroom.issue.items for s in item.summary.sentences]
    lines = [line for line in out.splitlines() if line.startswith("   proved   summary")]
    assert code == 0
    assert len(lines) == len(printed)
    assert any(f"{printed[0].start}-{printed[0].end}: {printed[0].text.strip()[:20]}" in line for line in lines)


def test_what_was_changed_is_printed_without_being_asked(newsroom: Newsroom) -> None:
    """Exit code 1, the sentence, and what is wrong with it."""
    newsroom.replace_original("https://news.example.cn/1", BRIDGE.replace(b"3.2", b"5.0"))
    code, out = ask(newsroom)
    assert code == 1
    assert "(the original is not the one that was fetched)" in out
    assert "something was changed" in out.splitlines()[-1]


def test_what_cannot_be_proved_is_told(tmp_path: Path) -> None:
    """Exit code 4, and how much is left."""
    code, out = ask(open_newsroom(tmp_path, pages=[]))
    assert code == 4
    assert "0 of " in out.splitlines()[-1]
    assert "the bytes it was read from were not kept" in out


def test_a_manifest_that_is_taken_away_is_told(newsroom: Newsroom) -> None:
    """No sentence is left to be proved, and that is no proof: exit code 1, and what is wrong."""
    newsroom.tamper("UPDATE issues SET manifest = '{}'")
    code, out = ask(newsroom)
    assert code == 1
    assert out.splitlines() == [
        "wrong: its manifest is missing",
        "daily of 2026-11-20: something was changed: the issue as a whole is wrong",
    ]


def test_an_issue_without_items(tmp_path: Path) -> None:
    """Nothing was printed: its mail is what can be proved of it."""
    code, out = ask(open_newsroom(tmp_path, printed=[]))
    assert code == 0
    assert out == "daily of 2026-11-20: it printed no sentence; its mail is the one that was frozen\n"


def test_an_old_issue_says_how_far_it_goes(tmp_path: Path) -> None:
    """Its manifest has no seal, and the last word is not the only one."""
    code, out = ask(open_newsroom(tmp_path, manifest=False))
    assert code == 0
    assert "note: its manifest is of version 1" in out


def test_all_of_it_as_json(newsroom: Newsroom) -> None:
    """One object of version 1 with every sentence and its verdict."""
    code, out = ask(newsroom, "--json")
    told = json.loads(out)
    assert code == 0
    assert (told["version"], told["edition"], told["day"]) == (1, "daily", "2026-11-20")
    assert told["proved"] == len(told["sentences"]) > 0
    assert told["unproved"] == told["wrong"] == 0
    assert told["faults"] == told["notes"] == []
    assert {*told["sentences"][0]} == {"item", "title", "part", "key", "start", "end", "text", "verdict", "told"}


def test_asking_changes_nothing(newsroom: Newsroom) -> None:
    """Not a byte of the data directory is another one afterwards."""
    before = fingerprint(newsroom.folder)
    ask(newsroom, "--verbose")
    assert fingerprint(newsroom.folder) == before


@pytest.mark.parametrize("words", [("--day", "heute"), ("--day", "2026-11-19"), ("weekly",)])
def test_what_is_not_there(newsroom: Newsroom, words: tuple[str, ...]) -> None:
    """No day, a day without an issue and an unknown edition are mistakes of usage."""
    with pytest.raises(UsageError):
        ask(newsroom, *words)
