"""Turns an Issue into the plain data a template is written against: dicts, lists, strings and numbers, nothing else.

No value has methods worth calling, so a template can reach nothing but the words.  Every text has passed `clean` and
every address `safe_href`; every name below is always there, and what is unknown is an empty string or list.

    title        每日摘要                        edition      daily (its name in digest.toml)
    date         iso 2026-11-20 · year 2026 · day 11月20日 · weekday 星期五
    count        14, the number of items         headline     the first item's title, clipped for a subject line
    preheader    what mail programs show beside the subject
    overview     [{sentence, number, anchor, lang}]                 the key sentences and the items they come from
    sections     [{title, stories: [story]}]                        title is empty for items under no heading
    folded       [story]                                            listed by title only, to keep the letter small
    unlisted     0, or how many items even that list leaves out
    keywords     [词]                                               of the whole issue
    agenda       [{iso, day, weekday, kind: 截止 or 施行, title, body, number, href, item, told}]   the next workdays;
                 item is its number in this issue or 0, told the day of the issue that printed it or empty
    revisions    [{kind: 修改 or 撤下, title, after, site, href, told, passages: [{sign, label, text}]}]
    trends       [{word, bars: ▁▃█, count, new: 0 or 1}]            names       [{label, names: [text]}]
    coverage     {read, printed, merged, left_out, empty, known, unreadable, reasons: text, total, good, failed, silent,
                 troubled, quiet, sources: [source]}
                 total sources, of which good could be read and failed could not; silent are beyond their own rhythm;
                 troubled have problems; quiet are not listed by name
    source       {name, articles, problems: [text], failed: 0 or 1, failing: days, silent: days, usual: days}
    footer       {reason, unsubscribe, address, sender} in a mail; {} in a preview
    story        {number, anchor, title, href, site, published, published_iso, lang, sentences: [text], summary,
                 keywords: [词], also: [{title, site, label, href}], also_count, also_told, standing,
                 added: [{sentence, site, href}], earlier: {day, number, title, href} or {}, card: [{label, value}],
                 genre, note}
                 href is an http(s) address or empty; anchor is `item-3`; lang is empty for simplified Chinese;
                 also holds the first eight of also_count other reports, also_told says 3 家, a label is the site,
                 with the title where its site is told already; standing is 更新, 持续跟踪 or empty

A story's sentences are verbatim, with …… where a tail was left off; `summary` is all of them in one paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from digest.model import Highlight, Issue, Item, Sentence, Summary, join_printed
from digest.render.day import (
    LONGEST_NAME,
    LONGEST_PROBLEM,
    LONGEST_TITLE,
    STANDINGS,
    WEB,
    Context,
    addition_context,
    agenda_rows,
    card_rows,
    coverage_context,
    earlier_context,
    name_rows,
    revision_rows,
    trend_rows,
)
from digest.render.typography import (
    chinese_date,
    chinese_weekday,
    clean,
    clip,
    published_iso,
    published_text,
    safe_href,
)

__all__ = [
    "LONGEST_NAME",
    "LONGEST_PROBLEM",
    "LONGEST_TITLE",
    "WEB",
    "Context",
    "Footer",
    "issue_context",
    "language_tag",
    "list_keywords",
    "printed_sentences",
]

LONGEST_HEADLINE = 36
LONGEST_PREHEADER = 90
MOST_KEYWORDS = 5
MOST_REFERENCES = 8

_HOME_LANGUAGES = ("", "und", "zh", "zh-hans", "zh-cn")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Footer:
    """What a mail's foot must say: who sends it, how to leave, and (else a general sentence) why the reader gets it.

    `unsubscribe` is a `mailto:` or `https:` address, the same for every recipient.
    """

    sender: str
    unsubscribe: str = ""
    reason: str = ""


def issue_context(issue: Issue, footer: Footer | None = None) -> Context:
    """The issue as plain data, in the shape this module describes."""
    items = issue.items
    languages = {item.number: language_tag(item.article.language) for item in items}
    return {
        "title": clip(clean(issue.title), LONGEST_NAME),
        "edition": clip(clean(issue.edition), LONGEST_NAME),
        "date": _date_context(issue),
        "count": len(items),
        "headline": clip(clean(items[0].title), LONGEST_HEADLINE) if items else "",
        "preheader": _preheader(issue),
        "overview": [_highlight_context(highlight, languages) for highlight in issue.overview],
        "sections": [
            {
                "title": clip(clean(section.title), LONGEST_NAME),
                "stories": [_story(item, issue) for item in section.items],
            }
            for section in issue.sections
            if section.items
        ],
        "folded": [],
        "unlisted": 0,
        "keywords": list_keywords(issue.keywords),
        "agenda": agenda_rows(issue.agenda, issue.day),
        "revisions": revision_rows(issue.revisions, issue.day),
        "trends": trend_rows(issue.trends),
        "names": name_rows(issue.names),
        "coverage": coverage_context(issue.coverage),
        "footer": _footer_context(footer) if footer else {},
    }


def language_tag(language: str) -> str:
    """The tag an element must carry: empty for simplified Chinese, which the page already declares, and for no tag."""
    known = language.lower() not in _HOME_LANGUAGES and _LANGUAGE_TAG.fullmatch(language)
    return language if known else ""


def printed_sentences(summary: Summary) -> list[str]:
    """The summary's sentences as a reader sees them, each on one line."""
    return [text for text in (_printed(sentence) for sentence in summary.sentences) if text]


def _printed(sentence: Sentence) -> str:
    return clean(sentence.printed)


def _date_context(issue: Issue) -> Context:
    return {
        "iso": issue.day.isoformat(),
        "year": str(issue.day.year),
        "day": chinese_date(issue.day),
        "weekday": chinese_weekday(issue.day),
    }


def _story(item: Item, issue: Issue) -> Context:
    article, zone = item.article, issue.slot.tzinfo
    sentences = printed_sentences(item.summary)
    return {
        "number": item.number,
        "anchor": f"item-{item.number}",
        "title": clip(clean(item.title), LONGEST_TITLE) or "（无题）",
        "href": safe_href(article.url, WEB),
        "site": clip(clean(article.site or article.source), LONGEST_NAME),
        "published": published_text(article.published, zone, issue.day.year),
        "published_iso": published_iso(article.published, zone),
        "lang": language_tag(article.language),
        "sentences": sentences,
        "summary": join_printed(sentences, article.language or item.summary.language),
        "keywords": list_keywords(item.summary.keywords),
        "also": _references(item),
        "also_count": len(item.also),
        "also_told": _others(item),
        "added": [addition_context(addition) for addition in item.added],
        "standing": STANDINGS[item.standing],
        "earlier": earlier_context(item, issue),
        "card": card_rows(item.card, issue.day, item.title),
        "genre": clip(clean(item.card.genre), LONGEST_NAME),
        "note": clip(clean(item.note), LONGEST_PROBLEM),
    }


def _others(item: Item) -> str:
    """How many others report an event: `3 家`, or where some of them tell it twice, or the leading one, `3 家 5 篇`."""
    own = item.article.site or item.article.source
    sites = {reference.site for reference in item.also} - {own}
    reports = f"{len(item.also)} 篇"
    if len(sites) == len(item.also):
        return f"{len(sites)} 家"
    return f"{len(sites)} 家 {reports}" if sites else reports


def _references(item: Item) -> list[Context]:
    told = {clip(clean(item.article.site or item.article.source), LONGEST_NAME)}
    references = []
    for reference in item.also[:MOST_REFERENCES]:
        title = clip(clean(reference.title), LONGEST_TITLE) or "（无题）"
        site = clip(clean(reference.site), LONGEST_NAME)
        label = site if site and site not in told else f"{site}「{title}」"
        told.add(site)
        references.append({"title": title, "site": site, "label": label, "href": safe_href(reference.url, WEB)})
    return references


def _highlight_context(highlight: Highlight, languages: dict[int, str]) -> Context:
    return {
        "sentence": _printed(highlight.sentence),
        "number": highlight.item,
        "anchor": f"item-{highlight.item}",
        "lang": languages.get(highlight.item, ""),
    }


def list_keywords(words: Iterable[str]) -> list[str]:
    """The first five keywords, cleaned."""
    cleaned = (clip(clean(word), 20) for word in words)
    return [word for word in cleaned if word][:MOST_KEYWORDS]


def _preheader(issue: Issue) -> str:
    """The overview, or the titles: it follows the subject, so the first title would only be said twice."""
    sentences = [_printed(highlight.sentence) for highlight in issue.overview]
    titles = [clean(item.title) for item in issue.items[1:]] or [clean(item.title) for item in issue.items]
    return clip("".join(sentences) or "；".join(titles[:4]) or "今天没有新文章", LONGEST_PREHEADER)


def _footer_context(footer: Footer) -> Context:
    href = safe_href(footer.unsubscribe)
    shown = href.removeprefix("mailto:").partition("?")[0] if href.startswith("mailto:") else href
    return {
        "reason": clip(clean(footer.reason), LONGEST_PROBLEM),
        "unsubscribe": href,
        "address": shown,
        "sender": clip(clean(footer.sender), LONGEST_PROBLEM),
    }
