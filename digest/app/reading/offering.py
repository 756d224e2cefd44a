"""What an edition is offered: for three days, and in any case until the next issue after it was read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from digest.app.reading.gather import Gathering
from digest.app.slots import FAR
from digest.model import Article, Edition
from digest.store import Store

WINDOW = timedelta(days=3)
"""How long an article that found no room stays a candidate for the next issues."""

NOTHING_NEW = "there was nothing new to tell"
"""Why a slot was skipped whose issue was composed and turned out to be empty."""

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def offer_articles(store: Store, edition: Edition, found: Gathering, now: datetime) -> tuple[list[Article], int]:
    """Record what was found, offer it to the edition, and return its candidates and how many of it are none.

    What was there before its source was added, and what is too old, is no candidate.
    """
    kept = {key: key for key in found.kept} | store.record_articles(found.articles, now)
    store.offer_baseline(edition.name, [kept[key] for key in found.baseline], now)
    stale = {kept[key]: reason for key, reason in found.stale.items()}
    store.offer(edition.name, list(dict.fromkeys(kept.values())), now, WINDOW, stale)
    candidates = open_candidates(store, edition, now)
    open_keys = {article.key for article in candidates}
    return candidates, len(set(kept.values()) - open_keys)


def open_candidates(store: Store, edition: Edition, now: datetime) -> list[Article]:
    """Return what the next issue may take, after giving up what the last one could have taken for the last time.

    A window is looked at as it stood at the last issue, not as it stands now: what was read over a holiday, between
    two weekly issues or before the machine slept for a week has not had its issue yet.
    """
    moment = last_chance(store, edition, now) or BEGINNING
    store.expire(edition.name, moment)
    return store.candidates(edition.name, moment)


def last_chance(store: Store, edition: Edition, now: datetime) -> datetime | None:
    """Return the slot of the last issue that somebody has or may yet get, or that was left out for being empty.

    None where there was none.  An issue that nobody could be sent was no chance for anything, nor was one that a wrong
    clock has made far ahead.
    """
    made = (issue.slot for issue in store.find_issues(edition.name) if issue.state != "void")
    issued = max((slot for slot in made if slot - now <= FAR), default=None)
    skips = store.skips(edition.name, issued or BEGINNING)
    empty = (skip.slot for skip in skips if skip.why == NOTHING_NEW and skip.slot - now <= FAR)
    last = max((*empty, *([issued] if issued else [])), default=None)
    return min(last, now) if last else None
