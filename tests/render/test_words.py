"""The words of the interface: the same in every language, and none of another one's."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from digest.model import Article, Imprint, InterfaceLanguage, Issue, Picture, Reference, Standing
from digest.render import Footer, render_docx, render_ics, render_letter
from digest.render.context import issue_context, language_tag
from digest.render.words import counted, interface_words, written_day, written_weekday
from digest.render.wrapping import text_width
from tests.render.render_samples import FOOTER, SLOT, TEMPLATES, empty_issue, item, morning_issue, one_item_issue
from tests.render.test_render_markdown import full_issue

LANGUAGES: tuple[InterfaceLanguage, ...] = get_args(InterfaceLanguage)
HAN = re.compile(r"[\u4e00-\u9fff]")
HOLE = re.compile(r"%(?:\(\w+\))?[ds]")
LATIN_SAID = "Draft"
FAR = "https://news.example.cn/" + "a" * 900


def letter_text(issue: Issue, footer: Footer | None = FOOTER) -> str:
    """The plain-text part of an issue's letter."""
    return render_letter(issue, TEMPLATES, mail_footer=footer).text


def test_every_language_says_the_same_things() -> None:
    """The tables have the same keys with the same holes, but for the form of the number 1 where a language has one."""
    home = interface_words("zh-Hans")
    for language in LANGUAGES:
        words = interface_words(language)
        assert {key for key in words if not key.endswith("_one")} == set(home)
        assert not set(words) & set(dir(dict))  # in a template `t.items` is the method
        for key, word in words.items():
            assert Counter(HOLE.findall(word)) == Counter(HOLE.findall(home[key.removesuffix("_one")])), key


def test_english_holds_no_chinese_and_traditional_no_simplified_word() -> None:
    """繁體 is written with its own characters; 发 邮 关 and their like would show that it was forgotten."""
    assert not [key for key, word in interface_words("en").items() if HAN.search(word)]
    traditional = "".join(interface_words("zh-Hant").values())
    assert not set("发邮关键词来见报导页网个条张维护构务图单国与这为过时间处题无从们订阅样") & set(traditional)
    assert set("發郵關鍵詞來見報與為過題無") <= set(traditional)


@pytest.mark.parametrize(
    ("language", "day", "full", "weekday", "short"),
    [
        ("zh-Hans", "3月1日", "2026年3月1日", "星期日", "周日"),
        ("zh-Hant", "3月1日", "2026年3月1日", "星期日", "週日"),
        ("en", "1 March", "1 March 2026", "Sunday", "Sun"),
    ],
)
def test_a_day_is_written_as_its_language_does(
    language: InterfaceLanguage, day: str, full: str, weekday: str, short: str
) -> None:
    """With its year where that is another, never with a padded number."""
    words, sunday = interface_words(language), date(2026, 3, 1)
    assert (written_day(sunday, words, 2026), written_day(sunday, words)) == (day, full)
    assert (written_weekday(sunday, words), written_weekday(sunday, words, short=True)) == (weekday, short)


def test_one_is_told_from_many_in_english_only() -> None:
    """1 item and 2 items, but 1 条 and 2 条."""
    assert [counted(interface_words("en"), "item_count", n) for n in (0, 1, 2)] == ["0 items", "1 item", "2 items"]
    assert counted(interface_words(), "item_count", 1) == "1 条"


@pytest.mark.parametrize(
    ("article", "interface", "tag"),
    [
        ("zh-Hans", "zh-Hans", ""),
        ("zh-CN", "zh-Hans", ""),
        ("zh-Hant", "zh-Hans", "zh-Hant"),
        ("zh-Hans", "zh-Hant", "zh-Hans"),
        ("zh-HK", "zh-Hant", ""),
        ("zh", "zh-Hant", ""),
        ("zh", "en", "zh"),
        ("en-GB", "en", ""),
        ("en", "zh-Hant", "en"),
        ("und", "en", ""),
        ('en" onload="', "zh-Hans", ""),
    ],
)
def test_an_article_in_another_language_says_so(article: str, interface: InterfaceLanguage, tag: str) -> None:
    """Measured by the language of the interface, which the page declares for all of itself."""
    assert language_tag(article, interface) == tag


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_words_of_the_issue_are_in_another_language(language: InterfaceLanguage) -> None:
    """Where every source speaks English, an English letter, calendar and document hold no Chinese character."""
    issue = replace(full_issue(LATIN_SAID), language=language, imprint=Imprint("Desk", "Board", "Staff"), number=7)
    entry = replace(issue.items[0], card=replace(issue.items[0].card, genre=""))
    issue = replace(issue, sections=(replace(issue.sections[0], items=(entry,)),))
    letter = render_letter(issue, TEMPLATES, mail_footer=Footer("Desk <d@x.cn>", "mailto:d@x.cn?subject=leave"))
    calendar = render_ics(issue)
    assert calendar is not None
    texts = [letter.subject, letter.text, calendar.data.decode()]
    texts = [text.replace(f"{LATIN_SAID}后", "") for text in texts]  # what a page of the sample is headed now
    assert [bool(HAN.search(text)) for text in texts] == [language != "en"] * 3
    assert len(render_docx(issue)) > 1000


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_of_the_text_is_wider_than_its_screen(language: InterfaceLanguage) -> None:
    """76 columns, but for an address, which stays whole and has its line for itself."""
    entry = item(1, "题" * 60, "句。" * 40, url=FAR, site="S" * 50, also=[Reference("另" * 50, "站", FAR)] * 3)
    issue = replace(
        one_item_issue(entry), language=language, imprint=Imprint("编" * 60, "送" * 90, "抄" * 90), number=3
    )
    wide = [line for line in letter_text(issue).splitlines() if text_width(line) > 76]
    assert {line.strip() for line in wide} == {FAR}
    assert not [
        line for line in letter_text(replace(morning_issue(), language=language)).splitlines() if len(line) > 76
    ]


def test_the_agenda_stands_before_the_entries() -> None:
    """Who reads only the beginning must see the days that bind him."""
    text = letter_text(full_issue("题"))
    assert text.index("临近截止与施行") < text.index("【题】") < text.index("修改与撤下") < text.index("今日用词")


def test_the_text_says_for_whom_it_is() -> None:
    """第214期 and the issuer at the top, 报送 and 抄送 at the foot; none of it where none is set."""
    issue = replace(morning_issue(), number=214, imprint=Imprint("云泽市政府办公室", "市委领导", "各区县"))
    text = letter_text(issue)
    assert text.splitlines()[1] == "第214期 · 云泽市政府办公室 · 2026年11月20日 星期五 · 14 条"
    assert "报送：市委领导\n抄送：各区县\n编印：云泽市政府办公室\n" in text
    assert text.index("编印") < text.index("退订")
    bare = letter_text(morning_issue())
    assert not [word for word in ("第214期", "报送", "抄送", "编印") if word in bare]


def test_who_leaves_by_mail_is_told_what_to_write() -> None:
    """The text part has no link to press: the address and the subject stand there; a page is named by its address."""
    by_mail = Footer("a <a@x.cn>", "mailto:a+t@x.cn?subject=unsubscribe%20ab%2Bc")
    assert "退订：发邮件至 a+t@x.cn，主题照抄下一行：\n    unsubscribe ab+c\n" in letter_text(morning_issue(), by_mail)
    page = Footer("a <a@x.cn>", "https://x.cn/leave?subject=1")
    assert "退订：https://x.cn/leave?subject=1\n" in letter_text(morning_issue(), page)


def test_a_quiet_source_takes_no_line_of_its_own() -> None:
    """Those where all is well stand in one row with their counts; only the others are told one by one."""
    text = letter_text(morning_issue())
    assert "来源：南岸财经 14、城市晨报 17、蓝桥财经 6、深蓝科技 5、Harbour Wire 8\n! 法治在线：3 篇\n" in text


@pytest.mark.parametrize(
    ("language", "count", "subject"),
    [
        ("zh-Hans", 1, "每日摘要 11月20日 星期五｜1 条：题"),
        ("zh-Hant", 1, "每日摘要 11月20日 星期五｜1 則：题"),
        ("en", 1, "每日摘要, Friday 20 November | 1 item: 题"),
        ("zh-Hans", 0, "每日摘要 11月20日 星期五｜今天没有新文章"),
        ("zh-Hant", 0, "每日摘要 11月20日 星期五｜今日沒有新文章"),
        ("en", 0, "每日摘要, Friday 20 November | nothing new today"),
    ],
)
def test_the_subject_is_in_the_language_of_the_issue(language: InterfaceLanguage, count: int, subject: str) -> None:
    """Title, day, how many, and the first of them."""
    issue = one_item_issue(item(1, "题", "句。")) if count else empty_issue()
    assert render_letter(replace(issue, language=language), TEMPLATES).subject == subject


@pytest.mark.parametrize(("standing", "told"), [("new", ""), ("update", "Update"), ("follow", "Developing")])
def test_a_story_says_in_english_how_it_stands(standing: Standing, told: str) -> None:
    """And others that report it are counted as English counts them."""
    entry = item(1, "题", "句。", site="甲", also=[Reference("a", "乙"), Reference("b", "乙")])
    context = issue_context(replace(one_item_issue(replace(entry, standing=standing)), language="en"))
    story = context["sections"][0]["stories"][0]
    assert (story["standing"], story["also_told"]) == (told, "1 outlet, 2 articles")


def test_the_link_of_a_story_leads_to_its_summary() -> None:
    """`href` names the first sentence, `url` is the plain address; without an address both are empty."""
    url = "https://x.cn/a.html"
    story, bare = (
        issue_context(one_item_issue(item(1, "题", "三部门联合印发通知。", url=given)))["sections"][0]["stories"][0]
        for given in (url, "")
    )
    assert story["url"] == url
    assert story["href"].startswith(f"{url}#:~:text=")
    assert (bare["url"], bare["href"]) == ("", "")


def test_a_picture_is_told_by_its_place_and_words() -> None:
    """The cid, the words that stand for it and its size; an empty table where there is none."""
    entry = replace(item(1, "题", "句。"), picture=Picture("ab12@digest", "图：\u202e题", 600, 400))
    context = issue_context(one_item_issue(entry))
    assert context["sections"][0]["stories"][0]["picture"] == {
        "cid": "ab12@digest",
        "alt": "图：题",
        "width": 600,
        "height": 400,
    }
    assert issue_context(morning_issue())["sections"][0]["stories"][0]["picture"] == {}


def test_the_date_of_an_issue_is_there_in_every_form() -> None:
    """A theme takes the one it needs; the tag of the page is that of its language."""
    context = issue_context(replace(empty_issue(), language="zh-Hant", number=3))
    assert (context["html_lang"], context["language"], context["number"]) == ("zh-TW", "zh-Hant", 3)
    assert context["date"] == {
        "iso": SLOT.date().isoformat(),
        "year": "2026",
        "day": "11月20日",
        "full": "2026年11月20日",
        "weekday": "星期五",
        "weekday_short": "週五",
        "told": "11月20日 星期五",
    }
    assert context["t"]["leave"] == "取消訂閱"


def test_words_of_a_template_cannot_be_changed_for_the_next() -> None:
    """Each context has its own copy of the words."""
    issue_context(empty_issue())["t"]["overview"] = "x"
    assert issue_context(empty_issue())["t"]["overview"] == "今日要点"


def test_an_article_is_never_converted() -> None:
    """A simplified text in a traditional letter keeps its characters, title and site too."""
    entry = item(1, "云泽市发布规定", "规定自发布之日起施行。", site="云泽发布")
    text = letter_text(replace(one_item_issue(entry), language="zh-Hant"))
    assert all(said in text for said in ("云泽市发布规定", "规定自发布之日起施行。", "云泽发布"))
    assert isinstance(entry.article, Article)
