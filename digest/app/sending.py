"""Running and sending: what is due is composed once, frozen, and mailed as frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.app.gather import gather
from digest.app.issuing import WINDOW, compose_letter, freeze, offer_articles, source_places
from digest.app.state import database_path, open_state
from digest.collect.templates import load_templates
from digest.config import MailSettings, Settings, read_password
from digest.deliver import Server, deliver_pending
from digest.errors import ConfigError, MailError, PartlyDone
from digest.model import Edition, Receipt, Recipient, SourceReport
from digest.schedule.due import due_slot, next_slot
from digest.store import Store, copy_for_dry_run, empty_store

Announce = Callable[[str], None]
Clock = Callable[[], datetime]


@dataclass(slots=True)
class Outcome:
    """What a run did: receipts, and whether every source and recipient was well."""

    receipts: list[Receipt] = field(default_factory=list)
    troubled: bool = False
    held: int = 0

    def check(self) -> None:
        """Raise what the exit code must tell: nothing sent, or only partly done."""
        unsent = [r for r in self.receipts if r.state != "sent"]
        if unsent and len(unsent) == len(self.receipts):
            raise MailError(f"nothing could be sent: {_worded(unsent)}", "digest run tries the deferred ones again")
        if unsent:
            raise PartlyDone(
                f"not everybody was reached: {_worded(unsent)}", "digest run tries the deferred ones again"
            )
        if self.held:
            raise PartlyDone(
                f"{self.held} mails are held: the connection broke before their last reply",
                "look at digest outbox list; digest outbox resend sends one again",
            )
        if self.troubled:
            raise PartlyDone("not every source could be read whole", "the lines above and the mail's foot say which")


def run(
    settings: Settings,
    clock: Clock,
    environ: Mapping[str, str],
    announce: Announce,
    *,
    only: str | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Compose and send every edition that is due, and the mails that are still waiting; safe to call at any time.

    A dry run does the same on a copy of the state, and sends nothing.

    Raises:
        ConfigError: there are no mail settings, or an edition has no recipients.
        BusyError: another run is at work.
        MailError: nothing could be sent; all of it is still waiting.
    """
    mail = settings.mail if dry_run else settings.require_mail()
    editions = [settings.find_edition(only)] if only else list(settings.editions())
    if not dry_run:
        _require_recipients(editions)
    outcome = Outcome()
    with open_state(settings, dry_run=dry_run) as store:
        _recover(store, clock(), announce)
        for edition in editions:
            slot = due_slot(edition.at, edition.timezone, clock(), store.latest_slot(edition.name))
            if slot is None:
                announce(
                    f"{edition.name}: nothing due; next at {_shown(next_slot(edition.at, edition.timezone, clock()))}"
                )
            else:
                _issue(
                    store,
                    settings,
                    edition,
                    slot.astimezone(ZoneInfo(edition.timezone)),
                    clock(),
                    mail,
                    announce,
                    outcome,
                )
        _deliver(store, mail, clock, environ, announce, outcome, only=only, dry_run=dry_run)
    return outcome


def send_now(
    settings: Settings,
    edition: Edition,
    clock: Clock,
    environ: Mapping[str, str],
    announce: Announce,
    *,
    to: Sequence[Recipient] = (),
    dry_run: bool = False,
) -> Outcome:
    """Send one edition now: the slot that is due, or else one of its own.

    With `to` the mail goes to those addresses only and the state is left as it is.

    Raises:
        ConfigError, BusyError, MailError: as `run`.
    """
    mail = settings.mail if dry_run else settings.require_mail()
    if to:
        return _send_aside(settings, edition, clock, environ, announce, to, settings.require_mail(), dry_run=dry_run)
    if not dry_run:
        _require_recipients([edition])
    outcome = Outcome()
    with open_state(settings, dry_run=dry_run) as store:
        _recover(store, clock(), announce)
        slot = _open_slot(store, edition, clock())
        _issue(store, settings, edition, slot, clock(), mail, announce, outcome)
        _deliver(store, mail, clock, environ, announce, outcome, only=edition.name, dry_run=dry_run)
    return outcome


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


def _require_recipients(editions: Sequence[Edition]) -> None:
    for edition in editions:
        if not edition.recipients:
            raise ConfigError(
                f"the edition {edition.name!r} has no recipients",
                'write recipients = ["me@example.cn"] in its [[edition]]',
            )


def _recover(store: Store, now: datetime, announce: Announce) -> None:
    """Decide about what a crash left half done, before anything new begins."""
    for row in store.recover(now):
        what = "is held: it may have been delivered" if row.state == "unknown" else "will be tried again"
        announce(f"{row.edition}: an earlier run broke off; the mail to {row.address} {what}")


def _open_slot(store: Store, edition: Edition, now: datetime) -> datetime | None:
    """The slot that is due, or one of its own; None while mails of an earlier issue still wait."""
    due = due_slot(edition.at, edition.timezone, now, store.latest_slot(edition.name))
    if due is None and store.pending(edition.name):
        return None
    return (due or now.replace(microsecond=0)).astimezone(ZoneInfo(edition.timezone))


def _issue(
    store: Store,
    settings: Settings,
    edition: Edition,
    slot: datetime | None,
    now: datetime,
    mail: MailSettings | None,
    announce: Announce,
    outcome: Outcome,
) -> None:
    """Compose and freeze the issue of one slot."""
    if slot is None:
        return
    found = gather(source_places(settings, edition))
    _announce_problems(found.reports, announce, outcome)
    candidates, known = offer_articles(store, edition, found.articles, now)
    if found.failed and not candidates:
        announce(f"{edition.name}: no source could be read, so nothing is composed; the next run tries again")
        return
    templates = load_templates(settings.templates)
    composed, letter = compose_letter(candidates, known, found, edition, slot, templates, mail)
    for warning in letter.warnings:
        announce(f"{edition.name}: {warning}")
    count = len(composed.issue.items)
    if mail is None:
        announce(f"{edition.name}: {count} items would be sent, but there is no [mail] in the configuration yet")
    elif not freeze(store, composed, letter, edition.recipients, mail, now):
        announce(f"{edition.name}: another run has just composed the issue of {_shown(slot)}")
    else:
        announce(f"{edition.name}: composed the issue of {_shown(slot)}, {count} items")


def _announce_problems(reports: Sequence[SourceReport], announce: Announce, outcome: Outcome) -> None:
    for report in reports:
        for problem in report.problems:
            outcome.troubled = True
            announce(f"{report.name}: {problem}")


def _deliver(
    store: Store,
    mail: MailSettings | None,
    clock: Clock,
    environ: Mapping[str, str],
    announce: Announce,
    outcome: Outcome,
    *,
    only: str | None,
    dry_run: bool,
) -> None:
    """Hand over what waits, and count what is held."""
    waiting = store.pending(only, now=clock())
    if dry_run:
        for row in waiting:
            announce(f"{row.edition}: would mail {row.address}")
    elif waiting and mail is not None:
        _hand_over(store, mail, clock, environ, announce, outcome, only)
    outcome.held = len(store.outbox_rows(only, state="unknown"))


def _hand_over(
    store: Store,
    mail: MailSettings,
    clock: Clock,
    environ: Mapping[str, str],
    announce: Announce,
    outcome: Outcome,
    only: str | None,
) -> None:
    receipts = deliver_pending(
        store,
        server_of(mail, environ),
        sender=mail.sender.address,
        now=clock,
        edition=only,
        on_progress=lambda receipt: announce(_told(receipt)),
    )
    outcome.receipts.extend(receipts)


def _send_aside(
    settings: Settings,
    edition: Edition,
    clock: Clock,
    environ: Mapping[str, str],
    announce: Announce,
    to: Sequence[Recipient],
    mail: MailSettings,
    *,
    dry_run: bool,
) -> Outcome:
    """Mail what the next issue would hold to `to`, on a state that is thrown away.

    Where everything was printed before, all of it is shown again: who tries a mail out wants to see one.
    """
    outcome = Outcome()
    now = clock()
    slot = now.replace(microsecond=0).astimezone(ZoneInfo(edition.timezone))
    found = gather(source_places(settings, edition))
    _announce_problems(found.reports, announce, outcome)
    with copy_for_dry_run(database_path(settings)) as copy:
        candidates, known = offer_articles(copy, edition, found.articles, now)
    if not candidates:
        candidates, known = found.articles, 0
    templates = load_templates(settings.templates)
    composed, letter = compose_letter(candidates, known, found, edition, slot, templates, mail)
    with empty_store() as aside:
        aside.record_articles(candidates, now)
        aside.offer(edition.name, [article.key for article in candidates], now, WINDOW)
        freeze(aside, composed, letter, to, mail, now)
        if dry_run:
            announce(f"{edition.name}: {len(composed.issue.items)} items would go to {_listed(to)}")
        else:
            _hand_over(aside, mail, clock, environ, announce, outcome, None)
    return outcome


def _listed(recipients: Sequence[Recipient]) -> str:
    return ", ".join(recipient.address for recipient in recipients)


def _told(receipt: Receipt) -> str:
    said = f": {receipt.code} {receipt.reply}".rstrip() if receipt.state != "sent" else ""
    return f"{receipt.recipient}: {receipt.state}{said}"


def _worded(receipts: Sequence[Receipt]) -> str:
    return "; ".join(f"{r.recipient} {r.state}" for r in receipts[:5]) + (" …" if len(receipts) > 5 else "")


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
