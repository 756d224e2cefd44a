"""The figures of a text, so that two texts can be asked whether they tell the same: amounts, shares, days, months."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Literal

Kind = Literal["", "%", "day", "month", "dated", "year", "hour"]
Figure = tuple[Kind, float]
"""What is counted (`""` is any amount, `dated` the month of a day that is told as well) and the number."""

_HAN_DIGIT = {char: at for at, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SCALE = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_KINDS: dict[str, Kind] = {
    "%": "%",
    "个百分点": "%",
    "日": "day",
    "号": "day",
    "月": "month",
    "年": "year",
    "时": "hour",
    "点": "hour",
}
_FIGURE = re.compile(
    r"\d{1,2}:\d\d"  # 9:30 counts nothing
    r"|(?P<digits>\d[\d,]*(?:\.\d+)?)\s?(?P<scale>[百千]?(?:万亿|[万亿])|[百千](?![瓦克米卡赫帕伏焦]))?"
    r"(?P<unit>%|个百分点|[年月日号时点](?!间))?"
    r"|(?:(?P<share>百分之)|(?<![第数]))(?P<han>[零〇一二两三四五六七八九十百千万亿]{1,24})"
    r"(?(share)|(?=[余多]?(?:[万亿人名户件家场次例元米吨辆架艘岁套座所位天]|公里|公斤|小时|分钟|美元|个月)))"
)
_ASIDE = re.compile(r"[（(](?:现?汇率|约合|[^（）()\n]{0,6}注)[^（）()\n]*[）)]")
_YEARS = range(1900, 2100)
_ROUNDED = 1000
_NEAR = 0.03


def find_figures(simple: str) -> Iterator[Figure]:
    """Yield the figures of a text in simplified characters, in numbers: 6.97亿, 三百余人 and 百分之五.

    一 alone is an article more often than a number and is none; nor is what the text only converts (现汇率约合 …).
    """
    plain = _ASIDE.sub("", unicodedata.normalize("NFKC", simple))
    for match in _FIGURE.finditer(plain):
        if match["han"]:
            value = _read_han(match["han"])
            if value > 1:
                yield ("%" if match["share"] else "", value)
        elif match["digits"]:
            unit = match["unit"] or ""
            value = float(match["digits"].replace(",", ""))
            for scale in match["scale"] or "":
                value *= _SCALE[scale]
            if unit == "月" and plain[match.end() : match.end() + 1].isdigit():
                yield "dated", value
            elif not unit and not match["scale"] and value in _YEARS:
                yield "year", value
            else:
                yield _KINDS.get(unit, ""), value


def telling_figures(figures: Iterable[Figure]) -> list[Figure]:
    """Return the figures that may be news by themselves: amounts, shares, days, and months that stand without a day."""
    return [(kind, value) for kind, value in figures if kind in ("", "%", "day", "month")]


def is_rounded(value: float, exact: float) -> bool:
    """Return whether `value` tells `exact` shorter: 近7亿 for 6.97亿; but 50 dead are not 48."""
    plain = f"{value:.12g}"
    digits = len(plain.replace(".", "").strip("0")) or 1
    if "e" in plain or (digits < 2 and value < _ROUNDED) or abs(exact - value) > _NEAR * abs(exact):
        return False
    return float(f"{exact:.{digits}g}") == value


def _read_han(numeral: str) -> float:
    """Return the number of a numeral: 一千八百六十四 is 1864, 二〇二六 is 2026."""
    if not any(char in _SCALE for char in numeral):
        return float("".join(str(_HAN_DIGIT[char]) for char in numeral))
    total = section = digit = 0
    for char in numeral:
        if char in _HAN_DIGIT:
            digit = _HAN_DIGIT[char]
        elif _SCALE[char] < _SCALE["万"]:
            section += (digit or 1) * _SCALE[char]
            digit = 0
        else:
            total = (total + section + digit or 1) * _SCALE[char]
            section = digit = 0
    return float(total + section + digit)
