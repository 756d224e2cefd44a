"""The figures of a run for Prometheus: a file that node_exporter's textfile collector reads.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.app.operation.status import Status
from digest.files import replace_bytes

Labels = Mapping[str, str]
Samples = list[tuple[Labels, float]]

_MODE = 0o644
"""node_exporter runs as another user; nothing in the file is secret."""


@dataclass(frozen=True, slots=True)
class RunFigures:
    """When a run began and ended, with which exit code."""

    began: datetime
    ended: datetime
    code: int


def write_metrics(path: Path, status: Status | None, run: RunFigures) -> None:
    """Write the file at one stroke, readable for everybody; without a status only what is known of the run.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_bytes(path, render_metrics(status, run).encode(), _MODE)


def render_metrics(status: Status | None, run: RunFigures) -> str:
    """Return the figures in Prometheus' text format."""
    return "".join(
        _family(name, kind, words, samples) for name, kind, words, samples in _families(status, run) if samples
    )


def _families(status: Status | None, run: RunFigures) -> Iterator[tuple[str, str, str, Samples]]:
    gauge = "gauge"
    yield "digest_last_run_timestamp_seconds", gauge, "When the last run ended.", [({}, run.ended.timestamp())]
    yield "digest_run_duration_seconds", gauge, "How long it took.", [({}, (run.ended - run.began).total_seconds())]
    yield "digest_run_exit_code", gauge, "Its exit code, 0 where all went well.", [({}, run.code)]
    if status is None:  # what was true of the editions before would hide that nothing is known of them
        return
    yield from _editions(status)
    mails: Samples = [({"state": state}, count) for state, count in sorted(status.totals.items())]
    yield "digest_mails", gauge, "Mails kept in the outbox, by state.", mails
    yield from _sources(status)
    if status.disk:
        yield "digest_disk_free_bytes", gauge, "Free room where the data are kept.", [({}, status.disk.free)]
        if status.disk.size is not None:
            yield "digest_database_bytes", gauge, "Size of the database.", [({}, status.disk.size)]


def _editions(status: Status) -> Iterator[tuple[str, str, str, Samples]]:
    editions = [({"edition": edition.name}, edition) for edition in status.editions]
    sent: Samples = [(at, e.sent.timestamp()) for at, e in editions if e.sent]
    following: Samples = [(at, e.following.timestamp()) for at, e in editions if e.following]
    late: Samples = [(at, int(e.late)) for at, e in editions]
    items: Samples = [(at, e.last.items) for at, e in editions if e.last]
    gauge = "gauge"
    yield "digest_last_success_timestamp_seconds", gauge, "The slot of the last issue that somebody has.", sent
    yield "digest_next_due_timestamp_seconds", gauge, "When the next issue is due.", following
    yield "digest_edition_overdue", gauge, "1 where readers should have an issue and do not.", late
    yield "digest_issue_items", gauge, "Entries of the last issue.", items


def _sources(status: Status) -> Iterator[tuple[str, str, str, Samples]]:
    sources = [({"source": source.name}, source) for source in status.sources]
    failing: Samples = [(at, source.failing) for at, source in sources]
    silent: Samples = [(at, source.silent) for at, source in sources]
    articles: Samples = [(at, source.articles) for at, source in sources]
    gauge = "gauge"
    yield "digest_source_failing_days", gauge, "Days in a row that a source could not be read.", failing
    yield "digest_source_silent_days", gauge, "Days beyond its usual gap that it brought nothing new.", silent
    yield "digest_source_articles", gauge, "Articles of its last good reading.", articles


def _family(name: str, kind: str, words: str, samples: Samples) -> str:
    lines = [f"# HELP {name} {words}", f"# TYPE {name} {kind}"]
    lines += [f"{name}{_label(labels)} {value!r}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _label(labels: Labels) -> str:
    listed = ",".join(f'{name}="{_escape(value)}"' for name, value in labels.items())
    return f"{{{listed}}}" if listed else ""


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
