"""Where one run works: what is due of each edition is made, what was missed made up for, and all of it handed over."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from digest.app.call import Call
from digest.app.issues.drafts import Waiting, find_waiting
from digest.app.issues.editor import Editor, Part
from digest.app.mail.posting import Carrier
from digest.app.outcome import Outcome
from digest.app.proof.manifest import keep_bytes
from digest.app.reading.offering import offer_articles, open_candidates
from digest.app.reading.reader import Reader
from digest.app.reading.tried import find_tried
from digest.app.slots import begin_edition, dated_ahead, last_slot
from digest.app.timetable import timetable_of
from digest.errors import ConfigError, StoreError
from digest.model import Edition
from digest.schedule.due import Due, due, reading_slot
from digest.schedule.moments import instant, shown
from digest.schedule.timetable import Timetable
from digest.store import Store


class Desk:
    """Where one run works: the state in front of it, who makes its issues and mails them, and what has come of it."""

    def __init__(self, call: Call, store: Store, reader: Reader) -> None:
        self.outcome = Outcome()
        self._call = call
        self._store = store
        self._reader = reader
        self.carrier = Carrier(call, store, self.outcome)
        self.editor = Editor(call, store, reader, self.outcome, self.carrier)

    def try_issue(self, edition: Edition, *, alone: bool) -> None:
        """As `issue_when_due`; one edition that cannot be composed does not stop the others.

        Raises:
            StoreError, ConfigError: there are no others.
        """
        if self._call.stopping():
            self.outcome.stopped.append(f"{edition.name} is not looked at")
            return
        try:
            self.issue_when_due(edition)
        except (StoreError, ConfigError) as error:
            if alone:
                raise
            mistakes = error.mistakes if isinstance(error, ConfigError) else ()
            self._call.announce("; ".join((error.message, *mistakes, error.hint)))
            self.outcome.broken.append(edition.name)
            self.outcome.causes[edition.name] = "; ".join((error.message, *mistakes))

    def issue_when_due(self, edition: Edition) -> None:
        """Make what is due of an edition, or say when something will be."""
        now = self._call.clock()
        timetable = timetable_of(self._call.settings, edition)
        last = self.find_last(edition, timetable, now)
        found = due(timetable, now, last)
        waiting = self._find_open(edition, found, now)
        if waiting and waiting.held:
            self._read_between(edition, timetable, now, last)
            self.editor.issue_waiting(edition, waiting)
        elif waiting or found:
            self.outcome.worked = True
            # composed in time and held since: what a person releases late is not to be thrown away for it
            if waiting is None or self.editor.issue_waiting(edition, waiting):
                self.catch_up(edition, found)
        elif not self._read_between(edition, timetable, now, last):
            self._tell_next(edition, timetable, now, last)

    def find_last(self, edition: Edition, timetable: Timetable, now: datetime) -> datetime | None:
        """Return the last slot that counts, after telling of a wrong clock; a new edition begins with this run."""
        if ahead := dated_ahead(self._store, edition.name, now):
            self.outcome.ahead.append(f"the last issue of {edition.name} is dated {shown(ahead)}")
        last = last_slot(self._store, edition.name, now)
        if last is None:
            self._tell_of_former(edition)
            return begin_edition(self._store, timetable, edition.name, now)
        return last

    def _find_open(self, edition: Edition, found: Due, now: datetime) -> Waiting | None:
        """The issue that waits, where its slot has come, or another one that it goes out for."""
        if found:
            return self.editor.find_waiting(edition, found.latest)
        waiting = find_waiting(self._store, edition)
        return waiting if waiting and instant(waiting.issue.slot) <= instant(now) else None

    def catch_up(self, edition: Edition, found: Due) -> None:
        """Make the issues that are due, the oldest first, and write down which slots get none."""
        zone = ZoneInfo(edition.timezone)
        found = found.after(last_slot(self._store, edition.name, self._call.clock()))
        self._skip(edition, found)
        many = len(found.slots) > 1
        before = open_candidates(self._store, edition, self._call.clock()) if many else []
        waited = self._store.first_seen(article.key for article in before)
        for place, slot in enumerate(found.slots, 1):
            part = Part(slot.astimezone(zone), waited) if place < len(found.slots) else None
            if not self.editor.issue(edition, slot.astimezone(zone), part):
                return

    def _skip(self, edition: Edition, found: Due) -> None:
        now = self._call.clock()
        for skipped in found.skipped:
            slot = skipped.slot.astimezone(ZoneInfo(edition.timezone))
            self._store.skip_slot(edition.name, slot, skipped.reason, now)
            self._call.announce(f"{edition.name}: no issue of {shown(slot)}: it {skipped.reason}")

    def _read_between(self, edition: Edition, timetable: Timetable, now: datetime, last: datetime | None) -> bool:
        """Read the sources at the times of the edition on a day without an issue, for feeds keep entries for few days.

        Each source once a time, whether it answers or not; one that a deadline left unread is read at the next run.
        """
        tried = find_tried(self._call.settings, self._store, edition, now).items()
        unread = [
            name
            for name, moment in tried
            if reading_slot(timetable, now, moment) or (moment is None and reading_slot(timetable, now, last))
        ]
        if not unread or self._call.dry_run:
            return False
        found = self.editor.gather(edition, unread)
        candidates, _ = offer_articles(self._store, edition, found, now)
        keep_bytes(self._store, candidates, found.files, now)
        following = timetable.following(now)
        told = f"the issue of {shown(following)}" if following else "an issue"
        self._call.announce(
            f"{edition.name}: no issue is made now; sources read: {len(unread)}; for {told}: {len(candidates)}"
        )
        if any(report.problems and self._call.stopping() for report in found.reports):
            self.outcome.stopped.append(f"sources of {edition.name} are not read")
        return True

    def _tell_next(self, edition: Edition, timetable: Timetable, now: datetime, last: datetime | None) -> None:
        if waiting := self._store.pending(edition.name, now=now):
            self._call.announce(
                f"{edition.name}: nothing new is due; still to be sent of the last issue: {len(waiting)}"
            )
            return
        upcoming = timetable.following(now)
        told = f"next at {shown(upcoming)}" if upcoming else "and nothing will be for a year"
        self._call.announce(f"{edition.name}: nothing due; {told}")
        self._warn_of_another(edition, last)

    def _tell_of_former(self, edition: Edition) -> None:
        """Say, of a new edition, which ones are in no configuration any more: it may be one of them.

        Under its new name it knows nothing of what it printed under the old one, and a frozen issue stays behind.
        """
        named = {one.name for one in self._call.settings.editions()}
        newest = {row.edition: row.slot for row in reversed(self._store.find_issues()) if row.edition not in named}
        ours = {name for name, slot in newest.items() if not self._made_elsewhere(name, slot)}
        drafts = {draft.edition for draft in self._store.drafts()} - named
        for former in sorted(ours | (drafts - newest.keys())):
            frozen = ", and an issue of it is frozen" if former in drafts else ""
            self._call.announce(
                f"{edition.name} is new, while {former} is no edition any more{frozen}: "
                f'if you renamed it, write name = "{former}" again, or it begins anew and may repeat what it has told'
            )

    def _warn_of_another(self, edition: Edition, last: datetime | None) -> None:
        """Say when the last issue was made by another configuration, which has this edition's name and database."""
        if last and (other := self._made_elsewhere(edition.name, last)):
            self._call.announce(
                f"{edition.name}: its last issue was made by another configuration, {other}; "
                "give each its own [store] path or --data-dir"
            )

    def _made_elsewhere(self, edition: str, slot: datetime) -> str:
        """The path of the configuration that an issue was made by, where that is another one."""
        made = self._store.find_issue(edition, slot)
        other = str(made.manifest.get("configuration") or "") if made else ""
        return other if self._call.origin and other != self._call.origin else ""

    def deliver(self, only: str | None, *, at_once: bool = False) -> None:
        """Hand over what waits, and count what is held."""
        if self._call.dry_run:
            for row in self.carrier.waiting(only, at_once=at_once):
                self._call.announce(f"{row.edition}: would mail {row.address}")
        else:
            self.carrier.hand_over(only, at_once=at_once)
        self.carrier.tell_waiting(only)
        self.outcome.held = self._store.count_mails(only, "unknown")
