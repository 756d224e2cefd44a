"""`digest config set` changes one value where it stands: every remark and every other line stays."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import load_settings, read_template, set_values
from digest.config.document import read_document
from digest.config.patching import put_value, take_value
from digest.config.writing import write_changes
from digest.errors import ConfigError, UsageError
from digest.files import replace_bytes
from tests.config.conftest import OWN


def lines_changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that are gone and those that are new."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


@pytest.mark.parametrize(
    ("key", "value", "gone", "new"),
    [
        ("timezone", "UTC", 'timezone = "Asia/Shanghai"   # 时区', 'timezone = "UTC"             # 时区'),
        ("collect.seconds", "5", "seconds = 20", "seconds = 5"),
        ("collect.deadline", "30", "", "deadline = 30"),
        ("templates", "mine", "", 'templates = "mine"'),
        ("edition.weekly.summary.chars", "100", "summary.chars = 90", "summary.chars = 100"),
        ("edition.weekly.schedule.at", "09:30", "", 'schedule.at = "09:30"'),
        ("edition.weekly.items", "3", "", "items = 3"),
        ("edition.weekly.section.财经.limit", "4", "", "limit = 4"),
        ("edition.daily.review", "true", "", "review = true"),
        ("edition.daily.filter.exclude", "招聘,广告", "", 'filter = { exclude = ["招聘", "广告"] }'),
        ("source.www.example.cn.tier", "1", "", "tier = 1"),
        (
            "edition.daily.schedule.at",
            "07:30,18:00",
            'schedule = { at = "08:00", days = "workdays" }   # 每天',
            'schedule = { at = ["07:30", "18:00"], days = "workdays" }   # 每天',
        ),
        (
            "edition.daily.schedule.catch_up",
            "each",
            'schedule = { at = "08:00", days = "workdays" }   # 每天',
            'schedule = { at = "08:00", days = "workdays", catch_up = "each" }   # 每天',
        ),
    ],
)
def test_one_line_is_changed_and_no_other(path: Path, key: str, value: str, gone: str, new: str) -> None:
    """A key that stands, one that does not, in a table of any writing; the remarks stay where they are."""
    assert set_values(path, {key: value}, {}) == (path,)
    after = path.read_text("utf-8")
    assert lines_changed(OWN, after) == ([gone] if gone else [], [new])


def test_a_new_key_stands_in_its_table_and_above_the_remarks_of_the_next(path: Path) -> None:
    """Behind the last key: what is said below that belongs to what comes next."""
    set_values(path, {"edition.daily.items": "7", "collect.recheck": "1"}, {})
    after = path.read_text("utf-8")
    assert "# 每天\nitems = 7\n# 以上是日报" in after
    assert "seconds = 20\nrecheck = 1\n# [[source]]" in after


def test_a_table_that_is_not_there_goes_above_its_example(path: Path) -> None:
    """The commented [mail] stays a comment; several keys are written together, since one alone would be a mistake."""
    with pytest.raises(ConfigError, match="nothing was written: .* would have 1 mistake"):
        set_values(path, {"mail.preset": "qq"}, {})
    assert path.read_text("utf-8") == OWN
    set_values(path, {"mail.preset": "qq", "mail.user": "me@qq.com", "mail.from": '"我 <me@qq.com>"'}, {})
    written = '[mail]\npreset = "qq"\nuser = "me@qq.com"\nfrom = "我 <me@qq.com>"\n\n# [mail]\n# preset = "qq"\n'
    assert written in path.read_text("utf-8")
    set_values(path, {"mail": None}, {})
    assert path.read_text("utf-8") == OWN


def test_a_table_that_nobody_shows_goes_to_the_end(path: Path) -> None:
    """[store] behind everything else."""
    set_values(path, {"store.retention": "500"}, {})
    assert path.read_text("utf-8") == OWN + "\n[store]\nretention = 500\n"


def test_who_stays_on_a_list_keeps_his_remark(path: Path) -> None:
    """A list with remarks is changed text by text."""
    set_values(path, {"edition.daily.recipients": "a@example.cn, 王芳 <c@example.cn>"}, {})
    after = path.read_text("utf-8")
    assert 'recipients = [\n  "a@example.cn",  # 局长\n  "王芳 <c@example.cn>",\n]' in after


def test_a_key_is_taken_out(path: Path) -> None:
    """With the remark on its line; from an inline table too; what is not there cannot be."""
    set_values(path, {"timezone": None, "edition.daily.schedule.days": None, "edition.weekly.schedule.days": None}, {})
    after = path.read_text("utf-8")
    assert "时区" not in after
    assert 'schedule = { at = "08:00" }   # 每天' in after
    assert 'name = "weekly"\nsummary' in after
    with pytest.raises(UsageError, match="timezone is not in the file"):
        set_values(path, {"timezone": None}, {})


def test_windows_line_ends_byte_order_mark_mode_and_link_stay(path: Path, tmp_path: Path) -> None:
    """The file is the same file, with one value changed."""
    path.write_bytes(b"\xef\xbb\xbf" + OWN.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    set_values(link, {"collect.seconds": "5", "collect.recheck": "2"}, {})
    expected = OWN.replace("seconds = 20\n", "seconds = 5\nrecheck = 2\n").replace("\n", "\r\n")
    assert path.read_bytes() == b"\xef\xbb\xbf" + expected.encode()
    assert (path.stat().st_mode & 0o777, link.is_symlink()) == (0o640, True)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("mail.password", "geheim", "mail.password is a secret"),
        ("mail.pasword_file", "x", 'did you mean "password_file"?'),
        ("tiemzone", "UTC", 'did you mean "timezone"?'),
        ("collect", "3", "names a whole table .*collect.seconds"),
        ("collect.", "3", "names a whole table"),
        ("edition.dialy.items", "3", 'there is no edition "dialy" .*did you mean "daily"'),
        ("edition.daily", "3", "names a whole table .*edition.daily.KEY"),
        ("edition", "3", "no edition is named .*choose from daily, weekly"),
        ("source.neu.tier", "1", "digest sources add adds one"),
        ("edition.daily.section.财.limit", "3", "there is no section"),
        ("section.limit", "3", "names no edition"),
        ("edition.daily.itms", "3", 'did you mean "items"?'),
        ("edition.daily.items.more", "3", "items is no table"),
        ("edition.daily.items", "many", "nothing was written: .*digest.toml would have 1 mistake"),
        ("timezone", "Mars", "would have 1 mistake"),
        ("edition.daily.at", "07:30", 'did you mean "edition.daily.schedule.at"'),
        ("daily.at", "07:30", 'did you mean "edition.daily.schedule.at"'),
        ("daily.items", "3", 'did you mean "edition.daily.items"'),
        ("daily.nonsense", "3", 'there is no setting "daily.nonsense"'),
        ("edition.monthly.items", "3", r'to add one, write a table \[\[edition\]\] with name = "monthly"'),
        ("", "3", "there is no setting"),
    ],
)
def test_what_cannot_be_set_is_told_and_nothing_is_written(path: Path, key: str, value: str, said: str) -> None:
    """An unknown key, a secret, a value that would be a mistake; the value of a secret is not repeated."""
    with pytest.raises((UsageError, ConfigError), match=said) as caught:
        set_values(path, {key: value}, {})
    assert "geheim" not in str(caught.value)
    assert path.read_text("utf-8") == OWN


def test_a_file_that_is_wrong_already_is_not_called_right(path: Path) -> None:
    """The mistake that stood before the change is the file's."""
    path.write_text(OWN.replace("Asia/Shanghai", "Mars"))
    with pytest.raises(ConfigError, match="nothing was written: .*digest.toml has 1 mistake"):
        set_values(path, {"collect.seconds": "5"}, {})


def test_a_key_is_changed_in_the_file_that_holds_it(path: Path, tmp_path: Path) -> None:
    """A new key of a table goes where the table is, and both files are checked as one."""
    path.write_text(OWN.replace("[collect]\nseconds = 20\n", "").replace("version", 'include = ["web.toml"]\nversion'))
    (tmp_path / "web.toml").write_text('[collect]\nseconds = 20\n[[source]]\nname = "x"\nkind = "folder"\npath = "x"\n')
    changed = set_values(path, {"collect.recheck": "1", "source.x.paused": "true", "timezone": "UTC"}, {})
    assert set(changed) == {path, tmp_path / "web.toml"}
    settings = load_settings(path, {})
    assert (settings.collect.recheck, settings.source[-1].paused, settings.timezone) == (1, True, "UTC")
    assert "recheck = 1\n[[source]]" in (tmp_path / "web.toml").read_text("utf-8")


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(path: Path) -> None:
    """Two who change the file at once: the second is told, and the first one's change stays."""
    document = read_document(path)
    theirs = OWN.replace("seconds = 20", "seconds = 7")
    path.write_text(theirs, "utf-8")
    ours = OWN.replace("seconds = 20", "seconds = 9")
    with pytest.raises(ConfigError, match="changed meanwhile"):
        write_changes(document, {path: (ours, tomllib.loads(ours))}, {})
    assert path.read_text("utf-8") == theirs


def test_where_one_of_two_files_cannot_be_written_neither_is(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values that belong together are never changed by halves."""
    path.write_text('include = ["web.toml"]\n' + OWN, "utf-8")
    web = tmp_path / "web.toml"
    web.write_text('[[source]]\nname = "x"\nkind = "folder"\npath = "x"\n', "utf-8")
    before = path.read_text("utf-8"), web.read_text("utf-8")

    def replace(target: Path, data: bytes, mode: int) -> None:
        if target == web:
            raise PermissionError(13, "Permission denied")
        replace_bytes(target, data, mode)

    monkeypatch.setattr("digest.config.writing.replace_bytes", replace)
    with pytest.raises(ConfigError, match=r"web\.toml cannot be written"):
        set_values(path, {"timezone": "UTC", "source.x.paused": "true"}, {})
    assert (path.read_text("utf-8"), web.read_text("utf-8")) == before


VALUES = st.recursive(
    st.text(st.characters(codec="utf-8"), max_size=12) | st.integers(-9, 9) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
PATHS: list[tuple[str | int, ...]] = [
    ("timezone",),
    ("collect", "seconds"),
    ("collect", "new"),
    ("mail", "dkim"),
    ("source", 1, "headers", "Referer"),
    ("source", 1, "headers", "Neu"),
    ("edition", 0, "schedule", "days"),
    ("edition", 0, "recipients"),
    ("edition", 1, "schedule", "at"),
    ("edition", 1, "section", 0, "words"),
    ("top level",),
]


@given(value=VALUES, path=st.sampled_from(PATHS))
def test_any_value_put_anywhere_is_read_back_and_all_else_stays(value: Any, path: tuple[str | int, ...]) -> None:
    """The document says what it said and the value, every remark is there, and taking it out again leaves the rest."""
    wanted = tomllib.loads(OWN)
    holder: Any = wanted
    for part in path[:-1]:
        holder = holder[part] if isinstance(part, int) else holder.setdefault(part, {})
    holder[path[-1]] = value
    changed = put_value(OWN, path, value)
    assert tomllib.loads(changed) == wanted
    assert [line for line in OWN.splitlines() if line.startswith("#") and line not in changed.splitlines()] == []
    del holder[path[-1]]
    assert tomllib.loads(take_value(changed, path)) == wanted


def test_everything_init_asks_can_be_set_in_the_template(tmp_path: Path) -> None:
    """Provider, address, recipients, a time: the template's examples stay comments."""
    path = tmp_path / "digest.toml"
    path.write_text(read_template(), "utf-8")
    changes: dict[str, str | None] = {
        "mail.preset": "163",
        "mail.user": "me@163.com",
        "mail.password_file": "smtp-password",
        "edition.daily.recipients": "a@example.cn,b@example.cn",
        "edition.daily.schedule.at": "07:30",
        "monitoring.operator": "me@163.com",
    }
    set_values(path, changes, {})
    settings = load_settings(path, {})
    assert settings.require_mail().host == "smtp.163.com"
    assert [len(settings.edition[0].recipients), *settings.edition[0].schedule.at] == [2, "07:30"]
    gone, _ = lines_changed(read_template(), path.read_text("utf-8"))
    assert [line for line in gone if line.startswith("#")] == []


@pytest.mark.parametrize("odd", ["edition = 3", "source = []", "[[mail]]", "edition = ['x']", "[edition]", "mail = 1"])
@pytest.mark.parametrize("key", ["mail.user", "edition.daily.items", "source.s.tier", "mail.dkim.selector", "timezone"])
def test_a_file_of_another_shape_is_told_about(tmp_path: Path, odd: str, key: str) -> None:
    """A list where a table should be, a number, a text: an error with a remedy, and the file stays."""
    path = tmp_path / "digest.toml"
    path.write_text(f"version = 1\n{odd}\n", "utf-8")
    with pytest.raises((UsageError, ConfigError)) as caught:
        set_values(path, {key: "3"}, {})
    assert caught.value.hint
    assert path.read_text("utf-8") == f"version = 1\n{odd}\n"
