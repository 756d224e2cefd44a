"""The words of the interface in the language of an edition: headings, labels, units, dates, but never an article's."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from digest.model import InterfaceLanguage

Words = Mapping[str, str]
HOME: InterfaceLanguage = "zh-Hans"


@cache
def interface_words(language: InterfaceLanguage = HOME) -> Words:
    """Every word of the interface by its key, in `language`; data/interface.toml says what the keys mean."""
    tables: dict[str, dict[str, str]] = tomllib.loads(
        files("digest.data").joinpath("interface.toml").read_text("utf-8")
    )
    return MappingProxyType(tables[language])


def counted(words: Words, key: str, number: int) -> str:
    """How many of something: `14 条`, `14 items`, and where a language tells one from the others `1 item`."""
    one = f"{key}_one"
    return words[one if number == 1 and one in words else key] % number


def written_day(day: date, words: Words, year: int | None = None) -> str:
    """The day as `11月20日` or `20 November`, with its year unless that is `year`."""
    month = words["months"].split()[day.month - 1]
    form = words["day" if day.year == year else "full_day"]
    return form % {"year": day.year, "month": month, "day": day.day}


def written_weekday(day: date, words: Words, short: bool = False) -> str:
    """The day's weekday as `星期五` or `Friday`; `short` as `周五` or `Fri`."""
    return words["weekdays_short" if short else "weekdays"].split()[day.weekday()]
