"""The rules the HTML of every theme must keep so that mail programs, screen readers and printers can do with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

import pytest

from digest.model import Issue
from digest.render import render_letter
from tests.render.every_part import PICTURES, every_part
from tests.render.render_samples import FOOTER, TEMPLATES, THEMES, Page, empty_issue, large_issue, morning_issue

STACK = (
    "-apple-system,BlinkMacSystemFont,'PingFang SC','Hiragino Sans GB','Microsoft YaHei',"
    "'Noto Sans CJK SC','Source Han Sans SC',sans-serif"
)


@dataclass
class Mail:
    """A letter's page as text and as elements."""

    html: str
    page: Page


@cache
def rendered(theme: str) -> Mail:
    """The issue with every part, in this theme."""
    html = render_letter(every_part(theme), TEMPLATES, mail_footer=FOOTER, pictures=PICTURES).html
    return Mail(html, Page(html))


@pytest.fixture(params=THEMES)
def mail(request: pytest.FixtureRequest) -> Mail:
    """The page under test, once in each theme."""
    return rendered(request.param)


def test_it_is_a_chinese_html_page(mail: Mail) -> None:
    """The doctype comes first; the language, direction and the namespaces Outlook wants are on the root."""
    assert mail.html.startswith("<!DOCTYPE html>")
    root = mail.page.all("html")[0]
    assert (root["lang"], root["dir"]) == ("zh-CN", "ltr")
    assert {"xmlns:v", "xmlns:o"} <= set(root)


def test_the_charset_is_within_the_first_kilobyte(mail: Mail) -> None:
    """Browsers look for the charset in the first 1,024 bytes of a saved page only."""
    assert 0 < mail.html.encode().index(b'<meta charset="utf-8">') < 1000


def test_the_head_tells_mail_programs_what_to_leave_alone(mail: Mail) -> None:
    """Viewport, reformatting, detection of telephone numbers, and both names of the colour schemes are declared."""
    meta = {attributes.get("name"): attributes.get("content") for attributes in mail.page.all("meta")}
    assert meta["viewport"] == "width=device-width,initial-scale=1"
    assert "x-apple-disable-message-reformatting" in meta
    assert "telephone=no" in str(meta["format-detection"])
    assert meta["color-scheme"] == meta["supported-color-schemes"] == "light dark"


def test_the_title_names_the_issue(mail: Mail) -> None:
    """The page's title is the edition and its day."""
    assert "<title>每日摘要 11月20日 星期五</title>" in mail.html


def test_outlook_gets_its_settings_and_fonts(mail: Mail) -> None:
    """The conditional comments survive inlining: resolution, a font fallback, and a table of 640 pixels."""
    comments = "".join(re.findall(r"<!--\[if mso\]>.*?<!\[endif\]-->", mail.html, re.DOTALL))
    assert "OfficeDocumentSettings" in comments
    assert '"Microsoft YaHei",SimSun' in comments
    assert re.search(r'<table role="presentation" width="640"', comments)


def test_the_outer_table_is_full_and_the_inner_at_most_640_wide(mail: Mail) -> None:
    """The page fills the window, the text does not."""
    outer, inner = mail.page.all("table")[:2]
    assert outer["width"] == "100%"
    assert "max-width: 640px" in inner["style"]


def test_every_table_is_for_layout_only(mail: Mail) -> None:
    """Screen readers hear no table, and no program adds its own borders."""
    tables = mail.page.all("table")
    assert len(tables) > 5
    for table in tables:
        assert table["role"] == "presentation"
        assert (table["border"], table["cellpadding"], table["cellspacing"]) == ("0", "0", "0")


def test_the_letter_is_announced_as_one_article(mail: Mail) -> None:
    """A wrapper says that this is a mail, in Chinese, and there is one main part without a second role."""
    wrapper = next(div for div in mail.page.all("div") if "role" in div)
    assert wrapper["role"] == "article"
    assert wrapper["aria-roledescription"] == "email"
    assert wrapper["aria-label"] == "每日摘要 11月20日"
    assert wrapper["lang"] == "zh-CN"
    assert mail.page.all("main") == [{}]


def test_one_heading_for_the_letter_and_one_for_every_story(mail: Mail) -> None:
    """There is one h1, and as many h2 as items."""
    assert len(mail.page.all("h1")) == 1
    assert [heading["id"] for heading in mail.page.all("h2")] == [f"item-{number}" for number in range(1, 15)]


def test_times_are_machine_readable(mail: Mail) -> None:
    """The issue's day, days to come, every moment and every bare day stand in a time element."""
    times = [time["datetime"] for time in mail.page.all("time")]
    assert times[:5] == ["2026-11-20", "2026-11-27", "2027-01-01", "2026-11-19T18:42:00+08:00", "2026-11-19"]
    assert len(times) == 17


def test_a_story_is_linked_by_its_title(mail: Mail) -> None:
    """The visible text of a story's link is its title, and a story without address has no link."""
    for item in morning_issue().items:
        address = rf'href="{re.escape(item.article.url)}(?:#:~:text=[^"]*)?"'
        linked = re.search(rf"<a [^>]*{address}[^>]*><bdi>{item.title}</bdi></a>", mail.html)
        assert bool(linked) == bool(item.article.url)
        assert item.title in mail.page.text


def test_no_text_is_smaller_than_fifteen_pixels(mail: Mail) -> None:
    """Sizes are at least 15 px, line heights at least 26 px, and the container sets both."""
    styles = " ".join(mail.page.values("style"))
    assert min(int(size) for size in re.findall(r"font-size: (\d+)px", styles)) == 15
    assert min(int(height) for height in re.findall(r"line-height: (\d+)px", styles)) == 26


def test_the_font_stack_is_set_once(mail: Mail) -> None:
    """One element names the fonts and all others inherit them, or inlining would double the letter."""
    assert [STACK in style for style in mail.page.values("style")].count(True) == 1
    assert mail.html.count("PingFang SC") == 1


def test_the_preheader_is_hidden_without_hidden_colours(mail: Mail) -> None:
    """It is out of sight by four means, none a colour, which spam filters mistrust, and padded with filler."""
    style = mail.page.all("div")[0]["style"]
    for means in ("display:none", "max-height:0", "overflow:hidden", "mso-hide:all"):
        assert means in style
    assert "color" not in style
    assert "\u034f\u200c&nbsp;" * 20 in mail.html


def test_both_colour_schemes_and_paper_are_served(mail: Mail) -> None:
    """The dark colours overrule the inlined ones, every one of them; the print rules take the grounds away."""
    dark = mail.html[mail.html.index("prefers-color-scheme:dark") : mail.html.index("@media print")]
    assert dark.count("!important") == dark.count("#") >= 8
    assert "background:#fff!important" in mail.html[mail.html.index("@media print") :]


def test_media_rules_fit_where_gmail_reads_them(mail: Mail) -> None:
    """Gmail drops a style element of more than 8 KB."""
    assert all(len(style.encode()) < 8192 for style in re.findall(r"<style>(.*?)</style>", mail.html, re.DOTALL))


ISSUES = {
    "morning": morning_issue(),
    "empty": empty_issue(),
    "large": large_issue(60),
    "every-part": every_part(),
}


@pytest.mark.parametrize("name", ISSUES)
@pytest.mark.parametrize("theme", THEMES)
def test_nothing_is_loaded_from_anywhere(name: str, theme: str) -> None:
    """No font, frame, script, style sheet or foreign image: opening the letter tells nobody."""
    issue: Issue = replace(ISSUES[name], theme=theme)
    html = render_letter(issue, TEMPLATES, mail_footer=FOOTER, pictures=PICTURES).html
    page = Page(html)
    loading = ("link", "script", "iframe", "video", "audio", "object", "embed", "svg", "source", "base", "form")
    assert not page.all(*loading)
    assert not [name for name in ("srcset", "background", "poster", "action") if page.values(name)]
    assert not re.search(r"url\(|@import|@font-face", html)
    assert len(page.all("img")) == (2 if name == "every-part" else 0)
    assert page.values("src") == [f"cid:{picture.cid}" for picture in PICTURES[: len(page.all("img"))]]


def test_a_picture_has_a_size_and_words_in_its_place(mail: Mail) -> None:
    """Outlook goes by the attributes, telephones by the style; no picture is wider than the text or very tall."""
    sizes = [(int(image["width"]), int(image["height"])) for image in mail.page.all("img")]
    assert sizes == [(560, 315), (200, 400)]
    for image, (width, _) in zip(mail.page.all("img"), sizes, strict=True):
        assert image["alt"].startswith("图：")
        for rule in (f"max-width: {width}px", "width: 100%", "height: auto", "display: block", "border: 0"):
            assert rule in image["style"]


def test_links_lead_to_the_web_to_mail_or_within(mail: Mail) -> None:
    """Every href is http(s), mailto, or the anchor of an item that is there."""
    anchors = {f"#{anchor}" for anchor in mail.page.values("id")}
    hrefs = mail.page.values("href")
    assert len(hrefs) > 15
    assert all(href.startswith(("http://", "https://", "mailto:")) or href in anchors for href in hrefs)


def test_the_words_stay_when_the_style_sheet_is_taken_away(mail: Mail) -> None:
    """Programs that drop style elements still show every word, and keywords keep marks between them."""
    bare = re.sub(r"<style>.*?</style>", "", mail.html, flags=re.DOTALL)
    assert Page(bare).text == mail.page.text
    assert "小微企业 · 社会保险费" in mail.page.text
    assert "font-size: 16px" in bare


def test_the_foot_says_why_how_to_leave_and_who_sends(mail: Mail) -> None:
    """The reason, the way out and the sender stand at the end of a mail; a preview has no such foot."""
    foot = mail.page.text[-400:]
    assert "您收到这封信，是因为" in foot
    assert "发件人：每日摘要 <brief@news.example.cn>" in foot
    assert re.search(rf'<a [^>]*href="{re.escape(FOOTER.unsubscribe)}"[^>]*>退订</a>', mail.html)
    preview = render_letter(morning_issue(), TEMPLATES).html
    assert "退订" not in preview
    assert "发件人" not in preview
