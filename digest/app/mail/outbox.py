"""The mails of past issues: found by a name, listed, and decided about by a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.errors import PartlyDone, StoreError, UsageError
from digest.model import State
from digest.store import OutboxRow, Store

OPEN: tuple[State, ...] = ("queued", "sending", "dot", "deferred", "unknown")
RESENDABLE: tuple[State, ...] = ("unknown", "failed", "deferred")
FORGETTABLE: tuple[State, ...] = ("unknown", "failed", "deferred", "queued")
SHORTEST = 4
"""So many characters at least are the beginning of a Message-ID."""


@dataclass(frozen=True, slots=True)
class Look:
    """Mails, the newest issue first, and those of them that somebody should know of: held, waiting, or just failed.

    Where there is none, `older` are those of issues before.
    """

    mails: tuple[OutboxRow, ...]
    unsettled: tuple[OutboxRow, ...]
    older: tuple[OutboxRow, ...] = ()


def list_mails(
    store: Store, edition: str | None = None, state: State | None = None, since: datetime | None = None
) -> Look:
    """Return the mails of an edition and a state, or all; since a moment, and those that something may become of.

    A failed mail is unsettled in the last issue of its edition only, unless a person gave it up: older ones are past.
    """
    mails = store.outbox_rows(edition, state=state, since=since)
    latest = {name: store.latest_slot(name) for name in {row.edition for row in mails}}
    unsettled = [
        row
        for row in mails
        if row.state in OPEN or (row.state == "failed" and row.slot == latest[row.edition] and not row.settled)
    ]
    return Look(mails, tuple(unsettled), () if mails else store.outbox_rows(edition, state=state))


def find_mail(store: Store, name: str) -> OutboxRow:
    """Return the mail of that name: a Message-ID, the beginning of one, or an address, which means its newest mail.

    Raises:
        StoreError: there is none.
        UsageError: it is the beginning of several.
    """
    found = _called(store, None, name)
    if "@" in name and {row.address.casefold() for row in found} == {name.casefold()}:
        return found[0]
    return _only(found, name)


def choose_mails(
    store: Store, names: Sequence[str], states: Sequence[State], *, held: bool, edition: str | None
) -> list[OutboxRow]:
    """Return the mails that are meant: those of these names, or with `held` every mail whose fate is unknown.

    An address means its mail in one of `states`.

    Raises:
        StoreError: a name means no mail.
        UsageError: a name means several, or nothing is named.
    """
    if held == bool(names):
        raise UsageError("which mails?", "name them as digest outbox list does, or write --all-unknown")
    if held:
        return list(store.outbox_rows(edition, state="unknown"))
    chosen = (_choose(_called(store, edition, name), name, states) for name in names)
    return list({row.message_id: row for row in chosen}.values())


def decide(mails: Iterable[OutboxRow], change: Callable[[OutboxRow], OutboxRow]) -> list[OutboxRow]:
    """Return the mails as they are after each was changed by a person's decision.

    Raises:
        StoreError: the only one cannot be changed.
        PartlyDone: some of several cannot; the others are.
    """
    changed, problems = [], []
    for row in mails:
        try:
            changed.append(change(row))
        except StoreError as error:
            problems.append(error)
    if problems and not changed and len(problems) == 1:
        raise problems[0]
    if problems:
        told = "; ".join(problem.message for problem in problems)
        raise PartlyDone(f"{len(changed)} changed, {len(problems)} not: {told}", problems[0].hint)
    return changed


def _choose(found: Sequence[OutboxRow], name: str, states: Sequence[State]) -> OutboxRow:
    return _only([row for row in found if row.state in states] or found[:1], name)


def _called(store: Store, edition: str | None, name: str) -> list[OutboxRow]:
    bare = name.strip().removeprefix("<").removesuffix(">")
    rows = store.outbox_rows(edition, name=bare) if bare else ()
    by_identity = [row for row in rows if row.message_id[1:-1] == bare]
    by_address = [row for row in rows if row.address.casefold() == bare.casefold()]
    if found := by_identity or by_address or (list(rows) if len(bare) >= SHORTEST else []):
        return found
    raise StoreError(f"no mail is called {name}", "digest outbox list shows those there are")


def _only(found: Sequence[OutboxRow], name: str) -> OutboxRow:
    if len(found) > 1:
        listed = ", ".join(row.message_id for row in found[:3]) + (" …" if len(found) > 3 else "")
        raise UsageError(f"{name} means {len(found)} mails", f"write more of the Message-ID: {listed}")
    return found[0]
