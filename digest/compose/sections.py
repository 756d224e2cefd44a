"""Items under headings: by the edition's own rules, by source, or all in one."""

from __future__ import annotations

from collections.abc import Sequence

from digest.model import Article, Edition, Item, Section
from digest.rank.language import simplify

OTHER = "其他"


def section_of(article: Article, edition: Edition) -> str:
    """Return the heading an article stands under: the first rule that fits, its site, or none."""
    if edition.group_by == "source":
        return article.site or article.source or OTHER
    if not edition.sections:
        return ""
    text = simplify(f"{article.title}\n{article.text}")
    for rule in edition.sections:
        named = {article.source, article.site} & set(rule.sources)
        if named or any(simplify(word) in text for word in rule.words):
            return rule.title
    return OTHER


def arrange(items: Sequence[Item], edition: Edition) -> tuple[Section, ...]:
    """Return the items in their sections, in the order of the rules, or of each section's best item."""
    order = [rule.title for rule in edition.sections] if edition.group_by != "source" else []
    for item in items:
        if item.section not in order and item.section != OTHER:
            order.append(item.section)
    groups = [(title, tuple(i for i in items if i.section == title)) for title in dict.fromkeys([*order, OTHER])]
    return tuple(Section(title, members) for title, members in groups if members)
