"""What is known of a text before anything is chosen: its sentences, their words, features, prior and rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

from digest.model import Sentence
from digest.rank.forms import Drafts, Topic, find_topic, forms_of
from digest.rank.genre import find_genre
from digest.rank.graph import Similarity, centrality
from digest.rank.language import simplify
from digest.rank.prior import ineligible_because, prior_of, sentence_features, weights
from digest.rank.sentences import has_words
from digest.rank.talk import Talk, find_talk
from digest.rank.tokens import content_words, tokenize, tokenize_simplified

_NEVER = 1e-9
_TOLD = "the heading of its item tells it"


@dataclass(frozen=True, slots=True)
class Analysis:
    """The sentences of a text and everything about them, in lists of one entry a sentence.

    `sentences` are as written, with their score (PageRank times their number, so that 1 is the mean); `simple` are
    their texts in simplified characters, `words` all their words and `content` those that carry meaning; `reasons`
    tells why a sentence may not be printed, `candidates` are the positions of the others.
    """

    sentences: tuple[Sentence, ...]
    simple: list[str]
    words: list[list[str]]
    content: list[list[str]]
    reasons: list[str]
    candidates: list[int]
    features: list[dict[str, float]]
    prior: list[float]
    similarity: Similarity
    topic: Topic
    talk: Talk

    def drafts(self, at: int, *, trim: bool) -> Drafts:
        """Return the forms in which the sentence at position `at` may be printed."""
        content = set(self.content[at])
        return Drafts(self.sentences[at], self.simple[at], self.words[at], content, self.topic, trim=trim)

    def rank(self, at: int) -> float:
        """Return what every form of the sentence at position `at` is worth before it is looked at."""
        return log(max(_NEVER, self.sentences[at].score))

    def featured_forms(self, at: int, *, trim: bool) -> Iterator[tuple[Sentence, dict[str, float]]]:
        """Yield the forms of the sentence at position `at` that stand, with the features their worth is made of."""
        return _standing(self.drafts(at, trim=trim))


def analyse(pieces: Sequence[Sentence], text: str, title: str = "", query: str = "") -> Analysis:
    """Return the analysis of `text`, cut into `pieces`, of which at least one holds a word.

    Everything is judged on the simplified copy, which has the same offsets.
    """
    simple = simplify(text)
    plain = [Sentence(simple[p.start : p.end], p.start, p.end, p.index) for p in pieces]
    words = _tokenize_each(plain)
    content = [content_words(own) for own in words]
    reasons = [ineligible_because(piece) for piece in plain]
    headline, asked = content_words(tokenize(title)), content_words(tokenize(query))
    genre = find_genre(plain, content, reasons, headline)
    if genre.headings:
        reasons = ["" if i in genre.headings else reason or _TOLD for i, reason in enumerate(reasons)]
    candidates = [i for i, reason in enumerate(reasons) if not reason]
    if not candidates:
        candidates = [i for i, piece in enumerate(pieces) if has_words(piece.text)]
    chosen = set(candidates)
    features = sentence_features(plain, content, [i in chosen for i in range(len(pieces))], genre, headline, asked)
    weighed = weights()
    prior = [prior_of(own, weighed.sentence) if i in chosen else _NEVER for i, own in enumerate(features)]
    similarity = Similarity(content)
    ranks = centrality(similarity, prior, weighed.damping)
    count = len(pieces)
    scored = tuple(
        Sentence(p.text, p.start, p.end, p.index, round(rank * count, 6)) for p, rank in zip(pieces, ranks, strict=True)
    )
    return Analysis(
        sentences=scored,
        simple=[piece.text for piece in plain],
        words=words,
        content=content,
        reasons=reasons,
        candidates=candidates,
        features=features,
        prior=prior,
        similarity=similarity,
        topic=find_topic(content, headline, asked, genre),
        talk=find_talk([piece.text for piece in plain], simplify(title)),
    )


def _tokenize_each(pieces: Sequence[Sentence]) -> list[list[str]]:
    """The words of every sentence; equal sentences (ten megabytes of one line) are cut once."""
    known: dict[str, list[str]] = {}
    for piece in pieces:
        if piece.text not in known:
            known[piece.text] = tokenize_simplified(piece.text)
    return [known[piece.text] for piece in pieces]


def shorten(sentence: Sentence, limit: int, title: str = "") -> Sentence | None:
    """Return the form of `sentence` worth most in at most `limit` printed characters, or None where none stands.

    Judged by itself and its headline, where the text around it is not at hand.
    """
    simple = simplify(sentence.text)
    words = tokenize_simplified(simple)
    topic = find_topic([content_words(words)], content_words(tokenize(title)))
    drafts = Drafts(sentence, simple, words, set(content_words(words)), topic, trim=True)
    fits = sorted(
        (form for form in forms_of(drafts, 0.0) if len(form.sentence.printed) <= limit),
        key=lambda form: (form.owes, form.order),
    )
    return next((form.sentence for form in fits if form.run is None or drafts.stands(form.run)), None)


def _standing(drafts: Drafts) -> Iterator[tuple[Sentence, dict[str, float]]]:
    """Yield the forms that stand with their features, the whole one first."""
    yield drafts.whole, drafts.features
    for run, features in drafts.shorter():
        if drafts.stands(run):
            yield drafts.cut(run), features
