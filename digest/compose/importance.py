"""What matters first: articles ranked by how central they are to the day, how new, how complete, how often reported."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from math import log2

from digest.model import Article, Event
from digest.rank.graph import Similarity, centrality
from digest.rank.tokens import content_words, tokenize

_LEAD = 300
_HALF_LIFE_HOURS = 36.0
_SIMILAR = 0.5
_ADVERTISEMENT = re.compile(r"红包|领券|优惠券|到手价|秒杀|限时加码|满减|下单立减|国补价|百亿补贴|新低价|包邮")


@dataclass(frozen=True, slots=True)
class Ranked:
    """An event with its importance (higher is better) and the words it was judged by."""

    event: Event
    score: float
    place: int


def rank_events(events: Sequence[Event], slot: datetime) -> tuple[list[Ranked], Similarity]:
    """Return the events, the most important first, and the similarity of their leading articles by `place`."""
    words = [content_words(tokenize(f"{e.articles[0].title}\n{e.articles[0].text[:_LEAD]}")) for e in events]
    similarity = Similarity(words)
    prior = [_worth(event, slot) for event in events]
    ranks = centrality(similarity, prior) if events else []
    scores = [round(rank * len(events) * worth, 6) for rank, worth in zip(ranks, prior, strict=True)]
    ranked = [Ranked(event, score, i) for i, (event, score) in enumerate(zip(events, scores, strict=True))]
    return sorted(ranked, key=lambda r: (-r.score, r.event.articles[0].key)), similarity


def choose(ranked: Sequence[Ranked], similarity: Similarity, count: int) -> list[Ranked]:
    """Return the first `count` events worth printing: variety over repetition, no source more than its share."""
    chosen: list[Ranked] = []
    waiting: list[Ranked] = []
    cap = max(3, -(-count * 2 // 5))
    sites: Counter[str] = Counter()
    for own in ranked:
        if len(chosen) == count:
            break
        site = _site(own.event.articles[0])
        if sites[site] >= cap or any(similarity.cosine(own.place, other.place) > _SIMILAR for other in chosen):
            waiting.append(own)
            continue
        sites[site] += 1
        chosen.append(own)
    chosen.extend(waiting[: count - len(chosen)])
    return sorted(chosen, key=lambda r: (-r.score, r.event.articles[0].key))


def _worth(event: Event, slot: datetime) -> float:
    """How much an event is worth before looking at the others: new, complete, titled, told by several."""
    lead = event.articles[0]
    complete = min(1.0, 0.4 + len(lead.text) / 500)
    titled = 1.0 if lead.title else 0.7
    newest = max((_recency(a.published, slot) for a in event.articles), default=0.5)
    sites = len({_site(article) for article in event.articles})
    return newest * complete * titled * (1 + 0.5 * log2(sites)) * (0.1 if _ADVERTISEMENT.search(lead.title) else 1.0)


def _recency(published: datetime | date | None, slot: datetime) -> float:
    """1 for what is new at `slot`, half that after a day and a half, never under a fifth; unknown is a day old."""
    if published is None:
        return 0.65
    moment = as_moment(published, slot.tzinfo)
    hours = max(0.0, (slot - moment).total_seconds() / 3600)
    if not isinstance(published, datetime):
        hours = max(0.0, hours - 12)  # sometime on that day
    return 0.2 + 0.8 * float(0.5 ** (hours / _HALF_LIFE_HOURS))


def as_moment(published: datetime | date, zone: tzinfo | None) -> datetime:
    """Return the moment to sort by: a bare date sorts as the start of its day in `zone`."""
    if isinstance(published, datetime):
        return published
    return datetime.combine(published, time(), zone)


def _site(article: Article) -> str:
    return article.site or article.source
