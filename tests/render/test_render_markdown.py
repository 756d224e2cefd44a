"""An issue as Markdown: what it says is held against what markdown-it makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from digest.model import (
    Addition,
    Appointment,
    Article,
    Coverage,
    DocumentCard,
    Fact,
    Highlight,
    Imprint,
    InterfaceLanguage,
    Issue,
    Item,
    Names,
    Passage,
    Reference,
    Revision,
    Section,
    SourceReport,
    Told,
    Trend,
)
from digest.render.markdown import escape_markdown, render_markdown
from digest.render.typography import clean, clip
from tests.render.render_samples import ANY_TEXT, SLOT, Page, empty_issue, item, large_issue, morning_issue, summarize

READER = MarkdownIt("commonmark").enable("table")
URL = "https://law.example.cn/draft/1187?a=1&copy;=2"
MARKUP = (
    *("*a*", "**a**", "_a_", "`a`", "```", "~~~", "~~a~~", "# a", "- a", "+ a", "1. a", "2) a", "---", "===", "> a"),
    *("[a](https://x.cn)", "![a](https://x.cn/a.png)", "[a]: https://x.cn", "<https://x.cn>", "<b>a</b>", "<!-- a -->"),
    *("&lt;b&gt;", "&#42;", "a | b", "|---|", "\\", "a\\", "!", "](x)", "<a id=item-1>", "$a$", "    a", "a  ", "^a^"),
    *("https://x.cn", "www.x.cn", ":---", "a\n\n# b", "a\n- b", "a\r\n> b", "<?a", "<![CDATA[a"),
)
hostile = st.one_of(
    ANY_TEXT,
    st.lists(st.sampled_from([*MARKUP, "字", " "]), min_size=1, max_size=5).map("".join),
    st.sampled_from(MARKUP),
)


def fact(kind: str, text: str, value: str = "") -> Fact:
    """A fact; its place in the text is of no interest here."""
    return Fact(kind, text, 0, len(text), value or text)  # type: ignore[arg-type]  # a test's shorthand


def full_issue(said: str = "低空物流条例（征求意见稿）", url: str = URL) -> Issue:
    """An issue that has one of everything, each text of which is `said`."""
    sentence = summarize([said]).sentences[0]
    article = Article(said, said, site=said, url=url)
    entry = replace(
        item(
            1,
            said,
            said,
            words="",
            site=said,
            url=url,
            published=date(2026, 11, 19),
            also=(Reference(said, said, url),),
        ),
        card=DocumentCard(said, (fact("number", said), fact("deadline", said, "2026-12-20"))),
        added=(Addition(sentence, article),),
        standing="update",
        earlier=Told(date(2026, 11, 18), 3, said, (article,)),
        note=said,
    )
    return Issue(
        "daily",
        said,
        SLOT,
        SLOT.date(),
        sections=(Section(said, (entry,)),),
        overview=(Highlight(sentence, 1),),
        keywords=(said,),
        coverage=Coverage(
            (SourceReport(said, 3, (said,), failing=2, silent=5, usual=2.0),), 3, 1, 0, 2, reasons=((said, 2),)
        ),
        agenda=(
            Appointment(date(2026, 12, 20), "deadline", said, said, said, url, "k", item=1),
            Appointment(date(2027, 1, 1), "effective", said, told=date(2026, 11, 18)),
        ),
        revisions=(
            Revision(
                "k",
                "changed",
                said,
                said,
                url,
                f"{said}后",
                (Passage(said, "deleted"), Passage(said, "inserted")),
                date(2026, 11, 18),
            ),
            Revision("k", "gone", said, told=date(2026, 11, 19)),
        ),
        trends=(Trend(said, (0, 1, 8)), Trend(said, (0, 0, 2), new=True)),
        names=Names(people=((said, 3),), places=((said, 1),)),
    )


def tokens(text: str) -> Iterator[Token]:
    """Every token of a Markdown text, the inline ones in their places."""
    for token in READER.parse(text):
        yield token
        yield from token.children or ()


def shape(text: str) -> list[str]:
    """What a Markdown text is made of, without its words."""
    return [token.type for token in tokens(text) if token.type not in ("text", "text_special")]


def links(text: str) -> list[str]:
    """The addresses of a Markdown text's links, in their order."""
    return [str(token.attrs["href"]) for token in tokens(text) if token.type == "link_open"]


def heading(text: str, level: str) -> list[str]:
    """The words of the headings of a level."""
    read = READER.parse(text)
    return [
        "".join(child.content for child in read[place + 1].children or () if child.type != "html_inline")
        for place, token in enumerate(read)
        if token.type == "heading_open" and token.tag == level
    ]


def test_an_issue_that_has_everything_reads_like_this() -> None:
    """Overview, item, document, agenda, changes, words and sources follow each other, each linked to its source."""
    assert render_markdown(full_issue("低空条例", "https://law.example.cn/a_b(c)")) == EVERYTHING


EVERYTHING = """\
# 低空条例

2026年11月20日 星期五 · 1 条

## 今日要点

- 低空条例 [第1条](#item-1)

关键词：低空条例

## 临近截止与施行

| 日期 | 事项 | 文件 | 机关 | 文号 |
| --- | --- | --- | --- | --- |
| 12月20日 星期日 | 截止 | [低空条例](<https://law.example.cn/a_b(c)>)（[第1条](#item-1)） | 低空条例 | 低空条例 |
| 2027年1月1日 星期五 | 施行 | 低空条例（11月18日刊） |  |  |

## 低空条例

### <a id="item-1"></a>1. [低空条例](<https://law.example.cn/a_b(c)>)

低空条例 · 11月19日 · **更新**（见 [11月18日第 3 条](<https://law.example.cn/a_b(c)>)）

低空条例

> 编者按：低空条例

- 文号：低空条例
- 截止：12月20日

其他报道补充：

- [低空条例](<https://law.example.cn/a_b(c)>)：低空条例

另有 1 篇：

- 低空条例「[低空条例](<https://law.example.cn/a_b(c)>)」

## 修改与撤下

- **修改** [低空条例](<https://law.example.cn/a_b(c)>)（低空条例 · 11月18日刊）
  - 标题改为：低空条例后
  - 删：低空条例
  - 增：低空条例
- **撤下** 低空条例（11月19日刊）

## 今日用词

| 词 | 走势 | 今天篇数 |
| --- | --- | --- |
| 低空条例 | ▁▂█ | 8 |
| 低空条例 | ▁▁█ | 2（新） |

- 人物：低空条例 3 篇
- 地方：低空条例 1 篇

## 本期来源

1 源，1 成功，1 静默超常。

本期候选 3 篇：刊出 1，合并 0，未刊 2（其他 2），无正文 0。往期处理过的 0 篇不再列入；无法读取 0 件。

- 低空条例：3 篇，连续 2 天失败，5 天没有新内容（通常间隔不超过 2 天）
  - 低空条例

摘要各句均逐字摘自原文，未作改写；“……”表示该句在此处略去一部分。
"""


def test_the_imprint_and_the_number_stand_where_an_office_puts_them() -> None:
    """The number and the issuer below the title, those it goes to at the foot; what is not set leaves no line."""
    imprint = Imprint("云泽市政府办公室", "市委领导", "")
    text = render_markdown(replace(full_issue(), number=214, imprint=imprint))
    assert "\n第214期 · 云泽市政府办公室 · 2026年11月20日 星期五 · 1 条\n" in text
    assert text.endswith("\n\n报送：市委领导\n\n编印：云泽市政府办公室\n")
    assert "抄送" not in text


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        ("zh-Hant", ["今日重點", "即將截止與施行", "题", "更改與撤下", "今日用詞", "本期來源"]),
        (
            "en",
            [
                "Key points",
                "Coming up: deadlines and effective dates",
                "题",
                "Changed or withdrawn",
                "Words of the day",
                "About this issue",
            ],
        ),
    ],
)
def test_the_headings_are_in_the_language_of_the_issue(language: InterfaceLanguage, headings: list[str]) -> None:
    """Every word of ours is; the words of the source, here 题, stay as they were."""
    text = render_markdown(replace(full_issue("题"), language=language))
    assert heading(text, "h2") == headings
    assert shape(text) == shape(render_markdown(full_issue("题")))


def test_an_ordinary_morning_keeps_its_order() -> None:
    """Sections are of the second level and items of the third; summaries are whole, anchors in place."""
    issue = morning_issue()
    text = render_markdown(issue)
    assert heading(text, "h1") == ["每日摘要"]
    assert heading(text, "h2") == ["今日要点", "财经", "科技", "社会", "本期来源"]
    assert heading(text, "h3") == [f"{entry.number}. {entry.title}" for entry in issue.items]
    page = Page(READER.render(text))
    assert all(str(entry.summary) in page.text for entry in issue.items)
    assert page.values("id") == [f"item-{entry.number}" for entry in issue.items]
    assert [href for href in links(text) if href.startswith("#")] == ["#item-1", "#item-5", "#item-11"]


def test_no_item_is_left_out_of_a_large_issue() -> None:
    """What a letter must fold for its size stands here in full."""
    text = render_markdown(large_issue(120))
    assert len(heading(text, "h3")) == 120
    assert text.count("第3句") == 120


def test_items_under_no_heading_are_of_the_second_level() -> None:
    """No level is skipped where the section has no title."""
    issue = replace(full_issue("题"), sections=(Section("", full_issue("题").items),))
    assert "1. 题" in heading(render_markdown(issue), "h2")
    assert heading(render_markdown(issue), "h3") == []


def test_an_empty_day_says_so() -> None:
    """A day without articles is a page of a few lines that says what was read."""
    text = render_markdown(empty_issue())
    assert "今天没有新文章。" in text
    assert heading(text, "h2") == ["本期来源"]


@given(hostile)
@settings(deadline=None, max_examples=150)
def test_no_text_becomes_markup(said: str) -> None:
    """Whatever every text of an issue says, its Markdown has the same elements, links and HTML as harmless words."""
    text = render_markdown(full_issue(f"{said}字"))
    assert shape(text) == shape(render_markdown(full_issue("字")))
    assert links(text) == links(render_markdown(full_issue("字")))
    assert [token.content for token in tokens(text) if token.type.startswith("html")] == ['<a id="item-1">', "</a>"]


@given(hostile)
@settings(deadline=None, max_examples=150)
def test_every_text_comes_back(said: str) -> None:
    """What markdown-it prints is what the source said, but for what `clean` takes away."""
    text = render_markdown(full_issue(f"{said}字"))
    shown = clean(f"{said}字")
    assert heading(text, "h1") == [clip(shown, 40)]
    assert heading(text, "h3") == [f"1. {clip(shown, 200)}"]
    plain = [token.content for token in READER.parse(escape_markdown(shown)) if token.type == "inline"]
    assert len(plain) == 1
    inline = READER.parseInline(escape_markdown(shown))[0].children or []
    assert "".join(token.content for token in inline) == shown


@given(
    st.one_of(ANY_TEXT, ANY_TEXT.map("https://x.cn/{}".format), st.sampled_from(MARKUP).map("http://x.cn/{}".format))
)
@settings(deadline=None, max_examples=100)
def test_links_lead_to_the_web_only(url: str) -> None:
    """Any address either makes the same links as a good one, all of http or https, or none at all."""
    text = render_markdown(full_issue("字", url))
    good, bad = full_issue("字"), full_issue("字", "")
    outer = [href for href in links(text) if not href.startswith("#")]
    assert all(href.startswith(("http://", "https://")) for href in outer)
    assert shape(text) == shape(render_markdown(good if outer else bad))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,a", "file:///etc/passwd", "https://a:b@x.cn/"])
def test_an_address_that_nobody_should_follow_is_no_link(url: str) -> None:
    """The title stands there as plain words, and the address nowhere."""
    text = render_markdown(full_issue("字", url))
    assert [href for href in links(text) if not href.startswith("#")] == []
    assert url not in text


def test_an_address_survives_its_entities() -> None:
    """`&copy;` in an address stays what it is and does not become ©."""
    assert set(links(render_markdown(full_issue()))) == {"#item-1", URL}


def test_an_event_that_goes_on_says_so() -> None:
    """A further report is marked and points to the earlier issue; a new event is not marked."""
    entry: Item = full_issue("题").items[0]
    going_on = replace(full_issue("题"), sections=(Section("要闻", (replace(entry, standing="follow"),)),))
    assert "**持续跟踪**（见 [11月18日第 3 条]" in render_markdown(going_on)
    new = replace(entry, standing="new", earlier=None)
    assert "**" not in render_markdown(replace(full_issue("题"), sections=(Section("要闻", (new,)),), revisions=()))
