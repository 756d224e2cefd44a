"""Keywords worth printing under an entry: names and 《titles》 whole, then topic phrases, then single words.

Candidates are runs of nouns between stop words, verbs and marks (for Chinese by the dictionary's part of speech, for
English as in RAKE: Rose et al., 2010).  A part of a run must stand free somewhere, or have different neighbours on both
sides (branching, as in unknown word extraction), so no fragment passes; what mostly stands inside a longer phrase pays
for that (C-value: Frantzi, Ananiadou and Mima, 2000).  The score is frequency by rarity, more for what the headline
or the opening holds and for names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import log2
from typing import NamedTuple

from digest.rank.dateline import dateline_length
from digest.rank.language import HAN
from digest.rank.lexicon import frequency, part_of_speech
from digest.rank.tokens import rarity, stop_words

_MOST_WORDS = 8_000
"""A longer text is sampled: its opening, and sentences evenly from the rest."""

_LONGEST = 4
"""How many words a phrase may join; one that stands free, such as a name, twice as many."""

_HAN = re.compile(HAN)
_TITLE = re.compile(r"《([^《》\n]{2,28})》")
_QUOTE = re.compile(r"[“「]([^“”「」\n，。、；：！？,.!?;:\s]{2,10})[”」]")
_MEDIUM = re.compile(r"[报刊]》$|(?:周刊|时报|杂志|新闻|联播)》$")
_UNLIKELY = re.compile(
    "[的了是在不将被把这那我你他她它们着也都还就很]|^[第该愿之每各此余比日月年两几全共约近超一二三四五六七八九十]|[于至中说起上下为到以称等和及有会要能超近来]$"
)
_ASIDE = re.compile(
    r"[（(][^（）()\n]{0,10}(?:注[:：]|汇率)[^（）()\n]*[）)]|[（(【][^（）()【】\n]{2,14}[）)】]\s*$|https?://\S+"
)
_GENERATION = re.compile(r"\d{1,2}[a-z]")
_KINDS = {
    "title": 1.25,
    "name": 1.3,
    "person": 1.25,
    "quote": 1.0,
    "phrase": 1.1,
    "word": 0.85,
    "place": 0.75,
    "generic": 0.01,
}


class _Token(NamedTuple):
    """One word of the text; `role` says what it may be in a phrase.

    head: any part · open: not the last · end: only the last (a single character) · link: 和 inside a name ·
    number: behind a Latin name · person: a phrase of its own · break: no part of any.
    """

    start: int
    end: int
    word: str
    role: str


@dataclass(slots=True)
class _Candidate:
    """What is known of one phrase: where it first stands, its words, how often it stands, and between what."""

    start: int
    end: int
    words: tuple[str, ...]
    kind: str
    count: int = 0
    free: int = 0
    left: set[str] = field(default_factory=set)
    right: set[str] = field(default_factory=set)
    longer: int = 0
    small: bool = False


def find_keywords(
    words: Sequence[Sequence[str]],
    title: str | Sequence[str] = "",
    count: int = 5,
    *,
    text: str | None = None,
    starts: Sequence[int] = (),
) -> tuple[str, ...]:
    """Return at most `count` keywords and phrases of `text`, best first, every one a slice of it.

    None holds another; none is a stop word, a number or a single Han character.

    Args:
        words: the words of each sentence, all of them, as `tokenize_simplified` gives them.
        title: the headline in simplified characters.
        count: how many.
        text: the simplified text; without it the words are joined.
        starts: where each sentence begins in `text`.
    """
    if text is None:
        text, starts = _join(words)
    headline = title if isinstance(title, str) else _join([title])[0]
    sentences = list(_align(text, *_sample(words, starts)))
    latin = sum(token.word.isascii() for tokens in sentences for token in tokens)
    chinese = latin * 5 < sum(map(len, sentences)) * 4
    read = _read_chinese if chinese else _read_english
    found = _collect(text, read(text, sentences), _LONGEST if chinese else _LONGEST - 1)
    if chinese:
        _add_marked(found, text, [(s[0].start, s[-1].end) for s in sentences])
    return _choose(text, found, _squeeze(headline), count)


def _join(words: Sequence[Sequence[str]]) -> tuple[str, list[int]]:
    """The words as a text, a line a sentence, and where each begins: a space only between Latin words."""
    lines = ["".join(" " * (a[:1].isascii() and b[:1].isascii()) + b for a, b in pairwise(["", *own])) for own in words]
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    return "\n".join(lines), starts[:-1]


def _sample(words: Sequence[Sequence[str]], starts: Sequence[int]) -> tuple[list[Sequence[str]], list[int]]:
    """The sentences to read: all of a usual text, at most about `_MOST_WORDS` words of a long one."""
    total = sum(map(len, words))
    chosen, taken, step = [], 0, max(1, -(-2 * total // _MOST_WORDS))
    for i, own in enumerate(words):
        if taken < _MOST_WORDS and (total <= _MOST_WORDS or taken < _MOST_WORDS // 2 or i % step == 0):
            chosen.append(i)
            taken += len(own)
    return [words[i] for i in chosen], [starts[i] for i in chosen]


def _align(text: str, words: Iterable[Sequence[str]], starts: Iterable[int]) -> Iterator[list[_Token]]:
    """Yield the words of each sentence that has any with their offsets in `text`."""
    lower = text.lower()
    lower = lower if len(lower) == len(text) else text
    for own, at in zip(words, starts, strict=True):
        tokens = []
        for word in own:
            found = lower.find(word, at, at + 300)
            if found >= 0:
                at = found + len(word)
                tokens.append(_Token(found, at, word, ""))
        if tokens:
            yield tokens


# --- Chinese: roles by the dictionary


def _read_chinese(text: str, sentences: list[list[_Token]]) -> Iterator[list[_Token]]:
    """Yield the runs of words that phrases are made of."""
    sentences = [_merge(tokens, pairs) for pairs in [_fixed_pairs(sentences)] for tokens in sentences]
    persons = _persons(sentences)
    roles: dict[str, str] = {}
    credit = _group("credit")
    for tokens in sentences:
        muted = _muted(text, tokens)
        own = []
        before = ""
        for start, end, word, _ in tokens:
            if word not in roles:
                roles[word] = "person" if word in persons else _role(word)
            unread = before in credit or any(a <= start < b for a, b in muted)
            own.append(_Token(start, end, word, "break" if unread else roles[word]))
            before = word
        yield from _runs(text, _link(own))


def _muted(text: str, tokens: list[_Token]) -> list[tuple[int, int]]:
    """Where in the text a sentence says who reports it, and not what: its dateline, a source or a note in brackets."""
    begin = tokens[0].start
    sentence = text[begin : tokens[-1].end + 1]
    asides = [(begin + match.start(), begin + match.end()) for match in _ASIDE.finditer(sentence)]
    return [(begin, begin + dateline_length(sentence)), *asides]


def _role(word: str) -> str:
    """What a word may be in a phrase, by its form and its usual part of speech."""
    if not _HAN.match(word):
        if word[0].isdigit():
            return "number" if word.isdigit() else ("open" if _GENERATION.fullmatch(word) else "break")
        return "break" if word in stop_words() or word in _group("noise") else "head"
    if len(word) == 1:
        return "end" if word in _group("suffix") else "break"
    if word in _group("event"):
        return "head"
    tag = part_of_speech(word)
    if word in stop_words() or word in _group("media") or _takes_object(word, tag):
        return "break"
    if word in _group("post") or tag in ("a", "b", "s", "ng"):
        return "open"
    if not tag:
        return "break" if _UNLIKELY.search(word) else "head"
    if tag == "l":
        return "alone"
    return "head" if tag[0] in "nj" or tag in ("vn", "an") else "break"


def _takes_object(word: str, tag: str) -> bool:
    """Whether the dictionary has a verb and its object as one noun: 主持会议."""
    verb = word[:2]
    return (
        len(word) == 4
        and tag == "n"
        and frequency(word) < 50
        and part_of_speech(verb) == "v"
        and verb not in _group("event")
    )


def _fixed_pairs(sentences: list[list[_Token]]) -> set[tuple[str, str]]:
    """Neighbours that are one word unknown to the dictionary: 斯塔 默, 微 塑料."""
    counts: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for tokens in sentences:
        counts.update(token.word for token in tokens)
        pairs.update(
            (a.word, b.word)
            for a, b in pairwise(tokens)
            if a.end == b.start
            and ((len(a.word) == 1) != (len(b.word) == 1) or (_is_strange(a.word) and _is_strange(b.word)))
        )
    return {pair for pair, n in pairs.items() if n > 1 and _is_fixed(pair, n, counts)}


def _is_strange(word: str) -> bool:
    """Whether the dictionary does not know a word, or as a piece of a foreign name."""
    return part_of_speech(word)[:2] in ("", "nr") and bool(_HAN.match(word)) and not _UNLIKELY.search(word)


def _is_fixed(pair: tuple[str, str], n: int, counts: Counter[str]) -> bool:
    single, other = sorted(pair, key=len)
    if len(single) > 1:
        return n >= 0.8 * max(counts[single], counts[other])
    if not _HAN.match(single) or not _HAN.match(other) or single in stop_words() or other in stop_words():
        return False
    unknown = part_of_speech(other) in ("", "nr", "nrt")
    if not unknown and n < 3:
        return False
    if part_of_speech(single)[:1] in ("m", "q", "v", "p", "f", "d") or (
        pair[1] == single and single in _group("suffix")
    ):
        return False
    return n >= 0.8 * counts[single] and n >= (0.8 if unknown else 0.4) * counts[other] and _role(other) != "break"


def _merge(tokens: list[_Token], pairs: set[tuple[str, str]]) -> list[_Token]:
    merged: list[_Token] = []
    for token in tokens:
        last = merged[-1] if merged else None
        if last and last.end == token.start and (last.word, token.word) in pairs:
            merged[-1] = _Token(last.start, token.end, last.word + token.word, "")
        else:
            merged.append(token)
    return merged


def _persons(sentences: list[list[_Token]]) -> set[str]:
    """The names of people: the dictionary's rare ones, and unknown ones beside a post or a verb of saying."""
    post = _group("post")
    near: set[str] = set()
    for tokens in sentences:
        for a, b in pairwise(tokens):
            if b.word in post and b.start == a.end:
                near.add(a.word)
            if a.word in post and b.start == a.end:
                near.add(b.word)
    words = {token.word for tokens in sentences for token in tokens if len(token.word) > 1}
    return {word for word in words if _HAN.match(word) and _is_person(word, word in near)}


def _is_person(word: str, near: bool) -> bool:
    tag = part_of_speech(word)
    if tag[:2] == "nr":
        return near or rarity(word) > 12.5
    return near and not tag and len(word) < 4 and word[0] in _group("surname") and not _UNLIKELY.search(word)


def _link(tokens: list[_Token]) -> list[_Token]:
    """The tokens, a 和 that is part of a body's name marked so: 工业和信息化部, 网络安全和信息化委员会."""
    linked = list(tokens)
    for i, token in enumerate(tokens[1:-2], 1):
        if (
            token.word in ("和", "与")
            and tokens[i - 1].end == token.start
            and _links(tokens[i - 1], tokens[i + 1 : i + 4])
        ):
            linked[i] = token._replace(role="link")
    return linked


def _links(before: _Token, behind: list[_Token]) -> bool:
    if before.role != "head" or _is_proper(before.word):
        return False
    for a, b in pairwise(behind):
        if a.role != "head" or a.end != b.start or _is_proper(a.word):
            return False
        if b.word in _group("linking"):
            return True
    return False


def _is_proper(word: str) -> bool:
    return part_of_speech(word) in ("ns", "nt", "nr", "nrt") or word in _group("body") or not part_of_speech(word)


def _runs(text: str, tokens: list[_Token]) -> Iterator[list[_Token]]:
    """Yield the runs of neighbours without a break; a person stands alone, and the name of a body ends its run."""
    run: list[_Token] = []
    for token in tokens:
        if run and (token.role == "break" or not _joined(text, run[-1], token)):
            yield run
            run = []
        if run or token.role in ("head", "open", "person", "alone"):
            run.append(token)
    if run:
        yield run


def _joined(text: str, a: _Token, b: _Token) -> bool:
    gap = text[a.end : b.start]
    if "alone" in (a.role, b.role):
        return False
    if a.role == "person" or b.role == "person":
        return gap in ("·", "・", "•") and a.role in ("person", "head") and b.role in ("person", "head")
    if b.role == "number":
        return gap in ("", " ", "-") and a.word.isascii() and a.role != "open"
    latin = not _HAN.match(a.word) or not _HAN.match(b.word)
    if gap not in (("", " ", "-", "·") if latin else ("", "·")):
        return False
    return not (a.word in _group("linking") and len(a.word) > 1) and part_of_speech(a.word) != "nt"


# --- English: roles by form


def _read_english(text: str, sentences: list[list[_Token]]) -> Iterator[list[_Token]]:
    """Yield the runs of words between stop words and marks, capitalised names apart from the rest."""
    inside = {token.word for tokens in sentences for token in tokens[1:] if text[token.start].isupper()}
    lower = {token.word for tokens in sentences for token in tokens if text[token.start].islower()}
    for tokens in sentences:
        own = []
        for i, token in enumerate(tokens):
            written = text[token.start : token.end]
            proper = written[0].isupper() and (i > 0 or (token.word in inside and token.word not in lower))
            own.append(token._replace(role=_english_role(token.word, written, proper)))
        yield from _english_runs(text, own)


def _english_role(word: str, written: str, proper: bool) -> str:
    word = word.replace("’", "'")
    common = word in stop_words() or word in _group("noise") or word in _group("generic")
    if written.isupper() and len(written) > 1:
        return "person"
    if proper and (not common or word == "new"):
        return "person"
    if word == "of":
        return "link"
    if common or len(word) < 3 or word[0].isdigit() or word.endswith("ly"):
        return "break"
    return "plain"


def _english_runs(text: str, tokens: list[_Token]) -> Iterator[list[_Token]]:
    run: list[_Token] = []
    for i, token in enumerate(tokens):
        behind = tokens[i + 1].role if i + 1 < len(tokens) else ""
        fits = token.role in ("person", "plain") or (token.role == "link" and behind == "person" and bool(run))
        if run and (not fits or text[run[-1].end : token.start] != " " or _changes(run[-1].role, token.role)):
            yield run
            run = []
        if (fits and token.role != "link") or (run and fits):
            run.append(token)
    yield run


def _changes(a: str, b: str) -> bool:
    """Whether a name ends or begins: people and places are capitalised, the rest is not."""
    return (a == "plain") != (b == "plain")


# --- counting, weighing, choosing


def _collect(text: str, runs: Iterable[list[_Token]], longest: int) -> dict[str, _Candidate]:
    """Every phrase of the runs with its counts, by its squeezed form, in the order of the text."""
    found: dict[str, _Candidate] = {}
    for run in runs:
        core = _core(run)
        for i, j in _parts(core, longest):
            part = core[i:j]
            if not _worthy(part):
                continue
            key = _squeeze(text[part[0].start : part[-1].end])
            own = found.get(key)
            if own is None:
                words = tuple(token.word for token in part)
                own = found[key] = _Candidate(part[0].start, part[-1].end, words, _kind(part))
                own.small = longest == _LONGEST and text[own.start : own.start + 2].islower() and words[-1].isascii()
            own.count += 1
            own.free += j - i == len(core)
            own.left.add(core[i - 1].word if i else "")
            own.right.add(core[j].word if j < len(core) else "")
    return found


def _parts(core: list[_Token], longest: int) -> Iterator[tuple[int, int]]:
    """The bounds of every part of a run that is short enough, and of the whole where it may be a long name."""
    size = len(core)
    for i in range(size):
        for j in range(i + 1, min(i + longest, size) + 1):
            yield i, j
    if longest < size <= 2 * longest and core[-1].role != "plain":
        yield 0, size


def _core(run: list[_Token]) -> list[_Token]:
    """A run without what opens or closes no phrase."""
    start, end = 0, len(run)
    opening, closing = _group("opening"), _group("closing")
    while start < end and (
        (run[start].word in opening and end - start > 1) or run[start].role in ("end", "link", "number")
    ):
        start += 1
    while start < end and ((run[end - 1].word in closing and end - start > 1) or run[end - 1].role in ("open", "link")):
        end -= 1
    return run[start:end]


def _worthy(part: list[_Token]) -> bool:
    """Whether words that stand together may be a keyword as far as their roles tell."""
    first, last = part[0], part[-1]
    if first.role in ("end", "link", "number") or last.role in ("open", "link"):
        return False
    if len(part) == 1:
        return _worthy_alone(first.word)
    if first.word in _group("opening") or last.word in _group("closing"):
        return False
    return last.end - first.start <= (24 if _HAN.match(first.word) else 40)


def _worthy_alone(word: str) -> bool:
    if len(word) < 2 or word in _group("post"):
        return False
    return part_of_speech(word) not in ("vn", "an", "v") or word in _group("event")


def _kind(part: list[_Token]) -> str:
    """What a phrase names, by its last word."""
    first, last = part[0], part[-1]
    if first.role == "person":
        return "person"
    tag = part_of_speech(last.word)
    if tag == "nt" or (last.word in _group("body") and len(part) > 1):
        return "name"
    if len(part) == 1:
        if any(last.word in _group(name) for name in ("generic", "opening", "closing")):
            return "generic"
        if tag == "ns":
            return "place"
        return "name" if tag == "nz" else "word"
    if part_of_speech(first.word) == "ns" and len(part) == 2 and last.word in _group("suffix"):
        return "place"
    return "phrase"


def _add_marked(found: dict[str, _Candidate], text: str, spans: Sequence[tuple[int, int]]) -> None:
    """Add the 《titles》 and the “quoted” names of the sentences at `spans`."""
    for start, end in spans:
        for pattern, group, kind in ((_TITLE, 0, "title"), (_QUOTE, 1, "quote")):
            for match in pattern.finditer(text, start, end + 1):
                if _MEDIUM.search(match.group()) or not _HAN.search(match[1]):
                    continue
                key = _squeeze(match[group])
                own = found.setdefault(key, _Candidate(match.start(group), match.end(group), (match[1],), kind))
                own.count += own.kind == kind
                own.free += 1


def _choose(text: str, found: dict[str, _Candidate], title: str, count: int) -> tuple[str, ...]:
    """The best `count` that are no fragments, neither hold nor are held by another, nor say the same."""
    usable = {key: own for key, own in found.items() if _stands(key, own, title)}
    for key, own in usable.items():
        for part in _inner(key, usable):
            part.longer = max(part.longer, own.count * (2 if key in title else 1))
    usable = {key: own for key, own in usable.items() if own.longer < (0.7 if own.kind == "place" else 0.4) * own.count}
    scores = {key: _score(key, own, title) for key, own in usable.items()}
    kept: list[str] = []
    for key in sorted(scores, key=lambda key: (-round(scores[key], 6), usable[key].start, key)):
        if len(kept) == count:
            break
        if scores[key] > 0 and not any(_same(key, other) for other in kept):
            kept.append(key)
    telling = [key for key in kept if usable[key].kind != "generic"]
    return tuple(_whole(text, usable[key]) for key in telling or kept[:1])


def _whole(text: str, own: _Candidate) -> str:
    """The phrase as written, an unknown name with the rest that was cut off everywhere: 斯塔默, not 斯塔."""
    start, end = own.start, own.end
    known = part_of_speech(own.words[0])
    cut = not known or (known[:2] == "nr" and end - start == 2)
    while cut and len(own.words) == 1 and end - start < 6 and _HAN.match(text, start):
        rest = text[end : end + 1]
        if not _HAN.match(rest) or rest in stop_words() or part_of_speech(text[end : end + 2]):
            break
        if not 1 < text.count(text[start:end]) == text.count(text[start : end + 1]):
            break
        end += 1
    return text[start:end]


def _stands(key: str, own: _Candidate, title: str) -> bool:
    """Whether a phrase is whole, not a fragment of longer ones, and not just a chance meeting of words."""
    if not own.free and not all("" in side or len(side) > 1 for side in (own.left, own.right)):
        return False
    if own.kind != "generic" and key in _group("generic"):
        return False
    if own.kind in ("person", "quote"):
        return own.count > 1 or key in title
    if part_of_speech(key) == "l" and len(own.words) == 1:
        return own.count > 2 or (own.count > 1 and key in title)
    if own.words[-1].isascii() and own.words[-1].endswith(("ed", "ing")) and own.kind != "person":
        return own.count > 1 and len(own.words) > 1
    if own.small:
        return key in title
    return own.count > 1 or len(own.words) < 3 or own.kind in ("name", "title") or key in title


def _inner(key: str, usable: dict[str, _Candidate]) -> Iterator[_Candidate]:
    """The usable phrases inside one."""
    words = usable[key].words
    for i in range(len(words)):
        for j in range(i + 1, len(words) + 1):
            part = usable.get(_squeeze("".join(words[i:j])))
            if part is not None and j - i < len(words):
                yield part


def _score(key: str, own: _Candidate, title: str) -> float:
    often = log2(1 + max(own.count - own.longer, 0.3 * own.count))
    rare = sum(_specific(word) for word in own.words) / len(own.words)
    size = 1 + 0.12 * min(len(own.words) - 1, 3) if own.kind != "title" else 1.0
    score = often * rare * size * _KINDS[own.kind]
    if key in title:
        score *= 2.2
    elif own.count == 1 and own.kind != "title":
        score *= 0.8 if own.kind == "name" else 0.5
    elif own.kind == "person" or (own.count == 2 and own.kind == "word" and not part_of_speech(key)):
        score *= 0.8
    return score * (1.25 if own.start < 150 else 1.0)


def _specific(word: str) -> float:
    if len(word) > 7:
        return 1.0
    known = min(max((rarity(word) - 5) / 8, 0.1), 1.0)
    return known * (0.55 if word in _group("generic") or word in _group("post") else 1.0)


def _same(a: str, b: str) -> bool:
    """Whether two keywords are not printed together: one holds the other, shortens it, or they share most of it."""
    short, long = sorted((a, b), key=len)
    if short in long:
        return True
    if len(short) < 5 and len(long) >= len(short) + 2 and short[0] == long[0] and _HAN.match(short):
        rest = iter(long)
        if all(char in rest for char in short) and part_of_speech(short) != "ns":
            return True
    most = max(4, 0.6 * len(short))
    shared = max(_common(short, long), _common(short[::-1], long[::-1]))
    return shared >= most


def _common(a: str, b: str) -> int:
    """How many characters two words begin with together."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _squeeze(text: str) -> str:
    """A text in lower case without white space, for comparing."""
    return "".join(text.lower().split())


@cache
def _groups() -> dict[str, frozenset[str]]:
    lines = files("digest").joinpath("data/keywords.txt").read_text("utf-8").splitlines()
    pairs = (line.split(":", 1) for line in lines if not line.startswith("#"))
    return {name: frozenset(words.split()) for name, words in pairs}


def _group(name: str) -> frozenset[str]:
    return _groups()[name]
