"""What a report says that an earlier one did not: across days, and beside the other reports of its event."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log
from typing import Literal

from digest.compose.novelty import READ, KnownText, Statement, is_background, read_statements
from digest.model import Addition, Article, Sentence, Told
from digest.rank.analysis import analyse, shorten
from digest.rank.forms import leans
from digest.rank.language import simplify
from digest.rank.sentences import split_sentences

FEW, LITTLE = 60, 0.15
"""So many new characters, and such a share of the report, are no news where both are fewer."""

MOSTLY = 0.6
"""From this share of new characters on a report goes on with a story; below it updates one."""

ADDED = 90
"""So many printed characters an addition has at most."""

_LEAST = 20
_MAIN, _MAIN_AMOUNT = 0.3, 0.1
_YEAR = re.compile(r"^(\d{4})年")
_LEANS = re.compile(
    r"^[\"“]|^(?:该|此|其|这|那|上述|当[天日时]|同[日时]|双方|两者|本[次届]|会[上后]|期间|现场|公司|记者|我|目前|不过|但|而|也|还|并|同样)"
    r"|[？?]|(?:我|我们|咱)(?!国)"
)
_SLOGAN = re.compile(r"之一[。！]|历史悠久|新篇章|(?:作出|做出)[^，。]{0,16}贡献[。！]|^欢迎|值得期待[。！]")
"""会议举办地历史悠久 is new, and tells nobody anything."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How the reports of an event stand to what was told of it: `repeat` is nothing that matters.

    `lead` is the report with most news and `sentences` are those of its sentences that are new.
    """

    standing: Literal["update", "follow", "repeat"]
    lead: Article
    sentences: tuple[Sentence, ...]


def new_sentences(text: str, told: Sequence[str], others: Sequence[str] = ()) -> tuple[Sentence, ...]:
    """Return the sentences of `text` that say what none of the texts in `told` and `others` says, without datelines.

    Credits, captions and background are none.  `others` are texts that are known as well, only not from an issue.
    """
    known = [KnownText(simplify(each[:READ])) for each in (*told, *others)]
    return tuple(piece.sentence for piece in read_statements(text) if not piece.is_told(known))


def judge_standing(articles: Sequence[Article], told: Sequence[Told]) -> Judgement:
    """Return how an event of at least one article stands to the items of earlier issues that told of it.

    An issue prints nothing of a `repeat`, only the new sentences of an `update`, and sums up a `follow` as usual.
    """
    known = [KnownText(simplify(_whole(article)[:READ])) for item in told for article in item.articles]
    known += [KnownText(simplify(item.title)) for item in told]
    judged = [_judge(article, known) for article in articles]
    return max(judged, key=lambda own: own[0])[1]


def find_additions(lead: Article, others: Sequence[Article], limit: int = 2) -> tuple[Addition, ...]:
    """Return what other reports of an event say beyond the leading one, at most `limit`, each from another article.

    Every sentence is short, stands alone, and brings a figure, a name or a fact that the whole lead does not hold.
    """
    known = [KnownText(simplify(_whole(lead)[:READ]))]
    found: list[Addition] = []
    waiting = {at: _candidates(other, lead, known) for at, other in enumerate(others)}
    while len(found) < limit and any(waiting.values()):
        _, nearest, sentence = max((score, -at, own) for at, each in waiting.items() for score, own in each)
        found.append(Addition(sentence, others[-nearest]))
        added = [KnownText(simplify(sentence.text))]
        del waiting[-nearest]
        waiting = {at: [pair for pair in each if not Statement(pair[1]).is_told(added)] for at, each in waiting.items()}
    return tuple(found)


def _judge(article: Article, known: Sequence[KnownText]) -> tuple[int, Judgement]:
    """How many new characters an article has, and how it stands."""
    news = [each for each in read_statements(article.text) if not each.is_told(known) and each.matters(known)]
    size = sum(len(each.sentence.text) for each in news)
    share = size / max(1, len(article.text[:READ].strip()))
    standing: Literal["update", "follow", "repeat"] = "follow" if share >= MOSTLY else "update"
    if not news or (size < FEW and share < LITTLE and not _headline(article).brings_amount(known)):
        turned = bool(known and article.text.strip()) and _headline(article).turns(known)
        standing = "update" if turned else "repeat"
    return size, Judgement(standing, article, tuple(each.sentence for each in news))


def _candidates(other: Article, lead: Article, known: Sequence[KnownText]) -> list[tuple[float, Sentence]]:
    """The sentences of another report that may stand below the lead, each with what it is worth."""
    forms = {
        each.sentence.index: Statement(short)
        for each in read_statements(other.text)
        if not each.is_told(known) and (short := _alone(each.sentence, other))
    }
    told, earlier = _headline(lead), _is_before(other, lead)
    kept = {
        at: form
        for at, form in forms.items()
        if _adds(form, known, told) and not (earlier and form.is_past(told, known))
    }
    if not kept:
        return []
    text = other.text[:READ]
    scored = analyse(split_sentences(text), text, other.title).sentences
    ranks = {at: scored[at].score for at, form in kept.items() if scored[at].score > _floor(form, known)}
    return [(round(log(rank) + kept[at].gain(known), 6), kept[at].sentence) for at, rank in ranks.items()]


def _floor(form: Statement, known: Sequence[KnownText]) -> float:
    """The rank from which a sentence is worth adding: far down a report a name tells less than an amount."""
    return _MAIN_AMOUNT if form.brings_amount(known) else _MAIN


def _adds(form: Statement, known: Sequence[KnownText], headline: Statement) -> bool:
    """Whether a sentence brings an amount or a name to an event; one that lost its tail must bring an amount."""
    if form.sentence.cut and not form.brings_amount(known):
        return False
    return form.adds(known) and form.is_about(headline, known)


def _is_before(one: Article, other: Article) -> bool:
    """Whether one article is surely older than another."""
    if isinstance(one.published, datetime) and isinstance(other.published, datetime):
        return one.published < other.published
    return bool(one.published and other.published) and f"{one.published:%Y%m%d}" < f"{other.published:%Y%m%d}"


def _headline(article: Article) -> Statement:
    return Statement(Sentence(article.title, 0, len(article.title), 0))


def _alone(sentence: Sentence, article: Article) -> Sentence | None:
    """The sentence as it may stand by itself, or None where it leans on what is before it or tells of long ago."""
    short = sentence if len(sentence.printed) <= ADDED else shorten(sentence, ADDED, article.title)
    if short is None or len(short.text) < _LEAST:
        return None
    simple = simplify(short.text)
    if leans(simple) or _LEANS.search(simple) or _SLOGAN.search(simple) or is_background(simple):
        return None
    opening = _YEAR.match(simple)
    past = opening and article.published and int(opening[1]) < article.published.year - 1
    return None if past else short


def _whole(article: Article) -> str:
    return f"{article.title}\n{article.text}"
