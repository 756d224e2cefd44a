"""A user's templates tried on an issue with something of everything, so that each of their branches is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from digest.app.issues.letters import try_templates
from digest.config import Settings
from digest.model import (
    Addition,
    Appointment,
    Article,
    Coverage,
    DocumentCard,
    Edition,
    Fact,
    Highlight,
    Imprint,
    Issue,
    Item,
    Names,
    Passage,
    Picture,
    Reference,
    Revision,
    Section,
    Sentence,
    SourceReport,
    Summary,
    Told,
    Trend,
)
from digest.render import Footer

_LOADED = re.compile(
    r"<(?:link|script|iframe|object|embed|video|audio)\b|@import|url\(|"
    r"\b(?:src|srcset|background|poster)\s*=\s*[\"']?\s*(?:https?:)?//",
    re.I,
)
EVERYTHING = Edition("trial", "试印", imprint=Imprint("综合处", "各位领导", "各处室"))
_FOOTER = Footer("试印", "mailto:trial@digest.example?subject=unsubscribe")


def try_all_themes(settings: Settings, now: datetime) -> Iterator[str]:
    """Yield a line for each theme and language that an edition uses, as the user's templates make a letter of it.

    Raises:
        TemplateError: one does not render.
    """
    editions = {(edition.theme, edition.language): edition for edition in settings.editions() or (EVERYTHING,)}
    for edition in editions.values():
        full = trial_issue(now, edition)
        letter = try_templates(full, settings.templates, _FOOTER)
        # an empty issue takes other branches, and a preview has no foot
        empty = replace(full, sections=(), overview=(), keywords=(), agenda=(), revisions=(), trends=(), names=Names())
        try_templates(replace(empty, coverage=Coverage()), settings.templates, None)
        size = len(letter.html.encode("utf-8", "replace")) / 1024
        told = f"theme {edition.theme}, {edition.language}: renders, {size:.0f} KB; subject: {letter.subject}"
        loaded = len(_LOADED.findall(letter.html))
        yield f"{told}; it loads {loaded} things from the web, which can count its readers" if loaded else told


CUT = Sentence("全市新设十二个便民服务点，", 0, 13, 0, cut=True)


def trial_issue(now: datetime, edition: Edition = EVERYTHING) -> Issue:
    """Return an issue that has every kind of part that one can have."""
    day, own = now.date(), _article(1, now)
    return Issue(
        edition.name,
        edition.title,
        now,
        day,
        sections=_sections(now),
        overview=(Highlight(CUT, 1),),
        keywords=("便民", "服务点"),
        coverage=_coverage(),
        agenda=_agenda(own, day),
        revisions=_revisions(own, day),
        trends=(Trend("便民", (0, 1, 3)), Trend("新词", (0, 0, 2), new=True)),
        names=Names((("张三", 2),), (("某局", 2),), (("某市", 1),)),
        number=7,
        language=edition.language,
        theme=edition.theme,
        imprint=edition.imprint,
    )


def _sections(now: datetime) -> tuple[Section, ...]:
    """An item with everything, one with almost nothing, and one in English under no heading."""
    own, other, day = _article(1, now), _article(2, now), now.date()
    first = Item(
        1,
        own,
        own.title,
        Summary((CUT,), ("便民", "服务点"), own.text, "zh-Hans"),
        "要闻",
        1.0,
        also=(Reference("另一家的报道", "某报", "https://news.example/other"),),
        added=(Addition(_sentence(other.text), other),),
        standing="update",
        earlier=Told(day - timedelta(days=1), 3, "昨日的报道", (other,)),
        card=DocumentCard("通知", (Fact("number", "试发〔2026〕1号", 0, 10, "试发〔2026〕1号"),)),
        note="请留意。",
        picture=Picture("0123456789abcdef@digest", f"图：{own.title}", 600, 400),
    )
    bare = Article("没有链接的一条", "只有一句话。")
    english = Article("A plain report", "It says one thing.", published=day, site="Example", language="en")
    rest = [
        Item(number, article, article.title, Summary((_sentence(article.text),), (), article.text, article.language))
        for number, article in ((2, bare), (3, english))
    ]
    return Section("要闻", (first, replace(rest[0], section="要闻", standing="follow"))), Section("", (rest[1],))


def _agenda(own: Article, day: date) -> tuple[Appointment, ...]:
    due, before = day + timedelta(days=2), day - timedelta(days=1)
    return (
        Appointment(due, "deadline", "《办法》", "某局", "试发〔2026〕1号", own.url, own.key, item=1),
        Appointment(day + timedelta(days=3), "effective", "《条例》", told=before),
    )


def _revisions(own: Article, day: date) -> tuple[Revision, ...]:
    passages = (Passage("旧句。", "deleted"), Passage("新句。", "inserted"))
    return (
        Revision("k1", "changed", "原题", "某网", own.url, "新题", passages, day),
        Revision("k2", "gone", "撤下的一条", "某网", own.url, told=day),
    )


def _article(number: int, now: datetime) -> Article:
    text = "全市新设十二个便民服务点，其中五个昼夜开放。居民在家门口就能办事。"
    url = f"https://news.example/{number}"
    return Article(
        f"便民服务点的第{number}篇报道", text, "记者甲", now, "某网", url, "zh-Hans", "来源甲", origin="某社"
    )


def _sentence(text: str) -> Sentence:
    return Sentence(text, 0, len(text), 0)


def _coverage() -> Coverage:
    return Coverage(
        (
            SourceReport("来源甲", 5),
            SourceReport("来源乙", 0, ("连不上",), failing=3),
            SourceReport("来源丙", 1, ("一个文件读不了",)),
            SourceReport("来源丁", 0, silent=9, usual=2.0),
        ),
        read=12,
        printed=3,
        merged=2,
        left_out=4,
        empty=1,
        known=2,
        unreadable=1,
        reasons=(("太旧", 3), ("不相关", 1)),
    )
