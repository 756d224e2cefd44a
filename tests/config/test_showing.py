"""`digest config show`: every setting in effect, where it is from, and no secret."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from digest.config import load_settings
from digest.config.loading import load_document
from digest.config.settings import TABLES
from digest.config.showing import Setting, list_settings, name_setting, print_toml
from tests.config.conftest import OWN

MAIL = """
[mail]
preset = "qq"
user = "me@qq.com"
password_command = ["pass", "geheim-3"]
[store]
url = "postgresql://me:geheim-4@db.example/digest?sslpassword=geheim-5&sslmode=require"
[monitoring]
heartbeat = "https://hc.example:8443/ping/geheim-6"
[[group]]
name = "处长"
command = ["ldap-list", "-w", "geheim-7"]
"""


def show(path: Path, environ: dict[str, str] | None = None) -> dict[str, Setting]:
    """The settings by their names."""
    settings = list_settings(load_document(path, environ or {}))
    values = {one.path: one.value for one in settings}
    return {name_setting(one.path, values): one for one in settings}


def test_each_value_says_where_it_is_from(path: Path, tmp_path: Path) -> None:
    """The file and line, an included file, a variable, the preset, the login, or the default."""
    path.write_text(OWN.replace("version", 'include = ["mail.toml"]\nversion'), "utf-8")
    (tmp_path / "mail.toml").write_text('[mail]\npreset = "qq"\nuser = "me@qq.com"\n', "utf-8")
    shown = show(path, {"DIGEST_COLLECT__SECONDS": "5", "DIGEST_MAIL__PASSWORD": "geheim"})
    found = {name: (one.value, one.origin, one.where) for name, one in shown.items()}
    assert found["timezone"] == ("Asia/Shanghai", "file", "digest.toml:4")
    assert found["mail.user"] == ("me@qq.com", "file", "mail.toml:3")
    assert found["mail.host"] == ("smtp.qq.com", "preset", 'preset "qq"')
    assert found["mail.from"] == ("me@qq.com", "preset", "mail.user")
    assert found["mail.password"] == ("***", "variable", "DIGEST_MAIL__PASSWORD")
    assert found["collect.seconds"] == (5.0, "variable", "DIGEST_COLLECT__SECONDS")
    assert found["collect.megabytes"] == (10, "default", "")
    assert found["edition.daily.schedule.days"] == ("workdays", "file", "digest.toml:31")
    assert found["edition.weekly.summary.chars"] == (90, "file", "digest.toml:37")
    assert found["edition.weekly.section.财经.words"] == (["央行"], "file", "digest.toml:40")
    assert found["source.samples.path"] == (str(tmp_path / "samples"), "file", "digest.toml:16")


def test_what_a_variable_replaced_is_not_said_to_be_from_the_file(path: Path) -> None:
    """DIGEST_STORE__URL makes the file's path void: it is not shown as if it counted."""
    path.write_text(OWN + '[store]\npath = "x.db"\n', "utf-8")
    shown = show(path, {"DIGEST_STORE__URL": "sqlite:///y.db"})
    assert (shown["store.path"].value, shown["store.path"].origin) == (None, "default")
    assert shown["store.url"].where == "DIGEST_STORE__URL"


def test_no_secret_is_shown(path: Path) -> None:
    """Passwords and tokens in addresses, headers, a heartbeat's path, the words of programs; what is none is there."""
    path.write_text(OWN + MAIL, "utf-8")
    settings = list_settings(load_document(path, {"DIGEST_MAIL__REPLY_TO": "a@example.cn"}))
    text = "\n".join(print_toml(settings)) + repr([one.value for one in settings])
    assert "geheim" not in text
    shown = show(path)
    assert shown["source.www.example.cn.url"].value == "https://www.example.cn/feed.xml?token=***"
    assert shown["source.www.example.cn.headers"].value == {"Authorization": "***", "Referer": "$REF"}
    assert shown["store.url"].value == "postgresql://me:***@db.example/digest?sslpassword=***&sslmode=require"
    assert shown["monitoring.heartbeat"].value == "https://hc.example:8443/***"
    assert shown["mail.password_command"].value == ["pass", "***"]
    assert shown["group.处长.command"].value == ["ldap-list", "***", "***"]


def test_what_is_shown_is_a_configuration_that_means_the_same(path: Path, tmp_path: Path) -> None:
    """The TOML loads, where nothing was masked, to equal settings."""
    path.write_text(OWN.replace("?token=geheim-1", "").replace('Authorization = "geheim-2", ', ""), "utf-8")
    settings = load_settings(path, {})
    copy = tmp_path / "copy.toml"
    copy.write_text("\n".join(print_toml(list_settings(load_document(path, {})))), "utf-8")
    assert load_settings(copy, {}) == settings
    path.write_text('include = ["*.d/*.toml"]\n' + path.read_text("utf-8"), "utf-8")
    copy.write_text("\n".join(print_toml(list_settings(load_document(path, {})))), "utf-8")
    assert load_settings(copy, {}) == settings  # what was included is not included twice


@pytest.mark.parametrize("table", [table for table in TABLES if table and table[0] not in ("group",)])
def test_every_setting_is_shown(path: Path, table: tuple[str, ...]) -> None:
    """Each key of each table, but for what a folder has no use for and a password that is not there."""
    dkim = 'dkim = { domain = "qq.com", selector = "s", key_file = "k" }\n[[source]]\nname = "j"\nkind = "json"\n'
    path.write_text(
        OWN + '[mail]\npreset = "qq"\nuser = "me@qq.com"\n' + dkim + 'url = "https://x.cn"\n'
        '[[source]]\nname = "l"\nkind = "page-list"\nurl = "https://x.cn/l"\n',
        "utf-8",
    )
    names = {
        tuple(part for part in one.path if isinstance(part, str)) for one in list_settings(load_document(path, {}))
    }
    shown = {name[: len(table) + 1] for name in names}
    keys = set(TABLES[table].list_examples()) - {"password"}
    assert {(*table, key) for key in keys} <= shown


def test_times_that_a_cron_line_makes_void_are_not_shown(path: Path) -> None:
    """The line names them itself."""
    path.write_text(OWN.replace('at = "08:00", days = "workdays"', 'days = "30 7 * * 1-5"'), "utf-8")
    assert "edition.daily.schedule.at" not in show(path)
    assert tomllib.loads("\n".join(print_toml(list(show(path).values()))))["edition"][0]["schedule"] == {
        "days": "30 7 * * 1-5",
        "catch_up": "merge",
    }
