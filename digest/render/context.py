"""Turns an Issue into the plain data a template is written against: dicts, lists, strings and numbers, nothing else.

No value has methods worth calling, so a template can reach nothing but the words.  Every text has passed `clean` and
every address `safe_href`; every name below is always there, and what is unknown is an empty string or list.

    t            {key: text}, the words of the interface in the edition's language: `{{ t.overview }}` is 今日要点 or
                 Key points, `{{ t.folded | format(3) }}` puts in a number; digest/data/interface.toml lists them all
    language     zh-Hans, zh-Hant or en                             html_lang  zh-CN, zh-TW or en, for `<html lang>`
    title        每日摘要                        edition      daily (its name in digest.toml)
    number       of this issue in its year, 0 where it is unknown
    note         [text], the lines of an issue that has nothing to tell and is mailed as a short note; else empty
    date         iso 2026-11-20 · year 2026 · day 11月20日 · full 2026年11月20日 · weekday 星期五 · weekday_short 周五 ·
                 told 11月20日 星期五
    imprint      {issuer, submitted_to, copied_to}, each a text or empty
    count        14, the number of items         count_told   14 条
    headline     the first item's title, clipped for a subject line
    preheader    what mail programs show beside the subject
    overview     [{sentence, number, anchor, lang}]                 the key sentences and the items they come from
    sections     [{title, stories: [story]}]                        title is empty for items under no heading
    folded       [story]                                            listed by title only, to keep the letter small
    unlisted     0, or how many items even that list leaves out
    keywords     [词]                                               of the whole issue
    agenda       [{iso, day, weekday, weekday_short, kind: 截止 or 施行, title, body, number, href, item, told}]
                 the next workdays; item is its number in this issue or 0, told the day of the issue that printed it
                 or empty
    revisions    [{kind: 修改 or 撤下, title, after, site, href, told, passages: [passage]}]
    passage      {kind: deleted or inserted, sign: − or ＋, label: 删 or 增, text}
    trends       [{word, bars: ▁▃█, count, count_told: 4 篇, new: 0 or 1}]
    names        [{label, names: [text]}]
    coverage     {read, known, candidates, printed, merged, left_out, empty, unreadable, reasons: text, total, good,
                 failed, silent, troubled, quiet, health: text, tally: text, sources: [source]}
                 candidates are what was read and not known before; total sources, of which good could be read and
                 failed could not; silent are beyond their own rhythm; troubled have problems; quiet are not listed by
                 name; health tells of the sources in one sentence, tally of the articles; health may be empty
    source       {name, articles, problems: [text], failed: 0 or 1, failing: days, silent: days, usual: days,
                 articles_told: 14 篇, failing_told: 连续 3 天失败 or empty, silent_told: 9 天没有新内容… or empty}
    footer       {reason, unsubscribe, address, subject, sender} in a mail; {} in a preview; address and subject are
                 those of a `mailto:` to write, else address is the page to open and subject empty
    story        {number, anchor, title, href, url, site, published, published_iso, lang, sentences: [text], summary,
                 keywords: [词], also: [{title, site, label, href}], also_count, also_told, standing,
                 added: [{sentence, site, href}], earlier: {day, number, title, href} or {}, card: [{label, value}],
                 genre, note, picture: {cid, alt, width, height} or {}}
                 url is an http(s) address or empty, href the same led to the place the summary is from; anchor is
                 `item-3`; lang is empty where the article is in the language of the interface;
                 also holds the first eight of also_count other reports, also_told says 3 家, a label is the site,
                 with the title where its site is told already; standing is 更新, 持续跟踪 or empty

A story's sentences are verbatim, with …… where a tail was left off; `summary` is all of them in one paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs

from digest.model import Highlight, InterfaceLanguage, Issue, Item, Picture, Sentence, Summary, join_printed
from digest.render.day import (
    FEW_APPOINTMENTS,
    LONGEST_NAME,
    LONGEST_PROBLEM,
    LONGEST_TITLE,
    LONGEST_WORD,
    WEB,
    Context,
    addition_context,
    agenda_rows,
    card_rows,
    coverage_context,
    earlier_context,
    name_rows,
    note_lines,
    revision_rows,
    trend_rows,
)
from digest.render.fragments import with_fragment
from digest.render.typography import clean, clip, clip_wide, published_iso, published_text, safe_href
from digest.render.words import HOME, Words, counted, interface_words, written_day, written_weekday

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

_HOME_TAGS = {
    "zh-Hans": ("zh", "zh-hans", "zh-cn", "zh-sg"),
    "zh-Hant": ("zh", "zh-hant", "zh-tw", "zh-hk", "zh-mo"),
    "en": ("en",),
}
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
    items, words = issue.items, interface_words(issue.language)
    languages = {item.number: language_tag(item.article.language, issue.language) for item in items}
    return {
        "t": dict(words),
        "language": issue.language,
        "html_lang": words["html_lang"],
        "title": clip(clean(issue.title), LONGEST_NAME),
        "edition": clip(clean(issue.edition), LONGEST_NAME),
        "number": issue.number,
        "note": note_lines(issue, words) if issue.short else [],
        "date": _date_context(issue, words),
        "imprint": _imprint_context(issue),
        "count": len(items),
        "count_told": words["note_count"] if issue.short else counted(words, "item_count", len(items)),
        "headline": clip_wide(clean(items[0].title), LONGEST_HEADLINE) if items else "",
        "preheader": _preheader(issue, words),
        "overview": [_highlight_context(highlight, languages) for highlight in issue.overview],
        "sections": [
            {
                "title": clip(clean(section.title), LONGEST_NAME),
                "stories": [_story(item, issue, words) for item in section.items],
            }
            for section in issue.sections
            if section.items
        ],
        "folded": [],
        "unlisted": 0,
        "keywords": list_keywords(issue.keywords),
        "agenda": agenda_rows(issue.agenda[:FEW_APPOINTMENTS] if issue.short else issue.agenda, issue.day, words),
        "revisions": revision_rows(issue.revisions, issue.day, words),
        "trends": trend_rows(issue.trends, words),
        "names": name_rows(issue.names, words),
        "coverage": coverage_context(issue.coverage, issue.language),
        "footer": _footer_context(footer) if footer else {},
    }


def language_tag(language: str, interface: InterfaceLanguage = HOME) -> str:
    """The tag an element must carry: empty for the language of the interface, which the page declares, or for none."""
    low = language.lower()
    home = low in ("", "und", *_HOME_TAGS[interface]) or (interface == "en" and low.startswith("en-"))
    return "" if home or not _LANGUAGE_TAG.fullmatch(language) else language


def printed_sentences(summary: Summary) -> list[str]:
    """The summary's sentences as a reader sees them, each on one line."""
    return [text for text in (_printed(sentence) for sentence in summary.sentences) if text]


def _printed(sentence: Sentence) -> str:
    return clean(sentence.printed)


def _date_context(issue: Issue, words: Words) -> Context:
    day, weekday = written_day(issue.day, words, issue.day.year), written_weekday(issue.day, words)
    return {
        "iso": issue.day.isoformat(),
        "year": str(issue.day.year),
        "day": day,
        "full": written_day(issue.day, words),
        "weekday": weekday,
        "weekday_short": written_weekday(issue.day, words, short=True),
        "told": words["dated"] % {"day": day, "weekday": weekday},
    }


def _imprint_context(issue: Issue) -> Context:
    imprint = issue.imprint
    return {
        "issuer": clip(clean(imprint.issuer), LONGEST_PROBLEM),
        "submitted_to": clip(clean(imprint.submitted_to), LONGEST_PROBLEM),
        "copied_to": clip(clean(imprint.copied_to), LONGEST_PROBLEM),
    }


def _story(item: Item, issue: Issue, words: Words) -> Context:
    article, zone = item.article, issue.slot.tzinfo
    sentences = printed_sentences(item.summary)
    url = safe_href(article.url, WEB)
    return {
        "number": item.number,
        "anchor": f"item-{item.number}",
        "title": clip(clean(item.title), LONGEST_TITLE) or words["untitled"],
        "href": _led_to_summary(url, item.summary),
        "url": url,
        "site": clip_wide(clean(article.site or article.source), LONGEST_NAME),
        "published": published_text(article.published, zone, issue.day.year, words),
        "published_iso": published_iso(article.published, zone),
        "lang": language_tag(article.language, issue.language),
        "sentences": sentences,
        "summary": join_printed(sentences, article.language or item.summary.language),
        "keywords": list_keywords(item.summary.keywords),
        "also": _references(item, words),
        "also_count": len(item.also),
        "also_told": _others(item, words),
        "added": [addition_context(addition) for addition in item.added],
        "standing": "" if item.standing == "new" else words[f"standing_{item.standing}"],
        "earlier": earlier_context(item, issue, words),
        "card": card_rows(item.card, issue.day, words, item.title),
        "genre": clip_wide(clean(item.card.genre), LONGEST_NAME),
        "note": clip(clean(item.note), LONGEST_PROBLEM),
        "picture": _picture_context(item.picture),
    }


def _led_to_summary(url: str, summary: Summary) -> str:
    return with_fragment(url, summary.sentences[0].text) if url and summary.sentences else url


def _picture_context(picture: Picture | None) -> Context:
    if picture is None:
        return {}
    alt = clip(clean(picture.alt), LONGEST_TITLE)
    return {"cid": clean(picture.cid), "alt": alt, "width": picture.width, "height": picture.height}


def _others(item: Item, words: Words) -> str:
    """How many others report an event: `3 家`, or where some of them tell it twice, or the leading one, `3 家 5 篇`."""
    own = item.article.site or item.article.source
    sites = {reference.site for reference in item.also} - {own}
    reports = counted(words, "articles", len(item.also))
    if len(sites) == len(item.also):
        return counted(words, "sites", len(sites))
    return words["sites_and_articles"] % (counted(words, "sites", len(sites)), reports) if sites else reports


def _references(item: Item, words: Words) -> list[Context]:
    told = {clip_wide(clean(item.article.site or item.article.source), LONGEST_NAME)}
    references = []
    for reference in item.also[:MOST_REFERENCES]:
        title = clip(clean(reference.title), LONGEST_TITLE) or words["untitled"]
        site = clip_wide(clean(reference.site), LONGEST_NAME)
        label = (
            site if site and site not in told else words["space"].join(filter(None, (site, words["quoted"] % title)))
        )
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
    cleaned = (clip_wide(clean(word), LONGEST_WORD) for word in words)
    return [word for word in cleaned if word][:MOST_KEYWORDS]


def _preheader(issue: Issue, words: Words) -> str:
    """The overview, or the titles: it follows the subject, so the first title would only be said twice."""
    if issue.short:
        return clip_wide(words["space"].join(note_lines(issue, words)), LONGEST_PREHEADER)
    sentences = [_printed(highlight.sentence) for highlight in issue.overview]
    titles = [clean(item.title) for item in issue.items[1:]] or [clean(item.title) for item in issue.items]
    return clip_wide(
        words["space"].join(sentences) or words["semicolon"].join(titles[:4]) or words["no_news"], LONGEST_PREHEADER
    )


def _footer_context(footer: Footer) -> Context:
    href = safe_href(footer.unsubscribe)
    path, _, query = href.removeprefix("mailto:").partition("?")
    by_mail = href.startswith("mailto:")
    return {
        "reason": clip(clean(footer.reason), LONGEST_PROBLEM),
        "unsubscribe": href,
        "address": path if by_mail else href,
        "subject": clip(clean(parse_qs(query.replace("+", "%2B")).get("subject", [""])[0]), LONGEST_PROBLEM)
        if by_mail
        else "",
        "sender": clip(clean(footer.sender), LONGEST_PROBLEM),
    }
