"""Running and sending: what is due is composed once, frozen, and mailed as frozen."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.app.call import Call
from digest.app.issues.desk import Desk
from digest.app.issues.drafts import find_waiting, only_items
from digest.app.issues.issuing import WINDOW, freeze, offer_articles
from digest.app.mail.posting import Carrier, server_of
from digest.app.outcome import Outcome
from digest.app.reading.reader import Reader
from digest.app.state import database_path, open_state
from digest.app.timetable import timetable_of
from digest.config import Settings
from digest.errors import ConfigError
from digest.model import Edition, Recipient
from digest.schedule.due import due_slot
from digest.store import Store, copy_for_dry_run, empty_store

__all__ = ["Call", "run", "send_now", "server_of"]


def run(call: Call, only: str | None = None) -> Outcome:
    """Compose and send every edition that is due, and the mails that are still waiting; safe to call at any time.

    A dry run does the same on a copy of the state, and sends nothing.

    Raises:
        ConfigError: there are no mail settings, no password, or an edition has no recipients.
        BusyError: another run is at work.
        MailError: nothing could be sent; all of it is still waiting.
    """
    editions = [call.settings.find_edition(only)] if only else list(call.settings.editions())
    _require(call, editions)
    with open_state(call.settings, dry_run=call.dry_run) as store, _reader(call, store) as reader:
        desk = Desk(call, store, reader)
        desk.carrier.recover(only)
        try:
            for edition in editions:
                desk.try_issue(edition, alone=len(editions) == 1)
        finally:
            desk.deliver(only)  # what waits from yesterday goes out, whatever today is like
        reader.tidy()
    return desk.outcome


def send_now(call: Call, edition: Edition, to: Sequence[Recipient] = ()) -> Outcome:
    """Send one edition now: the slot that is due, or else one of its own.

    With `to` the mail goes to those addresses only and the state is left as it is.

    Raises:
        ConfigError, BusyError, MailError: as `run`.
    """
    if to:
        return _send_aside(call, edition, to)
    _require(call, [edition])
    with open_state(call.settings, dry_run=call.dry_run) as store, _reader(call, store) as reader:
        desk = Desk(call, store, reader)
        desk.carrier.recover(edition.name)
        slot = _open_slot(call.settings, store, edition, call.clock())
        if waiting := find_waiting(store, edition):
            desk.issue_waiting(edition, waiting)
        elif slot is not None:
            desk.issue(edition, slot)
        desk.deliver(edition.name, at_once=True)
    return desk.outcome


def _reader(call: Call, store: Store) -> Reader:
    return Reader(call.settings, call.environ, call.clock, store, keeps=not call.dry_run, announce=call.announce)


def _require(call: Call, editions: Sequence[Edition]) -> None:
    """Look for what must be configured before anything is sent; one edition without readers stops no other."""
    if call.dry_run:
        return
    call.settings.require_mail()
    if not any(edition.recipients or edition.groups for edition in editions):
        named = " and ".join(repr(edition.name) for edition in editions)
        raise ConfigError(
            f"the edition {named} has no recipients", 'write recipients = ["me@example.cn"] in its [[edition]]'
        )


def _open_slot(settings: Settings, store: Store, edition: Edition, now: datetime) -> datetime | None:
    """The slot that is due, or one of its own; None while mails of an earlier issue still wait."""
    due = due_slot(timetable_of(settings, edition), now, store.latest_slot(edition.name))
    if due is None and store.pending(edition.name):
        return None
    return (due or now.replace(microsecond=0)).astimezone(ZoneInfo(edition.timezone))


def _send_aside(call: Call, edition: Edition, to: Sequence[Recipient]) -> Outcome:
    """Mail what the next issue would hold to `to`, on a state that is thrown away.

    Where everything was printed before, all of it is shown again: who tries a mail out wants to see one.
    """
    mail = call.settings.require_mail()
    now = call.clock()
    slot = now.replace(microsecond=0).astimezone(ZoneInfo(edition.timezone))
    with ExitStack() as stack:
        aside = stack.enter_context(empty_store())
        copy = stack.enter_context(copy_for_dry_run(database_path(call.settings)))
        desk = Desk(call, aside, stack.enter_context(Reader(call.settings, call.environ, call.clock, copy)))
        desk.memory = copy
        if waiting := find_waiting(copy, edition):
            composed, letter, candidates = *only_items(waiting), [item.article for item in waiting.issue.items]
        else:
            found = desk.gather(edition)
            candidates, known = offer_articles(copy, edition, found, now)
            again = not candidates
            if again:
                kept = copy.record_articles(found.articles, now)
                candidates, known = list({kept[a.key]: a for a in reversed(found.articles)}.values()), 0
            composed, letter = desk.compose(edition, slot, candidates, known, found, again=again)
        aside.record_articles(candidates, now)
        aside.offer(edition.name, [article.key for article in candidates], now, WINDOW)
        freeze(aside, composed, letter, to, mail, now, key=copy.signing_key())
        if call.dry_run:
            listed = ", ".join(recipient.address for recipient in to)
            call.announce(f"{edition.name}: {len(composed.issue.items)} items would go to {listed}")
        else:
            Carrier(call, aside, desk.outcome, aside=True).hand_over(at_once=True)
    return desk.outcome
