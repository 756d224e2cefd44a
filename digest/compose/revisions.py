"""What became of a page after it was printed: the sentences that differ, told as they were and as they are.

Sentences are compared by their letters and digits in simplified characters, so that white space, the width of a mark
and the script make no difference; and as a multiset, so that a paragraph that only moved is no change and the time
grows with the length of the texts.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from typing import Literal

from digest.model import Passage, Revision
from digest.rank.clauses import clause_ends
from digest.rank.language import simplify
from digest.rank.sentences import has_words, split_sentences

PASSAGES = 6
"""So many passages are shown at most."""

CHARS = 160
"""So long a passage is at most, in characters, without its ……."""

_ALIKE = 0.4
"""Two sentences that share this much of their pairs of characters are one sentence before and after."""

_PAIRED = 40
"""So many sentences of a stretch are looked through for the one before; behind them each stands for itself."""

_TOP, _END = -1, 1 << 60
_NOT_WORD = re.compile(r"[\W_]+")
_SIGNS = re.compile(r"(?<=\d)(?:\.(?=\d)|%)|(?<![a-z0-9%年月日时点至—-])[-−](?=\d)")
_FIGURE = re.compile(r"\d+(?:点\d+)?")
_SPOKEN = {".": "点", "%": "百分", "-": "负", "−": "负"}
_BOILERPLATE = re.compile(
    # （责任编辑：林岚）  来源：云泽日报  浏览次数：1024 次
    r"^[（(\[【\s]*(?:原标题|责任编辑|责编|编辑|校对|审核|初审|复审|终审|监制|作者|来源|稿源|文章来源|信息来源|"
    r"(?:本文)?(?:浏览|阅读|点击|访问|播放|评论|点赞|收藏|分享|转发)(?:次数|人数|量|数)?|发布(?:时间|日期)|"
    r"更新(?:时间|日期|于)?|最后(?:更新|修改)(?:时间)?|(?:发稿|发表|修改|打印)时间|时间|日期|字号|字体)"
    r"\s*[:：丨|/ ].{0,60}$"
    # 阅读 3.2万  1204 人已读  2026-11-18 09:30  已更新
    r"|^(?:阅读|浏览|点击|评论|点赞|收藏|转发|播放|访问)?\s*[\d.,]+\s*[万亿]?\s*[次人条]?\+?\s*"
    r"(?:阅读|浏览|点击|评论|点赞|收藏|转发|播放|访问|已读|参与|跟贴|看过)?$"
    r"|^(?:(?:19|20)\d\d\s*[-/.年]\s*)?\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?[T\s]*(?:\d{1,2}:\d\d(?::\d\d)?)?\s*(?:更新|发布|修改)?$"
    r"|^\d{1,2}:\d\d(?::\d\d)?$|^(?:本文|文章|页面|内容)?(?:已|最后)?(?:更新|修改)(?:于|至)?[\s\d:年月日时分/.-]*$"
    # what a page says around its article
    r"|^(?:相关(?:阅读|新闻|链接|报道|文章)|延伸阅读|推荐阅读|热门推荐|猜你喜欢|更多(?:阅读|新闻|精彩)|上一[篇条]|下一[篇条]|"
    r"编辑推荐|今日推荐|精彩推荐|热门文章|最新文章|点击排行)[:：\s].{0,120}$"
    r"|^(?:扫码|扫一扫|长按|点击(?:下载|查看|进入|关注)|关注我们|欢迎关注|分享(?:到|至)|下载.{0,8}(?:客户端|app)|版权(?:声明|所有)|"
    r"免责声明|特别声明|转载请注明|未经授权|举报(?:电话|邮箱)).{0,80}$",
    re.I,
)
_LINKS = re.compile(
    r"^(?:相关(?:阅读|新闻|链接|报道|文章)|延伸阅读|推荐阅读|热门推荐|猜你喜欢|更多(?:阅读|新闻)|热门文章|最新文章)[:：]?$"
)
_LINK_LENGTH = 60


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence and its key; `other` is the place of the same one in the other text, -1 where it has none."""

    text: str
    key: str
    other: int = -1


def compare_texts(before: str, after: str) -> tuple[Passage, ...]:
    """Return what `after` says otherwise than `before`: its first six passages in the order of the page, each short.

    Sentences that stand in both are not listed, wherever they stand; what changed within a sentence is shown as its
    old and its new form beside each other.  Credits, counters, stamps and links around an article are no change.
    """
    shown: list[Passage] = []
    for unit in _units(before, after):
        if len(shown) + len(unit) > PASSAGES:
            break
        shown.extend(unit)
    return tuple(shown)


def is_worth_telling(before: str, after: str) -> bool:
    """Return whether two versions of a page differ in what the article says."""
    return next(_units(before, after), None) is not None


def compose_revision(
    key: str,
    kind: Literal["changed", "gone"],
    before_title: str,
    before_text: str,
    after_title: str,
    after_text: str,
    *,
    site: str,
    url: str,
    told: date | None,
    mark: str,
) -> Revision | None:
    """Return what became of the article `key` since the issue of the day `told`; None where nothing worth telling did.

    A changed headline alone is told.  A page that is there and says nothing any more was not read well: no change.
    """
    revision = Revision(key, kind, before_title, site, url, told=told, mark=mark)
    if kind == "gone":
        return revision
    if has_words(before_text) and not has_words(after_text):
        return None
    passages = compare_texts(before_text, after_text)
    renamed = has_words(after_title) and sentence_key(after_title) != sentence_key(before_title)
    if not passages and not renamed:
        return None
    return replace(revision, passages=passages, after=after_title if renamed else before_title)


def sentence_key(text: str) -> str:
    """Return the letters and digits of a text in simplified characters and lower case: what it says, not how it looks.

    Of the signs those stay that make a figure: 3.5 is not 35, nor 5% the same as 5.
    """
    return _key(simplify(text))


def is_boilerplate(sentence: str) -> bool:
    """Return whether a sentence (simplified) is a credit, a counter, a stamp or a call, and no part of an article."""
    return len(sentence) < 200 and bool(_BOILERPLATE.match(unicodedata.normalize("NFKC", sentence.strip())))


def _key(simple: str) -> str:
    plain = unicodedata.normalize("NFKC", simple).lower()
    return _NOT_WORD.sub("", _SIGNS.sub(lambda match: _SPOKEN[match.group()], plain))


def _units(before: str, after: str) -> Iterator[tuple[Passage, ...]]:
    """Yield what differs, a sentence that was put otherwise as a pair, in the order of the page."""
    old, new = _match(_read(before), _read(after))
    for lost, gained in _gaps(old, new):
        if "".join(piece.key for piece in lost) != "".join(piece.key for piece in gained):
            yield from _passages(_without_cuts(lost, gained), _without_cuts(gained, lost))


def _read(text: str) -> list[_Piece]:
    """The sentences of an article that say something, without the lists of links behind it."""
    simple = simplify(text)
    spans = [(piece.start, piece.end) for piece in split_sentences(text)]
    said = [simple[start:end].strip() for start, end in spans]
    last = next((at for at in _heads_of_links(said) if _only_links(said[at + 1 :])), len(said))
    kept = (span for span, plain in zip(spans[:last], said, strict=False) if not is_boilerplate(plain))
    pieces = (_Piece(text[start:end].strip(), _key(simple[start:end])) for start, end in kept)
    return [piece for piece in pieces if piece.key]


def _heads_of_links(said: Sequence[str]) -> list[int]:
    """The places of the last headings such as 相关阅读; very many of them are no headings."""
    return [at for at, sentence in enumerate(said) if len(sentence) < 8 and _LINKS.match(sentence)][-3:]


def _only_links(said: Sequence[str]) -> bool:
    return all(len(sentence) < _LINK_LENGTH and sentence[-1:] not in "。！？" for sentence in said)


def _match(old: Sequence[_Piece], new: Sequence[_Piece]) -> tuple[list[_Piece], list[_Piece]]:
    """Give every sentence its place in the other text: the first of a kind there is the first of its kind here."""
    places = {numbered: at for at, numbered in enumerate(_number(new))}
    partners = [places.get(numbered, -1) for numbered in _number(old)]
    back = {there: here for here, there in enumerate(partners) if there >= 0}
    matched = [replace(piece, other=there) for piece, there in zip(old, partners, strict=True)]
    return matched, [replace(piece, other=back.get(at, -1)) for at, piece in enumerate(new)]


def _number(pieces: Sequence[_Piece]) -> list[tuple[str, int]]:
    """Every key with how often it stood before."""
    seen: Counter[str] = Counter()
    numbered = []
    for piece in pieces:
        numbered.append((piece.key, seen[piece.key]))
        seen[piece.key] += 1
    return numbered


def _gaps(old: Sequence[_Piece], new: Sequence[_Piece]) -> Iterator[tuple[list[_Piece], list[_Piece]]]:
    """Yield what is lost and what is gained behind each sentence that stayed, in the order of the new page."""
    lost: dict[int, list[_Piece]] = {}
    gained: dict[int, list[_Piece]] = {}
    at = _TOP
    for piece in old:
        at = piece.other if piece.other >= 0 else at
        if piece.other < 0:
            lost.setdefault(at, []).append(piece)
    at = _TOP
    for place, piece in enumerate(new):
        at = place if piece.other >= 0 else at
        if piece.other < 0:
            gained.setdefault(at, []).append(piece)
    for anchor in sorted({*lost, *gained}):
        yield lost.get(anchor, []), gained.get(anchor, [])


def _without_cuts(own: Sequence[_Piece], other: Sequence[_Piece]) -> list[_Piece]:
    """The sentences that are not only cut otherwise: 甲，乙。 against 甲。乙。 on the other side."""
    left = list(own)
    for one, several in ((own, other), (other, own)):
        joined = "".join(piece.key for piece in several[:_PAIRED])
        edges = list(accumulate((len(piece.key) for piece in several[:_PAIRED]), initial=0))
        for piece in one[:_PAIRED]:
            at = joined.find(piece.key)
            if at in edges and at + len(piece.key) in edges:
                same = several[edges.index(at) : edges.index(at + len(piece.key))]
                left = [mine for mine in left if mine is not piece and not any(mine is theirs for theirs in same)]
    return left


def _passages(lost: Sequence[_Piece], gained: Sequence[_Piece]) -> Iterator[tuple[Passage, ...]]:
    """Yield pairs of an old and a new form, and between them what has no other form, neighbours as one passage."""
    left = shown = 0
    for place, partner in _pairs(lost, gained).items():
        yield from _unpaired(lost[left:partner], gained[shown:place])
        yield _beside(lost[partner].text, gained[place].text)
        left, shown = partner + 1, place + 1
    yield from _unpaired(lost[left:], gained[shown:])


def _unpaired(lost: Sequence[_Piece], gained: Sequence[_Piece]) -> Iterator[tuple[Passage, ...]]:
    if lost:
        yield (Passage(_whole_sentences(lost), "deleted"),)
    if gained:
        yield (Passage(_whole_sentences(gained), "inserted"),)


def _pairs(lost: Sequence[_Piece], gained: Sequence[_Piece]) -> dict[int, int]:
    """Which gained sentence is which lost one in other words: the likest, in the same order on both sides."""
    grams = [_grams(piece.key) for piece in lost[:_PAIRED]]
    pairs: dict[int, int] = {}
    first = 0
    for place, piece in enumerate(gained[:_PAIRED]):
        own = _grams(piece.key)
        alike = [(_likeness(own, grams[at]), -at) for at in range(first, len(grams))]
        best, at = max(alike, default=(0.0, 0))
        if best >= _ALIKE:
            pairs[place] = -at
            first = 1 - at
    return pairs


def _grams(key: str) -> frozenset[str]:
    """Its pairs of characters, a figure being one: 1864人 is like 1902人."""
    key = _FIGURE.sub("#", key)
    return frozenset(key[i : i + 2] for i in range(max(1, len(key) - 1)))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)


def _whole_sentences(pieces: Sequence[_Piece]) -> str:
    """The first sentences that fit into a passage, at least one, with …… where others follow."""
    shown = ""
    for piece in pieces:
        if shown and len(shown) + len(piece.text) > CHARS:
            return shown + "……"
        shown += _clauses_at(piece.text, 0)
    return shown


def _beside(old: str, new: str) -> tuple[Passage, Passage]:
    """The two forms of a sentence; of long ones the clauses from where they differ."""
    same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return Passage(_clauses_at(old, same), "deleted"), Passage(_clauses_at(new, same), "inserted")


def _clauses_at(text: str, at: int) -> str:
    """A sentence, or of a long one whole clauses from the one that holds the place `at`; a monster is cut hard."""
    if len(text) <= CHARS:
        return text
    ends = [0, *clause_ends(text)]
    start = max((end for end in ends if end <= at and end < len(text)), default=0)
    start = start if at - start <= CHARS // 2 else at - CHARS // 2
    end = max((end for end in ends if start < end <= start + CHARS), default=min(len(text), start + CHARS))
    return ("……" if start else "") + text[start:end] + ("……" if end < len(text) else "")
