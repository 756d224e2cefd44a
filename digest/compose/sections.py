"""Items under headings: by the edition's own rules, by source, or all in one."""

from __future__ import annotations

from collections.abc import Sequence

from digest.model import Article, Edition, Item, Section
from digest.rank.language import simplify

OTHER = "其他"
_HEAD = 200
_OFTEN = 3


def section_of(article: Article, edition: Edition) -> str:
    """Return the heading an article stands under: the first rule that fits, its site, or none."""
    if edition.group_by == "source":
        return article.site or article.source or OTHER
    if not edition.sections:
        return ""
    head = _plain(f"{article.title}\n{article.text[:_HEAD]}")
    text = _plain(article.text)
    for rule in edition.sections:
        named = {article.source, article.site} & set(rule.sources)
        if named or any(_is_about(word, head, text) for word in map(_plain, rule.words)):
            return rule.title
    return OTHER


def _is_about(word: str, head: str, text: str) -> bool:
    """Whether an article is about a word: in its headline or first lines, or again and again; not just in passing."""
    return bool(word) and (word in head or text.count(word) >= _OFTEN)


def _plain(text: str) -> str:
    return simplify(text).casefold()


def arrange(items: Sequence[Item], edition: Edition) -> tuple[Section, ...]:
    """Return the items in their sections, in the order of the rules, or of each section's best item."""
    order = [rule.title for rule in edition.sections] if edition.group_by != "source" else []
    for item in items:
        if item.section not in order and item.section != OTHER:
            order.append(item.section)
    groups = [(title, tuple(i for i in items if i.section == title)) for title in dict.fromkeys([*order, OTHER])]
    return tuple(Section(title, members) for title, members in groups if members)
