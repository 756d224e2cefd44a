"""When an edition is due, as configured, and the one spelling of its days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from digest.model.cronline import check_line, quote_days

CatchUp = Literal["merge", "each", "skip"]
"""What becomes of slots that were missed: one issue for all of them, one for each, or none."""

EmptyDay = Literal["note", "skip", "send"]
"""What becomes of an issue without news: a short mail that says so, none, or the page as on any other day."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_CRON_BEGINS = tuple("0123456789*")

_MEANT = {
    "every": "daily",
    "everyday": "daily",
    "每天": "daily",
    "每日": "daily",
    "weekday": "workdays",
    "weekdays": "workdays",
    "工作日": "workdays",
    "每周": "weekly:mon",
    "@hourly": "0 * * * *",
    "@daily": "daily",
    "@midnight": "0 0 * * *",
    "@weekly": "weekly:mon",
    "@monthly": "0 8 1 * *",
    "@yearly": "0 8 1 1 *",
    "@annually": "0 8 1 1 *",
}
"""What others write, and what it is called here."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The days and times an edition is due, by the clock of its time zone.

    `days` is `daily`, `workdays`, `weekly:mon` (or `weekly:mon,thu`), or the five fields of a cron line, as
    `check_days` spells them; with a cron line `times` (HH:MM) does not matter, for the line names them itself.
    """

    days: str = "daily"
    times: tuple[str, ...] = ("08:00",)
    catch_up: CatchUp = "merge"


def is_cron(days: str) -> bool:
    """Return whether `days` is a cron line."""
    return len(days.split()) > 1


def check_days(days: str) -> str:
    """Return `days` in their one spelling: `Workdays` is `workdays`, `weekly: Thu, Mon` is `weekly:mon,thu`.

    Raises ValueError with words that go after the name of a key, and what to write instead.
    """
    text = " ".join(days.split())
    kind, colon, named = text.lower().partition(":")
    if kind.strip() == "weekly" and colon:
        return f"weekly:{','.join(_read_weekdays(text, named))}"
    if text[:1] in _CRON_BEGINS:
        return check_line(text)
    if text.lower() in ("daily", "workdays"):
        return text.lower()
    raise ValueError(
        f"is {quote_days(text)}, but an edition is due daily, on workdays, weekly:mon or by a cron line: "
        f'write "{_guess(text)}"'
    )


def _read_weekdays(text: str, named: str) -> list[str]:
    """The days of the week in a list, in their order."""
    words = named.replace(",", " ").split()
    if not words:
        raise ValueError(f'is {quote_days(text)}, which names no day: write "weekly:mon"')
    for word in words:
        if word not in WEEKDAYS:
            nearest = _nearest(word[:3], WEEKDAYS) or "mon"
            known = ", ".join(WEEKDAYS)
            raise ValueError(f'is {quote_days(text)}, but the days are {known}: write "weekly:{nearest}"')
    return sorted(set(words), key=WEEKDAYS.index)


def _guess(text: str) -> str:
    """What was probably meant by an unknown word."""
    word = next(iter(text.lower().split()), "")
    if meant := _MEANT.get(word):
        return meant
    if word[:3] in WEEKDAYS:
        return f"weekly:{word[:3]}"
    return {"weekly": "weekly:mon"}.get(near := _nearest(word, ("daily", "workdays", "weekly")), near) or "daily"


def _nearest(word: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, known, n=1)), "")
