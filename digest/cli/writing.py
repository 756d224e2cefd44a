"""An issue as a file or on stdout: a page, plain text, Markdown or Word."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.errors import DigestError, UsageError

if TYPE_CHECKING:
    from digest.model import Issue, Letter

FORMS = ("html", "text", "markdown", "docx")
SUFFIXES = {"html": ".html", "text": ".txt", "markdown": ".md", "docx": ".docx"}


def render_issue(issue: Issue, letter: Letter, form: str) -> bytes:
    """Return the bytes of an issue in one of `FORMS`."""
    from digest.app.issues.pictures import page_to_look_at
    from digest.render import render_docx, render_markdown

    if form == "docx":
        return render_docx(issue)
    pages = {"html": page_to_look_at(letter), "text": letter.text}
    return (pages.get(form) or render_markdown(issue)).encode("utf-8", "replace")


def write_issue(issue: Issue, letter: Letter, form: str, output: Path | None) -> None:
    """Write an issue to `output`, or to stdout; a Word document not on a terminal.

    Raises:
        UsageError: a Word document would go to a terminal.
    """
    if output is None and form == "docx" and sys.stdout.isatty():
        raise UsageError("a Word document cannot be shown on a terminal", "write --output issue.docx")
    data = render_issue(issue, letter, form)
    if output is None:
        click.echo(data, nl=False)
    else:
        write_file(output, data)
        click.echo(output.absolute())


def write_file(path: Path, data: bytes) -> None:
    """Write a file, with the folders it needs.

    Raises:
        DigestError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise DigestError(
            f"{error.filename or path} cannot be written: {error.strerror}", "choose another --output"
        ) from error
