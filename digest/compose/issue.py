"""The recipe of an issue: what is taken, events, what was told before, order, choice, items, the day as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, NamedTuple

from digest.compose.agenda import find_appointments, inherit, plan_agenda
from digest.compose.continuity import judge_standing
from digest.compose.events.continuity import match_events
from digest.compose.events.gallery import Gallery
from digest.compose.events.grouping import group_events
from digest.compose.importance import Ranked, choose, rank_events
from digest.compose.items import Story, make_item
from digest.compose.names import find_names
from digest.compose.opposites import opposed
from digest.compose.overview import day_keywords, find_highlights
from digest.compose.places import find_places
from digest.compose.sections import arrange, limits_of, section_of
from digest.compose.taking import why_not_taken
from digest.compose.trends import count_words, find_trends
from digest.model import (
    Appointment,
    Article,
    Coverage,
    Edition,
    Event,
    Issue,
    Item,
    Revision,
    SourceReport,
    Told,
)
from digest.rank.sentences import has_words


class Placing(NamedTuple):
    """What became of an article: printed, told in another's entry, or left out, and why.

    What is `expired` will be no candidate again.  `event` is the key of the article that leads its event, `score` the
    importance of the event, where it was ranked.
    """

    state: Literal["placed", "merged", "left_out", "expired"]
    reason: str = ""
    event: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier issues of the edition hold that matters for the next one; `until` ends the agenda.

    `number` is the next one's own number in its year, 0 where it is unknown; `since` the day of the last one.
    `words` are the words of earlier days, as `count_words` gives them, oldest first; `left_over` the keys of articles
    that an earlier issue had no room for.
    """

    told: tuple[Told, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    words: tuple[tuple[date, Mapping[str, int]], ...] = ()
    revisions: tuple[Revision, ...] = ()
    until: date | None = None
    left_over: frozenset[str] = frozenset()
    number: int = 0
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Composition:
    """An issue, what became of every article it was made from (by key), and what later issues want to know of it."""

    issue: Issue
    placements: dict[str, Placing]
    words: Mapping[str, int] = field(default_factory=dict)
    appointments: tuple[Appointment, ...] = ()


NOTHING = Past()
EMPTY = "no text in it"

OF_THE_DAY = 1000
"""The words and names of a day are those of its first so many events; the rest changes them little."""

_REASONS = (
    ("told on", "repeated"),
    ("not among the first", "no_room"),
    ("much like", "alike"),
    (" has its ", "full"),
    ("two fifths", "full"),
    ("excluded word", "not_wanted"),
    ("is about none", "not_wanted"),
    ("keyword file", "not_wanted"),
)
"""What a reason is about, in the words of `Coverage.reasons`."""


def compose_issue(
    articles: Sequence[Article],
    edition: Edition,
    slot: datetime,
    *,
    past: Past = NOTHING,
    sources: Sequence[SourceReport] = (),
    known: int = 0,
    unreadable: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Composition:
    """Return the issue of `edition` due at `slot` (aware, in the edition's zone) made from `articles`, in any order.

    `known` articles were seen in earlier issues and `unreadable` documents held none; both are only counted.
    `progress` is told how many of how many items are summarized.
    """
    unique = _by_key(articles)
    placements = _refuse(unique.values(), edition)
    taken = [article for key, article in unique.items() if key not in placements]
    gallery = Gallery()
    events = group_events(taken, tiers=edition.tiers, gallery=gallery)
    stories, repeated = _follow(events, past.told, gallery)
    for event, earlier in repeated:
        reason = f"told on {earlier.day.isoformat()}, item {earlier.number}, and nothing new since"
        placements |= {a.key: Placing("left_out", reason, event.articles[0].key) for a in event.articles}
    ranked, similarity = rank_events([s.event for s in stories], edition, slot, past.left_over)
    chosen, refused = choose(
        ranked, similarity, edition, lambda article: section_of(article, edition), limits_of(edition)
    )
    for own in ranked:
        placements |= _place(own, refused.get(own.place, ""))
    items = _number(_items(chosen, stories, edition, progress), edition)
    day = slot.date()
    leads = [own.event.articles[0] for own in ranked[:OF_THE_DAY]]
    words = count_words(leads)
    appointments = inherit(find_appointments(items, day), past.appointments)
    issue = Issue(
        edition=edition.name,
        title=edition.title,
        slot=slot,
        day=day,
        sections=arrange(items, edition),
        overview=find_highlights(items),
        keywords=day_keywords(items),
        coverage=_coverage(articles, unique, placements, sources, known, unreadable),
        agenda=plan_agenda(appointments, past.appointments, day, past.until or day),
        revisions=past.revisions,
        trends=find_trends(words, past.words, day),
        names=find_names(leads, _count_places(leads)),
        number=past.number,
        language=edition.language,
        theme=edition.theme,
        imprint=edition.imprint,
        since=past.since,
    )
    issue = replace(issue, short=issue.empty and edition.empty == "note")
    return Composition(issue, placements, words, appointments)


def _by_key(articles: Sequence[Article]) -> dict[str, Article]:
    """One article a key, the most complete: the teaser of a feed must not stand for the page of the same URL."""
    unique: dict[str, Article] = {}
    for article in sorted(articles, key=_standing):
        unique.setdefault(article.key, article)
    return unique


def _standing(article: Article) -> tuple[str | int, ...]:
    """What sorts articles the same way whatever order they came in, of one key the most complete first."""
    rest = (str(article.published), article.site, article.origin, article.author, article.position)
    return (article.key, -len(article.text), article.title, article.text, *rest)


def _refuse(articles: Iterable[Article], edition: Edition) -> dict[str, Placing]:
    """Why articles do not come into question at all, by key."""
    reasons = {a.key: why_not_taken(a, edition) if has_words(a.text) else EMPTY for a in articles}
    return {key: Placing("left_out", reason) for key, reason in reasons.items() if reason}


def _follow(
    events: Sequence[Event], told: Sequence[Told], gallery: Gallery
) -> tuple[list[Story], list[tuple[Event, Told]]]:
    """The events that are worth telling, each with how it stands to what was told; and those that bring nothing new."""
    owners = [(item, article) for item in told for article in item.articles]
    matches = (
        match_events(events, [article for _, article in owners], gallery=gallery) if owners else [()] * len(events)
    )
    stories: list[Story] = []
    repeated: list[tuple[Event, Told]] = []
    for event, places in zip(events, matches, strict=True):
        matched = {id(owners[place][0]): owners[place][0] for place in places}.values()
        earlier = [item for item in matched if not opposed(event.articles[0].title, item.title)]
        if not earlier:
            stories.append(Story(event))
            continue
        verdict = judge_standing(event.articles, earlier)
        if verdict.standing == "repeat":
            repeated.append((event, earlier[0]))
        else:
            others = (article for article in event.articles if article is not verdict.lead)
            stories.append(Story(Event((verdict.lead, *others)), verdict.standing, earlier[0], verdict.sentences))
    return stories, repeated


def _items(
    chosen: Sequence[Ranked],
    stories: Sequence[Story],
    edition: Edition,
    progress: Callable[[int, int], None] | None,
) -> list[Item]:
    items = []
    for done, own in enumerate(chosen, 1):
        items.append(make_item(own, stories[own.place], edition))
        if progress:
            progress(done, len(chosen))
    return items


def _number(items: Sequence[Item], edition: Edition) -> list[Item]:
    """Number the items in the order they are read in, section by section."""
    order = [item for section in arrange(items, edition) for item in section.items]
    return [replace(item, number=number) for number, item in enumerate(order, 1)]


def _place(own: Ranked, refused: str) -> dict[str, Placing]:
    """What becomes of the articles of a ranked event."""
    lead = own.event.articles[0].key
    if refused:
        return {a.key: Placing("left_out", refused, lead, own.score) for a in own.event.articles}
    placed = {a.key: Placing("merged", f"same event as {lead}", lead, own.score) for a in own.event.articles}
    return placed | {lead: Placing("placed", "", lead, own.score)}


def _count_places(articles: Sequence[Article]) -> dict[str, int]:
    """In how many articles each place is what they are about, by its own name."""
    return Counter(place.county or place.city or place.province for a in articles for place in find_places(a))


def _coverage(
    articles: Sequence[Article],
    unique: Mapping[str, Article],
    placements: Mapping[str, Placing],
    sources: Sequence[SourceReport],
    known: int,
    unreadable: int,
) -> Coverage:
    states = Counter(placing.state for placing in placements.values())
    empty = sum(placing.reason == EMPTY for placing in placements.values())
    reasons = Counter(
        _general(placing.reason)
        for placing in placements.values()
        if placing.state == "left_out" and placing.reason != EMPTY
    )
    return Coverage(
        sources=tuple(sources),
        read=len(articles) + known,
        printed=states["placed"],
        merged=states["merged"] + len(articles) - len(unique),
        left_out=states["left_out"] - empty,
        empty=empty,
        known=known,
        unreadable=unreadable,
        reasons=tuple(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def _general(reason: str) -> str:
    """A reason without what differs from article to article, so that it can be counted."""
    return next((kind for mark, kind in _REASONS if mark in reason), "other")
