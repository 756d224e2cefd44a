"""One event as an item of an issue: its headline, its key sentences, its facts, and what other reports add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from digest.compose.continuity import find_additions
from digest.compose.facts import extract_facts
from digest.compose.importance import Ranked
from digest.compose.sections import section_of
from digest.model import Article, Edition, Event, Item, Reference, Sentence, Standing, Summary, Told
from digest.rank.clauses import clause_ends
from digest.rank.prior import eligible
from digest.rank.sentences import has_words, split_sentences
from digest.rank.summarize import summarize

_HEADING = 48
_SHORTEST_HEADING = 8


@dataclass(frozen=True, slots=True)
class Story:
    """An event of the day and how it stands to earlier issues; `news` are the new sentences of its leading article."""

    event: Event
    standing: Standing = "new"
    earlier: Told | None = None
    news: tuple[Sentence, ...] = field(default=())


def make_item(ranked: Ranked, story: Story, edition: Edition) -> Item:
    """Return the item of an event, not numbered yet."""
    lead, *others = story.event.articles
    title = lead.title or heading(lead.text)
    return Item(
        number=0,
        article=lead,
        title=title,
        summary=_summary(lead, title, story, edition),
        section=section_of(lead, edition),
        score=ranked.score,
        also=tuple(Reference(a.title or heading(a.text), a.site or a.source, a.url, a.key) for a in others),
        added=find_additions(lead, others),
        standing=story.standing,
        earlier=story.earlier,
        card=extract_facts(lead),
        terms=ranked.terms,
    )


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


def _summary(lead: Article, title: str, story: Story, edition: Edition) -> Summary:
    chars = _chars(lead, edition)
    summary = summarize(lead.text, title=lead.title or None, chars=chars)
    if story.standing == "update":
        summary = _only_news(summary, story.news, chars)
    return _without_heading(summary, title)


def _only_news(summary: Summary, news: Sequence[Sentence], chars: int) -> Summary:
    """The summary with the new sentences instead: the best of them within the budget, in reading order."""
    scores = {verdict.sentence.index: verdict.sentence.score for verdict in summary.verdicts}
    best = sorted(news, key=lambda s: (-scores.get(s.index, 0.0), s.index))
    kept: list[Sentence] = []
    for sentence in best:
        if sum(len(s.printed) for s in kept) + len(sentence.printed) <= chars:
            kept.append(replace(sentence, score=scores.get(sentence.index, 0.0)))
    return replace(summary, sentences=tuple(sorted(kept, key=lambda s: s.start))) if kept else summary


def _chars(article: Article, edition: Edition) -> int:
    """The edition's budget is in Chinese characters; a language of letters needs three times as many."""
    return edition.chars if article.language.startswith("zh") else edition.chars * 3


def _without_heading(summary: Summary, title: str) -> Summary:
    """The summary without the very sentence that heads the item, where another is left."""
    kept = tuple(s for s in summary.sentences if s.text.strip().rstrip("。.") != title)
    return replace(summary, sentences=kept) if kept else summary
