"""The line under a headline: when an article was published, and by whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from digest.extract.dates import read_date
from digest.extract.layout import Line

_SOURCE = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=本文|文章|信息|新闻|稿件|内容))(?:来源|來源|稿源|信息来源|文章来源|转自|轉自)\s*[：:]\s*"
    r"[《“\"]?([^\s：:|｜【】\[\]<>《》，。,；]{2,30})"
)
_NEXT_FIELD = re.compile(r"(?:作者|责任编辑|責任編輯|编辑|记者|时间|日期|发布|浏览|点击|阅读|字体|字号|打印|分享)$")
_CITY = re.compile(r"[（(][^）)]*[）)]?$")
_PUBLISHING = re.compile(r"发布|發布|发表|发稿|日期|时间|時間|来源|來源|稿源|更新|published|posted", re.I)
_CLOCK_LINE = re.compile(r"^(?:今天是|今日是|现在是|当前时间|欢迎)|copyright|©|版权所有", re.I)
_LONGEST = 100
"""Characters of a name that are looked at."""
_OWN = frozenset(
    ("本站", "本网", "本網", "本网站", "原创", "原創", "网络", "互联网", "本报", "本刊", "未知", "整理", "转载", "综合")
)
_KIND = re.compile(r"(?:门户网站|官方网站|网站|官网|网|客户端|频道|app|首页|公众号)$", re.I)


def visible_date(lines: Sequence[Line], title: str, today: datetime | date | None) -> datetime | date | None:
    """Return the date of the line below the headline; failing that, the first date in a line of its own.

    A date with its year is looked for first: 2月17日 may as well be the day the report speaks of.
    """
    below = [line for line in _below_title(lines, title) if _may_date(line)]
    anywhere = [line for line in lines if _may_date(line)]
    for several, moment in ((below, None), (below, today), (anywhere, None), (anywhere, today)):
        for line in several:
            if found := read_date(line.text, moment):
                return found
    return None


def visible_source(lines: Sequence[Line], title: str) -> str:
    """Return whom the line below the headline names as 来源, or a line anywhere; empty where none does."""
    for several in (_below_title(lines, title), lines):
        for line in several:
            if len(line.text) <= 150 and (found := read_source(line.text)):
                return found
    return ""


def read_source(text: str) -> str:
    """Return the publisher that a line names behind 来源："""
    match = _SOURCE.search(text)
    return _CITY.sub("", _NEXT_FIELD.sub("", match[1])).strip("”\"'“ ") if match else ""


def first_publisher(source: str, site: str) -> str:
    """Return `source` where it is another house than the `site`, as of a reprint (转载); empty where it is its own.

    本站, and a name with or without 网 or 网站 behind it, is the same house.
    """
    theirs, ours = _house(source), _house(site)
    if not theirs or source.strip() in _OWN or (ours and (theirs in ours or ours in theirs)):
        return ""
    return source.strip()


def _house(name: str) -> str:
    plain = "".join(filter(str.isalnum, _CITY.sub("", name.strip()[:_LONGEST]))).lower()
    while (shorter := _KIND.sub("", plain)) != plain and len(shorter) > 1:
        plain = shorter
    return plain


def _below_title(lines: Sequence[Line], title: str) -> Iterator[Line]:
    """Yield the dozen lines behind the headline, where it stands in the page."""
    words = "".join(filter(str.isalnum, title))
    for at, line in enumerate(lines if len(words) > 4 else ()):
        own = "".join(filter(str.isalnum, line.text))
        if not line.is_link and own.startswith(words):
            yield from lines[at + (own == words) : at + 13]
            return


def _may_date(line: Line) -> bool:
    """Whether a date in the line may be the article's: a short line, or one that says so."""
    if line.is_link or len(line.text) < 4 or _CLOCK_LINE.search(line.text):
        return False
    return len(line.text) <= (150 if _PUBLISHING.search(line.text) else 60) and not line.text.endswith(
        ("。", "！", "？")
    )
