"""The workdays of other countries than China, as the library `holidays` computes them."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

FIVE_DAY_WEEKS = frozenset({"HK"})
"""Where the law names Sunday only, but offices are closed on Saturday too."""

LONGEST_PART = 3
"""The letters of a part of a country in ISO 3166-2; the library knows some places by their names beside."""


def check_country(country: str) -> None:
    """Look whether the holidays of a country are known: CN, a code of ISO 3166, or a part of one, such as DE-BY.

    Raises ValueError with words that go after the name of a key, and what to write instead.
    """
    if country != "CN":
        _read_code(country)


@cache
def workdays_of(country: str, year: int) -> frozenset[date] | None:
    """Return the workdays of a year, or None for one before or after those the library knows.

    Raises ValueError for a country or a part of one that it does not know.
    """
    import holidays

    code, part = _read_code(country)
    days = holidays.country_holidays(code, subdiv=part or None, years=year)
    if not days.start_year <= year <= days.end_year:
        return None
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return frozenset(day for day in map(date.fromordinal, range(first, last + 1)) if _works(days, code, day))


def _works(days: HolidayBase, code: str, day: date) -> bool:
    closed = code in FIVE_DAY_WEEKS and day.weekday() == 5
    return not closed and days.is_working_day(day)


def _read_code(country: str) -> tuple[str, str]:
    """The code of a country and that of its part, which may be empty."""
    import holidays

    known = holidays.list_supported_countries(include_aliases=False)
    code, dash, part = country.partition("-")
    if code not in known:
        nearest = _find_country(country)
        raise ValueError(f'is "{country}", a country whose holidays are not known: write "{nearest}"')
    if dash and part not in known[code]:
        codes = [f"{code}-{name}" for name in known[code] if name.isupper() and len(name) <= LONGEST_PART]
        choice = f"{code} or one of {', '.join(codes)}" if codes else f'"{code}"'
        raise ValueError(f'is "{country}", which is no part of {code} whose holidays are known: write {choice}')
    return code, part


def _find_country(meant: str) -> str:
    """The code of the country whose name or code is most like what was written; China's where none is."""
    from difflib import get_close_matches

    from holidays.registry import COUNTRIES

    codes = {alias.casefold(): entry[1] for entry in COUNTRIES.values() for alias in entry}
    word = meant.replace(" ", "").casefold()
    return next((codes[near] for near in get_close_matches(word, codes, n=1)), "CN")
