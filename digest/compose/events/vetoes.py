"""What keeps two articles apart however alike they read: another number of the notice, another place, another form.

The weather of two cities and the bonds of two issues are one text with other fillings; a round-up is no event at all.
"""

from __future__ import annotations

import re
import unicodedata
from math import fsum

from digest.compose.events.likeness import overlap
from digest.compose.events.views import Portrait, View, grams_of, near, rareness, weigh_name
from digest.compose.opposites import opposed
from digest.model import Article
from digest.rank.language import simplify
from digest.rank.lexicon import part_of_speech

_ROUND_UP = re.compile(
    r"^[^|丨:·]{0,12}(?:早报|晚报|日报|周报|午报|早知道|晚知道|早餐|早茶|晚间播报|速览|速递|要闻|一览|一周回顾|周回顾|回顾|"
    r"汇总|盘点|简报|早参|晚参|必读|头条|昨夜今晨|\d点\d氪|内参|新闻联播|联播|一分钟|早班车|晚班车|夜读)[^|丨:]{0,14}[|丨:]"
    r"|^(?:.{0,12}(?:早报|晚报|日报|早知道|早餐|要闻(?:速览|汇总|回顾|精选)|新闻联播|一周(?:回顾|要闻|大事)|\d点\d氪|昨夜今晨|今日(?:要闻|头条)|"
    r"新闻(?:早|晚)(?:报|餐|班车)|每日(?:要闻|精选|新闻)))[\s\d年月日.〔〕()-]*(?:内容|主要内容|节目|完整版|文字版|目录)?$"
    r"|[|丨]\s*[^|丨]{0,6}(?:早报|晚报|早知道|早餐|周报|要闻)$|(?:今天|今日|本周|昨日)的?其他大新闻|新闻来了"
    r"|[|丨]\s*[^|丨]{0,6}(?:早|晚)\d点$"
    r"|^(?:morning|evening|daily|weekly|news)[\w ]{0,16}(?:brief(?:ing)?|digest|round-?up|wrap|headlines)\b"
    r"|\b(?:morning|evening|daily|weekly|news) (?:briefing|digest|round-?up|wrap)$"
)
_ITEM_ENDS = re.compile(r"[;；]|(?<=[\u3400-\u9fff])/(?=[\u3400-\u9fffa-z])")
_ITEMS = 3

_DOCUMENT = re.compile(r"[\u3400-\u9fff]{1,10}[〔\[(【](?:19|20)\d\d[〕\])】]\s*(?:第\s*)?\d+\s*号")
_SERIAL = re.compile(
    r"第\s*([\d一二三四五六七八九十百零〇两]{1,5})\s*(期|号|批|轮|次|届|场|集|回|讲)|(?<![\d.年])(\d{1,3})(期)"
)
_DIGITS = str.maketrans("一二三四五六七八九零〇两", "123456789002")
_QUAKE = re.compile(r"(\d(?:\.\d)?)级(?:左右)?地震|地震\D{0,12}?(\d(?:\.\d)?)级")
_STEP = 0.35

_SUBJECT = re.compile(r"^([^:,;!?]{2,14}):")
_TELLER = re.compile(r"人士|消息|报道|机构|快讯|媒|最新|独家|官方|知情|分析|专家|网友|研究|调查|回应")
_ACTOR = re.compile(
    r"^([\u3400-\u9fff·]{2,4}?)(?:将)?(?:在[\u3400-\u9fff]{2,8}?)?"
    r"(?:分别|集体)?(?:会见|会晤|同|与|和|致电|复信|应约|电贺|向|接受)"
)
_MEETING = re.compile(r"会见|会谈|会晤|通电话|通话|致电|电贺|复信|贺电|唁电|国书")
_HELD = re.compile(
    r"([\u3400-\u9fff\d“”]{2,24}?(?:会议|座谈会|论坛|大会|仪式|典礼|会))(?:在.{1,6})?(?:召开|举行|举办|开幕)"
)
_MODEL = re.compile(r"(?<![a-z\d.])(?!q[1-4])[a-z]{1,4}-?\d+[a-z]*(?![a-z\d.级])")
_BUILD = re.compile(r"(?<![\d.])\d[\dx]{3,}\.\d{3,}(?![\d.])")
_IMPRINT = re.compile(
    r"^(?:本|[\d一二三四五六七八九十]+)版(?:责编|责任编辑|编辑|主编|美编|校对|制图|邮箱)|^责任?编辑?[::]|^广告$"
)
_OPENING = 4
_DAY = re.compile(r"(?<!\d)\d{1,2}日(?!起)")
_SAME_NAME = 0.5
_KNOWN = 5.0
_NAME_LENGTH = 6
_SPEAKER_LENGTH = 8
_RARE_NAME = 7.0
_FORM = 0.6
_FORM_WORDS = 3
_FORM_TEXT = 0.6
_SAME_HEADLINE = 0.8
_SAME_LEAD = 0.08
_SAME_DAYS = 0.4
_FEW_FIGURES = 3
_SAME_FIGURES = 0.35


def is_round_up(article: Article) -> bool:
    """Whether `article` lists the news of a day or a week: its headline says so, or strings items together."""
    title = simplify(unicodedata.normalize("NFKC", article.title.strip()).lower())
    return bool(_ROUND_UP.search(title)) or len([item for item in _ITEM_ENDS.split(title) if len(item) > 4]) >= _ITEMS


def is_imprint(article: Article) -> bool:
    """Whether `article` is what stands at the foot of a page, who edited it or 广告: it reports nothing."""
    return bool(_IMPRINT.match(unicodedata.normalize("NFKC", article.title.strip())))


def is_no_event(article: Article) -> bool:
    """Whether `article` reports no one event: nothing else can be told together with it."""
    return is_round_up(article) or is_imprint(article)


def apart(one: Portrait, other: Portrait) -> bool:
    """Whether two articles cannot report one event."""
    return (
        numbered_apart(one, other)
        or opposed(one.head.text, other.head.text)
        or _quakes_apart(one.whole, other.whole)
        or _fillings_apart(one, other)
        or _meetings_apart(one.head, other.head)
        or _days_apart(one.head, other.head)
        or _models_apart(one.head, other.head)
        or _kinds_apart(one.head, other.head)
        or spoken_apart(one, other)
        or _fields_apart(one, other)
        or _only_headed_alike(one, other)
    )


def numbered_apart(one: Portrait, other: Portrait) -> bool:
    """Whether both bear numbers, of a document (国发〔2026〕3号) or in a row (第二期), and no two are the same."""
    if _differ(set(_DOCUMENT.findall(one.whole.text)), set(_DOCUMENT.findall(other.whole.text))):
        return True
    first, second = _serials(one.head.text), _serials(other.head.text)
    return any(_differ(first[counter], second[counter]) for counter in first.keys() & second.keys())


def placed_apart(one: Portrait, other: Portrait) -> bool:
    """Whether both name places and none is the same: as a copy of a report never does."""
    return _strangers(one.whole.places, other.whole.places)


def spoken_apart(one: Portrait, other: Portrait) -> bool:
    """Two whose names stand before a colon, and whose texts do not tell of each other: statements of two companies.

    Headlines alone say too little for that: 里昂: and 大摩: rate one share on one day.
    """
    if one.whole is one.head or other.whole is other.head:
        return False
    first, second = _speaker(one.head), _speaker(other.head)
    if not first or not second:
        return False
    return not _names(other.whole, first) and not _names(one.whole, second)


def _differ(one: set[str], other: set[str]) -> bool:
    return bool(one and other) and not one & other


def _serials(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for number, counter, plain, period in _SERIAL.findall(text):
        value = (number or plain).translate(_DIGITS)
        found.setdefault(counter or period, set()).add(value)
    return found


def _quakes_apart(one: View, other: View) -> bool:
    """Another magnitude, or other places: two earthquakes."""
    first, second = ({float(a or b) for a, b in _QUAKE.findall(view.text)} for view in (one, other))
    if not first or not second:
        return False
    return min(abs(a - b) for a in first for b in second) > _STEP or _strangers(one.places, other.places)


def _fillings_apart(one: Portrait, other: Portrait) -> bool:
    """One headline about two subjects that know nothing of each other: 利源股份：预计净亏损, 莫高股份：预计净亏损."""
    first, second = one.head, other.head
    same = len(first.words & second.words)
    if same < _FORM_WORDS or same < _FORM * min(len(first.words), len(second.words)):
        return False
    if any(weigh_name(name) >= _RARE_NAME and _is_proper(name) for name in first.names & second.names):
        return False
    if _strangers(first.places, second.places) and not _mentions(first.places, other) | _mentions(second.places, one):
        return True
    subjects = _subject(first), _subject(second)
    return all(subjects) and not _knows(other.whole, subjects[0]) and not _knows(one.whole, subjects[1])


def _models_apart(one: View, other: View) -> bool:
    """Whether both headlines name models or builds and none is the same: A57 and G17, 27700.1000 and 28000.1010."""
    return any(_differ(set(kind.findall(one.text)), set(kind.findall(other.text))) for kind in (_MODEL, _BUILD))


def _kinds_apart(one: View, other: View) -> bool:
    """Two headlines that open alike but for the kind of thing: 国际银价突破…, 国际金价突破…."""
    at = next((i for i, (a, b) in enumerate(zip(one.text, other.text, strict=False)) if a != b), 0)
    first, second = one.text[at : at + 2], other.text[at : at + 2]
    if not 0 < at <= _OPENING or first[1:] != second[1:] or first in other.text or second in one.text:
        return False
    return all(part_of_speech(own) == "n" for own in (first, second))


def _speaker(view: View) -> str:
    """The short name before a headline's colon, who is no teller of news: 白银有色, 3连板金徽股份."""
    match = _SUBJECT.match(view.text)
    name = match.group(1) if match and len(match.group(1)) <= _SPEAKER_LENGTH else ""
    rarity = max(map(rareness, grams_of(name)), default=0.0)
    return "" if _TELLER.search(name) or rarity < _KNOWN else name


def _names(view: View, subject: str) -> bool:
    """Whether a view tells half of what is rare in `subject`; 白银 does not name 白银有色."""
    rare = [gram for gram in grams_of(subject) if rareness(gram) >= _KNOWN]
    return 2 * sum(gram in view.text for gram in rare) >= len(rare)


def _is_proper(name: str) -> bool:
    """Whether a name is more than a word the dictionary does not hold: 预增."""
    return len(name) > 2 or bool(part_of_speech(name))


def _mentions(names: frozenset[str], article: Portrait) -> bool:
    return any(name[:2] in article.whole.text for name in names)


def _subject(view: View) -> str:
    """What a headline is about: what stands before its colon, else the rare word it opens with, or nothing sure."""
    match = _SUBJECT.match(view.text)
    name = next((word for word in sorted(view.words) if view.text.startswith(word)), "")
    subject = match.group(1) if match and (name or len(match.group(1)) <= _NAME_LENGTH) else name
    rarity = max(map(rareness, grams_of(subject)), default=0.0)
    return "" if _TELLER.search(subject) or rarity < _KNOWN else subject


def _knows(view: View, subject: str) -> bool:
    """Whether a view mentions any part of `subject` that is not in everybody's mouth."""
    return any(gram in view.text for gram in grams_of(subject) if rareness(gram) >= _KNOWN)


def _meetings_apart(one: View, other: View) -> bool:
    """Two who receive one guest, two conferences of one season."""
    if _MEETING.search(one.text) and _MEETING.search(other.text):
        actors = [_ACTOR.match(view.text) for view in (one, other)]
        if actors[0] and actors[1]:
            return actors[0].group(1) not in other.text and actors[1].group(1) not in one.text
    held = [_HELD.search(view.text) for view in (one, other)]
    if not held[0] or not held[1]:
        return False
    first, second = grams_of(held[0].group(1)), grams_of(held[1].group(1))
    return _weight(first & second) < _SAME_NAME * min(_weight(first), _weight(second))


def _weight(grams: frozenset[str]) -> float:
    return fsum(map(rareness, grams))


def _strangers(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether there are names on both sides and none is another's, nor written a little otherwise."""
    return bool(one and other) and not any(_akin(a, b) for a in one for b in other)


def _akin(one: str, other: str) -> bool:
    """阿克苏地区 and 阿克苏市, 泽连斯基 and 泽伦斯基."""
    return one == other or len(set(one) & set(other)) >= 2


def _fields_apart(one: Portrait, other: Portrait) -> bool:
    """One text but for its places or its figures: the weather of two cities, or of two days."""
    if overlap(one.whole, other.whole) < _FORM_TEXT:
        return False
    if placed_apart(one, other) and not _mentions(one.whole.places, other) | _mentions(other.whole.places, one):
        return True
    first, second = one.whole.figures, other.whole.figures
    fewer = min(len(first), len(second))
    if fewer < _FEW_FIGURES or one.whole is one.head or other.whole is other.head:
        return False
    return sum(any(near(a, b) for b in second) for a in first) < _SAME_FIGURES * fewer


def _days_apart(one: View, other: View) -> bool:
    """One headline but for its day: 国际油价27日上涨, 国际油价28日上涨."""
    return _differ(set(_DAY.findall(one.text)), set(_DAY.findall(other.text))) and overlap(one, other) >= _SAME_DAYS


def _only_headed_alike(one: Portrait, other: Portrait) -> bool:
    """One standing headline above two texts that share next to nothing."""
    first, second = (article.whole.grams.keys() - article.head.grams.keys() for article in (one, other))
    fewer = min(len(first), len(second))
    return fewer > 0 and len(first & second) < _SAME_LEAD * fewer and overlap(one.head, other.head) >= _SAME_HEADLINE
