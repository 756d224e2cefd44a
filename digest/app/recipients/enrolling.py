"""Taking recipients in, taking them out, and telling who they are and why somebody gets nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.app.recipients.members import Member, list_members
from digest.app.recipients.roster import members_of, merge_members, take_in
from digest.config import Settings, parse_mailbox, suggest
from digest.config.editing import ListOwner, add_recipient, listed_recipients, remove_recipient
from digest.config.wording import find_nearest, quote
from digest.errors import UsageError
from digest.model import Recipient
from digest.store import Store, Suppression


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One address of one edition ('' is every one): on which lists it stands, and what keeps its mail back."""

    edition: str
    recipient: Recipient
    places: tuple[str, ...]
    suppression: Suppression | None


@dataclass(frozen=True, slots=True)
class Lists:
    """The configuration that is changed: its file, what it says, and the environment."""

    path: Path
    settings: Settings
    environ: Mapping[str, str]


def list_enrolments(
    settings: Settings, store: Store, only: str | None = None
) -> tuple[tuple[Enrolment, ...], tuple[str, ...]]:
    """Return every address by edition and in the order of the lists, and what is wrong with the lists.

    Suppressed addresses that stand on no list (any more) come last.
    """
    rows: list[Enrolment] = []
    problems: dict[str, None] = {}
    for edition in [settings.find_edition(only)] if only else settings.editions():
        found = members_of(settings, edition)
        problems |= dict.fromkeys(found.problems)
        silent = {suppression.address: suppression for suppression in store.suppressions(edition.name)}
        for folded, recipient in merge_members(found.members).items():
            places = tuple(dict.fromkeys(m.place for m in _of(found.members, folded)))
            rows.append(Enrolment(edition.name, recipient, places, silent.get(folded)))
    shown = {row.suppression for row in rows}
    rows += [
        Enrolment(suppression.edition, Recipient(suppression.address), (), suppression)
        for suppression in store.suppressions(only)
        if suppression not in shown
    ]
    return tuple(rows), tuple(problems)


def enroll(lists: Lists, store: Store, who: Recipient, kind: ListOwner, name: str, now: datetime) -> tuple[str, ...]:
    """Return what was done to let somebody get an edition, or those of a group: written down, a suppression lifted.

    Raises:
        UsageError: there is no such edition or group, or he gets it already.
        ConfigError: the file cannot be changed.
    """
    editions = editions_of(lists.settings, kind, name)
    standing = _of(_members(lists.settings, kind, name), who.address.casefold())
    lifted = [
        suppression
        for suppression in store.suppressions()
        if suppression.address == who.address.casefold() and suppression.edition in ("", *editions)
    ]
    if standing and not lifted:
        raise UsageError(
            f"{who.address} is there already: {standing[0].place}", "digest recipients list shows everybody"
        )
    done = []
    if not standing:
        add_recipient(lists.path, kind, name, write_mailbox(who), lists.environ)
        done.append(f"{who.address}: added to [[{kind}]] {name} in {lists.path}")
    for suppression in lifted:
        take_in(store, suppression, now)
        whose = suppression.edition or "every edition"
        done.append(
            f"{who.address}: gets mail of {whose} again; it was {suppression.reason} since "
            f"{suppression.since:%Y-%m-%d}: {suppression.told}"
        )
    return tuple(done)


def dismiss(
    lists: Lists, store: Store, address: str, kind: ListOwner | None, name: str, now: datetime
) -> tuple[str, ...]:
    """Return what was done to let an address get nothing more: of one edition, of a group, or (None) at all.

    It is taken out of the lists in the configuration.  Where it stands on a list that is not ours to write, a file or a
    program's, it is suppressed by hand; so it is for an edition that it still gets through a group.

    Raises:
        UsageError: it stands on none of these lists.
        ConfigError: the file cannot be changed.
    """
    settings = lists.settings
    owners: list[tuple[ListOwner, str]] = [(kind, name)] if kind else _owners(settings)
    standing = [m for owner in owners for m in _of(_members(settings, *owner), address.casefold())]
    if not standing:
        known = [m.recipient.address for owner in owners for m in _members(settings, *owner)]
        raise UsageError(f"{address} stands on no list", _suggest_address(address, known))
    done = []
    for owner_kind, owner in owners:
        for written in listed_recipients(lists.path, owner_kind, owner):
            if parse_mailbox(written).address.casefold() == address.casefold():
                remove_recipient(lists.path, owner_kind, owner, written, lists.environ)
                done.append(f"{address}: taken out of [[{owner_kind}]] {owner} in {lists.path}")
    kept = [m for m in standing if m.kind in ("file", "command") or (kind == "edition" and m.kind == "group")]
    for edition in _suppressed_for(settings, kind, name) if kept else ():
        told = f"stays on {kept[0].place}"
        if store.suppress(address, edition, "by hand", told, now):
            done.append(f"{address}: stays on {kept[0].place}, so it is suppressed for {edition or 'every edition'}")
    waiting = [row for row in store.pending() if row.address.casefold() == address.casefold()]
    done += [f"{address}: a mail still waits; digest outbox forget {row.message_id!r} gives it up" for row in waiting]
    return tuple(done) or (f"{address}: was suppressed already",)


def editions_of(settings: Settings, kind: ListOwner, name: str) -> tuple[str, ...]:
    """Return the names of the editions that a list belongs to; raises UsageError where there is no such list."""
    if kind == "edition":
        return (settings.find_edition(name).name,)
    if name not in [group.name for group in settings.group]:
        raise UsageError(f"there is no group {name!r}", suggest(name, [group.name for group in settings.group]))
    return tuple(edition.name for edition in settings.editions() if name in edition.groups)


def write_mailbox(who: Recipient) -> str:
    """Return the recipient as digest.toml writes it."""
    return f"{who.name} <{who.address}>" if who.name else who.address


def _suggest_address(address: str, known: Iterable[str]) -> str:
    """What was meant: the name or the domain is mistyped.  Two names at one domain are alike by that alone."""
    name, _, domain = address.casefold().rpartition("@")
    parts = [(one, *one.casefold().rpartition("@")[::2]) for one in known]
    names = {other: one for one, other, where in parts if where == domain}
    domains = {where: one for one, other, where in parts if other == name}
    meant = names.get(find_nearest(name, names)) or domains.get(find_nearest(domain, domains))
    return f"did you mean {quote(meant)}?" if meant else "digest recipients list shows everybody"


def _owners(settings: Settings) -> list[tuple[ListOwner, str]]:
    editions: list[tuple[ListOwner, str]] = [("edition", table.name) for table in settings.edition]
    return [*editions, *(("group", group.name) for group in settings.group)]


def _members(settings: Settings, kind: ListOwner, name: str) -> tuple[Member, ...]:
    editions_of(settings, kind, name)
    if kind == "edition":
        return members_of(settings, settings.find_edition(name)).members
    return next(list_members(group).members for group in settings.group if group.name == name)


def _suppressed_for(settings: Settings, kind: ListOwner | None, name: str) -> tuple[str, ...]:
    return ("",) if kind is None else editions_of(settings, kind, name)


def _of(members: Iterable[Member], folded: str) -> list[Member]:
    return [member for member in members if member.recipient.address.casefold() == folded]
