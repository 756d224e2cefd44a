"""The way out: what waits is handed over, unless its time is over or the server is left alone for a while."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

from digest.app.call import Call
from digest.app.outcome import Outcome
from digest.app.recipients.roster import suppress_repeated
from digest.config import MailSettings, describe_login, read_password
from digest.config.mail import batch_of, pace_of
from digest.config.passwords import read_token
from digest.deliver import Pace, Server, Terms, deliver_pending, give_up_overdue, is_over, waiting_mails
from digest.errors import StoreError
from digest.model import Receipt
from digest.store import LEFT, OutboxRow, Rest, Store

FEW = 20
"""Up to so many mails are told of one by one; of more, only so many that did not arrive, and the counts."""

RESENDS = 3
"""A mail whose fate stayed unknown so often is held, whatever on_unknown says: its server takes mails and hangs up."""

LONGEST_REST = timedelta(hours=2)
"""A rest that lasts longer was begun under a wrong clock."""


class Carrier:
    """The mails of one run on their way out; what becomes of them is told, and added to the outcome.

    With `aside` the store is one that is thrown away: no rest of the server is looked for or kept in it, and nobody is
    promised another try.
    """

    def __init__(self, call: Call, store: Store, outcome: Outcome, *, aside: bool = False) -> None:
        self._call = call
        self._store = store
        self._outcome = outcome
        self._aside = outcome.aside = aside
        self._server: Server | None = None

    def open_server(self) -> Server:
        """Return the server, with its password read.

        Raises:
            ConfigError: there are no mail settings, or the password is not where they say.
        """
        self._server = self._server or server_of(self._call.settings.require_mail(), self._call.environ)
        return self._server

    def recover(self, only: str | None) -> None:
        """Decide about what a crash left half done, before anything new begins.

        A dry run decides nothing: what looks like a crash to it may be a run that is at work.
        """
        if self._call.dry_run:
            return
        for row in self._store.recover(self._call.clock()):
            what = "is held: it may have been delivered" if row.state == "unknown" else "will be tried again"
            self._call.announce(f"{row.edition}: an earlier run broke off; the mail to {row.address} {what}")
        self._requeue(only)

    def hand_over(self, only: str | None = None, *, at_once: bool = False) -> None:
        """Send the mails that wait, and keep their receipts; with `at_once` neither they nor the server wait longer.

        Mails whose time is over are given up afterwards: where nobody ran digest for a day, they had one more try.

        Raises:
            ConfigError: as `open_server`.
            MailError: the server takes nothing; all of it is still waiting.
        """
        try:
            self._send(only, at_once)
        finally:
            for receipt in give_up_overdue(self._store, self._call.clock(), self._ours(only)):
                self._call.announce(tell_receipt(receipt))
                kept = [r for r in self._outcome.receipts if r.message_id != receipt.message_id]
                self._outcome.receipts[:] = [*kept, receipt]
        self._give_up_addresses()

    def waiting(self, only: str | None = None, *, at_once: bool = False) -> tuple[OutboxRow, ...]:
        """Return the mails that `hand_over` would try, but for those to people who have left."""
        rows = waiting_mails(self._store, self._ours(only), None if at_once else self._call.clock())
        gone = {row.message_id for row in self._find_leavers(rows)}
        return tuple(row for row in rows if row.message_id not in gone)

    def _ours(self, only: str | None) -> Collection[str] | None:
        """The editions to send for; None for all.  An edition of another configuration is mailed by that one's server.

        One that is in no configuration any more belongs to the one that made it.
        """
        if only is not None or self._aside:
            return None if only is None else (only,)
        rows = self._store.pending()
        return {row.edition for row in rows} - self._others(rows)

    def _others(self, rows: Collection[OutboxRow]) -> set[str]:
        """The editions among those of the mails that belong to another configuration."""
        named = {edition.name for edition in self._call.settings.editions()}
        places = {(row.edition, row.slot) for row in rows if row.edition not in named}
        return {edition for edition, slot in places if self._is_elsewhere(edition, slot)}

    def _is_elsewhere(self, edition: str, slot: datetime) -> bool:
        made = self._store.find_issue(edition, slot)
        other = str(made.manifest.get("configuration") or "") if made else ""
        return bool(other and self._call.origin and other != self._call.origin)

    def _find_leavers(self, rows: Collection[OutboxRow]) -> list[OutboxRow]:
        """The mails to people who have left since their issue was frozen."""
        if self._aside:
            return []
        gone = {
            name: {suppression.address for suppression in self._store.suppressions(name)}
            for name in {row.edition for row in rows}
        }
        return [row for row in rows if row.address.casefold() in gone[row.edition]]

    def _send(self, only: str | None, at_once: bool) -> None:
        ours = self._ours(only)
        for row in self._find_leavers(waiting_mails(self._store, ours)):
            self._store.forget(row.message_id, self._call.clock(), LEFT)
            self._call.announce(f"{row.edition}: the mail to {row.address} is given up, since it wants no more")
        if only is None and not self._aside and (others := self._others(self._store.pending())):
            listed = ", ".join(sorted(others))
            self._call.announce(f"mails of another configuration's editions wait for its own run: {listed}")
        waiting = len(waiting_mails(self._store, ours, None if at_once else self._call.clock()))
        if not waiting:
            return
        if self._call.stopping():
            self._outcome.stopped.append(_left(waiting))
            return
        server, mail = self.open_server(), self._call.settings.require_mail()
        name = "" if self._aside else name_rest(server, mail, self._call.origin)
        rest = self._find_rest(name)
        if rest and not at_once:
            self._outcome.resting = f"{server.address} is left alone until {self._call.show(rest.until)}: {rest.why}"
            return
        pace = pace_of(mail)
        terms = Terms(Pace(pace) if pace else None, batch_of(mail), name, at_once, self._aside, self._call.stopping)
        self._outcome.worked = True
        teller = _Teller(self._call, waiting)
        try:
            receipts = deliver_pending(
                self._store,
                server,
                sender=mail.sender.address,
                now=self._call.clock,
                edition=ours,
                terms=terms,
                on_progress=teller.hear,
            )
        except StoreError as error:
            raise StoreError(error.message, teller.correct(error.hint)) from error
        finally:
            teller.sum_up()
            if rest := self._find_rest(name):
                until = self._call.show(rest.until)
                self._call.announce(f"{server.address} is left alone until {until}; digest send tries at once")
        if self._call.stopping() and (left := len(waiting_mails(self._store, ours, self._call.clock()))):
            self._outcome.stopped.append(_left(left))
        again = self._requeue(only)
        self._outcome.receipts += [replace(r, state="queued") if r.message_id in again else r for r in receipts]

    def tell_waiting(self, only: str | None) -> None:
        """Say how many mails wait for another try, and since when the next may be."""
        now = self._call.clock()
        rows = waiting_mails(self._store, self._ours(only))
        moments = [row.next_at for row in rows if row.next_at is not None and row.next_at > now]
        if moments:
            mails = "1 mail waits" if len(moments) == 1 else f"{len(moments)} mails wait"
            self._call.announce(f"{mails} for another try, from {self._call.show(min(moments))}")

    def _find_rest(self, name: str) -> Rest | None:
        """The rest the server has now, if it has any."""
        now = self._call.clock()
        rest = self._store.find_rest(name) if name else None
        return rest if rest is not None and now < rest.until <= now + LONGEST_REST else None

    def _requeue(self, only: str | None) -> set[str]:
        """The Message-IDs of mails that may have arrived and are sent again, because [mail] on_unknown wants it so."""
        mail = self._call.settings.mail
        if mail is None or mail.on_unknown != "resend" or self._aside:
            return set()
        again, now = set(), self._call.clock()
        held = self._store.outbox_rows(only, state="unknown")
        others = self._others(held) if only is None else set()
        for row in held:
            if row.tries < RESENDS and not is_over(row, now) and row.edition not in others:
                self._store.resend(row.message_id, now, now + timedelta(hours=mail.give_up))
                again.add(row.message_id)
                self._call.announce(f"{row.edition}: the mail to {row.address} may have arrived, and is sent again")
        return again

    def _give_up_addresses(self) -> None:
        """Take out the addresses that were refused too often, and say so."""
        if self._aside or not any(receipt.state == "failed" for receipt in self._outcome.receipts):
            return
        for gone in suppress_repeated(self._store, self._call.clock()):
            self._call.announce(f"{gone.address}: {gone.told}; it gets no more mail until digest recipients add")


class _Teller:
    """Says what became of the mails: of each where they are few, else of those in trouble and how many there are."""

    def __init__(self, call: Call, total: int) -> None:
        self._call = call
        self._total = total
        self._counts: Counter[str] = Counter()

    def hear(self, receipt: Receipt) -> None:
        """Take in the fate of one mail."""
        self._counts[receipt.state] += 1
        done = self._counts.total()
        troubled = done - self._counts["sent"]
        if self._total <= FEW or (receipt.state != "sent" and troubled <= FEW):
            self._call.announce(tell_receipt(receipt))
        if self._call.progress is not None:
            self._call.progress(done, self._total)

    def correct(self, hint: str) -> str:
        """Return the hint of an error of the database that came in the middle, with what was sent before it."""
        told = f"{self._counts['sent']} of {self._total} mails were sent, the others wait"
        under_way = "the one that was being handed over is held at the next run"
        return "; ".join((hint.removesuffix("; nothing was changed"), told, under_way))

    def sum_up(self) -> None:
        """Say the counts, where not every mail was told of."""
        if self._total > FEW and self._counts:
            told = ", ".join(f"{count} {state}" for state, count in sorted(self._counts.items()))
            self._call.announce(f"{self._counts.total()} mails: {told}")


def server_of(mail: MailSettings, environ: Mapping[str, str]) -> Server:
    """Return the server of the configuration, with its password read.

    Raises:
        ConfigError: the password is not where the configuration says.
    """
    by_token = bool(mail.user and mail.token_command)
    return Server(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        user=mail.user or None,
        password=read_password(mail, environ) if mail.user and not by_token else None,
        cafile=mail.cafile,
        token=partial(read_token, mail) if by_token else None,
        login_help=describe_login(mail),
    )


def name_rest(server: Server, mail: MailSettings, origin: str = "") -> str:
    """Return the name the server's rest is kept under: other settings, or a file changed since, find none.

    Nothing of the password is in it, only when the files were changed that it may stand in.
    """
    said = (server.security, server.user, mail.sender.address, server.cafile, _changed(origin))
    mark = sha256(repr((*map(str, said), _changed(mail.password_file))).encode()).hexdigest()[:12]
    return f"{server.address} {mark}"


def tell_receipt(receipt: Receipt) -> str:
    """Return a line about one mail: its address, its state, and what the server said where it did not take it."""
    if receipt.state == "sent":
        return f"{receipt.recipient}: sent"
    words = f"{receipt.code} {receipt.reply}" if receipt.code else receipt.reply
    return f"{receipt.recipient}: {receipt.state}: {words}".rstrip(": ")


def _left(count: int) -> str:
    return f"{count} {'mail is' if count == 1 else 'mails are'} not handed over"


def _changed(path: Path | str | None) -> int:
    try:
        return Path(path).stat().st_mtime_ns if path else 0
    except OSError:
        return 0
