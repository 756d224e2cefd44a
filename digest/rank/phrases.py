"""Chinese phrases: runs of nouns between verbs, stop words and marks, by the dictionary's usual part of speech."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain, combinations

from digest.rank.language import HAN
from digest.rank.lexicon import part_of_speech
from digest.rank.tokens import rarity, stop_words

Words = tuple[str, ...]
Found = tuple[Words, int, str]
"""A candidate: its words, how often it stands, and what it names: person, name, place, latin, phrase, word, idiom …"""

_LONGEST = 4
"""How many words a phrase may join; a whole run, such as a body's name, twice as many."""

_HAN = re.compile(HAN)
_LATIN_GAP = re.compile(r"[ -](?:(?<=[0-9a-z].)(?=[^\W_])|(?<=[^\W_].)(?=[0-9a-z]))|·")
_GENERATION = re.compile(r"\d{1,2}[a-z]")
_UNLIKELY = re.compile(
    "[的了是在不将被把这那我你他她它们着也都还就很]|^[第项该愿之每各此余比日月年两几全共约近超一二三四五六七八九十]"
    "|[于至中说起上下为到以称等和及有会要能超近来]$"
)
_NEVER_FIRST = frozenset(("end", "link", "number", "credit"))


def find_phrases(sentences: Iterable[Sequence[str]], text: str) -> Iterator[Found]:
    """Yield what may be a keyword of the sentences: whole runs, and what comes back in several of them."""
    close = _LATIN_GAP.sub("", text.lower())
    runs: Counter[Words] = Counter()
    for run, n in Counter(chain.from_iterable(map(_split, sentences))).items():
        if len(run) == 1:
            runs[run] = runs.get(run, 0) + n
            continue
        for part in _unbroken(run, close):
            core = _core(part)
            runs[core] = runs.get(core, 0) + n
    del runs[()]
    counts = count_parts(runs, _LONGEST)
    for words, n in counts.items():
        if n > 1 or words in runs:
            kind = _word_kind(words[0]) if len(words) == 1 else _phrase_kind(words, counts)
            if kind:
                yield words, n, kind


def count_parts(runs: Mapping[Words, int], longest: int) -> Counter[Words]:
    """Return how often every part of at most `longest` words stands, and whole runs up to twice as long."""
    counts: Counter[Words] = Counter()
    for run, n in runs.items():
        size = len(run)
        if size == 1 or longest < size <= 2 * longest:
            counts[run] = counts.get(run, 0) + n
        if size > 1:
            for i, j in _bounds(size, longest):
                part = run[i:j]
                counts[part] = counts.get(part, 0) + n
    return counts


@cache
def _bounds(size: int, longest: int) -> list[tuple[int, int]]:
    """Where every part of at most `longest` of `size` words begins and ends."""
    return [(i, j) for i, j in combinations(range(size + 1), 2) if j - i <= longest]


@lru_cache(maxsize=1 << 15)
def _word_kind(word: str) -> str:
    """What a word names that stands alone, or nothing where it may not."""
    own, tag = role(word), part_of_speech(word)
    if word in group("generic") or word in group("opening") or word in group("closing"):
        return "generic" if own in ("head", "alone") else ""
    if own == "alone":
        return "idiom" if tag == "l" else "person"
    if own != "head" or len(word) < 2 or (tag in ("vn", "an") and word not in group("event")):
        return ""
    return "latin" if word.isascii() else {"ns": "place", "nt": "name", "nz": "name"}.get(tag, "word")


def _phrase_kind(words: Words, counts: Mapping[Words, int]) -> str:
    """What words that stand together name, or nothing where their roles tell that they make no phrase."""
    first, last = words[0], words[-1]
    opens, closes = role(first), role(last)
    if opens in _NEVER_FIRST or closes in ("open", "link") or first in group("opening") or last in group("closing"):
        return ""
    if not _is_fixed(words, counts):
        return ""
    if opens == "alone":
        return "person"
    if last in group("body") or part_of_speech(last) == "nt":
        return "name"
    if closes == "end" and len(words) == 2 and part_of_speech(first) == "ns":
        return "place"
    return "latin" if last.isascii() else "phrase"


def _is_fixed(words: Words, counts: Mapping[Words, int]) -> bool:
    """Whether single characters in a phrase belong to it: 微 塑料, unknown to the dictionary, stand together always."""
    pieces = [counts[(word,)] for word in words if role(word) == "piece"]
    if not pieces:
        return True
    return counts[words] >= max(2 if any(map(_is_strange, words)) else 3, 0.8 * max(pieces))


@lru_cache(maxsize=1 << 15)
def role(word: str) -> str:
    """Return what a word may be in a phrase, by its form and its usual part of speech.

    head: any part · open: not the last · end: not the first · piece: of a name the segmenter cut · number: behind a
    Latin name · link: 和 inside a name · alone: a person or idiom, no part of others · credit, empty: no part of any.
    """
    if word in ("和", "与"):
        return "link"
    if word in group("credit"):
        return "credit"
    if not _HAN.match(word):
        return _latin_role(word)
    if word in stop_words() or word in group("media") or word in group("verb"):
        return ""
    tag = part_of_speech(word)
    if len(word) == 1:
        return "end" if word in group("suffix") else "" if tag[:1] in ("m", "q", "v", "p", "f", "d") else "piece"
    if word in group("event"):
        return "head"
    if word in group("post") or tag in ("a", "b", "s", "ng"):
        return "open"
    if not tag:
        return "" if _UNLIKELY.search(word) else "alone" if len(word) == 3 and word[0] in group("surname") else "head"
    if tag == "l":
        return "alone"
    if tag[:2] == "nr" and rarity(word) > 12.5 and (len(word) > 2 or word[0] in group("surname") or tag == "nrt"):
        return "alone"
    return "head" if tag[0] in "nj" or tag in ("vn", "an") else ""


def _latin_role(word: str) -> str:
    if word[0].isdigit():
        return "number" if word.isdigit() else "open" if _GENERATION.fullmatch(word) else ""
    return "" if word in stop_words() or word in group("noise") else "head"


def _split(words: Sequence[str]) -> Iterator[Words]:
    """Yield the runs of words of one sentence; who wrote or took it is left out."""
    run: list[str] = []
    last = ""
    for i, (word, own) in enumerate(zip(words, map(role, words), strict=True)):
        if not run and not own:
            last = own
            continue
        if last == "credit":
            own = "credit" if own == "alone" else ""
        elif own == "link" and not _links(words[max(i - 1, 0)], words[i + 1 : i + 4]):
            own = ""
        if run:
            if own and _fits(run[-1], last, word, own):
                run.append(word)
                last = own
                continue
            yield tuple(run)
            run = []
        if own and own not in _NEVER_FIRST:
            run.append(word)
        last = own
    if run:
        yield tuple(run)


def _fits(a: str, before: str, b: str, own: str) -> bool:
    """Whether a word goes on with the run: a person stands alone, and the name of a body ends its run."""
    if own == "credit":
        return False
    if own == "number":
        return a.isascii() and before == "head"
    if before == "alone" or own == "alone":
        return "piece" in (own, before) or (_is_strange(a) and _is_strange(b))
    if before == "open" and a in group("post"):
        return bool(part_of_speech(b))
    return not (len(a) > 1 and a in group("linking")) and part_of_speech(a) != "nt"


def _links(before: str, behind: Sequence[str]) -> bool:
    """Whether a 和 is part of a body's name: 工业和信息化部, 网络安全和信息化委员会."""
    for at, word in enumerate((before, *behind)):
        if at > 1 and word in group("linking"):
            return True
        if role(word) != "head" or part_of_speech(word) in ("", "ns", "nt", "nr", "nrt") or word in group("body"):
            return False
    return False


def _is_strange(word: str) -> bool:
    """Whether the dictionary does not know a word, or as a piece of a foreign name: 麦格 米特."""
    return part_of_speech(word)[:2] in ("", "nr")


def _unbroken(run: Words, close: str) -> Iterator[Words]:
    """Yield the run, or where a mark stands inside it everywhere the pieces between the marks."""
    if "".join(run) in close:
        yield run
        return
    start = 0
    for at in range(1, len(run) + 1):
        if at == len(run) or run[at - 1] + run[at] not in close:
            yield run[start:at]
            start = at


def _core(run: Words) -> Words:
    """A run without what opens or closes no phrase."""
    start, end = 0, len(run)
    while start < end and (role(run[start]) in _NEVER_FIRST or run[start] in group("opening")):
        start += 1
    while start < end and (role(run[end - 1]) in ("open", "link") or run[end - 1] in group("closing")):
        end -= 1
    return run[start:end]


@cache
def group(name: str) -> frozenset[str]:
    """Return the words of a group of `data/keywords.txt`."""
    lines = files("digest").joinpath("data/keywords.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if line.startswith(f"{name}: ") for word in line.split()[1:])
