"""The health of sources: since when one is well, or is not."""

from __future__ import annotations

from digest.store import SourceHealth, SourceReading, Store
from tests.store.examples import NOW, hours


def test_a_source_breaks_and_recovers(store: Store) -> None:
    """Failures in a row are counted since the first; the next good reading ends them."""
    store.record_source("甲", NOW, "", 12, 3)
    store.record_source("甲", hours(1), "timed out", 0, 0)
    store.record_source("甲", hours(2), "no such host", 0, 0)
    assert store.source_health() == {
        "甲": SourceHealth("甲", NOW, hours(2), NOW, NOW, 2, hours(1), "no such host", 12, False)
    }
    store.record_source("甲", hours(3), "", 11, 0)
    assert store.source_health()["甲"] == SourceHealth("甲", NOW, hours(3), hours(3), NOW, 0, None, "", 11, False)


def test_a_problem_is_no_failure_where_articles_came(store: Store) -> None:
    """One entry of a feed that cannot be read is told of, and the source is well."""
    store.record_source("甲", NOW, "entry 7 has no title", 9, 9)
    health = store.source_health()["甲"]
    assert (health.failures, health.last_good, health.problem) == (0, NOW, "entry 7 has no title")


def test_an_empty_source_without_a_problem_is_well(store: Store) -> None:
    """A feed may have nothing to say."""
    store.record_source("甲", NOW, "", 0, 0)
    assert store.source_health()["甲"].last_good == NOW
    assert store.source_health()["甲"].last_new is None


def test_a_source_is_new_until_its_first_good_reading(store: Store) -> None:
    """Failures leave it new, so that its baseline is taken when it first answers; later failures change nothing."""
    assert store.is_new_source("甲")
    store.record_source("甲", NOW, "timed out", 0, 0)
    assert store.is_new_source("甲")
    store.record_source("甲", hours(1), "", 5, 5, baseline=True)
    store.record_source("甲", hours(2), "timed out", 0, 0)
    assert not store.is_new_source("甲")
    assert store.source_health()["甲"].baseline


def test_many_readings_are_written_at_once(store: Store) -> None:
    """Those known go on, those unknown begin, and they are told in the order of their names."""
    store.record_sources([SourceReading(f"{n:04}", "x", 0, 0) for n in range(0, 1200, 2)], NOW)
    store.record_sources([SourceReading(f"{n:04}", "x", 0, 0) for n in reversed(range(1200))], hours(1))
    health = store.source_health()
    assert list(health) == sorted(health)
    assert [health[name].failures for name in ("0000", "0001", "1198", "1199")] == [2, 1, 2, 1]
    assert health["0000"].failing_since == NOW
