"""A configuration of several files is one configuration, and every mistake names its own file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.config import (
    add_sources,
    load_settings,
    loose_files,
    pause_source,
    remove_source,
    watched_paths,
)
from digest.config.editing import add_recipient, listed_recipients, remove_recipient
from digest.errors import ConfigError

MAIN = """\
version = 1
include = ["sources.toml", "conf.d/*.toml"]
[mail]
preset = "qq"
[[edition]]
name = "daily"
"""
SOURCES = '# 来源\n[[source]]\nname = "a"\nkind = "folder"\npath = "a"\n'
SECOND = 'version = 1\n[mail]\nuser = "me@qq.com"\n[[source]]\nname = "b"\nkind = "folder"\npath = "b"\n'
GROUP = '[[group]]\nname = "处长"\nrecipients = ["z@example.cn"]\n[[edition]]\nname = "late"\ngroups = ["处长"]\n'


@pytest.fixture
def main(tmp_path: Path) -> Path:
    """A file that includes one by name and two by a pattern."""
    path = tmp_path / "digest.toml"
    path.write_text(MAIN, "utf-8")
    (tmp_path / "sources.toml").write_text(SOURCES, "utf-8")
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "10-b.toml").write_text(SECOND, "utf-8")
    (tmp_path / "conf.d" / "20-c.toml").write_text(GROUP, "utf-8")
    return path


def mistakes_of(path: Path) -> tuple[str, ...]:
    """What the configuration is refused with."""
    with pytest.raises(ConfigError) as caught:
        load_settings(path, {})
    return caught.value.mistakes


def test_tables_follow_one_another_and_settings_come_together(main: Path, tmp_path: Path) -> None:
    """Sources, groups and editions in the order of the files, [mail] from two of them, paths below the first."""
    settings = load_settings(main, {})
    assert [source.name for source in settings.source] == ["a", "b"]
    assert settings.source[1].path == tmp_path / "b"
    assert [edition.name for edition in settings.edition] == ["daily", "late"]
    assert (settings.require_mail().host, settings.require_mail().user) == ("smtp.qq.com", "me@qq.com")
    assert settings.group[0].name == "处长"


def test_a_pattern_may_match_nothing_and_a_name_may_not(main: Path) -> None:
    """An empty conf.d is usual; a file that is named and not there is a mistake with its line."""
    main.write_text(MAIN.replace("conf.d/*", "none.d/*").replace("sources", "sauces") + SOURCES, "utf-8")
    (told,) = [mistake for mistake in mistakes_of(main) if "include" in mistake]
    assert told.startswith('digest.toml:2: include names "sauces.toml", and there is no such file: ')


def test_every_mistake_names_its_file_and_line(main: Path, tmp_path: Path) -> None:
    """Those of all files come at once, in the order of the files."""
    (tmp_path / "sources.toml").write_text(SOURCES + 'tiers = 3\n[[source]]\nname = "a"\nkind = "folder"\npath = "x"\n')
    (tmp_path / "conf.d" / "20-c.toml").write_text(GROUP.replace('["处长"]', '["处"]') + "items = 0\n", "utf-8")
    assert [mistake.partition(": ")[0] for mistake in mistakes_of(main)] == [
        "sources.toml:6",
        "sources.toml:8",
        "conf.d/20-c.toml:6",
        "conf.d/20-c.toml:7",
    ]


def test_a_key_in_two_files_is_a_clash_that_names_both_places(main: Path, tmp_path: Path) -> None:
    """In a table and at the top; the same version is none."""
    (tmp_path / "conf.d" / "20-c.toml").write_text('timezone = "UTC"\n[mail]\npreset = "163"\n', "utf-8")
    main.write_text(MAIN.replace("[mail]", 'timezone = "Asia/Shanghai"\n[mail]'), "utf-8")
    assert mistakes_of(main) == (
        "conf.d/20-c.toml:1: timezone stands in digest.toml:3 already: keep one of them",
        "conf.d/20-c.toml:3: [mail] preset stands in digest.toml:5 already: keep one of them",
    )


def test_only_the_first_file_includes(main: Path, tmp_path: Path) -> None:
    """So nothing goes round in circles; a pattern that matches the file itself includes nothing twice."""
    (tmp_path / "sources.toml").write_text('include = ["digest.toml"]\n' + SOURCES, "utf-8")
    assert mistakes_of(main) == ("sources.toml:1: include belongs to digest.toml alone: move what it names there",)
    (tmp_path / "sources.toml").write_text(SOURCES, "utf-8")
    main.write_text(MAIN.replace('"sources.toml"', '"*.toml", "sources.toml"'), "utf-8")
    assert len(load_settings(main, {}).source) == 2


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (b"x = [", "conf.d/10-b.toml:1:6: broken TOML"),
        ("名 = 1\n".encode("gbk"), "the bytes are not UTF-8"),
        (b"version = 2\n", ""),
    ],
)
def test_a_broken_or_newer_file_is_told(main: Path, tmp_path: Path, broken: bytes, said: str) -> None:
    """With its name, as the first file is."""
    (tmp_path / "conf.d" / "10-b.toml").write_bytes(broken)
    with pytest.raises(ConfigError) as caught:
        load_settings(main, {})
    assert said in "".join(caught.value.mistakes) or not said
    assert said or "reads version 1" in caught.value.message


@pytest.mark.parametrize(
    "written", ['"sources.toml"', "[3]", '["a\\u0000b"]', '["/nowhere/x.toml"]', '[""]', '["*\\u0000"]']
)
def test_what_is_no_list_of_files_is_a_mistake(main: Path, written: str) -> None:
    """Text alone, a number, a name that no file can have: told, and never a traceback."""
    main.write_text(MAIN.replace('["sources.toml", "conf.d/*.toml"]', written), "utf-8")
    assert any(mistake.startswith("digest.toml:2: include") for mistake in mistakes_of(main))


def test_a_change_is_made_where_the_table_stands(main: Path, tmp_path: Path) -> None:
    """Sources and recipients of an included file change there, and the first file stays as it is."""
    feed = {"name": "n", "kind": "feed", "url": "https://example.cn/feed.xml"}
    add_sources(main, [feed], {})
    assert (tmp_path / "conf.d" / "10-b.toml").read_text("utf-8").endswith('url = "https://example.cn/feed.xml"\n')
    pause_source(main, "a", True, {})
    assert (tmp_path / "sources.toml").read_text("utf-8") == SOURCES.replace('"a"\nkind', '"a"\npaused = true\nkind')
    remove_source(main, "n", {})
    add_recipient(main, "group", "处长", "y@example.cn", {})
    assert listed_recipients(main, "group", "处长") == ["z@example.cn", "y@example.cn"]
    remove_recipient(main, "group", "处长", "z@example.cn", {})
    assert 'recipients = ["y@example.cn"]' in (tmp_path / "conf.d" / "20-c.toml").read_text("utf-8")
    assert main.read_text("utf-8") == MAIN


def test_the_files_to_watch_are_all_of_them_and_the_folders_of_patterns(main: Path, tmp_path: Path) -> None:
    """A file that turns up in conf.d changes the configuration too; a broken one is watched as well."""
    assert watched_paths(main) == (
        main,
        tmp_path / "sources.toml",
        tmp_path / "conf.d" / "10-b.toml",
        tmp_path / "conf.d" / "20-c.toml",
        tmp_path / "conf.d",
    )
    main.write_text(MAIN.replace("conf.d/*.toml", "conf.?/*/x.toml"), "utf-8")
    assert watched_paths(main)[2:] == (tmp_path / "conf.d", tmp_path)
    main.write_text("x = [", "utf-8")
    assert watched_paths(main) == (main,)


def test_files_that_others_may_write_are_found(main: Path, tmp_path: Path) -> None:
    """Who can write one of them decides which programs run."""
    for file in watched_paths(main):
        file.chmod(0o755 if file.is_dir() else 0o644)
    assert loose_files(main) == ()
    (tmp_path / "sources.toml").chmod(0o664)
    main.chmod(0o602)
    assert loose_files(main) == (main, tmp_path / "sources.toml")
