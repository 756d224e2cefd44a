"""Headlines that cannot tell one event: what rose and what fell, who was named and who was let go, two warnings."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from digest.rank.language import simplify

LONGEST = 60
"""A longer text is no headline: it may well tell of both."""

_SIDES = (
    ("收涨|上涨|走高", "收跌|下跌|走低"),
    ("上调|调高|上浮", "下调|调低|下浮"),
    ("任命", "免去|免职"),
    ("蓝色预警", "黄色预警", "橙色预警", "红色预警"),
    ("战胜|击败|力克|大胜|险胜", "不敌|负于|惨败|输给"),
    ("启动", "解除|终止|结束"),
    ("开通|恢复|重启", "关闭|停运|停用|暂停"),
    ("增长|上升|回升", "下降|下滑|回落|减少"),
    ("一级", "二级", "三级", "四级"),
)
_SPELT = (
    re.compile(r"(?<!\d)((?:19|20)\d\d)年(?:度|版|第)"),
    re.compile(r"(?<!\d)(\d{1,3}(?:比|:)\d{1,3})(?![\d:])"),
    re.compile(r"([\u4e00-\u9fff])某"),
)
_TITLES = re.compile(r"《([^《》]{4,60})》")
_SIDE = tuple(tuple(re.compile(words) for words in sides) for sides in _SIDES)


def opposed(one: str, other: str) -> bool:
    """Whether two headlines say opposite things, or name other years, scores, persons (张某) or 《titles》.

    What names both sides of an opposition, 沪指涨 创业板跌, is opposed to neither.
    """
    first, second = _sides(one), _sides(other)
    if any(mine and theirs and not mine & theirs for mine, theirs in zip(first, second, strict=True)):
        return True
    titles = _titles(one), _titles(other)
    return all(titles) and not any(a in b or b in a for a in titles[0] for b in titles[1])


@lru_cache(maxsize=8192)
def _sides(headline: str) -> tuple[frozenset[str], ...]:
    """Of every opposition the sides that a headline is on; none for what is no headline."""
    if not 0 < len(headline) <= LONGEST:
        return (frozenset(),) * (len(_SIDE) + len(_SPELT))
    plain = simplify(unicodedata.normalize("NFKC", headline))
    sides = [frozenset(str(n) for n, words in enumerate(each) if words.search(plain)) for each in _SIDE]
    return (*sides, *(frozenset(spelt.findall(plain)) for spelt in _SPELT))


@lru_cache(maxsize=8192)
def _titles(headline: str) -> frozenset[str]:
    return frozenset(_TITLES.findall(simplify(headline))) if len(headline) <= LONGEST else frozenset()
