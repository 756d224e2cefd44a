"""What matters first: events ranked by how central they are to the day and by what is known of their reports.

The score of an event is a product, so that it can be explained in one line: its centrality in the graph of the day's
events (TextRank with a prior, see `digest.rank.graph`) times the factors of `worth`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from math import log2, prod

from digest.compose.events.vetoes import is_round_up
from digest.compose.headlines import weigh_headline
from digest.model import UNTOLD_TIER, Article, Edition, Event
from digest.rank.graph import Similarity, centrality
from digest.rank.tokens import content_words, tokenize

_LEAD = 300
_HALF_LIFE_HOURS = 36.0
_SIMILAR = 0.5
_LEFT_OVER = 0.6
_ROUND_UP = 0.3
_TIERS: Mapping[int, float] = {1: 1.6, 2: 1.25, 3: 1.0, 4: 0.8, 5: 0.6}
_INTEREST = 2.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """An event with its importance (higher is better), its factors by name, and its place among those given."""

    event: Event
    score: float
    place: int
    terms: Mapping[str, float] = field(default_factory=dict)


def rank_events(
    events: Sequence[Event], edition: Edition, slot: datetime, left_over: Collection[str] = ()
) -> tuple[list[Ranked], Similarity]:
    """Return the events, the most important first, and the similarity of their leading articles by `place`.

    `left_over` are the keys of articles that an earlier issue had no room for.
    """
    words = [_words(event.articles[0]) for event in events]
    similarity = Similarity(words)
    interests = frozenset(content_words(tokenize(edition.query)))
    factors = [
        worth(event, edition.tiers, slot) | _left_over(event, left_over) | _interest(own, interests)
        for event, own in zip(events, words, strict=True)
    ]
    prior = [prod(terms.values()) for terms in factors]
    ranks = centrality(similarity, prior) if events else []
    shares = [rank * sum(prior) / own for rank, own in zip(ranks, prior, strict=True)]
    ranked = []
    for place, (event, terms, share) in enumerate(zip(events, factors, shares, strict=True)):
        told = {name: round(value, 4) for name, value in ({"central": share} | terms).items()}
        ranked.append(Ranked(event, round(prod(told.values()), 6), place, told))
    return sorted(ranked, key=order), similarity


def order(own: Ranked) -> tuple[float, str]:
    """What to sort ranked events by: the score, then the key of the leading article."""
    return -own.score, own.event.articles[0].key


def choose(
    ranked: Sequence[Ranked],
    similarity: Similarity,
    edition: Edition,
    section_of: Callable[[Article], str] = lambda _: "",
    limits: Mapping[str, int] | None = None,
) -> tuple[list[Ranked], dict[int, str]]:
    """Return the first events worth printing, and by `place` why each of the others is not.

    Variety goes over repetition: what is much like a chosen event, or would give a source more than two fifths, waits
    until all others are in.  `edition.per_source` and the `limits` of sections are never passed.
    """
    page = _Page(edition, similarity, section_of, limits or {})
    refused: dict[int, str] = {}
    waiting: list[tuple[Ranked, str]] = []
    for own in ranked:
        if reason := page.no_room(own):
            refused[own.place] = reason
        elif reason := page.too_much(own):
            waiting.append((own, reason))
        else:
            page.take(own)
    for own, reason in waiting:
        if page.no_room(own):
            refused[own.place] = reason
        else:
            page.take(own)
    return sorted(page.chosen, key=order), refused


class _Page:
    """The room of an issue, and what has been put into it."""

    def __init__(
        self,
        edition: Edition,
        similarity: Similarity,
        section_of: Callable[[Article], str],
        limits: Mapping[str, int],
    ) -> None:
        self.chosen: list[Ranked] = []
        self._edition = edition
        self._similarity = similarity
        self._section_of = section_of
        self._limits = limits
        self._share = max(3, -(-edition.items * 2 // 5))
        self._sites: Counter[str] = Counter()
        self._leads: Counter[str] = Counter()
        self._sections: Counter[str] = Counter()

    def take(self, own: Ranked) -> None:
        """Print an event."""
        lead = own.event.articles[0]
        self._leads[_site(lead)] += 1
        self._sites[_site(lead)] += not _told_by_others(own.event)
        self._sections[self._section_of(lead)] += 1
        self.chosen.append(own)

    def no_room(self, own: Ranked) -> str:
        """Return why an event cannot be printed, or nothing."""
        lead, edition = own.event.articles[0], self._edition
        if len(self.chosen) >= edition.items:
            return f"not among the first {edition.items}"
        if edition.per_source and self._leads[_site(lead)] >= edition.per_source:
            return f"{_site(lead)} has its {edition.per_source} items already"
        limit = self._limits.get(section := self._section_of(lead), 0)
        return f"the section {section} has its {limit} items already" if 0 < limit <= self._sections[section] else ""

    def too_much(self, own: Ranked) -> str:
        """Return what an event would be too much of, or nothing."""
        lead = own.event.articles[0]
        if self._sites[_site(lead)] >= self._share and not _told_by_others(own.event):
            return f"{_site(lead)} has two fifths of the items already"
        like = (o for o in self.chosen if self._similarity.cosine(own.place, o.place) > _SIMILAR)
        return next((f"much like {other.event.articles[0].key}" for other in like), "")


def worth(event: Event, tiers: Mapping[str, int], slot: datetime) -> dict[str, float]:
    """Return the factors that an event is worth by itself: complete, titled, new, told by several, of good sources."""
    lead = event.articles[0]
    sites = len({_site(article) for article in event.articles})
    best = min(tiers.get(article.source, UNTOLD_TIER) for article in event.articles)
    first = min((article.position for article in event.articles if article.position), default=0)
    terms = {
        "complete": min(1.0, 0.4 + len(lead.text) / 500) * (1.0 if lead.title else 0.7),
        "new": max((_recency(a.published, slot) for a in event.articles), default=0.65),
        "sources": 1 + 0.5 * log2(sites),
        "tier": _TIERS[best],
        "place": 1 + 0.25 / first if first else 1.0,
    }
    if is_round_up(lead):
        terms["round-up"] = _ROUND_UP
    return terms | weigh_headline(lead.title)


def explain_score(terms: Mapping[str, float], score: float) -> str:
    """Return the score and its factors in one line, those that change nothing left off."""
    factors = " × ".join(f"{name} {value:.2f}" for name, value in terms.items() if abs(value - 1) >= 0.005)
    return f"{score:.2f} = {factors or '1'}"


def as_moment(published: datetime | date, zone: tzinfo | None) -> datetime:
    """Return the moment to sort by: a bare date sorts as the start of its day in `zone`."""
    if isinstance(published, datetime):
        return published
    return datetime.combine(published, time(), zone)


def _words(article: Article) -> list[str]:
    return content_words(tokenize(f"{article.title}\n{article.text[:_LEAD]}"))


def _left_over(event: Event, left_over: Collection[str]) -> dict[str, float]:
    """An event that was not worth printing in an earlier issue, and of which nothing came since."""
    return {"left over": _LEFT_OVER} if all(article.key in left_over for article in event.articles) else {}


def _interest(words: Sequence[str], interests: frozenset[str]) -> dict[str, float]:
    """How much of the reader's interests an event speaks of; without interests no factor."""
    if not interests:
        return {}
    return {"interests": 1 + _INTEREST * len(interests.intersection(words)) ** 0.5 / len(interests) ** 0.5}


def _told_by_others(event: Event) -> bool:
    """Whether another site tells the event as well, so that it is no matter of one site's share."""
    return any(_site(article) != _site(event.articles[0]) for article in event.articles)


def _recency(published: datetime | date | None, slot: datetime) -> float:
    """1 for what is new at `slot`, half that after a day and a half, never under a fifth; unknown is a day old."""
    if published is None:
        return 0.65
    moment = as_moment(published, slot.tzinfo)
    hours = max(0.0, (slot - moment).total_seconds() / 3600)
    if not isinstance(published, datetime):
        hours = max(0.0, hours - 12)  # sometime on that day
    return 0.2 + 0.8 * float(0.5 ** (hours / _HALF_LIFE_HOURS))


def _site(article: Article) -> str:
    return article.site or article.source
