"""digest.toml becomes Settings, or one error that tells every mistake with its line and a remedy."""

from __future__ import annotations

import copy
import os
import pickle
import re
import subprocess
import sys
import tomllib
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.config import (
    MailSettings,
    Settings,
    clean_display_name,
    default_settings,
    describe_login,
    find_config,
    load_presets,
    load_settings,
    parse_mailbox,
    read_password,
    read_template,
)
from digest.config.lines import KeyPath, find_line, locate_keys
from digest.config.mail import batch_of, pace_of, preset_of
from digest.config.passwords import locate_password, read_token
from digest.config.settings import TABLES
from digest.errors import ConfigError, UsageError
from digest.model import Edition, Recipient, Schedule, SectionRule

CANARY = "kanarienvogel-7391"
TOP = "version = 1\n"
SOURCE = '[[source]]\nname = "samples"\nkind = "folder"\npath = "samples"\n'
EDITION = '[[edition]]\nname = "daily"\n'
BASE = TOP + SOURCE + EDITION
FEED = TOP + EDITION + '[[source]]\nname = "news"\nkind = "feed"\nurl = "https://example.cn/feed.xml"\n'
MAIL = '[mail]\npreset = "qq"\nuser = "me@qq.com"\n'

CORE = """\
version = 1
timezone = "Asia/Shanghai"
templates = "mine"

[mail]
preset = "qq"                      # or host, port, security
user = "me@qq.com"
password_env = "DIGEST_SMTP_PASSWORD"
from = "每日摘要 <me@qq.com>"

[store]
path = "digest.db"

[[source]]
name = "samples"
kind = "folder"
path = "samples"

[[source]]
name = "records"
kind = "jsonl"
path = "/data/records.jsonl"

[[edition]]
name = "daily"
title = "每日摘要"
recipients = ["a@example.cn", "王芳 <b@example.cn>"]
sources = ["*"]
schedule = { at = "08:00", days = "daily" }
summary = { chars = 120 }
items = 30

[[edition]]
name = "hong-kong"
title = "香港"
timezone = "Asia/Hong_Kong"
sources = ["records"]
schedule = { at = "18:30" }
summary = { chars = 90 }
items = 5
group_by = "topic"

[[edition.section]]
title = "财经"
words = ["央行", "股市"]
sources = ["records"]
"""


def load(folder: Path, text: str | bytes, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of a digest.toml with that text."""
    path = folder / "digest.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_settings(path, environ or {}, folder / "data")


def load_mail(folder: Path, lines: str, environ: Mapping[str, str] | None = None) -> MailSettings:
    """The mail settings of a file whose [mail] holds those lines."""
    mail = load(folder, f"{BASE}[mail]\n{lines}\n", environ).mail
    assert mail is not None
    return mail


def mistakes_of(folder: Path, text: str | bytes, environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The mistakes that the file is refused with."""
    with pytest.raises(ConfigError) as caught:
        load(folder, text, environ)
    assert caught.value.exit_code == 3
    assert all("\n" not in line for line in (str(caught.value), *caught.value.mistakes))
    return caught.value.mistakes


def only_mistake(folder: Path, text: str | bytes, environ: Mapping[str, str] | None = None) -> str:
    """The one mistake that the file is refused with."""
    (mistake,) = mistakes_of(folder, text, environ)
    return mistake


# --- what is read ---------------------------------------------------------------------------------------------------


def test_the_stable_core_is_read_as_written(tmp_path: Path) -> None:
    """Every key of the stable core arrives in Settings."""
    s = load(tmp_path, CORE)
    assert (s.version, s.timezone) == (1, "Asia/Shanghai")
    assert s.mail is not None
    assert (s.mail.host, s.mail.port, s.mail.security) == ("smtp.qq.com", 465, "tls")
    assert s.mail.sender == Recipient("me@qq.com", "每日摘要")
    assert s.mail.password_env == "DIGEST_SMTP_PASSWORD"
    assert [(source.name, source.kind) for source in s.source] == [("samples", "folder"), ("records", "jsonl")]


def test_editions_are_the_frozen_nouns_of_the_model(tmp_path: Path) -> None:
    """`editions()` maps the tables to `digest.model.Edition`, with the file's time zone where they name none."""
    daily, hong_kong = load(tmp_path, CORE).editions()
    assert daily == Edition(
        name="daily",
        title="每日摘要",
        recipients=(Recipient("a@example.cn"), Recipient("b@example.cn", "王芳")),
        timezone="Asia/Shanghai",
    )
    assert hong_kong == Edition(
        name="hong-kong",
        title="香港",
        sources=("records",),
        timezone="Asia/Hong_Kong",
        schedule=Schedule(times=("18:30",)),
        chars=90,
        items=5,
        group_by="topic",
        sections=(SectionRule("财经", ("央行", "股市"), ("records",)),),
    )


def test_an_edition_needs_no_more_than_a_name(tmp_path: Path) -> None:
    """Everything else of an edition has a default, and the title falls back to the name."""
    (edition,) = load(tmp_path, BASE).editions()
    assert edition == Edition(name="daily", title="daily")


def test_an_edition_is_found_by_name_or_the_nearest_one_is_named(tmp_path: Path) -> None:
    """`find_edition` gives the edition, or a UsageError that says which one was probably meant."""
    s = load(tmp_path, CORE)
    assert s.find_edition("hong-kong").items == 5
    with pytest.raises(UsageError, match='did you mean "daily"'):
        s.find_edition("dialy")


def test_the_star_stands_for_every_source(tmp_path: Path) -> None:
    """`sources_of` resolves the names of an edition in the order of the file."""
    s = load(tmp_path, CORE)
    assert [source.name for source in s.sources_of(s.find_edition("daily"))] == ["samples", "records"]
    assert [source.name for source in s.sources_of(s.find_edition("hong-kong"))] == ["records"]


def test_paths_of_the_file_are_below_its_folder(tmp_path: Path) -> None:
    """Relative paths lead from the folder of the file, absolute ones stay as they are."""
    s = load(tmp_path, CORE.replace('password_env = "DIGEST_SMTP_PASSWORD"', 'password_file = "pw"\ncafile = "ca.pem"'))
    assert s.mail is not None
    assert (s.mail.password_file, s.mail.cafile) == (tmp_path / "pw", tmp_path / "ca.pem")
    assert s.templates == tmp_path / "mine"
    assert [source.path for source in s.source] == [tmp_path / "samples", Path("/data/records.jsonl")]


def test_a_relative_file_name_still_gives_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`load_settings(Path("digest.toml"))` resolves against the current folder."""
    (tmp_path / "digest.toml").write_text(BASE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_settings(Path("digest.toml"), {}, Path("data")).source[0].path == tmp_path / "samples"


def test_a_tilde_is_the_home_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is expanded, and a ~ of nobody is a mistake."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    text = BASE.replace('path = "samples"', 'path = "~/news"')
    assert load(tmp_path, text).source[0].path == tmp_path / "home" / "news"
    assert "leads to no home directory" in only_mistake(tmp_path, text.replace("~/", "~nobody-of-this-name/"))


def test_the_database_is_in_the_data_directory(tmp_path: Path) -> None:
    """`store.path` is below the data directory, digest.db unless it says otherwise, and absent beside a url."""
    assert load(tmp_path, BASE).store.path == tmp_path / "data" / "digest.db"
    assert load(tmp_path, BASE + '[store]\npath = "x/other.db"\n').store.path == tmp_path / "data" / "x" / "other.db"
    store = load(tmp_path, BASE + '[store]\nurl = "postgresql://u:secret@db/digest"\n').store
    assert (store.url, store.path) == ("postgresql://u:secret@db/digest", None)
    assert "secret" not in repr(store)


def test_the_data_directory_is_the_users_own_without_an_argument(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `data_dir` platformdirs decides, and XDG_DATA_HOME is honoured."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    (tmp_path / "digest.toml").write_text(BASE, encoding="utf-8")
    path = load_settings(tmp_path / "digest.toml", {}).store.path
    assert path is not None
    assert path.name == "digest.db"
    if sys.platform == "linux":
        assert path == tmp_path / "xdg" / "digest" / "digest.db"


def test_settings_do_not_change_and_can_be_copied(tmp_path: Path) -> None:
    """Settings are frozen values: no assignment, and equal after a copy and a pickle."""
    s = load(tmp_path, CORE)
    with pytest.raises(ValueError, match="frozen"):
        s.timezone = "UTC"
    assert copy.deepcopy(s) == s
    assert pickle.loads(pickle.dumps(s)) == s


def test_the_template_loads_without_a_mistake(tmp_path: Path) -> None:
    """The file that `digest init` writes works as it stands, without mail."""
    s = load(tmp_path, read_template())
    assert s.mail is None
    assert [(source.kind, source.path) for source in s.source] == [("folder", tmp_path / "samples")]
    assert [edition.name for edition in s.editions()] == ["daily"]


def test_every_line_offered_in_the_template_is_true(tmp_path: Path) -> None:
    """With the comment signs taken away, all of the template loads, but for what stands in for something else."""
    (tmp_path / "frequency_words.txt").write_text("华为\n", "utf-8")
    others = ("password_file =", "password_command =", "keyring =", "token_command =", "paths =", "full_text =")
    lines = []
    for line in read_template().replace('"*"', '"samples"').splitlines():
        offered = re.match(r"# (?:[a-z_]+ = |\[+[a-z.]+\])", line) and not line[2:].startswith(others)
        lines.append(line[2:] if offered and "instead of" not in line else line)
    s = load(tmp_path, "\n".join(lines))
    assert s.require_mail().preset == "qq"
    assert s.templates == tmp_path / "templates"
    assert s.editions()[0].sections[0].title == "财经"
    assert [(source.kind, source.select.item) for source in s.source[1:]] == [("page-list", "ul.list > li")]
    assert (s.collect.seconds, s.collect.deadline, s.store.keep_originals) == (30, 20, 400)
    assert (s.bounces.folder, s.group[0].name, s.editions()[0].theme) == ("INBOX", "处长", "gongwen")
    assert (s.calendar.country, len(s.calendar.holidays), len(s.monitoring.operator)) == ("CN", 2, 1)
    assert s.require_mail().dkim is not None


def test_the_template_names_every_setting_with_a_word_in_chinese() -> None:
    """Each key of each table stands below the table's name, and whoever reads no English finds something to read."""
    parts = re.split(r"(?m)^(?:# )?\[+([a-z.]+)\]+", read_template())
    texts = {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))
    texts["source"] = parts[parts.index("source") + 1] + texts["source"]
    for table, model in TABLES.items():
        text = texts.get(".".join(table)) or texts[table[0]]
        for key in model.list_examples():
            if key != "password" and ".".join((*table, key)) not in texts:
                assert re.search(rf"(?:\b{key} = |\b{key}:|also .*\b{key}\b)", text), (table, key)
    chinese = [name for name, text in texts.items() if not re.search(r"[\u4e00-\u9fff]", text)]
    assert chinese == []


def test_the_samples_configuration_is_the_template() -> None:
    """What a checkout shows is what `digest init` writes."""
    sample = Path(__file__).parents[1] / "samples" / "digest.toml"
    assert sample.read_text("utf-8") == read_template()


def test_settings_without_a_file_have_one_edition_and_no_mail(tmp_path: Path) -> None:
    """`default_settings` is enough for a preview, and listens to the environment."""
    s = default_settings({"DIGEST_TIMEZONE": "Europe/Berlin"}, tmp_path, tmp_path / "data")
    assert (s.mail, s.source, s.store.path) == (None, (), tmp_path / "data" / "digest.db")
    assert [(e.name, e.title, e.timezone) for e in s.editions()] == [("daily", "每日摘要", "Europe/Berlin")]
    with pytest.raises(ConfigError) as caught:
        default_settings({"DIGEST_STORE__PTAH": "x"}, tmp_path, tmp_path)
    assert caught.value.mistakes == ("DIGEST_STORE__PTAH: is no setting: did you mean DIGEST_STORE__PATH?",)


def test_whoever_wants_to_send_is_told_that_mail_is_missing(tmp_path: Path) -> None:
    """`require_mail` raises where there is no [mail], with what to write."""
    with pytest.raises(ConfigError, match='preset = "qq"'):
        load(tmp_path, BASE).require_mail()


# --- which file -----------------------------------------------------------------------------------------------------


def test_the_configuration_is_looked_for_in_four_places_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Explicit, DIGEST_CONFIG, ./digest.toml, the user's config.toml; the first two even where they do not exist."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    environ = {"DIGEST_CONFIG": str(tmp_path / "named.toml")}
    assert find_config(None, {}, tmp_path) is None
    if sys.platform == "linux":
        (tmp_path / "xdg" / "digest").mkdir(parents=True)
        (tmp_path / "xdg" / "digest" / "config.toml").touch()
        assert find_config(None, {}, tmp_path) == tmp_path / "xdg" / "digest" / "config.toml"
    (tmp_path / "digest.toml").touch()
    assert find_config(None, {}, tmp_path) == tmp_path / "digest.toml"
    assert find_config(None, environ, tmp_path) == tmp_path / "named.toml"
    assert find_config(Path("given.toml"), environ, tmp_path) == tmp_path / "given.toml"
    assert find_config(Path("~/given.toml"), environ, tmp_path) == tmp_path / "home" / "given.toml"


def test_a_missing_file_points_to_init(tmp_path: Path) -> None:
    """A file that is not there is reported with the command that writes one."""
    with pytest.raises(ConfigError, match="no configuration file .*nowhere.toml .*digest init"):
        load_settings(tmp_path / "nowhere.toml", {})


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    """A folder is refused with the name of the file to give."""
    with pytest.raises(ConfigError, match=r"is a folder .*digest\.toml"):
        load_settings(tmp_path, {})


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may read everything")
def test_an_unreadable_file_says_so(tmp_path: Path) -> None:
    """A file without read permission is reported as such."""
    path = tmp_path / "digest.toml"
    path.write_text(BASE, encoding="utf-8")
    path.chmod(0)
    with pytest.raises(ConfigError, match="cannot be read: Permission denied"):
        load_settings(path, {})


def test_a_path_through_a_file_is_an_error_of_ours(tmp_path: Path) -> None:
    """Whatever the system says about a path becomes a ConfigError."""
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path / "file" / "digest.toml", {})


def test_bytes_that_are_not_utf8_are_refused_with_their_line(tmp_path: Path) -> None:
    """A file saved as GBK is reported with the line of its first odd byte."""
    text = TOP + 'timezone = "Asia/Shanghai"\n# 每日\n'
    assert only_mistake(tmp_path, text.encode("gbk")).startswith("digest.toml:3: the bytes are not UTF-8")
    assert "UTF-8" in only_mistake(tmp_path, BASE.encode("utf-16"))


def test_a_byte_order_mark_and_windows_line_ends_are_tolerated(tmp_path: Path) -> None:
    """A file from Windows' editor loads, and its lines are counted right."""
    text = b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode()
    assert load(tmp_path, text).source[0].name == "samples"
    assert only_mistake(tmp_path, text + b"itms = 3\r\n").startswith("digest.toml:8: [[edition]] unknown key")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TOP + "timezone = Asia/Shanghai\n", "digest.toml:2:12: broken TOML, invalid value: put text in quotes"),
        (TOP + "timezone = “Asia/Shanghai”\n", "the line holds “, type the ASCII signs"),
        (TOP + "timezone ＝ 3\n", "the line holds ＝, type the ASCII signs"),
        (TOP + "templates = 'C:\\x'\ntimezone", "digest.toml:3:9: broken TOML, expected '=' after a key"),
        (TOP + 'templates = "C:\\Users"\n', "write a Windows path in single quotes"),
        (TOP + TOP, "the key stands twice, delete one of them"),
        (TOP + "[mail]\n[mail]\n", "the table stands twice, join its keys under one header"),
        (TOP + 'templates = "x\n', "close the quotes"),
        (TOP + "x = [1,\n", ":3:1: broken TOML, invalid value: something is left open"),
        (TOP + "x = " + "[" * 50_000, "nested too deeply"),
        (TOP + "x = " + "1" * 5_000, "broken TOML"),
        (BASE + "[calendar]\nholidays = [2027-02-08, 2027-02-30]\n", ":9: 2027-02-30 is no day of the calendar: write"),
        (TOP + "day = 2027-13-01\n", "digest.toml:2: 2027-13-01 is no day of the calendar: write one that there is"),
        (TOP + "at = 08:00\n", "write one key on each line, and text in quotes"),
        (TOP + "x = \0\n", "digest.toml:2:5: broken TOML"),
    ],
)
def test_broken_toml_is_reported_with_line_column_and_what_to_try(tmp_path: Path, text: str, expected: str) -> None:
    """A document that is no TOML gives one mistake with its place and a remedy."""
    assert expected in only_mistake(tmp_path, text)


def test_a_newer_version_is_left_to_a_newer_digest(tmp_path: Path) -> None:
    """A file of version 2 gives that message only, whatever else it holds."""
    with pytest.raises(ConfigError, match=r"version = 2, .*reads version 1 .*pip install --upgrade") as caught:
        load(tmp_path, "version = 2\n[future]\nx = 1\n")
    assert caught.value.mistakes == ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", "version is missing: write version = 1"),
        ("version = 0\n", "version is 0, which never was: write version = 1"),
        ("version = true\n", "version must be a whole number: write version = 1"),
        ('version = "1"\n', "version must be a whole number: write version = 1"),
        ("version = 1.0\n", "version must be a whole number: write version = 1"),
    ],
)
def test_the_version_must_be_1(tmp_path: Path, line: str, expected: str) -> None:
    """No version, an old one and one of another kind are mistakes."""
    assert only_mistake(tmp_path, line + SOURCE + EDITION) == f"digest.toml:1: {expected}"


# --- mistakes -------------------------------------------------------------------------------------------------------


def test_every_mistake_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    """Mistakes of keys, values, and between tables come in one error, each with its own line."""
    text = """\
version = 1
timezone = "Asia/Beijing"

[mail]
preset = "qq"
user = "me@qq.com"
pasword = "x"
port = "465"

[[source]]
name = "a"
kind = "folder"

[[source]]
name = "a"
kind = "feed"
url = "example.cn/rss"

[[edition]]
name = "Daily News"
recipients = [
    "fine@example.cn",
    "no-address",    # a comment with "quotes" and ] brackets
]
sources = ["a", "b"]
summary = { chars = 3 }

[sauce]
"""
    starts = [
        'digest.toml:2: timezone is "Asia/Beijing", which is no time zone: did you mean "Asia/Shanghai"?',
        'digest.toml:7: [mail] unknown key "pasword": did you mean "password_env"?',
        "digest.toml:8: [mail] port must be a whole number: write port = 465",
        'digest.toml:10: [[source]] path is missing: write path = "samples"',
        'digest.toml:15: [[source]] name "a" is taken by an earlier [[source]]: choose another',
        'digest.toml:17: [[source]] url is no address of a page: write url = "https://example.cn/feed.xml"',
        'digest.toml:20: [[edition]] name is "Daily News", but takes only a-z, 0-9 and "-"',
        'digest.toml:23: [[edition]] recipients holds "no-address", which must have exactly one "@"',
        'digest.toml:25: [[edition]] sources names "b", which is no [[source]]: choose from a',
        "digest.toml:26: [edition.summary] chars must be at least 20: write chars = 120",
        'digest.toml:28: unknown key "sauce": did you mean "source"?',
    ]
    mistakes = mistakes_of(tmp_path, text)
    assert len(mistakes) == len(starts)
    assert [m[: len(s)] for m, s in zip(mistakes, starts, strict=True)] == starts


def test_a_source_of_the_web_is_read_with_all_its_settings(tmp_path: Path) -> None:
    """Selectors, headers and manners are as written, and what a source may be is told by its kind."""
    text = """\
version = 1
[collect]
seconds = 5
recheck = 0
[[edition]]
name = "daily"
[[source]]
name = "网信办"
kind = "page-list"
url = "https://www.example.gov.cn/list/"
select = { item = "ul li", date = "span" }
pages = 2
headers = { Referer = "https://www.example.gov.cn/" }
cookies = { sid = "$SID" }
legacy_tls = true
delay = 2
[[source]]
name = "interface"
kind = "json"
url = "https://api.example.cn/list?page=1"
paths = { items = "data.rows" }
paused = true
"""
    s = load(tmp_path, text)
    first, second = s.source
    assert first.select.as_mapping() == {"item": "ul li", "date": "span"}
    assert (first.pages, first.delay, first.legacy_tls, first.robots, first.on_web) == (2, 2.0, True, True, True)
    assert first.reveal(first.cookies, {"SID": " 7 "}) == {"sid": "7"}
    with pytest.raises(ConfigError, match="wants the variable SID, which is not set"):
        first.reveal(first.cookies, {})
    assert second.paths.as_mapping() == {"items": "data.rows"}
    assert s.sources_of(s.editions()[0]) == (first,)  # the other one is paused
    assert (s.collect.seconds, s.collect.recheck, s.store.keep_originals) == (5.0, 0, 400)
    assert "$SID" not in repr(s)


def test_the_error_counts_the_mistakes_and_names_the_file(tmp_path: Path) -> None:
    """The message of the error is a heading for the mistakes."""
    with pytest.raises(ConfigError, match=r"digest\.toml has 2 mistakes \(mend"):
        load(tmp_path, BASE + "x = 1\ny = 2\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TOP + SOURCE, "there is no [[edition]]: add one"),
        (TOP + EDITION, "there is no [[source]]: add one"),
        (BASE + "[store]\ntimezone = 'UTC'\n", 'unknown key "timezone": it belongs to the top of the file'),
        (BASE + 'source = ["samples"]\n', '[[edition]] unknown key "source": did you mean "sources"?'),
        (BASE + "zzz = 1\n", 'unknown key "zzz": choose from name, title, recipients'),
        (BASE + '"a\\u0000\\u202eb" = 1\n', 'unknown key "a\\u0000\\u202eb"'),
        (TOP + SOURCE + '[edition]\nname = "x"\n', "write [[edition]] in double brackets"),
        (TOP + "mail = 3\n" + SOURCE + EDITION, "digest.toml:2: mail must be one table: write [mail]"),
        (TOP + SOURCE + EDITION + "[[store]]\n", "store must be one table: write [store] in single brackets"),
        (BASE + "summary = 120\n", "[[edition]] summary must be a table: write summary = { chars = 120 }"),
        (BASE + 'recipients = "a@b.cn"\n', 'recipients must be a list in [ ]: write recipients = ["王芳'),
        (BASE + "recipients = [3]\n", "[[edition]] recipients must be an address in quotes: write recipients ="),
        (BASE + "items = 0\n", "items must be at least 1: write items = 30"),
        (BASE + "items = 501\n", "items must be at most 500: write items = 30"),
        (BASE + "items = true\n", "items must be a whole number"),
        (BASE + "summary = { chars = 2001 }\n", "[edition.summary] chars must be at most 2000"),
        (BASE + "[edition.summary]\nchars = 19\n", "digest.toml:9: [edition.summary] chars must be at least 20"),
        (
            BASE + 'schedule = { at = "8:00" }\n',
            'which is no time from 00:00 to 23:59: write at = "08:00"',
        ),
        (BASE + 'schedule = { at = "7:30" }\n', 'write at = "07:30"'),
        (BASE + 'schedule = { at = "0730" }\n', 'write at = "07:30"'),
        (BASE + 'schedule = { at = "24:00" }\n', 'which is no time from 00:00 to 23:59: write at = "08:00"'),
        (BASE + 'schedule = { at = "08:00\\n" }\n', "which is no time"),
        (BASE + "schedule = { at = 08:00:00 }\n", 'at must be text in quotes: write at = "08:00"'),
        (BASE + "schedule = { at = [] }\n", "[edition.schedule] at is empty: write at ="),
        (BASE + 'schedule = { at = ["08:00", "08:00"] }\n', "at names a time twice: delete one of them"),
        (BASE + 'schedule = { at = ["08:00", "18:5"] }\n', 'is "18:5", which is no time'),
        (BASE + 'schedule = { days = "workday" }\n', '[edition.schedule] days is "workday", but an edition is due'),
        (BASE + 'schedule = { days = "0 25 * * *" }\n', "[edition.schedule] days "),
        (
            BASE + 'schedule = { days = "30 7 * * 1-5", at = "08:00" }\n',
            'at does not go with the cron line "30 7 * * 1-5", which names its times itself: delete it',
        ),
        (BASE + "schedule = { catch_up = true }\n", 'catch_up must be "merge", "each" or "skip"'),
        (BASE + 'empty = "no"\n', 'empty must be "note", "skip" or "send": write empty = "note"'),
        (BASE + '[calendar]\ncountry = "china"\n', '[calendar] country is "china", which is no code of ISO 3166'),
        (BASE + '[calendar]\nholidays = ["2027-02-08"]\n', "holidays must be a day without quotes, such as 2027-02-08"),
        (
            BASE + "[calendar]\nholidays = [2027-02-08]\nworkdays = [2027-02-08]\n",
            "workdays and holidays both name 2027-02-08",
        ),
        (BASE + "[collect]\ndeadline = 0\n", "[collect] deadline must be at least 1: write deadline = 20"),
        (BASE + "[store]\nretention = 59\n", "[store] retention must be at least 60"),
        (BASE + '[monitoring]\nheartbeat = "hc.example"\n', "[monitoring] heartbeat is no address of a page"),
        (BASE + '[monitoring]\noperator = ["me"]\n', "[monitoring] operator holds"),
        (BASE + 'include = ["x.toml"]\n', 'include": it belongs to the top of the file'),
        (BASE + 'group_by = "day"\n', 'group_by must be "none", "source" or "topic": write group_by = "none"'),
        (BASE + 'timezone = "../etc"\n', "[[edition]] timezone is"),
        (BASE + 'timezone = "Asia"\n', "which is no time zone"),
        (BASE + "sources = []\n", "sources is empty, so the edition would be too"),
        (BASE + 'title = "\\u200b"\n', "title must be visible text"),
        (BASE + 'recipients = ["A@x.cn", "Name <a@X.cn>"]\n', 'holds "a@x.cn" twice: delete one of them'),
        (BASE + f'title = "{"长" * 81}"\n', "title must be visible text of at most 80 characters"),
        (BASE + EDITION, 'digest.toml:9: [[edition]] name "daily" is taken by an earlier [[edition]]'),
        (BASE + '[[edition.section]]\ntitle = "x"\n', "[[edition.section]] sources and words are both empty"),
        (BASE + '[[edition.section]]\ntitle = "x"\nsources = ["sample"]\n', 'did you mean "samples"?'),
        (
            BASE + 'title = "x"\n[[edition.section]]\nwords = ["x"]\n',
            ":9: [[edition.section]] title is missing",
        ),
        (BASE.replace('"samples"\nkind', '"*"\nkind'), 'name cannot be "*"'),
        (BASE.replace('"samples"\nkind', '"a\\nb"\nkind'), "name must be one line of visible text"),
        (BASE.replace('"folder"', '"rss"'), '"json", "folder" or "jsonl": write kind = "feed"'),
        (BASE.replace('"folder"', '"page-list"'), 'path does not go with kind = "page-list": write url instead'),
        (BASE.replace('"folder"', '"page"'), "url is missing: write url ="),
        (BASE.replace("[[edition]]", "pages = 3\n[[edition]]"), 'pages does not go with kind = "folder", only with'),
        (FEED + 'select = { item = "li" }\n', 'select does not go with kind = "feed", only with page-list: delete it'),
        (FEED + "items = 501\n", "items must be at most 500"),
        (FEED + 'full_text = "yes"\n', 'full_text must be "auto", "always" or "never"'),
        (FEED + 'headers = { "X Y" = "1" }\n', 'headers holds "X Y", which is no name of a header'),
        (FEED + 'cookies = { sid = "a\\nb" }\n', 'cookies holds a value for "sid" with a control character'),
        (FEED + "delay = -1\n", "delay must be at least 0"),
        (FEED.replace("https://", "https://me:pw@"), "url holds a user name: take it out and write headers"),
        (FEED.replace("https://example.cn", "ftp://example.cn"), "url is no address of a page"),
        (FEED.replace("feed.xml", "fe ed.xml"), "url holds a space or an invisible character"),
        (BASE + "[collect]\nseconds = 0\n", "[collect] seconds must be at least 1"),
        (
            BASE + "[[source]]\nname = 'l'\nkind = 'page-list'\nurl = 'https://x.cn'\nselect = { itm = 'li' }\n",
            '"item"',
        ),
        (BASE.replace('path = "samples"', 'path = ""'), "path is no path"),
        (BASE.replace('path = "samples"', 'path = "a\\u0000b"'), "path is no path"),
        (BASE.replace('path = "samples"', "path = 3"), "path must be a path in quotes"),
        (
            BASE.replace("[[edition]]", 'url = "http://x"\n[[edition]]'),
            'url does not go with kind = "folder"',
        ),
        (BASE + '[store]\npath = "a"\nurl = "b"\n', "[store] path and url both say where the database is"),
    ],
)
def test_each_mistake_says_what_is_wrong_and_what_to_write(tmp_path: Path, text: str, expected: str) -> None:
    """Every rule has a message of its own, and mentions its remedy."""
    mistakes = mistakes_of(tmp_path, text)
    assert any(expected in mistake for mistake in mistakes), mistakes


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('user = "a@b.cn"', 'digest.toml:8: [mail] host is missing: write preset = "qq", or host ='),
        ('preset = "qq"', '[mail] from is missing: write from = "每日摘要 <me@qq.com>"'),
        ('preset = "qqq"\nuser = "a@b.cn"', '[mail] preset is "qqq", which is not known: did you mean "qq"?'),
        ('preset = "outlook365"\nuser = "a@b.cn"', "token_command is missing, for Microsoft takes no password"),
        ('preset = "outlook365"\nuser = "a@b.cn"\npassword_env = "X"', "[mail] token_command is missing, for"),
        ('preset = "qq"\nuser = "a@b.cn"\ntoken_command = [""]', "token_command names no program"),
        ('host = "x.cn"\nfrom = "a@b.cn"\ntoken_command = ["x"]', "token_command needs to know whose token"),
        (
            'preset = "gmail"\nuser = "a@b.cn"\npassword_env = "X"\ntoken_command = ["x"]',
            "token_command and password_env both say where the password is: keep one of them",
        ),
        (
            'preset = "ses"\nfrom = "a@b.cn"',
            'host of your own: write host = "email-smtp.us-east-1.amazonaws.com"',
        ),
        ('preset = "custom"\nfrom = "a@b.cn"', 'preset "custom" needs a host of your own'),
        ('host = "smtp://x.cn"\nfrom = "a@b.cn"', "host must be the bare name of a server"),
        ('host = "x.cn:465"\nfrom = "a@b.cn"', "host must be the bare name of a server"),
        ('host = ""\nfrom = "a@b.cn"', "host must be the bare name of a server"),
        ('host = "a b"\nfrom = "a@b.cn"', "host must be the bare name of a server"),
        ('host = "x.cn\\r\\n"\nfrom = "a@b.cn"', "host must be the bare name of a server"),
        ('host = "x.cn"\nfrom = "a@b.cn"\nport = 0', "port must be at least 1"),
        ('host = "x.cn"\nfrom = "a@b.cn"\nport = 65536', "port must be at most 65535"),
        ('host = "x.cn"\nfrom = "a@b.cn"\nsecurity = "ssl"', 'security must be "tls", "starttls" or "none"'),
        (
            'host = "x.cn"\nfrom = "a@b.cn"\nsecurity = "none"',
            ':11: [mail] security cannot be "none" for x.cn',
        ),
        ('host = "localhost.cn"\nfrom = "a@b.cn"\nsecurity = "none"', 'cannot be "none"'),
        ('host = "10.0.0.1"\nfrom = "a@b.cn"\nsecurity = "none"', 'cannot be "none"'),
        ('preset = "qq"\nuser = "张三"\nfrom = "a@b.cn"', "user must be plain ASCII"),
        ('preset = "qq"\nuser = "a\\r\\nb"\nfrom = "a@b.cn"', "user must be plain ASCII"),
        (
            'preset = "qq"\nfrom = "a@b.cn"\npassword_env = "kqzhdwabcdefghij"',
            "takes the NAME of a variable",
        ),
        ('preset = "qq"\nfrom = "a@b.cn"\npassword_command = "pass show x"', "password_command must be a list in [ ]"),
        ('preset = "qq"\nfrom = "a@b.cn"\npassword_command = []', "password_command names no program"),
        ('preset = "qq"\nfrom = "a@b.cn"\nkeyring = "yes"', "keyring must be true or false: write keyring = true"),
        (
            'preset = "qq"\nfrom = "a@b.cn"\npassword_env = "X"\nkeyring = true',
            "digest.toml:12: [mail] keyring and password_env both say where the password is: keep one of them",
        ),
    ],
)
def test_each_mistake_of_mail_says_what_to_write(tmp_path: Path, lines: str, expected: str) -> None:
    """The mail server, the login and the password are checked before anything is sent."""
    mistakes = mistakes_of(tmp_path, f"{BASE}[mail]\n{lines}\n")
    assert any(expected in mistake for mistake in mistakes), mistakes


def test_a_code_in_the_place_of_a_files_name_is_not_shown(tmp_path: Path) -> None:
    """Sixteen letters that name no file are the 授权码 itself: they stand in no message."""
    lines = 'preset = "qq"\nuser = "me@qq.com"\nfrom = "me@qq.com"\npassword_file = "abcdefghijklmnop"'
    told = "".join(mistakes_of(tmp_path, f"{BASE}[mail]\n{lines}\n"))
    assert "takes the name of a file, never the password itself" in told
    assert "abcdefghijklmnop" not in told


def test_a_password_in_the_file_is_a_mistake_and_is_not_shown(tmp_path: Path) -> None:
    """The password does not belong in the file, whatever kind of value it is."""
    for value in (f'"{CANARY}"', "73917391", '""'):
        mistake = only_mistake(tmp_path, f"{BASE}{MAIL}password = {value}\n")
        assert mistake.startswith("digest.toml:11: [mail] password does not belong in the file")
        assert 'password_env = "DIGEST_SMTP_PASSWORD"' in mistake
        assert value.strip('"') == "" or value.strip('"') not in mistake


ODD_VALUES = ["3", "-1", "1.5", "nan", "true", "1979-05-27", '""', '"x@"', '"\\u0000"']
ODD_VALUES += ["[]", "[3]", "[[]]", "[{ a = 1 }]", "{}", "{ at = {} }"]


@pytest.mark.parametrize("odd", ODD_VALUES)
def test_any_kind_of_value_anywhere_is_settings_or_mistakes(tmp_path: Path, odd: str) -> None:
    """Whichever key holds whatever kind of value, the answer is Settings or lines with their places."""
    lines = CORE.splitlines()
    for n, line in enumerate(lines):
        key, equals, _ = line.partition(" = ")
        if equals:
            text = "\n".join([*lines[:n], f"{key} = {odd}", *lines[n + 1 :]])
            try:
                load(tmp_path, text)
            except ConfigError as error:
                assert all(m.startswith("digest.toml:") and ": " in m[14:] for m in error.mistakes)  # noqa: PT017


# --- lines ----------------------------------------------------------------------------------------------------------

TRICKY = '''\
# a comment = "with" [brackets]
top = 1
a.b . "c.d" = """
[not.a.table]
x = "\\""" still text"""
lit = \'\'\'two quotes at the end\'\'\'\'\'

[ table ]  # comment ]
"quoted key" = { x = [ 1, { y = "}" } ], z = 'a#b' }
when = 1979-05-27 07:32:00

[[list]]
name = "one"
[list.sub]
deep = [
  [1, 2],   # ]
  [ "a,]", 3 ],
]
[[list.inner]]
k = 1
[[list.inner]]
k = 2
[[list]]
name = """"two\\
  lines"""""
[[list.inner]]
k = 3
'''


def test_lines_are_found_through_strings_comments_and_nested_tables() -> None:
    """The scanner is not misled by brackets, quotes and signs inside of strings and comments."""
    lines = locate_keys(TRICKY)
    expected: dict[KeyPath, int] = {
        ("top",): 2,
        ("a", "b", "c.d"): 3,
        ("lit",): 6,
        ("table",): 8,
        ("table", "quoted key"): 9,
        ("table", "quoted key", "x", 1, "y"): 9,
        ("table", "quoted key", "z"): 9,
        ("table", "when"): 10,
        ("list", 0): 12,
        ("list", 0, "sub", "deep"): 15,
        ("list", 0, "sub", "deep", 1, 0): 17,
        ("list", 0, "inner", 1, "k"): 22,
        ("list", 1): 23,
        ("list", 1, "name"): 24,
        ("list", 1, "inner", 0, "k"): 27,
    }
    assert {path: lines.get(path) for path in expected} == expected
    assert list_paths(tomllib.loads(TRICKY)) == set(lines)


def list_paths(value: object, path: KeyPath = ()) -> set[KeyPath]:
    """The paths of everything inside of a value that tomllib has read."""
    inner = value.items() if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else ()
    return {(*path, key) for key, _ in inner}.union(*(list_paths(v, (*path, key)) for key, v in inner))


def test_the_line_of_what_is_missing_is_that_of_its_table() -> None:
    """A path that is not in the file is placed at the nearest table around it."""
    lines = locate_keys(TRICKY)
    assert find_line(lines, ("list", 1, "inner", 0, "nothing")) == 26
    assert find_line(lines, ("nothing",)) == 1


SCALARS = st.one_of(
    st.integers(-99, 99).map(str),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="'"), max_size=9).map(
        lambda s: f"'{s}'"
    ),
    st.text("ab\"'[]{}#=,\n", max_size=9).map(lambda s: '"""' + s.replace('"', '\\"') + '"""'),
    st.text('ab"[]{}#=,\n', max_size=9).map(lambda s: f"'''{s}'''"),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda vs: "[ " + " , # ]\n".join(vs) + "\n]"),
        st.lists(inner, max_size=3).map(lambda vs: "{" + ", ".join(f"k{n} = {v}" for n, v in enumerate(vs)) + "}"),
    ),
    max_leaves=8,
)


@settings(deadline=None, database=None)
@given(st.lists(st.tuples(st.booleans(), st.lists(VALUES, max_size=3)), max_size=4))
def test_every_key_that_tomllib_reads_has_its_line(tables: list[tuple[bool, list[str]]]) -> None:
    """For any document, the scanner finds just the paths that tomllib finds, and a key stands on its line."""
    text = ""
    for n, (double, values) in enumerate(tables):
        text += "[[array]]\n" if double else f"[t{n}]\n"
        text += "".join(f"key-{m} = {value} # end\n" for m, value in enumerate(values))
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # a newline inside of an inline table, which TOML 1.0 does not have
        return
    lines = locate_keys(text)
    assert set(lines) == list_paths(document)
    written = text.split("\n")
    for path, line in lines.items():
        if str(path[-1]).startswith("key-"):
            assert written[line - 1].startswith(f"{path[-1]} =")


# --- environment ----------------------------------------------------------------------------------------------------


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(tmp_path: Path) -> None:
    """Two underscores nest; numbers, true and lists are written as in the file."""
    environ = {
        "DIGEST_TIMEZONE": "Asia/Tokyo",
        "DIGEST_TEMPLATES": "ours",
        "DIGEST_MAIL__HOST": "127.0.0.1",
        "DIGEST_MAIL__PORT": "2525",
        "DIGEST_MAIL__SECURITY": "none",
        "DIGEST_MAIL__FROM": "别名 <b@qq.com>",
        "DIGEST_STORE__PATH": "other.db",
    }
    s = load(tmp_path, CORE, environ)
    assert s.mail is not None
    assert (s.mail.host, s.mail.port, s.mail.security) == ("127.0.0.1", 2525, "none")
    assert (s.mail.user, s.mail.sender) == ("me@qq.com", Recipient("b@qq.com", "别名"))
    assert (s.timezone, s.templates, s.store.path) == (
        "Asia/Tokyo",
        tmp_path / "ours",
        tmp_path / "data" / "other.db",
    )


def test_an_override_makes_void_what_it_stands_in_for(tmp_path: Path) -> None:
    """Another password, database or preset from the environment does not clash with the file's."""
    store = load(tmp_path, BASE + '[store]\npath = "a.db"\n', {"DIGEST_STORE__URL": "sqlite://"}).store
    assert (store.path, store.url) == (None, "sqlite://")
    environ = {"DIGEST_MAIL__PASSWORD_COMMAND": '["echo", "x"]', "DIGEST_MAIL__PRESET": "163"}
    mail = load_mail(tmp_path, 'host = "x.cn"\nport = 25\nfrom = "a@b.cn"\npassword_env = "X"', environ)
    assert (mail.password_env, mail.password_command) == ("", ("echo", "x"))
    assert (mail.host, mail.port) == ("smtp.163.com", 465)


def test_mail_may_come_from_the_environment_alone(tmp_path: Path) -> None:
    """A server named by variables needs no [mail] in the file, while a password alone is no server."""
    environ = {"DIGEST_MAIL__PRESET": "gmail", "DIGEST_MAIL__USER": "a@gmail.com", "DIGEST_MAIL__KEYRING": "true"}
    mail = load(tmp_path, BASE, environ).require_mail()
    assert (mail.host, mail.sender, mail.keyring) == ("smtp.gmail.com", Recipient("a@gmail.com"), True)
    assert load(tmp_path, BASE, {"DIGEST_MAIL__PASSWORD": CANARY}).mail is None


def test_unknown_variables_are_mistakes_and_those_of_others_are_not(tmp_path: Path) -> None:
    """A misspelt setting or table is told with the nearest one; variables of one part are left alone."""
    environ = {"DIGEST_MAIL__HOTS": "x", "DIGEST_STORE__A__B": "x", "DIGEST_MAIL__PORT": "many"}
    mistakes = mistakes_of(tmp_path, BASE + MAIL, environ)
    assert mistakes[0] == "DIGEST_MAIL__HOTS: is no setting: did you mean DIGEST_MAIL__HOST?"
    assert "DIGEST_MAIL__PORT: port must be a whole number: write port = 465" in mistakes
    assert any(m.startswith("DIGEST_STORE__A__B: is no setting: ") for m in mistakes)
    others = {"DIGEST_CONFIG": "x", "DIGEST_SMTP_PASSWORD": "x", "DIGEST_MAIL": "x", "PATH": "x"}
    assert load(tmp_path, BASE, others) == load(tmp_path, BASE)
    told = mistakes_of(tmp_path, BASE, {"DIGEST_MIAL__HOST": "x", "DIGEST_EDITION__ITEMS": "3", "DIGEST_X__Y": "x"})
    assert told == (
        "DIGEST_EDITION__ITEMS: is no setting: [[edition]] stands in the file only: unset it, and write it there",
        "DIGEST_MIAL__HOST: is no setting: did you mean DIGEST_MAIL__HOST?",
        "DIGEST_X__Y: is no setting: unset it; there are tables mail, bounces, store, collect, calendar, monitoring",
    )


def test_every_single_table_listens_to_the_environment(tmp_path: Path) -> None:
    """Numbers, lists, days and tables within tables are read as their fields want them."""
    environ = {
        "DIGEST_BOUNCES__FOLDER": "退信",
        "DIGEST_CALENDAR__COUNTRY": "HK",
        "DIGEST_CALENDAR__HOLIDAYS": "2027-02-08, 2027-02-09",
        "DIGEST_COLLECT__SECONDS": "5",
        "DIGEST_COLLECT__DEADLINE": "7",
        "DIGEST_MAIL__DKIM__SELECTOR": "s2",
        "DIGEST_MAIL__KEYRING": "true",
        "DIGEST_MONITORING__OPERATOR": "a@x.cn,王 <b@x.cn>",
        "DIGEST_MONITORING__HEARTBEAT": "https://hc.example/1",
        "DIGEST_STORE__RETENTION": "99",
    }
    text = f'{BASE}{MAIL}dkim = {{ domain = "qq.com", selector = "s1", key_file = "k" }}\n[store]\nurl = "sqlite://"\n'
    s = load(tmp_path, text, environ)
    assert (s.bounces.folder, s.calendar.country, len(s.calendar.holidays)) == ("退信", "HK", 2)
    assert (s.collect.seconds, s.collect.deadline, s.store.retention) == (5, 7, 99)
    assert s.store.url == "sqlite://"  # who sets the retention keeps his database
    assert [who.address for who in s.monitoring.operator] == ["a@x.cn", "b@x.cn"]
    mail = s.require_mail()
    assert mail.dkim is not None
    assert (mail.dkim.selector, mail.keyring) == ("s2", True)


def test_an_empty_variable_counts_as_unset(tmp_path: Path) -> None:
    """Compose files set variables to nothing; that is no override."""
    assert load(tmp_path, BASE, {"DIGEST_TIMEZONE": "", "DIGEST_MAIL__HOTS": ""}).timezone == "Asia/Shanghai"


# --- mail servers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('preset = "qq"', ("smtp.qq.com", 465, "tls")),
        ('preset = "qq"\nport = 587', ("smtp.qq.com", 587, "starttls")),
        ('preset = "qq"\nsecurity = "starttls"', ("smtp.qq.com", 587, "starttls")),
        ('host = "mail.x.cn"', ("mail.x.cn", 465, "tls")),
        ('host = "mail_server"\nport = 587', ("mail_server", 587, "starttls")),
        ('host = "x.cn"\nport = 2465', ("x.cn", 2465, "tls")),
        ('host = "x.cn"\nport = 465\nsecurity = "starttls"', ("x.cn", 465, "starttls")),
        ('host = "localhost"\nsecurity = "none"', ("localhost", 25, "none")),
        ('host = "127.8.9.1"\nsecurity = "none"\nport = 1025', ("127.8.9.1", 1025, "none")),
        ('host = "::1"\nsecurity = "none"', ("::1", 25, "none")),
        ('host = "邮件.例子.cn"', ("xn--5nq051n.xn--fsqu00a.cn", 465, "tls")),
        ('preset = "ses"\nhost = "email-smtp.x.amazonaws.com"', ("email-smtp.x.amazonaws.com", 465, "tls")),
    ],
)
def test_port_and_security_follow_from_each_other(tmp_path: Path, lines: str, expected: tuple[str, int, str]) -> None:
    """What [mail] leaves open comes from the preset, and from whichever of port and security was written."""
    mail = load_mail(tmp_path, f'from = "a@b.cn"\n{lines}')
    assert (mail.host, mail.port, mail.security) == expected


PRESETS = (
    *("qq", "foxmail", "163", "126", "exmail", "aliyun", "directmail", "feishu"),
    *("gmail", "outlook365", "ses", "sendgrid", "custom"),
)


def test_the_presets_are_those_of_the_readme() -> None:
    """Thirteen, in this order."""
    assert tuple(load_presets()) == PRESETS


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_complete(name: str) -> None:
    """A server over TLS, what the secret is called, where it is had, in both languages; one sentence each."""
    preset = load_presets()[name]
    assert (preset.port, preset.security) in ((465, "tls"), (587, "starttls"))
    assert bool(preset.host) != bool(preset.host_example)
    assert all(text.strip() == text != "" for text in (preset.title, preset.secret, preset.login, preset.login_zh))
    assert "\n" not in preset.login + preset.login_zh
    assert any("\u4e00" <= char <= "\u9fff" for char in preset.login_zh)
    term = preset.secret.partition("(")[2].rstrip(")") or preset.secret
    assert term in preset.login
    assert term in preset.login_zh
    assert preset.help.startswith("https://") or name == "custom"
    assert bool(preset.imap) == (name not in ("directmail", "ses", "sendgrid", "custom"))
    assert preset.signs == (name != "custom")
    assert 0 <= preset.per_minute <= 600
    assert 1 <= preset.per_connection <= 1000
    assert bool(preset.shape) == bool(preset.shape_words)


@pytest.mark.parametrize("name", [n for n in PRESETS if n not in ("gmail", "outlook365", "ses", "sendgrid", "custom")])
def test_a_chinese_provider_takes_the_login_as_sender_and_names_a_menu(name: str) -> None:
    """A wrong password leads to a menu, in the words that stand there."""
    preset = load_presets()[name]
    assert preset.from_is_login
    assert preset.login.count("→") >= 2
    assert preset.login_zh.count("→") >= 2


@pytest.mark.parametrize("name", [n for n, p in load_presets().items() if p.host])
def test_every_preset_with_a_host_can_be_used_by_name(tmp_path: Path, name: str) -> None:
    """`preset = NAME` and an address are a complete [mail], and so is a program where only tokens are taken."""
    more = 'token_command = ["x"]\n' if load_presets()[name].token else ""
    mail = load_mail(tmp_path, f'preset = "{name}"\nuser = "a@b.cn"\nfrom = "a@b.cn"\n{more}')
    assert mail.host == load_presets()[name].host
    assert describe_login(mail).startswith(load_presets()[name].login)


def test_a_server_written_out_has_the_advice_of_its_provider(tmp_path: Path) -> None:
    """`host = "smtp.qq.com"` is as good as `preset = "qq"`; of an unknown server nothing is claimed."""
    assert "授权码" in describe_login(load_mail(tmp_path, 'host = "smtp.qq.com"\nfrom = "a@qq.com"'))
    unknown = preset_of(load_mail(tmp_path, 'host = "mail.example.cn"\nfrom = "a@example.cn"'))
    assert (unknown.name, unknown.signs, unknown.from_is_login, unknown.imap) == ("custom", False, False, "")


@pytest.mark.parametrize(
    ("lines", "pace", "batch"),
    [
        ('preset = "qq"', 30, 20),
        ('preset = "outlook365"\nuser = "a@b.cn"\ntoken_command = ["x"]', 30, 20),
        ('preset = "sendgrid"', 0, 100),
        ('host = "x.cn"', 0, 20),
        ('host = "x.cn"\nper_minute = 7', 7, 20),
        ('preset = "qq"\nper_minute = 90', 90, 20),
    ],
)
def test_the_pace_is_that_of_the_file_or_the_provider(tmp_path: Path, lines: str, pace: int, batch: int) -> None:
    """Mails a minute: what is written goes before what the provider bears; 0 is no limit."""
    mail = load_mail(tmp_path, f'{lines}\nfrom = "a@b.cn"')
    assert (pace_of(mail), batch_of(mail)) == (pace, batch)


def test_only_passwords_of_a_known_shape_are_judged() -> None:
    """A 授权码 of QQ is 16 letters; what 163 gives out may look like anything."""
    presets = load_presets()
    assert presets["qq"].fits("kqzhdwabcdefghij")
    assert not presets["qq"].fits("meinPasswort1")
    assert presets["163"].fits("meinPasswort1")


def test_sendgrid_logs_in_as_apikey(tmp_path: Path) -> None:
    """A login that everybody shares comes with the preset, and does not become the sender."""
    mail = load_mail(tmp_path, 'preset = "sendgrid"\nfrom = "a@b.cn"')
    assert (mail.user, mail.sender.address) == ("apikey", "a@b.cn")


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "address", "name"),
    [
        ("e\u200b\u0301 <b@example.cn>", "b@example.cn", "é"),
        ("a@example.cn", "a@example.cn", ""),
        (" a.b+c@Example.CN ", "a.b+c@example.cn", ""),
        ("王芳 <b@example.cn>", "b@example.cn", "王芳"),
        ('"Wang, Fang" <b@example.cn>', "b@example.cn", "Wang, Fang"),
        ("<b@example.cn>", "b@example.cn", ""),
        ("root@localhost", "root@localhost", ""),
        ("a@例子.中国", "a@xn--fsqu00a.xn--fiqs8s", ""),
        ("a@bücher.de", "a@xn--bcher-kva.de", ""),
        ("王\u200b芳\u202e\r\nBcc: x <b@example.cn>", "b@example.cn", "王芳Bcc: x"),
        ("e\u0301 <b@example.cn>", "b@example.cn", "é"),
        ("长" * 60 + " <b@example.cn>", "b@example.cn", "长" * 40),
    ],
)
def test_an_address_is_read_with_or_without_a_name(text: str, address: str, name: str) -> None:
    """Addresses become ASCII, names NFC without invisible characters and at most 40 characters long."""
    assert parse_mailbox(text) == Recipient(address, name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 'exactly one "@"'),
        ("a", 'exactly one "@"'),
        ("a@@b.cn", 'exactly one "@"'),
        ("a@b@c.cn", 'exactly one "@"'),
        ("a＠b.cn", "full-width ＠"),
        ("张三@b.cn", "not plain ASCII"),
        ("a@x>\r\nRCPT TO:<e", "not one address"),
        ("a@b.cn\r\nBcc: c@d.cn", "invisible character"),
        ("a\u200b@b.cn", "invisible character"),
        ("Name <a\0@b.cn>", "invisible character"),
        ("a@b.cn, c@d.cn", "write each in quotes of its own"),
        ("a@b.cn；c@d.cn", "write each in quotes of its own"),
        ("Name <a@b.cn> <c@d.cn>", "not one address"),
        ("Name <a@b.cn", "not one address"),
        ("Name a@b.cn>", "not one address"),
        ("<<a@b.cn>>", "not one address"),
        ("<a@b.cn> Name", "not one address"),
        ("@b.cn", "no mailbox name"),
        (".a@b.cn", "no mailbox name"),
        ("a..b@b.cn", "no mailbox name"),
        ('"a b"@b.cn', "not one address"),
        ('"ab"@b.cn', "no mailbox name"),
        ("a" * 65 + "@b.cn", "no mailbox name"),
        ("a@", "no domain"),
        ("a@b_c.cn", "no domain"),
        ("a@-b.cn", "no domain"),
        ("a@b..cn", "no ASCII form"),
        ("a@b.cn.", "no domain"),
        ("a@[127.0.0.1]", "no domain"),
        ("a@straße.de", "no ASCII form"),
        ("a@" + "b" * 64 + ".cn", "no ASCII form"),
        ("a@" + "b" * 60 + ".c" * 100, "longer than 254"),
    ],
)
def test_what_is_no_address_is_refused_with_a_reason(text: str, expected: str) -> None:
    """Nothing passes that could end a command, add a header, or reach somebody else."""
    with pytest.raises(ValueError, match=expected) as caught:
        parse_mailbox(text)
    assert str(caught.value).isprintable()


@settings(deadline=None, database=None)
@given(st.text(max_size=40) | st.from_regex(r"[\w .]*<?[\w.\r\n>]+@[\w.<>\r\n ]+>?", fullmatch=True))
def test_whatever_is_taken_for_an_address_is_safe_in_a_command(text: str) -> None:
    """Any text is refused with a ValueError, or gives printable ASCII with one "@" and a name on one line."""
    try:
        recipient = parse_mailbox(text)
    except ValueError:
        return
    assert recipient.address.isascii()
    assert recipient.address.isprintable()
    assert recipient.address.count("@") == 1
    assert not set(recipient.address) & set(' <>,;:"\\()[]')
    assert len(recipient.name) <= 40
    assert recipient.name == clean_display_name(recipient.name)
    assert len(recipient.name.splitlines()) <= 1


# --- passwords ------------------------------------------------------------------------------------------------------


def write_secret(path: Path, data: bytes, mode: int = 0o600) -> Path:
    """A file with that content and mode."""
    path.write_bytes(data)
    path.chmod(mode)
    return path


def refuse_password(mail: MailSettings, environ: Mapping[str, str], patience: float = 30) -> str:
    """The message and hint that the password is refused with."""
    with pytest.raises(ConfigError) as caught:
        read_password(mail, environ, patience=patience)
    told = "".join(traceback.format_exception(caught.value))
    assert CANARY not in told
    assert CANARY not in repr(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    return str(caught.value)


def test_the_password_comes_from_the_place_that_mail_names(tmp_path: Path) -> None:
    """A variable, a file, a program: each gives its first line."""
    write_secret(tmp_path / "pw", f"{CANARY}\nsecond line\n".encode())
    command = f'password_command = ["{sys.executable}", "-c", "print(\'{CANARY}\'); print(2)"]'
    for line in ('password_env = "PW"', 'password_file = "pw"', command):
        mail = load(tmp_path, f"{BASE}{MAIL}{line}\n").require_mail()
        assert read_password(mail, {"PW": CANARY}) == CANARY


def test_the_environments_password_goes_before_all_others(tmp_path: Path) -> None:
    """DIGEST_MAIL__PASSWORD wins, whether it was there when the file was loaded or is there now."""
    text = f'{BASE}{MAIL}password_env = "PW"\n'
    loaded = load(tmp_path, text, {"DIGEST_MAIL__PASSWORD": CANARY}).require_mail()
    assert read_password(loaded, {"PW": "other"}) == CANARY
    assert read_password(load(tmp_path, text).require_mail(), {"DIGEST_MAIL__PASSWORD": CANARY, "PW": "o"}) == CANARY


def test_without_a_user_there_is_no_login(tmp_path: Path) -> None:
    """A server on this machine that asks for no login gets no password."""
    mail = load_mail(tmp_path, 'host = "localhost"\nsecurity = "none"\nfrom = "a@b.cn"')
    assert read_password(mail, {}) == ""


@pytest.mark.parametrize(
    "found", ["abcd efgh ijkl", "abcd\u00a0efgh\u3000ijkl\n", "ａｂｃｄefghｉｊｋｌ", "\tabcdefghijkl\r\n"]
)
def test_white_space_and_full_width_letters_are_taken_out_of_a_password(tmp_path: Path, found: str) -> None:
    """Google shows spaces, and pasting adds others; none of them is part of the password."""
    mail = load(tmp_path, f'{BASE}{MAIL}password_env = "PW"\n').require_mail()
    assert read_password(mail, {"PW": found}) == "abcdefghijkl"


def test_a_password_file_from_windows_has_no_byte_order_mark_in_its_password(tmp_path: Path) -> None:
    """The mark at the start of the file is not part of the password."""
    write_secret(tmp_path / "pw", b"\xef\xbb\xbfsecret\r\n")
    mail = load(tmp_path, f'{BASE}{MAIL}password_file = "pw"\n').require_mail()
    assert read_password(mail, {}) == "secret"


@pytest.mark.parametrize("odd", ["密码", "\u200b", "\x7f"])
def test_a_password_that_is_not_ascii_is_refused_without_being_shown(tmp_path: Path, odd: str) -> None:
    """The message tells the position of the odd character and nothing of the password."""
    mail = load(tmp_path, f'{BASE}{MAIL}password_env = "PW"\n').require_mail()
    said = refuse_password(mail, {"PW": CANARY + odd})
    assert f"the variable PW is not plain ASCII (character {len(CANARY) + 1})" in said
    assert odd not in said


def test_a_missing_variable_is_named_with_the_way_to_set_it(tmp_path: Path) -> None:
    """The message names the variable, and the hint how to set it and what QQ wants there."""
    mail = load(tmp_path, f'{BASE}{MAIL}password_env = "PW"\n').require_mail()
    said = refuse_password(mail, {})
    assert "the variable PW, which password_env names, is not set" in said
    assert "export PW=" in said
    assert "授权码" in said
    assert "is empty" in refuse_password(mail, {"PW": ""})
    assert "the variable PW is empty" in refuse_password(mail, {"PW": " \n"})


def test_a_user_without_any_password_is_told_where_to_put_one(tmp_path: Path) -> None:
    """[mail] with a user and no source of a password is refused when the password is wanted."""
    said = refuse_password(load(tmp_path, BASE + MAIL).require_mail(), {})
    assert "names the user me@qq.com but no password" in said
    assert "password_env" in said


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o611])
def test_a_password_file_that_others_can_touch_is_refused(tmp_path: Path, mode: int) -> None:
    """Any permission for group or others is refused with the chmod that takes it away."""
    path = write_secret(tmp_path / "pw", CANARY.encode(), mode)
    mail = load(tmp_path, f'{BASE}{MAIL}password_file = "pw"\n').require_mail()
    assert f"chmod 600 {path}" in refuse_password(mail, {})


def test_a_password_that_systemd_hands_over_is_read(tmp_path: Path) -> None:
    """$CREDENTIALS_DIRECTORY is expanded; its group may read the file, the others may not; elsewhere it is told."""
    text = f'{BASE}{MAIL}password_file = "$CREDENTIALS_DIRECTORY/smtp"\n'
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path / "handed")}
    (tmp_path / "handed").mkdir()
    path = write_secret(tmp_path / "handed" / "smtp", CANARY.encode(), 0o440)
    mail = load(tmp_path, text, environ).require_mail()
    assert mail.password_file == path
    assert read_password(mail, environ) == CANARY
    path.chmod(0o444)
    assert "others can read" in refuse_password(mail, environ)
    assert "systemd's, which did not start this program" in refuse_password(load(tmp_path, text).require_mail(), {})


def test_a_password_file_that_is_missing_empty_or_a_folder_says_so(tmp_path: Path) -> None:
    """Each way to fail has its message."""
    mail = load(tmp_path, f'{BASE}{MAIL}password_file = "pw"\n').require_mail()
    assert "there is no password file" in refuse_password(mail, {})
    path = write_secret(tmp_path / "pw", b"")
    assert "is empty" in refuse_password(mail, {})
    path.unlink()
    path.mkdir()
    assert "cannot be read" in refuse_password(mail, {})


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (f"import sys; print('{CANARY}'); sys.exit(3)", "ended with exit code 3"),
        ("pass", "is empty"),
        (f"print('{CANARY}é')", "is not plain ASCII"),
    ],
)
def test_a_program_that_gives_no_password_is_named_without_its_output(tmp_path: Path, code: str, expected: str) -> None:
    """What the program printed, and its arguments, stay out of the message."""
    mail = load(tmp_path, f"{BASE}{MAIL}password_command = [{sys.executable!r}, '-c', {code!r}]\n".replace("'", '"', 0))
    assert expected in refuse_password(mail.require_mail(), {})


def test_a_program_that_does_not_exist_says_so(tmp_path: Path) -> None:
    """A misspelt program is reported with the system's reason."""
    mail = load(tmp_path, f'{BASE}{MAIL}password_command = ["no-such-program-here", "{CANARY}"]\n').require_mail()
    assert "password_command no-such-program-here cannot be started" in refuse_password(mail, {})
    assert CANARY not in repr(mail)


def test_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    """A program that asks something at night is given up after the time that it has."""
    code = f"print('{CANARY}', flush=True); import time; time.sleep(60)"
    mail = load(tmp_path, f'{BASE}{MAIL}password_command = ["{sys.executable}", "-c", "{code}"]\n').require_mail()
    assert "gave no password within 0.2 s" in refuse_password(mail, {}, 0.2)


def install_keyring(monkeypatch: pytest.MonkeyPatch, ask: Callable[[str, str], str | None]) -> type[Exception]:
    """A stand-in for the package keyring, which is not among the dependencies; returns its error class."""
    package, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    error = type("KeyringError", (Exception,), {})
    package.__dict__["get_password"] = ask
    errors.__dict__["KeyringError"] = error
    monkeypatch.setitem(sys.modules, "keyring", package)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return error


def test_the_keyring_is_asked_for_digest_and_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry is the one that `keyring set digest USER` stores."""
    install_keyring(monkeypatch, lambda service, user: CANARY if (service, user) == ("digest", "me@qq.com") else None)
    assert read_password(load(tmp_path, f"{BASE}{MAIL}keyring = true\n").require_mail(), {}) == CANARY


def test_a_keyring_that_knows_nothing_or_fails_says_how_to_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No entry, no backend and no package each end in a remedy."""
    mail = load(tmp_path, f"{BASE}{MAIL}keyring = true\n").require_mail()
    install_keyring(monkeypatch, lambda service, user: None)
    assert "keyring set digest me@qq.com" in refuse_password(mail, {})

    def fail(service: str, user: str) -> str | None:
        raise error(CANARY)

    error = install_keyring(monkeypatch, fail)
    assert "the keyring cannot be asked (KeyringError)" in refuse_password(mail, {})
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "pip install keyring" in refuse_password(mail, {})


def test_no_password_shows_in_settings_or_errors(tmp_path: Path) -> None:
    """The canary of the environment is in no str, repr, dump or message, also where the file has mistakes."""
    environ = {"DIGEST_MAIL__PASSWORD": CANARY, "DIGEST_STORE__URL": f"postgresql://u:{CANARY}@db/x"}
    s = load(tmp_path, CORE, environ)
    mail = s.require_mail()
    for shown in (str(s), repr(s), repr(mail), str(mail), s.model_dump_json(include={"mail"}), repr(s.store)):
        assert CANARY not in shown
    bad = CORE.replace("items = 30", f'items = "{CANARY}"').replace('user = "me', f'pass = "{CANARY}"\nuser = "张')
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, bad, environ | {"DIGEST_MAIL__PORT": CANARY, "DIGEST_MAIL__SECURITY": CANARY})
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + "".join(caught.value.mistakes)
    assert len(caught.value.mistakes) == 5
    assert CANARY not in told


def test_broken_toml_around_a_password_does_not_show_it(tmp_path: Path) -> None:
    """Where the file cannot even be read, the message has the place and not the text."""
    for line in (f"password = {CANARY}", f'password = "{CANARY}', f'password = "{CANARY}"x', f"password = “{CANARY}”"):
        with pytest.raises(ConfigError) as caught:
            load(tmp_path, f"{BASE}{MAIL}{line}\n")
        told = "".join(traceback.format_exception(caught.value)) + "".join(caught.value.mistakes)
        assert CANARY not in told


def token_mail(folder: Path, *words: str) -> MailSettings:
    """[mail] with a program that prints a token."""
    listed = ", ".join(f"'{word}'" for word in words)
    return load_mail(folder, f'preset = "outlook365"\nuser = "a@b.cn"\nfrom = "a@b.cn"\ntoken_command = [{listed}]')


def test_a_token_is_the_first_line_that_the_program_prints(tmp_path: Path) -> None:
    """Without white space; the program is no shell's line, and no password is asked for."""
    mail = token_mail(tmp_path, "printf", "  eyJ0.abc-_=+/~  \\nmore")
    assert read_token(mail) == "eyJ0.abc-_=+/~"
    assert read_password(mail, {"DIGEST_SMTP_PASSWORD": CANARY}) == ""
    assert locate_password(mail, {}) == "a token printed by printf"
    assert "printf" not in repr(mail)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("true",), "printed nothing"),
        (("false",), "ended with exit code 1"),
        (("no-such-program-here",), "cannot be started"),
        (("echo", '{"access_token": "' + CANARY + '"}'), "printed something that is no access token"),
        (("echo", f"error: {CANARY} is expired"), "printed something that is no access token"),
        (("echo", CANARY + "令牌"), "printed something that is no access token"),
        (("python3", "-c", f'print("{CANARY}" * 1000)'), "printed something that is no access token"),
        (("sleep", "9"), "gave no token within 0.2 s"),
    ],
)
def test_what_is_no_token_is_told_and_not_shown(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    """Nothing, a sentence, JSON, too much: the program is named, what it printed is not."""
    with pytest.raises(ConfigError, match="token_command") as caught:
        read_token(token_mail(tmp_path, *words), patience=0.2 if words[0] == "sleep" else 30)
    assert said in caught.value.message
    assert caught.value.hint
    assert CANARY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("lines", "environ", "place"),
    [
        ('password_env = "PW"', {}, "the variable PW"),
        ('password_env = "PW"', {"DIGEST_MAIL__PASSWORD": CANARY}, "the variable DIGEST_MAIL__PASSWORD"),
        ('password_command = ["pass", "show"]', {}, "the output of pass"),
        ("keyring = true", {}, "the keyring's entry for me@qq.com"),
        ("", {}, ""),
    ],
)
def test_where_the_password_comes_from_is_said_without_reading_it(
    tmp_path: Path, lines: str, environ: dict[str, str], place: str
) -> None:
    """The place is named, whether or not anything is there."""
    mail = load(tmp_path, f"{BASE}{MAIL}{lines}\n").require_mail()
    assert locate_password(mail, environ) == place


def test_the_environment_can_name_the_program_of_tokens(tmp_path: Path) -> None:
    """It stands in for every other way to log in, and numbers, true and tables are read as in the file."""
    environ = {
        "DIGEST_MAIL__TOKEN_COMMAND": '["oauth2", "token"]',
        "DIGEST_MAIL__PER_MINUTE": "5",
        "DIGEST_MAIL__GIVE_UP": "3",
        "DIGEST_MAIL__DKIM": '{ domain = "qq.com", selector = "s", key_file = "k.pem" }',
    }
    mail = load(tmp_path, f'{BASE}{MAIL}password_env = "PW"\n', environ).require_mail()
    assert (mail.token_command, mail.password_env) == (("oauth2", "token"), "")
    assert (mail.per_minute, mail.give_up) == (5, 3)
    assert mail.dkim is not None
    again = load(tmp_path, f'{BASE}{MAIL}token_command = ["x"]\n', {"DIGEST_MAIL__PASSWORD": CANARY}).require_mail()
    assert again.token_command == ()


# --- weight ---------------------------------------------------------------------------------------------------------


def test_importing_the_configuration_loads_nothing_heavy() -> None:
    """pydantic is the heaviest thing that `digest.config` itself imports."""
    code = (
        "import sys; before = set(sys.modules); import digest; new = set(sys.modules) - before; import digest.config; "
        "print(*sorted({m.partition('.')[0] for m in set(sys.modules) - before - new}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"jieba", "networkx", "numpy", "scipy", "sqlalchemy", "jinja2", "yagmail", "lxml", "keyring", "click"}
    assert heavy.isdisjoint(done.stdout.split())
