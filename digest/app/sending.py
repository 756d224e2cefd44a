"""Running and sending: what is due is composed once, frozen, and mailed as frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest.app.drafts import Waiting, find_waiting, keep_waiting, only_items
from digest.app.gather import Gathering
from digest.app.issuing import WINDOW, compose_letter, freeze, offer_articles
from digest.app.outcome import Outcome
from digest.app.past import read_past, with_health
from digest.app.reading import Reader
from digest.app.state import database_path, open_state
from digest.collect.templates import load_templates
from digest.compose.issue import Composition
from digest.config import MailSettings, Settings, read_password
from digest.deliver import Server, deliver_pending
from digest.errors import ConfigError, StoreError
from digest.model import Article, Edition, Letter, Receipt, Recipient
from digest.schedule.due import due_slot, next_slot
from digest.store import Store, copy_for_dry_run, empty_store

Announce = Callable[[str], None]
Clock = Callable[[], datetime]

FAR = timedelta(days=2)
"""An issue dated so far ahead was made by a wrong clock, or by --now: nothing would be due until then, unsaid."""


@dataclass(frozen=True, slots=True)
class Call:
    """How a command was called: with which settings, clock and environment, who is told, and whether for real.

    `origin` is the path of the configuration; two that share a database share what was sent.
    """

    settings: Settings
    clock: Clock
    environ: Mapping[str, str]
    announce: Announce
    dry_run: bool = False
    origin: str = ""

    @property
    def mail(self) -> MailSettings | None:
        """The mail settings; only a dry run does without.  Raises ConfigError."""
        return self.settings.mail if self.dry_run else self.settings.require_mail()


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
        desk = _Desk(call, store, reader)
        desk.recover()
        for edition in editions:
            desk.try_issue(edition, alone=len(editions) == 1)
        desk.deliver(only)
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
        desk = _Desk(call, store, reader)
        desk.recover()
        slot = _open_slot(store, edition, call.clock())
        if waiting := find_waiting(store, edition):
            desk.issue_waiting(edition, waiting)
        elif slot is not None:
            desk.issue(edition, slot)
        desk.deliver(edition.name)
    return desk.outcome


def server_of(mail: MailSettings, environ: Mapping[str, str]) -> Server:
    """Return the server of the configuration, with its password read.

    Raises:
        ConfigError: the password is not where the configuration says.
    """
    return Server(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        user=mail.user or None,
        password=read_password(mail, environ) if mail.user else None,
        cafile=mail.cafile,
    )


class _Desk:
    """Where one run works: the state in front of it, and what has come of it so far."""

    def __init__(self, call: Call, store: Store, reader: Reader) -> None:
        self.outcome = Outcome()
        self._call = call
        self._store = store
        self._reader = reader
        self._server: Server | None = None
        self.memory = store

    def recover(self) -> None:
        """Decide about what a crash left half done, before anything new begins."""
        for row in self._store.recover(self._call.clock()):
            what = "is held: it may have been delivered" if row.state == "unknown" else "will be tried again"
            self._call.announce(f"{row.edition}: an earlier run broke off; the mail to {row.address} {what}")

    def try_issue(self, edition: Edition, *, alone: bool) -> None:
        """As `issue_when_due`; one edition that cannot be composed does not stop the others.

        Raises:
            StoreError: there are no others.
        """
        try:
            self.issue_when_due(edition)
        except StoreError as error:
            if alone:
                raise
            self._call.announce(f"{error.message}; {error.hint}")
            self.outcome.broken.append(edition.name)

    def issue_when_due(self, edition: Edition) -> None:
        """Compose the issue of an edition whose time has come, or say when it will."""
        now = self._call.clock()
        last = self._store.latest_slot(edition.name)
        slot = due_slot(edition.at, edition.timezone, now, last)
        if last is not None and last - now > FAR:
            self.outcome.ahead.append(f"the last issue of {edition.name} is dated {_shown(last)}, in the future")
        elif slot is not None:
            self.issue(edition, slot.astimezone(ZoneInfo(edition.timezone)))
        elif waiting := self._store.pending(edition.name, now=now):
            self._call.announce(
                f"{edition.name}: nothing new is due; still to be sent of the last issue: {len(waiting)}"
            )
        else:
            upcoming = _shown(next_slot(edition.at, edition.timezone, now))
            self._call.announce(f"{edition.name}: nothing due; next at {upcoming}")
            self._warn_of_another(edition, last)

    def _warn_of_another(self, edition: Edition, last: datetime | None) -> None:
        """Say when the last issue was made by another configuration, which has this edition's name and database."""
        made = self._store.find_issue(edition.name, last) if last else None
        other = str(made.manifest.get("configuration") or "") if made else ""
        if other and self._call.origin and other != self._call.origin:
            self._call.announce(
                f"{edition.name}: its last issue was made by another configuration, {other}; "
                "give each its own [store] path or --data-dir"
            )

    def issue(self, edition: Edition, slot: datetime) -> None:
        """Compose and freeze the issue of one slot, or freeze the one that waits for it."""
        call = self._call
        if waiting := self._find_waiting(edition, slot):
            self.issue_waiting(edition, waiting, slot)
            return
        if not call.dry_run:
            self._open_server()  # a missing password is found before anything is frozen
        found = self.gather(edition)
        candidates, known = offer_articles(self._store, edition, found, call.clock())
        if found.failed and not candidates:
            call.announce(f"{edition.name}: no source could be read, so nothing is composed; the next run tries again")
            return
        self._reader.check_mailed()
        composed, letter = self.compose(edition, slot, candidates, known, found)
        if edition.review:
            waiting = Waiting(composed, letter, held=True, read_for=slot)
            keep_waiting(self._store, waiting, call.clock())
            self._tell_held(edition, waiting)
        else:
            self._freeze(edition, composed, letter)

    def _find_waiting(self, edition: Edition, slot: datetime) -> Waiting | None:
        """The issue that waits, also for a slot that is in no schedule now; one made by a wrong clock is given up."""
        waiting = find_waiting(self._store, edition)
        if waiting and waiting.issue.slot - slot > FAR:
            self._call.announce(
                f"{edition.name}: the frozen issue of {_shown(waiting.issue.slot)} is dated far in the future: given up"
            )
            self._store.drop_draft(edition.name, waiting.issue.slot, self._call.clock())
            return find_waiting(self._store, edition)
        return waiting

    def issue_waiting(self, edition: Edition, waiting: Waiting, slot: datetime | None = None) -> None:
        """Freeze the issue that waited, as it was last shown, unless a person must release it first.

        While it is held the sources are read once a slot all the same, so that nothing passes by.
        """
        if waiting.held:
            if slot and waiting.read_for < slot:
                found = self.gather(edition)
                offer_articles(self._store, edition, found, self._call.clock())
                keep_waiting(self._store, replace(waiting, read_for=slot), self._call.clock())
            self._tell_held(edition, waiting)
            return
        if not self._call.dry_run:
            self._open_server()
        try:
            self._freeze(edition, waiting.composed, waiting.letter)
        except StoreError as error:
            raise StoreError(
                f"{edition.name}: the frozen issue cannot be mailed: {error.message}",
                "digest issue discard gives it up; the next digest run composes anew",
            ) from error

    def _tell_held(self, edition: Edition, waiting: Waiting) -> None:
        """Say that an issue waits until somebody releases it."""
        told = f"the issue of {_shown(waiting.issue.slot)} of {edition.name} is held"
        name = f" --edition {edition.name}" if edition.name != self._call.settings.edition[0].name else ""
        self._call.announce(f"{told}: digest issue show{name}, then digest issue release{name}")
        self.outcome.waiting.append(told)

    def gather(self, edition: Edition) -> Gathering:
        """Read the sources of an edition, and tell what is wrong with them."""
        found = self._reader.gather(edition)
        for report in found.reports:
            for problem in report.problems:
                self.outcome.troubled = True
                self._call.announce(f"{report.name}: {problem}")
        return found

    def compose(
        self,
        edition: Edition,
        slot: datetime,
        candidates: Sequence[Article],
        known: int,
        found: Gathering,
        *,
        again: bool = False,
    ) -> tuple[Composition, Letter]:
        """Compose and render, and pass on the letter's warnings; `again` prints what earlier issues told as well."""
        settings = self._call.settings
        templates = load_templates(settings.templates)
        past = read_past(self.memory, settings, edition, slot)
        past = replace(past, told=()) if again else past
        found.reports = with_health(self.memory, found.reports, self._call.clock())
        composed, letter = compose_letter(candidates, known, found, edition, slot, templates, settings.mail, past)
        for warning in letter.warnings:
            self._call.announce(f"{edition.name}: {warning}")
        return composed, letter

    def deliver(self, only: str | None) -> None:
        """Hand over what waits, and count what is held."""
        waiting = self._store.pending(only, now=self._call.clock())
        if self._call.dry_run:
            for row in waiting:
                self._call.announce(f"{row.edition}: would mail {row.address}")
        elif waiting:
            self.hand_over(only)
        self.outcome.held = len(self._store.outbox_rows(only, state="unknown"))

    def hand_over(self, only: str | None = None) -> None:
        """Send the mails that wait, and keep their receipts."""
        mail = self._call.settings.require_mail()
        receipts = deliver_pending(
            self._store,
            self._open_server(),
            sender=mail.sender.address,
            now=self._call.clock,
            edition=only,
            on_progress=lambda receipt: self._call.announce(_told(receipt)),
        )
        self.outcome.receipts.extend(receipts)

    def _open_server(self) -> Server:
        self._server = self._server or server_of(self._call.settings.require_mail(), self._call.environ)
        return self._server

    def _freeze(self, edition: Edition, composed: Composition, letter: Letter) -> None:
        call, issue = self._call, composed.issue
        name, slot, count = edition.name, _shown(issue.slot), len(issue.items)
        if call.mail is None:
            call.announce(f"{name}: {count} items would be sent, but there is no [mail] in the configuration yet")
        elif edition.recipients and not freeze(
            self._store, composed, letter, edition.recipients, call.mail, call.clock(), call.origin
        ):
            call.announce(f"{name}: another run has just composed the issue of {slot}")
        elif not call.dry_run:
            call.announce(f"{name}: composed the issue of {slot}, {count} items")
        if call.dry_run:
            call.announce(f"{name}: would compose the issue of {slot}, {count} items: {letter.subject}")
            for item in issue.items:
                call.announce(f"  {item.number}. {item.title}")


def _reader(call: Call, store: Store) -> Reader:
    return Reader(call.settings, call.environ, call.clock, store, keeps=not call.dry_run, announce=call.announce)


def _require(call: Call, editions: Sequence[Edition]) -> None:
    """Look for what must be configured before anything is sent."""
    if call.dry_run:
        return
    call.settings.require_mail()
    for edition in editions:
        if not edition.recipients:
            raise ConfigError(
                f"the edition {edition.name!r} has no recipients",
                'write recipients = ["me@example.cn"] in its [[edition]]',
            )


def _open_slot(store: Store, edition: Edition, now: datetime) -> datetime | None:
    """The slot that is due, or one of its own; None while mails of an earlier issue still wait."""
    due = due_slot(edition.at, edition.timezone, now, store.latest_slot(edition.name))
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
        desk = _Desk(call, aside, stack.enter_context(Reader(call.settings, call.environ, call.clock, copy)))
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
        freeze(aside, composed, letter, to, mail, now)
        if call.dry_run:
            listed = ", ".join(recipient.address for recipient in to)
            call.announce(f"{edition.name}: {len(composed.issue.items)} items would go to {listed}")
        else:
            desk.hand_over()
    return desk.outcome


def _told(receipt: Receipt) -> str:
    said = f": {receipt.code} {receipt.reply}".rstrip() if receipt.state != "sent" else ""
    return f"{receipt.recipient}: {receipt.state}{said}"


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
