"""What an issue says beside its items: cards, days to come, changes, words, names, and what it was made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import (
    Addition,
    Appointment,
    Article,
    Coverage,
    DocumentCard,
    Fact,
    FactKind,
    Issue,
    Names,
    Passage,
    Revision,
    SourceReport,
    Told,
    Trend,
)
from digest.render import render_letter
from digest.render.day import (
    LONGEST_FACT,
    LONGEST_PASSAGE,
    MOST_APPOINTMENTS,
    addition_context,
    agenda_rows,
    card_rows,
    coverage_context,
    earlier_context,
    name_rows,
    revision_rows,
    sparkline,
    trend_rows,
)
from digest.render.words import interface_words, written_day
from tests.render.render_samples import ANY_TEXT, SLOT, TEMPLATES, empty_issue, item, morning_issue, one_item_issue

DAY = SLOT.date()
WORDS = interface_words()


def fact(kind: FactKind, value: str) -> Fact:
    """A fact with this value, wherever it stood."""
    return Fact(kind, value, 0, len(value), value)


def rows(genre: str, *facts: Fact) -> list[tuple[str, str]]:
    """The rows of a card as pairs."""
    return [(row["label"], row["value"]) for row in card_rows(DocumentCard(genre, facts), DAY, WORDS)]


def text_of(issue: Issue) -> str:
    """The plain text of its letter without white space, since lines break anywhere."""
    return "".join(render_letter(issue, TEMPLATES).text.split())


# ---------------------------------------------------------------------------------------------------------------- cards


def test_a_card_has_its_rows_in_the_order_of_an_office() -> None:
    """Number, body, days, what it repeals and amends, attachments: whatever order the document prints them in."""
    assert rows(
        "办法",
        fact("attachment", "申请表"),
        fact("repeals", "采砂暂行办法"),
        fact("deadline", "2026-12-20"),
        fact("effective", "2027-01-01"),
        fact("signed", "2026-11-17"),
        fact("body", "云泽市水利局"),
        fact("number", "云水〔2026〕4号"),
    ) == [
        ("文号", "云水〔2026〕4号"),
        ("发文机关", "云泽市水利局"),
        ("成文", "11月17日"),
        ("施行", "2027年1月1日"),
        ("截止", "12月20日"),
        ("废止", "采砂暂行办法"),
        ("附件", "申请表"),
    ]


@pytest.mark.parametrize(
    ("genre", "facts", "label"),
    [
        ("通知", [fact("deadline", "2026-12-20")], "文号"),
        ("办法", [fact("number", "云水〔2026〕4号")], "施行"),
        ("征求意见稿", [fact("effective", "2027-01-01")], "截止"),
    ],
)
def test_what_a_reader_looks_for_is_said_to_be_missing(genre: str, facts: list[Fact], label: str) -> None:
    """A notice without a number, rules without their day, a draft without its deadline: 未载明, and only there."""
    assert dict(rows(genre, *facts))[label] == "未载明"
    assert [value for _, value in rows(genre, *facts)].count("未载明") == 1


@pytest.mark.parametrize(
    ("genre", "facts"),
    [
        ("", []),
        ("", [fact("deadline", "2026-12-20")]),
        ("", [fact("body", "云泽市水利局"), fact("published", "2026-11-17")]),
        ("通知", [fact("body", "云泽市水利局"), fact("signed", "2026-11-17"), fact("attachment", "申请表")]),
        ("通知", []),
    ],
)
def test_ordinary_news_has_no_card(genre: str, facts: list[Fact]) -> None:
    """Nor has a document that tells nothing a reader must know: no card of unknowns and dates alone."""
    assert rows(genre, *facts) == []


def test_many_facts_of_a_kind_are_counted() -> None:
    """Three are named and the number of all is told; the same twice is told once."""
    many = [fact("repeals", f"第{n}号办法") for n in (1, 2, 2, 3, 4, 5)]
    assert dict(rows("令", *many))["废止"] == "第1号办法；第2号办法；第3号办法等 5 件"
    long = dict(rows("令", fact("repeals", "长" * 200)))["废止"]
    assert len(long) <= LONGEST_FACT + 2


def test_a_day_of_another_year_says_so() -> None:
    """The issue's own year is left off."""
    assert (written_day(date(2026, 12, 5), WORDS, DAY.year), written_day(date(2027, 2, 5), WORDS, DAY.year)) == (
        "12月5日",
        "2027年2月5日",
    )


def test_the_card_stands_in_the_letter() -> None:
    """In both parts, row by row."""
    entry = item(1, "云泽印发采砂管理办法", "本办法自2027年1月1日起施行。")
    entry = replace(entry, card=DocumentCard("通知", (fact("effective", "2027-01-01"),)))
    letter = render_letter(one_item_issue(entry), TEMPLATES)
    for part in (letter.text, letter.html):
        assert "2027年1月1日" in part
        assert "未载明" in part
    assert "未载明" not in render_letter(one_item_issue(replace(entry, card=DocumentCard())), TEMPLATES).text


# ------------------------------------------------------------------------------------------------------ earlier, beside


def test_an_item_says_where_it_stood_before() -> None:
    """Day, number, headline and link of the earlier item; nothing where there was none."""
    lead = Article(title="滑坡", url="https://news.example/1")
    entry = replace(item(1, "题"), standing="update", earlier=Told(date(2025, 12, 30), 3, "滑坡致3人遇难", (lead,)))
    issue = one_item_issue(entry)
    assert earlier_context(entry, issue, WORDS) == {
        "day": "2025年12月30日",
        "number": 3,
        "title": "滑坡致3人遇难",
        "href": "https://news.example/1",
    }
    assert earlier_context(item(1, "题"), issue, WORDS) == {}
    assert "更新" in text_of(issue)
    assert "2025年12月30日第3条：滑坡致3人遇难" in text_of(issue)


def test_an_addition_names_its_site_and_only_safe_links() -> None:
    """By the name of its source where the site has none; a link that is no web page is left out."""
    sentence = item(1, "题", "恢复5100户供电。").summary.sentences[0]
    other = Article(site="", source="鹭汀晚报", url="javascript:alert(1)")
    assert addition_context(Addition(sentence, other)) == {
        "sentence": "恢复5100户供电。",
        "site": "鹭汀晚报",
        "href": "",
    }


# --------------------------------------------------------------------------------------------------------------- agenda

COMMENT = Appointment(
    date(2026, 12, 20), "deadline", "《低空物流条例》", "云泽市司法局", "", "https://a.example/", item=6
)
FORCE = Appointment(date(2027, 1, 1), "effective", "《采砂办法》", number="云水〔2026〕4号", told=date(2026, 11, 2))


def test_an_agenda_row_tells_day_kind_and_document() -> None:
    """One of this issue points at its item, an earlier one at the day that printed it."""
    own, earlier = agenda_rows([COMMENT, FORCE], DAY, WORDS)
    assert (own["iso"], own["day"], own["weekday"], own["kind"]) == ("2026-12-20", "12月20日", "星期日", "截止")
    assert (own["title"], own["body"], own["item"], own["told"]) == ("《低空物流条例》", "云泽市司法局", 6, "")
    assert (earlier["day"], earlier["kind"], earlier["number"]) == ("2027年1月1日", "施行", "云水〔2026〕4号")
    assert (earlier["item"], earlier["told"], earlier["href"]) == (0, "11月2日", "")


def test_what_stands_in_this_issue_is_not_called_an_earlier_one() -> None:
    """Where an item tells of a document again its number is enough; without a title it is 无题."""
    (row,) = agenda_rows([replace(COMMENT, told=date(2026, 11, 2), title="")], DAY, WORDS)
    assert (row["told"], row["title"]) == ("", "（无题）")


def test_the_agenda_stands_in_the_letter() -> None:
    """In both parts; and an issue without one has no heading for it."""
    letter = render_letter(replace(empty_issue(), agenda=(COMMENT, FORCE)), TEMPLATES)
    flat = text_of(replace(empty_issue(), agenda=(COMMENT, FORCE)))
    assert "12月20日周日截止：《低空物流条例》（云泽市司法局）[6]" in flat
    assert "2027年1月1日周五施行：《采砂办法》（云水〔2026〕4号，11月2日刊）" in flat
    assert "《采砂办法》" in letter.html
    assert "临近截止" not in render_letter(empty_issue(), TEMPLATES).text
    assert len(agenda_rows([COMMENT] * 30, DAY, WORDS)) == MOST_APPOINTMENTS


# ------------------------------------------------------------------------------------------------------------ revisions

CHANGED = Revision(
    "k1",
    "changed",
    "滑坡致3人遇难",
    "云泽日报",
    "https://a.example/1",
    "滑坡致5人遇难",
    (Passage("3人遇难。", "deleted"), Passage("5人遇难。", "inserted"), Passage("照旧。", "kept")),
    date(2026, 11, 18),
)
GONE = Revision("k2", "gone", "", "鹭汀晚报", "javascript:x", told=date(2025, 12, 31))


def test_a_change_is_told_with_what_differs() -> None:
    """What was there with −, what is there now with ＋, the new headline where it is another; what stayed is not."""
    (row,) = revision_rows([CHANGED], DAY, WORDS)
    assert (row["kind"], row["title"], row["after"], row["told"]) == (
        "修改",
        "滑坡致3人遇难",
        "滑坡致5人遇难",
        "11月18日",
    )
    assert [(p["sign"], p["label"], p["text"]) for p in row["passages"]] == [
        ("−", "删", "3人遇难。"),
        ("＋", "增", "5人遇难。"),
    ]
    (same,) = revision_rows([replace(CHANGED, after=CHANGED.title)], DAY, WORDS)
    assert same["after"] == ""
    (long,) = revision_rows([replace(CHANGED, passages=(Passage("长" * 999, "deleted"),))], DAY, WORDS)
    assert len(long["passages"][0]["text"]) <= LONGEST_PASSAGE + 2


def test_a_withdrawal_is_told_without_a_difference() -> None:
    """撤下, with the day that printed it and no link that is none; without a title it is 无题."""
    (row,) = revision_rows([GONE], DAY, WORDS)
    assert (row["kind"], row["title"], row["told"], row["href"], row["passages"]) == (
        "撤下",
        "（无题）",
        "2025年12月31日",
        "",
        [],
    )


def test_changes_stand_in_the_letter() -> None:
    """In both parts; and an issue without any has no heading for them."""
    issue = replace(morning_issue(), revisions=(CHANGED, GONE))
    flat, html = text_of(issue), render_letter(issue, TEMPLATES).html
    assert "修改：滑坡致3人遇难（云泽日报，11月18日刊）标题改为：滑坡致5人遇难−3人遇难。＋5人遇难。" in flat
    assert "撤下：（无题）（鹭汀晚报，2025年12月31日刊）" in flat
    assert "照旧。" not in flat
    for shown in ("修改", "撤下", "3人遇难。", "5人遇难。"):
        assert shown in html
    assert "修改与撤下" not in render_letter(morning_issue(), TEMPLATES).text


# --------------------------------------------------------------------------------------------------------- words, names


@pytest.mark.parametrize(
    ("counts", "bars"),
    [((), ""), ((0, 0, 0), "▁▁▁"), ((0, 1, 8), "▁▂█"), ((5,), "█"), ((1, 100), "▂█"), ((3, 3), "██"), ((-4, 2), "▁█")],
)
def test_a_course_is_a_row_of_bars(counts: tuple[int, ...], bars: str) -> None:
    """The greatest has the tallest bar; only nothing at all has the lowest."""
    assert sparkline(counts) == bars


@given(st.lists(st.integers(0, 10_000), max_size=30))
@settings(max_examples=100)
def test_bars_keep_the_order_of_the_counts(counts: list[int]) -> None:
    """One bar a day, never a taller one for fewer articles, and nothing at all is told from one article."""
    bars = sparkline(counts)
    assert len(bars) == len(counts)
    for a, x in zip(counts, bars, strict=True):
        assert (x == "▁") == (a == 0)
        assert all(x <= y for b, y in zip(counts, bars, strict=True) if a <= b)


def test_words_of_the_day_stand_with_their_course() -> None:
    """Word, bars, today's count, and （新） where no day before had it."""
    new, rising = Trend("低空物流", (0, 0, 4), new=True), Trend("寒潮", (1, 2, 7))
    assert [(row["word"], row["bars"], row["count"], row["new"]) for row in trend_rows([new, rising], WORDS)] == [
        ("低空物流", "▁▁█", 4, 1),
        ("寒潮", "▂▃█", 7, 0),
    ]
    flat = text_of(replace(empty_issue(), trends=(new, rising)))
    assert "▁▁█低空物流4篇（新）" in flat
    assert "寒潮7篇" in flat
    assert "寒潮7篇（新）" not in flat


def test_names_of_the_day_stand_by_kind() -> None:
    """People, bodies and places with the number of their articles; a kind without any has no row."""
    names = Names((("何舟", 3), ("林岚", 2)), (), (("云泽市", 5),))
    assert name_rows(names, WORDS) == [
        {"label": "人物", "names": ["何舟 3 篇", "林岚 2 篇"]},
        {"label": "地方", "names": ["云泽市 5 篇"]},
    ]
    assert name_rows(Names(), WORDS) == []
    assert "人物：何舟3篇、林岚2篇" in text_of(replace(empty_issue(), names=names))


# ------------------------------------------------------------------------------------------------------------- coverage


def test_one_of_many_sources_failed() -> None:
    """42 源，41 成功，1 失败, and of the one what went wrong and since when."""
    sources = [SourceReport(f"来源{n}", 3) for n in range(41)]
    broken = SourceReport("江海日报", 0, ("30 秒内没有应答",), failing=3)
    flat = text_of(replace(empty_issue(), coverage=Coverage((*sources, broken), read=123, known=123)))
    assert "42源，41成功，1失败。" in flat
    assert "江海日报：0篇，连续3天失败" in flat
    assert "30秒内没有应答" in flat
    html = render_letter(replace(empty_issue(), coverage=Coverage((*sources, broken))), TEMPLATES).html
    assert "42 源" in html
    assert "连续 3 天" in html


def test_one_day_of_failing_is_no_row_of_days() -> None:
    """Who failed today only has its complaint and no count of days; where all is well no failure is told."""
    flat = text_of(replace(empty_issue(), coverage=Coverage((SourceReport("甲", 0, ("坏了",), failing=1),))))
    assert "1源，0成功，1失败。" in flat
    assert "连续" not in flat
    assert "1源，1成功。" in text_of(replace(empty_issue(), coverage=Coverage((SourceReport("甲", 2),))))


def test_a_source_that_has_fallen_silent_is_told() -> None:
    """For how long it has brought nothing new, beside what is usual with it; trouble in part is no failure."""
    silent = SourceReport("青溪政务网", 12, silent=9, usual=2.4)
    partly = SourceReport("乙", 3, ("第 4 篇没有正文",))
    coverage = Coverage((silent, partly, SourceReport("丙", 1)))
    flat = text_of(replace(empty_issue(), coverage=coverage))
    assert "3源，3成功，1静默超常。" in flat
    assert "青溪政务网：12篇，9天没有新内容（通常间隔不超过2天）" in flat
    context = coverage_context(coverage, "zh-Hans")
    assert (context["good"], context["failed"], context["silent"], context["troubled"]) == (3, 0, 1, 1)
    assert coverage_context(Coverage((replace(silent, usual=0.3),)), "zh-Hans")["sources"][0]["usual"] == 1


def test_reasons_are_told_in_words() -> None:
    """Each with its count, in their order; what has no word of its own is 其他."""
    reasons = (("no_room", 8), ("repeated", 5), ("alike", 4), ("full", 3), ("not_wanted", 2), ("dropped", 1), ("?", 1))
    coverage = Coverage(read=24, left_out=24, reasons=reasons)
    told = coverage_context(coverage, "zh-Hans")["reasons"]
    words, counts = zip(*(each.split(" ") for each in told.split("，")), strict=True)
    assert counts == ("8", "5", "4", "3", "2", "1", "1")
    assert ("往期已刊" in words[1], words[5], words[6]) == (True, "编辑撤下", "其他")
    assert len(set(words)) == len(reasons)
    assert not any(word.isascii() for word in words)
    assert "".join(f"未刊24（{told}）".split()) in text_of(replace(empty_issue(), coverage=coverage))


@given(ANY_TEXT, ANY_TEXT)
@settings(max_examples=60)
def test_nothing_beside_the_items_breaks_the_letter(said: str, other: str) -> None:
    """Any characters at all in cards, agenda, changes, words, names and sources are shown, and none is markup."""
    entry = replace(item(1, "题", "句。"), card=DocumentCard("通知", (fact("number", said), fact("repeals", other))))
    issue = replace(
        one_item_issue(entry),
        agenda=(replace(COMMENT, title=said, body=other, number=said, url=other),),
        revisions=(replace(CHANGED, title=said, after=other, site=said, passages=(Passage(other, "inserted"),)),),
        trends=(Trend(said, (1, 2)),),
        names=Names(((other, 2),)),
        coverage=Coverage((SourceReport(said, 0, (other,), failing=2),)),
    )
    letter = render_letter(issue, TEMPLATES)
    assert "<script" not in letter.html
    assert not {"\0", "\x1b", "\u202e", "\ud800"} & {*letter.text, *letter.html}
    assert "1 源，0 成功，1 失败。" in letter.text
