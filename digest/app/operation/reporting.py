"""How digest fares as data for machines; each moment is ISO 8601 in UTC, and what is not known is null."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from digest.app.operation.matters import Matter
from digest.app.operation.service import Service
from digest.app.operation.status import EditionStatus, LastIssue, SourceStatus, Status
from digest.store import Run

VERSION = 1

Data = dict[str, Any]


def describe_status(seen: Status, service: Service, matters: Sequence[Matter]) -> Data:
    """Return the shape of digest status --json; its `version` changes when a key goes or changes its meaning."""
    grave = any(matter.grave for matter in matters)
    return {
        "version": VERSION,
        "at": _moment(seen.now),
        "verdict": "late" if grave else "look" if matters else "well",
        "matters": [_matter(matter) for matter in matters],
        "editions": [_edition(edition) for edition in seen.editions],
        "outbox": {
            "waiting": seen.outbox.waiting,
            "next_try": _moment(seen.outbox.next_at),
            "held": seen.outbox.held,
            "failed_in_a_week": seen.outbox.failed,
        },
        "sources": [_source(source) for source in seen.sources],
        "last_run": _run(seen.run),
        "daemon": _daemon(service),
        "timers": list(service.timers),
        "disk": {"free": seen.disk.free, "database": seen.disk.size} if seen.disk else None,
        "last_backup": _moment(seen.backup),
        "unknown_year": seen.unknown_year,
    }


def _matter(matter: Matter) -> Data:
    told = {"words": matter.words(), "remedy": matter.remedy()}
    return {"kind": matter.kind, "name": matter.name, "grave": matter.grave, **told}


def _edition(edition: EditionStatus) -> Data:
    return {
        "name": edition.name,
        "late": edition.late,
        "last": _issue(edition.last),
        "last_delivered": _moment(edition.sent),
        "due_since": _moment(edition.due),
        "next": _moment(edition.following),
        "waits_for_release": _moment(edition.held),
        "skipped": [{"slot": _moment(skip.slot), "why": skip.why} for skip in edition.skipped],
    }


def _issue(last: LastIssue | None) -> Data | None:
    if last is None:
        return None
    state = {"frozen": "sending", "carried": "delivered", "void": "refused"}[last.state]
    return {"slot": _moment(last.slot), "state": state, "items": last.items, "mails": dict(sorted(last.mails.items()))}


def _source(source: SourceStatus) -> Data:
    return {
        "name": source.name,
        "failing_days": source.failing,
        "silent_days": source.silent,
        "usual_gap_days": source.usual,
        "problem": source.problem,
        "articles": source.articles,
        "last_read": _moment(source.read),
    }


def _run(run: Run | None) -> Data | None:
    if run is None:
        return None
    moments = {"began": _moment(run.started_at), "ended": _moment(run.ended_at)}
    return {**moments, "exit_code": run.code, "told": list(run.told)}


def _daemon(service: Service) -> Data | None:
    beat = service.beat
    if beat is None:
        return None
    said = {"state": beat.state, "since": _moment(beat.since), "beat": _moment(beat.beat), "next": _moment(beat.next)}
    return {**said, "pid": beat.pid, "last_exit_code": beat.code, "trouble": service.trouble}


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
