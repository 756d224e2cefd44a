"""English phrases as in RAKE (Rose et al., 2010): runs between stop words and marks, capitalised names apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

from digest.rank.phrases import Found, Words, count_parts, group
from digest.rank.tokens import stop_words

_WORD = re.compile(r"[A-Z][^\W_]*(?: of [A-Z][^\W_]*)+|[^\W_]+(?:[.'’-][^\W_]+)*")
_LONGEST = 3


def find_english(sentences: Sequence[str]) -> Iterator[Found]:
    """Yield the names, as written, and the phrases in lower case; a participle alone or last is none."""
    inside = {match.group() for sentence in sentences for match in list(_WORD.finditer(sentence))[1:]}
    runs = Counter(chain.from_iterable(_split(sentence, inside) for sentence in sentences))
    for words, count in count_parts(runs, _LONGEST).items():
        if (count == 1 and words not in runs) or len(words[0]) < 2:
            continue
        if words[0][0].isupper():
            yield words, count, "person"
        elif not words[-1].endswith(("ed", "ing")):
            yield words, count, "word" if len(words) == 1 else "phrase"


def _split(sentence: str, inside: set[str]) -> Iterator[Words]:
    """Yield the runs of neighbours a space apart, all of a name or none."""
    run: list[str] = []
    last, end = "", 0
    for i, match in enumerate(_WORD.finditer(sentence)):
        word = match.group()
        role = _role(word, word[0].isupper() and (i > 0 or (word in inside and word.lower() not in inside)))
        if run and (role != last or sentence[end : match.start()] != " "):
            yield tuple(run)
            run.clear()
        if role:
            run.append(word if role == "name" else word.lower())
        last, end = role, match.end()
    if run:
        yield tuple(run)


def _role(word: str, proper: bool) -> str:
    """What a word is part of: a name, a plain phrase, or none."""
    plain = word.lower().replace("’", "'")
    common = plain in stop_words() or plain in group("noise")
    if (word.isupper() and len(word) > 1) or (proper and (not common or plain == "new")):
        return "name"
    return "" if common or len(word) < 3 or word[0].isdigit() or word.endswith("ly") or " " in word else "plain"
