"""The ledger: where every article stands in every edition, so that none is sent twice and none is forgotten.

A candidate is `new` or `left_out` while its window lasts.  A frozen issue makes it `placed`, `merged` or `left_out`
again; the first mail that was accepted, or may have been, makes it `carried`; a window that ends makes it `expired`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Update, bindparam, case, func, or_, select, update

from digest.errors import StoreError
from digest.model import Article
from digest.store import drafts
from digest.store.articles import from_row
from digest.store.dialects import add_new
from digest.store.doubts import PERHAPS_PRINTED, find_doubtful
from digest.store.forgotten import find_forgotten
from digest.store.identity import SHORTEST, find_keys, select_in
from digest.store.records import LedgerRow, LedgerState, Placement
from digest.store.schema import articles, ledger

OPEN = ("new", "left_out")  # states of a candidate
TAKEN = ("placed", "merged")  # states of an article whose issue is under way
IN_AN_ISSUE = (*TAKEN, "carried")
BASELINE = "there before the source was added"
NO_ISSUE = "no issue was made while its window lasted"
AGAIN = timedelta(days=3)
"""The window of an article that an issue gives back."""

TOLD = "another source brought the same words before"


def offer(
    connection: Connection,
    edition: str,
    keys: Iterable[str],
    now: datetime,
    window: timedelta,
    stale: Mapping[str, str],
) -> int:
    """How many of the articles are candidates of the edition from now on, until `now + window`.

    Those in `stale` (key -> reason) are left for good, unless the edition knows them already.
    """
    wanted = [*keys, *stale]
    kept = find_keys(connection, wanted)
    offered = _remembered(connection, (kept.get(key, key) for key in wanted))
    reasons = {kept.get(key, key): reason for key, reason in stale.items() if kept.get(key, key) in offered}
    _leave(connection, edition, reasons, now)  # first: what the edition knows is not added again
    _leave(connection, edition, dict.fromkeys(_told_before(connection, edition, offered), TOLD), now)
    _leave(connection, edition, dict.fromkeys(find_doubtful(connection, edition, offered), PERHAPS_PRINTED), now)
    row = {"edition": edition, "state": "new", "reason": "", "window_until": now + window, "changed_at": now}
    return _add(connection, [row | {"key": key} for key in offered])


def _remembered(connection: Connection, keys: Iterable[str]) -> dict[str, None]:
    """The keys, without those of articles that are forgotten: no edition gets these any more."""
    wanted = dict.fromkeys(keys)
    forgotten = find_forgotten(connection, wanted)
    return {key: None for key in wanted if key not in forgotten}


def _told_before(connection: Connection, edition: str, keys: Iterable[str]) -> list[str]:
    """Those whose very words, title and text, another source brought into an issue of the edition before."""
    own = select(articles.c.key, articles.c.fingerprint).where(func.length(articles.c.text) >= SHORTEST)
    words = {row.key: row.fingerprint for row in select_in(connection, own, articles.c.key, keys)}
    told = (
        select(articles.c.fingerprint, articles.c.key)
        .join(ledger, ledger.c.key == articles.c.key)
        .where(ledger.c.edition == edition, ledger.c.state.in_(IN_AN_ISSUE))
    )
    before = {row.fingerprint: row.key for row in select_in(connection, told, articles.c.fingerprint, words.values())}
    return [key for key, mark in words.items() if mark in before]


def find_unoffered(connection: Connection, edition: str, sources: Iterable[str], since: datetime) -> list[Article]:
    """The articles of these sources kept since then that the edition was never offered, since a run broke off."""
    known = select(ledger.c.key).where(ledger.c.edition == edition)
    question = select(articles).where(articles.c.first_seen >= since, articles.c.key.not_in(known))
    return [from_row(row) for row in select_in(connection, question, articles.c.source, sources)]


def offer_baseline(connection: Connection, edition: str, keys: Iterable[str], now: datetime) -> int:
    """How many of the articles are left for good, because they were there before their source was added."""
    wanted = list(keys)
    kept = find_keys(connection, wanted)
    offered = _remembered(connection, (kept.get(key, key) for key in wanted))
    return _leave(connection, edition, dict.fromkeys(offered, BASELINE), now)


def _leave(connection: Connection, edition: str, reasons: Mapping[str, str], now: datetime) -> int:
    row = {"edition": edition, "state": "expired", "window_until": now, "changed_at": now}
    return _add(connection, [row | {"key": key, "reason": reason} for key, reason in reasons.items()])


def _add(connection: Connection, added: list[dict[str, object]]) -> int:
    """How many of the rows are about an article that the edition did not know."""
    return add_new(connection, ledger, added)


def candidates(connection: Connection, edition: str, now: datetime) -> list[Article]:
    """The articles an issue composed `now` may take, those first seen first; equal moments in the order of keys."""
    question = (
        select(articles)
        .join(ledger, ledger.c.key == articles.c.key)
        .where(ledger.c.edition == edition, ledger.c.state.in_(OPEN), ledger.c.window_until > now)
        .order_by(articles.c.first_seen, articles.c.key)
    )
    return [from_row(row) for row in connection.execute(question)]


def left_over(connection: Connection, edition: str) -> frozenset[str]:
    """The keys of the candidates that an issue had no room for."""
    question = select(ledger.c.key).where(ledger.c.edition == edition, ledger.c.state == "left_out")
    return frozenset(connection.execute(question).scalars())


def expire(connection: Connection, edition: str, now: datetime) -> int:
    """How many candidates were given up because their window ended.

    Those that a draft prints are spared while it waits: a person may take longer than a window to release it.
    """
    ended = select(ledger.c.key).where(
        ledger.c.edition == edition, ledger.c.state.in_(OPEN), ledger.c.window_until <= now
    )
    keys = {*connection.execute(ended).scalars()} - drafts.printed_keys(connection, edition)
    if keys:
        statement = update(ledger).where(ledger.c.edition == edition, ledger.c.key == bindparam("ended"))
        reason = case((ledger.c.reason == "", NO_ISSUE), else_=ledger.c.reason)
        values = {"state": "expired", "reason": reason, "changed_at": now}
        connection.execute(statement.values(values), [{"ended": key} for key in keys])
    return len(keys)


def place(connection: Connection, edition: str, slot: datetime, placement: Placement, now: datetime) -> None:
    """Writes what an issue decided about one candidate; raises StoreError for an article that is none.

    An article that another issue holds, or that was carried, would reach its readers twice.
    """
    statement = (
        update(ledger)
        .where(ledger.c.edition == edition, ledger.c.key == placement.key, ledger.c.state.in_(OPEN))
        .values(
            state=placement.state,
            reason=placement.reason,
            slot=slot,
            changed_at=now,
            event=placement.event or None,
            score=placement.score,
        )
    )
    if connection.execute(statement).rowcount != 1:
        raise StoreError(
            f"article {placement.key} is no candidate of the edition {edition!r}: another issue has it",
            "compose the issue again",
        )


def leave(connection: Connection, edition: str, placement: Placement, now: datetime) -> None:
    """Writes why a candidate found no place where no issue was made; it stays a candidate while its window lasts."""
    own = (ledger.c.edition == edition, ledger.c.key == placement.key, ledger.c.state.in_(OPEN))
    values = {"state": "left_out", "reason": placement.reason, "changed_at": now}
    connection.execute(update(ledger).where(*own).values(values))


def carry(connection: Connection, edition: str, slot: datetime, now: datetime) -> None:
    """Makes the articles of an issue `carried`: somebody has them."""
    connection.execute(_of_issue(edition, slot).values(state="carried", changed_at=now))


def give_back(connection: Connection, edition: str, slot: datetime, now: datetime) -> None:
    """Makes the articles of an issue `new` again, for a window from now on: nobody got it."""
    undone = {"state": "new", "reason": "", "slot": None, "event": None, "score": None, "changed_at": now}
    connection.execute(_of_issue(edition, slot).values(undone | {"window_until": now + AGAIN}))


def prolong(connection: Connection, edition: str, keys: Iterable[str], now: datetime) -> None:
    """Gives candidates a window from now on: the draft that held them was given up."""
    candidate = or_(*(ledger.c.state == state for state in OPEN))
    own = (ledger.c.edition == edition, candidate, ledger.c.key == bindparam("held"))
    held = [{"held": key} for key in keys]
    if held:
        connection.execute(update(ledger).where(*own).values(window_until=now + AGAIN), held)


def rows(connection: Connection, edition: str) -> tuple[LedgerRow, ...]:
    """Every article the edition has ever been offered, in the order of keys."""
    question = select(ledger).where(ledger.c.edition == edition).order_by(ledger.c.key)
    return tuple(to_row(row) for row in connection.execute(question))


def to_row(row: Row[Any]) -> LedgerRow:
    """The record of a row of the table."""
    return LedgerRow(**{**row._mapping, "event": row.event or ""})


def count_changes(
    connection: Connection, edition: str, first: datetime, last: datetime
) -> dict[tuple[LedgerState, str], int]:
    """How many articles came to stand where they do from `first` until before `last`, by state and reason.

    The most frequent come first.
    """
    count = func.count().label("number")
    question = (
        select(ledger.c.state, ledger.c.reason, count)
        .where(ledger.c.edition == edition, ledger.c.changed_at >= first, ledger.c.changed_at < last)
        .group_by(ledger.c.state, ledger.c.reason)
        .order_by(count.desc(), ledger.c.state, ledger.c.reason)
    )
    return {(row.state, row.reason): row.number for row in connection.execute(question)}


def _of_issue(edition: str, slot: datetime) -> Update:
    return update(ledger).where(ledger.c.edition == edition, ledger.c.slot == slot, ledger.c.state.in_(TAKEN))
