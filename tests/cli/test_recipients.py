"""digest recipients, as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from digest.store import open_store
from tests.cli.conftest import ANNA, BEN, Office, edition
from tests.store.examples import NOW

CAI = "c@example.cn"


@pytest.fixture
def groups(office: Office) -> Office:
    """An office with two editions, a group in the file and one in another file."""
    office.terminal.write("list.txt", f"# 各处\n李 <{CAI}>\n")
    office.configure(
        editions=edition((f"王 <{ANNA}>", BEN), more='groups = ["处长", "各处"]')
        + '# 周报\n[[edition]]\nname = "weekly"\ngroups = ["各处"]\n'
        + '[[group]]\nname = "处长"\nrecipients = [\n  "d@example.cn",  # 一处\n  "e@example.cn",  # 二处\n]\n'
        + '[[group]]\nname = "各处"\nfile = "list.txt"\n'
    )
    return office


def config(office: Office) -> str:
    """What digest.toml says."""
    return (office.terminal.folder / "digest.toml").read_text("utf-8")


def suppress(office: Office, address: str, of: str = "", told: str = "asked to leave: 退订") -> None:
    """An address that left before."""
    with open_store(office.data / "digest.db") as store:
        store.suppress(address, of, "unsubscribed", told, NOW)


def test_everybody_is_listed_with_his_lists(groups: Office) -> None:
    """State, edition, address, name, place; one line for each edition."""
    listed = groups("recipients", "list")
    assert listed.code == 0
    assert [line.split("\t") for line in listed.out.splitlines()] == [
        ["ok", "daily", ANNA, "王", "[[edition]] daily"],
        ["ok", "daily", BEN, "", "[[edition]] daily"],
        ["ok", "daily", "d@example.cn", "", "[[group]] 处长"],
        ["ok", "daily", "e@example.cn", "", "[[group]] 处长"],
        ["ok", "daily", CAI, "李", "list.txt:2"],
        ["ok", "weekly", CAI, "李", "list.txt:2"],
    ]
    assert len(groups("recipients", "list", "--edition", "weekly").out.splitlines()) == 1


def test_who_left_is_listed_with_the_reason(groups: Office) -> None:
    """Since when and why, as JSON too; also who stands on no list any more."""
    suppress(groups, ANNA, "daily")
    suppress(groups, "gone@example.cn")
    lines = groups("recipients", "list").out.splitlines()
    assert lines[0].split("\t")[0] == "unsubscribed"
    assert "2026-03-01 08:00\tasked to leave: 退订" in lines[0]
    assert lines[-1].split("\t")[:3] == ["unsubscribed", "*", "gone@example.cn"]
    told = json.loads(groups("recipients", "list", "--json").out)
    assert told["version"] == 1
    assert told["recipients"][0]["why"] == "asked to leave: 退订"


def test_a_list_that_cannot_be_read(groups: Office) -> None:
    """The others are listed, and the exit code says that some are missing."""
    (groups.terminal.folder / "list.txt").unlink()
    listed = groups("recipients", "list")
    assert listed.code == 4
    assert len(listed.out.splitlines()) == 4
    assert listed.err.count("list.txt cannot be read") == 1


def test_somebody_is_added_to_the_first_edition(groups: Office) -> None:
    """The file has one address more, and every other character as it was."""
    before = config(groups)
    added = groups("recipients", "add", "赵 <f@例子.CN>")
    assert added.code == 0, added.err
    assert "added to [[edition]] daily" in added.err
    assert config(groups).replace(', "赵 <f@xn--fsqu00a.cn>"', "", 1) == before
    assert "f@xn--fsqu00a.cn" in groups("recipients", "list").out


def test_somebody_is_added_to_a_group_and_to_an_edition_without_a_list(groups: Office) -> None:
    """On a line of its own where the others have one; a list is begun where there is none."""
    assert groups("recipients", "add", "f@example.cn", "--group", "处长").code == 0
    assert groups("recipients", "add", "g@example.cn", "--edition", "weekly").code == 0
    assert '  "e@example.cn",  # 二处\n  "f@example.cn",\n]' in config(groups)
    assert 'name = "weekly"\nrecipients = ["g@example.cn"]\n' in config(groups)


@pytest.mark.parametrize("address", [ANNA, "A@Example.CN", "d@example.cn", CAI])
def test_nobody_is_added_twice(groups: Office, address: str) -> None:
    """Not to a list, and not beside a group that has him already; nothing is written."""
    before = config(groups)
    refused = groups("recipients", "add", address)
    assert refused.code == 2
    assert "is there already" in refused.err
    assert config(groups) == before


def test_who_left_is_taken_in_again_by_adding_him(groups: Office) -> None:
    """It says that he had left; the file needs no change."""
    suppress(groups, ANNA, "daily")
    suppress(groups, ANNA)
    before = config(groups)
    added = groups("recipients", "add", ANNA)
    assert added.code == 0
    assert "gets mail of daily again; it was unsubscribed since 2026-03-01: asked to leave: 退订" in added.err
    assert "gets mail of every edition again" in added.err
    assert config(groups) == before
    assert groups("recipients", "list").out.startswith("ok\t")


def test_somebody_is_removed_from_every_list(groups: Office) -> None:
    """With the remark on his line."""
    removed = groups("recipients", "remove", "E@example.cn")
    assert removed.code == 0
    assert "taken out of [[group]] 处长" in removed.err
    assert '  "d@example.cn",  # 一处\n]' in config(groups)
    assert groups("recipients", "remove", ANNA).code == 0
    assert f'recipients = ["{BEN}"]' in config(groups)
    assert groups("recipients", "remove", ANNA).code == 2


def test_who_stands_in_a_file_is_suppressed_by_hand(groups: Office) -> None:
    """The file is the office's; it says so, and the list shows it."""
    removed = groups("recipients", "remove", CAI)
    assert removed.code == 0
    assert "stays on list.txt:2, so it is suppressed for every edition" in removed.err
    states = [line.split("\t")[0] for line in groups("recipients", "list").out.splitlines() if CAI in line]
    assert states == ["by hand", "by hand"]
    assert "was suppressed already" in groups("recipients", "remove", CAI).err
    assert (groups.terminal.folder / "list.txt").read_text("utf-8") == f"# 各处\n李 <{CAI}>\n"


def test_one_edition_less(groups: Office) -> None:
    """Who gets it through a group is suppressed for that edition alone."""
    assert "suppressed for weekly" in groups("recipients", "remove", CAI, "--edition", "weekly").err
    assert "suppressed for daily" in groups("recipients", "remove", "d@example.cn", "--edition", "daily").err
    assert "d@example.cn" in config(groups)
    listed = groups("recipients", "list").out
    assert f"ok\tdaily\t{CAI}" in listed
    assert f"by hand\tweekly\t{CAI}" in listed


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "no address"), "which is not one address"),
        (("add", "用户@example.cn"), "not plain ASCII"),
        (("add", "x@example.cn", "--edition", "dialy"), 'did you mean "daily"?'),
        (("add", "x@example.cn", "--group", "处"), "there is no group"),
        (("add", "x@example.cn", "--group", "处长", "--edition", "daily"), "both say which list"),
        (("remove", "aa@example.cn"), f'did you mean "{ANNA}"?'),
        (("remove", BEN, "--edition", "weekly"), "stands on no list"),
    ],
)
def test_mistakes(groups: Office, words: tuple[str, ...], told: str) -> None:
    """Each is told, and nothing is written."""
    before = config(groups)
    result = groups("recipients", *words)
    assert result.code == 2
    assert told in result.err
    assert config(groups) == before


def test_a_group_that_is_not_there_is_a_mistake_of_the_file(groups: Office) -> None:
    """With its line and what was meant; two groups of one name too."""
    groups.terminal.write(
        "digest.toml", config(groups).replace('["处长", "各处"]', '["处长 "]').replace('"各处"', '"处长"')
    )
    told = groups("recipients", "list")
    assert told.code == 3
    assert "is taken by an earlier [[group]]" in told.err
    groups.terminal.write("digest.toml", config(groups).replace('groups = ["处长"]', 'groups = ["处张长"]'))
    told = groups("recipients", "list")
    assert 'groups names "处张长", which is no [[group]]: did you mean "处长"?' in told.err


def test_the_configuration_is_not_touched_where_it_cannot_be_changed_safely(office: Office, tmp_path: Path) -> None:
    """A list in a table on one line is left to an editor."""
    office.terminal.write(
        "digest.toml",
        config(office)
        .split("[[edition]]")[0]
        .replace("[mail]", f'edition = [{{ name = "daily", recipients = ["{ANNA}"] }}]\n[mail]', 1),
    )
    before = config(office)
    refused = office("recipients", "add", CAI)
    assert refused.code == 3
    assert "change it in an editor" in refused.err
    assert config(office) == before


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("nobody@example.cn", "digest recipients list shows everybody"),
        ("aa@example.cn", f'did you mean "{ANNA}"?'),
        (f"{ANNA}.com", f'did you mean "{ANNA}"?'),
    ],
)
def test_only_a_name_or_a_domain_that_is_like_it_is_meant(groups: Office, address: str, told: str) -> None:
    """Two people at one office are not alike because of the office."""
    groups.configure(editions=edition((ANNA, "busy@example.cn")))
    result = groups("recipients", "remove", address)
    assert result.code == 2
    assert told in result.err
    assert "busy" not in result.err
