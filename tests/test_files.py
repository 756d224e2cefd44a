"""A file is replaced at one stroke: whole or not at all, the link and the owner as they were."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from digest.files import follow_links, replace_bytes


def test_it_has_the_bytes_and_the_mode(tmp_path: Path) -> None:
    """A new file is its owner's alone, one that is replaced gets the mode it is given; nothing else is left."""
    file = tmp_path / "x"
    replace_bytes(file, b"1")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    replace_bytes(file, b"22", 0o644)
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"22", 0o644)
    assert [one.name for one in tmp_path.iterdir()] == ["x"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it leads to is replaced; a link into nothing makes the file there."""
    for name in ("there", "not-yet"):
        link = tmp_path / f"link-{name}"
        link.symlink_to(tmp_path / name)
    (tmp_path / "there").write_bytes(b"0")
    for name in ("there", "not-yet"):
        replace_bytes(tmp_path / f"link-{name}", b"1")
        assert (tmp_path / f"link-{name}").is_symlink()
        assert (tmp_path / name).read_bytes() == b"1"


@pytest.mark.skipif(os.geteuid() != 0, reason="root only gives files away")
def test_what_root_changes_stays_its_owners(tmp_path: Path) -> None:
    """Else the service whose configuration an administrator changes could not read it any more."""
    file = tmp_path / "digest.toml"
    file.write_bytes(b"0")
    os.chown(file, 65534, 65533)
    replace_bytes(file, b"1", 0o640)
    assert (file.stat().st_uid, file.stat().st_gid) == (65534, 65533)


def test_only_an_ordinary_file_is_replaced(tmp_path: Path) -> None:
    """A pipe, a folder and a link that leads to itself are refused, and stay what they are."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("pipe", "folder", "loop"):
        with pytest.raises(OSError, match=r"ordinary|levels of symbolic"):
            replace_bytes(tmp_path / name, b"1")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert (tmp_path / "loop").is_symlink()
    assert len(list(tmp_path.iterdir())) == 3


def test_a_long_name_is_no_trouble(tmp_path: Path) -> None:
    """What is written beside the file has a short name."""
    replace_bytes(tmp_path / ("n" * 255), b"1")
    assert follow_links(tmp_path / ("n" * 255)).read_bytes() == b"1"
