"""The proof of an issue, without any network: bytes, text, sentence and mail still hold together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Literal

from digest.app.proof.agreeing import find_item_faults, find_mail_faults, find_manifest_faults, version_of
from digest.app.proof.manifest import Part, Quote, Shown, hash_text, read_manifest
from digest.app.state import has_database, place_of
from digest.config import Settings
from digest.errors import DigestError, UsageError
from digest.extract.quoting import Finding, find_quotes, squeeze, visible_text
from digest.guard import Guard
from digest.model import Document, Edition
from digest.store import FrozenIssue, Store, Version, open_store
from digest.store.originals import DamagedError, undamaged

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
    """What became of an issue: a check for every sentence, and what is wrong with the issue as a whole.

    `notes` say how far it could be looked at where that is not all the way.
    """

    edition: str
    slot: datetime
    day: date
    subject: str
    checks: tuple[Check, ...]
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

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
        StoreError: the database cannot be used, or the issue in it is damaged.
    """
    if not has_database(settings):
        raise _no_issue(edition, day)
    with open_store(place_of(settings)) as store:
        with undamaged(f"issue{_of(day)} of {edition.name}"):
            rows = store.find_issues(edition.name, day)
            row = next((row for row in rows if row.state != "void"), rows[0] if rows else None)
            frozen = store.find_issue(edition.name, row.slot) if row else None
            if frozen is not None and not isinstance(frozen.body, bytes):  # SQLite keeps what it is given
                raise TypeError("a body that is not bytes")
        if row is None or frozen is None:
            raise _no_issue(edition, day)
        with Guard(1, warm="digest.extract.quoting") as guard:
            return _Verifier(store, settings, guard, frozen, row.items).verify()


def _of(day: date | None) -> str:
    return f" of {day.isoformat()}" if day else ""


def _no_issue(edition: Edition, day: date | None) -> UsageError:
    return UsageError(f"{edition.name} has no issue{_of(day)}", "digest outbox list shows which issues there are")


class _Verifier:
    """Looks at one frozen issue: at its mail and its manifest as a whole, then at its sentences, article by article."""

    def __init__(self, store: Store, settings: Settings, guard: Guard, frozen: FrozenIssue, count: int) -> None:
        self._store = store
        self._sources = {source.name: source for source in settings.source}
        self._guard = guard
        self._frozen = frozen
        self._count = count
        self._shown = Shown(visible_text(frozen.html), squeeze(frozen.text))
        self._version = 1

    def verify(self) -> Proof:
        """Return the proof."""
        quotes, faults = self._read()
        checks: dict[int, Check] = {}
        for key in dict.fromkeys(quote.key for quote in quotes):
            places = [place for place, quote in enumerate(quotes) if quote.key == key]
            checks |= zip(places, self._check_article([quotes[place] for place in places]), strict=True)
        frozen = self._frozen
        old = "its manifest is of version 1, without a seal and without hashes of its mail and its sentences"
        return Proof(
            edition=frozen.edition,
            slot=frozen.slot,
            day=frozen.day,
            subject=frozen.subject,
            checks=tuple(checks[place] for place in range(len(quotes))),
            faults=tuple(faults),
            notes=(f"{old}: it was checked as far as that goes",) if self._version < 2 else (),
        )

    def _read(self) -> tuple[list[Quote], list[str]]:
        """The sentences of the manifest, and what is wrong with the issue as a whole."""
        faults = list(find_mail_faults(self._frozen))
        manifest: Any = self._frozen.manifest
        if manifest == {}:
            self._version = 2  # of no version at all
            return [], [*faults, "its manifest is missing"]
        try:
            self._version = version_of(manifest)
            faults += find_manifest_faults(self._store, self._frozen, manifest)
            quotes = list(read_manifest(manifest))
            faults += find_item_faults(self._store, self._frozen, manifest, quotes, self._count)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return [], [*faults, "its manifest is not as it was written"]
        return quotes, faults

    def _check_article(self, quotes: Sequence[Quote]) -> list[Check]:
        """The checks of all sentences of one article."""
        try:
            versions = self._find_versions(quotes[0].key)
        except DamagedError as error:
            return [_to_check(quote, "", "wrong", error.message) for quote in quotes]
        version = next((v for v in versions if hash_text(v.text) == quotes[0].text_mark), None)
        if version is None:
            verdict: Verdict = "wrong" if versions else "unproved"
            told = "the text that is kept is not the one it was taken from" if versions else "its text is kept no more"
            return [_to_check(quote, "", verdict, told) for quote in quotes]
        checks = [self._check_print(replace(q, title=q.title or version.title), version.text) for q in quotes]
        standing = [check for check in checks if check.verdict != "wrong"]
        found = iter(self._check_source(version, quotes[0], standing))
        return [check if check.verdict == "wrong" else _worse(check, next(found)) for check in checks]

    def _find_versions(self, key: str) -> tuple[Version, ...]:
        versions = self._store.versions(key)
        if not versions:  # a key of before an upgrade
            with undamaged(f"article {key}"):
                versions = next((trace.versions for trace in self._store.trace(key)), ())
        return versions

    def _check_print(self, quote: Quote, text: str) -> Check:
        """Whether the slice of the text is the one that was printed, and the mail prints it."""
        sentence = text[quote.start : quote.end]
        if self._version >= 2 and not quote.mark:
            return _to_check(quote, sentence, "wrong", "its manifest has no hash of it")
        if not sentence.strip() or (quote.mark and hash_text(sentence) != quote.mark):
            return _to_check(quote, sentence, "wrong", "the text has another sentence at its place")
        missing = [part for part in self._shown.missing(sentence) if part not in quote.left_off]
        if "text" in missing or (missing and self._version >= 2):
            do = "do" if len(missing) > 1 else "does"
            return _to_check(quote, sentence, "wrong", f"the {' and the '.join(missing)} of the mail {do} not print it")
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
        except DamagedError:
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
