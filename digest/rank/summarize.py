"""The recipe of a summary: split, analyse (tokenize, weigh, rank), select."""

from __future__ import annotations

from collections.abc import Sequence

from digest.model import Sentence, Summary, Verdict
from digest.rank.analysis import Analysis, analyse
from digest.rank.clauses import force, locate
from digest.rank.keywords import find_keywords
from digest.rank.language import detect_language, is_chinese, simplify
from digest.rank.selection import Budget, Selection, select
from digest.rank.sentences import has_words, split_sentences

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
        trim: leave off datelines, and shorten a sentence to the contiguous clauses that carry it, where they stand
            alone (`digest.rank.trimming`); with False sentences stay whole, and only a text without any sentence that
            fits is cut.

    Raises:
        ValueError: two of `sentences`, `chars` and `ratio`, or one out of range.
    """
    language = language or detect_language(text)
    budget = _budget(text, sentences, chars, ratio, trim, language)
    pieces = split_sentences(text)
    if not has_words(text):
        return _bare(text, pieces, budget, language)
    known = analyse(pieces, text, title or "", query or "")
    chosen = select(known, budget)
    if not chosen.chosen:
        chosen.chosen.append(_forced(known, budget))
    return Summary(
        sentences=tuple(sorted(chosen.chosen, key=lambda s: s.index)),
        keywords=_keywords(known, text, title or ""),
        text=text,
        language=language,
        verdicts=_verdicts(known, chosen),
    )


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
    chinese = is_chinese(language)
    return Budget(chars, sentences, trim, gap=0 if chinese else 1, scale=1 if chinese else 3)


def _keywords(known: Analysis, text: str, title: str) -> tuple[str, ...]:
    """The keywords as written in the text: its simplified copy has the same offsets."""
    simple = "".join(known.simple)
    found = find_keywords(known.words, simplify(title), text=simple, starts=[s.start for s in known.sentences])
    return tuple(text[at : at + len(word)] for word, at in ((word, simple.find(word)) for word in found) if at >= 0)


def _forced(known: Analysis, budget: Budget) -> Sentence:
    """The best sentence cut at a word: no text that says something gets an empty summary."""
    best = max(known.candidates, key=lambda i: (known.sentences[i].score, -i))
    sentence = known.sentences[best]
    limit = budget.chars or len(sentence.text)
    ends = [at + len(word) for word, at in locate(known.simple[best], known.words[best])]
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


def _verdicts(known: Analysis, chosen: Selection) -> tuple[Verdict, ...]:
    """Why every sentence was taken or left."""
    printed = {sentence.index: sentence for sentence in chosen.chosen}
    candidates = set(known.candidates)
    verdicts = []
    for i, sentence in enumerate(known.sentences):
        reason = chosen.reasons.get(i, "") if i in candidates else known.reasons[i]
        if i in printed and printed[i].forced:
            reason = "taken, cut at a word: nothing shorter was there"
        terms = {**known.features[i], "prior": round(known.prior[i], 6), "centrality": sentence.score}
        verdicts.append(Verdict(printed.get(i, sentence), terms, i in printed, reason))
    return tuple(verdicts)
