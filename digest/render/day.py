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
    InterfaceLanguage,
    Issue,
    Item,
    Names,
    Passage,
    Revision,
    SourceReport,
    Trend,
)
from digest.render.problems import translate
from digest.render.typography import clean, clip, clip_wide, safe_href
from digest.render.words import Words, counted, interface_words, written_day, written_weekday

Context = dict[str, Any]
WEB = ("http", "https")

LONGEST_TITLE = 200
LONGEST_NAME = 40
LONGEST_WORD = 20
LONGEST_FACT = 60
LONGEST_PROBLEM = 200
LONGEST_PASSAGE = 200
MOST_FACTS = 3
MOST_APPOINTMENTS = 12
MOST_REVISIONS = 10
FEW_APPOINTMENTS = 5
"""So many stand in a note of a few lines."""

_ROWS: tuple[FactKind, ...] = (
    "title",
    "number",
    "body",
    "signed",
    "published",
    "effective",
    "expires",
    "deadline",
    "repeals",
    "amends",
    "attachment",
)
_TELLING: frozenset[FactKind] = frozenset({"number", "effective", "expires", "deadline", "repeals", "amends"})
_DATES: frozenset[FactKind] = frozenset({"signed", "published", "effective", "expires", "deadline"})
_EXPECTED: Mapping[FactKind, frozenset[str]] = {
    "number": frozenset({"通知", "意见", "批复", "函", "公告", "令"}),
    "effective": frozenset({"办法", "规定", "条例", "细则"}),
    "deadline": frozenset({"征求意见稿"}),
}
"""What a reader looks for in a document of a kind, and is told where it is not there."""


def card_rows(card: DocumentCard, day: date, words: Words, heading: str = "") -> list[Context]:
    """The facts of a document as rows of a label and a value; none where nothing is told that a reader must know.

    The document's title is no row where the item's `heading` says it.
    """
    named = card.genre or card.value("number") or card.value("title")
    if not named or not any(fact.kind in _TELLING for fact in card.facts):
        return []
    rows = []
    for kind in _ROWS:
        label = words[f"card_{kind}"]
        told = [fact for fact in card.of(kind) if card.genre or kind != "effective" or fact.value >= day.isoformat()]
        values = list(dict.fromkeys(_fact_text(kind, fact.value, day, words) for fact in told))
        if kind == "title" and (card.genre or any(value in clean(heading) for value in values)):
            continue
        if values:
            more = words["card_more"] % len(values) if len(values) > MOST_FACTS else ""
            rows.append({"label": label, "value": words["semicolon"].join(values[:MOST_FACTS]) + more})
        elif card.genre in _EXPECTED.get(kind, ()):
            rows.append({"label": label, "value": words["card_unknown"]})
    return rows


def _fact_text(kind: FactKind, value: str, day: date, words: Words) -> str:
    if kind in _DATES:
        return written_day(date.fromisoformat(value), words, day.year)
    return clip_wide(clean(value), LONGEST_FACT)


def earlier_context(item: Item, issue: Issue, words: Words) -> Context:
    """Where an item stood in an earlier issue; empty where it did not."""
    if item.earlier is None:
        return {}
    return {
        "day": written_day(item.earlier.day, words, issue.day.year),
        "number": item.earlier.number,
        "title": clip(clean(item.earlier.title), LONGEST_TITLE),
        "href": safe_href(item.earlier.articles[0].url, WEB) if item.earlier.articles else "",
    }


def addition_context(addition: Addition) -> Context:
    """What another report adds, and who says so."""
    article = addition.article
    return {
        "sentence": clean(addition.sentence.printed),
        "site": clip_wide(clean(article.site or article.source), LONGEST_NAME),
        "href": safe_href(article.url, WEB),
    }


def agenda_rows(agenda: Sequence[Appointment], day: date, words: Words) -> list[Context]:
    """The days to come, the next one first."""
    return [
        {
            "iso": appointment.on.isoformat(),
            "day": written_day(appointment.on, words, day.year),
            "weekday": written_weekday(appointment.on, words),
            "weekday_short": written_weekday(appointment.on, words, short=True),
            "kind": words["due" if appointment.kind == "deadline" else "in_force"],
            "title": clip(clean(appointment.title), LONGEST_TITLE) or words["untitled"],
            "body": clip_wide(clean(appointment.body), LONGEST_NAME),
            "number": clip_wide(clean(appointment.number), LONGEST_NAME),
            "href": safe_href(appointment.url, WEB),
            "item": appointment.item,
            "told": written_day(appointment.told, words, day.year) if appointment.told and not appointment.item else "",
        }
        for appointment in agenda[:MOST_APPOINTMENTS]
    ]


def revision_rows(revisions: Sequence[Revision], day: date, words: Words) -> list[Context]:
    """What became of printed articles."""
    return [
        {
            "kind": words["gone" if revision.kind == "gone" else "changed"],
            "title": clip(clean(revision.title), LONGEST_TITLE) or words["untitled"],
            "after": clip(clean(revision.after), LONGEST_TITLE) if revision.after != revision.title else "",
            "site": clip_wide(clean(revision.site), LONGEST_NAME),
            "href": safe_href(revision.url, WEB),
            "told": written_day(revision.told, words, day.year) if revision.told else "",
            "passages": [_passage(passage, words) for passage in revision.passages if passage.kind != "kept"],
        }
        for revision in revisions[:MOST_REVISIONS]
    ]


def _passage(passage: Passage, words: Words) -> Context:
    return {
        "kind": passage.kind,
        "sign": "−" if passage.kind == "deleted" else "＋",
        "label": words[passage.kind],
        "text": clip(clean(passage.text), LONGEST_PASSAGE),
    }


def trend_rows(trends: Sequence[Trend], words: Words) -> list[Context]:
    """The words that are new or rose, with their course as bars."""
    return [
        {
            "word": clip_wide(clean(trend.word), LONGEST_WORD),
            "bars": sparkline(trend.counts),
            "count": trend.counts[-1] if trend.counts else 0,
            "count_told": counted(words, "articles", trend.counts[-1] if trend.counts else 0),
            "new": int(trend.new),
        }
        for trend in trends
    ]


def name_rows(names: Names, words: Words) -> list[Context]:
    """Who and what the day is about: a label and its names."""
    lists = (("people", names.people), ("bodies", names.bodies), ("places", names.places))
    return [
        {
            "label": words[kind],
            "names": [
                words["named"] % {"name": clip_wide(clean(name), LONGEST_WORD), "count": count} for name, count in found
            ],
        }
        for kind, found in lists
        if found
    ]


_BARS = "▁▂▃▄▅▆▇█"


def sparkline(counts: Sequence[int]) -> str:
    """The counts as a row of bars, the tallest for the greatest; only nothing at all has the lowest: ▁▃█."""
    top = max(counts, default=0)
    return "".join(_BARS[-(-max(0, n) * (len(_BARS) - 1) // top) if top > 0 else 0] for n in counts)


def note_lines(issue: Issue, words: Words) -> list[str]:
    """What a short note says in place of items: since when how many sources brought no news, and what was left out."""
    coverage = coverage_context(issue.coverage, issue.language)
    since = written_day(issue.since, words, issue.day.year) if issue.since else ""
    sources = counted(words, "note_sources", coverage["good"])
    told = words["note_since"] % {"since": since, "sources": sources} if since else words["note"] % sources
    left = words["note_left_out"] % {"count": coverage["left_out"], "reasons": coverage["reasons"]}
    return [told, left] if coverage["left_out"] else [told]


def coverage_context(coverage: Coverage, language: InterfaceLanguage) -> Context:
    """What the issue is made of, as numbers and in the words of a language."""
    words = interface_words(language)
    context = {
        "read": coverage.read,
        "printed": coverage.printed,
        "merged": coverage.merged,
        "left_out": coverage.left_out,
        "empty": coverage.empty,
        "known": coverage.known,
        "unreadable": coverage.unreadable,
        "candidates": coverage.read - coverage.known,
        "reasons": words["comma"].join(
            f"{words.get(f'reason_{why}', words['reason_other'])} {n}" for why, n in coverage.reasons
        ),
        "total": len(coverage.sources),
        "good": sum(not source.failed for source in coverage.sources),
        "failed": sum(source.failed for source in coverage.sources),
        "silent": sum(bool(source.silent) for source in coverage.sources),
        "troubled": sum(bool(source.problems) for source in coverage.sources),
        "quiet": 0,
        "sources": [_source_context(source, language) for source in coverage.sources],
    }
    return {**context, "health": _health(context, words), "tally": _tally(context, words)}


def _health(coverage: Context, words: Words) -> str:
    """`42 源，41 成功，1 失败。`; empty where there are no sources."""
    parts = [words[f"health_{kind}"] % coverage[kind] for kind in ("failed", "silent") if coverage[kind]]
    return "".join((words["health"] % coverage, *parts, words["stop"])) if coverage["total"] else ""


def _tally(coverage: Context, words: Words) -> str:
    reasons = f"{words['open']}{coverage['reasons']}{words['close']}" if coverage["reasons"] else ""
    return words["tally"] % {**coverage, "reasons": reasons}


def _source_context(source: SourceReport, language: InterfaceLanguage) -> Context:
    words = interface_words(language)
    usual = max(1, round(source.usual)) if source.usual else 0
    return {
        "name": clip_wide(clean(source.name), LONGEST_NAME) or words["unnamed"],
        "articles": source.articles,
        "problems": [clip(clean(translate(problem, language)), LONGEST_PROBLEM) for problem in source.problems],
        "failed": int(source.failed),
        "failing": source.failing,
        "silent": source.silent,
        "usual": usual,
        "articles_told": counted(words, "articles", source.articles),
        "failing_told": words["failing"] % source.failing if source.failing > 1 else "",
        "silent_told": words["silent"] % {"silent": source.silent, "usual": usual} if source.silent else "",
    }
