"""When an edition is due, as configured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CatchUp = Literal["merge", "each", "skip"]
"""What becomes of slots that were missed: one issue for all of them, one for each, or none."""

EmptyDay = Literal["note", "skip", "send"]
"""What becomes of an issue without news: a short mail that says so, none, or the page as on any other day."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The days and times an edition is due, by the clock of its time zone.

    `days` is `daily`, `workdays`, `weekly:mon` (or `weekly:mon,thu`), or the five fields of a cron line; with these
    `times` (HH:MM) is empty, for the line names them itself.
    """

    days: str = "daily"
    times: tuple[str, ...] = ("08:00",)
    catch_up: CatchUp = "merge"
