"""What is done about the mails that come back and the readers who leave.

Who writes that somebody wants to leave is believed only where he proves that he has a mail of ours: by a token that
was signed for him, or by its Message-ID and his own address.  The rest is shown to a person.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from digest.app.recipients.roster import recent_mails, suppress_repeated
from digest.config import Settings, load_presets, read_password
from digest.config.passwords import VARIABLE, read_token
from digest.deliver.bounces import Report, Returned, mark_of, read_returned
from digest.deliver.mailbox import ImapServer, Left, read_imap, read_maildir
from digest.deliver.tokens import find_issue, find_owner
from digest.errors import ConfigError, DigestError, FormatError, StoreError
from digest.guard import Guard
from digest.store import BounceKind, BounceRow, OutboxRow, Store, Suppression

ISSUES = 60
"""So many issues of an edition, the newest, are looked through for the mail that a message answers."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One message about one address: what it is, what it said, and what was done.  `person`: somebody must look."""

    row: BounceRow
    done: str
    person: bool = False


@dataclass(slots=True)
class Post:
    """What a reading of the mailbox found, whom it gave up, and how many messages there were and did not matter.

    `left` were not read, because there are too many.
    """

    findings: list[Finding] = field(default_factory=list)
    given_up: tuple[Suppression, ...] = ()
    read: int = 0
    known: int = 0
    ignored: int = 0
    left: int = 0

    @property
    def waiting(self) -> int:
        """How many findings a person must look at."""
        return sum(finding.person for finding in self.findings)


def open_mailbox(
    settings: Settings,
    environ: Mapping[str, str],
    since: datetime,
    maildir: Path | None = None,
    left: Left | None = None,
) -> Iterator[bytes]:
    """Return the messages of the mailbox that [bounces] names, or of `maildir`, that came since then.

    `left` is told how many further ones there are.

    Raises:
        ConfigError: the configuration names no mailbox, or no password.
        ReadError: while it is read: it cannot be reached or read.
    """
    place = maildir or settings.bounces.maildir
    return read_maildir(place, since, left) if place else read_imap(imap_server(settings, environ), since, left)


def imap_server(settings: Settings, environ: Mapping[str, str]) -> ImapServer:
    """Return the IMAP server of [bounces]; what it leaves out is that of [mail] and of its preset.

    Raises:
        ConfigError: no server is known, or no password.
    """
    bounces, mail = settings.bounces, settings.require_mail()
    preset = load_presets().get(mail.preset)
    host = bounces.host or (preset.imap if preset else "")
    user = bounces.user or mail.user
    if not host or not user:
        raise ConfigError(
            "no mailbox is known to read answers from",
            'write [bounces] with host = "imap.example.cn", or maildir = "~/Maildir"',
        )
    own = bool(bounces.password_env or bounces.password_file)
    login = mail.model_copy(update={"user": user})
    if own:
        places = {"password_env": bounces.password_env, "password_file": bounces.password_file}
        rest = {"password": None, "password_command": (), "keyring": False, "token_command": ()}
        login = login.model_copy(update=places | rest)
        environ = {name: value for name, value in environ.items() if name != VARIABLE}
    return ImapServer(
        host=host,
        user=user,
        password="" if login.token_command else read_password(login, environ),
        token=read_token(login) if login.token_command else "",
        port=bounces.port,
        security="tls" if bounces.security == "tls" else "none",
        cafile=bounces.cafile or mail.cafile,
        folder=bounces.folder,
    )


def read_marks(store: Store) -> frozenset[str]:
    """Return the marks of the messages that were told before."""
    return frozenset(row.mark for row in store.bounces())


def read_messages(messages: Iterable[bytes], known: Collection[str] = frozenset()) -> list[Returned]:
    """Return what each message says; it is read in a process of its own, for anybody may have written it.

    Of one whose mark is known only the mark is told: it is not read again.
    """
    with Guard(workers=1, warm="digest.deliver.bounces") as guard:
        return [_read(guard, data, known) for data in messages]


def decide(store: Store, messages: Iterable[Returned], now: datetime, left: int = 0) -> Post:
    """Return what the messages mean, after doing what follows from it; one that was read before changes nothing.

    What goes wrong over one message is told of it, and the others count.
    """
    post, archive = Post(left=left), _Archive(store)
    marks = set(read_marks(store))
    for returned in messages:
        post.read += 1
        if returned.mark in marks:
            post.known += 1
            continue
        marks.add(returned.mark)
        findings = _judge_safely(returned, archive, store, now)
        post.ignored += not findings
        post.findings += findings
        store.record_bounces([finding.row for finding in findings])
    post.given_up = suppress_repeated(store, now)
    return post


def _read(guard: Guard, data: bytes, known: Collection[str]) -> Returned:
    mark = mark_of(data)
    if mark in known:
        return Returned(mark, "letter", "", "", "")
    try:
        return guard.call(read_returned, data)
    except FormatError as error:
        return Returned(mark, "unreadable", "", "", f"cannot be read: {error.message}")


class _Archive:
    """The mails of the last issues, looked up when first asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: dict[str, OutboxRow] | None = None

    def find(self, message_ids: Iterable[str]) -> OutboxRow | None:
        """The first of the mails that is one of ours."""
        rows = self._all()
        return next((rows[name] for name in message_ids if name in rows), None)

    def addresses(self, edition: str | None = None, slot: datetime | None = None) -> set[str]:
        """The addresses that were mailed: in one issue, by one edition, or at all."""
        return {
            row.address.casefold()
            for row in self._all().values()
            if edition in (None, row.edition) and slot in (None, row.slot)
        }

    def _all(self) -> dict[str, OutboxRow]:
        if self._rows is None:
            self._rows = {row.message_id: row for row in recent_mails(self._store, ISSUES)}
        return self._rows


def _judge_safely(returned: Returned, archive: _Archive, store: Store, now: datetime) -> list[Finding]:
    try:
        return list(_judge(returned, archive, store, now))
    except StoreError:
        raise  # not this message's fault: what cannot be written must not be taken for read
    except (DigestError, ValueError, TypeError, LookupError) as error:
        return [_unread(returned, returned.sender, f"cannot be judged: {error}", now)]


def _judge(returned: Returned, archive: _Archive, store: Store, now: datetime) -> Iterator[Finding]:
    if returned.kind == "bounce":
        yield from _judge_bounce(returned, archive, now)
    elif returned.kind == "complaint":
        if mail := archive.find(returned.held):
            yield _unread(returned, mail.address, "reported as spam", now)
    elif returned.kind == "unreadable":
        yield _unread(returned, "", returned.told, now)
    elif returned.kind == "letter" or returned.request:
        yield from _judge_letter(returned, archive, store, now)


# ------------------------------------------------------------------------------------------------- mails that came back


def _judge_bounce(returned: Returned, archive: _Archive, now: datetime) -> Iterator[Finding]:
    mail = archive.find((*returned.held, *returned.answers))
    if not returned.reports:
        yield _unread(returned, mail.address if mail else returned.sender, returned.subject, now)
        return
    if mail:
        # one mail, one recipient: what is said of the address it was forwarded to is said of him
        worst = next((report for report in returned.reports if report.kind == "hard"), returned.reports[0])
        done = "counts against it" if worst.kind == "hard" else "nothing to do"
        yield Finding(_row(returned, mail.address, worst.kind, worst, now, mail), done)
        return
    ours = archive.addresses()
    for report in returned.reports:
        if report.address in ours:
            yield _judge_unproved(returned, report, now)


def _judge_unproved(returned: Returned, report: Report, now: datetime) -> Finding:
    """A mail that came back without ours in it: anybody may have written it, so it counts against nobody."""
    row = _row(returned, report.address, report.kind, report, now)
    if report.kind == "soft":
        return Finding(row, "nothing to do")
    return Finding(row, f"not counted, as it does not hold our mail; {_take_out(report.address)}", person=True)


# ------------------------------------------------------------------------------------------------- wishes to leave


def _judge_letter(returned: Returned, archive: _Archive, store: Store, now: datetime) -> Iterator[Finding]:
    if returned.request:
        yield _judge_request(returned, *returned.request, archive, store, now)
    elif returned.leaves:
        mail = archive.find(returned.answers)
        if mail and mail.address.casefold() == returned.sender and not returned.forged:
            yield _leave(returned, mail.edition, mail.address, store, now, mail)
        else:
            yield _unread(returned, returned.sender, f"asks to leave: {returned.subject or returned.told}", now)
    elif returned.unclear:
        said = " / ".join(filter(None, (returned.subject, returned.told)))
        yield _unread(returned, returned.sender, f"may ask to leave: {said}", now)


def _judge_request(
    returned: Returned, edition: str, token: str, archive: _Archive, store: Store, now: datetime
) -> Finding:
    """His own token proves it, from any address where nothing else is said; an issue's token does from his own."""
    key = store.signing_key()
    owner = find_owner(key, edition, token, archive.addresses(edition))
    if owner:
        if returned.exact and (returned.bare or owner == returned.sender):
            return _leave(returned, edition, owner, store, now)
        said = " / ".join(filter(None, (returned.subject, returned.told)))
        return _unread(returned, owner, f"{returned.sender} sends the token of {owner}: {said}", now)
    slot = find_issue(key, edition, token, [issue.slot for issue in store.find_issues(edition)])
    believed = returned.kind == "letter" and returned.exact and not returned.forged
    if believed and slot is not None and returned.sender in archive.addresses(edition, slot):
        return _leave(returned, edition, returned.sender, store, now)
    return _unread(returned, returned.sender, f"asks to leave {edition}, unproved", now)


def _leave(
    returned: Returned, edition: str, address: str, store: Store, now: datetime, mail: OutboxRow | None = None
) -> Finding:
    told = f"asked to leave: {returned.subject or returned.told}"
    new = store.suppress(address, edition, "unsubscribed", told, now)
    done = f"gets no more of {edition}" if new else f"got no more of {edition} already"
    row = BounceRow(
        returned.mark, address.casefold(), edition, mail.slot if mail else None, "unsubscribe", "", told, now
    )
    return Finding(row, done)


def _unread(returned: Returned, address: str, told: str, now: datetime) -> Finding:
    row = BounceRow(returned.mark, address.casefold(), "", None, "unread", "", told, now)
    hint = f"look at it; {_take_out(address)}" if address else "look at it"
    return Finding(row, hint, person=True)


def _take_out(address: str) -> str:
    """The line to run; the address may be made up to do harm in a shell."""
    return f"digest recipients remove {shlex.quote(address)}"


def _row(
    returned: Returned,
    address: str,
    kind: BounceKind,
    report: Report,
    now: datetime,
    mail: OutboxRow | None = None,
) -> BounceRow:
    edition, slot = (mail.edition, mail.slot) if mail else ("", None)
    return BounceRow(returned.mark, address.casefold(), edition, slot, kind, report.code, report.told, now)
