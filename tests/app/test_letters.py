"""The letter of an issue: a user's templates where they work, ours where they do not, and a word about it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.app.doctor.trial import EVERYTHING, trial_issue, try_all_themes
from digest.app.issues.letters import BUILT_IN, fell_back, try_templates, write_letter
from digest.collect.templates import export_templates
from digest.config import MailSettings, Settings
from digest.errors import TemplateError
from digest.model import Attachment, Issue, Letter

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
ISSUE = trial_issue(NOW)
PLAIN = Settings(version=1)
PICTURE = Attachment("0123456789abcdef.jpg", "image/jpeg", b"picture", "0123456789abcdef@digest")


def with_own(folder: Path, **templates: str) -> Settings:
    """Settings with a folder of these templates: `subject_txt="…"`."""
    for name, text in templates.items():
        (folder / f"{name.replace('_', '.')}.j2").write_text(text, encoding="utf-8")
    return Settings(version=1, templates=folder)


def made(settings: Settings, issue: Issue = ISSUE, seconds: float = 10.0) -> Letter:
    """The letter without the foot of a mail."""
    return write_letter(issue, settings, None, seconds=seconds)


def test_without_templates_of_ones_own_ours_are_used() -> None:
    """Nothing is said then, and nothing fell back."""
    letter = made(PLAIN)
    assert not letter.warnings
    assert not fell_back(letter)
    assert "便民服务点的第1篇报道" in letter.html


def test_exported_and_left_alone_they_are_still_ours(tmp_path: Path) -> None:
    """A folder just exported gives the very same letter."""
    export_templates(tmp_path / "own")
    assert made(Settings(version=1, templates=tmp_path / "own")) == made(PLAIN)


def test_ones_own_override_ours_file_by_file(tmp_path: Path) -> None:
    """The subject is the user's, the rest is ours."""
    letter = made(with_own(tmp_path, subject_txt="晨报 {{ date.iso }}"))
    assert letter.subject == "晨报 2026-11-20"
    assert letter.html == made(PLAIN).html


def test_a_theme_of_ones_own_builds_upon_ours(tmp_path: Path) -> None:
    """`theme = "mine"` is the file mine.html.j2, which may extend what is packaged."""
    settings = with_own(tmp_path, mine_html='{% extends "digest.html.j2" %}')
    letter = made(settings, replace(ISSUE, theme="mine"))
    assert not fell_back(letter)
    assert "便民服务点的第1篇报道" in letter.html


def test_an_unknown_theme_falls_back_to_the_modern_one() -> None:
    """The letter goes out, and says why it looks otherwise."""
    letter = made(PLAIN, replace(ISSUE, theme="missing"))
    assert fell_back(letter)
    assert "missing.html.j2" in letter.warnings[-1]
    assert letter.html == made(PLAIN).html


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("digest_html", "a\n{% if %}", "digest.html.j2, line 2: "),
        ("digest_html", "a\n\n{{ titel }}", "line 3: 'titel' is undefined (did you mean title?)"),
        ("subject_txt", " ", "subject.txt.j2 gives an empty subject"),
        ("digest_txt", "{% include '../secret' %}", "../secret, which is missing"),
        ("digest_txt", "{{ 'a' * 2000000000 }}", "digest.txt.j2, line 1: it needs more memory than it may have"),
        ("digest_txt", "\n{{ 'a' * 6000000 }}", "digest.txt.j2 gives more than 5,000,000 characters"),
        ("digest_txt", "{% for n in range(70000) %}{{ title * 100 }}{% endfor %}", "more than 5,000,000 characters"),
        ("digest_html", "{{ title | safe }}", "digest.html.j2, line 1: No filter named 'safe'"),
        ("digest_html", "{% autoescape false %}{{ title }}{% endautoescape %}", "escaping cannot be switched"),
    ],
)
def test_what_fails_falls_back_to_ours_and_says_where(tmp_path: Path, name: str, text: str, told: str) -> None:
    """One sentence: the file and line, what is wrong, what to do, and that the built-in ones were used."""
    letter = made(with_own(tmp_path, **{name: text}))
    assert replace(letter, warnings=()) == replace(made(PLAIN), warnings=())
    (warning,) = letter.warnings
    assert told in warning
    assert f"template {tmp_path}/" in warning
    assert warning.endswith(f"; {BUILT_IN}")
    assert fell_back(letter)


def test_an_endless_loop_is_broken_off_and_its_line_is_told(tmp_path: Path) -> None:
    """After its time, and not much later, ours are used."""
    many = "in range(90000) %}"
    loops = f"{{% for a {many}{{% for b {many}{{% if a > b + 99999 %}}x{{% endif %}}{{% endfor %}}{{% endfor %}}"
    before = time.monotonic()
    letter = made(with_own(tmp_path, digest_txt=f"ok\n{loops}"), seconds=1.0)
    assert time.monotonic() - before < 30
    assert "digest.txt.j2, line 2: took longer than 1 s" in letter.warnings[-1]
    assert letter.text == made(PLAIN).text


def test_one_long_step_that_no_alarm_breaks_off_is_killed(tmp_path: Path) -> None:
    """A single operation of minutes ends with its process."""
    settings = with_own(tmp_path, digest_txt="{{ 9 ** (9 ** 9) % 7 }}")
    before = time.monotonic()
    letter = made(settings, seconds=0.5)
    assert time.monotonic() - before < 30
    assert fell_back(letter)


def test_a_folder_that_cannot_be_read_falls_back(tmp_path: Path) -> None:
    """A missing folder, and a file that is no text, stop no letter."""
    assert "does not exist" in made(Settings(version=1, templates=tmp_path / "gone")).warnings[-1]
    (tmp_path / "subject.txt.j2").write_bytes("主题".encode("gb18030"))
    letter = made(Settings(version=1, templates=tmp_path))
    assert fell_back(letter)
    assert "subject.txt.j2 cannot be read" in letter.warnings[-1]


def test_the_foot_says_how_to_leave() -> None:
    """By mail to the sender, or at the address that is given."""
    mail = MailSettings.model_validate(
        {"host": "127.0.0.1", "port": 25, "security": "none", "from": "甲 <a@b.example>"}
    )
    assert "a@b.example" in write_letter(ISSUE, PLAIN, mail).text
    assert "https://leave.example/x" in write_letter(ISSUE, PLAIN, mail, "https://leave.example/x").html


def test_only_pictures_at_hand_and_shown_go_along(tmp_path: Path) -> None:
    """No empty frame without the bytes, no bytes without a frame."""
    without, shown = made(PLAIN), write_letter(ISSUE, PLAIN, None, pictures=[PICTURE])
    assert "cid:" not in without.html
    assert not [a for a in without.attachments if a.cid]
    assert f'src="cid:{PICTURE.cid}"' in shown.html
    assert [a for a in shown.attachments if a.cid] == [PICTURE]
    own = with_own(tmp_path, digest_html="<html><head></head><body>{{ title }}</body></html>")
    assert not [a for a in write_letter(ISSUE, own, None, pictures=[PICTURE]).attachments if a.cid]


def test_every_branch_of_every_theme_is_tried(tmp_path: Path) -> None:
    """A mistake in what only an empty issue shows is found, before a quiet day finds it."""
    assert [line for line in try_all_themes(PLAIN, NOW) if "theme modern, zh-Hans: renders" in line]
    own = with_own(tmp_path, subject_txt="{% if count %}{{ title }}{% else %}{{ nothing }}{% endif %}")
    with pytest.raises(TemplateError, match="'nothing' is undefined"):
        list(try_all_themes(own, NOW))


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
@pytest.mark.parametrize("theme", ["modern", "gongwen"])
def test_the_trial_issue_renders_in_what_is_built_in(theme: str, language: str) -> None:
    """Every theme, every language, with nothing to warn of."""
    edition = replace(EVERYTHING, theme=theme, language=language)  # type: ignore[arg-type]  # one of the three
    letter = try_templates(trial_issue(NOW, edition), None, None)
    assert letter.subject
    assert not letter.warnings
