"""Who gets an issue: the recipients of an edition and of its groups, one mail an address, without those who left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from digest.app.recipients.members import Member, Membership, list_members
from digest.config import Settings, suggest
from digest.errors import ConfigError
from digest.extract.dates import BEIJING
from digest.model import Edition, Recipient
from digest.store import BounceRow, OutboxRow, Store, Suppression

REPEATED = 3
"""An address that gave back all mail of so many days in a row is given up."""

TAKEN_IN = "by hand"
"""How the mark of a row begins that is no message, but a person's word that the address is right."""

LOOK_BACK = 15
"""So many issues of an edition, the newest, are looked through for those,"""

LATELY = timedelta(days=5)
"""and in any case those of so many days: an edition may go out every hour."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Who gets an issue, how many are left out because they are suppressed, and what is wrong with the lists."""

    recipients: tuple[Recipient, ...]
    suppressed: int = 0
    problems: tuple[str, ...] = ()


def resolve_recipients(settings: Settings, edition: Edition, store: Store) -> Roster:
    """Return who gets an issue of the edition now, one mail an address: the first spelling, the first name given.

    A list that cannot be read is a problem of the roster, for the others are to get their mail.

    Raises:
        ConfigError: a list cannot be read, and without it nobody is left.
    """
    found = members_of(settings, edition)
    known = merge_members(found.members)
    silent = {suppression.address for suppression in store.suppressions(edition.name)}
    left = tuple(recipient for folded, recipient in known.items() if folded not in silent)
    if not left and not found.complete:
        raise ConfigError(
            f"nobody is left to mail the edition {edition.name} to",
            "mend the list, or name somebody in recipients",
            found.problems,
        )
    return Roster(left, len(known) - len(left), found.problems)


def members_of(settings: Settings, edition: Edition) -> Membership:
    """Return everybody on the lists of an edition, its own first, then those of its groups; doubles stay in."""
    own = tuple(Member(who, "edition", edition.name, f"[[edition]] {edition.name}") for who in edition.recipients)
    groups = {group.name: group for group in settings.group}
    parts = [Membership(own)]
    for name in edition.groups:
        if name in groups:
            parts.append(list_members(groups[name]))
        else:
            parts.append(Membership((), (f"there is no group {name}: {suggest(name, groups)}",), complete=False))
    return Membership(
        tuple(member for part in parts for member in part.members),
        tuple(problem for part in parts for problem in part.problems),
        all(part.complete for part in parts),
    )


def merge_members(members: Iterable[Member]) -> dict[str, Recipient]:
    """Return one recipient for each address, by its folded form: the first spelling, the first name given."""
    merged: dict[str, Recipient] = {}
    for member in members:
        who = member.recipient
        before = merged.setdefault(who.address.casefold(), who)
        if who.name and not before.name:
            merged[who.address.casefold()] = Recipient(before.address, who.name)
    return merged


def suppress_repeated(store: Store, now: datetime) -> tuple[Suppression, ...]:
    """Return the addresses given up now, because all their mails of the last three days with any came back for good.

    A day is one on which the mails were sent: issues that were missed and are made one after another in the same minute
    are three mails, but one verdict of a server that may have had a bad morning.
    A mail came back for good where its server refused it for an address that does not exist, or a bounce said so and
    proved, by our Message-ID, that it answers this very mail.  Mails still waiting do not count; one that was taken
    and did not come back is delivered and clears what was before it, and so does one that came back for another
    reason (a full mailbox).  All editions count together: an address that is gone is gone for each of them.  Mails
    from before a person took it in again (`take_in`) do not count.
    """
    told_before = store.bounces()
    again = {row.address: row.seen_at for row in reversed(told_before) if row.mark.startswith(TAKEN_IN)}
    bounced: dict[tuple[str, str, datetime | None], set[str]] = {}
    for said in told_before:
        if said.kind == "hard" and said.slot:
            bounced.setdefault((said.address, said.edition, said.slot), set()).add(said.mark)
    mails: dict[str, list[OutboxRow]] = {}
    for row in recent_mails(store, LOOK_BACK, now - LATELY):
        address = row.address.casefold()
        if row.state in ("sent", "failed", "unknown") and (address not in again or row.slot > again[address]):
            mails.setdefault(address, []).append(row)
    silent = {suppression.address for suppression in store.suppressions() if not suppression.edition}
    given_up = []
    for address, rows in mails.items():
        days = sorted({_day_of(row) for row in rows}, reverse=True)[:REPEATED]
        latest = [row for row in rows if _day_of(row) in days]
        gone = all(_came_back(row, bounced.get((address, row.edition, row.slot), set())) for row in latest)
        if len(days) == REPEATED and gone and address not in silent:
            told = f"the mails of {REPEATED} days came back, the last of {days[0]}"
            if store.suppress(address, "", "bounced", told, now):
                given_up.append(Suppression(address, "", "bounced", told, now))
    return tuple(given_up)


def _day_of(row: OutboxRow) -> date:
    """The day on which a mail was sent, or refused."""
    return row.changed_at.astimezone(BEIJING).date()


def _came_back(row: OutboxRow, marks: set[str]) -> bool:
    """Whether a mail came back, by the marks of what was said of it; the server's own refusal bears its Message-ID.

    A refusal counts no more where the mail was sent again and taken.
    """
    return any(mark != row.message_id or row.state == "failed" for mark in marks)


def take_in(store: Store, suppression: Suppression, now: datetime) -> None:
    """Lift a suppression because a person says so, and let what came back before count no more."""
    store.lift_suppression(suppression.address, suppression.edition)
    mark = f"{TAKEN_IN} {now.isoformat()}"
    store.record_bounces([BounceRow(mark, suppression.address, "", None, "soft", "", "taken in again by hand", now)])


def recent_mails(store: Store, count: int, since: datetime | None = None) -> Iterator[OutboxRow]:
    """Yield the mails of the newest issues of every edition, and of all those `since` then; the newest first."""
    seen: dict[str, int] = {}
    for issue in store.find_issues():
        seen[issue.edition] = seen.get(issue.edition, 0) + 1
        if seen[issue.edition] <= count or (since is not None and issue.slot >= since):
            yield from store.outbox_rows(issue.edition, issue.slot)
