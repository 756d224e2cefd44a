"""digest summarize: the key sentences of one article."""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.cli.options import announce, read_clock
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.model import Article, Summary

SENTENCES = 3
"""How many sentences a single file gets when no length is asked for."""


@click.command()
@click.argument("source", metavar="FILE|URL|-")
@click.option("--sentences", type=click.IntRange(min=1), help=f"At most so many sentences.  [default: {SENTENCES}]")
@click.option("--chars", type=click.IntRange(min=1), help="At most so many characters.")
@click.option("--ratio", type=click.FloatRange(0, 1, min_open=True), help="At most this share of the text, 0 to 1.")
@click.option("--title", help="The headline, where the file does not tell it.")
@click.option("--query", help="Lean towards these words.")
@click.option("--whole-sentences", is_flag=True, help="Shorten no sentence, and keep datelines.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "html"]),
    default="text",
    show_default=True,
    help="json is documented in the README.",
)
@click.option("--explain", is_flag=True, help="Show for every sentence its terms, and why it was taken or left.")
@click.option("--allow-private", is_flag=True, help="The URL may be on this machine or in the office.")
def summarize(
    source: str,
    sentences: int | None,
    chars: int | None,
    ratio: float | None,
    title: str | None,
    query: str | None,
    whole_sentences: bool,
    form: str,
    explain: bool,
    allow_private: bool,
) -> None:
    """Print the key sentences of FILE or of the page at URL, each a verbatim slice of it; - reads standard input.

    FILE is text, Markdown, a saved HTML page, JSON, PDF or .docx, in UTF-8, UTF-16, GB18030 or Big5.
    """
    from digest.app.single import Wish, fetch_document, summarize_document

    if sum(limit is not None for limit in (sentences, chars, ratio)) > 1:
        raise UsageError("--sentences, --chars and --ratio exclude each other", "keep one of them")
    if ratio is not None and not ratio <= 1:  # click lets nan through
        raise UsageError(f"--ratio {ratio} is no share of a text", "write --ratio 0.2")
    if explain and form == "html":
        raise UsageError("--explain does not go with --format html", "explain as text, markdown or json")
    if chars is None and ratio is None:
        sentences = sentences or SENTENCES
    wish = Wish(sentences, chars, ratio, title, query, trim=not whole_sentences)
    if source.startswith(("http://", "https://")):
        document, reading = fetch_document(source, os.environ, read_clock(None), allow_private=allow_private)
        article, summary, notes = summarize_document(document, wish, reading)
    else:
        article, summary, notes = summarize_document(_open(source), wish)
    for note in notes:
        announce(note)
    if not summary.sentences:
        announce("there is no text to summarize")
    shown = _shown(article, summary, form, explain)
    if shown:
        click.echo(shown)


def _open(source: str) -> Any:
    """The bytes of a file or of standard input."""
    from digest.collect.files import read_file, read_stream

    if source != "-":
        return read_file(Path(source))
    if sys.stdin is None:  # digest summarize - <&-
        raise UsageError("standard input is closed", "name a file: digest summarize FILE")
    return read_stream(sys.stdin.buffer)


def _shown(article: Article, summary: Summary, form: str, explain: bool) -> str:
    if form == "json":
        return json.dumps(_as_json(article, summary, explain), ensure_ascii=False, indent=2)
    from digest.render import explain_text, summary_html, summary_markdown, summary_text

    if form == "html":
        from digest.collect.templates import load_templates

        return summary_html(article, summary, load_templates(None))
    text = summary_markdown(article, summary) if form == "markdown" else summary_text(article, summary)
    return f"{text.rstrip()}\n\n{explain_text(summary)}" if explain else text.rstrip("\n")


def _as_json(article: Article, summary: Summary, explain: bool) -> dict[str, Any]:
    """Version 1 of the JSON shape: `text[s["start"]:s["end"]] == s["text"]` for every sentence, in characters."""
    shape: dict[str, Any] = {
        "version": 1,
        "title": article.title,
        "site": article.site,
        "author": article.author,
        "url": article.url,
        "language": article.language,
        "published": article.published.isoformat() if isinstance(article.published, date) else None,
        "sentences": [
            {
                "text": s.text,
                "start": s.start,
                "end": s.end,
                "score": s.score,
                "index": s.index,
                "cut": s.cut,
                "cut_before": s.cut_before,
            }
            for s in summary.sentences
        ],
        "keywords": list(summary.keywords),
        "text": article.text,
    }
    if explain:
        shape["explain"] = [
            {"text": v.sentence.text, "taken": v.taken, "reason": v.reason, "terms": dict(v.terms)}
            for v in summary.verdicts
        ]
    return shape
