"""A person in between: an issue composed before its slot, shown, edited, and mailed as it was last shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from digest.app.issues.issuing import placements_of
from digest.app.issues.letters import write_letter
from digest.app.issues.pictures import dump_attachments, load_attachments, pictures_of
from digest.app.mail.leaving import shared_way
from digest.app.state import open_state
from digest.compose.agenda import document_key
from digest.compose.issue import Composition, Placing
from digest.config import Settings
from digest.errors import UsageError
from digest.model import Edition, Issue, LeftOff, Letter
from digest.render import render_ics
from digest.store import Draft, Store

if TYPE_CHECKING:
    from pydantic import TypeAdapter

DROPPED = "left out by an editor"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A frozen issue that waits for its slot: what was composed, its letter, and whether a person must release it."""

    composed: Composition
    letter: Letter
    held: bool

    @property
    def issue(self) -> Issue:
        """The issue as it would be mailed."""
        return self.composed.issue


def keep_waiting(store: Store, waiting: Waiting, now: datetime) -> bool:
    """Keep a composed issue until its slot, in place of an earlier draft; False where the slot has one."""
    issue, letter = waiting.issue, waiting.letter
    before = store.find_draft(issue.edition, issue.slot)
    draft = Draft(
        edition=issue.edition,
        slot=issue.slot,
        day=issue.day,
        subject=letter.subject,
        html=letter.html,
        text=letter.text,
        issue=dump_composition(waiting.composed),
        placements=tuple(placements_of(waiting.composed)),
        composed_at=before.composed_at if before else now,
        changed_at=now,
        extras={
            "attachments": dump_attachments(letter.attachments),
            "warnings": list(letter.warnings),
            "left_off": asdict(letter.left_off),
        },
        state="held" if waiting.held else "released",
    )
    return store.keep_draft(draft)


def load_waiting(draft: Draft, edition: Edition) -> Waiting:
    """Return a draft as it was kept; its letter is the very one that was shown."""
    composed = load_composition(draft.issue)
    zone = ZoneInfo(edition.timezone)
    issue = replace(composed.issue, slot=composed.issue.slot.astimezone(zone))
    extras: Mapping[str, Any] = draft.extras
    calendar = render_ics(issue) if "attachments" not in extras else None  # one of before it was kept
    kept = (calendar,) if calendar else load_attachments(extras.get("attachments", ()))
    told = extras.get("left_off", {})
    left_off = LeftOff(told.get("short", False), tuple(told.get("folded", ())), tuple(told.get("unlisted", ())))
    letter = Letter(draft.subject, draft.html, draft.text, tuple(extras.get("warnings", ())), tuple(kept), left_off)
    return Waiting(replace(composed, issue=issue), letter, draft.state == "held")


def only_items(waiting: Waiting) -> tuple[Composition, Letter]:
    """Return the issue with placements for its own articles alone, and its letter: for a state that knows no others."""
    keys = {item.article.key for item in waiting.issue.items}
    placements = {key: placing for key, placing in waiting.composed.placements.items() if key in keys}
    return replace(waiting.composed, placements=placements), waiting.letter


def find_waiting(store: Store, edition: Edition) -> Waiting | None:
    """Return the issue of an edition that waits for its slot, the earliest; None where none does."""
    drafts = store.drafts(edition.name)
    return load_waiting(drafts[0], edition) if drafts else None


def require_waiting(store: Store, edition: Edition) -> Waiting:
    """As `find_waiting`.

    Raises:
        UsageError: none does.
    """
    waiting = find_waiting(store, edition)
    if waiting is None:
        raise UsageError(
            f"no issue of {edition.name} waits for its slot",
            "digest preview --freeze composes the next one and keeps it",
        )
    return waiting


def edit_waiting(settings: Settings, edition: Edition, change: Callable[[Issue], Issue], now: datetime) -> Waiting:
    """Return the waiting issue as it stands after a `change`, which is kept; in an edition under review it is held.

    Raises:
        UsageError: no issue waits, or it has no such item.
    """
    with open_state(settings) as store:
        waiting = require_waiting(store, edition)
        try:
            issue = change(waiting.issue)
        except ValueError as error:
            raise UsageError(str(error), "digest issue show lists the items with their numbers") from None
        composed = _follow(waiting.composed, issue)
        leaving = shared_way(settings.mail, issue, store.signing_key())
        letter = write_letter(issue, settings, settings.mail, leaving, pictures_of(waiting.letter))
        edited = replace(waiting, composed=composed, letter=letter, held=waiting.held or edition.review)
        keep_waiting(store, edited, now)
    return edited


def release_waiting(settings: Settings, edition: Edition, now: datetime) -> Issue:
    """Let the waiting issue go out at its slot.

    Raises:
        UsageError: no issue waits.
    """
    with open_state(settings) as store:
        waiting = require_waiting(store, edition)
        store.release_draft(edition.name, waiting.issue.slot, now)
    return waiting.issue


def discard_waiting(settings: Settings, edition: Edition, now: datetime) -> Issue:
    """Give up the waiting issue: its slot is composed anew when it is due.

    Raises:
        UsageError: no issue waits.
    """
    with open_state(settings) as store:
        waiting = require_waiting(store, edition)
        store.drop_draft(edition.name, waiting.issue.slot, now)
    return waiting.issue


def _follow(composed: Composition, issue: Issue) -> Composition:
    """What was composed, with an edited issue: what the editor dropped is placed nowhere, now or later."""
    kept = {item.article.key for item in issue.items}
    dropped = [item for item in composed.issue.items if item.article.key not in kept]
    gone = {item.article.key for item in dropped}
    days = {document_key(item) for item in dropped} - {document_key(item) for item in issue.items}
    placements = {
        key: Placing("expired", DROPPED, placing.event, placing.score) if placing.event in gone else placing
        for key, placing in composed.placements.items()
    }
    appointments = tuple(appointment for appointment in composed.appointments if appointment.key not in days)
    return replace(composed, issue=issue, placements=placements, appointments=appointments)


@cache
def _adapter() -> TypeAdapter[Composition]:
    from pydantic import TypeAdapter

    return TypeAdapter(Composition)


def dump_composition(composed: Composition) -> str:
    """Return a composition as JSON, without the verdicts about sentences that are not printed.

    Half a surrogate pair, which no letter can show, becomes the replacement character.
    """
    text = json.dumps(_adapter().dump_python(_without_verdicts(composed), mode="json"), ensure_ascii=False)
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def load_composition(text: str) -> Composition:
    """Return what `dump_composition` has written."""
    return _adapter().validate_json(text)


def _without_verdicts(composed: Composition) -> Composition:
    sections = tuple(
        replace(
            section,
            items=tuple(replace(item, summary=replace(item.summary, verdicts=())) for item in section.items),
        )
        for section in composed.issue.sections
    )
    return replace(composed, issue=replace(composed.issue, sections=sections))
