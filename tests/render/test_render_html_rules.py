"""The rules a mail's HTML must keep so that mail programs, screen readers and printers can do with it."""

from __future__ import annotations

import re

import pytest

from digest.render import render_letter
from tests.render.render_samples import FOOTER, TEMPLATES, Page, empty_issue, large_issue, morning_issue

STACK = (
    "-apple-system,BlinkMacSystemFont,'PingFang SC','Hiragino Sans GB','Microsoft YaHei',"
    "'Noto Sans CJK SC','Source Han Sans SC',sans-serif"
)
HTML = render_letter(morning_issue(), TEMPLATES, mail_footer=FOOTER).html
PAGE = Page(HTML)


def test_it_is_a_chinese_html_page() -> None:
    """The doctype comes first; the language, direction and the namespaces Outlook wants are on the root."""
    assert HTML.startswith("<!DOCTYPE html>")
    root = PAGE.all("html")[0]
    assert (root["lang"], root["dir"]) == ("zh-CN", "ltr")
    assert {"xmlns:v", "xmlns:o"} <= set(root)


def test_the_charset_is_within_the_first_kilobyte() -> None:
    """Browsers look for the charset in the first 1,024 bytes of a saved page only."""
    assert 0 < HTML.encode().index(b'<meta charset="utf-8">') < 1000


def test_the_head_tells_mail_programs_what_to_leave_alone() -> None:
    """Viewport, reformatting, detection of telephone numbers, and both names of the colour schemes are declared."""
    meta = {attributes.get("name"): attributes.get("content") for attributes in PAGE.all("meta")}
    assert meta["viewport"] == "width=device-width,initial-scale=1"
    assert "x-apple-disable-message-reformatting" in meta
    assert "telephone=no" in str(meta["format-detection"])
    assert meta["color-scheme"] == meta["supported-color-schemes"] == "light dark"


def test_the_title_names_the_issue() -> None:
    """The page's title is the edition and its day."""
    assert "<title>每日摘要 11月20日 星期五</title>" in HTML


def test_outlook_gets_its_settings_and_fonts() -> None:
    """The conditional comments survive inlining: resolution, a font fallback, and a table of 640 pixels."""
    comments = "".join(re.findall(r"<!--\[if mso\]>.*?<!\[endif\]-->", HTML, re.DOTALL))
    assert "OfficeDocumentSettings" in comments
    assert '"Microsoft YaHei",SimSun' in comments
    assert re.search(r'<table role="presentation" width="640"', comments)


def test_the_outer_table_is_full_and_the_inner_at_most_640_wide() -> None:
    """The page fills the window, the text does not."""
    outer, inner = PAGE.all("table")[:2]
    assert outer["width"] == "100%"
    assert "max-width: 640px" in inner["style"]


def test_every_table_is_for_layout_only() -> None:
    """Screen readers hear no table, and no program adds its own borders."""
    tables = PAGE.all("table")
    assert len(tables) > 5
    for table in tables:
        assert table["role"] == "presentation"
        assert (table["border"], table["cellpadding"], table["cellspacing"]) == ("0", "0", "0")


def test_the_letter_is_announced_as_one_article() -> None:
    """A wrapper says that this is a mail, in Chinese, and there is one main part without a second role."""
    wrapper = next(div for div in PAGE.all("div") if "role" in div)
    assert wrapper["role"] == "article"
    assert wrapper["aria-roledescription"] == "email"
    assert wrapper["aria-label"] == "每日摘要 11月20日"
    assert wrapper["lang"] == "zh-CN"
    assert PAGE.all("main") == [{}]


def test_one_heading_for_the_letter_and_one_for_every_story() -> None:
    """There is one h1, and as many h2 as items."""
    assert len(PAGE.all("h1")) == 1
    assert [heading["id"] for heading in PAGE.all("h2")] == [f"item-{number}" for number in range(1, 15)]


def test_times_are_machine_readable() -> None:
    """The issue's day, every moment and every bare day stand in a time element."""
    times = [time["datetime"] for time in PAGE.all("time")]
    assert times[:3] == ["2026-11-20", "2026-11-19T18:42:00+08:00", "2026-11-19"]
    assert len(times) == 15


def test_a_story_is_linked_by_its_title() -> None:
    """The visible text of a story's link is its title, and a story without address has no link."""
    for item in morning_issue().items:
        linked = re.search(rf'<a [^>]*href="{re.escape(item.article.url)}"[^>]*><bdi>{item.title}</bdi></a>', HTML)
        assert bool(linked) == bool(item.article.url)
        assert item.title in PAGE.text


def test_no_text_is_smaller_than_fifteen_pixels() -> None:
    """Sizes are at least 15 px, line heights at least 26 px, and the container sets both."""
    styles = " ".join(PAGE.values("style"))
    assert min(int(size) for size in re.findall(r"font-size: (\d+)px", styles)) == 15
    assert min(int(height) for height in re.findall(r"line-height: (\d+)px", styles)) == 26


def test_the_font_stack_is_set_once() -> None:
    """One element names the fonts and all others inherit them, or inlining would double the letter."""
    assert [STACK in style for style in PAGE.values("style")].count(True) == 1
    assert HTML.count("PingFang SC") == 1


def test_the_preheader_is_hidden_without_hidden_colours() -> None:
    """It is out of sight by four means, none a colour, which spam filters mistrust, and padded with filler."""
    style = PAGE.all("div")[0]["style"]
    for means in ("display:none", "max-height:0", "overflow:hidden", "mso-hide:all"):
        assert means in style
    assert "color" not in style
    assert "\u034f\u200c&nbsp;" * 20 in HTML


def test_both_colour_schemes_and_paper_are_served() -> None:
    """The dark colours overrule the inlined ones, the print rules take the grounds away."""
    dark = HTML[HTML.index("prefers-color-scheme:dark") : HTML.index("@media print")]
    assert dark.count("!important") >= 8
    assert "background:#fff!important" in HTML[HTML.index("@media print") :]


def test_media_rules_fit_where_gmail_reads_them() -> None:
    """Gmail drops a style element of more than 8 KB."""
    assert all(len(style.encode()) < 8192 for style in re.findall(r"<style>(.*?)</style>", HTML, re.DOTALL))


@pytest.mark.parametrize("issue", [morning_issue(), empty_issue(), large_issue(60)], ids=["morning", "empty", "large"])
def test_nothing_is_loaded_from_anywhere(issue: object) -> None:
    """No image, font, frame, script or style sheet: opening the letter tells nobody."""
    html = render_letter(issue, TEMPLATES, mail_footer=FOOTER).html  # type: ignore[arg-type]  # an Issue by construction
    page = Page(html)
    loading = ("img", "link", "script", "iframe", "video", "audio", "object", "embed", "svg", "source", "base", "form")
    assert not page.all(*loading)
    assert not [name for name in ("src", "srcset", "background", "poster", "action") if page.values(name)]
    assert not re.search(r"url\(|@import|@font-face", html)


def test_links_lead_to_the_web_to_mail_or_within() -> None:
    """Every href is http(s), mailto, or the anchor of an item that is there."""
    anchors = {f"#{anchor}" for anchor in PAGE.values("id")}
    hrefs = PAGE.values("href")
    assert len(hrefs) > 15
    assert all(href.startswith(("http://", "https://", "mailto:")) or href in anchors for href in hrefs)


def test_the_words_stay_when_the_style_sheet_is_taken_away() -> None:
    """Programs that drop style elements still show every word, and keywords keep marks between them."""
    bare = re.sub(r"<style>.*?</style>", "", HTML, flags=re.DOTALL)
    assert Page(bare).text == PAGE.text
    assert "小微企业 · 社会保险费" in PAGE.text
    assert "font-size: 16px" in bare


def test_the_foot_says_why_how_to_leave_and_who_sends() -> None:
    """The reason, the way out and the sender stand at the end of a mail; a preview has no such foot."""
    foot = PAGE.text[-400:]
    assert "您收到这封信，是因为" in foot
    assert "发件人：每日摘要 <brief@news.example.cn>" in foot
    assert re.search(rf'<a [^>]*href="{re.escape(FOOTER.unsubscribe)}"[^>]*>退订</a>', HTML)
    preview = render_letter(morning_issue(), TEMPLATES).html
    assert "退订" not in preview
    assert "发件人" not in preview


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def colour_of(rules: str, selector: str, name: str) -> str:
    """The first colour that the rule for this class gives."""
    found = re.search(rf"{re.escape(selector)}[^{{}}]*{{[^}}]*?\b{name}:(#[0-9a-f]{{6}})", rules)
    assert found, selector
    return found[1]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_ink_is_readable_on_every_ground(dark: bool) -> None:
    """Text keeps a contrast of 4.5 to 1 with the card, the overview and the tags, in both colour schemes."""
    source = TEMPLATES["digest.html.j2"]
    light, _, night = source.partition("prefers-color-scheme:dark")
    rules = night if dark else light
    card = colour_of(night, ".card", "background") if dark else "#fffdf8"
    overview = colour_of(night, ".o", "background") if dark else "#f8f4ea"
    assert dark or f"background:{card}" in source
    assert dark or f"background:{overview}" in source
    inks = [colour_of(rules, selector, "color") for selector in (".ink", ".q", ".n", ".h")]
    for ground in (card, overview, colour_of(rules, ".t", "background")):
        for ink in inks:
            bright, dim = sorted((luminance(ground), luminance(ink)), reverse=True)
            assert (bright + 0.05) / (dim + 0.05) >= 4.5, (ink, ground)
