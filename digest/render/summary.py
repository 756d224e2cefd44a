"""Writes one article's summary as text, Markdown or a page, and the table that explains it.

All times are those the article itself gives: there is no edition here whose zone could apply.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from digest.model import Article, Summary, Verdict, join_printed
from digest.render.context import (
    LONGEST_NAME,
    LONGEST_TITLE,
    WEB,
    Context,
    language_tag,
    list_keywords,
    printed_sentences,
)
from digest.render.templating import press_of
from digest.render.typography import clean, clip, published_iso, published_text, safe_href
from digest.render.wrapping import pad, text_width

SUMMARY_TEMPLATE = "summary.html.j2"
EXPLAINED_CHARS = 24
COLUMN_GAP = "  "

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_MARKDOWN_AT_START = re.compile(r"^(\d+)([.)])|^([-+=:])")


def summary_text(article: Article, summary: Summary) -> str:  # noqa: ARG001  # as its sisters are called
    """The sentences, one a line, and nothing else: it is piped into other programs."""
    return "".join(f"{sentence}\n" for sentence in printed_sentences(summary))


def summary_markdown(article: Article, summary: Summary) -> str:
    """The summary as Markdown: a heading that links to the source, site and time, one paragraph, the keywords."""
    data = summary_context(article, summary)
    title = _escape(data["title"])
    parts = [
        f"# [{title}](<{data['href']}>)" if data["href"] else f"# {title}",
        _escape(" · ".join(filter(None, (data["site"], data["published"])))),
        _escape(data["summary"]),
        _escape("关键词：" + "、".join(data["keywords"])) if data["keywords"] else "",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def summary_html(article: Article, summary: Summary, templates: Mapping[str, str]) -> str:
    """The summary as a small complete page, from templates["summary.html.j2"].

    Raises TemplateError where that is missing or broken.
    """
    return press_of(templates).render(SUMMARY_TEMPLATE, summary_context(article, summary))


def summary_context(article: Article, summary: Summary) -> Context:
    """What summary.html.j2 is filled with: title, href, site, published(_iso), lang, sentences, summary, keywords."""
    sentences = printed_sentences(summary)
    return {
        "title": clip(clean(article.title), LONGEST_TITLE) or clip("".join(sentences[:1]), 40) or "（无题）",
        "href": safe_href(article.url, WEB),
        "site": clip(clean(article.site or article.source), LONGEST_NAME),
        "published": published_text(article.published),
        "published_iso": published_iso(article.published),
        "lang": language_tag(article.language or summary.language),
        "sentences": sentences,
        "summary": join_printed(sentences, summary.language or article.language),
        "keywords": list_keywords(summary.keywords),
    }


def explain_text(summary: Summary) -> str:
    """A table of every sentence: its index, ✓ where taken, the terms of its score, the reason, how it begins."""
    terms = list(dict.fromkeys(term for verdict in summary.verdicts for term in verdict.terms))
    head = ["no", "taken", *(clean(term) for term in terms), "reason", "sentence"]
    rows = [head, *(_explain(verdict, terms) for verdict in summary.verdicts)]
    widths = [max(text_width(row[place]) for row in rows) for place in range(len(head))]
    numeric = {0, *range(2, 2 + len(terms))}
    return "".join(_table_line(row, widths, numeric) for row in rows)


def _explain(verdict: Verdict, terms: list[str]) -> list[str]:
    numbers = [f"{verdict.terms[term]:.3f}" if term in verdict.terms else "" for term in terms]
    sentence = clean(verdict.sentence.text)[:EXPLAINED_CHARS]
    return [str(verdict.sentence.index), "✓" if verdict.taken else "", *numbers, clean(verdict.reason), sentence]


def _table_line(row: list[str], widths: list[int], numeric: set[int]) -> str:
    cells = [
        pad(cell, width, right=place in numeric) for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return COLUMN_GAP.join(cells).rstrip() + "\n"


def _escape(text: str) -> str:
    """The text such that Markdown prints it as it stands."""
    return _MARKDOWN_AT_START.sub(r"\1\\\2\3", _MARKDOWN.sub(r"\\\1", text))
