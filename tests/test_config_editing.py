"""Changing the sources and recipients of a digest.toml: the change is made, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import add_sources, load_settings, pause_source, read_template, remove_source, write_source
from digest.config.editing import add_recipient, listed_recipients, remove_recipient
from digest.config.writing import read_back
from digest.errors import ConfigError, UsageError

FEED: dict[str, Any] = {"name": "岚川发布", "kind": "feed", "url": "https://news.example.cn/feed.xml"}
LIST: dict[str, Any] = {
    "name": "b",
    "kind": "page-list",
    "url": "https://news.example.cn/",
    "only_new": True,
    "select": {"item": "li > a", "date": "span"},
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file that digest init writes."""
    made = tmp_path / "digest.toml"
    made.write_text(read_template(), encoding="utf-8")
    return made


def names(path: Path) -> list[str]:
    """The sources of the file."""
    return [source.name for source in load_settings(path, {}).source]


def test_a_source_is_added_behind_the_others(path: Path) -> None:
    """The new table follows the last source, above the heading of the editions; every old line stands."""
    before = path.read_text(encoding="utf-8")
    add_sources(path, [FEED], {})
    after = path.read_text(encoding="utf-8")
    assert names(path) == ["samples", "岚川发布"]
    assert after.index("岚川发布") < after.index("# From the web") < after.index("# --- Editions")
    assert after.replace(f"\n{write_source(FEED)}", "", 1) == before


def test_adding_and_removing_leaves_the_file_as_it_was(path: Path) -> None:
    """What was added goes without a trace, not a comment with it."""
    before = path.read_text(encoding="utf-8")
    add_sources(path, [FEED, LIST], {})
    remove_source(path, "b", {})
    remove_source(path, "岚川发布", {})
    assert path.read_text(encoding="utf-8").split() == before.split()


def test_a_source_is_paused_and_resumed(path: Path) -> None:
    """One line says so, and its comment stays."""
    pause_source(path, "samples", True, {})
    assert load_settings(path, {}).source[0].paused
    text = path.read_text(encoding="utf-8").replace("paused = true", "paused = true  # 装修")
    path.write_text(text, encoding="utf-8")
    pause_source(path, "samples", False, {})
    assert not load_settings(path, {}).source[0].paused
    assert "paused = false  # 装修" in path.read_text(encoding="utf-8")


def test_a_list_over_several_lines_is_no_end_of_a_table(tmp_path: Path) -> None:
    """A source is added behind the whole table before it."""
    path = tmp_path / "digest.toml"
    path.write_text(
        'version = 1\n[[edition]]\nname = "daily"\n[[source]]\nname = "a"\nkind = "page-list"\nurl = "https://x.cn/"\n'
        'headers = { Referer = """\\\n  https://x.cn/""" }',
        encoding="utf-8",
    )
    add_sources(path, [FEED], {})
    assert names(path) == ["a", "岚川发布"]


def test_a_change_that_would_be_a_mistake_is_not_written(path: Path) -> None:
    """A name that is taken, a source an edition wants, the last one, one that is not there: the file stays."""
    path.write_text(path.read_text(encoding="utf-8").replace('sources = ["*"]', 'sources = ["samples"]', 1), "utf-8")
    before = path.read_bytes()
    with pytest.raises(ConfigError) as caught:
        add_sources(path, [FEED | {"name": "samples"}], {})
    assert any("samples" in mistake for mistake in caught.value.mistakes)
    with pytest.raises(ConfigError) as caught:
        remove_source(path, "samples", {})
    assert any("there is no [[source]]" in mistake for mistake in caught.value.mistakes)
    with pytest.raises(UsageError, match='did you mean "samples"'):
        remove_source(path, "sample", {})
    assert path.read_bytes() == before


def test_the_file_keeps_its_permissions_and_its_link(path: Path, tmp_path: Path) -> None:
    """A private file stays private, a link stays a link, and no other file is left behind."""
    path.chmod(0o600)
    link = tmp_path / "linked.toml"
    link.symlink_to(path)
    add_sources(link, [FEED], {})
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o600
    assert names(path) == ["samples", "岚川发布"]
    assert sorted(found.name for found in tmp_path.iterdir()) == ["digest.toml", "linked.toml"]


@given(
    st.dictionaries(
        st.text("abcdefg-_", min_size=1, max_size=8),
        st.text(max_size=30).filter(lambda s: s.isprintable() or "\n" in s)
        | st.integers(0, 10**9)
        | st.booleans()
        | st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
    )
)
def test_what_is_written_is_read_back(table: dict[str, Any]) -> None:
    """Any table comes back as it was, whatever characters its texts hold."""
    assert read_back(write_source(table)) == {"source": [table]}


# ------------------------------------------------------------------------------------------------- recipients

TABLES = """version = 1  # 勿动
[[source]]
name = "s"
kind = "folder"
path = "x"

[[edition]]
name = "daily"
{list}
items = 7  # 七条
[[group]]
name = "处长"
"""

LISTS = (
    "recipients = []",
    "recipients = [ ]  # 还没有人",
    "recipients = [\n  # 还没有人\n]",
    'recipients = ["a@x.cn"]',
    "recipients = [ 'a@x.cn' , ]",
    'recipients = ["a@x.cn", "王, \\"小\\" # 芳 <b@x.cn>"]  # 两位',
    'recipients = [\n    "a@x.cn",  # 一, 二]\n    "b@x.cn"  # 没有逗号\n]',
    'recipients = [\n    "a@x.cn",\n    "b@x.cn",\n    # 完\n]',
    'recipients = ["a@x.cn",\n              "b@x.cn"]',
    'recipients = [\n  "a@x.cn", "b@x.cn",\n]',
    '"recipients" = [\n  "a@x.cn"\n  , "b@x.cn"\n]',
    "",
)


def remarks(text: str) -> list[str]:
    """The remarks of a document, each with what stands around it on its line."""
    return [line.strip() for line in text.splitlines() if line.strip().startswith("#")]


@pytest.mark.parametrize("written", LISTS)
def test_a_recipient_comes_and_goes(written: str, tmp_path: Path) -> None:
    """However the list is written, one more is last in it, and nothing else differs; so it is when he goes again."""
    path = tmp_path / "digest.toml"
    text = TABLES.format(list=written)
    path.write_text(text, encoding="utf-8")
    before = load_settings(path, {})
    add_recipient(path, "edition", "daily", "赵 <z@x.cn>", {})
    after = load_settings(path, {})
    addresses = [who.address for who in before.edition[0].recipients]
    assert [who.address for who in after.edition[0].recipients] == [*addresses, "z@x.cn"]
    assert remarks(path.read_text("utf-8")) == remarks(text)
    remove_recipient(path, "edition", "daily", "赵 <z@x.cn>", {})
    assert load_settings(path, {}) == before


@pytest.mark.parametrize("written", [written for written in LISTS if "b@x.cn" in written])
@pytest.mark.parametrize("name", ["a@x.cn", "b@x.cn"])
def test_any_recipient_can_go(written: str, name: str, tmp_path: Path) -> None:
    """The first and the last, the one without a comma; who stays keeps his line."""
    path = tmp_path / "digest.toml"
    path.write_text(TABLES.format(list=written), encoding="utf-8")
    standing = listed_recipients(path, "edition", "daily")
    gone = next(mailbox for mailbox in standing if name in mailbox)
    remove_recipient(path, "edition", "daily", gone, {})
    standing.remove(gone)
    assert listed_recipients(path, "edition", "daily") == standing
    assert "items = 7  # 七条" in path.read_text("utf-8")


def test_a_remark_behind_a_recipient_goes_with_him(tmp_path: Path) -> None:
    """It is about him; one on a line of its own stays."""
    path = tmp_path / "digest.toml"
    listed = 'recipients = [\n  # 领导\n  "a@x.cn",  # 局长\n  "b@x.cn",  # 处长\n]'
    path.write_text(TABLES.format(list=listed), encoding="utf-8")
    remove_recipient(path, "edition", "daily", "a@x.cn", {})
    text = path.read_text("utf-8")
    assert "局长" not in text
    assert '  # 领导\n  "b@x.cn",  # 处长\n]' in text


def test_a_list_is_begun_where_there_is_none(tmp_path: Path) -> None:
    """Below the name, in a group too."""
    path = tmp_path / "digest.toml"
    path.write_text(TABLES.format(list=""), encoding="utf-8")
    add_recipient(path, "group", "处长", "z@x.cn", {})
    assert path.read_text("utf-8").endswith('name = "处长"\nrecipients = ["z@x.cn"]\n')


def test_what_would_be_wrong_is_not_written(tmp_path: Path) -> None:
    """A double, a table that is not there, somebody who is not on the list."""
    path = tmp_path / "digest.toml"
    path.write_text(TABLES.format(list='recipients = ["a@x.cn"]'), encoding="utf-8")
    before = path.read_text("utf-8")
    with pytest.raises(ConfigError):
        add_recipient(path, "edition", "daily", "A@x.cn", {})
    with pytest.raises(UsageError, match="no group"):
        add_recipient(path, "group", "处", "b@x.cn", {})
    with pytest.raises(UsageError, match="is not in the edition"):
        remove_recipient(path, "edition", "daily", "b@x.cn", {})
    assert path.read_text("utf-8") == before


@given(name=st.text(st.characters(codec="utf-8"), max_size=20), line=st.sampled_from(LISTS))
def test_any_name_is_written_so_that_it_reads_the_same(
    name: str, line: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Quotes, brackets, remarks and line breaks in a name change nothing around it."""
    path = tmp_path_factory.mktemp("config") / "digest.toml"
    path.write_text(TABLES.format(list=line), encoding="utf-8")
    bare = "".join(char for char in name if char not in "<>")
    mailbox = f"{bare} <z@x.cn>"
    before = path.read_text("utf-8")
    try:
        add_recipient(path, "edition", "daily", mailbox, {})
    except ConfigError:
        assert path.read_text("utf-8") == before
    else:
        assert listed_recipients(path, "edition", "daily")[-1] == mailbox
        assert load_settings(path, {}).edition[0].items == 7


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("written", ['["a@x.cn"]', '[\r\n  "a@x.cn",  # 一\r\n]', "[]"])
def test_a_file_of_windows_stays_one(written: str, mark: bytes, tmp_path: Path) -> None:
    """Every line ends as before, the new ones too, and the byte order mark stays."""
    path = tmp_path / "digest.toml"
    before = (
        'version = 1\r\n[[source]]\r\nname = "s"\r\nkind = "folder"\r\npath = "x"\r\n'
        f'[[edition]]\r\nname = "daily"\r\nrecipients = {written}\r\n'
    )
    path.write_bytes(mark + before.encode())
    add_recipient(path, "edition", "daily", "b@x.cn", {})
    changed = path.read_bytes()
    assert changed.count(b"\n") == changed.count(b"\r\n") == changed.count(b"\r")
    assert (changed.startswith(b"\xef\xbb\xbf"), changed.count(b"\xef\xbb\xbf")) == (bool(mark), len(mark) // 3)
    remove_recipient(path, "edition", "daily", "b@x.cn", {})
    assert path.read_bytes() == mark + before.encode()


def test_lines_that_end_in_two_ways_are_left_as_they_are(tmp_path: Path) -> None:
    """Only the line that is changed is changed."""
    path = tmp_path / "digest.toml"
    path.write_bytes(
        b'version = 1\r\n[[source]]\nname = "s"\nkind = "folder"\r\npath = "x"\n'
        b'[[edition]]\nname = "daily"\nrecipients = ["a@x.cn"]\r\n'
    )
    before = path.read_bytes()
    add_recipient(path, "edition", "daily", "b@x.cn", {})
    assert path.read_bytes() == before.replace(b'"a@x.cn"', b'"a@x.cn", "b@x.cn"')
