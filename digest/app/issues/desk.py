"""Where one run works: what is due is gathered, composed, frozen and handed over, and what came of it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest.app.call import Call
from digest.app.issues.drafts import Waiting, find_waiting, keep_waiting
from digest.app.issues.issuing import Material, compose_letter, freeze, offer_articles
from digest.app.issues.letters import fell_back
from digest.app.issues.past import read_past, with_health
from digest.app.mail.posting import Carrier
from digest.app.outcome import Outcome
from digest.app.proof.manifest import keep_files
from digest.app.reading.gather import Gathering
from digest.app.reading.reader import Reader
from digest.app.recipients.roster import Roster, resolve_recipients
from digest.app.timetable import timetable_of
from digest.compose.issue import Composition
from digest.errors import ConfigError, StoreError
from digest.model import Article, Edition, Letter
from digest.schedule.due import due_slot
from digest.store import Store

FAR = timedelta(days=2)
"""An issue dated so far ahead was made by a wrong clock, or by --now: nothing would be due until then, unsaid."""


class Desk:
    """Where one run works: the state in front of it, and what has come of it so far."""

    def __init__(self, call: Call, store: Store, reader: Reader) -> None:
        self.outcome = Outcome()
        self._call = call
        self._store = store
        self._reader = reader
        self._rosters: dict[str, Roster] = {}
        self.carrier = Carrier(call, store, self.outcome)
        self.memory = store

    def try_issue(self, edition: Edition, *, alone: bool) -> None:
        """As `issue_when_due`; one edition that cannot be composed does not stop the others.

        Raises:
            StoreError, ConfigError: there are no others.
        """
        try:
            self.issue_when_due(edition)
        except (StoreError, ConfigError) as error:
            if alone:
                raise
            mistakes = error.mistakes if isinstance(error, ConfigError) else ()
            self._call.announce("; ".join((error.message, *mistakes, error.hint)))
            self.outcome.broken.append(edition.name)

    def issue_when_due(self, edition: Edition) -> None:
        """Compose the issue of an edition whose time has come, or say when it will."""
        now = self._call.clock()
        last = self._store.latest_slot(edition.name)
        timetable = timetable_of(self._call.settings, edition)
        slot = due_slot(timetable, now, last)
        if last is not None and last - now > FAR:
            self.outcome.ahead.append(f"the last issue of {edition.name} is dated {_shown(last)}, in the future")
        elif slot is not None:
            self.issue(edition, slot.astimezone(ZoneInfo(edition.timezone)))
        elif waiting := self._store.pending(edition.name, now=now):
            self._call.announce(
                f"{edition.name}: nothing new is due; still to be sent of the last issue: {len(waiting)}"
            )
        else:
            upcoming = timetable.following(now)
            told = f"next at {_shown(upcoming)}" if upcoming else "and nothing will be for a year"
            self._call.announce(f"{edition.name}: nothing due; {told}")
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
        if not self._has_readers(edition):
            return
        if not call.dry_run:
            self.carrier.open_server()  # a missing password is found before anything is frozen
        found = self.gather(edition)
        candidates, known = offer_articles(self._store, edition, found, call.clock())
        if found.failed and not candidates:
            call.announce(f"{edition.name}: no source could be read, so nothing is composed; the next run tries again")
            return
        self._reader.check_mailed()
        composed, letter = self.compose(edition, slot, candidates, known, found)
        keep_files(self._store, composed.issue, found.files, call.clock())
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
        if not self._has_readers(edition):
            return
        if not self._call.dry_run:
            self.carrier.open_server()
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
        call = self._call
        past = read_past(self.memory, call.settings, edition, slot)
        past = replace(past, told=()) if again else past
        found.reports = with_health(self.memory, found.reports, call.clock())
        made = Material(found, candidates, known, past, slot)
        key = self.memory.signing_key()
        composed, letter = compose_letter(call.settings, edition, made, call.clock, call.environ, key)
        for warning in letter.warnings:
            call.announce(f"{edition.name}: {warning}")
        return composed, letter

    def deliver(self, only: str | None, *, at_once: bool = False) -> None:
        """Hand over what waits, and count what is held."""
        if self._call.dry_run:
            for row in self.carrier.waiting(only, at_once=at_once):
                self._call.announce(f"{row.edition}: would mail {row.address}")
        else:
            self.carrier.hand_over(only, at_once=at_once)
        self.carrier.tell_waiting(only)
        self.outcome.held = self._store.count_mails(only, "unknown")

    def _has_readers(self, edition: Edition) -> bool:
        """Whether anybody gets the edition, after its lists were read; what is wrong with them is told.

        Raises:
            ConfigError: a list cannot be read, and without it nobody is left.
        """
        roster = self._rosters[edition.name] = resolve_recipients(self._call.settings, edition, self._store)
        for problem in roster.problems:
            self._call.announce(f"{edition.name}: {problem}")
        if roster.problems:
            self.outcome.unlisted.append(edition.name)
        if roster.recipients or self._call.dry_run:
            return True
        self._call.announce(f"{edition.name}: nobody is left to mail it to; digest recipients list shows who left")
        self.outcome.broken.append(edition.name)
        return False

    def _freeze(self, edition: Edition, composed: Composition, letter: Letter) -> None:
        call, issue = self._call, composed.issue
        name, slot, count = edition.name, _shown(issue.slot), len(issue.items)
        if fell_back(letter):
            self.outcome.plain.append(name)
        readers = self._rosters[name].recipients
        if call.mail is None:
            call.announce(f"{name}: {count} items would be sent, but there is no [mail] in the configuration yet")
        elif readers and not freeze(self._store, composed, letter, readers, call.mail, call.clock(), call.origin):
            call.announce(f"{name}: another run has just composed the issue of {slot}")
        elif not call.dry_run:
            call.announce(f"{name}: composed the issue of {slot}, {count} items")
        if call.dry_run:
            call.announce(f"{name}: would compose the issue of {slot}, {count} items: {letter.subject}")
            for item in issue.items:
                call.announce(f"  {item.number}. {item.title}")


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
