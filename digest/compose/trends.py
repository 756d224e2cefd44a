"""Words of the day: what stands in far more articles today than in the issues of the last thirty days.

A word's rate is the share of a day's articles that hold it.  Two rates are compared by the log-likelihood ratio G²
(Dunning, "Accurate Methods for the Statistics of Surprise and Coincidence", 1993), which stays true for small counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import log

from digest.compose.names import known_words
from digest.model import Article
from digest.model.issue import Trend
from digest.rank.dateline import dateline_length
from digest.rank.language import HAN, simplify
from digest.rank.lexicon import part_of_speech
from digest.rank.phrases import Words, find_phrases, group
from digest.rank.sentences import split_sentences
from digest.rank.tokens import rarity, tokenize_simplified

ARTICLES = ""
"""The key under which `count_words` keeps how many articles there were."""

_HEAD = 300
_KEPT = 400
_LONGEST = 4
_WINDOW = timedelta(days=30)
_FEWEST_ISSUES = 3
_SHOWN_ISSUES = 10
_MOST = 8
_FEWEST_ARTICLES = 3
_TIMES = 2.5
"""How many times more frequent than usual a word of the day is."""

_SURPRISE = 7.88
"""G² of one degree of freedom that chance passes once in two hundred words."""

_UNSEEN = 0.3
"""In how many articles a word stands, on average, that an issue does not list because it stands in none or one."""

_HAN = re.compile(HAN)
_LATIN = re.compile(r"[^\W\d_][\w.'’-]*", re.ASCII)
_NOISE = re.compile(
    # when: 周三 上半年 月底        how much: 两名 三成        who reports it: 报讯 供图 音视频
    r"[年月日周]$|(?<!航)天$|周[一二三四五六日末]|星期|季度$|世纪$|半年|^[上下本今昨明去前当同近每首年月](?:年|月|周|日|天|季|晚|晨|底|初|末)"
    r"|[〇零一二三四五六七八九十两]{2}|[一二三四五六七八九十百千万亿两多几数][个名种项家位次大届批年月日成倍]"
    r"|报讯|讯$|社电$|报道|供图|图库|音视频|^据|约合|^(?:无法|有所|已达|所在|原本|所有|一共|本作|官宣|发文)$"
)
_TELLING = frozenset(("name", "place", "person", "latin", "phrase", "word"))
_RARE = 7.5
"""Less rare single words (经济 投资) are of every day."""


def count_words(articles: Sequence[Article]) -> dict[str, int]:
    """Return in how many articles each telling word or phrase stands, the most frequent first.

    Words are names, terms and nouns of two to eight characters in simplified characters, from the headlines and the
    first lines; those in one article only are left out, and at most 400 entries are kept.  Under the empty word
    (`ARTICLES`) stands how many articles were counted.
    """
    if not articles:
        return {}
    media = {simplify(name).lower() for article in articles for name in (article.site, article.source)}
    heads = [_head(article) for article in articles]
    counts: Counter[Words] = Counter()
    for head in heads:
        counts.update(words for words, kind in _found(head) if _tells(words, kind, media))
    spelling = _spellings(heads)
    whole: Counter[str] = Counter()
    for words, n in _whole(counts).items():
        whole["".join(words)] += n  # cut in two ways, it is one word
    told = {spelling.get(word, word): min(n, len(articles)) for word, n in whole.items() if n > 1 and _fits(word)}
    kept = sorted(told.items(), key=lambda pair: (-pair[1], pair[0]))[: _KEPT - 1]
    return {ARTICLES: len(articles), **dict(kept)}


def find_trends(
    today: Mapping[str, int], earlier: Sequence[tuple[date, Mapping[str, int]]], day: date
) -> tuple[Trend, ...]:
    """Return at most eight words of `day`, the most surprising first; none while there are fewer than three issues.

    Args:
        today: what `count_words` says of the day's articles.
        earlier: the same of earlier issues, each with its day; those of the last thirty days are looked at.
        day: the day of the issue.
    """
    before = sorted(((at, _folded(own)) for at, own in earlier if day - _WINDOW <= at < day), key=lambda pair: pair[0])
    if len(before) < _FEWEST_ISSUES:
        return ()
    past = [own for _, own in before]
    scored = ((_surprise(word, n, today, past), word) for word, n in today.items() if word != ARTICLES)
    found = sorted(((score, word) for score, word in scored if score >= _SURPRISE), key=lambda p: (-p[0], p[1]))
    return tuple(_trend(word, today[word], past) for word in _apart([word for _, word in found], today)[:_MOST])


def _head(article: Article) -> str:
    """The headline and the first lines without the dateline."""
    text = simplify(article.text[: _HEAD + 100])
    body = text[dateline_length(text) :][:_HEAD]
    return f"{simplify(article.title)}\n{body}"


def _found(head: str) -> set[tuple[Words, str]]:
    """The words and phrases of one head, and what they name."""
    sentences = [tokenize_simplified(piece.text) for piece in split_sentences(head)]
    # Given twice, because parts of a run are told only of what comes back; another article may hold the part alone.
    return {(words, kind) for words, _, kind in find_phrases(sentences * 2, head) if kind in _TELLING}


def _tells(words: Words, kind: str, media: set[str]) -> bool:
    """Whether a word or phrase names something, and not who reports it, when, or how much."""
    joined = "".join(words)
    if joined in media or _NOISE.search(joined) or joined in group("media"):
        return False
    if joined in known_words("everyday"):
        return False
    if len(words) == 1:
        return kind != "word" or rarity(joined) >= _RARE
    return bool(_HAN.search(joined)) and not _is_vague(words)


def _fits(word: str) -> bool:
    """Whether a word is short enough to be printed in a row of them; three letters are as short as a character."""
    if _HAN.search(word):
        return 2 <= len(word) <= 8
    return 2 <= len(word) <= 16 and not word[0].isdigit()


def _is_vague(words: Words) -> bool:
    """Whether a phrase is made of words that say little: 市场需求, 项目负责人."""
    return all(word in group("generic") or word in group("post") or word in group("suffix") for word in words)


def _whole(counts: Mapping[Words, int]) -> dict[Words, int]:
    """The counts without pieces: 银行间 债券 stands only in 银行间 债券 市场, and 斯塔, unknown, mostly in 斯塔 默."""
    inside: dict[Words, int] = {}
    for words, n in counts.items():
        if n > 1 and len(words) > 1:
            for part in (words[1:], words[:-1]):
                inside[part] = max(inside.get(part, 0), n)
    return {words: n for words, n in counts.items() if inside.get(words, 0) < n * _share_left(words)}


def _share_left(words: Words) -> float:
    """Up to which share of its articles a word or phrase may stand inside one longer phrase."""
    if len(words) > 1:
        return 1.0
    return 0.6 if part_of_speech(words[0]) in ("", "nr", "nrt") and _HAN.match(words[0]) else 2.0


def _spellings(heads: Sequence[str]) -> dict[str, str]:
    """How a Latin word is written most often: openai -> OpenAI."""
    written: dict[str, Counter[str]] = {}
    for word, n in Counter(match for head in heads for match in _LATIN.findall(head)).items():
        written.setdefault(word.lower(), Counter())[word] = n
    return {low: min(forms, key=lambda form: (-forms[form], form)) for low, forms in written.items()}


def _folded(counts: Mapping[str, int]) -> dict[str, int]:
    return {word.lower(): n for word, n in counts.items()}


def _surprise(word: str, n: int, today: Mapping[str, int], past: Sequence[Mapping[str, int]]) -> float:
    """G² of a word that is more frequent today, 0 of one that is not or stands in too few articles."""
    total = max(n, today.get(ARTICLES, 0))
    counts, totals = [_expected(word, own) for own in past], [max(1, own.get(ARTICLES, 0)) for own in past]
    rates = sorted(min(1.0, count / all_) for count, all_ in zip(counts, totals, strict=True))
    # The rate of the second loudest day, not only the mean: what stands in every weekend's issue is no news.
    usual = max(sum(counts) / sum(totals), rates[-2])
    if n < _FEWEST_ARTICLES or n / total < _TIMES * usual:
        return 0.0
    return round(_likelihood(n, total, sum(counts), sum(totals)), 6)


def _expected(word: str, own: Mapping[str, int]) -> float:
    """In how many articles of an issue a word stood; where its list was full, as many as the last one on it."""
    unseen = min(own.values(), default=0) if len(own) >= _KEPT else _UNSEEN
    return max(float(own.get(word.lower(), 0)), unseen)


def _likelihood(a: float, all_a: float, b: float, all_b: float) -> float:
    """Dunning's G² of `a` among `all_a` against `b` among `all_b`."""
    rate = (a + b) / (all_a + all_b)
    cells = ((a, all_a * rate), (b, all_b * rate), (all_a - a, all_a * (1 - rate)), (all_b - b, all_b * (1 - rate)))
    return 2 * sum(seen * log(seen / expected) for seen, expected in cells if seen > 0 and expected > 0)


def _apart(words: Sequence[str], today: Mapping[str, int]) -> list[str]:
    """The words of which none is part of another: the longer one speaks where it stands nearly as often."""
    kept: list[str] = []
    for word in words:
        longer = [other for other in words if word != other and word in other and 2 * today[other] >= today[word]]
        if longer or any(word in other or other in word for other in kept):
            continue
        kept.append(word)
    return kept


def _trend(word: str, n: int, past: Sequence[Mapping[str, int]]) -> Trend:
    counts = tuple(own.get(word.lower(), 0) for own in past)
    # A full list does not say what stood in few articles.
    new = not any(counts) and all(len(own) < _KEPT for own in past)
    return Trend(word, (*counts[-_SHOWN_ISSUES:], n), new=new)
