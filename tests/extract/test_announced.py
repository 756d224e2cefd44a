"""An entry of a list and the page behind it make one article."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from digest.errors import FormatError
from digest.extract.announced import complete_article, read_announced, read_listing
from digest.model import Article, Document

BEIJING = timezone(timedelta(hours=8))
NINE = datetime(2026, 11, 21, 9, 30, tzinfo=BEIJING)
TEXT = "岚川大桥今天上午正式通车。大桥全长3.2公里，双向六车道，总投资二十八亿元。" * 4
BLOCK = "<html><title>安全验证</title><body>访问过于频繁，请输入验证码后继续访问</body></html>"


def page(heading: str, info: str, text: str = TEXT) -> Document:
    """A page with a heading, a line below it and a text, fetched on 22 November 2026."""
    html = (
        f"<html><head><meta charset='utf-8'><title>{heading}</title></head><body><h1>{heading}</h1><div>{info}</div>"
        f"<div><p>{text}</p><p>{text}</p></div></body></html>"
    )
    return Document(html.encode(), "页", "https://x.example/1.html", fetched_at=datetime(2026, 11, 22, tzinfo=UTC))


def test_a_day_in_the_heading_is_not_the_day_of_publishing() -> None:
    """2月17日上线 in a headline is the day it speaks of; the line below it says when it was published."""
    article = read_announced(page("岚川地铁：2月17日上线新票", "2026-11-21 09:30　来源：岚川日报"), Article())
    assert article.published == NINE


@pytest.mark.parametrize(
    ("own", "listed", "kept"),
    [
        (date(2026, 2, 17), NINE, NINE),
        (date(2026, 11, 21), NINE, NINE),
        (NINE, date(2026, 11, 21), NINE),
        (NINE, None, NINE),
        (None, date(2026, 11, 21), date(2026, 11, 21)),
        (NINE, date(2026, 11, 3), date(2026, 11, 3)),
    ],
)
def test_the_better_date_is_kept(own: date | None, listed: date | None, kept: date) -> None:
    """The list's day where the two differ, the more exact one where they do not."""
    assert complete_article(Article(published=own), Article(published=listed)).published == kept


@pytest.mark.parametrize(
    ("own", "listed", "kept"),
    [
        ("岚川新闻网", "岚川大桥正式通车", "岚川大桥正式通车"),
        ("岚川大桥今天正式通车 市民奔走相告", "岚川大桥今天正式通车…", "岚川大桥今天正式通车 市民奔走相告"),
        ("", "岚川大桥正式通车", "岚川大桥正式通车"),
        ("岚川大桥正式通车", "", "岚川大桥正式通车"),
    ],
)
def test_the_better_title_is_kept(own: str, listed: str, kept: str) -> None:
    """The page's, unless it is the name of the site."""
    assert complete_article(Article(title=own), Article(title=listed)).title == kept


def test_a_page_without_text_keeps_what_the_list_said() -> None:
    """A page that shows only a picture leaves the teaser."""
    teaser = "大桥今天通车，全长3.2公里，双向六车道，总投资二十八亿元，市民可以免费通行，公交线路同步调整。"
    assert complete_article(Article(text="图"), Article(text=teaser)).text == teaser


@pytest.mark.parametrize("kind", ["feed", "page-list"])
def test_a_block_page_in_the_place_of_a_list_is_named(kind: str) -> None:
    """The reason is the block, not that no list is found."""
    with pytest.raises(FormatError, match="block page instead: .*安全验证"):
        read_listing(Document(BLOCK.encode(), "x", "https://x.example/"), kind, {}, 10)


def test_a_block_page_in_the_place_of_an_article_is_none() -> None:
    """It is answered with status 200, and is no article all the same; an article about such pages is one."""
    with pytest.raises(FormatError, match="block page"):
        read_announced(Document(BLOCK.encode(), "x", "https://x.example/"), Article(title="岚川大桥通车"))
    about = page(
        "访问频繁，请输入验证码：验证码为何越来越难", "2026-11-21", TEXT + "网站提示访问过于频繁，请输入验证码。"
    )
    assert "验证码" in read_announced(about, Article()).text


def test_no_more_entries_come_than_are_asked_for() -> None:
    """A long feed is cut."""
    items = "".join(f"<item><title>第{n}条</title><link>https://x.example/{n}</link></item>" for n in range(30))
    feed = Document(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), "x", "https://x.example/f")
    assert len(read_listing(feed, "feed", {}, 7).entries) == 7
