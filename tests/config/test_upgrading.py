"""A configuration of an earlier digest opens, and `digest config upgrade` loses no word of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.config import load_settings, read_template
from digest.config.loading import READS_VERSION
from digest.config.upgrading import STEPS, plan_upgrade, write_upgrade
from digest.errors import ConfigError
from tests.config.conftest import OWN

EARLIER = sorted(Path(__file__).with_name("earlier").glob("*.toml"))
UNTOLD = OWN.replace("version = 1\n", "")


def test_there_are_earlier_configurations() -> None:
    """Those that commits of this project wrote."""
    assert len(EARLIER) >= 4


@pytest.mark.parametrize("written", EARLIER, ids=lambda path: path.stem)
def test_what_an_earlier_commit_wrote_opens_and_means_the_same(written: Path, tmp_path: Path) -> None:
    """One source, one edition, daily at eight; nothing is to be upgraded."""
    path = tmp_path / "digest.toml"
    path.write_bytes(written.read_bytes())
    settings, now = load_settings(path, {}), tmp_path / "now.toml"
    now.write_text(read_template(), "utf-8")
    assert settings.editions() == load_settings(now, {}).editions()
    assert settings.source == load_settings(now, {}).source
    assert plan_upgrade(path, {}).steps == ()


@pytest.mark.parametrize("written", EARLIER, ids=lambda path: path.stem)
def test_with_all_that_it_offered_it_still_opens(written: Path, tmp_path: Path) -> None:
    """[mail] and [store] as the earlier file showed them, their comment signs taken away."""
    lines = written.read_text("utf-8").splitlines()
    keys = ("[mail]", "[store]", "preset =", "user =", "password_env =", "from =", 'path = "digest.db"')
    ends = next(n for n, line in enumerate(lines) if "[bounces]" in line or "Sources" in line)
    mail = [line[2:] if line.startswith("# ") and line[2:].startswith(keys) else line for line in lines[:ends]]
    path = tmp_path / "digest.toml"
    path.write_text("\n".join([*mail, *lines[ends:]]), "utf-8")
    assert load_settings(path, {}).require_mail().host == "smtp.qq.com"


def test_a_file_without_version_gets_one_below_its_heading(path: Path) -> None:
    """All else stays, mode and line ends too; what it was is kept beside it, each time under a free name."""
    path.write_bytes(b"\xef\xbb\xbf" + UNTOLD.replace("\n", "\r\n").encode())
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="has 1 mistake"):
        load_settings(path, {})
    plan = plan_upgrade(path, {})
    assert plan.steps == ("version = 1 was added",)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf# \xe6")  # nothing is written yet
    copy = write_upgrade(path, plan)
    assert path.read_bytes() == b"\xef\xbb\xbf" + OWN.replace("\n", "\r\n").encode()
    assert (copy.name, copy.read_bytes()) == (
        "digest.toml.bak",
        b"\xef\xbb\xbf" + UNTOLD.replace("\n", "\r\n").encode(),
    )
    assert (path.stat().st_mode & 0o777, copy.stat().st_mode & 0o777) == (0o600, 0o600)
    assert load_settings(path, {}).version == 1
    path.write_text(UNTOLD, "utf-8")
    assert write_upgrade(path, plan_upgrade(path, {})).name == "digest.toml.bak2"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{rest}", "version = 1\n{rest}"),
        ("# a\n# b\n\n{rest}", "# a\n# b\n\nversion = 1\n\n{rest}"),
        ("version = 0  # 旧\n{rest}", "version = 1  # 旧\n{rest}"),
    ],
)
def test_the_version_stands_at_the_top(before: str, after: str, tmp_path: Path) -> None:
    """Above every table, below what the file begins with."""
    rest = '[[source]]\nname = "s"\nkind = "folder"\npath = "s"\n[[edition]]\nname = "e"\n'
    path = tmp_path / "digest.toml"
    path.write_text(before.format(rest=rest), "utf-8")
    assert plan_upgrade(path, {}).after == after.format(rest=rest)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version = 2\n", "version = 2, .*pip install --upgrade"),
        ('version = "1"\n', "no version that ever was"),
        ("version = -1\n", "no version that ever was"),
        ("timezone = 3\n", "mistake"),
        ("x = [", "not valid TOML"),
    ],
)
def test_what_cannot_be_upgraded_is_told_and_left(tmp_path: Path, text: str, said: str) -> None:
    """A newer version, none that ever was, mistakes, broken TOML."""
    path = tmp_path / "digest.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=said):
        plan_upgrade(path, {})
    assert [file.name for file in tmp_path.iterdir()] == ["digest.toml"]


def test_a_step_leads_on_from_every_earlier_version() -> None:
    """There is no version from which the present one cannot be reached."""
    assert sorted(STEPS) == list(range(READS_VERSION))
