"""The recipe of an issue: events, order, choice, summaries, sections, overview, coverage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from digest.compose.duplicates import group_events
from digest.compose.importance import Ranked, choose, rank_events
from digest.compose.overview import day_keywords, find_highlights
from digest.compose.sections import arrange, section_of
from digest.model import Article, Coverage, Edition, Event, Issue, Item, Reference, SourceReport, Summary
from digest.rank.clauses import clause_ends
from digest.rank.prior import eligible
from digest.rank.sentences import has_words, split_sentences
from digest.rank.summarize import summarize

_HEADING = 48
_SHORTEST_HEADING = 8

Placement = tuple[Literal["placed", "merged", "left_out"], str]


@dataclass(frozen=True, slots=True)
class Composition:
    """An issue, and what became of every article it was made from: key -> (state, reason)."""

    issue: Issue
    placements: dict[str, Placement]


def compose_issue(
    articles: Sequence[Article],
    edition: Edition,
    slot: datetime,
    *,
    sources: Sequence[SourceReport] = (),
    known: int = 0,
    unreadable: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Composition:
    """Return the issue of `edition` due at `slot` (aware, in the edition's zone) made from `articles`.

    `known` articles were seen in earlier issues and `unreadable` documents held none; both are only counted.
    `progress` is told how many of how many items are summarized.
    """
    unique = _by_key(articles)
    worded = [article for article in unique.values() if has_words(article.text)]
    ranked, similarity = rank_events(group_events(worded), slot)
    chosen = choose(ranked, similarity, edition.items)
    items = _number(_items(chosen, edition, progress), edition)
    issue = Issue(
        edition=edition.name,
        title=edition.title,
        slot=slot,
        day=slot.date(),
        sections=arrange(items, edition),
        overview=find_highlights(items),
        keywords=day_keywords(items),
        coverage=_coverage(len(articles), len(unique), worded, chosen, sources, known, unreadable),
    )
    return Composition(issue, _placements(unique, worded, chosen, edition))


def _by_key(articles: Sequence[Article]) -> dict[str, Article]:
    """One article a key, the most complete: the teaser of a feed must not stand for the page of the same URL."""
    unique: dict[str, Article] = {}
    for article in articles:
        if article.key not in unique or len(article.text) > len(unique[article.key].text):
            unique[article.key] = article
    return unique


def _items(chosen: Sequence[Ranked], edition: Edition, progress: Callable[[int, int], None] | None) -> list[Item]:
    items = []
    for done, own in enumerate(chosen, 1):
        items.append(_item(own, edition))
        if progress:
            progress(done, len(chosen))
    return items


def _item(own: Ranked, edition: Edition) -> Item:
    lead = own.event.articles[0]
    title = lead.title or heading(lead.text)
    return Item(
        number=0,
        article=lead,
        title=title,
        summary=_without_heading(summarize(lead.text, title=lead.title or None, chars=_chars(lead, edition)), title),
        section=section_of(lead, edition),
        score=own.score,
        also=tuple(Reference(a.title or heading(a.text), a.site or a.source, a.url) for a in own.event.articles[1:]),
    )


def _chars(article: Article, edition: Edition) -> int:
    """The edition's budget is in Chinese characters; a language of letters needs three times as many."""
    return edition.chars if article.language.startswith("zh") else edition.chars * 3


def heading(text: str) -> str:
    """Return the headline of an untitled text: its first sentence, cut at a clause where it is long."""
    sentences = split_sentences(text)
    worded = [s for s in sentences if has_words(s.text)]
    plain = next((s.text for s in worded if eligible(s)), worded[0].text if worded else text).strip()
    if len(plain) <= _HEADING:
        return plain.rstrip("。.")
    clauses = [end - 1 for end in clause_ends(plain) if _SHORTEST_HEADING < end <= _HEADING]
    word = plain.rfind(" ", _SHORTEST_HEADING, _HEADING)
    return plain[: clauses[-1] if clauses else word if word > 0 else _HEADING] + "……"


def _without_heading(summary: Summary, title: str) -> Summary:
    """The summary without the very sentence that heads the item, where another is left."""
    kept = tuple(s for s in summary.sentences if s.text.strip().rstrip("。.") != title)
    return replace(summary, sentences=kept) if kept else summary


def _number(items: Sequence[Item], edition: Edition) -> list[Item]:
    """Number the items in the order they are read in, section by section."""
    order = [item for section in arrange(items, edition) for item in section.items]
    return [replace(item, number=number) for number, item in enumerate(order, 1)]


def _coverage(
    read: int,
    unique: int,
    worded: Sequence[Article],
    chosen: Sequence[Ranked],
    sources: Sequence[SourceReport],
    known: int,
    unreadable: int,
) -> Coverage:
    told = sum(len(own.event.articles) for own in chosen)
    return Coverage(
        sources=tuple(sources),
        read=read + known,
        printed=len(chosen),
        merged=told - len(chosen) + read - unique,
        left_out=len(worded) - told,
        empty=unique - len(worded),
        known=known,
        unreadable=unreadable,
    )


def _placements(
    unique: dict[str, Article],
    worded: Sequence[Article],
    chosen: Sequence[Ranked],
    edition: Edition,
) -> dict[str, Placement]:
    placements: dict[str, Placement] = dict.fromkeys(unique, ("left_out", "no text in it"))
    placements.update({a.key: ("left_out", f"not among the first {edition.items}") for a in worded})
    for own in chosen:
        placements.update(_place(own.event))
    return placements


def _place(event: Event) -> dict[str, Placement]:
    lead = event.articles[0].key
    return {a.key: ("placed", "") if a.key == lead else ("merged", f"same report as {lead}") for a in event.articles}
