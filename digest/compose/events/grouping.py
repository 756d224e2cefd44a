"""The events of a day: copies first, then other reports of the same event."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from digest.compose.events.candidates import find_candidates
from digest.compose.events.copies import join_copies
from digest.compose.events.gallery import Gallery
from digest.compose.events.likeness import HOPELESS, likeness, model
from digest.compose.events.linking import link
from digest.compose.events.vetoes import apart, is_no_event
from digest.compose.events.views import Portrait
from digest.model import UNTOLD_TIER, Article, Event
from digest.rank.sentences import has_words

WINDOW = timedelta(days=3)
"""So far apart two reports of an event may be published."""

_REPRINT = re.compile(r"转载|轉載|转自|轉自")
_NO_TIERS: Mapping[str, int] = {}


def group_events(
    articles: Sequence[Article], *, tiers: Mapping[str, int] = _NO_TIERS, gallery: Gallery | None = None
) -> list[Event]:
    """Return the events the articles report, each with its articles, the leading one first.

    Every article is in exactly one event, as the very object given; events stand in the order of their first article,
    and which articles share one does not depend on that order.  `tiers` ranks sources by name, 1 the best.  A
    `gallery` keeps what was read of the articles for `match_events`.
    """
    order = sorted(range(len(articles)), key=lambda i: identity(articles[i]))
    groups = _group([articles[i] for i in order], gallery or Gallery())
    own = sorted(sorted(order[i] for i in group) for group in groups)
    return [Event(tuple(sorted((articles[i] for i in group), key=lambda a: leading(a, tiers)))) for group in own]


def identity(article: Article) -> tuple[str, ...]:
    """Return what sorts articles the same way whatever order they came in."""
    return (article.key, article.title, article.text, str(article.published), article.origin, article.site)


def leading(article: Article, tiers: Mapping[str, int]) -> tuple[object, ...]:
    """Return what sorts an event's articles: words, the source's tier, an original, completeness, the earliest."""
    reprint = bool(article.origin or _REPRINT.search(article.text[:60]))
    complete = len(article.text).bit_length()  # a tenth more or less is as complete
    tier = tiers.get(article.source, UNTOLD_TIER)
    known = span(article.published)
    earliest = (known is None, known and known[0])
    return not has_words(article.text), tier, reprint, -complete, not article.title, earliest, identity(article)


def span(published: datetime | date | None) -> tuple[datetime, datetime] | None:
    """Return when an article can have been published, in UTC: a moment, a whole day, or who knows."""
    if published is None:
        return None
    if isinstance(published, datetime):
        moment = published.astimezone(UTC).replace(tzinfo=None) if published.tzinfo else published
        return moment, moment
    start = datetime(published.year, published.month, published.day)  # noqa: DTZ001 - a day has no zone
    return start, start + timedelta(hours=24)


def within(one: Article, other: Article, window: timedelta) -> bool:
    """Whether two articles can have been published within `window`; a date that is not known may be any."""
    first, second = span(one.published), span(other.published)
    return not first or not second or max(first[0] - second[1], second[0] - first[1]) <= window


def compare(one: Portrait, other: Portrait) -> float | None:
    """Return the log odds that two articles report one event, None where something speaks against it for certain."""
    odds = likeness(one, other)
    return None if odds > HOPELESS and apart(one, other) else odds


def _group(articles: Sequence[Article], gallery: Gallery) -> list[list[int]]:
    """The indices of `articles`, in the order of their identities, in groups of one event each."""
    looks = [gallery.look(article) for article in articles]
    portraits = [look.portrait for look in looks]
    copies = join_copies(articles, looks)
    heads = [min(group, key=lambda i: leading(articles[i], _NO_TIERS)) for group in copies]
    single = [n for n, i in enumerate(heads) if not is_no_event(articles[i])]
    scores: dict[tuple[int, int], float | None] = {}
    for a, b in find_candidates([portraits[heads[n]] for n in single]):
        i, j = heads[single[a]], heads[single[b]]
        if within(articles[i], articles[j], WINDOW):
            scores[single[a], single[b]] = compare(portraits[i], portraits[j])
    return [[i for n in group for i in copies[n]] for group in link(len(copies), scores, model().threshold)]
