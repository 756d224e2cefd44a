"""Makes the issue of a slot: gathered, composed, frozen or held for a person; an empty one as its edition wants it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from digest.app.call import Call
from digest.app.issues.drafts import Waiting, find_waiting, keep_waiting
from digest.app.issues.issuing import Material, compose_letter, freeze, placements_of
from digest.app.issues.letters import fell_back
from digest.app.issues.past import read_past, with_health
from digest.app.mail.posting import Carrier
from digest.app.outcome import Outcome
from digest.app.proof.manifest import keep_files
from digest.app.reading.gather import Gathering
from digest.app.reading.offering import NOTHING_NEW, offer_articles
from digest.app.reading.reader import Reader
from digest.app.recipients.roster import Roster, resolve_recipients
from digest.app.slots import FAR
from digest.app.timetable import calendar_of, unknown_holidays
from digest.compose.issue import Composition
from digest.errors import StoreError
from digest.model import Article, Edition, Letter
from digest.schedule.calendar import calendar_warning
from digest.schedule.moments import shown
from digest.store import Store


@dataclass(frozen=True, slots=True)
class Part:
    """What the issue of a missed slot may take, where each missed slot gets its own: what was out by then.

    `waited` says by its key of what was a candidate before this edition's turn came when it was first seen.
    """

    until: datetime
    waited: Mapping[str, datetime] = field(default_factory=dict)

    def takes(self, article: Article) -> bool:
        """Return whether an article was out by then; of one without a date nobody knows, so a later issue takes it."""
        published, seen = article.published, self.waited.get(article.key)
        if seen is not None and seen <= self.until:  # else another edition, or a run that broke off, has just read it
            return True
        if published is None:
            return False
        if isinstance(published, datetime):
            return published <= self.until
        return published <= self.until.date()


class Editor:
    """Makes the issues of one run from what its reader gathers; `memory` is the state that knows earlier issues."""

    def __init__(self, call: Call, store: Store, reader: Reader, outcome: Outcome, carrier: Carrier) -> None:
        self.memory = store
        self._call = call
        self._store = store
        self._reader = reader
        self._outcome = outcome
        self._carrier = carrier
        self._rosters: dict[str, Roster] = {}
        self._warned: set[str] = set()

    def issue(self, edition: Edition, slot: datetime, part: Part | None = None, *, own: bool = False) -> bool:
        """Compose and freeze the issue of one slot, or freeze the one that waits; False where it is still to be made.

        With a `part` it takes that alone.  `own` says that the slot is in no schedule: nobody misses its issue.
        """
        if waiting := self.find_waiting(edition, slot):
            return self.issue_waiting(edition, waiting)
        if not self._has_readers(edition):
            return False
        if not self._call.dry_run:
            self._carrier.open_server()  # a missing password is found before anything is frozen
        found = self.gather(edition)
        candidates, known = offer_articles(self._store, edition, found, self._call.clock())
        if not self._can_compose(edition, found, candidates):
            return False
        self._reader.check_mailed()
        mine = [article for article in candidates if part is None or part.takes(article)]
        composed, letter = self.compose(edition, slot, mine, known, found)
        if composed.issue.empty and edition.empty == "skip":
            self._leave_out(edition, composed, own)
            return True
        keep_files(self._store, composed.issue, found.files, self._call.clock())
        if edition.review:
            waiting = Waiting(composed, letter, held=True)
            keep_waiting(self._store, waiting, self._call.clock())
            self._tell_held(edition, waiting)
            return False
        return self._freeze(edition, composed, letter)

    def _can_compose(self, edition: Edition, found: Gathering, candidates: Sequence[Article]) -> bool:
        """Whether there is anything to compose of; not where the run is asked to end: half of it may be unread."""
        if self._call.stopping():
            self._outcome.stopped.append(f"the issue of {edition.name} is not composed")
            return False
        if found.failed and not candidates and not self._is_gone(found):
            self._call.announce(
                f"{edition.name}: no source could be read, so nothing is composed; the next run tries again"
            )
            return False
        return True

    def _is_gone(self, found: Gathering) -> bool:
        """Whether every source is a page that is gone for good: then there is nothing to wait for, nor anything new."""
        return bool(found.reports) and {report.name for report in found.reports} <= found.left

    def _leave_out(self, edition: Edition, composed: Composition, own: bool) -> None:
        """Keep that there is nothing to mail, and why each article was left out."""
        slot = composed.issue.slot
        self._call.announce(f'{edition.name}: nothing new for {shown(slot)}, so no mail, as empty = "skip" wants it')
        if not own:
            placements = placements_of(composed)
            self._store.skip_slot(edition.name, slot, NOTHING_NEW, self._call.clock(), placements)

    def find_waiting(self, edition: Edition, slot: datetime) -> Waiting | None:
        """Return the issue that waits, also for a slot that is in no schedule now; a wrong clock's is given up."""
        waiting = find_waiting(self._store, edition)
        if waiting and waiting.issue.slot - slot > FAR:
            self._call.announce(
                f"{edition.name}: the frozen issue of {shown(waiting.issue.slot)} is dated far in the future: given up"
            )
            self._store.drop_draft(edition.name, waiting.issue.slot, self._call.clock())
            return find_waiting(self._store, edition)
        return waiting

    def issue_waiting(self, edition: Edition, waiting: Waiting) -> bool:
        """Freeze the issue that waited, as it was last shown; False where a person must release it first."""
        if waiting.held:
            self._tell_held(edition, waiting)
            return False
        if not self._has_readers(edition):
            return False
        if not self._call.dry_run:
            self._carrier.open_server()
        try:
            return self._freeze(edition, waiting.composed, waiting.letter)
        except StoreError as error:
            raise StoreError(
                f"{edition.name}: the frozen issue cannot be mailed: {error.message}",
                "digest issue discard gives it up; the next digest run composes anew",
            ) from error

    def _tell_held(self, edition: Edition, waiting: Waiting) -> None:
        """Say that an issue waits until somebody releases it."""
        told = f"the issue of {shown(waiting.issue.slot)} of {edition.name} is held"
        name = f" --edition {edition.name}" if edition.name != self._call.settings.edition[0].name else ""
        self._call.announce(f"{told}: digest issue show{name}, then digest issue release{name}")
        self._outcome.waiting.append(told)

    def gather(self, edition: Edition, only: Collection[str] | None = None) -> Gathering:
        """Read the sources of an edition, or those of them that `only` names, and tell what is wrong with them.

        That the only page of a source is gone is told once; from then on the mail's foot says it.
        """
        self._outcome.worked = True
        found = self._reader.gather(edition, only=only)
        for report in found.reports:
            if not report.problems:
                self._call.detail(f"{report.name}: {report.articles} articles")
            for problem in report.problems if report.name not in found.left else ():
                self._outcome.troubled = True
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
        self._warn_of_calendar(slot)
        past = read_past(self.memory, call.settings, edition, slot)
        past = replace(past, told=()) if again else past
        found.reports = with_health(self.memory, found.reports, call.clock())
        made = Material(found, candidates, known, past, slot)
        key = self.memory.signing_key()
        composed, letter = compose_letter(call.settings, edition, made, call.clock, call.environ, key)
        for warning in letter.warnings:
            call.announce(f"{edition.name}: {warning}")
        return composed, letter

    def _warn_of_calendar(self, slot: datetime) -> None:
        """Say once a run which holidays are not known, where an edition, or the days to come in it, need them."""
        settings, day = self._call.settings, slot.date()
        warning = calendar_warning(calendar_of(settings), day) if unknown_holidays(settings, day) else ""
        if warning and warning not in self._warned:
            self._warned.add(warning)
            self._call.announce(warning)

    def _has_readers(self, edition: Edition) -> bool:
        """Whether anybody gets the edition, after its lists were read; what is wrong with them is told.

        Raises:
            ConfigError: a list cannot be read, and without it nobody is left.
        """
        roster = self._rosters[edition.name] = resolve_recipients(self._call.settings, edition, self._store)
        for problem in roster.problems:
            self._call.announce(f"{edition.name}: {problem}")
        if roster.problems:
            self._outcome.unlisted.append(edition.name)
        if roster.recipients or self._call.dry_run:
            return True
        self._call.announce(f"{edition.name}: nobody is left to mail it to; digest recipients list shows who left")
        self._outcome.broken.append(edition.name)
        self._outcome.causes[edition.name] = "nobody is left to mail it to"
        return False

    def _freeze(self, edition: Edition, composed: Composition, letter: Letter) -> bool:
        """Freeze an issue for its readers; whether its slot is settled now, by us or by another run."""
        call, issue = self._call, composed.issue
        name, slot, what = edition.name, shown(issue.slot), _counted(composed)
        if fell_back(letter):
            self._outcome.plain.append(name)
        readers = self._rosters[name].recipients
        frozen = False
        if call.mail is None:
            call.announce(f"{name}: {what} would be sent, but there is no [mail] in the configuration yet")
        elif readers and not freeze(self._store, composed, letter, readers, call.mail, call.clock(), call.origin):
            call.announce(f"{name}: another run has just composed the issue of {slot}")
            return True
        elif not call.dry_run:
            call.announce(f"{name}: composed the issue of {slot}, {what}")
            frozen = True
        if call.dry_run:
            frozen = bool(readers and call.mail)
            call.announce(f"{name}: would compose the issue of {slot}, {what}: {letter.subject}")
            for item in issue.items:
                call.announce(f"  {item.number}. {item.title}")
        self._outcome.issued += [name] if frozen else []
        return frozen


def _counted(composed: Composition) -> str:
    issue = composed.issue
    return "a note that nothing is new" if issue.short else f"{len(issue.items)} items"
