"""A letter as a whole: its subject, what it says, how large it may grow, and what a hostile source cannot do to it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from digest.model import Article, Coverage, Highlight, Issue, Item, Reference, Section, SourceReport
from digest.render import Footer, render_letter, render_terminal
from digest.render.context import issue_context
from digest.render.letter import LARGE_HTML, LARGEST_HTML, html_size
from tests.render.render_samples import (
    ANY_TEXT,
    ECONOMY,
    FOOTER,
    SHANGHAI,
    SLOT,
    TEMPLATES,
    THEMES,
    Page,
    empty_issue,
    item,
    large_issue,
    morning_issue,
    one_item_issue,
    summarize,
)

LETTER = render_letter(morning_issue(), TEMPLATES, mail_footer=FOOTER)


def test_the_subject_tells_day_number_and_first_headline() -> None:
    """One line of the form title, day, weekday, count, first headline."""
    assert LETTER.subject == "每日摘要 11月20日 星期五｜14 条：三部门联合发文：明年起小微企业社保缴费可按季申报"
    assert LETTER.warnings == ()


def test_a_long_headline_is_clipped_in_the_subject() -> None:
    """A subject stays short enough to be read in a list of mails."""
    subject = render_letter(one_item_issue(item(1, "长" * 500, "一句。")), TEMPLATES).subject
    assert subject.endswith("长…")
    assert len(subject) < 70


def test_the_same_issue_gives_the_same_letter() -> None:
    """Rendering twice gives the very same texts."""
    assert render_letter(morning_issue(), TEMPLATES, mail_footer=FOOTER) == LETTER


@pytest.mark.parametrize("part", ["html", "text"])
def test_both_parts_hold_every_title_and_every_sentence(part: str) -> None:
    """Neither part is a poor relation: titles, sentences, sites, keywords and addresses are in both."""
    words = re.sub(r"\s", "", Page(LETTER.html).text if part == "html" else LETTER.text)
    for entry in morning_issue().items:
        assert re.sub(r"\s", "", entry.title) in words
        assert entry.article.site.replace(" ", "") in words
        assert set(entry.summary.keywords) <= set(re.findall("|".join(entry.summary.keywords), words))
        for sentence in entry.summary.sentences:
            assert re.sub(r"\s", "", sentence.printed) in words
        assert entry.article.url in (LETTER.html if part == "html" else LETTER.text)


@pytest.mark.parametrize("part", ["html", "text"])
def test_both_parts_account_for_every_article(part: str) -> None:
    """The coverage names all seven numbers, every source with its count, and every problem."""
    words = Page(LETTER.html).text if part == "html" else LETTER.text.replace("\n", "")
    assert "候选 41 篇：刊出 14，合并 4，未刊 21，无正文 2。往期处理过的 12 篇不再列入；无法读取 1 件" in words
    for source in morning_issue().coverage.sources:
        assert re.search(f"{source.name}[ ：]{source.articles}", words)
        assert all(problem in words for problem in source.problems)
    assert "逐字摘自原文" in words


def test_the_overview_leads_to_the_items_it_quotes() -> None:
    """Each key sentence is a link to its item, and without key sentences there is no overview."""
    for highlight in morning_issue().overview:
        assert re.search(rf'<a [^>]*href="#item-{highlight.item}"[^>]*>.*?{highlight.sentence.text}', LETTER.html)
    letter = render_letter(replace(morning_issue(), overview=()), TEMPLATES)
    assert "今日要点" in LETTER.html
    assert "今日要点" in LETTER.text
    assert "今日要点" not in letter.html + letter.text


def test_other_reports_of_an_event_are_listed() -> None:
    """另有 N 家 counts all of them, shows eight, and says where there are more; what has no link shows its title."""
    assert "另有 3 家：江海日报、城市晨报、蓝桥财经" in Page(LETTER.html).text
    many = [Reference(f"题{number}", f"报纸{number}", f"https://p{number}.example.cn/") for number in range(20)]
    letter = render_letter(one_item_issue(item(1, "题", "一句。", also=many)), TEMPLATES)
    assert "另有 20 家：" in Page(letter.html).text
    assert "报纸7等" in Page(letter.html).text
    assert "另有 20 家，其中：" in letter.text


def test_a_cut_sentence_shows_the_cut() -> None:
    """Where a tail was left off the reader sees ……, in both parts."""
    for words in (Page(LETTER.html).text, LETTER.text.replace("\n   ", "")):
        assert "的全程托运……首批试点" in words


def test_another_language_is_declared() -> None:
    """Traditional Chinese and English items carry their language; simplified ones need none."""
    languages = [cell["lang"] for cell in Page(LETTER.html).all("td") if "lang" in cell]
    assert languages == ["en", "zh-Hant"]


def test_english_sentences_are_parted_by_a_space() -> None:
    """Chinese sentences follow each other closely, English ones do not."""
    assert "in 2028. Lithium" in Page(LETTER.html).text
    assert "社会保险费。通知测算" in Page(LETTER.html).text


def test_an_empty_issue_says_so_and_still_accounts() -> None:
    """On a day without news the letter says that plainly, in all three parts, and shows what was read."""
    letter = render_letter(empty_issue(), TEMPLATES, mail_footer=FOOTER)
    assert letter.subject == "每日摘要 11月20日 星期五｜今天没有新文章"
    for words in (Page(letter.html).text, letter.text):
        assert "今天没有新文章。" in words
        assert "往期处理过的 9 篇" in words
        assert "个来源有问题" not in words
    assert not Page(letter.html).all("h2")


def test_an_empty_issue_does_not_pass_over_broken_sources() -> None:
    """No news because nothing could be read is not the same as no news."""
    broken = Coverage(sources=(SourceReport("某报", 0, ("连接失败",)),))
    letter = render_letter(replace(empty_issue(), coverage=broken), TEMPLATES)
    for words in (Page(letter.html).text, letter.text):
        assert "1 个来源有问题" in words
        assert "连接失败" in words


def test_an_item_about_which_nothing_is_known_is_still_printed() -> None:
    """Without address, site, date, keywords or title there are no empty lines and no dangling marks."""
    letter = render_letter(one_item_issue(Item(1, Article(), "", summarize(["只有一句。"]))), TEMPLATES)
    page = Page(letter.html)
    assert "（无题）" in page.text
    assert not page.values("href")
    assert "1. （无题）\n\n   只有一句。\n\n====" in letter.text


def test_the_text_is_good_for_a_terminal() -> None:
    """It has at most 76 columns but for addresses, no space at line ends, never two empty lines, one at the end."""
    for line in LETTER.text.split("\n"):
        assert len(line.encode("gb18030", "replace")) <= 76 or "http" in line
        assert line == line.rstrip()
    assert "\n\n\n" not in LETTER.text
    assert LETTER.text.endswith("\n")
    assert not LETTER.text.endswith("\n\n")
    assert render_terminal(morning_issue(), TEMPLATES) == render_letter(morning_issue(), TEMPLATES).text


def test_the_text_tells_how_to_leave() -> None:
    """The foot of a mail's text part names the address to write to."""
    assert re.search("退订：.*brief@news.example.cn.*\n    unsubscribe\n发件人：每日摘要", LETTER.text)
    web = render_letter(empty_issue(), TEMPLATES, mail_footer=Footer("编辑部", "https://a.cn/leave", "您订了它。"))
    assert "您订了它。\n退订：https://a.cn/leave\n" in web.text


@pytest.mark.parametrize("count", [14, 60, 120, 500])
@pytest.mark.parametrize("theme", THEMES)
def test_the_html_never_outgrows_its_limit(theme: str, count: int) -> None:
    """Whatever the number of items, the HTML is within 90 KB, ends with its foot, and the text part has everything."""
    letter = render_letter(replace(large_issue(count), theme=theme), TEMPLATES, mail_footer=FOOTER)
    assert html_size(letter.html) <= LARGEST_HTML
    assert letter.html.rstrip().endswith("</html>")
    assert "发件人：" in Page(letter.html).text
    assert len(re.findall(r"\n {3,5}第\d+条的第1句", letter.text)) >= count
    assert f"{count}. " in letter.text


@pytest.mark.parametrize("theme", THEMES)
def test_every_title_stays_when_500_items_are_folded(theme: str) -> None:
    """The highest items keep a sentence, the others their titles, all of them their anchors."""
    letter = render_letter(replace(large_issue(500), theme=theme), TEMPLATES, mail_footer=FOOTER)
    page = Page(letter.html)
    headings = [heading["id"] for heading in page.all("h2")]
    assert len(headings) >= 20
    assert headings == [f"item-{number}" for number in range(1, len(headings) + 1)]
    assert len([anchor for anchor in page.values("id") if anchor.startswith("item-")]) == 500
    assert f"另有 {500 - len(headings)} 条" in page.text
    assert all(href in {f"#{anchor}" for anchor in page.values("id")} for href in page.values("href") if href[0] == "#")
    assert any(f"{500 - len(headings)} of 500 items are listed by title only" in text for text in letter.warnings)


def test_links_lose_their_sentence_before_a_summary_shrinks() -> None:
    """What nobody sees goes first: links lead to the top of their pages, and every sentence stays."""
    letter = render_letter(large_issue(56), TEMPLATES)
    assert letter.warnings[0].startswith("links lead to the top of their pages, not to the sentences quoted")
    assert ":~:text=" in render_letter(large_issue(40), TEMPLATES).html
    assert ":~:text=" not in letter.html
    assert len(re.findall("条的第3句", Page(letter.html).text)) == 56


def test_summaries_shrink_before_items_fold() -> None:
    """A little too much costs second sentences only; no item loses its place."""
    letter = render_letter(large_issue(70, sentences=4), TEMPLATES)
    page = Page(letter.html)
    assert len(page.all("h2")) == 70
    assert "第1条的第1句" in page.text
    assert "第1条的第2句" not in page.text
    assert "第1条的第2句" in letter.text
    assert "shortened to their first sentence" in letter.warnings[0]


def test_a_few_folded_items_keep_their_links() -> None:
    """While at most half the items are folded, their titles still lead to their sources."""
    page = Page(render_letter(large_issue(130), TEMPLATES).html)
    assert 65 <= len(page.all("h2")) < 130
    assert sum(href.startswith("https://site") for href in page.values("href")) == 130


def test_the_lowest_are_folded_wherever_they_stand() -> None:
    """The order of folding is the rank, not the place in the issue."""
    issue = large_issue(200)
    turned = tuple(replace(entry, score=float(entry.number)) for entry in issue.items)
    page = Page(render_letter(replace(issue, sections=(Section("要闻", turned),)), TEMPLATES).html)
    headings = [int(heading["id"].removeprefix("item-")) for heading in page.all("h2")]
    assert headings == list(range(201 - len(headings), 201))


def test_a_large_letter_is_warned_of_before_it_is_cut() -> None:
    """From 75 KB on the editor is told, though nothing is left off yet."""
    for count in range(40, 80):
        letter = render_letter(large_issue(count), TEMPLATES)
        if html_size(letter.html) > LARGE_HTML:
            assert [text.split()[:3] for text in letter.warnings] == [["the", "HTML", "part"]]
            break
        assert letter.warnings == ()
    else:
        pytest.fail("no issue reached 75 KB")


def test_even_an_absurd_issue_keeps_its_foot() -> None:
    """Thousands of long titles and hundreds of failing sources still give a letter within the limit."""
    entries = tuple(item(number, "题" * 190, "句。" * (6000 // number)) for number in range(1, 1501))
    sources = tuple(SourceReport("源" * 30 + str(number), 1, ("坏" * 180, "又坏")) for number in range(400))
    lights = (Highlight(entries[0].summary.sentences[0], 1),)
    issue = Issue("daily", "每日摘要", SLOT, SLOT.date(), (Section("", entries),), lights, coverage=Coverage(sources))
    letter = render_letter(issue, TEMPLATES, mail_footer=FOOTER)
    assert html_size(letter.html) <= LARGEST_HTML
    assert "发件人：" in Page(letter.html).text
    assert "360 个来源见本信的纯文本部分" in Page(letter.html).text
    assert "1500 of 1500 items are in the text part only" in " ".join(letter.warnings)


ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "div", "main", "table", "tbody", "tr", "td"),
    *("h1", "h2", "p", "a", "span", "bdi", "time", "br"),
}


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
@settings(deadline=None, max_examples=80)
def test_no_source_can_put_markup_into_the_letter(title: str, sentence: str, other: str) -> None:
    """Any title, sentence, site, address, keyword, source name or problem stays text: no tag or link comes of it."""
    entry = item(
        1, title, sentence, words=other, site=other, url=other, author=other, also=[Reference(title, other, other)]
    )
    coverage = Coverage(sources=(SourceReport(other, 1, (sentence,)),))
    lights = (Highlight(entry.summary.sentences[0], 1),)
    issue = Issue(other, title, SLOT, SLOT.date(), (Section(other, (entry,)),), lights, (other,), coverage)
    letter = render_letter(issue, TEMPLATES, mail_footer=Footer(other, other, sentence))
    page = Page(letter.html)
    assert {tag for tag, _ in page.elements} <= ALLOWED
    assert {name[:2] for _, attributes in page.elements for name in attributes}.isdisjoint({"on", "sr"})
    assert all(re.match(r"https?://|mailto:|#item-1$", href) for href in page.values("href"))
    assert "\n" not in letter.subject
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", letter.text + letter.subject)


@pytest.mark.parametrize(
    "title", ["<script>alert(1)</script>", "{{7*7}}{% raw %}", "\u202e逆\u2067序", "</td></table>", '" onclick="x']
)
def test_hostile_titles_are_words(title: str) -> None:
    """Markup, template code and direction marks in a title are printed or dropped, never obeyed."""
    evil = item(1, title, "一句。", url="javascript:alert(1)")
    letter = render_letter(one_item_issue(evil), TEMPLATES)
    shown = re.sub("[\u202e\u2067]", "", title)
    assert shown in Page(letter.html).text
    assert shown in letter.text
    assert "49" not in letter.subject
    assert not Page(letter.html).values("href")


def test_a_password_in_an_address_is_not_printed() -> None:
    """An address with a user and password before its host is no link and appears nowhere."""
    letter = render_letter(one_item_issue(item(1, "题", "一句。", url="https://me:hunter2@a.cn/")), TEMPLATES)
    assert "hunter2" not in letter.html + letter.text


def test_the_context_is_plain_data() -> None:
    """A template can reach dicts, lists, strings and whole numbers, and no name of a dict's own method is used."""

    def check(value: object) -> None:
        assert type(value) in (dict, list, str, int)
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            check(inner)
        if isinstance(value, dict):
            assert not set(value) & set(dir(dict))

    check(issue_context(morning_issue(), FOOTER))


def test_times_follow_the_zone_of_the_slot() -> None:
    """An English report of 22:10 UTC is dated in Shanghai, where the reader is."""
    stories = [story for section in issue_context(morning_issue())["sections"] for story in section["stories"]]
    assert stories[6]["published"] == "11月20日 06:10"
    assert stories[1]["published"] == "11月19日"
    assert SLOT.tzinfo is SHANGHAI


def test_an_old_article_tells_its_year() -> None:
    """In an issue of 2026 a day of 2024 is not taken for one of this year."""
    old = replace(ECONOMY[0], article=replace(ECONOMY[0].article, published=date(2024, 11, 19)))
    assert "2024年11月19日" in render_letter(one_item_issue(old), TEMPLATES).text


def test_the_terminal_needs_no_inliner() -> None:
    """Importing the room loads neither jinja2 nor css-inline, and a terminal text loads no css-inline."""
    code = (
        "import sys, digest.render; assert not {'jinja2', 'css_inline'} & set(sys.modules);"
        "from datetime import *; from digest.model import Issue; now = datetime(2026, 11, 20, tzinfo=UTC);"
        "digest.render.render_terminal(Issue('d', 't', now, now.date()), {'digest.txt.j2': 'x'});"
        "assert 'css_inline' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).stderr == b""
