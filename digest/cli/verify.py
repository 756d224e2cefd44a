"""digest verify: the proof that an issue printed what its sources say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.cli.options import choose_edition, configured, print_json, printable, read_settings
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.app.proof.verifying import Check, Proof

LONGEST = 60


@click.command()
@click.argument("edition", required=False)
@click.option("--day", metavar="ISO", help="The issue of that day: 2026-11-20.  [default: the last one]")
@click.option("--verbose", "-v", is_flag=True, help="A line for every sentence, not only for every item.")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON.")
@configured
def verify(
    edition: str | None,
    day: str | None,
    verbose: bool,
    as_json: bool,
    config_path: Path | None,
    data_dir: Path | None,
    moment: str | None,  # noqa: ARG001  # every configured command takes --now; a proof is the same at any time
) -> int:
    """Prove, offline, that every sentence of an issue stands in the bytes that were fetched, as they came.

    The bytes still have their hash; reading them gives the text whose slice is the sentence, or the sentence stands in
    them with only markup between; the mail prints it; subject and mail are those that were frozen; the items are those
    of the manifest, whose seal was made with the key of the database.

    This finds what was changed by mistake, by decay, or by somebody who has not that key. Whoever owns the whole
    database owns the key too, and can forge all of it; the headers of the single mails are not covered.

    Exit codes: 0 all proved, 1 something was changed, 4 some of it cannot be proved (its original is not kept).
    """
    from digest.app.proof.verifying import verify_issue

    settings = read_settings(config_path, data_dir)
    proof = verify_issue(settings, choose_edition(settings, edition), _read_day(day))
    if as_json:
        print_json(_as_json(proof))
    else:
        for line in _lines(proof, verbose):
            click.echo(printable(line))
    return proof.exit_code


def _read_day(day: str | None) -> date | None:
    try:
        return date.fromisoformat(day) if day else None
    except ValueError:
        raise UsageError(f"{day} is no day", "write it as 2026-11-20") from None


def _lines(proof: Proof, verbose: bool) -> Iterator[str]:
    items: dict[int, list[Check]] = {}
    for check in sorted(proof.checks, key=lambda check: check.item):
        items.setdefault(check.item, []).append(check)
    for number, checks in items.items():
        yield f"{number}. {checks[0].title or checks[0].key}: {_counted(checks)}"
        for check in checks:
            if verbose or check.verdict == "wrong":
                yield f"   {_told(check)}"
    for note in proof.notes:
        yield f"note: {note}"
    for fault in proof.faults:
        yield f"wrong: {fault}"
    yield f"{proof.edition} of {proof.day.isoformat()}: {_concluded(proof)}"


def _counted(checks: list[Check]) -> str:
    counts = {verdict: sum(check.verdict == verdict for check in checks) for verdict in ("proved", "unproved", "wrong")}
    reasons = dict.fromkeys(check.told for check in checks if check.verdict == "unproved")
    told = f" ({'; '.join(reasons)})" if reasons else ""
    return ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count) + told


def _told(check: Check) -> str:
    text = " ".join(check.text.split())
    shown = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    why = f" ({check.told})" if check.told else ""
    return f"{check.verdict:8} {check.part} {check.key} {check.start}-{check.end}{why}: {shown}"


def _concluded(proof: Proof) -> str:
    total, proved = len(proof.checks), proof.count("proved")
    if proof.exit_code == 1:
        wrong = proof.count("wrong")
        if not wrong:
            return "something was changed: the issue as a whole is wrong"
        are = f"{wrong} of {total} sentences {'is' if wrong == 1 else 'are'} wrong"
        return f"something was changed: {are}" + (", and so is the issue as a whole" if proof.faults else "")
    if proof.exit_code == 4:
        return f"{proved} of {total} sentences are proved, {proof.count('unproved')} cannot be proved"
    if not total:
        return "it printed no sentence; its mail is the one that was frozen"
    return f"all {total} sentences are proved"


def _as_json(proof: Proof) -> dict[str, Any]:
    return {
        "version": 1,
        "edition": proof.edition,
        "slot": proof.slot.isoformat(),
        "day": proof.day.isoformat(),
        "subject": proof.subject,
        "proved": proof.count("proved"),
        "unproved": proof.count("unproved"),
        "wrong": proof.count("wrong"),
        "faults": list(proof.faults),
        "notes": list(proof.notes),
        "sentences": [
            {
                "item": check.item,
                "title": check.title,
                "part": check.part,
                "key": check.key,
                "start": check.start,
                "end": check.end,
                "text": check.text,
                "verdict": check.verdict,
                "told": check.told,
            }
            for check in proof.checks
        ],
    }
