"""What an issue says beside its items, as plain data: facts, days to come, changes, words and names of the day.

The shapes are described in `digest.render.context`, whose templates they are for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from digest.model import (
    Addition,
    Appointment,
    Coverage,
    DocumentCard,
    FactKind,
    Issue,
    Item,
    Names,
    Passage,
    Revision,
    SourceReport,
    Standing,
    Trend,
)
from digest.render.typography import chinese_date, chinese_weekday, clean, clip, safe_href

Context = dict[str, Any]
WEB = ("http", "https")

LONGEST_TITLE = 200
LONGEST_NAME = 40
LONGEST_FACT = 60
LONGEST_PROBLEM = 200
LONGEST_PASSAGE = 200
MOST_FACTS = 3
MOST_APPOINTMENTS = 12
MOST_REVISIONS = 10

STANDINGS: Mapping[Standing, str] = {"new": "", "update": "更新", "follow": "持续跟踪"}
UNKNOWN = "未载明"

_ROWS: tuple[tuple[FactKind, str], ...] = (
    ("title", "文件"),
    ("number", "文号"),
    ("body", "发文机关"),
    ("signed", "成文"),
    ("published", "发布"),
    ("effective", "施行"),
    ("expires", "有效期至"),
    ("deadline", "截止"),
    ("repeals", "废止"),
    ("amends", "修改"),
    ("attachment", "附件"),
)
_TELLING: frozenset[FactKind] = frozenset({"number", "effective", "expires", "deadline", "repeals", "amends"})
_DATES: frozenset[FactKind] = frozenset({"signed", "published", "effective", "expires", "deadline"})
_EXPECTED: Mapping[FactKind, frozenset[str]] = {
    "number": frozenset({"通知", "意见", "批复", "函", "公告", "令"}),
    "effective": frozenset({"办法", "规定", "条例", "细则"}),
    "deadline": frozenset({"征求意见稿"}),
}
"""What a reader looks for in a document of a kind, and is told where it is not there."""

_REASONS = {
    "repeated": "往期已刊",
    "alike": "与所刊相近",
    "no_room": "超出条数",
    "full": "所属来源或栏目已满",
    "not_wanted": "不在关注范围",
    "dropped": "编辑撤下",
    "other": "其他",
}


def card_rows(card: DocumentCard, day: date, heading: str = "") -> list[Context]:
    """The facts of a document as rows of a label and a value; none where nothing is told that a reader must know.

    The document's title is no row where the item's `heading` says it.
    """
    named = card.genre or card.value("number") or card.value("title")
    if not named or not any(fact.kind in _TELLING for fact in card.facts):
        return []
    rows = []
    for kind, label in _ROWS:
        told = [fact for fact in card.of(kind) if card.genre or kind != "effective" or fact.value >= day.isoformat()]
        values = list(dict.fromkeys(_fact_text(kind, fact.value, day) for fact in told))
        if kind == "title" and (card.genre or any(value in clean(heading) for value in values)):
            continue
        if values:
            more = f"等 {len(values)} 件" if len(values) > MOST_FACTS else ""
            rows.append({"label": label, "value": "；".join(values[:MOST_FACTS]) + more})
        elif card.genre in _EXPECTED.get(kind, ()):
            rows.append({"label": label, "value": UNKNOWN})
    return rows


def _fact_text(kind: FactKind, value: str, day: date) -> str:
    if kind in _DATES:
        on = date.fromisoformat(value)
        return full_date(on, day)
    return clip(clean(value), LONGEST_FACT)


def full_date(on: date, day: date) -> str:
    """A day as `2月5日`, with its year where that is not the issue's."""
    return chinese_date(on) if on.year == day.year else f"{on.year}年{chinese_date(on)}"


def earlier_context(item: Item, issue: Issue) -> Context:
    """Where an item stood in an earlier issue; empty where it did not."""
    if item.earlier is None:
        return {}
    return {
        "day": full_date(item.earlier.day, issue.day),
        "number": item.earlier.number,
        "title": clip(clean(item.earlier.title), LONGEST_TITLE),
        "href": safe_href(item.earlier.articles[0].url, WEB) if item.earlier.articles else "",
    }


def addition_context(addition: Addition) -> Context:
    """What another report adds, and who says so."""
    article = addition.article
    return {
        "sentence": clean(addition.sentence.printed),
        "site": clip(clean(article.site or article.source), LONGEST_NAME),
        "href": safe_href(article.url, WEB),
    }


def agenda_rows(agenda: Sequence[Appointment], day: date) -> list[Context]:
    """The days to come, the next one first."""
    return [
        {
            "iso": appointment.on.isoformat(),
            "day": full_date(appointment.on, day),
            "weekday": chinese_weekday(appointment.on),
            "kind": "截止" if appointment.kind == "deadline" else "施行",
            "title": clip(clean(appointment.title), LONGEST_TITLE) or "（无题）",
            "body": clip(clean(appointment.body), LONGEST_NAME),
            "number": clip(clean(appointment.number), LONGEST_NAME),
            "href": safe_href(appointment.url, WEB),
            "item": appointment.item,
            "told": full_date(appointment.told, day) if appointment.told and not appointment.item else "",
        }
        for appointment in agenda[:MOST_APPOINTMENTS]
    ]


def revision_rows(revisions: Sequence[Revision], day: date) -> list[Context]:
    """What became of printed articles."""
    return [
        {
            "kind": "撤下" if revision.kind == "gone" else "修改",
            "title": clip(clean(revision.title), LONGEST_TITLE) or "（无题）",
            "after": clip(clean(revision.after), LONGEST_TITLE) if revision.after != revision.title else "",
            "site": clip(clean(revision.site), LONGEST_NAME),
            "href": safe_href(revision.url, WEB),
            "told": full_date(revision.told, day) if revision.told else "",
            "passages": [_passage(passage) for passage in revision.passages if passage.kind != "kept"],
        }
        for revision in revisions[:MOST_REVISIONS]
    ]


def _passage(passage: Passage) -> Context:
    return {
        "sign": "−" if passage.kind == "deleted" else "＋",
        "label": "删" if passage.kind == "deleted" else "增",
        "text": clip(clean(passage.text), LONGEST_PASSAGE),
    }


def trend_rows(trends: Sequence[Trend]) -> list[Context]:
    """The words that are new or rose, with their course as bars."""
    return [
        {
            "word": clip(clean(trend.word), 20),
            "bars": sparkline(trend.counts),
            "count": trend.counts[-1] if trend.counts else 0,
            "new": int(trend.new),
        }
        for trend in trends
    ]


def name_rows(names: Names) -> list[Context]:
    """Who and what the day is about: a label and its names."""
    lists = (("人物", names.people), ("机构", names.bodies), ("地方", names.places))
    return [
        {"label": label, "names": [f"{clip(clean(name), 20)} {count} 篇" for name, count in found]}
        for label, found in lists
        if found
    ]


_BARS = "▁▂▃▄▅▆▇█"


def sparkline(counts: Sequence[int]) -> str:
    """The counts as a row of bars, the tallest for the greatest; only nothing at all has the lowest: ▁▃█."""
    top = max(counts, default=0)
    return "".join(_BARS[-(-max(0, n) * (len(_BARS) - 1) // top) if top > 0 else 0] for n in counts)


def coverage_context(coverage: Coverage) -> Context:
    """What the issue is made of, with the reasons in words."""
    failed = [source for source in coverage.sources if source.failed]
    return {
        "read": coverage.read,
        "printed": coverage.printed,
        "merged": coverage.merged,
        "left_out": coverage.left_out,
        "empty": coverage.empty,
        "known": coverage.known,
        "unreadable": coverage.unreadable,
        "reasons": "，".join(f"{_REASONS.get(reason, _REASONS['other'])} {n}" for reason, n in coverage.reasons),
        "total": len(coverage.sources),
        "good": len(coverage.sources) - len(failed),
        "failed": len(failed),
        "silent": sum(bool(source.silent) for source in coverage.sources),
        "troubled": sum(bool(source.problems) for source in coverage.sources),
        "quiet": 0,
        "sources": [_source_context(source) for source in coverage.sources],
    }


def _source_context(source: SourceReport) -> Context:
    return {
        "name": clip(clean(source.name), LONGEST_NAME) or "（未命名）",
        "articles": source.articles,
        "problems": [clip(clean(problem), LONGEST_PROBLEM) for problem in source.problems],
        "failed": int(source.failed),
        "failing": source.failing,
        "silent": source.silent,
        "usual": max(1, round(source.usual)) if source.usual else 0,
    }
