"""The recipe of a summary: split, tokenize, weigh, rank, select."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from digest.model import Sentence, Summary, Verdict
from digest.rank.clauses import force
from digest.rank.graph import Similarity, centrality
from digest.rank.keywords import find_keywords
from digest.rank.language import detect_language, is_chinese, simplify
from digest.rank.prior import ineligible_because, prior_terms, weigh
from digest.rank.selection import Budget, Selection, select
from digest.rank.sentences import has_words, split_sentences
from digest.rank.tokens import content_words, tokenize, tokenize_simplified

CHARS_CHINESE = 120
CHARS_OTHER = 360


def summarize(
    text: str,
    *,
    title: str | None = None,
    sentences: int | None = None,
    chars: int | None = None,
    ratio: float | None = None,
    query: str | None = None,
    language: str | None = None,
    trim: bool = True,
) -> Summary:
    """Return the key sentences of `text` in reading order, every one a verbatim slice, and its keywords.

    Personalized TextRank: see `digest.rank.graph` and `digest.rank.prior`.

    Args:
        text: plain text; a line break ends a sentence.
        title: its headline, if known; sentences that carry its words rank higher.
        sentences: at most this many sentences.
        chars: at most this many printed characters (code points); never passed.  Default: 120 for Chinese, else 360.
        ratio: at most this share of the text's characters, above 0 and up to 1.
        query: words the summary should lean towards.
        language: a BCP 47 tag; found out when not given.
        trim: leave off datelines, and long tails at a clause; with False sentences stay whole, and only a text without
            any sentence that fits is cut.

    Raises:
        ValueError: two of `sentences`, `chars` and `ratio`, or one out of range.
    """
    language = language or detect_language(text)
    budget = _budget(text, sentences, chars, ratio, trim, language)
    pieces = split_sentences(text)
    if not has_words(text):
        return _bare(text, pieces, budget, language)
    simple = simplify(text)
    scored = _score(pieces, simple, title or "", query or "")
    chosen = select(scored.sentences, scored.candidates, budget, scored.similarity.cosine)
    if not chosen.chosen:
        chosen.chosen.append(_forced(scored, budget))
    return Summary(
        sentences=tuple(sorted(chosen.chosen, key=lambda s: s.index)),
        keywords=tuple(_as_written(word, simple, text) for word in find_keywords(scored.words, tokenize(title or ""))),
        text=text,
        language=language,
        verdicts=_verdicts(scored, chosen),
    )


@dataclass(frozen=True, slots=True)
class _Scored:
    sentences: tuple[Sentence, ...]
    words: list[list[str]]
    terms: list[dict[str, float]]
    reasons: list[str]
    candidates: list[int]
    similarity: Similarity


def _budget(
    text: str, sentences: int | None, chars: int | None, ratio: float | None, trim: bool, language: str
) -> Budget:
    if sum(limit is not None for limit in (sentences, chars, ratio)) > 1:
        raise ValueError("give one of sentences, chars and ratio, not two")
    if sentences is not None and sentences < 1:
        raise ValueError(f"sentences must be at least 1, not {sentences}")
    if chars is not None and chars < 1:
        raise ValueError(f"chars must be at least 1, not {chars}")
    if ratio is not None:
        if not 0 < ratio <= 1:
            raise ValueError(f"ratio must be above 0 and at most 1, not {ratio}")
        chars = max(1, round(len(text) * ratio))
    if sentences is None and chars is None:
        chars = CHARS_CHINESE if is_chinese(language) else CHARS_OTHER
    return Budget(chars=chars, sentences=sentences, trim=trim, gap=0 if is_chinese(language) else 1)


def _score(pieces: Sequence[Sentence], simple: str, title: str, query: str) -> _Scored:
    """Rank the pieces; everything is judged on the simplified copy, which has the same offsets."""
    plain = [replace(piece, text=simple[piece.start : piece.end]) for piece in pieces]
    words = _tokenize_each(plain)
    content = [content_words(own) for own in words]
    reasons = [ineligible_because(piece) for piece in plain]
    wanted = content_words(tokenize(title)), content_words(tokenize(query))
    terms = prior_terms(plain, content, [not reason for reason in reasons], *wanted)
    candidates = [i for i, reason in enumerate(reasons) if not reason]
    if not candidates:
        candidates = [i for i, piece in enumerate(pieces) if has_words(piece.text)]
    similarity = Similarity(content)
    chosen = set(candidates)
    prior = [weigh(t) if i in chosen else 1e-9 for i, t in enumerate(terms)]
    ranks = centrality(similarity, prior)
    for own, rank, before in zip(terms, ranks, prior, strict=True):
        own["centrality"] = round(rank * len(pieces), 6)
        own["prior"] = round(before, 6)
    sentences = tuple(replace(piece, score=own["centrality"]) for piece, own in zip(pieces, terms, strict=True))
    return _Scored(sentences, words, terms, reasons, candidates, similarity)


def _tokenize_each(pieces: Sequence[Sentence]) -> list[list[str]]:
    """The words of every sentence; equal sentences (ten megabytes of one line) are cut once."""
    known: dict[str, list[str]] = {}
    for piece in pieces:
        if piece.text not in known:
            known[piece.text] = tokenize_simplified(piece.text)
    return [known[piece.text] for piece in pieces]


def _forced(scored: _Scored, budget: Budget) -> Sentence:
    """The best sentence cut at a word: no text that says something gets an empty summary."""
    best = max(scored.candidates, key=lambda i: (scored.sentences[i].score, -i))
    sentence = scored.sentences[best]
    limit = budget.chars or len(sentence.text)
    ends, at = [], 0
    for word in scored.words[best]:
        found = sentence.text.casefold().find(word.casefold(), at)
        if found >= 0:
            at = found + len(word)
            ends.append(at)
    return force(sentence, limit, ends)


def _bare(text: str, pieces: Sequence[Sentence], budget: Budget, language: str) -> Summary:
    """The summary of a text without a single word: its first line, or nothing where there is only space."""
    shown = [piece for piece in pieces if piece.text.strip()]
    if not shown:
        return Summary(text=text, language=language)
    first = shown[0]
    start = first.start + len(first.text) - len(first.text.lstrip())
    kept = first.text.strip()[: budget.chars]
    return Summary(sentences=(Sentence(kept, start, start + len(kept), first.index),), text=text, language=language)


def _as_written(word: str, simple: str, text: str) -> str:
    """A keyword in the characters and capitals of the text it was found in."""
    found = re.search(re.escape(word), simple, re.IGNORECASE)
    return text[found.start() : found.end()] if found else word


def _verdicts(scored: _Scored, chosen: Selection) -> tuple[Verdict, ...]:
    """Why every sentence was taken or left."""
    printed = {sentence.index: sentence for sentence in chosen.chosen}
    candidates = set(scored.candidates)
    verdicts = []
    for i, sentence in enumerate(scored.sentences):
        reason = chosen.reasons.get(i, "") if i in candidates else scored.reasons[i]
        if i in printed and printed[i].forced:
            reason = "taken, cut at a word: nothing shorter was there"
        verdicts.append(Verdict(printed.get(i, sentence), scored.terms[i], i in printed, reason))
    return tuple(verdicts)
