"""One article's summary as text, Markdown, a page and a table."""

from __future__ import annotations

import re

from hypothesis import given, settings
from markdown_it import MarkdownIt

from digest.model import Article, Summary, Verdict
from digest.render import explain_text, summary_html, summary_markdown, summary_text
from digest.render.wrapping import text_width
from tests.render.render_samples import ANY_TEXT, ECONOMY, TECHNOLOGY, TEMPLATES, Page, item, summarize

PORTS = ECONOMY[2]


def verdicts() -> tuple[Verdict, ...]:
    """Two sentences judged by different terms."""
    first, second = PORTS.summary.sentences
    return (
        Verdict(first, {"rank": 0.25, "position": 1.0}, True, "首句"),
        Verdict(second, {"rank": 12.5, "title": 0.0625}, False, "与首句重复（相似度0.8）"),
    )


def test_the_text_is_the_sentences_and_nothing_else() -> None:
    """One sentence a line, with …… where it was cut, and nothing at all where there is none."""
    assert summary_text(PORTS.article, PORTS.summary) == "".join(f"{s.printed}\n" for s in PORTS.summary.sentences)
    assert summary_text(Article(), Summary()) == ""


def test_markdown_has_heading_source_paragraph_and_keywords() -> None:
    """The title links to the source, and the sentences stand in one paragraph."""
    heading, source, paragraph, words = summary_markdown(PORTS.article, PORTS.summary).rstrip().split("\n\n")
    assert heading == f"# [{PORTS.title}](<{PORTS.article.url}>)"
    assert source == "航运周刊 · 2026年11月20日 06:15"
    assert paragraph == "".join(sentence.printed for sentence in PORTS.summary.sentences)
    assert words == "关键词：铁水联运、集装箱、港口"


@given(ANY_TEXT, ANY_TEXT)
@settings(deadline=None)
def test_no_text_becomes_markup_in_markdown(title: str, sentence: str) -> None:
    """A Markdown reader finds a heading and paragraphs, and in them the words only."""
    entry = item(1, title, sentence, site=sentence)
    tokens = MarkdownIt("commonmark").parse(summary_markdown(entry.article, entry.summary))
    kinds = {child.type for token in tokens for child in (token.children or [token])}
    assert kinds <= {
        "heading_open",
        "heading_close",
        "paragraph_open",
        "paragraph_close",
        "inline",
        "text",
        "text_special",
    }


def test_the_page_is_complete_and_loads_nothing() -> None:
    """It has title, heading, link, time, sentences and keywords, and no address but the source's."""
    html = summary_html(PORTS.article, PORTS.summary, TEMPLATES)
    page = Page(html)
    assert html.startswith("<!DOCTYPE html>")
    assert page.values("href") == [PORTS.article.url]
    assert [time["datetime"] for time in page.all("time")] == ["2026-11-20T06:15:00+08:00"]
    for words in (PORTS.title, "的全程托运……首批试点", "铁水联运"):
        assert words in page.text
    assert not re.search(r"url\(|@import|src=", html)


def test_the_page_declares_its_language() -> None:
    """An English summary is a page in English, with its sentences apart."""
    battery = TECHNOLOGY[2]
    html = summary_html(battery.article, battery.summary, TEMPLATES)
    assert Page(html).all("html") == [{"lang": "en"}]
    assert "in 2028. Lithium" in html


def test_a_page_without_sentences_says_so() -> None:
    """An article without text gives a page that says there is nothing to summarize."""
    assert "没有可摘要的正文" in summary_html(Article(title="空"), Summary(), TEMPLATES)


def test_an_untitled_article_is_headed_by_its_first_sentence() -> None:
    """Where there is no title the first sentence stands for it."""
    assert summary_markdown(Article(), summarize(["只有一句。"])).startswith("# 只有一句。\n")


def test_the_table_explains_every_sentence() -> None:
    """Each row has the index, ✓ where taken, every term, the reason and the first 24 characters."""
    head, first, second = explain_text(Summary(verdicts=verdicts())).splitlines()
    assert head.split() == ["no", "taken", "rank", "position", "title", "reason", "sentence"]
    assert first.split() == ["0", "✓", "0.250", "1.000", "首句", PORTS.summary.sentences[0].text[:24]]
    assert second.split() == ["1", "12.500", "0.062", "与首句重复（相似度0.8）", PORTS.summary.sentences[1].text[:24]]


def test_the_columns_of_the_table_stand_below_each_other() -> None:
    """In columns of a terminal, every sentence begins at the same place."""
    rows = explain_text(Summary(verdicts=verdicts())).splitlines()
    starts = {
        text_width(row[: row.rindex(words)])
        for row, words in zip(rows, ("sentence", "自本月起", "首批试点"), strict=True)
    }
    assert len(starts) == 1


def test_a_table_of_nothing_is_its_head() -> None:
    """Without verdicts there is a head and no row."""
    assert explain_text(Summary()) == "no  taken  reason  sentence\n"


@given(ANY_TEXT, ANY_TEXT)
@settings(deadline=None)
def test_no_text_breaks_a_table_or_a_terminal(sentence: str, reason: str) -> None:
    """Whatever the source holds, the table has one line a sentence and no control characters."""
    verdict = Verdict(summarize([sentence]).sentences[0], {reason: 1.0}, True, reason)
    table = explain_text(Summary(verdicts=(verdict,)))
    assert table.count("\n") == 2
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", table)
