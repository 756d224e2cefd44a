"""Items under headings: by the edition's own rules, by its keyword file, by source, or all in one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache

import regex

from digest.compose.places import Place, find_places, is_known, lies_in
from digest.model import Article, Edition, Item, Section, SectionRule, Word, WordGroup
from digest.rank.language import simplify

OTHER = "其他"

PATIENCE = 2.0
"""Seconds that a reader's own pattern may take over a headline and a few lines; an honest one takes microseconds."""

_HEAD = 200
_OFTEN = 3
_LEVELS = re.compile(r"\s*[/|>＞／｜,，、;；·]\s*|\s+-\s+")


class Reading:
    """An article as rules see it: script and case do not matter, and what no rule asks for is never looked up."""

    def __init__(self, article: Article) -> None:
        self.article = article

    @cached_property
    def _head(self) -> str:
        """The headline and the first lines, so little of each that a slow pattern comes to an end."""
        return f"{self.article.title[:_HEAD]}\n{self.article.text[:_HEAD]}"

    @cached_property
    def _simple_head(self) -> str:
        return simplify(self._head)

    @cached_property
    def _plain_head(self) -> str:
        return self._simple_head.casefold()

    @cached_property
    def _plain_text(self) -> str:
        return _plain(self.article.text)

    @cached_property
    def _places(self) -> tuple[Place, ...]:
        return find_places(self.article)

    @cached_property
    def _topics(self) -> frozenset[str]:
        """The categories, and the levels of one such as 新闻/国内."""
        whole = [_plain(category).strip() for category in self.article.categories]
        return frozenset(topic for category in whole for topic in (category, *_LEVELS.split(category)))

    def is_about(self, word: str) -> bool:
        """Whether a word is in the headline or the first lines, or comes again and again; not just in passing."""
        plain = _plain_word(word)
        return bool(plain) and (plain in self._plain_head or self._plain_text.count(plain) >= _OFTEN)

    def find_word(self, words: Iterable[str]) -> str:
        """The first of the words that the article is about, or an empty string."""
        return next(filter(self.is_about, words), "")

    def opens_with(self, word: Word) -> bool:
        """Whether a word or pattern of a keyword file fits the headline or the first lines."""
        if not word.regex:
            return bool(word.text) and _plain_word(word.text) in self._plain_head
        written, simple = _pattern(word.text), _simple_pattern(word.text)
        if written.fits(self._head):
            return True
        return (simple, self._simple_head) != (written, self._head) and simple.fits(self._simple_head)

    def is_of(self, topics: Iterable[str]) -> bool:
        """Whether the source files the article under one of the topics."""
        return any(_plain_word(topic) in self._topics for topic in topics)

    def lies_in(self, places: Iterable[str]) -> bool:
        """Whether the article is about one of the places; a name that is no division (长三角) is a word."""
        return any(
            any(lies_in(place, name) for place in self._places) if is_known(name) else self.is_about(name)
            for name in places
        )

    def fits(self, rule: SectionRule) -> bool:
        """Whether a rule takes the article: by source, topic, word or place."""
        named = {self.article.source, self.article.site} & set(rule.sources)
        return bool(named or self.is_of(rule.topics) or self.find_word(rule.words) or self.lies_in(rule.places))

    def belongs_to(self, group: WordGroup) -> bool:
        """Whether a group of the keyword file takes the article."""
        return (
            all(map(self.opens_with, group.required))
            and (not group.any or any(map(self.opens_with, group.any)))
            and bool(group.any or group.required)
            and not any(map(self.opens_with, group.excluded))
        )

    def titles(self, edition: Edition) -> Iterator[str]:
        """The headings of the edition that the article may stand under, its own rules before the keyword file."""
        yield from (rule.title for rule in edition.sections if self.fits(rule))
        yield from (group.title for group in edition.keywords.groups if self.belongs_to(group))


def section_of(article: Article, edition: Edition) -> str:
    """Return the heading an article stands under: the first rule or group that fits, its site, or none."""
    if edition.group_by == "source":
        return article.site or article.source or OTHER
    if not edition.sections and not edition.keywords.groups:
        return ""
    return next(Reading(article).titles(edition), OTHER)


def arrange(items: Sequence[Item], edition: Edition) -> tuple[Section, ...]:
    """Return the items in their sections, in the order of the rules and groups, or of each section's best item."""
    order = [rule.title for rule in _rules(edition)]
    for item in items:
        if item.section not in order and item.section != OTHER:
            order.append(item.section)
    groups = [(title, tuple(i for i in items if i.section == title)) for title in dict.fromkeys([*order, OTHER])]
    return tuple(Section(title, members) for title, members in groups if members)


def limits_of(edition: Edition) -> dict[str, int]:
    """Return how many items each section may have, by its title; one without a limit is not in it.

    Rules of one title make one section: their limits add up, and one of them without a limit frees it.
    """
    limits: dict[str, list[int]] = {}
    for rule in _rules(edition):
        limits.setdefault(rule.title, []).append(rule.limit)
    return {title: sum(each) for title, each in limits.items() if all(limit > 0 for limit in each)}


def _rules(edition: Edition) -> tuple[SectionRule | WordGroup, ...]:
    """What makes sections, in order: nothing does where sources make them."""
    return () if edition.group_by == "source" else (*edition.sections, *edition.keywords.groups)


def _plain(text: str) -> str:
    return simplify(text).casefold()


@lru_cache(maxsize=4096)
def _plain_word(word: str) -> str:
    return _plain(word).strip()


class _Pattern:
    """A reader's own pattern.  One that took too long once fits nothing any more: it would hold up all articles."""

    def __init__(self, text: str) -> None:
        self._pattern = regex.compile(text, regex.IGNORECASE)
        self._given_up = False

    def fits(self, text: str) -> bool:
        """Whether the pattern is found in a text."""
        if self._given_up:
            return False
        try:
            return self._pattern.search(text, timeout=PATIENCE) is not None
        except TimeoutError:
            self._given_up = True
            return False


@lru_cache(maxsize=1024)
def _pattern(text: str) -> _Pattern:
    return _Pattern(text)


@lru_cache(maxsize=1024)
def _simple_pattern(text: str) -> _Pattern:
    """The pattern in simplified characters, where it still is one: a range such as [乾-龥] may not survive it."""
    try:
        return _pattern(simplify(text))
    except regex.error:
        return _pattern(text)
