"""The proof of an issue, without any network: bytes, text, sentence and mail still hold together."""

from __future__ import annotations

import email
import email.policy
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Literal

from digest.app.proof import Part, Quote, Shown, hash_text, read_manifest
from digest.app.state import database_path
from digest.config import Settings
from digest.errors import DigestError, UsageError
from digest.extract.quoting import Finding, find_quotes, squeeze, visible_text
from digest.guard import Guard
from digest.model import Document, Edition
from digest.store import FrozenIssue, Store, Version, open_store

Verdict = Literal["proved", "unproved", "wrong"]


@dataclass(frozen=True, slots=True)
class Check:
    """What became of one printed sentence: proved, unproved (`told` says what is missing), or wrong (`told` why)."""

    item: int
    title: str
    part: Part
    key: str
    start: int
    end: int
    text: str
    verdict: Verdict
    told: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of an issue: a check for every sentence, and what is wrong with the mail as a whole."""

    edition: str
    slot: datetime
    day: date
    subject: str
    checks: tuple[Check, ...]
    faults: tuple[str, ...] = ()

    def count(self, verdict: Verdict) -> int:
        """Return how many sentences are proved, unproved or wrong."""
        return sum(check.verdict == verdict for check in self.checks)

    @property
    def exit_code(self) -> int:
        """0 where all is proved, 1 where anything is wrong, 4 where some of it cannot be proved any more."""
        if self.faults or self.count("wrong"):
            return 1
        return 4 if self.count("unproved") else 0


def verify_issue(settings: Settings, edition: Edition, day: date | None = None) -> Proof:
    """Return the proof of an edition's last issue, or of that day's last one; nothing is fetched, nothing changed.

    Raises:
        UsageError: there is no such issue.
        StoreError: the database cannot be used.
    """
    path = database_path(settings)
    if not path.exists():
        raise _no_issue(edition, day)
    with open_store(path) as store:
        rows = store.find_issues(edition.name, day)
        row = next((row for row in rows if row.state != "void"), rows[0] if rows else None)
        frozen = store.find_issue(edition.name, row.slot) if row else None
        if frozen is None:
            raise _no_issue(edition, day)
        with Guard(1, warm="digest.extract.quoting") as guard:
            return _Verifier(store, settings, guard, frozen).verify()


def _no_issue(edition: Edition, day: date | None) -> UsageError:
    of_day = f" of {day.isoformat()}" if day else ""
    return UsageError(f"{edition.name} has no issue{of_day}", "digest outbox list shows which issues there are")


class _Verifier:
    """Looks at one frozen issue: its mail as a whole, then its sentences, article by article."""

    def __init__(self, store: Store, settings: Settings, guard: Guard, frozen: FrozenIssue) -> None:
        self._store = store
        self._sources = {source.name: source for source in settings.source}
        self._guard = guard
        self._frozen = frozen
        self._shown = Shown(visible_text(frozen.html), squeeze(frozen.text))

    def verify(self) -> Proof:
        """Return the proof."""
        faults = list(_find_faults(self._frozen))
        try:
            quotes = list(read_manifest(self._frozen.manifest))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            quotes, faults = [], [*faults, "its manifest is not as it was written"]
        checks: dict[int, Check] = {}
        for key in dict.fromkeys(quote.key for quote in quotes):
            places = [place for place, quote in enumerate(quotes) if quote.key == key]
            checks |= zip(places, self._check_article([quotes[place] for place in places]), strict=True)
        frozen = self._frozen
        return Proof(
            edition=frozen.edition,
            slot=frozen.slot,
            day=frozen.day,
            subject=frozen.subject,
            checks=tuple(checks[place] for place in range(len(quotes))),
            faults=tuple(faults),
        )

    def _check_article(self, quotes: Sequence[Quote]) -> list[Check]:
        """The checks of all sentences of one article."""
        versions = self._store.versions(quotes[0].key)
        if not versions:  # a key of before an upgrade
            versions = next((trace.versions for trace in self._store.trace(quotes[0].key)), ())
        version = next((v for v in versions if hash_text(v.text) == quotes[0].text_mark), None)
        if version is None:
            verdict: Verdict = "wrong" if versions else "unproved"
            told = "the text that is kept is not the one it was taken from" if versions else "its text is kept no more"
            return [_to_check(quote, "", verdict, told) for quote in quotes]
        checks = [self._check_print(replace(q, title=q.title or version.title), version.text) for q in quotes]
        standing = [check for check in checks if check.verdict != "wrong"]
        found = iter(self._check_source(version, quotes[0], standing))
        return [check if check.verdict == "wrong" else _worse(check, next(found)) for check in checks]

    def _check_print(self, quote: Quote, text: str) -> Check:
        """Whether the slice of the text is the one that was printed, and the mail prints it."""
        sentence = text[quote.start : quote.end]
        if not sentence.strip() or (quote.mark and hash_text(sentence) != quote.mark):
            return _to_check(quote, sentence, "wrong", "the text has another sentence at its place")
        missing = [part for part in self._shown.missing(sentence) if part not in quote.left_off]
        if "text" in missing or (missing and quote.mark):
            return _to_check(quote, sentence, "wrong", f"the {' and the '.join(missing)} of the mail do not print it")
        if missing:
            return _to_check(quote, sentence, "unproved", "the HTML does not print it; it may have been shortened")
        return _to_check(quote, sentence, "proved")

    def _check_source(self, version: Version, quote: Quote, checks: Sequence[Check]) -> list[Check]:
        """The checks, after looking into the bytes that the text was read from."""
        all_of_them = _verdict_for(checks)
        if not version.sha256:
            return all_of_them("unproved", "the bytes it was read from were not kept")
        try:
            data = self._store.original(version.sha256)
        except zlib.error:
            return all_of_them("wrong", "the original is damaged")
        if data is None:
            return all_of_them("unproved", "the original is kept no more")
        if sha256(data).hexdigest() != version.sha256:
            return all_of_them("wrong", "the original is not the one that was fetched")
        if not checks:
            return []
        try:
            findings = self._find(data, quote, checks)
        except DigestError as error:
            return all_of_them("unproved", f"the original cannot be read: {error.message}")
        return [
            replace(check, verdict="wrong", told="the original does not say it") if finding == "missing" else check
            for check, finding in zip(checks, findings, strict=True)
        ]

    def _find(self, data: bytes, quote: Quote, checks: Sequence[Check]) -> tuple[Finding, ...]:
        source = self._sources.get(quote.source)
        rules = source.paths if source and source.kind == "json" else source.select if source else None
        document = Document(data, quote.url or quote.key, quote.url, source=quote.source)
        return self._guard.call(
            find_quotes,
            document,
            source.kind if source else "",
            rules.as_mapping() if rules else {},
            [(check.start, check.end, check.text) for check in checks],
        )


def _to_check(quote: Quote, text: str, verdict: Verdict, told: str = "") -> Check:
    return Check(quote.item, quote.title, quote.part, quote.key, quote.start, quote.end, text, verdict, told)


def _verdict_for(checks: Iterable[Check]) -> Callable[[Verdict, str], list[Check]]:
    def give(verdict: Verdict, told: str) -> list[Check]:
        return [replace(check, verdict=verdict, told=told) for check in checks]

    return give


def _worse(one: Check, other: Check) -> Check:
    """The worse of two checks of one sentence; of two that are as bad the first."""
    order = ("proved", "unproved", "wrong")
    return max(one, other, key=lambda check: order.index(check.verdict))


def _find_faults(frozen: FrozenIssue) -> Iterator[str]:
    """What is wrong with the parts of the mail: not those that were frozen, or not of one another."""
    marks: Any = frozen.manifest.get("sha256", {})
    now = {"html": hash_text(frozen.html), "text": hash_text(frozen.text), "body": sha256(frozen.body).hexdigest()}
    for part, mark in marks.items():
        if now.get(part) != mark:
            yield f"the {part} is not the one that was frozen"
    for part, content in (("html", frozen.html), ("text", frozen.text)):
        if _lines(content.encode("utf-8", "replace").decode()) != _lines(_mailed(frozen.body, part)):
            yield f"the {part} that is kept is not the one in the mail"


def _mailed(body: bytes, part: str) -> str:
    """The first text of that kind in the body of a message."""
    boundary = body.partition(b"\r\n")[0].removeprefix(b"--")
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n'
    wanted = {"html": "text/html", "text": "text/plain"}[part]
    message = email.message_from_bytes(head + body, policy=email.policy.compat32)
    payload = next((p.get_payload(decode=True) for p in message.walk() if p.get_content_type() == wanted), b"")
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _lines(text: str) -> list[str]:
    return re.split("\r\n|\r|\n", text)
