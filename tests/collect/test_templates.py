"""Templates: those of the package, a user's own in their place, and a copy to begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.collect.templates import export_templates, load_templates, packaged_templates
from digest.errors import TemplateError

NAMES = {"digest.html.j2", "digest.txt.j2", "subject.txt.j2", "modern.html.j2", "gongwen.html.j2"}


def test_the_package_has_its_templates() -> None:
    """Page, text, subject and the themes are there, and none is empty."""
    templates = packaged_templates()
    assert set(templates) >= NAMES
    assert all(text.strip() for text in templates.values())


def test_without_a_folder_the_package_speaks() -> None:
    """No folder of one's own means the packaged templates."""
    assert load_templates(None) == packaged_templates()


def test_a_template_of_ones_own_takes_the_place_of_the_packaged_one(tmp_path: Path) -> None:
    """File by file: the others stay, and files of other kinds do not matter."""
    (tmp_path / "subject.txt.j2").write_text("我的主题\n", encoding="utf-8")
    (tmp_path / "extra.html.j2").write_text("{{ title }}", encoding="utf-8")
    (tmp_path / "notes.txt").write_bytes(b"\xff\xfe")
    expected = packaged_templates() | {"subject.txt.j2": "我的主题\n", "extra.html.j2": "{{ title }}"}
    assert load_templates(tmp_path) == expected


def test_an_empty_folder_changes_nothing(tmp_path: Path) -> None:
    """Who overrides nothing gets the packaged templates."""
    assert load_templates(tmp_path) == packaged_templates()


def test_a_byte_order_mark_is_no_part_of_a_template(tmp_path: Path) -> None:
    """An editor that writes one, or Windows line ends, changes no letter."""
    (tmp_path / "subject.txt.j2").write_bytes(b"\xef\xbb\xbf" + "主题\r\n".encode())
    assert load_templates(tmp_path)["subject.txt.j2"] == "主题\n"


@pytest.mark.parametrize("name", ["missing", "file"])
def test_a_missing_folder_says_how_to_make_one(tmp_path: Path, name: str) -> None:
    """A folder that is not there, or a file in its place, is an error with the command as hint."""
    (tmp_path / "file").touch()
    with pytest.raises(TemplateError, match="does not exist") as caught:
        load_templates(tmp_path / name)
    assert f"digest templates export {tmp_path / name}" in caught.value.hint


def test_a_template_that_is_no_text_is_named(tmp_path: Path) -> None:
    """The error names the file that is not UTF-8, or that is a folder."""
    (tmp_path / "subject.txt.j2").write_bytes("主题".encode("gb18030"))
    with pytest.raises(TemplateError, match="subject.txt.j2 cannot be read"):
        load_templates(tmp_path)
    (tmp_path / "subject.txt.j2").unlink()
    (tmp_path / "digest.html.j2").mkdir()
    with pytest.raises(TemplateError, match="digest.html.j2 cannot be read"):
        load_templates(tmp_path)


def test_what_is_exported_is_what_was_packaged(tmp_path: Path) -> None:
    """Written into a folder that need not be there yet, and read back the same."""
    folder = tmp_path / "my" / "templates"
    paths = export_templates(folder)
    assert [path.name for path in paths] == sorted(packaged_templates())
    assert all(path.parent == folder for path in paths)
    assert load_templates(folder) == packaged_templates()


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    """One template that is there stops the export before it writes; with force all are written."""
    own = tmp_path / "subject.txt.j2"
    own.write_text("我的", encoding="utf-8")
    with pytest.raises(TemplateError, match="subject.txt.j2 is already there"):
        export_templates(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["subject.txt.j2"]
    assert own.read_text("utf-8") == "我的"
    export_templates(tmp_path, force=True)
    assert own.read_text("utf-8") == packaged_templates()["subject.txt.j2"]


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").touch()
    with pytest.raises(TemplateError, match="cannot be written") as caught:
        export_templates(tmp_path / "file" / "templates")
    assert caught.value.hint
