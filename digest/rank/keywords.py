"""Keywords worth printing under an entry: names and 《titles》 whole, then topic phrases, then single words.

Candidates are runs of nouns (`digest.rank.phrases`; for English `digest.rank.english_phrases`) and what comes back in
several of them.  What mostly stands inside a longer phrase pays for that (C-value: Frantzi, Ananiadou and Mima, 2000),
so no fragment passes.  The score is frequency by rarity, more for what the headline or the opening holds and for names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations
from math import log2

from digest.rank.dateline import dateline_length
from digest.rank.english_phrases import find_english
from digest.rank.language import HAN
from digest.rank.lexicon import part_of_speech
from digest.rank.phrases import Found, Words, find_phrases, group
from digest.rank.tokens import rarity, stop_words, tokenize_simplified

_MOST_WORDS = 8_000
"""A longer text is sampled: its opening, and sentences evenly from the rest."""

_OPENING = 150
_HAN = re.compile(HAN)
_TITLE = re.compile(r"《([^《》\n]{2,28})》")
_QUOTE = re.compile(r"[“「]([^“”「」\n，。、；：！？,.!?;:\s]{2,10})[”」]")
_MEDIUM = re.compile(r"[报刊]》$|(?:周刊|时报|杂志|新闻|联播)》$")
_MARK = re.compile("[（(【]|http")
_ASIDE = re.compile(
    r"[（(][^（）()\n]{0,10}(?:注[:：]|汇率)[^（）()\n]*[）)]|[（(【][^（）()【】\n]{2,14}[）)】](?=\s*(?:\n|$))|https?://\S+"
)
_WEIGHTS = {"name": 1.3, "title": 1.25, "person": 1.25, "phrase": 1.1}
_WEIGHTS |= {"word": 0.85, "idiom": 0.8, "place": 0.75, "generic": 0.01}
_SURE = frozenset(("title", "name", "place"))


@dataclass(slots=True)
class _Candidate:
    """A phrase with its words as one string, and how often longer ones hold it."""

    words: Words
    count: int
    kind: str
    key: str
    titled: bool
    longer: int = 0


def find_keywords(
    words: Sequence[Sequence[str]], title: str, count: int = 5, *, text: str, starts: Sequence[int]
) -> tuple[str, ...]:
    """Return at most `count` keywords and phrases of `text`, best first, every one a slice of it.

    None holds another; none is a stop word, a number or a single Han character.

    Args:
        words: the words of each sentence, all of them, as `tokenize_simplified` gives them.
        title: the headline in simplified characters.
        count: how many.
        text: the simplified text.
        starts: where each sentence begins in `text`.
    """
    told = list(_read(words, text, starts))
    pieces = [piece for piece, _ in told]
    sample = "\n".join(pieces)
    chinese = len(_HAN.findall(sample[:_OPENING])) * 10 >= len(sample[:_OPENING])
    found = find_phrases((own for _, own in told), sample) if chinese else find_english(pieces)
    candidates = _weigh_in(chain(found, _marked(sample)), _squeeze(title))
    return _choose(_rank(candidates, _squeeze(sample[:_OPENING])), text, count)


def _read(words: Sequence[Sequence[str]], text: str, starts: Sequence[int]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield each sentence to read and its words, without what says who reports it: a dateline, a note in brackets."""
    total = sum(map(len, words))
    step = max(1, -(-2 * total // _MOST_WORDS))
    taken = 0
    for i, own in enumerate(words):
        if total > _MOST_WORDS and (taken >= _MOST_WORDS or (taken >= _MOST_WORDS // 2 and i % step)):
            continue
        taken += len(own)
        whole = text[starts[i] : starts[i + 1] if i + 1 < len(starts) else None]
        piece = _ASIDE.sub(" ", whole) if _MARK.search(whole) else whole
        if i < 3:
            piece = piece[dateline_length(piece) :]
        yield piece, own if piece is whole else tokenize_simplified(piece)


def _marked(text: str) -> Iterator[Found]:
    """Yield the 《titles》 and the “quoted” names."""
    for pattern, part, kind in ((_TITLE, 0, "title"), (_QUOTE, 1, "quote")):
        counts = Counter(match[part] for match in pattern.finditer(text) if _HAN.search(match[1]))
        yield from (((name,), n, kind) for name, n in counts.items() if not _MEDIUM.search(name))


def _weigh_in(found: Iterable[Found], title: str) -> dict[Words, _Candidate]:
    """The candidates: what stands twice or in the headline, and of the rest what is no chance meeting of words."""
    candidates: dict[Words, _Candidate] = {}
    for words, count, kind in found:
        key = "".join(words).lower()
        titled = key in title
        if count > 1 or titled or kind in _SURE or (len(words) < 3 and kind not in ("person", "idiom", "quote")):
            candidates.setdefault(words, _Candidate(words, count, kind, key, titled))
    return candidates


def _rank(found: dict[Words, _Candidate], opening: str) -> list[_Candidate]:
    """The candidates that are no fragments of longer ones, best first."""
    for own in found.values():
        if len(own.words) > 1:
            _charge(own, found)
    whole = [own for own in found.values() if own.longer < (0.7 if own.kind == "place" else 0.4) * own.count]
    return sorted(whole, key=lambda own: -round(_score(own, own.key in opening), 6))


def _choose(ranked: list[_Candidate], text: str, count: int) -> tuple[str, ...]:
    """The best `count` as they are written, of which none holds another nor says the same; a generic one only alone."""
    lower = text.lower() if len(text.lower()) == len(text) else text
    kept: list[str] = []
    for own in ranked:
        if len(kept) == count or (kept and own.kind == "generic"):
            break
        start, end = _locate(lower, own.words)
        # var, publishdate: the code of a page
        code = own.kind == "latin" and not own.titled and text[start : start + 2].islower()
        if end and not code and not any(_same(own.key, _squeeze(other)) for other in kept):
            kept.append(text[start : _whole(text, start, end) if len(own.words) == 1 else end])
    return tuple(kept)


def _charge(own: _Candidate, found: dict[Words, _Candidate]) -> None:
    """Note at every candidate inside a phrase how often the phrase stands, twice where it is in the headline."""
    words, times = own.words, own.count * (2 if own.titled else 1)
    for i, j in combinations(range(len(words) + 1), 2):
        inner = found.get(words[i:j])
        if inner is not None and inner is not own:
            inner.longer = max(inner.longer, times)


def _score(own: _Candidate, early: bool) -> float:
    """What a phrase is worth: log of its count by the mean rarity of its words, and where it stands."""
    often = log2(1 + max(own.count - own.longer, 0.3 * own.count))
    rare = sum(map(_specific, own.words)) / len(own.words)
    size = 1 + 0.12 * min(len(own.words) - 1, 3)
    score = often * rare * size * _WEIGHTS.get(own.kind, 1.0) * (1.25 if early else 1.0)
    if own.titled:
        return score * 2.2
    if own.count == 1 and own.kind != "title":
        return score * (0.8 if own.kind == "name" else 0.5)
    return score * (0.8 if own.kind == "person" else 1.0)


@lru_cache(maxsize=1 << 15)
def _specific(word: str) -> float:
    """How much a word tells, from 0 to 1."""
    known = min(max((rarity(word) - 5) / 8, 0.1), 1.0)
    return known * (0.55 if word in group("generic") or word in group("post") else 1.0)


def _same(a: str, b: str) -> bool:
    """Whether two keywords are not printed together: one holds the other, shortens it, or they share most of it."""
    short, long = sorted((a, b), key=len)
    if short in long:
        return True
    if len(short) < 5 and len(long) >= len(short) + 2 and short[0] == long[0] and _HAN.match(short):
        rest = iter(long)
        if all(char in rest for char in short) and part_of_speech(short) != "ns":
            return True
    most = max(4, -(-3 * len(short) // 5))
    return short[:most] == long[:most] or short[-most:] == long[-most:]


def _locate(lower: str, words: Words) -> tuple[int, int]:
    """Where words first stand in the text, between them nothing or a space, a hyphen or a point; (0, 0) if nowhere."""
    for glue in ("", " "):
        at = lower.find(glue.join(words).lower())
        if at >= 0:
            return at, at + len(glue.join(words))
    match = re.search("[ ·-]?".join(map(re.escape, words)), lower, re.IGNORECASE)
    return match.span() if match else (0, 0)


def _whole(text: str, start: int, end: int) -> int:
    """Where a name really ends that the segmenter cut, and always before the same character: 斯塔默 (斯塔, 默将)."""
    while (
        end - start < 6 and (tag := part_of_speech(text[start:end])[:2]) in ("", "nr") and (not tag or end - start < 3)
    ):
        rest, longer = text[end : end + 1], text[start : end + 1]
        if not _HAN.match(rest) or rest in stop_words() or part_of_speech(text[end : end + 2]):
            break
        if not 1 < text.count(longer) == text.count(text[start:end]):
            break
        end += 1
    return end


def _squeeze(text: str) -> str:
    """A text in lower case without white space, for comparing."""
    return "".join(text.lower().split())
