"""Running and sending: what is due is composed once, frozen, and mailed as frozen."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.app.call import Call
from digest.app.issues.desk import Desk
from digest.app.issues.drafts import find_waiting, only_items
from digest.app.issues.issuing import freeze
from digest.app.mail.posting import Carrier, server_of
from digest.app.operation.idle import remember_due
from digest.app.operation.keeping import purge_when_due
from digest.app.operation.watching import watch_run, watched_state
from digest.app.outcome import Outcome
from digest.app.reading.offering import WINDOW, offer_articles
from digest.app.reading.reader import Reader
from digest.app.state import place_of
from digest.app.timetable import timetable_of
from digest.config.passwords import foresee_refusal
from digest.errors import ConfigError, DigestError
from digest.model import Edition, Recipient
from digest.schedule.due import due
from digest.store import Store, copy_for_dry_run, empty_store

__all__ = ["Call", "run", "send_now", "server_of"]


def run(call: Call, only: str | None = None) -> Outcome:
    """Compose and send every edition that is due, and the mails that are still waiting; safe to call at any time.

    A dry run does the same on a copy of the state, and sends nothing.  Asked to end, a run ends behind the edition, the
    source or the mail in hand; `Outcome.stopped` says what is left.

    Raises:
        ConfigError: there are no mail settings, no password, or an edition has no recipients.
        BusyError: another run is at work.
        MailError: nothing could be sent; all of it is still waiting.
    """
    editions = [call.settings.find_edition(only)] if only else list(call.settings.editions())
    _require(call, editions)
    with watched_state(call) as store, _reader(call, store) as reader:
        desk = Desk(call, store, reader)
        with _looked_back(call, store, desk.outcome):
            desk.carrier.recover(only)
            try:
                for edition in editions:
                    desk.try_issue(edition, alone=len(editions) == 1)
            finally:
                desk.deliver(only)  # what waits from yesterday goes out, whatever today is like
            reader.tidy()
    return desk.outcome


@contextmanager
def _looked_back(call: Call, store: Store, outcome: Outcome) -> Iterator[None]:
    """Do what a run does, then tell who watches over the runs what has come of it, however it ended."""
    began = call.clock()
    error: DigestError | None = DigestError(
        "the run ended by a fault of its own", "DIGEST_DEBUG=1 digest run shows where"
    )
    try:
        yield
        error = None
    except DigestError as caught:
        error = caught
        raise
    finally:
        if error is None or isinstance(sys.exception(), Exception):  # who is killed does not look back
            _look_back(call, store, outcome, began, error)


def _look_back(call: Call, store: Store, outcome: Outcome, began: datetime, error: DigestError | None) -> None:
    if call.dry_run:
        return
    if outcome.worked and not outcome.stopped and not error:
        purge_when_due(store, call.settings, call.clock())  # before the run is recorded: it looks for earlier ones
    if error or outcome.worked or outcome.complaint:
        watch_run(call, store, outcome, began, error)
    if not error:
        remember_due(call, store, outcome)  # last of all: whatever is written later voids it


def send_now(call: Call, edition: Edition, to: Sequence[Recipient] = ()) -> Outcome:
    """Send one edition now: what is due of it, or else an issue of its own slot.

    With `to` the mail goes to those addresses only and the state is left as it is.

    Raises:
        ConfigError, BusyError, MailError: as `run`.
    """
    if to:
        return _send_aside(call, edition, to)
    _require(call, [edition])
    with watched_state(call) as store, _reader(call, store) as reader:
        desk = Desk(call, store, reader)
        with _looked_back(call, store, desk.outcome):
            desk.carrier.recover(edition.name)
            _issue_now(call, store, desk, edition)
            desk.deliver(edition.name, at_once=True)
    return desk.outcome


def _issue_now(call: Call, store: Store, desk: Desk, edition: Edition) -> None:
    """Make what is due as a run does, or else an issue of its own; none while mails of an earlier issue wait."""
    if waiting := find_waiting(store, edition):
        desk.editor.issue_waiting(edition, waiting)
        return
    zone, now = ZoneInfo(edition.timezone), call.clock()
    timetable = timetable_of(call.settings, edition)
    # a person wants an issue, however late it is: nothing is skipped for that
    each = timetable.schedule.catch_up == "each"
    found = due(timetable, now, desk.find_last(edition, timetable, now), "each" if each else "merge")
    if found:
        desk.catch_up(edition, found)
    elif not store.pending(edition.name):
        desk.editor.issue(edition, now.replace(microsecond=0).astimezone(zone), own=True)


def _reader(call: Call, store: Store) -> Reader:
    return Reader(
        call.settings,
        call.environ,
        call.clock,
        store,
        keeps=not call.dry_run,
        announce=call.announce,
        stopping=call.stopping,
    )


def _require(call: Call, editions: Sequence[Edition]) -> None:
    """Look for what must be configured before anything is sent; one edition without readers stops no other."""
    if call.dry_run:
        mail = call.settings.mail
        if mail is not None and (refusal := foresee_refusal(mail, call.environ)):
            call.announce(f"the run itself would mail nothing: {refusal}")
        return
    call.settings.require_mail()
    if not any(edition.recipients or edition.groups for edition in editions):
        named = " and ".join(repr(edition.name) for edition in editions)
        raise ConfigError(
            f"the edition {named} has no recipients", 'write recipients = ["me@example.cn"] in its [[edition]]'
        )


def _send_aside(call: Call, edition: Edition, to: Sequence[Recipient]) -> Outcome:
    """Mail what the next issue would hold to `to`, on a state that is thrown away.

    Where everything was printed before, all of it is shown again: who tries a mail out wants to see one.
    """
    mail = call.settings.require_mail()
    now = call.clock()
    slot = now.replace(microsecond=0).astimezone(ZoneInfo(edition.timezone))
    with ExitStack() as stack:
        aside = stack.enter_context(empty_store())
        copy = stack.enter_context(copy_for_dry_run(place_of(call.settings)))
        desk = Desk(call, aside, stack.enter_context(Reader(call.settings, call.environ, call.clock, copy)))
        desk.editor.memory = copy
        if waiting := find_waiting(copy, edition):
            composed, letter, candidates = *only_items(waiting), [item.article for item in waiting.issue.items]
        else:
            found = desk.editor.gather(edition)
            candidates, known = offer_articles(copy, edition, found, now)
            again = not candidates
            if again:
                kept = copy.record_articles(found.articles, now)
                candidates, known = list({kept[a.key]: a for a in reversed(found.articles)}.values()), 0
            composed, letter = desk.editor.compose(edition, slot, candidates, known, found, again=again)
        aside.record_articles(candidates, now)
        aside.offer(edition.name, [article.key for article in candidates], now, WINDOW)
        freeze(aside, composed, letter, to, mail, now, key=copy.signing_key())
        if call.dry_run:
            listed = ", ".join(recipient.address for recipient in to)
            call.announce(f"{edition.name}: {len(composed.issue.items)} items would go to {listed}")
        else:
            Carrier(call, aside, desk.outcome, aside=True).hand_over(at_once=True)
    return desk.outcome
