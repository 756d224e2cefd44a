"""Whether the text that a feed carries is the article itself or only a teaser of it.

A teaser taken for the article loses the news; an article taken for a teaser costs one visit to its page.  So whatever
is in doubt is a teaser.
"""

from __future__ import annotations

import re

_POINTER = re.compile(
    r"[\[【(（<>»→.…\s]*(?:"
    r"(?:点击|點擊|请点击|点此)?(?:阅读|閱讀|查看|浏览|继续阅读|繼續閱讀|了解|展开|显示|进入)(?:全文|更多|原文|详情|詳情|完整|内容|文章)+"
    r"|(?:全文|原文|更多|详情|详细|詳情|完整内容|查看)(?:链接|内容|阅读|请看)?"
    r"|继续阅读|繼續閱讀|未完待续|(?:continue|keep) reading.{0,80}|more"
    r"|(?:read|view|see|learn) (?:the )?(?:more|full|rest|original|whole).{0,80})"
    r"[\]】)）<>»→.…：:\s]*",
    re.I,
)
_CUT = re.compile(r"(?:…|\.\.\.|。。。|\[(?:…|\.{2,3})\]|[（(]未完[）)])\s*$")
_ENDS = re.compile(r"[。！？!?.；;][”’」』\"')）】\]]*$|[）)】」』”]$")
_POST = re.compile(r"^The post .{1,300} (?:first )?appeared (?:first )?on .{1,200}$", re.I)
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef]+")

_LONGEST_POINTER = 100

SHORTEST = 200
"""Han characters (or three times as many letters) below which a text is a teaser, whatever it is called."""
SHORTEST_SUMMARY = 400
"""The same for a text of few paragraphs that the feed calls a summary or a description."""


def is_whole(lines: list[str], title: str, *, summary: bool) -> bool:
    """Return whether `lines` are the article itself.

    `lines` are those of the feed with boilerplate, since 阅读全文 is what tells; `summary` says that the feed itself
    calls the text a summary or a description.
    """
    finished = [line for line in lines if not (line.startswith("The post") and _POST.match(line))]
    kept = finished.copy()
    while kept and len(kept[-1]) <= _LONGEST_POINTER and _POINTER.fullmatch(kept[-1]):
        kept.pop()
    text = "".join(kept)
    size = _size(text)
    if size < SHORTEST or _cut_short(kept[-1]) or (len(kept) == 1 and _letters(text) == _letters(title)):
        return False
    # A reprint may end in 阅读原文 behind the whole article: it has many paragraphs, and the last one is finished.
    if len(kept) < len(finished) and (size < 3 * SHORTEST or len(kept) < 4):
        return False
    ended = bool(_ENDS.search(kept[-1][-8:]))
    if summary:
        return ended and (len(kept) >= 4 or (size >= SHORTEST_SUMMARY and len(kept) >= 2))
    return ended or len(kept) >= 4


def _cut_short(line: str) -> bool:
    """Whether a line ends in dots, or in a pointer to the page behind its last sentence."""
    end = line[-_LONGEST_POINTER:]
    if _CUT.search(end):
        return True
    tail = re.split(r"[。！？!?…]|\.{2,}|\[", end)[-1]
    return bool(tail and tail != end and _POINTER.fullmatch(tail))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _size(text: str) -> float:
    """The length in Han characters; three other characters say about as much as one."""
    han = sum(map(len, _HAN.findall(text)))
    return han + (len(text) - han) / 3
