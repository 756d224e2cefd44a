"""Turns composed values into what people read: a letter, a message, a page, a terminal's text.

Pure, and the only door to jinja2 and css-inline, which are imported when first used.
"""

from __future__ import annotations

from digest.render.context import Footer
from digest.render.docx import render_docx
from digest.render.ics import render_ics
from digest.render.letter import list_themes, render_letter, render_terminal
from digest.render.markdown import render_markdown
from digest.render.message import build_message, message_id
from digest.render.summary import explain_text, summary_html, summary_markdown, summary_text

__all__ = [
    "Footer",
    "build_message",
    "explain_text",
    "list_themes",
    "message_id",
    "render_docx",
    "render_ics",
    "render_letter",
    "render_markdown",
    "render_terminal",
    "summary_html",
    "summary_markdown",
    "summary_text",
]
