"""Rhythms: how often a source brings anything new, and when it has fallen silent."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from digest.model import Article
from digest.store import Rhythm, Store
from tests.store.examples import DAY, NOW, hours

WORKDAYS = [day for day in range(28) if day % 7 < 5]


def bring(store: Store, days: Iterable[float], source: str = "甲") -> None:
    """Records a new article of the source on each of these days after NOW."""
    for day in days:
        url = f"https://example.cn/{source}/{day}"
        store.record_articles([Article(title=url, text=url, url=url, source=source)], NOW + day * DAY)


def rhythm_on(store: Store, day: float, source: str = "甲") -> Rhythm:
    """The rhythm of the source on that day after NOW."""
    return store.rhythms(NOW + day * DAY)[source]


@pytest.mark.parametrize(
    ("days", "usual"),
    [
        (range(5), 1.0),
        (range(4), 0.0),
        (WORKDAYS, 3.0),
        (range(0, 57, 7), 7.0),
        ([*range(12), 40], 1.0),
        ([0, 0.1, 0.2, 0.3, 0.4, 1], 0.0),
    ],
    ids=["daily", "too few", "workdays", "weekly", "one long rest", "many on one day"],
)
def test_a_source_has_a_usual_gap(store: Store, days: Iterable[float], usual: float) -> None:
    """The largest ordinary one between two days with something new; unknown while there are fewer than five."""
    bring(store, days)
    assert rhythm_on(store, 57).usual == usual


def test_a_source_falls_silent(store: Store) -> None:
    """Once it has been quiet for longer than usual, and until it brings something new."""
    bring(store, WORKDAYS)
    assert [rhythm_on(store, day).silent for day in (25, 28, 28.9, 29, 35)] == [0, 0, 0, 4, 10]
    assert rhythm_on(store, 29) == Rhythm("甲", NOW + WORKDAYS[-1] * DAY, 4, 3.0, 0)
    bring(store, [35])
    assert rhythm_on(store, 35).silent == 0


def test_a_source_without_a_rhythm_is_never_silent(store: Store) -> None:
    """It is only quiet."""
    bring(store, [0, 1])
    rhythm = rhythm_on(store, 30)
    assert (rhythm.quiet, rhythm.silent) == (29, 0)


def test_a_rhythm_is_that_of_the_last_days(store: Store) -> None:
    """What a source did more than sixty days ago does not count; when it last did anything does."""
    bring(store, range(10))
    assert rhythm_on(store, 60).usual == 1.0
    later = rhythm_on(store, 90)
    assert (later.usual, later.quiet, later.silent) == (0.0, 81, 0)


def test_days_are_those_of_utc(store: Store) -> None:
    """A minute before midnight and a minute after it are two days."""
    bring(store, [-1 / 1440, 1 / 1440])
    assert rhythm_on(store, 0).quiet == 0
    assert rhythm_on(store, 1).quiet == 1


def test_a_source_that_fails_says_for_how_long(store: Store) -> None:
    """Today is counted; a good reading ends it; a source that never brought anything is told of too."""
    store.record_source("甲", NOW, "timed out", 0, 0)
    assert store.rhythms(hours(1)) == {"甲": Rhythm("甲", None, 0, 0.0, 1)}
    store.record_source("甲", hours(48), "timed out", 0, 0)
    assert rhythm_on(store, 2).failing == 3
    store.record_source("甲", hours(49), "", 3, 0)
    assert rhythm_on(store, 3).failing == 0


def test_every_source_has_its_own_rhythm(store: Store) -> None:
    """By name; a source that was never tried, as a folder, is among them once it brought something."""
    bring(store, range(6), "乙")
    bring(store, range(0, 36, 7), "甲")
    store.record_source("丙", NOW, "", 0, 0)
    rhythms = store.rhythms(NOW + 36 * DAY)
    assert list(rhythms) == sorted(rhythms) == sorted("甲乙丙")
    assert [rhythms[name].usual for name in "甲乙丙"] == [7.0, 1.0, 0.0]
