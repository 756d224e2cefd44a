"""An issue with every part a page can have: facts, notes, agenda, changes, words of the day, imprint and pictures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from digest.model import (
    Addition,
    Appointment,
    Attachment,
    DocumentCard,
    Fact,
    FactKind,
    Imprint,
    Issue,
    Names,
    Passage,
    Picture,
    Revision,
    SourceReport,
    Told,
    Trend,
)
from tests.render.render_samples import SOCIETY, TECHNOLOGY, morning_issue

PIXEL = b"\xff\xd8\xff\xd9"
PICTURES = (
    Attachment("1.jpg", "image/jpeg", PIXEL, "aaaaaaaaaaaaaaaa@digest"),
    Attachment("2.jpg", "image/jpeg", PIXEL, "bbbbbbbbbbbbbbbb@digest"),
)
IMPRINT = Imprint("岭东省信息中心", "省直各单位", "各市信息中心，中心各处室")


def every_part(theme: str = "modern") -> Issue:
    """The fourteenth issue of its year, with everything a page can show."""
    issue = morning_issue()
    first, *others = issue.sections
    told = Told(date(2026, 11, 18), 7, "三部门酝酿按季申报", (first.items[0].article,))
    addition = Addition(TECHNOLOGY[1].summary.sentences[0], replace(TECHNOLOGY[1].article, site="岭东日报"))
    wide, tall = (
        Picture(file.cid, f"图：{name}", *size)
        for file, name, size in zip(PICTURES, ("大厅", "港口"), ((600, 338), (400, 800)), strict=True)
    )
    items = (
        replace(
            first.items[0],
            card=_card(),
            standing="update",
            earlier=told,
            added=(addition,),
            note="请法务处于周三前回复。",
            picture=wide,
        ),
        replace(first.items[1], standing="follow", earlier=told),
        replace(first.items[2], picture=tall),
        *first.items[3:],
    )
    sources = (
        *issue.coverage.sources,
        SourceReport("坏源", 0, ("没有应答",), failing=3),
        SourceReport("静默源", 5, silent=9, usual=3.0),
    )
    return replace(
        issue,
        theme=theme,
        number=14,
        imprint=IMPRINT,
        sections=(replace(first, items=items), *others),
        agenda=_agenda(),
        revisions=_revisions(),
        trends=(Trend("低空物流", (0, 1, 0, 2, 1, 3, 9)), Trend("负面清单", (0, 0, 0, 0, 0, 0, 5), new=True)),
        names=Names((("王建国", 4), ("李敏", 2)), (("信息中心", 6),), (("南岸市", 5), ("岭东省", 3))),
        coverage=replace(issue.coverage, sources=sources, reasons=(("no_room", 12), ("repeated", 9))),
    )


def _card() -> DocumentCard:
    facts: tuple[tuple[FactKind, str], ...] = (
        ("number", "岭信发〔2026〕38号"),
        ("body", "岭东省信息中心"),
        ("effective", "2027-03-01"),
        ("deadline", "2026-12-02"),
    )
    return DocumentCard("通知", tuple(Fact(kind, value, 0, len(value), value) for kind, value in facts))


def _agenda() -> tuple[Appointment, ...]:
    return (
        Appointment(
            date(2026, 11, 27),
            "deadline",
            "关于加强移动应用程序个人信息保护工作的通知（征求意见稿）",
            "岭东省信息中心",
            "岭信发〔2026〕38号",
            "https://a.example.cn/1",
            item=1,
        ),
        Appointment(
            date(2027, 1, 1), "effective", "澜川市登记办法", url="https://a.example.cn/2", told=date(2026, 11, 18)
        ),
    )


def _revisions() -> tuple[Revision, ...]:
    passages = (Passage("首批412家商户承诺退款。", "deleted"), Passage("首批398家商户承诺退款。", "inserted"))
    return (
        Revision("k", "changed", SOCIETY[0].title, "城市晨报", "https://a.example.cn/3", "供暖两周", passages),
        Revision("l", "gone", "某公司通报", "门户", "https://a.example.cn/4", told=date(2026, 11, 17)),
    )
