"""Who and what the day's articles are about: people, bodies and places, each named by at least two articles.

No tagger: a person is whom an article calls by an office (外交部长王毅) or lets speak (，王毅表示); a body is one that
is known (`data/names_bodies.txt`), or a run of nouns that opens with a place and ends as the names of bodies do.
Better none than a wrong one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from digest.model import Article
from digest.model.issue import Names
from digest.rank.clauses import locate
from digest.rank.dateline import dateline_length
from digest.rank.language import HAN, simplify
from digest.rank.lexicon import frequency, part_of_speech
from digest.rank.phrases import group, role
from digest.rank.sentences import split_sentences
from digest.rank.tokens import tokenize_simplified

_MOST = 5
_FEWEST_ARTICLES = 2
_HEAD = 800
"""So far into an article somebody is what it is about; further in stand those who are only asked."""

_PERSON_TAGS = frozenset(("", "nr", "nrt", "nrfg"))
_LONGEST_BODY = 14
_TAKEN = "\n"
_POSTS = ("门", "长", "总理", "副总理")
"""Behind the name of a body these make another word of it: 商务部门, 国防部长."""


def find_names(articles: Sequence[Article], places: Mapping[str, int]) -> Names:
    """Return the people, bodies and places that most articles name, at most five each, those of one article left out.

    `places` says in how many articles each place stands (`digest.compose.places`); names are in simplified characters.
    """
    heads = [_head(article) for article in articles]
    bodies = Counter(body for head in heads for body in _bodies(head))
    return Names(_most(_people(heads)), _most(bodies), _most(places))


def _head(article: Article) -> str:
    text = simplify(article.text[: _HEAD + 100])
    return f"{simplify(article.title)}\n{text[dateline_length(text) :][:_HEAD]}"


def _most(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((name, n) for name, n in ranked if name and n >= _FEWEST_ARTICLES)[:_MOST]


def _people(heads: Sequence[str]) -> dict[str, int]:
    """In how many articles each person stands whom two of them show to be one, at least one by an office."""
    held: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for head in heads:
        offices, speakers = set(_office_holders(head)), set(_speakers(head))
        held.update(offices)
        shown.update(offices | speakers)
    known = [name for name, n in shown.items() if held[name] and n >= (3 if _is_risky(name) else 2)]
    standing = {name: {at for at, head in enumerate(heads) if name in head} for name in known}
    return {name: len(own) for name, own in standing.items() if not _is_piece(name, standing)}


def _is_risky(name: str) -> bool:
    """Whether its surname is a word too: 全 向 安, but not 高 in 高桥."""
    return name[0] in known_words("risky") and name[:2] not in known_words("double") | known_words("japanese")


def _is_piece(name: str, standing: Mapping[str, set[int]]) -> bool:
    """Whether a name is one cut short (斯塔 of 斯塔默), or one with a word too many (李强同 of 李强)."""
    for other in standing:
        if other == name:
            continue
        if name in other and len(standing[other]) >= 0.7 * len(standing[name]):
            return True
        if other in name and len(standing[name]) < 0.7 * len(standing[other]):
            return True
    return False


def _office_holders(head: str) -> Iterator[str]:
    """Yield whoever stands behind an office: the longer name where two may be read."""
    for office in _office().finditer(head):
        at = office.end()
        found = [match for pattern in (_chinese(), _foreign()) if (match := pattern.match(head, at))]
        # 武汉市长江大桥: the word that is cut there tells that no mayor is meant.
        yield from _names([match[0] for match in found if not _is_straddled(head, at, match.end())])


def _speakers(head: str) -> Iterator[str]:
    """Yield whoever opens a clause and speaks."""
    for match in _speaker().finditer(head):
        yield from _names([match[1]])


def _names(found: Sequence[str]) -> Iterator[str]:
    """Yield the longest that is a person's name; of 基尔·斯塔默 what all the others call him."""
    name = max(found, key=len, default="").rpartition("·")[2].strip()
    taken = name in _aliases() or name in known_words("country")
    if len(name) > 1 and not taken and part_of_speech(name) in _PERSON_TAGS:
        yield name


@cache
def _office() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any('office')}) ?")


@cache
def _chinese() -> re.Pattern[str]:
    return re.compile(rf"{_chinese_name()}(?={_behind()})")


@cache
def _foreign() -> re.Pattern[str]:
    return re.compile(rf"{_foreign_name()}(?={_behind()})")


@cache
def _speaker() -> re.Pattern[str]:
    name = f"({_chinese_name()}|{_foreign_name()})"
    return re.compile(rf"(?:^|[，。；：！？、”）》\s]){name}(?={_any('says')})", re.MULTILINE)


def _chinese_name() -> str:
    """A surname and one or two characters, of which the second is no word that only goes on: 李强|同, 习近平."""
    double = "|".join(sorted(known_words("double") | known_words("japanese")))
    first, second = (f"(?![{''.join(sorted(known_words(name)))}]){HAN}" for name in ("particle", "never"))
    return rf"(?:{double}|[{''.join(sorted(group('surname')))}]){first}(?:{second})?"


def _foreign_name() -> str:
    sound = f"[{''.join(sorted(known_words('sound')))}]"
    return rf"(?:{sound}{{1,8}}(?: ?· ?{sound}{{1,8}})+|{sound}{{2,7}})(?! ?·)"


def _behind() -> str:
    return rf"{_any('behind')}|[^\w]|$|[0-9A-Za-z]"


def _any(name: str) -> str:
    return "|".join(sorted(map(re.escape, known_words(name)), key=lambda word: (-len(word), word)))


def _bodies(head: str) -> set[str]:
    """The bodies one head names, by the name they are printed with; inside a longer name none is looked for."""
    rest, found = head, set()
    for alias, known in _aliases().items():
        at = rest.find(alias)
        while at >= 0:
            end = at + len(alias)
            if known.stands(rest, at, end):
                found.add(known.name)
            rest = rest[:at] + _TAKEN * len(alias) + rest[end:]
            at = rest.find(alias, end)
    return found | set(_placed_bodies(rest))


@dataclass(frozen=True, slots=True)
class _Body:
    """A known body: how it is printed, what must not follow its name, and whether another country has one too."""

    name: str
    barred: tuple[str, ...]
    ours: bool

    def stands(self, text: str, at: int, end: int) -> bool:
        """Whether the name at `at` is the body's: not 外交部门, not 北京东路, not 美国国务院."""
        if text.startswith(self.barred, end) or (self.ours and _is_foreign(text[max(0, at - 8) : at])):
            return False
        if text[at].isascii():
            return not (text[at - 1 : at].isascii() and text[at - 1 : at].isalnum()) and not (
                text[end : end + 1].isascii() and text[end : end + 1].isalnum()
            )
        return not _is_straddled(text, at, end)


def _is_foreign(before: str) -> bool:
    """Whether the name of another country stands at the end: 美国 国务院, 俄 外交部."""
    return before[-1:] in known_words("foreign") or before.endswith(tuple(known_words("country")))


def _is_straddled(text: str, at: int, end: int) -> bool:
    """Whether a known word begins before the name and ends in it, or begins in it and ends behind it."""
    start = max(0, at - 8)
    words = tokenize_simplified(text[start : end + 8])
    for word, place in locate(text[start : end + 8], words):
        first, last = start + place, start + place + len(word)
        if (first < at < last or first < end < last) and frequency(word):
            return True
    return False


def _placed_bodies(head: str) -> Iterator[str]:
    """Yield the runs of nouns that open with a place of China and end as the names of bodies do: 江苏省委网信办."""
    for piece in split_sentences(head):
        if not any(place in piece.text for place in _provinces()):
            continue
        words = tokenize_simplified(piece.text)
        for at, word in enumerate(words):
            place = next((place for place in _provinces() if word.startswith(place)), "")
            name = _run_at(words[at:], piece.text) if place else ""
            if name and name.removeprefix(place).lstrip("省市") not in known_words("common"):
                yield name


def _run_at(words: Sequence[str], text: str) -> str:
    """The longest name of a body that the first of the words opens, or nothing."""
    best, name = "", ""
    for at, word in enumerate(words):
        name += word
        if len(name) > _LONGEST_BODY or name not in text or (at and role(word) not in ("head", "end")):
            break
        if _ending().search(name):
            best = name
    return best


@cache
def _ending() -> re.Pattern[str]:
    return re.compile(f"(?:{_any('endings')})$")


@cache
def _provinces() -> tuple[str, ...]:
    return tuple(sorted(known_words("province"), key=lambda place: (-len(place), place)))


@cache
def _aliases() -> dict[str, _Body]:
    """Every name of a known body, the longest first."""
    known: dict[str, _Body] = {}
    for line in _lines("names_bodies.txt"):
        words = line.split()
        names = [word for word in words if word != "cn" and not word.startswith("+")]
        body = _Body(names[0], (*_POSTS, *(word[1:] for word in words if word.startswith("+"))), "cn" in words)
        known |= dict.fromkeys(names, body)
    return dict(sorted(known.items(), key=lambda pair: (-len(pair[0]), pair[0])))


@cache
def known_words(name: str) -> frozenset[str]:
    """Return the words of a group of `data/names_words.txt`."""
    found = (line.split()[1:] for line in _lines("names_words.txt") if line.startswith(f"{name}: "))
    return frozenset(word for words in found for word in words)


@cache
def _lines(name: str) -> tuple[str, ...]:
    text = files("digest").joinpath(f"data/{name}").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))
