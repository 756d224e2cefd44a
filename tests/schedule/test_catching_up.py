"""Missed slots: what is composed and what is skipped is together every slot that was due, once and in order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import CatchUp, Schedule
from digest.schedule.due import LATE, MOST_EACH, MOST_SKIPPED, Due, due, due_slot
from digest.schedule.moments import instant
from digest.schedule.timetable import Timetable
from tests.schedule.spans import slots_between
from tests.schedule.strategies import moments, timetables

SHANGHAI = ZoneInfo("Asia/Shanghai")
policies = st.sampled_from(["merge", "each", "skip"])
naps = st.one_of(
    st.integers(-600, 600),  # calls every few minutes, and a clock that is set back
    st.integers(-3000, 3000),
    st.sampled_from([-8640, 1, 60, 1440, 3 * 1440, 10 * 1440]),  # asleep for days
)


@dataclass
class Ledger:
    """What the runs of an edition left: slots with an issue, slots without, in the order they were written."""

    last: datetime | None
    issues: list[datetime] = field(default_factory=list)
    skipped: list[datetime] = field(default_factory=list)
    written: list[datetime] = field(default_factory=list)

    def write(self, found: Due) -> None:
        """Take down what a run did."""
        self.issues += found.slots
        self.skipped += (skip.slot for skip in found.skipped)
        self.written += sorted((*found.slots, *(skip.slot for skip in found.skipped)), key=instant)
        self.last = max(
            (slot for slot in (self.last, *found.slots, *(s.slot for s in found.skipped)) if slot), key=instant
        )


def at(text: str) -> datetime:
    """A moment by the clock of Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def told(found: Due) -> tuple[list[str], list[str]]:
    """The slots as day and time: with an issue, and without."""
    return [f"{slot:%d %H:%M}" for slot in found.slots], [f"{skip.slot:%d %H:%M}" for skip in found.skipped]


@given(timetables, moments, st.lists(naps, min_size=1, max_size=12), policies)
@settings(max_examples=120, deadline=None)
def test_every_slot_is_settled_once_and_in_order(
    timetable: Timetable, now: datetime, steps: list[int], catch_up: CatchUp
) -> None:
    """However runs come, with clocks set back and days asleep, no slot up to the last is left out or comes twice."""
    start = timetable.latest(now)
    assert start is not None
    ledger = Ledger(start)
    for minutes in steps:
        now += timedelta(minutes=minutes)
        found = due(timetable, now, ledger.last, catch_up)
        if found:
            ledger.write(found)
        assert not due(timetable, now, ledger.last, catch_up)
    assert ledger.last is not None
    assert all(instant(one) < instant(other) for one, other in pairwise(ledger.written))
    slots = slots_between(timetable, start, ledger.last, most=MOST_SKIPPED)
    if catch_up == "merge":
        assert set(ledger.issues) <= set(slots)
        assert ledger.skipped == []
    else:
        assert tuple(ledger.written) == slots


@given(timetables, moments, st.integers(0, 60 * 24 * 40), policies)
@settings(max_examples=60, deadline=None)
def test_each_policy_keeps_its_word(timetable: Timetable, now: datetime, minutes: int, catch_up: CatchUp) -> None:
    """Merge makes one issue, each seven at most, skip none that is an hour late; the latest slot is settled by all."""
    last = timetable.latest(now - timedelta(minutes=minutes))
    assert last is not None
    found = due(timetable, now, last, catch_up)
    missed = slots_between(timetable, last, now, most=10_000)
    assert bool(found) == bool(missed)
    assert len(found.slots) <= {"merge": 1, "each": MOST_EACH, "skip": 1}[catch_up]
    if catch_up == "each":
        assert found.slots == missed[-MOST_EACH:]
    elif catch_up == "merge":
        assert found.slots == missed[-1:]
    else:
        assert found.slots == tuple(slot for slot in missed[-1:] if now - instant(slot) <= LATE)
    assert all(skip.reason for skip in found.skipped)


@given(timetables, moments, st.integers(1, 60 * 24 * 400), policies)
@settings(max_examples=60, deadline=None)
def test_nothing_is_due_while_the_last_slot_lies_ahead(
    timetable: Timetable, now: datetime, minutes: int, catch_up: CatchUp
) -> None:
    """A clock that ran ahead and was set back has sent its issues already."""
    assert not due(timetable, now, now + timedelta(minutes=minutes), catch_up)


@given(timetables, moments, policies)
@settings(max_examples=60, deadline=None)
def test_a_new_edition_starts_with_today(timetable: Timetable, now: datetime, catch_up: CatchUp) -> None:
    """It has missed nothing: one slot of today at most, none skipped, and with skip only one that is not late."""
    found = due(timetable, now, None, catch_up)
    slot = due_slot(timetable, now, None)
    in_time = slot is not None and (catch_up != "skip" or now - instant(slot) <= LATE)
    assert found == Due((slot,) if slot and in_time else ())


def test_a_machine_asleep_from_thursday_to_monday() -> None:
    """Three issues were missed before today's; at half past eight each policy does with them what it says."""
    timetable, now, last = Timetable(Schedule(), SHANGHAI), at("2026-11-23T08:30"), at("2026-11-19T08:00")
    assert told(due(timetable, now, last)) == (["23 08:00"], [])
    assert told(due(timetable, now, last, "each")) == (["20 08:00", "21 08:00", "22 08:00", "23 08:00"], [])
    assert told(due(timetable, now, last, "skip")) == (["23 08:00"], ["20 08:00", "21 08:00", "22 08:00"])
    assert told(due(timetable, now + LATE, last, "skip")) == ([], ["20 08:00", "21 08:00", "22 08:00", "23 08:00"])


def test_the_schedule_says_which_policy() -> None:
    """Without a word of the caller what is configured counts."""
    timetable = Timetable(Schedule(catch_up="each"), SHANGHAI)
    now, last = at("2026-11-23T08:30"), at("2026-11-20T08:00")
    assert told(due(timetable, now, last)) == (["21 08:00", "22 08:00", "23 08:00"], [])
    assert due(timetable, now, last) == due(replace(timetable, schedule=Schedule()), now, last, "each")


def test_an_hour_late_is_late_to_the_second() -> None:
    """At nine sharp the issue of eight goes out, a second later it does not; and the reasons are told."""
    timetable, last = Timetable(Schedule(catch_up="skip"), SHANGHAI), at("2026-11-22T08:00")
    assert told(due(timetable, at("2026-11-23T09:00"), last)) == (["23 08:00"], [])
    found = due(timetable, at("2026-11-23T09:00:01"), last)
    assert [skip.reason for skip in found.skipped] == ["was more than an hour late"]
    twice = Timetable(Schedule(times=("08:00", "08:30"), catch_up="skip"), SHANGHAI)
    found = due(twice, at("2026-11-23T08:50"), at("2026-11-22T08:30"))
    assert told(found) == (["23 08:30"], ["23 08:00"])
    assert found.skipped[0].reason == "gave way to the one of 08:30"


@pytest.mark.parametrize(("weeks", "skipped"), [(1, 0), (2, 7), (52, 357), (520, MOST_SKIPPED)])
def test_of_a_long_absence_a_week_is_made_up_for(weeks: int, skipped: int) -> None:
    """The latest seven are composed, those before are skipped with the reason; after many years not all are named."""
    last = at("2026-11-23T08:00")
    found = due(Timetable(Schedule(catch_up="each"), SHANGHAI), last + timedelta(weeks=weeks), last)
    assert len(found.slots) == MOST_EACH
    assert len(found.skipped) == skipped
    if skipped:
        assert found.skipped[0].reason == f"is none of the latest 7, and {skipped + 7} were missed"
        assert instant(found.skipped[-1].slot) < instant(found.slots[0])


def test_on_the_night_of_the_change_each_hour_has_its_issue() -> None:
    """An hourly edition in Berlin: two at two o'clock in autumn, both made up for, none twice."""
    timetable = Timetable(Schedule("0 * * * *", (), "each"), ZoneInfo("Europe/Berlin"))
    found = due(timetable, datetime(2026, 10, 25, 2, 30, tzinfo=UTC), datetime(2026, 10, 24, 23, tzinfo=UTC))
    assert [f"{slot:%H:%M %Z}" for slot in found.slots] == ["02:00 CEST", "02:00 CET", "03:00 CET"]
