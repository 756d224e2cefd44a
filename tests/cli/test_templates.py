"""digest templates check, and what a preview does with templates that fail or load something."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from digest.cli.templates import templates
from digest.errors import TemplateError, UsageError
from tests.cli.conftest import Terminal, edition, source


def check(terminal: Terminal, top: str = 'templates = "mine"', more: str = "") -> Result:
    """The result of the check with this configuration."""
    path = terminal.write("digest.toml", f"version = 1\n{top}\n{source(terminal.write_news())}{edition(more=more)}")
    return CliRunner().invoke(templates, ["check", "--config", str(path), "--now", "2026-11-22T09:00"])


def test_templates_that_work_are_told_with_what_they_make(terminal: Terminal) -> None:
    """A line for each theme in use: its size, and the subject of the trial."""
    terminal.write("mine/subject.txt.j2", "晨报 {{ date.iso }}")
    result = check(terminal)
    assert result.exit_code == 0
    assert result.output.startswith("theme modern, zh-Hans: renders, ")
    assert "subject: 晨报 2026-11-22" in result.output


def test_what_a_page_would_load_is_counted(terminal: Terminal) -> None:
    """A picture of the web, or a style sheet: our own pages load nothing."""
    terminal.write("mine/subject.txt.j2", "x")
    assert "loads" not in check(terminal).output
    terminal.write(
        "mine/mine.html.j2", '<html><link href="//a.example/a.css"><img src="https://a.example/p.gif"></html>'
    )
    assert "it loads 2 things from the web" in check(terminal, more='theme = "mine"').output


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("item.html.j2", "\n{{ story.titel }}", "item.html.j2, line 2"),
        ("subject.txt.j2", "{% if not count %}{{ empty }}{% endif %}x", "'empty' is undefined"),
        ("mine.html.j2", "<html>{{ nothing }}", "mine.html.j2, line 1"),
    ],
)
def test_a_mistake_is_named_before_a_mail_meets_it(terminal: Terminal, name: str, text: str, told: str) -> None:
    """With file and line, in whatever branch or theme it stands."""
    terminal.write(f"mine/{name}", text)
    result = check(terminal, more='theme = "mine"' if name.startswith("mine") else "")
    assert isinstance(result.exception, TemplateError)
    assert told in result.exception.message


def test_where_there_are_none_it_says_how_to_begin(terminal: Terminal) -> None:
    """The command that exports ours."""
    result = check(terminal, top="")
    assert isinstance(result.exception, UsageError)
    assert "digest templates export" in result.exception.hint


def test_a_preview_falls_back_and_ends_partly_done(terminal: Terminal) -> None:
    """The page is there, made by ours; the line says why, and what tries them."""
    news = source(terminal.write_news())
    terminal.write("mine/digest.html.j2", "\n{% if %}")
    terminal.write("digest.toml", f'version = 1\ntemplates = "mine"\n{news}{edition()}')
    result = terminal("preview", "news", "--output", "out", "--config", "digest.toml")
    assert result.code == 4
    assert "digest.html.j2, line 2" in result.err
    assert "the built-in templates were used" in result.err
    assert "岚川大桥通车" in Path(result.out.strip()).read_text("utf-8")


def test_a_previewed_page_may_load_nothing(terminal: Terminal) -> None:
    """Its policy says so, and stands in the page to look at alone."""
    terminal.write_news()
    page = Path(terminal("preview", "news", "--output", "out").out.strip()).read_text("utf-8")
    assert page.count("default-src 'none'") == 1
    assert page.index("default-src 'none'") < 400
