"""What is wrong and concerns a person: each matter has a name that stays the same from run to run, and a remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from digest.app.operation.disk import show_size
from digest.app.operation.service import Service
from digest.app.operation.status import DAYS_FAILING, EditionStatus, SourceStatus, Status
from digest.errors import WELL, BusyError, ConfigError, DigestError, MailError, PartlyDone
from digest.model import InterfaceLanguage
from digest.render.problems import translate
from digest.schedule.moments import shown
from digest.store import Alert

if TYPE_CHECKING:
    from digest.app.outcome import Outcome

Kind = Literal[
    "overdue",
    "stopped",
    "failed",
    "unsent",
    "refused",
    "ahead",
    "fresh",
    "waiting",
    "held",
    "lists",
    "failing",
    "silent",
    "calendar",
    "database",
    "disk",
    "templates",
    "daemon",
    "run",
    "lost",
    "late",
]

MOST_LATE = 3
"""So many slots in a row that were skipped as late are no accident: the machine is never on in time."""

GRAVE: frozenset[Kind] = frozenset({"overdue", "stopped", "failed", "unsent", "refused", "database"})
"""An edition does not go out."""

OF_A_RUN: frozenset[Kind] = frozenset({"failed", "lists", "templates"})
"""Only the run that meets these can see them; they end with the next issue of their edition."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that is wrong: its kind, what it is about, and the values its words need.

    `since` is when it began, where that can be known; `advice` names another remedy than the usual one of its kind.
    """

    kind: Kind
    name: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None
    advice: str = ""

    @property
    def key(self) -> str:
        """What it is kept under: the same as long as it lasts."""
        return f"{self.kind} {self.name}".strip()

    @property
    def grave(self) -> bool:
        """Whether an edition does not go out."""
        return self.kind in GRAVE

    def words(self, language: InterfaceLanguage = "en") -> str:
        """Return what is wrong, in one sentence."""
        why = _translated(self.values.get("why", ""), language)
        because = (": " if language == "en" else "：") + why if why else ""
        return operator_words(language)[self.kind] % {"name": self.name, **self.values, "why": why, "because": because}

    def remedy(self, language: InterfaceLanguage = "en") -> str:
        """Return what to do about it."""
        return operator_words(language)[f"{self.advice or self.kind}_remedy"] % {"name": self.name, **self.values}


@cache
def operator_words(language: InterfaceLanguage) -> Mapping[str, str]:
    """Return the words for the operator by their keys: Chinese, or English."""
    text = files("digest.data").joinpath("alerts.toml").read_text("utf-8")
    words: Mapping[str, str] = tomllib.loads(text)["en" if language == "en" else "zh-Hans"]
    return words


def remedy_of(key: str, language: InterfaceLanguage = "en") -> str:
    """Return what to do about the matter that is kept under `key`."""
    kind, _, name = key.partition(" ")
    return operator_words(language).get(f"{kind}_remedy", "") % {"name": name}


def find_matters(status: Status, zone: ZoneInfo) -> tuple[Matter, ...]:
    """Return what can be seen to be wrong; moments are told in `zone`."""
    return tuple(_all(status, zone))


def _all(status: Status, zone: ZoneInfo) -> Iterator[Matter]:
    if status.damage:
        yield Matter("database", values={"why": status.damage})
    for edition in status.editions:
        yield from _of_edition(edition, zone)
    if status.outbox.held:
        yield Matter("held", values={"count": str(status.outbox.held)})
    for source in status.sources:
        yield from _of_source(source)
    if status.unknown_year:
        yield Matter("calendar", str(status.unknown_year))
    if status.disk and status.disk.low:
        yield Matter("disk", values={"free": show_size(status.disk.free)})


def _of_edition(edition: EditionStatus, zone: ZoneInfo) -> Iterator[Matter]:
    name, last = edition.name, edition.last
    if edition.ahead and last:
        yield Matter("ahead", name, {"slot": shown(last.slot, zone)})
    if edition.held:
        yield Matter("waiting", name, {"slot": shown(edition.held, zone)}, edition.held)
    if last and edition.unsent:
        waiting = sum(last.mails.get(state, 0) for state in ("queued", "sending", "deferred"))
        told = {"slot": shown(last.slot, zone), "count": str(waiting), "why": last.reply}
        yield Matter("unsent", name, told, last.slot)
    elif last and last.state == "void":
        yield Matter("refused", name, {"slot": shown(last.slot, zone), "why": last.reply}, last.slot)
    if edition.due and edition.missed:
        yield Matter("overdue", name, {"slot": shown(edition.due, zone)}, edition.due)
    if edition.too_late >= MOST_LATE:
        yield Matter("late", name, {"count": str(edition.too_late)})


def _of_source(source: SourceStatus) -> Iterator[Matter]:
    if source.failing >= DAYS_FAILING:
        values = {"days": str(source.failing), "why": source.problem}
        yield Matter("failing", source.name, values, source.since)
    elif source.silent:
        values = {"days": str(source.silent), "usual": f"{source.usual:g}"}
        yield Matter("silent", source.name, values, source.since)


def matters_of_run(outcome: Outcome, error: DigestError | None) -> Iterator[Matter]:
    """Yield what only the run itself can see; what became of the mails is seen in the store."""
    if error is not None and not isinstance(error, (MailError, PartlyDone, BusyError)):
        mistakes = error.mistakes if isinstance(error, ConfigError) else ()
        yield Matter("stopped", values={"why": "; ".join((error.message, *mistakes))})
    for name in outcome.broken:
        yield Matter("failed", name, {"why": outcome.causes.get(name, "")})
    for name in outcome.unlisted:
        yield Matter("lists", name)
    for name in outcome.plain:
        yield Matter("templates", name)


def with_causes(matters: Iterable[Matter], outcome: Outcome, error: DigestError | None) -> Iterator[Matter]:
    """Yield the matters; an issue that is missing or waits says why, where the run knows it and the store does not."""
    told = error.message if error is not None and not isinstance(error, BusyError) else ""
    for matter in matters:
        cause = ""
        if matter.kind == "overdue" and not isinstance(error, MailError):
            cause = outcome.causes.get(matter.name, told)
        elif matter.kind == "unsent":
            cause = told or outcome.resting
        known = matter.values.get("why") or cause
        yield replace(matter, values={**matter.values, "why": known}) if known else matter


def matters_to_see(status: Status, service: Service, zone: ZoneInfo) -> Iterator[Matter]:
    """Yield what somebody who looks should see, and nobody is mailed for."""
    for edition in status.editions:
        if edition.due and not edition.last and not edition.missed and not edition.held:
            advice = "fresh_timed" if service.runs else ""
            yield Matter("fresh", edition.name, {"slot": shown(edition.due, zone)}, advice=advice)
    yield from _refused_readers(status)
    run = status.run
    if run is not None and run.code not in WELL:
        values = {"code": str(run.code), "why": "; ".join(run.told[:1])}
        yield Matter("run", values=values, advice="run_unmailed" if run.code == MailError.exit_code else "")
    if service.trouble:
        yield Matter("daemon", values={"why": service.trouble})


def _refused_readers(status: Status) -> Iterator[Matter]:
    """The readers who did not get a mail that others got: an issue that nobody got is a matter of its own."""
    void = {(edition.name, edition.last.slot) for edition in status.editions if edition.last and edition.last.void}
    lost = [row for row in status.outbox.lost if (row.edition, row.slot) not in void]
    for address in dict.fromkeys(row.address for row in lost):
        mails = [row for row in lost if row.address == address]
        why = f"{mails[0].code or ''} {mails[0].reply}".strip()
        yield Matter("lost", address, {"count": str(len(mails)), "why": why})


def still_standing(alerts: Iterable[Alert], status: Status) -> dict[str, str]:
    """Return those that an earlier run met and no issue of their edition has ended since, by key, with their words."""
    composed = {edition.name: edition.last.composed_at if edition.last else None for edition in status.editions}
    kept = {}
    for alert in alerts:
        kind, _, name = alert.matter.partition(" ")
        made: datetime | None = composed.get(name)
        if kind in OF_A_RUN and name in composed and (made is None or made < alert.since):
            kept[alert.matter] = alert.words
    return kept


def _translated(why: str, language: InterfaceLanguage) -> str:
    """The complaint in the operator's language, as far as it is known; several may stand in a row."""
    if language == "en":
        return why
    parts = why.split("; ")
    told = [translate(part, "zh-Hans") for part in parts]
    if all(one != part for one, part in zip(told, parts, strict=True)):
        return "；".join(told)
    if (whole := translate(why, "zh-Hans")) != why:
        return whole
    said, opened, hint = why.removesuffix(")").rpartition(" (")
    if opened and (advice := translate(hint, "zh-Hans")) != hint:  # the words of a server, with ours behind them
        return f"{said}（{advice}）"
    return why
