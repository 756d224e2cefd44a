"""The themes of a page: what each puts where, that both say the same, and that their inks can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import pytest

from digest.errors import TemplateError
from digest.model import Attachment, Imprint
from digest.render import render_letter
from digest.render.letter import html_size, list_themes
from tests.render.every_part import IMPRINT, PICTURES, PIXEL, every_part
from tests.render.render_samples import FOOTER, TEMPLATES, THEMES, Page, empty_issue, large_issue, morning_issue

CHINESE = re.compile("[\u3001-\u303f\u4e00-\u9fff\uff00-\uffef]")


def page_of(theme: str, **changed: object) -> Page:
    """The page of the issue with every part, in this theme, with some of its fields changed."""
    issue = replace(every_part(theme), **changed)  # type: ignore[arg-type]  # a test's shorthand
    return Page(render_letter(issue, TEMPLATES, mail_footer=FOOTER, pictures=PICTURES).html)


def words_of(page: Page) -> str:
    """The text of a page without white space."""
    return re.sub(r"\s", "", page.text)


def test_the_themes_are_the_whole_pages() -> None:
    """What is included, the skeleton and the page of one summary are no themes."""
    assert list_themes(TEMPLATES) == sorted(THEMES)


def test_a_theme_of_ones_own_is_a_file() -> None:
    """It may fill a block of ours, or be a whole page that takes nothing from us."""
    own = '{% extends "modern.html.j2" %}{% block masthead %}<h1>{{ title }}，{{ t.overview }}</h1>{% endblock %}'
    whole = "<!DOCTYPE html><html><head><title>x</title></head><body>{{ count_told }}</body></html>"
    templates = {**TEMPLATES, "own.html.j2": own, "whole.html.j2": whole}
    assert list_themes(templates) == ["gongwen", "modern", "own", "whole"]
    assert "每日摘要，今日要点" in render_letter(replace(morning_issue(), theme="own"), templates).html
    assert "<body>14 条</body>" in render_letter(replace(morning_issue(), theme="whole"), templates).html


@pytest.mark.parametrize("theme", ["gongwem", "item", "digest", "summary", ""])
def test_an_unknown_theme_names_those_there_are(theme: str) -> None:
    """The complaint tells the themes found, the nearest one, and how to make one; an included file is none."""
    with pytest.raises(TemplateError, match="there is no theme") as caught:
        render_letter(replace(morning_issue(), theme=theme), TEMPLATES)
    assert "themes found: gongwen, modern" in caught.value.hint
    assert ("did you mean gongwen?" in caught.value.hint) == (theme == "gongwem")


def test_both_themes_say_the_same() -> None:
    """A theme changes the dress: every story, fact, change, word and number stands in both."""
    modern, gongwen = (page_of(theme) for theme in THEMES)
    for tag in ("h2", "a", "img", "del", "ins", "main", "h1"):
        assert len(modern.all(tag)) == len(gongwen.all(tag)) > 0
    assert modern.values("href") == gongwen.values("href")
    start, end = "今日要点", "摘要各句均逐字"
    bodies = [
        re.sub("[一二三]、", "", words_of(page)).partition(start)[2].partition(end)[0] for page in (modern, gongwen)
    ]
    assert bodies[0] == bodies[1] != ""


def test_a_bulletin_begins_as_an_official_one() -> None:
    """Title, issue number, issuer and full date, then the body under numbered headings."""
    words = words_of(page_of("gongwen"))
    assert words.partition("今日要点")[0].endswith("每日摘要第14期岭东省信息中心2026年11月20日")
    assert [found in words for found in ("一、财经", "二、科技", "三、社会")] == [True] * 3


def test_what_is_not_known_leaves_no_trace_in_the_masthead() -> None:
    """Without a number there is no 第0期; without an issuer the number of items stands in its place."""
    for theme in THEMES:
        words = words_of(page_of(theme, number=0, imprint=Imprint()))
        assert "第" not in words.partition("今日要点")[0].rpartition("每日摘要")[2]
    assert "每日摘要14条2026年11月20日" in words


def test_a_single_section_is_not_numbered() -> None:
    """一、 without 二、 would be odd."""
    issue = every_part("gongwen")
    assert "一、" not in words_of(page_of("gongwen", sections=issue.sections[:1]))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("field", ["issuer", "submitted_to", "copied_to"])
def test_the_imprint_says_only_what_is_set(theme: str, field: str) -> None:
    """Each of 编印, 报送 and 抄送 stands at the foot where it is set, and nowhere where it is not."""
    labels = {"issuer": "编印：", "submitted_to": "报送：", "copied_to": "抄送："}
    value = getattr(IMPRINT, field)
    words = words_of(page_of(theme, imprint=Imprint(**{field: value}))).partition("摘要各句均逐字")[2]
    assert labels[field] + value in words
    assert not [label for other, label in labels.items() if other != field and label in words]
    assert not [label for label in labels.values() if label in words_of(page_of(theme, imprint=Imprint()))]


def test_the_imprint_tells_the_day_of_issue() -> None:
    """As an official document says it: who, and printed on which day."""
    assert "编印：岭东省信息中心2026年11月20日印发" in words_of(page_of("gongwen"))


@pytest.mark.parametrize("theme", THEMES)
def test_the_course_of_a_word_stays_on_one_line(theme: str) -> None:
    """Seven bars of 16 pixels have a column wide enough, whatever the screen."""
    cells = [cell for cell in page_of(theme).all("td") if cell.get("aria-hidden") == "true"]
    assert len(cells) == 2
    assert all(int(cell["width"]) >= 7 * 16 and "white-space: nowrap" in cell["style"] for cell in cells)


def test_no_template_holds_a_word_of_its_own() -> None:
    """Every word of the interface comes from its list of words, in the edition's language."""
    pages = {name: text for name, text in TEMPLATES.items() if name.endswith(".html.j2") and name != "summary.html.j2"}
    assert len(pages) >= 7
    assert {name: CHINESE.findall(text) for name, text in pages.items() if CHINESE.search(text)} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_an_english_page_is_english(theme: str) -> None:
    """With nothing Chinese in its articles, a page in English holds no Chinese character and says so to programs."""
    empty = replace(empty_issue(), title="Daily Brief", language="en", theme=theme, number=3)
    empty = replace(empty, coverage=replace(empty.coverage, sources=()), imprint=Imprint("Office", "A", "B"))
    html = render_letter(empty, TEMPLATES, mail_footer=replace(FOOTER, sender="Brief <brief@news.example.cn>")).html
    page = Page(html)
    assert not CHINESE.search(page.text)
    assert page.all("html")[0]["lang"] == "en"
    assert "20 November 2026" in page.text
    assert '"Segoe UI",Roboto,Arial,' in html or "'Segoe UI',Roboto,Arial," in html


@pytest.mark.parametrize("theme", THEMES)
def test_a_traditional_page_is_traditional(theme: str) -> None:
    """The interface is in 繁體, the articles stay as they are."""
    page = page_of(theme, language="zh-Hant")
    assert page.all("html")[0]["lang"] == "zh-TW"
    assert "關鍵詞" in page.text
    assert "关键词" not in page.text
    assert "三部门联合发文" in page.text


def test_a_letter_carries_the_pictures_its_page_shows() -> None:
    """The calendar comes first, then each picture once; one no item names stays behind."""
    stray = Attachment("3.jpg", "image/jpeg", PIXEL, "cccccccccccccccc@digest")
    letter = render_letter(every_part(), TEMPLATES, pictures=(stray, *PICTURES, PICTURES[0]))
    assert [file.cid for file in letter.attachments] == ["", *(picture.cid for picture in PICTURES)]
    assert re.findall(r'src="cid:([^"]+)"', letter.html) == [picture.cid for picture in PICTURES]


def test_a_picture_whose_bytes_are_not_there_is_not_shown() -> None:
    """A mail program would show a broken one."""
    letter = render_letter(every_part(), TEMPLATES, pictures=PICTURES[1:])
    assert re.findall(r'src="cid:([^"]+)"', letter.html) == [PICTURES[1].cid]
    assert "<img" not in render_letter(every_part(), TEMPLATES).html


def test_a_picture_of_a_folded_item_stays_behind() -> None:
    """An item of which only the title is left brings no file."""
    issue = large_issue(500)
    items = tuple(replace(item, picture=every_part().items[0].picture) for item in issue.items[-1:])
    section = replace(issue.sections[0], items=(*issue.items[:-1], *items))
    letter = render_letter(replace(issue, sections=(section,)), TEMPLATES, pictures=PICTURES)
    assert letter.attachments == ()
    assert "cid:" not in letter.html


@pytest.mark.parametrize("theme", THEMES)
def test_a_long_title_is_set_smaller(theme: str) -> None:
    """A masthead of thirteen characters fits a line, and Latin letters are not spaced out."""

    def size(title: str) -> int:
        style = page_of(theme, title=title).all("h1")[0]["style"]
        return int(re.findall(r"font-size: (\d+)px", style)[-1])

    assert size("岭东省网络舆情要情每日摘报") * 13 <= 560
    assert size("每日摘要") > size("岭东省网络舆情要情每日摘报") > 26
    assert re.search(r"letter-spacing: [01](px)?;", page_of(theme, title="Daily Brief").all("h1")[0]["style"])


def test_the_skeleton_tells_its_blocks() -> None:
    """Whoever writes a theme reads in the skeleton's first lines which blocks there are to fill."""
    skeleton = TEMPLATES["digest.html.j2"]
    told = re.search(r"Blocks: (.*?)\.\s", skeleton, re.DOTALL)
    assert told is not None
    named = re.findall(r"[a-z]+", re.sub(r"\(.*?\)", "", told[1]))
    assert named == re.findall(r"\{% block (\w+)", skeleton)


@pytest.mark.parametrize("theme", THEMES)
def test_the_largest_letter_keeps_imprint_and_foot(theme: str) -> None:
    """With 500 items the page stays within its limit, and how to leave is never cut off."""
    issue = replace(large_issue(500), theme=theme, imprint=IMPRINT, number=324)
    letter = render_letter(issue, TEMPLATES, mail_footer=FOOTER)
    assert html_size(letter.html) <= 90 * 1024
    foot = Page(letter.html).text[-200:]
    assert [word in foot for word in ("抄送：", "退订", "发件人：")] == [True] * 3


VOID = {"br", "img", "meta", "link", "hr"}
MEDIA = re.compile(r"@media ([^{]+)\{((?:[^{}]+\{[^{}]*\})*)\s*\}")
Rule = tuple[list[str], dict[str, str]]


def media_rules(html: str, wanted: tuple[str, ...]) -> list[Rule]:
    """The rules that hold where exactly these media queries do: each selector as its simple parts, and its colours."""
    rules = []
    for query, body in MEDIA.findall(html):
        if query.strip() in wanted:
            for selectors, declarations in re.findall(r"([^{}]+)\{([^{}]*)\}", body):
                colours = {
                    name: value for name, value in _declared(declarations).items() if name in ("color", "ground")
                }
                rules += [(selector.split(), colours) for selector in selectors.split(",") if colours]
    return rules


def _declared(declarations: str) -> dict[str, str]:
    pairs = (part.partition(":")[::2] for part in declarations.split(";") if ":" in part)
    names = {"background": "ground", "background-color": "ground"}
    return {names.get(name.strip(), name.strip()): value.strip() for name, value in pairs}


@dataclass
class Inks(HTMLParser):
    """Every text of a page with its ink and its ground, as the inlined styles and these rules make them."""

    html: str
    rules: list[Rule]
    found: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[set[str], str, str]] = [({"html"}, "#000000", "#ffffff")]
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        me = {tag, *(f".{name}" for name in known.get("class", "").split())}
        _, ink, ground = self._open[-1]
        values = {"color": ink, "ground": ground}
        values |= {name: value for name, value in self._matching(me) if not value.endswith("!important")}
        values |= _declared(known.get("style", ""))
        values |= {name: value for name, value in self._matching(me) if value.endswith("!important")}
        hidden = tag in ("style", "title") or values.get("display") == "none" or not ink
        colour, back = (values[name].removesuffix("!important") for name in ("color", "ground"))
        if tag not in VOID:
            self._open.append((me, "" if hidden else colour, back))

    def _matching(self, me: set[str]) -> Iterator[tuple[str, str]]:
        around = set().union(*(names for names, _, _ in self._open))
        for parts, colours in self.rules:
            if parts[-1] in me and all(part in around for part in parts[:-1]):
                yield from colours.items()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open[-1][1]:
            self.found.add(self._open[-1][1:])


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    long = colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])
    parts = [int(long[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


SCREEN, DARK, PRINT = "screen", "screen and (prefers-color-scheme:dark)", "print"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("media", [(), (SCREEN,), (SCREEN, DARK), (PRINT,)], ids=["bare", "light", "dark", "print"])
def test_every_ink_is_readable_on_its_ground(theme: str, media: tuple[str, ...]) -> None:
    """Every text has a contrast of 4.5 to 1: by inlined styles alone, in light, in darkness and on paper."""
    html = render_letter(every_part(theme), TEMPLATES, mail_footer=FOOTER).html
    rules = media_rules(html, media)
    assert bool(rules) == bool(media)
    found = Inks(html, rules).found
    assert found
    for ink, ground in found:
        bright, dim = sorted((luminance(ground), luminance(ink)), reverse=True)
        assert (bright + 0.05) / (dim + 0.05) >= 4.5, (ink, ground)
    night = {ground for _, ground in found if luminance(ground) < 0.1}
    assert bool(night) == (DARK in media)
    assert not night or len(night) == len({ground for _, ground in found})
