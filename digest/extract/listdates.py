"""The date beside a headline on a list page: whole, split over several elements, or without its year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from digest.extract.dates import date_in_url, read_date

_YEAR, _MONTH, _DAY = r"(?P<y>(?:19|20)\d\d)", r"(?P<m>0?[1-9]|1[0-2])", r"(?P<d>[12]\d|3[01]|0?[1-9])"
_SPLIT = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d){_DAY}\s*日?\s+{_YEAR}\s*[-./年]\s*{_MONTH}(?!\d)",  # 11  2024-01
        rf"(?<!\d){_YEAR}\s*[-./年]\s*{_MONTH}\s*月?\s+{_DAY}(?!\d)",  # 2024-01  11
        rf"(?<!\d){_MONTH}\s*[-./月]\s*{_DAY}\s*日?\s+{_YEAR}(?!\d)",  # 01-11  2024
        rf"(?<!\d){_YEAR}\s*年?\s+{_MONTH}\s*[-./月]\s*{_DAY}(?!\d)",  # 2024  01-11
        rf"(?<!\d){_DAY}\s+{_MONTH}\s*月\s+{_YEAR}(?!\d)",  # 11  1月  2024
    )
)
_PARTIAL = re.compile(rf"(?<![\d.:/-]){_MONTH}\s*(?:[-/.]|月)\s*{_DAY}\s*日?(?![\d.:/-])")
_RELATIVE = re.compile(r"\d{1,2}\s*(?:分钟|小时|天)前|刚刚|今天|昨天|前天")
_ONLY = re.compile(
    r"[\s\[\]（()）【】<>|/]*(?:发布(?:时间|日期)|日期|时间|更新)?[:：\s]*"
    r"(?:(?:19|20)\d\d[-./年]\s*\d{1,2}(?:[-./月]\s*\d{1,2}\s*日?)?|\d{1,2}[-./月]\d{1,2}日?|(?:19|20)\d\d年?|\d{1,2}日?)"
    r"(?:[T\s]*\d{1,2}:\d{2}(?::\d{2})?)?[\s\[\]（()）【】<>|/]*"
)
_LONGEST = 40
"""A longer piece of text beside a headline is a summary, and its dates are those of the story."""


def only_date(text: str) -> bool:
    """Whether a text is a date, or a part of one, and nothing else."""
    return bool(0 < len(text) <= _LONGEST and _ONLY.fullmatch(text))


def has_date(pieces: Sequence[str]) -> bool:
    """Whether a date stands in one of the short `pieces`, be it without its year or relative (3小时前)."""
    beside = _beside(pieces)
    return bool(_whole(beside) or _PARTIAL.search(beside) or _RELATIVE.search(beside))


def row_date(pieces: Sequence[str], url: str, today: datetime | None) -> datetime | date | None:
    """Return the date of a row from the text beside its headline, else from its URL; None where it is not known.

    A day without its year takes the one of the URL, else the last such day before `today`, the moment of fetching.
    """
    beside = _beside(pieces)
    if whole := _whole(beside):
        return whole
    linked = date_in_url(url)
    if partial := _PARTIAL.search(beside):
        return linked if linked and linked.month == int(partial["m"]) else _latest(partial["m"], partial["d"], today)
    relative = _RELATIVE.search(beside)
    return (read_date(relative[0], today) if relative else None) or linked


def _beside(pieces: Sequence[str]) -> str:
    return " ".join(piece for piece in pieces if len(piece) <= _LONGEST)


def _whole(beside: str) -> datetime | date | None:
    """A date with its year, in one piece or split over several."""
    if found := read_date(beside):
        return found
    split = next((match for form in _SPLIT if (match := form.search(beside))), None)
    return _day(split["y"], split["m"], split["d"]) if split else None


def _latest(month: str, day: str, today: datetime | None) -> date | None:
    """The last such day that is no later than the day after `today`."""
    if today is None:
        return None
    found = _day(today.year, month, day)
    if found and found <= today.date() + timedelta(days=1):
        return found
    return _day(today.year - 1, month, day)


def _day(year: str | int, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
